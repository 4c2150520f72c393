"""The class's work as text for a terminal, at most 100 columns wide."""

import textwrap

from digitkit.handed_in.counting import Mistakes, Tally
from digitkit.handed_in.work import Work
from digitkit.words import counted

WIDTH = 100
SIGNS = {"right": "✓", "wrong": "✗", "raised": "⚠", "not attempted": "…", "not run": "·"}
LEGEND = "✓ right   ✗ not yet   ⚠ it stopped   … the dots are still there   · the check was not run"


def as_text(rows: list[tuple[str, Work]], exercises: list[Mistakes], questions: list[Tally]) -> str:
    """Who is where, which checks failed and why, what was guessed. rows: pairs (who, Work), in order."""
    parts = [_table(rows), LEGEND]
    if any(exercise.reasons for exercise in exercises):
        parts += ["CHECKS THAT FAILED", *(_failed(exercise) for exercise in exercises if exercise.reasons)]
    if questions:
        parts += ["GUESSES", *map(_chart, questions)]
    return "\n\n".join(parts)


def _table(rows):
    """A row a learner and lesson."""
    who = max(len("who"), min(26, max(len(name) for name, _ in rows)))
    lesson = max(len("lesson"), *(len(work.lesson) for _, work in rows))
    marks = max(len("exercises"), *(2 * len(work.answers) - 1 for _, work in rows))
    lines = [f"{'who':<{who}}  {'lesson':<{lesson}}  {'exercises':<{marks}}  last section that was run"]
    for name, work in rows:
        signs = " ".join(SIGNS[answer.outcome] for answer in work.answers.values())
        reached = f"{work.reached} (of {work.sections})" if work.reached[:1].isdigit() else work.reached
        line = f"{_cut(name, who):<{who}}  {work.lesson:<{lesson}}  {signs:<{marks}}  {reached or 'nothing was run'}"
        lines.append(_cut(line, WIDTH))
    return "\n".join(lines)


def _failed(exercise):
    right, tried = exercise.outcomes["right"], exercise.outcomes.total()
    lines = [_cut(f"{exercise.lesson} · {exercise.exercise} ({right} of {counted(tried, 'notebook')} right)", WIDTH)]
    for count, outcome, reason in exercise.reasons:
        lines += textwrap.wrap(
            f"{count:>4} × {SIGNS[outcome]} {reason}", WIDTH, subsequent_indent=" " * 9, break_on_hyphens=False
        )
    return "\n".join(lines)


def _chart(tally):
    """Bars of the guesses; the arrow shows where the result lies."""
    label = min(40, max(len(name) for name, _, _ in tally.bars))
    scale = min(2, 40 / max(count for _, count, _ in tally.bars))
    lines = textwrap.wrap(f"{tally.lesson} · {tally.question}", WIDTH)
    for name, count, is_so in tally.bars:
        bar = "█" * round(count * scale) or ("▏" if count else "")
        lines.append(f"  {_cut(name, label):>{label}}  {bar}{' ' if bar else ''}{count}{'  ← it is' if is_so else ''}")
    lines += textwrap.wrap(f"{counted_guesses(tally)} {tally.result}".strip(), WIDTH, initial_indent="  ")
    return "\n".join(lines)


def counted_guesses(tally: Tally) -> str:
    """How many have guessed, in a sentence."""
    return f"{tally.guesses} of {counted(tally.asked, 'notebook')} {'hold' if tally.guesses > 1 else 'holds'} a guess."


def _cut(text, width):
    return text if len(text) <= width else f"{text[: width - 1]}…"
