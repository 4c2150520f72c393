"""Training, batch by batch: what one step does, how long each step is, and how somebody can watch it or stop it."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from digitkit.conversion import answers_to_noise, feeder, keras, tensorflow
from digitkit.data import Digits
from digitkit.errors import InputError
from digitkit.explain import ExplainError, kernels
from digitkit.network import NOT_FINITE
from digitkit.simulate import moved_at_random
from digitkit.words import is_number

REPORT_EVERY = 10  # batches
AT_ONCE = 250  # digits are validated in groups, so that their maps need little memory
NOTED = ("seen", "loss", "accuracy", "val_seen", "val_loss", "val_accuracy")


def one_cycle(share: float) -> float:
    """The height of the one-cycle schedule: up in a straight line for a quarter of the training, then down to zero.

    share: how much of the training is done, 0 to 1. Returns 0 to 1: multiply it with the largest learning rate. Large steps
    in the middle get far in little time; the small ones at the end settle.
    Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2017.

    >>> [one_cycle(share) for share in (0.0, 0.25, 1.0)]
    [0.04, 1.0, 0.0]
    """
    return 0.04 + 0.96 * share / 0.25 if share < 0.25 else (1 - share) / 0.75


def constant(share: float) -> float:
    """The schedule that changes nothing: 1, however much of the training is done."""
    return 1.0


class RecipeError(InputError):
    """A way to train that is none. The message says what is wrong with it."""


@dataclass(frozen=True)
class Recipe:
    """How to train. Each setting can be changed alone, to see what it brings.

    epochs: how often the network sees all digits. learning_rate: of Adam, how large its steps are at most. batch_size: digits
    in one step. schedule: takes the share of the training that is done, 0 to 1, and gives a number from 0 to 1, with which
    learning rate and softness are multiplied. softness: the share of each label, 0 to 1, that all digits get alike: with 0.1
    and ten digits, a 7 is to be a 7 to 91 %. moved: how many pixels a digit is moved at most, by chance, each time it is seen.
    Raises RecipeError for a setting that is out of its range.
    """

    epochs: int = 1
    learning_rate: float = 0.01
    batch_size: int = 256
    schedule: Callable[[float], float] = one_cycle
    softness: float = 0.1
    moved: int = 0

    def __post_init__(self):
        for name in ("epochs", "batch_size"):
            if not isinstance(getattr(self, name), (int, np.integer)) or getattr(self, name) < 1:
                raise RecipeError(f"{name} is a whole number from 1, not {getattr(self, name)!r}.")
        if not is_number(self.learning_rate) or not self.learning_rate > 0:
            raise RecipeError(f"learning_rate is a number above 0, such as 0.01, not {self.learning_rate!r}.")
        if not is_number(self.softness) or not 0 <= self.softness <= 1:
            raise RecipeError(f"softness is a share, a number from 0 to 1, not {self.softness!r}.")
        if self.moved not in range(15):
            raise RecipeError(f"moved is a whole number of pixels from 0 to 14, not {self.moved!r}.")


@dataclass
class Progress:
    """How far a training is, and how it goes.

    model: the Keras model, with the weights it has now. epochs: planned. epoch_size: digits in an epoch.
    history: a dict of lists: `seen` (digits trained on so far), `loss` and `accuracy` (means over the batches since the last
    entry), `val_seen`, `val_loss` and `val_accuracy` (at the start, after each epoch, and where training was stopped).
    seconds: since it began. stopped: ended before its time.
    """

    model: Any
    epochs: int
    epoch_size: int
    history: dict[str, list] = field(default_factory=lambda: {name: [] for name in NOTED}, repr=False)
    seconds: float = 0.0
    stopped: bool = False

    @property
    def seen(self) -> int:
        """How many digits it has trained on so far; those of the second epoch count again."""
        return self.history["seen"][-1] if self.history["seen"] else 0

    @property
    def share(self) -> float:
        """How much of the training is done, 0 to 1."""
        return self.seen / (self.epochs * self.epoch_size)

    @property
    def ends_an_epoch(self) -> bool:
        """Whether it has just seen all digits once more, or none yet."""
        return self.seen % self.epoch_size == 0

    @property
    def is_validated(self) -> bool:
        """Whether the last validation was with the weights as they are now."""
        return bool(self.history["val_seen"]) and self.history["val_seen"][-1] == self.seen

    @property
    def kernels(self) -> np.ndarray | None:
        """The kernels of the first convolution as they are now, for its first input: (n, rows, columns), a copy; None without."""
        try:
            return kernels(self.model, 0)[:, 0].copy()
        except ExplainError:
            return None

    @property
    def seconds_left(self) -> float:
        """About how many seconds it still takes, at the speed so far; NaN at the start."""
        return self.seconds * (1 - self.share) / self.share if self.share else float("nan")


def prepare(model: keras.Model, learning_rate: float, feed: Callable) -> bool:
    """Prepare a Keras model for training with Adam. feed: turns digits into what the model takes.

    Returns whether the model ends in scores, without softmax: then its loss is computed from them, which is said.
    Raises NetworkError for a model that does not give one row of ten numbers (or eleven) for a digit, see `answers_to_noise`.
    """
    answers = answers_to_noise(model, feed)
    ends_in_scores = bool(answers.min() < 0 or answers.max() > 1)
    if ends_in_scores:
        print("This model ends in scores, without softmax: its loss is computed from the scores (from_logits=True).", flush=True)
    # Compiled, so that Keras's own `evaluate` and `fit` work as well afterwards; XLA would only be slower here.
    # A short memory of earlier gradients (0.7 and 0.9, not 0.9 and 0.999) suits a training of a few hundred steps.
    model.compile(
        keras.optimizers.Adam(learning_rate, beta_1=0.7, beta_2=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=ends_in_scores),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return ends_in_scores


def training_step(model: keras.Model, ends_in_scores: bool) -> Callable:
    """The function that shows a batch to a prepared model, measures how wrong it is, and changes every weight a little.

    It takes inputs as the model takes them, labels (n,) and a softness, 0 to 1: the share of each label that is given to all
    digits alike. Returns (loss, accuracy) of the batch, both for the hard labels.
    Source of soft labels: Szegedy and others, "Rethinking the Inception architecture", 2015.
    """
    measure = keras.losses.CategoricalCrossentropy(from_logits=ends_in_scores)
    shape, outputs = (None, *model.input_shape[1:]), model.output_shape[-1]
    weights, number = model.trainable_variables, tensorflow.TensorSpec((), "float32")

    # One signature for all batches, however large: compiling it takes longer than twenty steps.
    signature = [tensorflow.TensorSpec(shape), tensorflow.TensorSpec((None,), "int32"), number]

    @tensorflow.function(input_signature=signature, autograph=False)
    def step(inputs, labels, softness):
        right = tensorflow.one_hot(labels, outputs)
        with tensorflow.GradientTape() as tape:
            answers = model(inputs, training=True)
            loss = measure(right * (1 - softness) + softness / outputs, answers)
            loss += sum(model.losses)  # a layer's own, such as weight decay
        model.optimizer.apply(tape.gradient(loss, weights), weights)
        is_right = tensorflow.argmax(answers, axis=1) == tensorflow.argmax(right, axis=1)
        return measure(right, answers), tensorflow.reduce_mean(tensorflow.cast(is_right, "float32"))

    return step


def batches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The numbers from 0 to count - 1 once each, in a random order, in groups of `size`; the last may be smaller.

    >>> sorted(len(batch) for batch in batches(10, 4, np.random.default_rng(0)))
    [2, 4, 4]
    """
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield order[start : start + size]


