"""Handed-in notebooks: whose, which lesson, how far, which checks failed, what was guessed. They are read, never run."""

from digitkit.handed_in.counting import Mistakes, Tally, mistakes, tallies
from digitkit.handed_in.finding import HandedIn, handed_in
from digitkit.handed_in.printing import as_text, counted_guesses
from digitkit.handed_in.work import Answer, Guess, Work, WorkError, read_work

__all__ = [
    "Answer",
    "Guess",
    "HandedIn",
    "Mistakes",
    "Tally",
    "Work",
    "WorkError",
    "as_text",
    "counted_guesses",
    "handed_in",
    "mistakes",
    "read_work",
    "tallies",
]
