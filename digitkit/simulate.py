"""MNIST digits distorted and rendered, so that a network and its reader meet more than tidy scans."""

import cv2
import numpy as np


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
    angle = np.deg2rad(rng.uniform(-14, 14))
    shear = rng.uniform(-0.25, 0.25)
    scale_x, scale_y = rng.uniform(0.85, 1.15) * np.array([rng.uniform(0.88, 1.12), 1.0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, shear], [0, 1]]) @ np.diag([1 / scale_x, 1 / scale_y])
    centre = (size - 1) / 2
    grid = np.stack(np.meshgrid(np.arange(size), np.arange(size)), axis=-1) - centre
    source = grid @ matrix.T + centre + rng.uniform(-2, 2, size=2)
    bends = cv2.resize(rng.normal(0, 0.8, size=(5, 5, 2)), (size, size), interpolation=cv2.INTER_CUBIC)
    source = (source + bends).astype(np.float32)
    image = cv2.remap(image, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderValue=0)
    return change_stroke_width(image, rng.uniform(-0.5, 0.7))


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
