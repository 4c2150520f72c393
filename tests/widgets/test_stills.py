"""The picture that a notebook keeps of each widget, for readers who see none, and that it costs the panel's page nothing."""

import base64
import builtins
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image

import digitkit
from digitkit import page, preprocessing
from digitkit.data import load_mnist
from digitkit.network import load_network
from digitkit.widgets.panel_still import HINT

ROOT = Path(__file__).resolve().parents[2]
VIEW = "application/vnd.jupyter.widget-view+json"
LARGEST = 60_000  # as it is stored, in letters


def gallery():
    test = load_mnist().test[:4000]
    return digitkit.MistakeGallery(test, load_network().probabilities(test.images))


# As the lessons show them; the explorer of a network with more layers and maps than theirs.
WIDGETS = {
    "Panel": digitkit.Panel,
    "ConvolutionStepper": digitkit.ConvolutionStepper,
    "NetworkExplorer": lambda: digitkit.NetworkExplorer(load_network(), load_mnist().train.images[15]),
    "TrainingWatcher": lambda: digitkit.TrainingWatcher(*digitkit.hold_out(load_mnist().train)),
    "MistakeGallery": gallery,
    "RobustnessSliders": lambda: digitkit.RobustnessSliders(load_network(), digitkit.hold_out(load_mnist().train)[1]),
}
TOLD = {
    "Panel": ["a sheet (“Draw a digit here”)", "“Show me a digit.”", "11 empty bars"],
    "ConvolutionStepper": ["10×10 numbers", "Step 1 of 64, row 0, column 0 of the feature map: nine products add up to "],
    "NetworkExplorer": ["Input (28×28, 1 map), Conv2D 5×5 (24×24, 24 maps)", "Dense (11 numbers)"],
    "TrainingWatcher": ["55,000 digits", "5,000 others", "Ready for run 1.", "Two empty charts"],
    "MistakeGallery": ["mistakes, the surest first, 14 of them shown.", "label 5, read 3; "],
    "RobustnessSliders": ["turn to the left", "The 1, unchanged: read as 1", " of 200 are read right."],
}


class FromEarlierCells(dict):
    """The names that a cell finds. What an earlier one of the lesson has made may stand in its choices: here, two words."""

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        return ["this", "that"]


def asked_in_lessons():
    """Every cell of the notebooks that asks a question, as code."""
    for path in [*ROOT.glob("notebooks/0*.ipynb"), *ROOT.glob("notebooks/extra/*.ipynb")]:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and "digitkit.Predict(" in cell.source:
                yield cell.source


def assert_pictured(widget):
    """The picture is there beside the live widget and its text, and small; returns what it tells those who cannot see it."""
    data, metadata = widget._repr_mimebundle_()
    assert set(data) == {VIEW, "text/plain", "image/png"}
    assert data["text/plain"] == repr(widget)
    assert len(base64.b64encode(data["image/png"])) <= LARGEST
    drawn = np.asarray(Image.open(io.BytesIO(data["image/png"])).convert("L"))
    assert drawn.shape[1] == 800
    assert drawn.std() > 10
    return metadata["image/png"]["alt"]


@pytest.mark.parametrize("name", WIDGETS)
def test_each_widget_has_a_picture_of_what_it_opens_with(name):
    told = assert_pictured(WIDGETS[name]())
    for words in TOLD[name]:
        assert words in told


@pytest.mark.parametrize("code", list(asked_in_lessons()))
def test_each_question_has_a_picture_with_its_choices(code):
    names = FromEarlierCells(digitkit=digitkit, preprocessing=preprocessing)
    exec(code, {}, names)
    predict = names["guess" if "guess" in names else "prediction"]
    told = assert_pictured(predict)
    question, choices = predict._asked
    assert f"{question} Your guess: " in told
    for choice in choices or ["a number"]:
        assert str(choice) in told


def test_the_picture_of_the_panel_has_the_hint_that_its_sheet_has():
    assert f'"{HINT}"' in (page.STATIC / "sheet.js").read_text(encoding="utf-8")


def test_the_stepper_is_pictured_at_its_step_with_its_settings():
    stepper = digitkit.ConvolutionStepper(np.eye(6))
    stepper.stride.value = 2
    stepper.step.value = 3
    assert "Step 3 of 4, row 1, column 0 of the feature map" in assert_pictured(stepper)
    stepper.operation.value = "Pooling"
    assert "Step 1 of 4, row 0, column 0 of the feature map" in assert_pictured(stepper)


def test_a_stepper_that_cannot_step_is_shown_without_a_picture():
    stepper = digitkit.ConvolutionStepper(np.eye(2))
    bundle = stepper._repr_mimebundle_()
    assert set(bundle) == {VIEW, "text/plain"}


def test_sliders_gallery_and_watcher_are_pictured_as_they_stand():
    network, digits = load_network(), load_mnist().train[:30]
    sliders = digitkit.RobustnessSliders(network, digits)
    sliders.sliders["turn"].value = 90
    assert "turned by 90° anticlockwise" in assert_pictured(sliders)
    perfect = digitkit.MistakeGallery(digits, np.eye(10)[digits.labels])
    assert "No mistake: all 30 read right." in assert_pictured(perfect)
    one = digitkit.RobustnessSliders(network, digits[:1])
    assert "of 1 are read right" in assert_pictured(one)


VOILA = """
import sys
import digitkit
data = digitkit.Panel()._repr_mimebundle_()
print("image/png" in str(data), "matplotlib" in sys.modules)
"""


def test_the_panel_as_a_web_page_does_not_wait_for_a_picture_that_nobody_sees():
    """Voilà tells the kernel who has started it."""
    environment = os.environ | {"SERVER_SOFTWARE": "voila/0.5.8", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", VOILA], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.slow
def test_a_notebook_keeps_the_picture_compares_equal_and_shows_it_without_widgets(tmp_path):
    cells = ["import digitkit", 'digitkit.Predict("Which?", ["this", "that"])', "digitkit.ConvolutionStepper()"]
    path = tmp_path / "tiny.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "notebooks")])}
    run = "import sys, pathlib, execute; execute.execute(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", run, str(path)], env=environment, check=True)
    outputs = [cell.outputs for cell in nbformat.read(path, as_version=4).cells]
    assert [[set(output.data) for output in those] for those in outputs] == [[], *[[{"text/plain", "image/png"}]] * 2]
    assert all(output.metadata["image/png"]["alt"] for those in outputs for output in those)
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "--nbval", "--nbval-current-env", "-c", os.devnull, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert "3 passed" in done.stdout, done.stdout
    html, _ = HTMLExporter(template_name="classic").from_filename(str(path))  # which writes the text alternative, too
    told = re.findall(r'<img alt="([^"]+)" src="data:image/png', html)
    assert told[0] == "A question to answer before the result: Which? Your guess: this, or that."
    assert told[1].startswith("A convolution step by step: 10×10 numbers, ")
    assert len(told) == 2
