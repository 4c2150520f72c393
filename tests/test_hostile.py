"""Whatever picture comes, there is an answer or one sentence, soon, in little memory: SECURITY.md promises it."""

import pytest
from bounded import Input, Reader
from fuzzing import inputs
from hostile_pictures import CASES, LARGE

WAYS = ["read", "panel", "collect"]
OFTEN = ["read"] * 8 + ["panel", "collect"]


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


@pytest.mark.parametrize("name", CASES)
def test_a_picture_made_to_harm_gets_an_answer_or_a_sentence(reader, name):
    check(reader, name, CASES[name], WAYS[1:])  # what the panel reads, it reads by `digitkit.read`


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_the_largest_pictures_are_read_in_time(reader, name):
    check(reader, name, LARGE[name], WAYS)


def test_a_hundred_mutated_files_get_an_answer_or_a_sentence(reader):
    assert failures(reader, seed=1, count=100) == []


@pytest.mark.slow
def test_two_thousand_mutated_files_get_an_answer_or_a_sentence(reader):
    """With a hundred thousand: python benchmarks/fuzz.py."""
    assert failures(reader, seed=2, count=2000) == []


def failures(reader, seed, count):
    found = ((number, one, reader.outcome(one)) for number, one in enumerate(inputs(seed, range(count), OFTEN)))
    return [(number, one.kind, one.way, outcome) for number, one, outcome in found if outcome.is_failure]


def check(reader, name, case, ways):
    suffix, make, expected = case
    content = make()
    for way in ways:
        outcome = reader.outcome(Input(name, way, suffix, content))
        assert not outcome.is_failure, (way, outcome)
        if way != "collect":  # which wants a class sheet, and refuses what is none
            assert expected in (None, outcome.answer), (way, outcome)
