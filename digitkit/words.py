"""Numbers, shares, shapes and plurals, written for people. Every text in the kit uses these functions."""

import math
import re
from collections.abc import Iterable
from numbers import Number
from typing import TypeGuard

STEPS = {  # from the picture to 28×28 pixels: the display name of each step, and what it does
    "grey": ("Grey", "colour goes, brightness stays"),
    "sheet": ("Sheet", "the sheet alone, as if seen from straight above"),
    "inverted": ("Inverted", "the ink was brighter than the paper"),
    "paper": ("Paper", "the light on the sheet, as if there were no ink"),
    "ink": ("Ink", "how much of that light is absorbed"),
    "without lines": ("Without lines", "printed lines are removed"),
    "threshold": ("Ink or not", "two thresholds decide"),
    "crop": ("Cut out", "the smallest rectangle around the ink"),
    "even stroke": ("Even stroke", "as thick as the strokes in MNIST"),
    "20×20 box": ("20×20", "shrunk into a box, shape kept"),
    "28×28": ("28×28", "centre of mass in the middle"),
}

_TO_NINETEEN = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_TO_NINETEEN += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def percent(share: float) -> str:
    """A share in per cent, never rounded to a certainty.

    >>> percent(0.993), percent(0.9999), percent(0.0001)
    ('99.3 %', 'over 99.9 %', 'under 0.1 %')
    """
    if share > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if share < 0.001 else rounded_percent(share)


def rounded_percent(share: float, decimals: int = 1) -> str:
    """A share in per cent, rounded: for counts, which may well be all or nothing.

    >>> rounded_percent(1.0, 0), rounded_percent(0.9876)
    ('100 %', '98.8 %')
    """
    return f"{100 * share:.{decimals}f} %"


def number(value: float) -> str:
    """A number with two decimals, or three if it is small; anything smaller is 0.

    >>> number(-0.5), number(3.14159), number(0.0123), number(1e-17)
    ('−0.5', '3.14', '0.012', '0')
    """
    return f"{round(float(value), 2 if abs(value) >= 0.1 else 3) + 0.0:.7g}".replace("-", "−")


def in_text(value: object) -> str:
    """A number with commas between thousands and at most three decimals; anything else as it is.

    >>> in_text(7877), in_text(0.98765), in_text("both")
    ('7,877', '0.988', 'both')
    """
    return f"{round(float(value), 3) + 0.0:,.12g}".replace("-", "−") if is_number(value) else str(value)


def is_number(value: object) -> TypeGuard[float]:
    """Whether something is a number; True and False do not count.

    >>> is_number(0.5), is_number(True), is_number("7")
    (True, False, False)
    """
    return isinstance(value, Number) and not isinstance(value, bool)


def counted(count: int, noun: str) -> str:
    """A count and its noun, in the plural where needed.

    >>> counted(1, "digit"), counted(1200, "digit")
    ('1 digit', '1,200 digits')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def in_english(number: int) -> str:
    """A whole number from 0 to 999 in words.

    >>> in_english(7), in_english(30), in_english(149)
    ('seven', 'thirty', 'one hundred and forty-nine')
    """
    if number < 20:
        return _TO_NINETEEN[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_TO_NINETEEN[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_TO_NINETEEN[hundreds]} hundred" + (f" and {in_english(rest)}" if rest else "")


def in_a_row(parts: list[str]) -> str:
    """Texts as a sentence lists them; at least one.

    >>> in_a_row(["a 1", "a 7", "a 9"])
    'a 1, a 7 and a 9'
    """
    return (", ".join(parts[:-1]) + " and " if len(parts) > 1 else "") + parts[-1]


def first_line(error: BaseException) -> str:
    """What an exception says, without what follows in further lines; its kind, if it says nothing.

    >>> first_line(ValueError("no\\nmore")), first_line(KeyError())
    ('no', 'KeyError')
    """
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def by(shape: Iterable) -> str:
    """A shape as text.

    >>> by((26, 26))
    '26×26'
    """
    return "×".join(map(str, shape))


def parse_number(text: str) -> float | None:
    """The number that somebody typed, or None: a comma may separate thousands or decimals, a % sign is ignored.

    >>> parse_number("8,000"), parse_number("0,98"), parse_number("97 %"), parse_number("many")
    (8000.0, 0.98, 97.0, None)
    """
    text = re.sub(r"[\s%_]", "", text).replace("−", "-")
    text = text.replace(",", "" if re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", text) else ".")
    try:
        return float(text) if math.isfinite(float(text)) else None
    except ValueError:
        return None
