"""What can be looked into: a digit, and a layer by its number or its name. Everything else is refused in one sentence.

Wherever a `layer` is asked for, a number counts the convolutions: 0 is the first, -1 the last. A Keras layer can also
be given by its name.
"""

import functools
from collections.abc import Callable
from numbers import Integral
from typing import ParamSpec, TypeVar

import numpy as np

from digitkit.errors import KitError, in_words
from digitkit.network import Network
from digitkit.words import first_line


class ExplainError(KitError):
    """A layer, unit or picture that cannot be looked into. The message says what to give instead."""


Taken = ParamSpec("Taken")
Given = TypeVar("Given")


def explained(look: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """Whatever else stops Keras at a learner's model becomes an ExplainError. look: a function that takes the model first."""

    @functools.wraps(look)
    def wrapper(*taken: Taken.args, **named: Taken.kwargs) -> Given:
        try:
            return look(*taken, **named)
        except Exception as error:
            if isinstance(error, ExplainError) or not taken or not is_keras(getattr(taken[0], "__self__", taken[0])):
                raise
            raise ExplainError(f"Keras cannot do this with your model: {first_line(error)}") from error

    return wrapper


def batch(image):
    """One digit as a batch of one."""
    image = np.asarray(image)
    if image.shape != (28, 28) or image.dtype != np.uint8:
        raise ExplainError(f"A digit of shape (28, 28) and type uint8 is needed, not {image.shape} {image.dtype}.")
    return image[np.newaxis]


def check_label(label, outputs=10):
    """Raise ExplainError unless a label is a whole number that one of the outputs stands for."""
    if not isinstance(label, Integral) or isinstance(label, bool) or not 0 <= label < outputs:
        raise ExplainError(f"The label is a whole number from 0 to {outputs - 1}, not {in_words(label)}.")


def graph_of(model):
    """The graph of a Keras model. Only here, and so only for a Keras model, `explain` starts Keras."""
    from digitkit.conversion import Graph, GraphError

    try:
        return Graph(model)
    except GraphError as error:
        raise ExplainError(str(error)) from error


def refuse_numpy(model):
    """Raise ExplainError for a Network, which cannot be differentiated."""
    if isinstance(model, Network):
        raise ExplainError("This needs a Keras model, not one in NumPy: give digitkit.to_keras(network).")


def is_keras(thing):
    """Whether something is a Keras model, told without starting Keras."""
    return any(cls.__module__.startswith("keras.") and cls.__name__ == "Model" for cls in type(thing).__mro__)


def numpy_place(network, layer):
    """Which of a Network's layers the convolution of this number is."""
    places = [place for place, (name, _) in enumerate(network.layers) if name == "Conv2D"]
    try:
        return places[layer]
    except (IndexError, TypeError):
        there = f"The network's convolutions are 0 to {len(places) - 1}." if places else "The network has no convolution."
        raise ExplainError(f"There is no layer {_named(layer)}. {there}") from None


def find_step(graph, layer):
    """The step that a number or a name means."""
    named = isinstance(layer, str)
    found = [step for step in graph.steps if step.name == layer] if named else graph.convolutions
    try:
        return found[0 if named else layer]
    except (IndexError, TypeError):
        raise ExplainError(f"There is no layer {_named(layer)}. {choices(graph)}") from None


def _named(layer):
    return layer if isinstance(layer, str) else in_words(layer)


def convolution_step(graph, layer):
    """The step that a number or a name means, if it is a convolution."""
    step = find_step(graph, layer)
    if step not in graph.convolutions:
        raise ExplainError(f"Layer {layer} is {step.kind} and has no kernels. {choices(graph)}")
    return step


def last_that_says_where(graph):
    """The step of the last convolution whose maps are at least 4×4, or of the last of all."""
    large_enough = [step for step in graph.convolutions if min(step.gives.shape[1:3]) >= 4]
    return large_enough[-1] if large_enough else convolution_step(graph, -1)


def choices(graph):
    """Which convolutions there are, as the end of a message."""
    names = [step.name for step in graph.convolutions]
    return f"The convolutions are 0 to {len(names) - 1}: {', '.join(names)}." if names else "The model has no convolution."
