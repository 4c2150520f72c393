import subprocess
import sys

import nbformat
import numpy as np
import pytest

import digitkit
from digitkit import exercises
from digitkit.exercises.expecting import UnexpectedError

CHECKS = sorted(name for name in exercises.__all__ if name.startswith("check_"))
UNDONE = "Replace the three dots"


def swapped(steps, first):
    """A copy in which one step is swapped with the next."""
    return [*steps[:first], steps[first + 1], steps[first], *steps[first + 2 :]]


def scaled_in_place(images):
    scaled = images / np.float32(255)
    images[:] = scaled
    return scaled


def divided_in_place(images):
    images /= 255
    return images


def misspelled(images):
    return image / 255  # noqa: F821


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


SEVEN = np.array([[2, 2, 4, 0], [0, 0, 4, 0], [0, 0, 4, 0], [0, 0, 4, 0]])
DIAGONAL = np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]])
POOLING = ["C", "E", "B", "D", "A"]
TABLE = np.array([[48, 0, 2], [1, 46, 3], [6, 0, 34]])
FAIR = ["hold out", "train", "validate", "choose", "test", "margin"]
MAPS = np.array([[[3.0, 3.0]], [[0.0, 5.0]], [[1.0, 0.0]]])  # largest values 3, 5, 1; means 3, 2.5, 0.5
GREY = np.array([[255, 0], [100, 255]], np.uint8)
PHOTO = ["grey", "paper", "threshold", "crop", "shrink", "centre"]

WRITERS = np.array(["Ada", "Ben", "Ada", "Cem", "Ben", "Dia", "Cem", "Dia"])
GIVEN = {
    "check_centre_of_mass": SEVEN,
    "check_recall": TABLE,
    "check_ranking": MAPS,
    "check_inverted": GREY,
    "check_pupil_split": WRITERS,
}

