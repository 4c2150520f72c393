import json
import re
from pathlib import Path

import cv2
import nbformat
import numpy as np
import pytest
from PIL import Image, ImageDraw

from digitkit import explain
from digitkit import model as m
from digitkit.conversion import keras, layers, to_keras, to_network
from digitkit.data import NO_DIGIT, DataError, Digits, data_dir, load_mnist
from digitkit.files import FolderError
from digitkit.model import lesson, shipped, training
from digitkit.model.calibration import fit_temperature
from digitkit.model.lesson import SeedError
from digitkit.network import NetworkError, load_network, to_input
from digitkit.preprocessing import like_mnist, open_in_colour, sheet
from digitkit.reading import read
from digitkit.simulate import draw_glyph
from digitkit.simulate.glyphs import NO_DIGITS


def test_notebook_three_builds_the_same_network():
    notebook = nbformat.read(Path(__file__).parent.parent / "notebooks" / "03_train_a_cnn.ipynb", as_version=4)
    [cell] = [cell.source for cell in notebook.cells if cell.source.startswith("from digitkit.model import keras")]
    names = {}
    exec(cell, names)
    built, ready = ([layer.get_config() for layer in model.layers] for model in (names["model"], m.build_cnn()))
    for one, other in zip(built, ready, strict=True):
        assert {key: value for key, value in one.items() if key != "name"} == {k: v for k, v in other.items() if k != "name"}


@pytest.mark.slow
def test_training_learns_and_reports(capsys):
    keras.utils.set_random_seed(0)
    looks = []
    digits = load_mnist().train[-8000:]
    history = m.train(m.build_cnn(), digits, watch=lambda progress: looks.append((progress.seen, progress.share)))
    assert looks == [(0, 0.0), (2560, 2560 / 6000), (3000, 0.5), (5560, 5560 / 6000), (6000, 1.0)]
    assert history.history["val_seen"] == [0, 3000, 6000]
    assert history.history["val_accuracy"][0] < 0.3 < 0.8 < history.history["val_accuracy"][-1]
    assert history.model.evaluate(to_input(digits.images[-5000:]), digits.labels[-5000:], verbose=0)[1] == pytest.approx(
        history.history["val_accuracy"][-1], abs=0.001
    )
    m.train(m.build_cnn(), digits, epochs=1)
    assert re.search(r"epoch 1 of 1: loss .+ validation accuracy .+; \d+ s in all", capsys.readouterr().out)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights():
    weights = []
    for seed in (1, 1, 2):
        m.set_seed(seed)
        model = m.build_cnn(filters=2, dropout=0.2)
        m.train(model, load_mnist().train[-6000:], m.Recipe(moved=1), watch=lambda progress: None)
        weights.append(np.concatenate([array.ravel() for array in model.get_weights()]))
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_the_two_recipes_and_a_recipe_of_ones_own(monkeypatch):
    used = []
    monkeypatch.setattr(lesson, "learn", lambda *given: used.append(given[3]) or m.Progress(given[0], 1, 1))
    for recipe, epochs in [("quick", None), ("thorough", None), ("thorough", 1), (m.Recipe(softness=0.0), 3)]:
        m.train(m.build_cnn(), load_mnist().train, recipe, epochs)
    assert [recipe.epochs for recipe in used] == [2, 10, 1, 3]
    assert [recipe.softness for recipe in used] == [0.1, 0.1, 0.1, 0.0]
    assert [recipe.moved for recipe in used] == [0, 1, 1, 0]
    with pytest.raises(m.RecipeError, match="no recipe 'fast': choose one of quick, thorough"):
        m.train(m.build_cnn(), load_mnist().train, "fast")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("epochs", 0),
        ("epochs", 1.5),
        ("batch_size", 0),
        ("learning_rate", 0),
        ("softness", 1.1),
        ("moved", 1.5),
    ],
)
def test_a_setting_out_of_its_range_is_refused(setting, value):
    with pytest.raises(m.RecipeError, match=f"^{setting} is a .+, not {value}"):
        m.Recipe(**{setting: value})


def test_the_learning_rate_goes_up_and_down_and_the_labels_are_soft_meanwhile(monkeypatch):
    steps = []

    def watched_step(model, ends_in_scores):
        def step(inputs, labels, softness):
            steps.append((float(model.optimizer.learning_rate), softness))
            return 1.0, 0.0

        return step

    monkeypatch.setattr(training, "training_step", watched_step)
    m.learn(m.build_cnn(filters=1), load_mnist().train[:2000], load_mnist().train[-50:], m.Recipe(batch_size=20))
    rates, softness = np.transpose(steps)
    assert np.argmax(rates) == 25
    assert rates.max() == pytest.approx(0.01)
    assert rates[0] < 0.0005
    assert rates[-1] < 0.0005
    assert np.allclose(softness, 10 * rates, atol=1e-6)


