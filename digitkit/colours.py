"""The kit's colours, and numbers turned into colours. Figures, widgets and style sheets all take them from here.

Blue marks what to look at, orange what to compare it with: colour-blind readers can tell them apart too. Numbers that can
be negative run from blue through white (zero) to red, as in matplotlib's colour map RdBu_r.
"""

import numpy as np

BLUE, ORANGE, GREY = "#0b6bcb", "#c2500a", "#8c9bab"
PALE = "#dceaf8"  # fills what is drawn in dark lines
FRAME = "#ffa600"  # around what is being looked at
NEGATIVE, ZERO, POSITIVE = np.array([33, 102, 172]), np.array([247, 247, 247]), np.array([178, 24, 43])
SIGNED_WORDS = "blue is below zero, white is zero, red is above zero"
SIGNED_MAP = "RdBu_r"  # the same for matplotlib
# Line styles in one chart, each a colour and its dashes, so that nobody has to tell lines apart by colour alone.
PENS = [(BLUE, ""), (ORANGE, "7 4"), ("#1b8a5a", "2 3"), ("#b5539c", "10 3 2 3"), ("#8a7400", "4 2"), ("#7d8794", "1 4")]


def as_bytes(array: np.ndarray) -> np.ndarray:
    """An array from any preprocessing step as grey levels to display: bool or 0 to 255 -> (h, w) uint8.

    >>> as_bytes(np.array([[True, False]]))
    array([[255,   0]], dtype=uint8)
    """
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    return array if array.dtype == np.uint8 else np.clip(np.rint(array), 0, 255).astype(np.uint8)


def greys(values: np.ndarray, top: float | None = None) -> np.ndarray:
    """Numbers from 0 to `top` (their largest, if left out) as black to white: (h, w) -> (h, w, 4) uint8; NaN is transparent.

    >>> greys(np.array([[0, 0.5, np.nan]]), top=0.5)[0].tolist()
    [[0, 0, 0, 255], [255, 255, 255, 255], [0, 0, 0, 0]]
    """
    known = np.nan_to_num(values)
    shares = np.clip(known / (top or known.max() or 1), 0, 1)
    return _with_gaps(np.repeat(255 * shares[..., np.newaxis], 3, axis=-1), values)


def blue_white_red(values: np.ndarray, reach: float | None = None) -> np.ndarray:
    """Numbers from -reach to reach as blue, white, red: (h, w) -> (h, w, 4) uint8; NaN is transparent.

    reach: their largest absolute value, if left out.

    >>> blue_white_red(np.array([[-2, 0, 2]])).tolist()
    [[[33, 102, 172, 255], [247, 247, 247, 255], [178, 24, 43, 255]]]
    """
    known = np.nan_to_num(values)
    shares = np.clip(known / (reach or np.abs(known).max() or 1), -1, 1)[..., np.newaxis]
    return _with_gaps(ZERO + np.where(shares < 0, -shares * (NEGATIVE - ZERO), shares * (POSITIVE - ZERO)), values)


def _with_gaps(colours, values):
    there = ~np.isnan(values)[..., np.newaxis]
    return np.rint(np.where(there, np.concatenate([colours, np.full_like(colours[..., :1], 255)], axis=-1), 0)).astype(np.uint8)
