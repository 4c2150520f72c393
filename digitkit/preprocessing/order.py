"""In which order digits are read: rows, columns, and how boxes belong to them."""

import itertools

import numpy as np


def reading_order(boxes: list) -> list[tuple[int, int]]:
    """One row from left to right, one column from top to bottom, or else rows from top to bottom.

    Handwritten rows climb and wobble, so it is one row if no digit is below another, and one column if none is beside
    another. boxes: a list of (x, y, width, height).
    Returns a list of (index, row number), in reading order.

    >>> reading_order([(50, 0, 10, 20), (0, 5, 10, 20), (25, 60, 10, 20)])
    [(1, 0), (0, 0), (2, 1)]
    """
    if not boxes:
        return []
    by_x, by_y = (sorted(range(len(boxes)), key=lambda index: boxes[index][axis]) for axis in (0, 1))
    across, down = np.ptp([(x + w / 2, y + h / 2) for x, y, w, h in boxes], axis=0)
    reach = max(box[3] for box in boxes)  # neighbours in a row or column are closer to a common line than this
    if across >= down and _in_one_line([boxes[index] for index in by_x], along=0, reach=reach):
        rows = [by_x]
    elif _in_one_line([boxes[index] for index in by_y], along=1, reach=reach):
        rows = [[index] for index in by_y]
    else:
        rows = []
        for index in sorted(range(len(boxes)), key=lambda index: boxes[index][1] + boxes[index][3] / 2):
            if rows and _belongs_to_row(boxes[index], [boxes[other] for other in rows[-1]]):
                rows[-1].append(index)
            else:
                rows.append([index])
    return [(index, number) for number, row in enumerate(rows) for index in sorted(row, key=lambda index: boxes[index][0])]


def _in_one_line(boxes, along, reach):
    """Whether boxes follow each other without overlap along an axis (0: x, 1: y), each roughly in line with the next."""
    aside = 1 - along
    return all(
        not _overlap(one, other, along) and abs(one[aside] + one[2 + aside] / 2 - other[aside] - other[2 + aside] / 2) < reach
        for one, other in itertools.pairwise(boxes)
    )


def _belongs_to_row(box, row):
    """Whether a box is beside the boxes of a row, level with them or only just below, and under none of them."""
    _, y, _, height = box
    tallest = max(height, *(one[3] for one in row))
    middle = np.mean([one[1] + one[3] / 2 for one in row])
    level = abs(y + height / 2 - middle) < 0.5 * tallest or y - max(one[1] + one[3] for one in row) < 0.3 * tallest
    return level and not any(_overlap(box, one, axis=0) for one in row)


def _overlap(box, other, axis):
    """Whether two boxes share a third of the narrower one's columns (axis 0) or of the flatter one's rows (axis 1).

    Where they share more in the other direction, it is no overlap: slanted digits that lean over each other are still beside.
    """
    shares = []
    for one in (0, 1):
        shared = min(box[one] + box[2 + one], other[one] + other[2 + one]) - max(box[one], other[one])
        shares.append(shared / min(box[2 + one], other[2 + one]))
    return shares[axis] > max(0.34, shares[1 - axis])
