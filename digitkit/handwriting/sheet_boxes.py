"""A straightened sheet -> what is in each of its boxes: whose ink is it, is there any, is it crossed out or hidden?"""

import cv2
import numpy as np

from digitkit.handwriting import sheet_layout as layout
from digitkit.preprocessing import crop, grain_floor, hysteresis, ink_strength, paper_brightness

SHARP = 5  # pixels for each millimetre of the straightened sheet
MARGIN = 8  # millimetres of paper around the frame that belong to it
AROUND = 5  # millimetres: how far a digit may reach beyond its box
SPECK = 1.2  # millimetres: what is smaller is a printed dot or dust
EDGE = 0.42  # of the strength of a digit's strokes: where the light of a stroke that is not quite sharp ends
GOOD_PART = 0.2  # of what lies in the box with most of it
PAPER_WINDOW = 0.09  # of the sheet's width, 18 millimetres: strokes are narrower, and few shadows are as narrow
FINGER = 7  # millimetres: what is wider than this, has sharp edges and is no paper covers what is below it
HIDDEN = 0.02  # of a box: if more of it is covered, nobody knows what is in it
LARGE = 0.8  # of the box: how wide and tall an X must be; no digit is as large in both directions
DIAGONAL = 0.1  # of its size: how far from its diagonals the strokes of an X may be


def pixels(box: tuple, further: float = 0.0) -> tuple[slice, slice]:
    """Where a box (x, y, width, height) is on the straightened sheet, and some millimetres `further` on all sides.

    >>> pixels((0, 0, 20, 18))
    (slice(40, 130, None), slice(40, 140, None))
    """
    x, y, width, height = box
    left, top, right, bottom = (
        round(SHARP * (MARGIN + side)) for side in (x - further, y - further, x + width + further, y + height + further)
    )
    return slice(top, bottom), slice(left, right)


def contents(straight: np.ndarray) -> list:
    """What is in each box, row by row: "empty", "crossed out", "hidden", or its ink, a mask (h, w) bool, and its place (x, y).

    A connected piece of ink belongs to the box in which most of it lies, so a digit may reach beyond its box. If another box
    holds a good part of it, two digits touch, and each box keeps its own. What a finger covers is hidden.

    straight: the straightened sheet, (h, w) uint8, with its margin.

    >>> contents(np.full((1355, 980), 255, np.uint8))[0]
    'empty'
    """
    strength = ink_strength(straight, paper_brightness(straight, PAPER_WINDOW))
    inside, place = _places(straight.shape)
    outside = len(layout.boxes())
    count, parts, stats, _ = cv2.connectedComponentsWithStats(_ink(strength, inside).astype(np.uint8), connectivity=8)
    longest = stats[:, 2:4].max(axis=1) / SHARP
    sizes = np.bincount((parts * (outside + 1) + place).ravel(), minlength=count * (outside + 1)).reshape(count, outside + 1)
    main = np.where(longest < SPECK, outside, sizes.argmax(axis=1))  # the box of each piece of ink
    main[0] = outside  # all that is no ink
    good = sizes > GOOD_PART * sizes.max(axis=1, keepdims=True)
    good[:, outside] = False
    shared = (good.sum(axis=1) > 1) & (main != outside)
    owner = np.where(shared[parts], np.where(good[parts, place], place, outside), main[parts])
    covered = _covered(straight)
    return [_content(owner, strength, covered, index, box) for index, box in enumerate(layout.boxes().values())]


def _content(owner, strength, covered, index, box):
    rows, columns = pixels(box, AROUND)
    ink, here = owner[rows, columns] == index, strength[rows, columns]
    if covered[pixels(box)].mean() > HIDDEN:
        return "hidden"
    if not ink.any():
        return "empty"
    if _is_crossed_out(ink):
        return "crossed out"
    return ink & (here > EDGE * np.percentile(here[ink], 90)), (columns.start, rows.start)


def _is_crossed_out(ink):
    """Whether a box is crossed out by a large X: it has ink all along both diagonals, from corner to corner."""
    ink = crop(ink)
    height, width = ink.shape
    if width < LARGE * SHARP * layout.BOX[0] or height < LARGE * SHARP * layout.BOX[1]:
        return False
    reach = round(DIAGONAL * max(ink.shape))
    wide = cv2.dilate(ink.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    along = np.linspace(0, 1, 60)
    rows, columns = np.rint(along * (height - 1)).astype(int), np.rint(along * (width - 1)).astype(int)
    return min(wide[rows, columns].mean(), wide[rows, columns[::-1]].mean()) > 0.85


def _ink(strength, inside):
    """True where there is ink: two thresholds (see `preprocessing.threshold`), the same for the whole sheet, by its darkest
    strokes within the boxes. So an empty box stays empty, however grainy the paper is."""
    floor = grain_floor(strength)
    standing_out = strength[inside & (strength > floor)]
    stroke = float(np.percentile(standing_out, 85)) if standing_out.size else 255.0
    return hysteresis(strength, stroke, floor)[0]


def _covered(straight):
    """True where a finger lies on the sheet, or what else is wide, has sharp edges and comes in from the side: (h, w) bool.

    A shadow's edges are soft, and ink does not come from beyond the paper.
    """
    small = cv2.resize(straight, None, fx=1 / SHARP, fy=1 / SHARP, interpolation=cv2.INTER_AREA)  # a pixel is a millimetre
    strength = ink_strength(small, paper_brightness(small))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (FINGER, FINGER))
    wide = cv2.morphologyEx((strength > 25).astype(np.uint8), cv2.MORPH_OPEN, disc)
    _, parts = cv2.connectedComponents(wide)
    from_the_side = set(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]).tolist()) - {0}
    covered, around = np.zeros(wide.shape, np.uint8), np.ones((5, 5), np.uint8)
    for number in from_the_side:
        part = (parts == number).astype(np.uint8)
        rim, beyond = part > cv2.erode(part, around), cv2.dilate(part, around) > part
        if beyond.any() and np.median(strength[beyond]) < 0.5 * np.median(strength[rim]):
            covered |= part
    return cv2.resize(covered, straight.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0


def _places(shape):
    """Where the boxes are: (inside, place), both (h, w). inside is True within them, away from their dotted edges; place is the
    number of the box, 80 outside all of them."""
    inside, place = np.zeros(shape, bool), np.full(shape, len(layout.boxes()))
    for index, box in enumerate(layout.boxes().values()):
        place[pixels(box)] = index
        inside[pixels(box, -1)] = True
    return inside, place
