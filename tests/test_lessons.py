"""What the lessons derive by hand is what the library does: the code is taken from the notebooks' own cells."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

import digitkit
from digitkit import data, explain, network, plotting, preprocessing
from digitkit.exercises import check_centre_of_mass, check_moved_reader, check_patch_size, check_pooling_loop, check_window
from digitkit.preprocessing import PictureError, centre_of_mass

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def run_cells(name, *parts, names=()):
    """Run the code cells of a notebook that hold any of these texts, and return what they define. names: what is there before."""
    cells = [cell.source for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells if cell.cell_type == "code"]
    names = {"np": np, **dict(names)}
    for part in parts:
        [source] = [source for source in cells if part in source]
        exec(source, names)
    return names


def printed_code(name, part):
    """The lines of code in a text cell that holds this text, without the number or letter in front: {number or letter: line}."""
    cells = [cell.source for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells if cell.cell_type == "markdown"]
    [source] = [source for source in cells if part in source]
    block = re.search(r"```python\n(.+?)```", source, re.DOTALL)[1]
    return {line[0]: line[3:] for line in block.splitlines()}


CONVOLUTION = "02_what_a_convolution_does.ipynb"


@pytest.fixture(scope="module")
def lesson():
    return run_cells(CONVOLUTION, "def convolve2d", "def convolve_fast", "def max_pool", "picture = np.array", "other = np.array")


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
    [[answer]] = lesson["convolve2d"](lesson["other"], lesson["kernel"])
    assert check_window(answer).outcome == "right"
    [[turned]] = lesson["convolve2d"](lesson["other"], lesson["kernel"][::-1, ::-1])
    assert "not turned round" in check_window(turned).message
    beside = lesson["convolve2d"](lesson["picture"], lesson["kernel"])
    assert answer not in beside, "the lesson prints the answer"
    assert "the window above" in check_window(beside[0, 0]).message


def test_the_kernel_that_is_found_by_nudging_is_the_one_that_backward_finds():
    """The gradient of notebook 02, by nine nudges, is the one that calculus gives: 2 × error × pixel, averaged."""
    names = {"digitkit": digitkit, "kernels": {"vertical edge": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])}}
    by_hand = run_cells(CONVOLUTION, "windows = []", "def gradient", names=names)
    windows, kernel = np.array(by_hand["windows"]), np.arange(9) / 10
    exact = 2 * windows.T @ (windows @ kernel - by_hand["answers"]) / len(windows)
    np.testing.assert_allclose(by_hand["gradient"](kernel), exact, atol=0.002)


def test_the_balance_of_the_small_seven():
    seven = run_cells("01_meet_the_digits.ipynb", "seven = np.array")["seven"]
    assert check_centre_of_mass(centre_of_mass(seven), seven).outcome == "right"


def test_what_a_reader_of_averages_makes_of_moved_digits():
    by_hand = run_cells(
        "01_meet_the_digits.ipynb",
        "mnist = digitkit.load_mnist()",
        "means = ",
        "def nearest_mean",
        names={"digitkit": digitkit, "plotting": plotting, "scale": lambda images: images.astype(np.float32) / 255},
    )
    images, labels = by_hand["validation"].images, by_hand["validation"].labels

    def checked(images):
        return check_moved_reader((by_hand["nearest_mean"](images) == labels).mean())

    assert checked(np.roll(images, 3, axis=2)).outcome == "right"
    assert "where they were" in checked(images).message
    assert "moved down" in checked(np.roll(images, 3, axis=1)).message
    assert "change places in the list" in checked(np.roll(images, 3, axis=0)).message
    assert "to the left" in checked(np.roll(images, -3, axis=2)).message


def test_the_mixed_up_lines_pool_when_they_are_in_order(lesson):
    lines = printed_code(CONVOLUTION, "put the lines in order")
    order = list("CEBDA")
    assert check_pooling_loop(order).outcome == "right"
    names = {"np": np, "feature_map": np.random.default_rng(0).normal(size=(26, 26))}
    exec("\n".join(lines[letter] for letter in order), names)
    np.testing.assert_array_equal(names["pooled"], lesson["max_pool"](names["feature_map"]))


def test_the_patch_that_a_second_convolution_sees():
    from digitkit.model import build_cnn

    second = [layer for layer in explain.layer_by_layer(build_cnn(), np.zeros((28, 28), np.uint8)) if layer.kind == "Conv2D"][1]
    assert second.values.shape[1] == 12 - 3 + 1
    top, bottom, left, right = second.pixels(4, 7)
    assert bottom - top == right - left == 10
    assert check_patch_size(10).outcome == "right"
    assert "12 is the side of the whole map it looks at" in check_patch_size(12).message


def test_the_line_to_blame_spoils_photos_with_a_shadow_and_no_drawings():
    lines = printed_code("06_read_your_own_digits.ipynb", "find the planted mistake")
    reader = network.load_network()

    def read(name):
        names = {"np": np, "preprocessing": preprocessing, "photo": data.data_dir() / "samples" / name}
        exec("\n".join(lines.values()), names)
        return reader.probabilities(names["digit"][np.newaxis]).argmax()

    assert read("drawing_0.png") == 0
    with pytest.raises(PictureError, match="no ink in it"):
        read("shadow_5.jpg")
    lines["2"] = "paper = preprocessing.paper_brightness(grey)"
    assert read("shadow_5.jpg") == 5
