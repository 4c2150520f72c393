import io

import numpy as np
import pytest
from PIL import Image

from digitkit import plotting
from digitkit.data import data_dir, load_mnist
from digitkit.reader import read


@pytest.fixture(scope="module")
def reading():
    return read(data_dir() / "samples" / "two_rows.jpg")


FIGURES = {
    "digits": lambda reading: plotting.show_digits(load_mnist().train.images[:7], titles=range(7), columns=5, highlight=[2]),
    "bars": lambda reading: plotting.show_digit_and_bars(reading.digits[0].image, reading.digits[0].probabilities),
    "steps": lambda reading: plotting.show_steps(reading.steps | reading.digits[0].steps),
    "boxes": lambda reading: plotting.show_boxes(reading.steps["grey"], reading.digits),
    "curves": lambda reading: plotting.show_curves(
        {name: [0.5, 0.4] for name in ("loss", "val_loss", "accuracy", "val_accuracy")}
    ),
    "parameters": lambda reading: plotting.show_parameters({"first": 160, "second": 4640}),
    "kernels": lambda reading: plotting.show_kernels(np.random.default_rng(0).normal(size=(11, 3, 3)), titles=range(11)),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_shows_itself_with_a_text(name, reading):
    figure = FIGURES[name](reading)
    data, metadata = figure._repr_mimebundle_()
    picture = np.asarray(Image.open(io.BytesIO(data["image/png"])).convert("L"))
    assert picture.std() > 10
    assert picture[0, 0] == 255  # a white ground, so that black text can be read in a dark theme
    assert data["text/plain"] == f"Figure: {figure.alt}"
    assert metadata["image/png"]["alt"] == figure.alt
    assert len(figure.alt) > 15


def test_texts_say_what_the_figures_show(reading):
    assert "3 1 4 1 5 9 2 6 5 3" in FIGURES["boxes"](reading).alt
    assert "20×20, 28×28" in FIGURES["steps"](reading).alt
    assert "second 4,640" in FIGURES["parameters"](reading).alt
    assert "validation accuracy 40.0 %" in FIGURES["curves"](reading).alt


def test_zero_is_white_and_constant_kernels_do_no_harm():
    figure = plotting.show_kernels(np.zeros((3, 3, 3)))
    assert figure.axes[0].images[0].get_clim() == (-1, 1)
    low, high = plotting.show_kernels(np.array([[[-3.0, 1.0]]])).axes[0].images[0].get_clim()
    assert (low, high) == (-3, 3)
