"""Pictures on their way to digits: the steps of preprocessing, and boxes around what was found."""

import numpy as np
from matplotlib.patches import Rectangle

from digitkit.colours import ORANGE, as_bytes
from digitkit.plotting.figure import Drawing, check_count
from digitkit.words import STEPS, counted


def show_steps(steps: dict, columns: int = 6) -> Drawing:
    """The steps of preprocessing, in order, each with its name. steps: {name: array}, as in `Reading.steps`.

    >>> show_steps({"grey": np.zeros((9, 9))})
    Figure: 1 step from picture to digit: Grey.
    """
    check_count(steps, "step")
    titles = [STEPS[name][0] if name in STEPS else name for name in steps]
    rows = -(-len(steps) // columns)
    figure = Drawing(
        f"{counted(len(steps), 'step')} from picture to digit: {', '.join(titles)}.",
        1.7 * min(columns, len(steps)) + 0.6,
        1.8 * rows,
    )
    grid = figure.subplots(rows, min(columns, len(steps)), squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for number, (axes, title, array) in enumerate(zip(grid.flat, titles, steps.values(), strict=False), start=1):
        axes.imshow(
            as_bytes(array), cmap="gray", vmin=0, vmax=255, interpolation="nearest" if max(array.shape) < 60 else "antialiased"
        )
        axes.set_title(f"{number}. {title}" if len(steps) > 1 else title, fontsize=10)
    return figure


def show_picture(picture: np.ndarray, told: str) -> Drawing:
    """A picture as it is. picture: (h, w) or (h, w, 3) uint8. told: a sentence for those who cannot see it.

    >>> show_picture(np.zeros((90, 120), np.uint8), "Nothing but black.")
    Figure: Nothing but black.
    """
    figure = Drawing(told, 7, 7 * picture.shape[0] / picture.shape[1])
    axes = figure.subplots()
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.axis("off")
    return figure


def show_boxes(picture: np.ndarray, digits: list) -> Drawing:
    """A picture with a box and a label around each digit. picture: (h, w) or (h, w, 3); digits: as in `Reading.digits`.

    >>> show_boxes(np.zeros((60, 80)), [])
    Figure: A picture with 0 digits boxed, in reading order: none.
    """
    labels = " ".join(str(digit.label) for digit in digits) or "none"
    figure = Drawing(
        f"A picture with {counted(len(digits), 'digit')} boxed, in reading order: {labels}.",
        5,
        5 * picture.shape[0] / picture.shape[1],
    )
    axes = figure.subplots()
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.axis("off")
    for digit in digits:
        x, y, width, height = digit.box
        axes.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=ORANGE, linewidth=2.5))
        axes.text(
            x,
            y - 4,
            digit.label,
            color="white",
            fontsize=12,
            fontweight="bold",
            bbox={"facecolor": ORANGE, "edgecolor": ORANGE, "pad": 2},
        )
    return figure
