"""The network that ships with the kit: how it is built, what it learns from, how it is trained and calibrated."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitkit.conversion import keras, layers, to_network
from digitkit.data import hold_out, load_mnist
from digitkit.explain.nearest import make_index
from digitkit.files import FolderError, check_writable, home_dir, make_folder, replacing
from digitkit.model.lesson import check_seed
from digitkit.network import Network, load_network, save_network, softmax, to_input
from digitkit.preprocessing import prepare
from digitkit.simulate import as_prepared, distort, drawn_digits, no_digit, no_digits, one_digit, random_picture


def build_shipped_cnn() -> keras.Sequential:
    """The network that ships with the kit: the same kinds of layers as `build_cnn`, only more of them.

    Batch normalisation (Ioffe and Szegedy, 2015) lets the deeper stack train fast; after training it is folded into
    the convolution before it. An eleventh output stands for "not a digit".
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


def train_shipped(out: str | Path, seed: int = 2026, epochs: int = 24) -> None:
    """Train the network that ships with the kit and write its weights, as 16-bit floats: half the size, the same answers.

    It learns from 55,000 MNIST training digits, as they are and as they come out of preprocessing, from digits drawn by
    code in forms that are rare in MNIST, and from marks that are not digits. In each epoch a third of the images stays
    unchanged and the rest is redrawn by `distort`: a network that never sees an unchanged digit reads such digits worse.

    out: path of the `.npz` to write; its log and the index of nearest digits are written beside it. After every epoch the
    state is saved in `$DIGITKIT_HOME`, so the same call resumes where an interrupted one stopped. Prints a line per epoch.
    The last epoch is always used, not the best one. The test set is used once, after the weights are final.
    seed: 0 to 999,999,999. Raises SeedError for any other, and FolderError at once if `out` could not be written.
    """
    check_seed(seed)
    out = Path(out)
    log_file, index = out.with_suffix(".log"), out.with_name("nearest.npz")
    if out in {log_file, index}:
        raise FolderError(f"The training writes its own {out.name}: choose another name for the weights, such as digits.npz.")
    folder = make_folder(home_dir() / f"training-{seed}-{epochs}")
    for path in (out, log_file, index, folder / "state.keras"):
        check_writable(path)
    mnist = load_mnist()
    training, validation = hold_out(mnist.train)
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
    make_index(network, index)
    log.append(f"temperature {network.temperature}, fitted in {time.monotonic() - started:.0f} s")
    print(log[-1], flush=True)
    for name, digits in [("validation digits", validation), ("test digits, opened once", mnist.test)]:
        right = (network.probabilities(digits.images).argmax(axis=1) == digits.labels).mean()
        log.append(f"accuracy on the {len(digits):,} {name}: {right:.2%}")
        print(log[-1], flush=True)
    lines = [f"{key}: {value}" for key, value in about.items()]
    with replacing(log_file) as unfinished:
        unfinished.write_text("\n".join([*lines, *log, ""]), encoding="utf-8")


def _train_or_resume(folder, training, validation, seed, epochs):
    """Train the epochs that are not saved in the folder yet. Returns (model, lines of the log)."""
    batch_size = 128
    saved = _saved_state(folder)
    if saved is not None:
        model, log, steps, done = saved
        print(f"Resuming after epoch {done}, saved in {folder}.", flush=True)
        if done == epochs:
            return model, log
    started = time.monotonic()
    pool = training_pool(training, np.random.default_rng([seed, 0]))
    if saved is None:
        log, done = [f"examples made: {len(pool.epoch_labels):,} for each epoch, {time.monotonic() - started:.0f} s"], 0
        print(log[-1], flush=True)
        keras.utils.set_random_seed(seed)
        model = build_shipped_cnn()
        steps = -(-len(pool.epoch_labels) // batch_size)
        rate = keras.optimizers.schedules.CosineDecay(0.0, (epochs - 1) * steps, warmup_target=0.003, warmup_steps=steps)
        # XLA compilation (Keras's default where it can) takes twice as long per epoch for networks this small on two cores.
        model.compile(
            keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False
        )
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
    """What each epoch is drawn from. versions: (k, n, 28, 28) uint8, the same n digits k times, as they are and as prepared;
    others: (m, 28, 28) uint8, digits drawn by code, rendered digits, and marks that are not digits; epoch_labels:
    (n + m,) uint8, 10 = not a digit."""

    versions: np.ndarray
    others: np.ndarray
    epoch_labels: np.ndarray

    def epoch_images(self, rng):
        """One version of each digit, the unchanged one as often as all others together; two thirds of all images
        are distorted. Returns (n + m, 28, 28) uint8."""
        count, size = self.versions.shape[:2]
        chosen = np.where(rng.uniform(size=size) < 0.5, 0, rng.integers(1, count, size))
        images = np.concatenate([self.versions[chosen, np.arange(size)], self.others])
        redrawn = rng.uniform(size=len(images)) < 2 / 3
        images[redrawn] = distort(images[redrawn], rng)
        return images


def _saved_state(folder):
    """What an interrupted training has saved: (model, lines of the log, steps in an epoch, epochs done), or None."""
    state = folder / "state.keras"
    if not state.is_file():
        return None
    try:
        model = keras.models.load_model(state)
        log, steps = json.loads((folder / "log.json").read_text(encoding="utf-8"))
        done = int(model.optimizer.iterations) // steps
        return model, log[: done + 1], steps, done
    except Exception:  # a file cut short makes Keras stop in a dozen different ways
        print(f"What an earlier training saved in {folder} is damaged, so training starts from the beginning.", flush=True)
        return None


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
    """Render each ink as a picture and find it again. Returns (images (m, 28, 28) uint8, which (m,): the ink of each).

    Pictures in which not exactly one mark is found are left out. The pictures are small: harder to read, and faster to render.
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
    # The log is written first: if the run stops between the two, the model's step counter says how much of it is valid.
    for name, write in [
        ("log.json", lambda path: path.write_text(json.dumps([log, steps]), encoding="utf-8")),
        ("state.keras", model.save),
    ]:
        with replacing(folder / name) as unfinished:
            write(unfinished)
