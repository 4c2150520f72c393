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


@pytest.mark.parametrize(
    ("change", "nothing", "something"),
    [
        (metrics.moved, 0, 3),
        (metrics.turned, 0, 30),
        (metrics.scaled, 1, 0.7),
        (metrics.restroked, 0, 1),
        (metrics.noisy, 0, 0.3),
        (lambda images, on: metrics.changed(images, invert=on), False, True),
    ],
)
def test_each_change_leaves_the_original_alone(change, nothing, something):
    images = np.zeros((2, 28, 28), np.uint8)
    images[:, 5:20, 10:13] = 200
    before = images.copy()
    assert np.array_equal(change(images, nothing), images)
    changed = change(images, something)
    assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
    assert not np.array_equal(changed, images)
    assert np.array_equal(images, before)


def test_what_leaves_the_picture_does_not_come_back_on_the_other_side():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 3, 27] = 255
    assert metrics.moved(image, 1).max() == 0
    assert metrics.moved(image, -28).max() == 0
    assert metrics.moved(image, 0, -4).max() == 0


@pytest.mark.parametrize(
    ("right", "down", "place"), [(5, 0, (10, 25)), (-5, 0, (10, 15)), (0, 3, (13, 20)), (0, -3, (7, 20)), (-2, 4, (14, 18))]
)
def test_a_digit_moves_where_it_is_sent(right, down, place):
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 10, 20] = 255
    assert np.argwhere(metrics.moved(image, right, down)[0]).tolist() == [list(place)]


def test_scaling_keeps_the_middle_and_changes_the_size():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 10:18, 12:16] = 255
    for factor, rows, columns in [(0.5, 4, 2), (1.5, 12, 6)]:
        ink = np.argwhere(metrics.scaled(image, factor)[0] > 127)
        assert ink.mean(axis=0) == pytest.approx([13.5, 13.5], abs=0.01)
        assert np.ptp(ink, axis=0) + 1 == pytest.approx([rows, columns], abs=1)


def test_inverted_twice_is_the_original():
    images = np.random.default_rng(0).integers(0, 256, (2, 28, 28), dtype=np.uint8)
    assert metrics.inverted(images)[0, 0, 0] == 255 - images[0, 0, 0]
    assert np.array_equal(metrics.inverted(metrics.inverted(images)), images)


def test_all_changes_together_are_one_after_the_other():
    images = np.zeros((2, 28, 28), np.uint8)
    images[:, 8:20, 11:15] = 220
    step = metrics.turned(metrics.scaled(metrics.restroked(images, 0.5), 0.8), 20)
    step = metrics.noisy(metrics.moved(step, 3, -2), 0.1)
    expected = metrics.inverted(step)
    assert np.array_equal(metrics.changed(images, 3, -2, turn=20, size=0.8, thickness=0.5, noise=0.1, invert=True), expected)
    assert np.array_equal(metrics.changed(images), images)


def test_the_same_noise_every_time():
    images = np.full((3, 28, 28), 100, np.uint8)
    assert np.array_equal(metrics.noisy(images, 0.3), metrics.noisy(images, 0.3))


def test_mistakes_are_ordered_by_how_sure_they_were():
    probabilities = np.array([[0.6, 0.4], [0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.05, 0.95]])
    labels = np.array([1, 0, 1, 1, 0])
    assert metrics.surest_mistakes(labels, probabilities).tolist() == [4, 1, 2, 0]
    assert metrics.read_as(labels, probabilities, 0, 1).tolist() == [4, 1]
    assert metrics.read_as(labels, probabilities, 1, 0).tolist() == [2, 0]
    right = np.array([[0.1, 0.9], [0.4, 0.6]])
    assert metrics.read_as([1, 1], right, 1, 1).tolist() == [1, 0]  # the least sure first
    assert metrics.read_as([1, 1], right, 0, 1).tolist() == []
