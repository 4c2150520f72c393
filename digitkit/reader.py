"""Picture in, reading out: which digits are there, where, and how sure the network is."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from digitkit.network import load_network
from digitkit.preprocessing import FoundDigit, cuts, join, prepare

SURE = 0.9  # from this confidence on the kit speaks without a doubt
REFUSED = 0.5  # a mark that is no digit with at least this probability is left out


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    label: 0 to 9. confidence: 0 to 1, the probability of that label, times that of being a digit at all.
    probabilities: (10,) float. found: the piece of the picture it was read from.
    """

    label: int
    confidence: float
    probabilities: np.ndarray = field(repr=False)
    found: FoundDigit

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
    """What was read in one picture.

    text: all digits in reading order, without separator, "" if there is none. digits: list of Digit in that order.
    reason: why there is none, or what was left out, or None. steps: {name: (h, w) array} for the whole picture.
    size: (width, height) of the upright picture.
    """

    text: str
    digits: list
    reason: str | None
    steps: dict = field(repr=False)
    size: tuple = field(repr=False)


@cache
def shipped_network():
    """The network that ships with the kit, loaded once."""
    return load_network()


def read(picture, network=None, without=()):
    """Read the digits in a picture.

    picture: a path, the bytes of a file, a PIL image, or an array (see `preprocessing.open_picture`).
    network: the Network that reads; the shipped one if left out. without: names of steps to leave out (see
    `preprocessing.SWITCHES`). Returns a Reading; a picture without ink is a Reading with text "" and a reason.
    Raises PictureError if the picture cannot be opened.

    >>> from digitkit.data import data_dir
    >>> read(data_dir() / "samples" / "pen_7.jpg").text
    '7'
    """
    network = network or shipped_network()
    found, steps, size = prepare(picture, without)
    digits = [_judge(one, network) for one in found]
    if not without:
        digits = _regroup(digits, network)
    accepted = [digit for digit, no_digit in digits if no_digit < REFUSED]
    reason = None
    if not accepted:
        reason = "no digit found"
    elif len(accepted) < len(digits):
        left_out = len(digits) - len(accepted)
        reason = (
            "one mark was left out: it is no digit" if left_out == 1 else f"{left_out} marks were left out: they are no digits"
        )
    return Reading("".join(str(digit.label) for digit in accepted), accepted, reason, steps, size)


def _judge(found, network):
    """What the network says of one found piece: (Digit, how likely it is that it is none)."""
    chances = network.probabilities(found.image[np.newaxis])[0]
    no_digit = float(network.no_digit(found.image[np.newaxis])[0])
    label = int(chances.argmax())
    confidence = float(chances[label]) * (1 - no_digit)
    return Digit(label, confidence, chances, found), no_digit


def _regroup(digits, network):
    """Join pieces of a broken digit and cut touching digits, wherever the network is surer of the result.

    The measure is the product of the confidences: two pieces become one digit if the network is surer of the one than of
    both together, and one piece becomes two likewise.
    """
    index = 0
    while index < len(digits) - 1:
        (first, _), (second, _) = digits[index : index + 2]
        if first.confidence * second.confidence < 0.8 and _near(first.box, second.box):
            joined = _judge(join(first.found, second.found), network)
            if joined[0].confidence > max(first.confidence * second.confidence, 0.5):
                digits[index : index + 2] = [joined]
                index = max(index - 1, 0)
                continue
        index += 1
    regrouped = []
    for digit, no_digit in digits:
        best = [(digit, no_digit)]
        if digit.confidence < 0.5 and digit.box[2] > 0.9 * digit.box[3]:
            for pair in cuts(digit.found):
                halves = [_judge(half, network) for half in pair]
                if halves[0][0].confidence * halves[1][0].confidence > max(np.prod([one.confidence for one, _ in best]), 0.8):
                    best = halves
        regrouped += best
    return regrouped


def _near(box, other):
    """Whether two boxes could be pieces of one digit: close together, and together not much larger than the larger."""
    x, y = min(box[0], other[0]), min(box[1], other[1])
    width = max(box[0] + box[2], other[0] + other[2]) - x
    height = max(box[1] + box[3], other[1] + other[3]) - y
    return width <= 1.5 * height and height <= 2.2 * max(box[3], other[3]) and width <= 2.2 * max(box[2], other[2], 0.4 * height)


def in_words(reading):
    """The answer as a sentence for people.

    >>> in_words(Reading("", [], "no digit found", {}, (28, 28)))
    'I see no digit here.'
    """
    if not reading.digits:
        return "I see no digit here."
    if len(reading.digits) > 1:
        least = min(reading.digits, key=lambda digit: digit.confidence)
        doubt = "" if least.confidence >= SURE else f" I am least sure of the {least.label} ({percent(least.confidence)})."
        return f"I read {reading.text}, {len(reading.digits)} digits.{doubt}"
    digit = reading.digits[0]
    if digit.confidence >= SURE:
        return f"I read {digit.label}, {percent(digit.confidence)} sure."
    first, second = np.argsort(digit.probabilities)[:-3:-1]
    return f"I am not sure: perhaps {first} ({percent(digit.confidence)}), perhaps {second}. Look at the bars."


def percent(share):
    """A share as people read it, never rounded up to a certainty.

    >>> percent(0.993), percent(0.9999), percent(0.0001)
    ('99.3 %', 'over 99.9 %', 'under 0.1 %')
    """
    if share > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if share < 0.001 else f"{share:.1%}".replace("%", " %")
