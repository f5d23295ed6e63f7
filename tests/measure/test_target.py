"""Targets: what they may be, their parts, and what they come to pro rata."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow import Money, Period
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.measure.pro_rata import pro_rata
from salesflow.measure.target import Target, TargetKind
from salesflow.measure.target_split import (
    Portion,
    split_by_day,
    split_by_month,
    split_by_portions,
    split_by_working_day,
)
from salesflow.values.working_days import Weekday, WorkingDays

JERUSALEM = ZoneInfo("Asia/Jerusalem")
YEAR = Period.year(2027, JERUSALEM)
ISRAEL = WorkingDays(weekend=(Weekday.FRIDAY, Weekday.SATURDAY))


def euros(amount: str, period: Period = YEAR) -> Target:
    return Target(period=period, amount=Money(amount, "EUR"))


def deals(count: int, period: Period = YEAR) -> Target:
    return Target(period=period, count=count)


def from_day(first: date, last: date) -> Period:
    return Period.of_days(first, last, JERUSALEM)


def worth(parts) -> list[str]:
    return [str(one.amount.amount) if one.amount is not None else str(one.count) for one in parts]


class TestATarget:
    def test_it_counts_money_or_deals_or_activities(self):
        calls = Target(period=YEAR, count=40, kind="activities", activity="call")
        assert [one.kind for one in (euros("1"), deals(1), calls)] == list(TargetKind)
        assert [one.unit for one in (euros("1"), deals(1), calls)] == ["EUR", "deals", "call"]
        assert attrs.evolve(calls, activity=None).unit == "activities"

    def test_nothing_is_a_target_too(self):
        assert euros("0").value == Money("0", "EUR")

    @pytest.mark.parametrize(
        ("fields", "error", "says"),
        [
            ({}, InvalidValue, "an amount, or else a count"),
            ({"amount": Money("1", "EUR"), "count": 1}, InvalidValue, "an amount, or else a count"),
            ({"count": 5, "kind": "amount"}, InvalidValue, "an amount, or else a count"),
            ({"amount": Decimal(5)}, WrongType, "an amount has a currency"),
            ({"amount": Money("-1", "EUR")}, InvalidValue, "not below zero"),
            ({"count": -1}, InvalidValue, "not below zero"),
            ({"count": 1.5}, WrongType, "whole number"),
            ({"count": True}, WrongType, "whole number"),
            ({"count": 5, "activity": "call"}, InvalidValue, "only a number of activities"),
            ({"count": 5, "kind": "revenue"}, UnknownName, "revenue"),
            ({"count": 5, "period": Period(YEAR.start, YEAR.start)}, InvalidValue, "some length"),
            ({"count": 5, "period": "2027"}, WrongType, "must be a Period"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, fields, error, says):
        with pytest.raises(error, match=says):
            Target(**{"period": YEAR, **fields})


class TestDividingOne:
    def test_by_month(self):
        assert worth(split_by_month(euros("120000"))) == ["10000.00"] * 12
        assert worth(split_by_month(euros("100000"))) == ["8333.34"] * 4 + ["8333.33"] * 8
        assert worth(split_by_month(deals(30))) == ["3"] * 6 + ["2"] * 6

    def test_the_months_are_those_of_its_zone(self):
        months = split_by_month(euros("120000"))
        assert [one.period for one in months] == [Period.month(2027, month, JERUSALEM) for month in range(1, 13)]

    def test_a_month_that_is_partly_in_it_counts_for_its_days(self):
        half = from_day(date(2027, 4, 16), date(2027, 6, 30))
        assert worth(split_by_month(euros("25000", half))) == ["5000.00", "10000.00", "10000.00"]

    def test_by_day_and_by_working_day(self):
        week = from_day(date(2027, 4, 4), date(2027, 4, 10))
        assert worth(split_by_day(euros("100", week))) == ["14.29"] * 4 + ["14.28"] * 3
        worked = split_by_working_day(euros("100", week), ISRAEL)
        assert worth(worked) == ["20.00"] * 5
        assert [one.first_day.day for one in worked] == [4, 5, 6, 7, 8]

    def test_days_that_are_only_partly_in_its_period_count_and_are_cut(self):
        noon = datetime(2027, 4, 4, 12, tzinfo=JERUSALEM)
        target = euros("90", Period(noon, noon + timedelta(days=2)))
        days = split_by_day(target)
        assert worth(days) == ["30.00"] * 3
        assert [(one.period.start.hour, one.period.end.hour) for one in days] == [(12, 0), (0, 0), (0, 12)]
        assert pro_rata(target, target.period) == Money("90", "EUR")
        assert worth(split_by_month(target)) == ["90.00"]

    def test_by_a_distribution_of_ones_own_the_last_part_takes_the_rest(self):
        quarters = [Period.quarter(2027, quarter, JERUSALEM) for quarter in range(1, 5)]
        percents = ["12.5", "12.5", "12.5", "62.5"]
        portions = [Portion(period=one, percent=percent) for one, percent in zip(quarters, percents, strict=True)]
        assert worth(split_by_portions(euros("100.01"), portions)) == ["12.50", "12.50", "12.50", "62.51"]
        assert worth(split_by_portions(deals(12), portions)) == ["2", "2", "2", "6"]
        assert worth(split_by_portions(deals(0), portions)) == ["0"] * 4

    @pytest.mark.parametrize(
        ("first", "second", "percents", "says"),
        [
            (1, 2, (40, 50), "exactly 100"),
            (2, 1, (50, 50), "one after the other"),
            (1, 1, (50, 50), "one after the other"),
            (1, 2, (-50, 150), "negative"),
        ],
    )
    def test_a_distribution_that_does_not_fit_is_refused(self, first, second, percents, says):
        portions = [
            Portion(period=Period.quarter(2027, quarter, JERUSALEM), percent=percent)
            for quarter, percent in zip((first, second), percents, strict=True)
        ]
        for target in (euros("100"), deals(100)):
            with pytest.raises(InvalidValue, match=says):
                split_by_portions(target, portions)

    def test_it_lies_within_the_period(self):
        with pytest.raises(InvalidValue, match="within the period"):
            split_by_portions(deals(1), [Portion(period=Period.year(2028, JERUSALEM), percent=100)])

    def test_what_is_no_portion_or_no_working_day_is_refused(self):
        with pytest.raises(WrongType, match="Portion"):
            split_by_portions(deals(1), [(YEAR, 100)])
        with pytest.raises(WrongType, match="working"):
            split_by_working_day(deals(1), (4, 5))
        with pytest.raises(InvalidValue, match="no day of the period is worked"):
            split_by_working_day(deals(1, from_day(date(2027, 4, 9), date(2027, 4, 10))), ISRAEL)

    @pytest.mark.parametrize("split", [split_by_day, split_by_month])
    def test_a_period_of_millennia_is_refused_at_once(self, split):
        forever = Period(datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC))
        with pytest.raises(InvalidValue, match="10,000"):
            split(deals(1, forever))

    @given(
        st.integers(0, 10**9),
        st.dates(date(2026, 1, 1), date(2028, 1, 1)),
        st.integers(1, 500),
        st.sampled_from([split_by_day, split_by_month, lambda target: split_by_working_day(target, ISRAEL)]),
        st.booleans(),
    )
    def test_the_parts_are_the_whole_and_none_is_a_unit_off_its_equals(self, units, first, days, split, by_amount):
        period = from_day(first, first + timedelta(days=days + 2))
        target = Target(period=period, amount=Money.from_minor(units, "EUR")) if by_amount else deals(units, period)
        parts = split(target)
        numbers = [one.number for one in parts]
        assert sum(numbers) == target.number
        assert min(numbers) >= 0
        if split is not split_by_month:
            assert max(numbers) - min(numbers) <= (Decimal("0.01") if by_amount else 1)
        assert all(one.period.end <= other.period.start for one, other in pairwise(parts))
        assert parts[0].period.start >= period.start
        assert parts[-1].period.end <= period.end


class TestProRata:
    def test_a_year_of_146_000_is_24_000_for_60_days(self):
        assert pro_rata(euros("146000"), from_day(date(2027, 1, 1), date(2027, 3, 1))) == Money("24000", "EUR")
        assert pro_rata(euros("146000"), from_day(date(2027, 3, 1), date(2027, 4, 29))) == Money("24000", "EUR")

    def test_by_working_days(self):
        week = from_day(date(2027, 4, 4), date(2027, 4, 10))
        sunday = from_day(date(2027, 4, 4), date(2027, 4, 4))
        assert pro_rata(euros("100", week), sunday, working=ISRAEL) == Money("20", "EUR")
        saturday = from_day(date(2027, 4, 10), date(2027, 4, 10))
        assert pro_rata(euros("100", week), saturday, working=ISRAEL) == Money("0", "EUR")

    def test_what_lies_outside_the_period_counts_for_nothing(self):
        whole = from_day(date(2026, 6, 1), date(2028, 6, 1))
        assert pro_rata(euros("100"), whole) == Money("100", "EUR")
        assert pro_rata(euros("100"), Period.year(2026, JERUSALEM)) == Money("0", "EUR")
        assert pro_rata(euros("100"), Period.year(2028, JERUSALEM)) == Money("0", "EUR")

    def test_a_number_of_deals_is_not_rounded(self):
        assert pro_rata(deals(73), from_day(date(2027, 1, 1), date(2027, 1, 1))) == Decimal("0.2")

    def test_where_no_day_is_worked_there_is_no_part(self):
        with pytest.raises(InvalidValue, match="no day of the period is worked"):
            pro_rata(deals(1, from_day(date(2027, 4, 9), date(2027, 4, 10))), YEAR, working=ISRAEL)

    @given(st.integers(0, 10**9), st.dates(date(2026, 12, 1), date(2028, 2, 1)))
    def test_two_parts_of_a_year_are_the_year_but_for_a_cent(self, units, middle):
        target = Target(period=YEAR, amount=Money.from_minor(units, "EUR"))
        cut = datetime(middle.year, middle.month, middle.day, tzinfo=JERUSALEM)
        early = Period(datetime(2026, 1, 1, tzinfo=UTC), cut)
        late = Period(cut, datetime(2029, 1, 1, tzinfo=UTC))
        together = pro_rata(target, early) + pro_rata(target, late)
        assert abs((together - target.amount).minor_units) <= 1
