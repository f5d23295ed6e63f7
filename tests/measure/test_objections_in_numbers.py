"""Objections in numbers: resolved, how fast, and won after all."""

from __future__ import annotations

from decimal import Decimal

from deals_measured import START, a_row, after

from salesflow.measure import ObjectionRow, Objections


def objection(id: str, kind: str, status: str = "raised", *, days: float | None = None, number: int = 1, **fields):
    settled_at = None if days is None else after(days)
    return ObjectionRow(
        deal_id=id, id=number, kind=kind, status=status, raised_at=START, settled_at=settled_at, **fields
    )


def deals():
    return [
        a_row("D-1", "won", took=9, objections=[objection("D-1", "price", "resolved", days=2)]),
        a_row(
            "D-2",
            "lost",
            took=9,
            objections=[
                objection("D-2", "price", "standing", days=4),
                objection("D-2", "price", "resolved", days=4, number=2, times_reopened=1),
                objection("D-2", "need", "withdrawn", days=1, number=3),
            ],
        ),
        a_row("D-3", objections=[objection("D-3", "price", "answered")]),
    ]


def test_the_resolution_rate_is_of_settled_objections_and_open_ones_have_not_failed():
    price = Objections().of(deals())["price"]
    assert (price.raised, price.open, price.resolved, price.standing, price.withdrawn) == (4, 1, 2, 1, 0)
    rate = price.resolution_rate
    assert (rate.percent(), rate.numerator, rate.denominator) == (Decimal("66.67"), 2, 3)
    assert price.reopened == 1


def test_time_to_resolve_is_of_the_resolved_ones():
    price = Objections(quantiles=["0.5"]).of(deals())["price"]
    assert (price.time_to_resolve.mean.value, price.time_to_resolve.median.value) == (3, 3)
    assert Objections().of(deals())["need"].time_to_resolve.mean.undefined == "no objection was resolved"


def test_each_deal_counts_once_in_the_win_rate_after():
    price = Objections(with_ids=True).of(deals())["price"]
    assert (price.win_rate.percent(), price.win_rate.ids) == (50, ("D-1", "D-2"))
    assert (price.win_rate_when_resolved.percent(), price.win_rate_when_resolved.ids) == (100, ("D-1",))


def test_nothing_settled_is_undefined():
    kind = Objections().of([a_row("D-1", objections=[objection("D-1", "trust")])])["trust"]
    assert kind.resolution_rate.undefined == "no objection is settled yet"
    assert kind.win_rate.undefined == "no deal with such an objection was won or lost"


def test_the_whole_is_over_all_kinds():
    whole = Objections().of(deals()).whole
    assert (whole.raised, whole.resolution_rate.percent()) == (5, 50)
    assert Objections().of([]).whole.raised == 0
