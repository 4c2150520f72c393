"""Letters and symbols drawn by code, which are not digits, and lines and stains that are nothing at all.

MNIST contains only digits, so a network that learns from it alone has never seen anything to reject. Whatever any reader
could take for a digit (O, l, I, S, Z, B, q, g …, the two rings of %) is left out.

A shape is written on a grid from 0 to 10 (x to the right, y down): points as "x,y", strokes separated by "|".
"""

import cv2
import numpy as np

NO_DIGITS = {
    "A": "0,10 5,0 10,10 | 2,6 8,6",
    "C": "9,2 6,0 2,1 0,5 2,9 6,10 9,8",
    "E": "9,0 0,0 0,10 9,10 | 0,5 7,5",
    "F": "9,0 0,0 0,10 | 0,5 7,5",
    "H": "0,0 0,10 | 10,0 10,10 | 0,5 10,5",
    "K": "0,0 0,10 | 9,0 0,6 9,10",
    "L": "0,0 0,10 8,10",
    "M": "0,10 1,0 5,7 9,0 10,10",
    "N": "0,10 0,0 10,10 10,0",
    "P": "0,10 0,0 6,0 9,2 6,5 0,5",
    "R": "0,10 0,0 6,0 9,2 6,5 0,5 | 4,5 9,10",
    "T": "0,0 10,0 | 5,0 5,10",
    "U": "0,0 0,7 3,10 7,10 10,7 10,0",
    "V": "0,0 5,10 10,0",
    "W": "0,0 2,10 5,3 8,10 10,0",
    "X": "0,0 10,10 | 10,0 0,10",
    "Y": "0,0 5,5 | 10,0 5,5 5,10",
    "a": "8,3 4,2 1,5 2,9 6,9 8,4 | 8,2 8,9 10,10",
    "e": "1,6 9,6 8,2 4,1 1,5 3,9 9,9",
    "f": "9,1 6,0 4,3 4,10 | 1,5 8,5",
    "h": "1,0 1,10 | 1,6 4,4 7,5 8,10",
    "k": "1,0 1,10 | 8,4 1,7 8,10",
    "m": "0,4 0,10 | 0,6 2,4 5,5 5,10 | 5,6 7,4 10,5 10,10",
    "n": "1,4 1,10 | 1,6 4,4 8,5 8,10",
    "p": "1,0 1,10 | 1,1 5,0 8,3 5,6 1,5",
    "r": "1,2 1,10 | 1,5 4,2 8,2",
    "t": "4,0 4,8 6,10 8,9 | 1,3 8,3",
    "u": "0,2 0,7 3,10 7,9 9,6 | 9,2 9,10",
    "plus": "5,0 5,10 | 0,5 10,5",
    "minus": "0,5 10,5",
    "equals": "0,3 10,3 | 0,7 10,7",
    "divided": "0,5 10,5 | 5,1 5,2 | 5,8 5,9",
    "star": "5,0 5,10 | 1,2 9,8 | 9,2 1,8",
    "asterisk": "5,0 5,10 | 1,1 9,9 | 9,1 1,9 | 0,5 10,5",
    "hash": "3,0 2,10 | 8,0 7,10 | 0,3 10,3 | 0,7 10,7",
    "left bracket": "6,0 2,0 2,10 6,10",
    "right bracket": "3,0 7,0 7,10 3,10",
    "left brace": "7,0 4,1 4,4 2,5 4,6 4,9 7,10",
    "less": "9,0 1,5 9,10",
    "greater": "1,0 9,5 1,10",
    "wave": "0,6 2,3 5,5 8,7 10,4",
    "arrow": "0,5 10,5 | 6,1 10,5 6,9",
    "arrow up": "5,10 5,0 | 1,4 5,0 9,4",
    "heart": "5,10 0,4 2,0 5,3 8,0 10,4 5,10",
    "tick": "0,6 3,10 10,0",
    "spiral": "5,5 6,4 7,6 5,7 3,5 5,2 9,4 8,9 4,10 0,6 2,1 6,0",
    "face": "5,0 1,2 0,5 1,8 5,10 9,8 10,5 9,2 5,0 | 3,3 3,4 | 7,3 7,4 | 3,7 5,8 7,7",
    "question": "1,2 4,0 8,2 7,5 4,7 | 4,9 4,10",
    "ka": "0,3 8,3 7,10 5,9 | 4,0 3,6 0,10",
    "ki": "0,3 9,2 | 0,6 10,5 | 4,0 6,10",
    "sa": "0,3 10,3 | 3,0 3,6 | 7,0 7,5 4,10",
    "ta": "4,0 0,5 | 3,2 9,2 6,7 2,10 | 3,4 7,6",
    "tsu": "0,2 1,4 | 4,1 5,3 | 10,1 8,6 3,10",
    "ne": "5,0 5,2 | 1,3 9,3 0,8 | 5,5 5,10 | 7,6 10,8",
    "mo": "1,1 9,1 | 0,5 10,5 | 5,1 5,9 9,9",
    "ya": "0,4 10,2 7,5 | 3,0 6,10",
    "ro": "0,0 10,0 10,9 0,9 0,0 | 0,9 0,10",
    "wo": "0,1 9,1 6,8 2,10 | 1,4 8,4",
    "person": "5,0 4,5 0,10 | 5,3 10,10",
    "tree": "0,3 10,3 | 5,0 5,10 | 5,3 0,9 | 5,3 10,9",
    "field": "0,0 10,0 10,10 0,10 0,0 | 5,0 5,10 | 0,5 10,5",
    "mountain": "5,0 5,9 | 0,4 0,9 10,9 10,4",
    "big": "0,3 10,3 | 5,0 5,4 0,10 | 5,4 10,10",
    "earth": "1,4 9,4 | 5,0 5,10 | 0,10 10,10",
    "above": "5,0 5,10 | 5,4 9,4 | 0,10 10,10",
}


