import numpy as np
import pytest

from digitkit import explain, trials
from digitkit.data import load_mnist
from digitkit.model import build_cnn, keras, to_input


@pytest.fixture(scope="module")
def digits():
    return load_mnist().train


def accuracy(model, digits):
    return (model.predict(to_input(digits.images), verbose=0).argmax(axis=1) == digits.labels).mean()


def test_the_starting_point_is_the_network_of_the_lesson():
    kinds = [(type(layer).__name__, layer.output.shape) for layer in build_cnn().layers]
    assert [(type(layer).__name__, layer.output.shape) for layer in trials.build_trial().layers] == kinds
    few = trials.build_trial(filters=2, dropout=0.5)
    assert [kernels.shape[0] for kernels in explain.all_kernels(few)] == [2, 4]
    assert few.layers[5].rate == 0.5


def test_it_learns_and_the_history_says_when():
    digits = load_mnist().train
    training, validation = digits[:1500], digits[-300:]
    keras.utils.set_random_seed(0)
    model = trials.build_trial(filters=4)
    history = trials.train_trial(model, training, validation, epochs=2)
    assert history["seen"] == [640, 1280, 1500, 2140, 2780, 3000]
    assert history["val_seen"] == [0, 1500, 3000]
    assert history["val_accuracy"][0] < 0.35 < 0.6 < history["val_accuracy"][-1]
    assert history["loss"][-1] < history["loss"][0]
    assert history["val_accuracy"][-1] == pytest.approx(accuracy(model, validation), abs=0.004)


def test_a_watcher_ends_it_at_once_and_the_weights_stay(digits):
    looks = []

    def watch(history):
        looks.append(explain.kernels(model, 0).copy())
        return len(looks) == 2

    keras.utils.set_random_seed(0)
    model = trials.build_trial(filters=2)
    history = trials.train_trial(model, digits[:6000], digits[-200:], epochs=6, watch=watch)
    assert history["seen"] == [640, 1280]
    assert history["val_seen"] == [0, 1280]
    assert not np.array_equal(looks[0], looks[1])
    assert np.array_equal(explain.kernels(model, 0), looks[1])


def test_shuffled_labels_are_learned_by_heart_and_teach_nothing(digits):
    model, shuffled = trials.train_on_shuffled_labels(digits[:200])
    assert sorted(shuffled.labels) == sorted(digits.labels[:200])
    assert accuracy(model, shuffled) > 0.9
    assert accuracy(model, digits[-1000:]) < 0.25
    assert not np.array_equal(shuffled.labels, digits.labels[:200])
    assert np.array_equal(digits.labels[:200], load_mnist().train.labels[:200])
