"""The stepper, driven as the front end drives it: by the state messages that a browser sends; and what it shows."""

import re

import numpy as np
import pytest
from looked_at import choose, frames

import digitkit
from digitkit.colours import blue_white_red
from digitkit.data import load_mnist
from digitkit.explain import ExplainError, stages
from digitkit.widgets.convolution_stepper import ConvolutionStepper
from digitkit.widgets.views.convolution_stepper import step_by_step
from digitkit.words import number


@pytest.fixture
def stepper():
    return ConvolutionStepper()


def test_it_always_looks_the_same_as_text(stepper):
    assert repr(stepper) == "ConvolutionStepper()"
    assert repr(stepper.picture) == "Clickable()"
    assert digitkit.ConvolutionStepper is ConvolutionStepper


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


def test_a_clicked_value_of_the_map_is_gone_to(stepper):
    choose(stepper.picture, "Convolution 3 5")
    assert stepper.step.value == 30
    stepper.operation.value = "Pooling"
    choose(stepper.picture, "Pooling 3 2")
    assert stepper.picture.status.startswith("Step 15 of 16, row 3, column 2 of the pooled map: the largest of")
    stepper.operation.value = "ReLU"
    choose(stepper.picture, "ReLU 7 7")
    assert stepper.picture.status.startswith("Step 64 of 64, row 7, column 7 of the map after ReLU")


def test_what_comes_later_in_the_lesson_is_closed_at_first(stepper):
    later = stepper.later
    assert list(later.children) == [stepper.padding, stepper.stride, stepper.operation]
    assert later.layout.display == "none"
    for word in ["ReLU", "pool", "stride", "padding"]:
        assert word.lower() not in (stepper.picture.html + stepper.picture.status).lower()
        assert word in stepper.more.description
    stepper.more.set_state({"value": True})
    assert later.layout.display == "flex"
    assert stepper.more.description == "Hide padding, stride, ReLU, pooling"
    stepper.operation.value, stepper.stride.value, stepper.padding.value = "Pooling", 50, "same"
    stepper.more.set_state({"value": False})
    assert later.layout.display == "none"
    assert "Step 1 of 64" in stepper.picture.status  # what is hidden changes nothing


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


def test_own_pictures_and_kernels():
    digit = load_mnist().train.images[15]
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
    buttons = [stepper.more, stepper.padding, stepper.operation, stepper.back, stepper.forward, stepper.play]
    names = [*(control.description for control in [*stepper.kernel, stepper.stride, *buttons]), stepper.step.label]
    assert all(names)
    assert len(set(names)) == 17


# ── What it shows ───────────────────────────────────────────────────────────────────────────────────────────────────


IMAGE = np.zeros((5, 6))
IMAGE[1:3, 2:4] = [[1, 0.5], [0.3, 0]]
KERNEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1.0]])


def test_the_arithmetic_of_one_value_is_written_out_and_adds_up():
    html, sentence = step_by_step(stages(IMAGE, KERNEL), IMAGE, KERNEL, 1, "Convolution", 1)
    written = re.sub(r"<.*?>", "", html.split('class="digitkit-sum">')[1].split("</p>")[0]).replace("−", "-").replace("·", "*")
    left, right = written.split("=")
    assert left.count("*") == 9
    assert eval(left.replace("\n", " ")) == pytest.approx(float(right)) == pytest.approx((IMAGE[:3, 1:4] * KERNEL).sum())
    assert "row 0, column 1 of the feature map" in sentence
    assert f"add up to {right.strip().replace('-', '−')}." in sentence


def test_what_is_rounded_is_not_called_equal():
    for image, sign in [(IMAGE, "="), (IMAGE / 3, "≈")]:
        html, _ = step_by_step(stages(image, KERNEL), image, KERNEL, 1, "Convolution", 1)
        assert f"\n{sign} <b>" in html


def test_pixels_below_zero_have_their_colours_explained():
    html, _ = step_by_step(stages(-IMAGE, KERNEL), -IMAGE, KERNEL, 1, "Convolution", 0)
    assert "Input: blue is below zero" in html
    html, _ = step_by_step(stages(IMAGE, KERNEL), IMAGE, KERNEL, 1, "Convolution", 0)
    assert "Input: black is 0, white is 1" in html


