"""The panel: draw, choose or photograph digits and see what the network reads, step by step and why."""

from collections.abc import Collection

import numpy as np

from digitkit.errors import in_sentences
from digitkit.reading import Digit, in_words, judge, read
from digitkit.widgets.closer_look import CloserLook
from digitkit.widgets.collected import Collected, shown
from digitkit.widgets.fool_it import FoolIt
from digitkit.widgets.networks import as_network, name_of
from digitkit.widgets.panel_controls import PanelControls
from digitkit.widgets.picture_reading import read_picture, why_not
from digitkit.widgets.saved_digits import SavedDigits
from digitkit.widgets.views import history as history_view
from digitkit.widgets.views import panel as view
from digitkit.widgets.views import sheet_wall
from digitkit.widgets.views import strip as strip_view
from digitkit.widgets.views.element import image_url
from digitkit.widgets.views.parts import problem

FOLLOWING = "digitkit-following"  # while the digit's way through the network is shown in place of its steps


class Panel(PanelControls):
    """Draw a digit or show a picture, and see what the network reads in it, step by step and why.

    network: what reads: a Network, the path of a saved one, or a Keras model in memory; the shipped one if left out.
    compare: a second one, which reads the same 28×28 pixels beside it.
    Raises NetworkError if one of them cannot be used.

        digitkit.Panel()
        digitkit.Panel(model, compare="before.npz")

    """

    @in_sentences
    def __init__(self, network: object = None, compare: object = None) -> None:
        self.network = as_network(network)
        self.compared = None if compare is None else as_network(compare)
        self.names = [name_of(network, "First network"), name_of(compare, "Second network")]
        self.names[1] += " (2)" if self.names[0] == self.names[1] else ""
        self._outputs = [network.outputs for network in (self.network, self.compared) if network]
        self.collected = Collected()
        self._number = self._reading = None  # of what is looked at
        self._which = 0  # the digit of it that is looked at
        self._without: set[str] = set()  # the steps that are left out
        self._sheet = None  # number of the drawing on the sheet, once it has rested
        self._drawing = False  # whether strokes have come since
        networks = {self.names[0]: self.network} | ({self.names[1]: self.compared} if self.compared else {})
        super().__init__(
            CloserLook(networks, self._say, self._finish_sketch),
            FoolIt(self._say, self._finish_sketch, self._clear_sheet, self._save),
            SavedDigits(self.collected, self.network, self._save, self._say, self._show_marks),
        )
        self._wire()
        self._show_nothing(view.welcome())

    def __repr__(self):
        return "Panel()"

    def _wire(self):
        pad = self.picture_input
        pad.on_picture(self._show_picture)
        pad.on_sketch(self._show_sketch)
        pad.observe(lambda _: self._finish_sketch(), "rests")
        pad.observe(lambda _: self._look_at(pad.box), "boxes")
        self.samples.observe(lambda change: change.new and self.show(change.new, change.new.name), "value")
        self.tokens.observe(lambda _: self._choose(int(self.tokens.chosen)), "count")
        self.strip.observe(lambda _: self._leave_out(self.strip.chosen), "count")
        self.history.observe(lambda _: self._look_again(int(self.history.chosen)), "count")
        self.closer.observe(lambda change: (self.add_class if change.new else self.remove_class)(FOLLOWING), "is_following")
        self.right.on_click(lambda _: self._tell_all_right())
        self.truth.observe(lambda _: self._tell({self._which: int(self.truth.chosen)}), "count")

    # ── Something comes in ──

    def show(self, picture: object, name: str = "picture") -> None:
        """Read a picture (see `reading.read`) and show the reading; what cannot be read is said in one sentence."""
        self._leave_sheet()
        self._take(len(self.collected.shown) + 1, picture, name)

    def _show_picture(self):
        self.samples.value = ""  # so that the same sample can be chosen again
        self.show(self.picture_input.content, self.picture_input.name)

    def _show_sketch(self):
        pad = self.picture_input
        self.samples.value = ""
        try:
            if not pad.sketch:
                self._sheet = None
                self._set_drawing(False)
                self.fool_it.sees(None)
                self._show_nothing(view.welcome(self.fool_it.task))
            else:
                reading = read(pad.sketch, self.network)
                if self._sheet is None and not self._drawing:
                    self._show_nothing("")
                self._without = set()
                self._set_drawing(True)
                self._which = max(len(reading.digits) - 1, 0)  # while drawing, the last digit is the new one
                self._show_answer(reading)
        except Exception as error:
            self._show_nothing(problem(why_not(error)))

    def _finish_sketch(self):
        """The steps and the rest, which are too slow for every stroke."""
        if self._drawing:
            self._set_drawing(False)
            self._sheet = self._sheet or len(self.collected.shown) + 1
            self._take(self._sheet, self.picture_input.sketch, "your drawing")
            self.fool_it.sees(self._reading)
            if self.fool_it.task and self._reading:
                self._show_answer(self._reading)

    def _set_drawing(self, drawing):
        """Steps and reasons are pale while they belong to the drawing as it was before."""
        self._drawing = drawing
        (self.add_class if drawing else self.remove_class)("digitkit-drawing")

    def _take(self, number, picture, name):
        read_now = self._read(picture)
        if read_now is None:
            return
        thumbnail, reading, sheet = read_now
        self.collected.keep(number, shown(picture, name, image_url(thumbnail, 64), reading, sheet))
        self._show_reading(number, thumbnail, reading)

    def _look_again(self, number):
        self._leave_sheet()
        self._read_again(number)

    def _leave_out(self, switch):
        """Read the same picture without one more step, or with it again; what was read with all steps is what counts."""
        self._finish_sketch()
        if self._number is not None:
            self._read_again(self._number, self._without ^ {switch})

    def _read_again(self, number, without: Collection[str] = ()):
        read_now = self._read(self.collected.shown[number].picture, without)
        if read_now is not None:
            kept = self._which if number == self._number else None  # what was looked at before is compared with after
            self._show_reading(number, read_now[0], read_now[1], without, kept)

    def _read(self, picture, without: Collection[str] = ()):
        """See `read_picture`; None, and why it is so is shown, if the picture cannot be read."""
        try:
            return read_picture(picture, self.network, without, may_be_sheet=picture is not self.picture_input.sketch)
        except Exception as error:
            self._show_nothing(problem(why_not(error), role=None))  # it is said below
            self._say(why_not(error))
            return None

    def _leave_sheet(self):
        self._finish_sketch()
        self._sheet = None
        self.picture_input.wipes += 1
        self.fool_it.sees(None)

    def _clear_sheet(self):
        self._leave_sheet()
        self._show_nothing(view.welcome(self.fool_it.task))

    # ── What was read is shown ──

    def _show_nothing(self, answer):
        self._number = self._reading = None
        self._which, self._without = 0, set()
        self.answer.value = answer
        self.tokens.html = self.picture_input.shown = self.picture_input.frames = ""
        self._say("")
        self.seen.value = self._seen(None)
        self.closer.show_way(None)
        self._show_details()
        self._show_marks()

    def _show_reading(self, number, thumbnail, reading, without: Collection[str] = (), which=None):
        """which: the digit to look at; if left out, the last of a drawing, or else the least sure: it deserves a look."""
        self._number, self._reading, self._without = number, reading, set(without)
        confidences = [digit.confidence for digit in reading.digits]
        if which is None or which >= len(confidences):
            which = len(confidences) - 1 if number == self._sheet else np.argmin([*confidences, 1])
        self._which = max(int(which), 0) if confidences else 0
        self._say(f"Reading {number}: {self._told}")
        if number != self._sheet:  # first, so that whoever sees the answer also sees what it is about
            self.picture_input.shown = view.picture(thumbnail, self._shown.name, reading)
        self._show_chosen()
        self._show_marks()

    @property
    def _told(self):
        """The answer in one sentence, to be read out."""
        if self._is_class_sheet:
            return sheet_wall.told(self._shown.sheet.number, self._shown.marks)
        left_out = f"{strip_view.left_out(self._without, self._shown.text)} " if self._without else ""
        return left_out + in_words(self._reading)

    def _show_chosen(self):
        if self._number != self._sheet:
            self.picture_input.frames = view.boxes(self._reading, self._which)
        self._show_answer(self._reading)
        self._show_details()

    def _choose(self, which):
        """What a click on the button of a digit does: it is looked at; on the wall it is taken out, too, or put back."""
        if self._is_class_sheet:
            self._shown.toggle(which)
            self._say(self._told)
        self._look_at(which)

    def _look_at(self, which):
        self._finish_sketch()
        is_new = which != self._which or self._is_class_sheet
        if self._reading is not None and is_new and which < len(self._reading.digits):
            self._which = which
            self._show_chosen()
            self._show_marks()

    def _show_answer(self, reading):
        if self._is_class_sheet and not self._drawing:
            self.answer.value = sheet_wall.sheet_in_words(self._shown.sheet, self._shown.marks, reading.reason)
            self.tokens.html = sheet_wall.wall(self._shown.sheet, self._shown.truths, self._which)
        else:
            self.answer.value = self._answer_to(reading)
            self.tokens.html = view.tokens(reading, self._which)
        digits, mark = reading.digits, self._mark_in(reading)
        self.closer.show_way(None if mark is None else mark.image)
        if digits:
            name = f"digit {self._which + 1} of {len(digits)}" if len(digits) > 1 else f"the digit {digits[0].label}"
        else:
            name = "a mark that is no digit"
        self.seen.value = self._seen(mark, name)

    def _answer_to(self, reading):
        if self._drawing and not reading.digits:  # half a digit is not yet "no digit"
            return view.answer("No digit yet.")
        task = "" if self._drawing else self.fool_it.task
        first = strip_view.left_out(self._without, self._shown.text) if self._without else task
        return view.reading_in_words(reading, self.network.temperature is not None, first)

    def _mark_in(self, reading):
        """The digit that is looked at, or where there is none the largest mark that is no digit, or None."""
        return reading.digits[self._which] if reading.digits else reading.largest_refused

    def _seen(self, mark: Digit | None, name=""):
        if self.compared is None:
            return view.seen(mark, name, [(None, mark, self._outputs[0])])
        other = mark and judge([mark.found], self.compared)[0]
        return view.seen(mark, name, list(zip(self.names, [mark, other], self._outputs, strict=True)))

    def _show_details(self):
        digit = self.digit
        mark = self._reading and self._mark_in(self._reading)
        steps = self._reading.steps | (mark.steps if mark else {}) if self._reading else {}
        self.strip.html = strip_view.strip(steps, self._without, can_switch=not self._is_class_sheet)
        self.closer.look_at(digit)
        self.right.disabled = digit is None or self._is_class_sheet or bool(self._without)  # a sheet says by itself what is right

    @property
    def _shown(self):
        """What is looked at, a Shown, or None."""
        return self.collected.shown.get(self._number)

    @property
    def _is_class_sheet(self):
        return self._shown is not None and self._shown.sheet is not None

    @property
    def digit(self) -> Digit | None:
        """The digit that is looked at, as `handwriting.my_digit` keeps it; None if none was read."""
        return self._reading.digits[self._which] if self._reading and self._reading.digits else None

    # ── What the digits really were ──

    def _tell_all_right(self):
        self._finish_sketch()
        if self._reading:
            self._tell({index: digit.label for index, digit in enumerate(self._reading.digits)})

    def _tell(self, truths):
        self._finish_sketch()
        if self._shown is not None and not self._without:
            self._shown.truths |= truths
            self._show_marks()
            if self._is_class_sheet:
                self._show_answer(self._reading)
            self._say(self.score.value)

    def _show_marks(self):
        self.score.value = history_view.score_words(self.collected.marks)
        self.saved.show(self._number, self._is_class_sheet)
        self.history.html = history_view.history(self.collected.history, self._number)
        truth = self._shown.truths.get(self._which) if self._shown else None
        self.truth.html = history_view.truth_buttons(truth, is_asleep=self._shown is None or bool(self._without))
