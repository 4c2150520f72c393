import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from digitkit import model as m
from digitkit.data import DataError, Digits, load_mnist
from digitkit.glyphs import NO_DIGITS, draw_glyph
from digitkit.handwriting import HABITS
from digitkit.network import NetworkError, load_network, save_network
from digitkit.preprocessing import like_mnist

keras, layers = m.keras, m.layers


def logits_of(model, images):
    """What the model gives before its last softmax."""
    before = keras.Model(model.inputs, model.layers[-2].output)
    return before.predict(m.to_input(images), verbose=0)


def with_random_statistics(model, seed=0):
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        weights = layer.get_weights()
        if isinstance(layer, layers.BatchNormalization):
            spread = [rng.uniform(0.3, 2, w.shape) for w in weights]
            spread[-2] = rng.normal(0, 1, weights[-2].shape)  # the moving mean may be negative
            layer.set_weights(spread)
        else:
            layer.set_weights([w + rng.normal(0, 0.05, w.shape) for w in weights])
    return model


def test_notebook_three_builds_the_same_network():
    notebook = nbformat.read(Path(__file__).parent.parent / "notebooks" / "03_train_a_cnn.ipynb", as_version=4)
    [cell] = [cell.source for cell in notebook.cells if cell.source.startswith("from digitkit.model import keras")]
    names = {}
    exec(cell, names)
    built, ready = ([layer.get_config() for layer in model.layers] for model in (names["model"], m.build_cnn()))
    for one, other in zip(built, ready, strict=True):
        assert {key: value for key, value in one.items() if key != "name"} == {k: v for k, v in other.items() if k != "name"}


@pytest.mark.parametrize("build", [m.build_cnn, m.build_shipped_cnn])
def test_keras_and_numpy_give_the_same_logits(build):
    images = load_mnist().test.images[:1000]
    model = with_random_statistics(build())
    expected = logits_of(model, images)
    assert expected.std() > 0.1
    assert np.abs(m.to_network(model).logits(images) - expected).max() < 1e-4 * max(1, np.abs(expected).max())


def test_a_functional_model_with_all_layers_is_exported():
    inputs = x = layers.Input((28, 28, 1))
    x = layers.Conv2D(6, 5, strides=2, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(8, (3, 2), padding="valid", use_bias=False)(x)
    x = layers.BatchNormalization(scale=False)(x)
    x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(20)(x)
    x = layers.BatchNormalization(center=False)(x)
    x = layers.ReLU()(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(10)(x)
    model = with_random_statistics(keras.Model(inputs, layers.Softmax()(x)))
    images = load_mnist().train.images[:200]
    assert np.abs(m.to_network(model).logits(images) - logits_of(model, images)).max() < 1e-4


def test_softmax_may_be_part_of_the_last_dense_layer():
    model = keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    images = load_mnist().train.images[:50]
    assert np.allclose(m.to_network(model).probabilities(images), model.predict(m.to_input(images), verbose=0), atol=1e-5)


def test_the_shipped_network_goes_back_to_keras():
    images = load_mnist().train.images[:200]
    network = load_network()
    assert (
        np.abs(logits_of(m.to_keras(network), images) - network.logits(images)).max()
        < 1e-4 * np.abs(network.logits(images)).max()
    )


def last(*middle):
    return keras.Sequential([layers.Input((28, 28, 1)), *middle, layers.Flatten(), layers.Dense(10)])


CANNOT = {
    "AveragePooling2D": lambda: last(layers.AveragePooling2D(2)),
    "activation tanh": lambda: last(layers.Conv2D(4, 3, activation="tanh")),
    "directly after": lambda: last(layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization()),
    r"Conv2D\) or one of its settings": lambda: last(layers.Conv2D(4, 3, dilation_rate=2)),
    r"ReLU\) or one of its settings": lambda: last(layers.ReLU(max_value=6)),
    "last layer must be": lambda: keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(3)]),
}


@pytest.mark.parametrize("message", CANNOT)
def test_what_cannot_be_exported_is_named(message):
    with pytest.raises(NetworkError, match=message):
        m.to_network(CANNOT[message]())


def test_training_learns_and_reports(capsys):
    keras.utils.set_random_seed(0)
    seen = []
    digits = load_mnist().train[-7000:]
    history = m.train(m.build_cnn(), digits, epochs=2, watch=lambda h: seen.append(len(h["loss"])))
    assert seen == [1, 2]
    assert history.history["val_accuracy"][-1] > 0.6
    m.train(m.build_cnn(), digits, epochs=1)
    assert "epoch 1: loss" in capsys.readouterr().out


