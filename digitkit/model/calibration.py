"""Calibration: the number that makes a network's confidence match how often it is right."""

import numpy as np

from digitkit.conversion import keras, to_network
from digitkit.data import Digits
from digitkit.network import softmax
from digitkit.simulate import one_digit
from digitkit.simulate.pool import found_in_pictures


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The number to divide logits by so that confidence matches accuracy: the one with the smallest cross-entropy.

    logits: (n, 10) or (n, 11). labels: (n,), 0 to 9. Returns a float from 0.2 to 5. Never changes which digit wins.
    Source: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", 2017.

    >>> fit_temperature(np.array([[9.0, 0.0], [9.0, 0.0]]), np.array([0, 1])) > 4
    True
    """
    temperatures = np.geomspace(0.2, 5, 300)
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(logits.astype(np.float64) / t)[rows, labels] + 1e-12).mean() for t in temperatures]
    return round(float(temperatures[np.argmin(losses)]), 3)


def temperature_on_pictures(model: keras.Model, validation: Digits, seed: int) -> float:
    """The temperature of a network with eleven outputs, fitted on digits rendered as pictures, found again, and not refused.

    validation: Digits that the model was not trained on; the first half of them is used. Returns a float from 0.2 to 5.
    """
    rng = np.random.default_rng([seed, 0])
    some = validation[: len(validation) // 2]
    images, which = found_in_pictures([one_digit(image, rng) for image in some.images], rng)
    logits, labels = to_network(model).logits(images), some.labels[which]
    accepted = logits.argmax(axis=1) < 10
    return fit_temperature(logits[accepted], labels[accepted])
