"""Checks for the exercises: `digitkit.exercises.check_window(answer)` says what is right, or why it is not.

One file per lesson; what all checks share is in `checking`.
"""

from digitkit.exercises.checking import Result
from digitkit.exercises.how_it_learns import check_backward, check_backward_mistake, check_nudge
from digitkit.exercises.lesson_01 import check_centre_of_mass, check_moved_reader, check_normalise
from digitkit.exercises.lesson_02 import check_diagonal_kernel, check_output_sizes, check_pooling_loop, check_window
from digitkit.exercises.lesson_03 import check_deeper_model, check_parameters, check_planted_mistake
from digitkit.exercises.lesson_04 import check_fair_test, check_margin, check_recall
from digitkit.exercises.lesson_05 import check_blank, check_patch_size, check_ranking
from digitkit.exercises.lesson_06 import check_inverted, check_order, check_shadow_mistake
from digitkit.exercises.ours import yours_or_ours
from digitkit.exercises.your_class import check_pupil_split

__all__ = [
    "Result",
    "check_backward",
    "check_backward_mistake",
    "check_blank",
    "check_centre_of_mass",
    "check_deeper_model",
    "check_diagonal_kernel",
    "check_fair_test",
    "check_inverted",
    "check_margin",
    "check_moved_reader",
    "check_normalise",
    "check_nudge",
    "check_order",
    "check_output_sizes",
    "check_parameters",
    "check_patch_size",
    "check_planted_mistake",
    "check_pooling_loop",
    "check_pupil_split",
    "check_ranking",
    "check_recall",
    "check_shadow_mistake",
    "check_window",
    "yours_or_ours",
]
