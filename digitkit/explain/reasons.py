"""Why this answer? Occlusion and Grad-CAM: which part of the digit speaks for a label."""

from collections.abc import Callable
from numbers import Integral

import cv2
import numpy as np

from digitkit.errors import in_words
from digitkit.explain.finding import (
    ExplainError,
    batch,
    check_label,
    convolution_step,
    explained,
    graph_of,
    is_keras,
    last_that_says_where,
    refuse_numpy,
)


@explained
def occlusion(predict: Callable, image: np.ndarray, label: int, size: int = 5) -> np.ndarray:
    """How likely the label stays when a small square is blanked, for each place of that square.

    predict: (n, 28, 28) uint8 -> (n, 10) probabilities, for example `network.probabilities`; or a Keras model.
    image: (28, 28) uint8. label: 0 to 9. size: side of the black square in pixels, odd; at the border a part of it lies outside.
    Returns (28, 28) float: low where the hidden part was needed.
    Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.

    >>> occlusion(lambda images: images[:, 0, :10] / 255, np.full((28, 28), 255, np.uint8), 0, size=1)[0, :2]
    array([0., 1.])
    """
    batch(image)
    if not isinstance(size, Integral) or size < 1 or size % 2 == 0:
        raise ExplainError(f"The square needs a middle pixel, so its size must be odd and positive, not {in_words(size)}.")
    check_label(label, 11)
    predict = _fed_as_the_model_takes_them(predict)
    reach = size // 2
    result = np.empty((28, 28))
    for row in range(28):
        hidden = np.repeat(image[np.newaxis], 28, axis=0)
        for column in range(28):
            hidden[column, max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1] = 0
        answers = np.asarray(predict(hidden))
        check_label(label, answers.shape[-1])
        result[row] = answers[:, label]
    return result


def _fed_as_the_model_takes_them(predict):
    """A Keras model, or its own `predict`, takes pixels from 0 to 1, not the digits themselves."""
    model = getattr(predict, "__self__", predict)
    if not is_keras(model):
        return predict
    graph = graph_of(model)
    return lambda images: graph.values([graph.output], graph.feed(images))[0]


@explained
def grad_cam(model: object, image: np.ndarray, label: int | None, layer: int | str | None = None) -> np.ndarray:
    """Where the feature maps of a layer speak for a label: each map weighted by how much it would raise the label's score.

    The score is the logit, not the probability: a softmax also rises when *other* scores fall, and its slope fades to
    nothing where the network is sure. model: a Keras model that ends in softmax or in logits (for a Network:
    `to_keras(network)`). image: (28, 28) uint8. label: of an output; None for the one with the largest score.
    layer: a convolution; if left out, the last whose maps are at least 4×4, since smaller ones cannot say where, or the last
    of all where every map is smaller.
    Returns (28, 28) float32, 0 or more, stretched from the size of the maps: blurred by nature.
    Source: Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", 2017.
    """
    images = batch(image)
    refuse_numpy(model)
    graph = graph_of(model)
    if len(graph.output.shape) != 2:
        raise ExplainError("This model does not end in one row of scores: is Flatten() missing?")
    inputs = graph.feed(images)
    label = int(graph.scores(inputs)[0].argmax()) if label is None else label
    check_label(label, graph.output.shape[-1])
    maps = graph.activated((convolution_step(graph, layer) if layer is not None else last_that_says_where(graph)).gives)
    values, slopes = graph.slopes_of_score(maps, label, inputs)
    heat = np.maximum((values[0] * slopes[0].mean(axis=(0, 1))).sum(axis=-1), 0)
    return cv2.resize(heat.astype(np.float32), (28, 28), interpolation=cv2.INTER_LINEAR)
