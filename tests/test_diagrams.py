import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from digitkit import diagrams
from digitkit.data import load_mnist
from digitkit.explain import LayerView, layer_by_layer, stages
from digitkit.network import load_network


def pixels(svg):
    """The colours of a grid's picture, (h, w, 4)."""
    [content] = re.findall(r"data:image/png;base64,([^\"]+)", svg)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


def frames(svg):
    return [tuple(map(float, found)) for found in re.findall(r'<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)"', svg)]


def test_signs_have_their_own_colours_and_zero_is_white():
    colours = diagrams.blue_white_red(np.array([[-1.0, 0.0, 0.5]]), reach=1)[0, :, :3].astype(int)
    assert colours[0, 2] > colours[0, 0] + 100
    assert (colours[1] > 240).all()
    assert colours[2, 0] > colours[2, 2] + 50
    assert np.array_equal(diagrams.blue_white_red(np.zeros((2, 2)))[..., :3], np.full((2, 2, 3), 247))


def test_what_is_not_known_is_clear():
    for paint in (diagrams.greys, diagrams.blue_white_red):
        assert paint(np.array([[1, np.nan]]))[0, :, 3].tolist() == [255, 0]
        assert paint(np.full((2, 2), np.nan)).max() == 0


def test_a_grid_writes_each_number_in_its_cell_in_a_colour_that_can_be_read():
    values = np.array([[0, 1.0], [np.nan, 0.25]])
    svg = diagrams.grid(diagrams.greys(values), "four", 20, values, frame=(1, 1, 1, 1))
    assert re.findall(r'<text x="(\d+)" y="(\d+)" fill="(#\w+)".*?>(.*?)</text>', svg) == [
        ("10", "10", "#fff", "0"),
        ("30", "10", "#000", "1"),
        ("10", "30", "#fff", ""),
        ("30", "30", "#fff", "0.25"),
    ]
    assert np.array_equal(pixels(svg)[0, 1], [255, 255, 255, 255])
    assert frames(svg)[-1] == (18.5, 18.5, 23, 23)
    assert 'aria-label="four"' in svg


GUESSES = {
    "8000": 8000,
    "8,000": 8000,
    "1,234,567.5": 1234567.5,
    "8 000": 8000,
    "0.98": 0.98,
    "0,985": 0.985,
    "97,5 %": 97.5,
    "−3": -3,
    "about 80": None,
    "": None,
    "nan": None,
    "1e999": None,
    "1.2.3": None,
}


@pytest.mark.parametrize("text", GUESSES)
def test_numbers_are_understood_as_people_write_them(text):
    assert diagrams.parse_number(text) == GUESSES[text]


SENTENCES = [
    ((8000, 7877), "You guessed 8,000, it is 7,877: close."),
    ((7877.0, 7877), "You guessed 7,877, it is 7,877: exactly."),
    ((9000, 7877), "You guessed 9,000, it is 7,877: not far off."),
    ((100, 7877), "You guessed 100, it is 7,877: more than you thought."),
    ((3, 0), "You guessed 3, it is 0: less than you thought."),
    ((0, 0), "You guessed 0, it is 0: exactly."),
    ((90.0, np.float32(98.5), " %"), "You guessed 90 %, it is 98.5 %: not far off."),
    (("both", "both"), "You guessed both, and so it is."),
    (("both", "none"), "You guessed both, it is none."),
    ((None, 0.25), "It is 0.25. No guess yet: make one above, and run this cell again."),
]


@pytest.mark.parametrize(("values", "sentence"), SENTENCES)
def test_a_guess_and_a_result_make_one_sentence(values, sentence):
    assert diagrams.compared(*values) == sentence
    assert sentence in diagrams.comparison_html(*values)


def test_a_choice_cannot_smuggle_in_code():
    assert "<script>" not in diagrams.comparison_html("<script>alert(1)</script>", "b")


