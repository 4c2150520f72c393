"""A trained Keras model -> a Network: a straight chain of the layers that NumPy can run, compared with Keras at the end."""

from functools import cache

import numpy as np

from digitkit.conversion.activations import NOTHING, activation_name, activation_of
from digitkit.conversion.graph import Graph, GraphError, Step, scale_and_offset
from digitkit.conversion.starting import keras
from digitkit.data import Digits, load_mnist
from digitkit.network import ACTIVATIONS, NOT_FINITE, Network, NetworkError

NOTHING_AFTER_TRAINING = {
    *("Dropout", "SpatialDropout2D", "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization", "Identity"),
    *("RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "RandomShear", "RandomContrast", "RandomBrightness"),
}
WEIGHTS = ("kernel", "bias")
RUNS = (
    "digitkit runs Conv2D, ReLU, LeakyReLU, tanh, sigmoid, MaxPooling2D, AveragePooling2D, Flatten, GlobalAveragePooling2D and "
    "Dense, BatchNormalization right after Conv2D or Dense, Rescaling at the input, and softmax at the end."
)


def to_network(model: keras.Model, temperature: float | None = None, about: dict | None = None) -> Network:
    """Export a trained Keras model, a straight chain of layers, to a `Network` that runs without Keras.

    The model's graph is followed, so layers that are used twice and models inside the model are exported as they work.
    Batch normalisation is folded into the convolution or dense layer directly before it; what does nothing after training
    (dropout, noise, augmentation) and the last softmax are left out, so that the logits remain. Scaling at the input is
    kept: the Network answers what the model answers for `to_input(images)`. Only where a model divides by 255 itself, and
    clearly reads better when it gets pixels from 0 to 255, does the Network do the same.
    In the end a few digits are read by both. Raises NetworkError, which names the layer, for a branch, for a layer or a
    setting that `digitkit.network` does not know, for weights that are no numbers, and if the two do not agree.

        network = digitkit.to_network(model)
        digitkit.save_network(network, "my_network.npz")
    """
    try:
        graph = Graph(model)
    except GraphError as error:
        raise NetworkError(str(error)) from error
    exported: list[tuple[str, dict]] = []
    before = graph.input
    for step in graph.steps:
        if len(step.takes) != 1 or step.takes[0] is not before:
            raise NetworkError(
                f"Layer {step.name} ({step.kind}) is fed by a branch. A network is a straight chain: each layer takes what the "
                "one before it gives."
            )
        before = step.gives
        _add(exported, step, last=step.gives is graph.output)
    _check_end(exported)
    raw = graph.takes_raw_pixels and _reads_better_raw(graph)
    if raw:
        exported[0][1]["scale"] *= 255
    if not all(np.isfinite(value).all() for _, settings in exported for key, value in settings.items() if key in WEIGHTS):
        raise NetworkError(NOT_FINITE)
    network = Network(exported, temperature, about or {})
    _compare(network, graph, model, raw)
    return network


def _add(exported, step, last):
    """Add the layers of a Network that do what one step does."""
    pixels = scale_and_offset(step)
    if pixels is not None and all(name == "Rescaling" for name, _ in exported):
        scale, offset = exported.pop()[1].values() if exported else (1.0, 0.0)
        exported.append(("Rescaling", {"scale": scale * pixels[0], "offset": offset * pixels[0] + pixels[1]}))
        return
    if step.is_own_class:
        raise NetworkError(
            f"Layer {step.name} is of a class of its own ({step.kind}), so digitkit cannot know what it does. {RUNS}"
        )
    if step.kind in NOTHING_AFTER_TRAINING or _only_lays_out_the_digit(exported, step):
        return
    if step.kind == "BatchNormalization":
        _fold_batch_normalization(exported, step)
        return
    meant = activation_of(step.operation)
    if meant is None:
        exported.append(_weights_and_settings(step))
        meant = activation_of(getattr(step.operation, "activation", None))
        if meant is None:
            name = activation_name(step.operation.activation)
            raise NetworkError(f"Layer {step.name} uses the activation {name}, which digitkit does not know. {RUNS}")
    if meant[0] in ACTIVATIONS:
        exported.append(meant)
    elif meant != NOTHING and not last:
        raise NetworkError(f"Layer {step.name} is softmax in the middle; digitkit runs softmax only at the end.")


def _only_lays_out_the_digit(exported, step):
    """Whether a step only gives the digit its channel, as Reshape((28, 28, 1)) does for a model that takes (28, 28)."""
    sizes = {tuple(step.takes[0].shape[1:]), tuple(step.gives.shape[1:])}
    return not exported and step.kind in {"Reshape", "ExpandDims"} and sizes <= {(28, 28), (28, 28, 1)}


def _weights_and_settings(step: Step) -> tuple[str, dict]:
    """One layer of a Network: its name, and its weights and settings as the functions in `network.layers` take them."""
    layer, kind = step.operation, step.kind
    square = len(set(getattr(layer, "strides", None) or [1])) == 1
    plain = getattr(layer, "data_format", "channels_last") in {"channels_last", None} and square
    rank = len(step.takes[0].shape)
    match kind:
        case "Conv2D" if plain and layer.dilation_rate == (1, 1) and layer.groups == 1:
            return kind, {**_kernel_and_bias(layer), "stride": layer.strides[0], "padding": layer.padding}
        case "MaxPooling2D" | "AveragePooling2D" if plain:
            return kind, {"size": list(layer.pool_size), "stride": layer.strides[0], "padding": layer.padding}
        case "GlobalAveragePooling2D" if plain and not layer.keepdims:
            return kind, {}
        case "Flatten" if plain:
            return kind, {}
        case "Reshape" if len(step.gives.shape) == 2:
            return "Flatten", {}
        case "Dense" if rank == 2:
            return kind, _kernel_and_bias(layer)
        case "Dense":
            maps = "×".join(str(side) for side in step.takes[0].shape[1:])
            raise NetworkError(
                f"Layer {step.name} (Dense) takes {maps} numbers that are not in one row: put Flatten() before it."
            )
    named = {
        "dilation_rate": getattr(layer, "dilation_rate", (1, 1)) not in {(1, 1), 1},
        "groups": getattr(layer, "groups", 1) != 1,
        "data_format": getattr(layer, "data_format", "channels_last") == "channels_first",
        "strides": not square,
        "max_value or threshold": kind == "ReLU",
    }
    setting = next((f" with this setting of {name}" for name, odd in named.items() if odd), "")
    raise NetworkError(f"Layer {step.name} ({kind}){setting} cannot be exported. {RUNS}")


def _kernel_and_bias(layer):
    kernel = np.asarray(layer.kernel, np.float32)
    bias = np.asarray(layer.bias, np.float32) if layer.use_bias else np.zeros(kernel.shape[-1], np.float32)
    return {"kernel": kernel, "bias": bias}


def _fold_batch_normalization(exported, step):
    """Fold a BatchNormalization into the weights before it: gamma (w x + b - mean) / deviation + beta is again w' x + b'."""
    layer, rank = step.operation, len(step.takes[0].shape)
    if layer.axis not in {-1, rank - 1}:
        raise NetworkError(
            f"Layer {step.name} (BatchNormalization) runs along axis {layer.axis}; digitkit runs it along the last, the channels."
        )
    if not exported or exported[-1][0] not in {"Conv2D", "Dense"}:
        raise NetworkError(f"Layer {step.name} (BatchNormalization) must come directly after Conv2D or Dense to be exported.")
    settings = exported[-1][1]
    mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance, np.float64)
    gamma = np.asarray(layer.gamma) if layer.scale else 1.0
    beta = np.asarray(layer.beta) if layer.center else 0.0
    factor = gamma / np.sqrt(variance + layer.epsilon)
    settings["kernel"] = (settings["kernel"] * factor).astype(np.float32)
    settings["bias"] = ((settings["bias"] - mean) * factor + beta).astype(np.float32)


