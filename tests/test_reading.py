import io
import subprocess
import sys
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from digitkit.data import data_dir, load_mnist, sample_paths
from digitkit.network import Network, NetworkError, load_network, save_network
from digitkit.preprocessing import frames, prepare
from digitkit.reading import Digit, Reading, in_words, judge, read
from digitkit.simulate import draw_glyph, write_digits
from digitkit.simulate.glyphs import NO_DIGITS
from digitkit.words import percent

EXPECTED = {"blank": "", "two_rows": "3141592653"}


def label(path):
    return EXPECTED.get(path.stem, path.stem.split("_")[-1])


@pytest.mark.parametrize("path", [path for path in sample_paths() if path.stem != "class_sheet"], ids=lambda path: path.name)
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


def test_a_mark_is_refused_where_no_digit_is_the_most_probable_of_eleven():
    network, rng = load_network(), np.random.default_rng(0)
    found = [prepare((255 * ~draw_glyph(shape, rng)).astype(np.uint8))[0] for shape in NO_DIGITS.values()]
    found = [piece for pieces in found for piece in pieces]
    refused = [digit.is_refused for digit in judge(found, network)]
    assert refused == (network.logits(np.stack([piece.image for piece in found])).argmax(axis=1) == 10).tolist()
    assert 0 < sum(refused) < len(refused)
    tenfold = Network([*network.layers[:-1], ("Dense", {key: array[..., :10] for key, array in network.layers[-1][1].items()})])
    assert not any(digit.is_refused for digit in judge(found, tenfold))  # it does not know what no digit is


def test_the_network_may_come_as_a_path(tmp_path):
    save_network(load_network(), tmp_path / "mine.npz")
    for path in (tmp_path / "mine.npz", str(tmp_path / "mine.npz"), load_network(), None):
        assert read(data_dir() / "samples" / "pen_7.jpg", path).text == "7"


class LikeKeras:
    """As much of a Keras model as it takes to know one."""

    layers = ()


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (LikeKeras(), "This is a Keras model: export it first, with digitkit.to_network"),
        ("my_network.npz", "no weights file my_network.npz"),
        (Path(__file__), "not a digitkit weights file"),
        (7, "not int"),
        (Network, "not type"),
        ({}, "not dict"),
    ],
)
def test_what_is_no_network_is_named(network, message):
    with pytest.raises(NetworkError, match=message):
        read(data_dir() / "samples" / "pen_7.jpg", network)


def film(kind, count, **more):
    """A file of several frames: a 7 in the first, blank paper in all others."""
    seven = Image.open(data_dir() / "samples" / "pen_7.jpg").convert("L").resize((200, 200))
    pages = [seven, *(Image.new("L", seven.size, 255 - 60 * index) for index in range(1, count))]
    content = io.BytesIO()
    pages[0].save(content, kind, append_images=pages[1:], **{"save_all": True, **more})
    return content.getvalue()


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_frames_that_were_not_read_are_mentioned(kind, tmp_path):
    content = film(kind, 3)
    (tmp_path / "film").write_bytes(content)
    for picture in (content, tmp_path / "film", Image.open(io.BytesIO(content))):
        reading = read(picture)
        assert (reading.text, reading.reason) == ("7", "only the first of 3 frames was read")
    assert read(film(kind, 1)).reason is None


def test_a_frame_that_was_chosen_is_read_without_a_remark():
    image = Image.open(io.BytesIO(film("GIF", 3)))
    image.seek(1)
    assert read(image).reason == "no digit found"


def test_frames_are_mentioned_beside_what_else_is_to_be_said():
    blank = Image.new("L", (100, 100), 255)
    content = io.BytesIO()
    blank.save(content, "TIFF", save_all=True, append_images=[blank])
    assert read(content.getvalue()).reason == "no digit found; only the first of 2 frames was read"


def test_a_phones_jpeg_with_a_preview_is_one_picture():
    assert read(film("MPO", 2)).reason is None


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_counting_the_frames_of_a_cut_file_stops_nothing(kind):
    content = film(kind, 3)
    for share in (0.6, 0.9, 0.99):
        image = Image.open(io.BytesIO(content))
        image.fp = io.BytesIO(content[: int(share * len(content))])
        assert 1 <= frames(image) <= 3


def test_mnist_digits_are_read_as_they_are():
    validation = load_mnist().train[-60:]
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
        'import sys, digitkit; digitkit.read(digitkit.data_dir() / "samples" / "pen_7.jpg"); '
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
    assert reading.reason == "left out: a sign or letter"


def test_a_digit_at_less_than_half_is_called_a_guess():
    shipped = load_network()
    unsure = Network(shipped.layers, 20 * shipped.temperature, shipped.about)
    reading = read(data_dir() / "samples" / "pen_7.jpg", unsure)
    assert reading.digits[0].confidence < 0.5
    assert reading.reason == f"the 7 ({percent(reading.digits[0].confidence)}) is a guess"
    assert read(data_dir() / "samples" / "pen_7.jpg").reason is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [("-5", "left out: a stroke"), ("3.14", "left out: a point"), ("5:30", "left out: 2 points"), ("42", None)],
)
def test_points_and_strokes_that_are_left_out_are_said(text, reason):
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), 160)
    left, top, right, bottom = font.getbbox(text)
    picture = Image.new("L", (right - left + 160, bottom - top + 160), 245)
    ImageDraw.Draw(picture).text((80 - left, 80 - top), text, 20, font=font)
    reading = read(picture)
    assert (reading.text, reading.reason) == ("".join(filter(str.isdigit, text)), reason)


