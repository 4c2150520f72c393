"""Checks for the exercises: each looks at a learner's answer and says what is right, or why it is not."""

import functools
import math
from dataclasses import dataclass
from numbers import Real

import numpy as np

VERDICTS = {
    "right": "✓ Right.",
    "wrong": "✗ Not yet.",
    "raised": "⚠ It stopped.",
    "not attempted": "… Not attempted yet.",
}


@dataclass(frozen=True)
class Result:
    """The outcome of a check, one of "right", "wrong", "raised" and "not attempted", and a sentence for the learner."""

    outcome: str
    message: str

    @property
    def verdict(self):
        """The outcome in a word or two, with a sign that does not depend on colour."""
        return VERDICTS[self.outcome]

    def __repr__(self):
        return f"{self.verdict} {self.message}"

    def _repr_markdown_(self):
        return f"**{self.verdict}** {self.message}"


class _Wrong(Exception):
    """The answer is wrong; the message says why."""


class _NotAttempted(Exception):
    """The three dots are still there."""


def _exercise(judge):
    """Make a check out of a judge, which returns its praise for a right answer or calls `_refuse` with the reason."""

    @functools.wraps(judge)
    def check(answer, *given):
        try:
            if answer is ... or (isinstance(answer, (list, tuple)) and any(part is ... for part in answer)):
                raise _NotAttempted
            return Result("right", judge(answer, *given))
        except _NotAttempted:
            return Result("not attempted", "Replace the three dots and run the cell; then run this check again.")
        except _Wrong as wrong:
            return Result("wrong", str(wrong))
        except Exception as error:
            return Result("raised", _in_plain_words(error))

    return check


def _refuse(condition, reason):
    if condition:
        raise _Wrong(reason)


def _in_plain_words(error):
    meanings = {
        NameError: "a name is used that does not exist here. Is it spelled right?",
        TypeError: "things are put together that do not fit, such as a number and a text.",
        ZeroDivisionError: "something is divided by zero.",
        IndexError: "a place is asked for that is not in the array.",
        AttributeError: "a name behind a dot does not exist. Is it spelled right?",
        ValueError: "a number or the shape of an array does not fit.",
    }
    meaning = next((text for kind, text in meanings.items() if isinstance(error, kind)), "read its last words aloud.")
    return f"Python stops at your answer with “{type(error).__name__}: {error}”: {meaning}"


def _kind(answer):
    """What a learner would call an answer that is not the one number, list or array that was asked for."""
    names = {type(None): "nothing", bool: "True or False", str: "a text", list: "several numbers", tuple: "several numbers"}
    return "a function" if callable(answer) else names.get(type(answer), f"of type {type(answer).__name__}")


def _check_number(answer, right, reasons, method, tolerance=0.0):
    """Refuse all but the right number. reasons: pairs (wrong number, why it is wrong); method: said of any other number."""
    _refuse(not isinstance(answer, Real) or isinstance(answer, bool), f"The answer is one number, but yours is {_kind(answer)}.")
    if not math.isclose(answer, right, rel_tol=tolerance):
        raise _Wrong(next((why for wrong, why in reasons if math.isclose(answer, wrong, rel_tol=tolerance)), method))


def _check_steps(answer, right, before):
    """Refuse all but the right order. right: the steps in order; before: {(earlier, later): why}."""
    complete = isinstance(answer, (list, tuple)) and sorted(map(str, answer)) == sorted(right)
    _refuse(not complete, f"The answer is a list with each of these once: {', '.join(sorted(right))}.")
    for (first, then), why in before.items():
        _refuse(answer.index(first) > answer.index(then), f"“{first}” must come before “{then}”: {why}.")


def _check_is_function(answer, name):
    _refuse(not callable(answer), f"The check needs the function itself, without brackets behind it: check_{name}({name}).")


