"""A sheet of paper on a desk: found by its outline, and straightened as if the camera had looked straight down on it."""

import cv2
import numpy as np

WORKING_SIZE = 256  # pixels of the longer side: enough for an outline, and ink hardly shows
LEVELS = 9  # of brightness at which the sheet may stand out from the desk
SMALLEST_SHARE = 0.1  # of the picture: what is smaller is no sheet that somebody wants to have read
LEAST_FIT = 0.93  # of a sheet's outline is filled by its four corners
STEP = 0.07  # of the brightness: how much darker the desk must be, just beside the sheet


def find_sheet(grey: np.ndarray) -> np.ndarray | None:
    """The corners of a bright sheet of paper on a darker desk, or None if the picture shows no such thing.

    Wherever the desk is darker than the sheet, some level of brightness parts the two. At several levels, the largest bright
    region is looked at: is it four-sided, does the brightness drop at once beside nearly all of its edge (beside the edge of a
    shadow it sinks slowly, and beside a printed frame it rises again), and is there ink on it?

    grey: (h, w) uint8, dark ink or bright. Returns (4, 2) float32, (x, y) clockwise from the sheet's top left, or None.

    >>> picture = np.full((120, 160), 60, np.uint8); picture[20:100, 30:130] = 230; picture[50:70, 75:80] = 20
    >>> np.rint(find_sheet(picture)).astype(int).tolist()
    [[30, 20], [129, 20], [129, 99], [30, 99]]
    """
    factor = min(WORKING_SIZE / max(grey.shape), 1)
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if min(small.shape) < 32:
        return None
    without_ink = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), 5)
    low, high = np.percentile(without_ink, [3, 97])
    if high - low < 25:
        return None
    for level in np.linspace(low, high, LEVELS + 2)[1:-1]:  # from the desk up: at a high level, a shadow would cut the sheet
        corners = _four_corners(without_ink > level)
        if corners is not None and _share_of_edge(without_ink, corners) > 0.8 and _has_ink(small, corners):
            return (_from_top_left(corners) / factor).astype(np.float32)
    return None


