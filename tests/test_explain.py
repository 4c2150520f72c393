import contextlib

import numpy as np
import pytest

from digitkit import explain
from digitkit.conversion import Graph, keras, layers, to_keras, to_network
from digitkit.conversion.starting import tensorflow
from digitkit.data import load_mnist
from digitkit.explain import ExplainError
from digitkit.network import load_network, to_input


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
    return to_keras(to_network(sequential()))


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
    assert np.array_equal(explain.kernels(to_network(built), 1)[2, 1], expected)


@pytest.mark.parametrize("layer", [0, 1, -1])
def test_numpy_and_keras_give_the_same_feature_maps(any_model, digit, layer):
    maps = explain.feature_maps(any_model, digit, layer)
    assert maps.min() == 0
    assert maps.max() > 0
    assert np.allclose(maps, explain.feature_maps(to_network(any_model), digit, layer), atol=1e-5)


def test_a_named_layer_without_kernels_has_maps_too(digit):
    built = sequential()
    assert explain.feature_maps(built, digit, "pool").shape == (2, 13, 13)
    assert np.array_equal(explain.feature_maps(built, digit, "first"), explain.feature_maps(built, digit, 0))


@pytest.mark.parametrize("after", [layers.ELU, layers.PReLU, lambda: layers.Activation("elu")])
def test_the_maps_of_a_convolution_are_those_after_its_activation(digit, after):
    """Also after one that a `Network` does not know."""
    model = keras.Sequential(
        [layers.Input((28, 28, 1)), layers.Conv2D(2, 3, name="first"), after(), layers.Flatten(), layers.Dense(10)]
    )
    expected = model.layers[1](model.layers[0](to_input(digit[np.newaxis])))[0]
    assert np.allclose(explain.feature_maps(model, digit, "first"), np.transpose(expected, (2, 0, 1)), atol=1e-6)


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
    assert np.allclose(heat / heat.max(), digit / 255, atol=1e-5)  # the map itself: ink counts for a 3
    assert explain.grad_cam(planted(weights), digit, 5).max() == 0
    assert explain.grad_cam(planted(-weights), digit, 3).max() == 0  # ink that counts against it is left out


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
    apart = to_keras(to_network(keras.Model(inputs, layers.Softmax()(scores(x)))))
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
    )
    for look in needs_keras:
        with pytest.raises(ExplainError, match="to_keras"):
            look()


def branched():
    """Two branches of different reach, joined; strides, padding, holes in the kernel; the last row is never read."""
    inputs = layers.Input((28, 28, 1))
    x = layers.Conv2D(2, 5, strides=2, padding="same", activation="relu")(inputs)
    x = layers.Concatenate()([layers.Conv2D(2, 1)(x), layers.Conv2D(2, 3, padding="same")(x)])
    x = layers.MaxPooling2D(2)(layers.BatchNormalization()(x))
    x = layers.Conv2D(2, 2, dilation_rate=2)(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(10)(x))


def averaged():
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(2, 3, strides=3, activation="relu"),
            layers.MaxPooling2D(3, strides=2, padding="same"),
            layers.Conv2D(3, 2, padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10),
        ]
    )


def pixels_that_matter(built, step):
    """Brute force: light up one pixel after the other, and see which values change. (784, …) bool."""
    pictures = np.concatenate([np.zeros((1, 784)), np.eye(784)]).astype(np.float32).reshape(-1, 28, 28, 1)
    graph = Graph(built)
    [values] = graph.values([graph.steps[step].gives], pictures)
    return (values != values[0])[1:]


def two_ends():
    """The maps of two branches laid out in one row: each value keeps its own place."""
    inputs = layers.Input((28, 28, 1))
    flat = [layers.Flatten()(layers.Conv2D(1, size, strides=9)(inputs)) for size in (3, 8)]
    x = layers.Concatenate()([*flat, layers.GlobalMaxPooling2D()(inputs)])
    return keras.Model(inputs, layers.Dense(10)(layers.ReLU()(x)))


