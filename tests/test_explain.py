import numpy as np
import pytest

from digitkit import explain, model
from digitkit.data import home_dir, load_mnist
from digitkit.explain import ExplainError
from digitkit.network import load_network, save_network

keras, layers = model.keras, model.layers


def sequential():
    """Two filters a layer, ReLU inside the convolution, softmax as a layer."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(2, 3, activation="relu", name="first"),
            layers.MaxPooling2D(2, name="pool"),
            layers.Conv2D(3, 3, name="second"),
            layers.ReLU(),
            layers.Flatten(name="row"),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


def functional():
    """Batch normalisation and ReLU after the convolution, softmax inside Dense."""
    keras.utils.set_random_seed(1)
    inputs = layers.Input((28, 28, 1))
    x = layers.Conv2D(2, 5, padding="same", name="first")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(2, 3, strides=2, activation="relu", name="second")(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def reloaded(tmp_path):
    sequential().save(tmp_path / "model.keras")
    return keras.models.load_model(tmp_path / "model.keras")


def rebuilt(tmp_path):
    return model.to_keras(model.to_network(sequential()))


MODELS = {
    "sequential": lambda path: sequential(),
    "functional": lambda path: functional(),
    "loaded": reloaded,
    "rebuilt": rebuilt,
}


@pytest.fixture(params=MODELS)
def any_model(request, tmp_path):
    return MODELS[request.param](tmp_path)


@pytest.fixture(scope="module")
def digit():
    return load_mnist().train.images[2]


def planted(logits_kernel):
    """A model whose score for each digit is a weighted sum of the pixels: one 1×1 kernel, then Dense."""
    inputs = layers.Input((28, 28, 1))
    x = layers.Conv2D(1, 1, kernel_initializer="ones")(inputs)
    planted_model = keras.Model(inputs, layers.Softmax()(layers.Dense(10)(layers.Flatten()(x))))
    planted_model.layers[-2].set_weights([logits_kernel.reshape(784, 10), np.zeros(10)])
    return planted_model


def test_kernels_are_one_map_of_numbers_for_each_map_they_look_at():
    built = sequential()
    assert explain.kernels(built, 0).shape == (2, 1, 3, 3)
    assert explain.kernels(built, "second").shape == explain.kernels(built, -1).shape == (3, 2, 3, 3)
    expected = built.layers[2].get_weights()[0][:, :, 1, 2]
    assert np.array_equal(explain.kernels(built, 1)[2, 1], expected)
    assert np.array_equal(explain.kernels(model.to_network(built), 1)[2, 1], expected)


@pytest.mark.parametrize("layer", [0, 1, -1])
def test_numpy_and_keras_give_the_same_feature_maps(any_model, digit, layer):
    maps = explain.feature_maps(any_model, digit, layer)
    assert maps.min() == 0
    assert maps.max() > 0
    assert np.allclose(maps, explain.feature_maps(model.to_network(any_model), digit, layer), atol=1e-5)


def test_a_named_layer_without_kernels_has_maps_too(digit):
    built = sequential()
    assert explain.feature_maps(built, digit, "pool").shape == (2, 13, 13)
    assert np.array_equal(explain.feature_maps(built, digit, "first"), explain.feature_maps(built, digit, 0))


@pytest.mark.parametrize("size", [1, 3, 5])
def test_occlusion_finds_a_planted_pixel(size):
    image = np.zeros((28, 28), np.uint8)
    image[0, 20] = image[14, 9] = 255

    def predict(images):
        chances = np.full((len(images), 10), 0.1)
        chances[:, 7] = np.where(images[:, 0, 20] > 0, 0.9, 0.2)
        return chances

    result = explain.occlusion(predict, image, 7, size)
    expected = np.full((28, 28), 0.9)
    reach = size // 2
    expected[: reach + 1, 20 - reach : 21 + reach] = 0.2
    assert np.array_equal(result, expected)
    assert image[0, 20] == 255


@pytest.mark.parametrize("size", [0, 4, -3])
def test_a_square_without_a_middle_is_refused(size):
    with pytest.raises(ExplainError, match="odd and positive"):
        explain.occlusion(lambda images: images, np.zeros((28, 28), np.uint8), 0, size)


def test_grad_cam_has_the_size_of_the_digit_and_nothing_below_zero(any_model, digit):
    heat = explain.grad_cam(any_model, digit, 4)
    assert heat.shape == (28, 28)
    assert heat.min() >= 0
    assert max(explain.grad_cam(any_model, digit, label).max() for label in range(10)) > 0


def test_grad_cam_is_zero_where_nothing_matters(digit):
    weights = np.zeros((28, 28, 10))
    weights[..., 3] = 1
    heat = explain.grad_cam(planted(weights), digit, 3)
    assert np.allclose(heat / heat.max(), digit / 255, atol=1e-5)  # the map itself: ink speaks for a 3
    assert explain.grad_cam(planted(weights), digit, 5).max() == 0
    assert explain.grad_cam(planted(-weights), digit, 3).max() == 0  # ink that speaks against it is left out


def test_grad_cam_does_not_fade_where_the_network_is_sure(digit):
    """The slope of a softmax is nothing there; the slope of a logit is not."""
    weights = np.zeros((28, 28, 10))
    weights[..., 3] = 100
    assert explain.grad_cam(planted(weights), digit, 3).max() > 1


def test_softmax_inside_dense_is_left_out_as_well(digit):
    built = functional()
    *body, last = built.layers[1:]
    inputs = x = layers.Input((28, 28, 1))
    for layer in body:
        x = layer(x)
    scores = layers.Dense(10)
    apart = model.to_keras(model.to_network(keras.Model(inputs, layers.Softmax()(scores(x)))))
    apart.layers[-2].set_weights(last.get_weights())
    assert np.allclose(explain.grad_cam(built, digit, 2), explain.grad_cam(apart, digit, 2), atol=1e-5)


def test_grad_cam_looks_at_the_last_maps_that_are_large_enough_to_say_where(digit):
    keras.utils.set_random_seed(5)
    sizes = {"large": 12, "small": 2}
    built = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(2, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(3, 3, padding="same", activation="relu", name="large"),
            layers.MaxPooling2D(4),
            layers.Conv2D(3, 2, activation="relu", name="small"),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    assert {name: explain.feature_maps(built, digit, name).shape[1] for name in sizes} == sizes
    heats = {name: explain.grad_cam(built, digit, 4, name) for name in sizes}
    assert not np.array_equal(heats["large"], heats["small"])
    assert np.array_equal(explain.grad_cam(built, digit, 4), heats["large"])
    assert np.array_equal(explain.grad_cam(built, digit, 4, -1), heats["small"])


def test_grad_cam_takes_the_last_maps_where_all_are_small(digit):
    inputs = layers.Input((28, 28, 1))
    x = layers.Conv2D(2, 3, strides=10, name="only", kernel_initializer="ones")(inputs)
    tiny = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))
    assert tiny.get_layer("only").output.shape[1] == 3
    assert np.array_equal(explain.grad_cam(tiny, digit, 1), explain.grad_cam(tiny, digit, 1, "only"))


def test_the_kernels_of_every_layer(any_model):
    expected = [explain.kernels(any_model, layer) for layer in (0, 1)]
    for found in (explain.all_kernels(any_model), explain.all_kernels(model.to_network(any_model))):
        assert [kernels.shape for kernels in found] == [kernels.shape for kernels in expected]
    assert all(np.array_equal(one, other) for one, other in zip(explain.all_kernels(any_model), expected, strict=True))


def test_an_untrained_copy_has_other_numbers_and_leaves_the_model_alone(any_model, digit):
    before = explain.all_kernels(any_model)
    copy = explain.untrained(any_model, seed=7)
    assert [kernels.shape for kernels in explain.all_kernels(copy)] == [kernels.shape for kernels in before]
    assert not np.allclose(explain.all_kernels(copy)[1], before[1])
    assert np.array_equal(explain.all_kernels(any_model)[1], before[1])
    assert np.array_equal(explain.all_kernels(explain.untrained(any_model, seed=7))[1], explain.all_kernels(copy)[1])
    assert explain.grad_cam(copy, digit, 4).shape == (28, 28)


@pytest.mark.parametrize("layer", [0, 1])
def test_an_exciting_image_excites(any_model, layer):
    image = explain.exciting_image(any_model, layer, unit=1, steps=20)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    assert np.array_equal(image, explain.exciting_image(any_model, layer, unit=1, steps=20))
    grey = explain.exciting_image(any_model, layer, unit=1, steps=0)

    def middle(picture):
        answer = explain.feature_maps(any_model, picture, layer)[1]
        return answer[len(answer) // 2, len(answer) // 2]

    assert middle(image) > middle(grey)


@pytest.mark.parametrize(
    ("look", "message"),
    [
        (lambda model, digit: explain.kernels(model, 2), "The convolutions are 0 to 1: first, second"),
        (lambda model, digit: explain.kernels(model, "nowhere"), "There is no layer nowhere"),
        (lambda model, digit: explain.kernels(model, "pool"), "MaxPooling2D and has no kernels"),
        (lambda model, digit: explain.feature_maps(model, digit, "row"), "gives no feature maps"),
        (lambda model, digit: explain.feature_maps(model, digit / 255, 0), "type uint8"),
        (lambda model, digit: explain.grad_cam(model, digit[np.newaxis], 0), r"shape \(28, 28\)"),
        (lambda model, digit: explain.grad_cam(model, digit, 0, "pool"), "no kernels"),
        (lambda model, digit: explain.exciting_image(model, 0, 2), "kernels 0 to 1; there is no kernel 2"),
    ],
)
def test_what_cannot_be_looked_into_is_named(look, message, digit):
    with pytest.raises(ExplainError, match=message):
        look(sequential(), digit)


def test_what_numpy_cannot_do_is_named(digit):
    network = load_network()
    for layer in (99, "conv2d"):
        with pytest.raises(ExplainError, match="There is no layer"):
            explain.kernels(network, layer)
    needs_keras = (
        lambda: explain.grad_cam(network, digit, 0),
        lambda: explain.exciting_image(network, 0, 0),
        lambda: explain.untrained(network),
    )
    for look in needs_keras:
        with pytest.raises(ExplainError, match="to_keras"):
            look()


def test_the_learners_own_network_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    for choose in (explain.my_network, explain.my_model):
        assert "ships with digitkit" in choose()[1]
    own = sequential()
    own.save(home_dir() / "my_model.keras")
    save_network(model.to_network(own), home_dir() / "my_network.npz")
    for choose in (explain.my_network, explain.my_model):
        mine, whose = choose()
        assert "your own" in whose
        assert np.array_equal(explain.kernels(mine, 1), explain.kernels(own, 1))
