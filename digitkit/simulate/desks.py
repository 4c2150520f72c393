"""A sheet of paper on a desk, photographed from above: what a class hands in."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from digitkit.simulate.photographs import draw_rules, photograph


@dataclass(frozen=True)
class Desk:
    """What lies under the sheet. colour: RGB, 0 to 255. kind: "plain", "wood", "stone" or "cloth". contrast: of its grain,
    veins or threads, in grey levels. pattern: on a cloth, "", "checks", "stripes" or "dots". second: RGB of the pattern."""

    colour: tuple
    kind: str = "plain"
    contrast: float = 6.0
    pattern: str = ""
    second: tuple = (120, 120, 120)


def desk_top(desk: Desk, size: tuple, rng: np.random.Generator) -> np.ndarray:
    """A desk without anything on it. size: (width, height). Returns (h, w, 3) float32, 0 to 255.

    >>> desk_top(Desk((90, 60, 40), "wood"), (60, 40), np.random.default_rng(0)).shape
    (40, 60, 3)
    """
    width, height = size
    top = np.ones((height, width, 3), np.float32) * np.array(desk.colour, np.float32)
    if desk.pattern:
        cell = max(int(min(size) * rng.uniform(0.03, 0.12)), 4)
        y, x = np.indices((height, width)) // cell
        if desk.pattern == "dots":
            far = np.hypot(*(np.indices((height, width)) % cell - cell / 2))
            marked = far < 0.3 * cell
        else:
            marked = (x + y) % 2 == 0 if desk.pattern == "checks" else x % 2 == 0
        top[marked] = desk.second
    noise = rng.normal(0, 1, (height, width)).astype(np.float32)
    if desk.kind == "wood":  # grain runs along the boards, which differ a little
        grain = cv2.GaussianBlur(noise, (0, 0), sigmaX=max(width / 20, 1), sigmaY=1.2)
        boards = rng.normal(0, 0.6, 6)[(np.arange(height) * 6 // height)][:, np.newaxis]
        structure = grain / grain.std() + boards
    elif desk.kind == "stone":
        cloud = cv2.GaussianBlur(noise, (0, 0), max(min(size) / 15, 1))
        structure = np.clip(2 - 12 * np.abs(cloud / cloud.std()), -0.5, 2)  # veins run where the cloud changes its sign
    else:
        structure = cv2.GaussianBlur(noise, (0, 0), 1.0) * 2.5
        if desk.kind == "cloth":
            structure = structure + np.sin(np.arange(width) * 2.1) + np.sin(np.arange(height) * 2.1)[:, np.newaxis]
    return top + desk.contrast * structure.astype(np.float32)[..., np.newaxis]


def sheet_on_a_desk(
    ink_for: Callable, desk: Desk, rng: np.random.Generator, longest: int = 1200, largest_turn: float = 25.0
) -> np.ndarray:
    """A photo of a sheet that lies on a desk, the desk visible all round: turned, tilted, in uneven light.

    ink_for: a function from the (width, height) of the sheet's middle to its ink there, (h, w) float; nothing is written in
    the margin. longest: pixels of the longer side. largest_turn: degrees. The sheet is plain, ruled or squared, covers a
    third to nearly all of the picture, and sometimes a hand or a pen reaches over its margin. Returns (h, w, 3) uint8.

    >>> blank = lambda size: np.zeros(size[::-1], np.float32)
    >>> sheet_on_a_desk(blank, Desk((80, 60, 50)), np.random.default_rng(0), longest=200).shape[2]
    3
    """
    size = (longest, int(0.75 * longest)) if rng.uniform() < 0.6 else (int(0.75 * longest), longest)
    return on_a_desk(written_sheet(ink_for, rng, longest), desk, rng, size, largest_turn)


def on_a_desk(
    sheet: np.ndarray, desk: Desk, rng: np.random.Generator, size: tuple, largest_turn: float = 25.0, quality: int = 88
) -> np.ndarray:
    """A photo of a given sheet, as `sheet_on_a_desk` takes it. sheet: (h, w, 3) uint8. size: (width, height) in pixels.
    quality: of its JPEG, 0 to 100. Returns (h, w, 3) uint8.

    >>> on_a_desk(np.full((70, 50, 3), 240, np.uint8), Desk((80, 60, 50)), np.random.default_rng(0), (160, 120)).shape
    (120, 160, 3)
    """
    longest, picture = max(size), desk_top(desk, size, rng)
    if rng.uniform() < 0.2:  # something else lies there as well: a book, a ruler, a phone
        start = rng.uniform(-0.1, 0.9, 2) * size
        end = start + rng.uniform(0.1, 0.4, 2) * size
        cv2.rectangle(picture, start.astype(int).tolist(), end.astype(int).tolist(), rng.uniform(20, 160, 3).tolist(), -1)
    corners = place_corners(sheet.shape, size, rng, largest_turn)
    lay(sheet, corners, picture, (longest // 250, longest // 200), longest / 200)
    if rng.uniform() < 0.3:
        reach_over(picture, corners, rng)
    return photo_of(picture, rng, quality)


def lay(sheet: np.ndarray, corners: np.ndarray, picture: np.ndarray, shift: tuple, soft: float, dark: float = 0.35) -> np.ndarray:
    """Lay a flat sheet (h, w, 3) into a picture (h, w, 3) of floats, in place, its corners where `corners` (4, 2) says.

    It casts a shadow on the desk: shift (x, y) pixels aside, blurred by `soft` pixels, `dark` from 0 to 1.
    Returns which part of the picture it covers: (h, w) float32, 0 to 1.
    """
    size = picture.shape[1::-1]
    outline = np.zeros(picture.shape[:2], np.float32)
    cv2.fillConvexPoly(outline, np.rint(corners).astype(int), 1.0, cv2.LINE_AA)
    cast = cv2.GaussianBlur(np.roll(outline, shift[::-1], (0, 1)), (0, 0), soft)
    picture *= 1 - dark * (cast * (1 - outline))[..., np.newaxis]
    height, width = sheet.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    laid = cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    picture += outline[..., np.newaxis] * (laid.astype(np.float32) - picture)
    return outline


def written_sheet(ink_for, rng, longest):
    """The sheet itself, flat: (h, w, 3) uint8. Its outer eighth is margin."""
    ratio = rng.choice([0.707, 0.75, 0.6, 1.0])
    width, height = (longest, int(ratio * longest)) if rng.uniform() < 0.6 else (int(ratio * longest), longest)
    left, top = width // 8, height // 8
    ink = np.zeros((height, width), np.float32)
    ink[top : height - top, left : width - left] = ink_for((width - 2 * left, height - 2 * top))
    kind = rng.choice(["plain", "ruled", "squared"], p=[0.5, 0.25, 0.25])
    rules = None
    if kind != "plain":
        spacing = int(longest * rng.uniform(0.03, 0.07))
        rules = draw_rules((width, height), spacing, squares=kind == "squared", thickness=max(longest // 500, 1))
    pen = np.clip(rng.uniform(15, 110) + rng.uniform(-1, 1, 3) * [25, 20, 60], 0, 255)
    paper = rng.uniform(215, 250) + rng.uniform(-1, 1, 3) * [4, 4, 10]
    rule_colour = rng.uniform(130, 200) + rng.uniform(-1, 1, 3) * [40, 20, 40]
    shadow = rng.choice([0.0, rng.uniform(0.15, 0.45)])
    return photograph(ink, rng, pen, paper, rules, rule_colour, light=rng.uniform(0, 0.4), shadow=shadow, blur=0)


def place_corners(shape, size, rng, largest_turn):
    """Where the four corners of the sheet lie in the picture: (4, 2) float, clockwise from its top left."""
    half = np.array([shape[1], shape[0]]) / max(shape[:2])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    angle = np.deg2rad(rng.uniform(-largest_turn, largest_turn))
    corners = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = corners / (1 + corners @ rng.uniform(-0.16, 0.16, 2))[:, np.newaxis]  # seen at an angle
    low, high = corners.min(axis=0), corners.max(axis=0)
    fits = (0.98 * np.array(size) / (high - low)).min()
    share = np.abs(cv2.contourArea(corners.astype(np.float32))) * fits**2 / (size[0] * size[1])
    scale = fits * min(np.sqrt(rng.uniform(0.4, 0.95) / share), 1)
    room = np.array(size) - scale * (high - low)
    return scale * (corners - low) + room * rng.uniform(0.15, 0.85, 2)


def reach_over(picture, corners, rng):
    """A hand or a pen over the margin of the sheet, from outside the picture."""
    side = rng.integers(4)
    edge = corners[side] + rng.uniform(0.25, 0.75) * (corners[(side + 1) % 4] - corners[side])
    middle = corners.mean(axis=0)
    tip = edge + 0.06 * (middle - edge)
    start = edge + 3 * (edge - middle)
    longest = max(picture.shape)
    if rng.uniform() < 0.5:
        cv2.line(
            picture,
            np.rint(start).astype(int).tolist(),
            np.rint(tip).astype(int).tolist(),
            rng.uniform(10, 200, 3).tolist(),
            longest // 60,
            cv2.LINE_AA,
        )
        return
    skin = rng.choice([[226, 180, 150], [190, 140, 110], [120, 80, 60], [70, 48, 38]])
    aside = np.array([-(start - tip)[1], (start - tip)[0]]) / np.linalg.norm(start - tip)
    for finger in range(-1, 2):
        shift = finger * aside * longest / 26
        back = abs(finger) * 0.02 * (edge - middle)
        cv2.line(
            picture,
            np.rint(start + shift).astype(int).tolist(),
            np.rint(tip + shift + back).astype(int).tolist(),
            (skin * rng.uniform(0.9, 1.05)).tolist(),
            longest // 30,
            cv2.LINE_AA,
        )


def photo_of(picture, rng, quality=88):
    """What the camera makes of it: light that falls off, a soft shadow, blur, noise, JPEG."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = rng.uniform(0, 2 * np.pi)
    slope = x * np.cos(angle) + y * np.sin(angle)
    light = 1 - rng.uniform(0, 0.3) * (slope + 1.4) / 2.8
    if rng.uniform() < 0.4:
        light *= 1 - rng.uniform(0.1, 0.4) / (1 + np.exp(-rng.uniform(5, 25) * (slope - rng.uniform(-0.6, 0.6))))
    picture = picture * light[..., np.newaxis].astype(np.float32) * rng.uniform(0.75, 1.05)
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.4) * max(picture.shape) / 1200)
    picture += rng.normal(0, 2.5, picture.shape)
    seen = np.clip(np.rint(picture), 0, 255).astype(np.uint8)[..., ::-1]
    _, jpeg = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR))[..., ::-1]
