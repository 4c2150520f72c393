"""The kit's own answers to those exercises whose answer a lesson goes on with, as long as the learner's is not right."""

import sys
from typing import Any

import numpy as np

from digitkit.errors import InputError, in_words
from digitkit.exercises import lesson_01, lesson_02, lesson_05, stale
from digitkit.words import in_a_row


def yours_or_ours(exercise: str, yours: Any) -> tuple[Any, str]:
    """The learner's answer if it is right, else the kit's own, and whose it is: so that what they built is used again.

    exercise: "normalise", "diagonal_kernel" or "blank", the exercise whose check is called `check_…`. yours: the answer.
    Raises InputError for another exercise.

    >>> yours_or_ours("diagonal_kernel", ...)[1]
    "the kit's"
    """
    if not isinstance(exercise, str) or exercise not in _EXERCISES:
        raise InputError(f"No lesson goes on with {in_words(exercise)}, only with {in_a_row(list(_EXERCISES))}.")
    check, ours = _EXERCISES[exercise]
    is_right = stale.stopped_before(sys._getframe(1), yours) is None and check(yours).outcome == "right"
    return (yours, "yours") if is_right else (ours, "the kit's")


def _normalise(images):
    return images.astype(np.float32) / 255


def _blank(image, row, column):
    hidden = image.copy()
    hidden[row : row + 5, column : column + 5] = 0
    return hidden


_EXERCISES = {
    "normalise": (lesson_01.check_normalise, _normalise),
    "diagonal_kernel": (lesson_02.check_diagonal_kernel, np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]])),
    "blank": (lesson_05.check_blank, _blank),
}
