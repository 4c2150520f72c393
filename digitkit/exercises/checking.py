"""How a check works: it looks at a learner's answer and says what is right, or why it is not."""

import functools
import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

from digitkit.exercises import stale

VERDICTS = {
    "right": "✓ Right.",
    "wrong": "✗ Not yet.",
    "raised": "⚠ It stopped.",
    "not attempted": "… Not attempted yet.",
}


@dataclass(frozen=True)
class Result:
    """The outcome of a check, one of "right", "wrong", "raised" and "not attempted", and a sentence for the learner."""

    outcome: str
    message: str

    @property
    def verdict(self):
        """The outcome in a word or two, with a sign that does not depend on colour."""
        return VERDICTS[self.outcome]

    def __repr__(self):
        return f"{self.verdict} {self.message}"

    def _repr_markdown_(self):
        return f"**{self.verdict}** {self.message}"


class Wrong(Exception):
    """The answer is wrong; the message says why."""


class NotAttempted(Exception):
    """The three dots are still there."""


def exercise(judge: Callable[..., str]) -> Callable[..., Result]:
    """Turn a judge into a check. The judge returns its praise for a right answer, or calls `refuse` with the reason."""

    @functools.wraps(judge)
    def check(answer, *given):
        if (reason := stale.stopped_before(sys._getframe(1), answer)) is not None:
            return Result("raised", reason)
        try:
            if answer is ... or (isinstance(answer, (list, tuple)) and any(part is ... for part in answer)):
                raise NotAttempted
            return Result("right", judge(answer, *given))
        except NotAttempted:
            return Result("not attempted", "Replace the three dots and run the cell; then run this check again.")
        except Wrong as wrong:
            return Result("wrong", str(wrong))
        except Exception as error:
            return Result("raised", _in_plain_words(error))

    return check


def refuse(condition, reason):
    if condition:
        raise Wrong(reason)


def _in_plain_words(error):
    meanings = {
        NameError: "you use a name that does not exist here. Is it spelled correctly?",
        TypeError: "you combine things that do not fit together, such as a number and a text.",
        ZeroDivisionError: "you divide by zero.",
        IndexError: "you use an index that is outside the array.",
        AttributeError: "the name after a dot does not exist. Is it spelled correctly?",
        ValueError: "a number or the shape of an array does not fit.",
    }
    meaning = next((text for kind, text in meanings.items() if isinstance(error, kind)), "read the last words of the message.")
    return f"Python stops at your answer with “{type(error).__name__}: {error}”: {meaning}"


def kind(answer):
    """What a learner would call an answer that is not the one number, list or array that was asked for."""
    names = {type(None): "nothing", bool: "True or False", str: "a text", list: "several numbers", tuple: "several numbers"}
    return "a function" if callable(answer) else names.get(type(answer), f"of type {type(answer).__name__}")


def require_number(answer, right, reasons, method, tolerance=0.0):
    """Refuse all but the right number. reasons: pairs (wrong number, why it is wrong); method: the hint for any other number."""
    if not isinstance(answer, Real) or isinstance(answer, bool):
        raise Wrong(f"The answer is one number, but yours is {kind(answer)}.{with_comma(answer, right >= 1000)}")
    if not math.isclose(answer, right, rel_tol=tolerance):
        raise Wrong(next((why for wrong, why in reasons if math.isclose(answer, wrong, rel_tol=tolerance)), method))


def with_comma(answer, large=False):
    """What to say of a number that was written with a comma, since for Python 0,98 is two numbers; "" for all else.

    large: whether the comma can only separate thousands.

    >>> with_comma((0, 98)), with_comma("4,640", large=True), with_comma(0.98)
    (' Python writes decimals with a point: 0.98.', ' Python takes no comma in a number: write 4640.', '')
    """
    if isinstance(answer, str):
        parts = re.findall(r"^\s*([-−]?\d+),(\d+)\s*%?\s*$", answer)
        whole, rest = parts[0] if parts else ("", "")
    else:
        pair = isinstance(answer, (tuple, list)) and len(answer) == 2 and all(type(part) is int for part in answer)
        whole, rest = map(str, answer) if pair and answer[1] >= 0 else ("", "")
    if not whole or (large and len(rest) > 3):
        return ""
    if large:
        return f" Python takes no comma in a number: write {whole}{rest.zfill(3)}."
    return f" Python writes decimals with a point: {whole}.{rest}."


def require_order(answer, right, before):
    """Refuse all but the right order. right: the steps in order; before: {(earlier, later): why}."""
    complete = isinstance(answer, (list, tuple)) and sorted(map(str, answer)) == sorted(right)
    refuse(not complete, f"The answer is a list with each of these once: {', '.join(sorted(right))}.")
    for (first, then), why in before.items():
        refuse(answer.index(first) > answer.index(then), f"“{first}” must come before “{then}”: {why}.")


def require_function(answer, name):
    refuse(not callable(answer), f"The check needs the function itself, without brackets after it: check_{name}({name}).")
