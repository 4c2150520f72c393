"""The experiments, driven as the front end drives them."""

import re
import time

import numpy as np
import pytest

from digitkit import explain, metrics
from digitkit.data import DataError, Digits, load_mnist
from digitkit.experiments import (
    CHOICES,
    MEANINGS,
    START,
    MistakeGallery,
    RobustnessSliders,
    TrainingWatcher,
    guess_that_was_right,
    split_for_trials,
)
from digitkit.network import load_network


def words(html):
    """What a person reads of a piece of HTML."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


@pytest.fixture(scope="module")
def digits():
    return load_mnist().train


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# ── Training ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_training_digits_and_validation_digits_never_overlap(digits):
    training, validation = split_for_trials(digits)
    assert (len(training), len(validation)) == (6400, 1000)
    assert np.array_equal(validation.images, digits.images[-1000:])
    training, validation = split_for_trials(digits[:100])
    assert (len(training), len(validation)) == (80, 20)
    training, validation = split_for_trials(digits[:100], digits[200:230])
    assert (len(training), len(validation)) == (100, 30)


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_digits_are_refused(digits, count):
    with pytest.raises(DataError, match="too few"):
        TrainingWatcher(digits[:count])


@pytest.mark.parametrize(
    ("accuracy", "first", "outcome"),
    [
        (0.3, None, "under 50 % right"),
        (0.5, None, "50 to 90 % right"),
        (0.97, None, "over 97 % right"),
        (0.96, 0.955, "about the same as run 1"),
        (0.97, 0.955, "better than run 1"),
        (0.94, 0.955, "worse than run 1"),
    ],
)
def test_a_prediction_comes_true_or_not(accuracy, first, outcome):
    assert guess_that_was_right(accuracy, first) == outcome


def test_every_setting_can_be_changed_and_none_to_where_it_stands():
    assert list(MEANINGS) == ["nothing", *START] == ["nothing", *CHOICES]
    for name, choices in CHOICES.items():
        assert START[name] not in choices
        assert f"{START[name]:g}" in MEANINGS[name]


@pytest.fixture(scope="module")
def watched(digits):
    """Two runs: the start with a prediction, then a learning rate that is far too small, with a wrong one."""
    watcher = TrainingWatcher(digits[:1600], digits[-200:])
    watcher.guess.value = "50 to 90 % right"
    watcher.train_button.click()
    watcher.wait()
    watcher.models = [watcher.model]
    watcher.setting.value = "learning rate"
    watcher.choice.value = 0.0001
    watcher.guess.value = "better than run 1"
    watcher.train_button.click()
    watcher.wait()
    watcher.models.append(watcher.model)
    return watcher


def test_it_looks_the_same_as_text_and_starts_with_the_settings_of_the_lesson(digits):
    watcher = TrainingWatcher(digits[:100])
    assert repr(watcher) == "TrainingWatcher()"
    assert watcher.setting.options == ("nothing",)
    assert watcher.model is None
    assert watcher.stop_button.disabled
    assert "Filters 16, learning rate 0.002, dropout 0.3, 3 epochs" in watcher.meaning.value


def test_runs_differ_in_the_one_setting_that_was_changed(watched):
    first, second = watched.runs
    assert first.settings == START
    assert second.settings == START | {"learning rate": 0.0001}
    assert first.accuracy > second.accuracy + 0.2


def test_the_last_trained_model_is_kept(watched, digits):
    assert watched.model is watched.models[1] is not watched.models[0]
    from digitkit.model import to_input

    validation = digits[-200:]
    guesses = watched.model.predict(to_input(validation.images), verbose=0).argmax(axis=1)
    assert (guesses == validation.labels).mean() == pytest.approx(watched.runs[1].accuracy, abs=0.006)


def test_all_runs_stand_in_one_table_and_one_plot(watched):
    text = words(watched.compared.value)
    first, second = (f"{100 * run.accuracy:.1f} %" for run in watched.runs)
    assert f"1 nothing {first} – " in text
    assert f"2 learning rate 0.0001 {second} −" in text
    assert "better; it was worse" in text
    assert watched.compared.value.count("<polyline") == 2
    assert f"run 1 ends at {first[:-2]}" in watched.compared.value


def test_the_result_is_said_with_the_prediction(watched):
    said = words(watched.said.value)
    assert "Run 2 is done" in said
    assert "worse than run 1" in said
    assert "You predicted: better than run 1" in said
    assert watched.guess.value == "no prediction"


def test_curves_and_kernels_are_shown_with_their_numbers(watched):
    html, run = watched.live.value, watched.runs[1]
    assert html.count("<polyline") == 4
    assert html.count("<img") == html.count(' alt="') == 2
    assert f"Validation: {100 * run.accuracy:.1f} % right" in words(html)
    assert "100 % done" in html
    now = explain.kernels(watched.model, 0)
    assert f"Kernels now: 16 kernels, from {now.min():.2f} to {now.max():.2f}" in html


def test_stop_ends_a_training_that_runs_and_keeps_the_weights(digits):
    watcher = TrainingWatcher(digits)
    watcher.setting.options = list(MEANINGS)
    watcher.setting.value, watcher.choice.value = "epochs", 6
    watcher.guess.value = "under 50 % right"
    watcher.train_button.click()
    assert watcher.train_button.disabled
    assert not watcher.stop_button.disabled
    until(lambda: "% done" in watcher.live.value)
    early = watcher.live.value
    watcher.start()  # a second training must not start beside the first
    until(lambda: watcher.live.value != early)
    watcher.stop_button.click()
    watcher.wait()
    [run] = watcher.runs
    assert run.stopped
    assert 0 < run.history["seen"][-1] < 3 * 6400
    assert "was stopped; its weights are kept" in watcher.said.value
    assert "epochs 6, stopped" in watcher.compared.value
    assert "under 50 % right; stopped too early to tell" in watcher.compared.value
    assert run.history["val_seen"][-1] == run.history["seen"][-1]
    assert run.accuracy > run.history["val_accuracy"][0] + 0.2  # it has kept what it had learned
    assert watcher.stop_button.disabled
    assert not watcher.train_button.disabled


def test_a_training_that_fails_says_so_and_another_can_start():
    broken = Digits(np.zeros((50, 5, 5), np.uint8), np.zeros(50, np.uint8))
    watcher = TrainingWatcher(broken)
    watcher.train_button.click()
    watcher.wait()
    assert "Run 1 has failed" in watcher.said.value
    assert not watcher.train_button.disabled
    assert watcher.runs == []


PROGRAM = """
import digitkit, sys
watcher = digitkit.TrainingWatcher(digitkit.load_mnist().train)
before = "tensorflow" in sys.modules
watcher.setting.options = ["nothing", "epochs"]
watcher.setting.value, watcher.choice.value = "epochs", 6
watcher.start()
print(watcher.stop_button.model_id, before)
"""


def test_a_real_kernel_takes_a_click_on_stop_while_it_trains():
    """Callbacks of widgets wait while a cell runs; a training must not keep the stop button waiting."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel()
    try:

        def run(code):
            printed = []
            client.execute_interactive(
                code, timeout=60, output_hook=lambda m: printed.append(m["content"].get("text", "")), allow_stdin=False
            )
            return "".join(printed).strip()

        button, tensorflow = run(PROGRAM).split()
        assert tensorflow == "False"  # nobody waits for TensorFlow before a training starts
        until(lambda: run("print('% done' in watcher.live.value)") == "True")
        click = {"comm_id": button, "data": {"method": "custom", "content": {"event": "click"}}}
        client.shell_channel.send(client.session.msg("comm_msg", click))
        until(lambda: run("print(len(watcher.runs))") == "1")
        assert run("print(watcher.runs[0].stopped, watcher.model is not None)") == "True True"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


