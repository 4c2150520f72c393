"""A trained convolutional network, run in plain NumPy: the few functions that turn a digit into ten numbers.

Keras trains (see `model`), NumPy reads: this loads in an instant on a laptop, and every line can be followed.
"""

from digitkit.errors import speak_in_sentences
from digitkit.network.forward import NOT_FINITE, Network, NetworkError
from digitkit.network.layers import (
    ACTIVATIONS,
    LAYERS,
    average_pool,
    convolve,
    dense,
    flatten,
    global_average_pool,
    leaky_relu,
    max_pool,
    pad_same,
    relu,
    rescale,
    shifted_views,
    sigmoid,
    softmax,
    to_input,
)
from digitkit.network.weights_file import SHIPPED, load_network, my_network, save_network, shipped_network

__all__ = [
    "ACTIVATIONS",
    "LAYERS",
    "NOT_FINITE",
    "SHIPPED",
    "Network",
    "NetworkError",
    "average_pool",
    "convolve",
    "dense",
    "flatten",
    "global_average_pool",
    "leaky_relu",
    "load_network",
    "max_pool",
    "my_network",
    "pad_same",
    "relu",
    "rescale",
    "save_network",
    "shifted_views",
    "shipped_network",
    "sigmoid",
    "softmax",
    "to_input",
]

speak_in_sentences(globals(), __all__)
