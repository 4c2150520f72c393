"""A convolution at one step: the picture with the kernel on it and the map as far as it is known, and how one value comes."""

import math

import numpy as np

from digitkit.colours import SIGNED_WORDS, blue_white_red, greys
from digitkit.explain import Stages
from digitkit.widgets.views.element import Html, element, joined
from digitkit.widgets.views.grid import after, figure, grid, pickable, row, small
from digitkit.widgets.views.parts import soft
from digitkit.words import by, counted, number

OPERATIONS = ["Convolution", "ReLU", "Pooling"]
MAP_NAMES = ["feature map", "map after ReLU", "pooled map"]
ACROSS, DOWN = 560, 300  # pixels that both pictures may take, so that everything is seen at once
PRODUCT = 32  # pixels, the side of a product


def step_by_step(
    stages: Stages, image: np.ndarray, kernel: np.ndarray, stride: int, operation: str, step: int
) -> tuple[Html, str]:
    """One step: what is read and the map that it gives, and below them the arithmetic of one value.

    stages: as `explain.stages` gives them for image and kernel. operation: one of OPERATIONS. step: number of the value
    being computed, from 0, row by row. Returns (HTML, one sentence that says the same).
    """
    maps = [stages.padded, stages.feature_map, stages.rectified, stages.pooled]
    index = OPERATIONS.index(operation)
    source, values = maps[index], maps[index + 1]
    place = np.unravel_index(step, values.shape)
    window = [
        (place[0] * stride, place[1] * stride, *kernel.shape),
        (*place, 1, 1),
        (2 * place[0], 2 * place[1], 2, 2),
    ][index]
    top, left, rows, columns = window
    read = source[top : top + rows, left : left + columns]
    reach = np.abs(stages.feature_map).max() or 1
    cell = int(np.clip(min(ACROSS // (source.shape[1] + values.shape[1]), DOWN // max(source.shape)), 5, 30))
    written = cell >= 16
    if operation == "Convolution":
        value, sentence = _convolution(read, kernel, reach)
        name, colours = f"input {by(image.shape)}, the kernel on it", _pixel_colours(source)
        text = f"Input, {by(source.shape)}. The kernel lies on {_where(window)}."
        meaning = f"Input: {_pixel_words(image)}. Map: {SIGNED_WORDS}, up to ±{number(reach)}."
    else:
        value, sentence = (_relu if operation == "ReLU" else _pooling)(read, reach)
        name, colours = f"{MAP_NAMES[index - 1]} {by(source.shape)}", blue_white_red(source, reach)
        text = f"The {MAP_NAMES[index - 1]}, {by(source.shape)}."
        meaning = f"Maps: {SIGNED_WORDS}, up to ±{number(reach)}."
    picture = grid(
        colours,
        text,
        cell,
        source if written else None,
        window,
        _picture_within(source, image) if operation == "Convolution" else None,
        kernel if operation == "Convolution" else None,
    )
    result = _map_so_far(values, index, step, place, cell, reach)
    legend = (
        f"{meaning} Striped: not computed yet. Orange: what is read, and the value it gives. Rows and columns count from 0. "
        "Click a value to go there, or move with the arrow keys."
    )
    shown = joined(
        row(figure(name, picture), after("→", ["slide", "ReLU", "pool"][index], result)),
        *(element("p", note) for note in _notes(stages, image, kernel, stride, operation)),
        value,
        soft(legend),
    )
    where = f"row {place[0]}, column {place[1]} of the {MAP_NAMES[index]}"
    return shown, f"Step {step + 1} of {values.size}, {where}: {sentence}"


def _where(window):
    top, left, rows, columns = window
    return f"rows {top} to {top + rows - 1}, columns {left} to {left + columns - 1}"


def _picture_within(padded, image):
    """Where the picture lies within its frame of zeros, None if there is no such frame."""
    if padded.shape == image.shape:
        return None
    return (*((outer - inner) // 2 for outer, inner in zip(padded.shape, image.shape, strict=True)), *image.shape)


def _map_so_far(values, index, step, place, cell, reach):
    """The map that is being computed, in which a place can be chosen."""
    seen = np.where(np.arange(values.size).reshape(values.shape) <= step, values, np.nan)
    text = f"The {MAP_NAMES[index]}, {by(values.shape)}."
    drawn = grid(blue_white_red(seen, reach), text, cell, seen if cell >= 16 else None, (*place, 1, 1))
    return figure(f"{MAP_NAMES[index]} {by(values.shape)}", pickable(drawn, OPERATIONS[index], text, values.shape, place))


def _notes(stages, image, kernel, stride, operation):
    """What the settings have done to the edges, a sentence each."""
    if operation == "Pooling" and any(length % 2 for length in stages.rectified.shape):
        yield "The map has an odd number of rows or columns, so pooling leaves out the last one."
    if operation != "Convolution":
        return
    if stages.padded.shape != image.shape:
        yield "Outside the dashed frame lie the zeros that padding has added."
    left_over = [(length - window) % stride for length, window in zip(stages.padded.shape, kernel.shape, strict=True)]
    if any(left_over):
        named = zip(left_over, ["row", "column"], strict=True)
        what = " and ".join(f"the last {name if count == 1 else counted(count, name)}" for count, name in named if count)
        yield f"With stride {stride} the window does not come out even: nothing reads {what} of the input."


def _pixel_colours(values):
    return blue_white_red(values) if values.min() < 0 else greys(values, max(1, values.max()))


def _pixel_words(values):
    return SIGNED_WORDS if values.min() < 0 else f"black is 0, white is {number(max(1, values.max()))}"


# ── One value. Each gives (HTML, a sentence) ────────────────────────────────────────────────────────────────────────


def _convolution(window, kernel, reach):
    products = window * kernel
    total = np.array([[products.sum()]])
    widest = np.abs(products).max() or 1
    equals = "=" if all(_is_shown_in_full(value) for value in [*kernel.flat, *window.flat, *total.flat]) else "≈"
    lines = [_separated(" + ", map(_product, *rows)) for rows in zip(kernel, window, strict=True)]
    shown = _one_value(
        "One value: each pixel times the kernel’s number on it, then all nine products added up",
        figure("products", small(blue_white_red(products, widest), products, "products", PRODUCT)),
        after("→", "add up", figure("sum", small(blue_white_red(total, reach), total, "sum"))),
        element(
            "div",
            _sum("  ", _separated("\n+ ", lines), f"\n{equals} ", total),
            soft("kernel · pixel, row by row; products with a zero are grey."),
        ),
    )
    return shown, f"nine products add up to {number(total[0, 0])}."


def _one_value(title, *parts):
    return joined(element("h4", title), row(*parts))


def _product(weight, pixel):
    factors = [f"({number(factor)})" if factor < 0 else number(factor) for factor in (weight, pixel)]
    text = "·".join(factors)
    return text if weight * pixel else element("i", text)


def _separated(separator, parts):
    first, *others = parts
    return joined(first, *(piece for part in others for piece in (separator, part)))


def _sum(*parts):
    """A calculation, the last part being its result, a 1×1 array."""
    *written, result = parts
    return element("p", *written, element("b", number(result[0, 0])), class_="digitkit-sum")


def _is_shown_in_full(value):
    return math.isclose(float(number(value).replace("−", "-")), value, abs_tol=1e-9)


def _relu(value, reach):
    result = np.maximum(value, 0)
    shown = _one_value(
        "One value: ReLU keeps what is above zero and replaces what is below zero by zero",
        figure("value", small(blue_white_red(value, reach), value, "value")),
        after("→", "ReLU", figure("result", small(blue_white_red(result, reach), result, "result"))),
        element("div", _sum(f"max(0, {number(value[0, 0])}) = ", result), soft("Blue becomes white.")),
    )
    what = "is not below zero and stays" if value[0, 0] >= 0 else "is below zero and becomes 0"
    return shown, f"{number(value[0, 0])} {what}."


def _pooling(window, reach):
    result = np.array([[window.max()]])
    listed = ", ".join(map(number, window.ravel()))
    shown = _one_value(
        "One value: 2×2 pooling keeps the largest of four",
        figure("window", small(blue_white_red(window, reach), window, "window")),
        after("→", "largest", figure("result", small(blue_white_red(result, reach), result, "result"))),
        element("div", _sum(f"max({listed}) = ", result), soft("Exactly where it was is forgotten.")),
    )
    return shown, f"the largest of {listed} is {number(result[0, 0])}."
