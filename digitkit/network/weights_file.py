"""A network's weights file: how it is written and read, the one that ships with the kit, and the learner's own."""

import json
import os
import zipfile
from functools import cache
from pathlib import Path

import numpy as np

from digitkit.files import home_path, reason, replacing
from digitkit.network.forward import NOT_FINITE, Network, NetworkError
from digitkit.network.layers import LAYERS

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
    header = {"layers": layers, "temperature": network.temperature, "about": network.about}
    with replacing(path) as unfinished, unfinished.open("wb") as file:
        np.savez_compressed(file, **arrays, header=np.array(json.dumps(header)))  # type: ignore[arg-type]


def load_network(path: str | Path | None = None) -> Network:
    """Load a network from a weights file; without a path, the one that ships with digitkit. Weights are float32.

    Raises NetworkError if the file is missing or is not a digitkit weights file.

    >>> load_network().logits(np.zeros((1, 28, 28), np.uint8)).shape
    (1, 11)
    """
    path = Path(path) if path is not None else SHIPPED
    if not os.path.isfile(path):
        raise NetworkError(
            f"There is no weights file {path}. Train a network and export it, or use the shipped one: load_network()."
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            header = json.loads(str(archive["header"]))
            layers = [(name, dict(settings)) for name, settings in header["layers"]]
            for key in archive.files:
                if key != "header":
                    index, setting = key.split(".")
                    layers[int(index)][1][setting] = archive[key].astype(np.float32)
    except PermissionError as error:
        raise NetworkError(f"{path} cannot be opened ({reason(error)}): check that you may read it.") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise NetworkError(f"{path} is not a digitkit weights file, or it is damaged.") from error
    unknown = {name for name, _ in layers} - set(LAYERS)
    if unknown:
        raise NetworkError(f"{path} uses layers that digitkit does not know: {', '.join(sorted(unknown))}.")
    if not all(
        np.isfinite(value).all() for _, settings in layers for value in settings.values() if isinstance(value, np.ndarray)
    ):
        raise NetworkError(f"{path}: {NOT_FINITE}")
    return Network(layers, header["temperature"], header["about"])


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
