"""The network of notebook 03: how it is built and how it is trained."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from digitkit.conversion import keras, layers
from digitkit.data import Digits, hold_out
from digitkit.errors import InputError
from digitkit.model.training import Recipe, RecipeError, learn

LARGEST_SEED = 999_999_999
RECIPES = {"quick": Recipe(epochs=2), "thorough": Recipe(epochs=10, moved=1)}


def build_cnn(filters: int = 16, dropout: float = 0.0) -> keras.Sequential:
    """The network of notebook 03: two rounds of convolution, ReLU and pooling, then two dense layers. 108,874 parameters.

    filters: kernels of the first convolution; the second has twice as many. dropout: the share of values set to zero
    at random during training, 0 to less than 1; with 0 there is no such layer.
    Returns an untrained keras.Sequential: (n, 28, 28, 1) floats from 0 to 1 in, (n, 10) probabilities out.

    >>> build_cnn().count_params()
    108874
    """
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(filters, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(2 * filters, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            *([layers.Dropout(dropout)] if dropout else []),
            layers.Dense(128, activation="relu"),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


class SeedError(InputError):
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


def train(
    model: keras.Model,
    digits: Digits,
    recipe: str | Recipe = "quick",
    epochs: int | None = None,
    watch: Callable | None = None,
) -> keras.callbacks.History:
    """Train a Keras model on digits, as in notebook 03: in batches of 256, with a learning rate that rises and falls.

    model: takes (n, 28, 28, 1) floats from 0 to 1 (or to 255, if it begins by dividing by 255), gives (n, 10) probabilities
    or scores. digits: at least 5,001 Digits, of which the last 5,000 are held out for validation. recipe: "quick" (two
    epochs), "thorough" (ten, in which each digit is moved a little, by chance), or a `model.Recipe`. epochs: other than the
    recipe's. watch: called with a `model.Progress` every ten batches; if it returns True, training ends. Without it a line is
    printed after each epoch. If training is stopped or interrupted (■), the model keeps what it has learned.
    Returns a Keras History; its `history` is a dict of lists, see `model.Progress`. Raises DataError if there are too few
    digits, NetworkError if the model does not give ten numbers for a digit, RecipeError if there is no such recipe. Call
    keras.utils.set_random_seed first for a run that can be repeated on the same machine.

        model = digitkit.build_cnn()
        history = digitkit.train(model, digitkit.load_mnist().train)
    """
    if not isinstance(recipe, Recipe) and recipe not in RECIPES:
        raise RecipeError(f"There is no recipe {recipe!r}: choose one of {', '.join(RECIPES)}.")
    chosen = recipe if isinstance(recipe, Recipe) else RECIPES[recipe]
    if epochs is not None:
        chosen = replace(chosen, epochs=epochs)
    training, validation = hold_out(digits)
    history = keras.callbacks.History()
    history.set_model(model)
    history.history = learn(model, training, validation, chosen, watch or _print_epoch).history
    return history


def _print_epoch(progress):
    history = progress.history
    if not (progress.seen and progress.is_validated):
        return
    left = f"; about {progress.seconds_left:.0f} s left" if progress.share < 1 else f"; {progress.seconds:.0f} s in all"
    print(
        f"epoch {progress.seen // progress.epoch_size} of {progress.epochs}: loss {history['loss'][-1]:.3f}, "
        f"accuracy {history['accuracy'][-1]:.2%}, validation accuracy {history['val_accuracy'][-1]:.2%}{left}",
        flush=True,
    )
