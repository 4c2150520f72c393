"""The command about handed-in notebooks: python -m digitkit collect-work. complain: what says what is wrong in a sentence."""

import random
from collections.abc import Callable
from pathlib import Path

from digitkit.files import check_free, check_writable, replacing
from digitkit.handed_in import as_text, counted_guesses, handed_in, mistakes, tallies
from digitkit.words import counted

SAID = {"right": "right", "wrong": "not yet", "raised": "stopped with an error", "not attempted": "left as it was"}


def collect(folder: Path, out: Path | None, without_names: bool, overwrite: bool, complain: Callable) -> int:
    """Print what was handed in, and write the page for the projector to `out`.

    Returns the exit status: 1 if a file holds no lesson.
    """
    if out is not None:
        if out.suffix.lower() not in {".html", ".htm"}:
            complain(f"The page for the projector is HTML: name a file that ends in .html, not {out}.")
            return 1
        check_free(out, overwrite)
        check_writable(out)
    found = handed_in(folder)
    if not without_names:
        for sentence in [*found.unreadable, *found.doubles]:
            complain(sentence)
    elif found.unreadable:
        complain(f"Not read: {counted(len(found.unreadable), 'file')}. Without --without-names it is said which, and why.")
    works = list(found.works.values())
    if not works:
        complain(f"None of the kit's lessons is in {folder}.")
        return 1
    learners = list(dict.fromkeys(learner for learner, _ in found.works))
    if without_names:
        random.shuffle(learners)  # else the number would be the place in the class list
    shown = {learner: str(number) if without_names else learner for number, learner in enumerate(learners, 1)}
    rows = [(shown[learner], work) for learner in learners for (owner, _), work in found.works.items() if owner == learner]
    questions = tallies(works)
    ours = [question for question in questions if question.is_ours]  # in a learner's own there may be a name
    print(as_text(rows, mistakes(works, quote=not without_names), ours if without_names else questions))
    print(f"\n{counted(len(works), 'notebook')} of {counted(len(learners), 'learner')}.")
    if out is not None:
        with replacing(out) as unfinished:
            unfinished.write_text(_page(mistakes(works, quote=False), ours), encoding="utf-8", newline="\n")
        print(f"The page for the projector is {out}.")
    return int(bool(found.unreadable))


def _page(exercises, questions):
    """The guesses at each question, with the result on the next slide, then the exercises that went wrong."""
    from digitkit.widgets.views.guesses import class_page, guess_slides, mistake_slide

    slides = []
    for tally in questions:
        slides += guess_slides(tally.question, tally.before, tally.bars, counted_guesses(tally), tally.result, tally.title)
    for exercise in exercises:
        if exercise.reasons:
            outcomes = " · ".join(
                f"{exercise.outcomes[outcome]} {words}" for outcome, words in SAID.items() if exercise.outcomes[outcome]
            )
            reasons = [(count, reason) for count, _, reason in exercise.reasons[:3]]
            slides.append(mistake_slide(exercise.title, exercise.exercise, outcomes, reasons))
    return class_page("The class", slides)