def learn(
    model: keras.Model, training: Digits, validation: Digits, recipe: Recipe = Recipe(), watch: Callable | None = None
) -> Progress:
    """Train a Keras model on digits, batch by batch, and note how it goes.

    watch: called with the `Progress` before the first batch, after every ten and at the end of an epoch; if it returns True,
    training ends there. So it does at an interruption (■), and where a weight is no number any more (NaN): both are said. The
    weights stay as they are then. What is random follows keras.utils.set_random_seed.
    """
    started, feed = time.monotonic(), feeder(model)
    step = training_step(model, prepare(model, recipe.learning_rate, feed))
    answer = tensorflow.function(lambda inputs: model(inputs, training=False), reduce_retracing=True, autograph=False)
    progress = Progress(model, recipe.epochs, len(training))
    try:
        for _ in _in_parts(progress, recipe, step, feed, training):
            if progress.ends_an_epoch:
                _validate(progress, answer, feed, validation)
            progress.seconds = time.monotonic() - started
            if watch and watch(progress):
                break
    except KeyboardInterrupt:
        print("Training was stopped. The model keeps what it has learned so far.", flush=True)
    if not all(np.isfinite(weights).all() for weights in model.get_weights()):
        print(NOT_FINITE, flush=True)
    progress.stopped = progress.share < 1
    while len(progress.history["val_seen"]) < 2 or not progress.is_validated:  # a start and an end, however soon it was stopped
        _validate(progress, answer, feed, validation)
    return progress


def _in_parts(progress, recipe, step, feed, training):
    """Train, with a pause before the first batch, after every ten, and at the end of an epoch."""
    rng, seen, latest = np.random.default_rng(random.getrandbits(32)), 0, []
    yield
    for epoch in range(1, recipe.epochs + 1):
        for chosen in batches(len(training), recipe.batch_size, rng):
            images = moved_at_random(training.images[chosen], recipe.moved, rng) if recipe.moved else training.images[chosen]
            height = recipe.schedule(seen / (recipe.epochs * len(training)))
            progress.model.optimizer.learning_rate = recipe.learning_rate * height
            latest.append(step(feed(images), training.labels[chosen].astype(np.int32), recipe.softness * height))
            seen += len(chosen)
            if len(latest) < REPORT_EVERY and seen < epoch * len(training):
                continue
            loss, accuracy = np.mean(latest, axis=0)
            latest = []
            _note(progress.history, seen=seen, loss=loss, accuracy=accuracy)
            if not np.isfinite(loss):
                return
            yield


def _validate(progress, answer, feed, digits):
    groups = [digits.images[start : start + AT_ONCE] for start in range(0, len(digits), AT_ONCE)]
    answers = np.concatenate([answer(feed(images)).numpy() for images in groups])
    loss, right = progress.model.loss(digits.labels, answers), answers.argmax(axis=1) == digits.labels
    _note(progress.history, val_seen=progress.seen, val_loss=loss, val_accuracy=right.mean())


def _note(history, **values):
    for name, value in values.items():
        history[name].append(float(value) if "seen" not in name else value)
