"""How good is a network? Counts, shares, intervals and calibration, from labels and probabilities."""

from collections.abc import Sequence

import numpy as np

from digitkit.data import Digits
from digitkit.errors import InputError, in_sentences
from digitkit.network import Network


@in_sentences
def accuracy(network: Network, digits: Digits) -> float:
    """The share of digits that the network reads right, 0 to 1. digits: as in `data.Digits`, at least one."""
    return float((network.probabilities(digits.images).argmax(axis=1) == digits.labels).mean())


@in_sentences
def confidence_interval(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval for a share: where the true accuracy plausibly lies when `right` of `total` digits were read right.

    Unlike ± two standard errors it never leaves 0 to 1, and it holds for few digits and for shares near 1.
    Returns (low, high). Raises InputError unless 0 ≤ right ≤ total and total ≥ 1.
    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    >>> [round(end, 3) for end in confidence_interval(990, 1000)]
    [0.982, 0.995]
    """
    if not 0 <= right <= total or total < 1:
        raise InputError(f"{right} right of {total} is impossible.")
    z = 1.96  # 95 % of a normal distribution lies within 1.96 standard deviations of its mean
    share = right / total
    centre = share + z**2 / (2 * total)
    margin = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    low, high = (centre - margin) / (1 + z**2 / total), (centre + margin) / (1 + z**2 / total)
    return max(float(low), 0.0), min(float(high), 1.0)


@in_sentences
def confusion_matrix(labels: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """How often each digit was read as each: row = label, column = what the network read.

    labels, predictions: (n,) integers from 0 to 9. Returns (10, 10) int; its diagonal counts what was read right.

    >>> int(confusion_matrix([4, 4, 9], [4, 9, 9])[4, 9])
    1
    """
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (np.asarray(labels, int), np.asarray(predictions, int)), 1)
    return counts


@in_sentences
def surest_mistakes(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Which digits were misread, the most confident mistake first. labels: (n,). probabilities: (n, 10). Returns indices.

    >>> surest_mistakes([0, 1, 1], np.eye(10)[[0, 7, 1]])
    array([1])
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != np.asarray(labels))
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


@in_sentences
def read_as(labels: np.ndarray, probabilities: np.ndarray, label: int, answer: int) -> np.ndarray:
    """Which digits with this label were read as this answer. labels: (n,). probabilities: (n, 10). Returns indices.

    Mistakes come with the most confident first, right answers with the least confident first: the unusual ones lead.

    >>> read_as([1, 1, 1], np.eye(10)[[7, 1, 7]], 1, 7)
    array([0, 2])
    """
    found = np.flatnonzero((np.asarray(labels) == label) & (probabilities.argmax(axis=1) == answer))
    confidences = probabilities[found, answer]
    order = np.argsort(confidences if label == answer else -confidences, kind="stable")
    return found[order]


@in_sentences
def calibration_bins(confidences: np.ndarray, right: np.ndarray, edges: Sequence) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sort answers by confidence into bins, and compare how sure the network was with how often it was right.

    confidences: (n,) float, 0 to 1. right: (n,) bool. edges: bounds of the bins, ascending; a bin holds its lower bound
    but not its upper one, except the last, which holds both.
    Returns three arrays, one value per bin: how many answers, their mean confidence, the share that was right (NaN in an
    empty bin). Source: Niculescu-Mizil and Caruana, "Predicting good probabilities with supervised learning", 2005.

    >>> calibration_bins(np.array([0.6, 0.95, 1.0]), np.array([False, True, True]), [0.5, 0.9, 1.0])[0]
    array([1, 2])
    """
    bins = len(edges) - 1
    inside = (confidences >= edges[0]) & (confidences <= edges[-1])
    confidences, right = np.asarray(confidences)[inside], np.asarray(right)[inside]
    bin_index = np.minimum(np.digitize(confidences, edges) - 1, bins - 1)
    counts = np.bincount(bin_index, minlength=bins)
    with np.errstate(invalid="ignore"):  # 0 / 0 in an empty bin is NaN, as promised
        mean_confidence = np.bincount(bin_index, confidences, bins) / counts
        share_right = np.bincount(bin_index, right, bins) / counts
    return counts, mean_confidence, share_right