@pytest.mark.parametrize("build", [sequential, functional, branched, averaged, two_ends])
def test_the_pixels_that_feed_a_value_are_those_that_change_it(build, digit):
    built = build()
    for layer in built.layers:  # with positive weights no two changes cancel, and nothing is cut off by ReLU
        layer.set_weights([np.random.default_rng(0).uniform(0.01, 0.02, weights.shape) for weights in layer.get_weights()])
    views = explain.layer_by_layer(built, digit)[1:]
    assert len(views) == len(Graph(built).steps)
    for step, view in enumerate(views):
        changed = pixels_that_matter(built, step)
        places = list(np.ndindex(*view.values.shape[1:])) if view.values.ndim == 3 else list(np.ndindex(view.values.shape))
        for place in places:
            maps = changed[(slice(None), *place)]
            rows, columns = np.nonzero(maps.reshape(28, 28, -1).any(axis=2))
            found = (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1)
            assert tuple(np.clip(view.pixels(*place), 0, 28)) == found, (view, place)


def test_receptive_fields_grow_with_every_layer():
    seen = np.stack([np.arange(28), np.arange(28) + 1], axis=1)
    for size, stride, count, last in [(3, 1, 26, [25, 28]), (2, 2, 13, [24, 28]), (3, 1, 11, [20, 28]), (2, 2, 5, [16, 26])]:
        seen = explain.receptive_field(seen, size, stride)
        assert len(seen) == count
        assert seen[-1].tolist() == last  # the last pooling ignores a row: pixels 26 and 27 are never read
    assert explain.receptive_field(seen, 3, padding="same").tolist() == [[0, 14], [0, 18], [4, 22], [8, 26], [12, 26]]


def test_layer_by_layer_is_what_keras_and_the_network_compute(any_model, digit):
    views = explain.layer_by_layer(any_model, digit)
    assert np.array_equal(views[0].values[0], (digit / 255).astype(np.float32))
    assert sum(view.parameters for view in views) == any_model.count_params()
    assert np.allclose(views[-1].values, any_model(to_input(digit[np.newaxis])).numpy()[0], atol=1e-6)
    convolutions = [view for view in views if view.kind == "Conv2D"]
    for number, view in enumerate(convolutions):
        assert np.array_equal(view.kernels, explain.kernels(any_model, number))
    network = to_network(any_model)
    in_numpy = explain.layer_by_layer(network, digit)
    assert [view.kind for view in in_numpy[1:]] == [kind for kind, _ in network.layers]
    assert np.array_equal(in_numpy[-1].values, network.logits(digit[np.newaxis])[0])
    assert np.array_equal(next(v.kernels for v in in_numpy if v.kind == "Conv2D"), explain.kernels(network, 0))
    assert [v.pixels(2, 3) for v in in_numpy if v.kind == "Conv2D"] == [v.pixels(2, 3) for v in convolutions]


def test_a_model_of_dense_layers_alone_has_its_views(digit):
    flat = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    views = explain.layer_by_layer(flat, digit)
    assert [view.values.shape for view in views] == [(1, 28, 28), (784,), (10,)]
    assert views[1].pixels(29) == (1, 2, 1, 2)
    assert views[2].pixels(3) == (0, 28, 0, 28)


def test_a_layer_that_looks_in_an_unknown_way_claims_nothing(digit):
    turned = [layers.Permute((2, 1, 3)), layers.Conv2D(2, 3)]
    views = explain.layer_by_layer(keras.Sequential([layers.Input((28, 28, 1)), *turned]), digit)
    assert [view.pixels(3, 5) for view in views[1:]] == [None, None]


def no_input():
    return keras.Sequential([layers.Conv2D(2, 3)])


def pixels_in_a_row():
    return keras.Sequential([layers.Input((784,)), layers.Dense(10)])


class Own(keras.Model):
    pass


@pytest.mark.parametrize(("build", "message"), [(no_input, "layers.Input"), (pixels_in_a_row, "784"), (Own, "functional")])
def test_a_model_that_cannot_be_walked_through_is_refused(build, message, digit):
    with pytest.raises(ExplainError, match=message):
        explain.layer_by_layer(build(), digit)


def test_a_network_whose_training_exploded_is_refused_in_words(digit):
    built = sequential()
    built.layers[2].set_weights([np.full((3, 3, 2, 3), np.nan), np.zeros(3)])
    with pytest.raises(ExplainError, match="second gives values that are no numbers"):
        explain.layer_by_layer(built, digit)


def test_one_convolution_by_hand_is_what_the_network_does(digit):
    image, kernel = explain.shrink(digit), np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1.0]])
    result = explain.stages(image, kernel)
    assert result.feature_map[2, 3] == pytest.approx((image[2:5, 3:6] * kernel).sum())
    assert result.feature_map.min() < 0
    assert np.array_equal(result.rectified, np.where(result.feature_map > 0, result.feature_map, 0))
    assert result.pooled[1, 2] == result.rectified[2:4, 4:6].max()
    assert explain.stages(image, kernel, stride=2, padding="same").feature_map.shape == (5, 5)
    assert explain.stages(image, kernel, stride=3).feature_map[1, 2] == pytest.approx((image[3:6, 6:9] * kernel).sum())
    assert explain.stages(image, kernel, stride=8).pooled.size == 0


