"""What the lessons derive by hand is what the library does: the code is taken from the notebooks' own cells."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from digitkit import data, network
from digitkit.exercises import check_centre_of_mass, check_window
from digitkit.preprocessing import centre_of_mass

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def run_cells(name, *parts):
    """Run the code cells of a notebook that hold any of these texts, and return what they define."""
    cells = [cell.source for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells if cell.cell_type == "code"]
    names = {"np": np}
    for part in parts:
        [source] = [source for source in cells if part in source]
        exec(source, names)
    return names


@pytest.fixture(scope="module")
def lesson():
    name = "02_what_a_convolution_does.ipynb"
    return run_cells(name, "def convolve2d", "def convolve_fast", "def max_pool", "picture = np.array")


@pytest.mark.parametrize(("side", "size"), [(4, 3), (7, 2), (28, 5), (3, 3)])
def test_loop_and_shifted_views_equal_the_library(lesson, side, size):
    random = np.random.default_rng(side)
    picture, kernel = random.normal(size=(side, side)), random.normal(size=(size, size))
    theirs = network.convolve(picture.reshape(1, side, side, 1), kernel.reshape(size, size, 1, 1), bias=0)[0, :, :, 0]
    np.testing.assert_allclose(lesson["convolve2d"](picture, kernel), theirs, atol=1e-12)
    np.testing.assert_allclose(lesson["convolve_fast"](picture, kernel), theirs, atol=1e-12)


def test_relu_and_pooling_equal_the_library(lesson):
    feature_map = np.random.default_rng(0).normal(size=(26, 26))
    pooled = network.max_pool(feature_map.reshape(1, 26, 26, 1), size=(2, 2), stride=2)[0, :, :, 0]
    np.testing.assert_array_equal(lesson["max_pool"](feature_map), pooled)
    np.testing.assert_array_equal(lesson["relu"](feature_map), network.relu(feature_map))


def test_the_window_to_work_out_is_the_one_in_the_notebook(lesson):
    answers = lesson["convolve2d"](lesson["picture"], lesson["kernel"])
    assert check_window(answers[1, 1]).outcome == "right"
    turned = lesson["convolve2d"](lesson["picture"], lesson["kernel"][::-1, ::-1])
    assert "not turned round" in check_window(turned[1, 1]).message
    assert "top right" in check_window(answers[0, 1]).message
    assert "on the left" in check_window(answers[0, 0]).message


def test_idx_opened_by_hand_equals_the_library():
    by_hand = run_cells("01_meet_the_digits.ipynb", "import gzip", "picture_file =", "def open_idx")
    np.testing.assert_array_equal(by_hand["images"], data.load_mnist().train.images)
    np.testing.assert_array_equal(by_hand["open_idx"](by_hand["content"]), data.load_mnist().train.labels)


def test_the_balance_of_the_small_seven():
    seven = run_cells("01_meet_the_digits.ipynb", "seven = np.array")["seven"]
    assert check_centre_of_mass(centre_of_mass(seven), seven).outcome == "right"
