"""A digit before and after a change, and how many digits are still read right when all are changed like it."""

import numpy as np

from digitkit.widgets.views.element import Html, element, joined
from digitkit.widgets.views.parts import bar, bar_table, bars, pixels, sentence, tiles
from digitkit.words import counted, percent, rounded_percent


def changes_in_words(
    right: int = 0,
    down: int = 0,
    turn: int = 0,
    size: float = 1.0,
    thickness: float = 0.0,
    noise: float = 0.0,
    invert: bool = False,
) -> str:
    """What `simulate.changes.changed` does, in words.

    >>> changes_in_words(right=-3, turn=20, invert=True)
    'moved 3 pixels to the left, turned by 20° anticlockwise, inverted'
    """
    words = []
    for steps, ahead, back in [(right, "to the right", "to the left"), (down, "down", "up")]:
        if steps:
            words.append(f"moved {counted(abs(steps), 'pixel')} {ahead if steps > 0 else back}")
    if turn:
        words.append(f"turned by {abs(turn)}° {'anticlockwise' if turn > 0 else 'clockwise'}")
    if size != 1:
        words.append(f"{rounded_percent(size, 0)} of its size")
    if thickness:
        words.append(f"strokes {abs(thickness):.1f} {'thicker' if thickness > 0 else 'thinner'}")
    if noise:
        words.append(f"noise of {noise:.2f}")
    if invert:
        words.append("inverted")
    return ", ".join(words) or "unchanged"


def digit_in_words(label: int, probabilities: np.ndarray, refused: bool, words: str) -> str:
    """What a changed digit is read as. words: how it was changed; the others as for `changed_digit`.

    >>> digit_in_words(4, np.eye(10)[9], False, "moved 3 pixels up")
    'The 4, moved 3 pixels up: read as 9, over 99.9 %.'
    """
    answer = int(probabilities.argmax())
    says = f"The {label}, {words}: read as {answer}, {percent(probabilities[answer])}."
    return says + " But the network doubts that this is a digit at all." if refused else says


def accuracy_in_words(right: int, total: int, interval: tuple[float, float]) -> str:
    """How many digits are read right, and how far chance reaches. interval: (low, high), 0 to 1.

    >>> accuracy_in_words(190, 200, (0.91, 0.97))
    '190 of 200 are read right. With other digits it might as well be 91 to 97 %; pure guessing gives 10 %.'
    """
    low, high = (f"{100 * end:.0f}" for end in interval)
    return (
        f"{right} of {total} are read right. With other digits it might as well be {low} to {high} %; pure guessing gives 10 %."
    )


def changed_digit(
    before: np.ndarray, after: np.ndarray, label: int, probabilities: np.ndarray, refused: bool, words: str
) -> Html:
    """A digit before and after a change, with its ten bars. before, after: (28, 28) uint8. refused: taken for no digit."""
    pictures = [
        element("div", element("h4", title), pixels(image, f"{title}: a {label}"))
        for title, image in [("As it was", before), ("As it is now", after)]
    ]
    shown = element("div", element("h4", "How likely each digit is"), bars(probabilities))
    return joined(sentence(digit_in_words(label, probabilities, refused, words)), tiles(*pictures, shown))


def changed_accuracy(right: int, unchanged: int, total: int, interval: tuple[float, float], words: str) -> Html:
    """How many of some digits are read right when all of them are changed in the same way. interval: (low, high), 0 to 1."""
    rows = [
        bar(name, count / total, rounded_percent(count / total), first)
        for name, count, first in [("unchanged", unchanged, False), ("changed", right, True)]
    ]
    return joined(
        element("h4", f"{counted(total, 'digit')}, all {words}"),
        element("p", accuracy_in_words(right, total, interval)),
        bar_table("Accuracy", rows, wide=True),
    )
