"""Make the copies for a class: python classroom/class_copy.py FOLDER

FOLDER gets the lessons as learners need them: no solutions, no outputs; hints, checks and quizzes are there. Running it again
writes them anew. With --nbgrader it becomes a course for nbgrader instead, with an assignment for each lesson:

    release/LESSON      for the learners: the same, and nbgrader's marks
    source/LESSON       for the teacher: with the solutions, from which nbgrader makes the release again
    nbgrader_config.py  nbgrader's settings, and hand_ins.py, which repairs handed-in notebooks before they are graded

Running that again writes these anew and leaves everything else in FOLDER (handed-in work, grades) alone.
"""

import argparse
import copy
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from hand_ins import as_handed_out

from digitkit.lessons import clear, lesson_files
from digitkit.outputs import prepare_outputs

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
POINTS = 1  # for each exercise; a teacher can change them in nbgrader
CHECK = re.compile(r"\b(?:digitkit|exercises)\.check_(\w+)\(")
SOLUTION = re.compile(r"<details>\s*<summary>Solution</summary>\s*```python\n(.+?)```(.*?)</details>\s*", re.DOTALL)
CONFIG = """\
# nbgrader's settings for this course. Start nbgrader in this folder.
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from hand_ins import HandIns, take_renamed

os.environ["DIGITKIT_HOME"] = str(HERE / "my")  # so that grading does not write into your own files
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "digitkit"
c.ClearSolutions.code_stub = {"python": ""}  # the learner's cell already holds its three dots
c.Execute.timeout = 600  # seconds for one cell; notebook 03 trains a network
# The release is there already. nbgrader would skip it and never learn of its exercises, so it must make the release again.
c.GenerateAssignment.force = True
c.Autograde.exporter_class = HandIns  # repairs what learners did to the cells, and counts the points
c.LockCells.lock_solution_cells = False  # else a copy of an answer's cell could never be deleted
for sentence in take_renamed(HERE):
    print(f"WARNING | {sentence}.", file=sys.stderr)
"""


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook. title: its heading. name: of its check, without "check_".

    place: of its check in the notebook; the learner's cell stands before it, hints and solution after it.
    solution: Python code. reason: what is said below it.
    """

    title: str
    name: str
    place: int
    solution: str
    reason: str


def exercises(notebook):
    """The exercises of a notebook, in order: a list of Exercise. Raises ValueError if one has no solution.

    >>> exercises(nbformat.v4.new_notebook())
    []
    """
    found, title = [], ""
    for place, cell in enumerate(notebook.cells):
        check = CHECK.search(cell.source)
        if cell.cell_type == "markdown":
            title = (re.findall(r"^#+ (Exercise.*)$", cell.source, re.MULTILINE) or [title])[-1]
        elif check:
            solution = SOLUTION.search(notebook.cells[place + 1].source)
            if not solution:
                raise ValueError(f"After {check[0]}…) there is no solution.")
            found.append(Exercise(title, check[1], place, solution[1].strip(), solution[2].strip()))
    return found


def plain(notebook):
    """A notebook as a learner gets it: before its first run, and without the solutions."""
    made = clear(copy.deepcopy(notebook))
    for exercise in exercises(notebook):
        hints = made.cells[exercise.place + 1]
        hints.source = SOLUTION.sub("", hints.source).strip()
    return made


def source(notebook):
    """The teacher's version of a notebook for nbgrader: solutions in the learner's cells, and marks where there are points.

    A solution stands below the placeholder, between marks at which nbgrader cuts it out.
    """
    made = plain(notebook)
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = linked(cell.source)
    names = [exercise.name for exercise in exercises(notebook)]
    for number, exercise in enumerate(exercises(notebook)):
        answer, check = made.cells[exercise.place - 1 : exercise.place + 1]
        # A check that is used twice in a notebook gets a number, since nbgrader wants each name once.
        name = exercise.name + (f"-{names[:number].count(exercise.name) + 1}" if names.count(exercise.name) > 1 else "")
        answer.source += f"\n### BEGIN SOLUTION\n{exercise.solution}\n### END SOLUTION"
        answer.metadata.update(nbgrader=_marks(f"answer-{name}", solution=True, locked=False))
        check.metadata.update(deletable=False, editable=False, nbgrader=_marks(name, grade=True, points=POINTS))
    return made


def linked(text):
    """A text whose links lead to the right files where each lesson has a folder of its own.

    >>> linked("[Next](02_next.ipynb), [glossary](../glossary.md), [more](extra/your_class.ipynb)")
    '[Next](../02_next/02_next.ipynb), [glossary](glossary.md), [more](../your_class/your_class.ipynb)'
    """
    text = re.sub(r"\]\((?:\.\./|extra/)?(\w+)\.ipynb\)", r"](../\1/\1.ipynb)", text)
    return re.sub(r"\]\(\.\./(\w+\.md)\)", r"](\1)", text)


def release(notebook):
    """The learners' version: the teacher's without the solutions."""
    return as_handed_out(source(notebook))


def _marks(grade_id, grade=False, solution=False, locked=True, **points):
    return {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        **points,
    }


def make_copies(folder):
    """Write the learners' copies into a folder. Raises ValueError if the folder holds something else."""
    _claim(folder, "class_copy.py")
    for path in lesson_files(NOTEBOOKS):
        _write(folder / path.relative_to(NOTEBOOKS), plain(_read(path)) if path.suffix == ".ipynb" else _text(path))


def make_course(folder):
    """Write a course for nbgrader into a folder. Raises ValueError if the folder holds something else."""
    _claim(folder, "class_copy.py --nbgrader")
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    shutil.copyfile(Path(__file__).with_name("hand_ins.py"), folder / "hand_ins.py")
    paths = lesson_files(NOTEBOOKS)
    for version in (source, release):
        for lesson in (path for path in paths if path.suffix == ".ipynb"):
            assignment = folder / version.__name__ / lesson.stem
            _write(assignment / lesson.name, version(_read(lesson)))
            for path in (path for path in paths if path.suffix == ".md"):
                _write(assignment / path.name, linked(_text(path)))


def _claim(folder, maker):
    """Make sure that a folder is new, empty, or was made by the same command; git and pytest leave it alone from then on."""
    ignored, lines = folder / ".gitignore", f"# made by {maker}\n*\n"
    ours = ignored.is_file() and ignored.read_text(encoding="utf-8") == lines
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not ours):
        raise ValueError(f"{folder} already holds something else. Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    ignored.write_text(lines, encoding="utf-8")


def _read(path):
    return nbformat.read(path, as_version=4)


def _text(path):
    return path.read_text(encoding="utf-8")


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        nbformat.write(content, path)


def main(arguments=None):
    prepare_outputs()
    parser = argparse.ArgumentParser(description="Make the copies for a class: no solutions, no outputs.")
    parser.add_argument("folder", type=Path, help="where to write them, for example: lessons")
    parser.add_argument("--nbgrader", action="store_true", help="make a course for nbgrader, which marks what is handed in")
    options = parser.parse_args(arguments)
    try:
        (make_course if options.nbgrader else make_copies)(options.folder)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.nbgrader:
        print(f"For the learners: {options.folder / 'release'}\nWith solutions:   {options.folder / 'source'}")
    else:
        print(f"For the learners: {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
