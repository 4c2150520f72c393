"""The controls of the panel, and where they stand."""

import ipywidgets as widgets

from digitkit.data import sample_paths
from digitkit.widgets.base import Clickable, Frame
from digitkit.widgets.picture_input import PictureInput
from digitkit.widgets.views import panel as view


class PanelControls(widgets.VBox):
    """Everything of the panel that can be seen, in its place; what happens with it is told in `panel.Panel`.

    has_nearest: whether the nearest training digits can be asked for.
    """

    def __init__(self, has_nearest: bool) -> None:
        self._make_controls()
        super().__init__([*self._laid_out(has_nearest), Frame()])
        self.add_class("digitkit-panel")

    def _make_controls(self):
        whole = {"description_width": "initial"}
        self.picture_input = PictureInput()
        samples = [("choose …", ""), *[(path.stem.replace("_", " "), path) for path in sample_paths()]]
        self.samples = widgets.Dropdown(options=samples, description="Or a sample:", style=whole)
        self.upload = widgets.FileUpload(accept="image/*", description="Plain upload (up to 10 MB)")
        self.answer, self.seen = widgets.HTML(), widgets.HTML()
        self.right = widgets.Button(description="Right")
        self.truth = widgets.ToggleButtons(
            options=range(10), value=None, description="or it was a:", style={"button_width": "34px"} | whole
        )
        self.score = widgets.HTML()
        self.history = Clickable()
        self.chosen = widgets.ToggleButtons(options=[], description="Look at:", style={"button_width": "40px"} | whole)
        self.picture, self.strip = Clickable(), widgets.HTML()
        self.why = widgets.Button(description="Why?")
        self.near = widgets.Button(description="Nearest training digits")
        self.reasons, self.neighbours = widgets.HTML(), widgets.HTML()
        self.table, self.message = widgets.HTML(), widgets.HTML()
        self.save_digits = widgets.Button(description="Save my digits")
        self.open_digits = widgets.FileUpload(accept=".npz", description="Open saved digits")

    def _laid_out(self, has_nearest):
        def box(name, *children):
            made = widgets.VBox(children)
            made.add_class(f"digitkit-{name}")
            return made

        return [
            box(
                "top",
                self.picture_input,
                box("result", self.answer, self.seen, box("row", self.right, self.truth, self.score), self.history),
                box("plain", box("row", self.samples, self.upload), widgets.HTML(view.privacy())),
            ),
            box(
                "closer",
                self.chosen,
                box("steps", self.picture, self.strip),
                box("row", self.why, *[self.near] * has_nearest),
                box("reasons", self.reasons, self.neighbours),
            ),
            box("collected", self.table, box("row", self.save_digits, self.open_digits), self.message),
        ]
