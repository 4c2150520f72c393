"""A trained network in NumPy: its layers in order, and what they make of a digit."""

from dataclasses import dataclass, field

import numpy as np

from digitkit.errors import KitError, in_sentences
from digitkit.network.layers import LAYERS, softmax, to_input

NOT_FINITE = (
    "This network's numbers are no numbers any more (NaN): its training has gone wrong, most often because the learning rate "
    "was too large. Build the model again and train it with a smaller one."
)


class NetworkError(KitError):
    """A weights file or a layer that this module cannot use. The message says what to do."""


@dataclass(frozen=True)
class Network:
    """A trained network: layers in order, each a name from LAYERS with its settings and weights.

    temperature: what the logits are divided by before the softmax, so that 90 % means 90 % (None: never calibrated).
    about: how it was trained, for people to read.
    """

    layers: list = field(repr=False)
    temperature: float | None = None
    about: dict = field(default_factory=dict, repr=False)

    @in_sentences
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

    @property
    def outputs(self):
        """How many outputs it has: ten for the digits, or eleven with "no digit"."""
        return self.logits(np.zeros((1, 28, 28), np.uint8)).shape[1]

    @in_sentences
    def logits(self, images):
        """The scores before softmax, equal to Keras's: (n, 28, 28) uint8 -> (n, 10) float32.

        A network that has also learned to recognise what is not a digit gives an eleventh: (n, 11).
        Raises NetworkError if they are no numbers (NaN).
        """
        # In batches, because the feature maps of 10,000 images at once would fill the memory.
        images = np.asarray(images)
        batches = [images[start : start + 64] for start in range(0, max(len(images), 1), 64)]
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is said in a sentence
            logits = np.concatenate([self.activations(batch)[-1] for batch in batches])
        if not np.isfinite(logits).all():
            raise NetworkError(NOT_FINITE)
        return logits

    def judge(self, images):
        """`probabilities` and `no_digit` in one go: (n, 28, 28) uint8 -> ((n, 10) float, (n,) float)."""
        scaled = self.logits(images).astype(np.float64) / (self.temperature or 1.0)
        return softmax(scaled[:, :10]), softmax(scaled)[:, 10:].sum(axis=1)

    def probabilities(self, images):
        """How likely each digit is, if it is a digit: (n, 28, 28) uint8 -> (n, 10) float, rows adding up to 1.

        >>> from digitkit.network import shipped_network
        >>> shipped_network().probabilities(np.zeros((2, 28, 28), np.uint8)).shape
        (2, 10)
        """
        return self.judge(images)[0]

    def no_digit(self, images):
        """How likely it is that an image is not a digit: (n, 28, 28) uint8 -> (n,) float; 0 if the network never learned that.

        >>> from digitkit.network import shipped_network
        >>> shipped_network().no_digit(np.zeros((2, 28, 28), np.uint8)).shape
        (2,)
        """
        return self.judge(images)[1]

    def refuses(self, images):
        """Whether "no digit" is more probable than every digit, as for `Digit.is_refused`: (n, 28, 28) uint8 -> (n,) bool.

        >>> from digitkit.network import shipped_network
        >>> shipped_network().refuses(np.zeros((2, 28, 28), np.uint8))
        array([ True,  True])
        """
        return self.logits(images).argmax(axis=1) == 10
