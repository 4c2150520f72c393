"""From Keras to NumPy and back: the same answers, or a refusal that names the layer."""

import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from digitkit import explain
from digitkit.conversion import feeder, keras, layers, my_model, save_model, to_keras, to_network
from digitkit.conversion.starting import tensorflow
from digitkit.data import load_mnist
from digitkit.files import home_dir
from digitkit.model import build_cnn, build_shipped_cnn, fine_tune
from digitkit.network import LAYERS, NetworkError, load_network, my_network, save_network, to_input


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


# ── Which layers and settings are exported, skipped or refused ──────────────────────────────────────────────────────


def chain(*middle):
    """A model of these layers, with Flatten, Dense(10) and softmax at its end."""
    end = [layers.Flatten(), layers.Dense(10, activation="softmax")]
    return keras.Sequential([layers.Input((28, 28, 1)), *middle, *end])


def functional(middle):
    """The same for a function of the input tensor."""
    inputs = layers.Input((28, 28, 1))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(middle(inputs))))


def used_twice(layer):
    """One layer object at two places."""
    return functional(lambda inputs: layer(layers.Conv2D(4, 3)(layer(layers.Conv2D(4, 3)(inputs)))))


def conv(**settings):
    return layers.Conv2D(4, 3, **settings)


def relu(x):  # a learner's own, whose name must not be believed
    return keras.ops.maximum(x, 0.3 * x)


EXPORTED = {
    "relu by name": (lambda: chain(conv(activation="relu")), "Conv2D ReLU"),
    "relu as a layer": (lambda: chain(conv(activation=layers.ReLU())), "Conv2D ReLU"),
    "relu of TensorFlow": (lambda: chain(conv(activation=tensorflow.nn.relu)), "Conv2D ReLU"),
    "relu of a tensor": (lambda: functional(lambda x: keras.activations.relu(conv()(x))), "Conv2D ReLU"),
    "ops.relu": (lambda: functional(lambda x: keras.ops.relu(conv()(x))), "Conv2D ReLU"),
    "ops.leaky_relu": (lambda: functional(lambda x: keras.ops.leaky_relu(conv()(x), 0.3)), "Conv2D LeakyReLU"),
    "ops.tanh": (lambda: functional(lambda x: keras.ops.tanh(conv()(x))), "Conv2D Tanh"),
    "Activation": (lambda: chain(conv(), layers.Activation("relu")), "Conv2D ReLU"),
    "no activation": (lambda: chain(conv(), layers.Activation("linear")), "Conv2D"),
    "ReLU that leaks": (lambda: chain(conv(), layers.ReLU(negative_slope=0.1)), "Conv2D LeakyReLU"),
    "LeakyReLU": (lambda: chain(conv(activation=layers.LeakyReLU(0.05)), layers.LeakyReLU(0.4)), "Conv2D LeakyReLU LeakyReLU"),
    "leaky relu by name": (lambda: chain(conv(activation="leaky_relu")), "Conv2D LeakyReLU"),
    "a partial": (lambda: chain(conv(activation=partial(keras.activations.relu, negative_slope=0.3))), "Conv2D LeakyReLU"),
    "a partial that leaks": (lambda: chain(conv(activation=partial(tensorflow.nn.leaky_relu, alpha=0.3))), "Conv2D LeakyReLU"),
    "a partial of nothing": (lambda: chain(conv(activation=partial(keras.activations.tanh))), "Conv2D Tanh"),
    "tanh": (lambda: chain(conv(activation="tanh"), layers.Activation("tanh")), "Conv2D Tanh Tanh"),
    "sigmoid": (lambda: functional(lambda x: keras.ops.sigmoid(conv()(x))), "Conv2D Sigmoid"),
    "stride and padding": (lambda: chain(conv(strides=2, padding="same")), "Conv2D"),
    "a ReLU used twice": (lambda: used_twice(layers.ReLU()), "Conv2D ReLU Conv2D ReLU"),
    "a pooling used twice": (lambda: used_twice(layers.MaxPooling2D(2)), "Conv2D MaxPooling2D Conv2D MaxPooling2D"),
    "AveragePooling2D": (lambda: chain(layers.AveragePooling2D(3, 2, padding="same")), "AveragePooling2D"),
    "AveragePooling2D valid": (lambda: chain(layers.AveragePooling2D(2)), "AveragePooling2D"),
    "folded, no bias": (lambda: chain(conv(use_bias=False), layers.BatchNormalization()), "Conv2D"),
    "folded, axis 3": (lambda: chain(conv(), layers.BatchNormalization(axis=3)), "Conv2D"),
    "Rescaling": (lambda: chain(layers.Rescaling(2, offset=-1), conv()), "Rescaling Conv2D"),
    "i / 255": (lambda: functional(lambda x: conv()(x / 255)), "Rescaling Conv2D"),
    "1 - 2 i": (lambda: functional(lambda x: conv()(1 - 2 * x)), "Rescaling Conv2D"),
    "ops.divide": (lambda: functional(lambda x: conv()(keras.ops.divide(x, 255))), "Rescaling Conv2D"),
    "i / 127.5 - 1": (lambda: functional(lambda x: conv()(x / 127.5 - 1)), "Rescaling Conv2D"),
    "i - 0.5 + 0.1": (lambda: functional(lambda x: conv()(x - 0.5 + 0.1)), "Rescaling Conv2D"),
    "a model inside": (lambda: chain(keras.Sequential([conv(activation="relu")])), "Conv2D ReLU"),
    "Reshape as Flatten": (lambda: chain(conv(), layers.Reshape((-1,))), "Conv2D Flatten"),
    "any size": (lambda: any_size(), "Conv2D GlobalAveragePooling2D Dense"),
    "(28, 28) and a channel": (lambda: flat_input(layers.Reshape((28, 28, 1)), conv(), layers.Flatten()), "Conv2D Flatten"),
    "(28, 28)": (lambda: flat_input(layers.Flatten()), "Flatten Dense"),
}


