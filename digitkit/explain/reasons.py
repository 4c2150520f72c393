"""Why this answer? Occlusion and Grad-CAM: which part of the digit speaks for a label."""

from collections.abc import Callable

import cv2
import numpy as np

from digitkit.explain.finding import ExplainError, batch, convolution_step, graph_of, last_that_says_where, refuse_numpy
from digitkit.network import to_input


def occlusion(predict: Callable, image: np.ndarray, label: int, size: int = 5) -> np.ndarray:
    """How likely the label stays when a small square is blanked, for each place of that square.

    predict: (n, 28, 28) uint8 -> (n, 10) probabilities, for example `network.probabilities`. image: (28, 28) uint8.
    label: 0 to 9. size: side of the black square in pixels, odd; at the border a part of it lies outside.
    Returns (28, 28) float: low where the hidden part was needed.
    Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.

    >>> occlusion(lambda images: images[:, 0, :10] / 255, np.full((28, 28), 255, np.uint8), 0, size=1)[0, :2]
    array([0., 1.])
    """
    batch(image)
    if size < 1 or size % 2 == 0:
        raise ExplainError(f"The square needs a middle pixel, so its size must be odd and positive, not {size}.")
    reach = size // 2
    result = np.empty((28, 28))
    for row in range(28):
        hidden = np.repeat(image[np.newaxis], 28, axis=0)
        for column in range(28):
            hidden[column, max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1] = 0
        result[row] = np.asarray(predict(hidden))[:, label]
    return result


def grad_cam(model: object, image: np.ndarray, label: int, layer: int | str | None = None) -> np.ndarray:
    """Where the feature maps of a layer speak for a label: each map weighted by how much it would raise the label's score.

    The score is the logit, not the probability: a softmax also rises when *other* scores fall, and its slope fades to
    nothing where the network is sure. model: a Keras model that ends in softmax or in logits (for a Network:
    `to_keras(network)`). image: (28, 28) uint8. layer: a convolution; if left out, the last whose maps are at least 4×4,
    since smaller ones cannot say where, or the last of all where every map is smaller.
    Returns (28, 28) float32, 0 or more, stretched from the size of the maps: blurred by nature.
    Source: Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", 2017.
    """
    images = batch(image)
    refuse_numpy(model)
    graph = graph_of(model)
    maps = graph.activated((convolution_step(graph, layer) if layer is not None else last_that_says_where(graph))[2])
    values, slopes = graph.slopes_of_score(maps, label, to_input(images))
    heat = np.maximum((values[0] * slopes[0].mean(axis=(0, 1))).sum(axis=-1), 0)
    return cv2.resize(heat.astype(np.float32), (28, 28), interpolation=cv2.INTER_LINEAR)
