"""A search that reads stretches of an index finds what the query itself finds, page by page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from decimal import Decimal
from enum import IntEnum
from itertools import pairwise

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow import Deal, InvalidValue, Money, Outcome
from salesflow.storage import Query, between, eq, is_null, not_null, one_of
from salesflow.storage.keys import text_key
from salesflow.storage.query import Criterion
from salesflow.storage.scanning import Comparison, Condition, Ordering, Scan, Search, column_of


class Rank(IntEnum):
    FIRST = 1
    TENTH = 10


@attrs.frozen(kw_only=True)
class RankedDeal(Deal):
    rank: Rank | int | None = None


FIELDS = ("owner", "amount", "expected_close", "probability", "rank", "outcome")
VALUES: dict[str, st.SearchStrategy[object]] = {
    "owner": st.sampled_from(["noa", "dan", "Noa", "no"]),
    "amount": st.builds(Money, st.sampled_from(["1", "9.50", "10", "-3"]), st.sampled_from(["EUR", "USD"])),
    "expected_close": st.sampled_from([date(2026, 1, day) for day in (1, 2, 3)]),
    "probability": st.sampled_from([Decimal("0.5"), Decimal("0.50"), Decimal("0.05"), Decimal(0)]),
    "rank": st.sampled_from(Rank),
    "outcome": st.sampled_from(Outcome),
}
DEALS = st.lists(
    st.fixed_dictionaries(
        {name: values if name == "outcome" else st.none() | values for name, values in VALUES.items()}
    ),
    max_size=14,
).map(lambda made: [_deal(number, fields) for number, fields in enumerate(made)])


def _deal(number: int, fields: dict[str, object]) -> Deal:
    own = {"rank": fields.pop("rank")}
    cls: type[Deal] = RankedDeal if number % 3 else Deal
    deal = cls(id=f"D-{number:02}", name="Order desk", **(own if number % 3 else {}))
    for name, value in fields.items():
        object.__setattr__(deal, name, value)
    return deal


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    field = draw(st.sampled_from([name for name in FIELDS if name != "rank"]))
    values = VALUES[field]
    return draw(
        st.one_of(
            values.map(lambda value: eq(field, value)),
            st.lists(values, max_size=3).map(lambda several: one_of(field, several)),
            st.tuples(st.none() | values, st.none() | values).map(lambda ends: between(field, *ends)),
            st.sampled_from([is_null(field), not_null(field)]),
        )
    )


ORDERS = st.lists(
    st.builds(lambda sign, name: sign + name, st.sampled_from(["", "-"]), st.sampled_from((*FIELDS[:4], "id"))),
    max_size=3,
)


class Database:
    """A table in memory that can do what a scan asks, and no more."""

    def __init__(self, deals: Iterable[Deal], indexed: Collection[str]) -> None:
        self.rows = [
            ({"id": deal.id} | {column_of(name): text_key(getattr(deal, name, None)) for name in indexed}, deal)
            for deal in deals
        ]
        self.scans: list[Scan] = []

    def read(self, scan: Scan) -> list[Deal]:
        self.scans.append(scan)
        assert scan.kind == "Deal"
        found = [row for row in self.rows if all(fulfills(row[0][one.column], one) for one in scan.where)]
        for ordering in reversed(scan.order):
            found.sort(key=lambda row: row[0][ordering.column] or "", reverse=ordering.descending)
            if ordering.may_be_unknown:
                found.sort(key=lambda row: row[0][ordering.column] is None)
        return [deal for _, deal in found][: scan.limit]


def fulfills(key: str | None, condition: Condition) -> bool:
    compare: dict[Comparison, Callable[[str], bool]] = {
        Comparison.EQUAL: lambda known: known == condition.keys[0],
        Comparison.IN: lambda known: known in condition.keys,
        Comparison.BELOW: lambda known: known < condition.keys[0],
        Comparison.ABOVE: lambda known: known > condition.keys[0],
        Comparison.FROM: lambda known: known >= condition.keys[0],
        Comparison.KNOWN: lambda known: True,
    }
    if condition.comparison is Comparison.UNKNOWN:
        return key is None
    return key is not None and compare[condition.comparison](key)


def pages(query: Query[Deal], database: Database, indexed: Collection[str]) -> list[tuple[list[str], str | None]]:
    found = []
    while True:
        search = Search(query, indexed=[name for name in indexed if name != "rank" or query.kind is RankedDeal])
        while (scan := search.next_scan()) is not None:
            search.take(database.read(scan))
        page = search.page()
        found.append(([deal.id for deal in page.items], page.cursor))
        if page.cursor is None:
            return found
        query = query.next(page.cursor)


def pages_of_query(query: Query[Deal], deals: list[Deal]) -> list[tuple[list[str], str | None]]:
    found = []
    while True:
        page = query.page(deals)
        found.append(([deal.id for deal in page.items], page.cursor))
        if page.cursor is None:
            return found
        query = query.next(page.cursor)


@given(
    deals=DEALS,
    where=st.lists(criteria(), max_size=2),
    order=ORDERS,
    limit=st.integers(1, 4),
    indexed=st.sets(st.sampled_from(FIELDS)),
    kind=st.sampled_from([Deal, RankedDeal]),
)
@settings(max_examples=600, deadline=None)
def test_a_search_finds_what_the_query_finds(
    deals: list[Deal],
    where: list[Criterion],
    order: list[str],
    limit: int,
    indexed: set[str],
    kind: type[Deal],
) -> None:
    query = Query(kind, where=where, order=order, limit=limit)
    assert pages(query, Database(deals, indexed), indexed) == pages_of_query(query, deals)


@pytest.mark.parametrize("value", [1, Rank.FIRST, Decimal("1.0"), Decimal("1e999999"), Decimal("-1e999999"), 2**70, 10])
@pytest.mark.parametrize("indexed", [(), ("rank",)])
def test_a_whole_number_is_found_whatever_class_it_is_stored_as(value: object, indexed: tuple[str, ...]) -> None:
    deals: list[Deal] = [
        RankedDeal(id=f"D-{number}", name="Order desk", rank=rank)
        for number, rank in enumerate([Rank.FIRST, 1, Rank.TENTH])
    ]
    query = Query[Deal](RankedDeal, where=[eq("rank", value)])
    assert pages(query, Database(deals, indexed), indexed) == pages_of_query(query, deals)


@pytest.mark.parametrize(
    "criterion",
    [eq("owner", "a\x00"), eq("owner", "\ud800"), eq("owner", "x" * 300), one_of("owner", ["dan", "x\x00"])],
)
def test_what_no_column_can_hold_is_not_asked_of_the_database(criterion: Criterion) -> None:
    database = Database([], ["owner"])
    assert pages(Query(Deal, where=[criterion]), database, ["owner"]) == [([], None)]
    assert [scan.where for scan in database.scans] == [()]


@pytest.mark.parametrize(
    ("criterion", "asked"),
    [
        (eq("owner", "noa"), [("=", ("noa",))]),
        (one_of("owner", ["noa", "dan"]), [("in", ("noa", "dan"))]),
        (one_of("owner", ["noa"]), [("=", ("noa",))]),
        (one_of("owner", []), [("in", ())]),
        (is_null("owner"), [("is null", ())]),
        (not_null("owner"), [("is not null", ())]),
        (between("owner", "dan", "noa"), [(">=", ("dan",)), ("<", ("noa",))]),
        (between("owner", "dan"), [(">=", ("dan",))]),
        (between("owner", None, "noa"), [("<", ("noa",))]),
        (between("owner", "dan", "x" * 300), [(">=", ("dan",))]),
        (eq("id", "D-1"), [("=", ("D-1",))]),
        (eq("team", "north"), []),
    ],
)
def test_what_an_index_can_say_is_asked_of_the_database(
    criterion: Criterion, asked: list[tuple[str, tuple[str, ...]]]
) -> None:
    scan = Search(Query(Deal, where=[criterion]), indexed=["owner"]).next_scan()
    assert scan is not None
    assert [(one.comparison, one.keys) for one in scan.where] == asked
    assert {one.column for one in scan.where} <= {"id" if criterion.field == "id" else "key_owner"}


def test_a_page_in_the_order_of_ids_is_read_in_that_order() -> None:
    scan = Search(Query(Deal, order=["-id"], limit=2), indexed=[]).next_scan()
    order = (Ordering("id", descending=True), Ordering("id"))
    assert scan == Scan("Deal", (Condition("id", Comparison.KNOWN),), order, 3)


def test_a_page_by_an_indexed_order_reads_no_more_than_it_holds() -> None:
    deals = [_deal(number, {"rank": None, "owner": f"{number % 5}"}) for number in range(50)]
    database = Database(deals, ["owner"])
    query = Query(Deal, order=["owner"], limit=7)
    pages(query, database, ["owner"])
    assert max(scan.limit for scan in database.scans) == 8
    assert all(len(scan.where) >= 1 for scan in database.scans)


def test_criteria_that_are_not_indexed_are_checked_in_batches() -> None:
    deals = [_deal(number, {"rank": None, "owner": "noa" if number == 1_200 else "dan"}) for number in range(1_300)]
    database = Database(deals, [])
    assert pages(Query(Deal, where=[eq("owner", "noa")], limit=5), database, []) == [(["D-1200"], None)]
    assert [scan.limit for scan in database.scans] == [500, 500, 500]
    starts = [scan.where[0].keys[0] for scan in database.scans[1:] if scan.where]
    assert all(one < other for one, other in pairwise(starts))


def test_each_stretch_is_ordered_so_that_an_index_can_give_it() -> None:
    deals = [_deal(number, {"rank": None, "owner": "noa"}) for number in range(3)]
    query = Query(Deal, order=["-owner", "amount"], limit=2)
    search = Search(query.next(query.cursor_after(deals[0])), indexed=["owner", "amount"])
    scans = []
    while (scan := search.next_scan()) is not None:
        scans.append(scan)
        search.take([])
    same_owner = Condition("key_owner", Comparison.EQUAL, ("noa",))
    no_amount = Condition("key_amount", Comparison.UNKNOWN)
    assert [scan.where for scan in scans] == [
        (same_owner, no_amount, Condition("id", Comparison.ABOVE, ("D-00",))),
        (Condition("key_owner", Comparison.BELOW, ("noa",)),),
        (Condition("key_owner", Comparison.UNKNOWN),),
    ]
    last = Ordering("id")
    assert [scan.order for scan in scans] == [
        (Ordering("key_owner"), Ordering("key_amount"), last),
        (Ordering("key_owner", descending=True), Ordering("key_amount", may_be_unknown=True), last),
        (Ordering("key_owner"), Ordering("key_amount", may_be_unknown=True), last),
    ]


def test_a_cursor_with_what_no_column_can_hold_is_refused() -> None:
    query = Query(Deal, order=["owner"])
    cursor = query.cursor_after(_deal(0, {"rank": None, "owner": "a\x00"}))
    with pytest.raises(InvalidValue) as refused:
        Search(query.next(cursor), indexed=["owner"])
    assert refused.value.field == "cursor"
