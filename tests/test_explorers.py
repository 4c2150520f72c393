"""The explorers, driven as the front end drives them: by the state messages that a browser sends."""

import numpy as np
import pytest

import digitkit
from digitkit import explorers
from digitkit.data import load_mnist
from digitkit.diagrams import number
from digitkit.explain import ExplainError
from digitkit.explorers import ConvolutionStepper, NetworkExplorer, Predict
from digitkit.network import load_network


def choose(picture, words):
    """What the browser sends when something in a picture is clicked, or reached with the arrow keys."""
    picture.set_state({"chosen": words, "count": picture.count + 1})


@pytest.fixture(scope="module")
def digit():
    return load_mnist().train.images[15]


def test_they_always_look_the_same_as_text(digit):
    widgets = [Predict("How many?"), ConvolutionStepper(), NetworkExplorer(load_network(), digit)]
    assert [repr(widget) for widget in widgets] == ["Predict()", "ConvolutionStepper()", "NetworkExplorer()"]
    assert repr(widgets[1].picture) == "Clickable()"
    assert digitkit.ConvolutionStepper is ConvolutionStepper


# ── Predict ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def a_new_session(monkeypatch):
    monkeypatch.setattr(explorers, "_guesses", {})


def test_the_guess_survives_when_its_cell_is_run_again():
    Predict("How many?").answer.set_state({"value": "70"})
    Predict("Which one?", ["this", "that"]).answer.set_state({"index": 1})
    assert Predict("How many?").guess == 70
    assert Predict("Which one?", ["this", "that"]).guess == "that"
    assert Predict("Which one?", ["this", "that", "none"]).guess is None
    assert Predict("And how many?").guess is None


def test_a_number_is_kept_and_compared():
    predict = Predict("How many of 10,000 digits will it read right?")
    assert predict.guess is None
    predict.answer.set_state({"value": "8,000"})
    assert predict.guess == 8000
    shown = predict.compare(7877)
    assert repr(shown) == "You guessed 8,000, it is 7,877: close."
    assert "Your guess" in shown._repr_html_()
    assert "8,000" in shown._repr_html_()


def test_without_a_guess_the_text_is_the_same_for_everyone():
    asked, left_blank, unclear = Predict("How many?"), Predict("How many?"), Predict("How many?")
    left_blank.answer.value = "7"
    left_blank.answer.value = ""
    unclear.answer.value = "no idea"
    texts = {repr(predict.compare(7877)) for predict in (asked, left_blank, unclear)}
    assert texts == {"It is 7,877. No guess yet: make one above, and run this cell again."}
    assert len({predict.compare(7877)._repr_html_() for predict in (asked, left_blank, unclear)}) == 1


def test_what_is_no_number_gets_a_hint_that_goes_away():
    predict = Predict("How many?")
    predict.answer.value = "eight"
    assert "Write a number" in predict.note.value
    predict.answer.value = "8"
    assert predict.note.value == ""


@pytest.mark.parametrize(("text", "result", "sentence"), [("98 %", 0.9876, "98 %, it is 98.76 %"), ("98%", 97.5, "it is 97.5 %")])
def test_percent_are_compared_with_percent(text, result, sentence):
    predict = Predict("How accurate?")
    predict.answer.value = text
    assert sentence in repr(predict.compare(result))
    assert "close" in repr(predict.compare(result))


def test_a_choice_is_kept_and_compared():
    predict = Predict("Which is larger?", ["the first", "the second", "neither"])
    assert predict.guess is None
    assert "No guess yet" in repr(predict.compare("neither"))
    predict.answer.set_state({"index": 1})
    assert predict.guess == "the second"
    assert repr(predict.compare("the second")) == "You guessed the second, and so it is."
    assert repr(predict.compare("neither")) == "You guessed the second, it is neither."


def test_choices_may_be_numbers():
    predict = Predict("About how many?", [10, 100, 1000])
    assert [label for label, _ in predict.answer._options_full] == ["10", "100", "1,000"]
    predict.answer.set_state({"index": 1})
    assert repr(predict.compare(53)) == "You guessed 100, it is 53: less than you thought."


# ── ConvolutionStepper ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def stepper():
    return ConvolutionStepper()


def test_step_and_back_stay_on_the_map(stepper):
    assert stepper.picture.status.startswith("Step 1 of 64, row 0, column 0 of the feature map")
    stepper.back.click()
    assert stepper.step.value == 1
    for _ in range(9):
        stepper.forward.click()
    assert stepper.picture.status.startswith("Step 10 of 64, row 1, column 1 of the feature map")
    stepper.back.click()
    assert stepper.step.value == 9
    stepper.step.value = 64
    stepper.forward.click()
    assert stepper.picture.status.startswith("Step 64 of 64, row 7, column 7")


