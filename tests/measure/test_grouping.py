"""A metric for every owner, stage, month, product, or anything else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import attrs
import pytest
from deals_measured import a_row, after

from salesflow import InvalidValue, Money, UnknownName, WrongType
from salesflow.measure import (
    DealCount,
    DealRow,
    Grouping,
    TotalAmount,
    WinRate,
    by_day,
    by_month,
    by_quarter,
    by_week,
    by_year,
    grouped,
)

COUNT = DealCount()


def counts(groups) -> dict[object, int]:
    return {group.key: group.result.value for group in groups}


def test_deals_without_an_owner_are_a_group_of_their_own():
    rows = [a_row("D-1", owner="noa"), a_row("D-2"), a_row("D-3", owner="")]
    by_owner = grouped(COUNT, "owner").of(rows)
    assert counts(by_owner) == {"noa": 1, None: 2}
    assert (by_owner.groups[-1].label, by_owner.whole.value, by_owner.by) == ("Not assigned", 3, ("owner",))


def test_somebody_called_not_assigned_is_somebody():
    by_owner = grouped(COUNT, "owner").of([a_row("D-1", owner="Not assigned"), a_row("D-2")])
    assert counts(by_owner) == {"Not assigned": 1, None: 1}


def test_a_month_has_its_year():
    rows = [a_row("D-1", "won", took=0), a_row("D-2", "won", took=365), a_row("D-3")]
    assert counts(grouped(COUNT, "month").of(rows)) == {"2026-11": 1, "2027-11": 1, None: 1}


@pytest.mark.parametrize(
    ("by", "key"),
    [(by_day, "2027-01-01"), (by_week, "2026-W53"), (by_month, "2027-01"), (by_quarter, "2027-Q1"), (by_year, "2027")],
)
def test_the_day_and_what_it_lies_in(by, key):
    row = a_row(opened_at=datetime(2026, 12, 31, 23, tzinfo=UTC))
    assert grouped(COUNT, by("created", zone="Asia/Jerusalem")).of([row]).keys == (key,)


def test_the_expected_close_is_a_day_in_no_zone():
    row = a_row(expected_close=date(2026, 8, 31))
    assert grouped(COUNT, by_month("expected close", zone="Pacific/Kiritimati")).of([row]).keys == ("2026-08",)


def test_several_groupings_give_keys_that_are_tuples():
    rows = [a_row("D-1", owner="noa", stage="closing"), a_row("D-2", stage="closing")]
    both = grouped(COUNT, "owner", "stage").of(rows)
    assert counts(both) == {("noa", "closing"): 1, (None, "closing"): 1}
    assert both.groups[-1].label == "Not assigned, closing"


def test_a_grouped_metric_may_be_grouped_again():
    rows = [a_row("D-1", owner="noa", team="a"), a_row("D-2", owner="dan", team="a"), a_row("D-3", team="b")]
    teams = grouped(grouped(COUNT, "owner"), "team").of(rows)
    assert counts(teams["a"]) == {"dan": 1, "noa": 1}
    assert teams.whole.whole.value == 3


def test_a_deal_over_two_products_is_in_both_and_counts_once_in_the_whole():
    rows = [a_row("D-1", "won", amount="10", products=("desk", "chair")), a_row("D-2", "won", amount="5")]
    products = grouped(TotalAmount(), "product").of(rows)
    assert products.keys == ("chair", "desk", None)
    assert (products["desk"].value, products.whole.value) == (Money("10", "EUR"), Money("15", "EUR"))
    assert products.overlap


def test_columns_of_your_own_and_functions_group_too():
    @attrs.frozen(kw_only=True)
    class CatalogRow(DealRow):
        region: str | None = None

    def size(row: DealRow) -> str:
        return "large" if row.amount is not None and row.amount.amount > 100 else "small"

    rows = [CatalogRow(id="D-1", region="West", amount=Money("500", "EUR")), CatalogRow(id="D-2", region="East")]
    assert counts(grouped(COUNT, "region").of(rows)) == {"East": 1, "West": 1}
    by_size = grouped(COUNT, size).of(rows)
    assert (counts(by_size), by_size.by) == ({"large": 1, "small": 1}, ("size",))
    both = Grouping("tags", lambda row: ("a", "b", "a"), overlap=True)
    assert counts(grouped(COUNT, both).of(rows)) == {"a": 2, "b": 2}


def test_a_name_that_no_row_has_is_an_error_with_the_nearest():
    with pytest.raises(UnknownName, match=r"no column 'ownr' in DealRow; did you mean 'owner'"):
        grouped(COUNT, "ownr").of([a_row()])


def test_a_mistake_in_a_function_is_not_taken_for_a_column():
    with pytest.raises(AttributeError, match="nope"):
        grouped(COUNT, lambda row: row.amount.nope).of([a_row(amount="1")])


def test_a_group_that_did_not_occur_is_an_error_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'noa'"):
        grouped(COUNT, "owner").of([a_row(owner="noa")])["noah"]


def test_there_is_something_to_group_by():
    with pytest.raises(InvalidValue, match="needs something to group by"):
        grouped(COUNT)
    with pytest.raises(WrongType):
        grouped(COUNT, 7)


def test_groups_are_ranked_with_undefined_ones_last():
    rows = [
        a_row("D-1", "won", owner="dan", took=1),
        a_row("D-2", owner="eve"),
        a_row("D-3", "lost", owner="noa", took=1),
        a_row("D-4", "won", owner="amos", took=1),
    ]
    ranked = grouped(WinRate(), "owner").of(rows).ranked(lambda rate: rate.value)
    assert [group.key for group in ranked] == ["amos", "dan", "noa", "eve"]


def test_keys_of_any_kind_come_in_an_order():
    keys = [2, 10, "b", None, date(2026, 1, 1), "a"]
    rows = [a_row(f"D-{number}") for number in range(len(keys))]
    groups = grouped(COUNT, lambda row: keys[int(row.id[2:])]).of(rows)
    assert groups.keys == ("a", "b", date(2026, 1, 1), 2, 10, None)
    assert len(groups) == 6
    assert "a" in groups


def test_each_deal_may_have_a_zone_of_its_own():
    zones = {"honolulu": ZoneInfo("Pacific/Honolulu"), "jerusalem": ZoneInfo("Asia/Jerusalem")}
    rows = [a_row(one, "won", owner=one, closed_at=after(0, hours=14)) for one in zones]
    today = grouped(COUNT, by_day(zone=lambda row: zones[row.owner])).of(rows)
    assert counts(today) == {"2026-11-02": 1, "2026-11-03": 1}
