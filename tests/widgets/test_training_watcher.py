"""The training watcher, driven as the front end drives it, and what it shows."""

import time

import numpy as np
import pytest
from looked_at import pixels, words

from digitkit import explain
from digitkit.data import DataError, Digits, load_mnist
from digitkit.widgets.training_watcher import CHOICES, MEANINGS, START, TrainingWatcher, guess_that_was_right, split_for_trials
from digitkit.widgets.views import training_watcher as view


@pytest.fixture(scope="module")
def digits():
    return load_mnist().train


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_training_digits_and_validation_digits_never_overlap(digits):
    training, validation = split_for_trials(digits)
    assert (len(training), len(validation)) == (55000, 5000)
    assert np.array_equal(validation.images, digits.images[-5000:])
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
        (0.98, None, "over 98 % right"),
        (0.956, 0.955, "about the same as run 1"),
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
        start = START[name]
        assert (start.capitalize() if isinstance(start, str) else f"{start:g}") in MEANINGS[name]


@pytest.mark.slow
def test_a_setting_comes_with_its_first_choice_and_trains_with_it(digits):
    watcher = TrainingWatcher(digits[:600])
    watcher.setting.options = list(MEANINGS)
    for name in [*reversed(START), "schedule"]:
        watcher.setting.value = name
        assert watcher.choice.value == CHOICES[name][0]
    watcher.train_button.click()
    watcher.wait()
    assert watcher.runs[0].settings == START | {"schedule": "constant"}
    assert "schedule constant" in watcher.compared.value


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
    assert "one epoch only" in watcher.meaning.value


def test_runs_differ_in_the_one_setting_that_was_changed(watched):
    first, second = watched.runs
    assert first.settings == START
    assert second.settings == START | {"learning rate": 0.0001}
    assert first.accuracy > second.accuracy + 0.2


def test_the_last_trained_model_is_kept(watched, digits):
    assert watched.model is watched.models[1] is not watched.models[0]
    from digitkit.network import to_input

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


@pytest.mark.slow
def test_stop_ends_a_training_that_runs_and_keeps_the_weights(digits):
    watcher = TrainingWatcher(digits)
    watcher.setting.options = list(MEANINGS)
    watcher.setting.value, watcher.choice.value = "epochs", 3
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
    assert 0 < run.history["seen"][-1] < 3 * 55000
    assert "was stopped; its weights are kept" in watcher.said.value
    assert "epochs 3, stopped" in watcher.compared.value
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
watcher.setting.value, watcher.choice.value = "epochs", 3
watcher.start()
print(watcher.stop_button.model_id, before)
"""


@pytest.mark.slow
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


def test_kernels_lie_side_by_side_in_rows_with_gaps_that_are_clear():
    kernels = np.arange(10.0)[:, np.newaxis, np.newaxis] * np.ones((10, 3, 3))
    html = view.kernels(kernels, 9.0, "Kernels")
    shown = pixels(html)
    assert shown.shape == (7, 31, 4)
    assert shown[0, 0].tolist() == [247, 247, 247, 255]  # kernel 0 is zero
    assert shown[6, 6].tolist() == [178, 24, 43, 255]  # kernel 9, in the second row, is the reddest
    assert shown[3, 0, 3] == shown[0, 3, 3] == shown[6, 20, 3] == 0
