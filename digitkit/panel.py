"""The upload-and-predict panel: it wires widgets to `reader` and `markup`, and computes nothing itself."""

from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets

from digitkit.data import sample_paths
from digitkit.markup import answer_html, error_html, reading_html
from digitkit.preprocessing import PictureError, thumbnail
from digitkit.reader import read, shipped_network

STATIC = Path(__file__).with_name("static")
WELCOME = (
    '<p class="digitkit-answer">Show me a digit.</p>'
    '<p class="digitkit-note">Write one with a dark pen on light paper and take a photo. Your picture is read on this '
    "computer or on your notebook server; it is not stored, and the network does not learn from it.</p>"
)


class PictureInput(anywidget.AnyWidget):
    """Choose, drop or paste a picture; the browser shrinks it and turns it upright before it is sent.

    content: the bytes of a picture file. name: its name. count: goes up by one with each picture.
    """

    _esm = STATIC / "panel.js"
    _css = STATIC / "panel.css"
    content = traitlets.CBytes(b"").tag(sync=True)  # Bytes would silently refuse the memoryview that arrives
    name = traitlets.Unicode("").tag(sync=True)
    count = traitlets.Int(0).tag(sync=True)

    def __repr__(self):
        return "PictureInput()"


class Panel(widgets.VBox):
    """Show a picture and see what the network reads in it, step by step.

    network: the Network that reads; the shipped one if left out.

        digitkit.Panel()

    """

    def __init__(self, network=None):
        self.network = network or shipped_network()
        self.picture_input = PictureInput()
        self.samples = widgets.Dropdown(
            options=[("choose …", ""), *[(path.stem.replace("_", " "), path) for path in sample_paths()]],
            description="Or a sample:",
            style={"description_width": "initial"},
            layout={"width": "250px"},
        )
        self.upload = widgets.FileUpload(
            accept="image/*", multiple=False, description="Plain upload (up to 10 MB)", layout={"width": "max-content"}
        )
        self.answer = widgets.HTML(WELCOME)
        self.chosen = widgets.ToggleButtons(options=[], style={"button_width": "46px"}, description="Look at:")
        self.details = widgets.HTML()
        self._shown = None
        ways = widgets.HBox([self.picture_input, widgets.VBox([self.samples, self.upload])])
        ways.add_class("digitkit-ways")
        super().__init__([ways, self.answer, self.chosen, self.details])
        self.add_class("digitkit-panel")
        self.chosen.layout.display = "none"
        self.picture_input.observe(lambda _: self.show(self.picture_input.content, self.picture_input.name), "count")
        self.samples.observe(self._show_sample, "value")
        self.upload.observe(self._show_upload, "value")
        self.chosen.observe(self._show_chosen, "value")

    def __repr__(self):
        return "Panel()"

    def show(self, picture, name="picture"):
        """Read a picture (see `reader.read`) and show the reading; what cannot be read is said in one sentence."""
        self._shown = None
        self.chosen.layout.display = "none"
        try:
            reading = read(picture, self.network)
            self._shown = (thumbnail(picture), name, reading)
        except PictureError as error:
            self.answer.value, self.details.value = error_html(str(error)), ""
            return
        self.answer.value = answer_html(reading, calibrated=self.network.temperature is not None)
        self.chosen.options = [(f"{digit.label}", index) for index, digit in enumerate(reading.digits)]
        self.chosen.index = 0 if reading.digits else None
        self.chosen.layout.display = "flex" if len(reading.digits) > 1 else "none"
        self._show_chosen()

    def _show_sample(self, change):
        if change.new:
            self.show(change.new, change.new.name)

    def _show_upload(self, change):
        if change.new:
            self.show(change.new[0].content, change.new[0].name)
            self.upload.value = ()  # so that the same file can be chosen again

    def _show_chosen(self, _=None):
        if self._shown is not None:
            self.details.value = reading_html(*self._shown, chosen=self.chosen.index or 0)  # None while the options change
