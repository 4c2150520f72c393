import io
import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from digitkit import plotting
from digitkit.data import data_dir, load_mnist
from digitkit.explain import LayerView, layer_by_layer
from digitkit.network import load_network
from digitkit.reading import read


@pytest.fixture(scope="module")
def reading():
    return read(data_dir() / "samples" / "two_rows.jpg")


def a_training(done, kernels=None):
    """What `model.Progress` knows after none, one or both of two epochs; without a convolution there are no kernels."""
    history = {"seen": [500, 1000][:done], "loss": [0.5, np.nan][:done], "accuracy": [0.8, 0.9][:done]}
    history |= {"val_seen": [0, 500, 1000][: done + 1], "val_loss": [2.9, 0.5, np.nan][: done + 1]}
    history["val_accuracy"] = [0.1, 0.8, 0.9][: done + 1]
    time = {"share": done / 2, "seconds": 3.0 * done, "seconds_left": 3.0}
    return SimpleNamespace(history=history, epochs=2, epoch_size=500, kernels=kernels, **time)


VALUES, STEPS = {"x": 2, "hidden": 6, "output": 25.25, "loss": 16}, {"× w": {"w": 3}, "× v, + b": {"v": 4, "b": 1.25}, "− 21": {}}
SLOPES = {"output": 8, "b": 8, "v": -48.55, "hidden": 32, "w": 64}
LONG = "A long sentence, which has to go on in a second line, or it would be cut off where the page comes to its right end."
SURE, UPSTROKE = "5: 100%", "1, upstroke"
FIGURES = {
    "digits": lambda reading: plotting.show_digits(load_mnist().train.images[:7], titles=range(7), columns=5, highlight=[2]),
    "digits with long titles": lambda reading: plotting.show_digits(load_mnist().train.images[:9], [SURE, UPSTROKE, SURE] * 3, 9),
    "a digit in numbers": lambda reading: plotting.show_numbers([load_mnist().train.images[15]]),
    "bars": lambda reading: plotting.show_digit_and_bars(reading.digits[0].image, reading.digits[0].probabilities),
    "steps": lambda reading: plotting.show_steps(reading.steps | reading.digits[0].steps),
    "boxes": lambda reading: plotting.show_boxes(reading.steps["grey"], reading.digits),
    "training begins": lambda reading: plotting.show_training(a_training(0)),
    "training, half done": lambda reading: plotting.show_training(
        a_training(1, kernels=np.linspace(-1, 1, 150).reshape(6, 5, 5))
    ),
    "training is done": lambda reading: plotting.show_training(a_training(2, kernels=np.eye(3)[np.newaxis])),
    "parameters": lambda reading: plotting.show_parameters({"first": 160, "second": 4640}),
    "kernels": lambda reading: plotting.show_kernels(np.random.default_rng(0).normal(size=(11, 3, 3)), titles=range(11)),
    "numbers": lambda reading: plotting.show_numbers([np.eye(4), -np.eye(3)], titles=["picture", "kernel"], frame=(0, 1, 3)),
    "counts": lambda reading: plotting.show_counts(np.array([5923, 6742])),
    "feature maps": lambda reading: plotting.show_feature_maps([np.eye(26), -np.eye(26)], ["a", "b"], [np.eye(3), -np.eye(3)]),
    "loss": lambda reading: plotting.show_loss([1.0, 0.5, 0.25]),
    "confusion": lambda reading: plotting.show_confusion(np.array([[9, 1], [0, 10]]), labels=[4, 9]),
    "confusion in per cent": lambda reading: plotting.show_confusion(np.eye(10), percent=True),
    "calibration": lambda reading: plotting.show_calibration(
        np.array([3, 0, 9]), np.array([0.6, np.nan, 0.9]), np.array([0.5, np.nan, 1])
    ),
    "intervals": lambda reading: plotting.show_intervals({"before": (0.9, 0.82, 0.95), "after": (0.95, 0.88, 0.98)}),
    "robustness": lambda reading: plotting.show_robustness({"moved": ([0, 8], [0.99, 0.5]), "turned": ([0, 60], [0.99, 0.7])}),
    "activations": lambda reading: plotting.show_activations(np.ones((11, 26, 26)), titles=range(11)),
    "heat": lambda reading: plotting.show_heat([reading.digits[0].image], [np.eye(28)], ["a 3"], "heat", limits=(0, 1)),
    "picture": lambda reading: plotting.show_picture(255 - reading.steps["grey"], "Digits in a row."),
    "the panel": lambda reading: plotting.still_of_panel("Draw here", ("Show me a digit.", "Draw one."), "How likely", range(10)),
    "a question": lambda reading: plotting.still_of_question(LONG, "Your guess:", None, "a number"),
    "a question with choices": lambda reading: plotting.still_of_question("Which?", "Your guess:", ["this", LONG[:80]]),
    "a step": lambda reading: plotting.still_of_step(np.eye(10), -np.eye(3), (1, 2), np.eye(8), 9, LONG),
    "a step in a whole digit": lambda reading: plotting.still_of_step(np.eye(28) - 0.5, np.eye(3), (0, 0), np.eye(26), 0, LONG),
    "a step in a small picture": lambda reading: plotting.still_of_step(np.eye(3), np.eye(3), (0, 0), np.eye(1), 0, LONG),
    "layers": lambda reading: plotting.still_of_layers([("Conv2D 3×3", "26×26, 16 maps", np.ones((16, 26, 26)))] * 30),
    "layers of numbers": lambda reading: plotting.still_of_layers([("Dense", "10 numbers", np.linspace(-1, 1, 10))]),
    "a training to watch": lambda reading: plotting.still_of_training([LONG, LONG], ["Change: nothing", "Train"], None, 1000),
    "a training watched": lambda reading: plotting.still_of_training([LONG, LONG], ["Train"], a_training(2).history, 1000),
    "mistakes": lambda reading: plotting.still_of_digits(
        "All 15 mistakes.", load_mnist().train.images[:15], [("label 4, read 9", "over 99.9 % sure")] * 15
    ),
    "no mistake": lambda reading: plotting.still_of_digits("No mistake.", load_mnist().train.images[:0], []),
    "sliders": lambda reading: plotting.still_of_sliders(
        [("turn to the left", 1, "180°")] * 7, reading.digits[0].image, reading.digits[0].probabilities, [LONG, LONG]
    ),
    "one digit": lambda reading: plotting.show_digit(reading.digits[0].image, 3),
    "a network": lambda reading: plotting.show_network(layer_by_layer(load_network(), reading.digits[0].image)),
    "forward": lambda reading: plotting.show_passes(VALUES, STEPS),
    "forward and backward": lambda reading: plotting.show_passes(VALUES, STEPS, SLOPES),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_shows_itself_with_a_text(name, reading):
    figure = FIGURES[name](reading)
    data, metadata = figure._repr_mimebundle_()
    picture = np.asarray(Image.open(io.BytesIO(data["image/png"])).convert("L"))
    assert picture.std() > 10
    assert picture[0, 0] == 255  # a white ground, so that black text can be read in a dark theme
    assert data["text/plain"] == f"Figure: {figure.alt}"
    assert metadata["image/png"]["alt"] == figure.alt
    assert len(figure.alt) > 15


def words_of(figure):
    """All texts that are seen, with their places, in pixels."""
    figure.draw_without_rendering()
    scales = [scale for axes in figure.axes for scale in (axes.xaxis, axes.yaxis)]
    ticks = {label for scale in scales for tick in scale.get_major_ticks() for label in (tick.label1, tick.label2)}
    within = {
        label for scale in scales if scale.axes.axison for tick in scale._update_ticks() for label in (tick.label1, tick.label2)
    }
    texts = [
        text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip() and text not in ticks - within
    ]
    return [(text.get_text(), text.get_window_extent()) for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FIGURES))
