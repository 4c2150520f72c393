"""Networks in Keras: the lesson's, trained in seconds; fine-tuned on somebody's own digits; and the one that ships.

Importing this package loads Keras, which takes seconds. `keras` and `layers`, loaded without messages, are re-exported here.
"""

from digitkit.conversion import keras, layers
from digitkit.model.fine_tuning import fine_tune
from digitkit.model.lesson import build_cnn, set_seed, train
from digitkit.model.shipped import build_shipped_cnn, train_shipped
from digitkit.model.trials import train_on_shuffled_labels, train_trial

__all__ = [
    "build_cnn",
    "build_shipped_cnn",
    "fine_tune",
    "keras",
    "layers",
    "set_seed",
    "train",
    "train_on_shuffled_labels",
    "train_shipped",
    "train_trial",
]
