"""A pretend class, for trying out what only a real class can answer."""

import cv2
import numpy as np

from digitkit.data import Digits, hold_out, load_mnist
from digitkit.preprocessing import crop, like_mnist
from digitkit.simulate.changes import change_stroke_width
from digitkit.simulate.glyphs import draw_glyph, leaning
from digitkit.simulate.writing import write_digits

HABITS = {  # forms that pupils may have learned and MNIST's writers did not
    0: "5,0 1,2 0,5 1,8 5,10 9,8 10,5 9,2 5,0 | 9,0 1,10",  # a stroke through it, so that nobody takes it for the letter O
    1: "1,4 6,0 6,10",  # a long upstroke
    7: "0,0 10,0 5,10 | 2,5 9,5",  # a bar
}


def pretend_class(pupils: int = 12, each: int = 2, seed: int = 1) -> dict[str, Digits]:
    """A class that does not exist. Each pupil has their own slant, turn, width, pen, and forms of 0, 1 and 7.

    The digits are MNIST validation digits (from the first half of the 5,000) redrawn with these habits, or
    drawn by code in another form, and made like MNIST as the panel would. each: how many of each digit a pupil writes.
    Returns {name: Digits}, as `load_class` does; a pupil's labels are 0 to 9, 0 to 9, and so on.

    >>> list(pretend_class(pupils=2, each=1))
    ['pretend_01', 'pretend_02']
    """
    _, validation = hold_out(load_mnist().train)
    rng = np.random.default_rng(seed)
    source = validation[: len(validation) // 2]
    return {f"pretend_{number:02}": _pretend_pupil(source, each, rng) for number in range(1, pupils + 1)}


def _pretend_pupil(source, each, rng):
    habits = {label: shape for label, shape in HABITS.items() if rng.uniform() < 0.5}
    slant, turn = rng.normal(0, 0.35), np.deg2rad(rng.normal(0, 6))
    width, pen = np.exp(rng.normal(0, 0.2)), rng.uniform(-0.3, 0.3)
    labels = np.tile(np.arange(10, dtype=np.uint8), each)
    images = []
    for label in labels:
        if label in habits:
            mask = crop(draw_glyph(habits[label], rng))
        else:
            image = source.images[rng.choice(np.flatnonzero(source.labels == label))]
            mask = write_digits([image], [(0, 0, 196)], (196, 196)) > 0.5
        # Nobody writes two digits exactly alike, but one pupil's are more alike than two pupils'.
        mask = _slanted(mask, slant + rng.normal(0, 0.06), turn + rng.normal(0, 0.04), width)
        images.append(change_stroke_width(like_mnist(mask), pen))
    return Digits(np.stack(images), labels)


def _slanted(mask, slant, turn, width):
    """Ink slanted to the right, turned, and made wider or narrower. mask: (h, w) bool. Returns it on a larger sheet."""
    matrix = leaning(slant, turn, width)
    size = np.array(mask.shape[::-1])
    place = 1.5 * size - matrix @ (size / 2)  # the middle of the ink goes to the middle of a sheet three times as large
    ink = cv2.warpAffine(mask.astype(np.uint8) * 255, np.column_stack([matrix, place]), (3 * size).tolist())
    return ink > 127
