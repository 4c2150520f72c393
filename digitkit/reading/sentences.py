"""What is said of a reading. The page that a network goes home in says the same: it takes its sentences from here."""

import numpy as np

from digitkit.reading.judged import SURE, Reading
from digitkit.words import counted, in_a_row, percent

GUESS = 0.5  # below this confidence, the answer is called a guess
NO_DIGIT = "no digit found"
SAYS = {
    "none": "I see no digit here.",
    "sure": "I read {label}, {sure} sure.",
    "several": "I read {text}, {count}.",
    "least sure": " I am least sure of the {label} ({sure}).",
    "perhaps none": "Perhaps {label}, perhaps not a digit at all.",
    "between": "Between {label} and {other}: look at the bars.",
    "a mark": "There is a mark, but it does not look like a digit.",
    "not calibrated": "Not calibrated: nobody has checked how sure this network may be, so its percentages may be too high.",
}
KINDS = {"point": ("a point", "points"), "stroke": ("a stroke", "strokes"), "sign": ("a sign or letter", "signs or letters")}


def in_words(reading: Reading) -> str:
    """The answer as a sentence for people.

    >>> in_words(Reading("", [], "no digit found", {}, (28, 28)))
    'I see no digit here.'
    """
    if not reading.digits:
        return SAYS["none"]
    if len(reading.digits) > 1:
        least = min(reading.digits, key=lambda digit: digit.confidence)
        doubt = "" if least.confidence >= SURE else SAYS["least sure"].format(label=least.label, sure=percent(least.confidence))
        return SAYS["several"].format(text=reading.text, count=counted(len(reading.digits), "digit")) + doubt
    digit = reading.digits[0]
    if digit.confidence >= SURE:
        return SAYS["sure"].format(label=digit.label, sure=percent(digit.confidence))
    first, second = np.argsort(digit.probabilities)[:-3:-1]
    if digit.probabilities[first] >= SURE:  # so the doubt is not about which digit it is
        return SAYS["perhaps none"].format(label=first)
    return SAYS["between"].format(label=first, other=second)


def guesses(digits: list) -> list[str]:
    """A list with one sentence if the network is hardly sure of some digits, else empty: "the 7 (41 %) is a guess".

    >>> guesses([])
    []
    """
    few = [f"the {digit.label} ({percent(digit.confidence)})" for digit in digits if digit.confidence < GUESS]
    return [in_a_row(few) + (" are guesses" if len(few) > 1 else " is a guess")] if few else []


def left_out(boxes: list, height: float) -> str:
    """What was not read, by kind. boxes: a list of (x, y, width, height). height: of a typical digit, in the same pixels.

    >>> left_out([(0, 0, 3, 3), (9, 0, 3, 3), (20, 0, 2, 30)], height=30)
    'left out: 2 points and a stroke'
    """
    kinds = ["point" if max(w, h) < 0.3 * height else "stroke" if max(w, h) > 2.5 * min(w, h) else "sign" for _, _, w, h in boxes]
    counts = {kind: kinds.count(kind) for kind in KINDS if kind in kinds}
    parts = [KINDS[kind][0] if count == 1 else f"{count} {KINDS[kind][1]}" for kind, count in counts.items()]
    return "left out: " + in_a_row(parts)
