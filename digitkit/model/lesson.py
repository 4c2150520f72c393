"""The network of notebook 03: how it is built and how it is trained."""

from collections.abc import Callable

import numpy as np

from digitkit.conversion import feeder, keras, layers
from digitkit.data import Digits, hold_out
from digitkit.network import NOT_FINITE, NetworkError, to_input

LARGEST_SEED = 999_999_999


def build_cnn(filters: int = 16, dropout: float = 0.3) -> keras.Sequential:
    """The network of notebook 03: two rounds of convolution, ReLU and pooling, then two dense layers. 56,714 parameters.

    filters: kernels of the first convolution; the second has twice as many. dropout: the share of values set to zero
    at random during training, 0 to less than 1.
    Returns an untrained keras.Sequential: (n, 28, 28, 1) floats from 0 to 1 in, (n, 10) probabilities out.

    >>> build_cnn().count_params()
    56714
    """
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(filters, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(2 * filters, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


class SeedError(ValueError):
    """A random seed that is none."""


def check_seed(seed: object) -> None:
    """Raise SeedError unless a seed is a whole number from 0 to 999,999,999."""
    if not isinstance(seed, (int, np.integer)) or not 0 <= seed <= LARGEST_SEED:
        raise SeedError(f"The seed is a whole number from 0 to {LARGEST_SEED:,}, not {seed!r}.")


def set_seed(seed: int) -> None:
    """Set the random seed in Keras, NumPy and Python alike, for a run that can be repeated on the same machine.

    seed: 0 to 999,999,999. Raises SeedError for any other.
    """
    check_seed(seed)
    keras.utils.set_random_seed(int(seed))


def compile_model(model, learning_rate, feed=to_input):
    """Prepare a Keras model for training on digits with Adam. learning_rate: a number or a Keras schedule. feed: turns digits
    into what the model takes.

    The loss is the one that fits the model's end: computed from its scores where it ends without softmax, which is said.
    Raises NetworkError for a model that does not give one row of ten numbers (or eleven) for a digit.
    """
    answers = np.asarray(model(feed(np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8))))
    if answers.shape not in {(8, 10), (8, 11)}:
        raise NetworkError(f"The model must give ten numbers for each digit, but it gives the shape {answers.shape[1:]}.")
    ends_in_scores = bool(answers.min() < 0 or answers.max() > 1)
    if ends_in_scores:
        print("This model ends in scores, without softmax: its loss is computed from the scores (from_logits=True).", flush=True)
    # XLA compilation (Keras's default where it can) takes twice as long per epoch for networks this small on two cores.
    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=ends_in_scores),
        metrics=["accuracy"],
        jit_compile=False,
    )


def train(model: keras.Model, digits: Digits, epochs: int = 6, watch: Callable | None = None) -> keras.callbacks.History:
    """Train a Keras model on digits, as in notebook 03: Adam, batches of 64, the learning rate decaying to zero.

    model: takes (n, 28, 28, 1) floats from 0 to 1 (or to 255, if it begins by dividing by 255), gives (n, 10) probabilities
    or scores. digits: at least 5,001 Digits, of which the last 5,000 are held out for validation. watch: called after each
    epoch with the history so far, a dict of lists (loss, accuracy, val_loss, val_accuracy); without it a line is printed
    for each epoch. Weights that are no numbers any more (NaN) are said.
    Returns the Keras History. Raises DataError if there are too few digits, NetworkError if the model does not give ten
    numbers. Call keras.utils.set_random_seed first for a run that can be repeated on the same machine.

        model = digitkit.build_cnn()
        history = digitkit.train(model, digitkit.load_mnist().train)
    """
    training, validation = hold_out(digits)
    batch_size = 64
    steps = epochs * -(-len(training) // batch_size)
    feed = feeder(model)
    compile_model(model, keras.optimizers.schedules.CosineDecay(0.002, steps), feed)
    history = model.fit(
        feed(training.images),
        training.labels,
        batch_size=batch_size,
        epochs=epochs,
        validation_data=(feed(validation.images), validation.labels),
        callbacks=[_Watch(watch or _print_epoch), keras.callbacks.TerminateOnNaN()],
        verbose=0,
    )
    if not all(np.isfinite(weights).all() for weights in model.get_weights()):
        print(NOT_FINITE, flush=True)
    return history


class _Watch(keras.callbacks.Callback):
    """Passes the history so far to a function after each epoch."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.history = {}

    def on_epoch_end(self, epoch, logs=None):
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        self.function(self.history)


def _print_epoch(history):
    print(
        f"epoch {len(history['loss'])}: loss {history['loss'][-1]:.3f}, accuracy {history['accuracy'][-1]:.2%}, "
        f"validation accuracy {history['val_accuracy'][-1]:.2%}",
        flush=True,
    )
