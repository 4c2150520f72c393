"""Make the copies for a class: python classroom/class_copy.py FOLDER

FOLDER becomes a course for nbgrader, which nobody needs in order to hand out the copies:

    release/lessons    for the learners: no solutions, no outputs; hints and checks are kept
    source/lessons     for the teacher: the six lessons with their solutions, from which nbgrader can make the release again
    nbgrader_config.py nbgrader's settings, and hand_ins.py, which repairs handed-in notebooks before they are graded

Running it again writes these anew and leaves everything else in FOLDER (handed-in work, grades) alone.
"""

import argparse
import ast
import copy
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from hand_ins import as_handed_out

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
ASSIGNMENT = "lessons"
POINTS = 1  # for each exercise; a teacher can change them in nbgrader
CHECK = re.compile(r"\b(?:digitkit|exercises)\.check_(\w+)\(")
SOLUTION = re.compile(r"<details>\s*<summary>Solution</summary>\s*```python\n(.+?)```(.*?)</details>\s*", re.DOTALL)
CONFIG = """\
# nbgrader's settings for this course. Start nbgrader in this folder.
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from hand_ins import HandIns, take_renamed  # they repair what learners did to the cells, and to the files' names

os.environ["DIGITKIT_HOME"] = str(HERE / "my")  # so that grading does not write into your own files
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "digitkit"
c.ClearSolutions.code_stub = {"python": ""}  # the learner's cell already holds its three dots
c.Execute.timeout = 600  # seconds for one cell; notebook 03 trains a network
# The release is there already. nbgrader would skip it and never learn of its exercises, so it must make the release again.
c.GenerateAssignment.force = True
c.Autograde.exporter_class = HandIns
c.LockCells.lock_solution_cells = False  # else a copy of an answer's cell could never be deleted
for sentence in take_renamed(HERE):
    print(f"WARNING | {sentence}.", file=sys.stderr)


def keep_extra(assignment, **others):
    # nbgrader leaves out the notebooks in inner folders; the learners get them all the same.
    extra = HERE / "source" / assignment / "extra"
    if extra.exists():
        shutil.copytree(extra, HERE / "release" / assignment / "extra", dirs_exist_ok=True)


c.GenerateAssignment.post_convert_hook = keep_extra
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


def source(notebook):
    """The teacher's version of a notebook: solutions in the learner's cells, checks that end in points, no outputs.

    A solution stands below the placeholder, between marks at which nbgrader cuts it out.
    """
    made = copy.deepcopy(notebook)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    names = [exercise.name for exercise in exercises(notebook)]
    for number, exercise in enumerate(exercises(notebook)):
        answer, check, hints = made.cells[exercise.place - 1 : exercise.place + 2]
        # A check that is used twice in a notebook gets a number, since nbgrader wants each name once.
        name = exercise.name + (f"-{names[:number].count(exercise.name) + 1}" if names.count(exercise.name) > 1 else "")
        answer.source += f"\n### BEGIN SOLUTION\n{exercise.solution}\n### END SOLUTION"
        answer.metadata.update(nbgrader=_marks(f"answer-{name}", solution=True, locked=False))
        check.source = graded(check.source)
        check.metadata.update(deletable=False, editable=False, nbgrader=_marks(name, grade=True, points=POINTS))
        hints.source = SOLUTION.sub("", hints.source).strip()
    return made


def graded(check):
    """A check cell that shows its result and then ends in a number of points, as nbgrader wants it.

    >>> print(graded("digitkit.exercises.check_window(answer)"))
    result = digitkit.exercises.check_window(answer)
    display(result)
    1 if result.outcome == "right" else 0  # points
    """
    start = ast.parse(check).body[-1].lineno - 1
    lines = check.splitlines()
    lines[start] = f"result = {lines[start]}"
    return "\n".join([*lines, "display(result)", f'{POINTS} if result.outcome == "right" else 0  # points'])


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


def make_course(folder):
    """Write the course into a folder. Raises ValueError if the folder already holds something else."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / "nbgrader_config.py").exists()):
        raise ValueError(f"{folder} already holds something else. Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    shutil.copyfile(Path(__file__).with_name("hand_ins.py"), folder / "hand_ins.py")
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    # What begins with a dot is no lesson: checkpoints, and the ._name that a Mac writes beside each file on a USB stick.
    paths = [path for path in NOTEBOOKS.rglob("*") if path.suffix in {".ipynb", ".md"} and not _is_hidden(path)]
    for version in (source, release):
        for path in paths:
            target = folder / version.__name__ / ASSIGNMENT / path.relative_to(NOTEBOOKS)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".md":
                target.write_bytes(path.read_bytes())
            else:
                # Inner folders are handed out as they are (see keep_extra): there the teacher's copy holds no solutions either.
                make = version if path.parent == NOTEBOOKS else release
                nbformat.write(make(nbformat.read(path, as_version=4)), target)


def _is_hidden(path):
    return any(part.startswith(".") for part in path.relative_to(NOTEBOOKS).parts)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Make the copies for a class, in the form that nbgrader wants.")
    parser.add_argument("folder", type=Path, help="where to write them, for example: course")
    folder = parser.parse_args(arguments).folder
    try:
        make_course(folder)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"For the learners: {folder / 'release' / ASSIGNMENT}\nWith solutions:   {folder / 'source' / ASSIGNMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
