"""From Keras to NumPy and back: the same answers, or a refusal that names the layer."""

import numpy as np
import pytest

from digitkit import explain
from digitkit.conversion import keras, layers, my_model, to_keras, to_network
from digitkit.data import load_mnist
from digitkit.files import home_dir
from digitkit.model import build_cnn, build_shipped_cnn
from digitkit.network import NetworkError, load_network, my_network, save_network, to_input


def logits_of(model, images):
    """What the model gives before its last softmax."""
    before = keras.Model(model.inputs, model.layers[-2].output)
    return before.predict(to_input(images), verbose=0)


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


@pytest.mark.parametrize("build", [build_cnn, build_shipped_cnn])
def test_keras_and_numpy_give_the_same_logits(build):
    images = load_mnist().test.images[:1000]
    model = with_random_statistics(build())
    expected = logits_of(model, images)
    assert expected.std() > 0.1
    assert np.abs(to_network(model).logits(images) - expected).max() < 1e-4 * max(1, np.abs(expected).max())


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
    assert np.abs(to_network(model).logits(images) - logits_of(model, images)).max() < 1e-4


def test_softmax_may_be_part_of_the_last_dense_layer():
    model = keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    images = load_mnist().train.images[:50]
    assert np.allclose(to_network(model).probabilities(images), model.predict(to_input(images), verbose=0), atol=1e-5)


def test_the_shipped_network_goes_back_to_keras():
    images = load_mnist().train.images[:200]
    network = load_network()
    assert (
        np.abs(logits_of(to_keras(network), images) - network.logits(images)).max() < 1e-4 * np.abs(network.logits(images)).max()
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
        to_network(CANNOT[message]())


def test_a_learners_network_comes_back(tmp_path):
    model = build_cnn()
    save_network(to_network(model), tmp_path / "mine.npz")
    images = load_mnist().train.images[:20]
    assert np.allclose(
        load_network(tmp_path / "mine.npz").probabilities(images), model.predict(to_input(images), verbose=0), atol=1e-5
    )


def test_the_learners_own_network_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    for choose in (my_network, my_model):
        assert "ships with digitkit" in choose()[1]
    own = build_cnn()
    own.save(home_dir() / "my_model.keras")
    save_network(to_network(own), home_dir() / "my_network.npz")
    for choose in (my_network, my_model):
        mine, whose = choose()
        assert "your own" in whose
        assert np.array_equal(explain.kernels(mine, 1), explain.kernels(own, 1))