def test_relu_and_pooling_say_what_they_keep():
    done = stages(IMAGE, KERNEL)
    place = int(done.feature_map.argmin())
    html, sentence = step_by_step(done, IMAGE, KERNEL, 1, "ReLU", place)
    assert "is below zero and becomes 0" in sentence
    assert f"max(0, {number(done.feature_map.min())}) = <b>0</b>" in html
    html, sentence = step_by_step(done, IMAGE, KERNEL, 1, "Pooling", 1)
    assert f"is {number(done.pooled[0, 1])}." in sentence
    assert "row 0, column 1 of the pooled map" in sentence


def test_frames_lie_on_what_is_read_and_on_what_it_gives():
    html, _ = step_by_step(stages(IMAGE, KERNEL, 2, "same"), IMAGE, KERNEL, 2, "Convolution", 4)
    padded, feature_map = (frames(svg) for svg in html.split("<svg")[1:3])
    assert padded == [(0, 30, 180, 150), *2 * [(58.5, 58.5, 93, 93)]]  # a row of zeros above, none at the left; the window
    assert feature_map == 2 * [(28.5, 28.5, 33, 33)]


def weights(html):
    """Where the numbers of the kernel lie on the picture: (left, top, colour) of each, and the words of the picture."""
    picture = html.split("<svg")[1]
    tiles = re.findall(r'class="digitkit-weight" x="(.+?)" y="(.+?)" .*? fill="rgb(.+?)"', picture)
    places = [(float(x), float(y), tuple(map(int, colour[1:-1].split(",")))) for x, y, colour in tiles]
    return places, re.findall(r"<text x=\"(.+?)\" y=\"(.+?)\".*?>(.+?)</text>", picture)


def test_the_kernel_lies_on_the_picture_in_its_colours():
    html, _ = step_by_step(stages(IMAGE, KERNEL), IMAGE, KERNEL, 1, "Convolution", 6)
    places, written = weights(html)
    assert len(places) == 9
    for (x, y, colour), (row, column) in zip(places, np.ndindex(3, 3), strict=True):
        assert (x // 30, y // 30) == (2 + column, 1 + row)
        assert colour == tuple(blue_white_red(KERNEL)[row, column, :3])
    assert [word for *_, word in written if "×" in word] == [f"×{number(weight)}" for weight in KERNEL.flat]
    upper = {word: float(y) % 30 for x, y, word in written if float(x) // 30 == 3 and float(y) // 30 == 1}
    assert upper["0.5"] < 10 < upper["×0"] < 30  # the pixel's own number stands above the kernel's
    assert "The kernel lies on rows 1 to 3, columns 2 to 4." in html


def test_on_a_picture_without_numbers_the_kernel_shows_its_colours_alone():
    image = load_mnist().train.images[15] / 255
    html, _ = step_by_step(stages(image, KERNEL), image, KERNEL, 1, "Convolution", 0)
    places, written = weights(html)
    assert len(places) == 9
    assert written == []


def test_an_arrow_is_never_torn_from_what_it_points_at():
    for operation in ("Convolution", "ReLU", "Pooling"):
        html, _ = step_by_step(stages(IMAGE, KERNEL), IMAGE, KERNEL, 1, operation, 0)
        assert html.count("→") == 2
        assert len(re.findall(r'digitkit-after"><div class="digitkit-sign">→<small>[\w ]+</small></div><figure>', html)) == 2


def test_what_the_settings_do_to_the_edges_is_said():
    def notes(operation="Convolution", **settings):
        html, _ = step_by_step(stages(IMAGE, KERNEL, **settings), IMAGE, KERNEL, settings.get("stride", 1), operation, 0)
        return html

    assert "zeros that padding has added" in notes(padding="same")
    assert "zeros that padding has added" not in notes()
    assert "nothing reads the last column of the input" in notes(stride=2)
    assert "nothing reads the last 2 rows and the last 3 columns of the input" in notes(stride=4)
    assert "odd number of rows" in notes("Pooling")
    assert "odd number of rows" not in notes()
