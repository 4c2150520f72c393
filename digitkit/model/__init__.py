"""Networks in Keras: the lesson's, trained in seconds; fine-tuned on somebody's own digits; and the one that ships.

Importing this package loads Keras, which takes seconds. `keras` and `layers`, loaded without messages, are re-exported here.
"""

from digitkit.conversion import keras, layers
from digitkit.errors import speak_in_sentences
from digitkit.model.control import train_on_shuffled_labels
from digitkit.model.fine_tuning import fine_tune
from digitkit.model.lesson import RECIPES, build_cnn, set_seed, train
from digitkit.model.sheet_finder import build_sheet_finder, train_sheet_finder
from digitkit.model.shipped import build_shipped_cnn, train_shipped
from digitkit.model.training import Progress, Recipe, RecipeError, constant, learn, one_cycle

__all__ = [
    "RECIPES",
    "Progress",
    "Recipe",
    "RecipeError",
    "build_cnn",
    "build_sheet_finder",
    "build_shipped_cnn",
    "constant",
    "fine_tune",
    "keras",
    "layers",
    "learn",
    "one_cycle",
    "set_seed",
    "train",
    "train_on_shuffled_labels",
    "train_sheet_finder",
    "train_shipped",
]

speak_in_sentences(globals(), __all__)
