import numpy as np
import pytest

from digitkit import exercises
from digitkit.exercises import check_deeper_model, check_inverted, check_order, check_parameters


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
