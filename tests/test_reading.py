import subprocess
import sys

import numpy as np
import pytest

from digitkit.data import data_dir, load_mnist, sample_paths
from digitkit.network import load_network
from digitkit.reading import Digit, Reading, in_words, read
from digitkit.simulate import draw_glyph, write_digits
from digitkit.simulate.glyphs import NO_DIGITS
from digitkit.words import percent

EXPECTED = {"blank": "", "two_rows": "3141592653"}


def label(path):
    return EXPECTED.get(path.stem, path.stem.split("_")[-1])


@pytest.mark.parametrize("path", sample_paths(), ids=lambda path: path.name)
def test_every_sample_is_read(path):
    reading = read(path)
    assert reading.text == label(path)
    assert reading.text == "".join(str(digit.label) for digit in reading.digits)
    for digit in reading.digits:
        assert digit.image.shape == (28, 28)
        assert digit.image.dtype == np.uint8
        assert 0 < digit.confidence <= digit.probabilities.max()


def test_a_picture_may_come_as_path_text_bytes_or_array():
    path = data_dir() / "samples" / "tiny_1.png"
    from PIL import Image

    for picture in (
        path,
        str(path),
        path.read_bytes(),
        memoryview(path.read_bytes()),
        Image.open(path),
        np.array(Image.open(path)),
    ):
        assert read(picture).text == "1"


def test_blank_paper_has_a_reason():
    reading = read(data_dir() / "samples" / "blank.jpg")
    assert (reading.text, reading.digits, reading.reason) == ("", [], "no digit found")


def test_rows_are_counted_from_the_top():
    digits = read(data_dir() / "samples" / "column_352.jpg").digits
    assert [digit.row for digit in digits] == [0, 1, 2]
    assert {digit.row for digit in read(data_dir() / "samples" / "row_2026.jpg").digits} == {0}


def test_another_network_can_read():
    class Stubborn:
        def judge(self, images):
            return np.tile(np.eye(10)[3], (len(images), 1)), np.zeros(len(images))

    assert read(data_dir() / "samples" / "pen_7.jpg", network=Stubborn()).text == "3"


def test_mnist_digits_are_read_as_they_are():
    validation = load_mnist().train[-300:]
    read_right = [read(image).text == str(number) for image, number in zip(validation.images, validation.labels, strict=True)]
    assert np.mean(read_right) >= 0.97


def sentence(*confidences):
    digits = []
    for index, confidence in enumerate(confidences):
        probabilities = np.full(10, 1e-6)
        probabilities[[index, 9]] = confidence, 1 - confidence
        digits.append(Digit(index, confidence, probabilities, None))
    return in_words(Reading("".join(str(digit.label) for digit in digits), digits, None, {}, (28, 28)))


def test_the_answer_in_words():
    assert sentence() == "I see no digit here."
    assert sentence(0.982) == "I read 0, 98.2 % sure."
    assert sentence(0.6) == "Between 0 and 9: look at the bars."
    assert sentence(0.99, 0.95) == "I read 01, 2 digits."
    assert sentence(0.99, 0.7) == "I read 01, 2 digits. I am least sure of the 1 (70.0 %)."


def test_a_doubt_whether_it_is_a_digit_is_not_taken_for_a_doubt_which():
    probabilities = np.full(10, 0.001)
    probabilities[4] = 0.991
    assert (
        in_words(Reading("4", [Digit(4, 0.6, probabilities, None)], None, {}, (28, 28)))
        == "Perhaps 4, perhaps not a digit at all."
    )


def test_no_share_is_rounded_to_certainty():
    assert percent(1.0) == "over 99.9 %"
    assert percent(0.5) == "50.0 %"
    assert percent(0.0) == "under 0.1 %"


def test_reading_needs_neither_tensorflow_nor_matplotlib_nor_widgets():
    program = (
        "import sys, digitkit; digitkit.read(digitkit.sample_paths()[0]); "
        "print([name for name in ('tensorflow', 'keras', 'matplotlib', 'ipywidgets', 'IPython') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_shipped_network_is_calibrated():
    assert 0.3 < load_network().temperature < 3


SYMBOLS = ["plus", "star", "asterisk", "hash", "heart", "face", "arrow", "A", "E", "H", "M", "X", "equals"]


@pytest.mark.parametrize("name", SYMBOLS)
def test_what_is_no_digit_is_refused(name):
    rng = np.random.default_rng(3)
    refused = [read((255 * ~draw_glyph(NO_DIGITS[name], rng)).astype(np.uint8)).text == "" for _ in range(5)]
    assert sum(refused) >= 4


def test_a_mark_beside_digits_is_left_out_and_named():
    rng = np.random.default_rng(0)
    digits = write_digits(load_mnist().train.images[[0, 1]], [(10, 20, 200), (420, 20, 200)], (640, 240)) > 0.5
    star = draw_glyph(NO_DIGITS["asterisk"], rng, 100)[:200, :200]
    digits[20:220, 215:415] |= star
    reading = read((255 * ~digits).astype(np.uint8))
    assert reading.text == "50"
    assert reading.reason == "one mark was left out: it is no digit"


def test_a_broken_digit_is_joined():
    digits = load_mnist().train
    right = 0
    for image in digits.images[np.flatnonzero(digits.labels == 5)[:20]]:
        ink = write_digits([image], [(60, 20, 300)], (420, 340)) > 0.5
        rows = np.flatnonzero(ink.any(axis=1))
        cut = int(rows[0] + 0.35 * len(rows))
        ink[cut : cut + 12] = False
        right += read((255 * ~ink).astype(np.uint8)).text == "5"
    assert right >= 17


def test_touching_digits_are_cut():
    digits = load_mnist().train
    images = digits.images[np.isin(digits.labels, [0, 3, 6, 8])][:24]
    labels = digits.labels[np.isin(digits.labels, [0, 3, 6, 8])][:24]
    right = 0
    for first in range(0, 24, 2):
        ink = write_digits(images[first : first + 2], [(20, 30, 240), (196, 30, 240)], (460, 300)) > 0.5
        right += read((255 * ~ink).astype(np.uint8)).text == f"{labels[first]}{labels[first + 1]}"
    assert right >= 9