# ── Notebook 01 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@_exercise
def check_normalise(normalise):
    """Notebook 01: a function that turns images, uint8 from 0 to 255, into new float32 images from 0 to 1.

    >>> check_normalise(lambda images: images.astype(np.float32) / 255).outcome
    'right'
    """
    _check_is_function(normalise, "normalise")
    original = np.array([[[0, 51], [102, 255]]], np.uint8)
    images = original.copy()
    answer = normalise(images)
    if answer is ...:
        raise _NotAttempted
    changed = not np.array_equal(images, original)
    _refuse(changed, "The numbers are scaled, but the original images have changed too. Make a new array instead.")
    _refuse(answer is None, "Your function gives nothing back: did you forget return?")
    same_shape = isinstance(answer, np.ndarray) and answer.shape == images.shape
    _refuse(not same_shape, f"The answer should be an array of the same shape, {images.shape}, as the images.")
    whole = "Whole numbers cannot hold anything between 0 and 1, so all grey is lost. Convert to float32, and use /."
    _refuse(answer.dtype.kind in "iu", whole)
    by_256 = "Divided by 256, white becomes 0.996. There are 256 values, but the largest is 255."
    _refuse(np.allclose(answer, images / 256), by_256)
    right = np.allclose(answer, images / 255)
    _refuse(not right, f"0 should become 0 and 255 should become 1, but 255 becomes {answer.max():.4g}.")
    double = f"The numbers are right, but they are {answer.dtype}: start with images.astype(np.float32)."
    _refuse(answer.dtype != np.float32, double)
    return "0 to 1, float32, and the original is untouched."


@_exercise
def check_centre_of_mass(answer, image):
    """Notebook 01: where the ink balances, as (row, column) counted from 0. image: (h, w), ink bright.

    >>> check_centre_of_mass((0, 1.5), np.array([[0, 2, 2]]))
    ✓ Right. The ink balances at row 0.00, column 1.50.
    """
    _refuse(np.shape(answer) != (2,), "The answer is a pair of numbers: (row, column).")
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
    good = np.isclose(answer, right, atol=0.01)
    if not good.all():
        for wrong, why in reasons:
            _refuse(np.allclose(answer, wrong, atol=0.01), why)
        start = f"The {'row' if good[0] else 'column'} is right, the other number is not. " if good.any() else ""
        raise _Wrong(f"{start}Multiply each pixel by its row (or column) number, add up, divide by the sum of all pixels.")
    return f"The ink balances at row {right[0]:.2f}, column {right[1]:.2f}."


@_exercise
def check_moved_reader(answer):
    """Notebook 01: the share of validation digits that ten averages read right, each digit moved 3 pixels to the right.

    >>> check_moved_reader(0.3882)
    ✓ Right. From 85.5 % down to 38.8 %: pixel by pixel, a digit three pixels further right is another picture.
    """
    reasons = [
        (38.82, "The right number in per cent. Leave it a share from 0 to 1."),
        (1941, "This is how many were read right. The share is their mean: .mean() instead of .sum()."),
        (0.6118, "This is the share that was read *wrong*. Compare with ==, not with !=."),
        (0.8550, "This is the share for the digits where they were. Hand the *moved* ones to the function."),
        (0.2518, "These digits have moved down: axis 1 are the rows. To the right is axis 2."),
        (0.0976, "Along axis 0 the digits change places in the queue, and each meets another's label. To the right is axis 2."),
        (0.3130, "These digits have moved to the left. To the right is +3."),
    ]
    method = "Move with np.roll(validation.images, 3, axis=2), read, compare with validation.labels, and take the mean."
    _check_number(answer, 0.3882, reasons, method, tolerance=0.002)
    return "From 85.5 % down to 38.8 %: pixel by pixel, a digit three pixels further right is another picture."


