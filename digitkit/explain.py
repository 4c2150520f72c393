"""What does the network look at? Kernels, feature maps, occlusion, Grad-CAM: a network and a digit in, arrays out.

Wherever a `layer` is asked for, a number counts the convolutions: 0 is the first, -1 the last. A Keras layer can also
be given by its name. TensorFlow is imported only when a Keras model is handed in.
"""

import cv2
import numpy as np

from digitkit.data import home_dir
from digitkit.network import Network, load_network


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
    (1, 3, 3)
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
    (26, 26)
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
