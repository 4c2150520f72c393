"""What a class has done: how often each check failed and why, and what was guessed at each Predict."""

import itertools
import math
import statistics
from collections import Counter
from dataclasses import dataclass

from digitkit.handed_in.work import Guess, Work, asks
from digitkit.words import in_a_row, in_text, is_number, parse_number

ROWS = 7  # of a chart, at most: more cannot be read from the back row
STOPPED = "Python stopped with an error."


@dataclass(frozen=True)
class Mistakes:
    """One exercise in all notebooks of a lesson. outcomes: {outcome: how often}; reasons: [(how often, outcome, reason)]."""

    lesson: str
    title: str
    exercise: str
    outcomes: Counter
    reasons: list[tuple[int, str, str]]


@dataclass(frozen=True)
class Tally:
    """The guesses at one question. bars: a list of (what was guessed, how often, whether it is so).

    before: the same without a hint at the result. guesses: how many there are; asked: of how many notebooks; result: a sentence,
    "" if nobody got to it. is_ours: whether it is the kit's question, not one of a learner.
    """

    lesson: str
    title: str
    question: str
    is_ours: bool
    before: list[tuple[str, int, bool]]
    bars: list[tuple[str, int, bool]]
    guesses: int
    asked: int
    result: str


def mistakes(works: list[Work], quote: bool = True) -> list[Mistakes]:
    """Each exercise of each lesson that was handed in, in order; the reason given most often comes first.

    quote: whether errors are told in Python's words. Those quote the learner's code, in which there may be a name.
    """
    found = []
    for group in _by_lesson(works):
        for name in group[0].answers:
            answers = [work.answers[name] for work in group]
            failed = Counter(
                (answer.outcome, answer.reason if quote or answer.outcome == "wrong" else STOPPED)
                for answer in answers
                if answer.outcome in {"wrong", "raised"}
            )
            reasons = [(count, *what) for what, count in failed.most_common()]
            outcomes = Counter(answer.outcome for answer in answers)
            found.append(Mistakes(group[0].lesson, group[0].title, group[0].exercises[name], outcomes, reasons))
    return found


def tallies(works: list[Work]) -> list[Tally]:
    """The guesses at each question of each lesson that was handed in; questions at which nobody guessed are left out."""
    found = []
    for group in _by_lesson(works):
        kept: dict[str, list[Guess]] = {}
        for work in group:
            for guess in work.guesses:
                kept.setdefault(guess.question, []).append(guess)
        for question, answers in kept.items():
            choices = Counter(answer.choices or () for answer in answers).most_common(1)[0][0]  # one learner changes nothing
            guesses = _known([answer.guess for answer in answers], choices)
            results = list(dict.fromkeys(_known([answer.result for answer in answers], choices)))
            if guesses:
                bars = _bars(guesses, results, choices)
                before = [(label, count, False) for label, count, _ in bars if count or choices]
                told = len(guesses), len(group), _in_words(results)
                work = group[0]
                found.append(Tally(work.lesson, work.title, question, asks(work.lesson, question), before, bars, *told))
    return found


def _by_lesson(works):
    lessons = sorted({work.lesson for work in works})
    return [[work for work in works if work.lesson == lesson] for lesson in lessons]


def _known(values, choices):
    """The numbers and the choices among what was guessed, or came out. Another text may be a name, so nobody is shown it.

    Numbers beyond all counting, with which nothing can be worked out, are left out, too.

    >>> _known([3, None, "about 98", "98.8", "Ada"], ("about 80", "about 98"))
    [3, 'about 98', 98.8]
    """
    values = [parse_number(value) if isinstance(value, str) and value not in choices else value for value in values]
    return [value for value in values if isinstance(value, str) or (value is not None and abs(value) < 1e100)]


def _bars(guesses, results, choices):
    """A bar for each choice or number that was guessed, or, if those are many, for each piece of the number line.

    >>> _bars([80, 90, 80], [85.5], ())
    [('80', 2, False), ('85.5', 0, True), ('90', 1, False)]
    """
    if choices:
        counts, right = Counter(map(in_text, guesses)), set(map(in_text, results))
        return [(choice, counts[choice], choice in right) for choice in dict.fromkeys([*choices, *counts])]
    counts = Counter(guesses)
    values = sorted({*counts, *results})
    if len(values) <= ROWS:
        return [(label, counts[value], value in results) for label, value in zip(_labels(values), values, strict=True)]
    edges = _edges(guesses, results)
    labels = _labels(edges)
    bars = [(f"under {labels[0]}", *_within(guesses, results, -math.inf, edges[0]))]
    for number, (low, high) in enumerate(itertools.pairwise(edges)):
        end = math.nextafter(high, math.inf) if high == edges[-1] else high  # the last piece has both its ends
        bars.append((f"{labels[number]} to {labels[number + 1]}", *_within(guesses, results, low, end)))
    bars.append((f"over {labels[-1]}", *_within(guesses, results, math.nextafter(edges[-1], math.inf), math.inf)))
    while not any(bars[0][1:]):
        bars = bars[1:]
    while not any(bars[-1][1:]):
        bars = bars[:-1]
    return bars


def _labels(values):
    """Different numbers as text, with as many decimals as it takes to tell them apart; notebooks keep six.

    >>> _labels([0, 1500]), _labels([0.0001, 0.0002])
    (['0', '1,500'], ['0.0001', '0.0002'])
    """
    labels, decimals = list(map(in_text, values)), 3
    while len(set(labels)) < len(values) and decimals < 6:
        decimals += 1
        labels = [f"{value:,.{decimals}f}".replace("-", "−") for value in values]
    return labels


def _within(guesses, results, low, high):
    return sum(low <= value < high for value in guesses), any(low <= value < high for value in results)


def _edges(guesses, results):
    """Round numbers between which nearly all guesses lie. One that is far off, such as a million, does not squeeze the others."""
    first, _, third = statistics.quantiles(guesses if len(set(guesses)) > 1 else [*guesses, *results], n=4)
    reach = 2 * (third - first) or 1
    near = [value for value in [*guesses, *results] if first - reach <= value <= third + reach]
    low, high = min(near), max(near)
    rough = (high - low) / (ROWS - 2) or 1
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9))
    start = math.floor(low / step)
    return [round(number * step, 9) for number in range(start, max(start + 1, math.ceil(high / step)) + 1)]


def _in_words(results):
    """What it was, in one sentence. Results differ where each learner has trained a network of their own.

    >>> _in_words([85.5]), _in_words([3, 7, 4]), _in_words([])
    ('It is 85.5.', 'It is from 3 to 7: not the same for everyone.', '')
    """
    if not results:
        return ""
    if len(results) == 1:
        return f"It is {in_text(results[0])}."
    told = f"from {' to '.join(_labels([min(results), max(results)]))}" if all(map(is_number, results)) else ""
    return f"It is {told or in_a_row(sorted(map(in_text, results)))}: not the same for everyone."
