import numpy as np
import pytest

from digitkit import exercises
from digitkit.exercises import (
    check_centre_of_mass,
    check_deeper_model,
    check_diagonal_kernel,
    check_inverted,
    check_normalise,
    check_order,
    check_output_sizes,
    check_parameters,
    check_window,
)


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "Replace the three dots"),
        (32 * (3 * 3 * 16 + 1), "right", "4,640"),
        (np.int64(4640), "right", "4,640"),
        (288, "wrong", "a kernel looks at all 16 maps"),
        (320, "wrong", "forgets that a kernel looks at all 16 maps"),
        (4608, "wrong", "one bias"),
        (4624, "wrong", "one for each kernel"),
        (160, "wrong", "the first convolution"),
        (7, "wrong", "Count the numbers in one kernel"),
        ("4640", "wrong", "one whole number, not str"),
        (True, "wrong", "one whole number, not bool"),
    ],
)
def test_parameters(answer, outcome, message):
    result = check_parameters(answer)
    assert result.outcome == outcome
    assert message in result.message


GREY = np.array([[255, 0], [100, 255]], np.uint8)


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "One subtraction"),
        (255 - GREY, "right", "255 - grey"),
        (255 - GREY.astype(int), "right", "255 - grey"),
        (GREY, "wrong", "Nothing has changed"),
        (-GREY, "wrong", "wraps around"),
        (1.0 - GREY, "wrong", "numbers from 0 to 1"),
        (256 - GREY.astype(int), "wrong", "one too many"),
        (255, "wrong", "not int"),
        ((255 - GREY)[:1], "wrong", "keep its shape"),
        (GREY // 2, "wrong", "must become 0"),
    ],
)
def test_inverted(answer, outcome, message):
    result = check_inverted(answer, GREY)
    assert result.outcome == outcome
    assert message in result.message


RIGHT = ["grey", "paper", "threshold", "crop", "shrink", "centre"]


def swapped(first, second):
    order = RIGHT.copy()
    order[first], order[second] = order[second], order[first]
    return order


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "cut out"),
        ([...] * 6, "not attempted", "cut out"),
        (RIGHT, "right", "every photo"),
        (tuple(RIGHT), "right", "every photo"),
        (swapped(0, 1), "wrong", "“grey” must come before “paper”"),
        (swapped(1, 2), "wrong", "takes the shadow for ink"),
        (swapped(2, 3), "wrong", "nobody knows where the ink is"),
        (swapped(3, 4), "wrong", "two or three pixels"),
        (swapped(4, 5), "wrong", "comes last"),
        (RIGHT[:5], "wrong", "each of these once"),
        ("grey", "wrong", "each of these once"),
    ],
)
def test_order(answer, outcome, message):
    result = check_order(answer)
    assert result.outcome == outcome
    assert message in result.message


def test_deeper_model():
    from digitkit.model import keras, layers

    def network(*stack, outputs=10):
        return keras.Sequential([layers.Input((28, 28, 1)), *stack, layers.Dense(outputs)])

    def convolution(filters):
        return layers.Conv2D(filters, 3, activation="relu")

    right = network(convolution(16), convolution(32), convolution(64), layers.Flatten())
    assert check_deeper_model(right).outcome == "right"
    assert check_deeper_model(...).outcome == "not attempted"
    for answer, message in [
        (network(convolution(16), convolution(32), layers.Flatten()), "there are 2"),
        (network(convolution(16), convolution(32), convolution(64), layers.Flatten(), outputs=9), "ten numbers"),
        (keras.Sequential([layers.Input((32, 32, 1)), convolution(16), layers.Flatten(), layers.Dense(10)]), "28 × 28 × 1"),
        ([1, 2], "not a Keras model"),
    ]:
        result = check_deeper_model(answer)
        assert result.outcome == "wrong"
        assert message in result.message


def test_a_result_shows_a_sign_that_needs_no_colour():
    assert repr(exercises.Result("right", "Well done.")) == "✓ Right. Well done."
    assert exercises.Result("wrong", "Look again.")._repr_markdown_() == "**✗ Not yet.** Look again."


def scaled_in_place(images):
    scaled = images / np.float32(255)
    images[:] = scaled
    return scaled


def divided_in_place(images):
    images /= 255
    return images


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (lambda images: ..., "not attempted", "255 becomes 1"),
        (lambda images: images.astype(np.float32) / 255, "right", "untouched"),
        (lambda images: np.divide(images, 255, dtype=np.float32), "right", "untouched"),
        (lambda images: images / 255, "wrong", "float64"),
        (lambda images: images // 255, "wrong", "all grey is lost"),
        (lambda images: (images / 255).astype(np.uint8), "wrong", "all grey is lost"),
        (lambda images: images.astype(np.float32) / 256, "wrong", "the largest is 255"),
        (lambda images: images.astype(np.float32), "wrong", "255 becomes 255"),
        (lambda images: None, "wrong", "forget return"),
        (lambda images: images.max() / 255, "wrong", "same shape"),
        (scaled_in_place, "wrong", "original images have changed"),
        (divided_in_place, "wrong", "Your function stops"),
        (np.zeros((2, 2)), "wrong", "without brackets"),
    ],
)
def test_normalise(answer, outcome, message):
    result = check_normalise(answer)
    assert result.outcome == outcome
    assert message in result.message


