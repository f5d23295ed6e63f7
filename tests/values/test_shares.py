"""Dividing whole units so that nothing is lost."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.shares import ratios, shares

RATIOS = st.lists(st.one_of(st.integers(0, 1000), st.decimals(0, 100, places=3)), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("units", "parts", "expected"),
    [
        (10, 3, [4, 3, 3]),
        (-10, 3, [-4, -3, -3]),
        (2, 3, [1, 1, 0]),
        (0, 2, [0, 0]),
        (100, [1, 1, 2], [25, 25, 50]),
        (5, [0, 1, 1], [0, 3, 2]),
        (100, [Decimal("0.5"), Decimal("1E+1")], [5, 95]),
        (7, (70, 30), [5, 2]),
        (7, 1, [7]),
    ],
)
def test_what_is_left_over_goes_to_the_first_shares(units, parts, expected):
    assert shares(units, parts, field="parts") == expected


@settings(max_examples=100)
@given(st.integers(-(10**12), 10**12), RATIOS)
def test_shares_add_up_and_none_is_a_whole_unit_off(units, parts):
    result = shares(units, parts, field="parts")
    whole = sum(Fraction(part) for part in parts)
    assert sum(result) == units
    for share, part in zip(result, parts, strict=True):
        assert abs(share - units * Fraction(part) / whole) < 1
        assert part or not share


@settings(max_examples=50)
@given(st.integers(-(10**12), 10**12), st.integers(1, 50))
def test_equal_shares_add_up_and_differ_by_a_unit_at_most(units, count):
    result = shares(units, count, field="parts")
    assert (len(result), sum(result)) == (count, units)
    assert max(result) - min(result) <= 1


@pytest.mark.parametrize("parts", [0, -1, 10_001, [], [0, 0], [1, -1], [Decimal("NaN")], [1] * 10_001])
def test_shares_that_cannot_be_given_are_refused(parts):
    with pytest.raises(InvalidValue, match="parts: "):
        shares(100, parts, field="parts")


@pytest.mark.parametrize("parts", [True, 2.0, "12", b"12", None, [0.5], {1, 2}])
def test_parts_are_a_count_or_a_list_of_exact_numbers(parts):
    with pytest.raises(WrongType):
        shares(100, parts, field="parts")


def test_ten_thousand_shares_are_the_most():
    assert len(shares(5, 10_000, field="parts")) == 10_000
    assert ratios([1, 2], field="parts") == [Decimal(1), Decimal(2)]
