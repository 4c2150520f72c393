"""The teacher's side: class copies, how they are graded, the answer key, the guides."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import digitkit

ROOT = Path(__file__).resolve().parent.parent
CLASSROOM = ROOT / "classroom"
LESSONS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
EXTRAS = sorted(path for path in (ROOT / "notebooks" / "extra").glob("*.ipynb") if path.stem != "concept_test")
LEARNS = ROOT / "notebooks" / "extra" / "how_it_learns.ipynb"
sys.path.insert(0, str(CLASSROOM))

import answers  # noqa: E402
import class_copy  # noqa: E402
import hand_ins  # noqa: E402


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course for nbgrader, as a teacher makes it."""
    folder = tmp_path_factory.mktemp("class") / "course"
    subprocess.run([sys.executable, CLASSROOM / "class_copy.py", "--nbgrader", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """The copies for a class without grades."""
    folder = tmp_path_factory.mktemp("class") / "lessons"
    assert class_copy.main([str(folder)]) == 0
    return folder


def read(path):
    return nbformat.read(path, as_version=4)


def released(course, path, version="release"):
    """A lesson of a course, as the learners get it or as the teacher has it."""
    return read(course / version / path.stem / path.name)


def marked(notebook, mark):
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get(mark)]


@pytest.mark.parametrize("kind", ["copies", "course"])
@pytest.mark.parametrize("path", [*LESSONS, *EXTRAS], ids=lambda path: path.stem)
class TestCopy:
    """What holds for the copies of either kind."""

    @pytest.fixture
    def copy(self, kind, path, request):
        folder = request.getfixturevalue(kind)
        return released(folder, path) if kind == "course" else read(folder / path.relative_to(ROOT / "notebooks"))

    def test_the_learners_get_no_solution_and_no_output_but_every_hint_and_check(self, copy, path):
        original, text = read(path), "\n".join(cell.source for cell in copy.cells)
        assert "solution" not in text.lower()
        assert not any(exercise.solution in text for exercise in class_copy.exercises(original))
        hints = re.findall(r"<summary>(?!Solution)", "\n".join(cell.source for cell in original.cells))
        assert len(re.findall("<summary>", text)) == len(hints)
        assert not [cell for cell in copy.cells if cell.get("outputs") or cell.get("execution_count")]

    def test_what_is_no_solution_stays_as_it_is(self, copy, path, kind):
        original = read(path)
        assert [cell.id for cell in copy.cells] == [cell.id for cell in original.cells]
        for before, after in zip(original.cells, copy.cells, strict=True):
            if "Solution</summary>" not in before.source:
                text = class_copy.linked(before.source) if kind == "course" else before.source
                assert after.source == text + ("\n" if "solution" in marks_of(after) and marks_of(after)["solution"] else "")


def marks_of(cell):
    return cell.metadata.get("nbgrader", {})


def test_copies_without_grades_hold_no_plumbing(copies):
    assert {path.relative_to(copies) for path in copies.rglob("*") if path.is_file()} == {
        Path(".gitignore"),
        *(path.relative_to(ROOT / "notebooks") for path in [*LESSONS, *EXTRAS, LEARNS.with_name("concept_test.ipynb")]),
        Path("glossary.md"),
    }
    assert not [cell for path in copies.rglob("*.ipynb") for cell in read(path).cells if cell.metadata]


@pytest.mark.parametrize("path", [*LESSONS, *EXTRAS], ids=lambda path: path.stem)
class TestCourse:
    def test_the_learners_may_write_where_they_answer_and_nowhere_in_a_check(self, course, path):
        copy = released(course, path)
        assert len(marked(copy, "grade")) == sum("digitkit.exercises.check_" in cell.source for cell in copy.cells)
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
        teachers = released(course, path, "source")
        for answer, exercise in zip(marked(teachers, "solution"), class_copy.exercises(read(path)), strict=True):
            assert answer.source.endswith(f"### BEGIN SOLUTION\n{exercise.solution}\n### END SOLUTION")


@pytest.mark.parametrize("kind", ["copies", "course"])
def test_the_copies_have_all_that_they_link_to(kind, request):
    for path in request.getfixturevalue(kind).rglob("*.*"):
        if path.suffix in {".ipynb", ".md"}:
            for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
                assert (path.parent / link).exists(), f"{path}: {link}"


@pytest.mark.parametrize(("answer", "points"), [(20 * (3 * 3 * 16 + 1), "2"), (..., "0"), (288, "0"), ("error", "0")])
def test_a_check_that_was_run_shows_its_result_and_then_its_points(answer, points):
    mark = {"nbgrader": {"grade": True, "points": 2}}
    check = nbformat.v4.new_code_cell("digitkit.exercises.check_parameters(parameters)", metadata=mark, execution_count=3)
    if answer == "error":
        check.outputs = [nbformat.v4.new_output("error", ename="NameError", evalue="no parameters", traceback=[])]
    else:
        result = {"text/plain": repr(digitkit.exercises.check_parameters(answer))}
        check.outputs = [nbformat.v4.new_output("execute_result", result, execution_count=3)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1"), check])
    before = nbformat.from_dict(notebook)
    hand_ins.Points().preprocess(notebook, {})
    assert notebook.cells[0] == before.cells[0]
    shown, result = check.outputs
    assert shown.get("data") == before.cells[1].outputs[0].get("data")
    assert (shown.output_type, result.output_type) == ("error" if answer == "error" else "display_data", "execute_result")
    assert result.data["text/plain"] == points
    nbformat.validate(notebook)


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


def test_making_the_course_again_keeps_what_was_handed_in(course):
    handed_in = course / "submitted" / "ada" / LESSONS[0].stem / LESSONS[0].name
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("mine")
    assert class_copy.main(["--nbgrader", str(course)]) == 0
    assert handed_in.read_text() == "mine"


@pytest.mark.parametrize(("options", "others"), [([], ["--nbgrader"]), (["--nbgrader"], [])])
def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path, capsys, options, others):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "holiday.jpg").touch()
    assert class_copy.main([*others, str(tmp_path / "class")]) == 0
    before = sorted(tmp_path.rglob("*"))
    for folder, why in [
        ("photos", "already holds something else"),
        ("class", "something else"),
        ("photos/holiday.jpg/a", "holiday.jpg"),
    ]:
        assert class_copy.main([*options, str(tmp_path / folder)]) == 1
        assert why in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_copies_are_neither_collected_nor_committed(tmp_path):
    """Not even when a teacher makes them inside the checkout."""
    (tmp_path / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    assert class_copy.main([str(tmp_path / "lessons for 7b")]) == 0
    assert class_copy.main(["--nbgrader", str(tmp_path / "course")]) == 0
    command = [sys.executable, "-m", "pytest", "--nbval", "--collect-only", "--quiet", "--rootdir", tmp_path, tmp_path]
    result = subprocess.run(command, capture_output=True, text=True)
    assert "no tests" in result.stdout, result.stdout + result.stderr
    status = subprocess.check_output(["git", "-C", tmp_path, "status", "--porcelain"], text=True)
    assert status.split() == ["??", "conftest.py"]


# ── Hand-ins are put right before they are graded ───────────────────────────────────────────────────────────────────


@pytest.fixture
def lesson(course):
    return released(course, LESSONS[1])


def answer(notebook, place=0, value="answer = 21"):
    cell = marked(notebook, "solution")[place]
    cell.source = value
    return cell


def add(notebook, after, cell, **changes):
    """Put a copy of a cell behind another, as JupyterLab does: with its metadata and a new id."""
    twin = nbformat.from_dict({**cell, **changes, "id": nbformat.v4.new_code_cell().id})
    notebook.cells.insert(1 + next(place for place, other in enumerate(notebook.cells) if other is after), twin)
    return twin


def copy_an_answer_without_filling_it_in(notebook):
    add(notebook, marked(notebook, "solution")[0], marked(notebook, "solution")[0])
    answer(notebook)


def copy_an_answer_and_fill_in_the_copy(notebook):
    first = marked(notebook, "solution")[0]
    placeholder = first.source
    add(notebook, first, answer(notebook))
    first.source = placeholder


def copy_an_answer_before_it(notebook):
    add(notebook, notebook.cells[0], answer(notebook))


def split_an_answer(notebook):
    first = answer(notebook, value="half = 10")
    add(notebook, first, first, source="answer = 2 * half + 1")


def turn_an_answer_into_text(notebook):
    cell = answer(notebook)
    place = notebook.cells.index(cell)
    notebook.cells[place] = nbformat.v4.new_markdown_cell(cell.source, id=cell.id, metadata=cell.metadata)


def delete_an_answer(notebook):
    notebook.cells.remove(marked(notebook, "solution")[0])


def delete_an_answer_and_write_it_elsewhere(notebook):
    add(notebook, marked(notebook, "solution")[0], nbformat.v4.new_code_cell("answer = 21"))
    delete_an_answer(notebook)


def split_a_check(notebook):
    answer(notebook)
    check = marked(notebook, "grade")[0]
    name, bracket, rest = check.source.partition("(")
    check.source = name
    add(notebook, check, check, source=bracket + rest)


def split_a_check_in_mid_line(notebook):
    answer(notebook)
    check = marked(notebook, "grade")[0]
    add(notebook, check, check, source=check.source[20:])
    check.source = check.source[:20]


def copy_a_check(notebook):
    answer(notebook)
    add(notebook, marked(notebook, "grade")[0], marked(notebook, "grade")[0])


def delete_a_check(notebook):
    answer(notebook)
    notebook.cells.remove(marked(notebook, "grade")[0])


def delete_an_exercise(notebook):
    delete_a_check(notebook)
    delete_an_answer(notebook)


def merge_an_answer_into_its_check(notebook):
    delete_an_answer(notebook)
    check = marked(notebook, "grade")[0]
    check.source = f"answer = 21\n{check.source}"


def merge_a_check_into_its_answer(notebook):
    check = marked(notebook, "grade")[0]
    answer(notebook, value=f"answer = 21\n{check.source}")
    notebook.cells.remove(check)


def cheat(notebook):
    marked(notebook, "grade")[0].source = "1"


def drop_the_marks(notebook):
    answer(notebook)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})