def flat_input(*middle):
    return keras.Sequential([layers.Input((28, 28)), *middle, layers.Dense(10)])


def any_size():
    return keras.Sequential([layers.Input((None, None, 1)), conv(), layers.GlobalAveragePooling2D(), layers.Dense(10)])


def answered(model, images):
    """What Keras answers, without its `predict`, which takes half a second to get going."""
    return np.asarray(model(to_input(images), training=False))


@pytest.mark.parametrize("name", EXPORTED)
def test_it_is_exported_as_it_works(name):
    build, expected = EXPORTED[name]
    keras.utils.set_random_seed(2)
    model, images = with_random_statistics(build()), load_mnist().train.images[:20]
    network = to_network(model)
    kinds, expected = [kind for kind, _ in network.layers], expected.split()
    assert kinds[: len(expected)] == expected
    assert set(kinds[len(expected) :]) <= {"Flatten", "Dense"}
    answers = answered(model, images)
    ours = network.probabilities(images) if np.allclose(answers.sum(axis=1), 1, atol=1e-3) else network.logits(images)
    assert np.abs(ours - answers).max() < 1e-4 * max(1, np.abs(answers).max())
    assert np.abs(network.probabilities(images) - answered(to_keras(network), images)).max() < 1e-4


SKIPPED = [
    lambda: layers.Dropout(0.5),
    lambda: layers.SpatialDropout2D(0.5),
    lambda: layers.GaussianNoise(0.5),
    lambda: layers.GaussianDropout(0.5),
    lambda: layers.RandomRotation(0.2),
    lambda: layers.RandomZoom(0.2),
    lambda: layers.RandomTranslation(0.1, 0.1),
    lambda: layers.Identity(),
]


@pytest.mark.parametrize("make", SKIPPED, ids=lambda make: type(make()).__name__)
def test_what_does_nothing_after_training_is_skipped(make):
    model, images = chain(make(), conv()), load_mnist().train.images[:20]
    network = to_network(model)
    assert [kind for kind, _ in network.layers] == ["Conv2D", "Flatten", "Dense"]
    assert np.allclose(network.probabilities(images), answered(model, images), atol=1e-5)


class Doubled(layers.Conv2D):
    def call(self, inputs):
        return 2 * super().call(inputs)


class ReLU(layers.ReLU):
    """Called as Keras's, but of a class of its own."""

    def call(self, inputs):
        return 2 * super().call(inputs)


class Written(keras.Model):
    """In PyTorch's style: what happens between its layers stands in its call function."""

    def __init__(self):
        super().__init__()
        self.all = [conv(), layers.Flatten(), layers.Dense(10)]

    def call(self, inputs):
        for layer in self.all:
            inputs = keras.ops.relu(layer(inputs))
        return inputs


class Overwritten(keras.Sequential):
    def call(self, inputs, **options):
        return -super().call(inputs, **options)


