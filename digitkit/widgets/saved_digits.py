"""What the panel has read against what it really was, to be saved as a file, and opened again."""

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np

from digitkit import handwriting
from digitkit.network import Network
from digitkit.widgets.collected import Collected
from digitkit.widgets.views import history as history_view
from digitkit.widgets.views import panel as view
from digitkit.words import counted


class SavedDigits(widgets.VBox):
    """The table of what was written and read, and the buttons that save these digits and open others.

    collected: all digits of this session. network: what reads those that are opened. save: called with the bytes of a file and
    its name. say: called with a sentence that is to be read out. changed: called when digits have been opened.
    """

    def __init__(
        self,
        collected: Collected,
        network: Network,
        save: Callable[[bytes, str], None],
        say: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self._collected, self._network = collected, network
        self._save, self._say, self._changed = save, say, changed
        self._number: int | None = None
        self.table, self.message = widgets.HTML(), widgets.HTML()
        self.save_button = widgets.Button(description="Save my digits")
        self.open_button = widgets.FileUpload(accept=".npz", description="Open saved digits")
        row = widgets.HBox([self.save_button, self.open_button])
        row.add_class("digitkit-row")
        super().__init__([self.table, row, self.message])
        self.add_class("digitkit-collected")
        self.save_button.on_click(lambda _: self._save_digits())
        self.open_button.observe(self._open_digits, "value")

    def __repr__(self):
        return "SavedDigits()"

    def show(self, number: int | None, is_class_sheet: bool) -> None:
        """Show what was said so far. number: of the picture that is looked at, or None; a class sheet is saved by itself."""
        self._number = number
        self.table.value = history_view.confusion(self._collected.marks)
        self.save_button.description = "Save this sheet" if is_class_sheet else "Save my digits"

    def _save_digits(self):
        name, images, labels = self._collected.to_save(self._number)
        if not images:
            self._answer("There is nothing to save yet: say what your digits were first.")
            return
        self._save(handwriting.to_bytes(np.stack(images), labels), name)
        self._answer(f"{counted(len(labels), 'digit')} saved as {name}, by your browser: 28×28 pixels and labels only.")

    def _open_digits(self, change):
        if not change.new:
            return
        try:
            count = self._collected.open(bytes(change.new[0].content), self._network)
        except handwriting.HandwritingError as error:
            self._answer(str(error))
        else:
            self._changed()
            self._answer(f"{counted(count, 'digit')} opened, and read again by this network.")
        self.open_button.value = ()

    def _answer(self, text):
        self.message.value = view.message(text)
        self._say(text)
