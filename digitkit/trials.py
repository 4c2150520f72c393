"""Small networks trained in seconds, to try something out: what one setting changes, and what labels without meaning teach."""

import numpy as np

from digitkit.data import Digits
from digitkit.model import keras, layers, to_input

BATCH = 64
REPORT_EVERY = 10  # batches


def build_trial(filters=16, dropout=0.3):
    """The network of notebook 03 with another number of filters, or another share wiped out by dropout.

    filters: kernels of the first convolution; the second has twice as many. dropout: 0 to less than 1.
    Returns an untrained keras.Sequential, (n, 28, 28, 1) floats from 0 to 1 in, (n, 10) probabilities out.

    >>> build_trial().count_params()
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


def train_trial(model, training, validation, epochs=3, learning_rate=0.002, seed=0, watch=None):
    """Train a Keras model batch by batch, so that a watcher can look at it, and stop it, at any time.

    Adam, batches of 64 digits, the learning rate fading out to zero. training, validation: Digits. watch: called with the
    history so far after every ten batches and after each epoch; if it returns True, training ends there and the weights
    stay as they are.
    Returns the history, a dict of lists: `seen` (digits trained on so far), `loss` and `accuracy` (means over the batches
    since the last entry), `val_seen`, `val_loss` and `val_accuracy` (measured at the start, after each epoch, and where
    training was stopped).
    """
    steps_an_epoch = -(-len(training) // BATCH)
    _compile(model, keras.optimizers.schedules.CosineDecay(learning_rate, epochs * steps_an_epoch))
    inputs, rng = to_input(training.images), np.random.default_rng(seed)
    history = {name: [] for name in ("seen", "loss", "accuracy", "val_seen", "val_loss", "val_accuracy")}
    seen, stopped = 0, False
    _validate(model, validation, seen, history)
    for _ in range(epochs):
        order = rng.permutation(len(training))
        for batch in range(steps_an_epoch):
            chosen = order[batch * BATCH : (batch + 1) * BATCH]
            means = model.train_on_batch(inputs[chosen], training.labels[chosen], return_dict=True)
            seen += len(chosen)
            if (batch + 1) % REPORT_EVERY == 0 or batch + 1 == steps_an_epoch:
                _note(history, seen=seen, loss=means["loss"], accuracy=means["accuracy"])
                model.reset_metrics()  # so that the next means are those of the next batches
                stopped = watch is not None and watch(history)
                if stopped:
                    break
        _validate(model, validation, seen, history)
        if stopped or (watch is not None and watch(history)):
            break
    return history


def _validate(model, validation, seen, history):
    means = model.evaluate(to_input(validation.images), validation.labels, verbose=0, return_dict=True)
    model.reset_metrics()
    _note(history, val_seen=seen, val_loss=means["loss"], val_accuracy=means["accuracy"])


def _note(history, **values):
    for name, value in values.items():
        history[name].append(float(value) if "seen" not in name else value)


def train_on_shuffled_labels(digits, seed=0):
    """A control: a network that learns labels which mean nothing, because they were dealt out anew at random.

    It can only learn its digits by heart. What its maps show as well as those of a real network does not come from
    understanding digits. digits: a few hundred Digits; they stay as they are. 300 take about five seconds.
    Returns (model, digits with the shuffled labels), so that one can see how many of them it knows by heart.
    Sources: Zhang et al., "Understanding deep learning requires rethinking generalization", 2017; Adebayo et al.,
    "Sanity checks for saliency maps", 2018.
    """
    shuffled = Digits(digits.images, np.random.default_rng(seed).permutation(digits.labels))
    keras.utils.set_random_seed(seed)
    model = build_trial(dropout=0.0)
    _compile(model, learning_rate=0.002)
    model.fit(to_input(shuffled.images), shuffled.labels, batch_size=32, epochs=40, verbose=0)
    return model, shuffled


def _compile(model, learning_rate):
    model.compile(
        keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False
    )
