"""Experiments as widgets: train and change one setting, look through mistakes, make digits harder to read.

They wire widgets to `trials`, `metrics` and `charts`, and compute nothing themselves.
"""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets

from digitkit import metrics
from digitkit.charts import (
    changed_accuracy_html,
    changed_digit_html,
    changes_in_words,
    pictures_html,
    runs_html,
    said_html,
    training_html,
)
from digitkit.data import DataError
from digitkit.markup import error_html
from digitkit.reader import percent

STATIC = Path(__file__).with_name("static")
START = {"filters": 16, "learning rate": 0.002, "dropout": 0.3, "epochs": 3}
CHOICES = {
    "filters": [2, 4, 64],
    "learning rate": [0.0001, 0.02, 0.1],
    "dropout": [0.0, 0.6, 0.9],
    "epochs": [1, 6],
}
MEANINGS = {
    "nothing": "Filters 16, learning rate 0.002, dropout 0.3, 3 epochs. Only chance differs from run to run.",
    "filters": "How many kernels the first convolution has; the second has twice as many. So far 16.",
    "learning rate": "How large each step of training is. So far 0.002.",
    "dropout": "The share of values that is wiped out at random while training. So far 0.3.",
    "epochs": "How many times it sees all its digits. So far 3.",
}
NO_GUESS, ALL = "no prediction", "all"
FIRST_GUESSES = ["under 50 % right", "50 to 90 % right", "90 to 97 % right", "over 97 % right"]
LATER_GUESSES = ["better than run 1", "about the same as run 1", "worse than run 1"]
SAME = 0.01  # accuracies closer than this count as about the same: so much is chance with 1,000 digits
TRAINED_ON, VALIDATED_ON, EXAMINED, PAGE = 6400, 1000, 200, 20


def guess_that_was_right(accuracy, first=None):
    """Which of the predictions has come true. accuracy: of this run, 0 to 1. first: that of run 1, None in run 1 itself.

    >>> guess_that_was_right(0.955), guess_that_was_right(0.955, first=0.981)
    ('90 to 97 % right', 'worse than run 1')
    """
    if first is None:
        return FIRST_GUESSES[int(np.searchsorted([0.5, 0.9, 0.97], accuracy, side="right"))]
    return LATER_GUESSES[0 if accuracy - first >= SAME else 2 if first - accuracy >= SAME else 1]


