"""How long deals take, and how old open ones are: by the time that passes, by dates, and in working days."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from deals_measured import START, a_row, after
from hypothesis import given
from hypothesis import strategies as st

from salesflow import InvalidValue, Period, UnknownName
from salesflow.measure import CalendarDays, ElapsedDays, Kept, OpenAge, Quantile, SalesCycle, WorkedDays
from salesflow.values.working_days import Weekday, WorkingDays

HALF = ["0.5"]


def took(*days: float, outcome: str = "won"):
    return [a_row(f"D-{number}", outcome, took=one) for number, one in enumerate(days, start=1)]


def from_to(first: date, last: date):
    def at(on: date) -> datetime:
        return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)

    return [a_row("D-1", "won", opened_at=at(first), closed_at=at(last))]


def test_the_mean_and_the_median_are_not_the_same():
    cycle = SalesCycle(quantiles=HALF).of(took(1, 2, 6))
    assert (cycle.mean.value, cycle.median.value, cycle.least, cycle.most) == (3, 2, 1, 6)
    assert cycle.mean.definition.numerator == "days from created to closed"


def test_part_of_a_day_counts_by_the_time_that_passes():
    assert SalesCycle().of(took(0.25, 0.5)).mean.value == Decimal("0.375")


def test_lost_deals_are_another_population():
    rows = took(2, 4) + took(10, outcome="lost")
    assert SalesCycle().of(rows).mean.value == 3
    both = SalesCycle(outcomes=["won", "lost"]).of(rows)
    assert (both.mean.rounded(2), both.mean.definition.population) == (Decimal("5.33"), "won or lost deals")


def test_open_deals_have_an_age_and_no_cycle():
    with pytest.raises(InvalidValue, match="open deals have no cycle yet"):
        SalesCycle(outcomes="open")


def test_without_a_won_deal_it_is_undefined():
    cycle = SalesCycle(quantiles=HALF).of(took(3, outcome="lost"))
    assert cycle.mean.undefined == "there are no won deals with both moments"
    assert (cycle.median.value, cycle.total, cycle.least) == (None, None, None)


def test_a_cycle_of_no_time_is_zero_and_defined():
    assert SalesCycle().of(took(0)).mean.value == 0


def test_deals_with_one_moment_are_left_out_and_counted():
    rows = [a_row("D-1", "won"), a_row("D-2", "won", opened_at=None, closed_at=START)]
    left_out = SalesCycle(with_ids=True).of(rows).left_out
    assert [(one.reason, one.ids) for one in left_out] == [
        ("the moment of the close is not known", ("D-1",)),
        ("the moment when it was created is not known", ("D-2",)),
    ]


def test_it_may_begin_when_the_deal_was_engaged():
    row = a_row("D-1", "won", took=10, engaged_at=after(4))
    assert SalesCycle(start="engaged").of([row]).mean.value == 6
    with pytest.raises(InvalidValue, match="created or engaged"):
        SalesCycle(start="closed")


def test_from_friday_to_monday_are_three_days_or_two_working_days():
    rows = from_to(date(2026, 11, 6), date(2026, 11, 9))
    assert SalesCycle().of(rows).mean.value == 3
    assert SalesCycle(calendar=WorkedDays()).of(rows).mean.value == 2
    assert SalesCycle(calendar=WorkedDays(inclusive=False)).of(rows).mean.value == 1


def test_the_weekend_may_be_friday_and_saturday_and_holidays_are_the_hosts():
    rows = from_to(date(2026, 11, 5), date(2026, 11, 9))  # Thursday to Monday
    israel = WorkingDays(weekend=(Weekday.FRIDAY, Weekday.SATURDAY))
    assert SalesCycle(calendar=WorkedDays(days=israel)).of(rows).mean.value == 3
    closed = WorkingDays(weekend=(Weekday.FRIDAY, Weekday.SATURDAY), holidays=[date(2026, 11, 8)])
    cycle = SalesCycle(calendar=WorkedDays(days=closed)).of(rows)
    assert cycle.mean.value == 2
    assert "without Friday, Saturday and holidays" in str(cycle.mean.definition)


def test_which_day_it_is_depends_on_the_zone():
    row = a_row(
        "D-1",
        "won",
        opened_at=datetime(2026, 11, 2, 23, tzinfo=UTC),
        closed_at=datetime(2026, 11, 3, 1, tzinfo=UTC),
    )
    assert SalesCycle(calendar=CalendarDays()).of([row]).mean.value == 1
    assert SalesCycle(calendar=CalendarDays("Asia/Jerusalem")).of([row]).mean.value == 0
    assert str(CalendarDays(ZoneInfo("Asia/Jerusalem"))) == "calendar days in Asia/Jerusalem"


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("linear", Decimal("1.75")),
        ("lower", 1),
        ("higher", 2),
        ("nearest rank", 1),
    ],
)
def test_a_quantile_between_two_values_is_by_the_method_that_it_names(method, expected):
    wanted = Quantile("0.25", method)
    cycle = SalesCycle(quantiles=[wanted]).of(took(1, 2, 3, 4))
    assert cycle.quantile(wanted).value == expected
    assert cycle.quantile(wanted).definition.method == f"{wanted.method.in_words}; exact"


def test_the_ends_are_the_least_and_the_most():
    cycle = SalesCycle(quantiles=["0", "1"]).of(took(5, 1, 9))
    assert (cycle.quantile("0").value, cycle.quantile("1").value) == (1, 9)


def test_a_quantile_lies_between_0_and_1():
    with pytest.raises(InvalidValue, match="a quantile lies between 0 and 1"):
        SalesCycle(quantiles=["50"])
    with pytest.raises(UnknownName):
        SalesCycle(quantiles=HALF).of(took(1)).quantile("0.75")


days = st.lists(st.floats(0, 4000, allow_nan=False, width=32), min_size=2, max_size=40)


@given(days, st.integers(1, 99))
def test_an_exact_quantile_is_that_of_the_standard_library(values, percent):
    rows = took(*values)
    cycle = SalesCycle(quantiles=[Decimal(percent).scaleb(-2)]).of(rows)
    lengths = [(row.closed_at - row.opened_at).total_seconds() / 86400 for row in rows]
    expected = statistics.quantiles(lengths, n=100, method="inclusive")[percent - 1]
    assert float(cycle.quantiles[0].result.value) == pytest.approx(expected, abs=1e-6)


@given(days, st.sampled_from(["0", "0.1", "0.5", "0.9", "1"]))
def test_a_sketch_is_at_most_1_6_percent_off_and_says_that_it_is_one(values, at):
    wanted = Quantile(at, "lower")
    exact = SalesCycle(quantiles=[wanted]).of(took(*values)).quantile(wanted).value
    sketched = SalesCycle(quantiles=[wanted], kept=Kept.SKETCH).of(took(*values)).quantile(wanted)
    assert abs(sketched.value - exact) <= exact / 64
    assert sketched.definition.method.endswith("by a sketch of fixed buckets, at most 1.6 % off")


def test_a_sketch_of_working_days_up_to_two_months_is_exact():
    sketched = SalesCycle(quantiles=HALF, calendar=CalendarDays(), kept=Kept.SKETCH).of(took(3, 41, 63))
    assert sketched.median.value == 41


def test_open_deals_have_an_age_at_a_moment():
    rows = [
        a_row("D-1"),
        a_row("D-2", opened_at=after(6)),
        a_row("D-3", "won", took=1),
        a_row("D-4", opened_at=after(20)),
    ]
    age = OpenAge(at=after(10), older_than=5, quantiles=HALF, with_ids=True).of(rows)
    assert (age.mean.value, age.median.value, age.count) == (7, 7, 2)
    assert (age.older, age.older_ids) == (1, ("D-1",))
    assert [(one.reason, one.ids) for one in age.left_out] == [("it was created later", ("D-4",))]


def test_exactly_so_old_is_not_older():
    assert OpenAge(at=after(5), older_than=5).of([a_row("D-1")]).older == 0
    assert OpenAge(at=after(5)).of([a_row("D-1")]).older is None
    with pytest.raises(InvalidValue, match="open deals have no date of the close"):
        OpenAge(at=after(5), axis="closed", period=Period(after(0), after(1)))
    with pytest.raises(InvalidValue, match="whole number of days"):
        OpenAge(at=after(5), older_than=-1)


def test_the_usual_count_is_by_the_time_that_passes():
    assert str(ElapsedDays()) == "calendar days of 24 hours, by the time that passes"
    assert SalesCycle().calendar == ElapsedDays()
