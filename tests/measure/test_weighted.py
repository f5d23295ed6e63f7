"""The weighted pipeline, where it is rounded, and recurring revenue."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

import attrs
import pytest
from deals_measured import a_row, after, walked
from hypothesis import given
from hypothesis import strategies as st

from salesflow import InvalidValue, Money, Period, UnknownName, WrongType
from salesflow.measure import (
    DealRow,
    MonthlyPart,
    MonthlyRecurring,
    Rate,
    Rates,
    WeightedPipeline,
    WeightedRounding,
    WinningChances,
    grouped,
    measure,
)

NOVEMBER = Period.month(2026, 11, UTC)
DAY = date(2026, 11, 20)
RATES = Rates("EUR", [Rate("USD", date(2026, 11, 1), "0.9"), Rate("USD", date(2026, 12, 1), "0.8")])


def weighing(deal_id: str, amount: str | Money | None, chance: str | None, **fields) -> DealRow:
    return a_row(deal_id, amount=amount, probability=None if chance is None else Decimal(chance), **fields)


def three() -> list[DealRow]:
    return [weighing(f"D-{number}", "33.35", "0.1") for number in range(3)]


def test_rounded_per_deal_the_cards_add_up_to_the_total():
    found = WeightedPipeline().of(three())
    assert (found.value, found.numerator) == (Money("10.02", "EUR"), Decimal("10.02"))
    assert found.definition.rounding == "rounded half up per deal"
    assert (found.amount.value, found.count) == (Money("100.05", "EUR"), 3)


def test_added_up_first_the_exact_sum_is_the_numerator():
    found = WeightedPipeline(rounding=WeightedRounding.OF_SUM).of(three())
    assert (found.value, found.numerator) == (Money("10.01", "EUR"), Decimal("10.005"))
    assert "rounded half up once, of the sum" in str(found.definition)


def test_a_lost_deal_weighs_nothing_and_a_won_one_all_whatever_their_rows_say():
    rows = [
        weighing("D-1", "100", "0.5"),
        weighing("D-2", "100", "0.9", outcome="lost"),
        weighing("D-3", "100", "0.2", outcome="won"),
    ]
    assert WeightedPipeline().of(rows).value == Money("50", "EUR")
    assert WeightedPipeline(outcomes=["open", "won", "lost"]).of(rows).value == Money("150", "EUR")


def test_what_is_not_known_is_left_out_with_its_reason():
    rows = [weighing("D-1", "100", "0.5"), weighing("D-2", None, "0.5"), weighing("D-3", "100", None)]
    found = WeightedPipeline(with_ids=True).of(rows)
    assert (found.value, found.count, found.ids) == (Money("50", "EUR"), 1, ("D-1",))
    assert [(one.reason, one.count, one.ids) for one in found.left_out] == [
        ("the amount is not known", 1, ("D-2",)),
        ("the probability is not known", 1, ("D-3",)),
    ]


def test_an_amount_or_a_chance_of_zero_is_known():
    found = WeightedPipeline().of([weighing("D-1", "0", "0.5"), weighing("D-2", "10", "0")])
    assert (found.value, found.count, found.left_out) == (Money(0, "EUR"), 2, ())


def test_the_expected_close_picks_the_period_and_its_end_is_not_in_it():
    days = {"D-0": date(2026, 10, 31), "D-1": date(2026, 11, 1), "D-2": date(2026, 11, 30), "D-3": date(2026, 12, 1)}
    rows = [weighing(deal_id, "100", "0.5", expected_close=on) for deal_id, on in days.items()]
    assert WeightedPipeline(period=NOVEMBER, with_ids=True).of(rows).ids == ("D-1", "D-2")


def test_deals_without_a_date_are_a_line_of_their_own():
    rows = [weighing("D-1", "100", "0.5", expected_close=DAY), weighing("D-2", "70", "0.1")]
    found = WeightedPipeline(period=NOVEMBER).of(rows)
    assert (found.value, found.without_date.value) == (Money(50, "EUR"), Money(7, "EUR"))
    assert [(one.reason, one.count) for one in found.left_out] == [("it has no expected close", 1)]
    assert found.without_date.definition.period is None
    assert WeightedPipeline().of(rows).value == Money(57, "EUR")
    cohort = WeightedPipeline(axis="created", period=NOVEMBER).of(rows)
    assert (cohort.value, cohort.without_date.value) == (Money(57, "EUR"), Money(7, "EUR"))


def test_several_currencies_are_undefined_without_rates_and_converted_by_the_day_with_them():
    rows = [
        weighing("D-1", "100", "0.5", expected_close=DAY),
        weighing("D-2", Money("100", "USD"), "0.5", expected_close=date(2026, 12, 5)),
    ]
    assert WeightedPipeline().of(rows).undefined == "amounts in EUR, USD and no rates; give rates, or group by currency"
    assert WeightedPipeline(rates=RATES).of(rows).value == Money("90", "EUR")
    assert WeightedPipeline(rates=RATES, rate_on=DAY).of(rows).value == Money("95", "EUR")
    assert grouped(WeightedPipeline(), "currency").of(rows)["USD"].value == Money("50", "USD")


def test_a_rate_that_is_missing_leaves_the_deal_out():
    rows = [weighing("D-1", Money(100, "GBP"), "0.5", expected_close=DAY), weighing("D-2", Money(1, "USD"), "0.5")]
    found = WeightedPipeline(rates=RATES).of(rows)
    assert [one.reason for one in found.left_out] == ["no date to take a rate of", "no rate of GBP on its date"]
    assert found.undefined == "of none of its deals the figure is known"


@pytest.mark.parametrize("rows", [[], [weighing("D-1", "100", "0.5", outcome="lost")]], ids=["empty", "all lost"])
def test_of_no_open_deals_it_is_undefined_and_not_zero(rows):
    found = WeightedPipeline().of(rows)
    assert found.undefined == "there are no open deals with a known amount and probability"
    assert WeightedPipeline(rates=RATES).of(rows).value == Money(0, "EUR")


def test_a_period_has_some_length():
    with pytest.raises(InvalidValue, match="a period must have some length"):
        WeightedPipeline(period=Period(after(0), after(0)))
    with pytest.raises(WrongType, match="must be a Period"):
        WeightedPipeline(period="2026-11")


def test_a_probability_above_one_is_refused_with_the_row():
    with pytest.raises(InvalidValue, match="must lie between 0 and 1"):
        weighing("D-1", "100", "1.5")


def test_deals_may_weigh_what_became_of_earlier_ones_in_their_stage():
    earlier = [
        walked("E-1", "won", ("approach", 1), ("closing", 1)),
        walked("E-2", "lost", ("approach", 1), ("closing", 1)),
        walked("E-3", "lost", ("approach", 1)),
        walked("E-4", "lost", ("approach", 1)),
    ]
    history = WinningChances().of(earlier)
    rows = [
        weighing("D-1", "100", "0.9", stage="approach"),
        weighing("D-2", "100", None, stage="closing"),
        weighing("D-3", "100", "0.9", stage="a new one"),
    ]
    found = WeightedPipeline(chance=history.chance_of).of(rows)
    assert (found.value, found.left_out[0].count) == (Money("75", "EUR"), 1)
    assert "the probability is given by a function" in str(found.definition)
    assert measure(rows, WeightedPipeline(chance=history.chance_of)).results == (found,)


def test_a_chance_that_is_given_lies_between_0_and_1():
    with pytest.raises(InvalidValue, match="chance of deal 'D-1': must lie between 0 and 1"):
        WeightedPipeline(chance=lambda row: Decimal("1.2")).of([weighing("D-1", "100", None)])


def test_a_chance_too_small_to_count_with_is_an_error_that_says_so():
    for rounding in WeightedRounding:
        with pytest.raises(InvalidValue, match="must have at most 34 digits"):
            WeightedPipeline(rounding=rounding).of([weighing("D-1", "100", "1e-999999")])


# Recurring revenue ----------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class PlanRow(DealRow):
    recurring_amount: Money | None = None
    recurring_months: int | None = None


def plan(deal_id: str, amount: str | None, months: int | None, chance: str = "1") -> PlanRow:
    return PlanRow(
        id=deal_id,
        recurring_amount=None if amount is None else Money(amount, "EUR"),
        recurring_months=months,
        probability=Decimal(chance),
    )


def test_a_yearly_plan_is_a_twelfth_of_it_a_month():
    found = WeightedPipeline(worth=MonthlyRecurring()).of([plan("D-1", "1200", 12, "0.3")])
    assert (found.value, found.amount.value) == (Money("30", "EUR"), Money("100", "EUR"))


def test_a_part_of_an_amount_is_rounded_once():
    part = MonthlyPart(Money(200, "EUR"), 3)
    assert (part.money, part.times(Decimal("0.5"))) == (Money("66.67", "EUR"), Money("33.33", "EUR"))
    assert WeightedPipeline(worth=MonthlyRecurring()).of([plan("D-1", "200", 3, "0.5")]).value == Money("33.33", "EUR")
    thirds = [plan(f"D-{number}", "100", 3) for number in range(3)]
    exact = WeightedPipeline(worth=MonthlyRecurring(), rounding=WeightedRounding.OF_SUM).of(thirds)
    assert exact.value == Money(100, "EUR")
    assert WeightedPipeline(worth=MonthlyRecurring()).of(thirds).value == Money("99.99", "EUR")


def test_a_plan_without_an_amount_or_months_is_not_known():
    found = WeightedPipeline(worth=MonthlyRecurring()).of([plan("D-1", None, 12), plan("D-2", "12", None)])
    assert [(one.reason, one.count) for one in found.left_out] == [("the amount is not known", 2)]


def test_recurring_revenue_is_converted_too():
    row = attrs.evolve(plan("D-1", "1", 12, "0.5"), recurring_amount=Money("1200", "USD"), expected_close=DAY)
    assert WeightedPipeline(worth=MonthlyRecurring(), rates=RATES).of([row]).value == Money("45", "EUR")


def test_columns_and_months_are_checked():
    with pytest.raises(UnknownName, match="recurring_months"):
        WeightedPipeline(worth=MonthlyRecurring(months="recuring_months")).of([plan("D-1", "1", 1)])
    for months in (0, -1, 1.5, True):
        with pytest.raises(InvalidValue, match="a plan runs for a whole number of months"):
            MonthlyPart(Money(1, "EUR"), months)
    with pytest.raises(WrongType, match="must be Money"):
        MonthlyPart(Decimal(1), 12)


@given(st.lists(st.tuples(st.decimals("0", "9999", places=2), st.decimals("0", "1", places=4)), min_size=1))
def test_the_sum_of_rounded_deals_is_at_most_half_a_cent_a_deal_from_the_exact_sum(given_rows):
    rows = [weighing(f"D-{number}", str(amount), str(chance)) for number, (amount, chance) in enumerate(given_rows)]
    per_deal, of_sum = (WeightedPipeline(rounding=rounding).of(rows) for rounding in WeightedRounding)
    exact = sum(row.amount.amount * row.probability for row in rows)
    assert of_sum.numerator == exact
    assert abs(per_deal.value.amount - exact) <= Decimal("0.005") * len(rows)
    assert abs(of_sum.value.amount - exact) <= Decimal("0.005")