# For each check: an answer, the outcome it must have, and a part of the message that it must show.
CASES = {
    "check_normalise": [
        (lambda images: ..., "not attempted", UNDONE),
        (lambda images: images.astype(np.float32) / 255, "right", "untouched"),
        (lambda images: np.divide(images, 255, dtype=np.float32), "right", "untouched"),
        (lambda images: images / np.float32(255), "right", "untouched"),
        (lambda images: images / 255, "wrong", "float64"),
        (lambda images: images // 255, "wrong", "all grey is lost"),
        (lambda images: (images / 255).astype(np.uint8), "wrong", "all grey is lost"),
        (lambda images: images.astype(np.float32) / 256, "wrong", "the largest is 255"),
        (lambda images: images.astype(np.float32), "wrong", "255 becomes 255"),
        (lambda images: None, "wrong", "forget return"),
        (lambda images: images.max() / 255, "wrong", "same shape"),
        (scaled_in_place, "wrong", "original images have changed"),
        (np.zeros((2, 2)), "wrong", "without brackets"),
        (divided_in_place, "raised", "you combine things that do not fit"),
        (misspelled, "raised", "name 'image' is not defined”: you use a name that does not exist"),
    ],
    "check_centre_of_mass": [
        (..., "not attempted", UNDONE),
        ((..., 1.7), "not attempted", UNDONE),
        ((1.2, 1.7), "right", "row 1.20, column 1.70"),
        ([np.float64(1.2), 1.7], "right", "row 1.20"),
        ((1.7, 1.2), "wrong", "the row comes first"),
        ((2.2, 2.7), "wrong", "counts from 0"),
        ((1.0, 1.5), "wrong", "A bright pixel must pull harder"),
        ((1.5, 1.0), "wrong", "the box around the ink"),
        ((1.5, 1.5), "wrong", "the middle of the picture"),
        ((24 / 16, 34 / 16), "wrong", "not by the number of pixels"),
        ((1.2, 3.0), "wrong", "The row is right"),
        ((3.0, 1.7), "wrong", "The column is right"),
        (1.2, "wrong", "a pair of numbers"),
        (("1.2", "1.7"), "raised", "do not fit"),
        (("1,2", "1,7"), "wrong", "decimals with a point: 1.2"),
        ((1, 2, 1, 7), "wrong", "decimals with a point"),
        ((1, 2, 1.7), "wrong", "decimals with a point"),
        (((1, 2), (1, 7)), "wrong", "decimals with a point: 1.2"),
        ((1, 2, 1, 7, 0), "wrong", "a pair of numbers: (row, column)."),
    ],
    "check_moved_reader": [
        (..., "not attempted", UNDONE),
        (1941 / 5000, "right", "a different picture"),
        (0.388, "right", "a different picture"),
        (38.82, "wrong", "in per cent"),
        (1941, "wrong", ".mean() instead of .sum()"),
        (3059 / 5000, "wrong", "not with !="),
        (0.855, "wrong", "Give the *moved* ones"),
        (0.2518, "wrong", "moved down"),
        (0.0976, "wrong", "places in the list"),
        (0.313, "wrong", "moved to the left"),
        (0.5, "wrong", "take the mean"),
        (np.array([True, False]), "wrong", "yours is of type ndarray"),
    ],
    "check_window": [
        (..., "not attempted", UNDONE),
        (21, "right", "36 − 15"),
        (np.float64(21), "right", "36 − 15"),
        (-21, "wrong", "not turned round"),
        (36, "wrong", "the window above"),
        (51, "wrong", "are subtracted"),
        (66, "wrong", "sum of the window alone"),
        (15, "wrong", "counts double"),
        (7, "wrong", "add the nine products"),
        ("21", "wrong", "yours is a text"),
        (None, "wrong", "yours is nothing"),
    ],
    "check_diagonal_kernel": [
        (..., "not attempted", UNDONE),
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
        ([[-1, -1, 2], [-1, 2], [2, -1, -1]], "raised", "the shape of an array does not fit"),
    ],
    "check_pooling_loop": [
        (..., "not attempted", UNDONE),
        (["C", ..., "B", "D", "A"], "not attempted", UNDONE),
        (POOLING, "right", "the loop of section 2 again"),
        (tuple(POOLING), "right", "the loop of section 2 again"),
        (swapped(POOLING, 0), "wrong", "each round would empty it again"),
        (swapped(POOLING, 1), "wrong", "it is inside a loop"),
        (swapped(POOLING, 2), "wrong", "D uses `column`"),
        (swapped(POOLING, 3), "wrong", "once the four are cut out"),
        (["A", "B", "C", "D"], "wrong", "each of these once: A, B, C, D, E"),
        ("CEBDA", "wrong", "The answer is a list"),
    ],
    "check_output_sizes": [
        (..., "not attempted", UNDONE),
        ([..., ..., ..., ...], "not attempted", UNDONE),
        ([24, 28, 14, 5], "right", "keeps the size"),
        ((24, 28, 14, 5), "right", "keeps the size"),
        ([23, 28, 14, 5], "wrong", "Case a: the kernel's first position counts too"),
        ([24, 24, 14, 5], "wrong", "Case b: the padding is missing"),
        ([24, 26, 14, 5], "wrong", "Case b: padding is added on both sides"),
        ([24, 28, 28, 5], "wrong", "Case c: the kernel moves 2 pixels"),
        ([24, 28, 12, 5], "wrong", "Case c: the padding is missing"),
        ([24, 28, 14.5, 5], "wrong", "Case c: the last step would leave"),
        ([24, 28, 14, 6], "wrong", "Case d: the last step would leave"),
        ([24, 28, 14, 99], "wrong", "Case d: put the numbers into"),
        ([24, 28], "wrong", "four numbers"),
        (["24", 28, 14, 5], "wrong", "yours is a text"),
    ],
    "check_parameters": [
        (..., "not attempted", UNDONE),
        (20 * (3 * 3 * 16 + 1), "right", "2,900"),
        (np.int64(2900), "right", "2,900"),
        (180, "wrong", "it looks at all 16 maps"),
        (200, "wrong", "forgets that a kernel looks at all 16 maps"),
        (2880, "wrong", "one bias"),
        (2896, "wrong", "one for each map that goes out"),
        (4640, "wrong", "32 kernels"),
        (416, "wrong", "the first convolution"),
        (7, "wrong", "Count the numbers in one kernel"),
        (float("nan"), "wrong", "Count the numbers in one kernel"),
        ("2900", "wrong", "yours is a text"),
        (True, "wrong", "yours is True or False"),
        ((4, 640), "wrong", "yours is several numbers"),
    ],
    "check_planted_mistake": [
        (..., "not attempted", UNDONE),
        (3, "right", "what its labels say"),
        (1, "wrong", "not even be noticed"),
        (2, "wrong", "scaled to 0 … 1"),
        (4, "wrong", "the network that you have just trained"),
        (5, "wrong", "how to measure the loss"),
        (6, "wrong", "more than ours had"),
        (7, "wrong", "It found the mistake"),
        (0, "wrong", "from 1 to 7"),
        ("line 3", "wrong", "yours is a text"),
    ],
    "check_margin": [
        (..., "not attempted", UNDONE),
        (2 * (0.97 * 0.03 / 100) ** 0.5, "right", "A hundred digits say little"),
        (np.float64(0.034), "right", "A hundred digits say little"),
        ((0.97 * 0.03 / 100) ** 0.5, "wrong", "takes it twice"),
        (2 * (0.97 * 0.03) ** 0.5 / 100, "wrong", "belongs under the root"),
        (2 * 0.97 * 0.03 / 100, "wrong", "square root is missing"),
        (2 * (0.99 * 0.01 / 1000) ** 0.5, "wrong", "the example above"),
        (2 * (0.97 * 0.03 / 1000) ** 0.5, "wrong", "not 1,000"),
        (2 * (0.99 * 0.01 / 100) ** 0.5, "wrong", "not 0.99"),
        (3.41, "wrong", "in per cent"),
        ((0.94, 1.0), "wrong", "yours is several numbers"),
        (0.5, "wrong", "Margin ="),
    ],
    "check_recall": [
        (..., "not attempted", UNDONE),
        (TABLE[2, 2] / TABLE[2].sum(), "right", "34 of 40, 85.0 %"),
        (34, "wrong", "how many were read right"),
        (85, "wrong", "in per cent"),
        (34 / 39, "wrong", "divided by a column"),
        (np.trace(TABLE) / TABLE.sum(), "wrong", "all the digits together"),
        (34 / 140, "wrong", "all the digits in the table"),
        (6 / 40, "wrong", "the share that was missed"),
        (48 / 50, "wrong", "another digit's row"),
        (46 / 50, "wrong", "another digit's row"),
        ("85 %", "wrong", "yours is a text"),
        (0.1, "wrong", "on the diagonal"),
    ],
    "check_fair_test": [
        (..., "not attempted", UNDONE),
        ([..., *FAIR[1:]], "not attempted", UNDONE),
        (FAIR, "right", "and only once"),
        (tuple(FAIR), "right", "and only once"),
        (swapped(FAIR, 0), "wrong", "no longer be used as a rehearsal"),
        (swapped(FAIR, 1), "wrong", "nothing to measure"),
        (swapped(FAIR, 2), "wrong", "the choice is a guess"),
        (swapped(FAIR, 3), "wrong", "the luckier network wins"),
        (swapped(FAIR, 4), "wrong", "which you do not know yet"),
        (FAIR[:5], "wrong", "each of these once"),
    ],
    "check_ranking": [
        (..., "not attempted", UNDONE),
        (np.argsort(-MAPS.max(axis=(1, 2))), "right", "strongest first"),
        ([1, 0, 2], "right", "strongest first"),
        ([2, 0, 1], "wrong", "the other way round"),
        ([0, 1, 2], "wrong", "by the mean"),
        ([0, 2, 1], "wrong", "A later map is stronger"),
        ([3.0, 5.0, 1.0], "wrong", "These are the strengths."),
        ([5.0, 3.0, 1.0], "wrong", "not np.sort"),
        ([1.0, 3.0, 5.0], "wrong", "not np.sort"),
        (1, "wrong", "a single answer"),
        ([1, 0], "wrong", "each of the 3 maps once, from 0 to 2."),
        ([1, 1, 2], "wrong", "each of the 3 maps once"),
        (["b", "a", "c"], "raised", "do not fit"),
    ],
    "check_patch_size": [
        (..., "not attempted", UNDONE),
        (10, "right", "6 + 2 + 2"),
        (3, "wrong", "pooled values"),
        (6, "wrong", "a single pooled value"),
        (7, "wrong", "without pooling"),
        (8, "wrong", "adds 2 more"),
        (9, "wrong", "starts with 5"),
        (15, "wrong", "side by side"),
        (18, "wrong", "shared pixels twice"),
        (100, "wrong", "in one row of it"),
        (12, "wrong", "the side of the whole map"),
        (28, "wrong", "begins 2 pixels later"),
        ((10, 10), "wrong", "yours is several numbers"),
    ],
    "check_blank": [
        (lambda image, row, column: image.copy(), "not attempted", UNDONE),
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
        (np.zeros((28, 28)), "wrong", "the function itself"),
        (blanked(lambda row, column: "row", of_column), "raised", "IndexError"),
        (lambda image, row: image, "raised", "TypeError"),
    ],
    "check_inverted": [
        (..., "not attempted", UNDONE),
        (255 - GREY, "right", "255 - grey"),
        (255 - GREY.astype(int), "right", "255 - grey"),
        (GREY, "wrong", "Nothing has changed"),
        (-GREY, "wrong", "wraps around"),
        (1.0 - GREY, "wrong", "numbers from 0 to 1"),
        (1 - GREY, "wrong", "numbers from 0 to 1"),
        (256 - GREY.astype(int), "wrong", "one too many"),
        (255, "wrong", "yours is of type int"),
        ((255 - GREY)[:1], "wrong", "keep its shape"),
        (GREY // 2, "wrong", "must become 0"),
    ],
    "check_order": [
        (..., "not attempted", UNDONE),
        ([...] * 6, "not attempted", UNDONE),
        (PHOTO, "right", "every photo"),
        (tuple(PHOTO), "right", "every photo"),
        (swapped(PHOTO, 0), "wrong", "“grey” must come before “paper”"),
        (swapped(PHOTO, 1), "wrong", "takes the shadow for ink"),
        (swapped(PHOTO, 2), "wrong", "nobody knows where the ink is"),
        (swapped(PHOTO, 3), "wrong", "two or three pixels"),
        (swapped(PHOTO, 4), "wrong", "comes last"),
        (PHOTO[:5], "wrong", "each of these once"),
        ("grey", "wrong", "each of these once"),
    ],
    "check_shadow_mistake": [
        (..., "not attempted", UNDONE),
        (2, "right", "white everywhere"),
        (1, "wrong", "one brightness for each pixel"),
        (3, "wrong", "how much light does it assume"),
        (4, "wrong", "no threshold can help"),
        (5, "wrong", "half the shadow"),
        (6, "wrong", "20 pixels"),
        (7, "wrong", "Drawings are read well"),
        (8, "wrong", "from 1 to 7"),
    ],
    "check_pupil_split": [
        (..., "not attempted", UNDONE),
        (np.isin(WRITERS, ["Ben", "Dia"]), "right", "4 digits are held out"),
        ((WRITERS == "Ben") | (WRITERS == "Dia"), "right", "nobody is in both halves"),
        ((WRITERS == "Ben") & (WRITERS == "Dia"), "wrong", "Use | (or)"),
        (~np.isin(WRITERS, ["Ben", "Dia"]), "wrong", "other way round"),
        (WRITERS == "Ben", "wrong", "The digits of Dia are still"),
        (WRITERS == "Dia", "wrong", "The digits of Ben are still"),
        (np.arange(8) >= 4, "wrong", "Ben and Cem would be in both halves"),
        (WRITERS != "Ada", "wrong", "somebody else as well"),
        (["Ben", "Dia"], "wrong", "These are names"),
        (np.isin(["Ben", "Dia"], WRITERS), "wrong", "each of the 8 digits"),
        (np.isin(WRITERS, ["Ben", "Dia"]).nonzero()[0], "wrong", "each of the 8 digits"),
        (np.isin(WRITERS, ["Ben", "Dia"]).astype(int), "wrong", "True and False"),
    ],
    "check_nudge": [
        (..., "not attempted", UNDONE),
        (-24, "right", "from 9 to 8.976"),
        ((2.996**2 - 9) / 0.001, "right", "from 9 to 8.976"),
        (np.float64(-24.02), "right", "from 9 to 8.976"),
        (23.984, "wrong", "the sign is not"),
        (-0.024, "wrong", "divide it by the nudge"),
        (0.023984, "wrong", "so it is negative"),
        (8.976, "wrong", "a loss, not a slope"),
        (9, "wrong", "a loss, not a slope"),
        (4, "wrong", "the *output* changes"),
        (-35.936, "wrong", "the slope of w1"),
        (-5.999, "wrong", "the slope of b"),
        (48.036, "wrong", "in the example above"),
        (5, "wrong", "Subtract the first"),
        ((-24, 0), "wrong", "decimals with a point"),
        ([-36, -24, -6], "wrong", "yours is several numbers"),
        ("-24", "wrong", "yours is a text"),
    ],
    "check_backward": [
        (..., "not attempted", UNDONE),
        ([-180, ..., ...], "not attempted", UNDONE),
        ([-180, -120, -12], "right", "each of the three should grow"),
        (np.array([-179.7, -119.9, -12.0]), "right", "each of the three should grow"),
        ([180, 120, 12], "wrong", "34 − 40 = −6, not 6"),
        ([-90, -60, -6], "wrong", "half of what they should be"),
        ([-12, -120, -180], "wrong", "w1 first"),
        ([15, 10, 1], "wrong", "how the *output* changes"),
        ([-36, -120, -12], "wrong", "w1: −36 is the slope of hidden"),
        ([-72, -120, -12], "wrong", "not by w1 itself"),
        ([-60, -120, -12], "wrong", "leads through hidden"),
        ([-120, -120, -12], "wrong", "−120 is that of w2"),
        ([-180, -36, -12], "wrong", "by hidden, 10, not by w2"),
        ([-180, -60, -12], "wrong", "not by the pixel"),
        ([-180, -24, -12], "wrong", "not by w1"),
        ([-180, -120, -48], "wrong", "b is added"),
        ([-180, -120, 0], "wrong", "but it counts"),
        ([-180, -120, -6], "wrong", "−6 is the error"),
        ([7, -120, -12], "wrong", "from the output to w1, −12 × 3 × …"),
        ([-180, 7, -12], "wrong", "from the output to w2, −12 × …"),
        ([-180, -120], "wrong", "three numbers"),
        (-180, "wrong", "three numbers"),
        (["-180", -120, -12], "wrong", "yours is a text"),
    ],
    "check_backward_mistake": [
        (..., "not attempted", UNDONE),
        (7, "right", "changes by x, not by w1"),
        (1, "wrong", "w2 would get a wrong slope"),
        (2, "wrong", "all three slopes"),
        (3, "wrong", "so would be that of b"),
        (4, "wrong", "nudging says 8"),
        (5, "wrong", "nudging says 48"),
        (6, "wrong", "8 × 4 = 32"),
        (8, "wrong", "from 1 to 7"),
        ("line 7", "wrong", "yours is a text"),
    ],
}


@pytest.mark.parametrize(
    ("name", "answer", "outcome", "message"), [(name, *case) for name, cases in CASES.items() for case in cases]
)
def test_check(name, answer, outcome, message):
    result = getattr(exercises, name)(answer, *([GIVEN[name]] if name in GIVEN else []))
    assert result.outcome == outcome
    assert message in result.message


@pytest.fixture(scope="module")
def small_models():
    from digitkit.model import keras, layers

    def network(*filters, start=(28, 28, 1), outputs=10):
        stack = [layers.Conv2D(number, 3, activation="relu") for number in filters]
        first = [layers.Input(start)] if start else []
        return keras.Sequential([*first, *stack, layers.Flatten(), layers.Dense(outputs)])

    return network


@pytest.mark.parametrize(
    ("filters", "changed", "outcome", "message"),
    [
        ([16, 32, 64], {}, "right", "Three convolutions"),
        ([16, 32], {}, "wrong", "there are 2"),
        ([16, 32, 32], {}, "wrong", "it has 32"),
        ([16, 32, 64], {"outputs": 9}, "wrong", "ten numbers"),
        ([16, 32, 64], {"start": (32, 32, 1)}, "wrong", "28 × 28 × 1"),
        ([16, 32, 64], {"start": None}, "wrong", "begin the list with Input"),
    ],
)
def test_deeper_model(small_models, filters, changed, outcome, message):
    result = exercises.check_deeper_model(small_models(*filters, **changed))
    assert result.outcome == outcome
    assert message in result.message


def test_deeper_model_that_is_none():
    assert exercises.check_deeper_model(...).outcome == "not attempted"
    assert "not a Keras model" in exercises.check_deeper_model([1, 2]).message


@pytest.mark.parametrize("name", [name for name in CHECKS if name != "check_deeper_model"])
def test_every_check_is_tried_with_no_answer_a_right_one_and_three_mistakes(name):
    messages = {outcome: {message for _, this, message in CASES[name] if this == outcome} for _, outcome, _ in CASES[name]}
    assert messages["not attempted"]
    assert messages["right"]
    assert len(messages["wrong"]) >= 3


def test_a_ranking_of_equal_maps_has_many_right_answers():
    assert exercises.check_ranking([2, 0, 1], np.zeros((3, 2, 2))).outcome == "right"


def test_a_result_shows_a_sign_that_needs_no_colour():
    assert repr(exercises.Result("right", "Well done.")) == "✓ Right. Well done."
    assert exercises.Result("wrong", "Look again.")._repr_markdown_() == "**✗ Not yet.** Look again."
    assert repr(exercises.Result("raised", "Python stops.")) == "⚠ It stopped. Python stops."
    assert repr(exercises.check_window(...)) == f"… Not attempted yet. {UNDONE} and run the cell; then run this check again."


@pytest.mark.parametrize(
    ("check", "answer", "said"),
    [
        ("check_margin", (0, 98), "point: 0.98."),
        ("check_margin", [0, 34], "point: 0.34."),
        ("check_margin", "0,0341", "point: 0.0341."),
        ("check_margin", (-3, 5), "point: -3.5."),
        ("check_moved_reader", "38,82 %", "point: 38.82."),
        ("check_window", (21, 0), "point: 21.0."),
        ("check_output_sizes", ["24,0", 28, 14, 5], "point: 24.0."),
        ("check_parameters", (4, 640), "no comma in a number: write 4640."),
        ("check_parameters", "4,640", "no comma in a number: write 4640."),
        ("check_parameters", (4, 64), "no comma in a number: write 4064."),
        ("check_parameters", "4,6400", "yours is a text."),
        ("check_margin", "0.0341", "yours is a text."),
        ("check_margin", (0.03, 41), "yours is several numbers."),
        ("check_margin", (0, 3, 4), "yours is several numbers."),
        ("check_margin", "three, four", "yours is a text."),
        ("check_margin", (), "yours is several numbers."),
    ],
)
def test_a_decimal_comma_is_explained(check, answer, said):
    result = getattr(exercises, check)(answer)
    assert result.outcome == "wrong"
    assert result.message.startswith("The answer is one number")
    assert result.message.endswith(said)


def test_the_middle_of_the_box_is_told_from_the_balance_wherever_the_digit_lies():
    moved = np.pad(SEVEN, ((1, 0), (3, 0)))
    assert "the box around the ink" in exercises.check_centre_of_mass((2.5, 4.0), moved).message


def test_a_text_of_one_digit_held_out_is_singular():
    assert exercises.check_pupil_split([True, False], np.array(["Ben", "Ada"])).message.startswith("1 digit is held out")


# ── An answer whose cell has stopped with an error since ────────────────────────────────────────────────────────────

CELLS = {  # cells that run one after the other, and what the last one, a check, must say
    "a right answer": (["answer = 21", "CHECK"], "right"),
    "its cell stopped": (["answer = 21", "answer = 1 / 0", "CHECK"], "raised"),
    "its cell stopped, and the check is run twice": (["answer = 21", "CHECK", "answer = 1 / 0", "CHECK", "CHECK"], "raised"),
    "its cell stopped some cells ago": (["answer = 21", "CHECK", "answer = 1 / 0", "1 + 1", "CHECK"], "raised"),
    "its cell cannot be read": (["answer = 21", "answer = (21", "CHECK"], "raised"),
    "its cell has a sign of IPython's": (["answer = 21", "%pwd\nanswer = 1 / 0", "CHECK"], "raised"),
    "its cell was mended": (["answer = 20", "answer = 1 / 0", "CHECK", "answer = 21", "CHECK"], "right"),
    "another cell stopped": (["answer = 21", "other = 1 / 0", "CHECK"], "right"),
    "another cell with the same value stopped": (["answer = 21", "other = 21", "other = 1 / 0", "CHECK"], "right"),
    "its cell stopped once the answer was there": (["answer = 20", "answer = 21\nprint(anwser)", "CHECK"], "right"),
    "a function it calls stopped": (["answer = 21", "def f():\n    return 1 / 0", "answer = f()", "CHECK"], "raised"),
    "a module it imports stopped": (["answer = 21", "import antigravity_\nanswer = 22", "CHECK"], "raised"),
    "a loop stopped": (["answer = 21", "for _ in range(2):\n    answer = 1 / 0", "CHECK"], "raised"),
    "an old function": (["def answer():\n    return 21", "def answer()\n    return 22", "CHECK"], "raised"),
    "an old function, not in the first line": (
        ["def answer():\n    return 21", "import math\ndef answer()\n    return 22", "CHECK"],
        "raised",
    ),
    "an old function, whose cell stopped before it": (
        ["def answer():\n    return 21", "1 / 0\ndef answer():\n    return 22", "CHECK"],
        "raised",
    ),
    "an untouched answer": (["answer = ...", "CHECK"], "not attempted"),
}


@pytest.fixture
def shell(monkeypatch):
    import IPython
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.setattr(shell, "showtraceback", lambda *_, **__: None)
    monkeypatch.setattr(shell, "showsyntaxerror", lambda *_, **__: None)
    shell.user_ns["exercises"] = exercises
    return shell


@pytest.mark.parametrize(("cells", "outcome"), CELLS.values(), ids=CELLS)
def test_an_old_answer_is_not_judged(shell, cells, outcome):
    for cell in cells:
        last = shell.run_cell(cell.replace("CHECK", "result = exercises.check_window(answer)\nresult"))
    assert last.result.outcome == outcome
    assert ("`answer` stopped with an error" in last.result.message) == (outcome == "raised")


def test_a_lesson_does_not_go_on_with_an_old_answer(shell):
    right = "kernel = [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]"
    for cell in (right, "kernel = 1 / 0", "whose = exercises.yours_or_ours('diagonal_kernel', kernel)[1]"):
        shell.run_cell(cell)
    assert shell.user_ns["whose"] == "the kit's"


@pytest.mark.parametrize(
    ("cell", "by_comma"),
    [("answer = 0,0341  # margin", True), ("answer = 0,0341\nprint(answer)", True), ("answer = 0.0341 / 0", False)],
)
def test_where_a_comma_stopped_it_the_check_says_so(shell, cell, by_comma):
    for one in ("answer = 0.5", cell, "result = exercises.check_margin(answer)"):
        shell.run_cell(one)
    assert "`answer` stopped with an error" in shell.user_ns["result"].message
    assert ("decimals with a point" in shell.user_ns["result"].message) == by_comma


def test_the_checks_do_not_start_ipython():
    program = (
        "import sys; from digitkit import exercises; r = exercises.check_window(21); print(r.outcome, 'IPython' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).split() == ["right", "False"]


@pytest.mark.slow
def test_an_old_answer_is_not_judged_in_a_real_kernel():
    from nbclient import NotebookClient

    check = "digitkit.exercises.check_window(answer)"
    cells = ["import digitkit", "answer = 21", "answer = 1 / 0", check, check, "answer = 21", check]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, allow_errors=True).execute()
    shown = [cell.outputs[-1].data["text/plain"][0] for cell in notebook.cells if cell.source == check]
    assert shown == ["⚠", "⚠", "✓"]


def test_a_number_is_shown_with_what_is_normal_and_stops_the_lesson_outside():
    assert repr(digitkit.expect(0.9926, at_least=0.985)) == "99.3 % (normal: at least 98.5 %)"
    assert str(digitkit.expect(np.int64(102), at_most=300, of=1000)) == "102 of 1,000 (normal: at most 300)"
    for bound in (0.01, 0.02):
        assert "at least 1.0 % and at most 2.0 %" in digitkit.expect(bound, at_least=0.01, at_most=0.02)
    for value in (0.97, float("nan")):
        with pytest.raises(UnexpectedError, match=r"and at least 98.5 % is normal. Was a cell above left out or changed\?"):
            digitkit.expect(value, at_least=0.985)


@pytest.mark.parametrize(
    ("exercise", "right", "wrong"),
    [
        ("normalise", lambda images: images.astype(np.float32) / np.float32(255), lambda images: ...),
        ("diagonal_kernel", np.array([[-2, -2, 4], [-2, 4, -2], [4, -2, -2]]), np.eye(3)),
        ("blank", blanked(lambda r, c: slice(r, r + 5), lambda r, c: slice(c, c + 5)), lambda image, row, column: image.copy()),
    ],
)
def test_a_lesson_goes_on_with_the_learners_answer_only_if_it_is_right(exercise, right, wrong):
    answer, whose = digitkit.exercises.yours_or_ours(exercise, right)
    assert answer is right
    assert whose == "yours"
    ours, whose = digitkit.exercises.yours_or_ours(exercise, wrong)
    assert whose == "the kit's"
    assert digitkit.exercises.yours_or_ours(exercise, ours)[1] == "yours"
