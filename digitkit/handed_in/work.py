"""One handed-in notebook: which lesson it is, and what its stored outputs say. Nothing in it is run."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from digitkit import exercises
from digitkit.exercises.checking import VERDICTS

GUESS = "application/vnd.digitkit.guess+json"  # in which digitkit.Predict keeps a guess and its result
CHECK = re.compile(r"\bcheck_\w+(?=\()")
LESSON_OF = {  # of each check: "03", or "your_class"
    name: getattr(exercises, name).__module__.rpartition(".")[2].removeprefix("lesson_")
    for name in exercises.__all__
    if name.startswith("check_")
}


class WorkError(Exception):
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
        cells = [_Cell(cell) for cell in json.loads(path.read_text(encoding="utf-8-sig"))["cells"]]
    except Exception as error:  # whatever stands in the file of one learner, the others are read
        raise WorkError("is damaged, or no notebook") from error
    lesson, title = _lesson(cells, path.stem)
    if lesson is None:
        raise WorkError("is none of the kit's lessons")
    headings, reached = [], ""
    for cell in cells:
        headings += re.findall(r"(?m)^## (.+)$", cell.text)
        reached = headings[-1] if cell.was_run and headings else reached
    titles, said = _checks(cells)
    names = [name for name, its_lesson in LESSON_OF.items() if its_lesson == lesson]
    names.sort(key=lambda name: getattr(exercises, name).__wrapped__.__code__.co_firstlineno)  # as they stand in the lesson
    return Work(
        lesson,
        title,
        plain(reached),
        sum(bool(re.match(r"\d+ · ", heading)) for heading in headings),
        {name: said.get(name, Answer("not run", "")) for name in names},
        {name: titles.get(name, f"Exercise {number}") for number, name in enumerate(names, 1)},
        _guesses(cells),
    )


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


def _lesson(cells, stem):
    """Lesson and title of a notebook: by its checks, else by its heading, else by the file's name. (None, "") if it is none."""
    headings = [plain(heading) for cell in cells for heading in re.findall(r"(?m)^# (.+)$", cell.text)]
    checks = Counter(LESSON_OF[name] for cell in cells for name in CHECK.findall(cell.code) if name in LESSON_OF)
    numbers = [re.match(r"(0\d) · ", heading) for heading in headings[:1]] + [re.search(r"(?<!\d)(0\d)_", stem)]
    named = [match[1] for match in numbers if match and match[1] in LESSON_OF.values()]
    lesson = checks.most_common(1)[0][0] if checks else next(iter(named), None)
    return lesson, (headings or [f"{lesson}"])[0]


def _checks(cells):
    """Of each check in the notebook the heading of its exercise, and what it said when it was run last."""
    titles, said, last, title = {}, {}, {}, ""
    for cell in cells:
        title = (re.findall(r"(?m)^#+ (Exercise.*)$", cell.text) or [title])[-1]
        for name in CHECK.findall(cell.code)[:1]:
            titles.setdefault(name, plain(title) or name)
            answers = [answer for text in cell.said() if (answer := _answer(text))]
            if answers and cell.number >= last.get(name, 0):
                said[name], last[name] = answers[-1], cell.number
    return titles, said


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
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15):
        return value
    return plain(value)
