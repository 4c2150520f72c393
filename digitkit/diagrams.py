"""Arrays -> HTML that the explorers show: grids of numbers, a convolution step by step, a network layer by layer.

Colours are the same everywhere: pixels from black (zero) to white; numbers that can be negative from blue over white
(zero) to red; an orange frame is what is being looked at. Whatever a picture shows is said in words beside it.
"""

import html
import math
import re
from numbers import Number

import numpy as np

from digitkit.markup import image_url

NEGATIVE, ZERO, POSITIVE = np.array([33, 102, 172]), np.array([247, 247, 247]), np.array([178, 24, 43])
FRAME = "#ffa600"
SIGNED_WORDS = "blue is below zero, white is zero, red is above zero"


def number(value):
    """A number as people write it, with two decimals, or three if it is small; less is zero.

    >>> number(-0.5), number(3.14159), number(0.0123), number(1e-17)
    ('−0.5', '3.14', '0.012', '0')
    """
    return f"{round(float(value), 2 if abs(value) >= 0.1 else 3) + 0.0:.7g}".replace("-", "−")


def greys(values, top=None):
    """Numbers from 0 to `top` (their largest, if left out) as black to white: (h, w) -> (h, w, 4) uint8; NaN is clear.

    >>> greys(np.array([[0, 0.5, np.nan]]), top=0.5)[0].tolist()
    [[0, 0, 0, 255], [255, 255, 255, 255], [0, 0, 0, 0]]
    """
    known = np.nan_to_num(values)
    shares = np.clip(known / (top or known.max() or 1), 0, 1)
    return _with_gaps(np.repeat(255 * shares[..., np.newaxis], 3, axis=-1), values)


def blue_white_red(values, reach=None):
    """Numbers from -reach to reach as blue, white, red: (h, w) -> (h, w, 4) uint8; NaN is clear.

    >>> blue_white_red(np.array([[-2, 0, 2]])).tolist()
    [[[33, 102, 172, 255], [247, 247, 247, 255], [178, 24, 43, 255]]]
    """
    known = np.nan_to_num(values)
    shares = np.clip(known / (reach or np.abs(known).max() or 1), -1, 1)[..., np.newaxis]
    return _with_gaps(ZERO + np.where(shares < 0, -shares * (NEGATIVE - ZERO), shares * (POSITIVE - ZERO)), values)


def _with_gaps(colours, values):
    there = ~np.isnan(values)[..., np.newaxis]
    return np.rint(np.where(there, np.concatenate([colours, np.full_like(colours[..., :1], 255)], axis=-1), 0)).astype(np.uint8)


def grid(colours, text, cell, numbers=None, frame=None, dashed=None):
    """Cells in colours as a picture (SVG), with numbers in them and frames around some.

    colours: (h, w, 4) uint8. text: what it shows, in words. cell: side of a cell in pixels. numbers: (h, w), NaN is left
    out. frame, dashed: (top, left, rows, columns), an orange frame and a dashed one.
    """
    height, width = (length * cell for length in colours.shape[:2])
    parts = [f'<image href="{image_url(colours)}" width="{width}" height="{height}" preserveAspectRatio="none"/>']
    if numbers is not None:
        written = [[number(value) if not np.isnan(value) else "" for value in row] for row in numbers]
        size = min(0.46 * cell, 1.6 * cell / max(len(word) for row in written for word in [*row, "000"]))
        for (row, column), colour in np.ndenumerate(colours[..., :3] @ np.array([0.299, 0.587, 0.114])):
            ink = "#fff" if colour < 128 else "#000"
            place = f'x="{(column + 0.5) * cell:g}" y="{(row + 0.5) * cell:g}"'
            parts.append(f'<text {place} fill="{ink}" font-size="{size:.3g}">{written[row][column]}</text>')
    if dashed is not None:
        parts.append(f'<rect {_box(dashed, cell)} stroke="#999" stroke-width="1.5" stroke-dasharray="4 3"/>')
    if frame is not None:  # black below orange, so that it stands out from white, red and black alike
        for colour, thickness in [("#000", 5), (FRAME, 3)]:
            parts.append(f'<rect {_box(frame, cell, 1.5)} stroke="{colour}" stroke-width="{thickness}"/>')
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" overflow="visible"'
    return f'<svg class="digitkit-grid" role="img" aria-label="{html.escape(text)}" {size}>{"".join(parts)}</svg>'


