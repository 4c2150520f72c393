"""The layers of a network in NumPy, each in a few lines.

Shapes are Keras's: images are (n, height, width, channels), kernels (height, width, channels in, channels out).
"""

import math

import numpy as np


def to_input(images: np.ndarray) -> np.ndarray:
    """Images as a network takes them: (n, 28, 28) uint8 from 0 to 255 -> (n, 28, 28, 1) float32 from 0 to 1.

    >>> to_input(np.full((1, 28, 28), 255, np.uint8)).max().item()
    1.0
    """
    return images[..., np.newaxis].astype(np.float32) / 255


def pad_same(images: np.ndarray, size: tuple, stride: int, value: float = 0.0) -> np.ndarray:
    """Pad the images so that the output has ceil(height / stride) rows, as Keras's "same" does.

    images: (n, h, w, c). size: (rows, columns) of the window. Returns (n, h + some, w + some, c).

    >>> pad_same(np.ones((1, 4, 4, 1)), size=(3, 3), stride=1).shape
    (1, 6, 6, 1)
    """
    frame = [(0, 0)]
    for length, window in zip(images.shape[1:3], size, strict=True):
        missing = max((-(-length // stride) - 1) * stride + window - length, 0)
        frame.append((missing // 2, missing - missing // 2))
    return np.pad(images, [*frame, (0, 0)], constant_values=value)


def shifted_views(images, size, stride):
    """For each position in the window, the images shifted by it: the trick that replaces two of the four loops.

    Yields (row, column, view) with view of shape (n, rows out, columns out, c); nothing is copied.
    """
    rows_out = (images.shape[1] - size[0]) // stride + 1
    columns_out = (images.shape[2] - size[1]) // stride + 1
    for row in range(size[0]):
        for column in range(size[1]):
            yield row, column, images[:, row : row + rows_out * stride : stride, column : column + columns_out * stride : stride]


def convolve(
    images: np.ndarray, kernel: np.ndarray, bias: np.ndarray | float, stride: int = 1, padding: str = "valid"
) -> np.ndarray:
    """Slide a kernel over the images: multiply, add up, add the bias. Built by hand in notebook 02.

    images: (n, h, w, channels in) float. kernel: (rows, columns, channels in, channels out). bias: (channels out,).
    padding: "valid" (the kernel stays inside) or "same" (padded with zeros). Returns (n, rows out, columns out, channels out).
    As in every deep learning library, the kernel is not flipped: strictly this is a cross-correlation.

    >>> convolve(np.ones((1, 5, 5, 1)), np.ones((3, 3, 1, 2)), np.zeros(2))[0, 0, 0]
    array([9., 9.])
    """
    if padding == "same":
        images = pad_same(images, kernel.shape[:2], stride)
    # Each window in one row of numbers, each kernel in one column: then one matrix product does all multiplying and adding.
    windows = np.concatenate([view for _, _, view in shifted_views(images, kernel.shape[:2], stride)], axis=-1)
    answers = windows.reshape(-1, windows.shape[-1]) @ kernel.reshape(-1, kernel.shape[-1]) + bias
    return answers.reshape(*windows.shape[:-1], kernel.shape[-1])


def max_pool(images: np.ndarray, size: tuple, stride: int, padding: str = "valid") -> np.ndarray:
    """Keep only the largest value of each window.

    images: (n, h, w, c). size: (rows, columns). Returns (n, rows out, columns out, c).

    >>> max_pool(np.arange(16.0).reshape(1, 4, 4, 1), size=(2, 2), stride=2)[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    if padding == "same":
        images = pad_same(images, size, stride, value=-np.inf)
    views = [view for _, _, view in shifted_views(images, size, stride)]
    return np.maximum.reduce(views)


def relu(values: np.ndarray) -> np.ndarray:
    """Replace negative values by zero.

    >>> relu(np.array([-2.0, 3.0]))
    array([0., 3.])
    """
    return np.maximum(values, 0)


def leaky_relu(values: np.ndarray, negative_slope: float) -> np.ndarray:
    """Shrink negative values instead of replacing them by zero.

    >>> leaky_relu(np.array([-2.0, 3.0]), 0.1)
    array([-0.2,  3. ])
    """
    return np.where(values < 0, negative_slope * values, values)


def sigmoid(values: np.ndarray) -> np.ndarray:
    """Squeeze all values between 0 and 1.

    >>> sigmoid(np.array([0.0]))
    array([0.5])
    """
    return 0.5 * (1 + np.tanh(0.5 * values))  # the same as 1 / (1 + exp(-x)), but it cannot overflow


def rescale(images: np.ndarray, scale: float, offset: float) -> np.ndarray:
    """Stretch and shift the pixels before the first layer.

    >>> rescale(np.array([0.0, 1.0]), scale=2, offset=-1)
    array([-1.,  1.])
    """
    return (images * scale + offset).astype(images.dtype)


def flatten(images: np.ndarray) -> np.ndarray:
    """Put the values of each image in one row: (n, h, w, c) -> (n, h * w * c)."""
    return images.reshape(len(images), math.prod(images.shape[1:]))


def average_pool(images: np.ndarray, size: tuple, stride: int, padding: str = "valid") -> np.ndarray:
    """Replace each window by its mean; what padding adds does not count.

    images: (n, h, w, c). size: (rows, columns). Returns (n, rows out, columns out, c).

    >>> average_pool(np.arange(16.0).reshape(1, 4, 4, 1), size=(2, 2), stride=2)[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    counted = np.ones_like(images)
    if padding == "same":
        images, counted = pad_same(images, size, stride), pad_same(counted, size, stride)
    total, count = (sum(view for _, _, view in shifted_views(part, size, stride)) for part in (images, counted))
    return total / count


def global_average_pool(images: np.ndarray) -> np.ndarray:
    """The mean of each feature map: (n, h, w, c) -> (n, c)."""
    return images.mean(axis=(1, 2))


def dense(values: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Every output is a weighted sum of all inputs: (n, inputs) -> (n, outputs)."""
    return values @ kernel + bias


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities that add up to 1 along the last axis.

    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))  # shifted, so that no power overflows
    return powers / powers.sum(axis=-1, keepdims=True)


LAYERS = {
    "Rescaling": rescale,
    "Conv2D": convolve,
    "ReLU": relu,
    "LeakyReLU": leaky_relu,
    "Tanh": np.tanh,
    "Sigmoid": sigmoid,
    "MaxPooling2D": max_pool,
    "AveragePooling2D": average_pool,
    "Flatten": flatten,
    "GlobalAveragePooling2D": global_average_pool,
    "Dense": dense,
}
ACTIVATIONS = {"ReLU", "LeakyReLU", "Tanh", "Sigmoid"}
