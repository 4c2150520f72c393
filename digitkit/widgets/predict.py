"""A guess before the result: asked for in one cell, compared in a later one."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from digitkit.widgets.base import Frame, Pictured
from digitkit.widgets.views import predict as view
from digitkit.words import in_text, parse_number

_guesses: dict[tuple, Any] = {}  # of this session: (question, choices) -> what was entered


class Predict(Pictured):
    """Predict first: asks for a guess, keeps it, and in a later cell shows it beside the result.

    question: a sentence. choices: what to choose from; a number is asked for if left out. The same question asked again
    in one session, as when its cell is run once more, still holds the guess.

        guess = digitkit.Predict("How many of 10,000 digits will it read right?")
        guess
        guess.compare(7877)

    """

    def __init__(self, question: str, choices: Sequence | None = None) -> None:
        self._asked = question, choices and tuple(choices)
        if choices is None:
            self.answer = widgets.Text(placeholder="a number", description="Your guess:")
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
        return parse_number(self.answer.value) if isinstance(self.answer, widgets.Text) else self.answer.value

    def compare(self, result: Any) -> "Comparison":
        """Guess and result side by side. result: a number or one of the choices. Returns a Comparison, for a notebook to show.

        A guess in % is compared with a result in %, or with a share from 0 to 1.
        """
        in_percent = isinstance(self.answer, widgets.Text) and "%" in self.answer.value and self.guess is not None
        return Comparison(self.guess, 100 * result if in_percent and abs(result) <= 1 else result, " %" if in_percent else "")

    def _keep(self, change):
        _guesses[self._asked] = change.new
        clear = self.guess is not None or not self.answer.value
        self.note.value = "" if clear else "Write a number, such as 8000 or 97 %."


class Comparison:
    """A guess beside the result, as a notebook shows it. Without a guess it is the same text for everyone."""

    def __init__(self, guess: object, result: object, unit: str = "") -> None:
        self._shown = (guess, result, unit)

    def __repr__(self):
        return view.compared(*self._shown)

    def _repr_html_(self):
        return view.comparison(*self._shown)
