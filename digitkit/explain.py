"""What does the network look at? Kernels, feature maps, occlusion, Grad-CAM: a network and a digit in, arrays out.

Wherever a `layer` is asked for, a number counts the convolutions: 0 is the first, -1 the last. A Keras layer can also
be given by its name. TensorFlow is imported only when a Keras model is handed in.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from digitkit.data import home_dir
from digitkit.network import Network, convolve, load_network, max_pool, pad_same, relu


class ExplainError(Exception):
    """A layer, unit or picture that cannot be looked into. The message says what to give instead."""


def my_network():
    """The learner's own NumPy network, saved in notebook 03, or the shipped one if there is none.

    Returns (network, a text that says which of the two it is).
    """
    own = home_dir() / "my_network.npz"
    if own.is_file():
        return load_network(own), "your own network, from notebook 03"
    return load_network(), "the network that ships with digitkit"


def my_model():
    """The learner's own Keras model, saved in notebook 03, or the shipped one if there is none.

    Returns (model, a text that says which of the two it is).
    """
    from digitkit.model import keras, to_keras

    own = home_dir() / "my_model.keras"
    if own.is_file():
        return keras.models.load_model(own), "your own network, from notebook 03"
    return to_keras(load_network()), "the network that ships with digitkit"


def kernels(model, layer=0):
    """The kernels that a convolution has learned. model: a Network or a Keras model.

    Returns (kernels, maps they look at, rows, columns) float32. Raises ExplainError if the layer has no kernels.

    >>> kernels(load_network(), 0).shape[1:]
    (1, 5, 5)
    """
    if isinstance(model, Network):
        kernel = model.layers[_numpy_place(model, layer)][1]["kernel"]
    else:
        kernel = _convolution(_Graph(model), layer)[0].kernel.numpy()
    return kernel.transpose(3, 2, 0, 1)


def all_kernels(model):
    """The kernels of every convolution, first to last: a list of arrays as `kernels` gives them.

    model: a Network or a Keras model.

    >>> all_kernels(load_network())[0].ndim
    4
    """
    found = [name for name, _ in model.layers if name == "Conv2D"] if isinstance(model, Network) else _convolutions(_Graph(model))
    return [kernels(model, layer) for layer in range(len(found))]


def untrained(model, seed=0):
    """The same layers with random numbers instead of learned ones: a control. What its maps show too, nobody has learned.

    model: a Keras model (for a Network: `to_keras(network)`). Returns a new Keras model; the given one stays as it is.
    Source: Adebayo et al., "Sanity checks for saliency maps", 2018.
    """
    _refuse_numpy(model)
    from digitkit.model import keras

    keras.utils.set_random_seed(seed)
    return keras.models.clone_model(model)


def feature_maps(model, image, layer=0):
    """What each kernel of a layer answers to one digit, after batch normalisation and ReLU if they follow.

    model: a Network or a Keras model. image: (28, 28) uint8. Returns (maps, rows, columns) float32.
    Raises ExplainError for an unknown layer, or one that gives no maps.

    >>> feature_maps(load_network(), np.zeros((28, 28), np.uint8), 0).shape[1:]
    (24, 24)
    """
    images = _batch(image)
    if isinstance(model, Network):
        place = _numpy_place(model, layer)
        after = place + 1 if model.layers[place + 1][0] == "ReLU" else place
        maps = model.activations(images)[after]
    else:
        from digitkit.model import keras, to_input

        graph = _Graph(model)
        output = graph.activated(_find(graph, layer)[2])
        if len(output.shape) != 4:
            raise ExplainError(f"Layer {layer} gives no feature maps but rows of numbers. {_choices(graph)}")
        maps = keras.Model(graph.inputs, output)(to_input(images)).numpy()
    return maps[0].transpose(2, 0, 1)


def occlusion(predict, image, label, size=5):
    """How likely the label stays when a small square is blanked, for each place of that square.

    predict: (n, 28, 28) uint8 -> (n, 10) probabilities, for example `network.probabilities`. image: (28, 28) uint8.
    label: 0 to 9. size: side of the black square in pixels, odd; at the border a part of it lies outside.
    Returns (28, 28) float: low where the hidden part was needed.
    Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.

    >>> occlusion(lambda images: images[:, 0, :10] / 255, np.full((28, 28), 255, np.uint8), 0, size=1)[0, :2]
    array([0., 1.])
    """
    _batch(image)
    if size < 1 or size % 2 == 0:
        raise ExplainError(f"The square needs a middle pixel, so its size must be odd and positive, not {size}.")
    reach = size // 2
    result = np.empty((28, 28))
    for row in range(28):
        hidden = np.repeat(image[np.newaxis], 28, axis=0)
        for column in range(28):
            hidden[column, max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1] = 0
        result[row] = np.asarray(predict(hidden))[:, label]
    return result


def grad_cam(model, image, label, layer=None):
    """Where the feature maps of a layer speak for a label: each map weighted by how much it would raise the label's score.

    The score is the logit, not the probability: a softmax also rises when *other* scores fall, and its slope fades to
    nothing where the network is sure. model: a Keras model that ends in softmax or in logits (for a Network:
    `to_keras(network)`). image: (28, 28) uint8. layer: a convolution; if left out, the last whose maps are at least 4×4,
    since smaller ones cannot say where, or the last of all where every map is smaller.
    Returns (28, 28) float32, 0 or more, stretched from the size of the maps: blurred by nature.
    Source: Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", 2017.
    """
    images = _batch(image)
    _refuse_numpy(model)
    from digitkit.model import keras, tensorflow, to_input

    graph = _Graph(model)
    maps = graph.activated((_convolution(graph, layer) if layer is not None else _last_that_says_where(graph))[2])
    body = keras.Model(graph.inputs, [maps, *graph.before_softmax()])
    with tensorflow.GradientTape() as tape:
        pictures = tensorflow.constant(to_input(images))
        tape.watch(pictures)
        values, last = body(pictures)
        score = graph.logits(last)[0, label]
    slopes = tape.gradient(score, values, unconnected_gradients="zero").numpy()[0]
    heat = np.maximum((values.numpy()[0] * slopes.mean(axis=(0, 1))).sum(axis=-1), 0)
    return cv2.resize(heat.astype(np.float32), (28, 28), interpolation=cv2.INTER_LINEAR)


def exciting_image(model, layer, unit, seed=0, steps=60):
    """A picture that excites one unit, the middle of one kernel's feature map, grown from grey noise step by step.

    Each step changes the pixels in the direction that raises the unit's value before ReLU, then blurs a little: without
    the blur the result is a glitter that people cannot read. Where the unit does not look, the picture stays grey.
    model: a Keras model. unit: number of the kernel. Returns (28, 28) uint8. Raises ExplainError for an unknown unit.
    Source: Erhan, Bengio, Courville and Vincent, "Visualizing higher-layer features of a deep network", 2009.
    """
    _refuse_numpy(model)
    from digitkit.model import keras, tensorflow

    graph = _Graph(model)
    convolution, before, _ = _convolution(graph, layer)
    if not 0 <= unit < convolution.filters:
        raise ExplainError(f"Layer {layer} has the kernels 0 to {convolution.filters - 1}; there is no kernel {unit}.")
    body = keras.Model(graph.inputs, before)
    picture = np.random.default_rng(seed).uniform(0.2, 0.4, (28, 28)).astype(np.float32)
    for step in range(steps):
        with tensorflow.GradientTape() as tape:
            pixels = tensorflow.constant(picture[np.newaxis, :, :, np.newaxis])
            tape.watch(pixels)
            values = graph.normalised(convolution, body(pixels))
            excitement = values[0, values.shape[1] // 2, values.shape[2] // 2, unit]
        slope = tape.gradient(excitement, pixels).numpy()[0, :, :, 0]
        stride = 0.1 * (1 - step / steps)  # shorter and shorter, so that it settles
        picture = picture + stride * slope / (slope.std() + 1e-9)
        picture = np.clip(cv2.GaussianBlur(picture, (0, 0), 0.4), 0, 1)
    return np.rint(255 * picture).astype(np.uint8)


# ── Layer by layer: what each one gives, and which pixels each value comes from ─────────────────────────────────────


@dataclass(frozen=True, eq=False)
class LayerView:
    """One layer of a network, with what it gives for one digit.

    kind: its type, such as "Conv2D". name: what Keras calls it. sources: names of the layers that feed it.
    values: (maps, rows, columns) or (n,) float32. parameters: how many numbers it holds.
    kernels: (maps, maps before, rows, columns), or None. window: (rows, columns, stride, padding, gap) of a convolution
    or pooling, or None. activation: the function built into it, such as "relu", or "".
    seen: which rows and which columns of the digit feed the values, two arrays as in `receptive_field`: for each row and
    each column of the maps, or for each of n values; None if that is not known.
    """

    kind: str
    name: str
    values: np.ndarray = field(repr=False)
    parameters: int = 0
    kernels: np.ndarray | None = field(default=None, repr=False)
    window: tuple | None = None
    activation: str = ""
    sources: tuple = ()
    seen: tuple | None = field(default=None, repr=False)

    def pixels(self, *place):
        """The pixels that feed one value: (top, bottom, left, right), bottom and right excluded; None if not known.

        place: row and column in a map, or the number of the value in a row of values.
        """
        if self.seen is None:
            return None
        rows, columns = self.seen
        return (*rows[place[0]].tolist(), *columns[place[-1]].tolist())


def receptive_field(seen, size, stride=1, padding="valid", gap=1):
    """Which pixels feed each value after one more window has slid along, for one axis.

    seen: (n, 2) int, for each value that enters the first pixel that feeds it, and the one after the last.
    size, stride, padding: of the window, as in `convolve`. gap: how far its places are apart (Keras: dilation rate).
    Returns the same for each value that comes out, (values out, 2) int. What padding adds is fed by no pixel.

    >>> after_convolution = receptive_field(_pixels(28), size=3)
    >>> receptive_field(after_convolution, size=2, stride=2)[:2]  # 2×2 pooling
    array([[0, 4],
           [2, 6]])
    """
    spread = (size - 1) * gap + 1
    count = -(-len(seen) // stride) if padding == "same" else (len(seen) - spread) // stride + 1
    missing = max((count - 1) * stride + spread - len(seen), 0)
    places = stride * np.arange(count)[:, np.newaxis] + gap * np.arange(size) - missing // 2
    inside = (places >= 0) & (places < len(seen))
    firsts, ends = seen[np.clip(places, 0, len(seen) - 1)].transpose(2, 0, 1)
    first = np.where(inside, firsts, firsts.max()).min(axis=1)
    return np.stack([first, np.where(inside, ends, 0).max(axis=1)], axis=1)


def _pixels(count):
    """What the pixels of a picture see: each only itself."""
    return np.stack([np.arange(count), np.arange(count) + 1], axis=1)


def layer_by_layer(model, image):
    """Every layer of a network with what it gives for one digit, the digit itself first: a list of LayerViews.

    model: a Network, or a Keras model, Sequential or functional. image: (28, 28) uint8.
    Raises ExplainError for a model that does not take digits, does not tell its layers, or gives NaN.

    >>> [layer.kind for layer in layer_by_layer(load_network(), np.zeros((28, 28), np.uint8))][:3]
    ['Input', 'Conv2D', 'ReLU']
    """
    images = _batch(image)
    pixels = (images / 255).astype(np.float32)
    views = [LayerView("Input", "the digit", pixels, seen=(_pixels(28), _pixels(28)))]
    for view in _numpy_layers(model, images) if isinstance(model, Network) else _keras_layers(model, images):
        sources = [source for source in views if source.name in view.sources]
        if not np.isfinite(view.values).all():
            raise ExplainError(f"The layer {view.name} gives values that are no numbers (NaN): its training has gone wrong.")
        views.append(replace(view, seen=_sight(view, sources)))
    return views


def _numpy_layers(network, images):
    before = "the digit"
    for number, ((kind, settings), values) in enumerate(zip(network.layers, network.activations(images), strict=True), start=1):
        parameters = sum(value.size for value in settings.values() if isinstance(value, np.ndarray))
        kernels = settings["kernel"].transpose(3, 2, 0, 1) if kind == "Conv2D" else None
        size = kernels.shape[2:] if kind == "Conv2D" else settings.get("size")
        window = (*size, settings["stride"], settings.get("padding", "valid"), 1) if size is not None else None
        name = f"layer {number}"
        yield LayerView(kind, name, _maps_first(values[0]), parameters, kernels, window, sources=(before,))
        before = name


def _keras_layers(model, images):
    from digitkit.model import keras, to_input

    if not isinstance(model, keras.Sequential) and not getattr(model, "inputs", None):
        raise ExplainError("Only a Sequential or a functional Keras model, or a Network, tells its layers.")
    if not model.built:
        raise ExplainError("The model does not know its input yet: let it begin with layers.Input((28, 28, 1)).")
    graph = _Graph(model)
    if tuple(graph.inputs.shape[1:]) not in {(28, 28, 1), (28, 28), (None, None, 1)}:
        raise ExplainError(f"The model takes {tuple(graph.inputs.shape[1:])}, not digits of (28, 28, 1).")
    outputs = keras.Model(graph.inputs, [after for _, _, after in graph.steps])(to_input(images))
    names = {id(after): layer.name for layer, _, after in graph.steps}
    for (layer, before, _), values in zip(graph.steps, outputs, strict=True):
        before = before if isinstance(before, list) else [before]
        activation = getattr(getattr(layer, "activation", None), "__name__", "")
        yield LayerView(
            type(layer).__name__,
            layer.name,
            _maps_first(np.asarray(values)[0]),
            layer.count_params(),
            layer.kernel.numpy().transpose(3, 2, 0, 1) if isinstance(layer, graph.layers.Conv2D) else None,
            _keras_window(layer),
            "" if activation == "linear" else activation,
            tuple(names.get(id(tensor), "the digit") for tensor in before),
        )


def _keras_window(layer):
    size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    gaps = getattr(layer, "dilation_rate", (1, 1))
    if size is None or len(size) != 2 or type(layer).__name__.endswith("Transpose"):
        return None
    if layer.strides[0] != layer.strides[1] or gaps[0] != gaps[1]:
        return None
    return (*size, layer.strides[0], layer.padding, gaps[0])


def _maps_first(values):
    if values.ndim == 3:
        return values.transpose(2, 0, 1)
    return values[np.newaxis] if values.ndim == 2 else values.ravel()


EACH_VALUE_FROM_ITS_OWN_PLACE = {
    *("Activation", "BatchNormalization", "Dropout", "ELU", "GaussianNoise", "LeakyReLU", "PReLU", "ReLU", "Rescaling"),
    *("Add", "Average", "Concatenate", "Maximum", "Multiply", "Reshape", "Softmax", "SpatialDropout2D", "Subtract"),
}


def _sight(view, sources):
    """Which rows and columns of the digit feed each value of a layer, from what is known of those that feed it."""
    if any(source.seen is None for source in sources):
        return None
    seen = [source.seen for source in sources]
    if view.window is not None:
        height, width, *settings = view.window
        return receptive_field(seen[0][0], height, *settings), receptive_field(seen[0][1], width, *settings)
    mixes_all = view.kind in {"Dense", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Softmax"} or view.activation == "softmax"
    if view.values.ndim == 1 and mixes_all:
        together = [[axis[:, 0].min(), axis[:, 1].max()] for axis in _union(seen)]
        return tuple(np.repeat([ends], len(view.values), axis=0) for ends in together)
    shape = sources[0].values.shape
    if view.kind == "Flatten" and len(shape) == 3:
        places = np.indices((*shape[1:], shape[0])).reshape(3, -1)
        return seen[0][0][places[0]], seen[0][1][places[1]]
    if view.kind == "Concatenate" and view.values.ndim == 1:
        return tuple(np.concatenate(axis) for axis in zip(*seen, strict=True))
    if view.kind in EACH_VALUE_FROM_ITS_OWN_PLACE | {"Flatten"} and _same_places(view, sources):
        return _union(seen)
    return None


def _same_places(view, sources):
    """Are the values of a layer laid out as those of all that feed it? (Maps may be more or fewer.)"""
    places = {source.values.shape[-2:] for source in sources}
    return places == {view.values.shape[-2:]}


def _union(seen):
    """The smallest range that holds what several branches see, for rows and for columns."""
    return tuple(np.stack([np.min(axis, axis=0)[:, 0], np.max(axis, axis=0)[:, 1]], axis=1) for axis in zip(*seen, strict=True))


# ── One convolution, by hand ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Stages:
    """A picture on its way through one convolution: with its frame of zeros, convolved, after ReLU, pooled 2×2.

    Each is (rows, columns) float. `pooled` has no values if the feature map is too small for a 2×2 window.
    """

    padded: np.ndarray
    feature_map: np.ndarray
    rectified: np.ndarray
    pooled: np.ndarray


def stages(image, kernel, stride=1, padding="valid"):
    """Convolve, cut off what is negative, pool by 2×2: one picture, one kernel, no bias. Returns Stages.

    image: (rows, columns). kernel: (rows, columns). padding: "valid" or "same".
    Raises ExplainError for settings that are impossible, with the reason.

    >>> stages(np.ones((4, 4)), np.ones((3, 3))).pooled
    array([[9.]])
    """
    if stride < 1:
        raise ExplainError(f"A stride of {stride} is impossible: the window would never move on. Give 1 or more.")
    pictures = np.asarray(image, dtype=float)[np.newaxis, :, :, np.newaxis]
    padded = pad_same(pictures, kernel.shape, stride) if padding == "same" else pictures
    if any(window > length for window, length in zip(kernel.shape, padded.shape[1:3], strict=True)):
        sizes = f"A window of {_by(kernel.shape)} does not fit into a picture of {_by(image.shape)}"
        raise ExplainError(f"{sizes}: give padding, or take a larger picture.")
    feature_map = convolve(padded, np.asarray(kernel, dtype=float)[:, :, np.newaxis, np.newaxis], 0, stride)
    pooled = max_pool(relu(feature_map), size=(2, 2), stride=2)
    return Stages(*(values[0, :, :, 0] for values in (padded, feature_map, relu(feature_map), pooled)))


def shrink(image):
    """A digit small enough to read its numbers: the middle 20×20 pixels, averaged two by two, from 0 to 1 in tenths.

    image: (28, 28) uint8. Returns (10, 10) float.

    >>> shrink(np.full((28, 28), 128, np.uint8))[0, :3]
    array([0.5, 0.5, 0.5])
    """
    _batch(image)
    return (image[4:24, 4:24].reshape(10, 2, 10, 2).mean(axis=(1, 3)) / 255).round(1)


def _by(shape):
    return "×".join(map(str, shape))


# ── Finding a layer, in NumPy and in Keras ──────────────────────────────────────────────────────────────────────────


class _Graph:
    """A Keras model as a list of (layer, tensor in, tensor out) that hang together, from `inputs` to the last."""

    def __init__(self, model):
        from digitkit.model import keras, layers

        self.layers = layers
        if isinstance(model, keras.Sequential):
            # A Sequential calls its layers anew whenever one is added, and `layer.output` remembers only the first call:
            # those tensors need not lead to each other. So the chain is built once more, with the same layers and weights.
            self.inputs = values = keras.Input(model.input_shape[1:])
            self.steps = []
            for layer in model.layers:
                self.steps.append((layer, values, layer(values)))
                values = self.steps[-1][2]
            self.output = values
        else:
            self.inputs, self.output = model.inputs[0], model.outputs[0]
            self.steps = [
                (layer, layer.input, layer.output) for layer in model.layers if not isinstance(layer, layers.InputLayer)
            ]

    def activated(self, values):
        """The tensor after the batch normalisation and activation that follow, if any."""
        follows = (self.layers.BatchNormalization, self.layers.ReLU, self.layers.Activation)
        for layer, before, after in self.steps:
            if before is values and isinstance(layer, follows):
                values = after
        return values

    def normalised(self, convolution, values):
        """What a convolution gives for some values, with batch normalisation but without its activation."""
        _, _, output = next(step for step in self.steps if step[0] is convolution)
        values = convolution.convolution_op(values, convolution.kernel)
        values = values + convolution.bias if convolution.use_bias else values
        for layer, before, _ in self.steps:
            if before is output and isinstance(layer, self.layers.BatchNormalization):
                values = layer(values, training=False)
        return values

    def before_softmax(self):
        """The tensor from which `logits` makes the scores, in a list."""
        layer, before, after = self._last()
        return [before] if self._is_softmax(layer) else [after]

    def logits(self, values):
        """The scores, from what `before_softmax` gave. A softmax inside Dense is left out by doing its sum here."""
        layer, _, _ = self._last()
        if self._is_softmax(layer) and isinstance(layer, self.layers.Dense):
            scores = values @ layer.kernel
            return scores + layer.bias if layer.use_bias else scores
        return values

    def _last(self):
        return next(step for step in self.steps if step[2] is self.output)

    def _is_softmax(self, layer):
        activation = getattr(getattr(layer, "activation", None), "__name__", "")
        return isinstance(layer, self.layers.Softmax) or activation == "softmax"


def _convolutions(graph):
    return [step for step in graph.steps if isinstance(step[0], graph.layers.Conv2D)]


def _find(graph, layer):
    """The step that a number or a name means."""
    found = _convolutions(graph) if not isinstance(layer, str) else [step for step in graph.steps if step[0].name == layer]
    try:
        return found[0 if isinstance(layer, str) else layer]
    except IndexError:
        raise ExplainError(f"There is no layer {layer}. {_choices(graph)}") from None


def _convolution(graph, layer):
    step = _find(graph, layer)
    if not isinstance(step[0], graph.layers.Conv2D):
        raise ExplainError(f"Layer {layer} is {type(step[0]).__name__} and has no kernels. {_choices(graph)}")
    return step


def _last_that_says_where(graph):
    """The step of the last convolution whose maps are at least 4×4, or of the last of all."""
    large_enough = [step for step in _convolutions(graph) if min(step[2].shape[1:3]) >= 4]
    return large_enough[-1] if large_enough else _convolution(graph, -1)


def _choices(graph):
    names = [layer.name for layer, _, _ in _convolutions(graph)]
    return f"The convolutions are 0 to {len(names) - 1}: {', '.join(names)}." if names else "The model has no convolution."


def _numpy_place(network, layer):
    places = [place for place, (name, _) in enumerate(network.layers) if name == "Conv2D"]
    try:
        return places[layer]
    except (IndexError, TypeError):
        raise ExplainError(f"There is no layer {layer}. The network's convolutions are 0 to {len(places) - 1}.") from None


def _refuse_numpy(model):
    if isinstance(model, Network):
        raise ExplainError("This needs a Keras model, not one in NumPy: give digitkit.to_keras(network).")


def _batch(image):
    """One digit as a batch of one."""
    image = np.asarray(image)
    if image.shape != (28, 28) or image.dtype != np.uint8:
        raise ExplainError(f"A digit of shape (28, 28) and type uint8 is needed, not {image.shape} {image.dtype}.")
    return image[np.newaxis]
