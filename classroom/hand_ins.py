"""Make handed-in notebooks ready to be graded, and name what was found in them. `class_copy.py` puts a copy into each course.

nbgrader finds an exercise by a mark in the cell's metadata, and one wrong mark (a copied, split or deleted cell, or a notebook
saved by a program that drops marks) costs a learner all notebooks, or all points. So the marks are put right first:
`mend` compares a notebook with the lesson it was made from. The files that were handed in stay as they are.
"""

import re
import shutil
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import Preprocessor

COURSE = Path(__file__).resolve().parent  # in the copy that grades; see class_copy.make_course
CHECK = re.compile(r"\bcheck_\w+(?=\()")
SET = r"^[ \t]*(?:def[ \t]+{0}\b|(?:[\w \t,()]+,[ \t]*)?\(?{0}\b[^=\n]*=(?!=))"  # a line that gives a value to a name
KEPT_BACK = {"DeadKernelError", "UnresponsiveKernelError"}  # what can go wrong while a notebook runs


def mend(handed_in, lesson):
    """Give a handed-in notebook the lesson's marks, each once, and bring back checks and answers that are missing.

    handed_in: the notebook, which is changed. lesson: the one it was made from, with nbgrader's marks.
    Returns what was found: a list of sentences without capital or full stop, empty if all was as it should be.

    >>> mend(nbformat.v4.new_notebook(), nbformat.v4.new_notebook())
    []
    """
    marked = [cell for cell in lesson.cells if "nbgrader" in cell.metadata]
    partners, unmarked, found = {}, [], []
    for wanted in marked:
        parts = [cell for cell in handed_in.cells if _mark(cell) == wanted.metadata.nbgrader.grade_id]
        if not parts and (cell := _without_mark(wanted, lesson, handed_in, partners)) is not None:
            parts = [cell]
            unmarked.append(wanted)
        partners[_mark(wanted)] = parts
    if marked and not any(partners.values()):
        return ["none of the lesson's exercises is in it; it gets no points"]
    if unmarked:
        found.append(f"nbgrader's marks were missing ({len(unmarked)} of {len(marked)}) and were put back")
    if any("<summary>Solution</summary>" in cell.source for cell in handed_in.cells):
        found.append("it was made from the kit's own notebook, which shows the solutions")
    strangers = [cell for cell in handed_in.cells if _mark(cell) and not partners.get(_mark(cell))]
    if strangers:
        found.append("it holds cells of another lesson; they are not graded")
    for cell in handed_in.cells:
        cell.metadata.pop("nbgrader", None)
    for wanted in marked:
        name = f"{_exercise(wanted, lesson)}: "
        repair = _mend_check if wanted.metadata.nbgrader.grade else _mend_answer
        said = repair(handed_in, wanted, partners, lesson, wanted in unmarked)
        found += [name + sentence for sentence in said]
    _give_each_its_id(handed_in)
    return found


def _mend_check(handed_in, wanted, partners, lesson, unmarked):
    """The lesson's check stands once, as it was; what else a learner wrote in its place runs before it, as an ordinary cell."""
    parts = partners[_mark(wanted)]
    if not parts:
        place = _place_for(wanted, handed_in, lesson, partners)
        handed_in.cells.insert(place, _fresh(wanted))
        partners[_mark(wanted)] = [handed_in.cells[place]]
        return ["the check was deleted; it was put back"]
    kept = next((cell for cell in parts if cell.get("id") == wanted.id), parts[0])
    place = _index(handed_in, kept)
    said = []
    if len(parts) > 1:
        split = not all(_same(cell.source, wanted.source) for cell in parts)
        said = ["the check was split; the whole check was put back"] if split else ["the check was copied; it counts once"]
    elif not unmarked and not _same(kept.source, wanted.source):
        said = ["the check was changed; the lesson's own check was run"]
    new = set(map(str.strip, kept.source.splitlines())) - set(map(str.strip, wanted.source.splitlines())) - {""}
    handed_in.cells[place] = _fresh(wanted)
    partners[_mark(wanted)] = [handed_in.cells[place], *(cell for cell in parts if cell is not kept)]
    if said and new and kept.cell_type == "code":  # perhaps the answer
        handed_in.cells.insert(place, nbformat.v4.new_code_cell(kept.source))
    return said


