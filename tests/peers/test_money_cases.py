"""Cases of other systems that concern money, each under the name that it has in the list of peer cases."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from operator import add

import pytest

from salesflow.errors import InvalidValue
from salesflow.values import CURRENCIES, Money

NO_MINOR_UNIT = ["XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"]
BY_MINOR_UNITS = {
    0: [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    3: ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
    4: ["CLF", "UYW"],
}


@pytest.mark.parametrize("places", [0, 3, 4])
def test_cu_01_minor_units_are_those_of_iso_4217(places):
    assert [code for code, one in CURRENCIES.items() if one.minor_units == places] == BY_MINOR_UNITS[places]


def test_cu_01_every_other_currency_has_two_minor_units():
    others = set(CURRENCIES) - set(NO_MINOR_UNIT) - {code for codes in BY_MINOR_UNITS.values() for code in codes}
    assert {CURRENCIES[code].minor_units for code in others} == {2}
    assert {CURRENCIES[code].minor_units for code in NO_MINOR_UNIT} == {None}


@pytest.mark.parametrize(
    ("code", "iso"),
    [
        *((code, 2) for code in ["AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"]),
        ("IQD", 3),
    ],
)
def test_cu_03_where_iso_and_cldr_differ_iso_is_taken(code, iso):
    assert CURRENCIES[code].minor_units == iso
    smallest = Decimal(1).scaleb(-iso)
    assert Money(smallest, code).minor_units == 1


def test_od_51_fifty_and_twenty_times_1_66_and_16_8_percent_are_a_hundred():
    percents = [Decimal(50), *[Decimal("1.66")] * 20, Decimal("16.8")]
    parts = Money("1000", "EUR").split_percent(percents)
    assert [part.minor_units for part in parts] == [50000, *[1660] * 20, 16800]
    assert reduce(add, map(float, percents)) != 100  # which is why the sum is not taken in floats


def test_od_51_a_hundredth_of_a_percent_less_is_refused():
    with pytest.raises(InvalidValue, match="exactly 100"):
        Money("1000", "EUR").split_percent([Decimal(50), *[Decimal("1.66")] * 20, Decimal("16.79")])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([70, Money("200", "EUR"), 30], [700, 200, 100]),
        ([70, Money("500", "EUR"), 30], [700, 500, -200]),
        ([70, Money("500", "EUR"), 30, Money("200", "EUR")], [700, 500, 300, -500]),
    ],
)
def test_od_53_the_last_part_takes_the_remainder(parts, expected):
    assert [part.amount for part in Money("1000", "EUR").split(parts)] == expected
