"""A control for what a network has learned: the same network, trained on labels that mean nothing."""

import numpy as np

from digitkit.conversion import keras
from digitkit.data import Digits
from digitkit.model.lesson import build_cnn
from digitkit.model.training import Recipe, learn


def train_on_shuffled_labels(digits: Digits, seed: int = 0) -> tuple[keras.Model, Digits]:
    """A control: a network trained on meaningless labels, because they were shuffled at random.

    It can only learn its digits by heart. Whatever its maps have in common with those of a real network does not come from
    understanding digits. digits: a few hundred Digits; they are not changed. 300 take about two seconds.
    Returns (model, digits with the shuffled labels), to check how many of them it knows by heart.
    Sources: Zhang et al., "Understanding deep learning requires rethinking generalization", 2017; Adebayo et al.,
    "Sanity checks for saliency maps", 2018.
    """
    shuffled = Digits(digits.images, np.random.default_rng(seed).permutation(digits.labels))
    keras.utils.set_random_seed(seed)
    model = build_cnn()
    learn(model, shuffled, shuffled, Recipe(epochs=25, learning_rate=0.005, batch_size=32, softness=0))
    return model, shuffled
