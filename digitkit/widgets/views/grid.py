"""Grids of numbers as SVG, with frames around what is being looked at, and how figures stand beside each other.

Colours are the same everywhere: pixels from black (zero) to white; numbers that can be negative from blue over white
(zero) to red; an orange frame is what is being looked at. Whatever a picture shows is said in words beside it.
"""

import numpy as np

from digitkit.colours import FRAME
from digitkit.widgets.views.element import Html, element, image_url
from digitkit.words import number

BRIGHTNESS = np.array([0.299, 0.587, 0.114])  # of red, green and blue, as eyes see it


def grid(
    colours: np.ndarray,
    text: str,
    cell: int,
    numbers: np.ndarray | None = None,
    frame: tuple | None = None,
    dashed: tuple | None = None,
) -> Html:
    """Cells in colours as a picture (SVG), with numbers in them and frames around some.

    colours: (h, w, 4) uint8. text: what it shows, in words. cell: side of a cell in pixels. numbers: (h, w), NaN is left
    out. frame, dashed: (top, left, rows, columns), an orange frame and a dashed one.
    """
    height, width = (length * cell for length in colours.shape[:2])
    parts = [element("image", href=image_url(colours), width=width, height=height, preserveAspectRatio="none")]
    if numbers is not None:
        parts += _written(colours, numbers, cell)
    if dashed is not None:
        parts.append(element("rect", **_box(dashed, cell), stroke="#999", stroke_width=1.5, stroke_dasharray="4 3"))
    if frame is not None:  # black below orange, so that it stands out from white, red and black alike
        for colour, thickness in [("#000", 5), (FRAME, 3)]:
            parts.append(element("rect", **_box(frame, cell, 1.5), stroke=colour, stroke_width=thickness))
    size = {"width": width, "height": height, "viewBox": f"0 0 {width} {height}", "overflow": "visible"}
    return element("svg", *parts, class_="digitkit-grid", role="img", aria_label=text, **size)


def _written(colours, numbers, cell):
    """The number of each cell, black on bright cells and white on dark ones."""
    words = [["" if np.isnan(value) else number(value) for value in row] for row in numbers]
    size = min(0.46 * cell, 1.6 * cell / max(len(word) for row in words for word in [*row, "000"]))
    for (row, column), brightness in np.ndenumerate(colours[..., :3] @ BRIGHTNESS):
        place = {"x": f"{(column + 0.5) * cell:g}", "y": f"{(row + 0.5) * cell:g}"}
        ink = "#fff" if brightness < 128 else "#000"
        yield element("text", words[row][column], **place, fill=ink, font_size=f"{size:.3g}")


def _box(box, cell, outside=0):
    """Place and size of a box of cells, in SVG, drawn a little outside of them."""
    top, left, rows, columns = (length * cell for length in box)
    size = {"width": columns + 2 * outside, "height": rows + 2 * outside}
    return {"x": left - outside, "y": top - outside, **size, "fill": "none"}


def small(colours: np.ndarray, values: np.ndarray, text: str, cell: int = 44) -> Html:
    """A grid of few numbers, large enough to read, which are in its text too."""
    return grid(colours, f"{text}: {'; '.join(' '.join(map(number, row)) for row in values)}", cell, values)


def pickable(picture: Html, name: str, text: str, size: tuple, place: tuple) -> Html:
    """A grid in which a place can be chosen: by click, or with the arrow keys. size: (rows, columns); place: the one chosen."""
    data = {"data_pick": name, "data_rows": size[0], "data_columns": size[1], "data_row": place[0], "data_column": place[1]}
    label = f"{text} Choose a place with the arrow keys."
    return element("div", picture, class_="digitkit-pick", tabindex=0, role="application", aria_label=label, **data)


def figure(caption: object, picture: object) -> Html:
    """A picture below its caption."""
    return element("figure", element("figcaption", caption), picture)


def row(*parts: object, tops: bool = False) -> Html:
    """Parts beside each other. tops: in line at their tops, not at their middles."""
    return element("div", *parts, class_=f"digitkit-row{' digitkit-tops' if tops else ''}")


def sign(symbol: str, words: str = "") -> Html:
    """A sign between two figures, such as "→", and small words below it."""
    return element("div", symbol, element("small", words), class_="digitkit-sign")
