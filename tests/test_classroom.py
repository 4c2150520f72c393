"""The teacher's side: class copies, how they are graded, the answer key, the sheet to write on, the guides."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

import digitkit
from digitkit import simulate

ROOT = Path(__file__).resolve().parent.parent
CLASSROOM = ROOT / "classroom"
LESSONS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
EXTRA = ROOT / "notebooks" / "extra" / "your_class.ipynb"
sys.path.insert(0, str(CLASSROOM))

import answers  # noqa: E402
import class_copy  # noqa: E402
import digit_sheet  # noqa: E402


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course as a teacher makes it."""
    folder = tmp_path_factory.mktemp("class") / "course"
    subprocess.run([sys.executable, CLASSROOM / "class_copy.py", folder], check=True)
    return folder


def read(path):
    return nbformat.read(path, as_version=4)


def marked(notebook, mark):
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get(mark)]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
class TestCopy:
    def test_the_learners_get_no_solution_and_no_output_but_every_hint_and_check(self, course, path):
        original, copy = read(path), read(course / "release" / "lessons" / path.name)
        text = "\n".join(cell.source for cell in copy.cells)
        assert "Solution" not in text
        assert "SOLUTION" not in text
        assert not any(exercise.solution in text for exercise in class_copy.exercises(original))
        hints = re.findall(r"<summary>(?!Solution)", "\n".join(cell.source for cell in original.cells))
        assert len(re.findall("<summary>", text)) == len(hints)
        assert len(marked(copy, "grade")) == sum("digitkit.exercises.check_" in cell.source for cell in original.cells)
        assert not [cell for cell in copy.cells if cell.get("outputs") or cell.get("execution_count")]

    def test_what_is_no_exercise_stays_as_it_is(self, course, path):
        original, copy = read(path), read(course / "release" / "lessons" / path.name)
        assert [cell.id for cell in copy.cells] == [cell.id for cell in original.cells]
        changed = [
            before for before, after in zip(original.cells, copy.cells, strict=True) if before.source != after.source.rstrip()
        ]
        assert all("digitkit.exercises.check_" in cell.source or "Solution</summary>" in cell.source for cell in changed)

    def test_the_learners_may_write_where_they_answer_and_nowhere_in_a_check(self, course, path):
        copy = read(course / "release" / "lessons" / path.name)
        for answer, check in zip(marked(copy, "solution"), marked(copy, "grade"), strict=True):
            assert "..." in answer.source
            assert not answer.metadata.nbgrader.locked
            assert answer.metadata.get("editable", True)
            assert check.metadata.nbgrader.locked
            assert check.metadata.nbgrader.points > 0
            assert not check.metadata.editable
        names = [cell.metadata.nbgrader.grade_id for cell in marked(copy, "schema_version")]
        assert len(set(names)) == len(names) > 0

    def test_the_teachers_copy_holds_each_solution_between_its_marks(self, course, path):
        teachers = read(course / "source" / "lessons" / path.name)
        for answer, exercise in zip(marked(teachers, "solution"), class_copy.exercises(read(path)), strict=True):
            assert answer.source.endswith(f"### BEGIN SOLUTION\n{exercise.solution}\n### END SOLUTION")


@pytest.mark.parametrize("version", ["source", "release"])
def test_the_extra_lesson_comes_without_solutions_since_nbgrader_would_hand_it_out_as_it_is(course, version):
    copy = read(course / version / "lessons" / "extra" / EXTRA.name)
    assert marked(copy, "grade")
    assert not any("solution" in cell.source.lower() for cell in copy.cells)


def test_the_copies_have_all_that_they_link_to(course):
    for path in (course / "release" / "lessons").rglob("*.ipynb"):
        for cell in read(path).cells:
            for link in re.findall(r"\]\(([^)#:]+)\)", cell.source if cell.cell_type == "markdown" else ""):
                assert (path.parent / link).exists(), f"{path.name}: {link}"


@pytest.mark.parametrize(("answer", "sign", "points"), [(32 * (3 * 3 * 16 + 1), "✓", 1), (..., "…", 0), (288, "✗", 0)])
def test_a_graded_cell_shows_the_result_and_ends_in_points(answer, sign, points):
    *before, last = class_copy.graded("digitkit.exercises.check_parameters(parameters)").splitlines()
    shown = []
    names = {"digitkit": digitkit, "parameters": answer, "display": shown.append}
    exec("\n".join(before), names)
    assert eval(last, names) == points
    assert repr(shown[0])[0] == sign


def test_a_check_that_is_used_twice_gets_two_names():
    help = "<details><summary>Solution</summary>\n\n```python\na = 1\n```\n\n</details>"
    code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    cells = [cell for _ in range(2) for cell in (code("a = ..."), code("digitkit.exercises.check_window(a)"), text(help))]
    made = class_copy.release(nbformat.v4.new_notebook(cells=cells))
    assert [cell.metadata.nbgrader.grade_id for cell in marked(made, "grade")] == ["window-1", "window-2"]