def test_an_interruption_keeps_what_was_learned(capsys):
    def interrupt(progress):
        if progress.seen >= 2560:
            raise KeyboardInterrupt

    m.set_seed(0)
    model = m.build_cnn()
    history = m.train(model, load_mnist().train[-15000:], watch=interrupt).history
    assert history["seen"] == [2560]
    assert history["val_seen"] == [0, 2560]
    assert history["val_accuracy"][-1] > 0.5
    assert capsys.readouterr().out == "Training was stopped. The model keeps what it has learned so far.\n"


def test_a_training_stopped_at_once_has_a_start_and_an_end_for_the_next_cells_of_the_lesson():
    def interrupt(progress):
        raise KeyboardInterrupt

    for watch in (interrupt, lambda progress: True):
        history = m.train(m.build_cnn(filters=1), load_mnist().train[-6000:], watch=watch).history
        assert history["val_seen"] == [0, 0]
        assert len(history["val_accuracy"]) == 2


@pytest.mark.parametrize("end", [[], [layers.Activation("softmax")]], ids=["scores", "softmax"])
def test_the_loss_fits_the_end_of_the_model(capsys, end):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([layers.Input((28, 28, 1)), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(10), *end])
    history = m.train(model, load_mnist().train[-9000:], watch=lambda history: None)
    assert history.history["val_accuracy"][-1] > 0.65  # with the other loss it stays below 0.5
    assert ("ends in scores" in capsys.readouterr().out) == (not end)


def test_a_model_that_divides_by_255_learns_from_pixels_up_to_255():
    keras.utils.set_random_seed(1)
    middle = [layers.Rescaling(1 / 255), layers.MaxPooling2D(2), layers.Flatten()]
    model = keras.Sequential([layers.Input((28, 28, 1)), *middle, layers.Dense(10, activation="softmax")])
    m.train(model, load_mnist().train[-9000:], epochs=2, watch=lambda history: None)
    held_out = load_mnist().train[:500]
    assert (to_network(model).probabilities(held_out.images).argmax(axis=1) == held_out.labels).mean() > 0.75


@pytest.mark.slow
def test_a_training_gone_wrong_is_said(capsys):
    m.train(m.build_cnn(filters=2), load_mnist().train[-5700:], m.Recipe(learning_rate=1e30), watch=lambda history: None)
    assert "training has gone wrong" in capsys.readouterr().out


def test_a_model_without_ten_answers_is_refused():
    model = keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(7)])
    with pytest.raises(NetworkError, match="must give ten numbers for each digit"):
        m.train(model, load_mnist().train[-5100:])


def test_too_few_digits_are_refused():
    with pytest.raises(DataError, match=r"Too few digits \(100\): 5000 are held out"):
        m.train(m.build_cnn(), load_mnist().train[:100])


@pytest.mark.slow
def test_fine_tuning_learns_a_new_form_and_forgets_neither_mnist_nor_what_is_no_digit():
    with_a_dot = "5,0 1,2 0,5 1,8 5,10 9,8 10,5 9,2 5,0 | 5,4.6 5,5.4"  # a 0 that nobody taught the shipped network
    dotted = Digits(
        np.stack([like_mnist(draw_glyph(with_a_dot, np.random.default_rng(i))) for i in range(60)]), np.zeros(60, int)
    )
    letters = [draw_glyph(shape, np.random.default_rng(i)) for shape in NO_DIGITS.values() for i in range(2)]
    letters = np.stack([like_mnist(letter) for letter in letters])
    mnist = load_mnist().train[-500:]

    def measure(network):
        known = network.probabilities(mnist.images).argmax(axis=1) == mnist.labels
        return (~network.refuses(dotted.images[40:])).mean(), known.mean(), network.refuses(letters).mean()

    before = load_network()
    keras.utils.set_random_seed(0)
    model = to_keras(before)
    m.fine_tune(model, dotted[:40])
    after = to_network(model)
    assert after.temperature is None
    (read, known, refused), (read_now, known_now, refused_now) = measure(before), measure(after)
    assert read_now > read + 0.2
    assert known_now > known - 0.02
    assert refused_now > refused - 0.06  # with only MNIST digits mixed in, it would fall by 0.15


