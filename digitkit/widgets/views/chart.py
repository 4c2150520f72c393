"""A line chart as SVG, for what changes while a network trains."""

import numpy as np

from digitkit.colours import PENS
from digitkit.widgets.views.element import Html, element

LEFT, TOP, WIDTH, HEIGHT = 46, 8, 220, 140  # of the field in which the lines run
BESIDE = LEFT + WIDTH + 8  # where the names of the lines stand
NAME_HEIGHT = 14


def chart(title: str, lines: dict, x_label: str, x_end: int, y_span: tuple[float, float], alt: str) -> Html:
    """A small line chart, each line named at the right, as high as its end.

    lines: {name: (xs, ys)}. x runs from 0 to x_end, a whole number, and y over y_span, (low, high). What is no finite
    number is left out; what lies outside is drawn on the edge.
    """

    def place(x, y):
        share = (min(max(y, y_span[0]), y_span[1]) - y_span[0]) / (y_span[1] - y_span[0])
        return LEFT + WIDTH * x / x_end, TOP + HEIGHT * (1 - share)

    parts, ends = [], []
    for tick in _ticks(*y_span):
        _, y = place(0, tick)
        parts.append(element("line", class_="digitkit-tick", x1=LEFT, x2=LEFT + WIDTH, y1=f"{y:.1f}", y2=f"{y:.1f}"))
        parts.append(element("text", f"{tick:g}", x=LEFT - 6, y=f"{y + 4:.1f}", text_anchor="end"))
    for tick in range(x_end + 1):
        parts.append(element("text", tick, x=f"{place(tick, 0)[0]:.1f}", y=TOP + HEIGHT + 16, text_anchor="middle"))
    for index, (name, (xs, ys)) in enumerate(lines.items()):
        colour, dashes = PENS[index % len(PENS)]
        pen = {"stroke": colour, "stroke_width": 2.5, "stroke_dasharray": dashes}
        points = [place(x, y) for x, y in zip(xs, ys, strict=True) if np.isfinite(y)]
        if points:
            parts += _line(points, pen)
            ends.append((points[-1][1], name, pen))
    parts += _names(ends)
    parts.append(element("text", x_label, x=LEFT + WIDTH / 2, y=TOP + HEIGHT + 33, text_anchor="middle"))
    drawn = element("svg", *parts, width=400, height=186, viewBox="0 0 400 186", role="img", aria_label=alt)
    return element("div", element("h4", title), drawn)


def _line(points, pen):
    """A line through its points, marked if they are few; else only its end is."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield element("polyline", points=path, fill="none", **pen)
    for x, y in points if len(points) < 10 else points[-1:]:
        yield element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=3.5, fill=pen["stroke"])


def _names(ends):
    """The names of the lines, each beside a piece of its line. ends: a list of (height, name, pen)."""
    lowest = -np.inf
    for height, name, pen in sorted(ends, key=lambda end: end[:2]):
        y = max(height, lowest + NAME_HEIGHT)  # so that no name covers another
        lowest = y
        yield element("line", x1=BESIDE, x2=BESIDE + 20, y1=f"{y:.1f}", y2=f"{y:.1f}", **pen)
        yield element("text", name, class_="digitkit-name", x=BESIDE + 25, y=f"{y + 4:.1f}")


def _ticks(low, high):
    """At most seven round numbers from low to high."""
    rough = (high - low) / 6
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough - 1e-9)
    return [round(number * step, 6) for number in range(int(np.ceil(low / step - 1e-9)), int(high / step + 1e-9) + 1)]
