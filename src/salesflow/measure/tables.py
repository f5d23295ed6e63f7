"""Flat tables of rows: made of what a host has, put together by deal, and taken apart again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import attrs

from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.rows import DealRow, ObjectionRow, RefusedRow, TaskRow, VisitRow

__all__ = ["joined", "taken", "visits_of"]

T = TypeVar("T")
R = TypeVar("R", bound=DealRow)


def taken(
    source: Iterable[T],
    make: Callable[[T], R],
    *,
    refused: list[RefusedRow],
    id: Callable[[T], str | None] | None = None,
) -> Iterator[R]:
    """Make rows of what a host has, one by one, and collect those that are refused instead of raising.

    Args:
        source: records of any kind.
        make: makes a row of one; an ``InvalidValue`` or ``UnknownName`` that it raises refuses this one.
        refused: where the refused ones are noted.
        id: gives the id of a record, for the note.

    Example:
        ``rows = list(taken(csv.DictReader(file), row_of, refused=refused))``
    """
    for number, one in enumerate(source, start=1):
        try:
            made = make(one)
        except (InvalidValue, UnknownName) as error:
            refused.append(RefusedRow(number=number, id=None if id is None else id(one), reason=str(error)))
        else:
            yield made


_Child = VisitRow | ObjectionRow | TaskRow


def visits_of(rows: Iterable[DealRow]) -> Iterator[VisitRow]:
    """The flat table of visits, in the order of the deals."""
    for row in rows:
        yield from row.visits


def joined(
    deals: Iterable[R],
    *,
    visits: Iterable[VisitRow] = (),
    objections: Iterable[ObjectionRow] = (),
    tasks: Iterable[TaskRow] = (),
) -> Iterator[R]:
    """Put flat tables together: each deal with its visits in order of time, its objections and its tasks.

    The deals are read one by one; the other tables are held in memory, because a table has no order to rely on.

    Raises:
        InvalidValue: a visit, objection or task belongs to none of the deals, or a deal comes twice.
    """
    in_time = sorted(visits, key=lambda visit: visit.entered_at)
    tables = {"visits": _by_deal(in_time), "objections": _by_deal(objections), "tasks": _by_deal(tasks)}
    seen: set[str] = set()
    for deal in deals:
        if deal.id in seen:
            raise InvalidValue("a deal has one row", field=f"id of deal {deal.id!r}", value=deal.id)
        seen.add(deal.id)
        own = {column: tuple(table.pop(deal.id)) for column, table in tables.items() if deal.id in table}
        yield attrs.evolve(deal, **own) if own else deal  # type: ignore[arg-type]  # each table under its column
    for column, table in tables.items():
        if table:
            raise InvalidValue(
                "must belong to one of the deals",
                field=column,
                value=sorted(table)[:3],
                way_out="give the rows of these deals too, or leave theirs out",
            )


def _by_deal(children: Iterable[_Child]) -> dict[str, list[_Child]]:
    found: dict[str, list[_Child]] = {}
    for child in children:
        found.setdefault(child.deal_id, []).append(child)
    return found
