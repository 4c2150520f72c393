"""Notebook 01: meet the digits. The checks of its exercises."""

import numpy as np

from digitkit.exercises.checking import NotAttempted, Wrong, exercise, refuse, require_function, require_number, with_comma
from digitkit.words import is_number


@exercise
def check_normalise(normalise):
    """Notebook 01: a function that turns images, uint8 from 0 to 255, into new float32 images from 0 to 1.

    >>> check_normalise(lambda images: images.astype(np.float32) / 255).outcome
    'right'
    """
    require_function(normalise, "normalise")
    original = np.array([[[0, 51], [102, 255]]], np.uint8)
    images = original.copy()
    answer = normalise(images)
    if answer is ...:
        raise NotAttempted
    changed = not np.array_equal(images, original)
    refuse(changed, "The numbers are scaled, but the original images have changed too. Make a new array instead.")
    refuse(answer is None, "Your function returns nothing: did you forget return?")
    same_shape = isinstance(answer, np.ndarray) and answer.shape == images.shape
    refuse(not same_shape, f"The answer should be an array of the same shape, {images.shape}, as the images.")
    whole = "Whole numbers cannot hold anything between 0 and 1, so all grey is lost. Convert to float32, and use /."
    refuse(answer.dtype.kind in "iu", whole)
    by_256 = "Divided by 256, white becomes 0.996. There are 256 values, but the largest is 255."
    refuse(np.allclose(answer, images / 256), by_256)
    right = np.allclose(answer, images / 255)
    refuse(not right, f"0 should become 0 and 255 should become 1, but 255 becomes {answer.max():.4g}.")
    double = f"The numbers are right, but they are {answer.dtype}: start with images.astype(np.float32)."
    refuse(answer.dtype != np.float32, double)
    return "0 to 1, float32, and the original is untouched."


@exercise
def check_centre_of_mass(answer, image):
    """Notebook 01: where the ink balances, as (row, column) counted from 0. image: (h, w), ink bright.

    >>> check_centre_of_mass((0, 1.5), np.array([[0, 2, 2]]))
    ✓ Right. The ink balances at row 0.00, column 1.50.
    """
    parts = answer if isinstance(answer, (tuple, list)) else [answer]
    pair = "The answer is a pair of numbers: (row, column)."
    for part in parts:
        refuse(with_comma(part), pair + with_comma(part))
    too_many = len(parts) in {3, 4} and all(is_number(part) for part in parts)  # 1,2 for 1.2 makes two numbers of one
    refuse(too_many, f"{pair} Python writes decimals with a point: 1.2, not 1,2.")
    refuse(np.shape(answer) != (2,), pair)
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
            refuse(np.allclose(answer, wrong, atol=0.01), why)
        start = f"The {'row' if good[0] else 'column'} is right, the other number is not. " if good.any() else ""
        raise Wrong(f"{start}Multiply each pixel by its row (or column) number, add up, divide by the sum of all pixels.")
    return f"The ink balances at row {right[0]:.2f}, column {right[1]:.2f}."


@exercise
def check_moved_reader(answer):
    """Notebook 01: the share of validation digits that ten averages read right, each digit moved 3 pixels to the right.

    >>> check_moved_reader(0.3882)
    ✓ Right. From 85.5 % down to 38.8 %: pixel by pixel, a digit three pixels further right is a different picture.
    """
    reasons = [
        (38.82, "The right number in per cent. Leave it as a share from 0 to 1."),
        (1941, "This is how many were read right. The share is their mean: .mean() instead of .sum()."),
        (0.6118, "This is the share that was read *wrong*. Compare with ==, not with !=."),
        (0.8550, "This is the share for the digits where they were. Give the *moved* ones to the function."),
        (0.2518, "These digits have moved down: axis 1 is the rows. To the right is axis 2."),
        (0.0976, "Along axis 0 the digits change places in the list, so each gets another one's label. To the right is axis 2."),
        (0.3130, "These digits have moved to the left. To the right is +3."),
    ]
    method = "Move with np.roll(validation.images, 3, axis=2), read, compare with validation.labels, and take the mean."
    require_number(answer, 0.3882, reasons, method, tolerance=0.002)
    return "From 85.5 % down to 38.8 %: pixel by pixel, a digit three pixels further right is a different picture."
