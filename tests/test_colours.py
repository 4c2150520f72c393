import numpy as np

from digitkit.colours import as_bytes, blue_white_red, greys


def test_signs_have_their_own_colours_and_zero_is_white():
    colours = blue_white_red(np.array([[-1.0, 0.0, 0.5]]), reach=1)[0, :, :3].astype(int)
    assert colours[0, 2] > colours[0, 0] + 100
    assert (colours[1] > 240).all()
    assert colours[2, 0] > colours[2, 2] + 50
    assert np.array_equal(blue_white_red(np.zeros((2, 2)))[..., :3], np.full((2, 2, 3), 247))


def test_what_is_not_known_is_clear():
    for paint in (greys, blue_white_red):
        assert paint(np.array([[1, np.nan]]))[0, :, 3].tolist() == [255, 0]
        assert paint(np.full((2, 2), np.nan)).max() == 0


def test_every_kind_of_step_becomes_grey_levels():
    assert as_bytes(np.array([[True, False]])).tolist() == [[255, 0]]
    assert as_bytes(np.array([[-3.0, 99.6, 300.0]])).tolist() == [[0, 100, 255]]
