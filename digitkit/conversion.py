"""Keras and the kit's own Network: a trained model is exported, a Network is rebuilt in Keras, a model's graph is walked.

This is where Keras is started. Whoever needs it imports it from here, as late as possible: it takes seconds and 700 MB.
"""

import contextlib
import os
import sys

import numpy as np

from digitkit.files import home_dir
from digitkit.network import LAYERS, Network, NetworkError, load_network


@contextlib.contextmanager
def _quiet_start():
    """TensorFlow writes technical lines about the machine straight to file descriptor 2 when it starts.

    No setting silences them (TF_CPP_MIN_LOG_LEVEL does not), so the descriptor itself is turned away for a moment.
    """
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


with _quiet_start():
    import tensorflow

    tensorflow.constant(0)  # the first operation looks for graphics cards and complains if there are none
    import keras
    from keras import layers


def to_network(model: keras.Model, temperature: float | None = None, about: dict | None = None) -> Network:
    """Export a trained Keras model, Sequential or functional in one line, to a `Network` that runs without Keras.

    Batch normalisation is folded into the convolution or dense layer directly before it; dropout, which does nothing
    after training, and the last softmax are left out, so that the logits remain.
    Raises NetworkError for a layer or a setting that `digitkit.network` does not know.

        network = digitkit.to_network(model)
        digitkit.save_network(network, "my_network.npz")
    """
    exported: list[tuple[str, dict]] = []
    model_layers = [layer for layer in model.layers if not isinstance(layer, (layers.InputLayer, layers.Dropout))]
    for layer in model_layers:
        last = layer is model_layers[-1]
        if isinstance(layer, layers.BatchNormalization):
            _fold_batch_normalization(exported, layer)
        elif not (last and isinstance(layer, layers.Softmax)):
            exported.append((type(layer).__name__, _settings(layer)))
            activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
            if activation == "relu" and not isinstance(layer, layers.ReLU):
                exported.append(("ReLU", {}))
            elif activation not in {"linear", "relu"} and not (last and activation == "softmax"):
                raise NetworkError(
                    f"Layer {layer.name} uses the activation {activation}; digitkit runs relu, and softmax at the end."
                )
    if not exported or exported[-1][0] != "Dense" or len(exported[-1][1]["bias"]) not in {10, 11}:
        raise NetworkError(
            "The last layer must be Dense(10), with or without softmax: one score for each digit. "
            "Dense(11) has one more, for what is no digit."
        )
    return Network(exported, temperature, about or {})


def _settings(layer):
    """The weights and settings of one Keras layer, under the names that the functions in `network` take."""
    match layer:
        case layers.Conv2D(dilation_rate=(1, 1), groups=1, data_format="channels_last") if layer.strides[0] == layer.strides[1]:
            kernel = layer.kernel.numpy()
            bias = layer.bias.numpy() if layer.use_bias else np.zeros(kernel.shape[-1], np.float32)
            return {"kernel": kernel, "bias": bias, "stride": layer.strides[0], "padding": layer.padding}
        case layers.MaxPooling2D(data_format="channels_last") if layer.strides[0] == layer.strides[1]:
            return {"size": list(layer.pool_size), "stride": layer.strides[0], "padding": layer.padding}
        case layers.Dense():
            kernel = layer.kernel.numpy()
            return {"kernel": kernel, "bias": layer.bias.numpy() if layer.use_bias else np.zeros(kernel.shape[-1], np.float32)}
        case layers.GlobalAveragePooling2D(keepdims=False) | layers.Flatten():
            return {}
        case layers.ReLU(max_value=None, negative_slope=0, threshold=0):
            return {}
    raise NetworkError(
        f"Layer {layer.name} ({type(layer).__name__}) or one of its settings cannot be exported. "
        f"digitkit runs {', '.join(LAYERS)}, BatchNormalization right after Conv2D or Dense, Dropout, and Softmax at the end."
    )


def _fold_batch_normalization(exported, layer):
    """Melt a BatchNormalization into the weights before it: gamma * (w x + b - mean) / deviation + beta is again w' x + b'."""
    if not exported or exported[-1][0] not in {"Conv2D", "Dense"}:
        raise NetworkError(f"Layer {layer.name} (BatchNormalization) must come directly after Conv2D or Dense to be exported.")
    settings = exported[-1][1]
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy().astype(np.float64)
    gamma = layer.gamma.numpy() if layer.scale else 1.0
    beta = layer.beta.numpy() if layer.center else 0.0
    factor = gamma / np.sqrt(variance + layer.epsilon)
    settings["kernel"] = (settings["kernel"] * factor).astype(np.float32)
    settings["bias"] = ((settings["bias"] - mean) * factor + beta).astype(np.float32)


