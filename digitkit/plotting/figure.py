"""The kit's kind of figure, which shows itself in a notebook and describes itself in words; and what several figures draw."""

import io

import numpy as np
from matplotlib.figure import Figure

from digitkit.colours import SIGNED_MAP
from digitkit.errors import InputError
from digitkit.words import counted

MOST = 400  # pictures, bars or numbers on a side in one figure: of more, matplotlib would draw for minutes


class Drawing(Figure):
    """A matplotlib figure that a notebook shows by itself, with a text that says what it shows."""

    def __init__(self, alt, width=8.0, height=3.0):
        super().__init__(figsize=(width, height), layout="constrained", facecolor="white")
        self.alt = alt

    def __repr__(self):
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        content = io.BytesIO()
        self.savefig(content, format="png", dpi=96)
        return {"image/png": content.getvalue(), "text/plain": repr(self)}, {"image/png": {"alt": self.alt}}


def check_count(things, noun):
    """Raise InputError unless there is something to draw, and not so much that it would take minutes."""
    if not len(things):
        raise InputError(f"There is no {noun} to draw: what was handed over is empty. Was a cell above left out?")
    if len(things) > MOST:
        raise InputError(
            f"There are {counted(len(things), noun)} to draw, and at most {MOST} fit: take some of them, such as [:100]."
        )


def plain(axes, grid=None):
    """Hide the top and right side of the frame. grid: "both", "x" or "y" for pale grid lines."""
    axes.spines[["top", "right"]].set_visible(False)
    if grid:
        axes.grid(axis=grid, alpha=0.3)


def reach(numbers):
    """How far the colours must reach on either side of zero; never zero, which would be an empty range."""
    return float(np.abs(numbers).max()) or 1.0


def ink(*images):
    """How imshow draws digits, white on black. They may be scaled to 0 to 1, as a network takes them, or be masks."""
    scaled = all(image.dtype == bool or (image.dtype.kind == "f" and image.max() <= 1) for image in map(np.asarray, images))
    return {"cmap": "gray", "vmin": 0, "vmax": 1 if scaled else 255}


def draw_sheet(figure, images, columns, colours, titles=None, fontsize=9):
    """Small pictures in rows. colours: image -> imshow's cmap, vmin and vmax. Returns (all axes, the last picture drawn)."""
    grid = figure.subplots(-(-len(images) // columns), columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for index, (axes, image) in enumerate(zip(grid.flat, images, strict=False)):
        shown = axes.imshow(image, **colours(image))
        if titles is not None:
            axes.set_title(titles[index], fontsize=fontsize)
    return grid, shown


def draw_numbers(axes, numbers, fontsize, signed):
    """One map with its numbers written into its pixels, white on dark ones."""
    limit = reach(numbers)
    axes.imshow(numbers, cmap=SIGNED_MAP if signed else "gray", vmin=-limit if signed else 0, vmax=limit)
    axes.set(xticks=[], yticks=[], anchor="N")
    for (row, column), number in np.ndenumerate(numbers):
        dark = abs(number) > 0.6 * limit if signed else number < 0.5 * limit
        style = {"fontsize": fontsize, "color": "white" if dark else "black"}
        axes.text(column, row, written(number), ha="center", va="center", **style)


def written(number):
    """A number as it stands in a pixel."""
    return f"{number:.{2 if abs(number) < 1 else 4}g}"
