"""Results: a figure or the reason why there is none, never both and never neither."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from importlib import import_module

import attrs
import pytest
from deals_measured import START, a_row, after

import salesflow.measure
from salesflow import InvalidValue, Money, Period
from salesflow.measure import Axis, Definition, Result, TotalAmount, WorkedDays, grouped
from salesflow.values.working_days import WorkingDays

WHAT = Definition(metric="weight", numerator="deals that weigh", unit="kg")


def test_a_result_has_a_value_or_says_why_it_has_none():
    assert str(Result(definition=WHAT, value=3, count=3)) == "weight: 3 kg"
    a_day = attrs.evolve(WHAT, unit="EUR a day")
    assert str(Result(definition=a_day, value=Money("63000", "EUR"), count=1)) == "weight: 63000.00 EUR a day"
    assert str(Result(definition=WHAT, value=None, undefined="no scales", count=0)) == "weight: undefined, no scales"
    for value, undefined in ((None, None), (0, "no scales")):
        with pytest.raises(InvalidValue, match="a result has a value, or says why"):
            Result(definition=WHAT, value=value, undefined=undefined, count=0)


def test_zero_is_a_value():
    zero = Result(definition=WHAT, value=0, count=0)
    assert (zero.is_defined, zero.rounded(1), zero.percent()) == (True, Decimal("0.0"), Decimal("0.00"))


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [(Decimal("0.125"), 2, "0.13"), (Decimal("-0.125"), 2, "-0.13"), (Money("1.50", "EUR"), 0, "2"), (7, 1, "7.0")],
)
def test_rounding_is_half_away_from_zero(value, places, rounded):
    assert str(Result(definition=WHAT, value=value, count=1).rounded(places)) == rounded


def test_percent_is_rounded_half_up():
    assert Result(definition=WHAT, value=Decimal("0.00125"), count=1).percent(2) == Decimal("0.13")


def test_what_is_no_number_is_not_rounded():
    with pytest.raises(InvalidValue, match="only a number can be rounded"):
        Result(definition=WHAT, value="heavy", count=1).rounded(1)


def test_a_definition_reads_as_a_sentence():
    month = Period.month(2026, 11, START.tzinfo)
    told = Definition(
        metric="weight",
        numerator="kilograms",
        denominator="deals",
        population="heavy deals",
        axis=Axis.CREATED,
        period=month,
        calendar=WorkedDays(inclusive=False),
        method="scales",
    )
    assert str(told) == (
        "weight: kilograms by deals; of heavy deals; created from 2026-11-01T00:00:00+00:00 until before "
        f"2026-12-01T00:00:00+00:00; {WorkingDays()}; without the last day; in UTC; scales; not rounded"
    )
    assert str(WHAT) == "weight: deals that weigh; of all deals; not rounded"


def test_groups_add_up_to_the_whole():
    rows = [a_row(f"D-{n}", "won", took=n, amount=str(n), owner="noa" if n % 2 else "dan") for n in range(1, 6)]
    totals = grouped(TotalAmount(), "owner").of(rows)
    assert Money.total((group.result.value for group in totals), currency="EUR") == totals.whole.value


def test_every_name_of_the_room_can_be_had_from_its_front_door():
    for name in salesflow.measure.__all__:
        assert getattr(salesflow.measure, name) is not None
    assert set(salesflow.measure.__all__) <= set(dir(salesflow.measure))
    for name, home in salesflow.measure._HOME_OF.items():
        assert name in import_module(f"salesflow.measure.{home}").__all__
    with pytest.raises(AttributeError, match="WinRat"):
        salesflow.measure.WinRat


def test_days_of_the_expected_close_begin_in_the_zone_of_the_period():
    jerusalem = Period.month(2026, 12, WorkedDays(zone="Asia/Jerusalem").zone)
    rows = [
        a_row("D-1", amount="1", expected_close=date(2026, 12, 1)),
        a_row("D-2", amount="2", expected_close=date(2026, 11, 30)),
    ]
    assert TotalAmount(outcomes="open", axis="expected close", period=jerusalem).of(rows).value == Money("1", "EUR")


def test_a_naive_moment_is_refused():
    with pytest.raises(InvalidValue):
        a_row(opened_at=datetime(2026, 1, 1), closed_at=after(1))