@pytest.mark.parametrize(("size", "stride", "message"), [(10, 0, "never move"), (10, -1, "never move"), (2, 1, "does not fit")])
def test_impossible_settings_are_refused_with_the_reason(size, stride, message):
    with pytest.raises(ExplainError, match=message):
        explain.stages(np.zeros((size, size)), np.ones((3, 3)), stride)


def test_a_shrunk_digit_keeps_its_place(digit):
    small = explain.shrink(digit)
    assert small.shape == (10, 10)
    assert small[0, 9] == pytest.approx(digit[4:6, 22:24].mean() / 255, abs=0.051)
    assert np.array_equal(small, small.round(1))


# ── Models as learners build them: an answer, or one sentence ───────────────────────────────────────────────────────


def ending(*middle, last="softmax"):
    return keras.Sequential([layers.Input((28, 28, 1)), *middle, layers.Flatten(), layers.Dense(10, activation=last)])


@pytest.mark.parametrize("softmax", [tensorflow.nn.softmax, keras.ops.softmax, layers.Softmax(), layers.Activation("softmax")])
def test_softmax_is_recognised_in_every_form(digit, softmax):
    usual, other = ending(layers.Conv2D(2, 3)), ending(layers.Conv2D(2, 3), last=softmax)
    other.set_weights(usual.get_weights())
    assert np.allclose(explain.grad_cam(usual, digit, 7), explain.grad_cam(other, digit, 7), atol=1e-6)


def test_a_softmax_written_as_an_operation_is_recognised_too(digit):
    usual = ending(layers.Conv2D(2, 3))
    inputs = layers.Input((28, 28, 1))
    scores = layers.Dense(10)(layers.Flatten()(layers.Conv2D(2, 3)(inputs)))
    other = keras.Model(inputs, keras.ops.softmax(scores))
    other.set_weights(usual.get_weights())
    assert np.allclose(explain.grad_cam(usual, digit, 7), explain.grad_cam(other, digit, 7), atol=1e-6)


@pytest.mark.parametrize("divide", [lambda x: layers.Rescaling(1 / 255)(x), lambda x: x / 255, lambda x: (1 / 255) * x])
def test_a_model_that_divides_by_255_gets_pixels_up_to_255(digit, divide):
    convolution = layers.Conv2D(2, 3, activation="relu")
    inputs = layers.Input((28, 28, 1))
    divided = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(convolution(divide(inputs)))))
    plain = ending(layers.Conv2D(2, 3, activation="relu"), last=None)
    plain.set_weights(divided.get_weights())
    for look in (explain.feature_maps, lambda model, image: explain.grad_cam(model, image, 3)):
        assert np.allclose(look(divided, digit), look(plain, digit), atol=1e-5)
    assert np.allclose(explain.occlusion(divided, digit, 3), explain.occlusion(plain, digit, 3), atol=1e-4)


def test_occlusion_feeds_a_models_own_predict_as_it_takes_its_pixels(digit):
    built = ending(layers.MaxPooling2D(2))
    expected = explain.occlusion(to_network(built).probabilities, digit, 2)
    for predict in (built, built.predict):
        assert np.allclose(explain.occlusion(predict, digit, 2), expected, atol=1e-4)


@pytest.mark.parametrize("label", [10, -1, "7", 1.5, True, [1]])
def test_a_label_that_no_output_stands_for_is_refused(digit, label):
    for look in (
        lambda: explain.grad_cam(sequential(), digit, label),
        lambda: explain.occlusion(load_network().probabilities, digit, label),
    ):
        with pytest.raises(ExplainError, match="The label is a whole number from 0 to"):
            look()


def test_without_a_label_grad_cam_takes_the_largest_score(digit):
    built = sequential()
    best = int(to_network(built).logits(digit[np.newaxis]).argmax())
    assert np.array_equal(explain.grad_cam(built, digit, None), explain.grad_cam(built, digit, best))


def test_a_relu_used_twice_leaves_nothing_negative_behind_either_convolution(digit):
    inputs, shared = layers.Input((28, 28, 1)), layers.ReLU()
    x = shared(layers.Conv2D(4, 3)(shared(layers.Conv2D(4, 3)(inputs))))
    built = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))
    assert all(explain.feature_maps(built, digit, layer).min() >= 0 for layer in (0, 1))
    assert [view.name for view in explain.layer_by_layer(built, digit)][-1].startswith("dense")


