"""A sheet of paper on a desk: a small network marks the paper, four lines are laid along its edge, and it is straightened."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from digitkit.network import NetworkError
from digitkit.network.layers import convolve, max_pool, relu, sigmoid

WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "sheet.npz"
SEEN = 128  # pixels: the network sees the whole picture squeezed into a square of this side
CHANNELS = [(48, 32), (32, 32), (32, 48), (48, 48), (80, 32), (64, 24), (24, 16)]  # into and out of each convolution
BLOCK = 4  # pixels of it make one place of the finest map
MOST_NARROW = 2.2  # times longer than wide: no camera's picture is narrower, what is was cut out of a larger one
SMALLEST_SHARE = 0.04  # of the picture: what is smaller is no sheet that somebody wants to have read
LARGEST_SHARE = 0.96  # a picture that is nearly all paper is left as it is
BESIDE = 4  # places of the map: how far from an edge its two sides are compared
LEAST_CHANGE = 0.03  # of the sheet's brightness: how much the desk differs there
LEAST_OVERLAP = 0.8  # between what the network marked and the four-sided figure laid around it


def find_sheet(colours: np.ndarray) -> np.ndarray | None:
    """The corners of a sheet of paper on a desk, or None if the picture shows nothing but paper, or no sheet with four sides.

    colours: (h, w, 3) uint8, RGB. Returns (4, 2) float32, (x, y) clockwise from the sheet's top left, or None. A sheet that
    reaches beyond the picture has corners outside it.

    >>> picture = np.full((120, 160, 3), (90, 60, 40), np.uint8); picture[20:100, 30:130] = 230; picture[50:70, 75:80] = 20
    >>> np.rint(find_sheet(picture) / 10).astype(int).tolist()
    [[3, 2], [13, 2], [13, 10], [3, 10]]
    """
    if min(colours.shape[:2]) < 32 or max(colours.shape[:2]) > MOST_NARROW * min(colours.shape[:2]):
        return None
    paper = paper_map(colours)
    marked = paper > 0.5
    if not SMALLEST_SHARE < marked.mean() < LARGEST_SHARE:
        return None
    count, parts = cv2.connectedComponents(marked.astype(np.uint8), connectivity=4)
    sure = np.bincount(parts.ravel(), weights=(paper - 0.5).ravel(), minlength=count)
    marked = parts == 1 + sure[1:].argmax()  # if there are several sheets, the one that is largest and most surely paper
    if marked.mean() < SMALLEST_SHARE:
        return None
    outline = max(cv2.findContours(marked.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len)
    corners = _four_sides(np.where(marked | (paper <= 0.5), paper, 0.5), outline[:, 0].astype(np.float32))
    inside = _inside(paper.shape, corners) > 0
    if inside.mean() > LARGEST_SHARE or (inside & marked).sum() < LEAST_OVERLAP * (inside | marked).sum():
        return None
    if not (_is_four_sided(corners) and _lies_on_a_desk(colours, corners) and _has_ink(colours, corners)):
        return None
    corners = np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0)
    height, width = colours.shape[:2]
    return ((corners + 0.5) * np.array([width, height]) / SEEN).astype(np.float32)


def paper_map(colours: np.ndarray) -> np.ndarray:
    """How likely each place of the picture is paper rather than the desk that it lies on.

    The same convolutions as those that read digits, with an answer for each place instead of one for all. Where the picture is
    shrunk, the network sees what lies around a place; on the way back, that is enlarged and put beside the finer maps of before
    (a U-Net: Ronneberger, Fischer and Brox, 2015). Trained by `python -m digitkit train --sheet` on rendered desks.

    colours: (h, w, 3) uint8, RGB. Returns (128, 128) float32, 0 to 1, the picture squeezed into a square. Raises NetworkError
    if the kit's file with its weights is missing or damaged.

    >>> paper_map(np.full((60, 80, 3), 240, np.uint8)).shape
    (128, 128)
    """
    layers = iter(_layers())

    def convolution(maps):
        return relu(convolve(maps, *next(layers), padding="same"))

    def beside(coarse, fine):
        return np.concatenate([coarse.repeat(2, axis=1).repeat(2, axis=2), fine], axis=-1)

    small = cv2.resize(colours, (SEEN, SEEN), interpolation=cv2.INTER_AREA)
    fine = convolution(as_blocks(small[np.newaxis]))
    middle = convolution(max_pool(fine, (2, 2), 2))
    coarse = convolution(convolution(max_pool(middle, (2, 2), 2)))
    middle = convolution(beside(coarse, middle))
    fine = convolution(beside(middle, fine))
    return from_blocks(sigmoid(convolve(fine, *next(layers))))[0]


def as_blocks(pictures: np.ndarray) -> np.ndarray:
    """Blocks of 4×4 pixels as one place with many numbers: a sixteenth of the places for the network, and nothing is lost.

    pictures: (n, h, w, c) uint8. Returns (n, h / 4, w / 4, 16 c) float32 from -0.5 to 0.5.

    >>> as_blocks(np.zeros((1, 128, 128, 3), np.uint8)).shape
    (1, 32, 32, 48)
    """
    count, height, width, channels = pictures.shape
    blocks = pictures.reshape(count, height // BLOCK, BLOCK, width // BLOCK, BLOCK, channels).swapaxes(2, 3)
    return blocks.reshape(count, height // BLOCK, width // BLOCK, -1).astype(np.float32) / 255 - np.float32(0.5)


def from_blocks(blocks: np.ndarray) -> np.ndarray:
    """One number for each pixel again: (n, h / 4, w / 4, 16) -> (n, h, w).

    >>> from_blocks(np.zeros((1, 32, 32, 16))).shape
    (1, 128, 128)
    """
    count, rows, columns, _ = blocks.shape
    return blocks.reshape(count, rows, columns, BLOCK, BLOCK).swapaxes(2, 3).reshape(count, rows * BLOCK, columns * BLOCK)


@cache
def _layers():
    """The network's kernels and biases, in the order in which they are used."""
    try:
        with WEIGHTS.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name].astype(np.float32) for name in archive.files}
        layers = [(arrays[f"kernel {number}"], arrays[f"bias {number}"]) for number in range(len(CHANNELS))]
        whole = all(kernel.shape[2:] == channels for (kernel, _), channels in zip(layers, CHANNELS, strict=True))
    except Exception as error:  # damaged bytes make zipfile and NumPy stop in a dozen different ways
        raise NetworkError(f"{WEIGHTS}, which finds the sheet in a photo, is missing or damaged. Get the kit again.") from error
    if not whole or not all(np.isfinite(values).all() for layer in layers for values in layer):
        raise NetworkError(f"{WEIGHTS} is not the network that finds the sheet in a photo. Get the kit again.")
    return layers


