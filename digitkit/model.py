"""The convolutional network in Keras: how it is built, how it is trained, and how its weights leave Keras."""

import contextlib
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitkit.data import DataError, hold_out, home_dir, load_mnist
from digitkit.nearest import make_index
from digitkit.network import LAYERS, Network, NetworkError, load_network, save_network, softmax
from digitkit.preprocessing import prepare
from digitkit.simulate import as_prepared, distort, drawn_digits, no_digit, no_digits, one_digit, random_picture


@contextlib.contextmanager
def _quiet_start():
    """TensorFlow writes technical lines about the machine straight to file descriptor 2 when it starts.

    No setting silences them (TF_CPP_MIN_LOG_LEVEL does not), so the descriptor itself is turned away for a moment.
    """
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


with _quiet_start():
    import tensorflow

    tensorflow.constant(0)  # the first operation looks for graphics cards and complains if there are none
    import keras
    from keras import layers


def build_cnn():
    """The network of notebook 03: two rounds of convolution, ReLU and pooling, then two dense layers. 56,714 parameters.

    Returns an untrained keras.Sequential: (n, 28, 28, 1) floats from 0 to 1 in, (n, 10) probabilities out.

    >>> build_cnn().count_params()
    56714
    """
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


def build_shipped_cnn():
    """The network that ships with the kit: the same kinds of layers as `build_cnn`, only more of them.

    Batch normalisation (Ioffe and Szegedy, 2015) lets the deeper stack train fast; after training it melts into the
    convolution before it. An eleventh output stands for "this is no digit".
    Returns an untrained keras.Sequential: (n, 28, 28, 1) floats from 0 to 1 in, (n, 11) probabilities out.

    >>> build_shipped_cnn().output_shape
    (None, 11)
    """

    def convolution(filters, size, padding):
        return [layers.Conv2D(filters, size, padding=padding, use_bias=False), layers.BatchNormalization(), layers.ReLU()]

    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            *convolution(32, 5, "valid"),
            layers.MaxPooling2D(2),
            *convolution(64, 3, "same"),
            *convolution(64, 3, "same"),
            layers.MaxPooling2D(2),
            *convolution(176, 3, "valid"),
            *convolution(176, 3, "valid"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(11),
            layers.Softmax(),
        ]
    )


def to_input(images):
    """What the network is fed: (n, 28, 28) uint8 from 0 to 255 -> (n, 28, 28, 1) float32 from 0 to 1.

    >>> to_input(np.full((1, 28, 28), 255, np.uint8)).max().item()
    1.0
    """
    return images[..., np.newaxis].astype(np.float32) / 255