def _check_end(exported):
    if not exported or exported[-1][0] != "Dense" or len(exported[-1][1]["bias"]) not in {10, 11}:
        raise NetworkError(
            "The last layer must be Dense(10), with or without softmax: one score for each digit. "
            "Dense(11) has one more, for what is no digit."
        )


@cache
def _some_digits() -> Digits:
    return load_mnist().train[:200]


def _reads_better_raw(graph):
    """Whether a model that scales pixels down itself reads digits clearly better from 0 to 255 than from 0 to 1."""
    digits = _some_digits()
    answers = [graph.scores(graph.feed(digits.images, raw)).argmax(axis=1) for raw in (False, True)]
    as_shares, as_pixels = (np.mean(answer == digits.labels) for answer in answers)
    return as_pixels > as_shares + 0.1


def _compare(network, graph, model, raw):
    """Raise NetworkError if the exported network does not give Keras's scores for a few digits."""
    images = _some_digits().images[:8]
    try:
        theirs = graph.scores(graph.feed(images, raw))
    except Exception as error:
        raise NetworkError("Keras cannot run this model on this computer, so the export cannot be checked.") from error
    ours = network.logits(images)
    exact = all(getattr(layer, "compute_dtype", "float32") == "float32" for layer in model.layers)
    allowed = (1e-3 if exact else 3e-2) * max(1.0, float(np.abs(theirs).max()))  # 16-bit sums are rounded that much
    if not np.abs(theirs - ours).max() <= allowed:
        raise NetworkError(
            "The exported network does not give the same scores as the Keras model, so it is not handed over. "
            "Please report this model: digitkit should have named the layer that it cannot run."
        )