@pytest.mark.slow
def test_what_fooled_the_network_and_was_kept_is_no_digit_afterwards():
    """A kite, as somebody draws it in the panel's game: it is read as a 9."""
    sheet = Image.new("L", (280, 280), 255)
    kite = [(140, 56), (196, 112), (140, 168), (84, 112), (140, 56), (140, 168), (140, 260)]
    ImageDraw.Draw(sheet).line(kite, fill=17, width=16, joint="curve")
    [digit] = read(sheet).digits
    train = load_mnist().train
    digits = Digits(np.concatenate([train.images[:300], [digit.image]]), np.append(train.labels[:300], NO_DIGIT))
    keras.utils.set_random_seed(0)
    model = to_keras(load_network())
    m.fine_tune(model, digits)
    after = to_network(model)
    assert after.refuses(digit.image[np.newaxis]).all()
    assert (after.probabilities(train.images[-500:]).argmax(axis=1) == train.labels[-500:]).mean() > 0.98
    with pytest.raises(DataError, match="no digits to learn from"):
        m.fine_tune(model, digits[300:])


@pytest.mark.slow
def test_a_learners_own_network_is_fine_tuned_too():
    keras.utils.set_random_seed(0)
    model, digits = m.build_cnn(), load_mnist().train[-300:]
    before = model.layers[0].get_weights()[0].copy()
    m.fine_tune(model, digits, epochs=1)
    assert model.output_shape == (None, 10)
    assert not np.array_equal(model.layers[0].get_weights()[0], before)
    with pytest.raises(DataError, match="no digits to learn from"):
        m.fine_tune(model, digits[:0])


@pytest.mark.slow
def test_the_fitted_temperature_matches_how_often_it_is_right():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (20_000, 10))
    powers = np.exp(logits / 2)
    labels = (powers.cumsum(axis=1) < rng.uniform(size=(20_000, 1)) * powers.sum(axis=1, keepdims=True)).sum(axis=1)
    assert 1.85 < fit_temperature(logits, labels) < 2.15


# ── Trials ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_number_of_filters_and_dropout_can_be_changed():
    few = m.build_cnn(filters=2, dropout=0.5)
    assert [explain.kernels(few, layer).shape[0] for layer in (0, 1)] == [2, 4]
    assert few.layers[5].rate == 0.5
    assert len(m.build_cnn().layers) == len(few.layers) - 1


@pytest.fixture(scope="module")
def digits():
    return load_mnist().train


def accuracy(model, digits):
    return (model.predict(to_input(digits.images), verbose=0).argmax(axis=1) == digits.labels).mean()


@pytest.mark.slow
def test_the_history_says_when_and_a_watcher_ends_training_at_once(digits):
    looks = []

    def watch(progress):
        looks.append(explain.kernels(model, 0)[:, 0].copy())
        assert np.array_equal(progress.kernels, looks[-1])
        return len(looks) == 3

    keras.utils.set_random_seed(0)
    model = m.build_cnn(filters=2)
    progress = m.learn(model, digits[:6000], digits[-200:], m.Recipe(epochs=6, batch_size=64), watch)
    assert progress.history["seen"] == [640, 1280]
    assert progress.history["val_seen"] == [0, 1280]
    assert progress.stopped
    assert not np.array_equal(looks[0], looks[1])
    assert np.array_equal(explain.kernels(model, 0)[:, 0], looks[2])
    assert progress.history["val_accuracy"][-1] == pytest.approx(accuracy(model, digits[-200:]), abs=0.001)


@pytest.mark.slow
def test_shuffled_labels_are_learned_by_heart_and_teach_nothing(digits):
    model, shuffled = m.train_on_shuffled_labels(digits[:200])
    assert sorted(shuffled.labels) == sorted(digits.labels[:200])
    assert accuracy(model, shuffled) > 0.9
    assert accuracy(model, digits[-1000:]) < 0.25
    assert not np.array_equal(shuffled.labels, digits.labels[:200])
    assert np.array_equal(digits.labels[:200], load_mnist().train.labels[:200])


