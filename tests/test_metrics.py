import numpy as np
import pytest

from digitkit import metrics
from digitkit.data import Digits


class Reader:
    """Reads the label that is written into the first pixel."""

    def probabilities(self, images):
        return np.eye(10)[images[:, 0, 0]]


@pytest.fixture
def images():
    images = np.zeros((5, 28, 28), np.uint8)
    images[:, 0, 0] = [3, 1, 4, 1, 5]
    return images


def test_accuracy_is_the_share_that_is_right(images):
    assert metrics.accuracy(Reader(), Digits(images, np.array([3, 1, 4, 0, 0]))) == 0.6


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (97, 100, 0.9155, 0.9897),
        (990, 1000, 0.9817, 0.9946),
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
    ],
)
def test_wilsons_interval_has_its_published_values(right, total, low, high):
    assert metrics.confidence_interval(right, total) == pytest.approx((low, high), abs=1e-4)


def test_the_interval_holds_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(0)
    intervals = [metrics.confidence_interval(right, 500) for right in rng.binomial(500, 0.97, 2000)]
    assert 0.93 < np.mean([low <= 0.97 <= high for low, high in intervals]) < 0.97


@pytest.mark.parametrize(("right", "total"), [(11, 10), (-1, 10), (0, 0)])
def test_an_impossible_share_has_no_interval(right, total):
    with pytest.raises(ValueError, match="impossible"):
        metrics.confidence_interval(right, total)


def test_the_confusion_matrix_has_labels_in_rows_and_answers_in_columns():
    counts = metrics.confusion_matrix(np.array([4, 4, 9, 9, 9], np.uint8), np.array([4, 9, 9, 9, 4]))
    assert counts.shape == (10, 10)
    assert counts.sum() == 5
    assert (counts[4, 4], counts[4, 9], counts[9, 9], counts[9, 4]) == (1, 1, 2, 1)


def test_calibration_bins_hold_their_lower_bound_and_the_last_both():
    confidences = np.array([0.5, 0.6, 0.7, 0.9, 1.0, 0.2])
    right = np.array([True, False, True, True, True, False])
    counts, sure, share = metrics.calibration_bins(confidences, right, [0.5, 0.7, 0.8, 1.0])
    assert counts.tolist() == [2, 1, 2]  # 0.2 lies in no bin
    assert sure == pytest.approx([0.55, 0.7, 0.95])
    assert share.tolist() == [0.5, 1.0, 1.0]


def test_an_empty_bin_has_no_share():
    counts, sure, share = metrics.calibration_bins(np.array([0.9]), np.array([True]), [0, 0.5, 1])
    assert counts.tolist() == [0, 1]
    assert np.isnan([sure[0], share[0]]).all()


def test_mistakes_are_ordered_by_how_sure_they_were():
    probabilities = np.array([[0.6, 0.4], [0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.05, 0.95]])
    labels = np.array([1, 0, 1, 1, 0])
    assert metrics.surest_mistakes(labels, probabilities).tolist() == [4, 1, 2, 0]
    assert metrics.read_as(labels, probabilities, 0, 1).tolist() == [4, 1]
    assert metrics.read_as(labels, probabilities, 1, 0).tolist() == [2, 0]
    right = np.array([[0.1, 0.9], [0.4, 0.6]])
    assert metrics.read_as([1, 1], right, 1, 1).tolist() == [1, 0]  # the least sure first
    assert metrics.read_as([1, 1], right, 0, 1).tolist() == []