def to_keras(network: Network) -> keras.Model:
    """Rebuild a Keras model from a `Network`, for example to differentiate it: the same logits, softmax at the end.

    >>> from digitkit.network import load_network
    >>> to_keras(load_network()).output_shape
    (None, 11)
    """
    model = keras.Sequential([layers.Input((28, 28, 1))])
    for name, settings in network.layers:
        match name:
            case "Conv2D":
                filters, size = settings["kernel"].shape[-1], settings["kernel"].shape[:2]
                model.add(layers.Conv2D(filters, size, strides=settings["stride"], padding=settings["padding"]))
            case "Dense":
                model.add(layers.Dense(settings["kernel"].shape[-1]))
            case "MaxPooling2D":
                model.add(layers.MaxPooling2D(tuple(settings["size"]), settings["stride"], settings["padding"]))
            case _:
                model.add(getattr(layers, name)())
        if "kernel" in settings:
            model.layers[-1].set_weights([settings["kernel"], settings["bias"]])
    model.add(layers.Softmax())
    return model


def my_model() -> tuple[keras.Model, str]:
    """The learner's own Keras model, saved in notebook 03, or the shipped one if there is none.

    Returns (model, a text that says which of the two it is).
    """
    own = home_dir() / "my_model.keras"
    if own.is_file():
        return keras.models.load_model(own), "your own network, from notebook 03"
    return to_keras(load_network()), "the network that ships with digitkit"


class Graph:
    """A Keras model as a list of (layer, tensor in, tensor out) that hang together, from `inputs` to the last."""

    def __init__(self, model):
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
        follows = (layers.BatchNormalization, layers.ReLU, layers.Activation)
        for layer, before, after in self.steps:
            if before is values and isinstance(layer, follows):
                values = after
        return values

    @property
    def convolutions(self):
        """The steps that are convolutions, first to last."""
        return [step for step in self.steps if isinstance(step[0], layers.Conv2D)]

    def values(self, tensors, inputs):
        """What each of some tensors gives for some inputs: a list of arrays. inputs: as `to_input` makes them."""
        outputs = keras.Model(self.inputs, tensors)(inputs)
        return [value.numpy() for value in (outputs if isinstance(outputs, list) else [outputs])]  # Keras unpacks a single one

    def slopes_of_score(self, tensor, label, inputs):
        """What a tensor gives for some inputs, and how the score of a label changes with each of its values: two arrays."""
        layer, before, after = next(step for step in self.steps if step[2] is self.output)
        body = keras.Model(self.inputs, [tensor, before if _is_softmax(layer) else after])
        with tensorflow.GradientTape() as tape:
            pictures = tensorflow.constant(inputs)
            tape.watch(pictures)
            values, last = body(pictures)
            score = _without_softmax(layer, last)[0, label]
        return values.numpy(), tape.gradient(score, values, unconnected_gradients="zero").numpy()

    def slope_of_unit(self, convolution, before, unit, inputs):
        """How the middle of one kernel's map, before its activation, changes with each pixel. inputs: (1, h, w, 1)."""
        with tensorflow.GradientTape() as tape:
            pixels = tensorflow.constant(inputs)
            tape.watch(pixels)
            values = self._normalised(convolution, keras.Model(self.inputs, before)(pixels))
            excitement = values[0, values.shape[1] // 2, values.shape[2] // 2, unit]
        return tape.gradient(excitement, pixels).numpy()

    def _normalised(self, convolution, values):
        """What a convolution gives for some values, with batch normalisation but without its activation."""
        _, _, output = next(step for step in self.steps if step[0] is convolution)
        values = convolution.convolution_op(values, convolution.kernel)
        values = values + convolution.bias if convolution.use_bias else values
        for layer, before, _ in self.steps:
            if before is output and isinstance(layer, layers.BatchNormalization):
                values = layer(values, training=False)
        return values


def has_graph(model: object) -> bool:
    """Whether something is a Keras model that tells its layers: a Sequential or a functional one."""
    return isinstance(model, keras.Sequential) or (isinstance(model, keras.Model) and bool(getattr(model, "inputs", None)))


def _is_softmax(layer):
    activation = getattr(getattr(layer, "activation", None), "__name__", "")
    return isinstance(layer, layers.Softmax) or activation == "softmax"


def _without_softmax(layer, values):
    """The scores of the last layer. A softmax inside Dense is left out by doing its sum here."""
    if _is_softmax(layer) and isinstance(layer, layers.Dense):
        scores = values @ layer.kernel
        return scores + layer.bias if layer.use_bias else scores
    return values