def _mend_answer(handed_in, wanted, partners, lesson, unmarked):
    """One answer cell keeps the mark; its copies run where they stand, but for those that hold no answer."""
    parts = partners[_mark(wanted)]
    if not parts:
        handed_in.cells.insert(_place_for(wanted, handed_in, lesson, partners), _fresh(wanted))
        return ["the answer's cell was deleted; it was put back, without an answer"]
    said = []
    if any(cell.cell_type != "code" for cell in parts):
        said.append("the answer's cell was no code cell; it was run all the same")
        parts = [_as_code(handed_in, cell) for cell in parts]
    answered = [cell for cell in parts if not _same(cell.source, wanted.source)]
    kept = next((cell for cell in answered or parts if cell.get("id") == wanted.id), (answered or parts)[0])
    kept.metadata.nbgrader = wanted.metadata.nbgrader.copy()
    if len(parts) > 1:
        for cell in parts if answered else []:
            if not any(cell is other for other in answered):  # its three dots would wipe out the answer
                handed_in.cells[_index(handed_in, cell)] = nbformat.v4.new_raw_cell(cell.source)
        how = "only the one with an answer was run" if len(answered) == 1 else "the last one before the check counts"
        said.append(f"the answer's cell was copied or split; {how}")
    partners[_mark(wanted)] = [cell for cell in parts if any(cell is other for other in handed_in.cells)]
    return said


def _without_mark(wanted, lesson, handed_in, partners):
    """The cell that is meant by a cell of the lesson though its mark is gone, or None: found by its id, or by its name."""
    taken = [cell for parts in partners.values() for cell in parts]
    free = [cell for cell in handed_in.cells if not _mark(cell) and not any(cell is other for other in taken)]
    by_id = [cell for cell in free if cell.get("id") == wanted.id]
    check = CHECK.search(wanted.source)
    if not wanted.metadata.nbgrader.grade or not check:
        line = re.compile(SET.format(_name_set(wanted) or "(?!)"), re.MULTILINE)
        by_name = [cell for cell in free if cell.cell_type == "code" and line.search(cell.source)]
        return next(iter(by_id + by_name), None)
    calls = [cell for cell in free if cell.cell_type == "code" and f"{check[0]}(" in cell.source]
    # A cell with other lines around the call is an answer and a check in one: the check is put back below it.
    plain = [cell for cell in calls if CHECK.search(cell.source.strip().splitlines()[0])]
    return next((cell for cell in plain if cell.get("id") == wanted.id), plain[0] if plain else None)


def _place_for(wanted, handed_in, lesson, partners):
    """Where a missing cell belongs: behind the nearest cell of the lesson before it that is still there."""
    before = lesson.cells[: _index(lesson, wanted)]
    for cell in reversed(before):
        there = partners.get(_mark(cell)) or [other for other in handed_in.cells if other.get("id") == cell.id]
        places = [place for place, other in enumerate(handed_in.cells) if any(other is one for one in there)]
        if places:
            return places[-1] + 1
    following = next(iter(lesson.cells[len(before) + 1 :]), None)  # of an answer without anything before it: its check
    checks = partners.get(_mark(following), []) if following else []
    return _index(handed_in, checks[0]) if checks else 0


def _name_set(wanted):
    """The last name to which an answer's cell gives a value: that of the answer."""
    names = re.findall(r"^(?:def[ \t]+(\w+)|(\w+)[ \t]*=(?!=))", wanted.source, re.MULTILINE)
    return "".join(names[-1]) if names else None


def _exercise(wanted, lesson):
    """What a teacher calls a marked cell: the number of the exercise it stands in, or else nbgrader's name for it."""
    text = "\n".join(cell.source for cell in lesson.cells[: _index(lesson, wanted)] if cell.cell_type == "markdown")
    titles = re.findall(r"^#+ (Exercise \d+)", text, re.MULTILINE)
    return titles[-1] if titles else _mark(wanted)


def _mark(cell):
    mark = cell.metadata.get("nbgrader")
    return mark.get("grade_id") if isinstance(mark, dict) else None


def _index(notebook, cell):
    return next(place for place, other in enumerate(notebook.cells) if other is cell)


def _same(source, other):
    return "".join(source.split()) == "".join(other.split())


def _give_each_its_id(notebook):
    """Each cell an id of its own, as the newest notebook format wants it."""
    notebook.nbformat_minor, ids = max(notebook.nbformat_minor, 5), set()
    for cell in notebook.cells:
        if cell.get("id") is None or cell.id in ids:
            cell.id = nbformat.v4.new_raw_cell().id
        ids.add(cell.id)


def _fresh(cell):
    return nbformat.v4.new_code_cell(cell.source, id=cell.id, metadata=nbformat.from_dict(dict(cell.metadata)))


def _as_code(notebook, cell):
    place = _index(notebook, cell)
    notebook.cells[place] = nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata)
    return notebook.cells[place]


def as_handed_out(lesson):
    """The teacher's lesson as the learners got it: without the solutions.

    >>> cell = nbformat.v4.new_code_cell("a = ...\\n### BEGIN SOLUTION\\na = 1\\n### END SOLUTION")
    >>> as_handed_out(nbformat.v4.new_notebook(cells=[cell])).cells[0].source
    'a = ...\\n'
    """
    for cell in lesson.cells:
        cell.source = re.sub(r"\n### BEGIN SOLUTION\n.*?\n### END SOLUTION", "\n", cell.source, flags=re.DOTALL)
    return lesson


