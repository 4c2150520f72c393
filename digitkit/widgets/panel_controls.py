"""The controls of the panel, and where they stand."""

import ipywidgets as widgets

from digitkit.data import sample_paths
from digitkit.widgets.base import Clickable, Frame
from digitkit.widgets.closer_look import CloserLook
from digitkit.widgets.fool_it import FoolIt
from digitkit.widgets.panel_still import PanelStill
from digitkit.widgets.picture_input import PictureInput
from digitkit.widgets.saved_digits import SavedDigits
from digitkit.widgets.views import panel as view


class PanelControls(PanelStill):
    """Everything of the panel that can be seen, in its place; what happens with it is told in `panel.Panel`.

    closer: what can be asked about one digit. fool_it: the game. saved: the digits with what they really were.
    """

    def __init__(self, closer: CloserLook, fool_it: FoolIt, saved: SavedDigits) -> None:
        self.closer, self.fool_it, self.saved = closer, fool_it, saved
        self._make_controls()
        super().__init__([*self._laid_out(), Frame()])
        self.add_class("digitkit-panel")

    def _make_controls(self):
        whole = {"description_width": "initial"}
        self.picture_input = PictureInput()
        samples = [("choose …", ""), *[(path.stem.replace("_", " "), path) for path in sample_paths()]]
        self.samples = widgets.Dropdown(options=samples, description="Or a sample:", style=whole)
        self.answer, self.seen = widgets.HTML(), widgets.HTML()
        self.tokens, self.strip, self.history = Clickable(), Clickable(), Clickable()
        self.history.add_class("digitkit-readings")
        self.right = widgets.Button(description="Right")
        self.truth = Clickable()
        self.score = widgets.HTML()

    def _laid_out(self):
        def box(name, *children):
            made = widgets.VBox(children)
            made.add_class(f"digitkit-{name}")
            return made

        answers = [self.answer, self.tokens, self.strip, self.seen, box("row", self.right, self.truth, self.score)]
        left = box("left", self.picture_input, box("plain", self.samples, self.fool_it))
        return [
            box("top", left, box("result", *answers, self.closer, self.closer.way)),
            self.history,
            self.saved,
            widgets.HTML(view.privacy()),
        ]

    def _say(self, text):
        """Have a sentence read out."""
        self.picture_input.spoken = text

    def _save(self, content, name):
        """Have the browser save a file."""
        pad = self.picture_input
        pad.file, pad.file_name = content, name
        pad.files += 1
