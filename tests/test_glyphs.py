import numpy as np
import pytest

from digitkit.glyphs import DIGITS, NO_DIGITS, blot, draw_glyph, scribble


@pytest.mark.parametrize("shape", [*(shape for shapes in DIGITS.values() for shape in shapes), *NO_DIGITS.values()])
def test_every_shape_lies_on_the_grid_and_leaves_ink(shape):
    for stroke in shape.split("|"):
        points = [tuple(map(float, point.split(","))) for point in stroke.split()]
        assert len(points) > 1
        assert all(0 <= number <= 10 for point in points for number in point)
    ink = draw_glyph(shape, np.random.default_rng(0))
    assert 0.001 < ink.mean() < 0.5


def test_every_digit_has_shapes_and_no_letter_is_a_digit_in_disguise():
    assert sorted(DIGITS) == list(range(10))
    assert not set("OolI|SsZzBbqg") & set(NO_DIGITS)


@pytest.mark.parametrize("make", [scribble, blot])
def test_chance_makes_different_marks_but_the_same_from_the_same_seed(make):
    first, again, other = (make(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)