def test_an_exercise_without_a_solution_is_named():
    code = nbformat.v4.new_code_cell
    notebook = nbformat.v4.new_notebook(cells=[code("a = ..."), code("digitkit.exercises.check_window(a)"), code("a")])
    with pytest.raises(ValueError, match="check_window"):
        class_copy.exercises(notebook)


def test_making_the_copies_again_keeps_what_was_handed_in(course):
    handed_in = course / "submitted" / "ada" / "lessons" / LESSONS[0].name
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("mine")
    assert class_copy.main([str(course)]) == 0
    assert handed_in.read_text() == "mine"


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "holiday.jpg").touch()
    assert class_copy.main([str(tmp_path)]) == 1
    assert "already holds something else" in capsys.readouterr().err
    assert len(list(tmp_path.iterdir())) == 1


def test_copies_are_neither_collected_nor_committed(tmp_path):
    """Not even when a teacher makes them inside the checkout."""
    (tmp_path / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    assert class_copy.main([str(tmp_path / "lessons for 7b")]) == 0
    command = [sys.executable, "-m", "pytest", "--nbval", "--collect-only", "--quiet", "--rootdir", tmp_path, tmp_path]
    result = subprocess.run(command, capture_output=True, text=True)
    assert "no tests" in result.stdout, result.stdout + result.stderr
    status = subprocess.check_output(["git", "-C", tmp_path, "status", "--porcelain"], text=True)
    assert status.split() == ["??", "conftest.py"]


@pytest.mark.slow
def test_nbgrader_makes_the_same_release_and_gives_each_right_answer_its_points(tmp_path):
    """The real nbgrader. What the guide tells a teacher to type, up to the exported grades, is in test_commands.

    Two quick lessons stand for the six, which would take five minutes.
    """
    course = tmp_path / "course"
    assert class_copy.main([str(course)]) == 0
    ours = sources(course / "release")
    nbgrader(course, "generate_assignment", "lessons")
    assert sources(course / "release") == ours
    lessons = [path for path in LESSONS if path.name[:2] in {"01", "02"}]
    tasks = [(path.name, exercise) for path in lessons for exercise in class_copy.exercises(read(path))]
    solved = tasks[::2]
    released = {path.name: read(course / "release" / "lessons" / path.name) for path in lessons}
    hand_in(course / "submitted" / "half right" / "lessons", released, solved)
    nbgrader(course, "autograde", "lessons")

    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission("lessons", "half right")
        assert submission.score == class_copy.POINTS * len(solved)
        points = {(f"{book.name}.ipynb", grade.name): grade.score for book in submission.notebooks for grade in book.grades}
        assert {task for task, score in points.items() if score} == {(name, exercise.name) for name, exercise in solved}


def sources(folder):
    """What the cells of all notebooks in a folder say."""
    return {path.relative_to(folder): [cell.source for cell in read(path).cells] for path in folder.rglob("*.ipynb")}


def nbgrader(course, *arguments):
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    result = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def hand_in(folder, released, solved):
    """Fill in the learners' copies: each of these exercises gets its solution."""
    folder.mkdir(parents=True)
    for name, notebook in released.items():
        notebook = nbformat.from_dict(notebook)
        for exercise in (exercise for other, exercise in solved if other == name):
            answer = notebook.cells[exercise.place - 1]
            answer.source += exercise.solution
        nbformat.write(notebook, folder / name)


def test_the_answer_key_is_in_step_with_the_notebooks():
    assert answers.KEY.read_text(encoding="utf-8") == answers.answer_key(), "run: python classroom/answers.py"


@pytest.mark.parametrize("path", [*LESSONS, EXTRA], ids=lambda path: path.stem)
def test_the_answer_key_answers_every_quiz_question_once(path):
    quiz_text = next(cell.source for cell in read(path).cells if "## Quiz" in cell.source)
    questions = re.findall(r"^\*\*(\d+)\. ", quiz_text, re.MULTILINE)
    assert [question.split(".")[0] for question, _, _ in answers.quiz(read(path))] == questions


# ── The sheet to write digits on ────────────────────────────────────────────────────────────────────────────────────

SHARP = 6  # pixels for each millimetre of the sheet


@pytest.fixture(scope="module")
def printed():
    """The ink of the empty sheet: (1782, 1260) float, 0 white, 1 black."""
    png = io.BytesIO()
    digit_sheet.draw_sheet().savefig(png, dpi=25.4 * SHARP)
    return 1 - np.asarray(Image.open(png).convert("L"), dtype=np.float32) / 255


@pytest.fixture(scope="module")
def written(printed):
    """The same sheet with MNIST digits, 11 to 15 mm tall, written into its boxes."""
    random, training = np.random.default_rng(4), digitkit.load_mnist().train
    images, places = [], []
    for digit, x, y in digit_sheet.boxes():
        images.append(training.images[random.choice(np.flatnonzero(training.labels == digit))])
        side = int(random.uniform(11, 15) * 28 / 20 * SHARP)  # MNIST's digits are 20 pixels tall in a frame of 28
        corner = [(start + digit_sheet.SIDE / 2) * SHARP - side / 2 + random.uniform(-6, 6) for start in (x, y)]
        places.append((*map(int, corner), side))
    return simulate.write_digits(images, places, printed.shape[::-1])


def photo(printed, written, left, top, right, bottom, shadow):
    """A part of the sheet, in millimetres, as a camera sees it: printed black, written in ink."""
    part = np.s_[top * SHARP : bottom * SHARP, left * SHARP : right * SHARP]
    random = np.random.default_rng(5)
    return simulate.photograph(written[part], random, rules=printed[part], rule_colour=(30, 30, 30), shadow=shadow)


BOXES = (digit_sheet.LEFT, digit_sheet.TOP, digit_sheet.LEFT + 20 * digit_sheet.COLUMNS, digit_sheet.TOP + 200)


@pytest.mark.parametrize("shadow", [0.0, 0.35])
def test_a_photo_of_all_rows_is_read_row_by_row(printed, written, shadow):
    left, top, right, bottom = BOXES
    digits = digitkit.read(photo(printed, written, left - 4, top - 4, right + 4, bottom + 4, shadow)).digits
    assert 78 <= len(digits) <= 81
    assert sum(digit.label == digit.row for digit in digits) >= 76


@pytest.mark.parametrize("digit", range(10))
def test_a_photo_of_one_row_is_read(printed, written, digit):
    left, top, right, _ = BOXES
    printed, written = printed.copy(), written.copy()
    above, below = (top + 20 * digit - 1) * SHARP, (top + 20 * digit + 21) * SHARP
    for ink in (printed, written):
        ink[:above] = ink[below:] = 0  # blank paper covers the other rows
    row = photo(printed, written, left - 4, top + 20 * digit - 20, right + 4, top + 20 * digit + 40, 0.2)
    labels = [found.label for found in digitkit.read(row).digits]
    assert len(labels) == digit_sheet.COLUMNS
    assert labels.count(digit) >= digit_sheet.COLUMNS - 1


def test_an_empty_sheet_holds_no_digit(printed):
    left, top, right, bottom = BOXES
    assert digitkit.read(photo(printed, 0 * printed, left - 4, top - 4, right + 4, bottom + 4, 0.2)).digits == []


def test_the_sheet_is_a4_and_comes_with_the_kit():
    pdf = (CLASSROOM / "digit_sheet.pdf").read_bytes()
    box = [float(number) for number in re.search(rb"/MediaBox \[([\d. ]+)\]", pdf)[1].split()]
    np.testing.assert_allclose(box, [0, 0, 595.3, 841.9], atol=0.1)
    assert b"/Image" not in re.sub(rb"/ImageB|/ImageC|/ImageI", b"", pdf)  # lines and letters only: sharp on every printer


# ── The guides ──────────────────────────────────────────────────────────────────────────────────────────────────────


def table_rows(text, heading):
    """The cells of the rows of the first table below a heading."""
    section = text.partition(f"## {heading}")[2].partition("\n## ")[0]
    return [row.strip("| ").split(" | ") for row in re.findall(r"^\|.*\|$", section, re.MULTILINE)[2:]]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
class TestGuide:
    @pytest.fixture
    def guide(self, path):
        return (CLASSROOM / f"{path.stem}.md").read_text(encoding="utf-8")

    def test_it_answers_every_predict_in_its_section(self, path, guide):
        section, asked = "", []
        for line in "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown").splitlines():
            section = match[1] if (match := re.match(r"## (\d+)", line)) else section
            asked += [section] * line.count("**Predict")
        assert [row[0] for row in table_rows(guide, "Predict")] == asked

    def test_it_knows_mistakes_in_every_exercise(self, path, guide):
        numbers = [exercise.title.split()[1].rstrip(":") for exercise in class_copy.exercises(read(path))]
        assert list(dict.fromkeys(row[0] for row in table_rows(guide, "Exercises"))) == numbers

    def test_its_minutes_are_those_of_the_table(self, path, guide):
        table = (CLASSROOM / "minutes.md").read_text(encoding="utf-8")
        [row] = [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith(f"| {path.stem} ")]
        assert f"**Minutes:** read {row[7]} · do {row[8]} · the code runs for {row[5]} seconds " in guide

    def test_it_has_both_routes_and_what_to_do_without_a_network(self, guide):
        assert "| | 45 minutes | 20 minutes |" in guide
        for heading in ("What to say", "Where to stop", "Two routes", "Offline and on the projector"):
            assert f"## {heading}" in guide


@pytest.mark.parametrize("path", sorted(CLASSROOM.glob("*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert link.startswith("https://") or (path.parent / link).exists(), link
