"""Cases of other systems that concern metrics, each under the name that it has in the list of peer cases.

Decided otherwise: an average of nothing is undefined with its reason and not 0 (FR-02); a period whose end lies before its
start is an error where it is made (FR-03); there are no metrics by name, so a wrong name is an ``ImportError`` or, for a
column to group by, ``UnknownName`` with the nearest (FR-05). OD-56 and FR-07 are about weighting; what is checked of them
here is the arithmetic of ``Money`` and the chance that a row of a lost deal has.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from deals_measured import a_row, rows_of
from walks import NOW, sale_in

from salesflow import InvalidValue, MemoryStorage, Money, Period, UnknownName
from salesflow.measure import (
    DealCount,
    DealSize,
    TotalAmount,
    by_day,
    by_month,
    by_quarter,
    grouped,
    replayed,
)
from salesflow.standard import StandardProcess

OPEN_AMOUNTS = DealSize(outcomes="open", where=lambda deal: deal.owner == "noa", population="deals of noa")


@pytest.mark.parametrize(
    ("revenue", "percent", "weighted"), [("33.35", 10, "3.34"), ("1000", 55, "550.00"), ("0.05", 50, "0.03")]
)
def test_od_56_a_weighted_amount_is_rounded_to_the_cent(revenue, percent, weighted):
    assert Money(revenue, "EUR").times(Decimal(percent).scaleb(-2)) == Money(weighted, "EUR")


def test_od_58_sellers_who_close_at_the_same_instant_have_each_their_own_day():
    zones = {
        "hawaii": timezone(timedelta(hours=-10)),
        "india": timezone(timedelta(hours=5.5)),
        "tonga": timezone(timedelta(hours=13)),
    }
    at = datetime(2026, 11, 3, 23, tzinfo=UTC)
    rows = [a_row(name, "won", closed_at=at, owner=name) for name in zones]
    days = grouped(DealCount(), "owner", by_day(zone=lambda row: zones[row.owner])).of(rows)
    assert days.keys == (("hawaii", "2026-11-03"), ("india", "2026-11-04"), ("tonga", "2026-11-04"))


def a_book():
    mine = [a_row("D-1", amount="90000", owner="noa"), a_row("D-2", amount="70000", owner="noa")]
    return [*mine, a_row("D-3", "won", took=3, amount="5", owner="dan")]


def test_fr_02_an_owner_filter_counts_and_averages_open_deals():
    size = OPEN_AMOUNTS.of(a_book())
    assert (size.count, size.mean.value) == (2, Money("80000", "EUR"))


def test_fr_02_none_won_is_a_count_of_zero_and_an_average_that_is_undefined():
    won = DealCount(outcomes="won", where=lambda deal: deal.owner == "noa")
    assert won.of(a_book()).value == 0
    average = DealSize(where=lambda deal: deal.owner == "noa").of(a_book()).mean
    assert (average.value, average.undefined) == (None, "there are no won deals with a known amount")


@pytest.mark.parametrize(
    "metric",
    [
        DealCount(period=Period.year(2030, UTC)),
        DealCount(where=lambda deal: deal.owner == "nobody"),
        DealCount(period=Period(NOW, NOW)),
    ],
    ids=["a year ahead", "unknown user", "no length"],
)
def test_fr_03_nothing_to_count_is_zero_and_no_error(metric):
    assert metric.of(a_book()).value == 0


def test_fr_03_a_period_that_ends_before_it_starts_is_refused_where_it_is_made():
    with pytest.raises(InvalidValue, match="a period must not end before it starts"):
        Period(NOW, NOW - timedelta(days=1))


def test_fr_05_a_wrong_name_is_an_error_that_says_so():
    with pytest.raises(UnknownName):
        grouped(DealCount(), "no such thing").of(a_book())
    with pytest.raises(ImportError):
        exec("from salesflow.measure import NoSuchMetric")


def test_fr_07_a_lost_deal_weighs_nothing():
    storage = MemoryStorage()
    sale = sale_in("closing")
    sale.lose(reason="price")
    storage.commit(sale.changes)
    (row,) = replayed(storage, process=StandardProcess())
    assert (row.probability, row.amount.times(row.probability)) == (0, Money("0", "EUR"))


def test_er_01_one_open_deal_by_month_quarter_owner_and_stage():
    rows = [a_row(amount="150000", expected_close=date(2021, 8, 31), stage="Prospecting")]
    number, amount = DealCount(outcomes="open"), TotalAmount(outcomes="open")
    for by, key in (
        (by_month("expected close"), "2021-08"),
        (by_quarter("expected close"), "2021-Q3"),
        ("owner", None),
        ("stage", "Prospecting"),
    ):
        assert grouped(number, by).of(rows)[key].value == 1
        assert grouped(amount, by).of(rows)[key].value == Money("150000", "EUR")
    assert grouped(number, "owner").of(rows).groups[0].label == "Not assigned"


def test_a_book_without_deals_has_no_groups():
    assert len(grouped(DealCount(), "owner").of([])) == 0
    assert rows_of() == []