def test_no_words_touch_and_none_is_cut_off(name, reading):
    figure = FIGURES[name](reading)
    words = words_of(figure)
    for word, place in words:
        assert figure.bbox.x0 - 1 <= place.x0 < place.x1 <= figure.bbox.x1 + 1, word
        assert figure.bbox.y0 - 1 <= place.y0 < place.y1 <= figure.bbox.y1 + 1, word
    for (word, place), (other, there) in itertools.combinations(words, 2):
        assert not place.overlaps(there.padded(-1 if name in STILLS else 1)), (word, other)


def test_titles_of_neighbours_keep_a_gap(reading):
    figure = FIGURES["digits with long titles"](reading)
    titles = sorted((place for word, place in words_of(figure) if word in (SURE, UPSTROKE)), key=lambda place: place.x0)
    assert len(titles) == 9
    assert min(right.x0 - left.x1 for left, right in itertools.pairwise(titles)) > 6


STILLS = list(FIGURES)[list(FIGURES).index("the panel") : list(FIGURES).index("sliders") + 1]


@pytest.mark.parametrize("name", STILLS)
def test_the_picture_of_a_widget_fits_on_its_page_and_says_that_it_is_one(name, reading):
    figure = FIGURES[name](reading)
    content = figure._repr_mimebundle_()[0]["image/png"]
    width, height = Image.open(io.BytesIO(content)).size
    assert width == 800
    assert len(content) <= 45_000
    written = [text for axes in figure.axes for text in axes.texts]
    assert "This is a picture of it: run the notebook to use it." in [text.get_text() for text in written]
    places = [text.get_window_extent() for text in written]
    scale = 96 / figure.dpi
    for place, text in zip(places, written, strict=True):
        assert 0 <= place.x0 * scale < place.x1 * scale <= width, text
        assert 0 <= place.y0 * scale < place.y1 * scale <= height, text
    for one, other in itertools.combinations(range(len(places)), 2):
        assert not places[one].overlaps(places[other].padded(-1)), (written[one], written[other])