def _box(box, cell, outside=0):
    """Place and size of a box of cells, in SVG, drawn a little outside of them."""
    top, left, rows, columns = (length * cell for length in box)
    size = f'width="{columns + 2 * outside}" height="{rows + 2 * outside}"'
    return f'x="{left - outside}" y="{top - outside}" {size} fill="none"'


def pickable(picture, name, text, size, place):
    """A grid in which a place can be chosen: by click, or with the arrow keys. size: (rows, columns); place: the one chosen."""
    data = f'data-pick="{name}" data-rows="{size[0]}" data-columns="{size[1]}" data-row="{place[0]}" data-column="{place[1]}"'
    label = f"{text} Choose a place with the arrow keys."
    return f'<div class="digitkit-pick" tabindex="0" role="application" aria-label="{html.escape(label)}" {data}>{picture}</div>'


def _figure(caption, picture):
    return f"<figure><figcaption>{caption}</figcaption>{picture}</figure>"


def _row(*parts, tops=False):
    return f'<div class="digitkit-row{" digitkit-tops" if tops else ""}">{"".join(parts)}</div>'


def _sign(symbol, words=""):
    return f'<div class="digitkit-sign">{symbol}<small>{words}</small></div>'


def by(shape):
    """A shape in words: (26, 26) -> "26×26"."""
    return "×".join(map(str, shape))


def problem_html(message):
    """What is impossible, and why."""
    return f'<p class="digitkit-problem" role="alert">{html.escape(message)}</p>'


# ── A convolution step by step ──────────────────────────────────────────────────────────────────────────────────────

OPERATIONS = ["Convolution", "ReLU", "Pooling"]


def stepper_html(stages, image, kernel, stride, operation, step):
    """A convolution at one step, on three levels: the whole maps, the window, the arithmetic of one value.

    stages: as `explain.stages` gives them for image and kernel. operation: one of OPERATIONS. step: number of the value
    being computed, from 0, row by row. Returns (HTML, one sentence that says the same).
    """
    maps = [stages.feature_map, stages.rectified, stages.pooled]
    number_of = OPERATIONS.index(operation)
    place = np.unravel_index(step, maps[number_of].shape)
    source, window = [
        (stages.padded, (place[0] * stride, place[1] * stride, *kernel.shape)),
        (stages.feature_map, (*place, 1, 1)),
        (stages.rectified, (2 * place[0], 2 * place[1], 2, 2)),
    ][number_of]
    top, left, rows, columns = window
    values = source[top : top + rows, left : left + columns]
    reach = np.abs(stages.feature_map).max() or 1
    level_2, level_3, sentence = [_convolution_levels, _relu_levels, _pooling_levels][number_of](values, kernel, reach)
    whole = _whole_maps(stages, image, number_of, step, window, place, reach)
    where = f"row {place[0]}, column {place[1]} of the {MAP_NAMES[number_of]}"
    status = f"Step {step + 1} of {maps[number_of].size}, {where}: {sentence}"
    notes = "".join(f"<p>{note}</p>" for note in _notes(stages, image, kernel, stride))
    return (
        f"<h4>1 · The whole picture</h4>{whole}"
        f'<p class="digitkit-soft">Input: {_pixel_words(image)}. Maps: {SIGNED_WORDS}, '
        f"up to ±{number(reach)}. Striped: not computed yet. Orange frames: what is read, and the value it gives. "
        f"Rows and columns count from 0, as in Python. Click a value to go there, or move with the arrow keys.</p>{notes}"
        f'<div class="digitkit-row digitkit-tops"><div class="digitkit-window"><h4>2 · The window</h4>{level_2}</div>'
        f'<div class="digitkit-value"><h4>3 · One value</h4>{level_3}</div></div>',
        status,
    )


MAP_NAMES = ["feature map", "map after ReLU", "pooled map"]


