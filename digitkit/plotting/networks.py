"""A whole network in one picture: every layer, from the digit to the answers."""

import re
import textwrap

from matplotlib.patches import Rectangle

from digitkit.colours import FRAME, PALE, greys
from digitkit.plotting.figure import Drawing, check_count
from digitkit.plotting.still_parts import SOFT, empty_page, place_picture, write
from digitkit.words import by, counted

WIDTH, COLUMNS, ROW = 720, 8, 266  # in pixels, as wide as a cell of a notebook; layers in a row, and how high a row is
TOP, MIDDLE, BOTTOM = 8, 152, 230  # in a row: where it says what a layer does, the middle of its maps, their number and size
PIXEL, APART, STACKED, GAP = 2.4, 3, 6, 24  # of a map; between two maps of a stack; at most so many; room for an arrow
CELL, CELLS, ENDS = 13, 11, 4  # of a row of numbers: up to 11 are drawn, of more the first and the last four
EDGE = {"edgecolor": SOFT, "linewidth": 0.8}
ARROW = {"arrowstyle": "->", "color": SOFT, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}


def show_network(layers: list) -> Drawing:
    """A network from the digit to its answers: what each layer does, and below it its maps as a stack of squares, to scale.

    layers: a chain of LayerViews, as `explain.layer_by_layer` gives them for a model and a digit. A layer that changes no size,
    such as ReLU or softmax, is named together with the one before. The orange frame is the window that one value of the next
    layer looks at. Of many maps six are drawn, of many numbers eight; how many there are stands below.

    >>> from digitkit import data, explain, network
    >>> digit = data.load_mnist().train.images[0]
    >>> show_network(explain.layer_by_layer(network.load_network(), digit)[:3])
    Figure: A network: the digit, 28×28 → Conv2D, 24 kernels, 5×5, 24 maps, 24×24 → MaxPooling2D, 2×2, 24 maps, 12×12.
    """
    check_count(layers, "layer")
    stages = _stages(layers)
    rows = -(-len(stages) // COLUMNS)
    across = -(-len(stages) // rows)
    pitch = WIDTH / across
    stacks = [layer.values.shape for layer, _ in stages if layer.values.ndim == 3]
    pixel = min(PIXEL, *((pitch - GAP - APART * min(count, STACKED)) / columns for count, _, columns in stacks))
    told = " → ".join(", ".join([*does, *_size(layer)]) for layer, does in stages)
    figure, page = empty_page(f"A network: {told}.", WIDTH, ROW * rows)
    end = 0.0
    for place, (layer, does) in enumerate(stages):
        row, column = divmod(place, across)
        x, y = pitch * (column + 0.5), ROW * row
        first, *others = "\n".join(map(_broken, does)).split("\n")
        write(page, x, y + TOP, first, size=9, weight="bold", ha="center")
        write(page, x, y + TOP + 16, "\n".join(others), size=9, ha="center", linespacing=1.25)
        write(page, x, y + BOTTOM, "\n".join(_size(layer)), size=9, colour=SOFT, ha="center", linespacing=1.25)
        window = next((following.window for following, _ in stages[place + 1 : place + 2]), None)
        if layer.values.ndim == 3:
            left, right = _draw_maps(page, layer.values, x, y + MIDDLE, pixel, window)
        else:
            left, right = _draw_numbers(page, len(layer.values), x, y + MIDDLE, are_answers=layer is stages[-1][0])
        if place:
            page.annotate("", (left - 3, y + MIDDLE), (end + 3 if column else 2, y + MIDDLE), arrowprops=ARROW)
        if column == across - 1 and place < len(stages) - 1:
            page.annotate("", (WIDTH - 1, y + MIDDLE), (right + 3, y + MIDDLE), arrowprops=ARROW)
        end = right
    return figure


def _stages(layers):
    """What is drawn side by side: a list of (layer, what it does as a list of texts)."""
    stages = []
    for layer in layers:
        keeps_its_size = stages and layer.values.shape == stages[-1][0].values.shape
        if keeps_its_size and layer.window is None and layer.kind != "Dense":
            stages[-1][1].append(f"then {layer.kind}")
        else:
            stages.append((layer, _does(layer) if stages else ["the digit"]))
    return stages


def _does(layer):
    rows, columns, stride, padding, _ = layer.window or (0, 0, 1, "valid", 1)
    texts = [layer.kind]
    texts += [f"{len(layer.kernels)} kernels"] if layer.kernels is not None else []
    texts += [by((rows, columns)) + (f" {padding}" if padding != "valid" else "")] if rows else []
    texts += [f"stride {stride}"] if layer.kernels is not None and stride > 1 else []
    return texts + ([f"then {layer.activation.replace('relu', 'ReLU')}"] if layer.activation else [])


def _broken(text):
    """A long name in two lines: BatchNormalization as Batch and Normalization."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text) if len(text) > 14 else text
    return "\n".join(line if " " in text else line.replace(" ", "") for line in textwrap.wrap(words, 15))


def _size(layer):
    if layer.values.ndim == 1:
        return [counted(len(layer.values), "number")]
    maps, *size = layer.values.shape
    return [by(size)] if layer.kind == "Input" else [counted(maps, "map"), by(size)]


def _draw_maps(page, maps, x, y, pixel, window):
    """A stack of maps around a place, and the window that the next layer moves over it. Returns its left and right end."""
    behind = min(len(maps), STACKED) - 1
    height, width = pixel * maps.shape[1], pixel * maps.shape[2]
    left, top = x - (width + APART * behind) / 2, y - (height - APART * behind) / 2
    for number in range(behind, -1, -1):
        place = left + APART * number, top - APART * number
        page.add_patch(Rectangle(place, width, height, facecolor=PALE, **EDGE))
    if len(maps) == 1:
        place_picture(page, left, top, width, height, greys(maps[0], 1))
    if window:
        sides = pixel * window[1], pixel * window[0]
        for colour, line in [("black", 3), (FRAME, 2)]:
            page.add_patch(Rectangle((left, top), *sides, fill=False, edgecolor=colour, linewidth=line, zorder=3))
    return left, left + width + APART * behind


def _draw_numbers(page, count, x, y, are_answers):
    """A row of numbers as a column of cells around a place; of many the first and the last. Returns its left and right end."""
    shown = range(count) if count <= CELLS else [*range(ENDS), None, *range(count - ENDS, count)]
    top = y - CELL * len(shown) / 2
    for row, number in enumerate(shown):
        if number is None:
            write(page, x, top + CELL * (row + 0.5), "⋮", size=11, colour=SOFT, ha="center", va="center")
            continue
        page.add_patch(Rectangle((x - CELL / 2, top + CELL * row), CELL, CELL, facecolor=PALE, **EDGE))
        if are_answers and number < 10:
            write(page, x, top + CELL * (row + 0.5), str(number), size=8, ha="center", va="center")
    return x - CELL / 2, x + CELL / 2
