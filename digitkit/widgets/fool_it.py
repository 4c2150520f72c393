"""Fool it: five rounds in which something that is no digit is drawn, so that it is read as one."""

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np

from digitkit import handwriting
from digitkit.data import NO_DIGIT
from digitkit.reading import Digit, Reading
from digitkit.widgets.views import fool_it as view
from digitkit.words import counted

ROUNDS = 5
FILE = "my_no_digits.npz"


class FoolIt(widgets.VBox):
    """The game, its score, and what the player wants to keep; nothing is stored before that is asked for.

    say: called with a sentence that is to be read out. finish: called so that `sees` gets the drawing as it is. clear: called to
    make the sheet blank. save: called with the bytes of a file and its name. fooled: for each finished round, the Digit that was
    read, or None.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        finish: Callable[[], None],
        clear: Callable[[], None],
        save: Callable[[bytes, str], None],
    ) -> None:
        self._say, self._finish, self._clear, self._save = say, finish, clear, save
        self.fooled: list[Digit | None] = []
        self.kept: list[np.ndarray] = []
        self._is_played = False
        self._digit: Digit | None = None  # that was read in the drawing of this round
        self._has_drawn = False
        self.start = widgets.Button(description="Fool it")
        self.next = widgets.Button(description="Next round")
        self.keep = widgets.Button(description="Keep as no digit", tooltip="A network can learn from it that it is none")
        self.save = widgets.Button(description="Save what I kept")
        self.words = widgets.HTML()
        row = widgets.HBox([self.start, self.next, self.keep, self.save])
        row.add_class("digitkit-row")
        super().__init__([row, self.words])
        self.add_class("digitkit-fool")
        self.start.on_click(lambda _: self._begin())
        self.next.on_click(lambda _: self._end_round())
        self.keep.on_click(lambda _: self._keep())
        self.save.on_click(lambda _: self._save_kept())
        self._show()

    def __repr__(self):
        return "FoolIt()"

    def sees(self, reading: Reading | None) -> None:
        """The reading of the drawing as it is now, or None for a blank sheet or a picture, which does not count."""
        if self._is_played:
            self._has_drawn = reading is not None
            self._digit = max(reading.digits, key=lambda digit: digit.confidence, default=None) if reading else None
            self._show()
            self._say(self.task)

    @property
    def task(self) -> str:
        """What there is to do or to see in this round, "" if nobody plays."""
        return view.round_in_words(self._round, ROUNDS, self._has_drawn, self._digit) if self._is_played else ""

    @property
    def _words(self):
        return self.task or view.score_in_words(self.fooled, ROUNDS)

    @property
    def _round(self):
        return len(self.fooled) + 1

    def _begin(self):
        self._finish()
        self._is_played, self.fooled = not self._is_played, []
        self._new_sheet()

    def _end_round(self):
        self._finish()
        self.fooled.append(self._digit)
        self._is_played = len(self.fooled) < ROUNDS
        self._new_sheet()

    def _new_sheet(self):
        self._digit, self._has_drawn = None, False
        self._clear()
        self._show()
        self._say(self._words)

    def _keep(self):
        if self._digit is not None and not any(np.array_equal(self._digit.image, image) for image in self.kept):
            self.kept.append(self._digit.image)
            self._say(view.kept_in_words(len(self.kept)))
        self._show()

    def _save_kept(self):
        self._save(handwriting.to_bytes(np.stack(self.kept), [NO_DIGIT] * len(self.kept)), FILE)
        self._say(f"{counted(len(self.kept), 'mark')} saved as {FILE}.")

    def _show(self):
        self.start.description = "Stop the game" if self._is_played else "Play again" if self.fooled else "Fool it"
        self.next.description = "Next round" if self._round < ROUNDS else "Finish"
        self.next.disabled = not self._has_drawn
        self.keep.disabled = self._digit is None
        for button in (self.next, self.keep):
            button.layout.display = None if self._is_played else "none"
        self.save.layout.display = None if self.kept else "none"
        self.words.value = view.shown(self._words, [digit is not None for digit in self.fooled], ROUNDS, len(self.kept))
