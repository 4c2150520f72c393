"""MNIST digits distorted and rendered, so that a network and its reader meet more than tidy scans."""

import cv2
import numpy as np

from digitkit.glyphs import DIGITS, NO_DIGITS, blot, draw_glyph, scribble
from digitkit.preprocessing import crop, like_mnist


def distort(images, rng):
    """Redraw each digit as another hand might have written it: moved, turned, scaled, slanted, bent, thinner or thicker.

    images: (n, 28, 28) uint8, ink bright on black. rng: numpy.random.Generator. Returns the same shape and type.
    Affine and elastic distortions follow Simard, Steinkraus and Platt, "Best practices for convolutional neural
    networks applied to visual document analysis", 2003; stroke width is changed by grey dilation and erosion.

    >>> distort(np.zeros((2, 28, 28), np.uint8), np.random.default_rng(0)).shape
    (2, 28, 28)
    """
    return np.stack([_distort_one(image, rng) for image in images])


def _distort_one(image, rng):
    size = 28
    angle = np.deg2rad(rng.uniform(-10, 10))
    shear = rng.uniform(-0.18, 0.18)
    scale_x, scale_y = rng.uniform(0.9, 1.1) * np.array([rng.uniform(0.92, 1.08), 1.0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, shear], [0, 1]]) @ np.diag([1 / scale_x, 1 / scale_y])
    centre = (size - 1) / 2
    grid = np.stack(np.meshgrid(np.arange(size), np.arange(size)), axis=-1) - centre
    source = grid @ matrix.T + centre + rng.uniform(-1.5, 1.5, size=2)
    bends = cv2.resize(rng.normal(0, 0.56, size=(5, 5, 2)), (size, size), interpolation=cv2.INTER_CUBIC)
    source = (source + bends).astype(np.float32)
    image = cv2.remap(image, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderValue=0)
    return change_stroke_width(image, rng.uniform(-0.35, 0.5))


def change_stroke_width(image, amount):
    """Thicken (amount > 0) or thin (amount < 0) the strokes of a grey digit; at 1 or -1 by about two pixels.

    The image is blended with its grey dilation or erosion by a 3×3 cross.

    image: (h, w) uint8, ink bright. amount: -1 to 1. Returns (h, w) uint8.

    >>> int(change_stroke_width(np.eye(5, dtype=np.uint8) * 255, 1.0)[0, 1])
    255
    """
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    changed = cv2.dilate(image, cross) if amount > 0 else cv2.erode(image, cross)
    return cv2.addWeighted(changed, abs(amount), image, 1 - abs(amount), 0)


# ── Pictures: a digit as it would look on paper, in front of a camera ───────────────────────────────────────────────

SMALLEST_FRAME = 28  # pixels: a digit written smaller than MNIST stores it has lost its form, also for people


def write_digits(images, places, size):
    """Write digits on a sheet with a sharp pen.

    images: (n, 28, 28) uint8, ink bright. places: for each image (x, y, height): the top left corner and the height of
    its 28×28 frame on the sheet, in pixels. size: (width, height) of the sheet.
    Returns the ink (h, w) float32: 0 bare paper, 1 fully covered. Parts outside the sheet are cut off.

    >>> write_digits(np.zeros((1, 28, 28), np.uint8), [(5, 5, 56)], (100, 80)).shape
    (80, 100)
    """
    width, height = size
    ink = np.zeros((height, width), np.float32)
    for image, (x, y, side) in zip(images, places, strict=True):
        large = cv2.resize(image.astype(np.float32) / 255, (side, side), interpolation=cv2.INTER_CUBIC)
        pixel = side / 28
        large = cv2.GaussianBlur(large, (0, 0), 0.35 * pixel)
        sharp = np.clip((large - 0.42) * pixel / 0.9 + 0.5, 0, 1) if pixel > 1 else np.clip(large, 0, 1)
        left, top, right, bottom = max(x, 0), max(y, 0), min(x + side, width), min(y + side, height)
        if left < right and top < bottom:
            part = ink[top:bottom, left:right]
            np.maximum(part, sharp[top - y : bottom - y, left - x : right - x], out=part)
    return ink


