"""Which activation is meant: a layer, an operation, or a function of Keras or TensorFlow may stand for the same one."""

import functools

from digitkit.conversion.starting import keras, tensorflow

NOTHING: tuple[str, dict] = ("linear", {})
SLOPE = 0.2  # of leaky ReLU below zero, where nobody says another one: the same in Keras and in TensorFlow
_FUNCTIONS = [
    (keras.activations.linear, NOTHING),
    *[(function, ("ReLU", {})) for function in (keras.activations.relu, keras.ops.relu, tensorflow.nn.relu)],
    *[(function, ("Tanh", {})) for function in (keras.activations.tanh, keras.ops.tanh, tensorflow.nn.tanh)],
    *[(function, ("Sigmoid", {})) for function in (keras.activations.sigmoid, keras.ops.sigmoid, tensorflow.nn.sigmoid)],
    *[(function, ("Softmax", {})) for function in (keras.activations.softmax, keras.ops.softmax, tensorflow.nn.softmax)],
    *[
        (function, ("LeakyReLU", {"negative_slope": SLOPE}))
        for function in (keras.activations.leaky_relu, keras.ops.leaky_relu, tensorflow.nn.leaky_relu)
    ],
]


def activation_of(thing: object) -> tuple[str, dict] | None:
    """The activation that a layer, an operation or a function stands for, as a layer of `digitkit.network` and its settings.

    "linear" for none, "Softmax" for softmax along the last axis; None for whatever digitkit does not know. A name is not
    believed: a function that is called relu may do something else.

    >>> activation_of(keras.activations.relu), activation_of(keras.layers.LeakyReLU(0.3)), activation_of(abs)
    (('ReLU', {}), ('LeakyReLU', {'negative_slope': 0.3}), None)
    """
    if thing is None:
        return NOTHING
    if isinstance(thing, functools.partial):
        return _partial(thing)
    if isinstance(thing, keras.Operation):
        return _operation(thing)
    return next((meant for function, meant in _FUNCTIONS if thing is function), None)


def _operation(operation):
    """A layer such as layers.ReLU(), or an operation such as keras.ops.relu(x) leaves in a model."""
    if not type(operation).__module__.startswith("keras."):
        return None
    match type(operation).__name__:
        case "Activation":
            return activation_of(operation.activation)
        case "ReLU" if operation.max_value is None and not operation.threshold:
            return _leaky(operation.negative_slope)
        case "LeakyReLU" | "LeakyRelu":
            return _leaky(operation.negative_slope)
        case "Relu":
            return "ReLU", {}
        case "Tanh" | "Sigmoid" as name:
            return name, {}
        case "Softmax" if operation.axis == -1:
            return "Softmax", {}
    return None


def _partial(thing):
    meant = activation_of(thing.func)
    if meant is None or thing.args:
        return None
    if not thing.keywords:
        return meant
    slope = thing.keywords.get("negative_slope", thing.keywords.get("alpha"))
    return _leaky(slope) if len(thing.keywords) == 1 and slope is not None and meant[0] in {"ReLU", "LeakyReLU"} else None


def _leaky(slope):
    slope = float(slope)
    return ("LeakyReLU", {"negative_slope": slope}) if slope else ("ReLU", {})


def activation_name(thing: object) -> str:
    """What to call an activation in a text: "" for none.

    >>> activation_name(keras.activations.relu), activation_name(keras.layers.ELU()), activation_name(None)
    ('relu', 'elu', '')
    """
    meant = activation_of(thing)
    if meant is not None:
        return "" if meant == NOTHING else meant[0].lower()
    return getattr(thing, "__name__", type(thing).__name__).lower()
