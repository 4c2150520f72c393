"""Arrays -> figures. Each function takes arrays, draws one figure and returns it; nothing is computed or shown here.

A notebook shows the figure that a cell ends with. The colours are those of `digitkit.colours`.
"""

from digitkit.errors import speak_in_sentences
from digitkit.plotting.digits import show_digit, show_digit_and_bars, show_digits, show_numbers
from digitkit.plotting.figure import Drawing
from digitkit.plotting.maps import show_activations, show_feature_maps, show_heat, show_kernels
from digitkit.plotting.measures import show_calibration, show_confusion, show_counts, show_intervals, show_robustness
from digitkit.plotting.networks import show_network
from digitkit.plotting.passes import show_passes
from digitkit.plotting.pictures import show_boxes, show_picture, show_steps
from digitkit.plotting.stills import (
    still_of_digits,
    still_of_layers,
    still_of_panel,
    still_of_question,
    still_of_sliders,
    still_of_step,
    still_of_training,
)
from digitkit.plotting.training import LiveTraining, show_loss, show_parameters, show_training

__all__ = [
    "Drawing",
    "LiveTraining",
    "show_activations",
    "show_boxes",
    "show_calibration",
    "show_confusion",
    "show_counts",
    "show_digit",
    "show_digit_and_bars",
    "show_digits",
    "show_feature_maps",
    "show_heat",
    "show_intervals",
    "show_kernels",
    "show_loss",
    "show_network",
    "show_numbers",
    "show_parameters",
    "show_passes",
    "show_picture",
    "show_robustness",
    "show_steps",
    "show_training",
    "still_of_digits",
    "still_of_layers",
    "still_of_panel",
    "still_of_question",
    "still_of_sliders",
    "still_of_step",
    "still_of_training",
]

speak_in_sentences(globals(), __all__)
