"""What does the network look at? Kernels, feature maps, occlusion, Grad-CAM: a network and a digit in, arrays out.

Keras is imported only when a Keras model is handed in.
"""

from digitkit.errors import speak_in_sentences
from digitkit.explain.finding import ExplainError
from digitkit.explain.layers import LayerView, layer_by_layer, receptive_field
from digitkit.explain.maps import exciting_image, feature_maps, kernels
from digitkit.explain.nearest import nearest_examples
from digitkit.explain.one_convolution import Stages, shrink, stages
from digitkit.explain.reasons import grad_cam, occlusion

__all__ = [
    "ExplainError",
    "LayerView",
    "Stages",
    "exciting_image",
    "feature_maps",
    "grad_cam",
    "kernels",
    "layer_by_layer",
    "nearest_examples",
    "occlusion",
    "receptive_field",
    "shrink",
    "stages",
]

speak_in_sentences(globals(), __all__)
