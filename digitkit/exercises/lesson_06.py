"""Notebook 06: read your own digits. The checks of its exercises."""

import numpy as np

from digitkit.exercises.checking import exercise, kind, refuse, require_number, require_order


@exercise
def check_inverted(answer, grey):
    """Notebook 06: dark ink on white paper turned into bright ink on black. grey: (h, w) uint8.

    >>> check_inverted(255 - np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8)).outcome
    'right'
    """
    refuse(not isinstance(answer, np.ndarray), f"The answer is a whole picture, an array, but yours is {kind(answer)}.")
    other_shape = f"The picture should keep its shape {grey.shape}, but the answer has {answer.shape}."
    refuse(answer.shape != grey.shape, other_shape)
    refuse(np.array_equal(answer, grey), "Nothing has changed: the answer is the picture itself.")
    wraps = "-grey wraps around: in uint8, -1 is 255, but -0 stays 0, so black stays black. Subtract from 255 instead."
    refuse(answer.dtype == np.uint8 and np.array_equal(answer, -grey), wraps)
    one = "1 - grey would be right for numbers from 0 to 1. These go from 0 to 255."
    refuse(np.array_equal(answer, 1.0 - grey) or np.array_equal(answer, 1 - grey), one)
    too_many = np.array_equal(answer, 256 - grey.astype(int))
    refuse(too_many, "256 - grey is one too many: white, 255, must become 0.")
    right = np.array_equal(answer, 255 - grey.astype(int))
    refuse(not right, "White, 255, must become 0, and black, 0, must become 255. Check these two numbers.")
    return "255 - grey: the whole array in one go."


@exercise
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
        ("shrink", "centre"): "the position in 28×28 is measured in the small pixels, so it comes last",
    }
    require_order(answer, ["grey", "paper", "threshold", "crop", "shrink", "centre"], before)
    return "This is the path of every photo through digitkit."


@exercise
def check_shadow_mistake(answer):
    """Notebook 06: the number of the line that makes a program read clean drawings but no photo with a shadow.

    >>> check_shadow_mistake(2).outcome
    'right'
    """
    reasons = [
        (1, "Line 1 is right: one brightness for each pixel. A shadow is still in it, as it is in ours."),
        (3, "Line 3 is right: ink is what absorbs the light. But how much light does it assume fell on the sheet?"),
        (4, "Line 4 is right. Where the shadow counts as ink, no threshold can help."),
        (5, "Line 5 is right: it cuts out what line 4 took for ink. Here that is half the shadow."),
        (6, "Line 6 is right: an even stroke, and 20 pixels for the longer side."),
        (7, "Line 7 is right: it puts the digit's centre of mass in the middle. Drawings are read well, after all."),
    ]
    require_number(answer, 2, reasons, "The answer is the number of a line, from 1 to 7.")
    return "It assumes the paper is white everywhere. In a drawing that is true; in a shadow it makes the paper look like ink."
