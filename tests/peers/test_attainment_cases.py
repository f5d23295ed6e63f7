"""Attainment of quotas as other systems compute it; the ids are those of the cases we collected."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

import pytest

from salesflow import Money, Period
from salesflow.measure.attainment import Standing, year_to_date
from salesflow.measure.pro_rata import pro_rata
from salesflow.measure.target import Target

YEAR = Period.year(2027, UTC)


def quota(amount: int, period: Period = YEAR) -> Target:
    return Target(period=period, amount=Money(amount, "USD"))


def reached(amount: int, target: Target) -> Standing:
    return Standing(target=target, achieved=Money(amount, "USD"))


@pytest.mark.parametrize(
    ("case", "booked", "target", "percent"),
    [("WB-06", 235_000, 250_000, "94.00"), ("WB-09", 50_000, 45_000, "111.11")],
)
def test_attainment(case, booked, target, percent):
    assert reached(booked, quota(target)).attainment.percent() == Decimal(percent), case


def test_wb_07_year_to_date_divides_sums():
    months = [
        reached(sales, quota(50_000, Period.month(2027, month, UTC)))
        for month, sales in enumerate((42_500, 55_000, 52_500), start=1)
    ]
    assert [one.attainment.percent(0) for one in months] == [85, 110, 105]
    assert [one.percent(1) for one in year_to_date(months)] == [Decimal("85.0"), Decimal("97.5"), Decimal("100.0")]


def test_wb_09_what_85_percent_of_a_quota_is():
    target = quota(60_000)
    assert target.amount.times(Decimal("0.85")) == Money("51000", "USD")
    assert reached(51_000, target).attainment.percent() == 85


def test_a_quota_pro_rata():
    sixty_days = Period.of_days(date(2027, 1, 1), date(2027, 3, 1), UTC)
    assert pro_rata(quota(146_000), sixty_days) == Money("24000", "USD")