def draw_rules(size, spacing, squares=False, thickness=2):
    """Printed lines on paper. size: (width, height). spacing: pixels between lines. Returns the ink (h, w) float32.

    >>> draw_rules((60, 60), spacing=20).max(axis=1).sum()
    np.float32(6.0)
    """
    ink = np.zeros(size[::-1], np.float32)
    for start in range(thickness):
        ink[spacing // 2 + start :: spacing] = 1
        if squares:
            ink[:, spacing // 2 + start :: spacing] = 1
    return ink


def photograph(
    ink, rng, pen=(40, 45, 70), paper=(236, 233, 226), rules=None, rule_colour=(150, 175, 205), light=0.3, shadow=0.0, blur=1.0
):
    """What a camera makes of ink on paper: grain, uneven light, perhaps a shadow, a soft lens, noise.

    ink: (h, w) float 0 to 1. rng: numpy.random.Generator. pen, paper, rule_colour: RGB 0 to 255. rules: ink of printed
    lines, (h, w). light: how much it falls off across the sheet (0 to 1: then the darkest corner gets a fifth of it).
    shadow: how dark a shadow covers a part of it (0 to 1). blur: pixels. Returns (h, w, 3) uint8.

    >>> photograph(np.zeros((40, 60)), np.random.default_rng(0)).shape
    (40, 60, 3)
    """
    height, width = ink.shape
    picture = np.ones((height, width, 3), np.float32) * np.array(paper, np.float32)
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
    """Brightness over the sheet: a slope, darker corners, and half a plane in shadow with a soft edge."""
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = rng.uniform(0, 2 * np.pi)
    slope = x * np.cos(angle) + y * np.sin(angle)
    brightness = 1 - falloff * (0.25 * (slope + 1.4) / 1.4 + 0.15 * (x**2 + y**2))
    edge = rng.uniform(0, 2 * np.pi)
    distance = x * np.cos(edge) + y * np.sin(edge) - rng.uniform(-0.3, 0.3)
    brightness *= 1 - shadow / (1 + np.exp(-40 * distance))
    return brightness.astype(np.float32)


def random_picture(ink_for, rng, smallest=40, largest=1000):
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
        paper, pen = (light, dark) if style == "drawing" else (dark, light)
        return np.rint(paper + ink * (float(pen) - float(paper))).astype(np.uint8)
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
    return cv2.imdecode(jpeg, cv2.IMREAD_COLOR)


def _frame(size, rng):
    """The edges of a printed box, at the border of the picture as when a form is cut up."""
    ink = np.zeros(size[::-1], np.float32)
    x, y = (int(side * rng.uniform(0.01, 0.06)) for side in size)
    cv2.rectangle(ink, (x, y), (size[0] - 1 - x, size[1] - 1 - y), 1.0, max(max(size) // 200, 1))
    return ink


def one_digit(image, rng):
    """Ink for `random_picture`: one digit somewhere on the sheet, small or large. image: (28, 28) uint8."""

    def ink_for(size):
        # MNIST leaves a margin of 4 of 28 pixels, so a frame a little larger than the sheet still keeps the digit on it.
        side = max(int(min(size) * rng.uniform(0.35, 1.1)), SMALLEST_FRAME)
        x, y = (int(rng.uniform(min(0, length - side), max(length - side, 0))) for length in size)
        return write_digits([image], [(x, y, side)], size)

    return ink_for


def several_digits(images, rng):
    """Ink for `random_picture`: a row, sometimes a column, of uneven size and spacing, sometimes near the edge.

    images: (n, 28, 28) uint8. The sheet should be at least 2 * n * SMALLEST_FRAME pixels on its longer side.
    """

    def ink_for(size):
        upright = rng.uniform() < 0.15 and len(images) <= 4
        length, across = (size[1], size[0]) if upright else size
        step = length / len(images)
        places, start = [], 0
        for _ in images:
            side = int(min(step * rng.uniform(0.95, 1.25), across))
            along, beside = int(start + (step - side) / 2 + step * rng.uniform(-0.05, 0.05)), (across - side) / 2
            place = (along, int(beside + side * rng.uniform(-0.3, 0.3)))
            places.append((*(place[::-1] if upright else place), side))
            start += step
        return write_digits(images, places, size)

    return ink_for


def no_digit(rng):
    """Ink for `random_picture`: a mark that is no digit (see `no_digit_mask`), now and then nothing at all."""

    def ink_for(size):
        ink = np.zeros(size[::-1], np.float32)
        if rng.uniform() < 0.2:
            return ink
        mask = no_digit_mask(rng).astype(np.float32)
        factor = rng.uniform(0.4, 0.9) * min(size[0] / mask.shape[1], size[1] / mask.shape[0])
        mask = cv2.resize(mask, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        x, y = (int(rng.integers(0, side - length + 1)) for side, length in zip(size, mask.shape[::-1], strict=True))
        ink[y : y + mask.shape[0], x : x + mask.shape[1]] = mask
        return ink

    return ink_for


# ── Training examples: digits and other marks as they come out of preprocessing ─────────────────────────────────────


def as_prepared(image, rng):
    """What preprocessing would make of this digit on paper: sharp pen, even stroke, small damage, box, centre of mass.

    image: (28, 28) uint8, ink bright. Returns (28, 28) uint8.

    >>> as_prepared(np.pad(np.full((20, 4), 255, np.uint8), ((4, 4), (12, 12))), np.random.default_rng(0)).shape
    (28, 28)
    """
    mask = write_digits([image], [(0, 0, 196)], (196, 196)) > rng.uniform(0.3, 0.7)
    if not mask.any():
        return image
    return like_mnist(_damage(mask, rng))


def _damage(mask, rng):
    """What goes wrong between paper and mask, now and then: rough edges, a gap, a rest of a printed line, a cut-off side."""
    damaged = mask.astype(np.uint8) * 255
    height, width = mask.shape
    if rng.uniform() < 0.25:
        grain = cv2.GaussianBlur(rng.normal(0, 1, mask.shape).astype(np.float32), (0, 0), 3)
        damaged = np.clip(cv2.GaussianBlur(damaged, (0, 0), 3) + 350 * grain, 0, 255).astype(np.uint8)
    if rng.uniform() < 0.15:
        start, end = rng.integers(0, width, (2, 2))
        cv2.line(damaged, start.tolist(), end.tolist(), 0, int(rng.integers(2, 7)))
    if rng.uniform() < 0.15:
        row, left, length = int(rng.integers(0, height)), int(rng.integers(0, width)), int(rng.integers(10, 90))
        ends = ((left, row), (left + length, row)) if rng.uniform() < 0.6 else ((row, left), (row, left + length))
        cv2.line(damaged, *ends, 255, int(rng.integers(1, 5)))
    if rng.uniform() < 0.08:
        rows = np.flatnonzero(mask.any(axis=1))
        cut = int(rng.uniform(0.02, 0.1) * len(rows))
        damaged[rows[-1] - cut :] = 0
    result = damaged > 127
    return result if result.sum() > 0.5 * mask.sum() else mask


def drawn_digits(count, rng):
    """Digits drawn by code in the forms that MNIST hardly knows. Returns (images (n, 28, 28) uint8, labels (n,) uint8).

    >>> drawn_digits(3, np.random.default_rng(0))[0].shape
    (3, 28, 28)
    """
    labels = rng.choice(10, count, p=np.array([2, 8, 2, 2, 3, 2, 2, 5, 2, 2]) / 30).astype(np.uint8)
    return np.stack([like_mnist(_damage(crop(draw_glyph(rng.choice(DIGITS[label]), rng)), rng)) for label in labels]), labels


def no_digits(count, rng, images):
    """Marks that are no digit, as they come out of preprocessing. Returns (count, 28, 28) uint8.

    Letters, symbols, several letters together, two digits in one frame, scribbles, blots; a few are mere noise or blank.
    images: (n, 28, 28) uint8, digits for the pairs.

    >>> no_digits(2, np.random.default_rng(0), np.full((1, 28, 28), 255, np.uint8)).shape
    (2, 28, 28)
    """
    return np.stack([_no_digit_image(rng, images) for _ in range(count)])


def _no_digit_image(rng, images):
    kind = rng.uniform()
    if kind < 0.02:
        return np.zeros((28, 28), np.uint8)
    if kind < 0.08:  # from a few grey specks to a picture full of them
        grey = rng.normal(rng.uniform(-80, 128), rng.uniform(30, 120), (28, 28))
        return np.clip(grey, 0, 255).astype(np.uint8)
    return like_mnist(no_digit_mask(rng, images))


def no_digit_mask(rng, images=None):
    """The ink (h, w) bool of one mark that is no digit: see `no_digits`. Without images there are no pairs of digits."""
    kind = rng.choice(["glyph", "word", "pair", "scribble", "blot"], p=[0.56, 0.1, 0.06, 0.14, 0.14])
    kind = "glyph" if kind == "pair" and images is None else kind
    if kind == "scribble":
        return scribble(rng)
    if kind == "blot":
        return blot(rng)
    if kind == "pair":
        first, second = images[rng.integers(len(images), size=2)]
        gap = int(rng.integers(100, 150))
        return write_digits([first, second], [(0, 0, 196), (gap, int(rng.integers(-20, 21)), 196)], (350, 196)) > 0.5
    glyphs = [
        draw_glyph(rng.choice(list(NO_DIGITS.values())), rng, 100) for _ in range(1 if kind == "glyph" else rng.integers(2, 6))
    ]
    rows = np.flatnonzero(np.any(glyphs, axis=(0, 2)))
    return np.hstack([glyph[rows[0] : rows[-1] + 1, glyph.any(axis=0)] for glyph in glyphs])
