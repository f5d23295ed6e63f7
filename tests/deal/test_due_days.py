"""When an invoice is due, counted from its day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from salesflow.deal.due_days import Due, DueFrom
from salesflow.errors import InvalidValue, WrongType


@pytest.mark.parametrize(
    ("due", "day"),
    [
        (Due(), date(2026, 1, 20)),
        (Due(30), date(2026, 2, 19)),
        (Due(10, DueFrom.END_OF_MONTH), date(2026, 2, 10)),
        (Due(10, DueFrom.THEN_END_OF_MONTH), date(2026, 1, 31)),
        (Due(12, DueFrom.THEN_END_OF_MONTH), date(2026, 2, 28)),
        (Due(0, DueFrom.THEN_DAY_OF_NEXT_MONTH, day_of_month=31), date(2026, 2, 28)),
        (Due(0, DueFrom.THEN_DAY_OF_NEXT_MONTH, day_of_month=5), date(2026, 2, 5)),
    ],
)
def test_it_is_counted_in_one_of_four_ways(due, day):
    assert due.on(date(2026, 1, 20)) == day


@pytest.mark.parametrize("counted", DueFrom)
def test_it_must_lie_within_the_calendar(counted):
    day = 1 if counted is DueFrom.THEN_DAY_OF_NEXT_MONTH else None
    with pytest.raises(InvalidValue, match="9999"):
        Due(30, counted, day_of_month=day).on(date.max)


def test_an_invoice_has_a_day_and_no_moment():
    with pytest.raises(WrongType, match="day"):
        Due(30).on(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("counted", "day"), [(DueFrom.INVOICE, 5), (DueFrom.THEN_DAY_OF_NEXT_MONTH, None)])
def test_a_day_of_the_month_goes_with_one_way_of_counting(counted, day):
    with pytest.raises(InvalidValue, match="day of the month goes with"):
        Due(0, counted, day_of_month=day)


@pytest.mark.parametrize("days", [-1, 3651, 30.0, True, "30"])
def test_days_are_a_whole_number_that_somebody_may_live_to_see(days):
    with pytest.raises(InvalidValue, match="days"):
        Due(days)


def test_a_month_has_at_most_31_days():
    with pytest.raises(InvalidValue, match="from 1 to 31"):
        Due(0, DueFrom.THEN_DAY_OF_NEXT_MONTH, day_of_month=32)