IMAGE = np.zeros((5, 6))
IMAGE[1:3, 2:4] = [[1, 0.5], [0.3, 0]]
KERNEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1.0]])


def test_the_arithmetic_of_one_value_is_written_out_and_adds_up():
    html, sentence = diagrams.stepper_html(stages(IMAGE, KERNEL), IMAGE, KERNEL, 1, "Convolution", 1)
    written = re.sub(r"<.*?>", "", html.split('class="digitkit-sum">')[1].split("</p>")[0]).replace("−", "-").replace("·", "*")
    left, right = written.split("=")
    assert left.count("*") == 9
    assert eval(left.replace("\n", " ")) == pytest.approx(float(right)) == pytest.approx((IMAGE[:3, 1:4] * KERNEL).sum())
    assert "row 0, column 1 of the feature map" in sentence
    assert f"add up to {right.strip().replace('-', '−')}." in sentence


def test_what_is_rounded_is_not_called_equal():
    for image, sign in [(IMAGE, "="), (IMAGE / 3, "≈")]:
        html, _ = diagrams.stepper_html(stages(image, KERNEL), image, KERNEL, 1, "Convolution", 1)
        assert f"\n{sign} <b>" in html


def test_pixels_below_zero_have_their_colours_explained():
    html, _ = diagrams.stepper_html(stages(-IMAGE, KERNEL), -IMAGE, KERNEL, 1, "Convolution", 0)
    assert "Input: blue is below zero" in html
    html, _ = diagrams.stepper_html(stages(IMAGE, KERNEL), IMAGE, KERNEL, 1, "Convolution", 0)
    assert "Input: black is 0, white is 1" in html


def test_relu_and_pooling_say_what_they_keep():
    done = stages(IMAGE, KERNEL)
    place = int(done.feature_map.argmin())
    html, sentence = diagrams.stepper_html(done, IMAGE, KERNEL, 1, "ReLU", place)
    assert "is below zero and becomes 0" in sentence
    assert f"max(0, {diagrams.number(done.feature_map.min())}) = <b>0</b>" in html
    html, sentence = diagrams.stepper_html(done, IMAGE, KERNEL, 1, "Pooling", 1)
    assert f"is {diagrams.number(done.pooled[0, 1])}." in sentence
    assert "row 0, column 1 of the pooled map" in sentence


def test_frames_lie_on_what_is_read_and_on_what_it_gives():
    html, _ = diagrams.stepper_html(stages(IMAGE, KERNEL, 2, "same"), IMAGE, KERNEL, 2, "Convolution", 4)
    padded, feature_map, after_relu = (frames(svg) for svg in html.split("<svg")[1:4])
    assert padded == [(0, 24, 144, 120), *2 * [(46.5, 46.5, 75, 75)]]  # a row of zeros above, none at the left; the window
    assert feature_map == 2 * [(22.5, 22.5, 27, 27)]
    assert after_relu == []


def test_what_the_settings_do_to_the_edges_is_said():
    def notes(**settings):
        html, _ = diagrams.stepper_html(
            stages(IMAGE, KERNEL, **settings), IMAGE, KERNEL, settings.get("stride", 1), "Convolution", 0
        )
        return html

    assert "zeros that padding has added" in notes(padding="same")
    assert "zeros that padding has added" not in notes()
    assert "nothing reads the last column of the input" in notes(stride=2)
    assert "nothing reads the last 2 rows and the last 3 columns of the input" in notes(stride=4)
    assert "odd number of rows" in notes()
    assert "Pooling is impossible here: a map of 1×1" in notes(stride=4)


def test_every_layer_of_the_shipped_network_is_described():
    views = layer_by_layer(load_network(), load_mnist().train.images[15])
    buttons = diagrams.layers_html(views, 2)
    assert buttons.count("<button") == len(views)
    assert re.findall(r'aria-checked="true" tabindex="0" data-choose="(.*?)"', buttons) == ["layer 2"]
    for view in views:
        shown = diagrams.maps_html(view, 784, 0)
        assert "A layer of the kind" not in shown
        assert f"{view.parameters:,} parameters" in shown or not view.parameters
    total = sum(
        value.size for _, settings in load_network().layers for value in settings.values() if isinstance(value, np.ndarray)
    )
    assert f"{total:,} parameters in all" in buttons


