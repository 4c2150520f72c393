"""A layer in words: its kind and settings, its shape, what it does, how its parameters are counted."""

import numpy as np

from digitkit.explain.layers import LayerView
from digitkit.words import by, counted

DOES = {  # size: of the window; count: of maps or values; entering: how many values come in
    "Input": "The digit as the network gets it: 0 is black, 1 is white.",
    "Conv2D": "{count} kernels slide over what comes in. Each gives one feature map: high where its pattern is.",
    "ReLU": "What is below zero becomes zero; the rest stays.",
    "LeakyReLU": "What is below zero is shrunk; the rest stays.",
    "Tanh": "Every value is squeezed between −1 and 1.",
    "Sigmoid": "Every value is squeezed between 0 and 1.",
    "Rescaling": "Every pixel is stretched and shifted by fixed numbers.",
    "MaxPooling2D": "Of each {size} window only the largest value is kept: smaller maps, and a pattern may move a little.",
    "AveragePooling2D": "Each {size} window is replaced by its mean.",
    "BatchNormalization": "Each map is shifted and stretched, by amounts learned in training.",
    "Dropout": "Only in training it switches values off at random; when the network reads, everything passes.",
    "Flatten": "All values of all maps, laid out in one row.",
    "GlobalAveragePooling2D": "Each map is replaced by one number, its mean.",
    "Dense": "Each of the {count} values is a weighted sum of all {entering:,} values before it.",
    "Softmax": "Scores become probabilities: none below zero, together 1.",
    "Add": "The maps of its branches are added up, value by value.",
    "Concatenate": "The maps of its branches are put one behind the other.",
}
THEN = {
    "relu": " Then ReLU: what is below zero becomes zero.",
    "softmax": " Then softmax: scores become probabilities that add up to 1.",
}


def title(layer: LayerView) -> str:
    """The kind of a layer and its settings: "Conv2D 3×3, relu"."""
    words = []
    if layer.window:
        rows, columns, stride, padding, gap = layer.window
        words.append(by((rows, columns)))
        if layer.kernels is not None:
            words += [f"stride {stride}"] * (stride != 1) + [padding] * (padding != "valid") + [f"gap {gap}"] * (gap != 1)
    words += [layer.activation] if layer.activation else []
    return f"{layer.kind} {', '.join(words)}".strip()


def shape(values: np.ndarray) -> str:
    """The shape of what a layer gives: "26×26, 16 maps", or "10 numbers"."""
    if values.ndim == 1:
        return f"{len(values):,} numbers"
    maps, *size = values.shape
    return f"{by(size)}, {counted(maps, 'map')}"


def does(layer: LayerView, entering: int) -> str:
    """What a kind of layer does, in a sentence or two. entering: how many values feed it."""
    size = by(layer.window[:2]) if layer.window else ""
    sentence = DOES.get(layer.kind, "A layer of the kind {kind}.")
    then = f" Then the function {layer.activation}." if layer.activation else ""
    told = sentence.format(size=size, count=len(layer.values), entering=entering, kind=layer.kind)
    return told + THEN.get(layer.activation, then)


def parameters_counted(layer: LayerView) -> tuple[str, str]:
    """How the number of parameters comes about: that number, and the rest of the sentence."""
    count = f"{layer.parameters:,} parameters"
    if layer.kernels is not None:
        maps, *size = layer.kernels.shape
        bias = " + 1 bias" if layer.parameters == layer.kernels.size + maps else ""
        numbers = f"{size[1]}·{size[2]} numbers" + (f" for each of {size[0]} maps" if size[0] != 1 else "")
        return count, f" = {maps} kernels × ({numbers}{bias})."
    if layer.kind == "Dense" and layer.values.ndim == 1:
        units = len(layer.values)
        weights = layer.parameters % units == 0 and layer.parameters // units - 1
        return count, f" = {units} × ({weights:,} weights + 1 bias)." if weights else "."
    return count, ", not all of them learned." if layer.kind == "BatchNormalization" else "."
