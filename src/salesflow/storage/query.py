"""A query as data: what kind of entity, which of them, in what order, and one page of them.

A query is a value that a storage can turn into whatever its database speaks. Pages go by key, not by number: a cursor
holds where the last page ended, so that nothing comes twice or is left out when others write in between, and page k
costs what page 1 costs. A cursor belongs to its query; with another one it is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import heapq
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Generic, TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.errors import InvalidValue, UnknownName
from salesflow.values.contact_details import EmailAddress, PhoneNumber
from salesflow.values.money import Money

E = TypeVar("E", bound=Entity)

__all__ = ["MAX_LIMIT", "Criterion", "Operator", "Page", "Query", "between", "eq", "is_null", "not_null", "one_of"]

MAX_LIMIT = 1000
"""The most entities that one page holds; our own choice."""

_MAX_CURSOR = 1_000_000
"""How long a cursor may be: it holds the value of each field that it orders by, and a text may have 10,000 characters."""

_MAX_VALUES = 1000


class Operator(StrEnum):
    """How a field is compared."""

    EQ = "eq"
    IN = "in"
    BETWEEN = "between"
    IS_NULL = "is null"
    NOT_NULL = "not null"


@attrs.frozen
class Criterion:
    """One condition on one field; made by ``eq``, ``one_of``, ``between``, ``is_null`` and ``not_null``.

    Attributes:
        field: the name of a field of the entity.
        operator: how it is compared.
        values: what it is compared with; for ``between`` the lower bound and the upper one, each may be ``None``.
    """

    field: str
    operator: Operator
    values: tuple[object, ...] = ()

    def holds(self, entity: Entity) -> bool:
        """Whether an entity fulfills it. A field that is not known fulfills ``is_null`` and nothing else."""
        value = getattr(entity, self.field)
        if self.operator is Operator.IS_NULL:
            return value is None
        if value is None:
            return False
        if self.operator is Operator.BETWEEN:
            return _lies_between(value, *self.values)
        return self.operator is Operator.NOT_NULL or value in self.values


def eq(field: str, value: object) -> Criterion:
    """The field has this value; ``None`` is asked for with ``is_null``."""
    return Criterion(field, Operator.EQ, (value,))


def one_of(field: str, values: Iterable[object]) -> Criterion:
    """The field has one of these values, at most 1,000."""
    return Criterion(field, Operator.IN, tuple(values))


def between(field: str, low: object = None, high: object = None) -> Criterion:
    """The field lies in a half-open range: from ``low`` on, and below ``high``; an end that is ``None`` is open."""
    return Criterion(field, Operator.BETWEEN, (low, high))


def is_null(field: str) -> Criterion:
    """The field is not known."""
    return Criterion(field, Operator.IS_NULL)


def not_null(field: str) -> Criterion:
    """The field is known."""
    return Criterion(field, Operator.NOT_NULL)


def _lies_between(value: object, low: object, high: object) -> bool:
    key = _sort_key(value)
    return (low is None or _sort_key(low) <= key) and (high is None or key < _sort_key(high))


@attrs.frozen(kw_only=True)
class Page(Generic[E]):
    """One page of what a query finds.

    Attributes:
        items: the entities, in the order of the query.
        cursor: where the next page begins, or ``None`` where this was the last one.
    """

    items: tuple[E, ...]
    cursor: str | None = None


def _criteria(where: Iterable[Criterion]) -> tuple[Criterion, ...]:
    return tuple(where)


def _names(order: Iterable[str]) -> tuple[str, ...]:
    return (order,) if isinstance(order, str) else tuple(order)


@attrs.frozen
class Query(Generic[E]):
    """Which entities, in what order, and how many at once.

    Args:
        kind: the class of the entities; those derived from it are found too.
        where: criteria that all must hold, on declared fields.
        order: names of fields, a leading ``-`` for descending; what is not known comes last, and the id decides ties.
        limit: how many at most, 1 to 1,000.
        cursor: the cursor of the page before.

    Raises:
        UnknownName: there is no such field.
        InvalidValue: the limit is out of bounds, a value cannot be compared, or the cursor is not of this query.

    Example:
        ``storage.find(Query(Deal, where=[eq("stage", "closing")], order=["expected_close"]))``
    """

    kind: type[E]
    where: tuple[Criterion, ...] = attrs.field(default=(), converter=_criteria, kw_only=True)
    order: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    limit: int = attrs.field(default=100, kw_only=True)
    cursor: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if type(self.limit) is not int or not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidValue(f"a page holds 1 to {MAX_LIMIT} entities", field="limit", value=self.limit)
        known = [field.name for field in attrs.fields(self.kind)]
        for name in (*(criterion.field for criterion in self.where), *(one.removeprefix("-") for one in self.order)):
            if name not in known:
                raise UnknownName("field", name, known, where=self.kind.__name__)
        for criterion in self.where:
            _check_values(criterion)
        if self.cursor is not None:
            self.position()

    def next(self, cursor: str | None) -> Query[E]:
        """The same query for the page that a cursor begins."""
        return attrs.evolve(self, cursor=cursor)

    def position(self) -> tuple[object, ...] | None:
        """Where the page before ended: the values of the ordering fields and the id, or ``None`` for the first page.

        Raises:
            InvalidValue: the cursor was not made by this query.
        """
        return None if self.cursor is None else _decoded(self.cursor, self._digest(), len(self.order))

    def cursor_after(self, entity: E) -> str:
        """The cursor of the page that begins after this entity."""
        values = [getattr(entity, name.removeprefix("-")) for name in self.order]
        return _encoded([*values, entity.id], self._digest())

    def key(self) -> Callable[[Sequence[object]], tuple[object, ...]]:
        """What orders positions: a function from the ordering values and the id to something that compares."""
        descending = [name.startswith("-") for name in self.order]

        def ordered(values: Sequence[object]) -> tuple[object, ...]:
            parts = (_part(value, down) for value, down in zip(values, descending, strict=False))
            return (*parts, values[-1])

        return ordered

    def page(self, entities: Iterable[E]) -> Page[E]:
        """The page of this query, out of entities that are at hand."""
        key, start = self.key(), self.position()
        after = None if start is None else key(start)
        names = [name.removeprefix("-") for name in self.order]

        def keyed() -> Iterable[tuple[tuple[object, ...], E]]:
            for entity in entities:
                if isinstance(entity, self.kind) and all(criterion.holds(entity) for criterion in self.where):
                    place = key([*(getattr(entity, name) for name in names), entity.id])
                    if after is None or place > after:
                        yield place, entity

        found = [entity for _, entity in heapq.nsmallest(self.limit + 1, keyed(), key=lambda pair: pair[0])]
        items = tuple(found[: self.limit])
        return Page(items=items, cursor=self.cursor_after(items[-1]) if len(found) > self.limit else None)

    def _digest(self) -> str:
        """What the cursor is bound to: kind, criteria and order, not the size of the page."""
        asked = [
            self.kind.__name__,
            [[one.field, one.operator, [repr(value) for value in one.values]] for one in self.where],
        ]
        text = json.dumps([*asked, self.order], sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _check_values(criterion: Criterion) -> None:
    if len(criterion.values) > _MAX_VALUES:
        raise InvalidValue(f"at most {_MAX_VALUES} values are compared with", field=criterion.field)
    for value in criterion.values:
        if value is None and criterion.operator is not Operator.BETWEEN:
            raise InvalidValue(
                "nothing equals a value that is not known", field=criterion.field, way_out="ask with is_null(...)"
            )
        if value is not None:
            _sort_key(value)


class _Descending:
    """Turns the order of a value around."""

    __slots__ = ("key",)

    def __init__(self, key: object) -> None:
        self.key = key

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.key < self.key)  # type: ignore[operator]  # keys of one field compare

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and self.key == other.key

    __hash__ = None  # type: ignore[assignment]  # it only orders


def _part(value: object, descending: bool) -> tuple[object, ...]:
    """A value as a part of the order; what is not known comes last, either way."""
    if value is None:
        return (1,)
    key = _sort_key(value)
    return (0, _Descending(key) if descending else key)


def _sort_key(value: object) -> tuple[object, ...]:
    """Something that compares with the keys of other values of the same field."""
    match value:
        case Enum():
            return (str(value.value),)
        case Money():
            return (value.currency, value.amount)
        case EmailAddress() | PhoneNumber():
            return (value.matching_key,)
        case datetime() if value.tzinfo is not None:
            return (value.astimezone(UTC),)
        case bool() | str() | int() | Decimal() | date() if not isinstance(value, datetime):
            return (value,)
        case _:
            raise InvalidValue(
                "a query compares text, numbers, money, days and aware moments",
                field="query",
                value=type(value).__name__,
            )


_TAGS: dict[str, Callable[[str], object]] = {
    "s": str,
    "i": int,
    "b": lambda text: text == "True",
    "n": Decimal,
    "d": date.fromisoformat,
    "m": datetime.fromisoformat,
    "v": lambda text: Money(*text.split(" ")),
    "e": EmailAddress,
    "p": PhoneNumber,
}


def _tagged(value: object) -> list[str] | None:
    match value:
        case None:
            return None
        case bool():
            return ["b", str(value)]
        case int():
            return ["i", str(value)]
        case Decimal():
            return ["n", str(value)]
        case datetime():
            return ["m", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case Money():
            return ["v", str(value)]
        case EmailAddress():
            return ["e", value.address]
        case PhoneNumber():
            return ["p", value.text]
        case _:
            return ["s", str(value)]


def _encoded(values: Iterable[object], digest: str) -> str:
    text = json.dumps([digest, [_tagged(value) for value in values]], ensure_ascii=True)
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def _decoded(cursor: str, digest: str, fields: int) -> tuple[object, ...]:
    bad = InvalidValue(
        "a cursor comes from the page before, of the same query", field="cursor", way_out="begin with the first page"
    )
    if not isinstance(cursor, str) or len(cursor) > _MAX_CURSOR:
        raise bad
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_by, tagged = json.loads(text)
        values = tuple(None if one is None else _TAGS[one[0]](one[1]) for one in tagged)
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, RecursionError, binascii.Error):
        raise bad from None
    if made_by != digest or len(values) != fields + 1 or not isinstance(values[-1], str):
        raise bad
    return values