def view(values, **settings):
    pixels = np.stack([np.arange(28), np.arange(28) + 1], axis=1)
    return LayerView("Conv2D", "first", values, seen=(pixels[2:] - [2, 0], pixels[2:] - [2, 0]), **settings)


def test_parameters_are_counted_out():
    maps = np.zeros((16, 26, 26))
    kernels = np.zeros((16, 8, 3, 3))
    assert "16 kernels × (3·3 numbers for each of 8 maps + 1 bias)" in diagrams.maps_html(
        view(maps, kernels=kernels, parameters=1168), 1, 0
    )
    assert "16 kernels × (3·3 numbers for each of 8 maps)." in diagrams.maps_html(
        view(maps, kernels=kernels, parameters=1152), 1, 0
    )
    dense = LayerView("Dense", "last", np.zeros(10), parameters=650)
    assert "10 × (64 weights + 1 bias)" in diagrams.maps_html(dense, 64, 0)
    assert "a weighted sum of all 64 values" in diagrams.maps_html(dense, 64, 0)


def test_the_chosen_map_is_framed_on_a_sheet_of_all():
    maps = np.random.default_rng(0).random((20, 26, 26))
    html = diagrams.maps_html(view(maps), 1, 10)
    assert 'data-rows="3" data-columns="8" data-row="1" data-column="2"' in html
    assert diagrams.map_number(maps, 1, 2) == 10
    x, y, width, _ = frames(html)[-1]
    shown = pixels(html)[round(y + 1.5) : round(y + width - 1.5), round(x + 1.5) : round(x + width - 1.5), 0]
    places = np.arange(56) * 26 // 56
    assert np.allclose(shown, 255 * maps[10][np.ix_(places, places)] / maps.max(), atol=0.51)


def test_one_value_and_the_pixels_that_feed_it():
    image = load_mnist().train.images[15]
    maps = np.random.default_rng(1).normal(size=(4, 26, 26))
    html, sentence = diagrams.value_html(view(maps), 3, (5, 7), image)
    assert sentence.startswith(f"Map 3, row 5, column 7: {diagrams.number(maps[3, 5, 7])}.")
    assert "3×3 pixels of the digit: rows 5 to 7, columns 7 to 9" in sentence
    digit = html.split("<svg")[2]
    assert frames(digit)[-1] == (7 * 8 - 1.5, 5 * 8 - 1.5, 27, 27)
    assert np.array_equal(pixels(digit)[..., 0], image)


def test_a_map_without_negative_values_is_coloured_like_the_others_of_its_layer():
    maps = np.stack([np.full((26, 26), 0.5), np.full((26, 26), -1.0)])
    html, _ = diagrams.value_html(view(maps), 0, (0, 0), np.zeros((28, 28), np.uint8))
    assert pixels(html.split("<svg")[1])[0, 0, :3].tolist() == diagrams.POSITIVE.tolist()
    assert "Map 0: blue is below zero" in html
    html, _ = diagrams.value_html(view(np.abs(maps)), 0, (0, 0), np.zeros((28, 28), np.uint8))
    assert "Map 0: black is zero, white is 0.5" in html


def test_a_row_of_values_ends_where_it_ends():
    image = np.zeros((28, 28), np.uint8)
    row = LayerView("Dense", "last", np.arange(40.0))
    html, sentence = diagrams.value_html(row, 0, (1, 30), image)
    assert sentence == "Value 39: 39. Which pixels feed it is not known for this kind of layer."
    assert 'data-row="1" data-column="7"' in html
    assert diagrams.value_grid(row.values, 0)[1, 7] == 39
