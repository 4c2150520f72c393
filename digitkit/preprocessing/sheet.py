"""A sheet of paper on a desk: found by its four edges, and straightened as if the camera had looked straight down on it."""

import cv2
import numpy as np

WORKING_SIZE = 256  # pixels of the longer side: enough for edges, and ink hardly shows
BESIDE = 4  # of them: how far from an edge its two sides are compared; a printed line is narrower, a shadow's edge softer
STEP = 0.06  # of the sheet's brightness: how much darker the desk must be there
MOST_LINES = 10  # of each direction
SMALLEST_SHARE = 0.1  # of the picture: what is smaller is no sheet that somebody wants to have read
LEAST_EDGE = 0.72  # of all four edges must show that step, and of each at least half of that


def find_sheet(grey: np.ndarray) -> np.ndarray | None:
    """The corners of a bright sheet of paper on a darker desk, or None if the picture shows no such thing.

    Of all level and upright lines in the picture, two and two make a four-sided figure. That of a sheet is brighter inside than
    outside, at once, along nearly all of its edge: beside the edge of a shadow the brightness sinks slowly, beside a printed
    line it rises again, and beside a pattern it changes to and fro. And there is ink on it.

    grey: (h, w) uint8. Returns (4, 2) float32, (x, y) clockwise from the sheet's top left, or None.

    >>> picture = np.full((120, 160), 60, np.uint8); picture[20:100, 30:130] = 230; picture[50:70, 75:80] = 20
    >>> np.rint(find_sheet(picture) / 10).astype(int).tolist()
    [[3, 2], [13, 2], [13, 10], [3, 10]]
    """
    factor = min(WORKING_SIZE / max(grey.shape), 1)
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if min(small.shape) < 32:
        return None
    without_ink = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), 5)
    level, upright = _lines(without_ink)
    if len(level) < 2 or len(upright) < 2:
        return None
    for corners in _four_sided(without_ink, level, upright):
        if _has_ink(small, corners) and _is_on_a_desk(without_ink, corners):
            return (corners / factor).astype(np.float32)
    return None


