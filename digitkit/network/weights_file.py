"""A network's weights file: how it is written and read, the one that ships with the kit, and the learner's own."""

import json
import os
from functools import cache
from pathlib import Path

import numpy as np

from digitkit.files import home_path, reason, save_arrays
from digitkit.network.forward import NOT_FINITE, Network, NetworkError
from digitkit.network.layers import LAYERS

VERSION = 1  # of the file's form: a kit that writes another one counts on
SHIPPED = Path(__file__).resolve().parent.parent / "weights" / "digits.npz"


def save_network(network: Network, path: str | Path) -> None:
    """Write a network to one `.npz` file: the weights as arrays, everything else as JSON. No pickle, so no code can run.

    An interruption leaves no partial file.
    """
    arrays, layers = {}, []
    for index, (name, settings) in enumerate(network.layers):
        plain = {}
        for key, value in settings.items():
            if isinstance(value, np.ndarray):
                arrays[f"{index}.{key}"] = value
            else:
                plain[key] = value
        layers.append([name, plain])
    header = {"version": VERSION, "layers": layers, "temperature": network.temperature, "about": network.about}
    save_arrays(path, **arrays, header=np.array(json.dumps(header)))


def load_network(path: str | Path | None = None) -> Network:
    """Load a network from a weights file; without a path, the one that ships with digitkit. Weights are float32.

    Raises NetworkError if the file is missing, if it is not a digitkit weights file, or if its network does not give ten or
    eleven numbers for a digit.

    >>> load_network().logits(np.zeros((1, 28, 28), np.uint8)).shape
    (1, 11)
    """
    path = Path(path) if path is not None else SHIPPED
    remedy = "Get the kit again." if path == SHIPPED else "Save a network there, or use the shipped one: load_network()."
    if not os.path.isfile(path):
        raise NetworkError(f"There is no weights file {path}. {remedy}")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive, np.errstate(over="ignore"):
            header = json.loads(str(archive["header"]))
            version, temperature, about = header.get("version", 1), header["temperature"], dict(header["about"])
            layers = [(str(name), dict(settings)) for name, settings in header["layers"]]
            for key in archive.files:
                if key != "header":
                    index, setting = key.split(".")
                    layers[int(index)][1][setting] = archive[key].astype(np.float32, casting="same_kind")
    except PermissionError as error:
        raise NetworkError(f"{path} cannot be opened ({reason(error)}): check that you may read it.") from error
    except Exception as error:  # damaged bytes make zipfile, NumPy and JSON stop in a dozen different ways
        raise NetworkError(f"{path} is not a digitkit weights file, or it is damaged. {remedy}") from error
    unknown = {name for name, _ in layers} - set(LAYERS)
    unknown |= {str(settings["padding"]) for _, settings in layers if "padding" in settings} - {"same", "valid"}
    if version != VERSION or unknown:
        what = f"layers that this digitkit does not know: {', '.join(sorted(unknown))}" if unknown else f"the form {version}"
        raise NetworkError(f"{path} has {what}. Get the newest digitkit, or use the shipped network: load_network().")
    network = Network(layers, temperature, about)
    _check(network, path, remedy)
    return network


def _check(network, path, remedy):
    """Raise NetworkError unless a network that was read from a file gives ten or eleven numbers for a digit."""
    settings = [settings for _, settings in network.layers]
    try:
        if not all(np.isfinite(value).all() for each in settings for value in each.values() if not isinstance(value, str)):
            raise NetworkError(NOT_FINITE)
        fit = network.logits(np.full((1, 28, 28), 255, np.uint8)).shape in {(1, 10), (1, 11)}
        fit &= all(each["bias"].shape == each["kernel"].shape[-1:] for each in settings if "bias" in each)
        fit &= network.temperature is None or 0 < network.temperature < np.inf
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from error
    except Exception:  # a layer that does not fit to the one before it says so in its own way
        fit = False
    if not fit:
        raise NetworkError(f"{path} holds no network that gives ten numbers for a digit, or eleven. {remedy}")


@cache
def shipped_network() -> Network:
    """The network that ships with the kit, loaded once.

    >>> shipped_network() is shipped_network()
    True
    """
    return load_network()


def my_network() -> tuple[Network, str]:
    """The learner's own NumPy network, saved in notebook 03, or the shipped one if there is none.

    Returns (network, a text that says which of the two it is).
    """
    own = home_path() / "my_network.npz"
    if os.path.isfile(own):
        return load_network(own), "your own network, from notebook 03"
    return load_network(), "the network that ships with digitkit"
