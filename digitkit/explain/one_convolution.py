"""One picture on its way through one convolution: with its frame of zeros, convolved, after ReLU, pooled."""

from dataclasses import dataclass

import numpy as np

from digitkit.explain.finding import ExplainError, batch
from digitkit.network import convolve, max_pool, pad_same, relu
from digitkit.words import by


@dataclass(frozen=True, eq=False)
class Stages:
    """A picture on its way through one convolution: with its frame of zeros, convolved, after ReLU, pooled 2×2.

    Each is (rows, columns) float. `pooled` has no values if the feature map is too small for a 2×2 window.
    """

    padded: np.ndarray
    feature_map: np.ndarray
    rectified: np.ndarray
    pooled: np.ndarray


def stages(image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: str = "valid") -> Stages:
    """Convolve, cut off what is negative, pool by 2×2: one picture, one kernel, no bias. Returns Stages.

    image: (rows, columns). kernel: (rows, columns). padding: "valid" or "same".
    Raises ExplainError for settings that are impossible, with the reason.

    >>> stages(np.ones((4, 4)), np.ones((3, 3))).pooled
    array([[9.]])
    """
    if stride < 1:
        raise ExplainError(f"A stride of {stride} is impossible: the window would never move on. Give 1 or more.")
    pictures = np.asarray(image, dtype=float)[np.newaxis, :, :, np.newaxis]
    padded = pad_same(pictures, kernel.shape, stride) if padding == "same" else pictures
    if any(window > length for window, length in zip(kernel.shape, padded.shape[1:3], strict=True)):
        sizes = f"A window of {by(kernel.shape)} does not fit into a picture of {by(image.shape)}"
        raise ExplainError(f"{sizes}: give padding, or take a larger picture.")
    feature_map = convolve(padded, np.asarray(kernel, dtype=float)[:, :, np.newaxis, np.newaxis], 0, stride)
    pooled = max_pool(relu(feature_map), size=(2, 2), stride=2)
    return Stages(*(values[0, :, :, 0] for values in (padded, feature_map, relu(feature_map), pooled)))


def shrink(image: np.ndarray) -> np.ndarray:
    """A digit small enough to read its numbers: the middle 20×20 pixels, averaged two by two, from 0 to 1 in tenths.

    image: (28, 28) uint8. Returns (10, 10) float.

    >>> shrink(np.full((28, 28), 128, np.uint8))[0, :3]
    array([0.5, 0.5, 0.5])
    """
    batch(image)
    return (image[4:24, 4:24].reshape(10, 2, 10, 2).mean(axis=(1, 3)) / 255).round(1)
