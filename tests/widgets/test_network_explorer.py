"""The explorer, driven as the front end drives it: by the state messages that a browser sends; and what it shows."""

import re

import numpy as np
import pytest
from looked_at import choose, frames, pixels

import digitkit
from digitkit.colours import POSITIVE
from digitkit.data import load_mnist
from digitkit.explain import LayerView, layer_by_layer
from digitkit.network import load_network
from digitkit.widgets.network_explorer import NetworkExplorer
from digitkit.widgets.views import network_explorer as shown
from digitkit.words import number


@pytest.fixture(scope="module")
def digit():
    return load_mnist().train.images[15]


@pytest.fixture
def explorer(digit):
    return NetworkExplorer(load_network(), digit)


def test_it_always_looks_the_same_as_text(explorer):
    assert repr(explorer) == "NetworkExplorer()"


def test_it_opens_at_the_strongest_value_of_the_first_convolution(explorer, digit):
    first = explorer.layers[1].values
    layer, unit, place = explorer.chosen
    assert (layer, first[unit][place]) == (1, first.max())
    assert explorer.value.status.startswith(f"Map {unit}, row {place[0]}, column {place[1]}: ")
    assert 'aria-checked="true" tabindex="0" data-choose="layer 1"' in explorer.list.html


def test_a_layer_then_a_map_then_a_value_is_chosen(explorer):
    convolution = [layer.kind for layer in explorer.layers].index("Conv2D", 2)
    choose(explorer.list, f"layer {convolution}")
    values = explorer.layers[convolution].values
    assert explorer.chosen[0] == convolution
    choose(explorer.maps, "map 0 3")
    assert explorer.chosen[:2] == (convolution, 3)
    choose(explorer.value, "value 4 6")
    assert explorer.chosen == (convolution, 3, (4, 6))
    assert explorer.value.status.startswith(f"Map 3, row 4, column 6: {number(values[3, 4, 6])}.")
    top, bottom, left, right = explorer.layers[convolution].pixels(4, 6)
    assert f"rows {top} to {bottom - 1}, columns {left} to {right - 1}" in explorer.value.status
    assert "kernel 3" in explorer.value.html


def test_a_place_after_the_last_map_or_value_is_the_last(explorer):
    last = len(explorer.layers) - 1
    choose(explorer.list, "layer 1")
    choose(explorer.maps, "map 30 7")
    assert explorer.chosen[1] == len(explorer.layers[1].values) - 1
    choose(explorer.list, f"layer {last}")
    choose(explorer.value, "value 0 10")
    assert explorer.value.status.startswith("Value 10: ")


def test_every_layer_of_every_kind_of_model_can_be_looked_at(digit):
    from digitkit.model import keras, layers

    inputs = layers.Input((28, 28, 1))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, strides=2, padding="same", name="left")(inputs))
    x = layers.Add()([layers.ReLU()(x), layers.AveragePooling2D(2)(inputs)])
    x = layers.GlobalAveragePooling2D()(layers.Dropout(0.2)(x))
    functional = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    for model in (functional, digitkit.build_cnn(), digitkit.to_keras(load_network())):
        explorer = NetworkExplorer(model, digit)
        assert f"{model.count_params():,} parameters in all" in explorer.list.html
        for place, layer in enumerate(explorer.layers):
            explorer.show(place)
            assert layer.kind in explorer.maps.html
            assert "It comes from" in explorer.value.status
    explorer = NetworkExplorer(functional, digit)
    assert "takes " in explorer.list.html  # the sum of two branches says which they are


def test_the_probability_at_the_end_is_what_keras_says(digit):
    model = digitkit.build_cnn()
    explorer = NetworkExplorer(model, digit)
    explorer.show(len(explorer.layers) - 1)
    probabilities = model(digitkit.to_input(digit[np.newaxis])).numpy()[0]
    best = int(probabilities.argmax())
    assert explorer.chosen[2] == (0, best)
    assert explorer.value.status.startswith(f"Value {best}: {probabilities[best]:.2f}".rstrip("0"))


# ── What it shows ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_layer_of_the_shipped_network_is_described():
    views = layer_by_layer(load_network(), load_mnist().train.images[15])
    buttons = shown.layers(views, 2)
    assert buttons.count("<button") == len(views)
    assert re.findall(r'aria-checked="true" tabindex="0" data-choose="(.*?)"', buttons) == ["layer 2"]
    for view in views:
        html = shown.maps(view, 784, 0)
        assert "A layer of the kind" not in html
        assert f"{view.parameters:,} parameters" in html or not view.parameters
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
    assert "16 kernels × (3·3 numbers for each of 8 maps + 1 bias)" in shown.maps(
        view(maps, kernels=kernels, parameters=1168), 1, 0
    )
    assert "16 kernels × (3·3 numbers for each of 8 maps)." in shown.maps(view(maps, kernels=kernels, parameters=1152), 1, 0)
    dense = LayerView("Dense", "last", np.zeros(10), parameters=650)
    assert "10 × (64 weights + 1 bias)" in shown.maps(dense, 64, 0)
    assert "a weighted sum of all 64 values" in shown.maps(dense, 64, 0)


def test_the_chosen_map_is_framed_on_a_sheet_of_all():
    maps = np.random.default_rng(0).random((20, 26, 26))
    html = shown.maps(view(maps), 1, 10)
    assert 'data-rows="3" data-columns="8" data-row="1" data-column="2"' in html
    assert shown.map_number(maps, 1, 2) == 10
    x, y, width, _ = frames(html)[-1]
    seen = pixels(html)[round(y + 1.5) : round(y + width - 1.5), round(x + 1.5) : round(x + width - 1.5), 0]
    places = np.arange(56) * 26 // 56
    assert np.allclose(seen, 255 * maps[10][np.ix_(places, places)] / maps.max(), atol=0.51)


def test_one_value_and_the_pixels_that_feed_it():
    image = load_mnist().train.images[15]
    maps = np.random.default_rng(1).normal(size=(4, 26, 26))
    html, sentence = shown.value(view(maps), 3, (5, 7), image)
    assert sentence.startswith(f"Map 3, row 5, column 7: {number(maps[3, 5, 7])}.")
    assert "3×3 pixels of the digit: rows 5 to 7, columns 7 to 9" in sentence
    digit = html.split("<svg")[2]
    assert frames(digit)[-1] == (7 * 8 - 1.5, 5 * 8 - 1.5, 27, 27)
    assert np.array_equal(pixels(digit)[..., 0], image)


def test_a_map_without_negative_values_is_coloured_like_the_others_of_its_layer():
    maps = np.stack([np.full((26, 26), 0.5), np.full((26, 26), -1.0)])
    html, _ = shown.value(view(maps), 0, (0, 0), np.zeros((28, 28), np.uint8))
    assert pixels(html.split("<svg")[1])[0, 0, :3].tolist() == POSITIVE.tolist()
    assert "Map 0: blue is below zero" in html
    html, _ = shown.value(view(np.abs(maps)), 0, (0, 0), np.zeros((28, 28), np.uint8))
    assert "Map 0: black is zero, white is 0.5" in html


def test_a_row_of_values_ends_where_it_ends():
    image = np.zeros((28, 28), np.uint8)
    row = LayerView("Dense", "last", np.arange(40.0))
    html, sentence = shown.value(row, 0, (1, 30), image)
    assert sentence == "Value 39: 39. Which pixels feed it is not known for this kind of layer."
    assert 'data-row="1" data-column="7"' in html
    assert shown.value_grid(row.values, 0)[1, 7] == 39
