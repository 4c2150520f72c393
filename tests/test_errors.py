"""One sentence in place of a stack trace, whatever a function is given; and in a notebook only the cell's own lines above it."""

import inspect
import pickle
import pydoc
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import digitkit
from digitkit import explain, handwriting, metrics, network, plotting, preprocessing, reading, simulate
from digitkit.data import load_mnist
from digitkit.errors import KitError, in_sentences
from digitkit.network import load_network
from digitkit.simulate import changes

ROOMS = [digitkit, plotting, metrics, explain, network, preprocessing, reading, simulate, changes, handwriting]
FUNCTIONS = {
    f"{room.__name__}.{name}": getattr(room, name)
    for room in ROOMS
    for name in getattr(room, "__all__", vars(room))
    if inspect.isfunction(getattr(room, name)) and not name.startswith("_")
}
TOO_LONG = {in_sentences, digitkit.train, handwriting.print_sheets}
FUNCTIONS = {name: function for name, function in FUNCTIONS.items() if function not in TOO_LONG}
NONSENSE = {"nothing": None, "dots": ..., "a text": "seven", "a number": -1, "a thing": object(), "an array": np.ones((2, 3))}
NONSENSE |= {"nothing in it": [], "rows of two lengths": [[1, 2], [3]], "a text in an array": np.array("seven")}
IMAGES = load_mnist().train.images[:3]

# What a pupil gets wrong, and what the sentence must say.
SLIPS = {
    "the dots of an exercise": (lambda: plotting.show_digits(...), "show_digits cannot use images = the three dots"),
    "one digit in place of many": (lambda: plotting.show_digits(IMAGES[0]), "one digit, and a list .+ into square brackets"),
    "no digit": (lambda: plotting.show_digits(IMAGES[:0]), "There is no digit to draw: what was handed over is empty"),
    "all digits": (lambda: plotting.show_digits(load_mnist().train.images), "60,000 digits to draw, and at most 400 fit"),
    "labels in place of counts": (lambda: plotting.show_counts(load_mnist().train.labels), "60,000 bars to draw"),
    "all digits in numbers": (lambda: plotting.show_numbers([load_mnist().test.images]), "of 10000×28×28 numbers is too large"),
    "a loop that never ran": (lambda: plotting.show_loss([]), "There is no loss to draw"),
    "a title too few": (lambda: plotting.show_digits(IMAGES, ["a"]), "titles = a list of 1"),
    "an argument too few": (lambda: plotting.show_heat(IMAGES), "show_heat.. missing 3 required positional arguments"),
    "a list of lists": (lambda: load_network().probabilities([[1, 2], [3]]), "cannot use images = a list of 2"),
    "one digit for the network": (lambda: load_network().probabilities(IMAGES[0]), "reads images of shape"),
    "scaled digits for the network": (lambda: load_network().probabilities(IMAGES / 255), "type uint8, not"),
    "a layer that is not there": (lambda: digitkit.kernels(load_network(), 9), "There is no layer 9"),
    "the share of nothing": (lambda: metrics.confidence_interval(0, 0), "0 right of 0 is impossible"),
    "no ink": (lambda: preprocessing.crop(np.zeros((9, 9), bool)), "There is no ink in it"),
    "a black picture to balance": (lambda: preprocessing.centre(np.zeros((20, 20), np.uint8)), "There is no ink in it"),
    "a text in place of a share": (lambda: digitkit.expect("98 %", at_least=0.9), "expect cannot use value = “98 %”"),
    "a wrong list for a widget": (lambda: digitkit.MistakeGallery(load_mnist().test, None), "10000 digits need"),
    "a result that is not there": (
        lambda: digitkit.Predict("How many?").compare(...),
        "no result to compare with",
    ),
    "an array for a layer": (lambda: digitkit.kernels(load_network(), np.eye(2)), r"no layer an array of shape \(2, 2\)"),
    "a text for a size": (
        lambda: digitkit.occlusion(print, IMAGES[0], 4, "5"),
        "must be odd and positive, not “5”",
    ),
    "a name misspelled": (lambda: digitkit.exercises.yours_or_ours("normalize", 3), "No lesson goes on with “normalize”, only"),
    "no choices": (lambda: digitkit.Predict("Which?", 3), "Predict cannot use question = “Which.”, choices = 3"),
}


@pytest.mark.parametrize(("slip", "told"), SLIPS.values(), ids=SLIPS)
def test_a_slip_gets_one_sentence(slip, told):
    with pytest.raises(KitError, match=told) as raised:
        slip()
    assert len(str(raised.value).splitlines()) == 1
    [looked_up] = re.findall(r"help\('(.+?)'\)", str(raised.value)) or [None]
    assert looked_up is None or pydoc.locate(looked_up) is not None


@pytest.mark.parametrize("value", NONSENSE.values(), ids=NONSENSE)
def test_a_function_that_is_given_nonsense_answers_or_says_so(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    others = {}
    for name, function in FUNCTIONS.items():
        parameters = inspect.signature(function).parameters.values()
        given = [value for each in parameters if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
        if given:
            with warnings.catch_warnings(record=True) as warned:
                try:
                    function(*given)
                except (KitError, OSError):
                    pass
                except Exception as error:
                    others[name] = error
            if warned:
                others[name] = str(warned[0].message)
    assert others == {}


@pytest.mark.parametrize(
    "function", [digitkit.read, plotting.show_digits, metrics.accuracy], ids=lambda function: function.__name__
)
def test_other_processes_can_be_given_such_a_function(function):
    assert pickle.loads(pickle.dumps(function)) is function


def test_what_is_not_about_what_was_given_stays_as_it_is():
    def full():
        raise MemoryError("no memory left")

    for error, function in {MemoryError: full, FileNotFoundError: Path("not there").read_bytes}.items():
        with pytest.raises(error):
            in_sentences(function)()


def test_a_notebook_shows_the_lines_of_its_cells_and_the_sentence(monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance(colors="nocolor")
    shown = []
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: shown.append("\n".join(lines)))
    monkeypatch.setitem(shell.user_ns, "__name__", "__main__")
    shell.run_cell("import digitkit\ndef look(layer):\n    return digitkit.kernels(digitkit.load_network(), layer)")
    shell.run_cell("layer = 9\nlook(layer)")
    [text] = shown
    assert "look(layer)" in text
    assert "return digitkit.kernels(" in text
    assert re.search(r"\nExplainError: There is no layer 9\. .+\.$", text)
    assert "numpy_place" not in text
    assert "IndexError" not in text
    InteractiveShell.clear_instance()
