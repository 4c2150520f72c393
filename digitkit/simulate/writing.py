"""Ink on a sheet: digits written with a pen, and other marks, somewhere on the paper."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from digitkit.preprocessing import crop
from digitkit.simulate.characters import frame, invented_character, printed_character
from digitkit.simulate.glyphs import NO_DIGITS, blot, draw_glyph, scribble
from digitkit.simulate.penmanship import FORMS, any_writer

KINDS = {  # of marks that are no digits, and how frequent each is
    "character": 0.36,
    "invented": 0.18,
    "frame": 0.07,
    "scribble": 0.06,
    "blot": 0.06,
    "pair": 0.04,
    "word": 0.05,
    "glyph": 0.18,
}
DRAWN_ALONE = {
    "character": printed_character,
    "invented": invented_character,
    "frame": frame,
    "scribble": scribble,
    "blot": blot,
}
SMALLEST_FRAME = 28  # pixels: a digit smaller than MNIST stores it has lost its shape, for people too


def write_digits(images: Sequence | np.ndarray, places: Sequence, size: tuple) -> np.ndarray:
    """Write digits on a sheet with a sharp pen.

    images: (n, 28, 28) uint8, ink bright. places: for each image (x, y, height): the top left corner and the height of
    its 28×28 frame on the sheet, in pixels. size: (width, height) of the sheet.
    Returns the ink (h, w) float32: 0 bare paper, 1 fully covered. Parts outside the sheet are cut off.

    >>> write_digits(np.zeros((1, 28, 28), np.uint8), [(5, 5, 56)], (100, 80)).shape
    (80, 100)
    """
    width, height = size
    ink = np.zeros((height, width), np.float32)
    for image, (x, y, side) in zip(images, places, strict=True):
        large = cv2.resize(image.astype(np.float32) / 255, (side, side), interpolation=cv2.INTER_CUBIC)
        pixel = side / 28
        large = cv2.GaussianBlur(large, (0, 0), 0.35 * pixel)
        sharp = np.clip((large - 0.42) * pixel / 0.9 + 0.5, 0, 1) if pixel > 1 else np.clip(large, 0, 1)
        left, top, right, bottom = max(x, 0), max(y, 0), min(x + side, width), min(y + side, height)
        if left < right and top < bottom:
            part = ink[top:bottom, left:right]
            np.maximum(part, sharp[top - y : bottom - y, left - x : right - x], out=part)
    return ink


def one_digit(image: np.ndarray, rng: np.random.Generator) -> Callable:
    """Ink for `random_picture`: one digit somewhere on the sheet, small or large. image: (28, 28) uint8."""

    def ink_for(size):
        # MNIST leaves a margin of 4 of 28 pixels, so a frame a little larger than the sheet still keeps the digit on it.
        side = max(int(min(size) * rng.uniform(0.35, 1.1)), SMALLEST_FRAME)
        x, y = (int(rng.uniform(min(0, length - side), max(length - side, 0))) for length in size)
        return write_digits([image], [(x, y, side)], size)

    return ink_for


def one_drawn_digit(digit: int, rng: np.random.Generator, pen: float) -> Callable:
    """Ink for `random_picture`: one digit of a hand that nobody has seen, somewhere on the sheet, small or large.

    digit: 0 to 9, in any of its forms in `penmanship.FORMS`. pen: the width of its line, as a share of the digit's height:
    a fine pen has about 0.03, a felt pen 0.3.
    """

    def ink_for(size):
        writer = replace(any_writer(rng, {digit: FORMS[digit]}), pen=pen)
        return _anywhere(crop(writer.draw(digit, rng)), rng, np.zeros(size[::-1], np.float32))

    return ink_for


def several_digits(images: np.ndarray, rng: np.random.Generator) -> Callable:
    """Ink for `random_picture`: a row, sometimes a column, of uneven size and spacing, sometimes near the edge.

    images: (n, 28, 28) uint8. The sheet should be at least 2 * n * SMALLEST_FRAME pixels on its longer side.
    """

    def ink_for(size):
        upright = rng.uniform() < 0.15 and len(images) <= 4
        length, across = (size[1], size[0]) if upright else size
        step = length / len(images)
        places, start = [], 0
        for _ in images:
            side = int(min(step * rng.uniform(0.95, 1.25), across))
            along, beside = int(start + (step - side) / 2 + step * rng.uniform(-0.05, 0.05)), (across - side) / 2
            place = (along, int(beside + side * rng.uniform(-0.3, 0.3)))
            places.append((*(place[::-1] if upright else place), side))
            start += step
        return write_digits(images, places, size)

    return ink_for


def no_digit(rng: np.random.Generator) -> Callable:
    """Ink for `random_picture`: a mark that is not a digit (see `no_digit_mask`), or sometimes nothing."""

    def ink_for(size):
        ink = np.zeros(size[::-1], np.float32)
        if rng.uniform() < 0.2:
            return ink
        return _anywhere(crop(no_digit_mask(rng)), rng, ink)

    return ink_for


def _anywhere(mask, rng, sheet):
    """Write a mark (h, w) bool somewhere on a bare sheet (h, w) float32, in place, small or large. Returns the sheet."""
    factor = rng.uniform(0.25, 0.9) * min(sheet.shape[1] / mask.shape[1], sheet.shape[0] / mask.shape[0])
    mark = cv2.resize(mask.astype(np.float32), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    x, y = (int(rng.integers(0, side - length + 1)) for side, length in zip(sheet.shape[::-1], mark.shape[::-1], strict=True))
    sheet[y : y + mark.shape[0], x : x + mark.shape[1]] = mark
    return sheet


def no_digit_mask(rng: np.random.Generator, images: np.ndarray | None = None) -> np.ndarray:
    """The ink (h, w) bool of one mark that is not a digit: see `no_digits`. Without images there are no pairs of digits."""
    kind = rng.choice(list(KINDS), p=list(KINDS.values()))
    if kind in DRAWN_ALONE:
        return DRAWN_ALONE[kind](rng)
    if kind == "pair" and images is not None:
        first, second = images[rng.integers(len(images), size=2)]
        gap = int(rng.integers(100, 150))
        return write_digits([first, second], [(0, 0, 196), (gap, int(rng.integers(-20, 21)), 196)], (350, 196)) > 0.5
    glyphs = [
        draw_glyph(rng.choice(list(NO_DIGITS.values())), rng, 100) for _ in range(rng.integers(2, 6) if kind == "word" else 1)
    ]
    rows = np.flatnonzero(np.any(glyphs, axis=(0, 2)))
    return np.hstack([glyph[rows[0] : rows[-1] + 1, glyph.any(axis=0)] for glyph in glyphs])
