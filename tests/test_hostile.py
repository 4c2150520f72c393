"""Whatever picture comes, there is an answer or one sentence, soon, in little memory: SECURITY.md promises it."""

import pytest
from bounded import Input, Reader
from fuzzing import inputs
from hostile_pictures import CASES, LARGE

WAYS = ["read", "panel", "collect"]


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


@pytest.mark.parametrize("name", CASES)
def test_a_picture_made_to_harm_gets_an_answer_or_a_sentence(reader, name):
    check(reader, name, CASES[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_the_largest_pictures_are_read_in_time(reader, name):
    check(reader, name, LARGE[name])


def check(reader, name, case):
    suffix, make, expected = case
    content = make()
    for way in WAYS:
        outcome = reader.outcome(Input(name, way, suffix, content))
        assert not outcome.is_failure, (way, outcome)
        if way != "collect":  # which wants a class sheet, and refuses what is none
            assert expected in (None, outcome.answer), (way, outcome)
