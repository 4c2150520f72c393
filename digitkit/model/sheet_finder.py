"""The network that finds the sheet: how it is built, what it learns from, and how it is trained."""

import time
from pathlib import Path

import numpy as np

from digitkit.conversion import keras, layers
from digitkit.files import check_writable, replacing, save_arrays
from digitkit.model.lesson import check_seed
from digitkit.model.training import one_cycle
from digitkit.preprocessing.sheet import BLOCK, SEEN, as_blocks, from_blocks
from digitkit.simulate import paper_examples

BATCH = 32


def build_sheet_finder() -> keras.Model:
    """A small U-Net (Ronneberger, Fischer and Brox, 2015), the one that `preprocessing.paper_map` runs in NumPy.

    Returns an untrained keras.Model: (n, 32, 32, 48) floats in, blocks of 4×4 pixels in colour; (n, 32, 32, 16) logits out, one
    for each pixel of a block.

    >>> build_sheet_finder().output_shape
    (None, 32, 32, 16)
    """

    def convolution(values, filters):
        return layers.Conv2D(filters, 3, padding="same", activation="relu")(values)

    side = SEEN // BLOCK
    blocks = layers.Input((side, side, 3 * BLOCK**2))
    fine = convolution(blocks, 32)
    middle = convolution(layers.MaxPooling2D()(fine), 32)
    coarse = convolution(convolution(layers.MaxPooling2D()(middle), 48), 48)
    middle = convolution(layers.Concatenate()([layers.UpSampling2D()(coarse), middle]), 32)
    fine = convolution(layers.Concatenate()([layers.UpSampling2D()(middle), fine]), 24)
    return keras.Model(blocks, layers.Conv2D(BLOCK**2, 1)(fine))


def train_sheet_finder(out: str | Path, seed: int = 2026, examples: int = 36_000, epochs: int = 26) -> None:
    """Train the network that finds the sheet and write its weights, as 16-bit floats. Prints a line per epoch.

    It learns from pictures made by `simulate.paper_examples`, with MNIST training digits on them; no photo and none of the desks
    of `benchmarks/desks.py` is among them. The last epoch is used, not the best one. Takes about
    three quarters of an hour on two cores.

    out: path of the `.npz` to write; its log is written beside it. seed: 0 to 999,999,999. Raises SeedError for any other,
    and FolderError at once if `out` could not be written.
    """
    check_seed(seed)
    out = Path(out)
    log_file = out.with_suffix(".log")
    for path in (out, log_file):
        check_writable(path)
    started = time.monotonic()
    pictures, maps = paper_examples(examples, seed)
    log = [f"command: python -m digitkit train --sheet --seed {seed} --out {out.name}"]
    log.append(f"examples made: {examples:,}, {time.monotonic() - started:.0f} s")
    print(log[-1], flush=True)
    checked = examples // 30
    model = fit_sheet_finder(pictures[checked:], maps[checked:], seed, epochs, log)
    covered = from_blocks(model.predict(as_blocks(pictures[:checked]), batch_size=100, verbose=0)) > 0
    wanted = maps[:checked] > 127
    shared = (covered & wanted).sum(axis=(1, 2)) / np.maximum((covered | wanted).sum(axis=(1, 2)), 1)
    for name, chosen in [
        ("sheets on desks", ~wanted.all(axis=(1, 2)) & wanted.any(axis=(1, 2))),
        ("pages", wanted.all(axis=(1, 2))),
    ]:
        worst, tenth, middle = np.percentile(shared[chosen], [1, 10, 50])
        log.append(
            f"overlap on {chosen.sum()} {name} not trained on: median {middle:.3f}, worst tenth {tenth:.3f}, 1 % {worst:.3f}"
        )
        print(log[-1], flush=True)
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    arrays = {}
    for number, layer in enumerate(convolutions):
        for name, values in zip(["kernel", "bias"], layer.get_weights(), strict=True):
            arrays[f"{name} {number}"] = values.astype(np.float16)
    save_arrays(out, **arrays)
    with replacing(log_file) as unfinished:
        unfinished.write_text("\n".join([*log, ""]), encoding="utf-8")


def fit_sheet_finder(pictures: np.ndarray, maps: np.ndarray, seed: int, epochs: int, log: list) -> keras.Model:
    """Train a new network. pictures: (n, 128, 128, 3) uint8. maps: (n, 128, 128) uint8. log: gets a line for each epoch.

    Each time a picture is seen, it may be mirrored, turned by 90°, and have other colours and brightness.
    """
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    model = build_sheet_finder()
    adam = keras.optimizers.Adam(beta_2=0.99)
    model.compile(adam, keras.losses.BinaryCrossentropy(from_logits=True), jit_compile=False)
    steps = len(pictures) // BATCH
    for epoch in range(epochs):
        started, losses = time.monotonic(), []
        order = rng.permutation(len(pictures))
        for step in range(steps):
            adam.learning_rate = 0.004 * one_cycle((epoch + step / steps) / epochs)
            chosen = order[step * BATCH : (step + 1) * BATCH]
            some, wanted = _seen_otherwise(pictures[chosen], maps[chosen], rng)
            losses.append(model.train_on_batch(as_blocks(some), as_blocks(wanted[..., np.newaxis]) + 0.5))
        log.append(f"epoch {epoch + 1:2} of {epochs}: loss {np.mean(losses):.4f}, {time.monotonic() - started:.0f} s")
        print(log[-1], flush=True)
    return model


def _seen_otherwise(pictures, maps, rng):
    """The same pictures mirrored or turned, in other light: two arrays of uint8."""
    if rng.uniform() < 0.5:
        pictures, maps = pictures[:, ::-1], maps[:, ::-1]
    if rng.uniform() < 0.5:
        pictures, maps = pictures[:, :, ::-1], maps[:, :, ::-1]
    if rng.uniform() < 0.5:
        pictures, maps = pictures.swapaxes(1, 2), maps.swapaxes(1, 2)
    each = (len(pictures), 1, 1, 1)
    light = (pictures / np.float32(255)) ** rng.uniform(0.7, 1.4, each) * rng.uniform(0.75, 1.1, each)
    if rng.uniform() < 0.5:
        light = light * rng.uniform(0.88, 1.12, (*each[:3], 3))
    if rng.uniform() < 0.2:
        light = light[..., ::-1]
    return np.clip(255 * light, 0, 255).astype(np.uint8), maps