def called(model):
    model(np.zeros((1, 28, 28, 1), np.float32))
    return model


def taking(shape, *middle):
    return keras.Sequential([layers.Input(shape), *middle, layers.Dense(10)])


def ending_in(layer):
    return keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layer])


def two_inputs():
    one, other = layers.Input((28, 28, 1)), layers.Input((28, 28, 1))
    return keras.Model([one, other], layers.Dense(10)(layers.Flatten()(layers.Add()([one, other]))))


def not_a_number():
    model = chain(conv())
    model.layers[0].set_weights([np.full((3, 3, 1, 4), np.nan), np.zeros(4)])
    return model


REFUSED = {
    "own function named relu": (lambda: chain(conv(activation=relu)), "uses the activation relu, which digitkit does not know"),
    "own class named ReLU": (lambda: chain(conv(activation=ReLU())), "uses the activation relu, which digitkit does not know"),
    "elu": (lambda: chain(conv(activation="elu")), "activation elu"),
    "elu as a layer": (lambda: chain(conv(activation=layers.ELU())), "activation elu"),
    "relu6": (lambda: chain(conv(), layers.ReLU(max_value=6)), r"re_lu\w* \(ReLU\) with this setting of max_value"),
    "relu6 as a partial": (lambda: chain(conv(activation=partial(keras.activations.relu, max_value=6))), "activation partial"),
    "a threshold": (lambda: chain(conv(), layers.ReLU(threshold=0.5)), "with this setting of max_value or threshold"),
    "a scale for each channel": (lambda: chain(layers.Rescaling([0.5]), conv()), r"\(Rescaling\) cannot be exported"),
    "x + y": (lambda: functional(lambda x: x + conv(padding="same")(x)), "fed by a branch"),
    "two inputs": (two_inputs, "one input and one output"),
    "a slice": (lambda: functional(lambda x: conv()(x)[:, 1:]), "GetItem"),
    "times two in the middle": (lambda: functional(lambda x: 2 * conv()(x)), r"\(Multiply\) cannot be exported"),
    "dilation": (lambda: chain(conv(dilation_rate=2)), "setting of dilation_rate"),
    "two strides": (lambda: chain(conv(strides=(1, 2))), "setting of strides"),
    "channels first": (lambda: chain(layers.Flatten(data_format="channels_first")), "setting of data_format"),
    "normalised along rows": (lambda: chain(conv(), layers.BatchNormalization(axis=1)), "runs along axis 1"),
    "normalised after ReLU": (
        lambda: chain(conv(activation="relu"), layers.BatchNormalization()),
        "directly after Conv2D or Dense",
    ),
    "normalised first": (lambda: chain(layers.BatchNormalization()), "must come directly after"),
    "an own layer": (lambda: chain(Doubled(4, 3)), r"\(Doubled\)"),
    "softmax in the middle": (lambda: chain(conv(activation="softmax")), "is softmax in the middle"),
    "softmax of rows": (lambda: chain(conv(), layers.Softmax(axis=1)), r"\(Softmax\) cannot be exported"),
    "GlobalMaxPooling2D": (lambda: functional(lambda x: layers.GlobalMaxPooling2D()(conv()(x))), "GlobalMaxPooling2D"),
    "Lambda": (lambda: chain(layers.Lambda(lambda x: -x)), "Lambda"),
    "in call": (lambda: called(Written()), "its own call function"),
    "call overwritten": (lambda: Overwritten(chain(conv()).layers), "its own call function"),
    "784 numbers": (lambda: taking((784,)), r"takes \(784,\), not digits"),
    "32×32": (lambda: taking((32, 32, 1), layers.Flatten()), "not digits"),
    "colour": (lambda: taking((28, 28, 3), layers.Flatten()), "not digits"),
    "no Flatten": (lambda: taking((28, 28, 1), conv()), r"put Flatten\(\) before it"),
    "no input": (lambda: keras.Sequential([layers.Flatten(), layers.Dense(10)]), "does not know its input yet"),
    "three scores": (
        lambda: keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(3)]),
        "last layer must be",
    ),
    "ends in sigmoid": (lambda: ending_in(layers.Dense(10, activation="sigmoid")), "last layer must be"),
    "NaN": (not_a_number, "training has gone wrong"),
    "no model": (lambda: [1, 2], "not a Keras model but of type list"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_exported_is_named(name):
    build, message = REFUSED[name]
    with pytest.raises(NetworkError, match=message):
        to_network(build())


def test_a_network_that_answers_otherwise_than_keras_is_not_handed_over(monkeypatch):
    monkeypatch.setitem(LAYERS, "ReLU", lambda values: values)
    with pytest.raises(NetworkError, match="does not give the same scores as the Keras model"):
        to_network(chain(conv(activation="relu")))


def test_a_model_made_for_pixels_up_to_255_is_exported_as_it_reads():
    """With Rescaling(1 / 255) at its start, and trained on pixels as they are, it must not be given 0 to 1."""
    digits = load_mnist().train[:3000]
    keras.utils.set_random_seed(1)
    model = chain(layers.Rescaling(1 / 255), layers.MaxPooling2D(2))
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(digits.images[..., np.newaxis].astype("float32"), digits.labels, epochs=3, verbose=0)
    held_out = load_mnist().train[5000:6000]
    assert (to_network(model).probabilities(held_out.images).argmax(axis=1) == held_out.labels).mean() > 0.8


@pytest.mark.parametrize("start", [[], [layers.Input((28, 28, 1))]])
def test_a_model_that_divides_by_255_itself_is_fed_from_0_to_255(start):
    model = keras.Sequential([*start, layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10)])
    white = np.full((1, 28, 28), 255, np.uint8)
    assert feeder(model)(white).max() == 255
    assert feeder(keras.Sequential([*start, layers.Flatten(), layers.Dense(10)]))(white).max() == 1


