"""Grids of numbers as SVG, with frames around what is being looked at, and how figures stand beside each other.

Colours are the same everywhere: pixels from black (zero) to white; numbers that can be negative from blue over white
(zero) to red; an orange frame is what is being looked at. Whatever a picture shows is said in words beside it.
"""

import numpy as np

from digitkit.colours import FRAME, blue_white_red
from digitkit.widgets.views.element import Html, element, image_url
from digitkit.words import number

BRIGHTNESS = np.array([0.299, 0.587, 0.114])  # of red, green and blue, as eyes see it
NUMERAL, POINT = 0.58, 0.28  # how wide a numeral or sign and a decimal point are, in sizes of a letter
ROOM_FOR_TWO = 24  # pixels: the least side of a cell in which two numbers can be read, one above the other


def grid(
    colours: np.ndarray,
    text: str,
    cell: int,
    numbers: np.ndarray | None = None,
    frame: tuple | None = None,
    dashed: tuple | None = None,
    kernel: np.ndarray | None = None,
) -> Html:
    """Cells in colours as a picture (SVG), with numbers in them and frames around some.

    colours: (h, w, 4) uint8. text: what it shows, in words. cell: side of a cell in pixels. numbers: (h, w), NaN is left
    out. frame, dashed: (top, left, rows, columns), an orange frame and a dashed one. kernel: (rows, columns), the numbers
    that lie on the framed cells: each on the lower half of its cell, or on its middle where there is no room for numbers.
    """
    height, width = (length * cell for length in colours.shape[:2])
    parts = [element("image", href=image_url(colours), width=width, height=height, preserveAspectRatio="none")]
    if numbers is not None:
        parts += _written(colours, numbers, cell, frame if kernel is not None else None)
    if kernel is not None and frame is not None:
        parts += _laid_on(frame, kernel, cell)
    if dashed is not None:
        parts.append(element("rect", **_box(dashed, cell), stroke="#999", stroke_width=1.5, stroke_dasharray="4 3"))
    if frame is not None:  # black below orange, so that it stands out from white, red and black alike
        for colour, thickness in [("#000", 5), (FRAME, 3)]:
            parts.append(element("rect", **_box(frame, cell, 1.5), stroke=colour, stroke_width=thickness))
    size = {"width": width, "height": height, "viewBox": f"0 0 {width} {height}", "overflow": "visible"}
    return element("svg", *parts, class_="digitkit-grid", role="img", aria_label=text, **size)


def _written(colours, numbers, cell, covered):
    """The number of each cell, black on bright cells and white on dark ones. covered: the box of cells that a kernel lies on."""
    top, left, rows, columns = covered or (0, 0, 0, 0)
    for (row, column), brightness in np.ndenumerate(colours[..., :3] @ BRIGHTNESS):
        shares = cell >= ROOM_FOR_TWO and top <= row < top + rows and left <= column < left + columns
        value = numbers[row, column]
        yield _word("" if np.isnan(value) else number(value), column + 0.5, row + (0.26 if shares else 0.5), cell, brightness)


def _laid_on(frame, kernel, cell):
    """The numbers of a kernel in their colours, each lying on a cell of the frame."""
    top, left, *_ = frame
    colours = blue_white_red(kernel)[..., :3]
    written = cell >= ROOM_FOR_TWO
    box = (0.5, 0.05, 0.44, 0.9) if written else (0.25, 0.25, 0.5, 0.5)
    for (row, column), colour in zip(np.ndindex(kernel.shape), colours.reshape(-1, 3), strict=True):
        place = _box((top + row + box[0], left + column + box[1], *box[2:]), cell)
        yield element("rect", class_="digitkit-weight", **place | {"fill": "rgb({},{},{})".format(*colour)})
        if written:
            text = f"×{number(kernel[row, column])}"
            yield _word(text, left + column + 0.5, top + row + 0.73, cell, colour @ BRIGHTNESS)


def _word(text, column, row, cell, brightness):
    """A number in the middle of a place, as large as the cell has room for, with a gap to its neighbours."""
    size = min(0.42 * cell, 0.75 * cell / max(sum(POINT if letter == "." else NUMERAL for letter in text), NUMERAL))
    place = {"x": f"{column * cell:g}", "y": f"{row * cell:g}"}
    return element("text", text, **place, fill="#fff" if brightness < 128 else "#000", font_size=f"{size:.3g}")


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


def row(*parts: object) -> Html:
    """Parts beside each other, below each other where there is no room."""
    return element("div", *parts, class_="digitkit-row")


def after(symbol: str, words: str, picture: Html) -> Html:
    """A figure with a sign before it, such as "→", and small words below the sign. On a new line, the sign goes with it."""
    sign = element("div", symbol, element("small", words), class_="digitkit-sign")
    return element("div", sign, picture, class_="digitkit-after")
