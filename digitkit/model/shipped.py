"""The network that ships with the kit: how it is built, what it learns from, how it is trained."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from digitkit.conversion import keras, layers, to_network
from digitkit.data import hold_out, load_mnist
from digitkit.explain.nearest import make_index
from digitkit.files import FolderError, check_writable, home_dir, make_folder, replacing
from digitkit.model.calibration import temperature_on_pictures
from digitkit.model.lesson import check_seed
from digitkit.model.training import batches, one_cycle, training_step
from digitkit.network import Network, load_network, save_network, to_input
from digitkit.simulate.pool import training_pool
from digitkit.words import counted

BATCH_SIZE = 256
LEARNING_RATE = 0.004  # of Adam, at most
SOFTNESS = 0.1  # the share of each label that all answers get alike, at most: it falls with the learning rate
CALM = 0.3  # of the epochs, the last: MNIST's digits are then shown more as they are


def build_shipped_cnn() -> keras.Sequential:
    """The network that ships with the kit: the same kinds of layers as `build_cnn`, only more of them.

    Batch normalisation (Ioffe and Szegedy, 2015) lets the deeper stack train fast; after training it is folded into
    the convolution before it. The largest maps are left without, and made smaller at once: that saves a third of the time.
    An eleventh output stands for "not a digit".
    Returns an untrained keras.Sequential: (n, 28, 28, 1) floats from 0 to 1 in, (n, 11) probabilities out.

    >>> build_shipped_cnn().output_shape
    (None, 11)
    """

    def normalised(filters, **settings):
        convolution = layers.Conv2D(filters, 3, use_bias=False, **settings)
        return [convolution, layers.BatchNormalization(momentum=0.95), layers.ReLU()]

    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(24, 5),
            layers.MaxPooling2D(2),
            layers.ReLU(),
            *normalised(64),
            *normalised(64),
            layers.MaxPooling2D(2),
            *normalised(176, padding="same"),
            *normalised(176),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(11),
            layers.Softmax(dtype="float32"),
        ]
    )


def train_shipped(out: str | Path, seed: int = 2026, epochs: int = 18) -> None:
    """Train the network that ships with the kit and write its weights, as 16-bit floats: half the size, the same answers.

    It learns from 55,000 MNIST training digits, as they are and as they come out of preprocessing, from twice as many digits,
    each by another invented writer (`simulate.penmanship`), and from marks that are not digits: see `simulate.pool`.

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
        "trained on": "MNIST training images 1 to 55,000, digits drawn by code in many hands, and marks that are no digit",
        "temperature fitted on": "MNIST training images 55,001 to 57,500, rendered as pictures and read back",
    }
    exported = [
        (name, {key: value.astype(np.float16) if isinstance(value, np.ndarray) else value for key, value in settings.items()})
        for name, settings in to_network(model).layers
    ]
    started = time.monotonic()
    save_network(Network(exported, temperature_on_pictures(model, validation, seed), about), out)
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
    saved = _saved_state(folder)
    if saved is not None:
        model, log, steps, done = saved
        print(f"Resuming after epoch {done}, saved in {folder}.", flush=True)
        if done == epochs:
            return model, log
    started = time.monotonic()
    pool = training_pool(training, seed)
    if saved is None:
        log, done = [f"examples made: {pool.epoch_size:,} for each epoch, {time.monotonic() - started:.0f} s"], 0
        print(log[-1], flush=True)
        keras.utils.set_random_seed(seed)
        model = _build_in_bfloat16()
        steps = -(-pool.epoch_size // BATCH_SIZE)
        model.compile(keras.optimizers.Adam(LEARNING_RATE), loss="sparse_categorical_crossentropy", jit_compile=False)
    step = training_step(model, ends_in_scores=False)
    for epoch, shown in _one_ahead(pool, seed, range(done + 1, epochs + 1), epochs):
        started, losses = time.monotonic(), []
        keras.utils.set_random_seed(seed + epoch)
        for chosen in batches(len(shown), BATCH_SIZE, np.random.default_rng([seed, epoch])):
            height = one_cycle(((epoch - 1) + len(losses) / steps) / epochs)
            model.optimizer.learning_rate = LEARNING_RATE * height
            inputs, labels = to_input(shown.images[chosen]), shown.labels[chosen].astype(np.int32)
            losses.append(float(step(inputs, labels, SOFTNESS * height)[0]))
        right = model.predict(to_input(validation.images), batch_size=500, verbose=0).argmax(axis=1) == validation.labels
        seconds = time.monotonic() - started
        log.append(
            f"epoch {epoch:2} of {epochs}: loss {np.mean(losses):.4f}, validation accuracy {right.mean():.2%}, {seconds:.0f} s"
        )
        print(f"{log[-1]}; {counted(round((epochs - epoch) * seconds / 60), 'minute')} left", flush=True)
        _save_state(folder, model, log, steps)
    return model, log


def _one_ahead(pool, seed, numbers, epochs):
    """Pairs (number of an epoch, its images): while one is trained on, a thread makes the next. numbers: at least one."""

    def make(number):
        return number, pool.epoch(number, np.random.default_rng([seed, number, 1]), calm=number > (1 - CALM) * epochs)

    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(make, numbers[0])
        for number in numbers[1:]:
            made, coming = coming.result(), worker.submit(make, number)
            yield made
        yield coming.result()


def _build_in_bfloat16():
    """The network, for training: its layers count with 16 bits, which is faster on processors that can; its weights have 32."""
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        return build_shipped_cnn()
    finally:
        keras.config.set_dtype_policy(usual)


def _saved_state(folder):
    """What an interrupted training has saved: (model, lines of the log, steps in an epoch, epochs done), or None."""
    state = folder / "state.keras"
    if not state.is_file():
        return None
    try:
        model = keras.models.load_model(state, safe_mode=True)
        log, steps = json.loads((folder / "log.json").read_text(encoding="utf-8"))
        done = int(model.optimizer.iterations) // steps
        return model, log[: done + 1], steps, done
    except Exception:  # a file cut short makes Keras stop in a dozen different ways
        print(f"What an earlier training saved in {folder} is damaged, so training starts from the beginning.", flush=True)
        return None


def _save_state(folder, model, log, steps):
    # The log is written first: if the run stops between the two, the model's step counter says how much of it is valid.
    for name, write in [
        ("log.json", lambda path: path.write_text(json.dumps([log, steps]), encoding="utf-8")),
        ("state.keras", model.save),
    ]:
        with replacing(folder / name) as unfinished:
            write(unfinished)