def drop_the_marks_and_the_ids(notebook):
    drop_the_marks(notebook)
    for cell in notebook.cells:
        del cell["id"]
    notebook.nbformat_minor = 4


def drop_one_mark(notebook):
    answer(notebook)
    del marked(notebook, "grade")[0].metadata["nbgrader"]


def spoil_the_marks(notebook):
    answer(notebook)
    for cell in marked(notebook, "grade_id"):
        cell.metadata.nbgrader.schema_version = 1
        del cell.metadata.nbgrader["solution"]


def empty_a_mark(notebook):
    answer(notebook)
    notebook.cells[0].metadata.nbgrader = {}


def bring_a_cell_of_another_lesson(notebook):
    stranger = add(notebook, notebook.cells[-1], answer(notebook))
    stranger.metadata = nbformat.from_dict({"nbgrader": {**stranger.metadata.nbgrader, "grade_id": "answer-margin"}})


# What was done to a notebook: what a teacher reads, and whether its first exercise, answered, still gets its point.
DONE = {
    copy_an_answer_without_filling_it_in: ("Exercise 1: the answer's cell was copied or split; only the one with an answer", 1),
    copy_an_answer_and_fill_in_the_copy: ("Exercise 1: the answer's cell was copied or split; only the one with an answer", 1),
    copy_an_answer_before_it: ("copied or split; the last one before the check counts", 1),
    split_an_answer: ("copied or split; the last one before the check counts", 1),
    turn_an_answer_into_text: ("was no code cell", 1),
    delete_an_answer: ("the answer's cell was deleted; it was put back, without an answer", 0),
    delete_an_answer_and_write_it_elsewhere: ("nbgrader's marks were missing (1 of 8)", 1),
    split_a_check: ("Exercise 1: the check was split; the whole check was put back", 1),
    split_a_check_in_mid_line: ("the check was split", 1),
    copy_a_check: ("Exercise 1: the check was copied; it counts once", 1),
    delete_a_check: ("Exercise 1: the check was deleted; it was put back", 1),
    delete_an_exercise: ("the check was deleted", 0),
    merge_an_answer_into_its_check: ("the check was changed", 1),
    merge_a_check_into_its_answer: ("the check was deleted", 1),
    cheat: ("the check was changed; the lesson's own check was run", 0),
    drop_the_marks: ("nbgrader's marks were missing (8 of 8) and were put back", 1),
    drop_the_marks_and_the_ids: ("nbgrader's marks were missing (8 of 8) and were put back", 1),
    drop_one_mark: ("nbgrader's marks were missing (1 of 8) and were put back", 1),
    spoil_the_marks: ("", 1),
    empty_a_mark: ("", 1),
    bring_a_cell_of_another_lesson: ("cells of another lesson", 1),
}


