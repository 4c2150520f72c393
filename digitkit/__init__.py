"""digitkit: learn how a convolutional network reads handwritten digits, build one, and let it read your own."""

import importlib
import logging

__version__ = "0.2.0"

# Where the home folder cannot be written, matplotlib makes do with another one, and says so in two paragraphs.
logging.getLogger("matplotlib").addFilter(lambda told: not any(words in str(told.msg) for words in ("mkdir", "temporary cache")))

# Each name is imported from its module when it is first used: TensorFlow (seconds, and 700 MB of memory) is loaded
# only for training, matplotlib only for drawing. `__init__.pyi` lists the same names for type checkers.
_NAMES_IN = {
    "data": ["DataError", "Digits", "data_dir", "hold_out", "load_mnist"],
    "files": ["home_dir"],
    "exercises.expecting": ["expect"],
    "preprocessing": ["PictureError"],
    "network": ["NetworkError", "load_network", "my_network", "save_network", "to_input"],
    "reading": ["read"],
    "handwriting.my_digit": ["my_digit"],
    "conversion": ["my_model", "save_model", "to_keras", "to_network"],
    "explain": ["exciting_image", "feature_maps", "grad_cam", "kernels", "occlusion"],
    "model": ["build_cnn", "train"],
    "page": ["export_page"],
    "widgets.convolution_stepper": ["ConvolutionStepper"],
    "widgets.mistake_gallery": ["MistakeGallery"],
    "widgets.network_explorer": ["NetworkExplorer"],
    "widgets.panel": ["Panel"],
    "widgets.predict": ["Predict"],
    "widgets.robustness_sliders": ["RobustnessSliders"],
    "widgets.training_watcher": ["TrainingWatcher"],
}
_MODULE_OF = {name: module for module, names in _NAMES_IN.items() for name in names}
__all__ = sorted([*_MODULE_OF, "exercises"])


def __getattr__(name):
    if name == "exercises":  # so that a lesson can write digitkit.exercises.check_window(answer)
        return importlib.import_module("digitkit.exercises")
    if name not in _MODULE_OF:
        raise AttributeError(f"digitkit has no {name!r}")
    from digitkit.errors import speak_in_sentences

    globals()[name] = getattr(importlib.import_module(f"digitkit.{_MODULE_OF[name]}"), name)
    speak_in_sentences(globals(), [name])
    return globals()[name]


def __dir__():
    return __all__
