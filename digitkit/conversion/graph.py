"""A Keras model as what it does, step by step: followed from its one output back to its one input, node by node."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from digitkit.conversion.activations import activation_of
from digitkit.conversion.starting import keras, layers, tensorflow
from digitkit.errors import KitError
from digitkit.network import NOT_FINITE, NetworkError, to_input
from digitkit.words import first_line

FOLLOWS_A_CONVOLUTION = {"BatchNormalization", "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Relu", "LeakyRelu", "Elu"}
CONVOLUTIONS = (layers.Conv2D, layers.SeparableConv2D, layers.DepthwiseConv2D, layers.Conv2DTranspose)
RAW = 0.01  # a model that begins by scaling its input this far down takes pixels from 0 to 255


class GraphError(KitError):
    """A model whose graph cannot be followed. The message says why."""


@dataclass(frozen=True, eq=False)
class Step:
    """One layer or operation at its place in a model; a layer that is used twice is two steps.

    operation: of Keras. name: unique in the model. takes: the tensors that feed it. gives: the tensor that comes out.
    arguments: all positional arguments it was called with, tensors and numbers.
    """

    operation: Any
    name: str
    takes: list
    gives: Any
    arguments: tuple

    @property
    def kind(self) -> str:
        """The type of the layer or operation, such as "Conv2D" or "Add"."""
        return type(self.operation).__name__

    @property
    def is_own_class(self) -> bool:
        """Whether it is of a class that is not Keras's: then only its author knows what it does."""
        return not type(self.operation).__module__.startswith("keras.")


