"""All steps in order: a picture -> candidates, pieces of ink that may each be one digit; joining two pieces, cutting one."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import combinations

import cv2
import numpy as np

from digitkit.errors import InputError
from digitkit.preprocessing.grey import to_grey
from digitkit.preprocessing.ink import enlarge, ink_strength, is_light_on_dark, paper_brightness, threshold
from digitkit.preprocessing.lines import remove_frames, remove_lines
from digitkit.preprocessing.mnist_form import mnist_steps, stroke_width
from digitkit.preprocessing.opening import open_in_colour
from digitkit.preprocessing.pieces import find_digits
from digitkit.preprocessing.sheet import find_sheet, straighten

MOST_CUTS = 12  # through one piece of ink, so that a page of texture does not take minutes
WIDEST_DIGIT = 1.4  # times as wide as the piece of ink that it was cut from is tall
SMALLEST_DIGIT = 6  # pixels of the original picture: anything smaller is a speck
SWITCHES = ("sheet", "polarity", "background", "lines", "stroke width", "aspect", "centre of mass")  # steps that can be left out


@dataclass(frozen=True)
class FoundDigit:
    """One digit found in a picture, made like MNIST.

    image: (28, 28) uint8. box: (x, y, width, height) in pixels of the upright picture. row: 0 for the topmost.
    steps: {name: array}, from its cut-out ink to 28×28. corner: (x, y) of that ink in the working picture.
    place: (3, 3) float, which takes a point (x, y, 1) of the working picture to the upright one: a scale or a perspective.
    """

    image: np.ndarray = field(repr=False)
    box: tuple
    row: int
    steps: dict = field(repr=False)
    corner: tuple = field(repr=False)
    place: np.ndarray = field(repr=False)


def make_digit(ink: np.ndarray, corner: tuple, row: int, place: np.ndarray, without: Collection[str] = ()) -> FoundDigit:
    """Make cut-out ink like MNIST. ink: (h, w) bool; the rest as in FoundDigit. Returns a FoundDigit.

    >>> make_digit(np.ones((40, 10), bool), (5, 5), 0, np.diag([2, 2, 1])).box
    (10, 10, 20, 80)
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    x, y = corner[0] + int(columns[0]), corner[1] + int(rows[0])
    steps = mnist_steps(ink, without)
    height, width = steps["crop"].shape
    corners = np.array([[[x, y], [x + width, y], [x + width, y + height], [x, y + height]]], np.float32)
    corners = cv2.perspectiveTransform(corners, place.astype(np.float64))[0]
    (left, top), (right, bottom) = np.rint(corners.min(axis=0)).astype(int), np.rint(corners.max(axis=0)).astype(int)
    box = (int(left), int(top), max(int(right - left), 1), max(int(bottom - top), 1))  # of a tiny picture, enlarged: rounded
    return FoundDigit(steps["28×28"], box, row, steps, (x, y), place)


def join(first: FoundDigit, second: FoundDigit) -> FoundDigit:
    """Join two pieces into one digit. Returns a FoundDigit.

    >>> bar = make_digit(np.ones((4, 20), bool), (0, 0), 0, np.eye(3))
    >>> join(bar, make_digit(np.ones((30, 5), bool), (0, 10), 0, np.eye(3))).box
    (0, 0, 20, 40)
    """
    left, top = min(first.corner[0], second.corner[0]), min(first.corner[1], second.corner[1])
    pieces = [(one.corner[0] - left, one.corner[1] - top, one.steps["crop"]) for one in (first, second)]
    ink = np.zeros((max(y + piece.shape[0] for _, y, piece in pieces), max(x + piece.shape[1] for x, _, piece in pieces)), bool)
    for x, y, piece in pieces:
        ink[y : y + piece.shape[0], x : x + piece.shape[1]] |= piece
    return make_digit(ink, (left, top), first.row, first.place)


def segments(found: FoundDigit) -> dict[tuple[int, int], FoundDigit]:
    """What lies between any two of the places where a piece of ink may be cut from top to bottom: candidates for digits.

    More places than digits: which of them are used is decided afterwards, by what the network thinks of the candidates
    (heuristic over-segmentation: LeCun and others, 1998, section VI). A place is good where there is little ink to cut through.

    Returns {(start, end): FoundDigit}, start and end counting the places from the left edge, 0, to the right edge. Each candidate
    is at least 28 % as tall as the whole, and no wider than one digit is.

    >>> bridged = np.ones((40, 60), bool); bridged[:18, 25:35] = bridged[22:, 25:35] = False
    >>> segments(make_digit(bridged, (0, 0), 0, np.eye(3)))[0, 1].box
    (0, 0, 25, 40)
    """
    ink = found.steps["crop"]
    height, width = ink.shape
    seams = [np.zeros(height, int), *_good_seams(ink), np.full(height, width)]
    columns = np.arange(width)
    between = {}
    for (start, left), (end, right) in combinations(enumerate(seams), 2):
        part = ink & (columns >= left[:, np.newaxis]) & (columns < right[:, np.newaxis])
        rows = np.flatnonzero(part.any(axis=1))
        if len(rows) and np.ptp(rows) > 0.28 * height and np.mean(right - left) < WIDEST_DIGIT * height:
            between[start, end] = make_digit(part, found.corner, found.row, found.place)
    return between


