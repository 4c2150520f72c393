"""Notebook 04: how good is it? The checks of its exercises."""

import numpy as np

from digitkit.exercises.checking import exercise, require_number, require_order


@exercise
def check_margin(answer):
    """Notebook 04: the margin by the rule of thumb, when 97 of 100 digits were read right.

    >>> check_margin(2 * (0.97 * 0.03 / 100) ** 0.5)
    ✓ Right. 0.97 ± 0.034: from about 94 % to 100 %. A hundred digits say little.
    """
    reasons = [
        (0.0171, "This is the square root. The rule of thumb takes it twice."),
        (0.0034, "Divide by 100 first, then take the square root: the 100 belongs under the root."),
        (0.00058, "The square root is missing."),
        (0.0063, "This is the example above, with 990 of 1,000. Here it is 97 of 100: p = 0.97 and n = 100."),
        (0.0108, "n is 100, not 1,000: only a hundred digits were read."),
        (0.0199, "p is 97 / 100 = 0.97, not 0.99."),
        (3.41, "The right number in per cent. Write it as a share, like 0.97: divide by 100."),
    ]
    method = "Margin = 2 × square root of (p × (1 − p) / n), with p = 0.97 and n = 100."
    require_number(answer, 0.0341, reasons, method, tolerance=0.02)
    return "0.97 ± 0.034: from about 94 % to 100 %. A hundred digits say little."


@exercise
def check_recall(answer, table):
    """Notebook 04: the recall of the last digit in a small table. table: (n, n) counts, row = label, column = answer.

    >>> check_recall(3 / 4, np.array([[5, 0], [1, 3]]))
    ✓ Right. 3 of 4, 75.0 %: one row, and the diagonal number in it.
    """
    hit, row, column = int(table[-1, -1]), int(table[-1].sum()), int(table[:, -1].sum())
    recall = hit / row
    reasons = [
        (hit, f"{hit} is how many were read right. Recall is a share: divide by how many there were."),
        (100 * recall, "The right number in per cent. Write it as a share from 0 to 1."),
        (hit / column, "You divided by a column: all that was *read as* that digit. Recall divides by a row: its label."),
        (np.trace(table) / table.sum(), "This is the accuracy for all the digits together. Recall looks at one row."),
        (hit / table.sum(), "You divided by all the digits in the table. Recall divides by one row."),
        (1 - recall, "This is the share that was missed. Recall is the share that was found."),
        *[(table[i, i] / table[i].sum(), "This is another digit's row. Take the last one.") for i in range(len(table) - 1)],
    ]
    method = "Recall of a digit: its number on the diagonal, divided by the sum of its row."
    require_number(answer, recall, reasons, method, tolerance=0.001)
    return f"{hit} of {row}, {100 * recall:.1f} %: one row, and the diagonal number in it."


@exercise
def check_fair_test(answer):
    """Notebook 04: the steps of a fair comparison of two networks, in order.

    >>> check_fair_test(["hold out", "train", "validate", "choose", "test", "margin"]).outcome
    'right'
    """
    before = {
        ("hold out", "train"): "a digit that was used in training can no longer be used as a rehearsal",
        ("train", "validate"): "before training there is nothing to measure",
        ("validate", "choose"): "without a measurement the choice is a guess",
        ("choose", "test"): "if the test set helps to choose, the luckier network wins, and its result is too good to be true",
        ("test", "margin"): "the margin belongs to the accuracy in the test, which you do not know yet",
    }
    require_order(answer, ["hold out", "train", "validate", "choose", "test", "margin"], before)
    return "The test set comes last, and only once."
