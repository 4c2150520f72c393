"""Which training digits does the network find most like this one? Distances in the space of its last hidden layer.

The last hidden layer is what goes into the last Dense layer: one row of numbers for each digit, in which digits that the
network will answer alike lie close together. 2,000 training digits wait there, in an index that is made once for a network.
"""

import functools
import hashlib
import json
from pathlib import Path

import numpy as np

from digitkit.data import hold_out, load_mnist
from digitkit.files import save_arrays
from digitkit.network import SHIPPED, Network, NetworkError, load_network

SHIPPED_INDEX = SHIPPED.with_name("nearest.npz")
EACH = 200  # training digits of each label in an index


def nearest_examples(
    image: np.ndarray, network: Network | None = None, index: str | Path | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three of 2,000 training digits that are most like this one to the network, the nearest first.

    image: (28, 28) uint8, ink bright on black. network: a Network, the shipped one if left out. index: path of the index
    that `make_index` wrote for it; the shipped one if left out.
    Returns (images (3, 28, 28) uint8, labels (3,) uint8, distances (3,) float). A distance has no unit: it only says which
    is nearer. Raises NetworkError if the index was made with another network or cannot be read, or for another image.

    >>> images, labels, distances = nearest_examples(np.zeros((28, 28), np.uint8))
    >>> images.shape
    (3, 28, 28)
    """
    network = network if network is not None else load_network()
    path = Path(index) if index is not None else SHIPPED_INDEX
    digits, codes, low, step, made_with = _load(path, path.stat().st_mtime_ns if path.is_file() else None)
    if made_with != fingerprint(network):
        raise NetworkError(
            f"The index {path.name} of nearest examples was made with another network. Make one for this network with "
            f'digitkit.explain.nearest.make_index(network, "my_nearest.npz"), and hand its path on as index.'
        )
    place = hidden(network, np.asarray(image)[np.newaxis])[0]
    distances = np.sqrt(((low + step * codes - place) ** 2).sum(axis=1))
    nearest = np.argsort(distances, kind="stable")[:3]
    return digits.images[nearest], digits.labels[nearest], distances[nearest]


def hidden(network: Network, images: np.ndarray) -> np.ndarray:
    """What goes into the last Dense layer: (n, 28, 28) uint8 -> (n, numbers) float32.

    >>> len(hidden(load_network(), np.zeros((2, 28, 28), np.uint8)))
    2
    """
    batches = [images[start : start + 64] for start in range(0, len(images), 64)]
    return np.concatenate([network.activations(batch)[-2] for batch in batches])


def fingerprint(network: Network) -> str:
    """A text that is the same for the same layers and weights, and another for any other. Returns 64 hexadecimal digits.

    >>> len(fingerprint(load_network()))
    64
    """
    digest = hashlib.sha256()
    for name, settings in network.layers:
        arrays = {key: value.astype("<f4") for key, value in sorted(settings.items()) if isinstance(value, np.ndarray)}
        shapes = {key: list(value.shape) for key, value in arrays.items()}
        digest.update(json.dumps([name, settings | shapes], sort_keys=True).encode())
        for value in arrays.values():
            digest.update(value.tobytes())
    return digest.hexdigest()


def make_index(network: Network, out: str | Path) -> None:
    """Write the index of nearest examples for a network: 200 training digits of each label, and where each of them lies.

    network: a Network as `load_network` gives it. out: path of the `.npz` to write.
    The digits are the same for every network: chosen by a fixed seed from MNIST training images 1 to 55,000.
    """
    training, _ = hold_out(load_mnist().train)
    rng = np.random.default_rng(200)
    chosen = [rng.choice(np.flatnonzero(training.labels == label), EACH, replace=False) for label in range(10)]
    which = np.sort(np.concatenate(chosen))
    places = hidden(network, training.images[which])
    # 8 bits a number, on one scale for all: distances keep their meaning, the file stays well under 1 MB, and for 99 of 100
    # digits the nearest is the same as with all 32 bits. With 16 bits the file would be twice as large.
    low, step = places.min(), (np.ptp(places) or 1) / 255
    arrays = {"which": which.astype(np.uint16), "codes": np.rint((places - low) / step).astype(np.uint8)}
    save_arrays(out, low=low, step=np.float32(step), fingerprint=np.array(fingerprint(network)), **arrays)


@functools.lru_cache(maxsize=2)  # of two networks side by side
def _load(path, changed):
    """The digits of an index and its arrays. changed: when the file was written, so that a new one is read anew."""
    if changed is None:
        raise NetworkError(f"There is no index {path} of nearest examples. Make one with: python -m digitkit.explain.nearest")
    training = load_mnist().train
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            which, codes, low, step, made_with = (archive[key] for key in ["which", "codes", "low", "step", "fingerprint"])
        return training[which], codes, low, step, str(made_with)
    except Exception as error:  # damaged bytes make zipfile and NumPy stop in a dozen different ways
        raise NetworkError(
            f"{path} is not an index of nearest examples, or it is damaged. Make one with: python -m digitkit.explain.nearest"
        ) from error


if __name__ == "__main__":
    make_index(load_network(), SHIPPED_INDEX)
    print(f"{SHIPPED_INDEX.name}: {SHIPPED_INDEX.stat().st_size / 1000:,.0f} kB")
