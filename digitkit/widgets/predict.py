"""A guess before the result: asked for in one cell, compared in a later one."""

import math
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
from IPython.display import DisplayHandle

from digitkit.errors import InputError, in_sentences, in_words
from digitkit.widgets.base import Frame, Pictured
from digitkit.widgets.views import predict as view
from digitkit.words import in_text, is_number, parse_number

GUESS = "application/vnd.digitkit.guess+json"  # the form in which a notebook keeps a guess and its result, for `collect-work`
_guesses: dict[tuple, Any] = {}  # of this session: (question, choices) -> what was entered
_shown: dict[tuple, "Comparison"] = {}  # where the result of each question was shown last


class Predict(Pictured):
    """Predict first: asks for a guess, keeps it, and in a later cell shows it beside the result.

    question: a sentence. choices: what to choose from; a number is asked for if left out. The same question asked again
    in one session, as when its cell is run once more, still holds the guess.

        guess = digitkit.Predict("How many of 10,000 digits will it read right?")
        guess
        guess.compare(7877)

    """

    @in_sentences
    def __init__(self, question: str, choices: Sequence | None = None) -> None:
        self._asked = question, None if choices is None else tuple(choices)
        if choices is None:
            # Only what was entered counts: the first digit of a number must not uncover the result.
            self.answer = widgets.Text(placeholder="a number, then Enter", description="Your guess:", continuous_update=False)
        else:
            options = [(in_text(choice), choice) for choice in choices]
            self.answer = widgets.RadioButtons(options=options, value=None, description="Your guess:")
        self.note = widgets.HTML()
        super().__init__([Frame(), widgets.HTML(view.question(question)), self.answer, self.note])
        self.answer.observe(self._keep, "value")
        self.answer.value = _guesses.get(self._asked, self.answer.value)

    def __repr__(self):
        return "Predict()"

    def still(self):
        from digitkit.plotting import still_of_question

        question, choices = self._asked
        texts = None if choices is None else list(map(in_text, choices))
        return still_of_question(question, self.answer.description, texts, "a number")

    @property
    def guess(self) -> Any:
        """What was guessed: a float, or one of the choices; None as long as there is no guess."""
        return _guess(self._asked)

    def compare(self, result: Any) -> "Comparison":
        """Guess and result side by side. result: a number or one of the choices. Returns a Comparison, for a notebook to show.

        As long as there is no guess, the result is folded away. A guess in % is compared with a result in %, or with a share
        from 0 to 1. Raises InputError as long as the result is nothing, or the three dots.
        """
        if result is None or result is ...:
            raise InputError(f"There is no result to compare with, but {in_words(result)}: run the cells above this one first.")
        return Comparison(self._asked, result)

    def _keep(self, change):
        _guesses[self._asked] = change.new
        clear = self.guess is not None or not self.answer.value
        self.note.value = "" if clear else "Write a number, such as 8000 or 97 %."
        if self._asked in _shown:
            _shown[self._asked].refresh()


def _guess(asked):
    entered = _guesses.get(asked)
    return parse_number(entered or "") if asked[1] is None else entered


class Comparison:
    """A guess beside the result, as a notebook shows it: in a cell's output, which follows when another guess is entered.

    asked: the question and its choices, or None. Without a guess it is the same for everyone.
    """

    def __init__(self, asked: tuple, result: Any) -> None:
        self._asked, self._result = asked, result
        self._place: DisplayHandle | None = None

    def __repr__(self):
        return view.compared(*self._values())

    def refresh(self) -> None:
        """Show the guess as it is now in the output where this comparison stands."""
        if self._place is not None:
            self._place.update(self._bundle(), raw=True)

    def _ipython_display_(self):
        _shown[self._asked] = self
        self._place = DisplayHandle()
        self._place.display(self._bundle(), raw=True)

    def _values(self):
        """Guess, result and unit as they are shown: a share beside a guess in % is shown in %."""
        result = 100 * self._result if self._is_share() else self._result
        return _guess(self._asked), result, " %" if self._is_in_percent() else ""

    def _is_in_percent(self):
        """Whether a number is compared with a guess that was entered in %."""
        typed = self._asked[1] is None and _guess(self._asked) is not None and "%" in _guesses[self._asked]
        return typed and is_number(self._result)

    def _is_share(self):
        """Whether the result is a share, and the guess is in %."""
        return self._is_in_percent() and abs(self._result) <= 1

    def _bundle(self):
        question, choices = self._asked
        guess = _guess(self._asked)
        if self._is_share():
            guess /= 100  # kept in the unit of the result, which is the same for the whole class
        kept = {
            "question": question,
            "choices": choices and list(map(in_text, choices)),
            "guess": _plain(guess),
            "result": _plain(self._result),
        }
        return {"text/plain": repr(self), "text/html": str(view.comparison(*self._values())), GUESS: kept}


def _plain(value):
    """A number as JSON can hold it; all else as text."""
    if is_number(value) and math.isfinite(value):
        return round(float(value), 6)
    return None if value is None else str(value)
