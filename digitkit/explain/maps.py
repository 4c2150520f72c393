"""Kernels, feature maps, and what excites a kernel: a network and a digit in, arrays out."""

from numbers import Integral

import cv2
import numpy as np

from digitkit.errors import in_words
from digitkit.explain.finding import (
    ExplainError,
    batch,
    choices,
    convolution_step,
    explained,
    find_step,
    graph_of,
    numpy_place,
    refuse_numpy,
)
from digitkit.network import ACTIVATIONS, Network


@explained
def kernels(model: object, layer: int | str = 0) -> np.ndarray:
    """The kernels that a convolution has learned. model: a Network or a Keras model.

    Returns (kernels, maps they look at, rows, columns) float32. Raises ExplainError if the layer has no kernels.

    >>> from digitkit.network import load_network
    >>> kernels(load_network(), 0).shape[1:]
    (1, 5, 5)
    """
    if isinstance(model, Network):
        kernel = model.layers[numpy_place(model, layer)][1]["kernel"]
    else:
        step = convolution_step(graph_of(model), layer)
        if step.kind != "Conv2D":
            raise ExplainError(f"Layer {step.name} is {step.kind}: its kernels are not shown, its feature maps are.")
        kernel = np.asarray(step.operation.kernel, np.float32)
    return kernel.transpose(3, 2, 0, 1)


@explained
def feature_maps(model: object, image: np.ndarray, layer: int | str = 0) -> np.ndarray:
    """What each kernel of a layer answers to one digit, after batch normalisation and ReLU if they follow.

    model: a Network or a Keras model. image: (28, 28) uint8. Returns (maps, rows, columns) float32.
    Raises ExplainError for an unknown layer, or one that gives no maps.

    >>> from digitkit.network import load_network
    >>> feature_maps(load_network(), np.zeros((28, 28), np.uint8), 0).shape[1:]
    (24, 24)
    """
    images = batch(image)
    if isinstance(model, Network):
        place = numpy_place(model, layer)
        after = place + 1 if model.layers[place + 1][0] in ACTIVATIONS else place
        maps = model.activations(images)[after]
    else:
        graph = graph_of(model)
        output = graph.activated(find_step(graph, layer).gives)
        if len(output.shape) != 4:
            raise ExplainError(f"Layer {layer} gives no feature maps but rows of numbers. {choices(graph)}")
        maps = graph.values([output], graph.feed(images))[0]
    return maps[0].transpose(2, 0, 1)


@explained
def exciting_image(model: object, layer: int | str, unit: int, seed: int = 0, steps: int = 60) -> np.ndarray:
    """A picture that excites one unit, the middle of one kernel's feature map, grown from grey noise step by step.

    Each step changes the pixels in the direction that raises the unit's value before ReLU, then blurs a little: without
    the blur the result is a glitter that people cannot read. Where the unit does not look, the picture stays grey.
    model: a Keras model. unit: number of the kernel. Returns (28, 28) uint8. Raises ExplainError for an unknown unit.
    Source: Erhan, Bengio, Courville and Vincent, "Visualizing higher-layer features of a deep network", 2009.
    """
    refuse_numpy(model)
    graph = graph_of(model)
    convolution = convolution_step(graph, layer)
    kernels = convolution.gives.shape[-1]
    if not isinstance(unit, Integral) or not 0 <= unit < kernels:
        raise ExplainError(f"Layer {layer} has the kernels 0 to {kernels - 1}; there is no kernel {in_words(unit)}.")
    largest = 255 if graph.takes_raw_pixels else 1
    picture = np.random.default_rng(seed).uniform(0.2, 0.4, (28, 28)).astype(np.float32)
    for step in range(steps):
        slope = graph.slope_of_unit(convolution, unit, largest * picture.reshape(1, *graph.shape)).reshape(28, 28)
        stride = 0.1 * (1 - step / steps)  # shorter and shorter, so that it settles
        picture = picture + stride * slope / (slope.std() + 1e-9)
        picture = np.clip(cv2.GaussianBlur(picture, (0, 0), 0.4), 0, 1)
    return np.rint(255 * picture).astype(np.uint8)
