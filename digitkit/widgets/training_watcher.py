"""Training to watch: change one setting, predict, train again, and compare."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import ipywidgets as widgets
import numpy as np

from digitkit.data import VALIDATION, DataError, Digits
from digitkit.errors import in_sentences
from digitkit.widgets.base import Frame, Pictured
from digitkit.widgets.views import training_watcher as view
from digitkit.widgets.views.parts import problem, sentence, soft
from digitkit.words import percent

START = {
    "filters": 16,
    "learning rate": 0.01,
    "schedule": "one cycle",
    "soft labels": 0.1,
    "batch size": 256,
    "dropout": 0.0,
    "epochs": 1,
}
CHOICES = {
    "filters": [2, 4, 32],
    "learning rate": [0.0001, 0.001, 0.1],
    "schedule": ["constant"],
    "soft labels": [0.0, 0.5],
    "batch size": [64, 2048],
    "dropout": [0.3, 0.6, 0.9],
    "epochs": [2, 3],
}
MEANINGS = {
    "nothing": "As in this notebook, but one epoch only. Only chance differs from run to run.",
    "filters": "How many kernels the first convolution has; the second has twice as many. So far 16.",
    "learning rate": "How large the steps of training are at most. So far 0.01.",
    "schedule": "One cycle: the steps grow for a quarter of the training, then shrink to zero. Constant: all are alike.",
    "soft labels": "How much of each label is shared out among all digits at first. So far 0.1.",
    "batch size": "How many digits it sees before each step. So far 256.",
    "dropout": "The share of values that is wiped out at random while training. So far 0.",
    "epochs": "How many times it sees all its digits. So far 1.",
}
READY = "Ready for run 1. What do you expect?"
NO_GUESS = "no prediction"
FIRST_GUESSES = ["under 50 % right", "50 to 90 % right", "90 to 98 % right", "over 98 % right"]
LATER_GUESSES = ["better than run 1", "about the same as run 1", "worse than run 1"]
SAME = 0.002  # accuracies closer than this count as about the same: so much is chance with 5,000 digits


def guess_that_was_right(accuracy: float, first: float | None = None) -> str:
    """Which of the predictions has come true. accuracy: of this run, 0 to 1. first: that of run 1, None in run 1 itself.

    >>> guess_that_was_right(0.955), guess_that_was_right(0.955, first=0.981)
    ('90 to 98 % right', 'worse than run 1')
    """
    if first is None:
        return FIRST_GUESSES[int(np.searchsorted([0.5, 0.9, 0.98], accuracy, side="right"))]
    return LATER_GUESSES[0 if accuracy - first >= SAME else 2 if first - accuracy >= SAME else 1]


def split_for_trials(digits: Digits, validation: Digits | None = None) -> tuple[Digits, Digits]:
    """Digits to train on and digits to validate with; without `validation`, the last fifth of digits, at most 5,000.

    Returns (Digits, Digits). Raises DataError if there are too few.
    """
    if validation is None:
        held_out = min(VALIDATION, len(digits) // 5)
        digits, validation = digits[: len(digits) - held_out], digits[len(digits) - held_out :]
    if not len(digits) or not len(validation):
        raise DataError("These are too few digits to train on: give at least five, better a few thousand.")
    return digits, validation


@dataclass
class Run:
    """One training run. changed: the one setting that differs, in words. guess: what was predicted, "" for nothing.
    outcome: which prediction has come true, "" if nobody can tell. history: as `model.Progress` has it.
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
    def accuracy(self) -> float:
        """On the validation digits, with the weights at the end, 0 to 1."""
        return self.history["val_accuracy"][-1]


