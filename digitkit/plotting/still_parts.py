"""A page laid out in pixels, and what the pictures of widgets are put together from."""

import io

import numpy as np
from matplotlib.patches import Rectangle
from PIL import Image

from digitkit.colours import BLUE, FRAME, GREY, blue_white_red
from digitkit.plotting.figure import Drawing
from digitkit.words import number, percent

WIDTH, EDGE, DPI = 800, 20, 96  # of a picture, in pixels: as wide as GitHub shows it
FOOT = "This is a picture of it: run the notebook to use it."
LINE, SOFT, FAINT = "#c4c9cf", "#59636e", "#eef0f2"


class Still(Drawing):
    """A picture in few colours, which keeps it small, since notebooks store many."""

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = super()._repr_mimebundle_()
        drawn, content = Image.open(io.BytesIO(data["image/png"])).convert("RGB"), io.BytesIO()
        drawn.quantize(dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
        return data | {"image/png": content.getvalue()}, metadata


def empty_page(alt, width, height):
    """A figure, and axes in which everything is placed in pixels from top left."""
    figure = Still(alt, width / DPI, height / DPI)
    figure.set_layout_engine("none")
    page = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    page.axis("off")
    return figure, page


def open_page(alt, height):
    """The page of a widget's picture: an empty one with a fine edge and the line at its foot."""
    figure, page = empty_page(alt, WIDTH, height)
    draw_box(page, 1, 1, WIDTH - 2, height - 2)
    write(page, WIDTH - EDGE, height - 12, FOOT, size=8.5, colour=SOFT, ha="right", va="bottom", style="italic")
    return figure, page


def write(page, x, y, text, size=10.5, colour="black", va="top", **style):
    """Words at a place: of their left top corner, unless the style says otherwise."""
    page.text(x, y, text, fontsize=size, color=colour, va=va, parse_math=False, **style)


def draw_box(page, x, y, width, height, colour="white"):
    """A box to write into, with a fine edge."""
    page.add_patch(Rectangle((x, y), width, height, facecolor=colour, edgecolor=LINE))


def draw_frame(page, x, y, width, height):
    """A frame around what is being looked at."""
    for colour, line in [("black", 4), (FRAME, 2.5)]:  # black below orange, so that it stands out from every colour
        page.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=colour, linewidth=line, zorder=3))


def place_picture(page, x, y, width, height, colours):
    """Pixels, each a rectangle, with a fine edge, since some of them may be white. colours: (h, w, 4) uint8."""
    page.imshow(colours, extent=(x, x + width, y + height, y), aspect="auto", interpolation="nearest", zorder=2)
    page.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=LINE, linewidth=0.8, zorder=2))


def place_numbers(page, x, y, cell, values, colours, covered=()):
    """Numbers in coloured cells, written out where there is room; what is NaN stays empty.

    covered: (row, column) of the cells that something lies on, so that the number moves up.
    """
    rows, columns = values.shape
    place_picture(page, x, y, cell * columns, cell * rows, colours)
    if cell < 22:
        return
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            height = 0.27 if (row, column) in covered else 0.5
            place = x + cell * (column + 0.5), y + cell * (row + height)
            _write_in(page, place, number(value), cell, colours[row, column])


def place_kernel(page, x, y, cell, kernel):
    """A kernel on the cells of a picture: each number on the lower half of a pixel, or on its middle where there is no room."""
    written = cell >= 22
    top, left, height, width = (0.5, 0.05, 0.44, 0.9) if written else (0.25, 0.25, 0.5, 0.5)
    colours = blue_white_red(kernel)
    for (row, column), weight in np.ndenumerate(kernel):
        corner = x + cell * (column + left), y + cell * (row + top)
        colour = colours[row, column] / 255
        page.add_patch(Rectangle(corner, cell * width, cell * height, facecolor=colour, edgecolor="none", zorder=2.5))
        if written:
            place = x + cell * (column + 0.5), y + cell * (row + 0.72)
            _write_in(page, place, f"×{number(weight)}", cell, colours[row, column])


def _write_in(page, place, text, cell, colour):
    """A number within a cell, however long it is."""
    size = min(0.25 * cell, cell / max(len(text), 3), 14)
    write(page, *place, text, size=size, colour="white" if colour[:3].mean() < 128 else "black", ha="center", va="center")


def place_bars(page, x, y, names, shares, width=250):
    """A bar for each name. shares: one for each, or None for empty bars."""
    names = list(map(str, names))
    left = x + 8 + 9 * max(map(len, names))
    for row, name in enumerate(names):
        top, share = y + 19 * row, 0 if shares is None else shares[row]
        first = shares is not None and share == max(shares)
        weight = "bold" if first else "normal"
        write(page, left - 8, top + 7, name, size=9, weight=weight, ha="right", va="center")
        page.add_patch(Rectangle((left, top), width, 14, color=FAINT))
        page.add_patch(Rectangle((left, top), max(width * share, 1), 14, color=BLUE if first else GREY))
        text = "–" if shares is None else percent(share)
        write(page, left + width + 10, top + 7, text, size=9, weight=weight, va="center")


def place_slider(page, x, y, name, share, text, width=100):
    """A slider with its name before it and what it says behind it. share: where its knob is, 0 to 1."""
    write(page, x - 10, y, name, size=9, ha="right", va="center")
    page.plot([x, x + width], [y, y], color=LINE, linewidth=3, solid_capstyle="round")
    page.plot(x + width * share, y, "o", color=BLUE, markersize=8)
    write(page, x + width + 12, y, text, size=9, va="center")
