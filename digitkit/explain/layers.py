"""Layer by layer: what each one gives for a digit, and which pixels each value comes from."""

from dataclasses import dataclass, field, replace

import numpy as np

from digitkit.explain.finding import ExplainError, batch, explained, graph_of
from digitkit.network import Network


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


def receptive_field(seen: np.ndarray, size: int, stride: int = 1, padding: str = "valid", gap: int = 1) -> np.ndarray:
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


@explained
def layer_by_layer(model: object, image: np.ndarray) -> list[LayerView]:
    """Every layer of a network with what it gives for one digit, the digit itself first: a list of LayerViews.

    model: a Network, or a Keras model, Sequential or functional. image: (28, 28) uint8.
    Raises ExplainError for a model that does not take digits, does not tell its layers, or gives NaN.

    >>> from digitkit.network import load_network
    >>> [layer.kind for layer in layer_by_layer(load_network(), np.zeros((28, 28), np.uint8))][:3]
    ['Input', 'Conv2D', 'MaxPooling2D']
    """
    images = batch(image)
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
    from digitkit.conversion import activation_name

    graph = graph_of(model)
    outputs = graph.values([step.gives for step in graph.steps], graph.feed(images))
    names = {id(step.gives): step.name for step in graph.steps}
    for step, values in zip(graph.steps, outputs, strict=True):
        layer = step.operation
        yield LayerView(
            step.kind,
            step.name,
            _maps_first(values[0]),
            layer.count_params() if hasattr(layer, "count_params") else 0,
            np.asarray(layer.kernel, np.float32).transpose(3, 2, 0, 1) if step.kind == "Conv2D" else None,
            _keras_window(layer),
            activation_name(getattr(layer, "activation", None)),
            tuple(names.get(id(tensor), "the digit") for tensor in step.takes),
        )


def _keras_window(layer):
    size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    gaps = getattr(layer, "dilation_rate", (1, 1))
    strides = getattr(layer, "strides", None)
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in (size, strides, gaps)):
        return None
    if type(layer).__name__.endswith("Transpose") or strides[0] != strides[1] or gaps[0] != gaps[1]:
        return None
    return (*size, strides[0], layer.padding, gaps[0])


def _maps_first(values):
    if values.ndim == 3:
        return values.transpose(2, 0, 1)
    return values[np.newaxis] if values.ndim == 2 else values.ravel()


EACH_VALUE_FROM_ITS_OWN_PLACE = {
    *("Activation", "BatchNormalization", "Dropout", "ELU", "GaussianNoise", "LeakyReLU", "PReLU", "ReLU", "Rescaling"),
    *("Add", "Average", "Concatenate", "Maximum", "Multiply", "Reshape", "Softmax", "SpatialDropout2D", "Subtract"),
    *("Divide", "Elu", "LeakyRelu", "Relu", "Sigmoid", "Tanh", "TrueDivide"),
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
