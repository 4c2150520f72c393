"""What may be handed to a widget as a network, and what to call it."""

from pathlib import Path

import numpy as np

from digitkit import reading
from digitkit.network import Network


def as_network(source: object) -> Network:
    """What may be handed to the panel -> a Network: None (the shipped one), a Network, a path, or a Keras model in memory.

    Raises NetworkError if it is something else, a model that `to_network` cannot export, or if its weights are no numbers.

    >>> as_network(None) is as_network(as_network(None))
    True
    """
    if isinstance(source, Network) or not hasattr(source, "layers"):
        network = reading.as_network(source)
        network.logits(np.zeros((1, 28, 28), np.uint8))  # if its numbers are none, better said here than at the first picture
        return network
    from digitkit.conversion import to_network

    return to_network(source)


def name_of(source: object, otherwise: str) -> str:
    """What to call a network in a comparison. source: as for `as_network`; otherwise: for a Network, which has no name.

    >>> name_of("models/before.npz", "First network")
    'before'
    """
    if source is None:
        return "Shipped network"
    return Path(source).stem if isinstance(source, (str, Path)) else getattr(source, "name", otherwise)
