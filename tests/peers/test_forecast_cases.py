"""Cases of other systems that concern the forecast, each under the name that it has in the list of peer cases.

Decided otherwise: a lost deal weighs nothing, and not its full value (FR-07).
"""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

import attrs
import pytest
from deals_measured import a_row, after

from salesflow import MemoryStorage, Money, Period
from salesflow.measure import (
    CategoryForecast,
    CategoryRule,
    DealRow,
    MonthlyPart,
    MonthlyRecurring,
    WeightedPipeline,
    WeightedRounding,
    by_forecast_month,
    by_forecast_quarter,
    grouped,
    replayed,
)
from salesflow.standard import StandardProcess

NOVEMBER = Period.month(2026, 11, UTC)


def eur(amount: str | int) -> Money:
    return Money(amount, "EUR")


def weighing(amount: str, percent: str | int, deal_id: str = "D-1", **fields) -> DealRow:
    return a_row(deal_id, amount=amount, probability=Decimal(percent).scaleb(-2), **fields)


@pytest.mark.parametrize(
    ("percent", "weighted"), [(10, "5000"), (25, "12500"), (50, "25000"), (75, "37500"), (100, "50000")]
)
def test_wb_04_fifty_thousand_at_each_chance(percent, weighted):
    assert WeightedPipeline().of([weighing("50000", percent)]).value == eur(weighted)


def test_wb_04_all_of_them_together():
    rows = [weighing("50000", percent, f"D-{percent}") for percent in (10, 25, 50, 75, 100)]
    assert WeightedPipeline().of(rows).value == eur(130000)


@pytest.mark.parametrize(
    ("revenue", "percent", "weighted"),
    [("33.35", 10, "3.34"), ("1000", 55, "550.00"), ("0.05", 50, "0.03"), ("100", 0, "0"), ("99.99", "33.3", "33.30")],
)
def test_od_56_a_weighted_amount_is_rounded_to_the_cent(revenue, percent, weighted):
    assert WeightedPipeline().of([weighing(revenue, percent)]).value == eur(weighted)


@attrs.frozen(kw_only=True)
class PlanRow(DealRow):
    recurring_amount: Money | None = None
    recurring_months: int | None = None


@pytest.mark.parametrize(
    ("recurring", "months", "percent", "monthly", "weighted"),
    [
        ("1200", 12, 30, "100.00", "30.00"),
        ("200", 3, 50, "66.67", "33.33"),
        ("1000", 60, 100, "16.67", "16.67"),
        ("75", 1, 20, "75.00", "15.00"),
    ],
)
def test_od_56_recurring_revenue_by_month_and_weighted(recurring, months, percent, monthly, weighted):
    row = PlanRow(
        id="D-1",
        recurring_amount=eur(recurring),
        recurring_months=months,
        probability=Decimal(percent).scaleb(-2),
        forecast_category="commit",
    )
    assert MonthlyPart(eur(recurring), months).money == eur(monthly)
    assert CategoryForecast(worth=MonthlyRecurring()).of([row]).commit.value == eur(monthly)
    assert WeightedPipeline(worth=MonthlyRecurring()).of([row]).value == eur(weighted)


def test_fr_07_a_lost_deal_weighs_nothing_in_any_forecast():
    rows = [
        weighing("100", 50, "D-1", expected_close=date(2026, 11, 20), forecast_category="commit"),
        weighing("999", 80, "D-2", outcome="lost", expected_close=date(2026, 11, 20), forecast_category="commit"),
    ]
    for outcomes in ("open", ["open", "lost"], ["open", "won", "lost"]):
        assert WeightedPipeline(period=NOVEMBER, outcomes=outcomes).of(rows).value == eur(50)
    by_month = grouped(WeightedPipeline(outcomes=["open", "won", "lost"]), by_forecast_month()).of(rows)
    assert by_month["2026-11"].value == eur(50)
    assert CategoryForecast(period=NOVEMBER).of(rows).commit_forecast.value == eur(100)


def test_fr_07_nor_does_one_that_was_lost_in_a_journal():
    storage = MemoryStorage()
    sale = StandardProcess().open(id="D-1", name="A deal", amount=eur(999), by="noa", at=after(0))
    sale.lose(reason="price")
    storage.commit(sale.changes)
    rows = list(replayed(storage, process=StandardProcess()))
    assert WeightedPipeline(outcomes=["open", "lost"]).of(rows).value == eur(0)


def test_er_01_one_open_deal_by_month_quarter_owner_and_stage():
    rows = [a_row(amount="150000", expected_close=date(2021, 8, 31), stage="Prospecting")]
    metric = CategoryForecast(category=CategoryRule(otherwise="pipeline"))
    for by, key in (
        (by_forecast_month(), "2021-08"),
        (by_forecast_quarter(), "2021-Q3"),
        ("owner", None),
        ("stage", "Prospecting"),
    ):
        groups = grouped(metric, by).of(rows)
        assert (groups.keys, groups[key].open_pipeline.count) == ((key,), 1)
        assert groups[key].open_pipeline.value == eur(150000)
    assert grouped(metric, "owner").of(rows).groups[0].label == "Not assigned"


def test_salesforce_categories_add_up():
    day = date(2026, 11, 20)
    rows = [
        a_row("D-1", "won", amount="50", expected_close=day),
        a_row("D-2", amount="100", expected_close=day, forecast_category="commit"),
        a_row("D-3", amount="150", expected_close=day, forecast_category="best case"),
        a_row("D-4", amount="200", expected_close=day, forecast_category="pipeline"),
    ]
    forecast = CategoryForecast(period=NOVEMBER).of(rows)
    assert (forecast.commit_forecast.value, forecast.best_case_forecast.value) == (eur(150), eur(300))
    assert forecast.open_pipeline.value == eur(450)


def test_three_deals_of_33_35_at_ten_percent():
    rows = [weighing("33.35", 10, f"D-{number}") for number in range(3)]
    assert WeightedPipeline().of(rows).value == eur("10.02")
    assert WeightedPipeline(rounding=WeightedRounding.OF_SUM).of(rows).numerator == Decimal("10.005")
