"""Recurrences that were seen to run for ever elsewhere, or to put a line into a calendar."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from salesflow.deal.cadence import Cadence, Frequency, ShortMonths, Weekday
from salesflow.deal.follow_up import FeedbackRecorded, OpeningNoted
from salesflow.errors import InvalidValue
from salesflow.values.moments import Period

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAILY = Cadence(frequency=Frequency.DAILY, anchor=date(2026, 1, 1))


@pytest.mark.parametrize("frequency", ["secondly", "minutely", "hourly", "SECONDLY", "", 6])
def test_nobody_meets_more_often_than_daily(frequency):
    with pytest.raises(InvalidValue, match="daily, weekly, monthly or yearly"):
        Cadence(frequency=frequency, anchor=date(2026, 1, 1))


@pytest.mark.parametrize("every", [0, -1, 1001, 10**30])
def test_an_interval_of_nothing_is_refused(every):
    with pytest.raises(InvalidValue, match="every: must be from 1"):
        Cadence(frequency=Frequency.DAILY, anchor=date(2026, 1, 1), every=every)


@pytest.mark.parametrize("count", [0, -1, 10_001, 10**30])
def test_a_huge_count_is_refused(count):
    with pytest.raises(InvalidValue, match="count: must be from 1"):
        Cadence(frequency=Frequency.DAILY, anchor=date(2026, 1, 1), count=count)


def test_a_window_of_all_times_is_refused():
    with pytest.raises(InvalidValue, match="36,600 days"):
        DAILY.days(date.min, date.max)


def test_a_window_with_too_many_meetings_is_refused_and_not_cut_off():
    with pytest.raises(InvalidValue, match="10,000 meetings"):
        DAILY.days(date(2026, 1, 1), date(2070, 1, 1))


def test_without_an_end_a_far_window_is_as_quick_as_a_near_one():
    cadence = Cadence(frequency=Frequency.DAILY, anchor=date(1, 1, 1))
    started = time.perf_counter()
    assert len(cadence.days(date(9990, 1, 1), date(9990, 12, 31))) == 365
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "cadence",
    [
        Cadence(frequency=Frequency.DAILY, every=7, anchor=date(2026, 1, 1), weekdays=(Weekday.MONDAY,)),
        Cadence(frequency=Frequency.MONTHLY, anchor=date(2026, 1, 1), weekdays=(Weekday.MONDAY,), nth=(6,)),
        Cadence(
            frequency=Frequency.YEARLY,
            every=4,
            anchor=date(2025, 2, 1),
            month_days=(29,),
            short_months=ShortMonths.SKIP,
        ),
    ],
)
def test_a_rule_that_no_day_fulfills_gives_nothing_at_once(cadence):
    started = time.perf_counter()
    assert cadence.days(date(2026, 1, 1), date(2056, 1, 1)) == ()
    assert time.perf_counter() - started < 0.5


def test_a_counted_rule_that_no_day_fulfills_is_not_followed_for_ever():
    cadence = Cadence(frequency=Frequency.DAILY, every=7, anchor=date(1, 1, 1), weekdays=(Weekday.SUNDAY,), count=1)
    with pytest.raises(InvalidValue, match="100,000 steps"):
        cadence.days(date(9990, 1, 1), date(9990, 12, 31))


def test_moments_are_bounded_too():
    at_nine = Cadence(frequency=Frequency.DAILY, anchor=date(2026, 1, 1), at=NOW.time())
    with pytest.raises(InvalidValue, match="36,600 days"):
        at_nine.moments(Period(datetime(1900, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC)), UTC)


@pytest.mark.parametrize("text", ["good\r\nATTENDEE:mailto:x", "good\x00", "gpj\u202eexe", "", "  \n "])
def test_no_line_of_a_calendar_comes_in_with_a_text(text):
    with pytest.raises(InvalidValue):
        FeedbackRecorded(at=NOW, by="noa", feedback_id=1, text=text)
    with pytest.raises(InvalidValue):
        OpeningNoted(at=NOW, by="noa", opening_id=1, text=text)