# ── Notebook 02 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@_exercise
def check_window(answer):
    """Notebook 02: the kernel on the bottom right window of the tiny picture.

    >>> check_window(21).outcome
    'right'
    """
    reasons = [
        (-21, "The size is right, the sign is not: the kernel is not turned round. Its −1, −2, −1 lie on the left column."),
        (36, "36 is the answer of a window on the left. Move the frame one place right and one place down."),
        (33, "33 is the window at the top right. Now move the frame down by one row as well."),
        (51, "You added everything: the left column of the kernel is negative, so its products are taken away."),
        (66, "66 is the sum of the window alone. First multiply each number by the kernel's number in the same place."),
        (15, "The middle row of the kernel counts double: −2, 0, 2."),
    ]
    _check_number(
        answer, 21, reasons, "Multiply each number by the kernel's number in the same place, then add the nine products."
    )
    return "(9 + 2 × 9 + 9) − (0 + 2 × 3 + 9) = 36 − 15 = 21."


@_exercise
def check_diagonal_kernel(answer):
    """Notebook 02: a 3×3 kernel that answers to a stroke like / and to nothing else.

    >>> check_diagonal_kernel(np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]))
    ✓ Right. `/` gets 6, every other stroke and a bright patch at most 0.
    """
    kernel = np.asarray(answer)
    fits = kernel.shape == (3, 3) and kernel.dtype.kind in "iuf"
    _refuse(not fits, "The answer is 3 rows of 3 numbers: np.array([[…, …, …], […, …, …], […, …, …]]).")
    stroke, upright, level = np.eye(3), np.array([[0, 1, 0]] * 3), np.array([[0] * 3, [1] * 3, [0] * 3])
    others = {r"`\`": stroke, "`|`": upright, "`—`": level, "a bright patch": np.ones((3, 3))}
    wanted = (kernel * stroke[:, ::-1]).sum()
    scores = {name: (kernel * picture).sum() for name, picture in others.items()}
    loudest, patch = max(scores, key=scores.get), scores["a bright patch"]
    _refuse(scores[r"`\`"] > max(wanted, 0), r"This kernel answers to the other diagonal, `\`: mirror it.")
    _refuse(wanted <= 0, f"The stroke `/` gets {wanted:.3g}. Where it lies, the kernel needs positive numbers.")
    balance = "Make the numbers beside the stroke negative, so that all nine add up to 0."
    _refuse(patch > 0, f"`/` gets {wanted:.3g}, but a bright patch without any stroke gets {patch:.3g}. {balance}")
    beside = f"`/` gets {wanted:.3g}, but {loudest} gets {scores[loudest]:.3g}: more minus beside the stroke."
    _refuse(scores[loudest] > wanted / 2, beside)
    return f"`/` gets {wanted:.3g}, every other stroke and a bright patch at most {scores[loudest]:.3g}."


@_exercise
def check_pooling_loop(answer):
    """Notebook 02: the five lines of max pooling as a double loop, in order.

    >>> check_pooling_loop(["C", "E", "B", "A", "D"])
    ✗ Not yet. “D” must come before “A”: the largest of four numbers can only be taken once the four are cut out.
    """
    before = {
        ("C", "E"): "the empty table must be there before it is filled; inside the loop, each round would wipe it out",
        ("E", "B"): "B stands further in, so it is inside a loop, and E begins that loop",
        ("B", "D"): "D uses `column`, and only the loop in B gives it a value",
        ("D", "A"): "the largest of four numbers can only be taken once the four are cut out",
    }
    _check_steps(answer, ["C", "E", "B", "D", "A"], before)
    return "An empty table, row by row, column by column, cut out four, keep the largest: the loop of section 2 once more."


OUTPUT_SIZES = [(28, 5, 0, 1), (28, 5, 2, 1), (28, 5, 2, 2), (11, 2, 0, 2)]  # n, k, padding, stride of each row in the table


