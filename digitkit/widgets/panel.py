"""The panel: draw, choose or photograph digits and see what the network reads, step by step and why."""

import numpy as np

from digitkit import handwriting
from digitkit.explain import nearest, nearest_examples, occlusion
from digitkit.network import NetworkError, shipped_network
from digitkit.preprocessing import PictureError, open_image, thumbnail
from digitkit.reading import in_words, judge, read
from digitkit.widgets.collected import Collected, shown
from digitkit.widgets.networks import as_network, name_of
from digitkit.widgets.panel_controls import PanelControls
from digitkit.widgets.sheet_in_photo import sheet_in
from digitkit.widgets.views import history as history_view
from digitkit.widgets.views import panel as view
from digitkit.widgets.views import reasons as reasons_view
from digitkit.widgets.views import sheet_wall
from digitkit.widgets.views.element import image_url
from digitkit.widgets.views.parts import problem
from digitkit.words import counted


class Panel(PanelControls):
    """Draw a digit or show a picture, and see what the network reads in it, step by step and why.

    network: what reads: a Network, the path of a saved one, or a Keras model in memory; the shipped one if left out.
    compare: a second one, which reads the same 28×28 pixels beside it.
    Raises NetworkError if one of them cannot be used.

        digitkit.Panel()
        digitkit.Panel(model, compare="before.npz")

    """

    def __init__(self, network: object = None, compare: object = None) -> None:
        self.network = as_network(network)
        self.compared = None if compare is None else as_network(compare)
        self.names = [name_of(network, "First network"), name_of(compare, "Second network")]
        self.collected = Collected()
        self._number = self._reading = self._thumbnail = None  # of what is looked at
        self._sheet = None  # number of the drawing on the sheet, once it has rested
        self._drawing = False  # whether strokes have come since
        # The index of training digits that comes with the kit was made for the network that comes with it.
        super().__init__(has_nearest=nearest.fingerprint(self.network) == nearest.fingerprint(shipped_network()))
        self._wire()
        self._show_nothing(view.welcome())

    def __repr__(self):
        return "Panel()"

    def _wire(self):
        pad = self.picture_input
        pad.observe(lambda _: self.show(pad.content, pad.name), "count")
        pad.observe(self._show_sketch, "sketches")
        pad.observe(lambda _: self._finish_sketch(), "rests")
        self.samples.observe(lambda change: change.new and self.show(change.new, change.new.name), "value")
        self.upload.observe(self._show_upload, "value")
        self.chosen.observe(lambda _: self._show_chosen(), "index")
        self.picture.observe(lambda _: self._choose(int(self.picture.chosen)), "count")
        self.history.observe(lambda _: self._look_again(int(self.history.chosen)), "count")
        self.right.on_click(lambda _: self._tell_all_right())
        self.truth.observe(lambda change: change.new is not None and self._tell({self._which: change.new}), "value")
        self.why.on_click(lambda _: self._show_why())
        self.near.on_click(lambda _: self._show_nearest())
        self.save_digits.on_click(lambda _: self._save_digits())
        self.open_digits.observe(self._open_digits, "value")

    # ── Something comes in ──

    def show(self, picture: object, name: str = "picture") -> None:
        """Read a picture (see `reading.read`) and show the reading; what cannot be read is said in one sentence."""
        self._leave_sheet()
        self._take(len(self.collected.shown) + 1, picture, name)

    def _show_upload(self, change):
        if change.new:
            self.show(change.new[0].content, change.new[0].name)
            self.upload.value = ()  # so that the same file can be chosen again

    def _show_sketch(self, _):
        pad = self.picture_input
        try:
            if not pad.sketch:
                self._sheet, self._drawing = None, False
                self._show_nothing(view.welcome())
            else:
                reading = read(pad.sketch, self.network)
                if self._sheet is None and not self._drawing:
                    self._show_nothing("")
                self._drawing = True
                self._show_answer(reading, len(reading.digits) - 1)  # while drawing, the last digit is the new one
        except PictureError as error:
            self._show_nothing(problem(str(error)))
        finally:
            pad.sketches_read = pad.sketches  # whatever happened, or no other would ever come

    def _finish_sketch(self):
        """The steps and the rest, which are too slow for every stroke."""
        if self._drawing:
            self._drawing = False
            self._sheet = self._sheet or len(self.collected.shown) + 1
            self._take(self._sheet, self.picture_input.sketch, "your drawing")

    def _take(self, number, picture, name):
        read_now = self._read(picture)
        if read_now is None:
            return
        thumbnail, reading, sheet = read_now
        self.collected.keep(number, shown(picture, name, image_url(thumbnail, 64), reading, sheet))
        self._show_reading(number, thumbnail, reading)

    def _look_again(self, number):
        self._leave_sheet()
        read_now = self._read(self.collected.shown[number].picture)
        if read_now is not None:
            self._show_reading(number, *read_now[:2])

    def _read(self, picture):
        """The thumbnail of a picture, its reading, and the class sheet in it or None; None if it cannot be read."""
        try:
            found = None if picture is self.picture_input.sketch else sheet_in(picture, self.network)
            image, _ = open_image(picture)
            sheet, reading = found or (None, read(image, self.network))
            return thumbnail(image), reading, sheet
        except PictureError as error:
            self._show_nothing(problem(str(error), role=None))  # it is said below
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
        self.seen.value = self._seen(None)
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
        told = sheet_wall.told(self._shown.sheet.number, self._shown.marks) if self._shown.sheet else in_words(reading)
        self._say(f"Reading {number}: {told}")
        self._show_chosen()
        self._show_marks()

    def _show_chosen(self):
        if self._reading is None:
            return
        self._show_answer(self._reading, self._which)
        steps = self._reading.steps | (self._digit.steps if self._digit else {})
        self._show_details(self._picture_shown(), view.strip(steps))
        self.truth.value = self._shown.truths.get(self._which)

    def _picture_shown(self):
        if self._shown.sheet:
            return sheet_wall.wall(self._shown.sheet, self._shown.truths, self._which)
        return view.picture(self._thumbnail, self._shown.name, self._reading, self._which)

    def _choose(self, which):
        """What a click on the picture does: it shows a digit, and on a class sheet takes it out, or puts it back."""
        if self._shown.sheet:
            self._shown.toggle(which)
            self._show_marks()
        self.chosen.index = which

    def _show_answer(self, reading, which):
        if self._drawing and not reading.digits:  # half a digit is not yet "no digit"
            self.answer.value = view.answer("Keep drawing …")
        elif self._shown and self._shown.sheet:
            self.answer.value = sheet_wall.sheet_in_words(self._shown.sheet, self._shown.marks, reading.reason)
        else:
            self.answer.value = view.reading_in_words(reading, calibrated=self.network.temperature is not None)
        digit = reading.digits[which] if reading.digits else None
        one = len(reading.digits) == 1
        self.seen.value = self._seen(
            digit, digit and (f"the digit {digit.label}" if one else f"digit {which + 1} of {len(reading.digits)}")
        )

    def _seen(self, digit, name=""):
        if self.compared is None:
            return view.seen(digit, name)
        other = digit and judge([digit.found], self.compared)[0]
        return view.seen(digit, name, list(zip(self.names, [digit, other], strict=True)))

    def _show_details(self, picture, strip):
        self.picture.html = picture or view.nothing("Your picture", "It will stand here, with a box around each digit.")
        self.strip.value = strip or view.nothing("From your picture to 28×28 pixels", "Every step will stand here.")
        self.reasons.value = self.neighbours.value = ""
        self.chosen.layout.visibility = "visible" if len(self.chosen.options) > 1 else "hidden"  # its place is kept
        is_sheet = self._shown is not None and self._shown.sheet is not None
        self.chosen.layout.display = "none" if is_sheet else None  # the wall does the same
        self.why.disabled = self.near.disabled = self._digit is None
        self.right.disabled = self._digit is None or is_sheet  # a sheet says by itself what is right
        self.save_digits.description = "Save this sheet" if is_sheet else "Save my digits"
        if self._reading is None:
            self.truth.value = None

    @property
    def _shown(self):
        """What is looked at, a Shown, or None."""
        return self.collected.shown.get(self._number)

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
        self.reasons.value = reasons_view.why(image, label, before, kept)
        self._say(reasons_view.why_words(image, label, before, kept))

    def _show_nearest(self):
        self._finish_sketch()
        if self._digit is None:
            return
        try:
            images, labels, distances = nearest_examples(self._digit.image, self.network)
        except NetworkError as error:
            self.neighbours.value = problem(str(error))
            return
        self.neighbours.value = reasons_view.nearest(self._digit.label, images, labels, distances)
        self._say(reasons_view.nearest_words(self._digit.label, labels))

    # ── What the digits really were ──

    def _tell_all_right(self):
        self._finish_sketch()
        if self._reading:
            self._tell({index: digit.label for index, digit in enumerate(self._reading.digits)})

    def _tell(self, truths):
        self._finish_sketch()
        if self._shown is None:
            self.truth.value = None
            return
        self._shown.truths |= truths
        self._show_marks()
        self._say(self.score.value)

    def _show_marks(self):
        marks = self.collected.marks
        self.score.value = history_view.score_words(marks)
        self.table.value = history_view.confusion(marks)
        self.history.html = history_view.history(self.collected.history, self._number)
        if self._shown:
            self.truth.value = self._shown.truths.get(self._which)
        if self._shown and self._shown.sheet and self._reading:
            self._show_answer(self._reading, self._which)
            self.picture.html = self._picture_shown()

    def _save_digits(self):
        pad, (name, images, labels) = self.picture_input, self.collected.to_save(self._number)
        if not images:
            self._answer_below("There is nothing to save yet: say what your digits were first.")
            return
        pad.file, pad.file_name = handwriting.to_bytes(np.stack(images), labels), name
        pad.files += 1
        self._answer_below(f"{counted(len(labels), 'digit')} saved as {name}, by your browser: 28×28 pixels and labels only.")

    def _open_digits(self, change):
        if not change.new:
            return
        try:
            count = self.collected.open(bytes(change.new[0].content), self.network)
        except handwriting.HandwritingError as error:
            self._answer_below(str(error))
        else:
            self._show_marks()
            self._answer_below(f"{counted(count, 'digit')} opened, and read again by this network.")
        self.open_digits.value = ()

    def _answer_below(self, text):
        self.message.value = view.message(text)
        self._say(text)