def test_the_picture_of_a_step_shows_what_is_computed_so_far():
    values = np.arange(1.0, 10.0).reshape(3, 3)
    page = plotting.still_of_step(np.zeros((5, 5)), np.ones((3, 3)), (1, 0), values, 3, "Step 4 of 9.").axes[0]
    *_, so_far = page.images
    assert (so_far.get_array()[..., 3] > 0).ravel().tolist() == [True] * 4 + [False] * 5
    assert {"1", "2", "3", "4"} <= {text.get_text() for text in page.texts}
    assert not {"5", "6", "7", "8", "9"} & {text.get_text() for text in page.texts}


def test_of_many_layers_and_maps_the_picture_tells_how_many_it_leaves_out():
    layers = [(f"layer {number}", "20 maps", np.ones((20, 4, 4))) for number in range(14)]
    page = plotting.still_of_layers(layers).axes[0]
    written = [text.get_text() for text in page.texts]
    assert [f"layer {number}" in written for number in range(14)] == [True] * 8 + [False] * 4 + [True] * 2
    assert "… 4 more layers …" in written
    assert (written.count("+ 12"), len(page.images)) == (10, 80)


def test_texts_say_what_the_figures_show(reading):
    assert "3 1 4 1 5 9 2 6 5 3" in FIGURES["boxes"](reading).alt
    assert "20×20, 28×28" in FIGURES["steps"](reading).alt
    assert "second 4,640" in FIGURES["parameters"](reading).alt
    assert "after 95 % (88 % to 98 %)" in FIGURES["intervals"](reading).alt


def test_zero_is_white_and_constant_kernels_do_no_harm():
    figure = plotting.show_kernels(np.zeros((3, 3, 3)))
    assert figure.axes[0].images[0].get_clim() == (-1, 1)
    low, high = plotting.show_kernels(np.array([[[-3.0, 1.0]]])).axes[0].images[0].get_clim()
    assert (low, high) == (-3, 3)


