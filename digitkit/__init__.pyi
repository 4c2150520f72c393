# The public face for type checkers and editors: what `__init__.py` fetches when it is first used.
from digitkit import exercises as exercises
from digitkit.conversion import my_model as my_model
from digitkit.conversion import save_model as save_model
from digitkit.conversion import to_keras as to_keras
from digitkit.conversion import to_network as to_network
from digitkit.data import DataError as DataError
from digitkit.data import Digits as Digits
from digitkit.data import data_dir as data_dir
from digitkit.data import hold_out as hold_out
from digitkit.data import load_mnist as load_mnist
from digitkit.exercises.expecting import expect as expect
from digitkit.explain import exciting_image as exciting_image
from digitkit.explain import feature_maps as feature_maps
from digitkit.explain import grad_cam as grad_cam
from digitkit.explain import kernels as kernels
from digitkit.explain import occlusion as occlusion
from digitkit.files import home_dir as home_dir
from digitkit.handwriting.my_digit import my_digit as my_digit
from digitkit.model import build_cnn as build_cnn
from digitkit.model import train as train
from digitkit.network import NetworkError as NetworkError
from digitkit.network import load_network as load_network
from digitkit.network import my_network as my_network
from digitkit.network import save_network as save_network
from digitkit.network import to_input as to_input
from digitkit.page import export_page as export_page
from digitkit.preprocessing import PictureError as PictureError
from digitkit.reading import read as read
from digitkit.widgets.convolution_stepper import ConvolutionStepper as ConvolutionStepper
from digitkit.widgets.mistake_gallery import MistakeGallery as MistakeGallery
from digitkit.widgets.network_explorer import NetworkExplorer as NetworkExplorer
from digitkit.widgets.panel import Panel as Panel
from digitkit.widgets.predict import Predict as Predict
from digitkit.widgets.robustness_sliders import RobustnessSliders as RobustnessSliders
from digitkit.widgets.training_watcher import TrainingWatcher as TrainingWatcher

__version__: str
