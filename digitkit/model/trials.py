"""Small networks trained in seconds, for experiments: what one setting changes, and what meaningless labels teach."""

from collections.abc import Callable

import numpy as np

from digitkit.conversion import feeder, keras
from digitkit.data import Digits
from digitkit.model.lesson import build_cnn, compile_model
from digitkit.network import to_input

BATCH = 64
REPORT_EVERY = 10  # batches


def train_trial(
    model: keras.Model,
    training: Digits,
    validation: Digits,
    epochs: int = 3,
    learning_rate: float = 0.002,
    seed: int = 0,
    watch: Callable | None = None,
) -> dict:
    """Train a Keras model batch by batch, so that a callback can follow it, and stop it, at any time.

    Adam, batches of 64 digits, the learning rate decaying to zero. training, validation: Digits. watch: called with the
    history so far after every ten batches and after each epoch; if it returns True, training ends there and the weights
    stay as they are.
    Returns the history, a dict of lists: `seen` (digits trained on so far), `loss` and `accuracy` (means over the batches
    since the last entry), `val_seen`, `val_loss` and `val_accuracy` (measured at the start, after each epoch, and where
    training was stopped).
    """
    steps_per_epoch = -(-len(training) // BATCH)
    feed, rng = feeder(model), np.random.default_rng(seed)
    compile_model(model, keras.optimizers.schedules.CosineDecay(learning_rate, epochs * steps_per_epoch), feed)
    inputs, held_out = feed(training.images), feed(validation.images)
    history: dict[str, list] = {name: [] for name in ("seen", "loss", "accuracy", "val_seen", "val_loss", "val_accuracy")}
    seen, stopped = 0, False
    _validate(model, held_out, validation.labels, seen, history)
    for _ in range(epochs):
        order = rng.permutation(len(training))
        for batch in range(steps_per_epoch):
            chosen = order[batch * BATCH : (batch + 1) * BATCH]
            means = model.train_on_batch(inputs[chosen], training.labels[chosen], return_dict=True)
            seen += len(chosen)
            if (batch + 1) % REPORT_EVERY == 0 or batch + 1 == steps_per_epoch:
                _note(history, seen=seen, loss=means["loss"], accuracy=means["accuracy"])
                model.reset_metrics()  # so that the next means are those of the next batches
                stopped = watch is not None and watch(history)
                if stopped:
                    break
        _validate(model, held_out, validation.labels, seen, history)
        if stopped or (watch is not None and watch(history)):
            break
    return history


def _validate(model, inputs, labels, seen, history):
    means = model.evaluate(inputs, labels, verbose=0, return_dict=True)
    model.reset_metrics()
    _note(history, val_seen=seen, val_loss=means["loss"], val_accuracy=means["accuracy"])


def _note(history, **values):
    for name, value in values.items():
        history[name].append(float(value) if "seen" not in name else value)


def train_on_shuffled_labels(digits: Digits, seed: int = 0) -> tuple[keras.Model, Digits]:
    """A control: a network trained on meaningless labels, because they were shuffled at random.

    It can only learn its digits by heart. Whatever its maps have in common with those of a real network does not come from
    understanding digits. digits: a few hundred Digits; they are not changed. 300 take about five seconds.
    Returns (model, digits with the shuffled labels), to check how many of them it knows by heart.
    Sources: Zhang et al., "Understanding deep learning requires rethinking generalization", 2017; Adebayo et al.,
    "Sanity checks for saliency maps", 2018.
    """
    shuffled = Digits(digits.images, np.random.default_rng(seed).permutation(digits.labels))
    keras.utils.set_random_seed(seed)
    model = build_cnn(dropout=0.0)
    compile_model(model, learning_rate=0.002)
    model.fit(to_input(shuffled.images), shuffled.labels, batch_size=32, epochs=40, verbose=0)
    return model, shuffled