def test_operations_between_layers_are_steps_of_their_own(digit):
    inputs = layers.Input((28, 28, 1))
    x = layers.Conv2D(4, 3, activation="relu")(inputs)
    added = x + layers.Conv2D(4, 3, padding="same")(x)
    views = explain.layer_by_layer(keras.Model(inputs, layers.Dense(10)(layers.Flatten()(layers.MaxPooling2D(2)(added)))), digit)
    pooling = next(view for view in views if view.kind == "MaxPooling2D")
    assert [view.kind for view in views if view.name in pooling.sources] == ["Add"]
    assert pooling.pixels(0, 0) == (0, 5, 0, 5)


UNUSUAL = {
    "inside a model": lambda: keras.Sequential([layers.Conv2D(4, 3, activation="relu")]),
    "separable": lambda: layers.SeparableConv2D(4, 3),
    "depthwise": lambda: layers.DepthwiseConv2D(3, depth_multiplier=4),
    "transposed": lambda: layers.Conv2DTranspose(4, 3),
    "dilated": lambda: layers.Conv2D(4, 3, dilation_rate=2),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_convolutions_are_looked_into(digit, name):
    built = ending(UNUSUAL[name]())
    assert explain.feature_maps(built, digit, 0).shape[0] == 4
    assert explain.grad_cam(built, digit, 7).shape == (28, 28)
    assert explain.exciting_image(built, 0, 1, steps=1).shape == (28, 28)
    assert len(explain.layer_by_layer(built, digit)) == 4
    if name in {"separable", "depthwise", "transposed"}:
        with pytest.raises(ExplainError, match="its kernels are not shown"):
            explain.kernels(built, 0)
    else:
        assert explain.kernels(built, 0).shape == (4, 1, 3, 3)


def test_mixed_precision_and_any_size_are_looked_into(digit):
    half = keras.DTypePolicy("mixed_float16")
    built = keras.Sequential(
        [
            layers.Input((None, None, 1)),
            layers.Conv2D(4, 3, activation="relu", dtype=half),
            layers.GlobalAveragePooling2D(dtype=half),
            layers.Dense(10, activation="softmax", dtype=half),
        ]
    )
    assert explain.grad_cam(built, digit, 7).dtype == np.float32
    assert explain.feature_maps(built, digit, 0).shape == (4, 26, 26)


class Written(keras.Model):
    def call(self, inputs):
        return inputs


NOT_FOLLOWED = {
    "functional": Written,
    "layers.Input": lambda: keras.Sequential([layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10)]),
    r"takes \(32, 32, 1\), not digits": lambda: keras.Sequential([layers.Input((32, 32, 1)), layers.Flatten(), layers.Dense(10)]),
    r"takes \(28, 28, 3\)": lambda: keras.Sequential([layers.Input((28, 28, 3)), layers.Flatten(), layers.Dense(10)]),
    "not a Keras model": dict,
}


@pytest.mark.parametrize("message", NOT_FOLLOWED)
def test_a_model_that_cannot_be_followed_is_refused_everywhere(digit, message):
    for look in (
        lambda model: explain.kernels(model, 0),
        lambda model: explain.feature_maps(model, digit, 0),
        lambda model: explain.grad_cam(model, digit, 7),
        lambda model: explain.exciting_image(model, 0, 0),
        lambda model: explain.layer_by_layer(model, digit),
    ):
        with pytest.raises(ExplainError, match=message):
            look(NOT_FOLLOWED[message]())


def test_what_keras_cannot_run_is_said_in_one_sentence(digit):
    """Maps before pixels, for example, which TensorFlow runs on graphics cards only."""
    inputs = layers.Input((28, 28, 1))
    x = layers.Conv2D(4, 1, data_format="channels_first")(inputs)
    built = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))
    for look in (
        lambda: explain.feature_maps(built, digit, 0),
        lambda: explain.grad_cam(built, digit, 3),
        lambda: explain.occlusion(built, digit, 3),
        lambda: explain.layer_by_layer(built, digit),
    ):
        with contextlib.suppress(ExplainError):
            assert look() is not None


def test_without_a_convolution_this_is_said():
    for built in (ending(), to_network(ending())):
        with pytest.raises(ExplainError, match="has no convolution"):
            explain.kernels(built, 0)
