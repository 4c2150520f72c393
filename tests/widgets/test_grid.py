import re

import numpy as np
from looked_at import frames, pixels

from digitkit.colours import greys
from digitkit.widgets.views.grid import grid


def test_a_grid_writes_each_number_in_its_cell_in_a_colour_that_can_be_read():
    values = np.array([[0, 1.0], [np.nan, 0.25]])
    svg = grid(greys(values), "four", 20, values, frame=(1, 1, 1, 1))
    assert re.findall(r'<text x="(\d+)" y="(\d+)" fill="(#\w+)".*?>(.*?)</text>', svg) == [
        ("10", "10", "#fff", "0"),
        ("30", "10", "#000", "1"),
        ("10", "30", "#fff", ""),
        ("30", "30", "#fff", "0.25"),
    ]
    assert np.array_equal(pixels(svg)[0, 1], [255, 255, 255, 255])
    assert frames(svg)[-1] == (18.5, 18.5, 23, 23)
    assert 'aria-label="four"' in svg


def test_a_long_number_is_written_smaller_and_does_not_touch_its_neighbour():
    values = np.array([[-0.4, -0.063, 1.0]])
    svg = grid(greys(values, 1), "three", 30, values)
    short, long, digit = (float(size) for size in re.findall(r'font-size="(.*?)"', svg))
    assert long < short < digit < 15
    assert long * len("−0.063") * 0.6 < 30
