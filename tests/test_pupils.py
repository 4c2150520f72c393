"""Pupils run cells out of order, twice, half-way, after a restart, and answer anything: the kit says what is wrong in words."""

import itertools
import sys

import pytest
from pupils import LESSONS, WAYS, Room, Sitting, sitting

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="each sitting is a copy of a process that has loaded TensorFlow"),
]


@pytest.fixture(scope="module")
def room():
    with Room() as room:
        yield room


OTHER_WAYS = itertools.cycle([way for way in WAYS if way not in {"answering", "interrupted"}])  # interruptions depend on the time
SITTINGS = [(path, way) for path in LESSONS for way in ("answering", next(OTHER_WAYS))]


@pytest.mark.parametrize(("path", "way"), SITTINGS, ids=[f"{path.stem} {way}" for path, way in SITTINGS])
def test_no_order_and_no_answer_shows_the_inside_of_the_kit(room, path, way):
    """With many more: python benchmarks/pupils.py."""
    said, seconds = room.seat(sitting(path, way, seed=1))
    assert seconds
    assert [one for one in said if one.kind == "fault"] == []


def test_what_is_no_sentence_is_a_fault(room):
    cells = [
        (1, "import digitkit\ndigitkit.load_network('no')"),
        (2, "1 / 0"),
        (3, "from digitkit.words import by\nby(3)"),
        (4, "import os\nos.write(2, b'noise')"),
        (5, "digitkit.Predict('How many?')"),
    ]
    said, seconds = room.seat(Sitting("made up", "in order", cells, frozenset(), [None] * len(cells)))
    assert [(one.cell, one.kind) for one in said] == [(1, "sentence"), (2, "own"), (3, "fault"), (4, "fault")]
    assert len(seconds) == len(cells)


def test_a_cell_that_shows_something_else_the_second_time_is_a_fault(room):
    cells = [(1, "kept = []"), (2, "kept.append(1)\nlen(kept)"), (2, "kept.append(1)\nlen(kept)")]
    said, _ = room.seat(Sitting("made up", "twice", cells, frozenset({2}), [None] * len(cells)))
    assert [(one.cell, one.kind) for one in said] == [(2, "fault")]
