"""Keras models from files and from a Network: rebuilt, saved whole, and the learner's own."""

import os
from pathlib import Path

from digitkit.conversion.graph import answers_to_noise, feeder
from digitkit.conversion.starting import keras, layers
from digitkit.files import home_path, replacing
from digitkit.network import Network, NetworkError, load_network


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
            case "MaxPooling2D" | "AveragePooling2D":
                model.add(getattr(layers, name)(tuple(settings["size"]), settings["stride"], settings["padding"]))
            case "Tanh" | "Sigmoid":
                model.add(layers.Activation(name.lower()))
            case _:
                model.add(getattr(layers, name)(**settings))
        if "kernel" in settings:
            model.layers[-1].set_weights([settings["kernel"], settings["bias"]])
    model.add(layers.Softmax())
    return model


def save_model(model: keras.Model, path: str | Path) -> None:
    """Save a Keras model to a `.keras` file. An interruption leaves the old file as it was, and no partial file behind.

    digitkit.save_model(model, digitkit.home_dir() / "my_model.keras")

    """
    with replacing(path) as unfinished:
        model.save(unfinished)


def my_model() -> tuple[keras.Model, str]:
    """The learner's own Keras model, saved in notebook 03, or the shipped one if there is none.

    Returns (model, a text that says which of the two it is). Raises NetworkError if the file is there but cannot be read, or
    holds a model that reads no digits.
    """
    own = home_path() / "my_model.keras"
    if not os.path.isfile(own):
        return to_keras(load_network()), "the network that ships with digitkit"
    remedy = "Delete it, and run notebook 03 once more to save it anew."
    try:
        model = keras.models.load_model(own, safe_mode=True)
    except Exception as error:  # code in it, or a damaged archive, which makes Keras stop in a dozen different ways
        why = "is damaged or cut short, is no Keras model, or holds code, which is not run"
        raise NetworkError(f"{own} {why}. {remedy}") from error
    try:
        answers_to_noise(model, feeder(model))
    except NetworkError as error:
        raise NetworkError(f"{own}: {error} {remedy}") from error
    return model, "your own network, from notebook 03"
