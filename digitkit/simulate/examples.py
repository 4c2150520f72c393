"""Training examples: digits and other marks as they come out of preprocessing."""

from dataclasses import replace

import cv2
import numpy as np

from digitkit.errors import InputError
from digitkit.preprocessing import crop, like_mnist
from digitkit.simulate.penmanship import FORMS, any_writer
from digitkit.simulate.writing import no_digit_mask, write_digits

BLUNT = ["plain", "slanted", "short flag", "round flag"]  # forms of a 1 whose flag is no wing when the pen is very broad


def as_prepared(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What preprocessing would make of this digit on paper: sharp pen, even stroke, small damage, box, centre of mass.

    image: (28, 28) uint8, ink bright. Returns (28, 28) uint8.

    >>> as_prepared(np.pad(np.full((20, 4), 255, np.uint8), ((4, 4), (12, 12))), np.random.default_rng(0)).shape
    (28, 28)
    """
    mask = write_digits([image], [(0, 0, 196)], (196, 196)) > rng.uniform(0.3, 0.7)
    if not mask.any():
        return image
    return like_mnist(_damage(mask, rng))


def _damage(mask, rng):
    """Damage that sometimes occurs between paper and mask: rough edges, a coarse scan, a gap, part of a line, a cut-off side."""
    damaged = np.ascontiguousarray(mask, np.uint8) * 255
    height, width = mask.shape
    if rng.uniform() < 0.25:
        grain = cv2.GaussianBlur(rng.normal(0, 1, mask.shape).astype(np.float32), (0, 0), 3)
        damaged = np.clip(cv2.GaussianBlur(damaged, (0, 0), 3) + 350 * grain, 0, 255).astype(np.uint8)
    if rng.uniform() < 0.15:
        factor = rng.uniform(18, 40) / height
        coarse = cv2.resize(damaged, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) + 0.0
        coarse = (coarse + rng.normal(0, 30, coarse.shape) > rng.uniform(90, 165)) * np.uint8(255)
        damaged = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)
    if rng.uniform() < 0.15:
        start, end = rng.integers(0, width, (2, 2))
        cv2.line(damaged, start.tolist(), end.tolist(), 0, int(rng.integers(2, 7)))
    if rng.uniform() < 0.15:
        row, left, length = int(rng.integers(0, height)), int(rng.integers(0, width)), int(rng.integers(10, 90))
        ends = ((left, row), (left + length, row)) if rng.uniform() < 0.6 else ((row, left), (row, left + length))
        cv2.line(damaged, *ends, 255, int(rng.integers(1, 5)))
    if rng.uniform() < 0.08:
        rows = np.flatnonzero(mask.any(axis=1))
        cut = int(rng.uniform(0.02, 0.1) * len(rows))
        damaged[rows[-1] - cut :] = 0
    result = damaged > 127
    return result if result.sum() > 0.5 * mask.sum() else mask


def drawn_digits(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Digits of many hands, each of another. Returns (images (n, 28, 28) uint8, labels (n,) uint8).

    0, 1 and 4 are more frequent than others: they are written in more ways that MNIST does not know.

    >>> drawn_digits(3, np.random.default_rng(0))[0].shape
    (3, 28, 28)
    """
    labels = rng.choice(10, count, p=np.array([14, 13, 8, 8, 13, 8, 8, 11, 8, 9]) / 100).astype(np.uint8)
    inks = []
    for label in labels.tolist():
        forms = FORMS[label]
        if label == 1 and rng.uniform() < 0.1:
            inks.append(_bar(rng))
            continue
        if label == 1 and rng.uniform() < 0.2:  # the only digit that even the broadest marker leaves what it is
            writer = replace(any_writer(rng, {1: {form: forms[form] for form in BLUNT}}), pen=0.2 * 6 ** rng.uniform())
        else:
            writer = any_writer(rng, {label: forms})
        inks.append(writer.draw(label, rng))
    return np.stack([like_mnist(_damage(crop(ink), rng)) for ink in inks]), labels


def _bar(rng):
    """A 1 that is a mere bar, broader than a line and with uneven sides. Returns the ink (100, w) bool."""
    uneven = cv2.GaussianBlur(rng.normal(0, 1, (100, 2)), (1, 0), sigmaX=1, sigmaY=rng.uniform(2, 8)) * rng.uniform(2, 12)
    middle = rng.normal(0, 5) * np.sin(np.linspace(0, rng.uniform(1, 6), 100)) - rng.normal(0.1, 0.15) * np.arange(100)
    left, right = (middle[:, np.newaxis] + uneven + np.array([-0.5, 0.5]) * rng.uniform(14, 55)).T[..., np.newaxis]
    columns = np.arange(-150, 151)
    return crop((left < columns) & (columns < right))


def written(digit: int, form: str, count: int = 200, seed: int = 0) -> np.ndarray:
    """A digit in one of the forms of `penmanship.FORMS`, each time by another hand. Returns (count, 28, 28) uint8.

    Raises InputError for a form that is not known for this digit; its message names those that are.

    >>> written(7, "barred", 3).shape
    (3, 28, 28)
    """
    if form not in FORMS[digit]:
        raise InputError(f"The forms of {digit} are: {', '.join(FORMS[digit])}.")
    rng, forms = np.random.default_rng(seed), {digit: {form: FORMS[digit][form]}}
    return np.stack([like_mnist(any_writer(rng, forms).draw(digit, rng)) for _ in range(count)])


def no_digits(count: int, rng: np.random.Generator, images: np.ndarray) -> np.ndarray:
    """Marks that are not digits, as they come out of preprocessing. Returns (count, 28, 28) uint8.

    Letters, symbols, invented characters, frames, words, two digits in one frame, scribbles, blots; a few are noise or blank.
    images: (n, 28, 28) uint8, the digits for the pairs.

    >>> no_digits(2, np.random.default_rng(0), np.full((1, 28, 28), 255, np.uint8)).shape
    (2, 28, 28)
    """
    return np.stack([_no_digit_image(rng, images) for _ in range(count)])


def _no_digit_image(rng, images):
    kind = rng.uniform()
    if kind < 0.02:
        return np.zeros((28, 28), np.uint8)
    if kind < 0.08:  # from a few grey specks to a picture full of them
        grey = rng.normal(rng.uniform(-80, 128), rng.uniform(30, 120), (28, 28))
        return np.clip(grey, 0, 255).astype(np.uint8)
    return like_mnist(_damage(crop(no_digit_mask(rng, images)), rng))