def straighten(grey: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sheet alone, seen from straight above. grey: (h, w) uint8. corners: as `find_sheet` gives them.

    Returns (sheet (h, w) uint8, matrix (3, 3): where a point (x, y, 1) of the sheet lies in the picture, times its third).
    A hair's breadth of the sheet is left out all round, where the desk shines through.

    >>> sheet, matrix = straighten(np.zeros((80, 60), np.uint8), np.float32([[10, 20], [49, 20], [49, 69], [10, 69]]))
    >>> sheet.shape
    (48, 38)
    """
    inner = _drawn_in(corners, 0.025)
    sides = np.linalg.norm(np.roll(inner, -1, axis=0) - inner, axis=1)
    width, height = (max(round(float(max(sides[first], sides[first + 2]))), 8) for first in (0, 1))
    flat = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, inner.astype(np.float32))
    return cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), matrix


def _lines(picture):
    """The straight lines in the picture, each (n, 2): level ones as a and b of y = a x + b, upright ones of x = a y + b."""
    # In a shadow all differences shrink by the same factor, so those of the logarithm stay as they are.
    evened = (255 * np.log(np.maximum(picture, 30) / 30) / np.log(255 / 30)).astype(np.uint8)
    segments = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(evened)[0]
    if segments is None:
        return np.zeros((0, 2)), np.zeros((0, 2))
    segments = segments.reshape(-1, 4)
    across, down = np.abs(segments[:, 2] - segments[:, 0]), np.abs(segments[:, 3] - segments[:, 1])
    lengths = np.hypot(across, down)
    shortest = 0.05 * max(picture.shape)
    return tuple(
        _merged(segments[chosen][:, order], lengths[chosen])
        for chosen, order in [
            ((across >= down) & (lengths > shortest), [0, 1, 2, 3]),
            ((across < down) & (lengths > shortest), [1, 0, 3, 2]),
        ]
    )


def _merged(segments, lengths):
    """Pieces of one line made one, the strongest lines first. segments: (n, 4), x and y of two ends. Returns (m, 2): a and b."""
    lines = []  # each its a and b, from its longest piece, and the numbers of its pieces
    for index in np.argsort(-lengths)[:80]:
        x1, y1, x2, y2 = segments[index]
        for line in lines:
            a, b = line[0]
            if abs(a * x1 + b - y1) < 2.5 and abs(a * x2 + b - y2) < 2.5:
                line[1].append(index)
                break
        else:
            a = (y2 - y1) / (x2 - x1)
            lines.append(((a, y1 - a * x1), [index]))
    lines.sort(key=lambda line: -lengths[line[1]].sum())
    fitted = []
    for _, members in lines[: 4 * MOST_LINES]:
        x, y = segments[members][:, [0, 2]].ravel(), segments[members][:, [1, 3]].ravel()
        fitted.append(np.polyfit(x, y, 1, w=np.repeat(lengths[members], 2)))
    return np.array(fitted).reshape(-1, 2)


def _four_sided(picture, level, upright):
    """The figures that may be sheets, the likeliest first: (4, 2) corners each, clockwise from the top left."""
    height, width = picture.shape
    level, below = _one_sided(picture, level)
    upright, right = _one_sided(picture.T, upright)
    # All ways to choose two level and two upright lines, each kind in both orders.
    tops, bottoms, lefts, rights = (index.ravel() for index in np.indices((len(level),) * 2 + (len(upright),) * 2))
    ends = [(tops, lefts), (tops, rights), (bottoms, rights), (bottoms, lefts)]
    corners = np.stack([_crossing(level[one], upright[other]) for one, other in ends], axis=1)
    x, y = corners[..., 0], corners[..., 1]
    room = 0.02 * max(height, width)
    likely = ((x > -room) & (x < width + room) & (y > -room) & (y < height + room)).all(axis=1)
    sides = np.roll(corners, -1, axis=1) - corners
    lengths = np.maximum(np.linalg.norm(sides, axis=2), 1)
    turns = _cross(sides, np.roll(sides, -1, axis=1)) / (lengths * np.roll(lengths, -1, axis=1))
    area = 0.5 * _cross(corners, np.roll(corners, -1, axis=1)).sum(axis=1) / picture.size
    likely &= (turns.min(axis=1) > 0.75) & (area > SMALLEST_SHARE) & (area < 0.985)
    likely &= (lengths.min(axis=1) > 0.2 * lengths.max(axis=1)) & ((lengths / np.roll(lengths, 2, axis=1)).max(axis=1) < 1.6)
    along = [
        (below[0], tops, x[:, :2]),
        (right[1], rights, y[:, 1:3]),
        (below[1], bottoms, x[:, 3:1:-1]),
        (right[0], lefts, y[:, ::3]),
    ]
    edges = np.stack([_mean(sums, lines, *span.T) for sums, lines, span in along], axis=1)
    whole = (edges * lengths).sum(axis=1) / lengths.sum(axis=1)
    likely &= (whole > LEAST_EDGE) & (edges.min(axis=1) > LEAST_EDGE / 2)
    found = np.flatnonzero(likely)
    return corners[found[np.argsort(-whole[found] * area[found] ** 0.25)]][:5]


def _one_sided(picture, lines):
    """The lines that have the most bright pixels on one side and the fewest on the other, and their `_drops`."""
    below, above = _drops(picture, lines)
    best = np.argsort(-np.abs(below[:, -1] - above[:, -1]), kind="stable")[:MOST_LINES]
    return lines[best], (below[best], above[best])


def _drops(picture, lines):
    """Where, along each line y = a x + b, the picture is clearly brighter below than above, and above than below.

    Returns two arrays (n, width + 1) of running sums, for `_mean`.
    """
    height, width = picture.shape
    x = np.arange(width)
    y = lines[:, :1] * x + lines[:, 1:]
    aside = BESIDE * np.sqrt(1 + lines[:, :1] ** 2)
    above, below = (picture[np.clip(np.rint(y + shift), 0, height - 1).astype(int), x].astype(float) for shift in (-aside, aside))
    step = STEP * np.maximum(np.maximum(above, below), 40)
    return [np.pad(np.cumsum(drop, axis=1), ((0, 0), (1, 0))) for drop in (below - above > step, above - below > step)]


def _mean(sums, lines, start, end):
    """The mean of what was summed up, for some of the lines, from start to end."""
    last = sums.shape[1] - 1
    start, end = (np.clip(np.rint(place), 0, last).astype(int) for place in (start, end))
    return (sums[lines, end] - sums[lines, start]) / np.maximum(end - start, 1)


def _crossing(level, upright):
    """Where lines y = a x + b and x = c y + d cross: (n, 2)."""
    (a, b), (c, d) = level.T, upright.T
    x = (c * b + d) / (1 - a * c)
    return np.stack([x, a * x + b], axis=1)


def _has_ink(picture, corners):
    """Whether something dark and thin lies on the sheet: a bright thing without ink may be ink itself, such as a thick 1."""
    inside = _inside(picture.shape, _drawn_in(corners, 0.08))
    paper = cv2.morphologyEx(picture, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    dark = (paper.astype(float) - picture > 0.1 * np.maximum(paper, 30)) & inside
    return 8 <= dark.sum() < 0.5 * inside.sum()


def _is_on_a_desk(picture, corners):
    """Whether the sheet is bright and most of what lies around it darker. (Around the inside of a thick 0 is paper again.)"""
    inside = _inside(picture.shape, corners)
    around, paper = picture[~inside], np.percentile(picture[inside], 75)
    return np.mean(picture[inside] > 0.35 * paper) > 0.85 and around.size > 0 and np.mean(around > 0.93 * paper) < 0.55


def _inside(shape, corners):
    """Which pixels of a picture lie between the corners: (h, w) bool."""
    inside = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(int), 1)
    return inside > 0


def _drawn_in(corners, share):
    """Corners moved by a share of the way to their middle."""
    return corners + share * (corners.mean(axis=0) - corners)


def _cross(first, second):
    """The cross product of vectors (…, 2): how far the second turns from the first."""
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
