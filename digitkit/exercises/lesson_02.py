"""Notebook 02: what a convolution does. The checks of its exercises."""

import numpy as np

from digitkit.exercises.checking import exercise, refuse, require_number, require_order


@exercise
def check_window(answer):
    """Notebook 02: the kernel on a window.

    >>> check_window(21).outcome
    'right'
    """
    reasons = [
        (-21, "The size is right, the sign is not: the kernel is not turned round. Its −1, −2, −1 lie on the left column."),
        (36, "36 is the answer of the window above. Take the numbers of this one: its left column is not all dark."),
        (51, "You added everything: the left column of the kernel is negative, so its products are subtracted."),
        (66, "66 is the sum of the window alone. First multiply each number by the kernel's number in the same place."),
        (15, "The middle row of the kernel counts double: −2, 0, 2."),
    ]
    require_number(
        answer, 21, reasons, "Multiply each number by the kernel's number in the same place, then add the nine products."
    )
    return "(9 + 2 × 9 + 9) − (0 + 2 × 3 + 9) = 36 − 15 = 21."


@exercise
def check_diagonal_kernel(answer):
    """Notebook 02: a 3×3 kernel that answers to a stroke like / and to nothing else.

    >>> check_diagonal_kernel(np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]))
    ✓ Right. `/` gets 6, every other stroke and a bright patch at most 0.
    """
    kernel = np.asarray(answer)
    fits = kernel.shape == (3, 3) and kernel.dtype.kind in "iuf"
    refuse(not fits, "The answer is 3 rows of 3 numbers: np.array([[…, …, …], […, …, …], […, …, …]]).")
    stroke, upright, level = np.eye(3), np.array([[0, 1, 0]] * 3), np.array([[0] * 3, [1] * 3, [0] * 3])
    others = {r"`\`": stroke, "`|`": upright, "`—`": level, "a bright patch": np.ones((3, 3))}
    wanted = (kernel * stroke[:, ::-1]).sum()
    scores = {name: (kernel * picture).sum() for name, picture in others.items()}
    loudest, patch = max(scores, key=scores.get), scores["a bright patch"]
    refuse(scores[r"`\`"] > max(wanted, 0), r"This kernel answers to the other diagonal, `\`: mirror it.")
    refuse(wanted <= 0, f"The stroke `/` gets {wanted:.3g}. Where it lies, the kernel needs positive numbers.")
    balance = "Make the numbers beside the stroke negative, so that all nine add up to 0."
    refuse(patch > 0, f"`/` gets {wanted:.3g}, but a bright patch without any stroke gets {patch:.3g}. {balance}")
    beside = f"`/` gets {wanted:.3g}, but {loudest} gets {scores[loudest]:.3g}: make the numbers beside the stroke more negative."
    refuse(scores[loudest] > wanted / 2, beside)
    return f"`/` gets {wanted:.3g}, every other stroke and a bright patch at most {scores[loudest]:.3g}."


@exercise
def check_pooling_loop(answer):
    """Notebook 02: the five lines of max pooling as a double loop, in order.

    >>> check_pooling_loop(["C", "E", "B", "A", "D"])
    ✗ Not yet. “D” must come before “A”: the largest of four numbers can only be taken once the four are cut out.
    """
    before = {
        ("C", "E"): "the empty table must exist before it is filled; inside the loop, each round would empty it again",
        ("E", "B"): "B is indented further, so it is inside a loop, and E begins that loop",
        ("B", "D"): "D uses `column`, and only the loop in B gives it a value",
        ("D", "A"): "the largest of four numbers can only be taken once the four are cut out",
    }
    require_order(answer, ["C", "E", "B", "D", "A"], before)
    return "An empty table, row by row, column by column, cut out four, keep the largest: the loop of section 2 again."


OUTPUT_SIZES = [(28, 5, 0, 1), (28, 5, 2, 1), (28, 5, 2, 2), (11, 2, 0, 2)]  # n, k, padding, stride of each row in the table


@exercise
def check_output_sizes(answer):
    """Notebook 02: the side of the output for four cases of input n, kernel k, padding p and stride s.

    >>> check_output_sizes([24, 28, 14, 6])
    ✗ Not yet. Case d: the last step would leave the picture, so 4.5 steps are 4. Round down before you add 1.
    """
    four = isinstance(answer, (list, tuple)) and len(answer) == len(OUTPUT_SIZES)
    refuse(not four, "The answer is a list of four numbers, one for each case.")
    for case, given, (n, k, p, s) in zip("abcd", answer, OUTPUT_SIZES, strict=True):
        room = n + 2 * p - k
        too_far = f"the last step would leave the picture, so {room / s:g} steps are {room // s}. Round down before you add 1."
        reasons = [
            (room / s + 1, too_far),
            (-(-room // s) + 1, too_far),
            (room // s, "the kernel's first position counts too, before any step: add 1."),
            ((n - k) // s + 1, f"the padding is missing: {p} more on *each* side."),
            ((n + p - k) // s + 1, "padding is added on both sides, so it counts twice."),
            (room + 1, f"the kernel moves {s} pixels at a time, so divide by {s}."),
        ]
        reasons = [(wrong, f"Case {case}: {why}") for wrong, why in reasons]
        require_number(given, room // s + 1, reasons, f"Case {case}: put the numbers into (n + 2p − k) // s + 1.")
    return "24, 28, 14 and 5. Case b keeps the size: that is what padding is for."
