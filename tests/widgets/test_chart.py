import re

import numpy as np

from digitkit.widgets.views.chart import chart


def lines_of(html):
    """The points of each line of a chart, and the names in the order in which they stand, from above."""
    points = [[tuple(map(float, pair.split(","))) for pair in line.split()] for line in re.findall(r'points="([^"]*)"', html)]
    return points, re.findall(r'digitkit-name"[^>]*>([^<]*)<', html)


def test_a_line_rises_where_its_numbers_rise():
    html = chart("t", {"one": ([0, 1, 2], [0, 50, 100])}, "epochs", 2, (0, 100), "alt")
    [[(left, bottom), middle, (right, top)]], _ = lines_of(html)
    assert middle == ((left + right) / 2, (top + bottom) / 2)
    assert left < right
    assert top < bottom


def test_what_is_no_number_is_left_out_and_what_is_too_large_stays_on_the_edge():
    html = chart("t", {"one": ([0, 1, 2], [1, np.nan, 1e9])}, "epochs", 2, (0, 2), "alt")
    [[start, end]], _ = lines_of(html)
    assert start[1] > end[1] >= 8
    assert "nan" not in html
    nothing = chart("t", {"one": ([0], [np.inf])}, "epochs", 2, (0, 2), "alt")
    assert lines_of(nothing) == ([], [])


def test_names_stand_in_the_order_of_the_ends_and_never_on_each_other():
    lines = {name: ([0, 1], [0, height]) for name, height in [("low", 10), ("high", 90), ("also high", 89.9)]}
    html = chart("t", lines, "epochs", 1, (0, 100), "alt")
    assert lines_of(html)[1] == ["high", "also high", "low"]
    heights = [float(y) for y in re.findall(r'digitkit-name" x="\d+" y="([\d.]+)"', html)]
    assert min(np.diff(heights)) >= 13