SEVEN = np.array([[2, 2, 4, 0], [0, 0, 4, 0], [0, 0, 4, 0], [0, 0, 4, 0]])


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "sum of all pixels"),
        ((..., 1.7), "not attempted", "sum of all pixels"),
        ((1.2, 1.7), "right", "row 1.20, column 1.70"),
        ([np.float64(1.2), 1.7], "right", "row 1.20"),
        ((1.7, 1.2), "wrong", "the row comes first"),
        ((2.2, 2.7), "wrong", "counts from 0"),
        ((1.0, 1.5), "wrong", "A bright pixel must pull harder"),
        ((1.5, 1.0), "wrong", "the box around the ink"),
        ((1.5, 1.5), "wrong", "the middle of the picture"),
        ((24 / 16, 34 / 16), "wrong", "not by the number of pixels"),
        ((1.2, 3.0), "wrong", "The row is right"),
        (1.2, "wrong", "a pair of numbers"),
    ],
)
def test_centre_of_mass(answer, outcome, message):
    result = check_centre_of_mass(answer, SEVEN)
    assert result.outcome == outcome
    assert message in result.message


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "left and the right column"),
        (21, "right", "36 − 15"),
        (np.float64(21), "right", "36 − 15"),
        (-21, "wrong", "not turned round"),
        (36, "wrong", "on the left"),
        (33, "wrong", "top right"),
        (51, "wrong", "taken away"),
        (66, "wrong", "sum of the window alone"),
        (15, "wrong", "counts double"),
        (7, "wrong", "add the nine products"),
        ("21", "wrong", "one number, not str"),
    ],
)
def test_window(answer, outcome, message):
    result = check_window(answer)
    assert result.outcome == outcome
    assert message in result.message


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "one case after the other"),
        ([..., ..., ..., ...], "not attempted", "one case after the other"),
        ([24, 28, 14, 5], "right", "keeps the size"),
        ((24, 28, 14, 5), "right", "keeps the size"),
        ([23, 28, 14, 5], "wrong", "Case a: the kernel also has its first place"),
        ([24, 24, 14, 5], "wrong", "Case b: the padding is missing"),
        ([24, 26, 14, 5], "wrong", "Case b: padding is added on both sides"),
        ([24, 28, 28, 5], "wrong", "Case c: the kernel moves 2 pixels"),
        ([24, 28, 14.5, 5], "wrong", "Case c: the last step would leave"),
        ([24, 28, 14, 6], "wrong", "Case d: the last step would leave"),
        ([24, 28, 14, 99], "wrong", "Case d: put the numbers into"),
        ([24, 28], "wrong", "four numbers"),
    ],
)
def test_output_sizes(answer, outcome, message):
    result = check_output_sizes(answer)
    assert result.outcome == outcome
    assert message in result.message


DIAGONAL = np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]])


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "add up to 0"),
        (DIAGONAL, "right", "`/` gets 6"),
        (DIAGONAL.tolist(), "right", "`/` gets 6"),
        (DIAGONAL / 10, "right", "`/` gets 0.6"),
        (DIAGONAL[::-1], "wrong", "the other diagonal"),
        (np.eye(3)[::-1], "wrong", "a bright patch without any stroke gets 3"),
        (np.zeros((3, 3)), "wrong", "needs positive numbers"),
        (np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]), "wrong", "`/` gets 0"),
        (np.array([[-1, 2, -1]] * 3), "wrong", "`/` gets 0"),
        (np.array([[-4, 2, 1], [-1, 4, -1], [1, 2, -4]]), "wrong", "`|` gets 8"),
        (DIAGONAL[:2], "wrong", "3 rows of 3 numbers"),
        ("diagonal", "wrong", "3 rows of 3 numbers"),
    ],
)
def test_diagonal_kernel(answer, outcome, message):
    result = check_diagonal_kernel(answer)
    assert result.outcome == outcome
    assert message in result.message


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "p = 0.97"),
        (2 * (0.97 * 0.03 / 100) ** 0.5, "right", "A hundred digits say little"),
        (np.float64(0.034), "right", "A hundred digits say little"),
        ((0.97 * 0.03 / 100) ** 0.5, "wrong", "takes it twice"),
        (2 * (0.97 * 0.03) ** 0.5 / 100, "wrong", "stands under the root"),
        (2 * 0.97 * 0.03 / 100, "wrong", "square root is missing"),
        (2 * (0.99 * 0.01 / 1000) ** 0.5, "wrong", "the example above"),
        (2 * (0.97 * 0.03 / 1000) ** 0.5, "wrong", "not 1,000"),
        (2 * (0.99 * 0.01 / 100) ** 0.5, "wrong", "not 0.99"),
        (3.41, "wrong", "in per cent"),
        ((0.94, 1.0), "wrong", "not tuple"),
        (0.5, "wrong", "Margin ="),
    ],
)
def test_margin(answer, outcome, message):
    result = exercises.check_margin(answer)
    assert result.outcome == outcome
    assert message in result.message


