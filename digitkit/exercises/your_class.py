"""Extra notebook: your class. The checks of its exercises."""

import numpy as np

from digitkit.exercises.checking import exercise, refuse
from digitkit.words import counted


@exercise
def check_pupil_split(answer, writers):
    """Extra, your class: True for each digit that Ben or Dia wrote, False for all others. writers: (n,) names.

    >>> check_pupil_split([True, False], np.array(["Ben", "Ada"])).outcome
    'right'
    """
    answer, wanted = np.asarray(answer), np.isin(writers, ["Ben", "Dia"])
    names = "These are names. The answer says True or False for each digit: compare the names, or use np.isin."
    refuse(answer.dtype.kind in "US", names)
    one_each = f"The answer needs one True or False for each of the {len(writers)} digits, so it starts from writers."
    refuse(answer.shape != wanted.shape, one_each)
    refuse(answer.dtype != bool, "The answer must hold True and False, so that ~ can swap them for the other half.")
    refuse(not answer.any(), "Nobody is held out: no digit was written by Ben *and* by Dia. Use | (or), or np.isin.")
    refuse(np.array_equal(answer, ~wanted), "The other way round: Ben and Dia are held out, so their digits get True.")
    both = [str(name) for name in np.unique(writers) if len(set(answer[writers == name])) == 2]
    refuse(both, f"{' and '.join(both)} would be in both halves, so the exam would hold handwriting that is already known.")
    missing = [name for name in ("Ben", "Dia") if not answer[writers == name].all()]
    refuse(missing, f"The digits of {' and '.join(missing)} are still in the half to learn from. Hold out both pupils.")
    refuse(not np.array_equal(answer, wanted), "Ben and Dia are held out, and somebody else as well.")
    return f"{counted(int(wanted.sum()), 'digit')} {'is' if wanted.sum() == 1 else 'are'} held out, and nobody is in both halves."