def test_too_few_digits_are_refused():
    with pytest.raises(DataError, match="100 digits are too few: 5000 are held out"):
        m.train(m.build_cnn(), load_mnist().train[:100])


def test_fine_tuning_learns_a_new_form_and_forgets_neither_mnist_nor_what_is_no_digit():
    crossed = Digits(
        np.stack([like_mnist(draw_glyph(HABITS[0], np.random.default_rng(i))) for i in range(60)]), np.zeros(60, int)
    )
    letters = [draw_glyph(shape, np.random.default_rng(i)) for shape in NO_DIGITS.values() for i in range(2)]
    letters = np.stack([like_mnist(letter) for letter in letters])
    mnist = load_mnist().train[-500:]

    def measure(network):
        known = network.probabilities(mnist.images).argmax(axis=1) == mnist.labels
        return (network.no_digit(crossed.images[40:]) < 0.5).mean(), known.mean(), (network.no_digit(letters) >= 0.5).mean()

    before = load_network()
    keras.utils.set_random_seed(0)
    model = m.to_keras(before)
    m.fine_tune(model, crossed[:40])
    after = m.to_network(model)
    assert after.temperature is None
    (read, known, refused), (read_now, known_now, refused_now) = measure(before), measure(after)
    assert read_now > read + 0.2
    assert known_now > known - 0.02
    assert refused_now > refused - 0.06  # with MNIST digits alone mixed in, it would fall by 0.15


def test_a_learners_own_network_is_fine_tuned_too():
    keras.utils.set_random_seed(0)
    model, digits = m.build_cnn(), load_mnist().train[-300:]
    before = model.layers[0].get_weights()[0].copy()
    m.fine_tune(model, digits, epochs=1)
    assert model.output_shape == (None, 10)
    assert not np.array_equal(model.layers[0].get_weights()[0], before)
    with pytest.raises(DataError, match="no digits to learn from"):
        m.fine_tune(model, digits[:0])


def test_a_learners_network_comes_back(tmp_path):
    model = m.build_cnn()
    save_network(m.to_network(model), tmp_path / "mine.npz")
    images = load_mnist().train.images[:20]
    assert np.allclose(
        load_network(tmp_path / "mine.npz").probabilities(images), model.predict(m.to_input(images), verbose=0), atol=1e-5
    )


def test_the_fitted_temperature_matches_how_often_it_is_right():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (20_000, 10))
    powers = np.exp(logits / 2)
    labels = (powers.cumsum(axis=1) < rng.uniform(size=(20_000, 1)) * powers.sum(axis=1, keepdims=True)).sum(axis=1)
    assert 1.85 < m.fit_temperature(logits, labels) < 2.15


@pytest.mark.slow
def test_training_the_shipped_network_goes_on_after_an_interruption(tmp_path, monkeypatch):
    mnist = load_mnist()
    monkeypatch.setattr(m, "load_mnist", lambda: type(mnist)(mnist.train[-1800:], mnist.test[:500]))
    monkeypatch.setattr("digitkit.data.VALIDATION", 300)
    whole, stopped = tmp_path / "whole.npz", tmp_path / "stopped.npz"
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "a"))
    m.train_shipped(whole, seed=1, epochs=3)

    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "b"))
    real_save = m._save_state

    def save_and_stop(folder, model, log, steps):
        real_save(folder, model, log, steps)
        if "epoch  2" in log[-1]:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(m, "_save_state", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            m.train_shipped(stopped, seed=1, epochs=3)
    assert not stopped.exists()
    log, _ = json.loads((tmp_path / "b" / "training-1-3" / "log.json").read_text())
    assert "epoch  2" in log[-1]
    m.train_shipped(stopped, seed=1, epochs=3)
    losses = [
        [float(loss) for loss in re.findall(r"loss ([\d.]+)", path.with_suffix(".log").read_text(encoding="utf-8"))]
        for path in (whole, stopped)
    ]
    assert losses[0][:2] == losses[1][:2]
    assert abs(losses[0][2] - losses[1][2]) < 0.1 * losses[0][2]  # it went on, it did not begin anew
    assert len(load_network(stopped).logits(mnist.train.images[:5])) == 5