@_exercise
def check_output_sizes(answer):
    """Notebook 02: the side of the output for four cases of input n, kernel k, padding p and stride s.

    >>> check_output_sizes([24, 28, 14, 6])
    ✗ Not yet. Case d: the last step would leave the picture, so 4.5 steps are 4. Round down before you add 1.
    """
    four = isinstance(answer, (list, tuple)) and len(answer) == len(OUTPUT_SIZES)
    _refuse(not four, "The answer is a list of four numbers, one for each case.")
    for case, given, (n, k, p, s) in zip("abcd", answer, OUTPUT_SIZES, strict=True):
        room = n + 2 * p - k
        too_far = f"the last step would leave the picture, so {room / s:g} steps are {room // s}. Round down before you add 1."
        reasons = [
            (room / s + 1, too_far),
            (-(-room // s) + 1, too_far),
            (room // s, "the kernel also has its first place, before any step: add 1."),
            ((n - k) // s + 1, f"the padding is missing: {p} more on *each* side."),
            ((n + p - k) // s + 1, "padding is added on both sides, so it counts twice."),
            (room + 1, f"the kernel moves {s} pixels at a time, so divide by {s}."),
        ]
        reasons = [(wrong, f"Case {case}: {why}") for wrong, why in reasons]
        _check_number(given, room // s + 1, reasons, f"Case {case}: put the numbers into (n + 2p − k) // s + 1.")
    return "24, 28, 14 and 5. Case b keeps the size: that is what padding is for."


# ── Notebook 03 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@_exercise
def check_parameters(answer):
    """Notebook 03: how many numbers does Conv2D(32, 3) learn that looks at 16 feature maps?

    >>> check_parameters(32 * (3 * 3 * 16 + 1))
    ✓ Right. 32 kernels × (3 × 3 × 16 weights + 1 bias) = 4,640.
    """
    reasons = [
        (288, "32 × 9 = 288 gives each kernel one layer of 3×3. But it looks at all 16 maps at once, and has a bias."),
        (320, "32 × (9 + 1) = 320 forgets that a kernel looks at all 16 maps at once: it has 3 × 3 × 16 numbers, and a bias."),
        (4608, "32 × 3 × 3 × 16 = 4,608 is nearly right: each of the 32 kernels also has one bias."),
        (4624, "4,608 + 16 counts one bias for each map that comes in. There is one for each map that goes out."),
        (160, "160 is the first convolution, which looks at one grey picture. This one looks at 16 maps."),
    ]
    method = "Count the numbers in one kernel (rows × columns × maps that come in, plus 1), then times 32."
    _check_number(answer, 4640, reasons, method)
    return "32 kernels × (3 × 3 × 16 weights + 1 bias) = 4,640."


@_exercise
def check_planted_mistake(answer):
    """Notebook 03: the number of the line that spoils a training program.

    >>> check_planted_mistake(3).outcome
    'right'
    """
    reasons = [
        (1, "Line 1 is right: without held-out digits the fault would not even be noticed."),
        (2, "Line 2 is right: the network gets its pixels scaled to 0 … 1, as ours did."),
        (4, "Line 4 is right: it is the network that you have just trained."),
        (5, "Line 5 is right: it only says how to measure the loss and how to make it smaller."),
        (6, "Line 6 is right: six epochs were enough for ours."),
        (7, "Line 7 is right: it measures on held-out digits with their own labels. It found the fault; it did not make it."),
    ]
    _check_number(answer, 3, reasons, "The answer is the number of a line, from 1 to 7.")
    return "It mixes the labels: each picture gets the label of another. A network learns what its labels say, and nothing else."


@_exercise
def check_deeper_model(model):
    """Notebook 03: a network like the first, but with a third convolution before Flatten.

    >>> check_deeper_model(...).outcome
    'not attempted'
    """
    names = [type(layer).__name__ for layer in getattr(model, "layers", [])]
    _refuse(not names, "This is not a Keras model: it should be keras.Sequential([...]) with a list of layers.")
    _refuse(not model.built, "The network does not know yet how large its pictures are: begin the list with Input((28, 28, 1)).")
    taken, given = tuple(model.input_shape[1:]), tuple(model.output_shape[1:])
    wrong_input = f"The network must take pictures of 28 × 28 × 1, but it takes {taken}: use Input((28, 28, 1))."
    _refuse(taken != (28, 28, 1), wrong_input)
    wrong_output = f"The network must give ten numbers, one for each digit, but it gives {given}: is Dense(10) there?"
    _refuse(given != (10,), wrong_output)
    convolutions = [index for index, name in enumerate(names) if name == "Conv2D"]
    _refuse(len(convolutions) != 3, f"There should be three Conv2D layers, but there are {len(convolutions)}.")
    filters = model.layers[convolutions[-1]].filters
    _refuse(filters != 64, f"The third Conv2D should have 64 kernels, but it has {filters}.")
    return f"Three convolutions, {model.count_params():,} parameters in all."


# ── Notebook 04 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@_exercise
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
    method = "Margin = 2 × square root of (p × (1 − p) / n), with p = 0.97 and n = 100."
    _check_number(answer, 0.0341, reasons, method, tolerance=0.02)
    return "0.97 ± 0.034: from about 94 % to 100 %. A hundred digits say little."


@_exercise
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
    method = "Recall of a digit: its number on the diagonal, divided by the sum of its row."
    _check_number(answer, recall, reasons, method, tolerance=0.001)
    return f"{hit} of {row}, {100 * recall:.1f} %: one row, and the diagonal number in it."


@_exercise
def check_fair_test(answer):
    """Notebook 04: the steps of a fair comparison of two networks, in order.

    >>> check_fair_test(["hold out", "train", "validate", "choose", "test", "margin"]).outcome
    'right'
    """
    before = {
        ("hold out", "train"): "a digit that was in the training can no longer be a rehearsal",
        ("train", "validate"): "before training there is nothing to measure",
        ("validate", "choose"): "without a measurement the choice is a guess",
        ("choose", "test"): "if the test set helps to choose, the luckier network wins, and its result is too good to be true",
        ("test", "margin"): "the margin belongs to the accuracy in the test, which you do not know yet",
    }
    _check_steps(answer, ["hold out", "train", "validate", "choose", "test", "margin"], before)
    return "The test set speaks last, and once."


# ── Notebook 05 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@_exercise
def check_ranking(answer, maps):
    """Notebook 05: the numbers of the feature maps, the one with the largest value first. maps: (n, rows, columns).

    >>> check_ranking([1, 0], np.array([[[2.0]], [[5.0]]])).outcome
    'right'
    """
    strengths = maps.max(axis=(1, 2))
    _refuse(np.ndim(answer) == 0, "This is a single answer. A ranking names all maps, the strongest first.")
    answer = np.asarray(answer)
    same_shape = answer.shape == strengths.shape
    plain = "These are the strengths. A ranking holds the numbers of the maps: np.argsort gives them."
    _refuse(same_shape and np.allclose(answer, strengths), plain)
    in_order = "These are the strengths, in order. Which maps do they belong to? Use np.argsort, not np.sort."
    _refuse(same_shape and np.allclose(np.sort(answer), np.sort(strengths)), in_order)
    complete = same_shape and sorted(answer.tolist()) == list(range(len(maps)))
    _refuse(not complete, f"The answer names each of the {len(maps)} maps once, from 0 to {len(maps) - 1}.")
    falls = np.all(np.diff(strengths[answer]) <= 0)
    upside_down = "This is the other way round: the weakest first. A minus sign in front of the strengths helps."
    _refuse(not falls and np.all(np.diff(strengths[answer]) >= 0), upside_down)
    by_mean = "You ranked by the mean, which counts the empty places too. Take the largest value of each map."
    _refuse(not falls and np.all(np.diff(maps.mean(axis=(1, 2))[answer]) <= 0), by_mean)
    _refuse(not falls, "A later map is stronger than an earlier one. Sort by the largest value of each map.")
    return "The strongest first. With another stroke the ranking would be another."


@_exercise
def check_patch_size(answer):
    """Notebook 05: how many pixels of the digit, in a row, one value of the second convolution of notebook 03 sees.

    >>> check_patch_size(8)
    ✓ Right. Three pooled values in a row, each 2 pixels further on: 4 + 2 + 2 = 8.
    """
    reasons = [
        (3, "3 is how many *pooled values* the kernel sees in a row. Each of them sees 4 pixels."),
        (4, "4 is what a single pooled value sees. The kernel looks at three of them in a row."),
        (5, "5 would be right without pooling. Pooling makes neighbours 2 pixels apart."),
        (6, "Neighbours are only 2 pixels apart: 4 pixels for the first, and 2 more for each of the other two."),
        (7, "7 starts with 3. A pooled value sees 4 pixels: two windows of 3, one pixel apart."),
        (9, "3 × 3 would need windows that lie side by side. These overlap."),
        (12, "3 × 4 = 12 counts shared pixels twice: the patches of two neighbours overlap."),
        (64, "64 is all the pixels of the patch. How many are there in one row of it?"),
        (11, "11 is the side of the whole map. Here it is about *one* value in it."),
    ]
    _check_number(answer, 8, reasons, "The first pooled value sees 4 pixels; each further one begins 2 pixels later.")
    return "Three pooled values in a row, each 2 pixels further on: 4 + 2 + 2 = 8."


@_exercise
def check_blank(blank):
    """Notebook 05: a function blank(image, row, column) that gives a copy with rows and columns up to + 5 set to 0.

    >>> check_blank(lambda image, row, column: image).outcome
    'not attempted'
    """
    _check_is_function(blank, "blank")
    original = np.arange(1, 785).reshape(28, 28)
    image, right = original.copy(), original.copy()
    right[4:9, 15:20] = 0
    answer = blank(image, 4, 15)
    _refuse(not np.array_equal(image, original), "The original picture has changed. Write into hidden, the copy.")
    whole = isinstance(answer, np.ndarray) and answer.shape == (28, 28)
    _refuse(not whole, "The function must give the whole picture back, 28 × 28: keep the line return hidden.")
    changed = answer != original
    if not changed.any():
        raise _NotAttempted
    not_black = f"The right square, but it holds {answer[4, 15]}. Black is 0."
    _refuse(np.array_equal(changed, right == 0) and answer[4, 15] != 0, not_black)
    _refuse(changed.sum() == 1, "Only one pixel is hidden. Take a range: row : row + 5.")
    rows, columns = changed.any(axis=1).nonzero()[0], changed.any(axis=0).nonzero()[0]
    _refuse(len(columns) == 28, "Whole rows are hidden. Say which columns, after a comma.")
    _refuse(len(rows) == 28, "Whole columns are hidden. Say which rows, before the comma.")
    _refuse(rows[0] == 15 and columns[0] == 4, "Rows and columns are swapped. In NumPy the row comes first.")
    square = f"The square has {len(rows)} rows and {len(columns)} columns. A range stops *before* its end: row + 5."
    _refuse((len(rows), len(columns)) != (5, 5), square)
    place = f"The square starts at row {rows[0]}, column {columns[0]}; asked for were row 4, column 15."
    _refuse(not np.array_equal(answer, right), place)
    return "25 pixels are hidden, and the original is untouched."


# ── Notebook 06 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@_exercise
def check_inverted(answer, grey):
    """Notebook 06: dark ink on white paper turned into bright ink on black. grey: (h, w) uint8.

    >>> check_inverted(255 - np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8)).outcome
    'right'
    """
    _refuse(not isinstance(answer, np.ndarray), f"The answer is a whole picture, an array, but yours is {_kind(answer)}.")
    other_shape = f"The picture should keep its shape {grey.shape}, but the answer has {answer.shape}."
    _refuse(answer.shape != grey.shape, other_shape)
    _refuse(np.array_equal(answer, grey), "Nothing has changed: the answer is the picture itself.")
    wraps = "-grey wraps around: in uint8, -1 is 255, but -0 stays 0, so black stays black. Subtract from 255 instead."
    _refuse(answer.dtype == np.uint8 and np.array_equal(answer, -grey), wraps)
    one = "1 - grey would be right for numbers from 0 to 1. These go from 0 to 255."
    _refuse(np.array_equal(answer, 1.0 - grey) or np.array_equal(answer, 1 - grey), one)
    too_many = np.array_equal(answer, 256 - grey.astype(int))
    _refuse(too_many, "256 - grey is one too many: white, 255, must become 0.")
    right = np.array_equal(answer, 255 - grey.astype(int))
    _refuse(not right, "White, 255, must become 0, and black, 0, must become 255. Check these two numbers.")
    return "255 - grey: the whole array in one go."


@_exercise
def check_order(answer):
    """Notebook 06: the steps from a photo to 28×28, in order.

    >>> check_order(["grey", "paper", "threshold", "crop", "shrink", "centre"]).outcome
    'right'
    """
    before = {
        ("grey", "paper"): "the brightness of the paper can only be measured once there is a single brightness per pixel",
        ("paper", "threshold"): "with the shadow still in the picture, the threshold takes the shadow for ink",
        ("threshold", "crop"): "before the threshold nobody knows where the ink is, so there is nothing to cut out",
        ("crop", "shrink"): "shrinking the whole page into 20×20 leaves a digit of two or three pixels",
        ("shrink", "centre"): "the place in 28×28 is measured in the small pixels, so it comes last",
    }
    _check_steps(answer, ["grey", "paper", "threshold", "crop", "shrink", "centre"], before)
    return "This is the path of every photo through digitkit."


@_exercise
def check_shadow_mistake(answer):
    """Notebook 06: the number of the line for which a program reads clean drawings but no photo with a shadow.

    >>> check_shadow_mistake(2).outcome
    'right'
    """
    reasons = [
        (1, "Line 1 is right: one brightness for each pixel. A shadow is still in it, as it is in ours."),
        (3, "Line 3 is right: ink is what swallows the light. But how much light does it believe fell on the sheet?"),
        (4, "Line 4 is right. Where the shadow counts as ink, no threshold can help."),
        (5, "Line 5 is right: it cuts out what line 4 took for ink. Here that is half the shadow."),
        (6, "Line 6 is right: an even stroke, and 20 pixels for the longer side."),
        (7, "Line 7 is right: it lays the digit where it balances. Drawings are read well, after all."),
    ]
    _check_number(answer, 2, reasons, "The answer is the number of a line, from 1 to 7.")
    return "It takes the paper for white everywhere. In a drawing that is true; in a shadow it makes the paper look like ink."


# ── Extra: your class ───────────────────────────────────────────────────────────────────────────────────────────────


@_exercise
def check_pupil_split(answer, writers):
    """Extra, your class: True for each digit that Ben or Dia wrote, False for all others. writers: (n,) names.

    >>> check_pupil_split([True, False], np.array(["Ben", "Ada"])).outcome
    'right'
    """
    answer, wanted = np.asarray(answer), np.isin(writers, ["Ben", "Dia"])
    names = "These are names. The answer says True or False for each digit: compare the names, or use np.isin."
    _refuse(answer.dtype.kind in "US", names)
    one_each = f"The answer needs one True or False for each of the {len(writers)} digits, so it starts from writers."
    _refuse(answer.shape != wanted.shape, one_each)
    _refuse(answer.dtype != bool, "The answer is made of True and False, so that ~ can turn it round for the other half.")
    _refuse(not answer.any(), "Nobody is held out: no digit was written by Ben *and* by Dia. Use | (or), or np.isin.")
    _refuse(np.array_equal(answer, ~wanted), "The other way round: Ben and Dia are the ones to hold out, so True is theirs.")
    both = [str(name) for name in np.unique(writers) if len(set(answer[writers == name])) == 2]
    _refuse(both, f"{' and '.join(both)} would be in both halves, so the exam would hold a hand that is known already.")
    missing = [name for name in ("Ben", "Dia") if not answer[writers == name].all()]
    _refuse(missing, f"All of {' and '.join(missing)} is still in the half to learn from. Hold out both pupils.")
    _refuse(not np.array_equal(answer, wanted), "Ben and Dia are held out, and somebody else as well.")
    return f"{wanted.sum()} digits are held out, and nobody is in both halves."