class TrainingWatcher(Pictured):
    """Watch a small network learn, stop it when you like, change one setting, predict, train again, and compare.

    digits: Digits to train on. validation: Digits to measure with; if left out, the last ones of `digits`, a fifth but at most
    5,000, are held out. Training runs beside the notebook, so that buttons answer while it goes on.
    model: the last trained Keras model, None before. runs: a list of `Run`. Raises DataError if there are too few digits.

        watcher = digitkit.TrainingWatcher(digitkit.load_mnist().train)
        watcher

    """

    @in_sentences
    def __init__(self, digits: Digits, validation: Digits | None = None) -> None:
        self.training, self.validation = split_for_trials(digits, validation)
        self.model: Any = None
        self.runs: list[Run] = []
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        wide = {"description_width": "initial"}
        self.setting = widgets.Dropdown(options=["nothing"], description="Change:", style=wide, layout={"width": "200px"})
        self.choice = widgets.Dropdown(options=[], description="to:", style=wide, layout={"width": "130px", "display": "none"})
        self.guess = widgets.Dropdown(
            options=[NO_GUESS, *FIRST_GUESSES], description="I predict:", style=wide, layout={"width": "260px"}
        )
        self.train_button = widgets.Button(description="Train", button_style="primary")
        self.stop_button = widgets.Button(description="Stop, keep the weights", disabled=True, layout={"width": "max-content"})
        self.meaning = widgets.HTML()
        self.said = widgets.HTML(sentence(READY))
        self.live, self.compared = widgets.HTML(), widgets.HTML()
        controls = widgets.HBox([self.setting, self.choice, self.guess, self.train_button, self.stop_button])
        controls.add_class("digitkit-wrap")
        intro = widgets.HTML(view.intro(len(self.training), len(self.validation)))
        super().__init__([Frame(), intro, controls, self.meaning, self.said, self.live, self.compared])
        self.add_class("digitkit-experiment")
        self.setting.observe(self._offer_choices, "value")
        self.train_button.on_click(lambda _: self.start())
        self.stop_button.on_click(lambda _: self.stop())
        self._offer_choices()

    def __repr__(self):
        return "TrainingWatcher()"

    def still(self):
        from digitkit.plotting import still_of_training

        last = self.runs[-1] if self.runs else None
        words = "".join(view.INTRO).format(len(self.training), len(self.validation))
        lists = [f"{control.description} {control.value}" for control in (self.setting, self.guess)]
        return still_of_training(
            [words, self._in_words(last) if last else READY],
            [*lists, self.train_button.description],
            last.history if last else None,
            (last.settings if last else START)["epochs"] * len(self.training),
        )

    def start(self) -> None:
        """Train with the chosen setting, in the background; nothing happens while a training is still running."""
        if self._thread is not None and self._thread.is_alive():
            return
        changed, settings = "nothing", dict(START)
        if self.setting.value != "nothing":
            settings[self.setting.value] = self.choice.value
            changed = f"{self.setting.value} {_written(self.choice.value)}"
        run = Run(len(self.runs) + 1, changed, settings, "" if self.guess.value == NO_GUESS else self.guess.value)
        self._stopping.clear()
        self._set_running(True)
        self.said.value = sentence(f"Run {run.number} is training. Changed: {changed}.")
        self._thread = threading.Thread(target=self._train, args=[run], daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the training after the next few digits. The weights stay as they are then, and `model` has them."""
        self._stopping.set()

    def wait(self) -> None:
        """Wait until the training is over, for cells that need its result. Meanwhile buttons do not answer."""
        if self._thread is not None:
            self._thread.join()

    def _train(self, run):
        try:
            if not self.runs and self.model is None:
                self.live.value = view.waiting()
            self._train_model(run)
        except Exception as error:  # nobody sees what a thread raises, so it is said here
            self.said.value = problem(f"Run {run.number} has failed: {error}")
        finally:
            self._set_running(False)

    def _train_model(self, run):
        from digitkit.model import Recipe, build_cnn, constant, learn, one_cycle, set_seed  # only now: it takes seconds

        chosen = run.settings
        schedule = {"one cycle": one_cycle, "constant": constant}[chosen["schedule"]]
        recipe = Recipe(chosen["epochs"], chosen["learning rate"], chosen["batch size"], schedule, chosen["soft labels"])
        set_seed(run.number)
        model = build_cnn(chosen["filters"], chosen["dropout"])
        before, started, drawn = None, time.monotonic(), 0.0

        def draw(progress):
            self.live.value = view.training(progress, before)

        def watch(progress):
            nonlocal before, drawn
            if before is None:
                before = progress.kernels
            if time.monotonic() - drawn > 0.3:  # more often would only slow the training down
                draw(progress)
                drawn = time.monotonic()
            return self._stopping.is_set()

        progress = learn(model, self.training, self.validation, recipe, watch)
        run.history, run.stopped = progress.history, progress.stopped
        run.seconds = time.monotonic() - started
        if not run.stopped:
            run.outcome = guess_that_was_right(run.accuracy, self.runs[0].accuracy if self.runs else None)
        draw(progress)
        self.model = model
        self.runs.append(run)
        self.compared.value = view.runs(self.runs, len(self.training))
        self.said.value = sentence(self._in_words(run))

    def _in_words(self, run):
        end = "was stopped; its weights are kept" if run.stopped else "is done"
        words = f"Run {run.number} {end}: {percent(run.accuracy)} of {len(self.validation):,} validation digits read right"
        if not np.isfinite(run.history["loss"][-1:]).all():
            return words + ". The loss is no number any more: its steps were too large."
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
        self.choice.options = [(_written(choice), choice) for choice in CHOICES.get(name, [])]
        self.choice.index = 0 if name in CHOICES else None  # a dropdown with new options chooses none of them
        self.choice.layout.display = "none" if name == "nothing" else "flex"
        self.meaning.value = soft(MEANINGS[name])


def _written(choice):
    return choice if isinstance(choice, str) else f"{choice:g}"
