"""When two phone numbers are one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.leads.matching.calling_codes import calling_code
from salesflow.leads.matching.phones import is_same_line, read_phone
from salesflow.values.contact_details import PhoneNumber


def read(text, home=None):
    return read_phone(PhoneNumber(text), home=home)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+1 202 555 0123", "+12025550123"),
        ("+1 202 555 0123", "001 202 555-0123"),
        ("+1 202 555 0123", "(202) 555-0123"),
        ("+1 202 555 0123", "1(202)555-0123"),
        ("+49 (0)171 1234567", "0171 1234567"),
        ("+49 (0)171 1234567", "+49171/1234567"),
        ("+7 912 345 67 89", "8 (912) 345-67-89"),
        ("+36 1 234 5678", "06 1 234 5678"),
        ("+39 06 1234 5678", "06 12345678"),
        ("+972 4 812 3456", "04-8123456"),
        ("+1 202 555 0123 ext. 5", "(202) 555-0123 x5"),
    ],
)
def test_one_line_however_it_is_written(one, other):
    assert is_same_line(read(one), read(other))
    assert is_same_line(read(other), read(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+1 202 555 0123", "+44 202 555 0123"),
        ("+1 202 555 0123", "+1 303 555 0123"),
        ("+1 202 555 0123", "555-0123"),
        ("+1 202 555 0123 x5", "+1 202 555 0123 x6"),
        ("+1 202 555 0123 x5", "+1 202 555 0123"),
        ("0171 1234567", "0172 1234567"),
    ],
)
def test_two_lines(one, other):
    assert not is_same_line(read(one), read(other))
    assert not is_same_line(read(other), read(one))


@pytest.mark.parametrize("short", ["1234", "12345", "112233", "000123456", "+49 12345"])
def test_an_extension_or_short_code_is_never_compared(short):
    assert read(short) is None


@pytest.mark.parametrize(
    ("text", "home", "digits"),
    [
        ("0171 1234567", "49", "491711234567"),
        ("202 555 0123", "1", "12025550123"),
        ("1 202 555 0123", "1", "12025550123"),
        ("8 912 345 67 89", "7", "79123456789"),
        ("800 123 45 67", "7", "78001234567"),
        ("+44 20 7946 0018", "49", "442079460018"),
    ],
)
def test_the_country_of_the_host_makes_a_number_international(text, home, digits):
    assert read(text, home).digits == digits


@pytest.mark.parametrize(
    ("digits", "code"), [("12025550123", "1"), ("79123456789", "7"), ("4917112", "49"), ("97248123456", "972")]
)
def test_the_calling_code_ends_by_itself(digits, code):
    assert calling_code(digits) == code


numbers = st.from_regex(r"(\+|00|0)?[1-9][0-9 ()./-]{6,16}( x[0-9]{1,4})?", fullmatch=True).filter(
    lambda text: 4 <= sum(map(str.isdigit, text.partition("x")[0])) <= 15
)


@given(numbers, numbers)
def test_it_does_not_matter_which_number_comes_first(one, other):
    mine, theirs = read(one), read(other)
    if mine is not None and theirs is not None:
        assert is_same_line(mine, theirs) is is_same_line(theirs, mine)
        assert is_same_line(mine, mine)
        if is_same_line(mine, theirs):
            assert mine.key == theirs.key, "a database finds it by its key"
