"""digitkit: learn how a convolutional network reads handwritten digits, build one, and let it read your own."""

import importlib

__version__ = "0.1.0"

# Each name is fetched from its module when it is first used: TensorFlow (seconds, and 700 MB of memory) is
# imported only by those who train, matplotlib only by those who draw.
_HOMES = {
    "data": ["DataError", "Digits", "data_dir", "hold_out", "home_dir", "load_mnist", "parse_idx", "sample_paths"],
    "preprocessing": ["PictureError", "prepare"],
    "network": ["Network", "NetworkError", "load_network", "save_network"],
    "reader": ["Digit", "Reading", "in_words", "percent", "read"],
    "model": ["build_cnn", "to_input", "to_keras", "to_network", "train"],
    "explain": [
        "ExplainError",
        "exciting_image",
        "feature_maps",
        "grad_cam",
        "kernels",
        "my_model",
        "my_network",
        "occlusion",
    ],
    "panel": ["Panel"],
    "explorers": ["ConvolutionStepper", "NetworkExplorer", "Predict"],
    "experiments": ["MistakeGallery", "RobustnessSliders", "TrainingWatcher"],
    "exercises": [
        "check_blank",
        "check_centre_of_mass",
        "check_deeper_model",
        "check_diagonal_kernel",
        "check_fair_test",
        "check_inverted",
        "check_margin",
        "check_moved_reader",
        "check_normalise",
        "check_order",
        "check_output_sizes",
        "check_parameters",
        "check_patch_size",
        "check_planted_mistake",
        "check_pooling_loop",
        "check_pupil_split",
        "check_ranking",
        "check_recall",
        "check_shadow_mistake",
        "check_window",
    ],
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name):
    if name not in _HOME_OF:
        raise AttributeError(f"digitkit has no {name!r}")
    value = getattr(importlib.import_module(f"digitkit.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return __all__
