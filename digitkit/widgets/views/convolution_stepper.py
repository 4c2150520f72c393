"""A convolution at one step, on three levels: the whole maps, the window, the arithmetic of one value."""

import math
from typing import NamedTuple

import numpy as np

from digitkit.colours import SIGNED_WORDS, blue_white_red, greys
from digitkit.explain import Stages
from digitkit.widgets.views.element import Html, element, joined
from digitkit.widgets.views.grid import figure, grid, pickable, row, sign, small
from digitkit.widgets.views.parts import soft
from digitkit.words import by, counted, number

OPERATIONS = ["Convolution", "ReLU", "Pooling"]
MAP_NAMES = ["feature map", "map after ReLU", "pooled map"]


class _Shown(NamedTuple):
    """What is being computed: by which operation, at which step, from which window, to which place of its map."""

    operation: int
    step: int
    window: tuple  # (top, left, rows, columns) of what the operation reads
    place: tuple


def step_by_step(
    stages: Stages, image: np.ndarray, kernel: np.ndarray, stride: int, operation: str, step: int
) -> tuple[Html, str]:
    """One step on all three levels.

    stages: as `explain.stages` gives them for image and kernel. operation: one of OPERATIONS. step: number of the value
    being computed, from 0, row by row. Returns (HTML, one sentence that says the same).
    """
    maps = [stages.feature_map, stages.rectified, stages.pooled]
    index = OPERATIONS.index(operation)
    place = np.unravel_index(step, maps[index].shape)
    source, window = [
        (stages.padded, (place[0] * stride, place[1] * stride, *kernel.shape)),
        (stages.feature_map, (*place, 1, 1)),
        (stages.rectified, (2 * place[0], 2 * place[1], 2, 2)),
    ][index]
    top, left, rows, columns = window
    values = source[top : top + rows, left : left + columns]
    reach = np.abs(stages.feature_map).max() or 1
    if operation == "Convolution":
        level_2, level_3, sentence = _convolution(values, kernel, reach)
    else:
        level_2, level_3, sentence = (_relu if operation == "ReLU" else _pooling)(values, reach)
    legend = (
        f"Input: {_pixel_words(image)}. Maps: {SIGNED_WORDS}, up to ±{number(reach)}. Striped: not computed yet. Orange frames: "
        "what is read, and the value it gives. Rows and columns count from 0, as in Python. Click a value to go there, or move "
        "with the arrow keys."
    )
    shown = joined(
        element("h4", "1 · The whole picture"),
        _whole_maps(stages, image, _Shown(index, step, window, place), reach),
        soft(legend),
        *(element("p", note) for note in _notes(stages, image, kernel, stride)),
        row(
            element("div", element("h4", "2 · The window"), level_2, class_="digitkit-window"),
            element("div", element("h4", "3 · One value"), level_3, class_="digitkit-value"),
            tops=True,
        ),
    )
    where = f"row {place[0]}, column {place[1]} of the {MAP_NAMES[index]}"
    return shown, f"Step {step + 1} of {maps[index].size}, {where}: {sentence}"


def _notes(stages, image, kernel, stride):
    """What the settings have done to the edges, a sentence each."""
    if stages.padded.shape != image.shape:
        yield "Outside the dashed frame lie the zeros that padding has added."
    left_over = [(length - window) % stride for length, window in zip(stages.padded.shape, kernel.shape, strict=True)]
    if any(left_over):
        named = zip(left_over, ["row", "column"], strict=True)
        what = " and ".join(f"the last {name if count == 1 else counted(count, name)}" for count, name in named if count)
        yield f"With stride {stride} the window does not come out even: nothing reads {what} of the input."
    if not stages.pooled.size:
        yield f"Pooling is impossible here: a map of {by(stages.feature_map.shape)} has no room for a 2×2 window."
    elif any(length % 2 for length in stages.feature_map.shape):
        yield "The map has an odd number of rows or columns, so pooling leaves out the last one."


# ── 1: the whole maps ───────────────────────────────────────────────────────────────────────────────────────────────


