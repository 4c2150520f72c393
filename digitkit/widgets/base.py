"""What the widgets share: style sheets, keys that stay with them, a picture for print, HTML to choose from, a named slider."""

import os
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets

from digitkit.files import visible
from digitkit.page import SHARED_STYLES

STATIC = Path(__file__).with_name("static")
SHEETS = [*SHARED_STYLES, *visible(STATIC.glob("*.css"))]


class Frame(anywidget.AnyWidget):
    """Invisible: keeps the keys that its neighbours get from JupyterLab, and brings the style sheets of all widgets.

    Every widget of the kit holds one, so a page has the same rules whichever of them it shows.
    """

    _esm = STATIC / "frame.js"
    _css = "\n".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)

    def __repr__(self):
        return "Frame()"


class Pictured(widgets.VBox):
    """A whole widget, as a lesson shows it. Beside it, a notebook keeps a picture of it for readers who see no widgets.

    Where widgets are shown, the picture is not. Each kind draws its own in `still`.
    """

    def still(self):
        """The widget as a figure of `digitkit.plotting`, which is imported only there; None if there is nothing to draw."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs):
        live = super()._repr_mimebundle_(**kwargs)
        if os.environ.get("SERVER_SOFTWARE", "").startswith("voila/"):
            return live  # a web page stores nothing, so nobody would see what matplotlib needs half a second for
        still = self.still()
        if still is None:
            return live
        picture, metadata = still._repr_mimebundle_()
        return live | {"image/png": picture["image/png"]}, metadata


class Clickable(anywidget.AnyWidget):
    """HTML in which something can be chosen, by mouse or by keyboard (see `static/clickable.js`).

    html: what is shown. status: the same in a sentence, read out when it changes. chosen: what was chosen last;
    count: goes up by one with each choice. answered: the count that html belongs to.
    """

    _esm = STATIC / "clickable.js"
    html = traitlets.Unicode("").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
    count = traitlets.Int(0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __repr__(self):
        return "Clickable()"

    @traitlets.observe("count")
    def _answer(self, change):
        self.answered = change.new


class Slider(anywidget.AnyWidget):
    """A slider that has its name for screen readers too, which the sliders of ipywidgets do not.

    label: its name. value: from min to max, in steps. unit: what is written behind the number.
    """

    _esm = STATIC / "slider.js"
    label = traitlets.Unicode("").tag(sync=True)
    value = traitlets.Float(0.0).tag(sync=True)
    min = traitlets.Float(0.0).tag(sync=True)
    max = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(1.0).tag(sync=True)
    unit = traitlets.Unicode("").tag(sync=True)

    def __repr__(self):
        return "Slider()"