def _notes(stages, image, kernel, stride):
    """What the settings have done to the edges, a sentence each."""
    if stages.padded.shape != image.shape:
        yield "Outside the dashed frame lie the zeros that padding has added."
    left_over = [(length - window) % stride for length, window in zip(stages.padded.shape, kernel.shape, strict=True)]
    if any(left_over):
        named = zip(left_over, ["row", "column"], strict=True)
        what = " and ".join(f"the last {f'{count} {name}s' if count > 1 else name}" for count, name in named if count)
        yield f"With stride {stride} the window does not come out even: nothing reads {what} of the input."
    if not stages.pooled.size:
        yield f"Pooling is impossible here: a map of {by(stages.feature_map.shape)} has no room for a 2×2 window."
    elif any(length % 2 for length in stages.feature_map.shape):
        yield "The map has an odd number of rows or columns, so pooling leaves out the last one."


def _whole_maps(stages, image, number_of, step, window, place, reach):
    maps = [stages.feature_map, stages.rectified, stages.pooled]
    cells = sum(values.shape[1] for values in [stages.padded, *maps])
    cell = int(np.clip(700 // cells, 5, 24))
    before = [(padded - length) // 2 for padded, length in zip(stages.padded.shape, image.shape, strict=True)]
    dashed = (*before, *image.shape) if stages.padded.shape != image.shape else None
    written = cell >= 16
    picture = grid(
        _pixel_colours(stages.padded),
        f"Input, {by(stages.padded.shape)}.",
        cell,
        stages.padded if written else None,
        window if number_of == 0 else None,
        dashed,
    )
    parts = [_figure(f"input {by(image.shape)}", picture)]
    signs = ["slide", "ReLU", "pool"]
    for index, values in enumerate(maps):
        parts.append(_sign("→", signs[index]))
        if not values.size:
            parts.append(_figure(MAP_NAMES[index], "none"))
            continue
        known = np.arange(values.size).reshape(values.shape) < (step + 1 if index == number_of else 0)
        shown = np.where(known | (index < number_of), values, np.nan)
        frame = (*place, 1, 1) if index == number_of else window if index == number_of - 1 else None
        text = f"The {MAP_NAMES[index]}, {by(values.shape)}."
        drawn = grid(blue_white_red(shown, reach), text, cell, shown if written else None, frame)
        here = place if index == number_of else (0, 0)
        parts.append(
            _figure(f"{MAP_NAMES[index]} {by(values.shape)}", pickable(drawn, OPERATIONS[index], text, values.shape, here))
        )
    return _row(*parts)


def _pixel_colours(values):
    return blue_white_red(values) if values.min() < 0 else greys(values, max(1, values.max()))


def _pixel_words(values):
    return SIGNED_WORDS if values.min() < 0 else f"black is 0, white is {number(max(1, values.max()))}"


def _small(colours, values, text, cell=44):
    return grid(colours, f"{text}: {'; '.join(' '.join(number(value) for value in row) for row in values)}", cell, values)


def _convolution_levels(window, kernel, reach):
    products = window * kernel
    total = np.array([[products.sum()]])
    widest = np.abs(products).max() or 1
    level_2 = _row(
        _figure("window", _small(_pixel_colours(window), window, "window")),
        _sign("×"),
        _figure("kernel", _small(blue_white_red(kernel), kernel, "kernel")),
        _sign("="),
        _figure("products", _small(blue_white_red(products, widest), products, "products")),
        _sign("→", "add up"),
        _figure("sum", _small(blue_white_red(total, reach), total, "sum")),
    )
    lines = [
        " + ".join(_product(weight, pixel) for weight, pixel in zip(*rows, strict=True))
        for rows in zip(kernel, window, strict=True)
    ]
    sums = "\n+ ".join(lines)
    explained = "Each number of the window times the kernel's number at the same place; then all nine products are added up."
    sentence = f"nine products add up to {number(total[0, 0])}."
    equals = "=" if all(_is_shown_in_full(value) for value in [*kernel.flat, *window.flat, *total.flat]) else "≈"
    written = f'<p class="digitkit-sum">  {sums}\n{equals} <b>{number(total[0, 0])}</b></p>'
    note = '<p class="digitkit-soft">kernel · pixel, row by row; products with a zero are grey.</p>'
    return f'{level_2}<p class="digitkit-soft">{explained}</p>', written + note, sentence


def _product(weight, pixel):
    factors = [f"({number(factor)})" if factor < 0 else number(factor) for factor in (weight, pixel)]
    text = "·".join(factors)
    return text if weight * pixel else f"<i>{text}</i>"


def _is_shown_in_full(value):
    return math.isclose(float(number(value).replace("−", "-")), value, abs_tol=1e-9)


def _relu_levels(window, _, reach):
    value, result = window, np.maximum(window, 0)
    level_2 = _row(
        _figure("value", _small(blue_white_red(value, reach), value, "value")),
        _sign("→", "ReLU"),
        _figure("result", _small(blue_white_red(result, reach), result, "result")),
    )
    kept = value[0, 0] >= 0
    written = f'<p class="digitkit-sum">max(0, {number(value[0, 0])}) = <b>{number(result[0, 0])}</b></p>'
    note = (
        '<p class="digitkit-soft">ReLU keeps what is above zero and replaces what is below zero by zero: blue becomes white.</p>'
    )
    sentence = f"{number(value[0, 0])} is {'not below zero and stays' if kept else 'below zero and becomes 0'}."
    return level_2, written + note, sentence


def _pooling_levels(window, _, reach):
    result = np.array([[window.max()]])
    level_2 = _row(
        _figure("window", _small(blue_white_red(window, reach), window, "window")),
        _sign("→", "largest"),
        _figure("result", _small(blue_white_red(result, reach), result, "result")),
    )
    listed = ", ".join(number(value) for value in window.ravel())
    written = f'<p class="digitkit-sum">max({listed}) = <b>{number(result[0, 0])}</b></p>'
    note = '<p class="digitkit-soft">2×2 pooling keeps the largest of four values; exactly where it was is forgotten.</p>'
    return level_2, written + note, f"the largest of {listed} is {number(result[0, 0])}."


# ── A network layer by layer ────────────────────────────────────────────────────────────────────────────────────────

THUMBNAIL_GAP = 4


def layers_html(layers, chosen):
    """The network as a column of buttons, a layer each, with its shape and parameters. layers: explain.LayerViews."""
    parts = []
    for index, layer in enumerate(layers):
        here = index == chosen
        before = (layers[index - 1].name,) if index else ()
        sources = f"<span>takes {html.escape(' and '.join(layer.sources))}</span>" if layer.sources != before else ""
        named = any(layer.name in other.sources for other in layers[index + 2 :])
        title = _title(layer) + (f" “{html.escape(layer.name)}”" if named and index else "")
        numbers = f" · {layer.parameters:,} parameters" if layer.parameters else ""
        parts.append(
            f'<button type="button" role="radio" aria-checked="{str(here).lower()}" tabindex="{0 if here else -1}" '
            f'data-choose="layer {index}">{_icon(layer.values)}<span><b>{title}</b>{sources}'
            f"<span>{_shape(layer.values)}{numbers}</span></span></button>"
        )
    total = sum(layer.parameters for layer in layers)
    return (
        f'<div class="digitkit-layers" role="radiogroup" aria-label="Layers of the network">{"".join(parts)}</div>'
        f'<p class="digitkit-soft">{total:,} parameters in all.</p>'
    )


def _title(layer):
    """The kind of a layer and its settings: "Conv2D 3×3, relu"."""
    words = []
    if layer.window:
        rows, columns, stride, padding, gap = layer.window
        words.append(by((rows, columns)))
        if layer.kernels is not None:
            words += [f"stride {stride}"] * (stride != 1) + [padding] * (padding != "valid") + [f"gap {gap}"] * (gap != 1)
    words += [layer.activation] if layer.activation else []
    return html.escape(f"{layer.kind} {', '.join(words)}".strip())


def _shape(values):
    if values.ndim == 1:
        return f"{len(values):,} numbers"
    maps, *size = values.shape
    return f"{by(size)}, {maps} map{'s' if maps != 1 else ''}"


def _icon(values):
    """A stack of squares for maps, a bar for a row of numbers: larger for more rows, deeper for more maps."""
    if values.ndim == 1:
        width = 8 + 8 * min(np.log10(len(values)), 4.5)
        boxes = [(28 - width / 2, 18, width, 6)]
    else:
        depth, side = 1 + int(min(np.log2(values.shape[0]), 7)), 4 + 22 * values.shape[1] / 28
        corner = (28 - side / 2 - depth, 21 - side / 2 - depth)
        boxes = [(corner[0] + 2 * index, corner[1] + 2 * index, side, side) for index in range(depth)]
    drawn = "".join(f'<rect x="{x:.3g}" y="{y:.3g}" width="{w:.3g}" height="{h:.3g}"/>' for x, y, w, h in boxes)
    return f'<svg width="56" height="42" viewBox="0 0 56 42" aria-hidden="true">{drawn}</svg>'


def map_number(maps, row, column):
    """Which map lies at a place of the sheet that `maps_html` shows; past the last map if there is none."""
    return row * _sheet_shape(maps)[1] + column


def _sheet_shape(maps):
    """Rows and columns of the sheet, and the side of a thumbnail in pixels."""
    columns, side = (8, 56) if len(maps) <= 32 else (12, 38) if len(maps) <= 96 else (16, 28)
    columns = min(columns, len(maps))
    return -(-len(maps) // columns), columns, side


def maps_html(layer, entering, unit):
    """What one layer is and gives: a sentence, its parameters, and all its maps, one of them chosen.

    layer: a LayerView. entering: how many values feed it. unit: number of the chosen map.
    """
    heading = f"<h4>{_title(layer)}: {_shape(layer.values)}</h4><p>{_does(layer, entering)}</p>"
    counted = f"<p>{_counted(layer)}</p>" if layer.parameters else ""
    if layer.values.ndim == 1 or len(layer.values) == 1:
        return heading + counted
    maps = len(layer.values)
    rows, columns, thumbnail = _sheet_shape(layer.values)
    sheet = _sheet(layer.values, columns, thumbnail)
    pitch = thumbnail + THUMBNAIL_GAP
    place = divmod(unit, columns)
    frame = (place[0] * pitch + 2, place[1] * pitch + 2, thumbnail, thumbnail)
    text = f"{maps} feature maps; map {unit} is chosen."
    scale = (np.abs(layer.values).max(), layer.values.min() < 0)
    drawn = grid(_map_colours(sheet, *scale), text, 1, frame=frame)
    picture = pickable(drawn, "map", text, (rows, columns), place)
    note = f"{_colour_words(*scale)}, on one scale for all maps. Click a map, or use the arrow keys."
    return f'{heading}{counted}{picture}<p class="digitkit-soft">{note}</p>'


def _sheet(maps, columns, side):
    """All maps as thumbnails on one sheet, with gaps (NaN) between them."""
    pitch = side + THUMBNAIL_GAP
    sheet = np.full((-(-len(maps) // columns) * pitch, columns * pitch), np.nan)
    rows, across = (np.arange(side) * length // side for length in maps.shape[1:])
    for index, values in enumerate(maps):
        top, left = (pitch * place + THUMBNAIL_GAP // 2 for place in divmod(index, columns))
        sheet[top : top + side, left : left + side] = values[np.ix_(rows, across)]
    return sheet


def _map_colours(shown, largest, signed):
    return blue_white_red(shown, largest) if signed else greys(shown, largest)


def _colour_words(largest, signed):
    largest = number(largest)
    if signed:
        return f"{SIGNED_WORDS.capitalize()}, up to ±{largest}"
    return f"Black is zero, white is {largest}, the largest value"


def _does(layer, entering):
    """What a kind of layer does, in a sentence or two."""
    size = by(layer.window[:2]) if layer.window else ""
    sentences = {
        "Input": "The digit as the network gets it: 0 is black, 1 is white.",
        "Conv2D": f"{len(layer.values)} kernels slide over what comes in. Each gives one feature map: high where its pattern is.",
        "ReLU": "What is below zero becomes zero; the rest stays.",
        "MaxPooling2D": f"Of each {size} window only the largest value is kept: smaller maps, and a pattern may move a little.",
        "AveragePooling2D": f"Each {size} window is replaced by its mean.",
        "BatchNormalization": "Each map is shifted and stretched, by amounts learned in training.",
        "Dropout": "Only in training it switches values off at random; when the network reads, everything passes.",
        "Flatten": "All values of all maps, laid out in one row.",
        "GlobalAveragePooling2D": "Each map is replaced by one number, its mean.",
        "Dense": f"Each of the {len(layer.values)} values is a weighted sum of all {entering:,} values before it.",
        "Softmax": "Scores become probabilities: none below zero, together 1.",
        "Add": "The maps of its branches are added up, value by value.",
        "Concatenate": "The maps of its branches are put one behind the other.",
    }
    activation = {
        "relu": " Then ReLU: what is below zero becomes zero.",
        "softmax": " Then softmax: scores become probabilities that add up to 1.",
    }
    other = f"A layer of the kind {html.escape(layer.kind)}."
    then = f" Then the function {html.escape(layer.activation)}." if layer.activation else ""
    return sentences.get(layer.kind, other) + activation.get(layer.activation, then)


def _counted(layer):
    """How the number of parameters comes about."""
    count = f"<b>{layer.parameters:,} parameters</b>"
    if layer.kernels is not None:
        maps, *size = layer.kernels.shape
        bias = " + 1 bias" if layer.parameters == layer.kernels.size + maps else ""
        numbers = f"{size[1]}·{size[2]} numbers" + (f" for each of {size[0]} maps" if size[0] != 1 else "")
        return f"{count} = {maps} kernels × ({numbers}{bias})."
    if layer.kind == "Dense" and layer.values.ndim == 1:
        units = len(layer.values)
        bias = layer.parameters % units == 0 and layer.parameters // units - 1
        return f"{count} = {units} × ({bias:,} weights + 1 bias)." if bias else f"{count}."
    return f"{count}, not all of them learned." if layer.kind == "BatchNormalization" else f"{count}."


def value_grid(values, unit):
    """One map, or a row of numbers in lines of at most 32: (rows, columns) float, filled up with NaN."""
    if values.ndim == 3:
        return values[unit]
    columns = min(len(values), 32)
    rows = -(-len(values) // columns)
    return np.pad(values, (0, rows * columns - len(values)), constant_values=np.nan).reshape(rows, columns)


def value_html(layer, unit, place, image):
    """One value of one map: where it lies, its kernel, and the pixels of the digit that feed it.

    layer: a LayerView. unit: number of the map. place: (row, column) in `value_grid`. image: (28, 28) uint8.
    Returns (HTML, one sentence that says the same).
    """
    shown = value_grid(layer.values, unit)
    one_row = layer.values.ndim == 1
    if np.isnan(shown[place]):  # past the last value of a row
        place = tuple(np.argwhere(~np.isnan(shown))[-1].tolist())
    box = layer.pixels(place[0] * shown.shape[1] + place[1]) if one_row else layer.pixels(*place)
    cell = int(np.clip((600 if one_row else 224) // max(shown.shape), 5, 44))
    name = "values" if one_row else f"map {unit}"
    text = f"The {name}, {by(shown.shape)}; chosen: {', '.join(map(str, place))}."
    scale = (np.nanmax(np.abs(shown)), layer.values.min() < 0)  # signed like all maps of its layer
    drawn = grid(_map_colours(shown, *scale), text, cell, shown if cell >= 26 else None, (*place, 1, 1))
    top, bottom, left, right = box or (0, 0, 0, 0)
    digit = grid(greys(image.astype(float), 255), "The digit.", 8, frame=(top, left, bottom - top, right - left) if box else None)
    caption = name if not one_row or len(shown) > 1 or cell < 26 else _numbered(shown.shape[1], cell)
    parts = [_figure(caption, pickable(drawn, "value", text, shown.shape, place)), _figure("the digit", digit)]
    words = [
        f"{name[0].upper()}{name[1:]}: {_colour_words(*scale).lower()}.",
        "Digit: the orange frame holds the pixels that feed the value.",
    ]
    if layer.kernels is not None:
        kernel = layer.kernels[unit]
        before = f", {by(kernel.shape[1:])} numbers for each of {len(kernel)} maps" if len(kernel) > 1 else ""
        parts.append(_figure(f"kernel {unit}{before}", _kernel_picture(kernel, unit)))
        words.append(f"Kernel: {SIGNED_WORDS}, up to ±{number(np.abs(kernel).max())}.")
    where = f"value {place[0] * shown.shape[1] + place[1]}" if one_row else f"map {unit}, row {place[0]}, column {place[1]}"
    status = f"{where[0].upper()}{where[1:]}: {number(shown[place])}. {_fed_by(box)}"
    return f'{_row(*parts, tops=True)}<p class="digitkit-soft">{" ".join(words)}</p>', status


def _numbered(count, cell):
    """The numbers of the values, each above its cell."""
    places = "".join(f'<span style="width:{cell}px">{index}</span>' for index in range(count))
    return f'<span class="digitkit-numbered">{places}</span>'


def _fed_by(box):
    if box is None:
        return "Which pixels feed it is not known for this kind of layer."
    top, bottom, left, right = box
    if (bottom - top, right - left) == (1, 1):
        return f"It comes from one pixel of the digit, row {top}, column {left}."
    if box == (0, 28, 0, 28):
        return "It comes from the whole digit."
    size = by((bottom - top, right - left))
    return f"It comes from {size} pixels of the digit: rows {top} to {bottom - 1}, columns {left} to {right - 1}."


def _kernel_picture(kernel, unit):
    """A kernel: its numbers if it looks at one map, else one small square for each map it looks at."""
    if len(kernel) == 1:
        return _small(blue_white_red(kernel[0]), kernel[0], f"kernel {unit}")
    columns = int(np.ceil(np.sqrt(len(kernel))))
    sheet = _sheet(kernel, columns, 24 if len(kernel) <= 64 else 15)
    return grid(blue_white_red(sheet), f"Kernel {unit}: {len(kernel)} squares of {by(kernel.shape[1:])} numbers.", 1)


# ── A guess beside the result ───────────────────────────────────────────────────────────────────────────────────────


def parse_number(text):
    """The number that somebody wrote, or None: a comma may separate thousands or decimals, a % sign is passed over.

    >>> parse_number("8,000"), parse_number("0,98"), parse_number("97 %"), parse_number("many")
    (8000.0, 0.98, 97.0, None)
    """
    text = re.sub(r"[\s%_]", "", text).replace("−", "-")
    text = text.replace(",", "" if re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", text) else ".")
    try:
        return float(text) if math.isfinite(float(text)) else None
    except ValueError:
        return None


def in_text(value):
    """A number with commas between thousands and at most three decimals; anything else as it is.

    >>> in_text(7877), in_text(0.98765), in_text("both")
    ('7,877', '0.988', 'both')
    """
    return f"{round(float(value), 3):,.12g}".replace("-", "−") if _is_number(value) else str(value)


def _is_number(value):
    return isinstance(value, Number) and not isinstance(value, bool)


def compared(guess, result, unit=""):
    """A guess and what it turned out to be, in one sentence that never scolds.

    >>> compared(8000, 7877)
    'You guessed 8,000, it is 7,877: close.'
    """
    if guess is None:
        return f"It is {in_text(result)}{unit}. No guess yet: make one above, and run this cell again."
    sentence = f"You guessed {in_text(guess)}{unit}, it is {in_text(result)}{unit}"
    if not (_is_number(guess) and _is_number(result)):
        return f"You guessed {in_text(guess)}, and so it is." if guess == result else f"{sentence}."
    if guess == result:
        return f"{sentence}: exactly."
    apart = abs(guess - result) / abs(result) if result else math.inf
    if apart <= 0.25:
        return f"{sentence}: {'close' if apart <= 0.05 else 'not far off'}."
    return f"{sentence}: {'more' if result > guess else 'less'} than you thought."


def comparison_html(guess, result, unit=""):
    """A guess and the result side by side, and below them one sentence. guess: None if nothing was guessed."""
    style = "border:1px solid var(--jp-border-color1, #bdbdbd);border-radius:6px;padding:6px 14px;min-width:7em"
    boxes = [("Your guess", "–" if guess is None else in_text(guess) + unit), ("The result", in_text(result) + unit)]
    cards = "".join(
        f'<div style="{style}"><div style="font-size:13px">{title}</div>'
        f'<div style="font-size:22px;font-weight:600">{html.escape(text)}</div></div>'
        for title, text in boxes
    )
    row = f'<div style="display:flex;flex-wrap:wrap;gap:12px">{cards}</div>'
    sentence = html.escape(compared(guess, result, unit))
    return f'<div style="color:var(--jp-ui-font-color1, #222)">{row}<p style="font-size:16px;margin:8px 0 0">{sentence}</p></div>'
