"""A network of a few numbers: what flows forward through it, and which slopes flow back."""

from matplotlib.patches import Rectangle

from digitkit.colours import BLUE, ORANGE, PALE
from digitkit.plotting.figure import Drawing
from digitkit.plotting.still_parts import EDGE, LINE, SOFT, WIDTH, empty_page, write
from digitkit.words import in_a_row, number

WIDE, NARROW, HIGH, APART = 112, 92, 54, 6  # in pixels: a value's box, the narrower one of a number to learn; how high both are
LEARNED, VALUES = 12, 118  # the tops of both rows of boxes
FORWARD, BACK, DONE, HEIGHT = VALUES + 15, VALUES + 40, VALUES + 62, 210  # the two ways, what is done there, the whole picture


def show_passes(values: dict, steps: dict, slopes: dict | None = None) -> Drawing:
    """A chain of values, above it the numbers that it learns: blue arrows lead forward; with slopes, dashed ones lead back.

    values: {name: number}, from left to right. steps: {what is done from one value to the next: {name to learn: number}}.
    slopes: {name of a value or of a number to learn: how fast the loss grows with it}.

    >>> show_passes({"x": 2, "output": 6, "loss": 1}, {"× w": {"w": 3}, "− 5, squared": {}}, {"output": 2, "w": 4})
    Figure: Forward: x 2, × w (w = 3), output 6, − 5, squared, loss 1. Backward, slopes: output 2 and w 4.
    """
    slopes = slopes or {}
    figure, page = empty_page(_told(values, steps, slopes), WIDTH, HEIGHT)
    pitch = (WIDTH - 2 * EDGE - WIDE) / (len(values) - 1)
    middles = [EDGE + WIDE / 2 + pitch * place for place in range(len(values))]
    for x, name in zip(middles, values, strict=True):
        _draw_box(page, x, VALUES, WIDE, "white", name, values[name], slopes.get(name))
    for x, name, (done, learned) in zip(middles, values, steps.items(), strict=False):
        start, end = x + WIDE / 2 + 3, x + pitch - WIDE / 2 - 3
        middle, back = (start + end) / 2, end
        _draw_arrow(page, (start, FORWARD), (end, FORWARD), BLUE, "-")
        write(page, middle, DONE, done, size=9, colour=SOFT, ha="center")
        for place, (parameter, value) in enumerate(learned.items()):
            aside = place - (len(learned) - 1) / 2
            _draw_box(page, middle + aside * (NARROW + APART), LEARNED, NARROW, PALE, parameter, value, slopes.get(parameter))
            page.plot([middle + 40 * aside - 6] * 2, [LEARNED + HIGH + 2, FORWARD - 1], color=BLUE, linewidth=2)
            if parameter in slopes:
                back = min(back, middle + 40 * aside + 6)
                _draw_arrow(page, (middle + 40 * aside + 6, BACK), (middle + 40 * aside + 6, LEARNED + HIGH + 2), ORANGE, "--")
        if name in slopes:
            _draw_arrow(page, (end, BACK), (start, BACK), ORANGE, "--")
        elif back < end:
            page.plot([back, end], [BACK] * 2, color=ORANGE, linewidth=2, linestyle="--")
    return figure


def _draw_box(page, x, top, width, colour, name, value, slope):
    page.add_patch(Rectangle((x - width / 2, top), width, HIGH, facecolor=colour, edgecolor=LINE, linewidth=1.2))
    centred = {"size": 10.5, "ha": "center", "va": "center"}
    write(page, x, top + HIGH * (0.5 if slope is None else 0.3), f"{name} = {number(value)}", **centred)
    if slope is not None:
        write(page, x, top + HIGH * 0.72, f"slope {number(slope)}", colour=ORANGE, weight="bold", **centred)


def _draw_arrow(page, start, end, colour, line):
    style = {"arrowstyle": "->", "color": colour, "linewidth": 2, "linestyle": line, "shrinkA": 0, "shrinkB": 0}
    page.annotate("", end, start, arrowprops=style)


def _told(values, steps, slopes):
    done = [done + (f" ({_listed(learned, ' = ')})" if learned else "") for done, learned in steps.items()]
    parts = [part for name, step in zip(values, [*done, ""], strict=True) for part in (f"{name} {number(values[name])}", step)]
    forward = f"Forward: {', '.join(parts[:-1])}."
    return forward + (f" Backward, slopes: {_listed(slopes, ' ')}." if slopes else "")


def _listed(numbers, between):
    return in_a_row([f"{name}{between}{number(value)}" for name, value in numbers.items()])
