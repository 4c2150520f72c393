"""Picture in, reading out: which digits are there, where, and how sure the network is."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from digitkit.network import load_network
from digitkit.preprocessing import prepare

SURE = 0.9  # from this confidence on the kit speaks without a doubt


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    label: 0 to 9. confidence: 0 to 1, the probability of that label. box: (x, y, width, height) in pixels of the upright
    picture. row: 0 for the topmost. probabilities: (10,) float. image: (28, 28) uint8, what the network saw.
    steps: {name: array}, from the cut-out ink to 28×28.
    """

    label: int
    confidence: float
    box: tuple
    row: int
    probabilities: np.ndarray = field(repr=False)
    image: np.ndarray = field(repr=False)
    steps: dict = field(repr=False)


@dataclass(frozen=True)
class Reading:
    """What was read in one picture.

    text: all digits in reading order, without separator, "" if there is none. digits: list of Digit in that order.
    reason: why there is none, or None. steps: {name: (h, w) array} for the whole picture. size: (width, height).
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
    found, steps, size = prepare(picture, without)
    if not found:
        return Reading("", [], "no digit found", steps, size)
    images = np.stack([one.image for one in found])
    digits = []
    for one, chances in zip(found, (network or shipped_network()).probabilities(images), strict=True):
        label = int(chances.argmax())
        digits.append(Digit(label, float(chances[label]), one.box, one.row, chances, one.image, one.steps))
    return Reading("".join(str(digit.label) for digit in digits), digits, None, steps, size)


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
