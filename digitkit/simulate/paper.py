"""Pictures with and without a desk, and where the paper is in them: what the network that finds the sheet learns from."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import cv2
import numpy as np

from digitkit.data import Digits, hold_out, load_mnist
from digitkit.preprocessing.sheet import SEEN
from digitkit.simulate.desks import Desk, desk_top, lay, photo_of, place_corners, reach_over, written_sheet
from digitkit.simulate.photographs import random_picture
from digitkit.simulate.writing import SMALLEST_FRAME, no_digit, one_digit, several_digits, write_digits

LONGEST = 400  # pixels of the pictures before they are shrunk


def paper_examples(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Many examples, each with its own random numbers, made by all cores of the machine, of MNIST training digits.

    Returns (pictures (count, 128, 128, 3) uint8, paper (count, 128, 128) uint8), as `paper_example` makes them.
    """
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as workers:
        made = list(workers.map(partial(_numbered_example, seed), range(count), chunksize=100))
    pictures, papers = zip(*made, strict=True)
    return np.stack(pictures), np.stack(papers)


def _numbered_example(seed, number):
    return paper_example(hold_out(load_mnist().train)[0], np.random.default_rng([seed, number]))


def paper_example(digits: Digits, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One example: two thirds of them a sheet on a desk, the others nothing but paper, a board, a screen, or a bare desk.

    digits: what is written on it. The whole picture is squeezed into a square, as the network sees it.
    Returns (picture (128, 128, 3) uint8, paper (128, 128) uint8: 255 where there is paper or board, 0 on the desk).

    >>> digits = Digits(np.zeros((9, 28, 28), np.uint8), np.zeros(9, np.uint8))
    >>> [part.shape for part in paper_example(digits, np.random.default_rng(0))]
    [(128, 128, 3), (128, 128)]
    """
    picture, paper = _sheet_on_any_desk(digits, rng) if rng.uniform() < 0.66 else _without_a_desk(digits, rng)
    if rng.uniform() < 0.1:
        picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., np.newaxis], 3, axis=2)
    small, map_ = (cv2.resize(part, (SEEN, SEEN), interpolation=cv2.INTER_AREA) for part in (picture, paper))
    return small, np.rint(255 * map_).astype(np.uint8)


def _sheet_on_any_desk(digits, rng):
    size = _size(rng)
    picture = _any_desk(size, rng)
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):  # books, rulers, pencil cases
        middle, sides, turn = rng.uniform(-0.1, 1.2, 2) * size, rng.uniform(0.05, 0.5, 2) * size, rng.uniform(0, 90)
        box = cv2.boxPoints((middle.tolist(), sides.tolist(), float(turn)))
        cv2.fillConvexPoly(picture, np.rint(box).astype(int), _colour(rng, 15, 230).tolist(), cv2.LINE_AA)
    sheet = written_sheet(_writing(digits, rng), rng, LONGEST)
    if rng.uniform() < 0.15:  # coloured or grey paper
        sheet = np.clip(sheet * (_colour(rng, 190, 255) / 240), 0, 255).astype(np.uint8)
    corners = place_corners(sheet.shape, size, rng, 30)
    middle = corners.mean(axis=0)
    if rng.uniform() < 0.35:  # further away
        factor = rng.uniform(0.45, 1)
        corners = (corners - middle) * factor + middle + rng.uniform(-0.3, 0.3, 2) * (1 - factor) * np.array(size)
    elif rng.uniform() < 0.4:  # cut off by the picture's border
        corners = (corners - middle) * rng.uniform(1, 1.6) + middle + rng.uniform(-0.25, 0.25, 2) * size
    shadow = (tuple(rng.integers(-4, 5, 2).tolist()), rng.uniform(1, 6), rng.uniform(0, 0.5))
    if rng.uniform() < 0.1:  # another sheet below it, a stack
        aside = rng.uniform(-0.06, 0.06, (4, 2)) * LONGEST + rng.uniform(-0.1, 0.1, 2) * LONGEST
        lay((sheet * rng.uniform(0.7, 1)).astype(np.uint8)[:9, :9], corners + aside, picture, *shadow)
    paper = lay(sheet, corners, picture, *shadow)
    if rng.uniform() < 0.35:
        reach_over(picture, corners, rng)
    if rng.uniform() < 0.15:
        picture *= 1 + 0.15 * rng.uniform(-1, 1, 3)  # lamps colour everything
    return photo_of(picture, rng), paper


def _without_a_desk(digits, rng):
    kind = rng.uniform()
    if kind < 0.05:
        picture = photo_of(_any_desk(_size(rng), rng), rng)
        return picture, np.zeros(picture.shape[:2], np.float32)
    if kind < 0.4:  # a page that fills the picture
        sheet = written_sheet(_writing(digits, rng), rng, LONGEST).astype(np.float32)
        picture = photo_of(sheet * (_folds(sheet.shape[:2], rng) if rng.uniform() < 0.4 else 1), rng)
    else:
        one = kind < 0.75
        some = digits.images[rng.integers(0, len(digits), 1 if one else int(rng.integers(2, 8)))]
        ink = no_digit(rng) if rng.uniform() < 0.2 else one_digit(some[0], rng) if one else several_digits(some, rng)
        picture = random_picture(ink, rng, smallest=60 if one else 2 * SMALLEST_FRAME * len(some), largest=600)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., np.newaxis], 3, axis=2)
    picture = np.ascontiguousarray(picture)
    height, width = picture.shape[:2]
    if rng.uniform() < 0.15:  # printed boxes
        start, end = rng.uniform(0, 0.35, 2) * (width, height), rng.uniform(0.65, 1, 2) * (width, height)
        thickness = int(max(1, rng.uniform(0.002, 0.02) * max(height, width)))
        cv2.rectangle(picture, start.astype(int).tolist(), end.astype(int).tolist(), _colour(rng, 0, 200).tolist(), thickness)
    return picture, np.ones((height, width), np.float32)


def _size(rng):
    return (LONGEST, LONGEST * 3 // 4) if rng.uniform() < 0.6 else (LONGEST * 3 // 4, LONGEST)


def _colour(rng, darkest, brightest):
    """Any colour, greyish or strong: RGB from 0 to 255, float."""
    strong = rng.choice([rng.uniform(0, 0.1), rng.uniform(0, 0.8)])
    hsv = np.array([[[rng.uniform(0, 360), strong, rng.uniform(darkest, brightest) / 255]]], np.float32)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] * 255


def _any_desk(size, rng):
    kind = str(rng.choice(["plain", "wood", "stone", "cloth"]))
    pattern = str(rng.choice(["", "checks", "stripes", "dots"], p=[0.6, 0.15, 0.13, 0.12]))
    colour = _colour(rng, 20, 235)
    if kind == "wood":
        hsv = np.array([[[rng.uniform(10, 45), rng.uniform(0.1, 0.7), rng.uniform(0.2, 0.9)]]], np.float32)
        colour = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] * 255
    contrast = float(rng.uniform(1, 25))
    if rng.uniform() < 0.3:  # hardly darker than paper, hardly a grain: the hardest
        kind, pattern, contrast = "plain", "", float(rng.uniform(0.5, 6))
        colour = rng.uniform(130, 215) + rng.uniform(-1, 1, 3) * rng.choice([3, 15])
    desk = Desk(tuple(colour), kind, contrast, pattern, tuple(_colour(rng, 20, 250)))
    top = desk_top(desk, size, rng)
    if rng.uniform() < 0.3:  # the grain and the pattern run in any direction
        turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), rng.uniform(-60, 60), 1.8)
        top = cv2.warpAffine(top, turn, size, borderMode=cv2.BORDER_REFLECT)
    if rng.uniform() < 0.2:  # stains and reflections
        for coarse in (30, 8, 3):
            noise = cv2.GaussianBlur(rng.normal(0, 1, size[::-1]).astype(np.float32), (0, 0), coarse)
            top += (rng.uniform(0, 25) * noise / noise.std())[..., np.newaxis] * (1 + 0.3 * rng.normal(0, 1, 3)).astype(
                np.float32
            )
    return top


def _writing(digits, rng):
    """Ink for a sheet: one digit, a row, several rows up to its edges, a mark that is no digit, or nothing."""
    kind = rng.uniform()
    if kind < 0.1:
        return (lambda size: np.zeros(size[::-1], np.float32)) if rng.uniform() < 0.3 else no_digit(rng)
    some = digits.images[rng.integers(0, len(digits), 60)]
    if kind < 0.3:
        return one_digit(some[0], rng)
    if kind < 0.7:
        return several_digits(some[: rng.integers(2, 11)], rng)
    columns, rows = int(rng.integers(2, 11)), int(rng.integers(2, 7))

    def ink_for(size):
        side = int(min(size[0] / columns, size[1] / rows))
        places = [
            (int((column + 0.5) * size[0] / columns - side / 2), int((row + 0.5) * size[1] / rows - side / 2), side)
            for row in range(rows)
            for column in range(columns)
        ]
        return write_digits(some[: len(places)], places, size)

    return ink_for


def _folds(shape, rng):
    """The shading of crumpled paper (h, w, 1) float32, around 1: flat pieces, each turned a little towards or from the light."""
    y, x = np.indices(shape, np.float32) / max(shape)
    shading = np.ones(shape, np.float32)
    for _ in range(rng.integers(2, 8)):
        turn = rng.uniform(0, 2 * np.pi)
        far = (x - rng.uniform(0, 1)) * np.cos(turn) + (y - rng.uniform(0, 1)) * np.sin(turn)
        shading *= 1 + rng.uniform(-0.12, 0.12) * (far > 0) * np.exp(-np.abs(far) / rng.uniform(0.05, 0.5))
    return shading[..., np.newaxis].astype(np.float32)
