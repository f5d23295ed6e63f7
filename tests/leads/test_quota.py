"""How many leads a seller may be given today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from salesflow.errors import InvalidValue, WrongType
from salesflow.leads.quota import Given, daily_quota, left_today

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(("maximum", "quota"), [(0, 0), (14, 0), (15, 1), (44, 1), (45, 2), (75, 3), (900, 30)])
def test_a_day_is_a_thirtieth_rounded_half_up(maximum, quota):
    assert daily_quota(maximum) == quota


@pytest.mark.parametrize(
    ("maximum", "given", "left"),
    [
        (45, Given(), 2),
        (45, Given(1), 1),
        (45, Given(2), 0),
        (45, Given(3), 0),
        (45, Given(0, 44), 1),
        (45, Given(0, 45), 0),
        (45, Given(0, 60), 0),
        (14, Given(), 0),
    ],
)
def test_what_is_left_is_less_what_was_given_today_and_in_thirty_days(maximum, given, left):
    assert left_today(maximum, given) == left


def test_moments_are_counted_back_from_a_moment():
    ages = [
        timedelta(0),
        timedelta(hours=24),
        timedelta(hours=24, microseconds=1),
        timedelta(days=30),
        timedelta(days=31),
    ]
    later = [AT + timedelta(seconds=1)]
    assert Given.counted([AT - age for age in ages] + later, at=AT) == Given(2, 4)


def test_what_was_given_today_was_given_in_thirty_days():
    assert Given(3) == Given(3, 3)
    with pytest.raises(InvalidValue, match="last_30_days"):
        Given(3, 2)


@pytest.mark.parametrize(
    ("count", "error"),
    [(-1, InvalidValue), (10**10, InvalidValue), (1.5, WrongType), (True, WrongType), ("1", WrongType)],
)
def test_leads_are_counted_in_whole_numbers(count, error):
    with pytest.raises(error):
        daily_quota(count)
    with pytest.raises(error):
        Given(count)


def test_a_moment_has_a_time_zone():
    with pytest.raises(InvalidValue, match="time zone"):
        Given.counted([datetime(2026, 1, 1)], at=AT)
