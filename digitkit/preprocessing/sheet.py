"""A sheet of paper on a desk: a small network marks the paper, four lines are laid along its edge, and it is straightened."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from digitkit.network.layers import convolve, max_pool, relu, sigmoid

WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "sheet.npz"
SEEN = 128  # pixels: the network sees the whole picture squeezed into a square of this side
BLOCK = 4  # pixels of it make one place of the finest map
SMALLEST_SHARE = 0.04  # of the picture: what is smaller is no sheet that somebody wants to have read
LARGEST_SHARE = 0.97  # a picture that is nearly all paper is left as it is
LEAST_OVERLAP = 0.88  # between what the network marked and the four-sided figure laid around it


def find_sheet(colours: np.ndarray) -> np.ndarray | None:
    """The corners of a sheet of paper on a desk, or None if the picture shows nothing but paper, or no sheet with four sides.

    colours: (h, w, 3) uint8, RGB. Returns (4, 2) float32, (x, y) clockwise from the sheet's top left, or None. A sheet that
    reaches beyond the picture has corners outside it.

    >>> picture = np.full((120, 160, 3), (90, 60, 40), np.uint8); picture[20:100, 30:130] = 230; picture[50:70, 75:80] = 20
    >>> np.rint(find_sheet(picture) / 10).astype(int).tolist()
    [[3, 2], [13, 2], [13, 10], [3, 10]]
    """
    if min(colours.shape[:2]) < 32:
        return None
    paper = cv2.resize(paper_map(colours), (2 * SEEN, 2 * SEEN), interpolation=cv2.INTER_LINEAR) > 0.5
    if not SMALLEST_SHARE < paper.mean() < LARGEST_SHARE:
        return None
    contours, _ = cv2.findContours(paper.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    if cv2.contourArea(outline) < SMALLEST_SHARE * paper.size:
        return None
    corners = _four_sides(outline[:, 0].astype(np.float32))
    if corners is None or _overlap(paper.shape, corners, outline) < LEAST_OVERLAP:
        return None
    height, width = colours.shape[:2]
    return ((corners + 0.5) * np.array([width, height]) / (2 * SEEN)).astype(np.float32)


def paper_map(colours: np.ndarray) -> np.ndarray:
    """How likely each place of the picture is paper rather than the desk that it lies on.

    The same convolutions as those that read digits, with an answer for each place instead of one for all. Where the picture is
    shrunk, the network sees what lies around a place; on the way back, that is enlarged and put beside the finer maps of before
    (a U-Net: Ronneberger, Fischer and Brox, 2015). Trained by `python -m digitkit train --sheet` on rendered desks.

    colours: (h, w, 3) uint8, RGB. Returns (128, 128) float32, 0 to 1, the picture squeezed into a square.

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
    paper = sigmoid(convolve(fine, *next(layers)))
    side = SEEN // BLOCK
    return paper.reshape(side, side, BLOCK, BLOCK).swapaxes(1, 2).reshape(SEEN, SEEN)


def as_blocks(pictures: np.ndarray) -> np.ndarray:
    """Blocks of 4×4 pixels as one place with many numbers: a sixteenth of the places for the network, and nothing is lost.

    pictures: (n, h, w, c) uint8. Returns (n, h / 4, w / 4, 16 c) float32 from -0.5 to 0.5.

    >>> as_blocks(np.zeros((1, 128, 128, 3), np.uint8)).shape
    (1, 32, 32, 48)
    """
    count, height, width, channels = pictures.shape
    blocks = pictures.reshape(count, height // BLOCK, BLOCK, width // BLOCK, BLOCK, channels).swapaxes(2, 3)
    return blocks.reshape(count, height // BLOCK, width // BLOCK, -1).astype(np.float32) / 255 - np.float32(0.5)


@cache
def _layers():
    """The network's kernels and biases, in the order in which they are used."""
    with np.load(WEIGHTS, allow_pickle=False) as archive:
        return [(archive[f"kernel {n}"].astype(np.float32), archive[f"bias {n}"].astype(np.float32)) for n in range(7)]


def _four_sides(outline):
    """Four lines laid along an outline (n, 2): their crossings (4, 2), clockwise from the top left; None if they make no sheet."""
    corners = cv2.approxPolyN(outline, 4, ensure_convex=True)[0]
    for _ in range(2):  # each side is laid through the points close to it; corners, which may be round or hidden, do not count
        sides = []
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
            place = (outline - start) @ along / max(float(np.linalg.norm(end - start)), 1e-6)
            aside = np.abs((outline - start) @ np.array([-along[1], along[0]]))
            near = outline[(place > 0.08) & (place < 0.92) & (aside < 5)]
            if len(near) < 8:
                return None
            vx, vy, x, y = cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
            sides.append((vy, -vx, vy * x - vx * y))
        sides = np.array(sides)
        before = np.roll(sides, 1, axis=0)
        if (np.abs(sides[:, 0] * before[:, 1] - sides[:, 1] * before[:, 0]) < 0.3).any():
            return None
        corners = np.stack([np.linalg.solve([a[:2], b[:2]], [a[2], b[2]]) for a, b in zip(before, sides, strict=True)])
    return np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0)


def _overlap(shape, corners, outline):
    """How much of two figures they have in common, of all that either of them covers: 0 to 1. What lies outside does not count."""
    figures = []
    for points in (corners, outline):
        figure = np.zeros(shape, np.uint8)
        cv2.fillPoly(figure, [np.rint(points).astype(np.int32).reshape(-1, 1, 2)], 1)
        figures.append(figure > 0)
    return (figures[0] & figures[1]).sum() / (figures[0] | figures[1]).sum()


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
