"""Exact numbers: what is taken in, and how they are rounded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.decimals import HALF_UP, exact_decimal, exponent_of, half_up


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("12.50", Decimal("12.50")),
        ("-0.05", Decimal("-0.05")),
        ("+7", Decimal(7)),
        (12, Decimal(12)),
        (Decimal("1E+3"), Decimal(1000)),
        ("1" * 24 + "." + "1" * 10, Decimal("1" * 24 + "." + "1" * 10)),
        (Decimal("0E+999999"), Decimal(0)),
        (Decimal("0E-999999"), Decimal(0)),
        (Decimal("0.00"), Decimal("0.00")),
    ],
)
def test_an_exact_number_is_taken_as_it_is(given, number):
    taken = exact_decimal(given, field="size")
    assert taken == number
    assert -34 <= exponent_of(taken) <= 3


@pytest.mark.parametrize("other", [0.5, True, None, b"1", 1j, [1]])
def test_what_is_no_exact_number_is_of_the_wrong_type(other):
    with pytest.raises(WrongType, match="size: must be an exact number"):
        exact_decimal(other, field="size")


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "1.",
        ".5",
        "1,5",
        "1 000",
        "0x10",
        "--1",
        "1" * 25,
        10**24,
        -(10**24),
        Decimal(10**24),
        Decimal("1E-35"),
        "0." + "3" * 35,
    ],
)
def test_a_number_of_the_wrong_shape_or_size_is_refused(wrong):
    with pytest.raises(InvalidValue, match="size: "):
        exact_decimal(wrong, field="size")


@pytest.mark.parametrize(
    ("number", "rounded"), [("0.5", "1"), ("-0.5", "-1"), ("1.5", "2"), ("2.5", "3"), ("0.49", "0"), ("-2.5", "-3")]
)
def test_halves_are_rounded_away_from_zero(number, rounded):
    assert half_up(Decimal(number), Decimal(1)) == Decimal(rounded)


def test_without_a_quantum_thirty_four_digits_and_places_are_kept():
    assert half_up(Decimal("0.5"), None) == Decimal("0.5")
    assert str(half_up(HALF_UP.divide(Decimal(2), Decimal(3)), None)) == "0." + "6" * 33 + "7"
    assert exponent_of(half_up(Decimal("1.5E-40"), None)) == -34
