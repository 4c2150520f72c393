import base64
import io

import numpy as np
from PIL import Image

from digitkit.data import data_dir
from digitkit.markup import STEPS, as_bytes, image_url, reading_html
from digitkit.preprocessing import thumbnail
from digitkit.reader import read


def test_an_image_travels_inside_its_address():
    address = image_url(np.eye(300) * 255, longest=100)
    image = Image.open(io.BytesIO(base64.b64decode(address.removeprefix("data:image/png;base64,"))))
    assert image.size == (100, 100)


def test_every_kind_of_step_becomes_grey_levels():
    assert as_bytes(np.array([[True, False]])).tolist() == [[255, 0]]
    assert as_bytes(np.array([[-3.0, 99.6, 300.0]])).tolist() == [[0, 100, 255]]


def test_every_step_that_can_occur_has_a_name_and_a_sentence():
    for sample in ("chalk_9.jpg", "ruled_2.jpg"):
        reading = read(data_dir() / "samples" / sample)
        assert set(reading.steps | reading.digits[0].steps) <= set(STEPS)


def test_boxes_lie_on_their_digits_and_every_picture_has_a_text():
    path = data_dir() / "samples" / "two_rows.jpg"
    reading = read(path)
    html = reading_html(thumbnail(path), path.name, reading, chosen=2)
    assert html.count("digitkit-box") == 10
    x, y, _, _ = reading.digits[0].box
    assert f"left:{100 * x / 800:.2f}%;top:{100 * y / 600:.2f}%" in html
    assert "10 digits found: 3141592653" in html
    assert html.count("<img") == html.count(' alt="')