def test_kernels_on_their_own_scale_each_reach_their_own_end():
    figure = plotting.show_kernels(np.array([[[-3.0, 1.0]], [[0.1, 0.2]]]), shared=False)
    assert [axes.images[0].get_clim() for axes in figure.axes[:2]] == [(-3, 3), (-0.2, 0.2)]
    assert "each on its own scale" in figure.alt


def test_numbers_can_be_read_on_their_pixels():
    left, right = plotting.show_numbers([np.array([[0, 9]]), np.array([[-2.0, 0.111]])]).axes
    assert [(text.get_text(), text.get_color()) for text in left.texts] == [("0", "white"), ("9", "black")]
    assert [(text.get_text(), text.get_color()) for text in right.texts] == [("-2", "white"), ("0.11", "black")]
    assert left.images[0].get_clim() == (0, 9)
    assert right.images[0].get_clim() == (-2, 2)


@pytest.mark.parametrize("form", [lambda digits: digits / 255, lambda digits: list(digits / 255), lambda digits: digits > 127])
def test_digits_from_0_to_1_are_no_blacker_than_those_from_0_to_255(form):
    digits = load_mnist().train.images[:3]
    shown = [axes.images[0] for axes in plotting.show_digits(form(digits), columns=3).axes]
    shown += [plotting.show_digit(form(digits)[0], 5).axes[0].images[0]]
    shown += [plotting.show_digit_and_bars(form(digits)[0], np.eye(10)[5]).axes[0].images[0]]
    assert [picture.to_rgba(picture.get_array()).max() for picture in shown] == [1] * 5
    assert [picture.get_clim() for picture in shown] == [(0, 1)] * 5
    assert plotting.show_digits(digits).axes[0].images[0].get_clim() == (0, 255)


def test_each_feature_map_has_its_own_range_around_zero():
    figure = plotting.show_feature_maps([np.array([[-1.0, 4.0]]), np.zeros((2, 2))], ["edge", "nothing"])
    assert [axes.images[0].get_clim() for axes in figure.axes] == [(-4, 4), (-1, 1)]
    assert "edge from -1.0 to 4.0" in figure.alt


def test_own_scales_differ_and_a_shared_one_does_not():
    maps = np.stack([np.eye(4), 5 * np.eye(4), np.zeros((4, 4))])
    shared = [axes.images[0].get_clim() for axes in plotting.show_activations(maps).axes[:3]]
    assert shared == [(0, 5)] * 3
    own = [axes.images[0].get_clim() for axes in plotting.show_activations(maps, shared=False).axes[:3]]
    assert own == [(0, 1), (0, 5), (0, 1)]


def test_the_digit_below_a_heat_map_is_white_on_black_as_everywhere():
    digit = load_mnist().train.images[15]
    figure = plotting.show_heat([digit], [np.zeros((28, 28))], ["a 7"], "heat")
    shown = figure.axes[0].images[0]
    assert np.array_equal(shown.get_array(), digit)
    ink, ground = (shown.cmap(shown.norm(level))[0] for level in (255, 0))
    assert ground == 0 < ink < 0.6  # in grey, so that orange stands out


def test_heat_that_is_zero_everywhere_is_clear():
    figure = plotting.show_heat([np.zeros((28, 28))], [np.zeros((28, 28))], ["nothing"], "heat")
    assert figure.axes[0].images[1].get_alpha().max() == 0


def test_the_texts_of_tables_name_what_stands_out(reading):
    assert "4 read as 9: 1" in FIGURES["confusion"](reading).alt
    assert "no mistake" in FIGURES["confusion in per cent"](reading).alt
    assert "2 bins" in FIGURES["calibration"](reading).alt


def test_a_training_says_how_long_it_still_takes():
    assert repr(plotting.show_training(a_training(0))).startswith("Figure: Training begins: 10.0 % of the validation digits")
    assert "50 % of the training is done, about 3 seconds left: 80.0 %" in repr(plotting.show_training(a_training(1)))
    assert "100 % of the training is done, 6 seconds in all: 90.0 %" in repr(plotting.show_training(a_training(2)))


