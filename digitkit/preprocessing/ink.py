"""A grey picture -> True where there is ink: polarity, the paper's brightness, how strong the ink is, two thresholds."""

import cv2
import numpy as np

SMALLEST_SIZE = 320  # pixels of the longer side; a smaller picture is enlarged, so that a stroke is several pixels wide
PAPER_WINDOW = 0.35  # of the shorter side: strokes must be narrower, shadows wider
FAINTEST = 14  # of 255: ink must absorb at least this much of the paper's light
NEARLY_ALL = 0.84  # of the ink is in a few large pieces where it hangs together as writing does
FAINT = 28  # of 255: up to this, it must hang together as writing does, so that shadows and stains are not taken for it


def enlarge(grey: np.ndarray) -> np.ndarray:
    """Enlarge a small picture smoothly, so that a stroke is several pixels wide; a large one is returned as it is.

    grey: (h, w) uint8. Returns (h, w) uint8, at least 320 pixels on the longer side.

    >>> enlarge(np.zeros((28, 28), np.uint8)).shape
    (320, 320)
    """
    factor = SMALLEST_SIZE / max(grey.shape)
    return grey if factor <= 1 else cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)


def is_light_on_dark(grey: np.ndarray) -> bool:
    """Whether the ink is brighter than its paper, as with chalk or MNIST.

    What differs from the paper, darker or brighter, is the ink. If the border of the picture is uniform, it is paper.
    If not (a shadow, a vignette), the paper is the local median, since ink covers the smaller part of any neighbourhood;
    shadows differ a little from it in both directions, so light ink must stand out clearly.

    grey: (h, w) uint8. Returns a bool.

    >>> is_light_on_dark(np.eye(64, dtype=np.uint8) * 255)
    True
    """
    small = cv2.resize(grey, _fit(grey.shape, 96), interpolation=cv2.INTER_AREA)
    margin = int(np.ceil(0.02 * max(small.shape)))  # the outermost rim may be a scanner's or a frame's
    inner = small[margin:-margin, margin:-margin] if min(small.shape) > 8 * margin else small
    rim = max(min(inner.shape) // 12, 1)  # wider than the edge of a printed box
    border = np.concatenate([part.ravel() for part in (inner[:rim], inner[-rim:], inner[:, :rim], inner[:, -rim:])])
    low, middle, high = np.percentile(border, [10, 50, 90])
    difference, factor = inner - middle, 1
    if high - low > 0.25 * np.percentile(np.abs(difference), 99):
        difference, factor = inner - cv2.medianBlur(inner, 2 * (max(inner.shape) // 4) + 1).astype(np.float64), 6
    lighter, darker = np.square(difference[difference > 0]).sum(), np.square(difference[difference < 0]).sum()
    return bool(lighter > factor * darker)


def paper_brightness(grey: np.ndarray, widest: float = PAPER_WINDOW) -> np.ndarray:
    """The brightness that each pixel would have without ink: light, vignette and shadows.

    A closing (local maximum, then local minimum) removes dark strokes narrower than its window and keeps the edge of a
    shadow where it is. Beyond the border the slope of the light is continued; otherwise a dark corner would be removed
    like a stroke. grey: (h, w) uint8, dark ink. widest: of the shorter side, how wide a stroke may be.
    Returns (h, w) float32, at least 1.

    >>> sheet = np.full((64, 64), 200, np.uint8); sheet[20:40, 30:33] = 10
    >>> round(paper_brightness(sheet).min().item(), 2)
    200.0
    """
    small = cv2.medianBlur(cv2.resize(grey, _fit(grey.shape, 160), interpolation=cv2.INTER_AREA), 3)
    window = max(int(widest * min(small.shape)), 3) | 1
    wide = np.pad(small.astype(np.float32), window, mode="reflect", reflect_type="odd")
    edge = np.pad(small.astype(np.float32), window, mode="edge")
    paper = _close(np.rint(np.clip(wide, 0.3 * edge, edge)).astype(np.uint8), window)
    paper = cv2.GaussianBlur(paper.astype(np.float32), (0, 0), 2)[window:-window, window:-window]
    darkest = max(float(paper.max()) / 5, 1)  # in a corner that is darker still, noise would count as ink
    return np.maximum(cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), darkest)


def _close(picture, window):
    """A closing with an octagon, nearly a disc, but ten times faster: a square, then a small diamond again and again."""
    steps = round(0.29 * window)
    square, diamond = np.ones((window - 2 * steps,) * 2, np.uint8), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    highest = cv2.dilate(cv2.dilate(picture, square), diamond, iterations=steps)
    return cv2.erode(cv2.erode(highest, square), diamond, iterations=steps)


def ink_strength(grey: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """How much of the paper's light the ink absorbs: 0 on bare paper, 255 where it is fully black.

    Dividing by the paper's brightness makes a pencil stroke in the shadow as strong as one in the light. A slight blur
    reduces the grain of paper and camera. grey, paper: (h, w). Returns (h, w) float32 from 0 to 255.

    >>> ink_strength(np.full((9, 9), 50, np.uint8), np.full((9, 9), 200.0))[4, 4].item()
    191.25
    """
    light = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), max(grey.shape) / 900) / paper
    return 255 * np.clip(1 - light, 0, 1).astype(np.float32)


def unevenness(strength: np.ndarray) -> float:
    """How much the ink strength of bare paper varies: a standard deviation that a little ink does not affect.

    >>> unevenness(np.zeros((9, 9), np.float32))
    0.0
    """
    step = max(round(min(strength.shape) / 100), 1)  # some 10,000 pixels are enough
    some = strength[::step, ::step]
    return float(1.4826 * np.median(np.abs(some - np.median(some))))


def threshold(strength: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Decide which pixels are ink, with two thresholds (hysteresis, after Canny 1986).

    Pixels above the high threshold are ink; those above the low one are ink if they touch such a pixel, so that
    a faint end of a stroke is kept and a faint speck is dropped. Both depend on the strength of the darkest strokes.

    strength: (h, w) float32, 0 to 255. Returns (mask, low, high): mask (h, w) bool; all False if nothing stands out.

    >>> threshold(np.zeros((9, 9), np.float32))[0].any().item()
    False
    """
    floor = grain_floor(strength)
    standing_out = strength[strength > floor]
    if standing_out.size < 1e-4 * strength.size:
        return np.zeros(strength.shape, bool), floor, floor
    stroke, darkest = np.percentile(standing_out, [85, 98])
    if (
        darkest > 2 * stroke
        and _spans(strength > 0.5 * stroke)
        and _hangs_together(_boxes_and_areas(strength > 0.6 * darkest), strength.shape)
    ):
        stroke, floor = darkest, 0.4 * darkest  # printed squares that are left are fainter than the pen
    if stroke < FAINTEST:
        return np.zeros(strength.shape, bool), floor, floor
    mask, low, high = hysteresis(strength, stroke, floor)
    share = 0.95 if stroke < FAINT else NEARLY_ALL if stroke < 1.6 * floor else 0
    if share and not _hangs_together(_boxes_and_areas(mask), strength.shape, share):
        return np.zeros(strength.shape, bool), floor, floor
    return mask, low, high


def grain_floor(strength: np.ndarray) -> float:
    """The strength below which everything may be the grain of bare paper. strength: (h, w) float32, 0 to 255.

    >>> grain_floor(np.zeros((9, 9), np.float32))
    12.0
    """
    return max(6 * unevenness(strength), 12.0)


def hysteresis(strength: np.ndarray, stroke: float, floor: float) -> tuple[np.ndarray, float, float]:
    """The two thresholds for strokes of a given strength, and the pixels that they let through (see `threshold`).

    strength: (h, w) float32, 0 to 255. stroke: how strong a dark stroke is. floor: see `grain_floor`.
    Returns (mask, low, high): mask (h, w) bool.

    >>> hysteresis(np.float32([[100, 35, 0, 35]]), stroke=100, floor=12)[0].tolist()
    [[True, True, False, False]]
    """
    high, low = max(0.4 * stroke, floor), max(0.3 * stroke, 0.7 * floor)
    count, parts = cv2.connectedComponents((strength > low).astype(np.uint8), connectivity=8)
    strong = np.zeros(count, bool)
    strong[parts[strength > high]] = True
    strong[0] = False
    return strong[parts], low, high


def _boxes_and_areas(mask):
    """The boxes and areas of the connected parts of a mask: (n, 5); row 0, the rest, is all zeros."""
    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)[2]
    stats[0] = 0
    return stats


def _spans(mask):
    """Whether one part of a mask reaches nearly from side to side and from top to bottom."""
    stats = _boxes_and_areas(mask)
    return bool(((stats[:, 2] > 0.8 * mask.shape[1]) & (stats[:, 3] > 0.8 * mask.shape[0])).any())


def _hangs_together(stats, shape, share=NEARLY_ALL):
    """Whether nearly all of the ink is in a few large pieces, as writing is; the grain of paper makes many small ones."""
    areas, longest = stats[:, cv2.CC_STAT_AREA], stats[:, 2:4].max(axis=1)
    large = longest > 0.06 * max(shape)
    return 0 < large.sum() <= 12 and areas[large].sum() > share * areas.sum() and areas.sum() < 0.15 * shape[0] * shape[1]


def _fit(shape, longest):
    """(width, height) of a picture shrunk so that its longer side is at most `longest`."""
    shrink = min(longest / max(shape), 1)
    return max(round(shape[1] * shrink), 1), max(round(shape[0] * shrink), 1)
