"""Working time as service level agreements count it; the ids are those of the cases we collected."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from salesflow.values.working_time import Hours, WorkingTime

OFFICE = WorkingTime(zone=UTC, hours=Hours(time(9), time(17)))
MONDAY, TUESDAY = 2, 3


def november(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "hours", "due"),
    [(10, 1, november(MONDAY, 11)), (16, 2, november(TUESDAY, 10))],
)
def test_fr_17_a_response_is_due_in_working_hours(hour, hours, due):
    assert OFFICE.add(november(MONDAY, hour), timedelta(hours=hours)) == due


def test_fr_19_a_response_in_no_time_took_no_time_and_is_not_unknown():
    at = november(MONDAY, 10)
    took = OFFICE.between(at, at)
    assert took == timedelta()
    assert took is not None
    assert OFFICE.add(at, took) == at
