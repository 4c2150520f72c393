"""The sliders, driven as the front end drives them, and what they show."""

import numpy as np
import pytest
from looked_at import words

from digitkit.data import DataError, Digits, load_mnist
from digitkit.metrics import accuracy
from digitkit.network import load_network
from digitkit.simulate import changes
from digitkit.widgets.robustness_sliders import RobustnessSliders
from digitkit.widgets.views import robustness_sliders as view
from digitkit.widgets.views.element import image_url


@pytest.fixture(scope="module")
def digits():
    return load_mnist().train


@pytest.fixture(scope="module")
def network():
    return load_network()


@pytest.fixture
def sliders(network, digits):
    return RobustnessSliders(network, digits[-5000:-4960])


def test_at_first_nothing_is_changed(sliders, network, digits):
    assert repr(sliders) == "RobustnessSliders()"
    few = digits[-5000:-4960]
    assert f"The {few.labels[0]}, unchanged: read as {network.probabilities(few.images[:1]).argmax()}" in words(
        sliders.digit.value
    )
    right = round(40 * accuracy(network, few))
    assert f"40 digits, all unchanged {right} of 40 are read right" in words(sliders.accuracy.value)


MOVES = {
    "right": (-7, {"right": -7}, "moved 7 pixels to the left"),
    "down": (1, {"down": 1}, "moved 1 pixel down"),
    "turn": (-45, {"turn": -45}, "turned by 45° clockwise"),
    "size": (0.5, {"size": 0.5}, "50 % of its size"),
    "thickness": (-0.7, {"thickness": -0.7}, "strokes 0.7 thinner"),
    "noise": (0.3, {"noise": 0.3}, "noise of 0.30"),
    "invert": (True, {"invert": True}, "inverted"),
}


@pytest.mark.parametrize("name", MOVES)
def test_each_slider_changes_the_digit_and_the_accuracy_follows(sliders, network, digits, name):
    value, change, said = MOVES[name]
    sliders.sliders[name].set_state({"value": value})  # as the browser sends it
    few = digits[-5000:-4960]
    changed = changes.changed(few.images, **change)
    answer = network.probabilities(changed[:1])[0].argmax()
    assert f"The {few.labels[0]}, {said}: read as {answer}," in words(sliders.digit.value)
    right = int((network.probabilities(changed).argmax(axis=1) == few.labels).sum())
    assert f"all {said} {right} of 40 are read right" in words(sliders.accuracy.value)


def test_the_pictures_are_the_digit_before_and_after(sliders, digits):
    sliders.sliders["turn"].value = 30
    before = digits.images[-5000]
    for image in (before, changes.turned(before[np.newaxis], 30)[0]):
        assert image_url(image) in sliders.digit.value
    assert sliders.digit.value.count("<img") == sliders.digit.value.count(' alt="') == 2


def test_another_digit_can_be_chosen_and_changes_in_the_same_way(sliders, digits):
    sliders.sliders["turn"].value = 20
    before = sliders.accuracy.value
    sliders.which.value = 3
    assert f"The {digits.labels[-4997]}, turned by 20° anticlockwise" in words(sliders.digit.value)
    assert sliders.accuracy.value == before


def test_reset_undoes_every_change_but_not_the_choice(sliders):
    sliders.which.value = 2
    first = (sliders.digit.value, sliders.accuracy.value)
    for name, (value, _, _) in MOVES.items():
        sliders.sliders[name].value = value
    assert sliders.digit.value != first[0]
    sliders.reset_button.click()
    assert (sliders.digit.value, sliders.accuracy.value) == first
    assert sliders.sliders["size"].value == 1
    assert sliders.which.value == 2


def test_a_doubt_that_it_is_a_digit_is_said(network, digits):
    sliders = RobustnessSliders(network, Digits(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8)))
    assert network.refuses(np.zeros((1, 28, 28), np.uint8))[0]
    assert "the network doubts that this is a digit at all" in sliders.digit.value


def test_many_digits_are_cut_down_so_that_it_stays_fast(network, digits):
    assert "200 digits" in RobustnessSliders(network, digits[:1000]).accuracy.value
    with pytest.raises(DataError, match="at least one"):
        RobustnessSliders(network, digits[:0])


def test_changes_are_said_in_the_singular_too():
    assert view.changes_in_words() == "unchanged"
    assert view.changes_in_words(right=1, down=-2) == "moved 1 pixel to the right, moved 2 pixels up"
    assert view.changes_in_words(size=1.5, thickness=0.4) == "150 % of its size, strokes 0.4 thicker"