def train(model, digits, epochs=6, watch=None):
    """Train a Keras model on digits, as in notebook 03: Adam, batches of 64, the learning rate fading out to zero.

    model: takes (n, 28, 28, 1) floats from 0 to 1, gives (n, 10) probabilities. digits: at least 5,001 Digits, of which
    the last 5,000 are held out for validation. watch: called after each epoch with the history so far, a dict of lists
    (loss, accuracy, val_loss, val_accuracy); without it a line is printed for each epoch.
    Returns the Keras History. Raises DataError if there are too few digits. Call keras.utils.set_random_seed first
    for a run that can be repeated on the same machine.

        model = digitkit.build_cnn()
        history = digitkit.train(model, digitkit.load_mnist().train)
    """
    training, validation = hold_out(digits)
    batch_size = 64
    steps = epochs * -(-len(training) // batch_size)
    _compile(model, keras.optimizers.schedules.CosineDecay(0.002, steps))
    return model.fit(
        to_input(training.images),
        training.labels,
        batch_size=batch_size,
        epochs=epochs,
        validation_data=(to_input(validation.images), validation.labels),
        callbacks=[_Watch(watch or _print_epoch)],
        verbose=0,
    )


def fine_tune(model, digits, epochs=3):
    """Go on training a model that can read already, on somebody's own digits: in small steps, and without forgetting.

    In each epoch it sees 1,000 of the digits, each distorted a little, and as many MNIST training digits; a model with an
    eleventh output also sees 150 marks that are no digit. Without these it would learn the new and forget the old.

    model: as for `train`, or with 11 outputs, such as `to_keras(load_network())`; it is changed. digits: Digits, at least
    one; a few hundred by several people are better. Takes five to ten seconds for the shipped network on two cores.
    Raises DataError if there are no digits. Call keras.utils.set_random_seed first for a run that can be repeated.
    Confidence is not calibrated any more afterwards: the temperature was fitted to the network as it was before.

        model = digitkit.to_keras(digitkit.load_network())
        digitkit.fine_tune(model, digits)
        network = digitkit.to_network(model)
    """
    if not len(digits):
        raise DataError("There are no digits to learn from.")
    rng = np.random.default_rng(0)
    mnist, _ = hold_out(load_mnist().train)
    _compile(model, 0.0001)
    for _ in range(epochs):
        own = digits[rng.choice(len(digits), 1000, replace=len(digits) < 1000)]
        old = mnist[rng.choice(len(mnist), 1000, replace=False)]
        images, labels = [distort(own.images, rng), old.images], [own.labels, old.labels]
        if model.output_shape[-1] == 11:
            images.append(no_digits(150, rng, old.images))
            labels.append(np.full(150, 10, np.uint8))
        model.fit(to_input(np.concatenate(images)), np.concatenate(labels), batch_size=64, verbose=0)


def _compile(model, learning_rate):
    # XLA compilation (Keras's default where it can) takes twice as long per epoch for networks this small on two cores.
    model.compile(
        keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False
    )


class _Watch(keras.callbacks.Callback):
    """Hands the history so far to a function after each epoch."""

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


def to_network(model, temperature=None, about=None):
    """Export a trained Keras model, Sequential or functional in one line, to a `Network` that runs without Keras.

    Batch normalisation is folded into the convolution or dense layer directly before it; dropout, which does nothing
    after training, and the last softmax are left out, so that the logits remain.
    Raises NetworkError for a layer or a setting that `digitkit.network` does not know.

        network = digitkit.to_network(model)
        digitkit.save_network(network, "my_network.npz")
    """
    exported = []
    model_layers = [layer for layer in model.layers if not isinstance(layer, (layers.InputLayer, layers.Dropout))]
    for layer in model_layers:
        last = layer is model_layers[-1]
        if isinstance(layer, layers.BatchNormalization):
            _fold_batch_normalization(exported, layer)
        elif not (last and isinstance(layer, layers.Softmax)):
            exported.append((type(layer).__name__, _settings(layer)))
            activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
            if activation == "relu" and not isinstance(layer, layers.ReLU):
                exported.append(("ReLU", {}))
            elif activation not in {"linear", "relu"} and not (last and activation == "softmax"):
                raise NetworkError(
                    f"Layer {layer.name} uses the activation {activation}; digitkit runs relu, and softmax at the end."
                )
    if not exported or exported[-1][0] != "Dense" or len(exported[-1][1]["bias"]) not in {10, 11}:
        raise NetworkError(
            "The last layer must be Dense(10), with or without softmax: one score for each digit. "
            "Dense(11) has one more, for what is no digit."
        )
    return Network(exported, temperature, about or {})


def _settings(layer):
    """The weights and settings of one Keras layer, under the names that the functions in `network` take."""
    match layer:
        case layers.Conv2D(dilation_rate=(1, 1), groups=1, data_format="channels_last") if layer.strides[0] == layer.strides[1]:
            kernel = layer.kernel.numpy()
            bias = layer.bias.numpy() if layer.use_bias else np.zeros(kernel.shape[-1], np.float32)
            return {"kernel": kernel, "bias": bias, "stride": layer.strides[0], "padding": layer.padding}
        case layers.MaxPooling2D(data_format="channels_last") if layer.strides[0] == layer.strides[1]:
            return {"size": list(layer.pool_size), "stride": layer.strides[0], "padding": layer.padding}
        case layers.Dense():
            kernel = layer.kernel.numpy()
            return {"kernel": kernel, "bias": layer.bias.numpy() if layer.use_bias else np.zeros(kernel.shape[-1], np.float32)}
        case layers.GlobalAveragePooling2D(keepdims=False) | layers.Flatten():
            return {}
        case layers.ReLU(max_value=None, negative_slope=0, threshold=0):
            return {}
    raise NetworkError(
        f"Layer {layer.name} ({type(layer).__name__}) or one of its settings cannot be exported. "
        f"digitkit runs {', '.join(LAYERS)}, BatchNormalization right after Conv2D or Dense, Dropout, and Softmax at the end."
    )


def _fold_batch_normalization(exported, layer):
    """Melt a BatchNormalization into the weights before it: gamma * (w x + b - mean) / deviation + beta is again w' x + b'."""
    if not exported or exported[-1][0] not in {"Conv2D", "Dense"}:
        raise NetworkError(f"Layer {layer.name} (BatchNormalization) must come directly after Conv2D or Dense to be exported.")
    settings = exported[-1][1]
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy().astype(np.float64)
    gamma = layer.gamma.numpy() if layer.scale else 1.0
    beta = layer.beta.numpy() if layer.center else 0.0
    factor = gamma / np.sqrt(variance + layer.epsilon)
    settings["kernel"] = (settings["kernel"] * factor).astype(np.float32)
    settings["bias"] = ((settings["bias"] - mean) * factor + beta).astype(np.float32)


def to_keras(network):
    """Rebuild a Keras model from a `Network`, for example to differentiate it: the same logits, softmax at the end.

    >>> from digitkit.network import load_network
    >>> to_keras(load_network()).output_shape
    (None, 11)
    """
    model = keras.Sequential([layers.Input((28, 28, 1))])
    for name, settings in network.layers:
        match name:
            case "Conv2D":
                filters, size = settings["kernel"].shape[-1], settings["kernel"].shape[:2]
                model.add(layers.Conv2D(filters, size, strides=settings["stride"], padding=settings["padding"]))
            case "Dense":
                model.add(layers.Dense(settings["kernel"].shape[-1]))
            case "MaxPooling2D":
                model.add(layers.MaxPooling2D(tuple(settings["size"]), settings["stride"], settings["padding"]))
            case _:
                model.add(getattr(layers, name)())
        if "kernel" in settings:
            model.layers[-1].set_weights([settings["kernel"], settings["bias"]])
    model.add(layers.Softmax())
    return model


def fit_temperature(logits, labels):
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


def train_shipped(out, seed=2026, epochs=24):
    """Train the network that ships with the kit and write its weights, as 16-bit floats: half the size, the same answers.

    It learns from 55,000 MNIST training digits, as they are and as they come out of preprocessing, from digits drawn by
    code in forms that MNIST hardly knows, and from marks that are no digit. In each epoch a third stays as it is and the
    rest is redrawn by `distort`: a network that never sees an untouched digit reads untouched digits worse.

    out: path of the `.npz` to write; its log and the index of nearest digits are written beside it. After every epoch the
    state is kept in `$DIGITKIT_HOME`, so the same call goes on where an interrupted one stopped. Prints a line for each epoch.
    The best epoch is not picked: it is always the last. The test set is opened once, after the weights are final.
    """
    out = Path(out)
    mnist = load_mnist()
    training, validation = hold_out(mnist.train)
    folder = home_dir() / f"training-{seed}-{epochs}"
    folder.mkdir(exist_ok=True)
    model, log = _train_or_resume(folder, training, validation, seed, epochs)
    about = {
        "command": f"python -m digitkit train --seed {seed} --out {out.name}",
        "seed": seed,
        "epochs": epochs,
        "trained on": "MNIST training images 1 to 55,000, digits drawn by code, and marks that are no digit",
        "temperature fitted on": "MNIST training images 55,001 to 60,000, rendered as pictures and read back",
    }
    exported = [
        (name, {key: value.astype(np.float16) if isinstance(value, np.ndarray) else value for key, value in settings.items()})
        for name, settings in to_network(model).layers
    ]
    started = time.monotonic()
    save_network(Network(exported, _temperature_on_pictures(model, validation, seed), about), out)
    network = load_network(out)
    make_index(network, out.with_name("nearest.npz"))
    log.append(f"temperature {network.temperature}, fitted in {time.monotonic() - started:.0f} s")
    print(log[-1], flush=True)
    for name, digits in [("validation digits", validation), ("test digits, opened once", mnist.test)]:
        right = (network.probabilities(digits.images).argmax(axis=1) == digits.labels).mean()
        log.append(f"accuracy on the {len(digits):,} {name}: {right:.2%}")
        print(log[-1], flush=True)
    lines = [f"{key}: {value}" for key, value in about.items()]
    out.with_suffix(".log").write_text("\n".join([*lines, *log, ""]), encoding="utf-8")


def _train_or_resume(folder, training, validation, seed, epochs):
    """Train all epochs that the folder does not hold yet. Returns (model, lines of the log)."""
    batch_size = 128
    state = folder / "state.keras"
    if state.is_file():
        model = keras.models.load_model(state)
        log, steps = json.loads((folder / "log.json").read_text(encoding="utf-8"))
        done = int(model.optimizer.iterations) // steps
        log = log[: done + 1]
        print(f"Going on after epoch {done}, kept in {folder}.", flush=True)
        if done == epochs:
            return model, log
    started = time.monotonic()
    pool = training_pool(training, np.random.default_rng([seed, 0]))
    if not state.is_file():
        log, done = [f"examples made: {len(pool.epoch_labels):,} for each epoch, {time.monotonic() - started:.0f} s"], 0
        print(log[-1], flush=True)
        keras.utils.set_random_seed(seed)
        model = build_shipped_cnn()
        steps = -(-len(pool.epoch_labels) // batch_size)
        rate = keras.optimizers.schedules.CosineDecay(0.0, (epochs - 1) * steps, warmup_target=0.003, warmup_steps=steps)
        _compile(model, rate)
    for epoch in range(done + 1, epochs + 1):
        started = time.monotonic()
        keras.utils.set_random_seed(seed + epoch)
        history = model.fit(
            to_input(pool.epoch_images(np.random.default_rng([seed, epoch]))),
            pool.epoch_labels,
            batch_size=batch_size,
            validation_data=(to_input(validation.images), validation.labels),
            verbose=0,
        ).history
        log.append(
            f"epoch {epoch:2} of {epochs}: loss {history['loss'][0]:.4f}, "
            f"validation accuracy {history['val_accuracy'][0]:.2%}, {time.monotonic() - started:.0f} s"
        )
        print(log[-1], flush=True)
        _save_state(folder, model, log, steps)
    return model, log


@dataclass(frozen=True)
class TrainingPool:
    """What an epoch is drawn from. versions: (k, n, 28, 28) uint8, the same n digits k times, as they are and as prepared;
    others: (m, 28, 28) uint8, digits drawn by code, rendered digits, and marks that are no digit; epoch_labels: (n + m,)
    uint8, 10 = no digit."""

    versions: np.ndarray
    others: np.ndarray
    epoch_labels: np.ndarray

    def epoch_images(self, rng):
        """For each digit one of its versions, the digit as it is as often as all others together; two thirds of all
        distorted. Returns (n + m, 28, 28) uint8."""
        count, size = self.versions.shape[:2]
        chosen = np.where(rng.uniform(size=size) < 0.5, 0, rng.integers(1, count, size))
        images = np.concatenate([self.versions[chosen, np.arange(size)], self.others])
        redrawn = rng.uniform(size=len(images)) < 2 / 3
        images[redrawn] = distort(images[redrawn], rng)
        return images


def training_pool(digits, rng):
    """Make the examples that the shipped network learns from; takes a few minutes. digits: Digits of MNIST."""
    versions = [digits.images]
    versions.append(np.stack([as_prepared(image, rng) for image in digits.images]))
    versions.append(np.stack([as_prepared(image, rng) for image in distort(digits.images, rng)]))
    drawn, drawn_labels = drawn_digits(len(digits) // 14, rng)
    marks = no_digits(len(digits) // 9, rng, digits.images)
    some = rng.choice(len(digits), len(digits) // 5, replace=False)
    rendered, which = _found_in_pictures([one_digit(image, rng) for image in digits.images[some]], rng)
    rendered_marks, _ = _found_in_pictures([no_digit(rng) for _ in range(len(digits) // 8)], rng)
    return TrainingPool(
        np.stack(versions),
        np.concatenate([drawn, rendered, marks, rendered_marks]),
        np.concatenate(
            [digits.labels, drawn_labels, digits.labels[some][which], np.full(len(marks) + len(rendered_marks), 10, np.uint8)]
        ),
    )


def _found_in_pictures(inks, rng):
    """Render a picture of each ink and find it again. Returns (images (m, 28, 28) uint8, which (m,): of which ink each is).

    Pictures in which not exactly one mark is found are left out. They are small: harder to read, and quicker to make.
    """
    found = [prepare(random_picture(ink, rng, largest=400))[0] for ink in inks]
    which = np.flatnonzero([len(marks) == 1 for marks in found])
    return np.stack([found[index][0].image for index in which]), which


def _temperature_on_pictures(model, validation, seed):
    """Fit the temperature on validation digits that were rendered as pictures, found again, and not refused."""
    rng = np.random.default_rng([seed, 1])
    images, which = _found_in_pictures([one_digit(image, rng) for image in validation.images], rng)
    logits, labels = to_network(model).logits(images), validation.labels[which]
    accepted = logits.argmax(axis=1) < 10
    return fit_temperature(logits[accepted], labels[accepted])


def _save_state(folder, model, log, steps):
    # The log goes first: the model's own step counter says how much of it counts if the run stops between the two.
    for name, write in [
        ("log.json", lambda path: path.write_text(json.dumps([log, steps]), encoding="utf-8")),
        ("state.keras", model.save),
    ]:
        unfinished = folder / f"part-{name}"  # Keras goes by the file's ending, so the mark stands in front
        write(unfinished)
        os.replace(unfinished, folder / name)