def test_play_and_slider_move_together(stepper):
    stepper.play.value = True
    assert stepper.clock.playing
    stepper.clock.set_state({"value": 20})  # the clock ticks in the browser
    assert stepper.step.value == 20
    assert stepper.picture.status.startswith("Step 20 of 64")
    stepper.step.set_state({"value": 30})
    assert stepper.clock.value == 30
    assert stepper.clock.max == 64
    stepper.clock.set_state({"playing": False})
    assert not stepper.play.value


def test_the_value_is_the_one_that_the_network_computes(stepper):
    stepper.step.value = 8 * 4 + 6 + 1
    window = stepper.image[4:7, 6:9]
    expected = (window * [[1, 0, -1], [2, 0, -2], [1, 0, -1]]).sum()
    assert expected > 0
    assert stepper.picture.status.endswith(f"add up to {expected:.1f}.")
    stepper.kernel[4].value = 10
    assert stepper.picture.status.endswith(f"add up to {expected + 10 * window[1, 1]:.1f}.")


def test_a_clicked_value_of_any_map_is_gone_to(stepper):
    choose(stepper.picture, "Convolution 3 5")
    assert stepper.step.value == 30
    choose(stepper.picture, "Pooling 3 2")
    assert stepper.operation.value == "Pooling"
    assert stepper.picture.status.startswith("Step 15 of 16, row 3, column 2 of the pooled map: the largest of")
    choose(stepper.picture, "ReLU 7 7")
    assert stepper.picture.status.startswith("Step 64 of 64, row 7, column 7 of the map after ReLU")


def test_stride_and_padding_change_the_size_of_the_maps(stepper):
    stepper.step.value = 64
    stepper.stride.value = 2
    assert stepper.step.max == 16
    assert "feature map 4×4" in stepper.picture.html
    assert "nothing reads the last row and the last column" in stepper.picture.html
    stepper.padding.value = "same"
    assert "feature map 5×5" in stepper.picture.html
    stepper.stride.value = 1
    assert stepper.step.max == 100
    assert "zeros that padding has added" in stepper.picture.html


def test_impossible_settings_are_explained_and_can_be_taken_back(stepper):
    stepper.stride.value = 0
    assert "the window would never move on" in stepper.picture.html
    assert stepper.picture.status == ""
    stepper.forward.click()
    assert "the window would never move on" in stepper.picture.html
    stepper.stride.value = 8
    assert "feature map 1×1" in stepper.picture.html
    stepper.operation.value = "Pooling"
    assert "no room for a 2×2 window" in stepper.picture.html
    stepper.stride.value = 1
    assert stepper.picture.status.startswith("Step 1 of 16")


def test_a_picture_that_is_too_small_for_the_window_needs_padding():
    stepper = ConvolutionStepper(np.ones((2, 5)))
    assert "does not fit into a picture of 2×5" in stepper.picture.html
    stepper.padding.value = "same"
    assert "feature map 2×5" in stepper.picture.html


def test_own_pictures_and_kernels(digit):
    assert ConvolutionStepper(digit).image.shape == (10, 10)
    own = ConvolutionStepper(np.arange(25).reshape(5, 5), [[0, 0, 0], [0, 2, 0], [0, 0, 0]])
    own.step.value = 2
    assert own.picture.status.endswith("add up to 14.")
    large = ConvolutionStepper(digit / 255)
    assert "feature map 26×26" in large.picture.html


@pytest.mark.parametrize("wrong", [{"kernel": np.ones((5, 5))}, {"image": np.ones((29, 29))}, {"image": np.ones((5, 5, 3))}])
def test_other_shapes_are_refused_in_a_sentence(wrong):
    with pytest.raises(ExplainError, match="shape"):
        ConvolutionStepper(**wrong)


def test_every_control_has_a_name(stepper):
    assert [weight.description for weight in stepper.kernel][:4:3] == ["kernel row 0 column 0", "kernel row 1 column 0"]
    buttons = [stepper.padding, stepper.operation, stepper.back, stepper.forward, stepper.play]
    names = [*(control.description for control in [*stepper.kernel, stepper.stride, *buttons]), stepper.step.label]
    assert all(names)
    assert len(set(names)) == 16


# ── NetworkExplorer ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def explorer(digit):
    return NetworkExplorer(load_network(), digit)


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
