import base64
import io
import re

import numpy as np
from PIL import Image

from digitkit import charts


def lines_of(html):
    """The points of each line of a chart, and the names in the order in which they stand, from above."""
    points = [[tuple(map(float, pair.split(","))) for pair in line.split()] for line in re.findall(r'points="([^"]*)"', html)]
    return points, re.findall(r'digitkit-name"[^>]*>([^<]*)<', html)


def test_a_line_rises_where_its_numbers_rise():
    html = charts.chart_html("t", {"one": ([0, 1, 2], [0, 50, 100])}, "epochs", 2, (0, 100), "alt")
    [[(left, bottom), middle, (right, top)]], _ = lines_of(html)
    assert middle == ((left + right) / 2, (top + bottom) / 2)
    assert left < right
    assert top < bottom


def test_what_is_no_number_is_left_out_and_what_is_too_large_stays_on_the_edge():
    html = charts.chart_html("t", {"one": ([0, 1, 2], [1, np.nan, 1e9])}, "epochs", 2, (0, 2), "alt")
    [[start, end]], _ = lines_of(html)
    assert start[1] > end[1] >= 8
    assert "nan" not in html
    nothing = charts.chart_html("t", {"one": ([0], [np.inf])}, "epochs", 2, (0, 2), "alt")
    assert lines_of(nothing) == ([], [])


def test_names_stand_in_the_order_of_the_ends_and_never_on_each_other():
    lines = {name: ([0, 1], [0, height]) for name, height in [("low", 10), ("high", 90), ("also high", 89.9)]}
    html = charts.chart_html("t", lines, "epochs", 1, (0, 100), "alt")
    assert lines_of(html)[1] == ["high", "also high", "low"]
    heights = [float(y) for y in re.findall(r'digitkit-name" x="\d+" y="([\d.]+)"', html)]
    assert min(np.diff(heights)) >= 13


def test_kernels_lie_side_by_side_in_rows_with_gaps_that_are_clear():
    kernels = np.arange(10.0)[:, np.newaxis, np.newaxis] * np.ones((10, 3, 3))
    html = charts.kernels_html(kernels, 9.0, "Kernels")
    picture = Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]*)", html)[1])))
    pixels = np.asarray(picture)
    assert pixels.shape == (7, 31, 4)
    assert pixels[0, 0].tolist() == [247, 247, 247, 255]  # kernel 0 is zero
    assert pixels[6, 6].tolist() == [178, 24, 43, 255]  # kernel 9, in the second row, is the reddest
    assert pixels[3, 0, 3] == pixels[0, 3, 3] == pixels[6, 20, 3] == 0


def test_texts_of_pictures_cannot_smuggle_in_code():
    html = charts.pictures_html(np.zeros((1, 28, 28), np.uint8), [['"><script>', "<b>"]])
    assert "<script>" not in html
    assert html.count('alt="') == 1


def test_changes_are_said_in_the_singular_too():
    assert charts.changes_in_words() == "unchanged"
    assert charts.changes_in_words(right=1, down=-2) == "moved 1 pixel to the right, moved 2 pixels up"
    assert charts.changes_in_words(size=1.5, thickness=0.4) == "150 % of its size, strokes 0.4 thicker"