def on_paper(digits, places, size):
    """MNIST training digits, the first of each kind, written sharply: (h, w) bool."""
    mnist = load_mnist().train
    return write_digits([mnist.images[mnist.labels == int(digit)][0] for digit in digits], places, size) > 0.5


@pytest.mark.slow
def test_two_touching_digits_are_cut_apart():
    right = 0
    for pair in ["00", "01", "17", "23", "34", "40", "56", "65", "79", "82", "98", "33", "50", "67", "84", "91"]:
        for gap in range(100, 30, -2):  # the two move together until they touch
            ink = on_paper(f"2{pair}9", [(20, 40, 140), (200, 40, 140), (200 + gap, 40, 140), (460, 40, 140)], (640, 220))
            if cv2.connectedComponents(ink.astype(np.uint8))[0] - 1 == 3:
                break
        right += read((255 * ~ink).astype(np.uint8)).text == f"2{pair}9"
    assert right >= 14


def test_a_comb_is_not_read_as_a_row_of_ones():
    ink = on_paper("7294", [(20, 40, 140), (150, 40, 140), (280, 40, 140), (410, 40, 140)], (640, 330)).astype(np.uint8)
    for x in range(200, 320, 30):
        cv2.line(ink, (x, 230), (x, 300), 1, 18)
    cv2.line(ink, (200, 265), (290, 265), 1, 6)
    reading = read((255 * (1 - ink)).astype(np.uint8))
    assert reading.text == "7294"
    assert "left out" in reading.reason


@pytest.mark.slow
def test_three_touching_digits_are_cut_apart():
    right = 0
    for three in ["000", "019", "172", "303", "111", "100", "248", "555", "617", "908", "740", "231", "884", "006"]:
        places = [(200, 40, 140)]
        for count in (2, 3):
            for x in range(places[-1][0] + 110, places[-1][0] + 20, -2):  # nearer and nearer, until it touches
                ink = on_paper(three[:count], [*places, (x, 40, 140)], (820, 220))
                if cv2.connectedComponents(ink.astype(np.uint8))[0] - 1 == 1:
                    break
            places.append((x, 40, 140))
        ink = on_paper(f"2{three}9", [(20, 40, 140), *places, (640, 40, 140)], (820, 220))
        right += read((255 * ~ink).astype(np.uint8)).text == f"2{three}9"
    assert right >= 7


def test_the_lines_of_a_table_inside_the_picture_are_no_digits():
    places = [(80 + 120 * column, 70 + 110 * row, 80) for row in range(2) for column in range(3)]
    table = (255 * ~on_paper("304952", places, (520, 360))).astype(np.uint8)
    for line in range(4):
        cv2.line(table, (60 + 120 * line, 60), (60 + 120 * line, 280), 90, 2)
    for line in range(3):
        cv2.line(table, (60, 60 + 110 * line), (420, 60 + 110 * line), 90, 2)
    reading = read(table)
    assert (reading.text, reading.reason) == ("304952", None)
    assert [digit.row for digit in reading.digits] == [0, 0, 0, 1, 1, 1]


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


def test_a_broken_digit_is_in_one_row_when_it_is_joined():
    digits = load_mnist().train
    one, five, eight = (digits.images[np.flatnonzero(digits.labels == label)[which]] for label, which in ((1, 0), (5, 1), (8, 0)))
    ink = write_digits([one, five, eight], [(60, 20, 220), (60, 300, 300), (60, 680, 220)], (400, 960)) > 0.5
    rows = np.flatnonzero(ink[300:600].any(axis=1)) + 300
    cut = int(rows[0] + 0.35 * len(rows))
    ink[cut : cut + 24] = False
    reading = read((255 * ~ink).astype(np.uint8))
    assert reading.text == "158"
    assert [digit.row for digit in reading.digits] == [0, 1, 2]


def test_the_shares_of_all_answers_add_up_and_agree_with_what_is_said():
    for name, label in (("pen_7.jpg", 7), ("two_rows.jpg", 3)):
        digit = read(data_dir() / "samples" / name).digits[0]
        assert digit.shares.shape == (11,)
        assert np.allclose([digit.shares.sum(), digit.shares[label], digit.shares[10]], [1, digit.confidence, digit.no_digit])


def test_a_reading_shown_in_a_notebook_does_not_fill_the_page():
    assert len(repr(read(data_dir() / "samples" / "pen_7.jpg"))) < 300


def test_touching_digits_are_cut():
    digits = load_mnist().train
    images = digits.images[np.isin(digits.labels, [0, 3, 6, 8])][:24]
    labels = digits.labels[np.isin(digits.labels, [0, 3, 6, 8])][:24]
    right = 0
    for first in range(0, 24, 2):
        ink = write_digits(images[first : first + 2], [(20, 30, 240), (196, 30, 240)], (460, 300)) > 0.5
        right += read((255 * ~ink).astype(np.uint8)).text == f"{labels[first]}{labels[first + 1]}"
    assert right >= 9