def straighten(grey: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sheet alone, seen from straight above. grey: (h, w) uint8. corners: as `find_sheet` gives them.

    Returns (sheet (h, w) uint8, matrix (3, 3): where a point (x, y, 1) of the sheet lies in the picture, times its third).
    A hair's breadth of the sheet is left out all round, where the desk shines through.

    >>> sheet, matrix = straighten(np.zeros((80, 60), np.uint8), np.float32([[10, 20], [49, 20], [49, 69], [10, 69]]))
    >>> sheet.shape
    (48, 38)
    """
    inner = corners + 0.025 * (corners.mean(axis=0) - corners)
    sides = np.linalg.norm(np.roll(inner, -1, axis=0) - inner, axis=1)
    width, height = (max(round(float(max(sides[first], sides[first + 2]))), 8) for first in (0, 1))
    flat = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, inner.astype(np.float32))
    return cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), matrix


def _four_corners(bright):
    """The four corners of the largest bright region, if four corners are what it has; else None."""
    # Closing mends what ink has left; opening takes away the fingers and pens that reach over the edge.
    mended = cv2.morphologyEx(bright.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    mended = cv2.morphologyEx(mended, cv2.MORPH_OPEN, np.ones((11, 11), np.uint8))
    outlines, _ = cv2.findContours(mended, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    if cv2.contourArea(outline) < SMALLEST_SHARE * bright.size:
        return None
    hull = cv2.convexHull(outline)
    around = cv2.arcLength(hull, True)
    tries = (cv2.approxPolyDP(hull, part * around, True) for part in (0.02, 0.03, 0.05, 0.08))
    corners = next((found for found in tries if len(found) == 4), None)
    if corners is None:
        return None
    corners = _along_its_sides(outline[:, 0].astype(np.float32), corners[:, 0].astype(np.float32))
    return corners if corners is not None and _is_a_sheet(corners, cv2.contourArea(outline), bright.shape) else None


def _from_top_left(corners):
    """The same corners, clockwise, and from the one whose next side runs to the right: nobody holds a sheet by its side."""
    if cv2.contourArea(corners, oriented=True) < 0:
        corners = corners[::-1]
    sides = np.roll(corners, -1, axis=0) - corners
    return np.roll(corners, -int(np.argmax(sides[:, 0] / np.linalg.norm(sides, axis=1))), axis=0)


def _along_its_sides(outline, corners):
    """Four lines laid along the outline between the corners, and where they cross: rounder corners and fingers do no harm."""
    lines = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = float(np.linalg.norm(end - start))
        along, beside = (outline - start) @ (end - start) / length**2, _cross((end - start) / length, outline - start)
        near = outline[(along > 0.08) & (along < 0.92) & (np.abs(beside) < 0.05 * length + 2)]
        if len(near) < 8:
            return None
        lines.append(cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel())
    crossings = []
    for (x1, y1, u, v), (dx, dy, x, y) in zip(np.roll(lines, 1, axis=0), lines, strict=True):
        matrix = np.array([[x1, -dx], [y1, -dy]])
        if abs(np.linalg.det(matrix)) < 0.3:
            return None
        crossings.append(np.array([u, v]) + np.linalg.solve(matrix, np.array([x - u, y - v]))[0] * np.array([x1, y1]))
    return np.array(crossings, np.float32)


def _is_a_sheet(corners, area, shape):
    """Whether four corners are those of a sheet seen from above: nearly right angles, filled, and at most one side cut off."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 0.2 * lengths.max():
        return False
    turns = _cross(sides, np.roll(sides, -1, axis=0)) / (lengths * np.roll(lengths, -1))
    if np.abs(turns).min() < 0.75 or len(set(np.sign(turns))) > 1:
        return False
    whole = cv2.contourArea(corners)
    height, width = shape
    x, y = corners.T
    on_border = [(x < 2).sum() > 1, (x > width - 3).sum() > 1, (y < 2).sum() > 1, (y > height - 3).sum() > 1]
    return LEAST_FIT < area / whole < 1.04 and whole < 0.985 * height * width and sum(on_border) <= 1


def _share_of_edge(picture, corners):
    """Along how much of its edge the sheet is clearly brighter than what lies beside it, 0 to 1; what is cut off is left out."""
    height, width = picture.shape
    drops = []
    middle = corners.mean(axis=0)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        points = start + np.linspace(0.04, 0.96, 40)[:, np.newaxis] * (end - start)
        aside = np.array([-(end - start)[1], (end - start)[0]]) / np.linalg.norm(end - start)
        aside *= np.sign(aside @ (middle - start))
        inside, outside = points + 4 * aside, points - 4 * aside
        seen = ((outside >= 0) & (outside <= [width - 1, height - 1])).all(axis=1)
        bright, dark = (_at(picture, points[seen]) for points in (inside, outside))
        drops.append(bright - dark > STEP * np.maximum(bright, 30))
    drops = np.concatenate(drops)
    return drops.mean() if len(drops) >= 80 else 0.0


def _has_ink(picture, corners):
    """Whether something dark and thin lies on the sheet: a bright thing without ink may be ink itself, such as a thick 1."""
    inside = np.zeros(picture.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners + 0.08 * (corners.mean(axis=0) - corners)).astype(int), 1)
    paper = cv2.morphologyEx(picture, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    dark = (paper.astype(float) - picture > 0.1 * np.maximum(paper, 30)) & (inside > 0)
    return 8 <= dark.sum() < 0.5 * inside.sum()


def _at(picture, points):
    """What a picture shows at points (n, 2), or at the pixels of its border nearest to them: (n,) float."""
    x, y = np.clip(np.rint(points), 0, np.array(picture.shape[::-1]) - 1).astype(int).T
    return picture[y, x].astype(float)


def _cross(first, second):
    """The cross product of vectors (…, 2): how far the second turns from the first."""
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
