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
        size = np.percentile(longest[alike], 75)
    else:
        return mask
    length = int(1.6 * size) + 1
    printed = np.zeros_like(mask)
    for across, along in [((5, 1), (1, length)), ((1, 5), (length, 1))]:  # as rows and columns
        wider = cv2.dilate(mask.astype(np.uint8), np.ones(across, np.uint8))  # a line that climbs a little is one run, too
        run = {"kernel": np.ones(along, np.uint8), "borderType": cv2.BORDER_CONSTANT, "borderValue": 0}
        printed |= cv2.morphologyEx(wider, cv2.MORPH_OPEN, **run) > 0
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
    """The pixels of lines that run across the picture, level or slightly tilted. Returns (h, w) bool."""
    height, width = strength.shape
    mask = strength > faintest
    lines = np.zeros_like(mask)
    margin = max(width // 30, 2)
    if not _may_hold_lines(mask, margin):
        return lines
    tall = _vertical_run_length(mask)
    y, x = np.nonzero(mask)
    thin = tall[y, x] <= THICKEST_LINE * height
    if not thin.any():
        return lines
    row, above = _row_when_level(y, x, thin, width)
    count = height + 2 * above
    of_line, of_ink = np.bincount(row[thin], minlength=count), np.bincount(row, minlength=count)
    hidden = of_ink - of_line  # where a stroke or another line crosses, this one cannot be seen
    coverage = np.where(of_line > 0.2 * width, of_line / np.maximum(width - hidden, 1), 0)
    left, right = (np.bincount(row[part], minlength=count) >= margin / 2 for part in (x < margin, x >= width - margin))
    is_line = (coverage > 0.55) & left & right
    place = (np.arange(count) - above) / height
    near_top, near_bottom = ((coverage > 0.75) & zone for zone in (np.abs(place) < 0.15, np.abs(place - 1) < 0.15))
    if near_top.any() and near_bottom.any():  # a printed box stops short of the border, but it has two such edges
        is_line |= near_top | near_bottom
    rows = np.flatnonzero(is_line)
    for line in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []:
        # A line is darkest in its middle, so each of its rows is judged by its own typical strength, with some leeway where
        # another line crosses it.
        thin = tall[y, x] <= max(1.6 * np.percentile(tall[y, x][np.isin(row, line)], 10), len(line)) + 1
        places = [np.flatnonzero(row == level) for level in range(line[0] - 2, line[-1] + 3)]
        typical = [np.median(strength[y[place], x[place]]) if len(place) else 0 for place in places]
        for place, middle in zip(places, typical, strict=True):
            printed = place[thin[place] & (strength[y[place], x[place]] <= 1.5 * middle + 0.5 * max(typical))]
            lines[y[printed], x[printed]] = True
        # Beside it lies its edge, blurred by the lens and weaker than any stroke that is as dark as the line.
        reach = 2 + len(line) // 2
        beside = np.flatnonzero((row >= line[0] - reach) & (row <= line[-1] + reach))
        blurred = beside[strength[y[beside], x[beside]] <= 0.5 * max(typical)]
        lines[y[blurred], x[blurred]] = True
    return lines


def _may_hold_lines(mask, margin):
    """Whether ink reaches both sides, or fills both the top and the bottom: without that, there is no need to look closer."""
    height, width = mask.shape
    zone = int(0.15 * height + 0.04 * width) + 2
    across = mask[:, :margin].any() and mask[:, -margin:].any()
    return across or all(part.any(axis=0).sum() > 0.75 * width for part in (mask[:zone], mask[-zone:]))


def _row_when_level(y, x, thin, width):
    """The row that each ink pixel gets when the sheet is turned so that its lines are level.

    At the right tilt all pixels of a line fall into one row, so the counts of the rows differ most. Only thin ink is
    counted, since strokes run in any direction.
    Returns (row, above): row (n,) int, counted from `above` rows above the picture, since turning moves some pixels up.
    """
    above = int(0.04 * width) + 2

    def rows(slope, some=slice(None)):
        return np.rint(y[some] - slope * (x[some] - width / 2)).astype(np.intp) + above

    some = np.flatnonzero(thin)[:: 1 + len(y) // 20_000]  # a sample of the pixels is enough to find the tilt
    slopes = np.linspace(-0.08, 0.08, 33)
    peakedness = [np.square(np.bincount(rows(slope, some))).sum() for slope in slopes]
    return rows(slopes[int(np.argmax(peakedness))]), above


def _vertical_run_length(mask):
    """For each ink pixel, the length of the unbroken vertical run of ink that it belongs to."""
    height = np.int32(len(mask))
    rows = np.arange(height, dtype=np.int32)[:, np.newaxis]
    above = np.maximum.accumulate(np.where(mask, np.int32(-1), rows), axis=0)
    below = np.minimum.accumulate(np.where(mask, height, rows)[::-1], axis=0)[::-1]
    return np.where(mask, below - above - 1, 0)