def _four_sides(paper, outline):
    """The four-sided figure that explains the map best: its corners (4, 2), clockwise.

    What it covers counts for it, each place by the logarithm of how much likelier paper is than desk there. From a first figure
    laid around the outline (n, 2), corners and sides are moved as long as that sum grows, in ever smaller steps.
    """
    for_paper = np.log(np.clip(paper, 0.02, 0.98) / np.clip(1 - paper, 0.02, 0.98))

    def explained(corners):
        possible = cv2.isContourConvex(corners.astype(np.float32)) and _are_near(corners)
        return float(np.vdot(_inside(paper.shape, corners), for_paper)) if possible else -np.inf

    first = cv2.approxPolyN(outline, 4, ensure_convex=True)[0].astype(np.float64)
    box = cv2.boxPoints(cv2.minAreaRect(outline)).astype(np.float64)
    corners = max([first, box], key=explained)
    best = explained(corners)
    moves = [(index, (index + side) % 4) for side in (0, 1) for index in range(4)]  # each corner, and each side
    for step in (6, 3, 1.5, 0.75, 0.4):
        moved = True
        while moved:
            moved = False
            for first_corner, second_corner in moves:
                for shift in ((step, 0), (-step, 0), (0, step), (0, -step)):
                    changed = corners.copy()
                    changed[[first_corner, second_corner]] = corners[[first_corner, second_corner]] + shift
                    value = explained(changed)
                    if value > best + 1e-6:
                        corners, best, moved = changed, value, True
    x, y = (corners - corners.mean(axis=0)).T
    return corners[np.argsort(np.arctan2(y, x))]


def _are_near(corners):
    """Whether the corners are in the picture or near it."""
    return (corners > -0.15 * SEEN).all() and (corners < 1.15 * SEEN).all()


def _is_four_sided(corners):
    """Whether the corners are near the picture, none is nearly straight or sharp, and opposite sides are about equally long."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1) + 1e-6
    following, next_length = np.roll(sides, -1, axis=0), np.roll(lengths, -1)
    turns = np.abs(sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]) / (lengths * next_length)
    return _are_near(corners) and turns.min() > 0.6 and (lengths / np.roll(lengths, 2)).max() < 1.9


def _lies_on_a_desk(colours, corners):
    """Whether the colour changes along the edges that the picture shows: around the inside of a thin 0 is paper again."""
    small = cv2.medianBlur(cv2.resize(colours, (SEEN, SEEN), interpolation=cv2.INTER_AREA), 5).astype(np.float32)
    along = np.linspace(0.08, 0.92, 30)[:, np.newaxis]
    changes = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        out = np.array([end[1] - start[1], start[0] - end[0]]) / (np.linalg.norm(end - start) + 1e-6)
        edge = start + along * (end - start)
        seen = np.logical_and(*((edge + BESIDE * out >= 0) & (edge + BESIDE * out <= SEEN - 1)).T)
        desk, sheet = (
            small[np.clip(place[:, 1], 0, SEEN - 1), np.clip(place[:, 0], 0, SEEN - 1)]
            for place in (np.rint(edge + shift * out).astype(int) for shift in (BESIDE, -BESIDE))
        )
        different = np.linalg.norm(desk - sheet, axis=1) > LEAST_CHANGE * np.linalg.norm(sheet, axis=1)
        changes += different[seen].tolist()
    return len(changes) >= 30 and np.mean(changes) > 0.7


def _has_ink(colours, corners):
    """Whether something dark and thin lies on the sheet: a bright thing without ink may be ink itself, such as a thick 1."""
    size = 2 * SEEN
    grey = cv2.cvtColor(cv2.resize(colours, (size, size), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    inner = corners + 0.08 * (corners.mean(axis=0) - corners)
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    dark = cv2.subtract(paper, grey) > 0.1 * np.maximum(paper, 30)
    return (dark & (_inside(grey.shape, 2 * inner) > 0)).sum() >= 8


def _inside(shape, corners):
    """1 for the places of a map that lie between the corners, 0 for the others: (h, w) float32."""
    inside = np.zeros(shape, np.float32)
    cv2.fillConvexPoly(inside, np.rint(corners * 16).astype(np.int32), 1.0, cv2.LINE_8, 4)  # in sixteenths of a place
    return inside


def straighten(picture: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sheet alone, seen from straight above. picture: (h, w) or (h, w, 3) uint8. corners: as `find_sheet` gives them.

    Returns (sheet, of the same kind; matrix (3, 3): where a point (x, y, 1) of the sheet lies in the picture, times its third).
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
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), matrix
