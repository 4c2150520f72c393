"""Training examples: digits and other marks as they come out of preprocessing."""

import cv2
import numpy as np

from digitkit.preprocessing import crop, like_mnist
from digitkit.simulate.glyphs import DIGITS, draw_glyph
from digitkit.simulate.writing import no_digit_mask, write_digits


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
    """Damage that sometimes occurs between paper and mask: rough edges, a gap, part of a printed line, a cut-off side."""
    damaged = mask.astype(np.uint8) * 255
    height, width = mask.shape
    if rng.uniform() < 0.25:
        grain = cv2.GaussianBlur(rng.normal(0, 1, mask.shape).astype(np.float32), (0, 0), 3)
        damaged = np.clip(cv2.GaussianBlur(damaged, (0, 0), 3) + 350 * grain, 0, 255).astype(np.uint8)
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
    """Digits drawn by code in forms that are rare in MNIST. Returns (images (n, 28, 28) uint8, labels (n,) uint8).

    >>> drawn_digits(3, np.random.default_rng(0))[0].shape
    (3, 28, 28)
    """
    labels = rng.choice(10, count, p=np.array([2, 8, 2, 2, 3, 2, 2, 5, 2, 2]) / 30).astype(np.uint8)
    return np.stack([like_mnist(_damage(crop(draw_glyph(rng.choice(DIGITS[label]), rng)), rng)) for label in labels]), labels


def no_digits(count: int, rng: np.random.Generator, images: np.ndarray) -> np.ndarray:
    """Marks that are not digits, as they come out of preprocessing. Returns (count, 28, 28) uint8.

    Letters, symbols, several letters together, two digits in one frame, scribbles, blots; a few are pure noise or blank.
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
    return like_mnist(no_digit_mask(rng, images))