class Graph:
    """The steps of a model from `input` to `output`, in order; models inside the model are unfolded.

    Every step is called once more on a fresh input of one digit, so that all tensors hang together, whatever `model.layers`
    and `layer.output` remember. Raises GraphError for a model that cannot be followed or does not take digits.
    """

    def __init__(self, model):
        self.shape = _input_shape(model)
        self.input = keras.Input(self.shape)
        self.steps: list[Step] = []
        self._parts: dict[tuple, keras.Model] = {}
        try:
            self.output = self._follow(model, self.input)
        except GraphError:
            raise
        except Exception as error:  # whatever a layer says that is called once more
            raise GraphError(f"This model cannot be followed: {first_line(error)}") from error

    def _follow(self, model, value):
        """Add the steps of a model, or of a model inside it, that is fed with a tensor. Returns the tensor that comes out."""
        _check_followable(model)
        known = {id(model.inputs[0]): value}

        def found(tensor):
            if id(tensor) not in known:
                operation, node_index = tensor._keras_history[:2]
                node = operation._inbound_nodes[node_index]
                takes = [found(entering) for entering in node.input_tensors]
                if not takes:
                    raise GraphError("This model has more than one input; a network has one, the digit.")
                inner = isinstance(operation, keras.Model)
                gives = self._follow(operation, takes[0]) if inner else self._call_again(node, takes)
                outputs = gives if isinstance(gives, (list, tuple)) else [gives]
                known.update({id(old): new for old, new in zip(node.outputs, outputs, strict=True)})
            return known[id(tensor)]

        return found(model.outputs[0])

    def _call_again(self, node, takes):
        new = {id(old): tensor for old, tensor in zip(node.input_tensors, takes, strict=True)}
        arguments, keywords = keras.tree.map_structure(
            lambda value: new.get(id(value), value), (node.arguments.args, node.arguments.kwargs)
        )
        keywords = {name: value for name, value in keywords.items() if name not in {"training", "mask"}}
        gives = node.operation(*arguments, **keywords)
        uses = sum(step.operation is node.operation for step in self.steps)
        name = node.operation.name + (f" (use {uses + 1})" if uses else "")
        self.steps.append(Step(node.operation, name, takes, gives, tuple(arguments)))
        return gives

    def feed(self, images: np.ndarray, raw: bool | None = None) -> np.ndarray:
        """Digits as the model takes them: (n, 28, 28) uint8 -> float32, 0 to 1, or 0 to 255 if raw.

        raw: if left out, whether the model takes pixels so: one that begins by dividing by 255 was made for them.
        """
        raw = self.takes_raw_pixels if raw is None else raw
        return (to_input(images) * (255 if raw else 1)).reshape(-1, *self.shape)

    @property
    def takes_raw_pixels(self) -> bool:
        """Whether the model itself scales pixels from 0 to 255 down."""
        scale = 1.0
        for step in self.steps:
            found = scale_and_offset(step)
            if found is None:
                break
            scale *= found[0]
        return abs(scale) < RAW

    @property
    def convolutions(self) -> list[Step]:
        """The steps that are convolutions of any kind, first to last."""
        return [step for step in self.steps if isinstance(step.operation, CONVOLUTIONS)]

    def activated(self, tensor):
        """The tensor after the batch normalisation and activation that follow, if any."""
        for step in self.steps:
            if step.kind in FOLLOWS_A_CONVOLUTION and len(step.takes) == 1 and step.takes[0] is tensor:
                tensor = step.gives
        return tensor

    def _part(self, *tensors):
        """The model from the input to some tensors. It is made once: there may be many digits, or many steps."""
        key = tuple(map(id, tensors))
        if key not in self._parts:
            self._parts[key] = keras.Model(self.input, list(tensors) if len(tensors) > 1 else tensors[0])
        return self._parts[key]

    def values(self, tensors: list, inputs: np.ndarray) -> list[np.ndarray]:
        """What each of some tensors gives for some inputs, see `feed`: a list of float32 arrays."""
        outputs = self._part(*tensors)(inputs, training=False)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]  # Keras unpacks a single one
        return [np.asarray(keras.ops.convert_to_numpy(value), np.float32) for value in outputs]

    def scores(self, inputs: np.ndarray) -> np.ndarray:
        """The scores before a last softmax, wherever the model has it: (n, outputs) float32."""
        tensor, finish = self._before_softmax()
        return finish(self._part(tensor)(inputs, training=False)).numpy().astype(np.float32)

    def slopes_of_score(self, tensor, label: int, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What a tensor gives for some inputs, and how the score of a label changes with each of its values: two arrays."""
        before, finish = self._before_softmax()
        body = self._part(tensor, before)
        with tensorflow.GradientTape() as tape:
            pictures = tensorflow.constant(inputs)
            tape.watch(pictures)
            values, last = body(pictures, training=False)
            score = finish(last)[0, label]
        slopes = tape.gradient(score, values, unconnected_gradients="zero")
        return values.numpy().astype(np.float32), slopes.numpy().astype(np.float32)

    def slope_of_unit(self, step: Step, unit: int, inputs: np.ndarray) -> np.ndarray:
        """How the middle of one map of a convolution, before its activation, changes with each pixel. inputs: one digit."""
        body = self._part(step.takes[0])
        with tensorflow.GradientTape() as tape:
            pixels = tensorflow.constant(inputs)
            tape.watch(pixels)
            values = self._normalised(step, body(pixels, training=False))
            excitement = values[0, values.shape[1] // 2, values.shape[2] // 2, unit]
        return tape.gradient(excitement, pixels, unconnected_gradients="zero").numpy().astype(np.float32)

    def _normalised(self, step, values):
        """What a convolution gives for some values, with batch normalisation but without its activation."""
        values = without_activation(step.operation, values)
        for after in self.steps:
            if after.kind == "BatchNormalization" and after.takes[0] is step.gives:
                values = after.operation(values, training=False)
        return values

    def _before_softmax(self):
        """The tensor from which the scores are made, and the function that makes them."""
        last = next(step for step in reversed(self.steps) if step.gives is self.output)
        if activation_of(last.operation) == ("Softmax", {}):
            return last.takes[0], _as_float32
        if activation_of(getattr(last.operation, "activation", None)) == ("Softmax", {}):
            return last.takes[0], lambda values: without_activation(last.operation, _as_float32(values))
        return self.output, _as_float32


def feeder(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """The function that turns digits into what a model takes, see `Graph.feed`; `to_input` if its graph cannot be followed."""
    if isinstance(model, keras.Sequential) and not model.built:
        model.build((None, 28, 28, 1))
    try:
        return Graph(model).feed
    except GraphError:
        return to_input


def answers_to_noise(model: keras.Model, feed: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """What a Keras model answers to eight digits of noise: (8, 10) or (8, 11) float. feed: see `feeder`.

    Raises NetworkError for a model that does not take digits or does not give ten numbers (or eleven) for each, and for one
    whose weights are no numbers.
    """
    noise = np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8)
    try:
        answers = np.asarray(model(feed(noise)))
    except Exception as error:  # each layer says in its own way what it does not take
        raise NetworkError(f"The model does not take digits of (28, 28, 1): {first_line(error)}") from error
    if answers.shape not in {(8, 10), (8, 11)}:
        raise NetworkError(f"The model must give ten numbers for each digit, but it gives the shape {answers.shape[1:]}.")
    if not np.isfinite(answers).all():
        raise NetworkError(NOT_FINITE)
    return answers


def without_activation(layer, values):
    """What a layer gives for some values, before the activation that is built into it."""
    if type(layer) not in {layers.Dense, layers.Conv2D}:
        return layer(values)
    kernel = keras.ops.cast(layer.kernel, values.dtype)
    is_dense = type(layer) is layers.Dense
    values = keras.ops.matmul(values, kernel) if is_dense else layer.convolution_op(values, kernel)
    return values + keras.ops.cast(layer.bias, values.dtype) if layer.use_bias else values


def scale_and_offset(step: Step) -> tuple[float, float] | None:
    """What a step does to pixels, if it only stretches and shifts them all alike, as Rescaling and `i / 255` do; else None."""
    if type(step.operation) is layers.Rescaling:
        scale, offset = step.operation.scale, step.operation.offset
        return (float(scale), float(offset)) if np.ndim(scale) == np.ndim(offset) == 0 else None
    if len(step.arguments) != 2 or step.is_own_class:
        return None
    first, second = step.arguments
    number = second if first is step.takes[0] else first
    if not isinstance(number, Real) or len(step.takes) != 1:
        return None
    number = float(number)
    match step.kind, first is step.takes[0]:
        case "Multiply", _:
            return number, 0.0
        case "Add", _:
            return 1.0, number
        case "Subtract", True:
            return 1.0, -number
        case "Subtract", False:
            return -1.0, number
        case (("TrueDivide" | "Divide"), True) if number:
            return 1 / number, 0.0
    return None


def _as_float32(values):
    return keras.ops.cast(values, "float32")


def _input_shape(model):
    _check_followable(model)
    taken = tuple(model.inputs[0].shape[1:])
    shape = tuple(28 if side is None else side for side in taken[:2]) + taken[2:]
    if shape not in {(28, 28, 1), (28, 28)}:
        raise GraphError(f"The model takes {taken}, not digits of (28, 28, 1): let it begin with layers.Input((28, 28, 1)).")
    return shape


def _check_followable(model):
    if not isinstance(model, keras.Model):
        raise GraphError(f"This is not a Keras model but of type {type(model).__name__}.")
    call = type(model).call
    if call is not keras.Sequential.call and getattr(call, "__qualname__", "") != "Functional.call":
        raise GraphError(
            f"What {type(model).__name__} does is written in its own call function, which digitkit cannot follow. "
            "Build the model with keras.Sequential([...]), or with keras.Model(inputs, outputs), a functional model."
        )
    try:
        ends = len(model.inputs), len(model.outputs)
    except (ValueError, AttributeError, TypeError):
        raise GraphError("The model does not know its input yet: let it begin with layers.Input((28, 28, 1)).") from None
    if ends != (1, 1):
        raise GraphError(f"A network has one input and one output, but this model has {ends[0]} and {ends[1]}.")
