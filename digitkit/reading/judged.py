"""What a reading is made of: a digit and how sure the network is of it, and the whole of what was found in a picture."""

from dataclasses import dataclass, field

import numpy as np

from digitkit.network import Network
from digitkit.preprocessing import FoundDigit

SURE = 0.9  # at this confidence or above, the answer is given without reservation


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    label: 0 to 9. confidence: 0 to 1, the probability of that label, times that of being a digit at all.
    probabilities: (10,) float. found: the piece of the picture it was read from. no_digit: 0 to 1, the probability of being none.
    """

    label: int
    confidence: float
    probabilities: np.ndarray = field(repr=False)
    found: FoundDigit
    no_digit: float = 0.0

    @property
    def shares(self):
        """(11,) float: how likely each digit is, and last "no digit"; together 1."""
        return np.append(self.probabilities * (1 - self.no_digit), self.no_digit)

    @property
    def is_refused(self):
        """Whether "no digit" is more probable than every digit: it is then not read."""
        return self.no_digit >= self.confidence

    @property
    def box(self):
        """(x, y, width, height) in pixels of the upright picture."""
        return self.found.box

    @property
    def row(self):
        """The row it stands in, 0 for the topmost."""
        return self.found.row

    @property
    def image(self):
        """What the network saw: (28, 28) uint8, ink bright on black."""
        return self.found.image

    @property
    def steps(self):
        """{name: array}, from the cut-out ink to 28×28."""
        return self.found.steps


@dataclass(frozen=True)
class Reading:
    """The result of reading one picture.

    text: all digits in reading order, without separator, "" if there are none. digits: list of Digit in that order.
    reason: why there are none, which are guesses, what was left out, that only the first of several frames was read; else None.
    steps: {name: (h, w) array} for the whole picture. size: (width, height) of the upright picture.
    refused: list of Digit, the marks for which "no digit" is more probable than every digit.
    """

    text: str
    digits: list
    reason: str | None
    steps: dict = field(repr=False)
    size: tuple = field(repr=False)
    refused: list = field(default_factory=list, repr=False)

    @property
    def largest_refused(self):
        """The largest of the marks that are no digits, a Digit, or None."""
        return max(self.refused, key=lambda mark: mark.box[2] * mark.box[3], default=None)


def judge(found: list, network: Network) -> list[Digit]:
    """Classify pieces of ink. found: a list of FoundDigit. network: a Network. Returns a Digit for each piece."""
    if not found:
        return []
    judged = []
    for piece, probabilities, no_digit in zip(found, *network.judge(np.stack([piece.image for piece in found])), strict=True):
        label = int(probabilities.argmax())
        judged.append(Digit(label, float(probabilities[label] * (1 - no_digit)), probabilities, piece, float(no_digit)))
    return judged