# ── The shipped network ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("damage", ["cut", "no log", "log cut"])
def test_a_damaged_state_is_said_and_not_used(tmp_path, capsys, damage):
    model = keras.Sequential([layers.Input((4,)), layers.Dense(2)])
    model.compile("adam", "mse")
    model.save(tmp_path / "state.keras")
    (tmp_path / "log.json").write_text('[["examples made", "epoch 1"], 10]')
    assert shipped._saved_state(tmp_path)[1:] == (["examples made"], 10, 0)
    if damage == "cut":
        (tmp_path / "state.keras").write_bytes((tmp_path / "state.keras").read_bytes()[:900])
    elif damage == "no log":
        (tmp_path / "log.json").unlink()
    else:
        (tmp_path / "log.json").write_text('[["examples')
    assert shipped._saved_state(tmp_path) is None
    assert "is damaged, so training starts from the beginning" in capsys.readouterr().out


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "7"])
def test_a_seed_that_is_none_is_refused(tmp_path, seed):
    with pytest.raises(SeedError, match="whole number from 0 to 999,999,999"):
        m.train_shipped(tmp_path / "digits.npz", seed=seed)
    with pytest.raises(SeedError, match="whole number from 0 to 999,999,999"):
        m.set_seed(seed)


@pytest.mark.parametrize("name", ["nearest.npz", "digits.log"])
def test_weights_that_the_training_itself_would_overwrite_are_refused(tmp_path, name):
    with pytest.raises(FolderError, match="choose another name for the weights"):
        m.train_shipped(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["digits.log", "nearest.npz"])
def test_every_file_of_a_training_is_tried_before_it_begins(monkeypatch, tmp_path, name):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(shipped, "load_mnist", lambda: pytest.fail("the training has begun"))
    (tmp_path / name).mkdir()
    with pytest.raises(FolderError, match=f"{name} is a folder"):
        m.train_shipped(tmp_path / "digits.npz")


@pytest.mark.slow
def test_training_the_shipped_network_resumes_after_an_interruption(tmp_path, monkeypatch, capsys):
    mnist = load_mnist()
    monkeypatch.setattr(shipped, "load_mnist", lambda: type(mnist)(mnist.train[-600:], mnist.test[:200]))
    monkeypatch.setattr("digitkit.data.VALIDATION", 100)
    whole, stopped = tmp_path / "whole.npz", tmp_path / "stopped.npz"
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "a"))
    m.train_shipped(whole, seed=1, epochs=2)

    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "b"))
    real_save = shipped._save_state

    def save_and_stop(folder, model, log, steps):
        real_save(folder, model, log, steps)
        if "epoch  1" in log[-1]:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shipped, "_save_state", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            m.train_shipped(stopped, seed=1, epochs=2)
    assert not stopped.exists()
    log, _ = json.loads((tmp_path / "b" / "training-1-2" / "log.json").read_text())
    assert "epoch  1" in log[-1]
    m.train_shipped(stopped, seed=1, epochs=2)
    assert "Resuming after epoch 1" in capsys.readouterr().out
    losses = [
        [float(loss) for loss in re.findall(r"loss ([\d.]+)", path.with_suffix(".log").read_text(encoding="utf-8"))]
        for path in (whole, stopped)
    ]
    assert losses[0][0] == losses[1][0]
    assert abs(losses[0][1] - losses[1][1]) < 0.1 * losses[0][1]
    assert len(load_network(stopped).logits(mnist.train.images[:5])) == 5


def test_the_network_that_finds_the_sheet_is_the_same_in_keras_and_in_numpy():
    model = m.build_sheet_finder()
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    for layer, weights in zip(convolutions, sheet._layers(), strict=True):
        layer.set_weights(weights)
    picture = open_in_colour(data_dir() / "samples" / "desk_427.jpg")[0]
    small = cv2.resize(picture, (128, 128), interpolation=cv2.INTER_AREA)
    logits = model.predict(sheet.as_blocks(small[np.newaxis]), verbose=0).reshape(32, 32, 4, 4).swapaxes(1, 2).reshape(128, 128)
    assert np.abs(1 / (1 + np.exp(-logits)) - sheet.paper_map(picture)).max() < 1e-4


@pytest.mark.slow
def test_training_the_network_that_finds_the_sheet_writes_its_weights_and_log(tmp_path):
    m.train_sheet_finder(tmp_path / "sheet.npz", seed=1, examples=300, epochs=2)
    with np.load(tmp_path / "sheet.npz") as trained, np.load(sheet.WEIGHTS) as shipped_one:
        assert {name: trained[name].shape for name in trained} == {name: shipped_one[name].shape for name in shipped_one}
    log = (tmp_path / "sheet.log").read_text(encoding="utf-8")
    assert "python -m digitkit train --sheet --seed 1 --out sheet.npz" in log
    assert "epoch  2 of 2" in log
