"""A network as a column of layers, one layer with all its maps, and one value with the pixels that feed it."""

import numpy as np

from digitkit.colours import SIGNED_WORDS, blue_white_red, greys
from digitkit.explain import LayerView
from digitkit.explain.layer_words import does, parameters_counted, shape, title
from digitkit.widgets.views.element import Html, element, joined
from digitkit.widgets.views.grid import figure, grid, pickable, row, small
from digitkit.widgets.views.parts import soft
from digitkit.words import by, number

THUMBNAIL_GAP = 4


# ── All layers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def layers(views: list[LayerView], chosen: int) -> Html:
    """The network as a column of buttons, a layer each, with its shape and parameters."""
    buttons = []
    for index, layer in enumerate(views):
        here = index == chosen
        before = (views[index - 1].name,) if index else ()
        sources = element("span", "takes ", " and ".join(layer.sources)) if layer.sources != before else ""
        named = any(layer.name in other.sources for other in views[index + 2 :])
        name = f" “{layer.name}”" if named and index else ""
        numbers = f" · {layer.parameters:,} parameters" if layer.parameters else ""
        words = element("span", element("b", title(layer), name), sources, element("span", shape(layer.values), numbers))
        checked = {"role": "radio", "aria_checked": str(here).lower(), "tabindex": 0 if here else -1}
        buttons.append(element("button", _icon(layer.values), words, type="button", **checked, data_choose=f"layer {index}"))
    total = sum(layer.parameters for layer in views)
    return joined(
        element("div", *buttons, class_="digitkit-layers", role="radiogroup", aria_label="Layers of the network"),
        soft(f"{total:,} parameters in all."),
    )


def _icon(values):
    """A stack of squares for maps, a bar for a row of numbers: larger for more rows, deeper for more maps."""
    if values.ndim == 1:
        width = 8 + 8 * min(np.log10(len(values)), 4.5)
        boxes = [(28 - width / 2, 18, width, 6)]
    else:
        depth, side = 1 + int(min(np.log2(values.shape[0]), 7)), 4 + 22 * values.shape[1] / 28
        corner = (28 - side / 2 - depth, 21 - side / 2 - depth)
        boxes = [(corner[0] + 2 * index, corner[1] + 2 * index, side, side) for index in range(depth)]
    drawn = [element("rect", x=f"{x:.3g}", y=f"{y:.3g}", width=f"{w:.3g}", height=f"{h:.3g}") for x, y, w, h in boxes]
    return element("svg", *drawn, width=56, height=42, viewBox="0 0 56 42", aria_hidden="true")


# ── One layer ───────────────────────────────────────────────────────────────────────────────────────────────────────


def maps(layer: LayerView, entering: int, unit: int) -> Html:
    """What one layer is and gives: a sentence, its parameters, and all its maps, one of them chosen.

    entering: how many values feed it. unit: number of the chosen map.
    """
    heading = joined(element("h4", f"{title(layer)}: {shape(layer.values)}"), element("p", does(layer, entering)))
    count, how = parameters_counted(layer)
    counted = element("p", element("b", count), how) if layer.parameters else ""
    if layer.values.ndim == 1 or len(layer.values) == 1:
        return joined(heading, counted)
    rows, columns, side = _sheet_shape(layer.values)
    pitch = side + THUMBNAIL_GAP
    place = divmod(unit, columns)
    text = f"{len(layer.values)} feature maps; map {unit} is chosen."
    scale = (np.abs(layer.values).max(), layer.values.min() < 0)
    frame = (place[0] * pitch + 2, place[1] * pitch + 2, side, side)
    drawn = grid(_map_colours(_sheet(layer.values, columns, side), *scale), text, 1, frame=frame)
    note = f"{_colour_words(*scale)}, on one scale for all maps. Click a map, or use the arrow keys."
    return joined(heading, counted, pickable(drawn, "map", text, (rows, columns), place), soft(note))


def map_number(maps: np.ndarray, row: int, column: int) -> int:
    """Which map lies at a place of the sheet that `maps` shows; past the last map if there is none."""
    return row * _sheet_shape(maps)[1] + column