def test_a_learners_model_that_divides_by_255_itself_is_fed_from_0_to_255_when_it_is_opened_again(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    save_model(chain(layers.Rescaling(1 / 255)), tmp_path / "my_model.keras")
    model, whose = my_model()
    assert "your own" in whose
    assert feeder(model)(np.full((1, 28, 28), 255, np.uint8)).max() == 255


def test_exporting_leaves_the_model_as_it_was(tmp_path):
    model, inputs = functional(lambda x: keras.activations.relu(conv()(x))), to_input(load_mnist().train.images[:5])
    before = model.predict(inputs, verbose=0)
    to_network(model)
    save_model(model, tmp_path / "model.keras")
    assert np.allclose(model.predict(inputs, verbose=0), before)
    assert np.allclose(keras.models.load_model(tmp_path / "model.keras").predict(inputs, verbose=0), before)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.parametrize("keep", [0, 2000])
def test_a_damaged_model_of_the_learner_is_named(tmp_path, monkeypatch, keep):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    file = tmp_path / "my_model.keras"
    save_model(build_cnn(), file)
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(NetworkError, match="damaged or cut short"):
        my_model()


def test_a_keras_model_that_reads_no_digits_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    own, digits = home_dir() / "my_model.keras", load_mnist().train[:20]
    spoilt = build_cnn(filters=2)
    spoilt.set_weights([values * np.nan for values in spoilt.get_weights()])
    for other, why in [
        (keras.Sequential([layers.Input((4,)), layers.Dense(10)]), "does not take digits"),
        (keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(2)]), "gives the shape"),
        (spoilt, "no numbers any more"),
    ]:
        with pytest.raises(NetworkError, match=why):
            fine_tune(other, digits)
        save_model(other, own)
        with pytest.raises(NetworkError, match=rf"my_model\.keras.+{why}.+Delete it"):
            my_model()
        with pytest.raises(NetworkError, match="not a digitkit weights file"):
            load_network(own)
    save_network(load_network(), own)
    with pytest.raises(NetworkError, match="no Keras model"):
        my_model()


def test_code_in_a_model_of_the_learner_is_not_run(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    harmful = keras.layers.Lambda(lambda x: (open("it was run", "w").close(), x)[1], output_shape=(28, 28, 1))
    keras.Sequential([keras.Input((28, 28, 1)), harmful, *build_cnn().layers]).save("my_model.keras")
    mark = tmp_path / "it was run"
    mark.unlink(missing_ok=True)
    with pytest.raises(NetworkError, match="holds code, which is not run"):
        my_model()
    assert not mark.exists()


@pytest.mark.slow
@pytest.mark.parametrize("gone", [1, 2])
def test_keras_starts_without_an_output(gone):
    """As a Windows service, or with its outputs closed."""
    command = f"{sys.executable} -c 'import digitkit; digitkit.build_cnn()' {gone}>&-"
    assert subprocess.run(command, shell=True, check=False).returncode == 0


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
