"""Recurrences as RFC 5545 and python-dateutil have them; the ids are those of the cases we collected.

We decide three things otherwise. ``until`` is a day that still counts, not a moment: until midnight of the 24th is
until the 23rd. ``count`` and ``until`` together are refused (RFC 5545 forbids it, dateutil warns). And the 30th asks what
happens in February.
"""

from __future__ import annotations

from datetime import UTC, date, time

import pytest

from salesflow.deal.cadence import WORKDAYS, Cadence, Frequency, ShortMonths, Weekday
from salesflow.errors import InvalidValue
from salesflow.values.moments import Period


def days(cadence: Cadence) -> list[str]:
    first = cadence.anchor
    return [on.isoformat() for on in cadence.days(first, first.replace(year=first.year + 20, day=1))]


def test_rr_01_every_ten_days():
    cadence = Cadence(frequency=Frequency.DAILY, every=10, anchor=date(1997, 9, 2), count=5)
    assert days(cadence) == ["1997-09-02", "1997-09-12", "1997-09-22", "1997-10-02", "1997-10-12"]


def test_rr_03_every_second_week_on_three_days():
    cadence = Cadence(
        frequency=Frequency.WEEKLY,
        every=2,
        anchor=date(1997, 9, 1),
        weekdays=(Weekday.MONDAY, Weekday.WEDNESDAY, Weekday.FRIDAY),
        until=date(1997, 12, 23),
    )
    found = days(cadence)
    assert len(found) == 25
    assert [int(on[-2:]) for on in found[:7]] == [1, 3, 5, 15, 17, 19, 29]


def test_rr_05_the_next_to_last_working_day():
    cadence = Cadence(frequency=Frequency.MONTHLY, anchor=date(1997, 9, 29), weekdays=WORKDAYS, nth=(-2,), count=7)
    assert days(cadence) == [
        "1997-09-29",
        "1997-10-30",
        "1997-11-27",
        "1997-12-30",
        "1998-01-29",
        "1998-02-26",
        "1998-03-30",
    ]


def test_rr_06_the_15th_and_the_30th_skip_the_30th_of_february():
    cadence = Cadence(
        frequency=Frequency.MONTHLY,
        anchor=date(2007, 1, 15),
        month_days=(15, 30),
        count=5,
        short_months=ShortMonths.SKIP,
    )
    assert days(cadence) == ["2007-01-15", "2007-01-30", "2007-02-15", "2007-03-15", "2007-03-30"]


def test_rr_08_every_29th_of_february():
    cadence = Cadence(frequency=Frequency.YEARLY, anchor=date(2024, 2, 29), count=3, short_months=ShortMonths.SKIP)
    assert days(cadence) == ["2024-02-29", "2028-02-29", "2032-02-29"]


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (date(1997, 9, 4), [2, 3, 4]),  # the case ends at 08:00 on the 5th, before that day's nine o'clock
        (date(1997, 9, 1), []),
    ],
)
def test_rr_10_every_day_at_nine_until_a_day(until, expected):
    cadence = Cadence(frequency=Frequency.DAILY, anchor=date(1997, 9, 2), at=time(9), until=until)
    found = cadence.moments(Period.month(1997, 9, UTC), UTC)
    assert [(on.day, on.hour) for on in found] == [(on, 9) for on in expected]


def test_rr_10_count_and_until_together_are_refused():
    with pytest.raises(InvalidValue, match="not both"):
        Cadence(frequency=Frequency.DAILY, anchor=date(1997, 9, 2), count=3, until=date(1997, 9, 4))
