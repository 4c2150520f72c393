"""The panel: draw, choose or photograph digits and see what the network reads. It wires widgets, and computes nothing itself."""

import html
from dataclasses import dataclass, field, replace
from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets

from digitkit import handwriting, markup, nearest
from digitkit.data import sample_paths
from digitkit.experiments import Frame
from digitkit.explain import occlusion
from digitkit.explorers import Clickable
from digitkit.network import Network, NetworkError, load_network
from digitkit.preprocessing import PictureError, open_image, thumbnail
from digitkit.reader import in_words, read, shipped_network

STATIC = Path(__file__).with_name("static")
HISTORY = 12  # thumbnails; older pictures are forgotten, what was said about them still counts
WELCOME = ("Show me a digit.", "Draw one, or take a photo of one: a dark pen on light paper reads best.")
PRIVACY = (
    '<p class="digitkit-note">Your pictures are read on this computer or on your notebook server. Nothing is stored or sent '
    "on unless you press Save, and the network does not learn from them.</p>"
)


def as_network(source):
    """What may be handed to the panel -> a Network: None (the shipped one), a Network, a path, or a Keras model in memory.

    Raises NetworkError if it is something else, or a model that `to_network` cannot export.

    >>> as_network(None) is as_network(as_network(None))
    True
    """
    if source is None:
        return shipped_network()
    if isinstance(source, Network):
        return source
    if isinstance(source, (str, Path)):
        return load_network(source)
    if not hasattr(source, "layers"):
        raise NetworkError(f"A network is a Network, a path or a Keras model, not {type(source).__name__}.")
    from digitkit.model import to_network

    return to_network(source)


def name_of(source, otherwise):
    """What to call a network in a comparison. source: as for `as_network`; otherwise: for a Network, which has no name.

    >>> name_of("models/before.npz", "First network")
    'before'
    """
    if source is None:
        return "Shipped network"
    return Path(source).stem if isinstance(source, (str, Path)) else getattr(source, "name", otherwise)


def judged_by(network, digit):
    """A digit that one network has read, as another network reads the same 28×28 pixels. Returns a Digit."""
    [chances], [no_digit] = network.judge(digit.image[np.newaxis])
    label = int(chances.argmax())
    return replace(digit, label=label, confidence=float(chances[label] * (1 - no_digit)), probabilities=chances)


@dataclass
class Shown:
    """One picture of this session, as the history keeps it: the picture as it came, to be read again, and what was found.

    images: the digits found, each (28, 28) uint8. labels: what was read. truths: {which digit: what it was}; a digit that
    was missed is number 0 of a picture without digits.
    """

    picture: object
    name: str
    address: str
    text: str
    images: list
    labels: list
    truths: dict = field(default_factory=dict)

    @property
    def marks(self):
        """Pairs (what it was, what was read, None if it was missed)."""
        return [(truth, self.labels[which] if self.labels else None) for which, truth in self.truths.items()]

    @property
    def item(self):
        """What `markup.history_html` shows of it."""
        truth = "it was a " + " ".join(str(self.truths[which]) for which in sorted(self.truths)) if self.truths else ""
        return self.address, self.text, truth, all(was == answer for was, answer in self.marks) if self.truths else None


class PictureInput(anywidget.AnyWidget):
    """Draw a digit, or choose, drop, paste or photograph a picture; the browser shrinks it and turns it upright.

    content: the bytes of a picture file. name: its name. count: goes up by one with each picture.
    sketch: the drawing so far as PNG, empty for a blank sheet. sketches: goes up by one with each; sketches_read: the last
    that was read, so that the next may come. rests: goes up by one whenever the pen has rested.
    wipes: one more clears the sheet. spoken: read out when it changes. file, files: bytes to save, once for each number.
    """

    _esm = STATIC / "panel.js"
    _css = STATIC / "panel.css"
    # CBytes, because Bytes would silently refuse the memoryview that arrives; nothing is echoed, which would send it back.
    content = traitlets.CBytes(b"").tag(sync=True, echo_update=False)
    name = traitlets.Unicode("").tag(sync=True, echo_update=False)
    count = traitlets.Int(0).tag(sync=True, echo_update=False)
    sketch = traitlets.CBytes(b"").tag(sync=True, echo_update=False)
    sketches = traitlets.Int(0).tag(sync=True, echo_update=False)
    sketches_read = traitlets.Int(0).tag(sync=True)
    rests = traitlets.Int(0).tag(sync=True, echo_update=False)
    wipes = traitlets.Int(0).tag(sync=True)
    spoken = traitlets.Unicode("").tag(sync=True)
    file = traitlets.CBytes(b"").tag(sync=True)
    files = traitlets.Int(0).tag(sync=True)

    def __repr__(self):
        return "PictureInput()"


