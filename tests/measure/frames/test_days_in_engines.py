"""Days in an engine are those of Python: zones, weekends and holidays, for any two moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow import InvalidValue
from salesflow.measure import CalendarDays, DealRow, SalesCycle, WorkedDays, measure, to_frames
from salesflow.values.working_days import Weekday, WorkingDays

pytest.importorskip("narwhals")
pytest.importorskip("polars")

ZONES = ["UTC", "Asia/Jerusalem", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]
moments = st.one_of(
    st.datetimes(datetime(1998, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 5), timezones=st.just(UTC)),  # among the holidays
)


@st.composite
def calendars(draw):
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    if draw(st.booleans()):
        return CalendarDays(zone)
    weekend = draw(st.sets(st.sampled_from(list(Weekday)), max_size=6))
    holidays = draw(st.lists(st.dates(date(2026, 3, 20), date(2026, 4, 5)), max_size=9))
    days = WorkingDays(weekend=tuple(weekend), holidays=holidays)
    return WorkedDays(days=days, zone=zone, inclusive=draw(st.booleans()))


@settings(max_examples=40, deadline=None)
@given(calendars(), st.lists(st.tuples(moments, moments), min_size=1, max_size=20))
def test_days_between_two_moments_are_those_of_the_calendar(calendar, pairs):
    rows = [
        DealRow(id=f"D-{number}", outcome="won", opened_at=min(pair), closed_at=max(pair))
        for number, pair in enumerate(pairs)
    ]
    cycle = SalesCycle(calendar=calendar, quantiles=["0.5"])
    assert to_frames(rows).measure(cycle)[cycle] == measure(rows, cycle)[cycle]


@pytest.mark.parametrize("microseconds", [-1, 0, 1])
@pytest.mark.parametrize("clock", ["2026-03-27T00:00", "2026-10-25T00:00"])  # summer time begins, and ends
def test_midnight_is_found_to_the_microsecond_where_the_clock_changes(clock, microseconds):
    zone = ZoneInfo("Asia/Jerusalem")
    midnight = datetime.fromisoformat(clock).replace(tzinfo=zone).astimezone(UTC)
    closed_at = midnight + timedelta(days=1, hours=1, microseconds=microseconds)
    rows = [DealRow(id="D-1", outcome="won", opened_at=midnight - timedelta(days=40), closed_at=closed_at)]
    cycle = SalesCycle(calendar=CalendarDays(zone))
    assert to_frames(rows).measure(cycle)[cycle] == measure(rows, cycle)[cycle]


def test_more_holidays_than_can_be_compared_are_refused():
    first = date(1990, 1, 1)
    many = WorkedDays(
        days=WorkingDays(weekend=(), holidays=[first + timedelta(days=number) for number in range(1_500)])
    )
    rows = [
        DealRow(
            id="D-1",
            outcome="won",
            opened_at=datetime(1990, 1, 1, tzinfo=UTC),
            closed_at=datetime(2001, 1, 1, tzinfo=UTC),
        )
    ]
    with pytest.raises(InvalidValue, match="at most 1,000 holidays"):
        to_frames(rows).measure(SalesCycle(calendar=many))
