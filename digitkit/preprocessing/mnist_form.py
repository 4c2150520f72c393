"""The mask of one digit -> 28×28 pixels, made as MNIST was made: crop, even stroke, 20×20 box, centre of mass."""

import cv2
import numpy as np

from digitkit.preprocessing.damage import PictureError

BOX = 20  # pixels: the box that MNIST fits a digit into
MIDDLE = 14  # row and column of the centre of mass, counted from 0: on average MNIST's are at 14.00 and 14.01
STROKE = 2.4  # pixels: how wide a typical stroke of MNIST is in that box
FINER = 8  # the stroke is measured and changed on a grid eight times finer than the 20-pixel box


def crop(mask: np.ndarray) -> np.ndarray:
    """Cut out the ink: the smallest rectangle that holds it. mask: (h, w) bool. Returns (h, w) bool.

    Raises PictureError if there is no ink.

    >>> crop(np.eye(5, dtype=bool)[:, 1:4]).shape
    (3, 3)
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    _check_ink(len(rows))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _check_ink(found):
    """Raise PictureError unless something was found: pixels, or how many rows have some."""
    if not np.any(found):
        raise PictureError("There is no ink in it, so look at the step before: every pixel counts as paper.")


def stroke_width(mask: np.ndarray) -> float:
    """The typical width of the strokes, in pixels: four times the mean distance from the ink to its edge.

    Across a stroke of width w the distance to the edge rises from 0 to w / 2 and falls again: its mean is w / 4.
    mask: (h, w) bool. Returns a float. Raises PictureError if there is no ink.

    >>> bar = np.zeros((40, 200), bool); bar[15:25] = True
    >>> 9 < stroke_width(bar) < 12
    True
    """
    _check_ink(mask)
    framed = np.pad(mask.astype(np.uint8), 1)
    return 4 * float(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[framed > 0].mean() - 0.25)


def even_stroke(mask: np.ndarray) -> np.ndarray:
    """Bring the strokes to the width that MNIST's have: hairlines are thickened, a fat marker is thinned.

    mask: (h, w) bool, cropped. Returns (h, w) bool, cropped, 160 pixels or slightly more on the longer side.

    >>> hairline = np.zeros((300, 3), bool); hairline[:, 1] = True
    >>> 14 < stroke_width(even_stroke(crop(hairline))) < 24
    True
    """
    fine = _resize_mask(mask, BOX * FINER)
    width, wanted = stroke_width(fine), STROKE / BOX
    change = (wanted * max(fine.shape) - width) / (1 - wanted)  # the digit grows and shrinks with its strokes
    diameter = round(min(abs(change), 0.45 * width if change < 0 else abs(change))) | 1
    if diameter < 3:
        return fine
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter))
    framed = np.pad(fine, diameter).astype(np.uint8)
    changed = cv2.dilate(framed, disc) if change > 0 else cv2.erode(framed, disc)
    return crop(changed > 0) if changed.any() else fine


def _resize_mask(mask, longest):
    factor = longest / max(mask.shape)
    new_size = max(round(mask.shape[1] * factor), 1), max(round(mask.shape[0] * factor), 1)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    cover = cv2.resize(mask.astype(np.uint8) * 255, new_size, interpolation=how)
    return cover >= min(128, cover.max())  # scattered single pixels may cover no pixel of the smaller grid by half


def fit_into_box(mask: np.ndarray, keep_aspect: bool = True) -> np.ndarray:
    """Shrink a digit into the 20×20 box; averaging black and white gives the grey levels of its edges.

    mask: (h, w) bool, cropped. Returns (h, w) uint8, the longer side 20 pixels, ink bright on black.

    >>> fit_into_box(np.ones((160, 80), bool)).shape
    (20, 10)
    """
    factor = BOX / max(mask.shape)
    new_size = (max(round(mask.shape[1] * factor), 1), max(round(mask.shape[0] * factor), 1)) if keep_aspect else (BOX, BOX)
    return cv2.resize(mask.astype(np.uint8) * 255, new_size, interpolation=cv2.INTER_AREA)


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    """Where the ink balances: (row, column) in pixels, counted from the centre of the first pixel.

    image: (h, w), ink bright. Derived in notebook 01. Raises PictureError if there is no ink.

    >>> centre_of_mass(np.array([[0, 0, 255]], np.uint8))
    (0.0, 2.0)
    """
    _check_ink(image)
    weights = image.astype(np.float64)
    total = weights.sum()
    rows, columns = np.indices(image.shape)
    return float((rows * weights).sum() / total), float((columns * weights).sum() / total)


def centre(image: np.ndarray, by_mass: bool = True) -> np.ndarray:
    """Place a digit of at most 20×20 pixels in 28×28, with its centre of mass in the middle.

    image: (h, w) uint8, ink bright. by_mass: False puts the middle of the box there instead. Returns (28, 28) uint8.

    >>> centre(np.full((20, 4), 255, np.uint8))[4:24, 12:16].min().item()
    255
    """
    height, width = image.shape
    row, column = centre_of_mass(image) if by_mass else ((height - 1) / 2, (width - 1) / 2)
    top = int(np.clip(round(MIDDLE - row), 0, 28 - height))
    left = int(np.clip(round(MIDDLE - column), 0, 28 - width))
    digit = np.zeros((28, 28), np.uint8)
    digit[top : top + height, left : left + width] = image
    return digit


def mnist_steps(mask, without=()):
    cropped = crop(mask)
    even = cropped if "stroke width" in without else even_stroke(cropped)
    boxed = fit_into_box(even, keep_aspect="aspect" not in without)
    image = centre(boxed, by_mass="centre of mass" not in without)
    return {"crop": cropped, "even stroke": even, "20×20 box": boxed, "28×28": image}


def like_mnist(mask: np.ndarray) -> np.ndarray:
    """The ink of one digit made like MNIST: crop, even stroke, 20×20 box, centre of mass.

    mask: (h, w) bool with some ink. Returns (28, 28) uint8, ink bright on black.

    >>> like_mnist(np.eye(50, dtype=bool)).shape
    (28, 28)
    """
    return mnist_steps(mask)["28×28"]