# ── Mistakes ────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── Changes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def network():
    return load_network()


@pytest.fixture
def sliders(network, digits):
    return RobustnessSliders(network, digits[-5000:-4960])


def test_at_first_nothing_is_changed(sliders, network, digits):
    assert repr(sliders) == "RobustnessSliders()"
    few = digits[-5000:-4960]
    assert f"The {few.labels[0]}, unchanged: read as {network.probabilities(few.images[:1]).argmax()}" in words(
        sliders.digit.value
    )
    right = round(40 * metrics.accuracy(network, few))
    assert f"40 digits, all unchanged {right} of 40 are read right" in words(sliders.accuracy.value)


MOVES = {
    "right": (-7, {"right": -7}, "moved 7 pixels to the left"),
    "down": (1, {"down": 1}, "moved 1 pixel down"),
    "turn": (-45, {"turn": -45}, "turned by 45° clockwise"),
    "size": (0.5, {"size": 0.5}, "50 % of its size"),
    "thickness": (-0.7, {"thickness": -0.7}, "strokes 0.7 thinner"),
    "noise": (0.3, {"noise": 0.3}, "noise of 0.30"),
    "invert": (True, {"invert": True}, "inverted"),
}


@pytest.mark.parametrize("name", MOVES)
def test_each_slider_changes_the_digit_and_the_accuracy_follows(sliders, network, digits, name):
    value, change, said = MOVES[name]
    sliders.sliders[name].set_state({"value": value})  # as the browser sends it
    few = digits[-5000:-4960]
    changed = metrics.changed(few.images, **change)
    answer = network.probabilities(changed[:1])[0].argmax()
    assert f"The {few.labels[0]}, {said}: read as {answer}," in words(sliders.digit.value)
    right = int((network.probabilities(changed).argmax(axis=1) == few.labels).sum())
    assert f"all {said} {right} of 40 are read right" in words(sliders.accuracy.value)


def test_the_pictures_are_the_digit_before_and_after(sliders, digits):
    from digitkit.markup import image_url

    sliders.sliders["turn"].value = 30
    before = digits.images[-5000]
    for image in (before, metrics.turned(before[np.newaxis], 30)[0]):
        assert image_url(image) in sliders.digit.value
    assert sliders.digit.value.count("<img") == sliders.digit.value.count(' alt="') == 2


def test_another_digit_can_be_chosen_and_changes_in_the_same_way(sliders, digits):
    sliders.sliders["turn"].value = 20
    before = sliders.accuracy.value
    sliders.which.value = 3
    assert f"The {digits.labels[-4997]}, turned by 20° anticlockwise" in words(sliders.digit.value)
    assert sliders.accuracy.value == before


def test_reset_undoes_every_change_but_not_the_choice(sliders):
    sliders.which.value = 2
    first = (sliders.digit.value, sliders.accuracy.value)
    for name, (value, _, _) in MOVES.items():
        sliders.sliders[name].value = value
    assert sliders.digit.value != first[0]
    sliders.reset_button.click()
    assert (sliders.digit.value, sliders.accuracy.value) == first
    assert sliders.sliders["size"].value == 1
    assert sliders.which.value == 2


def test_a_doubt_that_it_is_a_digit_is_said(network, digits):
    sliders = RobustnessSliders(network, Digits(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8)))
    assert float(network.no_digit(np.zeros((1, 28, 28), np.uint8))[0]) > 0.5
    assert "the network doubts that this is a digit at all" in sliders.digit.value


def test_many_digits_are_cut_down_so_that_it_stays_fast(network, digits):
    assert "200 digits" in RobustnessSliders(network, digits[:1000]).accuracy.value
    with pytest.raises(DataError, match="at least one"):
        RobustnessSliders(network, digits[:0])
