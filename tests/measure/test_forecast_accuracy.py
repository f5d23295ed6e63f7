"""How right forecasts were: what was said in each week, against what closed."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal
from itertools import chain

import pytest
from deals_measured import a_row, after
from hypothesis import given
from short_sales import Book, at, books

from salesflow import CurrencyMismatch, InvalidValue, Money, Period
from salesflow.measure import (
    CategoryForecast,
    ForecastSnapshot,
    TotalAmount,
    WeightedPipeline,
    accuracy,
    accuracy_by_week,
    closed_in,
    forecast_snapshots,
    replayed,
    rows_at,
)

NOVEMBER = Period.month(2026, 11, UTC)
DECEMBER = Period.month(2026, 12, UTC)
AFTERWARDS = DECEMBER.end


def eur(amount: str | int) -> Money:
    return Money(amount, "EUR")


def snapshot(said: int | None, *, day: int = 0, period: Period = NOVEMBER) -> ForecastSnapshot:
    return ForecastSnapshot(period=period, at=at(day), said=None if said is None else eur(said))


def closed(amount: int | None, period: Period = NOVEMBER):
    rows = [] if amount is None else [a_row("D-1", "won", opened_at=None, closed_at=period.start, amount=str(amount))]
    return closed_in(rows, period, as_of=AFTERWARDS, currency="EUR")


def test_what_was_said_is_held_against_what_closed():
    (found,) = accuracy([snapshot(120)], closed(100))
    assert (found.error.value, found.bias.value, found.absolute_percentage_error.percent()) == (
        eur(20),
        Decimal("0.2"),
        20,
    )
    (low,) = accuracy([snapshot(70)], closed(100))
    assert (low.error.value, low.bias.percent(), low.absolute_percentage_error.percent()) == (eur(-30), -30, 30)
    assert found.bias.definition.denominator == "what closed"


def test_where_nothing_closed_the_error_is_known_and_the_fractions_are_not():
    (found,) = accuracy([snapshot(120)], closed(None))
    assert found.error.value == eur(120)
    assert found.bias.undefined == found.absolute_percentage_error.undefined == "nothing closed in the period"


def test_what_was_not_said_has_no_error():
    (found,) = accuracy([snapshot(None)], closed(100))
    assert (found.error.undefined, found.bias.undefined) == ("nothing was said", "nothing was said")


def test_before_the_end_of_the_period_nobody_knows():
    rows = [a_row("D-1", "won", took=1, amount="100")]
    early = closed_in(rows, NOVEMBER, as_of=after(20), currency="EUR")
    assert early.undefined == "the period has not ended"
    (found,) = accuracy([snapshot(120)], early)
    assert (found.error.undefined, found.bias.undefined) == ("the period has not ended", "the period has not ended")
    assert closed_in(rows, NOVEMBER, as_of=NOVEMBER.end, currency="EUR").value == eur(100)


def test_won_deals_without_an_amount_are_not_nothing():
    unknown = closed_in([a_row("D-1", "won", took=1)], NOVEMBER, as_of=AFTERWARDS, currency="EUR")
    assert (unknown.value, unknown.left_out[0].count) == (None, 1)


@pytest.mark.parametrize(("day", "week"), [(-2, 0), (-1, 1), (0, 1), (5, 1), (6, 2), (20, 4)])
def test_weeks_are_counted_from_the_start_of_the_period(day, week):
    assert snapshot(1, day=day).week == week  # the first Monday is the second of November


def test_snapshots_come_out_in_time():
    found = accuracy([snapshot(110, day=14), snapshot(150, day=0)], closed(100))
    assert [(one.week, one.bias.percent()) for one in found] == [(1, 50), (3, 10)]


def test_over_several_periods_each_week_has_its_means():
    november = accuracy([snapshot(150, day=0), snapshot(110, day=14)], closed(100))
    december = accuracy(
        [snapshot(270, day=30, period=DECEMBER), snapshot(300, day=44, period=DECEMBER)], closed(300, DECEMBER)
    )
    first, third = accuracy_by_week(chain(november, december))
    assert (first.week, third.week) == (1, 3)
    assert (first.bias.percent(), first.weighted_percentage_error.percent()) == (5, 20)
    assert (first.mean_percentage_error.percent(), third.mean_percentage_error.percent()) == (30, 5)
    assert (first.bias.count, first.bias.numerator, first.bias.denominator) == (2, eur(20), eur(400))


def test_periods_in_which_nothing_closed_are_left_out_of_the_mean():
    november, december = (
        accuracy([snapshot(150)], closed(100)),
        accuracy([snapshot(50, day=30, period=DECEMBER)], closed(None, DECEMBER)),
    )
    (first,) = accuracy_by_week([*november, *december])
    assert (first.mean_percentage_error.percent(), first.mean_percentage_error.count) == (50, 1)
    assert [(one.reason, one.count) for one in first.mean_percentage_error.left_out] == [
        ("nothing closed in the period", 1)
    ]
    (only,) = accuracy_by_week(december)
    assert only.mean_percentage_error.undefined == "nothing closed in the period"
    assert only.bias.undefined == "nothing closed in the period"
    (silent,) = accuracy_by_week(accuracy([snapshot(None)], closed(100)))
    assert silent.bias.undefined == "no forecast of this week has an error"


def test_of_several_in_a_week_the_last_counts():
    found = accuracy([snapshot(150, day=0), snapshot(100, day=3)], closed(100))
    (week,) = accuracy_by_week(found)
    assert week.mean_percentage_error.value == 0


def test_a_third_of_an_error_is_exact_enough():
    found = accuracy([snapshot(4)], closed(3))
    other = accuracy([snapshot(4, day=30, period=DECEMBER)], closed(3, DECEMBER))
    (week,) = accuracy_by_week([*found, *other])
    assert week.mean_percentage_error.percent(10) == Decimal("33.3333333333")


def a_book() -> Book:
    book = Book()
    due = date(2026, 11, 20)
    book.open("D-1", amount=eur(100), expected_close=due, forecast_category="commit")
    book.open("D-2", amount=eur(60), expected_close=due, forecast_category="best case")
    book.update("D-2", day=8, forecast_category="commit")
    book.lose("D-1", day=10)
    book.win("D-2", day=20)
    return book


def test_the_snapshots_are_worked_out_from_the_journal_alone():
    snapshots = forecast_snapshots(
        a_book().storage,
        figure=lambda rows: CategoryForecast(period=NOVEMBER).of(rows).commit_forecast,
        period=NOVEMBER,
        at=[at(14), at(0), at(9), at(25)],
    )
    assert [(one.at, one.said) for one in snapshots] == [
        (at(0), eur(100)),
        (at(9), eur(160)),
        (at(14), eur(60)),
        (at(25), eur(60)),
    ]
    (rows,) = rows_at(a_book().storage, NOVEMBER.end)
    found = accuracy(snapshots, closed_in(rows, NOVEMBER, as_of=NOVEMBER.end, currency="EUR"))
    assert [one.bias.percent(1) for one in found] == [Decimal("66.7"), Decimal("166.7"), 0, 0]


@given(books())
def test_a_snapshot_is_what_the_forecast_would_have_said_then(book):
    days = [at(day) for day in (0, 5, 10)]
    figure = WeightedPipeline(period=NOVEMBER, outcomes=["open", "won"]).of
    snapshots = forecast_snapshots(book.storage, figure=figure, period=NOVEMBER, at=days)
    assert [one.said for one in snapshots] == [figure(replayed(book.storage, as_of=day)).value for day in days]


def test_at_the_end_the_closed_line_is_what_closed():
    book = a_book()
    (rows,) = rows_at(book.storage, NOVEMBER.end)
    assert CategoryForecast(period=NOVEMBER).of(rows).closed.value == TotalAmount(period=NOVEMBER).of(rows).value


def test_periods_and_currencies_are_not_mixed():
    with pytest.raises(InvalidValue, match="what closed in their own period"):
        accuracy([snapshot(1), snapshot(1, period=DECEMBER)], closed(100))
    with pytest.raises(InvalidValue, match="what closed in their own period"):
        accuracy([snapshot(1)], closed(100, DECEMBER))
    with pytest.raises(CurrencyMismatch):
        accuracy([ForecastSnapshot(period=NOVEMBER, at=at(0), said=Money(1, "USD"))], closed(100))


def test_a_period_has_some_length_and_a_moment_a_time_zone():
    empty = Period(at(0), at(0))
    with pytest.raises(InvalidValue, match="a period must have some length"):
        ForecastSnapshot(period=empty, at=at(0), said=None)
    with pytest.raises(InvalidValue, match="a period must have some length"):
        closed_in([], empty, as_of=at(0), currency="EUR")
    with pytest.raises(InvalidValue, match="must have a time zone"):
        rows_at([], at(0).replace(tzinfo=None))
