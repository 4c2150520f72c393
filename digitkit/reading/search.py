"""Pieces of ink -> digits: broken ones are joined, touching ones are cut, where the network believes more in what comes of it."""

from dataclasses import replace
from itertools import combinations

import numpy as np

from digitkit.network import Network
from digitkit.preprocessing import join, reading_order, segments, stroke_width
from digitkit.reading.judged import SURE, Digit, judge

LONGEST_ROW = 8  # times as wide as tall: a piece that is longer is no row of digits that touch
BAR = 0.4  # of its height: a piece whose strokes are thicker is a stroke or a blot, no row of digits
EACH_PART = 0.9  # how sure the network must be, on average, of the parts of a piece that is cut
EACH_PART_ALONE = 0.95  # the same for a piece that does not stand among other digits: it may be a letter or a sign
CUT = 0.05  # what each part costs, beside the network's doubt: a crumb that happens to look like a digit is not worth a cut
MOST_TOUCHING = 20  # pieces of a picture that are cut, the largest, or two for each sure digit: a cut takes time; noise has many
SPLIT = 0.5  # a piece is cut, or joined to another, only if the network is less, or more, confident of the whole than this


def digits_in(found: list, network: Network) -> list[Digit]:
    """The pieces of ink as digits in reading order: judged, joined where broken, cut where they touch. Some may be refused.

    found: a list of FoundDigit. network: a Network. Returns a list of Digit.

    >>> from digitkit.network import shipped_network
    >>> digits_in([], shipped_network())
    []
    """
    return _in_order(_cut_touching(_join_broken(judge(found, network), network), network))


def _join_broken(marks, network):
    """Join two pieces where the network is more confident of the whole than of both parts (the product of their confidences).

    A confident digit is left alone by what stands beside it, as a minus does; a piece below another may be its lower half.
    """
    for one, other in combinations(range(len(marks)), 2):
        first, second = marks[one], marks[other]
        both = first.confidence * second.confidence
        sure = 0.97 if _one_under_the_other(first.box, second.box) else 0.8
        beside = max(first.box[0], second.box[0]) >= min(first.box[0] + first.box[2], second.box[0] + second.box[2])
        alone = beside and max(first.confidence, second.confidence) > SURE
        if both < sure and not alone and _near(first.box, second.box):
            [joined] = judge([join(first.found, second.found)], network)
            if joined.confidence > max(both, SPLIT):
                rest = [mark for index, mark in enumerate(marks) if index not in {one, other}]
                return _join_broken([*rest, joined], network)
    return marks


def _in_order(marks):
    """The marks in reading order, each with its row: joining and cutting may have changed both."""
    ordered = []
    for index, row in reading_order([digit.box for digit in marks]):
        ordered.append(replace(marks[index], found=replace(marks[index].found, row=row)))
    return ordered


def _cut_touching(marks, network):
    """Cut one piece into digits that touch, where the network is confident of each of them, but not of the whole.

    A part that is a single stroke proves nothing: an n would become 17, a V would become 11. Only among other digits it does.
    """
    heights = np.array([digit.box[3] for digit in marks if digit.confidence > SURE])
    touching = [mark for mark in marks if mark.confidence < SPLIT and _may_touch(mark, _company(mark, heights))]
    most = max(MOST_TOUCHING, 2 * len(heights))
    touching = sorted(touching, key=lambda mark: mark.box[2] * mark.box[3])[-most:]
    result = []
    for mark in marks:
        whole, pieces, company = mark.confidence, [mark], _company(mark, heights)
        if any(mark is one for one in touching):
            parts = best_path(segments(mark.found), network)
            together = np.prod([digit.confidence for digit in parts])
            shapes = sum(digit.label != 1 for digit in parts)  # more than a bare stroke
            needed = max(2 - company, len(parts) > 2) if company else len(parts)  # an edge of the paper can be cut into 1111
            each = EACH_PART if company >= 2 else EACH_PART_ALONE
            if len(parts) > 1 and shapes >= needed and together > max(whole, each ** len(parts)):
                pieces = parts
        result += pieces
    return result


def _company(mark, heights):
    """How many digits are about as tall as a mark. heights: (n,), of those that the network is sure of."""
    return int(((heights > 0.6 * mark.box[3]) & (heights < 1.6 * mark.box[3])).sum())


def _may_touch(mark, company):
    """Whether a mark is as wide, and its strokes as thin, as digits are that touch. company: see `_company`."""
    _, _, width, height = mark.box
    ink = mark.steps["crop"]
    return (0.6 if company >= 2 else 0.9) * height < width < LONGEST_ROW * height and stroke_width(ink) < BAR * len(ink)


def best_path(candidates: dict, network: Network) -> list[Digit]:
    """The row of candidates, each beginning where the one before ends, that the network believes most.

    The costs of a path add up: for each digit, the logarithm of how improbable it is, and CUT. So the best path to a place is
    the best one to some place before it, and one candidate more (dynamic programming: Bellman, 1957; for digits LeCun and
    others, 1998).

    candidates: as `preprocessing.segments` gives them. network: a Network. Returns a list of Digit; [] if no row of
    candidates leads from the left edge to the last place where one of them ends.

    >>> from digitkit.network import shipped_network
    >>> best_path({}, shipped_network())
    []
    """
    if not candidates:
        return []
    judged = dict(zip(candidates, judge(list(candidates.values()), network), strict=True))
    best: dict = {0: (0.0, [])}  # for each place, the lowest cost to get there, and the marks on the way
    last = max(end for _, end in judged)
    for place in range(1, last + 1):
        ways = [
            (best[start][0] - np.log(max(mark.confidence, 1e-3)) + CUT, [*best[start][1], mark])
            for (start, end), mark in judged.items()
            if end == place and start in best
        ]
        if ways:
            best[place] = min(ways, key=lambda way: way[0])
    return best.get(last, (0, []))[1]


def _near(box, other):
    """Whether two boxes could be pieces of one digit: close together, and together not much larger than the larger."""
    x, y = min(box[0], other[0]), min(box[1], other[1])
    width = max(box[0] + box[2], other[0] + other[2]) - x
    height = max(box[1] + box[3], other[1] + other[3]) - y
    return width <= 1.5 * height and height <= 2.2 * max(box[3], other[3]) and width <= 2.2 * max(box[2], other[2], 0.4 * height)


def _one_under_the_other(box, other):
    shared_rows = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    shared_columns = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    return -0.15 * max(box[3], other[3]) < shared_rows < 0.2 * min(box[3], other[3]) and shared_columns > 0