def draw_glyph(shape: str, rng: np.random.Generator, size: int = 160) -> np.ndarray:
    """Draw a shape as a hand might: points moved a little, corners rounded, slanted, turned, with a pen of random width.

    shape: text as in NO_DIGITS. rng: numpy.random.Generator. size: roughly the pixels of the longer side.
    Returns the ink (h, w) bool.

    >>> draw_glyph("0,0 10,10", np.random.default_rng(0)).any().item()
    True
    """
    turn, slant = np.deg2rad(rng.normal(0, 6)), -rng.normal(0, 0.12)
    matrix = leaning(slant, turn, rng.uniform(0.55, 1.15))
    page = np.zeros((2 * size, 2 * size), np.uint8)
    width = max(int(size * rng.uniform(0.05, 0.16)), 1)
    wobble = rng.uniform(0.1, 0.5)
    for stroke in shape.split("|"):
        points = grid_points(stroke)
        points = (points + rng.normal(0, wobble, points.shape)) @ matrix.T * size / 10 + size
        curve = _rounded(points, rounds=int(rng.integers(0, 4)))
        cv2.polylines(page, [np.rint(curve).astype(np.int32)], False, 255, width, cv2.LINE_AA)
    return page > 127


def leaning(slant: float, turn: float, width: float) -> np.ndarray:
    """What makes points lean to the right (slant), turn (in radians) and lie further apart in x (width): (2, 2).

    >>> (leaning(0.5, 0.0, 2.0) @ [1.0, -1.0]).tolist()
    [2.5, -1.0]
    """
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return rotation @ np.array([[1, -slant], [0, 1]]) @ np.diag([width, 1])


def grid_points(stroke: str) -> np.ndarray:
    """The points of a stroke, written as "x,y" on the grid from 0 to 10, around the grid's middle: (n, 2).

    >>> grid_points("5,0 6,10").tolist()
    [[0.0, -5.0], [1.0, 5.0]]
    """
    return np.array([[float(number) for number in point.split(",")] for point in stroke.split()]) - 5


def _rounded(points, rounds):
    """Cut the corners of a line again and again (Chaikin, 1974): a polygon becomes a smooth curve."""
    for _ in range(rounds if len(points) > 2 else 0):
        middle = np.empty((2 * len(points) - 2, 2))
        middle[0::2] = 0.75 * points[:-1] + 0.25 * points[1:]
        middle[1::2] = 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.vstack([points[:1], middle, points[-1:]])
    return points


def scribble(rng: np.random.Generator, size: int = 160) -> np.ndarray:
    """A line that wanders at random: not a digit, except by accident. Returns the ink (h, w) bool.

    >>> scribble(np.random.default_rng(0)).shape
    (320, 320)
    """
    count = int(rng.integers(7, 22))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in rng.uniform(0, 10, (count, 2)))
    return draw_glyph(points, rng, size)


def blot(rng: np.random.Generator, size: int = 160) -> np.ndarray:
    """A stain, a shadow's edge, a texture: smoothed noise, cut at a random threshold. Returns the ink (h, w) bool.

    >>> blot(np.random.default_rng(0)).any().item()
    True
    """
    noise = cv2.GaussianBlur(rng.normal(0, 1, (size, size)).astype(np.float32), (0, 0), rng.uniform(2, 25))
    return noise > np.quantile(noise, rng.uniform(0.55, 0.97))