class Panel(widgets.VBox):
    """Draw a digit or show a picture, and see what the network reads in it, step by step and why.

    network: what reads: a Network, the path of a saved one, or a Keras model in memory; the shipped one if left out.
    compare: a second one, which reads the same 28×28 pixels beside it.
    Raises NetworkError if one of them cannot be used.

        digitkit.Panel()
        digitkit.Panel(model, compare="before.npz")

    """

    def __init__(self, network=None, compare=None):
        self.network = as_network(network)
        self.compared = None if compare is None else as_network(compare)
        self.names = [name_of(network, "First network"), name_of(compare, "Second network")]
        self.shown = {}  # {number: Shown}, the whole session
        self._number = self._reading = self._thumbnail = None  # of what is looked at
        self._sheet = None  # number of the drawing on the sheet, once it has rested
        self._drawing = False  # whether strokes have come since
        self._opened = []  # (image, what it was, what was read) of digits from files
        self._make_controls()
        super().__init__([*self._laid_out(), Frame()])
        self.add_class("digitkit-panel")
        self._wire()
        self._show_nothing(markup.said_html(*WELCOME))

    def __repr__(self):
        return "Panel()"

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

    def _laid_out(self):
        def box(name, *children):
            made = widgets.VBox(children)
            made.add_class(f"digitkit-{name}")
            return made

        # The index of training digits that comes with the kit was made for the network that comes with it.
        shipped = nearest.fingerprint(self.network) == nearest.fingerprint(shipped_network())
        return [
            box(
                "top",
                self.picture_input,
                box("result", self.answer, self.seen, box("row", self.right, self.truth, self.score), self.history),
                box("plain", box("row", self.samples, self.upload), widgets.HTML(PRIVACY)),
            ),
            box(
                "closer",
                self.chosen,
                box("steps", self.picture, self.strip),
                box("row", self.why, *[self.near] * shipped),
                box("reasons", self.reasons, self.neighbours),
            ),
            box("collected", self.table, box("row", self.save_digits, self.open_digits), self.message),
        ]

    def _wire(self):
        pad = self.picture_input
        pad.observe(lambda _: self.show(pad.content, pad.name), "count")
        pad.observe(self._show_sketch, "sketches")
        pad.observe(lambda _: self._finish_sketch(), "rests")
        self.samples.observe(lambda change: change.new and self.show(change.new, change.new.name), "value")
        self.upload.observe(self._show_upload, "value")
        self.chosen.observe(lambda _: self._show_chosen(), "index")
        self.picture.observe(lambda _: setattr(self.chosen, "index", int(self.picture.chosen)), "count")
        self.history.observe(lambda _: self._look_again(int(self.history.chosen)), "count")
        self.right.on_click(lambda _: self._tell_all_right())
        self.truth.observe(lambda change: change.new is not None and self._tell({self._which: change.new}), "value")
        self.why.on_click(lambda _: self._show_why())
        self.near.on_click(lambda _: self._show_nearest())
        self.save_digits.on_click(lambda _: self._save_digits())
        self.open_digits.observe(self._open_digits, "value")

    # ── Something comes in ──

    def show(self, picture, name="picture"):
        """Read a picture (see `reader.read`) and show the reading; what cannot be read is said in one sentence."""
        self._leave_sheet()
        self._take(len(self.shown) + 1, picture, name)

    def _show_upload(self, change):
        if change.new:
            self.show(change.new[0].content, change.new[0].name)
            self.upload.value = ()  # so that the same file can be chosen again

    def _show_sketch(self, _):
        pad = self.picture_input
        try:
            if not pad.sketch:
                self._sheet, self._drawing = None, False
                self._show_nothing(markup.said_html(*WELCOME))
            else:
                reading = read(pad.sketch, self.network)
                if self._sheet is None and not self._drawing:
                    self._show_nothing("")
                self._drawing = True
                self._show_answer(reading, len(reading.digits) - 1)  # while drawing, the last digit is the new one
        except PictureError as error:
            self._show_nothing(markup.error_html(str(error)))
        finally:
            pad.sketches_read = pad.sketches  # whatever happened, or no other would ever come

    def _finish_sketch(self):
        """The steps and the rest, which are too slow for every stroke."""
        if self._drawing:
            self._drawing = False
            self._sheet = self._sheet or len(self.shown) + 1
            self._take(self._sheet, self.picture_input.sketch, "your drawing")

    def _take(self, number, picture, name):
        read_now = self._read(picture)
        if read_now is None:
            return
        thumbnail, reading = read_now
        images = [digit.image for digit in reading.digits]
        labels = [digit.label for digit in reading.digits]
        self.shown[number] = Shown(picture, name, markup.image_url(thumbnail, 64), reading.text, images, labels)
        if number - HISTORY in self.shown:
            self.shown[number - HISTORY].picture = None
        self._show_reading(number, thumbnail, reading)

    def _look_again(self, number):
        self._leave_sheet()
        read_now = self._read(self.shown[number].picture)
        if read_now is not None:
            self._show_reading(number, *read_now)

    def _read(self, picture):
        """The thumbnail and the reading of a picture, decoded once for both; None if it cannot be read."""
        try:
            image, _ = open_image(picture, "RGB")
            reading = read(image, self.network)
            return thumbnail(image), reading
        except PictureError as error:
            self._show_nothing(markup.error_html(str(error)))
            self._say(str(error))
            return None

    def _leave_sheet(self):
        self._finish_sketch()
        self._sheet = None
        self.picture_input.wipes += 1

    # ── What was read is shown ──

    def _show_nothing(self, answer):
        self._number = self._reading = self._thumbnail = None
        self.answer.value = answer
        self.seen.value = self._seen_html(None)
        self.chosen.options = []
        self._show_details("", "")
        self._show_marks()

    def _show_reading(self, number, thumbnail, reading):
        self._reading = None  # while the buttons change
        which = len(reading.digits) - 1 if number == self._sheet else 0
        # The browser finds a button by its text: what nobody sees, spaces of no width, makes equal ones different.
        self.chosen.options = [(f"{digit.label}{index * chr(0x200B)}", index) for index, digit in enumerate(reading.digits)]
        self.chosen.index = which if reading.digits else None
        self._number, self._thumbnail, self._reading = number, thumbnail, reading
        self._say(f"Reading {number}: {in_words(reading)}")
        self._show_chosen()
        self._show_marks()

    def _show_chosen(self):
        if self._reading is None:
            return
        name = self.shown[self._number].name
        self._show_answer(self._reading, self._which)
        steps = self._reading.steps | (self._digit.steps if self._digit else {})
        self._show_details(markup.picture_html(self._thumbnail, name, self._reading, self._which), markup.strip_html(steps))
        self.truth.value = self.shown[self._number].truths.get(self._which)

    def _show_answer(self, reading, which):
        if self._drawing and not reading.digits:  # half a digit is not yet "no digit"
            self.answer.value = markup.said_html("Keep drawing …")
        else:
            self.answer.value = markup.answer_html(reading, calibrated=self.network.temperature is not None)
        digit = reading.digits[which] if reading.digits else None
        one = len(reading.digits) == 1
        self.seen.value = self._seen_html(
            digit, digit and (f"the digit {digit.label}" if one else f"digit {which + 1} of {len(reading.digits)}")
        )

    def _seen_html(self, digit, name=""):
        if self.compared is None:
            return markup.seen_html(digit, name)
        other = digit and judged_by(self.compared, digit)
        return markup.seen_html(digit, name, list(zip(self.names, [digit, other], strict=True)))

    def _show_details(self, picture, strip):
        self.picture.html = picture or markup.nothing_html("Your picture", "It will stand here, with a box around each digit.")
        self.strip.value = strip or markup.nothing_html("From your picture to 28×28 pixels", "Every step will stand here.")
        self.reasons.value = self.neighbours.value = ""
        self.chosen.layout.visibility = "visible" if len(self.chosen.options) > 1 else "hidden"  # its place is kept
        self.right.disabled = self.why.disabled = self.near.disabled = self._digit is None
        if self._reading is None:
            self.truth.value = None

    @property
    def _which(self):
        return self.chosen.index or 0

    @property
    def _digit(self):
        return self._reading.digits[self._which] if self._reading and self._reading.digits else None

    def _say(self, text):
        self.picture_input.spoken = text

    # ── Why, and the nearest examples ──

    def _show_why(self):
        self._finish_sketch()
        if self._digit is None:
            return
        image, label = self._digit.image, self._digit.label
        before = float(self._digit.probabilities[label])
        kept = occlusion(self.network.probabilities, image, label)
        self.reasons.value = markup.why_html(image, label, before, kept)
        self._say(markup.why_words(image, label, before, kept))

    def _show_nearest(self):
        self._finish_sketch()
        if self._digit is None:
            return
        try:
            images, labels, distances = nearest.nearest_examples(self._digit.image, self.network)
        except NetworkError as error:
            self.neighbours.value = markup.error_html(str(error))
            return
        self.neighbours.value = markup.nearest_html(self._digit.label, images, labels, distances)
        self._say(markup.nearest_words(self._digit.label, labels))

    # ── What the digits really were ──

    def _tell_all_right(self):
        self._finish_sketch()
        if self._reading:
            self._tell({index: digit.label for index, digit in enumerate(self._reading.digits)})

    def _tell(self, truths):
        self._finish_sketch()
        if self._number is None:
            self.truth.value = None
            return
        self.shown[self._number].truths |= truths
        self._show_marks()
        self._say(self.score.value)

    def _show_marks(self):
        marks = [(truth, answer) for _, truth, answer in self._opened]
        marks += [mark for shown in self.shown.values() for mark in shown.marks]
        self.score.value = markup.score_words(marks)
        self.table.value = markup.confusion_html(marks)
        last = sorted(self.shown)[-HISTORY:]
        self.history.html = markup.history_html({number: self.shown[number].item for number in last}, self._number)
        if self._number is not None:
            self.truth.value = self.shown[self._number].truths.get(self._which)

    def _save_digits(self):
        digits = [(image, truth) for image, truth, _ in self._opened]
        digits += [
            (shown.images[which], truth) for shown in self.shown.values() if shown.images for which, truth in shown.truths.items()
        ]
        if not digits:
            self._answer_below("There is nothing to save yet: say what your digits were first.")
            return
        images, labels = zip(*digits, strict=True)
        self.picture_input.file = handwriting.to_bytes(np.stack(images), labels)
        self.picture_input.files += 1
        self._answer_below(
            f"{len(labels)} digits saved as my_digits.npz, by your browser: 28×28 pixels and labels, nothing else."
        )

    def _open_digits(self, change):
        if not change.new:
            return
        try:
            digits = handwriting.from_bytes(bytes(change.new[0].content))
        except handwriting.HandwritingError as error:
            self._answer_below(str(error))
        else:
            answers = self.network.probabilities(digits.images).argmax(axis=1)
            known = {image.tobytes() for image, _, _ in self._opened}  # a file may be opened twice
            self._opened += [
                (image, int(truth), int(answer))
                for image, truth, answer in zip(digits.images, digits.labels, answers, strict=True)
                if image.tobytes() not in known
            ]
            self._show_marks()
            self._answer_below(f"{len(digits)} digits opened, and read again by this network.")
        self.open_digits.value = ()

    def _answer_below(self, text):
        self.message.value = f"<p>{html.escape(text)}</p>"
        self._say(text)
