"""The gallery of mistakes, driven as the front end drives it, and what it shows."""

import re

import numpy as np
import pytest
from looked_at import words

from digitkit.data import Digits, load_mnist
from digitkit.widgets.mistake_gallery import MistakeGallery
from digitkit.widgets.views import mistake_gallery as view


@pytest.fixture(scope="module")
def digits():
    return load_mnist().train


@pytest.fixture
def gallery(digits):
    """Thirty digits: 25 nines read as 4, ever surer; one 4 as 9; the others right."""
    labels = np.array([9] * 25 + [4, 4, 0, 1, 2], np.uint8)
    probabilities = np.full((30, 10), 0.01)
    probabilities[np.arange(25), 4] = np.linspace(0.5, 0.9, 25)
    probabilities[np.arange(25, 30), [9, 4, 0, 1, 2]] = [0.95, 0.6, 0.7, 0.8, 0.9]
    return MistakeGallery(Digits(digits.images[:30], labels), probabilities)


def shown(gallery):
    return [int(number) for number in re.findall(r"digit (\d+)<", gallery.pictures.value)]


def test_the_surest_mistakes_come_first(gallery):
    assert repr(gallery) == "MistakeGallery()"
    assert words(gallery.said.value) == "All 26 mistakes, the surest first, 20 of them shown."
    assert shown(gallery) == [25, *range(24, 5, -1)]
    assert words(gallery.pictures.value).startswith("label 4, read 9 95.0 % sure digit 25 label 9, read 4 90.0 % sure")


def test_more_shows_the_rest(gallery):
    gallery.more.click()
    assert shown(gallery) == [25, *range(24, -1, -1)]
    assert words(gallery.said.value) == "All 26 mistakes, the surest first."
    assert gallery.more.layout.display == "none"


def test_a_cell_opens_its_digits(gallery):
    gallery.cells[4, 9].click()
    assert words(gallery.said.value) == "4 read as 9: 1 digit, the surest first."
    assert shown(gallery) == [25]
    gallery.cells[9, 4].click()
    assert words(gallery.said.value) == "9 read as 4: 25 digits, the surest first, 20 of them shown."
    assert shown(gallery) == list(range(24, 4, -1))
    assert "digitkit-open" in gallery.cells[9, 4]._dom_classes
    assert "digitkit-open" not in gallery.cells[4, 9]._dom_classes
    gallery.cells[4, 4].click()
    assert words(gallery.said.value) == "4 read as 4: 1 digit, the least sure first."
    assert shown(gallery) == [26]


def test_cells_say_what_they_hold_and_empty_ones_cannot_be_pressed(gallery):
    assert (gallery.cells[9, 4].description, gallery.cells[9, 4].tooltip) == ("25", "9 read as 4: 25 digits")
    assert sorted(place for place, cell in gallery.cells.items() if not cell.disabled) == [
        (0, 0), (1, 1), (2, 2), (4, 4), (4, 9), (9, 4)
    ]  # fmt: skip


def test_the_list_opens_the_same_as_the_cells_the_most_frequent_first(gallery):
    names = [name for name, _ in gallery.pairs.options]
    assert names[:3] == ["all 26 mistakes", "9 read as 4: 25 digits", "4 read as 9: 1 digit"]
    gallery.pairs.index = 2
    assert shown(gallery) == [25]
    gallery.pairs.index = 0
    assert len(shown(gallery)) == 20
    assert "digitkit-open" not in gallery.cells[4, 9]._dom_classes


def test_a_network_without_mistakes_has_none_to_show(digits):
    gallery = MistakeGallery(digits[:12], np.eye(10)[digits.labels[:12]])
    assert words(gallery.said.value) == "No mistake: all 12 read right."
    assert shown(gallery) == []


@pytest.mark.parametrize("shape", [(5, 10), (6, 11), (0, 10)])
def test_probabilities_that_do_not_fit_are_refused(digits, shape):
    with pytest.raises(ValueError, match="need probabilities of shape"):
        MistakeGallery(digits[: 6 if shape[0] else 0], np.zeros(shape))


def test_texts_of_pictures_cannot_smuggle_in_code():
    html = view.pictures(np.zeros((1, 28, 28), np.uint8), [['"><script>', "<b>"]])
    assert "<script>" not in html
    assert html.count('alt="') == 1
