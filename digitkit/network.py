"""A trained convolutional network, run in plain NumPy: the few functions that turn a digit into ten numbers.

Keras trains (see `model`), NumPy reads: this loads in an instant on a laptop, and every line can be followed.
Shapes are Keras's: images are (n, height, width, channels), kernels (height, width, channels in, channels out).
"""

import json
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from digitkit.files import home_dir, replacing

SHIPPED = Path(__file__).resolve().parent / "weights" / "digits.npz"


class NetworkError(Exception):
    """A weights file or a layer that this module cannot use. The message says what to do."""


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
    return bias + sum(view @ kernel[row, column] for row, column, view in shifted_views(images, kernel.shape[:2], stride))


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


def flatten(images: np.ndarray) -> np.ndarray:
    """Put the values of each image in one row: (n, h, w, c) -> (n, h * w * c)."""
    return images.reshape(len(images), -1)


def average_pool(images: np.ndarray) -> np.ndarray:
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
    "Conv2D": convolve,
    "ReLU": relu,
    "MaxPooling2D": max_pool,
    "Flatten": flatten,
    "GlobalAveragePooling2D": average_pool,
    "Dense": dense,
}


@dataclass(frozen=True)
class Network:
    """A trained network: layers in order, each a name from LAYERS with its settings and weights.

    temperature: what the logits are divided by before the softmax, so that 90 % means 90 % (None: never calibrated).
    about: how it was trained, for people to read.
    """

    layers: list = field(repr=False)
    temperature: float | None = None
    about: dict = field(default_factory=dict, repr=False)

    def activations(self, images):
        """The output of each layer for the images: a list of arrays, one for each layer; the last one holds the logits.

        images: (n, 28, 28) uint8, ink bright on black. Raises NetworkError for any other shape or type.
        """
        images = np.asarray(images)
        if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
            raise NetworkError(
                f"The network reads images of shape (n, 28, 28) and type uint8, not {images.shape} {images.dtype}."
            )
        values, outputs = to_input(images), []
        for name, settings in self.layers:
            values = LAYERS[name](values, **settings)
            outputs.append(values)
        return outputs

    def logits(self, images):
        """The scores before softmax, equal to Keras's: (n, 28, 28) uint8 -> (n, 10) float32.

        A network that has also learned to recognise what is not a digit gives an eleventh: (n, 11).
        """
        # In batches, because the feature maps of 10,000 images at once would fill the memory.
        images = np.asarray(images)
        batches = [images[start : start + 64] for start in range(0, max(len(images), 1), 64)]
        return np.concatenate([self.activations(batch)[-1] for batch in batches])

    def judge(self, images):
        """`probabilities` and `no_digit` in one go: (n, 28, 28) uint8 -> ((n, 10) float, (n,) float)."""
        scaled = self.logits(images).astype(np.float64) / (self.temperature or 1.0)
        return softmax(scaled[:, :10]), softmax(scaled)[:, 10:].sum(axis=1)

    def probabilities(self, images):
        """How likely each digit is, if it is a digit: (n, 28, 28) uint8 -> (n, 10) float, rows adding up to 1.

        >>> load_network().probabilities(np.zeros((2, 28, 28), np.uint8)).shape
        (2, 10)
        """
        return self.judge(images)[0]

    def no_digit(self, images):
        """How likely it is that an image is not a digit: (n, 28, 28) uint8 -> (n,) float; 0 if the network never learned that.

        >>> load_network().no_digit(np.zeros((2, 28, 28), np.uint8)).shape
        (2,)
        """
        return self.judge(images)[1]


def save_network(network: Network, path: str | Path) -> None:
    """Write a network to one `.npz` file: the weights as arrays, everything else as JSON. No pickle, so no code can run.

    An interruption leaves no partial file.
    """
    arrays, layers = {}, []
    for index, (name, settings) in enumerate(network.layers):
        plain = {}
        for key, value in settings.items():
            if isinstance(value, np.ndarray):
                arrays[f"{index}.{key}"] = value
            else:
                plain[key] = value
        layers.append([name, plain])
    header = {"layers": layers, "temperature": network.temperature, "about": network.about}
    with replacing(path) as unfinished, unfinished.open("wb") as file:
        np.savez_compressed(file, **arrays, header=np.array(json.dumps(header)))  # type: ignore[arg-type]


def load_network(path: str | Path | None = None) -> Network:
    """Load a network from a weights file; without a path, the one that ships with digitkit. Weights are float32.

    Raises NetworkError if the file is missing or is not a digitkit weights file.

    >>> load_network().logits(np.zeros((1, 28, 28), np.uint8)).shape
    (1, 11)
    """
    path = Path(path) if path is not None else SHIPPED
    if not path.is_file():
        raise NetworkError(
            f"There is no weights file {path}. Train a network and export it, or use the shipped one: load_network()."
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            header = json.loads(str(archive["header"]))
            layers = [(name, dict(settings)) for name, settings in header["layers"]]
            for key in archive.files:
                if key != "header":
                    index, setting = key.split(".")
                    layers[int(index)][1][setting] = archive[key].astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise NetworkError(f"{path} is not a digitkit weights file, or it is damaged.") from error
    unknown = {name for name, _ in layers} - set(LAYERS)
    if unknown:
        raise NetworkError(f"{path} uses layers that digitkit does not know: {', '.join(sorted(unknown))}.")
    return Network(layers, header["temperature"], header["about"])


@cache
def shipped_network() -> Network:
    """The network that ships with the kit, loaded once.

    >>> shipped_network() is shipped_network()
    True
    """
    return load_network()


def my_network() -> tuple[Network, str]:
    """The learner's own NumPy network, saved in notebook 03, or the shipped one if there is none.

    Returns (network, a text that says which of the two it is).
    """
    own = home_dir() / "my_network.npz"
    if own.is_file():
        return load_network(own), "your own network, from notebook 03"
    return load_network(), "the network that ships with digitkit"
