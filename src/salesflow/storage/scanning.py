"""Queries over a database: which stretches of an index hold the next page, and the page out of what was read there.

A page by key is one or two stretches of an index: those with the same value as the last entity and a greater id, and
those with a later value; what is not known comes last. A :class:`Search` says which stretch to read next (a
:class:`Scan`, data that any database understands), takes the rows that were read, and says when the page is full. It
does no I/O of its own, so it is the same for synchronous and asynchronous storages.

The database narrows down and sorts; whether a criterion holds is decided here, by the criterion itself. So what cannot
be said in the terms of an index costs time, and never the right answer: criteria on fields that are not indexed are
checked on the entities as they are read, and an order by a field that is not indexed reads all that may fit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.storage.keys import text_key
from salesflow.storage.query import Criterion, Operator, Page, Query

E = TypeVar("E", bound=Entity)

__all__ = ["Comparison", "Condition", "Ordering", "Scan", "Search", "column_of"]

_BATCH = 500
"""How many rows are read at once where not all of them may fit; our own choice."""

_WHOLE = 2**63
"""Whole numbers that are stored are below it."""


class Comparison(StrEnum):
    """How a column is compared; the values are what SQL calls it."""

    EQUAL = "="
    IN = "in"
    BELOW = "<"
    ABOVE = ">"
    FROM = ">="
    UNKNOWN = "is null"
    KNOWN = "is not null"


@attrs.frozen
class Condition:
    """A condition on a column.

    Attributes:
        column: ``id``, or the name of a column with text keys.
        comparison: how it is compared.
        keys: what it is compared with: none for ``UNKNOWN`` and ``KNOWN``, any number for ``IN``, one otherwise.
    """

    column: str
    comparison: Comparison
    keys: tuple[str, ...] = ()


@attrs.frozen
class Ordering:
    """A column to order by.

    Attributes:
        column: its name.
        descending: whether the greatest comes first.
        may_be_unknown: whether the column may be null in this scan; nulls come last, either way.
    """

    column: str
    descending: bool = False
    may_be_unknown: bool = False


@attrs.frozen
class Scan:
    """One stretch of an index.

    Attributes:
        kind: the name of the root kind of the entities.
        where: conditions that all must hold.
        order: what to order by; it ends with the id.
        limit: how many rows to read at most.
    """

    kind: str
    where: tuple[Condition, ...]
    order: tuple[Ordering, ...]
    limit: int


def column_of(field: str) -> str:
    """The column that holds the text keys of a field; the id needs none."""
    return f"key_{field}"


class Search(Generic[E]):
    """The page of a query, read scan by scan.

    Args:
        query: what is looked for.
        indexed: the fields of its kind that have a column with text keys.

    Example::

        search = Search(query, indexed={"stage", "owner"})
        while (scan := search.next_scan()) is not None:
            search.take(read(scan))
        return search.page()

    All scans of one page are read from one snapshot, or it could show half of a change set.
    """

    def __init__(self, query: Query[E], *, indexed: Collection[str]) -> None:
        self._query = query
        self._columns = {**{field: column_of(field) for field in indexed}, "id": "id"}
        self._narrowed = tuple(self._narrowing())
        self._order = [(name.removeprefix("-"), name.startswith("-")) for name in query.order]
        self._sorts_here = not all(field in self._columns for field, _ in self._order)
        if self._sorts_here:
            self._order = []
        self._found: list[E] = []
        self._has_more = False
        self._wanted = 0
        self._stretches = self._stretches_after(self._start())

    def next_scan(self) -> Scan | None:
        """What to read next, or ``None`` where the page is complete."""
        if not self._sorts_here and len(self._found) > self._query.limit:
            return None
        stretch = next(self._stretches, None)
        if stretch is None:
            return None
        self._wanted = self._query.limit + 1 - len(self._found)
        if self._sorts_here or len(self._narrowed) < len(self._query.where):
            self._wanted = max(self._wanted, _BATCH)
        kind = self._query.kind.root().__name__
        return Scan(kind, (*self._narrowed, *stretch), (*self._order_of(stretch), Ordering("id")), self._wanted)

    def take(self, entities: Sequence[Entity]) -> None:
        """The entities that a scan has read, in its order."""
        if len(entities) == self._wanted:
            self._stretches = self._stretches_after(self._position_of(entities[-1]))
        if self._sorts_here:
            page = self._query.page([*self._found, *self._fitting(entities)])
            self._found = list(page.items)
            self._has_more = self._has_more or page.cursor is not None
        else:
            self._found += self._fitting(entities)
            self._has_more = len(self._found) > self._query.limit

    def page(self) -> Page[E]:
        """The page, once there is nothing more to read."""
        items = tuple(self._found[: self._query.limit])
        return Page(items=items, cursor=self._query.cursor_after(items[-1]) if self._has_more else None)

    def _order_of(self, stretch: tuple[Condition, ...]) -> Iterator[Ordering]:
        compared = {condition.column: condition.comparison for condition in stretch}
        for field, descending in self._order:
            comparison = compared.get(self._columns[field])
            is_fixed = comparison in (Comparison.EQUAL, Comparison.UNKNOWN)
            yield Ordering(self._columns[field], descending and not is_fixed, comparison is None)

    def _fitting(self, entities: Sequence[Entity]) -> Iterator[E]:
        for entity in entities:
            if isinstance(entity, self._query.kind) and all(one.holds(entity) for one in self._query.where):
                yield entity

    def _narrowing(self) -> Iterator[Condition]:
        """The criteria, as far as they can be said as conditions on columns."""
        for criterion in self._query.where:
            column = self._columns.get(criterion.field)
            if column is not None:
                yield from _conditions(column, criterion)

    def _start(self) -> tuple[str | None, ...] | None:
        """The keys of where the page before ended."""
        position = self._query.position()
        if position is None or self._sorts_here:
            return None
        return tuple(text_key(value, field="cursor") for value in position)

    def _position_of(self, entity: Entity) -> tuple[str | None, ...]:
        return (*(text_key(getattr(entity, field)) for field, _ in self._order), entity.id)

    def _stretches_after(self, position: tuple[str | None, ...] | None) -> Iterator[tuple[Condition, ...]]:
        """The stretches of what comes after a position, in order; of everything where there is none."""
        columns = [(self._columns[field], descending) for field, descending in self._order]
        if position is None:
            for comparison in (Comparison.KNOWN, Comparison.UNKNOWN) if columns else ():
                yield (Condition(columns[0][0], comparison),)
            if not columns:
                yield ()
            return
        same = [_same(column, key) for (column, _), key in zip(columns, position, strict=False)]
        yield (*same, Condition("id", Comparison.ABOVE, (str(position[-1]),)))
        for place in reversed(range(len(columns))):
            (column, descending), key = columns[place], position[place]
            if key is not None:
                yield (*same[:place], Condition(column, Comparison.BELOW if descending else Comparison.ABOVE, (key,)))
                yield (*same[:place], Condition(column, Comparison.UNKNOWN))


def _same(column: str, key: str | None) -> Condition:
    return Condition(column, Comparison.UNKNOWN) if key is None else Condition(column, Comparison.EQUAL, (key,))


def _conditions(column: str, criterion: Criterion) -> Iterator[Condition]:
    """A criterion as conditions on a column, as far as it can be said: all that fulfills it fulfills them."""
    match criterion.operator:
        case Operator.IS_NULL:
            yield Condition(column, Comparison.UNKNOWN)
        case Operator.NOT_NULL:
            yield Condition(column, Comparison.KNOWN)
        case Operator.BETWEEN:
            for comparison, value in zip((Comparison.FROM, Comparison.BELOW), criterion.values, strict=True):
                key = _key_or_none(value)
                if key is not None:
                    yield Condition(column, comparison, (key,))
        case _:
            keys = dict.fromkeys(key for value in criterion.values for key in _keys_of_equals(value))
            if None not in keys:
                known = tuple(key for key in keys if key is not None)
                yield Condition(column, Comparison.EQUAL if len(known) == 1 else Comparison.IN, known)


def _keys_of_equals(value: object) -> Iterator[str | None]:
    """The keys of all that equals a value; ``None`` where one of them has no key."""
    yield _key_or_none(value)
    if isinstance(value, int | Decimal) and _key_or_none(value) and -_WHOLE < value < _WHOLE and value == int(value):
        # A whole number equals the member of an IntEnum and the other way round, and those are ordered as text.
        yield from (text_key(int(value)), str(int(value)))


def _key_or_none(value: object) -> str | None:
    try:
        return text_key(value)
    except InvalidValue:
        return None
