"""How good is a network? Counts, shares and intervals from labels and probabilities; and digits made harder to read."""

import cv2
import numpy as np

from digitkit.simulate import change_stroke_width


def accuracy(network, digits):
    """The share of digits that the network reads right, 0 to 1. digits: as in `data.Digits`, at least one."""
    return float((network.probabilities(digits.images).argmax(axis=1) == digits.labels).mean())


def confidence_interval(right, total):
    """The 95 % interval for a share: where the true accuracy plausibly lies when `right` of `total` digits were read right.

    Unlike ± two standard errors it never leaves 0 to 1, and it holds for few digits and for shares near 1.
    Returns (low, high). Raises ValueError unless 0 ≤ right ≤ total and total ≥ 1.
    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    >>> [round(end, 3) for end in confidence_interval(990, 1000)]
    [0.982, 0.995]
    """
    if not 0 <= right <= total or total < 1:
        raise ValueError(f"{right} right of {total} is impossible.")
    z = 1.96  # 95 % of a bell curve lies within 1.96 standard deviations of its middle
    share = right / total
    centre = share + z**2 / (2 * total)
    margin = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    low, high = (centre - margin) / (1 + z**2 / total), (centre + margin) / (1 + z**2 / total)
    return max(float(low), 0.0), min(float(high), 1.0)


def confusion_matrix(labels, guesses):
    """How often each digit was read as each: row = label, column = what the network read.

    labels, guesses: (n,) integers from 0 to 9. Returns (10, 10) int; its diagonal counts what was read right.

    >>> int(confusion_matrix([4, 4, 9], [4, 9, 9])[4, 9])
    1
    """
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (np.asarray(labels, int), np.asarray(guesses, int)), 1)
    return counts


def surest_mistakes(labels, probabilities):
    """Which digits were misread, the most confident mistake first. labels: (n,). probabilities: (n, 10). Returns indices.

    >>> surest_mistakes([0, 1, 1], np.eye(10)[[0, 7, 1]])
    array([1])
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != np.asarray(labels))
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def read_as(labels, probabilities, label, answer):
    """Which digits with this label were read as this answer. labels: (n,). probabilities: (n, 10). Returns indices.

    Mistakes come with the most confident first, right answers with the least confident first: the odd ones lead.

    >>> read_as([1, 1, 1], np.eye(10)[[7, 1, 7]], 1, 7)
    array([0, 2])
    """
    found = np.flatnonzero((np.asarray(labels) == label) & (probabilities.argmax(axis=1) == answer))
    sure = probabilities[found, answer]
    order = np.argsort(sure if label == answer else -sure, kind="stable")
    return found[order]


def calibration_bins(confidences, right, edges):
    """Sort answers by confidence into bins, and compare how sure the network was with how often it was right.

    confidences: (n,) float, 0 to 1. right: (n,) bool. edges: bounds of the bins, ascending; a bin holds its lower bound
    but not its upper one, except the last, which holds both.
    Returns three arrays, one value a bin: how many answers, their mean confidence, the share that was right (NaN in an
    empty bin). Source: Niculescu-Mizil and Caruana, "Predicting good probabilities with supervised learning", 2005.

    >>> calibration_bins(np.array([0.6, 0.95, 1.0]), np.array([False, True, True]), [0.5, 0.9, 1.0])[0]
    array([1, 2])
    """
    bins = len(edges) - 1
    inside = (confidences >= edges[0]) & (confidences <= edges[-1])
    confidences, right = np.asarray(confidences)[inside], np.asarray(right)[inside]
    place = np.minimum(np.digitize(confidences, edges) - 1, bins - 1)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):  # 0 / 0 in an empty bin is NaN, as promised
        sure = np.bincount(place, confidences, bins) / counts
        share = np.bincount(place, right, bins) / counts
    return counts, sure, share


# ── Harder to read: one change at a time, as much of it as you like ─────────────────────────────────────────────────


def moved(images, right, down=0):
    """Digits moved to the right and down; what leaves the picture is lost. images: (n, 28, 28) uint8 -> the same.

    right, down: whole pixels, -28 to 28; below zero it goes to the left and up.

    >>> moved(np.full((1, 28, 28), 9, np.uint8), 3)[0, 0, :5].tolist()
    [0, 0, 0, 9, 9]
    """
    rows, columns = images.shape[1:]
    room = ((0, 0), (max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0)))
    top, left = max(-down, 0), max(-right, 0)
    return np.pad(images, room)[:, top : top + rows, left : left + columns]


def turned(images, degrees):
    """Digits turned anticlockwise around the middle. images: (n, 28, 28) uint8 -> the same.

    >>> turned(np.eye(28, dtype=np.uint8)[np.newaxis], 90)[0, 27, 0].item()
    1
    """
    matrix = cv2.getRotationMatrix2D((13.5, 13.5), degrees, 1.0)
    return np.stack([cv2.warpAffine(image, matrix, (28, 28)) for image in images])


def scaled(images, factor):
    """Digits made larger (factor > 1) or smaller around the middle. images: (n, 28, 28) uint8 -> the same. factor: above 0.

    >>> scaled(np.full((1, 28, 28), 200, np.uint8), 0.5)[0, [0, 14], 14].tolist()
    [0, 200]
    """
    matrix = cv2.getRotationMatrix2D((13.5, 13.5), 0, factor)
    return np.stack([cv2.warpAffine(image, matrix, (28, 28)) for image in images])


def restroked(images, amount):
    """Digits with thinner (amount < 0) or thicker strokes, see `simulate.change_stroke_width`. (n, 28, 28) uint8 -> the same."""
    return np.stack([change_stroke_width(image, amount) for image in images])


def noisy(images, amount, seed=0):
    """Digits with random grey added to every pixel or taken away. images: (n, 28, 28) uint8 -> the same.

    amount: the noise's standard deviation; 1 is as much as from black to white.

    >>> noisy(np.zeros((1, 28, 28), np.uint8), 0.0).max().item()
    0
    """
    noise = np.random.default_rng(seed).normal(0, 255 * amount, images.shape)
    return np.clip(np.rint(images + noise), 0, 255).astype(np.uint8)


def inverted(images):
    """Dark ink on bright paper instead of bright on dark. images: (n, 28, 28) uint8 -> the same.

    >>> inverted(np.zeros((1, 28, 28), np.uint8)).min().item()
    255
    """
    return 255 - images


def changed(images, right=0, down=0, turn=0, size=1.0, thickness=0.0, noise=0.0, invert=False):
    """All the changes above in one go: strokes first, then size, turn and place, then noise, then black for white.

    images: (n, 28, 28) uint8 -> the same. right, down: pixels. turn: degrees, anticlockwise. size: a factor.
    thickness: -1 to 1. noise: see `noisy`. invert: whether dark and bright change places. As given, nothing changes.

    >>> changed(np.zeros((1, 28, 28), np.uint8), right=3, invert=True).min().item()
    255
    """
    images = moved(turned(scaled(restroked(images, thickness), size), turn), right, down)
    images = noisy(images, noise)
    return inverted(images) if invert else images
