"""The extra notebook: a lesson like the others, which works for a real class as well as for the pretend one."""

import re
import shutil
import statistics
from pathlib import Path

import nbformat
import numpy as np
import pytest
from test_project import compared_outputs

import digitkit
from digitkit.data import load_mnist
from digitkit.handwriting import save_digits

PATH = Path(__file__).resolve().parent.parent / "notebooks" / "extra" / "your_class.ipynb"


@pytest.fixture(scope="module")
def cells():
    return nbformat.read(PATH, as_version=4).cells


@pytest.fixture(scope="module")
def code(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def test_it_was_run_from_top_to_bottom_without_an_error(code):
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]


def test_it_is_as_short_as_a_lesson(cells, code):
    lengths = sorted(len(cell.source.splitlines()) for cell in code)
    assert lengths[-1] <= 20
    assert statistics.median(lengths) <= 4
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    prose = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    assert 600 <= len(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", prose)) <= 1100


def test_it_has_the_frame_of_a_lesson(cells):
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert "**Predict.**" in text
    assert "**Look closer" in text
    parts = ["# Extra · ", "After this notebook you can", "minutes"]
    parts += ["### Exercise 1: ", "<summary>Hint 1", "<summary>Hint 2", "<summary>Solution", "## Quiz", "## Recap", "**Next:**"]
    places = [text.find(part) for part in parts]
    assert min(places) >= 0, parts[int(np.argmin(places))]
    assert places == sorted(places)


def test_each_question_has_one_right_answer_and_explains_the_others(cells):
    [quiz] = [cell.source for cell in cells if "## Quiz" in cell.source]
    for question in re.split(r"(?m)^\*\*\d\. ", quiz)[1:]:
        answers = re.findall(r"<details><summary>([abc])\) .+?</summary>\n\n(.+?)\n\n</details>", question)
        assert [letter for letter, _ in answers] == ["a", "b", "c"]
        assert sum(text.startswith("Right") for _, text in answers) == 1
        assert all(len(text) > 20 for _, text in answers)


def test_its_solution_passes_its_check(cells):
    [index] = [index for index, cell in enumerate(cells) if cell.cell_type == "code" and "check_" in cell.source]
    placeholder, check, answer = cells[index - 1 : index + 2]
    names = {"np": np, "digitkit": digitkit}
    exec(placeholder.source, names)
    assert eval(check.source, names).outcome == "not attempted"
    exec(re.search(r"<summary>Solution</summary>\n\n```python\n(.+?)```", answer.source, re.DOTALL)[1], names)
    assert eval(check.source, names).outcome == "right"


def test_it_names_no_path_of_this_machine():
    assert not re.search(r"(?<![\w.])/(tmp|home|root|work|Users)/", PATH.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("files", "first"), [(0, "pretend_01"), (2, "pretend_01"), (3, "pupil_0")])
def test_a_real_class_is_taken_where_there_is_one(code, files, first, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    for number in range(files):
        save_digits(tmp_path / "class" / f"pupil_{number}.npz", load_mnist().train[number : number + 4])
    [source] = [cell.source for cell in code if "load_class" in cell.source]
    names = {}
    exec(f"from digitkit import handwriting, simulate\n{source}", names)
    assert min(names["pupils"]) == first


@pytest.mark.slow
def test_it_says_what_is_stored(tmp_path, monkeypatch):
    """As nbval does for the six lessons: each output that is compared is the stored one."""
    monkeypatch.syspath_prepend(str(PATH.parent.parent))
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path / "home"))
    import execute

    copy = Path(shutil.copy(PATH, tmp_path))
    execute.execute(copy)
    assert compared_outputs(copy) == compared_outputs(PATH)


@pytest.mark.slow
def test_it_runs_for_a_small_real_class_with_nothing_to_gain(tmp_path, monkeypatch):
    """Three pupils with different numbers of digits, all read already: none is missed, none can be corrected."""
    monkeypatch.setenv("DIGITKIT_HOME", str(tmp_path))
    for number, digits in enumerate([load_mnist().train[:13], load_mnist().train[20:25], load_mnist().train[30:60]]):
        save_digits(tmp_path / "class" / f"pupil_{number}.npz", digits)
    notebook = shutil.copy(PATH, tmp_path)
    monkeypatch.syspath_prepend(str(PATH.parent.parent))
    import execute

    execute.execute(Path(notebook))
    printed = nbformat.reads(Path(notebook).read_text(encoding="utf-8"), as_version=4)
    texts = "\n".join(str(cell.get("outputs", "")) for cell in printed.cells)
    assert "13 of 13 right" in texts
    assert "All are right." in texts
    assert "100 % of the time" in texts
