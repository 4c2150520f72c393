"""Removes printed lines: rules, squares, and the edges of boxes."""

import cv2
import numpy as np

from digitkit.preprocessing.ink import unevenness

THICKEST_LINE = 0.12  # of the picture's height or width: anything thicker is not a line printed to write on


def remove_lines(strength: np.ndarray) -> np.ndarray:
    """Remove ruled lines, squares and the edges of boxes: straight, thin, and across the whole picture.

    The bar of a 2, 4 or 7 is as long and as straight, but it does not reach the picture's border on both sides, and it does
    not come in pairs at the top and bottom.
    Where a stroke crosses a line, the ink is thicker or darker than the line itself: there it is kept.

    strength: (h, w) float32, 0 to 255. Returns (h, w) float32.

    >>> page = np.zeros((60, 60), np.float32); page[30] = 99
    >>> remove_lines(page).max().item()
    0.0
    """
    fine = strength - cv2.GaussianBlur(strength, (0, 0), max(max(strength.shape) / 200, 1))
    faintest = max(6 * unevenness(fine), 10.0)  # lines are narrow: only pixel-to-pixel variation could be mistaken for one
    level = _level_lines(strength, faintest)
    cleaned = np.where(level, 0, strength)
    upright = _level_lines(cleaned.T, faintest).T
    return _without_remnants(np.where(upright, 0, cleaned), level | upright, faintest)