def _sheet_shape(maps):
    """Rows and columns of the sheet, and the side of a thumbnail in pixels."""
    columns, side = (8, 56) if len(maps) <= 32 else (12, 38) if len(maps) <= 96 else (16, 28)
    columns = min(columns, len(maps))
    return -(-len(maps) // columns), columns, side


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
    if signed:
        return f"{SIGNED_WORDS.capitalize()}, up to ±{number(largest)}"
    return f"Black is zero, white is {number(largest)}, the largest value"


# ── One value ───────────────────────────────────────────────────────────────────────────────────────────────────────


def value_grid(values: np.ndarray, unit: int) -> np.ndarray:
    """One map, or a row of numbers in lines of at most 32: (rows, columns) float, filled up with NaN."""
    if values.ndim == 3:
        return values[unit]
    columns = min(len(values), 32)
    rows = -(-len(values) // columns)
    return np.pad(values, (0, rows * columns - len(values)), constant_values=np.nan).reshape(rows, columns)


def value(layer: LayerView, unit: int, place: tuple, image: np.ndarray) -> tuple[Html, str]:
    """One value of one map: where it lies, its kernel, and the pixels of the digit that feed it.

    unit: number of the map. place: (row, column) in `value_grid`. image: (28, 28) uint8.
    Returns (HTML, one sentence that says the same).
    """
    shown = value_grid(layer.values, unit)
    one_row = layer.values.ndim == 1
    if np.isnan(shown[place]):  # past the last value of a row
        place = tuple(np.argwhere(~np.isnan(shown))[-1].tolist())
    position = place[0] * shown.shape[1] + place[1]
    box = layer.pixels(position) if one_row else layer.pixels(*place)
    cell = int(np.clip((600 if one_row else 224) // max(shown.shape), 5, 44))
    name = "values" if one_row else f"map {unit}"
    text = f"The {name}, {by(shown.shape)}; chosen: {', '.join(map(str, place))}."
    scale = (np.nanmax(np.abs(shown)), layer.values.min() < 0)  # signed like all maps of its layer
    drawn = grid(_map_colours(shown, *scale), text, cell, shown if cell >= 26 else None, (*place, 1, 1))
    top, bottom, left, right = box or (0, 0, 0, 0)
    digit = grid(greys(image.astype(float), 255), "The digit.", 8, frame=(top, left, bottom - top, right - left) if box else None)
    caption = name if not one_row or len(shown) > 1 or cell < 26 else _numbered(shown.shape[1], cell)
    figures = [figure(caption, pickable(drawn, "value", text, shown.shape, place)), figure("the digit", digit)]
    words = [
        f"{name[0].upper()}{name[1:]}: {_colour_words(*scale).lower()}.",
        "Digit: the orange frame holds the pixels that feed the value.",
    ]
    if layer.kernels is not None:
        kernel = layer.kernels[unit]
        before = f", {by(kernel.shape[1:])} numbers for each of {len(kernel)} maps" if len(kernel) > 1 else ""
        figures.append(figure(f"kernel {unit}{before}", _kernel_picture(kernel, unit)))
        words.append(f"Kernel: {SIGNED_WORDS}, up to ±{number(np.abs(kernel).max())}.")
    where = f"Value {position}" if one_row else f"Map {unit}, row {place[0]}, column {place[1]}"
    return joined(row(*figures, tops=True), soft(" ".join(words))), f"{where}: {number(shown[place])}. {_fed_by(box)}"


def _numbered(count, cell):
    """The numbers of the values, each above its cell."""
    places = (element("span", index, style=f"width:{cell}px") for index in range(count))
    return element("span", *places, class_="digitkit-numbered")


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
        return small(blue_white_red(kernel[0]), kernel[0], f"kernel {unit}")
    columns = int(np.ceil(np.sqrt(len(kernel))))
    sheet = _sheet(kernel, columns, 24 if len(kernel) <= 64 else 15)
    return grid(blue_white_red(sheet), f"Kernel {unit}: {len(kernel)} squares of {by(kernel.shape[1:])} numbers.", 1)
