"""The explorer, driven as the front end drives it: by the state messages that a browser sends."""

import numpy as np
import pytest
from looked_at import drawing, send_picture, send_sketch, words

import digitkit
from digitkit.data import data_dir, load_mnist
from digitkit.explain import ExplainError
from digitkit.network import SHIPPED, Network, NetworkError, load_network
from digitkit.preprocessing import prepare
from digitkit.reading import read
from digitkit.widgets.network_explorer import NetworkExplorer

SAMPLES = data_dir() / "samples"
SEVEN = [(30, 60), (130, 60), (80, 240)]
ONE = [(220, 50), (220, 240)]
SCRIBBLE = [(60, 60), (220, 80), (70, 110), (210, 140), (80, 170), (220, 200), (60, 230), (150, 50), (230, 230)]


@pytest.fixture(scope="module")
def digit():
    return load_mnist().train.images[15]


@pytest.fixture
def explorer(digit):
    return NetworkExplorer(load_network(), digit)


def draw(explorer, content):
    pad = explorer.picture_input
    send_sketch(pad, content)
    assert pad.sketches_read == pad.sketches


def send(explorer, content):
    pad = explorer.picture_input
    send_picture(pad, content)
    assert pad.read == pad.count  # or the browser would say for ever that it is being read


def says(explorer, text):
    """The same is written and read out."""
    assert explorer.picture_input.spoken == text
    assert words(explorer.status.value) == text


def test_it_always_looks_the_same_as_text(explorer):
    assert repr(explorer) == "NetworkExplorer()"


def test_the_given_digit_is_followed_until_something_is_drawn(explorer, digit):
    assert np.array_equal(explorer.followed, digit)
    assert explorer.layers.image == digit.tobytes()
    assert explorer.picture_input.spoken.startswith("You follow the digit that was given.")
    draw(explorer, drawing(SEVEN))
    assert explorer.layers.image == read(drawing(SEVEN)).digits[0].image.tobytes()
    says(explorer, "You follow the digit of your drawing.")
    draw(explorer, b"")
    assert np.array_equal(explorer.followed, digit)
    assert explorer.layers.image == digit.tobytes()


def test_the_last_digit_of_a_drawing_is_the_new_one(explorer):
    draw(explorer, drawing(SEVEN, ONE))
    both = read(drawing(SEVEN, ONE))
    assert both.text == "71"
    assert np.array_equal(explorer.followed, both.digits[1].image)
    says(explorer, "You follow the last of 2 digits of your drawing.")


def test_what_does_not_look_like_a_digit_is_followed_too(explorer):
    content = drawing(SCRIBBLE)
    assert read(content).digits == []
    draw(explorer, content)
    [scribble] = prepare(content)[0]
    assert np.array_equal(explorer.followed, scribble.image)
    says(explorer, "You follow a mark of your drawing that does not look like a digit.")


def test_the_largest_digit_of_a_photo_is_followed_and_the_sheet_is_wiped(explorer):
    content = (SAMPLES / "row_2026.jpg").read_bytes()
    send(explorer, content)
    digits = read(content).digits
    largest = max(digits, key=lambda one: one.box[2] * one.box[3])
    assert np.array_equal(explorer.followed, largest.image)
    assert explorer.picture_input.wipes == 1
    says(explorer, "You follow the largest of 4 digits of your picture.")


def test_a_stroke_that_comes_after_its_sheet_was_wiped_is_not_followed(explorer):
    send(explorer, (SAMPLES / "row_2026.jpg").read_bytes())
    followed, pad = explorer.followed, explorer.picture_input
    pad.set_state({"sketch": memoryview(drawing(SEVEN)), "sketches": pad.sketches + 1, "sketched": pad.wipes - 1})
    assert explorer.followed is followed
    assert pad.sketches_read == pad.sketches


def test_what_cannot_be_followed_is_said_and_the_digit_stays(explorer, digit):
    send(explorer, (SAMPLES / "blank.jpg").read_bytes())
    says(explorer, "There is no digit in your picture.")
    send(explorer, b"no picture")
    assert "digitkit-problem" in explorer.status.value
    assert "picture" in explorer.picture_input.spoken
    assert np.array_equal(explorer.followed, digit)


def test_the_networks_of_learners_can_be_followed(digit):
    untrained = digitkit.build_cnn()
    weights = {"kernel": np.ones((784, 2), np.float32), "bias": np.zeros(2, np.float32)}
    two_outputs = Network([("Flatten", {}), ("Dense", weights)])
    for model in (None, SHIPPED, untrained, digitkit.to_keras(load_network()), two_outputs):
        explorer = NetworkExplorer(model, digit)
        explorer.layers.set_state({"asked": True})
        [sent] = explorer.layers.networks
        assert [words["title"].split(" ")[0] for words in sent["words"][1:]] == [kind for kind, _ in explorer.network.layers]
        draw(explorer, drawing(SEVEN))  # the shipped network finds it, whatever the other one knows
        assert np.array_equal(explorer.followed, read(drawing(SEVEN)).digits[0].image)


def test_what_cannot_be_looked_into_is_said_at_once(digit):
    from digitkit.model import keras, layers

    inputs = layers.Input((28, 28, 1))
    added = layers.Add()([layers.Conv2D(4, 3, padding="same")(inputs), inputs])
    branched = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(added)))
    with pytest.raises(NetworkError, match="is fed by a branch"):
        NetworkExplorer(branched, digit)
    with pytest.raises(NetworkError, match="There is no weights file"):
        NetworkExplorer("none.npz", digit)
    nan = {"kernel": np.full((784, 10), np.nan, np.float32), "bias": np.zeros(10, np.float32)}
    with pytest.raises(NetworkError, match="NaN"):
        NetworkExplorer(Network([("Flatten", {}), ("Dense", nan)]), digit)
    with pytest.raises(ExplainError, match=r"A digit of shape \(28, 28\) and type uint8 is needed"):
        NetworkExplorer(None, digit / 255)
