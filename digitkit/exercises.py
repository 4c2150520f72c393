"""Checks for the exercises: each looks at a learner's answer and says what is right, or why it is not."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Result:
    """The outcome of a check: "not attempted", "right" or "wrong", and a sentence for the learner."""

    outcome: str
    message: str

    @property
    def verdict(self):
        """The outcome in a word or two, with a sign that does not depend on colour."""
        return {"right": "✓ Right.", "wrong": "✗ Not yet.", "not attempted": "… Not attempted yet."}[self.outcome]

    def __repr__(self):
        return f"{self.verdict} {self.message}"

    def _repr_markdown_(self):
        return f"**{self.verdict}** {self.message}"


def _not_attempted(hint):
    return Result("not attempted", f"Replace the three dots, run the cell, then run this check again. Hint: {hint}")


def _is_whole_number(answer):
    return isinstance(answer, (int, np.integer)) and not isinstance(answer, bool)


def check_parameters(answer):
    """Notebook 03: how many numbers does Conv2D(32, 3) learn that looks at 16 feature maps?

    >>> check_parameters(32 * (3 * 3 * 16 + 1))
    ✓ Right. 32 kernels × (3 × 3 × 16 weights + 1 bias) = 4,640.
    """
    reasons = {
        288: "32 × 9 = 288 would be one layer of 3×3 for each kernel. But a kernel looks at all 16 maps at once: "
        "it has 3 × 3 × 16 numbers, and a bias.",
        320: "32 × (9 + 1) = 320 forgets that a kernel looks at all 16 maps at once: it has 3 × 3 × 16 numbers, and a bias.",
        4608: "32 × 3 × 3 × 16 = 4,608 is nearly right: each of the 32 kernels also has one bias.",
        4624: "4,608 + 16 counts one bias for each map that comes in. There is one for each kernel: for each map that goes out.",
        160: "160 is the first convolution, which looks at one grey picture. This one looks at 16 maps.",
    }
    if answer is ...:
        return _not_attempted("one kernel has 3 × 3 numbers for *each* of the 16 maps, and every kernel has one bias.")
    if not _is_whole_number(answer):
        return Result("wrong", f"The answer is one whole number, not {type(answer).__name__}.")
    if answer == 4640:
        return Result("right", "32 kernels × (3 × 3 × 16 weights + 1 bias) = 4,640.")
    return Result(
        "wrong",
        reasons.get(answer, "Count the numbers in one kernel (rows × columns × maps that come in, plus 1), then times 32."),
    )


def check_deeper_model(model):
    """Notebook 03: a network like the first, but with a third convolution before Flatten.

    >>> check_deeper_model(...).outcome
    'not attempted'
    """
    if model is ...:
        return _not_attempted("copy the list of layers from section 2 and add one line, Conv2D with 64 filters, before Flatten.")
    names = [type(layer).__name__ for layer in getattr(model, "layers", [])]
    if not names:
        return Result("wrong", "This is not a Keras model: it should be keras.Sequential([...]) with a list of layers.")
    if tuple(model.input_shape[1:]) != (28, 28, 1):
        return Result(
            "wrong",
            f"The network must take pictures of 28 × 28 × 1, but it takes {model.input_shape[1:]}: use Input((28, 28, 1)).",
        )
    if tuple(model.output_shape[1:]) != (10,):
        return Result(
            "wrong",
            f"The network must give ten numbers, one for each digit, but it gives {model.output_shape[1:]}: is Dense(10) there?",
        )
    convolutions = [index for index, name in enumerate(names) if name == "Conv2D"]
    if len(convolutions) != 3:
        return Result("wrong", f"There should be three Conv2D layers, but there are {len(convolutions)}.")
    if "Flatten" in names and convolutions[-1] > names.index("Flatten"):
        return Result(
            "wrong", "The third Conv2D must come before Flatten: after it there are no pictures any more, only a row of numbers."
        )
    return Result("right", f"Three convolutions, {model.count_params():,} parameters in all.")


def check_inverted(answer, grey):
    """Notebook 06: dark ink on white paper turned into bright ink on black. grey: (h, w) uint8.

    >>> check_inverted(255 - np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8)).outcome
    'right'
    """
    if answer is ...:
        return _not_attempted("white is 255 and should become 0; black is 0 and should become 255. One subtraction does it.")
    if not isinstance(answer, np.ndarray):
        return Result("wrong", f"The answer is a whole picture, an array, not {type(answer).__name__}.")
    if answer.shape != grey.shape:
        return Result("wrong", f"The picture should keep its shape {grey.shape}, but the answer has {answer.shape}.")
    if np.array_equal(answer, grey):
        return Result("wrong", "Nothing has changed: the answer is the picture itself.")
    if answer.dtype == np.uint8 and np.array_equal(answer, -grey):
        return Result(
            "wrong", "-grey wraps around: in uint8, -1 is 255, but -0 stays 0, so black stays black. Subtract from 255 instead."
        )
    if np.array_equal(answer.astype(float), 1.0 - grey):
        return Result("wrong", "1 - grey would be right for numbers from 0 to 1. These go from 0 to 255.")
    if np.array_equal(answer.astype(int), 256 - grey.astype(int)):
        return Result("wrong", "256 - grey is one too many: white, 255, must become 0.")
    if np.array_equal(answer.astype(int), 255 - grey.astype(int)):
        return Result("right", "255 - grey: the whole array in one go.")
    return Result("wrong", "White, 255, must become 0, and black, 0, must become 255. Check these two numbers.")


def check_order(answer):
    """Notebook 06: the steps from a photo to 28×28, in order.

    >>> check_order(["grey", "paper", "threshold", "crop", "shrink", "centre"]).outcome
    'right'
    """
    right = ["grey", "paper", "threshold", "crop", "shrink", "centre"]
    before = {
        ("grey", "paper"): "the brightness of the paper can only be measured once there is a single brightness per pixel",
        ("paper", "threshold"): "with the shadow still in the picture, the threshold takes the shadow for ink",
        ("threshold", "crop"): "before the threshold nobody knows where the ink is, so there is nothing to cut out",
        ("crop", "shrink"): "shrinking the whole page into 20×20 leaves a digit of two or three pixels",
        ("shrink", "centre"): "the place in 28×28 is measured in the small pixels, so it comes last",
    }
    if answer is ... or (isinstance(answer, list) and ... in answer):
        return _not_attempted("what must be known before you can cut out the digit?")
    if not isinstance(answer, (list, tuple)) or sorted(map(str, answer)) != sorted(right):
        return Result("wrong", f"The answer is a list with each of these once: {', '.join(sorted(right))}.")
    places = {step: place for place, step in enumerate(answer)}
    for (first, then), reason in before.items():
        if places[first] > places[then]:
            return Result("wrong", f"“{first}” must come before “{then}”: {reason}.")
    return Result("right", "This is the path of every photo through digitkit.")


def check_normalise(normalise):
    """Notebook 01: a function that turns images, uint8 from 0 to 255, into new float32 images from 0 to 1.

    >>> check_normalise(lambda images: images.astype(np.float32) / 255).outcome
    'right'
    """
    if not callable(normalise):
        return Result("wrong", "The check needs the function itself, without brackets behind it: check_normalise(normalise).")
    original = np.array([[[0, 51], [102, 255]]], np.uint8)
    images = original.copy()
    try:
        answer = normalise(images)
    except Exception as error:
        return Result("wrong", f"Your function stops: {error}. Start with a new array: images.astype(np.float32).")
    if answer is ...:
        return _not_attempted("first make the numbers float32, then divide, so that 255 becomes 1.")
    if not np.array_equal(images, original):
        return Result("wrong", "The numbers are scaled, but the original images have changed too. Make a new array instead.")
    if answer is None:
        return Result("wrong", "Your function gives nothing back: did you forget return?")
    if not isinstance(answer, np.ndarray) or answer.shape != images.shape:
        return Result("wrong", f"The answer should be an array of the same shape, {images.shape}, as the images.")
    if answer.dtype.kind in "iu":
        return Result(
            "wrong", "Whole numbers cannot hold anything between 0 and 1, so all grey is lost. Convert to float32, and use /."
        )
    if np.allclose(answer, images / 256):
        return Result("wrong", "Divided by 256, white becomes 0.996. There are 256 values, but the largest is 255.")
    if not np.allclose(answer, images / 255):
        return Result("wrong", f"0 should become 0 and 255 should become 1, but 255 becomes {answer.max():.4g}.")
    if answer.dtype != np.float32:
        return Result("wrong", f"The numbers are right, but they are {answer.dtype}: start with images.astype(np.float32).")
    return Result("right", "0 to 1, float32, and the original is untouched.")


def check_centre_of_mass(answer, image):
    """Notebook 01: where the ink balances, as (row, column) counted from 0. image: (h, w), ink bright.

    >>> check_centre_of_mass((0, 1.5), np.array([[0, 2, 2]]))
    ✓ Right. The ink balances at row 0.00, column 1.50.
    """
    if answer is ... or (isinstance(answer, (tuple, list)) and ... in answer):
        return _not_attempted("for the row, multiply each pixel by its row number, add up, and divide by the sum of all pixels.")
    if np.shape(answer) != (2,):
        return Result("wrong", "The answer is a pair of numbers: (row, column).")
    places = np.indices(image.shape)
    right = (places * image).sum(axis=(1, 2)) / image.sum()
    ink = places[:, image > 0]
    reasons = [
        (right[::-1], "This is (column, row). In NumPy the row comes first."),
        (right + 1, "You counted rows and columns from 1. NumPy counts from 0."),
        (ink.mean(axis=1), "Every pixel with ink counted the same here. A bright pixel must pull harder: multiply by its value."),
        ((ink.min(axis=1) + ink.max(axis=1)) / 2, "This is the middle of the box around the ink. More ink must pull harder."),
        ((np.array(image.shape) - 1) / 2, "This is the middle of the picture, whatever is drawn in it. Weigh the ink."),
        ((places * image).sum(axis=(1, 2)) / image.size, "Divide by the sum of all pixel values, not by the number of pixels."),
    ]
    if np.allclose(answer, right, atol=0.01):
        return Result("right", f"The ink balances at row {right[0]:.2f}, column {right[1]:.2f}.")
    for wrong, reason in reasons:
        if np.allclose(answer, wrong, atol=0.01):
            return Result("wrong", reason)
    good = [name for name, given, true in zip(["row", "column"], answer, right, strict=True) if abs(given - true) <= 0.01]
    start = f"The {good[0]} is right, the other number is not. " if good else ""
    return Result("wrong", f"{start}Multiply each pixel by its row (or column) number, add up, divide by the sum of all pixels.")


def check_window(answer):
    """Notebook 02: the kernel on the bottom right window of the tiny picture.

    >>> check_window(21).outcome
    'right'
    """
    reasons = {
        -21: "The size is right, the sign is not: the kernel is not turned round. Its −1, −2, −1 lie on the left column.",
        36: "36 is the answer of a window on the left. Move the frame one place right and one place down.",
        33: "33 is the window at the top right. Now move the frame down by one row as well.",
        51: "You added everything: the left column of the kernel is negative, so its products are taken away.",
        66: "66 is the sum of the window alone. First multiply each number by the kernel's number in the same place.",
        15: "The middle row of the kernel counts double: −2, 0, 2.",
    }
    if answer is ...:
        return _not_attempted("only the left and the right column of the window matter, because the middle of the kernel is 0.")
    if not isinstance(answer, (int, float, np.number)) or isinstance(answer, bool):
        return Result("wrong", f"The answer is one number, not {type(answer).__name__}.")
    if answer == 21:
        return Result("right", "(9 + 2 × 9 + 9) − (0 + 2 × 3 + 9) = 36 − 15 = 21.")
    method = "Multiply each number by the kernel's number in the same place, then add the nine products."
    return Result("wrong", reasons.get(answer, method))


OUTPUT_SIZES = [(28, 5, 0, 1), (28, 5, 2, 1), (28, 5, 2, 2), (11, 2, 0, 2)]  # n, k, padding, stride of each row in the table


def check_output_sizes(answer):
    """Notebook 02: the side of the output for four cases of input n, kernel k, padding p and stride s.

    >>> check_output_sizes([24, 28, 14, 6])
    ✗ Not yet. Case d: the last step would leave the picture, so 4.5 steps are 4. Round down before you add 1.
    """
    if answer is ... or (isinstance(answer, (list, tuple)) and ... in answer):
        return _not_attempted("put n, k, p and s into (n + 2p − k) // s + 1, one case after the other.")
    if not isinstance(answer, (list, tuple)) or len(answer) != len(OUTPUT_SIZES):
        return Result("wrong", "The answer is a list of four numbers, one for each case.")
    for case, given, (n, k, p, s) in zip("abcd", answer, OUTPUT_SIZES, strict=True):
        room = n + 2 * p - k
        if given == room // s + 1:
            continue
        too_far = f"the last step would leave the picture, so {room / s:g} steps are {room // s}. Round down before you add 1."
        reasons = [
            (room / s + 1, too_far),
            (-(-room // s) + 1, too_far),
            (room // s, "the kernel also has its first place, before any step: add 1."),
            ((n - k) // s + 1, f"the padding is missing: {p} more on *each* side."),
            ((n + p - k) // s + 1, "padding is added on both sides, so it counts twice."),
            (room + 1, f"the kernel moves {s} pixels at a time, so divide by {s}."),
        ]
        reason = next((reason for wrong, reason in reasons if given == wrong), "put the numbers into (n + 2p − k) // s + 1.")
        return Result("wrong", f"Case {case}: {reason}")
    return Result("right", "24, 28, 14 and 5. Case b keeps the size: that is what padding is for.")


def check_diagonal_kernel(answer):
    """Notebook 02: a 3×3 kernel that answers to a stroke like / and to nothing else.

    >>> check_diagonal_kernel(np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]))
    ✓ Right. `/` gets 6, every other stroke and a bright patch at most 0.
    """
    if answer is ...:
        return _not_attempted("positive numbers where the stroke lies, negative numbers beside it, and all nine add up to 0.")
    kernel = np.asarray(answer)
    if kernel.shape != (3, 3) or kernel.dtype.kind not in "iuf":
        return Result("wrong", "The answer is 3 rows of 3 numbers: np.array([[…, …, …], […, …, …], […, …, …]]).")
    stroke, upright, level = np.eye(3), np.array([[0, 1, 0]] * 3), np.array([[0] * 3, [1] * 3, [0] * 3])
    others = {r"`\`": stroke, "`|`": upright, "`—`": level, "a bright patch": np.ones((3, 3))}
    wanted = (kernel * stroke[:, ::-1]).sum()
    scores = {name: (kernel * picture).sum() for name, picture in others.items()}
    loudest = max(scores, key=scores.get)
    if scores[r"`\`"] > max(wanted, 0):
        return Result("wrong", r"This kernel answers to the other diagonal, `\`: mirror it.")
    if wanted <= 0:
        return Result("wrong", f"The stroke `/` gets {wanted:.3g}. Where it lies, the kernel needs positive numbers.")
    if scores["a bright patch"] > 0:
        return Result(
            "wrong",
            f"`/` gets {wanted:.3g}, but a bright patch without any stroke gets {scores['a bright patch']:.3g}. "
            "Make the numbers beside the stroke negative, so that all nine add up to 0.",
        )
    if scores[loudest] > wanted / 2:
        return Result("wrong", f"`/` gets {wanted:.3g}, but {loudest} gets {scores[loudest]:.3g}: more minus beside the stroke.")
    return Result("right", f"`/` gets {wanted:.3g}, every other stroke and a bright patch at most {scores[loudest]:.3g}.")


def check_margin(answer):
    """Notebook 04: the margin by the rule of thumb, when 97 of 100 digits were read right.

    >>> check_margin(2 * (0.97 * 0.03 / 100) ** 0.5)
    ✓ Right. 0.97 ± 0.034: from about 94 % to 100 %. A hundred digits say little.
    """
    reasons = [
        (0.0171, "This is the square root. The rule of thumb takes it twice."),
        (0.0034, "Divide by 100 first, then take the square root: the 100 stands under the root."),
        (0.00058, "The square root is missing."),
        (0.0063, "This is the example above, with 990 of 1,000. Here it is 97 of 100: p = 0.97 and n = 100."),
        (0.0108, "n is 100, not 1,000: only a hundred digits were read."),
        (0.0199, "p is 97 / 100 = 0.97, not 0.99."),
        (3.41, "The right number in per cent. Write it as a share, like 0.97: divide by 100."),
    ]
    if answer is ...:
        return _not_attempted("p = 0.97 and n = 100; the square root is ** 0.5.")
    if not _is_number(answer):
        return Result("wrong", f"The answer is one number, the margin itself, not {type(answer).__name__}.")
    if abs(answer - 0.0341) < 0.0005:
        return Result("right", "0.97 ± 0.034: from about 94 % to 100 %. A hundred digits say little.")
    for value, reason in reasons:
        if abs(answer - value) < 0.02 * value:
            return Result("wrong", reason)
    return Result("wrong", "Margin = 2 × square root of (p × (1 − p) / n), with p = 0.97 and n = 100.")


def check_recall(answer, table):
    """Notebook 04: the recall of the last digit in a small table. table: (n, n) counts, row = label, column = answer.

    >>> check_recall(3 / 4, np.array([[5, 0], [1, 3]]))
    ✓ Right. 3 of 4, 75.0 %: one row, and the diagonal number in it.
    """
    hit, row, column = int(table[-1, -1]), int(table[-1].sum()), int(table[:, -1].sum())
    recall = hit / row
    reasons = [
        (hit, f"{hit} is how many were read right. Recall is a share: divide by all that there were."),
        (100 * recall, "The right number in per cent. Write it as a share from 0 to 1."),
        (hit / column, "You divided by a column, by all that was *read as* that digit. Recall divides by its row, its label."),
        (np.trace(table) / table.sum(), "This is the accuracy for all the digits together. Recall looks at one row."),
        (hit / table.sum(), "You divided by all the digits in the table. Recall divides by one row."),
        (1 - recall, "This is the share that was missed. Recall is the share that was found."),
        *[(table[i, i] / table[i].sum(), "This is another digit's row. Take the last one.") for i in range(len(table) - 1)],
    ]
    if answer is ...:
        return _not_attempted("in its row, the number on the diagonal divided by the sum of the whole row.")
    if not _is_number(answer):
        return Result("wrong", f"The answer is one number from 0 to 1, not {type(answer).__name__}.")
    if abs(answer - recall) < 0.0006:
        return Result("right", f"{hit} of {row}, {recall:.1%}: one row, and the diagonal number in it.".replace("%", " %"))
    for value, reason in reasons:
        if abs(answer - value) < 0.0006:
            return Result("wrong", reason)
    return Result("wrong", "Recall of a digit: its number on the diagonal, divided by the sum of its row.")


def _is_number(answer):
    return isinstance(answer, (int, float, np.integer, np.floating)) and not isinstance(answer, bool)


def check_blank(blank):
    """Notebook 05: a function blank(image, row, column) that gives a copy with rows and columns up to + 5 set to 0.

    >>> check_blank(lambda image, row, column: image).outcome
    'not attempted'
    """
    if not callable(blank):
        return Result("wrong", "The check needs the function itself, without brackets behind it: check_blank(blank).")
    original = np.arange(1, 785).reshape(28, 28)
    image, right = original.copy(), original.copy()
    right[4:9, 15:20] = 0
    try:
        answer = blank(image, 4, 15)
    except Exception as error:
        return Result("wrong", f"Your function stops: {error}")
    if not np.array_equal(image, original):
        return Result("wrong", "The original picture has changed. Write into hidden, the copy.")
    if not isinstance(answer, np.ndarray) or answer.shape != (28, 28):
        return Result("wrong", "The function must give the whole picture back, 28 × 28: keep the line return hidden.")
    if np.array_equal(answer, original):
        return _not_attempted("hidden[row : row + 5, ...] = 0, with the columns in the place of the dots.")
    changed = answer != original
    rows, columns = changed.any(axis=1).nonzero()[0], changed.any(axis=0).nonzero()[0]
    if np.array_equal(answer, right):
        return Result("right", "25 pixels are hidden, and the original is untouched.")
    if np.array_equal(changed, right == 0):
        return Result("wrong", f"The right square, but it holds {answer[4, 15]}. Black is 0.")
    if changed.sum() == 1:
        return Result("wrong", "Only one pixel is hidden. Take a range: row : row + 5.")
    if len(columns) == 28:
        return Result("wrong", "Whole rows are hidden. Say which columns, after a comma.")
    if len(rows) == 28:
        return Result("wrong", "Whole columns are hidden. Say which rows, before the comma.")
    if rows[0] == 15 and columns[0] == 4:
        return Result("wrong", "Rows and columns are swapped. In NumPy the row comes first.")
    if (len(rows), len(columns)) != (5, 5):
        square = f"{len(rows)} rows and {len(columns)} columns"
        return Result("wrong", f"The square has {square}. A range stops *before* its end: row + 5.")
    return Result("wrong", f"The square starts at row {rows[0]}, column {columns[0]}; asked for were row 4, column 15.")


def check_ranking(answer, maps):
    """Notebook 05: the numbers of the feature maps, the one with the largest value first. maps: (n, rows, columns).

    >>> check_ranking([1, 0], np.array([[[2.0]], [[5.0]]])).outcome
    'right'
    """
    strengths = maps.max(axis=(1, 2))
    if answer is ...:
        return _not_attempted("maps.max(axis=(1, 2)) gives the strength of each map; np.argsort puts the weakest first.")
    if np.ndim(answer) == 0:
        return Result("wrong", "This is a single number. A ranking names all maps, the strongest first.")
    answer = np.asarray(answer)
    if np.shape(answer) == strengths.shape and np.allclose(answer, strengths):
        return Result("wrong", "These are the strengths. A ranking holds the numbers of the maps: np.argsort gives them.")
    if answer.shape == strengths.shape and np.allclose(answer, np.sort(strengths)[::-1]):
        return Result("wrong", "These are the strengths, in order. Which maps do they belong to? Use np.argsort, not np.sort.")
    if answer.shape != strengths.shape or sorted(answer.tolist()) != list(range(len(maps))):
        return Result("wrong", f"The answer names each of the {len(maps)} maps once, from 0 to {len(maps) - 1}.")
    ranked = strengths[answer]
    if np.all(np.diff(ranked) <= 0):
        return Result("right", "The strongest first. With another stroke the ranking would be another.")
    if np.all(np.diff(ranked) >= 0):
        return Result("wrong", "This is the other way round: the weakest first. A minus sign in front of the strengths helps.")
    if np.all(np.diff(maps.mean(axis=(1, 2))[answer]) <= 0):
        return Result("wrong", "You ranked by the mean, which counts the empty places too. Take the largest value of each map.")
    return Result("wrong", "A later map is stronger than an earlier one. Sort by the largest value of each map.")
