"""Keras and the kit's own Network: a trained model is exported, a Network is rebuilt in Keras, a model's graph is followed.

Importing this room starts Keras, which takes seconds and 700 MB.
"""

from digitkit.conversion.activations import activation_name, activation_of
from digitkit.conversion.export import to_network
from digitkit.conversion.graph import Graph, GraphError, Step, answers_to_noise, feeder
from digitkit.conversion.rebuilding import my_model, save_model, to_keras
from digitkit.conversion.starting import keras, layers, tensorflow
from digitkit.errors import speak_in_sentences

__all__ = [
    "Graph",
    "GraphError",
    "Step",
    "activation_name",
    "activation_of",
    "answers_to_noise",
    "feeder",
    "keras",
    "layers",
    "my_model",
    "save_model",
    "tensorflow",
    "to_keras",
    "to_network",
]

speak_in_sentences(globals(), __all__)
