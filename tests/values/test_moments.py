"""Moments, days and periods."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, WrongType
from salesflow.values import moments
from salesflow.values.moments import Period, elapsed

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(BERLIN))


class Vague(tzinfo):
    """A time zone that does not know its offset."""

    def utcoffset(self, at):
        return None


class Stamp(datetime):
    """A datetime of another library."""


def test_an_aware_datetime_is_a_moment():
    assert moments.moment(NINE, field="at") is NINE
    stamp = Stamp(2026, 11, 2, tzinfo=UTC)
    assert moments.moment(stamp, field="at") is stamp


@pytest.mark.parametrize("naive", [datetime(2026, 11, 2, 9), datetime(2026, 11, 2, tzinfo=Vague())])
def test_a_datetime_without_an_offset_is_no_moment(naive):
    with pytest.raises(InvalidValue, match=r"at: must have a time zone.*datetime\(2026, 11, 2, 9, tzinfo=UTC\)"):
        moments.moment(naive, field="at")


@pytest.mark.parametrize("other", [None, "2026-11-02T09:00:00Z", date(2026, 11, 2), 1793610000])
def test_what_is_no_datetime_is_no_moment(other):
    with pytest.raises(WrongType, match="aware datetime"):
        moments.moment(other, field="at")


def test_a_date_is_a_day_and_a_datetime_is_not():
    assert moments.day(date(2026, 11, 2), field="due") == date(2026, 11, 2)
    for other in (NINE, datetime(2026, 11, 2), "2026-11-02", None):
        with pytest.raises(WrongType, match="due: must be a day"):
            moments.day(other, field="due")


@attrs.frozen
class Visit:
    at: datetime = attrs.field(default=NINE, validator=moments.is_moment())
    until: datetime | None = attrs.field(default=None, validator=moments.is_optional_moment())
    due: date = attrs.field(default=date(2026, 11, 2), validator=moments.is_day())
    again: date | None = attrs.field(default=None, validator=moments.is_optional_day())


def test_the_validators_let_good_fields_in():
    assert Visit(until=NINE, again=date(2026, 11, 9)).until == NINE
    assert Visit().again is None


@pytest.mark.parametrize("field", ["at", "until", "due", "again"])
def test_the_validators_name_the_field_that_is_wrong(field):
    with pytest.raises(InvalidValue) as refused:
        Visit(**{field: datetime(2026, 11, 2)})
    assert refused.value.field == field


def test_a_period_holds_its_start_and_not_its_end():
    period = Period(NINE, NINE + HOUR)
    assert NINE in period
    assert NINE + HOUR not in period
    assert NINE - timedelta.resolution not in period
    assert period.contains(NINE + HOUR - timedelta.resolution)


def test_a_period_must_not_end_before_it_starts():
    with pytest.raises(InvalidValue, match="must not end before it starts"):
        Period(NINE, NINE - HOUR)


@pytest.mark.parametrize("bounds", [(NINE, datetime(2026, 11, 3)), (None, NINE), (NINE, date(2026, 11, 3))])
def test_the_bounds_of_a_period_are_moments(bounds):
    with pytest.raises(InvalidValue):
        Period(*bounds)


def test_only_a_moment_can_be_looked_for_in_a_period():
    with pytest.raises(InvalidValue):
        assert datetime(2026, 11, 2) in Period(NINE, NINE)


def test_an_empty_period_holds_nothing_and_overlaps_nothing():
    empty = Period(NINE, NINE)
    assert empty.is_empty
    assert NINE not in empty
    assert not empty.overlaps(Period(NINE - HOUR, NINE + HOUR))


def test_periods_that_only_touch_do_not_overlap():
    first, second = Period(NINE, NINE + HOUR), Period(NINE + HOUR, NINE + 2 * HOUR)
    assert not first.overlaps(second)
    assert first.intersection(second) is None


def test_the_intersection_is_what_lies_in_both():
    first, second = Period(NINE, NINE + 3 * HOUR), Period(NINE + HOUR, NINE + 2 * HOUR)
    assert first.intersection(second) == second.intersection(first) == second
    later = Period(NINE + 2 * HOUR, NINE + 4 * HOUR)
    assert first.intersection(later) == later.intersection(first) == Period(NINE + 2 * HOUR, NINE + 3 * HOUR)


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 2), 24)])
def test_a_day_is_as_long_as_summer_time_makes_it(on, hours):
    assert Period.of_days(on, on, BERLIN).duration == hours * HOUR


def test_the_hour_that_comes_twice_is_told_apart():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    assert elapsed(first, second) == HOUR
    assert second not in Period(first, datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN))


def test_elapsed_wants_two_moments():
    for bounds in ((NINE, datetime(2026, 11, 2)), (datetime(2026, 11, 2), NINE)):
        with pytest.raises(InvalidValue, match="time zone"):
            elapsed(*bounds)


def test_elapsed_bears_the_first_and_the_last_moment_there_are():
    first = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))
    assert elapsed(first, last) > timedelta(days=3_652_058)


def test_days_are_counted_from_the_first_to_the_last_included():
    week = Period.of_days(date(2026, 11, 2), date(2026, 11, 8), UTC)
    assert week.duration == timedelta(days=7)
    assert datetime(2026, 11, 8, 23, 59, tzinfo=UTC) in week


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (Period.month(2026, 11, UTC), (date(2026, 11, 1), date(2026, 11, 30))),
        (Period.month(2026, 12, UTC), (date(2026, 12, 1), date(2026, 12, 31))),
        (Period.month(2028, 2, UTC), (date(2028, 2, 1), date(2028, 2, 29))),
        (Period.quarter(2026, 1, UTC), (date(2026, 1, 1), date(2026, 3, 31))),
        (Period.quarter(2026, 4, UTC), (date(2026, 10, 1), date(2026, 12, 31))),
        (Period.year(2026, UTC), (date(2026, 1, 1), date(2026, 12, 31))),
    ],
)
def test_months_quarters_and_years_are_whole_days(period, days):
    assert period == Period.of_days(*days, UTC)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period.month(2026, 13, UTC),
        lambda: Period.month(2026, 0, UTC),
        lambda: Period.month(9999, 12, UTC),
        lambda: Period.quarter(2026, 5, UTC),
        lambda: Period.year(0, UTC),
        lambda: Period.of_days(date(2026, 11, 2), date(2026, 11, 1), UTC),
        lambda: Period.of_days(date(2026, 11, 2), date.max, UTC),
    ],
)
def test_a_calendar_period_out_of_range_is_refused(make):
    with pytest.raises(InvalidValue):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period.month(2026, "11", UTC),
        lambda: Period.month(True, 1, UTC),
        lambda: Period.year(2026, "Europe/Berlin"),
        lambda: Period.of_days(NINE, NINE, UTC),
        lambda: Period.of_days(date(2026, 11, 2), date(2026, 11, 2), None),
    ],
)
def test_a_calendar_period_of_the_wrong_kind_is_refused(make):
    with pytest.raises(WrongType):
        make()


@settings(max_examples=60)
@given(MOMENTS, MOMENTS, MOMENTS)
def test_a_moment_lies_in_the_intersection_exactly_if_it_lies_in_both(one, two, at):
    def between(left, right):
        return Period(left, right) if elapsed(left, right) >= timedelta() else Period(right, left)

    first, second = between(one, two), between(two, at)
    both = first.intersection(second)
    for probe in (one, two, at):
        assert (both is not None and probe in both) == (probe in first and probe in second)
    assert first.overlaps(second) == second.overlaps(first)


@settings(max_examples=60)
@given(MOMENTS)
def test_the_months_of_a_year_cover_every_moment_once(at):
    held = [month for month in range(1, 13) if at in Period.month(at.year, month, BERLIN)]
    assert held == [at.month]
