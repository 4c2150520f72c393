"""A sheet on a desk is found, straightened and read; what is no sheet on a desk is left as it is."""

import cv2
import numpy as np
import pytest

from digitkit.data import load_mnist, sample_paths
from digitkit.preprocessing import find_sheet, open_in_colour, prepare, straighten
from digitkit.reading import read
from digitkit.simulate import Desk, one_digit, several_digits, sheet_on_a_desk, write_digits
from digitkit.widgets.panel import Panel
from digitkit.words import STEPS

DESKS = [Desk((92, 62, 40), "wood", 8), Desk((52, 74, 124), "cloth", 7), Desk((84, 90, 96), "stone", 12), Desk((34, 34, 38))]
CORNERS = np.array([[180, 90], [700, 140], [660, 520], [130, 470]], np.float32)


def laid(sheet, size=(800, 600), desk=70):
    """A flat sheet (h, w) laid on a plain desk, its corners at CORNERS. Returns (picture, matrix from sheet to picture)."""
    height, width = sheet.shape
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, CORNERS)
    picture = np.full(size[::-1], desk, np.uint8)
    outline = cv2.warpPerspective(np.ones_like(sheet), matrix, size)
    return np.where(outline > 0, cv2.warpPerspective(sheet, matrix, size), picture), matrix


def written(places):
    """A white sheet of 600×440 with the same 7 at each place (x, y, height)."""
    [image] = load_mnist().train.images[load_mnist().train.labels == 7][:1]
    return (235 * (1 - write_digits([image] * len(places), places, (600, 440)))).astype(np.uint8)


def test_the_corners_are_found_and_the_sheet_is_straightened():
    picture, _ = laid(written([(250, 120, 160)]))
    corners = find_sheet(open_in_colour(picture)[0])
    assert np.abs(corners - CORNERS).max() < 8
    sheet, matrix = straighten(picture, corners)
    assert sheet.shape == pytest.approx((370, 505), abs=15)
    assert np.percentile(sheet, 5) > 200  # nothing of the desk is left
    there = cv2.perspectiveTransform(np.array([[[0, 0], [sheet.shape[1], 0]]], np.float64), matrix)[0]
    assert np.abs(there - CORNERS[:2]).max() < 25


def test_boxes_lie_on_the_digits_of_the_upright_picture():
    picture, matrix = laid(written([(90, 60, 120), (380, 260, 120)]))
    found, steps, size = prepare(picture)
    assert (list(steps)[:2], size) == (["grey", "sheet"], (800, 600))
    for digit, (x, y) in zip(found, [(150, 120), (440, 320)], strict=True):
        [[middle]] = cv2.perspectiveTransform(np.array([[[x, y]]], np.float64), matrix)
        left, top, width, height = digit.box
        assert (left + width / 2, top + height / 2) == pytest.approx(tuple(middle), abs=25)
        assert 0.5 * 90 < height < 1.3 * 90


def test_a_sheet_that_is_too_far_away_is_said():
    sheet = cv2.resize(written([(280, 200, 28)]), (150, 110), interpolation=cv2.INTER_AREA)
    picture = np.full((600, 800), 70, np.uint8)
    picture[150:443, 200:600] = cv2.resize(sheet, (400, 293))
    reading = read(picture)
    assert reading.text == ""
    assert reading.reason == "no digit found; there is a sheet on a table: go closer with the camera"


def test_every_step_of_a_sheet_has_a_name_for_people():
    picture, _ = laid(written([(250, 120, 160)]))
    reading = read(picture)
    assert set(reading.steps) | set(reading.digits[0].steps) <= set(STEPS)
    panel = Panel()
    panel.show(picture, "sheet")
    assert "as if seen from straight above" in panel.strip.html


def test_the_step_can_be_left_out():
    picture, _ = laid(written([(250, 120, 160)]))
    assert read(picture).text == "7"
    assert "sheet" not in prepare(picture, without=["sheet"])[1]


def test_photos_of_sheets_on_desks_are_read():
    rng, digits, right = np.random.default_rng(4), load_mnist().train[-200:], 0
    for number in range(6):
        chosen = rng.integers(0, 200, 1 + number % 4)
        images = digits.images[chosen]
        ink = one_digit(images[0], rng) if len(images) == 1 else several_digits(images, rng)
        text = "".join(map(str, digits.labels[chosen]))
        right += read(sheet_on_a_desk(ink, DESKS[number % 4], rng, longest=900)).text == text
    assert right >= 5  # 0 without the step


def test_pictures_without_a_desk_keep_their_sheet():
    for path in sample_paths():
        if path.stem in {"desk_427", "class_sheet"}:
            continue
        assert find_sheet(open_in_colour(path)[0]) is None, path.name


@pytest.mark.parametrize("ground", [0, 255])
def test_a_thick_digit_is_no_sheet(ground):
    [zero] = load_mnist().train.images[load_mnist().train.labels == 0][:1]
    for image in (zero, np.pad(np.full((20, 9), 255, np.uint8), ((4, 4), (10, 9)))):
        picture = cv2.resize(image, (500, 500), interpolation=cv2.INTER_NEAREST)
        assert find_sheet(open_in_colour(picture if ground == 0 else 255 - picture)[0]) is None


def test_nothing_is_read_from_a_bare_sheet_and_a_picture_of_one_colour_is_no_sheet():
    picture, _ = laid(np.full((440, 600), 235, np.uint8))
    assert read(picture).reason == "no digit found"
    for shade in (0, 128, 255):
        assert find_sheet(np.full((300, 400, 3), shade, np.uint8)) is None
    assert find_sheet(np.zeros((8, 900, 3), np.uint8)) is None