def take_renamed(course):
    """Copy each renamed hand-in to its lesson's own name and folder, the only ones that nbgrader grades.

    Browsers and JupyterLab rename on their own: `02_lesson (1).ipynb`, `02_lesson-Copy1.ipynb`. What no name tells, the
    exercises do. course: the folder. Returns what was found, a list of sentences.
    """
    lessons = {path.stem: set(_marks_in(path)) for path in (course / "source").glob("*/[!.]*.ipynb")}
    found = []
    for path in sorted((course / "submitted").glob("*/*/[!.]*.ipynb*")):
        if path.name.removesuffix(".ipynb") == path.parent.name:
            continue
        marks = set(_marks_in(path))
        by_name = [name for name in lessons if name.lower() in path.name.lower()]
        meant = by_name or sorted(
            (name for name in lessons if lessons[name] & marks), key=lambda name: -len(lessons[name] & marks)
        )
        who = f"{path.parent.parent.name}, {path.name}"
        if not meant:
            found.append(f"{who}: this is none of the lessons; it is not graded")
            continue
        right = path.parent.parent / meant[0] / f"{meant[0]}.ipynb"
        if right.exists():
            if right.read_bytes() != path.read_bytes():
                found.append(f"{who}: it is not graded, because {right.relative_to(path.parent.parent).as_posix()} is there too")
        else:
            right.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, right)
            found.append(f"{who}: a copy of it is graded as {meant[0]}")
    return found


def _marks_in(path):
    try:
        return [mark for cell in nbformat.read(path, as_version=4).cells if (mark := _mark(cell))]
    except Exception:  # a damaged file says nothing about itself; its name may
        return []


class Points(Preprocessor):
    """Adds its points to what a check has shown, once its notebook was run: nbgrader takes a number for points.

    >>> shown = nbformat.v4.new_output("execute_result", {"text/plain": "✓ Right. Well done."})
    >>> mark = {"nbgrader": {"grade": True, "points": 2}}
    >>> check = nbformat.v4.new_code_cell("digitkit.exercises.check_window(answer)", outputs=[shown], metadata=mark)
    >>> Points().preprocess_cell(check, {}, 0)[0].outputs[-1].data
    {'text/plain': '2'}
    """

    def preprocess_cell(self, cell, resources, index):
        """A cell of a notebook that was run; one that is a check ends in its points, which are 0 unless its result is right."""
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            results = [output for output in cell.outputs if output.output_type == "execute_result"]
            right = any(output.data.get("text/plain", "").startswith("✓ Right") for output in results)
            shown = {"text/plain": str(marks["points"] if right else 0)}
            others = [output for output in cell.outputs if output not in results]
            cell.outputs = [*others, *(nbformat.v4.new_output("display_data", output.data) for output in results)]
            cell.outputs.append(nbformat.v4.new_output("execute_result", shown, execution_count=cell.execution_count))
        return cell, resources


class HandIns(NotebookExporter):
    """What nbgrader opens each notebook with, first to clean it, then to run it. `mend` comes first; nothing stops the others."""

    def register_preprocessor(self, preprocessor, enabled=False):
        """Take one of nbgrader's steps. Behind the one that runs the notebook comes `Points`."""
        super().register_preprocessor(preprocessor, enabled)
        if getattr(preprocessor, "__name__", "") == "Execute":
            super().register_preprocessor(Points, enabled=True)

    def from_filename(self, filename, resources=None, **options):
        """Mend a notebook as it comes in, and let nbgrader's own steps follow. One that cannot be graded is named."""
        pupil, name, assignment = (resources["nbgrader"][key] for key in ("student", "notebook", "assignment"))
        seen = self.__dict__.setdefault("_seen", set())
        if (pupil, name) in seen:  # nbgrader's second step, with the file that the first one has written
            try:
                return super().from_filename(filename, resources=resources, **options)
            except Exception as error:
                if type(error).__name__ not in KEPT_BACK:
                    raise
                return self._left_out(pupil, name, "Python broke down while this notebook ran", resources)
        seen.add((pupil, name))
        resources["metadata"] = {"name": name, "path": str(Path(filename).parent)}
        try:
            notebook = nbformat.reads(Path(filename).read_text(encoding="utf-8-sig"), as_version=4)
            lesson = nbformat.read(COURSE / "source" / assignment / f"{name}.ipynb", as_version=4)
            found = mend(notebook, as_handed_out(lesson))
        except Exception:  # whatever stands in the file of one learner, the others are graded
            return self._left_out(pupil, name, "this file is damaged or no notebook", resources)
        for sentence in found:
            self._say(pupil, name, sentence)
        return self.from_notebook_node(notebook, resources=resources, **options)

    def _left_out(self, pupil, name, why, resources):
        self._say(pupil, name, f"{why}; it is not graded and gets no points")
        note = nbformat.v4.new_markdown_cell(f"Not graded: {why}.")
        return self.from_notebook_node(nbformat.v4.new_notebook(cells=[note]), resources=resources)

    def _say(self, pupil, name, sentence):
        self.log.warning("%s, %s: %s.", pupil, name, sentence)