def _good_seams(ink):
    """The best ways from top to bottom through the ink, each through no more than a stroke, and none too near a better one."""
    height, width = ink.shape
    thickest, reach = 1.6 * stroke_width(ink), max(int(0.15 * height), 2)
    firsts = range(0, width - 2 * reach, max(reach // 2, 1))
    if not firsts:
        return []
    seams = []
    for first, way in zip(firsts, _ways(np.stack([ink[:, first : first + 2 * reach] for first in firsts])), strict=True):
        seam = first + way
        cut = int(ink[np.arange(height), seam].sum())
        if cut <= thickest:
            seams.append((cut, seam))
    apart = 0.06 * height
    best = []
    for _, seam in sorted(seams, key=lambda one: one[0]):
        if len(best) < MOST_CUTS and all(abs(np.mean(seam - other)) > apart for other in best):
            best.append(seam)
    return sorted(best, key=np.mean)


def _ways(parts):
    """The way down each part, at most one column aside from row to row, that cuts through the least ink.

    Found row by row: the cheapest way to a place is the cheapest of the three ways above it, and one step more (dynamic
    programming, as in Avidan and Shamir, "Seam carving for content-aware image resizing", 2007).
    parts: (n, h, w) bool. Returns (n, h) columns.
    """
    count, height, width = parts.shape
    cost = np.full((count, height, width + 2), np.float32(np.inf))  # beside each part is a wall
    cost[:, :, 1:-1] = parts
    aside = np.zeros((count, height, width), np.intp)
    for row in range(1, height):
        above = cost[:, row - 1]
        three = np.stack(
            [above[:, 1:-1], above[:, :-2] + np.float32(0.1), above[:, 2:] + np.float32(0.1)]
        )  # straight is shortest
        cost[:, row, 1:-1] += three.min(axis=0)
        aside[:, row] = np.array([0, -1, 1])[three.argmin(axis=0)]
    ways = np.empty((count, height), np.intp)
    ways[:, -1] = cost[:, -1, 1:-1].argmin(axis=1)
    for row in range(height - 1, 0, -1):
        ways[:, row - 1] = ways[:, row] + aside[np.arange(count), row, ways[:, row]]
    return ways


def prepare(picture: object, without: Collection[str] = ()) -> tuple[list[FoundDigit], dict, tuple[int, int]]:
    """Find the digits in a picture and make each one like MNIST, keeping every step.

    picture: what `open_in_colour` takes. without: names from SWITCHES of steps to leave out, to see what they are for.
    Returns (found, steps, size): found a list of FoundDigit in reading order, empty if there is no ink;
    steps {name: (h, w) array} for the whole picture; size = (width, height) of the upright picture.
    Raises PictureError as `open_in_colour` does, and InputError for an unknown name in `without`.

    >>> found, steps, size = prepare(np.pad(np.zeros((60, 8), np.uint8), 40, constant_values=255))
    >>> found[0].image.shape, list(steps)[0]
    ((28, 28), 'grey')
    """
    unknown = set(without) - set(SWITCHES)
    if unknown:
        raise InputError(f"Unknown step {', '.join(sorted(unknown))}: use {', '.join(SWITCHES)}.")
    colours, size = open_in_colour(picture)
    grey = to_grey(colours)
    steps = {"grey": grey}
    place = np.diag([size[0] / colours.shape[1], size[0] / colours.shape[1], 1.0])
    corners = None if "sheet" in without else find_sheet(colours)
    if corners is not None:
        colours, matrix = straighten(colours, corners)
        place = place @ matrix
        grey = to_grey(colours)
        steps["sheet"] = grey
    before, grey = grey.shape[1], enlarge(grey)
    place = place @ np.diag([before / grey.shape[1], before / grey.shape[1], 1.0])
    if "polarity" not in without and is_light_on_dark(grey):
        grey = 255 - grey
        steps["inverted"] = grey
    paper = np.full(grey.shape, np.float32(255)) if "background" in without else paper_brightness(grey)
    strength = ink_strength(grey, paper)
    steps |= {"paper": paper, "ink": strength}
    if "lines" not in without:
        strength = remove_lines(strength)
        steps["without lines"] = strength
    mask, _, _ = threshold(strength)
    if "lines" not in without:
        mask = remove_frames(mask)
    steps["threshold"] = mask
    found = [make_digit(ink, corner, row, place, without) for ink, corner, row in find_digits(mask)]
    return [digit for digit in found if max(digit.box[2:]) >= SMALLEST_DIGIT], steps, size