def _whole_maps(stages, image, shown, reach):
    """The input and the three maps in a row. shown: what is being computed."""
    maps = [stages.feature_map, stages.rectified, stages.pooled]
    across = sum(values.shape[1] for values in [stages.padded, *maps])
    cell = int(np.clip(700 // across, 5, 24))
    written = cell >= 16
    before = [(padded - length) // 2 for padded, length in zip(stages.padded.shape, image.shape, strict=True)]
    picture = grid(
        _pixel_colours(stages.padded),
        f"Input, {by(stages.padded.shape)}.",
        cell,
        stages.padded if written else None,
        shown.window if shown.operation == 0 else None,
        (*before, *image.shape) if stages.padded.shape != image.shape else None,
    )
    parts = [figure(f"input {by(image.shape)}", picture)]
    for index, values in enumerate(maps):
        parts.append(sign("→", ["slide", "ReLU", "pool"][index]))
        if not values.size:
            parts.append(figure(MAP_NAMES[index], "none"))
            continue
        known = np.arange(values.size).reshape(values.shape) < (shown.step + 1 if index == shown.operation else 0)
        seen = np.where(known | (index < shown.operation), values, np.nan)
        here = index == shown.operation
        frame = (*shown.place, 1, 1) if here else shown.window if index == shown.operation - 1 else None
        text = f"The {MAP_NAMES[index]}, {by(values.shape)}."
        drawn = grid(blue_white_red(seen, reach), text, cell, seen if written else None, frame)
        place = shown.place if here else (0, 0)
        picture = pickable(drawn, OPERATIONS[index], text, values.shape, place)
        parts.append(figure(f"{MAP_NAMES[index]} {by(values.shape)}", picture))
    return row(*parts)


def _pixel_colours(values):
    return blue_white_red(values) if values.min() < 0 else greys(values, max(1, values.max()))


def _pixel_words(values):
    return SIGNED_WORDS if values.min() < 0 else f"black is 0, white is {number(max(1, values.max()))}"


# ── 2 and 3: the window, and one value. Each gives (level 2, level 3, a sentence) ───────────────────────────────────


def _convolution(window, kernel, reach):
    products = window * kernel
    total = np.array([[products.sum()]])
    widest = np.abs(products).max() or 1
    level_2 = row(
        figure("window", small(_pixel_colours(window), window, "window")),
        sign("×"),
        figure("kernel", small(blue_white_red(kernel), kernel, "kernel")),
        sign("="),
        figure("products", small(blue_white_red(products, widest), products, "products")),
        sign("→", "add up"),
        figure("sum", small(blue_white_red(total, reach), total, "sum")),
    )
    explained = "Each number of the window times the kernel's number at the same place; then all nine products are added up."
    equals = "=" if all(_is_shown_in_full(value) for value in [*kernel.flat, *window.flat, *total.flat]) else "≈"
    lines = [_separated(" + ", map(_product, *rows)) for rows in zip(kernel, window, strict=True)]
    level_3 = joined(
        _sum("  ", _separated("\n+ ", lines), f"\n{equals} ", total),
        soft("kernel · pixel, row by row; products with a zero are grey."),
    )
    return joined(level_2, soft(explained)), level_3, f"nine products add up to {number(total[0, 0])}."


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
    level_2 = row(
        figure("value", small(blue_white_red(value, reach), value, "value")),
        sign("→", "ReLU"),
        figure("result", small(blue_white_red(result, reach), result, "result")),
    )
    level_3 = joined(
        _sum(f"max(0, {number(value[0, 0])}) = ", result),
        soft("ReLU keeps what is above zero and replaces what is below zero by zero: blue becomes white."),
    )
    what = "is not below zero and stays" if value[0, 0] >= 0 else "is below zero and becomes 0"
    return level_2, level_3, f"{number(value[0, 0])} {what}."


def _pooling(window, reach):
    result = np.array([[window.max()]])
    level_2 = row(
        figure("window", small(blue_white_red(window, reach), window, "window")),
        sign("→", "largest"),
        figure("result", small(blue_white_red(result, reach), result, "result")),
    )
    listed = ", ".join(map(number, window.ravel()))
    level_3 = joined(
        _sum(f"max({listed}) = ", result),
        soft("2×2 pooling keeps the largest of four values; exactly where it was is forgotten."),
    )
    return level_2, level_3, f"the largest of {listed} is {number(result[0, 0])}."