TABLE = np.array([[48, 0, 2], [1, 46, 3], [6, 0, 34]])


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "the sum of the whole row"),
        (TABLE[2, 2] / TABLE[2].sum(), "right", "34 of 40, 85.0 %"),
        (34, "wrong", "how many were read right"),
        (85, "wrong", "in per cent"),
        (34 / 39, "wrong", "divided by a column"),
        (np.trace(TABLE) / TABLE.sum(), "wrong", "all the digits together"),
        (34 / 140, "wrong", "all the digits in the table"),
        (6 / 40, "wrong", "the share that was missed"),
        (48 / 50, "wrong", "another digit's row"),
        ("85 %", "wrong", "not str"),
        (0.1, "wrong", "on the diagonal"),
    ],
)
def test_recall(answer, outcome, message):
    result = exercises.check_recall(answer, TABLE)
    assert result.outcome == outcome
    assert message in result.message


def blanked(rows, columns, value=0):
    """A learner's function that writes a value into slices made from row and column."""

    def blank(image, row, column):
        hidden = image.copy()
        hidden[rows(row, column), columns(row, column)] = value
        return hidden

    return blank


def of_row(row, column):
    return slice(row, row + 5)


def of_column(row, column):
    return slice(column, column + 5)


def blank_in_place(image, row, column):
    image[row : row + 5, column : column + 5] = 0
    return image


def blank_and_forget(image, row, column):
    blanked(of_row, of_column)(image, row, column)


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (lambda image, row, column: image.copy(), "not attempted", "hidden[row : row + 5"),
        (blanked(of_row, of_column), "right", "25 pixels are hidden"),
        (blank_in_place, "wrong", "original picture has changed"),
        (blank_and_forget, "wrong", "return hidden"),
        (blanked(of_row, of_column, 255), "wrong", "Black is 0"),
        (blanked(lambda row, column: row, lambda row, column: column), "wrong", "Only one pixel"),
        (blanked(of_row, lambda row, column: slice(None)), "wrong", "Whole rows"),
        (blanked(lambda row, column: slice(None), of_column), "wrong", "Whole columns"),
        (blanked(of_column, of_row), "wrong", "swapped"),
        (blanked(lambda row, column: slice(row, row + 4), of_column), "wrong", "4 rows and 5 columns"),
        (blanked(lambda row, column: slice(row - 2, row + 3), of_column), "wrong", "starts at row 2"),
        (blanked(lambda row, column: "row", of_column), "wrong", "Your function stops"),
        (np.zeros((28, 28)), "wrong", "the function itself"),
    ],
)
def test_blank(answer, outcome, message):
    result = exercises.check_blank(answer)
    assert result.outcome == outcome
    assert message in result.message


MAPS = np.array([[[3.0, 3.0]], [[0.0, 5.0]], [[1.0, 0.0]]])  # largest values 3, 5, 1; means 3, 2.5, 0.5


@pytest.mark.parametrize(
    ("answer", "outcome", "message"),
    [
        (..., "not attempted", "np.argsort"),
        (np.argsort(-MAPS.max(axis=(1, 2))), "right", "strongest first"),
        ([1, 0, 2], "right", "strongest first"),
        ([2, 0, 1], "wrong", "the other way round"),
        ([0, 1, 2], "wrong", "by the mean"),
        ([0, 2, 1], "wrong", "A later map is stronger"),
        ([3.0, 5.0, 1.0], "wrong", "These are the strengths."),
        ([5.0, 3.0, 1.0], "wrong", "not np.sort"),
        (1, "wrong", "a single number"),
        ([1, 0], "wrong", "each of the 3 maps once"),
        ([1, 1, 2], "wrong", "each of the 3 maps once"),
    ],
)
def test_ranking(answer, outcome, message):
    result = exercises.check_ranking(answer, MAPS)
    assert result.outcome == outcome
    assert message in result.message


def test_a_ranking_of_equal_maps_has_many_right_answers():
    assert exercises.check_ranking([2, 0, 1], np.zeros((3, 2, 2))).outcome == "right"
