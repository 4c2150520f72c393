"""One handed-in notebook: which lesson it is, and what its stored outputs say. Nothing in it is run."""

import functools
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from digitkit import exercises
from digitkit.errors import KitError
from digitkit.exercises.checking import VERDICTS
from digitkit.lessons import lesson_files, lessons_dir
from digitkit.words import is_number

GUESS = "application/vnd.digitkit.guess+json"  # in which digitkit.Predict keeps a guess and its result; a test compares them
CHECK = re.compile(r"\bcheck_\w+(?=\()")
LESSON_OF = {  # of each check: "03", or "your_class"
    name: getattr(exercises, name).__module__.rpartition(".")[2].removeprefix("lesson_")
    for name in exercises.__all__
    if name.startswith("check_")
}


class WorkError(KitError):
    """A file that is none of the kit's lessons. The message says what is wrong with it."""


@dataclass(frozen=True)
class Answer:
    """What the check of an exercise said: an outcome of `digitkit.exercises`, or "not run", and its reason."""

    outcome: str
    reason: str


@dataclass(frozen=True)
class Guess:
    """What was guessed at a *Predict*, a number or a text, or None; choices: those it could be chosen from, or None."""

    question: str
    choices: tuple | None
    guess: float | str | None
    result: float | str | None


@dataclass(frozen=True)
class Work:
    """One notebook. lesson: "03". title: its heading. reached: the heading of the last section that was run, or "".

    sections: how many it has; answers: {check: Answer}, in the lesson's order, of all its exercises; exercises: {check: heading}.
    All headings are the kit's own, not what learners have made of them.
    """

    lesson: str
    title: str
    reached: str
    sections: int
    answers: dict[str, Answer]
    exercises: dict[str, str]
    guesses: list[Guess]

    @property
    def right(self):
        """How many exercises are solved."""
        return sum(answer.outcome == "right" for answer in self.answers.values())


def read_work(path: Path) -> Work:
    """Read a notebook file. Raises WorkError if it is damaged, no notebook, or none of the kit's lessons."""
    try:
        cells = _cells(path)
        lesson = _lesson(cells, path.stem)
        work = None if lesson is None else _work(lesson, cells)
    except Exception as error:  # whatever stands in the file of one learner, the others are read
        raise WorkError("is damaged, or no notebook") from error
    if work is None:
        raise WorkError("is none of the kit's lessons")
    return work


def asks(lesson: str, question: str) -> bool:
    """Whether a question is the kit's own: a string in the code of its notebook of the lesson.

    >>> asks("03", "Which layer has the most parameters?"), asks("03", "Who is Ada?")
    (True, False)
    """
    return any(json.dumps(question, ensure_ascii=False) in cell.code for cell in _own_lessons()[lesson])


def plain(text: object) -> str:
    """A learner's text in one line, without what could change how a terminal shows it.

    >>> plain("two\\nlines\\x1b[31m")
    'two lines [31m'
    """
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())


class _Cell:
    """What matters of a cell: its source, and whether it was run, with which outputs."""

    def __init__(self, cell):
        source = _joined(cell["source"])
        self.text = source if cell["cell_type"] == "markdown" else ""
        self.code = source if cell["cell_type"] == "code" else ""
        self.outputs = cell.get("outputs") or []
        self.number = cell.get("execution_count") or 0
        self.was_run = bool(self.code and (self.number or self.outputs))

    def said(self):
        """The outputs as plain text; an error by its name and message."""
        for output in self.outputs:
            if output.get("output_type") == "error":
                yield f"{VERDICTS['raised']} {output.get('ename')}: {output.get('evalue')}"
            yield _joined(output.get("data", {}).get("text/plain", ""))


def _joined(text):
    return text if isinstance(text, str) else "".join(text)


def _cells(path):
    return [_Cell(cell) for cell in json.loads(path.read_text(encoding="utf-8-sig"))["cells"]]


@functools.cache
def _own_lessons():
    """The kit's own notebooks: {lesson: cells}. What all may see comes from them: a learner may write a name into a heading."""
    notebooks = {path: _cells(path) for path in lesson_files(lessons_dir()) if path.suffix == ".ipynb"}
    return {_lesson(cells, path.stem): cells for path, cells in notebooks.items()}


def _lesson(cells, stem):
    """The lesson of a notebook: by its checks, else by its heading, else by the file's name. None if it is none."""
    checks = Counter(LESSON_OF[name] for cell in cells for name in CHECK.findall(cell.code) if name in LESSON_OF)
    numbers = [re.match(r"(0\d) · ", heading) for heading in _headings(cells, "#")[:1]] + [re.search(r"(?<!\d)(0\d)_", stem)]
    named = [match[1] for match in numbers if match and match[1] in LESSON_OF.values()]
    return checks.most_common(1)[0][0] if checks else next(iter(named), None)


def _headings(cells, signs):
    return [plain(heading) for cell in cells for heading in re.findall(rf"(?m)^{signs} (.+)$", cell.text)]


def _work(lesson, cells):
    own = _own_lessons()[lesson]
    sections = {_number(heading): heading for heading in _headings(own, "##")}
    section = reached = ""
    for cell in cells:
        for heading in _headings([cell], "##"):
            section = sections.get(_number(heading), section)
        reached = section if cell.was_run else reached
    said, exercises_of = _said(cells), _exercises(own)
    answers = {name: said.get(name, Answer("not run", "")) for name in exercises_of}
    how_many = sum(number.isdigit() for number in sections)
    return Work(lesson, _headings(own, "#")[0], reached, how_many, answers, exercises_of, _guesses(cells))


def _number(heading):
    """That of a section, or the whole heading, such as "Quiz"."""
    return heading.partition(" · ")[0]


def _exercises(cells):
    """Of each check in a notebook the heading of its exercise, in order."""
    titles, title = {}, ""
    for cell in cells:
        title = (re.findall(r"(?m)^#+ (Exercise.*)$", cell.text) or [title])[-1]
        for name in CHECK.findall(cell.code)[:1]:
            titles.setdefault(name, plain(title))
    return titles


def _said(cells):
    """Of each check in a notebook what it said when it was run last."""
    said, last = {}, {}
    for cell in cells:
        for name in CHECK.findall(cell.code)[:1]:
            answers = [answer for text in cell.said() if (answer := _answer(text))]
            if answers and cell.number >= last.get(name, 0):
                said[name], last[name] = answers[-1], cell.number
    return said


def _answer(text):
    for outcome, verdict in VERDICTS.items():
        if text.startswith(verdict):
            return Answer(outcome, plain(text.removeprefix(verdict)))
    return None


def _guesses(cells):
    """The last guess at each question, in the order of the questions."""
    found = {}
    for cell in cells:
        for output in cell.outputs:
            kept = output.get("data", {}).get(GUESS)
            if isinstance(kept, dict) and kept.get("question"):
                choices = tuple(map(plain, kept["choices"])) if kept.get("choices") else None
                guess = Guess(plain(kept["question"]), choices, _value(kept.get("guess")), _value(kept.get("result")))
                if guess.guess is not None or guess.question not in found:
                    found[guess.question] = guess
    return list(found.values())


def _value(value):
    return value if value is None or is_number(value) else plain(value)
