"""What a class has done: how often each check failed and why, and what was guessed at each Predict."""

import itertools
import math
import statistics
from collections import Counter
from dataclasses import dataclass

from digitkit.handed_in.work import Guess, Work
from digitkit.words import in_a_row, in_text, is_number

ROWS = 7  # of a chart, at most: more cannot be read from the back row


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

    guesses: how many there are; asked: of how many notebooks; result: a sentence, "" if nobody got to it.
    """

    lesson: str
    title: str
    question: str
    bars: list[tuple[str, int, bool]]
    guesses: int
    asked: int
    result: str


def mistakes(works: list[Work]) -> list[Mistakes]:
    """Each exercise of each lesson that was handed in, in order; the reason given most often comes first."""
    found = []
    for group in _by_lesson(works):
        for name in group[0].answers:
            answers = [work.answers[name] for work in group]
            failed = Counter((answer.outcome, answer.reason) for answer in answers if answer.outcome in {"wrong", "raised"})
            reasons = [(count, *what) for what, count in failed.most_common()]
            title = Counter(work.exercises[name] for work in group).most_common(1)[0][0]
            outcomes = Counter(answer.outcome for answer in answers)
            found.append(Mistakes(group[0].lesson, group[0].title, title, outcomes, reasons))
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
            guesses = [answer.guess for answer in answers if answer.guess is not None]
            results = list(dict.fromkeys(answer.result for answer in answers if answer.result is not None))
            if guesses:
                choices = next((answer.choices for answer in answers if answer.choices), None)
                bars = _bars_of_choices(guesses, results, choices) if choices else _bars_of_numbers(guesses, results)
                tally = Tally(group[0].lesson, group[0].title, question, bars, len(guesses), len(group), _in_words(results))
                found.append(tally)
    return found


def _by_lesson(works):
    lessons = sorted({work.lesson for work in works})
    return [[work for work in works if work.lesson == lesson] for lesson in lessons]


def _bars_of_choices(guesses, results, choices):
    counts, right = Counter(map(in_text, guesses)), set(map(in_text, results))
    return [(choice, counts[choice], choice in right) for choice in dict.fromkeys([*choices, *counts])]


def _bars_of_numbers(guesses, results):
    """A bar for each number that was guessed, or, if those are many, for each piece of the number line.

    >>> _bars_of_numbers([80, 90, 80], [85.5])
    [('80', 2, False), ('85.5', 0, True), ('90', 1, False)]
    """
    guesses, results = [list(filter(is_number, values)) for values in (guesses, results)]
    counts = Counter(guesses)
    values = sorted({*counts, *results})
    if len(values) <= ROWS:
        return [(in_text(value), counts[value], value in results) for value in values]
    edges = _edges(guesses, results)
    bars = [(f"under {in_text(edges[0])}", *_within(guesses, results, -math.inf, edges[0]))]
    for low, high in itertools.pairwise(edges):
        end = math.nextafter(high, math.inf) if high == edges[-1] else high  # the last piece has both its ends
        bars.append((f"{in_text(low)} to {in_text(high)}", *_within(guesses, results, low, end)))
    bars.append((f"over {in_text(edges[-1])}", *_within(guesses, results, math.nextafter(edges[-1], math.inf), math.inf)))
    while not any(bars[0][1:]):
        bars = bars[1:]
    while not any(bars[-1][1:]):
        bars = bars[:-1]
    return bars


def _within(guesses, results, low, high):
    return sum(low <= value < high for value in guesses), any(low <= value < high for value in results)


def _edges(guesses, results):
    """Round numbers between which nearly all guesses lie. One that is far off, such as a million, does not squeeze the others."""
    first, _, third = statistics.quantiles(guesses, n=4)
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
    told = f"from {in_text(min(results))} to {in_text(max(results))}" if all(map(is_number, results)) else ""
    return f"It is {told or in_a_row(sorted(map(in_text, results)))}: not the same for everyone."