def points(notebook):
    """What nbgrader would find: {the mark of a check: its points}, each cell run in its turn, errors or not."""
    names, found = {"digitkit": digitkit}, {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (_about_exercises(cell)):
            grade = marks_of(cell).get("grade")
            try:
                value = eval(cell.source, names) if grade else exec(cell.source, names)
            except Exception:
                value = None
            if grade:
                found[marks_of(cell)["grade_id"]] = int(repr(value).startswith("✓ Right"))
    return found


def _about_exercises(cell):
    return "nbgrader" in cell.metadata or re.search(r"answer =|half =|check_|result", cell.source)


@pytest.mark.parametrize("done", DONE, ids=lambda done: done.__name__)
def test_a_notebook_is_put_right_and_what_was_found_is_said(lesson, done):
    said, point = DONE[done]
    handed_in = nbformat.from_dict(lesson)
    done(handed_in)
    found = hand_ins.mend(handed_in, lesson)
    assert said in "\n".join(found)
    assert bool(found) == bool(said)
    marks = [cell.metadata.nbgrader for cell in marked(handed_in, "grade_id")]
    assert sorted(marks, key=str) == sorted((cell.metadata.nbgrader for cell in marked(lesson, "grade_id")), key=str)
    ids = [cell.id for cell in handed_in.cells]
    assert len(set(ids)) == len(ids)
    nbformat.validate(handed_in)
    assert points(handed_in) == {"window": point, "diagonal_kernel": 0, "pooling_loop": 0, "output_sizes": 0}
    assert hand_ins.mend(handed_in, lesson) == [], "once is enough"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_notebook_without_faults_is_left_as_it_is(course, path):
    lesson = released(course, path)
    handed_in = nbformat.from_dict(lesson)
    for cell in marked(handed_in, "solution"):
        cell.source += "1"
    before = nbformat.from_dict(handed_in)
    assert hand_ins.mend(handed_in, lesson) == []
    assert handed_in == before


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_kits_own_notebook_gets_its_marks_and_is_named(course, path):
    handed_in, lesson = read(path), released(course, path)
    cells = len(handed_in.cells)
    marks, own = hand_ins.mend(handed_in, lesson)
    assert "marks were missing" in marks
    assert "the kit's own notebook, which shows the solutions" in own
    assert len(handed_in.cells) == cells
    assert [cell.source for cell in marked(handed_in, "grade")] == [cell.source for cell in marked(lesson, "grade")]
    assert len(marked(handed_in, "grade_id")) == len(marked(lesson, "grade_id"))


def test_another_notebook_is_named_and_left_alone(lesson):
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    assert hand_ins.mend(other, lesson) == ["none of the lesson's exercises is in it; it gets no points"]
    assert len(other.cells) == 1


def test_renamed_hand_ins_are_found_by_name_or_by_their_exercises(course, tmp_path):
    first, second = LESSONS[:2]
    shutil.copytree(course / "source", tmp_path / "source")
    stranger = nbformat.v4.new_notebook()
    for pupil, folder, name, lesson in [
        ("ada", first.stem, f"{first.stem}-Copy1.ipynb", first),
        ("ada", second.stem, f"{second.name}.txt", second),
        ("ben", first.stem, "my homework.ipynb", second),
        ("cyd", second.stem, second.name, second),
        ("cyd", second.stem, f"{second.stem} (1).ipynb", first),
        ("dan", first.stem, "poem.ipynb", None),
        ("dan", second.stem, f"._{second.name}", None),
        ("eve", "all my lessons", second.name, second),
    ]:
        path = tmp_path / "submitted" / pupil / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(released(course, lesson) if lesson else stranger, path)
    assert hand_ins.take_renamed(tmp_path) == [
        f"ada, {first.stem}-Copy1.ipynb: a copy of it is graded as {first.stem}",
        f"ada, {second.name}.txt: a copy of it is graded as {second.stem}",
        f"ben, my homework.ipynb: a copy of it is graded as {second.stem}",
        f"cyd, {second.stem} (1).ipynb: it is not graded, because {second.stem}/{second.name} is there too",
        "dan, poem.ipynb: this is none of the lessons; it is not graded",
        f"eve, {second.name}: a copy of it is graded as {second.stem}",
    ]
    for pupil in ("ben", "eve"):
        assert read(tmp_path / "submitted" / pupil / second.stem / second.name) == released(course, second)
    assert len(hand_ins.take_renamed(tmp_path)) == 2, "what is a copy already is not named again"


def test_the_copy_of_an_answers_cell_can_be_deleted(course):
    for path in LESSONS:
        assert all(cell.metadata.get("deletable", True) for cell in marked(released(course, path), "solution"))
    assert "lock_solution_cells = False" in class_copy.CONFIG


def test_what_a_mac_adds_to_a_stick_is_no_lesson(tmp_path, monkeypatch):
    lessons = tmp_path / ".stick" / "notebooks"
    lessons.mkdir(parents=True)
    shutil.copy(LESSONS[0], lessons)
    for name in (f"._{LESSONS[0].name}", ".ipynb_checkpoints/01.ipynb", "._extra/a.md"):
        (lessons / name).parent.mkdir(exist_ok=True)
        (lessons / name).write_bytes(b"\0\5\26\7 Mac OS X")
    monkeypatch.setattr(class_copy, "NOTEBOOKS", lessons)
    assert class_copy.main([str(tmp_path / "lessons")]) == 0
    assert class_copy.main(["--nbgrader", str(tmp_path / "course")]) == 0
    assert [path.name for path in (tmp_path / "lessons").glob("[!.]*")] == [LESSONS[0].name]
    assert [path.name for path in (tmp_path / "course" / "release").rglob("*.*")] == [LESSONS[0].name]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course after the one run of the real nbgrader, and what was printed. What the guide tells a teacher to type is in
    test_commands. Two quick lessons stand for the six, which would take five minutes.
    """
    course = tmp_path_factory.mktemp("graded") / "course"
    assert class_copy.main(["--nbgrader", str(course)]) == 0
    ours = sources(course / "release")
    nbgrader(course, "generate_assignment", "0[12]*")
    assert sources(course / "release") == ours
    first, second = lessons = LESSONS[:2]
    for cell in marked(released(course, second), "solution"):
        assert cell.metadata.get("deletable", True), "nbgrader makes copies that nobody can delete"
    tasks = [(path, exercise) for path in lessons for exercise in class_copy.exercises(read(path))]
    for path in lessons:
        hand_in(course, "half right", path, fill_in(released(course, path), path, tasks[::2]))
    for pupil, done in PUPILS.items():
        notebook = released(course, second)
        done(notebook)
        hand_in(course, pupil, second, notebook)
    folder = course / "submitted" / "renamed" / second.stem
    (folder / second.name).rename(folder / f"{second.stem} (1).ipynb")
    hand_in(course, "copied", first, nbformat.v4.new_notebook()).write_bytes(b"PK not a notebook")
    kits = read(second)
    next(cell for cell in kits.cells if "answer = ..." in cell.source).source = "answer = 21"
    hand_in(course, "kit", second, kits)
    printed = nbgrader(course, "autograde", first.stem) + nbgrader(course, "autograde", second.stem)
    return course, printed, tasks[::2]


def stop_python(notebook):
    answer(notebook, value="import os\nos._exit(1)")


PUPILS = {
    "copied": copy_an_answer_without_filling_it_in,
    "split": split_a_check_in_mid_line,
    "deleted": delete_a_check,
    "unmarked": drop_the_marks_and_the_ids,
    "stopped": stop_python,
    "renamed": answer,
}


@pytest.mark.slow
class TestNbgrader:
    def test_it_gives_each_right_answer_its_points(self, graded):
        from nbgrader.api import Gradebook

        course, _, solved = graded
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
            for path in LESSONS[:2]:
                submission = gradebook.find_submission(path.stem, "half right")
                names = {exercise.name for lesson, exercise in solved if lesson == path}
                given = [grade for book in submission.notebooks for grade in book.grades if grade.score]
                assert {grade.name: grade.score for grade in given} == dict.fromkeys(names, class_copy.POINTS)
                assert submission.score == class_copy.POINTS * len(names) < submission.max_score

    def test_the_graded_copy_shows_each_result(self, graded):
        course, _, solved = graded
        for path in LESSONS[:2]:
            graded_copy = read(course / "autograded" / "half right" / path.stem / path.name)
            shown = [check.outputs[0].data["text/plain"][0] for check in marked(graded_copy, "grade")]
            names = [exercise.name for lesson, exercise in solved if lesson == path]
            assert shown == ["✓" if marks_of(check).grade_id in names else "…" for check in marked(graded_copy, "grade")]

    @pytest.mark.parametrize(
        ("pupil", "said", "points"),
        [
            ("copied", "02_what_a_convolution_does: Exercise 1: the answer's cell was copied or split; only the one", 1),
            ("renamed", "02_what_a_convolution_does (1).ipynb: a copy of it is graded as 02_what_a_convolution_does", 1),
            ("copied", "01_meet_the_digits: this file is damaged or no notebook; it is not graded and gets no points.", 1),
            ("split", "02_what_a_convolution_does: Exercise 1: the check was split; the whole check was put back.", 1),
            ("deleted", "02_what_a_convolution_does: Exercise 1: the check was deleted; it was put back.", 1),
            ("unmarked", "02_what_a_convolution_does: nbgrader's marks were missing (8 of 8) and were put back.", 1),
            ("kit", "02_what_a_convolution_does: it was made from the kit's own notebook, which shows the solutions.", 1),
            ("stopped", "02_what_a_convolution_does: Python broke down while this notebook ran; it is not graded", 0),
        ],
    )
    def test_it_grades_what_can_be_graded_and_names_the_rest(self, graded, pupil, said, points):
        from nbgrader.api import Gradebook

        course, printed, _ = graded
        assert f"{pupil}, {said}" in printed
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
            assert gradebook.find_submission(LESSONS[1].stem, pupil).score == points

    def test_what_was_handed_in_stays_as_it_is(self, graded):
        course, _, _ = graded
        notebook = read(course / "submitted" / "split" / LESSONS[1].stem / LESSONS[1].name)
        assert len(marked(notebook, "grade")) == 5


def sources(folder):
    """What the cells of all notebooks in a folder say."""
    return {path.relative_to(folder): [cell.source for cell in read(path).cells] for path in folder.rglob("*.ipynb")}


def nbgrader(course, *arguments):
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    result = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stderr


def fill_in(notebook, lesson, solved):
    """Write the solutions of these exercises, pairs of lesson and exercise, into a learner's copy of a lesson."""
    for exercise in (exercise for other, exercise in solved if other == lesson):
        notebook.cells[exercise.place - 1].source += exercise.solution
    return notebook


def hand_in(course, pupil, lesson, notebook):
    """Put a notebook where a teacher puts what was handed in. Returns its path."""
    path = course / "submitted" / pupil / lesson.stem / lesson.name
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path


def test_the_answer_key_is_in_step_with_the_notebooks():
    assert answers.KEY.read_text(encoding="utf-8") == answers.answer_key(), "run: python classroom/answers.py"


@pytest.mark.parametrize("path", [*LESSONS, *EXTRAS], ids=lambda path: path.stem)
def test_the_answer_key_answers_every_quiz_question_once(path):
    starts = [re.match(r"\*\*(\d+)\. ", cell.source) for cell in read(path).cells if cell.cell_type == "markdown"]
    questions = [start[1] for start in starts if start]
    assert questions
    assert [question.split(".")[0] for question, _, _ in answers.quiz(read(path))] == questions


# ── The guides ──────────────────────────────────────────────────────────────────────────────────────────────────────


def table_rows(text, heading):
    """The cells of the rows of the first table below a heading."""
    section = text.partition(f"## {heading}")[2].partition("\n## ")[0]
    return [row.strip("| ").split(" | ") for row in re.findall(r"^\|.*\|$", section, re.MULTILINE)[2:]]


@pytest.mark.parametrize("path", [*LESSONS, LEARNS], ids=lambda path: path.stem)
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

    def test_it_has_both_routes_and_what_to_do_without_a_network(self, guide):
        assert "| | 45 minutes | 20 minutes |" in guide
        for heading in ("What to say", "Where to stop", "Two routes", "Offline and on the projector"):
            assert f"## {heading}" in guide
        assert "- Where nothing can be installed: " in guide

    def test_the_minutes_of_both_routes_add_up(self, path, guide):
        rows = table_rows(guide, "Two routes")
        begins, ends = zip(*(map(int, when.split("–")) for when, _, _ in rows[:-1]), strict=True)
        assert (0, *ends) == (*begins, 45 - int(rows[-1][0].removeprefix("last ")))
        short = [re.match(r"(\d+) minutes?: ", text) for _, _, text in rows if not text.startswith("–")]
        assert all(short)
        assert sum(int(minutes[1]) for minutes in short) == 20


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_minutes_of_a_guide_are_those_of_the_table(path):
    guide = (CLASSROOM / f"{path.stem}.md").read_text(encoding="utf-8")
    table = (CLASSROOM / "minutes.md").read_text(encoding="utf-8")
    [row] = [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith(f"| {path.stem} ")]
    assert f"**Minutes:** read {row[7]} · do {row[8]} · the code runs for {row[5]} seconds " in guide


@pytest.mark.parametrize("path", sorted(CLASSROOM.glob("*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert link.startswith("https://") or (path.parent / link).exists(), link
