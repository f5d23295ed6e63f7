"""What is wrong with tables: the rules of rows, asked of an engine.

A row that contradicts itself is refused when it is made. A table may hold anything, so its rows are held to the same rules
before something is measured, by counting those that break one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from salesflow.deal.objections import ObjectionStatus
from salesflow.deal.tasks import TaskStatus
from salesflow.measure.frames.engine import Expr, Frame, choose, col, narwhals
from salesflow.measure.frames.normal import Table
from salesflow.measure.frames.questions import Question
from salesflow.measure.frames.session import Session, places
from salesflow.outcome import Outcome

__all__ = ["TableFault", "faults_of"]


@attrs.frozen(kw_only=True)
class TableFault:
    """A rule that rows of a table break.

    Attributes:
        table: which table.
        rule: the rule, in words.
        count: how many rows break it.
    """

    table: str
    rule: str
    count: int

    def __str__(self) -> str:
        return f"{self.table}: {self.rule} ({self.count:,} do not)"


Rule = tuple[str, Expr]
_LARGEST = 10**15
_AMOUNT = f"an amount has at most {_LARGEST:,} minor units, and no more places than its currency"


def faults_of(session: Session) -> Iterator[TableFault]:
    """What is wrong with the tables, rule by rule; nothing where they are right.

    Raises:
        UnknownName: an amount is of no known currency.
    """
    for name, rules in _RULES.items():
        table = session.tables.get(name)
        if table is not None:
            asked = Question(table.frame, ())
            broken = [(rule, asked.count(mask)) for rule, mask in rules(table, session)]
            cell = asked.cell(())
            yield from (TableFault(table=name, rule=rule, count=cell[count]) for rule, count in broken if cell[count])
    yield from _between(session)


def _backwards(table: Table, earlier: str, later: str) -> Rule:
    known = table.known(earlier) & table.known(later)
    return f"{later} does not lie before {earlier}", known & (table.at(later) < table.at(earlier))


def _one_of(table: Table, column: str, values: type[Outcome] | type[ObjectionStatus] | type[TaskStatus]) -> Rule:
    return f"{column} is one of {', '.join(values)}", ~table.any_of(column, values)


def _deals(deals: Table, session: Session) -> Iterator[Rule]:
    yield "a deal has an id", ~deals.known("id")
    yield _one_of(deals, "outcome", Outcome)
    yield "an open deal is not closed yet", deals.any_of("outcome", (Outcome.OPEN,)) & deals.known("closed_at")
    for later in ("engaged_at", "closed_at", "entered_at"):
        yield _backwards(deals, "opened_at", later)
    yield _backwards(deals, "engaged_at", "closed_at")
    yield "pushes is a number from 0 up", deals.number("pushes") < 0
    if session.currency is None and session.has_amounts:
        yield "an amount has a currency", session.amount_known & ~deals.known("currency")
    for code in session.currencies if session.has_amounts else ():
        yield _AMOUNT, session.of_currency(code) & _is_odd(deals, session, code)


def _is_odd(deals: Table, session: Session, code: str) -> Expr:
    """Whether an amount is too large, or has more places than the currency."""
    units = session.minor_units(code)
    odd = (units > _LARGEST) | (units < -_LARGEST)
    if "amount" in deals.columns:
        scaled = session.scaled_amount(places(code))
        odd = odd | (scaled.floor() != scaled)
    return odd


def _visits(visits: Table, _session: Session) -> Iterator[Rule]:
    yield "a visit is one of a deal", ~visits.known("deal_id")
    yield "entered_at is known", ~visits.known("entered_at")
    yield _backwards(visits, "entered_at", "left_at")
    for column in ("outcome", "next_outcome"):
        rule, broken = _one_of(visits, column, Outcome)
        yield rule, visits.known(column) & broken


def _objections(objections: Table, _session: Session) -> Iterator[Rule]:
    yield "an objection is one to a deal", ~objections.known("deal_id")
    yield "raised_at is known", ~objections.known("raised_at")
    yield _one_of(objections, "status", ObjectionStatus)
    yield _backwards(objections, "raised_at", "settled_at")


def _tasks(tasks: Table, _session: Session) -> Iterator[Rule]:
    yield "a task is one for a deal", ~tasks.known("deal_id")
    yield "created_at is known", ~tasks.known("created_at")
    yield _one_of(tasks, "status", TaskStatus)
    is_open = tasks.any_of("status", (TaskStatus.OPEN,))
    done = tasks.known("done_at")
    yield "done_at is known of a task that is done or canceled, and of no other", (is_open & done) | (~is_open & ~done)
    yield _backwards(tasks, "created_at", "done_at")


def _products(products: Table, _session: Session) -> Iterator[Rule]:
    yield "a product belongs to a deal", ~products.known("deal_id")
    yield "product is known", ~products.known("product")


_RULES: dict[str, Callable[[Table, Session], Iterator[Rule]]] = {
    "deals": _deals,
    "visits": _visits,
    "objections": _objections,
    "tasks": _tasks,
    "products": _products,
}


def _between(session: Session) -> Iterator[TableFault]:
    """What is wrong between rows: a deal that comes twice, rows of no deal, visits that overlap."""
    nw, deals = narwhals(), session.tables["deals"]
    twice = deals.frame.group_by("id").agg(nw.len().alias("sf_rows"))
    yield from _found("deals", "a deal has one row", _number(twice.filter(col("sf_rows") > 1)))
    for name, table in session.tables.items():
        if name != "deals":
            own = table.frame.select("deal_id").unique()
            strangers = own.join(deals.frame.select("id"), left_on="deal_id", right_on="id", how="anti")
            yield from _found(name, "each row belongs to one of the deals", _number(strangers))
    visits = session.tables.get("visits")
    if visits is not None:
        yield from _found("visits", "a visit begins when the one before has ended", _number(_overlapping(visits)))


def _found(table: str, rule: str, count: int) -> Iterator[TableFault]:
    if count:
        yield TableFault(table=table, rule=rule, count=count)


def _number(frame: Frame) -> int:
    return int(frame.select(narwhals().len()).collect().item())


_FOREVER = 2**62


def _overlapping(visits: Table) -> Frame:
    """The visits of a deal that begin before an earlier one has ended; one that goes on ends never."""
    left = choose(visits.known("left_at"), visits.at("left_at"), _FOREVER)
    stays = visits.frame.select("deal_id", visits.at("entered_at").alias("sf_entered"), left.alias("sf_left"))
    if visits.engine.has_ranks:
        before = col("sf_left").shift(1).over("deal_id", order_by=("sf_entered", "sf_left"))
        stays = stays.with_columns(before.alias("sf_before"))
        return stays.filter((col("sf_entered") < col("sf_before")).fill_null(False))
    return _overlapping_pairs(stays)


def _overlapping_pairs(stays: Frame) -> Frame:
    """The same by looking at all pairs of visits of a deal, for engines that cannot ask for the row before."""
    nw = narwhals()
    earlier = stays.select("deal_id", col("sf_entered").alias("sf_earlier"), col("sf_left").alias("sf_until"))
    pairs = stays.join(earlier, on="deal_id", how="inner")
    entered = col("sf_entered")
    into = pairs.filter((col("sf_earlier") < entered) & (col("sf_until") > entered)).select("deal_id")
    at_once = stays.filter(entered < col("sf_left")).group_by("deal_id", "sf_entered").agg(nw.len().alias("sf_rows"))
    both: Frame = nw.concat([into, at_once.filter(col("sf_rows") > 1).select("deal_id")])
    return both