def split_for_trials(digits, validation=None):
    """A few thousand digits to train on and up to 1,000 to validate with; without `validation`, the last ones of digits.

    Returns (Digits, Digits). Raises DataError if there are too few.
    """
    if validation is None:
        held_out = min(VALIDATED_ON, len(digits) // 5)
        digits, validation = digits[: len(digits) - held_out], digits[len(digits) - held_out :]
    if not len(digits) or not len(validation):
        raise DataError("These are too few digits to train on: give at least five, better a few thousand.")
    return digits[:TRAINED_ON], validation[:VALIDATED_ON]


@dataclass
class Run:
    """One training run. changed: the one setting that differs, in words. guess: what was predicted, "" for nothing.
    outcome: which prediction has come true, "" if nobody can tell. history: as `trials.train_trial` makes it.
    stopped: ended by the learner."""

    number: int
    changed: str
    settings: dict
    guess: str
    history: dict = field(default_factory=dict, repr=False)
    outcome: str = ""
    seconds: float = 0.0
    stopped: bool = False

    @property
    def accuracy(self):
        """On the validation digits, with the weights at the end, 0 to 1."""
        return self.history["val_accuracy"][-1]


class Frame(anywidget.AnyWidget):
    """Invisible: keeps the keys that its neighbours get from JupyterLab, and brings the colours of an experiment."""

    _esm = STATIC / "experiments.js"
    _css = STATIC / "experiments.css"

    def __repr__(self):
        return "Frame()"


class TrainingWatcher(widgets.VBox):
    """Watch a small network learn, stop it when you like, change one setting, predict, train again, and compare.

    digits: Digits, of which the first 6,400 are trained on. validation: Digits, of which 1,000 are used; if left out, the
    last ones of `digits` are held out. Training runs beside the notebook, so that buttons answer while it goes on.
    model: the last trained Keras model, None before. runs: a list of `Run`. Raises DataError if there are too few digits.

        watcher = digitkit.TrainingWatcher(digitkit.load_mnist().train)
        watcher

    """

    def __init__(self, digits, validation=None):
        self.training, self.validation = split_for_trials(digits, validation)
        self.model, self.runs = None, []
        self._stopping, self._thread = threading.Event(), None
        wide = {"description_width": "initial"}
        self.setting = widgets.Dropdown(options=["nothing"], description="Change:", style=wide, layout={"width": "200px"})
        self.choice = widgets.Dropdown(options=[], description="to:", style=wide, layout={"width": "130px", "display": "none"})
        self.guess = widgets.Dropdown(
            options=[NO_GUESS, *FIRST_GUESSES], description="I predict:", style=wide, layout={"width": "260px"}
        )
        self.train_button = widgets.Button(description="Train", button_style="primary")
        self.stop_button = widgets.Button(description="Stop, keep the weights", disabled=True, layout={"width": "max-content"})
        self.meaning = widgets.HTML()
        self.said = widgets.HTML(said_html("Ready for run 1. What do you expect?"))
        self.live, self.compared = widgets.HTML(), widgets.HTML()
        controls = widgets.HBox([self.setting, self.choice, self.guess, self.train_button, self.stop_button])
        controls.add_class("digitkit-wrap")
        intro = widgets.HTML(
            f"<p>A network trains on {len(self.training):,} digits and is measured on {len(self.validation):,} others. First as "
            "it stands; then change <b>one</b> setting, predict what will happen, and train again.</p>"
        )
        super().__init__([Frame(), intro, controls, self.meaning, self.said, self.live, self.compared])
        self.add_class("digitkit-experiment")
        self.setting.observe(self._offer_choices, "value")
        self.train_button.on_click(lambda _: self.start())
        self.stop_button.on_click(lambda _: self.stop())
        self._offer_choices()

    def __repr__(self):
        return "TrainingWatcher()"

    def start(self):
        """Train with the chosen setting, in the background; nothing happens while a training is still running."""
        if self._thread is not None and self._thread.is_alive():
            return
        changed, settings = "nothing", dict(START)
        if self.setting.value != "nothing":
            settings[self.setting.value] = self.choice.value
            changed = f"{self.setting.value} {self.choice.value:g}"
        run = Run(len(self.runs) + 1, changed, settings, "" if self.guess.value == NO_GUESS else self.guess.value)
        self._stopping.clear()
        self._set_running(True)
        self.said.value = said_html(f"Run {run.number} is training. Changed: {changed}.")
        self._thread = threading.Thread(target=self._train, args=[run], daemon=True)
        self._thread.start()

    def stop(self):
        """End the training after the next few digits. The weights stay as they are then, and `model` has them."""
        self._stopping.set()

    def wait(self):
        """Wait until the training is over, for cells that need its result. Meanwhile buttons do not answer."""
        if self._thread is not None:
            self._thread.join()

    def _train(self, run):
        try:
            if not self.runs and self.model is None:
                self.live.value = "<p>TensorFlow is starting: a few seconds.</p>"
            self._train_model(run)
        except Exception as error:  # nobody sees what a thread raises, so it is said here
            self.said.value = error_html(f"Run {run.number} has failed: {error}")
        finally:
            self._set_running(False)

    def _train_model(self, run):
        from digitkit import trials
        from digitkit.explain import kernels
        from digitkit.model import keras

        keras.utils.set_random_seed(run.number)
        model = trials.build_trial(run.settings["filters"], run.settings["dropout"])
        before = kernels(model, 0)[:, 0]
        started = drawn = time.monotonic()

        def draw(history):
            size = len(self.training)
            self.live.value = training_html(history, before, kernels(model, 0)[:, 0], size, run.settings["epochs"])

        def watch(history):
            nonlocal drawn
            if time.monotonic() - drawn > 0.3:  # more often would only slow the training down
                draw(history)
                drawn = time.monotonic()
            return self._stopping.is_set()

        epochs, rate = run.settings["epochs"], run.settings["learning rate"]
        run.history = trials.train_trial(model, self.training, self.validation, epochs, rate, run.number, watch)
        run.seconds = time.monotonic() - started
        run.stopped = run.history["seen"][-1] < epochs * len(self.training)
        if not run.stopped:
            run.outcome = guess_that_was_right(run.accuracy, self.runs[0].accuracy if self.runs else None)
        draw(run.history)
        self.model = model
        self.runs.append(run)
        self.compared.value = runs_html(self.runs, len(self.training))
        self.said.value = said_html(self._in_words(run))

    def _in_words(self, run):
        end = "was stopped; its weights are kept" if run.stopped else "is done"
        words = f"Run {run.number} {end}: {percent(run.accuracy)} of {len(self.validation):,} validation digits read right"
        if run.stopped:
            return words + "."
        if run.number > 1:
            words += f", {run.outcome} ({percent(self.runs[0].accuracy)})"
        if run.guess:
            words += ", as you predicted" if run.guess == run.outcome else f". You predicted: {run.guess}. What may be the cause?"
        return words if words.endswith("?") else words + "."

    def _set_running(self, running):
        self.stop_button.disabled = not running
        for control in (self.train_button, self.setting, self.choice, self.guess):
            control.disabled = running
        if not running and self.runs:
            if len(self.runs) == 1:
                self.setting.options = list(MEANINGS)
                self.guess.options = [NO_GUESS, *LATER_GUESSES]
            self.guess.value = NO_GUESS

    def _offer_choices(self, _=None):
        name = self.setting.value or "nothing"  # None while the options change
        self.choice.options = [(f"{number:g}", number) for number in CHOICES.get(name, [])]
        self.choice.layout.display = "none" if name == "nothing" else "flex"
        self.meaning.value = f'<p class="digitkit-soft">{MEANINGS[name]}</p>'


class MistakeGallery(widgets.VBox):
    """Look through the mistakes of a network: the worst ones first, or those of one cell of the confusion matrix.

    digits: Digits. probabilities: (n, 10), what the network says of each. Raises ValueError if the two do not fit.

        digitkit.MistakeGallery(digits, network.probabilities(digits.images))

    """

    def __init__(self, digits, probabilities):
        self.digits, self.probabilities = digits, np.asarray(probabilities)
        if self.probabilities.shape != (len(digits), 10) or not len(digits):
            shape = self.probabilities.shape
            raise ValueError(f"{len(digits)} digits need probabilities of shape ({len(digits)}, 10), not {shape}.")
        table = metrics.confusion_matrix(digits.labels, self.probabilities.argmax(axis=1))
        self.cells = {place: self._cell(place, int(count), table) for place, count in np.ndenumerate(table)}
        self.pairs = widgets.Dropdown(
            options=self._pairs(table), description="Show:", style={"description_width": "initial"}, layout={"width": "340px"}
        )
        self.said, self.pictures = widgets.HTML(), widgets.HTML()
        self.more = widgets.Button(description=f"{PAGE} more")
        heads = [widgets.HTML("label ↓ read →")] + [widgets.HTML(f"{answer}") for answer in range(10)]
        rows = [[widgets.HTML(f"{label}")] + [self.cells[label, answer] for answer in range(10)] for label in range(10)]
        for head in (heads[0], *(row[0] for row in rows)):
            head.add_class("digitkit-head")
        matrix = widgets.Box([*heads, *(child for row in rows for child in row)])
        matrix.add_class("digitkit-matrix")
        matrix.layout.display = "grid"
        explained = widgets.HTML(
            "<p>Rows: the label. Columns: what the network read. Grey: read right. Orange: misread, the darker the more often. "
            "Choose a cell to see its digits, or choose from the list.</p>"
        )
        super().__init__([Frame(), explained, matrix, self.pairs, self.said, self.pictures, self.more])
        self.add_class("digitkit-experiment")
        self.pairs.observe(self._open, "value")
        self.more.on_click(lambda _: self._show(self._shown + PAGE))
        self._open()

    def __repr__(self):
        return "MistakeGallery()"

    def _cell(self, place, count, table):
        label, answer = place
        words = f"{label} read as {answer}: {count} digit{'s' if count != 1 else ''}"
        cell = widgets.Button(description=f"{count}" if count else "·", tooltip=words, disabled=not count)
        most = np.where(np.eye(10, dtype=bool), 0, table).max()
        strength = "many" if count > 2 * most / 3 else "some" if count > most / 3 else "few"
        cell.add_class(f"digitkit-{'none' if not count else 'right' if label == answer else strength}")
        cell.on_click(lambda _: setattr(self.pairs, "value", place))
        return cell

    def _pairs(self, table):
        """What can be shown, each with its name: all mistakes, then the mistakes of each kind, then what was read right."""
        places = [tuple(map(int, place)) for place in np.argwhere(table)]
        places.sort(key=lambda place: (place[0] == place[1], -table[place]))
        wrong = int(table.sum() - np.trace(table))
        return [(f"all {wrong:,} mistakes", ALL), *((self.cells[place].tooltip, place) for place in places)]

    def _open(self, change=None):
        place = self.pairs.value
        labels = self.digits.labels
        if place == ALL:
            self._found = metrics.surest_mistakes(labels, self.probabilities)
        else:
            self._found = metrics.read_as(labels, self.probabilities, *place)
            self.cells[place].add_class("digitkit-open")
        if change is not None and change.old != ALL:
            self.cells[change.old].remove_class("digitkit-open")
        self._show(PAGE)

    def _show(self, count):
        place, found = self.pairs.value, self._found
        self._shown = min(count, len(found))
        name = self.pairs.label[0].upper() + self.pairs.label[1:]
        order = "the surest first" if place == ALL or place[0] != place[1] else "the least sure first"
        extent = f", {self._shown} of them shown" if self._shown < len(found) else ""
        self.said.value = said_html(
            f"{name}, {order}{extent}." if len(found) else f"No mistake: all {len(self.digits):,} read right."
        )
        shown = found[: self._shown]
        lines = [
            [
                f"label {self.digits.labels[index]}, read {self.probabilities[index].argmax()}",
                f"{percent(self.probabilities[index].max())} sure",
                f"digit {index}",
            ]
            for index in shown
        ]
        self.pictures.value = pictures_html(self.digits.images[shown], lines)
        self.more.layout.display = "none" if self._shown == len(found) else "inline-flex"


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


class RobustnessSliders(widgets.VBox):
    """Move, turn, scale, thicken, blur with noise or invert a digit, and see what the network makes of it.

    The first 200 of the digits are changed in the same way, and the accuracy on them follows. network: a NumPy Network.
    digits: Digits, at least one. Raises DataError if there is none.

        digitkit.RobustnessSliders(digitkit.load_network(), validation)

    """

    def __init__(self, network, digits):
        if not len(digits):
            raise DataError("There is no digit to change: give at least one.")
        self.network, self.digits = network, digits[:EXAMINED]
        self._unchanged = self._right(self.digits.images)
        self.which = Slider(label="which digit", min=0, max=len(self.digits) - 1)
        self.sliders = {
            "right": Slider(label="to the right", min=-14, max=14, unit=" pixels"),
            "down": Slider(label="down", min=-14, max=14, unit=" pixels"),
            "turn": Slider(label="turn to the left", min=-90, max=90, step=5, unit="°"),
            "size": Slider(label="size", value=1, min=0.4, max=1.6, step=0.1, unit="×"),
            "thickness": Slider(label="thicker strokes", min=-1, max=1, step=0.1),
            "noise": Slider(label="noise", min=0, max=0.6, step=0.05),
            "invert": widgets.Checkbox(description="invert: dark ink on bright paper", indent=False),
        }
        self._start = {name: slider.value for name, slider in self.sliders.items()}
        self.reset_button = widgets.Button(description="Reset")
        self.digit, self.accuracy = widgets.HTML(), widgets.HTML()
        for slider in (self.which, *self.sliders.values()):
            slider.observe(self._follow, "value")
        self.reset_button.on_click(lambda _: self.reset())
        columns = list(self.sliders.values())
        controls = widgets.HBox([widgets.VBox([self.which, *columns[:3]]), widgets.VBox([*columns[3:], self.reset_button])])
        controls.add_class("digitkit-wrap")
        super().__init__([Frame(), controls, self.digit, self.accuracy])
        self.add_class("digitkit-experiment")
        self._paused = False
        self._follow()

    def __repr__(self):
        return "RobustnessSliders()"

    def reset(self):
        """Every slider back to where nothing is changed; the chosen digit stays."""
        self._paused = True  # one answer at the end, not one for each slider
        for name, value in self._start.items():
            self.sliders[name].value = value
        self._paused = False
        self._follow()

    def _follow(self, change=None):
        if self._paused:
            return
        settings = {name: slider.value for name, slider in self.sliders.items()}
        settings |= {name: int(settings[name]) for name in ("right", "down", "turn")}
        words = changes_in_words(**settings)
        chosen = self.digits[[int(self.which.value)]]
        after = metrics.changed(chosen.images, **settings)
        chances, no_digit = self.network.probabilities(after)[0], float(self.network.no_digit(after)[0])
        self.digit.value = changed_digit_html(chosen.images[0], after[0], chosen.labels[0], chances, no_digit, words)
        if change is None or change.owner is not self.which:
            total, right = len(self.digits), self._right(metrics.changed(self.digits.images, **settings))
            interval = metrics.confidence_interval(right, total)
            self.accuracy.value = changed_accuracy_html(right, self._unchanged, total, interval, words)

    def _right(self, images):
        return int((self.network.probabilities(images).argmax(axis=1) == self.digits.labels).sum())
