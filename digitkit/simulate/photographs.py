"""Ink on a sheet -> a picture as a camera, a scanner or a screen would show it."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np


def draw_rules(size: tuple, spacing: int, squares: bool = False, thickness: int = 2) -> np.ndarray:
    """Printed lines on paper. size: (width, height). spacing: pixels between lines. Returns the ink (h, w) float32.

    >>> draw_rules((60, 60), spacing=20).max(axis=1).sum().item()
    6.0
    """
    ink = np.zeros(size[::-1], np.float32)
    for start in range(thickness):
        ink[spacing // 2 + start :: spacing] = 1
        if squares:
            ink[:, spacing // 2 + start :: spacing] = 1
    return ink


def photograph(
    ink: np.ndarray,
    rng: np.random.Generator,
    pen: Sequence | np.ndarray = (40, 45, 70),
    paper: Sequence | np.ndarray = (236, 233, 226),
    rules: np.ndarray | None = None,
    rule_colour: Sequence | np.ndarray = (150, 175, 205),
    light: float = 0.3,
    shadow: float = 0.0,
    blur: float = 1.0,
) -> np.ndarray:
    """Ink on paper as a camera shows it: grain, uneven light, perhaps a shadow, a soft lens, noise.

    ink: (h, w) float 0 to 1. rng: numpy.random.Generator. pen, paper, rule_colour: RGB 0 to 255. rules: ink of printed
    lines, (h, w). light: how much it falls off across the sheet (0 to 1; at 1 the darkest corner gets a fifth of it).
    shadow: how dark the shadow on a part of the sheet is (0 to 1). blur: pixels. Returns (h, w, 3) uint8.

    >>> photograph(np.zeros((40, 60)), np.random.default_rng(0)).shape
    (40, 60, 3)
    """
    height, width = ink.shape
    picture: np.ndarray = np.ones((height, width, 3), np.float32) * np.array(paper, np.float32)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.2)
    picture += 6 * grain[..., np.newaxis]
    if rules is not None:
        picture += 0.8 * rules[..., np.newaxis] * (np.array(rule_colour, np.float32) - picture)
    cover = np.clip(ink * (0.93 + 0.12 * cv2.GaussianBlur(grain, (0, 0), 3)), 0, 1)[..., np.newaxis]
    picture += cover * (np.array(pen, np.float32) - picture)
    picture *= _light(width, height, rng, light, shadow)[..., np.newaxis]
    picture = cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture
    picture += rng.normal(0, 2.0, picture.shape)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _light(width, height, rng, falloff, shadow):
    """Brightness over the sheet: a gradient, darker corners, and one side in a shadow with a soft edge."""
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = rng.uniform(0, 2 * np.pi)
    slope = x * np.cos(angle) + y * np.sin(angle)
    brightness = 1 - falloff * (0.25 * (slope + 1.4) / 1.4 + 0.15 * (x**2 + y**2))
    edge = rng.uniform(0, 2 * np.pi)
    distance = x * np.cos(edge) + y * np.sin(edge) - rng.uniform(-0.3, 0.3)
    brightness *= 1 - shadow / (1 + np.exp(-40 * distance))
    return brightness.astype(np.float32)


def random_picture(ink_for: Callable, rng: np.random.Generator, smallest: int = 40, largest: int = 1000) -> np.ndarray:
    """A picture as somebody might take or draw it: sheet, pen, light and camera chosen at random.

    ink_for: a function from the (width, height) of the sheet to its ink (h, w) float. rng: numpy.random.Generator.
    Returns (h, w) or (h, w, 3) uint8, `smallest` to `largest` pixels on the longer side.

    >>> random_picture(lambda size: np.zeros(size[::-1], np.float32), np.random.default_rng(0)).dtype
    dtype('uint8')
    """
    longest = int(np.exp(rng.uniform(np.log(smallest), np.log(largest))))
    shape = rng.uniform(0.65, 1)
    size = (longest, int(longest * shape)) if rng.uniform() < 0.6 else (int(longest * shape), longest)
    ink = ink_for(size)
    style = rng.choice(
        ["pen", "pencil", "ruled", "squared", "boxed", "board", "drawing", "screen"],
        p=[0.3, 0.12, 0.12, 0.1, 0.08, 0.08, 0.1, 0.1],
    )
    if style in {"drawing", "screen"}:
        dark, light = rng.integers(0, 40), rng.integers(215, 256)
        ground, line = (light, dark) if style == "drawing" else (dark, light)
        return np.rint(ground + ink * (float(line) - float(ground))).astype(np.uint8)
    grey = rng.uniform(90, 160) if style == "pencil" else rng.uniform(15, 90)
    pen = np.clip(grey + rng.uniform(-1, 1, 3) * [25, 20, 60], 0, 255)
    paper = rng.uniform(185, 250) + rng.uniform(-1, 1, 3) * [4, 4, 12]
    if style == "board":
        pen, paper = rng.uniform(190, 245) + np.zeros(3), rng.uniform(20, 75) + rng.uniform(-1, 1, 3) * 8
    rules = None
    if style in {"ruled", "squared"}:
        spacing = max(int(min(size) * rng.uniform(0.08, 0.3)), 8)
        rules = draw_rules(size, spacing, squares=style == "squared", thickness=max(longest // 400, 1))
    elif style == "boxed":
        rules = _frame(size, rng)
    picture = photograph(
        ink,
        rng,
        pen=pen,
        paper=paper,
        rules=rules,
        rule_colour=rng.uniform(90, 190) + rng.uniform(-1, 1, 3) * [40, 20, 40],
        light=rng.uniform(0, 0.8),
        shadow=rng.choice([0.0, rng.uniform(0.2, 0.6)]),
        blur=rng.uniform(0.3, 0.5 + longest / 400),
    )
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(75, 96))])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR))


def _frame(size, rng):
    """The edges of a printed box, at the border of the picture, as when a form is cut into its boxes."""
    ink = np.zeros(size[::-1], np.float32)
    x, y = (int(side * rng.uniform(0.01, 0.06)) for side in size)
    cv2.rectangle(ink, (x, y), (size[0] - 1 - x, size[1] - 1 - y), 1.0, max(max(size) // 200, 1))
    return ink
