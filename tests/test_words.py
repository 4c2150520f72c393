import pytest

from digitkit.words import parse_number

GUESSES = {
    "8000": 8000,
    "8,000": 8000,
    "1,234,567.5": 1234567.5,
    "8 000": 8000,
    "0.98": 0.98,
    "0,985": 0.985,
    "97,5 %": 97.5,
    "−3": -3,
    "about 80": None,
    "": None,
    "nan": None,
    "1e999": None,
    "1.2.3": None,
}


@pytest.mark.parametrize("text", GUESSES)
def test_numbers_are_understood_as_people_write_them(text):
    assert parse_number(text) == GUESSES[text]
