"""Changes to digits: one property at a time, by a chosen amount, or at random as if another hand had written them.

Every function takes images (n, 28, 28) uint8, ink bright on black, and returns new ones of the same shape and type.
"""

import cv2
import numpy as np

from digitkit.errors import in_sentences


@in_sentences
def moved(images: np.ndarray, right: int, down: int = 0) -> np.ndarray:
    """Digits moved to the right and down; what leaves the picture is lost. images: (n, 28, 28) uint8 -> the same.

    right, down: whole pixels, -28 to 28; below zero it goes to the left and up.

    >>> moved(np.full((1, 28, 28), 9, np.uint8), 3)[0, 0, :5].tolist()
    [0, 0, 0, 9, 9]
    """
    rows, columns = images.shape[1:]
    room = ((0, 0), (max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0)))
    top, left = max(-down, 0), max(-right, 0)
    return np.pad(images, room)[:, top : top + rows, left : left + columns]


@in_sentences
def moved_at_random(images: np.ndarray, pixels: int, rng: np.random.Generator) -> np.ndarray:
    """Digits moved at random, each on its own, by at most so many pixels to each side. (n, 28, 28) uint8 -> the same.

    >>> moved_at_random(np.full((1, 28, 28), 9, np.uint8), 0, np.random.default_rng(0)).min().item()
    9
    """
    padded = np.pad(images, ((0, 0), (pixels, pixels), (pixels, pixels)))
    down, right = rng.integers(0, 2 * pixels + 1, (2, len(images), 1, 1))
    rows, columns = np.ogrid[: images.shape[1], : images.shape[2]]
    return padded[np.arange(len(images))[:, np.newaxis, np.newaxis], rows + down, columns + right]


@in_sentences
def turned(images: np.ndarray, degrees: float) -> np.ndarray:
    """Digits turned anticlockwise around the middle. images: (n, 28, 28) uint8 -> the same.

    >>> turned(np.eye(28, dtype=np.uint8)[np.newaxis], 90)[0, 27, 0].item()
    1
    """
    matrix = cv2.getRotationMatrix2D((13.5, 13.5), degrees, 1.0)
    return np.stack([cv2.warpAffine(image, matrix, (28, 28)) for image in images])


@in_sentences
def scaled(images: np.ndarray, factor: float) -> np.ndarray:
    """Digits made larger (factor > 1) or smaller around the middle. images: (n, 28, 28) uint8 -> the same. factor: above 0.

    >>> scaled(np.full((1, 28, 28), 200, np.uint8), 0.5)[0, [0, 14], 14].tolist()
    [0, 200]
    """
    matrix = cv2.getRotationMatrix2D((13.5, 13.5), 0, factor)
    return np.stack([cv2.warpAffine(image, matrix, (28, 28)) for image in images])


@in_sentences
def restroked(images: np.ndarray, amount: float) -> np.ndarray:
    """Digits with thinner (amount < 0) or thicker strokes, see `simulate.change_stroke_width`. (n, 28, 28) uint8 -> the same."""
    return np.stack([change_stroke_width(image, amount) for image in images])


@in_sentences
def noisy(images: np.ndarray, amount: float, seed: int = 0) -> np.ndarray:
    """Digits with random noise added to every pixel. images: (n, 28, 28) uint8 -> the same.

    amount: the noise's standard deviation; 1 is the whole range from black to white.

    >>> noisy(np.zeros((1, 28, 28), np.uint8), 0.0).max().item()
    0
    """
    noise = np.random.default_rng(seed).normal(0, 255 * amount, images.shape)
    return np.clip(np.rint(images + noise), 0, 255).astype(np.uint8)


@in_sentences
def inverted(images: np.ndarray) -> np.ndarray:
    """Dark ink on bright paper instead of bright on dark. images: (n, 28, 28) uint8 -> the same.

    >>> inverted(np.zeros((1, 28, 28), np.uint8)).min().item()
    255
    """
    return 255 - images


@in_sentences
def changed(
    images: np.ndarray,
    right: int = 0,
    down: int = 0,
    turn: float = 0,
    size: float = 1.0,
    thickness: float = 0.0,
    noise: float = 0.0,
    invert: bool = False,
) -> np.ndarray:
    """All the changes above in one go: strokes first, then size, turn and position, then noise, then inversion.

    images: (n, 28, 28) uint8 -> the same. right, down: pixels. turn: degrees, anticlockwise. size: a factor.
    thickness: -1 to 1. noise: see `noisy`. invert: whether to swap dark and bright. The defaults change nothing.

    >>> changed(np.zeros((1, 28, 28), np.uint8), right=3, invert=True).min().item()
    255
    """
    images = moved(turned(scaled(restroked(images, thickness), size), turn), right, down)
    images = noisy(images, noise)
    return inverted(images) if invert else images


@in_sentences
def change_stroke_width(image: np.ndarray, amount: float) -> np.ndarray:
    """Thicken (amount > 0) or thin (amount < 0) the strokes of a grey digit; at 1 or -1 by about two pixels.

    The image is blended with its grey dilation or erosion by a 3×3 cross.

    image: (h, w) uint8, ink bright. amount: -1 to 1. Returns (h, w) uint8.

    >>> int(change_stroke_width(np.eye(5, dtype=np.uint8) * 255, 1.0)[0, 1])
    255
    """
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    changed = cv2.dilate(image, cross) if amount > 0 else cv2.erode(image, cross)
    return cv2.addWeighted(changed, abs(amount), image, 1 - abs(amount), 0)


@in_sentences
def distort(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Redraw each digit as another hand might have written it: moved, turned, scaled, slanted, bent, thinner or thicker.

    images: (n, 28, 28) uint8, ink bright on black. rng: numpy.random.Generator. Returns the same shape and type.
    Affine and elastic distortions follow Simard, Steinkraus and Platt, "Best practices for convolutional neural
    networks applied to visual document analysis", 2003; stroke width is changed by grey dilation and erosion.

    >>> distort(np.zeros((2, 28, 28), np.uint8), np.random.default_rng(0)).shape
    (2, 28, 28)
    """
    return np.stack([_distort_one(image, rng) for image in images])


def _distort_one(image, rng):
    size = 28
    angle = np.deg2rad(rng.uniform(-10, 10))
    shear = rng.uniform(-0.18, 0.18)
    scale_x, scale_y = rng.uniform(0.9, 1.1) * np.array([rng.uniform(0.92, 1.08), 1.0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, shear], [0, 1]]) @ np.diag([1 / scale_x, 1 / scale_y])
    centre = (size - 1) / 2
    columns, rows = np.arange(size) - centre, np.arange(size)[:, np.newaxis] - centre
    shift = centre + rng.uniform(-1.5, 1.5, size=2)
    bends = cv2.resize(rng.normal(0, 0.56, size=(5, 5, 2)), (size, size), interpolation=cv2.INTER_CUBIC)
    x, y = (matrix[axis, 0] * columns + matrix[axis, 1] * rows + shift[axis] + bends[..., axis] for axis in (0, 1))
    image = cv2.remap(image, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderValue=0)
    return change_stroke_width(image, rng.uniform(-0.35, 0.5))
