"""The game "Fool it" in words, and its rounds as signs."""

from digitkit.reading import Digit
from digitkit.widgets.views.element import Html, element, joined
from digitkit.widgets.views.parts import note
from digitkit.words import counted, percent

INVITATION = "Can you draw something that is no digit, and that is read as one? Five rounds; only you see your score."


def round_in_words(number: int, rounds: int, has_drawn: bool, read: Digit | None) -> str:
    """What there is to do or to see in a round. number: from 1. read: the digit that was read in the drawing, or None.

    >>> round_in_words(2, 5, True, None)
    'Round 2 of 5: it is not fooled. Change your drawing, or go on.'
    """
    if not has_drawn:
        return f"Round {number} of {rounds}: draw something that is no digit."
    if read is None:
        return f"Round {number} of {rounds}: it is not fooled. Change your drawing, or go on."
    return f"Round {number} of {rounds}: fooled! It reads a {read.label}, {percent(read.confidence)} sure."


def score_in_words(fooled: list[Digit | None], rounds: int) -> str:
    """What came of a game, or the invitation to play one. fooled: for each finished round, the digit that was read, or None."""
    if len(fooled) < rounds:
        return INVITATION
    read = [digit for digit in fooled if digit is not None]
    most = max(read, key=lambda digit: digit.confidence, default=None)
    told = f"You fooled it in {len(read)} of {counted(rounds, 'round')}."
    return told if most is None else f"{told} It was surest of a {most.label}: {percent(most.confidence)}."


def kept_in_words(kept: int) -> str:
    """What was kept, and what for. kept: how many marks.

    >>> kept_in_words(1)
    '1 mark kept. Save it, and a network can learn that it is no digit.'
    """
    them, they = ("it", "it is no digit") if kept == 1 else ("them", "they are no digits")
    return f"{counted(kept, 'mark')} kept. Save {them}, and a network can learn that {they}."


def shown(words: str, fooled: list[bool], rounds: int, kept: int) -> Html:
    """The words, a sign for each round, and what was kept. fooled: of the finished rounds. kept: how many marks."""
    signs = [("★" if won else "✗") for won in fooled] + ["·"] * (rounds - len(fooled))
    told = f"{sum(fooled)} of {counted(rounds, 'round')} won so far"
    row = element("span", " ".join(signs), role="img", aria_label=told) if fooled else ""
    return joined(element("p", words), element("p", row), note(kept_in_words(kept) if kept else ""))
