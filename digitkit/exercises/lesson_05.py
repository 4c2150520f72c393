"""Notebook 05: look inside. The checks of its exercises."""

import numpy as np

from digitkit.exercises.checking import NotAttempted, exercise, refuse, require_function, require_number


@exercise
def check_ranking(answer, maps):
    """Notebook 05: the numbers of the feature maps, the one with the largest value first. maps: (n, rows, columns).

    >>> check_ranking([1, 0], np.array([[[2.0]], [[5.0]]])).outcome
    'right'
    """
    strengths = maps.max(axis=(1, 2))
    refuse(np.ndim(answer) == 0, "This is a single answer. A ranking names all maps, the strongest first.")
    answer = np.asarray(answer)
    same_shape = answer.shape == strengths.shape
    plain = "These are the strengths. A ranking holds the numbers of the maps: np.argsort gives them."
    refuse(same_shape and np.allclose(answer, strengths), plain)
    in_order = "These are the strengths, in order. Which maps do they belong to? Use np.argsort, not np.sort."
    refuse(same_shape and np.allclose(np.sort(answer), np.sort(strengths)), in_order)
    complete = same_shape and sorted(answer.tolist()) == list(range(len(maps)))
    refuse(not complete, f"The answer should name each of the {len(maps)} maps once, from 0 to {len(maps) - 1}.")
    falls = np.all(np.diff(strengths[answer]) <= 0)
    upside_down = "This is the other way round: the weakest first. A minus sign in front of the strengths helps."
    refuse(not falls and np.all(np.diff(strengths[answer]) >= 0), upside_down)
    by_mean = "You ranked by the mean, which counts the empty places too. Take the largest value of each map."
    refuse(not falls and np.all(np.diff(maps.mean(axis=(1, 2))[answer]) <= 0), by_mean)
    refuse(not falls, "A later map is stronger than an earlier one. Sort by the largest value of each map.")
    return "The strongest first. With another stroke the ranking would be different."


@exercise
def check_patch_size(answer):
    """Notebook 05: how many pixels of the digit, in a row, one value of the second convolution of notebook 03 sees.

    >>> check_patch_size(10)
    ✓ Right. Three pooled values in a row, each 2 pixels further on: 6 + 2 + 2 = 10.
    """
    reasons = [
        (3, "3 is how many *pooled values* the kernel sees in a row. Each of them sees 6 pixels."),
        (6, "6 is what a single pooled value sees. The kernel looks at three of them in a row."),
        (7, "7 would be right without pooling. With pooling, neighbours are 2 pixels apart."),
        (8, "Nearly: the first sees 6 pixels, and each of the other *two* adds 2 more."),
        (9, "9 starts with 5. A pooled value sees 6 pixels: two windows of 5, one pixel apart."),
        (15, "3 × 5 would need windows that lie side by side. These overlap."),
        (18, "3 × 6 = 18 counts shared pixels twice: the patches of two neighbours overlap."),
        (100, "100 is all the pixels of the patch. How many are there in one row of it?"),
        (12, "12 is the side of the whole map it looks at. The question is about *one* value in the map that comes out."),
    ]
    require_number(answer, 10, reasons, "The first pooled value sees 6 pixels; each further one begins 2 pixels later.")
    return "Three pooled values in a row, each 2 pixels further on: 6 + 2 + 2 = 10."


@exercise
def check_blank(blank):
    """Notebook 05: a function blank(image, row, column) that gives a copy with rows and columns up to + 5 set to 0.

    >>> check_blank(lambda image, row, column: image).outcome
    'not attempted'
    """
    require_function(blank, "blank")
    original = np.arange(1, 785).reshape(28, 28)
    image, right = original.copy(), original.copy()
    right[4:9, 15:20] = 0
    answer = blank(image, 4, 15)
    refuse(not np.array_equal(image, original), "The original picture has changed. Write into hidden, the copy.")
    whole = isinstance(answer, np.ndarray) and answer.shape == (28, 28)
    refuse(not whole, "The function must return the whole picture, 28 × 28: keep the line return hidden.")
    changed = answer != original
    if not changed.any():
        raise NotAttempted
    not_black = f"The right square, but it holds {answer[4, 15]}. Black is 0."
    refuse(np.array_equal(changed, right == 0) and answer[4, 15] != 0, not_black)
    refuse(changed.sum() == 1, "Only one pixel is hidden. Take a range: row : row + 5.")
    rows, columns = changed.any(axis=1).nonzero()[0], changed.any(axis=0).nonzero()[0]
    refuse(len(columns) == 28, "Whole rows are hidden. Say which columns, after a comma.")
    refuse(len(rows) == 28, "Whole columns are hidden. Say which rows, before the comma.")
    refuse(rows[0] == 15 and columns[0] == 4, "Rows and columns are swapped. In NumPy the row comes first.")
    square = f"The square has {len(rows)} rows and {len(columns)} columns. A range stops *before* its end: row + 5."
    refuse((len(rows), len(columns)) != (5, 5), square)
    place = f"The square starts at row {rows[0]}, column {columns[0]}; it should start at row 4, column 15."
    refuse(not np.array_equal(answer, right), place)
    return "25 pixels are hidden, and the original is untouched."
