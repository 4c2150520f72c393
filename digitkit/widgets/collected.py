"""What the panel has read in one session, and what the digits really were."""

from dataclasses import dataclass, field

import numpy as np

from digitkit import handwriting
from digitkit.data import NO_DIGIT
from digitkit.network import Network
from digitkit.reading import Reading
from digitkit.words import counted

HISTORY = 12  # thumbnails; older pictures are forgotten, what was said about them still counts


@dataclass
class Shown:
    """One picture of this session, as the history keeps it: the picture as it came, to be read again, and what was found.

    images: the digits found, each (28, 28) uint8. labels: what was read, None for what is perhaps no digit.
    truths: {which digit: what it was}; a digit that was missed is number 0 of a picture without digits.
    sheet: the class sheet that the digits are from, if they are from one.
    """

    picture: object
    name: str
    address: str
    text: str
    images: list
    labels: list
    truths: dict = field(default_factory=dict)
    sheet: handwriting.FilledSheet | None = None

    @property
    def marks(self) -> list[tuple[int, int | None]]:
        """Pairs (what it was, what was read, None if it was missed)."""
        return [(truth, self.labels[which] if self.labels else None) for which, truth in self.truths.items()]

    def toggle(self, which: int) -> None:
        """Take a digit of a class sheet out, or put it back as what its row says."""
        if which in self.truths:
            del self.truths[which]
        elif self.sheet:
            self.truths[which] = self.sheet.filled[which].label

    @property
    def item(self) -> tuple[str, str, str, bool | None]:
        """What `views.history.history` shows of it."""
        if self.sheet:
            return self.address, self.text, counted(len(self.truths), "digit"), None
        truth = "it was a " + " ".join(str(self.truths[which]) for which in sorted(self.truths)) if self.truths else ""
        return self.address, self.text, truth, all(was == answer for was, answer in self.marks) if self.truths else None


def shown(picture: object, name: str, address: str, reading: Reading, sheet: handwriting.FilledSheet | None) -> Shown:
    """What was read in a picture, as it is kept. sheet: the class sheet in it, which says by itself what its digits are."""
    images, labels, truths = [digit.image for digit in reading.digits], [digit.label for digit in reading.digits], {}
    if sheet:
        labels = [None if box.is_doubtful else box.digit.label for box in sheet.filled]
        truths = {index: box.label for index, box in enumerate(sheet.filled)}
    return Shown(picture, name, address, reading.text, images, labels, truths, sheet)


class Collected:
    """All pictures of a session and the digits that were opened from files, with what they really were.

    shown: {number: Shown}, the whole session. opened: a list of (image, what it was, what was read).
    """

    def __init__(self) -> None:
        self.shown: dict[int, Shown] = {}
        self.opened: list[tuple[np.ndarray, int, int]] = []

    def keep(self, number: int, shown: Shown) -> None:
        """Keep a picture under its number, and forget the one that has left the history."""
        self.shown[number] = shown
        if number - HISTORY in self.shown:
            self.shown[number - HISTORY].picture = None

    @property
    def marks(self) -> list[tuple[int, int | None]]:
        """Of every digit of which it was said: (what it was, what was read, None if it was missed)."""
        return [(truth, answer) for _, truth, answer in self.opened] + [
            mark for shown in self.shown.values() for mark in shown.marks
        ]

    @property
    def history(self) -> dict[int, tuple]:
        """The last pictures, as `views.history.history` shows them."""
        return {number: self.shown[number].item for number in sorted(self.shown)[-HISTORY:]}

    def to_save(self, number: int | None) -> tuple[str, list[np.ndarray], list[int]]:
        """What "save" saves, if this picture is looked at: a name for the file, images, and what they were.

        A class sheet is saved by itself: its file takes the place of the one from `collect`. All other digits go together.
        """
        chosen = None if number is None else self.shown.get(number)
        if chosen and chosen.sheet:
            name, pictures, known = chosen.sheet.file_name, [chosen], []
        else:
            pictures = [shown for shown in self.shown.values() if not shown.sheet]
            name, known = "my_digits.npz", [(image, truth) for image, truth, _ in self.opened]
        known += [
            (shown.images[which], truth) for shown in pictures if shown.images for which, truth in sorted(shown.truths.items())
        ]
        return name, [image for image, _ in known], [truth for _, truth in known]

    def open(self, content: bytes, network: Network) -> int:
        """Add the digits of a file, read again by a network; those of a file that was opened before add nothing.

        Returns how many digits the file holds. Raises HandwritingError if it holds none, or marks that are no digits.
        """
        digits = handwriting.from_bytes(content)
        if NO_DIGIT in digits.labels:
            raise handwriting.HandwritingError("This file holds marks that are no digits: it is for fine-tuning a network.")
        answers = network.probabilities(digits.images).argmax(axis=1)
        known = {image.tobytes() for image, _, _ in self.opened}
        self.opened += [
            (image, int(truth), int(answer))
            for image, truth, answer in zip(digits.images, digits.labels, answers, strict=True)
            if image.tobytes() not in known
        ]
        return len(digits)
