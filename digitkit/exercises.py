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

    >>> check_parameters(...)
    … Not attempted yet. Replace the three dots, run the cell, then run this check again. Hint: one kernel has 3 × 3 numbers for *each* of the 16 maps, and every kernel has one bias.
    >>> check_parameters(288)
    ✗ Not yet. 32 × 9 = 288 would be one layer of 3×3 for each kernel. But a kernel looks at all 16 maps at once: it has 3 × 3 × 16 numbers, and a bias.
    """
    reasons = {
        288: "32 × 9 = 288 would be one layer of 3×3 for each kernel. But a kernel looks at all 16 maps at once: "
        "it has 3 × 3 × 16 numbers, and a bias.",
        320: "32 × (9 + 1) = 320 forgets that a kernel looks at all 16 maps at once: it has 3 × 3 × 16 numbers, and a bias.",
        4608: "32 × 3 × 3 × 16 = 4,608 is nearly right: each of the 32 kernels also has one bias.",
        4624: "4,608 + 16 counts one bias for each map that comes in. There is one for each kernel, that is, for each map that goes out.",
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
            f"The network must take pictures of 28 × 28 × 1, but it takes {model.input_shape[1:]}: start with Input((28, 28, 1)).",
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
