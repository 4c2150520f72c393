"""The extra notebooks: what they store is what they say; `how_it_learns` says what is right, `your_class` takes any class."""

import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from test_project import compared_outputs

from digitkit.data import load_mnist
from digitkit.exercises import check_backward, check_nudge
from digitkit.handwriting import save_digits

FOLDER = Path(__file__).resolve().parent.parent / "notebooks" / "extra"
LEARNS, CLASS = FOLDER / "how_it_learns.ipynb", FOLDER / "your_class.ipynb"


def code(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def by_hand():
    """What the cells of `how_it_learns` define that hold any of these texts."""
    names = {"np": np}
    for part in ("x, target = ", "def loss_of", "def slopes_by_nudging", "def slopes_backward"):
        [source] = [source for source in code(LEARNS) if part in source]
        exec(source, names)
    return names


@pytest.mark.parametrize("numbers", [[3.0, 4.0, 1.0], [2.0, 3.0, 6.0], [-3.0, 4.0, 1.0], [0.5, -2.0, 0.0]])
def test_nudging_and_walking_back_give_the_same_slopes(by_hand, numbers):
    nudged, back = (by_hand[f"slopes_{way}"](np.array(numbers)) for way in ("by_nudging", "backward"))
    np.testing.assert_allclose(nudged, back, rtol=0.01)


def test_the_slopes_to_work_out_are_those_of_nudging(by_hand):
    nudged = by_hand["slopes_by_nudging"](np.array([2.0, 3.0, 6.0]))
    assert [check_nudge(slope).outcome for slope in nudged] == ["wrong", "right", "wrong"]
    assert "the slope of w1" in check_nudge(nudged[0]).message
    assert "the slope of b" in check_nudge(nudged[2]).message


def test_the_slopes_to_walk_back_are_those_of_nudging(by_hand, monkeypatch):
    for name, value in {"x": 5, "target": 40}.items():
        monkeypatch.setitem(by_hand, name, value)
    assert check_backward(by_hand["slopes_by_nudging"](np.array([2.0, 3.0, 4.0]))).outcome == "right"


def test_the_program_with_the_planted_mistake_says_what_the_lesson_says():
    [text] = [cell.source for cell in nbformat.read(LEARNS, as_version=4).cells if "find the planted mistake" in cell.source]
    lines = {int(line[0]): line[3:] for line in re.search(r"```python\n(.+?)```", text, re.DOTALL)[1].splitlines()}

    def slopes():
        names = {"x": 2, "target": 21, "w1": 3, "w2": 4, "b": 1}
        exec("\n".join(lines.values()), names)
        return [names[f"slope_{name}"] for name in ("w1", "w2", "b")]

    assert "says 96, 48 and 8" in text
    assert slopes() == [96, 48, 8]
    lines[7] = lines[7].replace("* w1", "* x")
    assert slopes() == [64, 48, 8]


@pytest.mark.slow
@pytest.mark.parametrize(("files", "first"), [(0, "pretend_01"), (2, "pretend_01"), (3, "pupil_0")])
def test_a_real_class_is_taken_where_there_is_one(files, first, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    for number in range(files):
        save_digits(tmp_path / "class" / f"pupil_{number}.npz", load_mnist().train[number : number + 4])
    [source] = [source for source in code(CLASS) if "load_class" in source]
    names = {}
    exec(f"from digitkit import handwriting, simulate\n{source}", names)
    assert min(names["pupils"]) == first


@pytest.mark.slow
@pytest.mark.parametrize("path", [LEARNS, CLASS], ids=lambda path: path.stem)
def test_it_says_what_is_stored(path, tmp_path, monkeypatch):
    """As nbval does for the six lessons: each output that is compared is the stored one."""
    monkeypatch.syspath_prepend(str(FOLDER.parent))
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "home"))
    import execute

    copy = Path(shutil.copy(path, tmp_path))
    execute.execute(copy)
    assert compared_outputs(copy) == compared_outputs(path)


@pytest.mark.slow
def test_it_runs_for_a_small_real_class_with_nothing_to_gain(tmp_path, monkeypatch):
    """Three pupils with different numbers of digits, all read already: none is missed, none can be corrected."""
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    for number, digits in enumerate([load_mnist().train[:13], load_mnist().train[20:25], load_mnist().train[30:60]]):
        save_digits(tmp_path / "class" / f"pupil_{number}.npz", digits)
    notebook = shutil.copy(CLASS, tmp_path)
    monkeypatch.syspath_prepend(str(FOLDER.parent))
    import execute

    execute.execute(Path(notebook))
    printed = nbformat.reads(Path(notebook).read_text(encoding="utf-8"), as_version=4)
    texts = "\n".join(str(cell.get("outputs", "")) for cell in printed.cells)
    assert "13 of 13 right" in texts
    assert "All are right." in texts
    assert "100 % of the time" in texts