def remove_frames(mask: np.ndarray) -> np.ndarray:
    """Remove printed boxes and tables that end inside the picture: straight ink that is longer than a digit is large.

    How large a digit is, the picture must show: a box, by what it surrounds; a table, by many pieces of ink of about the same
    size. A stroke that only touches a line is kept.

    mask: (h, w) bool. Returns (h, w) bool.

    >>> page = np.zeros((60, 60), bool); page[9:51, 9:51] = True; page[11:49, 11:49] = False; page[20:40, 28:31] = True
    >>> remove_frames(page).sum().item()
    60
    """
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    x, y, width, height, area = stats.T
    longest = np.maximum(width, height)
    frame = int(np.argmax(longest[1:])) + 1 if count > 1 else 0
    around = (x > x[frame]) & (y > y[frame]) & (x + width < x[frame] + width[frame]) & (y + height < y[frame] + height[frame])
    inside = around & (longest > 0.25 * longest[frame])
    alike = (area > 12) & (width < 4 * height) & (height < 8 * width) & (longest < 0.2 * max(mask.shape))
    alike[0] = False
    if inside.any() and area[frame] < 0.3 * width[frame] * height[frame]:
        size = np.median(longest[inside])
    elif alike.sum() >= 5:
        size = np.percentile(np.repeat(longest[alike], area[alike]), 75)  # by ink, for specks are many
    else:
        return mask
    length = int(1.6 * size) + 1
    printed = np.zeros_like(mask)
    for across, along in [((5, 1), (1, length)), ((1, 5), (length, 1))]:  # as rows and columns
        wider = cv2.dilate(mask.astype(np.uint8), np.ones(across, np.uint8))  # a line that climbs a little is one run, too
        run = np.ones(along, np.uint8)
        printed |= cv2.morphologyEx(wider, cv2.MORPH_OPEN, run, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    return mask & ~printed


def _without_remnants(strength, lines, faintest):
    """Remove what lines leave behind: their faint blurred edges, and small specks where they cross, close to a line."""
    if not lines.any():
        return strength
    reach = 2 * (max(strength.shape) // 100) + 1
    near = cv2.dilate(lines.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    count, parts, stats, _ = cv2.connectedComponentsWithStats((strength > faintest).astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    remnants = (np.bincount(parts[near], minlength=count) > 0.6 * areas) & (areas < 0.1 * areas[1:].max(initial=0))
    remnants[0] = False
    return np.where(remnants[parts] | (near & (strength <= faintest)), 0, strength)


def _level_lines(strength, faintest):
    """The pixels of lines that run across the picture, level, slightly tilted or slightly bent. Returns (h, w) bool."""
    height, width = strength.shape
    mask = strength > faintest
    lines = np.zeros_like(mask)
    margin = max(width // 30, 2)
    if not _may_hold_lines(mask, margin):
        return lines
    tall, middle = _vertical_runs(mask)
    thin = mask & (tall <= THICKEST_LINE * height)
    far = int(THICKEST_LINE * height / 2) + 3  # rows above and below a line that may belong to it
    inner, outer = [], []  # lines from one side to the other; and those that stop short of it, as the edges of a box do
    for x, y in _long_runs(thin, middle, (tall > THICKEST_LINE * height) & (tall < 0.8 * height)):
        while len(x) > 0.2 * width and np.ptp(x):  # a digit may have joined several lines
            path = _path(x, y, width)
            rows = slice(max(int(path.min()) - far, 0), max(int(path.max()) + far + 1, 0))
            beside = np.arange(height)[rows, np.newaxis] - path  # how far each pixel lies below the line
            on_line = (np.abs(beside) <= 1) & mask[rows]
            seen = (on_line & thin[rows]).any(axis=0)
            hidden = (on_line & ~thin[rows]).any(axis=0)  # where a stroke crosses, the line cannot be seen
            coverage = seen.sum() / max(width - (hidden & ~seen).sum(), 1)
            ends = seen[:margin].any() and seen[-margin:].any()
            quarters = np.array_split(seen | hidden, min(4, width))
            everywhere = min(part.mean() for part in quarters) > 0.5  # a stroke is only in the middle
            if everywhere and seen.sum() > 0.2 * width and coverage > (0.55 if ends else 0.75):
                (inner if ends else outer).append((rows, beside, path[width // 2] / height, (path[-1] - path[0]) / width))
            rest = np.abs(y - path[x]) > 2 + np.median(tall[y, x])
            if rest.all():
                break
            x, y = x[rest], y[rest]
    tilt = np.median([line[3] for line in inner + outer] or [0])
    inner, outer = ([line for line in some if abs(line[3] - tilt) < 0.1] for some in (inner, outer))  # strokes are not parallel
    has_top, has_bottom = (any(abs(line[2] - edge) < 0.15 for line in inner + outer) for edge in (0, 1))
    if len(outer) >= 3 or (has_top and has_bottom):  # rules whose ends something lies on, or the edges of a printed box
        inner += outer
    for rows, beside, _, _ in inner:
        lines[rows] |= _printed(strength[rows], mask[rows], thin[rows], tall[rows], beside, far)
    return lines


def _long_runs(thin, middle, strokes):
    """Where ink runs on level for long: a list of (x, y), the middle of each line, or of several that a stroke joins."""
    width = thin.shape[1]
    climb = 2 * (width // 400) + 3
    runs = cv2.dilate(thin.astype(np.uint8), np.ones((climb, 1), np.uint8))  # so that a line that climbs a little is one run
    gap = np.ones((1, max(width // 40, 3)), np.uint8)
    long = np.ones((1, max(width // 12, 8)), np.uint8)
    runs = cv2.morphologyEx(cv2.morphologyEx(runs, cv2.MORPH_CLOSE, gap), cv2.MORPH_OPEN, long)
    centres = thin & middle & (runs > 0)
    joined = cv2.dilate(runs, np.ones((1, 2 * (width // 12) + 1), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(joined | strokes, connectivity=8)
    found = []
    for part in range(1, count):
        left, top, across, down, _ = stats[part]
        if across > 0.5 * width:
            window = (slice(top, top + down), slice(left, left + across))
            y, x = np.nonzero(centres[window] & (parts[window] == part))
            if len(x) > 0.2 * width:
                found.append((x + left, y + top))
    return found


def _path(x, y, width):
    """The height of a line at each column, (width,) float: of all straight lines through two of its pixels the one that meets
    the most of them (after Fischler and Bolles, "Random sample consensus", 1981), then bent a little to fit."""
    some = np.argsort(x, kind="stable")[np.linspace(0, len(x) - 1, 200).astype(int)]
    x, y = x[some].astype(float), y[some].astype(float)
    ends = np.linspace(0, len(some) - 1, 20).astype(int)
    first, second = (ends[index] for index in np.triu_indices(len(ends), 1))
    far = x[second] - x[first] > 0.3 * np.ptp(x)
    first, second = first[far], second[far]
    slopes = (y[second] - y[first]) / (x[second] - x[first])
    away = np.abs(y[first][:, np.newaxis] + slopes[:, np.newaxis] * (x - x[first][:, np.newaxis]) - y)
    best = int((away <= 2).sum(axis=1).argmax())
    curve = [slopes[best], y[first[best]] - slopes[best] * x[first[best]]]
    for limit in (4, 2):
        near = np.abs(y - np.polyval(curve, x)) <= limit
        if near.any() and np.ptp(x[near]) > 0.1 * width:  # a few pixels tell no slope, and a bend is not guessed
            curve = np.polyfit(x[near], y[near], 2 if np.ptp(x[near]) > 0.8 * width else 1)
    return np.polyval(curve, np.arange(width))


def _printed(strength, mask, thin, tall, beside, far):
    """The pixels of one line and of its edge, without the strokes that cross it. beside: (h, w), how far each lies from it."""
    y, x = np.nonzero(mask & (np.abs(beside) <= far))
    row = np.rint(beside[y, x]).astype(int)
    counts = np.bincount(row[thin[y, x]] + far, minlength=2 * far + 1)
    peak = far - 2 + int(counts[far - 2 : far + 3].argmax())
    gaps = np.flatnonzero(counts <= 0.5 * counts[peak])
    line = np.arange(gaps[gaps < peak].max(initial=-1) + 1, gaps[gaps > peak].min(initial=2 * far + 1)) - far
    lines = np.zeros_like(mask)
    # A line is darkest in its middle, so each of its rows is judged by its own typical strength, with some leeway where
    # another line crosses it.
    fine = tall[y, x] <= max(1.6 * np.percentile(tall[y, x][(row >= line[0]) & (row <= line[-1])], 10), len(line)) + 1
    places = [np.flatnonzero(row == level) for level in range(line[0] - 2, line[-1] + 3)]
    in_order = [np.sort(strength[y[place], x[place]]) for place in places]  # even if digits cover half of the line, it is fainter
    typical = [min(some[len(some) // 2], 2.5 * some[len(some) // 4]) if len(some) else 0 for some in in_order]
    for place, middle in zip(places, typical, strict=True):
        printed = place[fine[place] & (strength[y[place], x[place]] <= 1.5 * middle + 0.5 * max(typical))]
        lines[y[printed], x[printed]] = True
    # Beside it lies its edge, blurred by the lens and weaker than any stroke that is as dark as the line.
    reach = 2 + len(line) // 2
    edge = np.flatnonzero((row >= line[0] - reach) & (row <= line[-1] + reach))
    blurred = edge[strength[y[edge], x[edge]] <= 0.5 * max(typical)]
    lines[y[blurred], x[blurred]] = True
    return lines


def _may_hold_lines(mask, margin):
    """Whether ink reaches both sides, or fills both the top and the bottom: without that, there is no need to look closer."""
    height, width = mask.shape
    zone = int(0.15 * height + 0.04 * width) + 2
    across = mask[:, :margin].any() and mask[:, -margin:].any()
    return across or all(part.any(axis=0).sum() > 0.75 * width for part in (mask[:zone], mask[-zone:]))


def _vertical_runs(mask):
    """For each ink pixel, how long the unbroken vertical run of ink is that it belongs to, and whether it is in its middle."""
    height = np.int32(len(mask))
    rows = np.arange(height, dtype=np.int32)[:, np.newaxis]
    above = np.maximum.accumulate(np.where(mask, np.int32(-1), rows), axis=0)
    below = np.minimum.accumulate(np.where(mask, height, rows)[::-1], axis=0)[::-1]
    return np.where(mask, below - above - 1, 0), mask & (rows == (above + below) // 2)
