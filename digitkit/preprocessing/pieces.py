"""Ink -> one mask for each digit, in reading order: connected parts, joined where one lies above another or very near it."""

import cv2
import numpy as np

from digitkit.preprocessing.mnist_form import stroke_width
from digitkit.preprocessing.order import reading_order

MAX_PARTS = 150  # of the ink; a page of texture has thousands, and comparing all pairs would take minutes


def find_digits(mask: np.ndarray) -> list[tuple]:
    """Group the connected parts of the ink into digits and order them as they are read.

    Parts that lie above each other or very near, like the bar of a 5, make one digit. Specks are dropped, and so is
    anything that touches the border of the picture, unless there is nothing else.

    mask: (h, w) bool. Returns a list of (ink, corner, row): ink (rows, columns) bool, cut out; corner (x, y), where it was
    cut out; row an int counted from the top. At most 100 digits.

    >>> page = np.zeros((60, 90), bool); page[20:40, 10:14] = page[20:40, 60:64] = True
    >>> [(corner, row) for ink, corner, row in find_digits(page)]
    [((10, 20), 0), ((60, 20), 0)]
    """
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    boxes = {part: tuple(int(n) for n in stats[part][:4]) for part in range(1, count)}
    boxes = _without_long_lines(boxes)
    if not boxes:
        return []
    height, width = mask.shape

    def size(part):
        return max(boxes[part][2:])

    def at_border(part):
        x, y, w, h = boxes[part]
        touches = x <= 1 or y <= 1 or x + w >= width - 1 or y + h >= height - 1
        return touches or is_edge(x, w, h, width, height) or is_edge(y, h, w, height, width)

    def is_edge(start, across, along, side, length):
        # What is left of a printed box: a long thin line close to the border.
        return across < 0.06 * side and along > 0.4 * length and min(start, side - start - across) < 0.08 * side

    def just_reaches(part):
        # The last digit of a row may reach the border; something cut off touches it over a longer stretch.
        x, y, w, h = boxes[part]
        own = parts[y : y + h, x : x + w] == part
        meets = [own[0] * (y <= 1), own[-1] * (y + h >= height - 1), own[:, 0] * (x <= 1), own[:, -1] * (x + w >= width - 1)]
        if (meets[0].any() and meets[1].any() and w < 0.15 * h) or (meets[2].any() and meets[3].any() and h < 0.15 * w):
            return False  # a line between two boxes
        lengths = sorted(int(side.sum()) for side in meets)
        return lengths[-1] < 0.4 * size(part) and lengths[-2] < 0.2 * size(part) and 0.5 < h / (tallest_inner or 1) < 1.5

    inner = [part for part in boxes if not at_border(part)]
    tallest_inner = max((boxes[part][3] for part in inner), default=0)
    largest_inner = max((size(part) for part in inner), default=0)
    largest = max(size(part) for part in boxes)
    kept = inner if largest_inner >= max(0.2 * largest, 0.08 * max(mask.shape)) else list(boxes)
    kept += [part for part in boxes if part not in kept and just_reaches(part)]
    biggest = max(size(part) for part in kept)
    kept = [part for part in kept if size(part) >= 0.05 * biggest and stats[part][4] >= 6]
    if not kept:
        return []
    kept = _written_by_the_same_pen(sorted(kept, key=size, reverse=True)[:MAX_PARTS], parts, boxes)
    groups = _join_near_parts(kept, boxes)
    groups = _without_small_marks(groups, stats[:, 4])
    found = []
    for index, row in reading_order([box for _, box in groups])[:100]:
        members, (x, y, w, h) = groups[index]
        found.append((np.isin(parts[y : y + h, x : x + w], members), (x, y), row))
    return found


def _without_long_lines(boxes):
    """Drop what is left of printed lines: level, or much taller than the rest, and thin. No digit is measured by them."""
    if len(boxes) < 2:
        return boxes
    typical = np.median([max(box[2:]) for box in boxes.values() if not _is_flat(box)] or [0])
    return {part: box for part, box in boxes.items() if not (typical and _is_line(box, typical))}


def _is_line(box, typical):
    _, _, width, height = box
    level = _is_flat(box) and width > 1.5 * typical and height < 0.2 * typical  # the bar of a division sign is thicker
    upright = width < 0.12 * height and height > 2.5 * typical
    return level or upright


