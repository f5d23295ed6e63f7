"""Rows: what a host has, taken only where it is right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs
import pytest
from deals_measured import START, a_row, after

from salesflow import ForecastCategory, InvalidValue, Money, Outcome, UnknownName, WrongType
from salesflow.measure import DealRow, ObjectionRow, RefusedRow, TaskRow, VisitRow, joined, taken, visits_of


def visit(stage: str, start: float, end: float | None, id: str = "D-1") -> VisitRow:
    return VisitRow(deal_id=id, stage=stage, entered_at=after(start), left_at=None if end is None else after(end))


def test_two_moments_are_enough_for_a_row():
    row = DealRow(id="D-1", outcome="won", opened_at=START, closed_at=after(3))
    assert (row.outcome, row.is_open, row.amount, row.currency, row.visits) == (Outcome.WON, False, None, None, ())


def test_moments_are_kept_in_utc_so_that_a_difference_is_what_passed():
    berlin = ZoneInfo("Europe/Berlin")
    row = a_row(
        opened_at=datetime(2026, 3, 28, 12, tzinfo=berlin),
        took=None,
        outcome="won",
        closed_at=datetime(2026, 3, 29, 12, tzinfo=berlin),
    )
    assert row.closed_at - row.opened_at == timedelta(hours=23)
    assert row.opened_at.tzinfo is UTC


def test_lists_become_tuples_and_texts_become_choices():
    row = a_row(products=["desk"], forecast_category="commit", visits=[visit("approach", 0, 1)])
    assert (row.products, row.forecast_category) == (("desk",), ForecastCategory.COMMIT)
    assert row.visits[0].left_at == after(1)


def test_a_deal_is_not_closed_before_it_was_opened():
    with pytest.raises(InvalidValue, match=r"closed_at of deal 'D-7': must not lie before opened_at"):
        a_row("D-7", "won", took=-1)


def test_a_deal_is_not_closed_before_it_was_engaged():
    with pytest.raises(InvalidValue, match="closed_at of deal 'D-1': must not lie before engaged_at"):
        a_row("D-1", "won", took=1, engaged_at=after(2))


def test_a_task_is_not_done_before_it_was_added():
    with pytest.raises(InvalidValue, match="done_at of task 1 of deal 'D-1': must not lie before created_at"):
        TaskRow(deal_id="D-1", id=1, created_at=START, status="done", done_at=after(-1))


def test_an_open_deal_is_not_closed():
    with pytest.raises(InvalidValue, match="closed_at of deal 'D-1': an open deal is not closed yet"):
        a_row(closed_at=after(1))


def test_a_probability_lies_between_0_and_1():
    assert a_row(probability=Decimal(1)).probability == 1
    for wrong in ("1.01", "-0.1", "NaN"):
        with pytest.raises(InvalidValue, match="probability of deal 'D-1'"):
            a_row(probability=Decimal(wrong))
    with pytest.raises(WrongType, match="probability of deal 'D-1'"):
        a_row(probability=0.5)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", 100),
        ("expected_close", START),
        ("opened_at", date(2026, 1, 1)),
        ("opened_at", datetime(2026, 1, 1)),
        ("pushes", -1),
        ("id", ""),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(column, value):
    with pytest.raises(InvalidValue):
        DealRow(**{"id": "D-1", column: value})


@pytest.mark.parametrize(
    "fields",
    [
        {"opened_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=3)))},
        {"opened_at": datetime(9999, 12, 31, 23, tzinfo=UTC)},
        {"expected_close": date.min},
        {"first_expected_close": date.max},
    ],
)
def test_a_day_is_a_day_in_every_time_zone(fields):
    with pytest.raises(InvalidValue, match="must lie in the years 2 to 9998"):
        DealRow(id="D-1", **fields)


def test_an_outcome_that_does_not_exist_is_named_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'won'"):
        DealRow(id="D-1", outcome="wonn")


def test_visits_do_not_overlap():
    with pytest.raises(
        InvalidValue, match="visits of deal 'D-1': the visit to closing begins before the one to approach has ended"
    ):
        a_row(visits=(visit("approach", 0, 5), visit("closing", 4, 6)))


def test_only_the_last_visit_goes_on():
    with pytest.raises(InvalidValue, match="begins before the one to approach has ended"):
        a_row(visits=(visit("approach", 0, None), visit("closing", 4, 6)))


def test_a_visit_is_not_left_before_it_was_entered():
    with pytest.raises(InvalidValue, match="left_at of the visit of deal 'D-1' to approach"):
        visit("approach", 2, 1)


def test_the_rows_inside_a_deal_are_its_own():
    with pytest.raises(InvalidValue, match="visits of deal 'D-1': must be of this deal"):
        a_row(visits=(visit("approach", 0, 1, id="D-2"),))
    with pytest.raises(InvalidValue, match="tasks of deal 'D-1'"):
        a_row(tasks=(TaskRow(deal_id="D-2", id=1, created_at=START),))


def test_an_objection_is_not_settled_before_it_was_raised():
    with pytest.raises(InvalidValue, match="settled_at of objection 3 of deal 'D-1'"):
        ObjectionRow(deal_id="D-1", id=3, kind="price", status="resolved", raised_at=START, settled_at=after(-1))


def test_a_task_that_is_done_was_done_at_some_moment():
    with pytest.raises(InvalidValue, match="done_at of task 1 of deal 'D-1'"):
        TaskRow(deal_id="D-1", id=1, created_at=START, status="done")
    with pytest.raises(InvalidValue, match="done_at of task 1 of deal 'D-1'"):
        TaskRow(deal_id="D-1", id=1, created_at=START, done_at=after(1))


def test_refused_rows_are_collected_where_that_is_asked_for():
    refused: list[RefusedRow] = []
    given = [("D-1", 3), ("D-2", -3), ("D-3", 1)]
    rows = list(taken(given, lambda one: a_row(one[0], "won", took=one[1]), refused=refused, id=lambda one: one[0]))
    assert [row.id for row in rows] == ["D-1", "D-3"]
    assert [(one.number, one.id) for one in refused] == [(2, "D-2")]
    assert "must not lie before opened_at" in refused[0].reason


def test_a_mistake_in_the_program_is_no_refused_row():
    with pytest.raises(ZeroDivisionError):
        list(taken([0], lambda one: 1 / one, refused=[]))


def test_flat_tables_are_put_together_and_taken_apart():
    visits = [visit("closing", 2, 3), visit("approach", 0, 2), visit("approach", 0, 1, id="D-2")]
    deals = list(joined([a_row("D-1"), a_row("D-2"), a_row("D-3")], visits=visits))
    assert [[one.stage for one in deal.visits] for deal in deals] == [["approach", "closing"], ["approach"], []]
    assert set(visits_of(deals)) == set(visits)


def test_a_visit_of_a_deal_that_is_not_there_is_not_dropped():
    with pytest.raises(InvalidValue, match="visits: must belong to one of the deals"):
        list(joined([a_row("D-1")], visits=[visit("approach", 0, 1, id="D-9")]))


def test_a_deal_has_one_row():
    with pytest.raises(InvalidValue, match="a deal has one row"):
        list(joined([a_row("D-1"), a_row("D-1")]))


def test_columns_of_your_own_stay_when_tables_are_joined():
    @attrs.frozen(kw_only=True)
    class CatalogRow(DealRow):
        region: str | None = None

    (deal,) = joined([CatalogRow(id="D-1", region="West")], visits=[visit("approach", 0, 1)])
    assert (deal.region, len(deal.visits)) == ("West", 1)


def test_an_amount_keeps_its_currency():
    assert a_row(amount=Money("5", "ILS")).currency == "ILS"


def test_a_moment_in_another_fixed_zone_is_the_same_moment():
    assert a_row(opened_at=START.astimezone(timezone(timedelta(hours=5)))).opened_at == START
