"""Digits written by many hands: drawn along the strokes of a pen, in the forms that people have learned in many countries.

A form is written on a grid from 0 to 10 (x to the right, y down) as the points that the pen passes, "x,y"; strokes are
separated by "|". The line is smooth, except at points marked "!", where the pen turns sharply.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from digitkit.simulate.glyphs import grid_points, leaning

FORMS = {
    0: {
        "plain": "6,0 2,2 0,6 2,10 6,9 8,5 6,0.5 5,0",
        "narrow": "5,0 3,2 3,8 5,10 7,8 7,2 5,0",
        "round": "5,0 1,1.5 0,5 1.5,8.7 5,10 8.6,8.6 10,5 8.7,1.4 4.5,0",
        "unclosed": "6.5,0.8 3,1 1,5 3,9.4 7,9 9,5 8,1.4 7.2,0.2",
        "with a loop": "7,1.5 3,1 1,5 3,9.4 7,9 8.6,5 7,1.6 4.6,1.4 5.6,0.2 8.6,0.4",
        "slashed": "5,0 1.5,2 1,6 3,9.6 6.6,9.4 9,6 8,1.6 5,0 | 8.4,0.6 1.8,9.4",
        "slashed beyond": "5,0 1.5,2 1,6 3,9.6 6.6,9.4 9,6 8,1.6 5,0 | 10,-0.6 0,10.6",
        "slashed inside": "5,0 1,2 0,5 1,8 5,10 9,8 10,5 9,2 5,0 | 7,3 3,7.4",
        "slashed in one": "5,0.4 1.6,2 1,6 3,9.6 6.8,9.2 9,5.6 8,1.4 5,0.2! 8.8,0.6! 1,10",
        "slashed back": "5,0 1.5,2 1,6 3,9.6 6.6,9.4 9,6 8,1.6 5,0 | 1.6,1 8.4,9.2",
        "slashed upright": "5,0.6 1.4,2.4 0.6,6 3,9.4 6.6,9.4 9,6 8,1.6 5,0.6 | 5.6,-0.6 4.8,10.4",
        "crossed": "5.4,0 2.6,2.4 2,6 3.6,9.8 6,9.6 7.8,6 7.2,1.6 5.4,0 | 0,5.4 9.6,4.8",
        "long slash": "5,2 2,3.4 1.4,5.6 3.4,8 6.4,7.6 8,5.4 7.2,2.8 5,2 | 7.6,-1 2.4,11",
        "upright slash": "5,2 2,3.4 1.4,5.6 3.4,8 6.4,7.6 8,5.4 7.2,2.8 5,2 | 6,-1 4.6,11",
    },
    1: {
        "plain": "5,0 5,10",
        "slanted": "6.5,0 4,10",
        "flag": "2.6,3 6,0! 6,10",
        "long flag": "1,4.6 6,0! 6,10",
        "upstroke": "0,7 6,0! 6,10",
        "upstroke from the foot": "0,9.6 3,5 6.5,0! 6.3,10",
        "curved upstroke": "1,5.6 4,4 6.4,0! 6,10",
        "flag and foot": "2.6,3 6,0! 6,10 | 2.4,10 9.4,10",
        "upstroke and foot": "1,5 6,0! 6,10! | 2,10 9.6,10",
        "foot": "5,0 5,10 | 2,10 8.4,10",
        "foot in one": "2.4,2.6 5.4,0! 5,10! 2,10! 9,9.8",
        "hook": "3,2.4 6,0! 5.4,8 6.4,9.8 8.6,9",
        "drooping flag": "2,2.8 4,2.4 6,0! 5.6,10",
        "short flag": "3.6,1.8 6,0! 5.8,10",
        "round flag": "3,1.6 4.4,0.4 6.2,0! 6,10",
        "bent flag": "3,2.4 3.6,0.8 6,0.2! 5.6,10",
        "curved flag": "2.2,2.2 4,1 6.4,0.2! 5.6,10",
        "low flag": "6,0 6,10 | 1.6,5 5.8,2.4",
        "flag and a hook to the left": "3,3 6,0.4! 6.8,6 6.4,9 4,10",
    },
    2: {
        "plain": "0.6,2.6 2.6,0.3 6,0.4 8,3 5,7 0.4,10! 9.6,9.8",
        "loop": "0.8,2.4 4,0 8,1.6 7.4,5 3,9 0.8,9.4 1,7.8 4,8.4 9.8,9.8",
        "z": "1,1.4 4,0 8,1.4 7.4,4 0.4,10! 9.4,10",
        "flat": "0.6,0.4! 8.8,0.4! 0.6,9.6! 9.6,9.6",
        "swan": "1.6,4.4 0.6,2 3.6,0 7.4,1.4 7.6,4.4 4,8.2 0.2,10 3.6,8.8 6.6,9.8 10,8.6",
        "round foot": "1,2.6 4,0 7.8,2 6.6,5.4 2,9 0.4,9.6 4,8.6 8,9.8 9.6,9",
        "hook": "0.4,3.4 0.8,1.2 4,0.2 7.4,2 6.8,5 1,10! 9,10! 9.2,8.6",
        "angular": "1.4,0.2! 8.4,0.2! 8.2,5! 1.6,5! 1.4,10! 8.8,9.8",
    },
    3: {
        "round": "1,1.6 4.4,0 7.6,1.8 6.4,4.2 3.6,4.8! 7,5.4 8.8,7.6 6,9.8 0.6,9",
        "flat": "1,0! 8.4,0! 4.2,4.2 7,4.8 8.8,7.4 6,9.9 0.6,8.8",
        "loop": "1,1.4 5,0 8,2 5.8,4.6 3.6,4.8 4.6,3.9 7.4,5.2 8.8,7.8 5.4,10 0.4,8.6",
        "deep": "1.6,0.6 6,0 7.6,2 4.4,4.4! 7.8,6 7,9.2 3.4,10.6 0,9.6",
        "angular": "1,0.2! 8.2,0! 8.4,9.8! 1,9.8 | 2.6,4.8 8.2,5",
        "hardly a waist": "1,1.2 4.6,0 7,1.6 6,3.8 5,4.4 6.8,6 6.8,8.6 4.6,10 2.2,10",
    },
    4: {
        "open": "1.8,0 1,5.4! 8.8,5 | 6.8,1.4 6.2,10",
        "open, straight": "2,0 2,6! 9.6,6 | 7,3 7,10",
        "open, slanted": "4,0 0.4,6.6! 9.4,6.2 | 7.4,2.4 5.4,10",
        "closed": "6.4,10 6.4,0! 0.4,6.8! 9.8,6.8",
        "closed, two strokes": "6.4,0 0.4,6.6! 9.8,6.6 | 6.4,0.2 6.2,10",
        "lightning": "4,0 0.6,5.6! 7.8,4.8! 4.4,10.4",
        "one stroke": "3.4,0 0.8,5.6 1.6,6.4 5,5.6 8,2.4 8,1.4! 6,10",
        "looped": "3.6,0 1,5 2,6.6 6,6 8.8,4.2 8,2.4 6.6,4.6 5.4,10",
        "round": "1.6,0 1.2,4.6 3.4,6 7,4.8 7.8,0.4! 7.4,10",
        "crossed": "5.4,0 0.6,6.4! 9.6,6.4 | 6.2,3.4 6.2,10",
        "low": "4.6,0 1.6,5.4 1.8,7.6 4,8 7.4,5.4 7,4.6! 5.8,10",
        "high bar": "5.6,0 1,4.2! 10,3.8 | 5.4,0.2 5,10",
        "tip crossed": "6.4,0 1.2,4.8! 9.6,4.6 | 4.4,0.6 5.6,2 5.4,10",
        "in two pieces": "2.2,1.4 0.8,4 2,7 5,6.8 | 8.2,0 8,10",
        "corner and stem": "1,0.4 1,6! 5.8,6 | 8,0 8,10",
        "closed, with a foot": "6.4,10 6.4,0! 0.4,6.4! 9.8,6.2 | 3.4,9.8 9,10",
        "slanted, with a foot": "5.6,9.6 8.6,0! 0.6,6.4! 9.4,5.8 | 2.6,9.8 8.6,9.6",
        "low and open": "3,0 1.4,6 2.4,8 5.4,7.6 9,6.8 | 6.6,5 5.8,10",
    },
    5: {
        "plain": "8.6,0! 2.6,0.2! 2,4.4! 6,4 8.6,6.6 6.8,9.4 3,10 0.6,8.8",
        "two strokes": "2.4,0.4 2,4.4! 6,4 8.6,6.8 6,9.8 0.6,9 | 2.4,0.4 8.8,0",
        "bar apart": "2.4,1 2,4.6! 6,4.2 8.4,6.8 6,9.8 0.6,9 | 3.4,0 9,-0.6",
        "bar to the right": "2.6,0.8 2,4.4! 6.4,4 8.4,7 5.4,10 0.4,9 | 4.4,0.4 9.6,0",
        "like an S": "8.4,0.6 4.8,0 2,2.2 4.6,4.6 7.8,6.6 6,9.6 0.8,9.2",
        "angular": "8.8,0! 2,0! 2,4.4! 8,4.4! 8.4,9.4! 1,9.8",
        "slanting": "9.6,0! 4,0.4! 2.6,4.4! 6.4,4.6 7.6,7 5,9.8 0.4,9.4",
        "bar above": "3,1.4 2.6,4.6! 6,4.4 8,6.8 5.6,9.8 1,9.2 | 2.4,0 9.4,-1.4",
    },
    6: {
        "plain": "7.4,0 3,3.4 1.2,7.4 3.4,10 7,9.4 8,6.8 5.4,5.2 1.8,7",
        "narrow": "5,0 3.6,4 3,8 4.4,10 6.4,9 6.2,6.6 4.6,6 3.2,7.6",
        "straight": "6.6,0 1.6,7 2.4,9.6 6,10 8.2,8 6.8,5.8 3.4,6 1.8,7.6",
        "small loop": "6,0 2.8,4.4 2.2,8.6 4.2,10 6.4,9 6,7.4 3.4,7.6 2.6,8.8",
        "wide": "8,0.4 3,2.6 0.2,7 3.6,10 8.4,9.4 9.8,6.8 6,5 1.4,6.6",
        "curled": "8,1.4 6.4,0 3,2.6 1.4,7 3.4,10 7.2,9.4 8,6.6 5,5.4 2,7.4",
        "upright": "2.2,0 1.8,7 3.4,10 7,9.6 8,7.2 5.6,5.6 2,7.4",
        "angular": "8,0.4! 2,0.2! 1.8,9.8! 8.2,9.6! 8,5! 2,5",
    },
    7: {
        "plain": "0.6,0.4! 8.8,0! 4,10",
        "curved": "0.6,0.6 8.8,0! 5.8,4 4.6,10",
        "barred": "0.6,0.4! 8.8,0! 4,10 | 3,5 8.8,4.8",
        "barred, curved": "0.4,1 8.8,0! 5.4,4.6 4.2,10 | 2,5.6 8.4,4.8",
        "barred, round": "0.8,1.4 4,0 8.6,0.8 7,4.4 4.8,7 4.2,10 | 2.6,5.4 8.6,5",
        "serif": "1,2.4 1,0.4! 8.8,0.2! 4,10",
        "serif and bar": "0.8,2.6 1,0.4! 8.8,0.2! 4.2,10 | 2.6,5.2 8.4,5",
        "wavy": "0.4,1.6 2.6,0.2 6,1 9,0! 5.4,5 4.4,10",
        "wavy, barred": "0.4,1.6 2.6,0.2 6,1 9,0! 5.4,5 4,10 | 2.4,5.4 8.2,4.6",
        "short bar": "0.6,0.4! 8.8,0! 4.6,10 | 4.4,4.6 8,4.4",
        "upright": "0.8,0.2! 7.6,0.2! 6.8,10",
        "round, hooked bar": "1.6,2.4 3,0.4 6.6,0.2 6.8,3 5,6.6 2.2,10 | 0.6,5.6 3,5 10,5.6",
        "loop and bar": "1.4,2.4 2.6,0.2 7,0.2 7,3 4.4,10 | 1,5.2 9.6,5.4",
    },
    8: {
        "S first": "8,1.6 5,0 2,1.8 4,4.4 7.6,6.8 6.4,9.6 2.8,9.6 1.8,7 5,4.6 8.2,2 7.6,0.9",
        "unclosed": "8,0.6 4.6,0 2,2 4.4,4.6 7.6,7 6,9.8 2.6,9.4 2,7 5,4.6 9,1",
        "two rings": "5,0 2.4,1.4 2.8,4 5.2,4.8 7.6,3.4 7.2,1 5,0 | 5,4.8 1.8,6.4 2.2,9.2 5.2,10 8.2,8.8 8,6.2 5,4.8",
        "two rings apart": "5,0 2.6,1.4 3,3.8 5.2,4.4 7.4,3.2 7,1 5,0 | 5,5.2 2,6.6 2.2,9.2 5.2,10 8,8.8 7.8,6.4 5,5.2",
        "rings aside": "6,0 3.4,1.4 3.6,4 6,4.6 8,3 7.6,0.8 6,0 | 4.6,4.4 1.4,6 1.6,9 4.6,10 7.4,8.6 7.2,5.8 4.6,4.4",
        "narrow": "6.4,1 5,0 3.6,1.8 5,4.6 6.6,7.4 5,10 3.4,8 5,5 6.6,2 6,0.6",
        "from the middle": "5,5 2.4,2.6 5,0 7.6,2.4 5,5 2,7.6 5,10 8,7.6 5,5",
        "open waist": "7.4,1.4 4.8,0 2.6,2 4.6,4.6 7.8,7 5.4,9.9 2.2,8.2 4,5.4 7.6,2.4",
    },
    9: {
        "plain": "8,1.6 4.4,0 1.6,2.6 4,5.4 7.8,3 8,1! 7.4,10",
        "curled": "8,1.8 4.6,0 1.8,2.8 4.2,5.4 7.6,3 8,1! 8,7 6,9.8 2,9.2",
        "hooked": "8,1.8 4.6,0 1.8,2.8 4.2,5.4 7.8,3.4 8,1! 7.8,8.6 5,10.4 1.6,8.4",
        "in one": "7.6,1.8 4.4,0.2 2,2.8 4.4,5.2 7.4,3 7.4,1.2 7.2,5 5.4,10",
        "open": "7.8,0.8 4,0.4 2,3 4.4,5 8,3.4 8.4,1.4! 6.8,10",
        "flat": "2,0.4! 8,0.4! 7.4,10 | 2,0.4 2.4,4.6! 7.8,4.4",
        "like a g": "8,1.4 4.4,0 1.8,2.4 4.2,5 7.8,2.6 8.2,1! 7.8,6.6 5.4,8.8 1.4,8.2 3.4,7.4",
        "straight": "7,0.4 3.4,0.4 2.4,3.4 5,5 7,3.4 7,0.2! 7,10",
        "slanted": "8.4,1.4 5.4,0 2.6,2.6 4.6,5 8.2,2 8.6,0.8! 3.6,10",
        "small loop, wide tail": "7.4,1.4 5.4,0.2 3.8,1.4 5,2.8 7.4,1.6 9,3.6 8.6,7 5.6,9.6 0,9.8",
        "loop and bowl": "5.6,2.8 7,1.2 5.4,0 3.6,1.2 4.6,2.9 7.4,3.2 9.4,5.4 8,8.8 4.6,10 0.4,9.6",
        "thin loop": "8.4,0.8 5.4,0.4 3,1.8 4.6,2.8 8.4,0.8! 4.4,10",
        "small loop, far tail": "6.4,0.6 4.4,0.6 4.2,2.4 6.4,2.4 6.8,0.8 9.4,3 9,7 5.4,9.8 -1,9",
    },
}


@dataclass(frozen=True)
class Writer:
    """A person's hand: which form of each digit, and how it is drawn, the same each time but for a little tremble.

    strokes: {digit: list of (points (n, 2), sharp (n,) bool)}, the person's own version of the form.
    matrix: (2, 2), slant, turn and width. pen: the width of its line, as a share of a digit's height.
    """

    strokes: dict
    matrix: np.ndarray
    pen: float
    tremble: float

    def draw(self, digit: int, rng: np.random.Generator, height: int = 100) -> np.ndarray:
        """Write one digit. height: roughly, in pixels. Returns the ink (h, w) bool, with hardly any margin."""
        lines = []
        turn = np.array([[1, rng.normal(0, 0.03)], [rng.normal(0, 0.04), 1]])
        for points, sharp in self.strokes[digit]:
            moved = points + rng.normal(0, self.tremble, points.shape)
            lines.append(smooth(moved @ (turn @ self.matrix).T * height / 10, sharp))
        width = max(round(height * self.pen * rng.uniform(0.9, 1.1)), 2)
        corner = np.min([line.min(axis=0) for line in lines], axis=0) - width
        size = np.max([line.max(axis=0) for line in lines], axis=0) - corner + width
        page = np.zeros(np.ceil(size[::-1]).astype(int) + 1, np.uint8)
        for line in lines:
            cv2.polylines(page, [np.rint((line - corner) * 16).astype(np.int32)], False, 255, width, cv2.LINE_AA, 4)
        return page > 127


def any_writer(rng: np.random.Generator, forms: dict = FORMS) -> Writer:
    """A person with a hand of their own. rng: numpy.random.Generator. forms: {digit: {name: form}}, of which one each is chosen.

    >>> any_writer(np.random.default_rng(0)).draw(7, np.random.default_rng(0)).any().item()
    True
    """
    slant, turn, stretch = rng.normal(0.1, 0.22), np.deg2rad(rng.normal(0, 4)), np.exp(rng.normal(-0.25, 0.22))
    own = rng.uniform(0.1, 0.5)
    strokes = {digit: _own_version(str(rng.choice(list(some.values()))), own, rng) for digit, some in forms.items()}
    pen = np.exp(rng.normal(np.log(0.09), 0.3)) * (rng.uniform(1, 3) if rng.uniform() < 0.15 else 1)  # some write with a marker
    return Writer(strokes, leaning(slant, turn, stretch), float(pen), rng.uniform(0.05, 0.3))


def _own_version(form, own, rng):
    strokes = []
    for stroke in form.split("|"):
        points = grid_points(stroke.replace("!", ""))
        sharp = np.array([point.endswith("!") for point in stroke.split()])
        strokes.append((points + rng.normal(0, own, points.shape), sharp & (rng.uniform(size=len(sharp)) < 0.85)))
    return strokes


def smooth(points: np.ndarray, sharp: np.ndarray, steps: int = 8) -> np.ndarray:
    """A line through all points (n, 2), smooth but for the sharp ones (n,) bool. Returns (m, 2).

    Source: Catmull and Rom, "A class of local interpolating splines", 1974.

    >>> smooth(np.array([[0.0, 0.0], [4.0, 2.0]]), np.array([False, False]), steps=2).tolist()
    [[0.0, 0.0], [2.0, 1.0], [4.0, 2.0]]
    """
    before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
    tangents = (after - before) / 2
    tangents[0], tangents[-1] = points[1] - points[0], points[-1] - points[-2]
    share = np.linspace(0, 1, steps, endpoint=False)[:, np.newaxis]
    parts = []
    for index in range(len(points) - 1):
        chord = points[index + 1] - points[index]
        first = chord if sharp[index] else tangents[index]
        last = chord if sharp[index + 1] else tangents[index + 1]
        limit = np.linalg.norm(chord) * 1.2  # or a short piece between long ones would make a loop
        first, last = (one * limit / max(float(np.linalg.norm(one)), limit, 1e-6) for one in (first, last))
        parts.append(
            (1 + 2 * share) * (1 - share) ** 2 * points[index]
            + share * (1 - share) ** 2 * first
            + share**2 * (3 - 2 * share) * points[index + 1]
            + share**2 * (share - 1) * last
        )
    return np.concatenate([*parts, points[-1:]])