def _written_by_the_same_pen(kept, parts, boxes):
    """Drop straight pieces that are much finer than the strokes of the others: what is left of lines printed between digits."""
    straight = [part for part in kept if min(boxes[part][2:]) < 0.25 * max(boxes[part][2:])]
    if not straight or len(kept) - len(straight) < 3:
        return kept
    widths = {}
    for part in kept:
        x, y, w, h = boxes[part]
        widths[part] = stroke_width(parts[y : y + h, x : x + w] == part)
    pen = np.median([widths[part] for part in kept if part not in straight])
    return [part for part in kept if part not in straight or widths[part] > 0.55 * pen]


def _without_small_marks(groups, areas):
    """Drop points and other marks that are much smaller than the rest, which is measured by where most of the ink is."""
    sizes = np.array([max(box[2:]) for _, box in groups])
    ink = np.array([areas[members].sum() for members, _ in groups])
    order = np.argsort(sizes)
    typical = sizes[order][np.searchsorted(np.cumsum(ink[order]), 0.5 * ink.sum())]
    return [group for group, size in zip(groups, sizes, strict=True) if size >= 0.35 * typical]


def _is_flat(box):
    return box[2] > 6 * box[3]


def small_marks(mask: np.ndarray, boxes: list) -> list[tuple]:
    """Points, signs and other ink near the digits that belongs to none of them: too small to be read, too large to be dirt.

    mask: (h, w) bool, the ink. boxes: a list of (x, y, width, height) of what was read. Returns such a list of the rest.

    >>> page = np.zeros((60, 90), bool); page[20:40, 10:14] = page[38:40, 20:22] = True
    >>> small_marks(page, [(10, 20, 4, 20)])
    [(20, 38, 2, 2)]
    """
    if not boxes:
        return []
    x, y, width, height = np.array(boxes).T
    typical = np.median(height)
    left, right = x.min() - typical, (x + width).max() + typical
    top, bottom = y.min() - 0.3 * typical, (y + height).max() + 0.3 * typical
    found = []
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    for (one_x, one_y, w, h, area), (middle_x, middle_y) in zip(stats[1:].tolist(), centres[1:], strict=True):
        of_a_digit = ((middle_x >= x) & (middle_x <= x + width) & (middle_y >= y) & (middle_y <= y + height)).any()
        inside = 1 < one_x < mask.shape[1] - w - 1 and 1 < one_y < mask.shape[0] - h - 1
        near = left < middle_x < right and top < middle_y < bottom
        large = max(w, h) >= 0.07 * typical and area >= 0.003 * typical**2
        if inside and near and large and not of_a_digit and max(w, h) < typical:
            found.append((one_x, one_y, w, h))
    return found


def _join_near_parts(parts, boxes):
    tallest = max(boxes[part][3] for part in parts)
    # The parts are sorted with the largest first, so that a fragment joins a digit and not the other way round.
    groups = [([part], boxes[part]) for part in parts]
    joined = True
    while joined:
        joined = False
        for i in range(len(groups)):
            for j in range(len(groups) - 1, i, -1):
                if _belong_together(groups[i][1], groups[j][1], tallest):
                    members, box = groups.pop(j)
                    groups[i] = (groups[i][0] + members, _union(groups[i][1], box))
                    joined = True
    return groups


def _belong_together(large, small, tallest):
    x1, y1, w1, h1 = large
    x2, y2, w2, h2 = small
    gap_x = max(x1, x2) - min(x1 + w1, x2 + w2)
    gap_y = max(y1, y2) - min(y1 + h1, y2 + h2)
    h = _union(large, small)[3]
    longest = max(w1, h1, w2, h2)
    # Two digits make a taller stack than two halves of one, unless a neighbour is as tall as the stack.
    stacked = -gap_x >= 0.5 * min(w1, w2) and gap_y <= 0.25 * longest and h <= max(1.8 * longest, 1.1 * tallest)
    minus = w2 > 2.5 * h2 and gap_x > 0 and 0.3 < (y2 + h2 / 2 - y1) / h1 < 0.75  # the bar of a 5 is at its top
    fragment = h2 < 0.6 * h1 and gap_x <= 0.12 * h1 and gap_y <= 0.12 * h1 and not minus
    return stacked or fragment


def _union(box, other):
    x, y = min(box[0], other[0]), min(box[1], other[1])
    return x, y, max(box[0] + box[2], other[0] + other[2]) - x, max(box[1] + box[3], other[1] + other[3]) - y