def maps_layer(kind, maps, side, window, **others):
    kernels = np.zeros((maps, 1, *window)) if kind == "Conv2D" else None
    return LayerView(kind, kind, np.zeros((maps, side, side)), kernels=kernels, window=(*window, 1, "valid", 1), **others)


def numbers_layer(kind, count, **others):
    return LayerView(kind, kind, np.zeros(count), **others)


DIGIT = LayerView("Input", "the digit", np.eye(28)[np.newaxis])
SEVERAL = {
    "dense alone": [DIGIT, numbers_layer("Flatten", 784), numbers_layer("Dense", 10, activation="softmax")],
    "in two rows": [
        DIGIT,
        *[maps_layer("Conv2D", 16, 26 - 2 * number, (3, 3), activation="relu") for number in range(7)],
        numbers_layer("GlobalAveragePooling2D", 16),
        numbers_layer("Dense", 16),
        numbers_layer("Dense", 10),
    ],
}


@pytest.mark.parametrize("name", [*SEVERAL, "a network", "forward", "forward and backward"])
def test_all_that_is_written_into_the_picture_of_a_network_can_be_read(name, reading):
    figure = plotting.show_network(SEVERAL[name]) if name in SEVERAL else FIGURES[name](reading)
    content = figure._repr_mimebundle_()[0]["image/png"]
    width, height = Image.open(io.BytesIO(content)).size
    assert len(content) <= 45_000
    assert width <= 800
    places = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text()]
    scale = 96 / figure.dpi
    for place in places:
        assert 0 <= place.x0 * scale < place.x1 * scale <= width
        assert 0 <= place.y0 * scale < place.y1 * scale <= height
    for one, other in itertools.combinations(places, 2):
        assert not one.overlaps(other.padded(-1))


def test_the_picture_of_a_network_names_every_layer_with_its_size(reading):
    assert FIGURES["a network"](reading).alt.startswith(
        "A network: the digit, 28×28 → Conv2D, 24 kernels, 5×5, 24 maps, 24×24 → "
    )
    assert "MaxPooling2D, 2×2, then ReLU, 24 maps, 12×12 → " in FIGURES["a network"](reading).alt
    assert FIGURES["a network"](reading).alt.endswith("Flatten, 704 numbers → Dense, 11 numbers.")
    told = plotting.show_network(SEVERAL["dense alone"]).alt
    assert told == "A network: the digit, 28×28 → Flatten, 784 numbers → Dense, then softmax, 10 numbers."


def test_a_second_dense_layer_of_the_same_size_is_a_layer_of_its_own():
    assert "Pooling2D, 16 numbers → Dense, 16 numbers → Dense, 10 numbers" in plotting.show_network(SEVERAL["in two rows"]).alt


def test_maps_are_drawn_to_scale():
    pooled = [DIGIT, maps_layer("Conv2D", 16, 24, (5, 5)), maps_layer("MaxPooling2D", 16, 12, (2, 2))]
    page = plotting.show_network(pooled).axes[0]
    widths = {round(square.get_width(), 6) for square in page.patches if hasattr(square, "get_width")}
    side = max(widths) / 28
    assert widths == {round(side * pixels, 6) for pixels in (28, 24, 12, 5, 2)}  # the maps, and the two windows


def test_slopes_are_drawn_only_where_they_are_given():
    def written(figure):
        return [text.get_text() for text in figure.axes[0].texts]

    assert not [text for text in written(plotting.show_passes(VALUES, STEPS)) if text.startswith("slope")]
    slopes = [text for text in written(plotting.show_passes(VALUES, STEPS, SLOPES)) if text.startswith("slope")]
    assert sorted(slopes) == ["slope 32", "slope 64", "slope 8", "slope 8", "slope −48.55"]
