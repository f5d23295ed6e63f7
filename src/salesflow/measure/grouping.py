"""Grouping: a metric for every owner, team, stage, month or anything else that deals have in common.

Deals without a value are a group of their own, under the key ``None``. A month has its year. To which day a moment belongs
depends on the time zone, which may be another one for every deal: "today" is the day of the seller.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import product
from typing import TypeVar

import attrs

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.measure.metric import Metric, Tally, moments_on
from salesflow.measure.result import Axis, Group, Groups, axis_of
from salesflow.measure.rows import DealRow
from salesflow.values.working_time import time_zone

R_co = TypeVar("R_co", covariant=True)
Zone = tzinfo | str | Callable[[DealRow], tzinfo]

__all__ = [
    "Grouped",
    "GroupedTally",
    "Grouping",
    "Zone",
    "by_day",
    "by_month",
    "by_product",
    "by_quarter",
    "by_week",
    "by_year",
    "grouped",
    "in_order",
]


@attrs.frozen
class Grouping:
    """Something that deals have in common.

    Attributes:
        name: what it is called ("owner").
        key: gives the value of a deal; ``None`` or blank text is none.
        overlap: whether ``key`` gives several values, each a group that the deal belongs to.
    """

    name: str
    key: Callable[[DealRow], Hashable]
    overlap: bool = False

    def keys(self, row: DealRow) -> tuple[Hashable, ...]:
        """The groups that a deal belongs to; one, unless they overlap."""
        found = self.key(row)
        if self.overlap:
            return tuple(dict.fromkeys(found)) or (None,)  # type: ignore[call-overload]  # several values
        return (None if found == "" else found,)


def by_product(row: DealRow) -> tuple[str, ...]:
    """The products of a deal."""
    return row.products


def _day(on: date) -> str:
    return f"{on.year:04}-{on.month:02}-{on.day:02}"


def _year(on: date) -> str:
    return f"{on.year:04}"


def _quarter(on: date) -> str:
    return f"{on.year:04}-Q{(on.month + 2) // 3}"


def _month(on: date) -> str:
    return f"{on.year:04}-{on.month:02}"


def _week(on: date) -> str:
    year, week, _ = on.isocalendar()
    return f"{year:04}-W{week:02}"


def _zone(value: Zone) -> Zone:
    return value if callable(value) else time_zone(value)


@attrs.frozen
class _LocalDay:
    """The local day of a deal on an axis, or the month, or whatever it lies in. Equal ones are the same."""

    text: Callable[[date], str]
    axis: Axis = attrs.field(converter=axis_of)
    zone: Zone = attrs.field(converter=_zone)
    _at: Callable[[DealRow], datetime | None] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_at", moments_on(self.axis))

    def __call__(self, row: DealRow) -> str | None:
        at = self._at(row)
        if at is None:
            return None
        zone = self.zone
        if zone is UTC or self.axis is Axis.EXPECTED:
            return self.text(at)
        return self.text(at.astimezone(zone(row) if callable(zone) else time_zone(zone)).date())


@attrs.frozen
class _Column:
    name: str

    def __call__(self, row: DealRow) -> Hashable:
        found: Hashable = getattr(row, self.name)
        return found


def _on_day(name: str, text: Callable[[date], str], axis: Axis | str, zone: Zone) -> Grouping:
    return Grouping(f"{name} ({axis_of(axis)})", _LocalDay(text, axis, zone))


def by_day(axis: Axis | str = Axis.CLOSED, *, zone: Zone = UTC) -> Grouping:
    """By the local day of a date: "2026-11-02".

    Args:
        axis: which date.
        zone: where the days begin and end: a time zone, its name, or a function that gives the one of a deal.
    """
    return _on_day("day", _day, axis, zone)


def by_week(axis: Axis | str = Axis.CLOSED, *, zone: Zone = UTC) -> Grouping:
    """By the ISO week of a date: "2026-W45". Args as in :func:`by_day`."""
    return _on_day("week", _week, axis, zone)


def by_month(axis: Axis | str = Axis.CLOSED, *, zone: Zone = UTC) -> Grouping:
    """By the month of a date, with its year: "2026-11". Args as in :func:`by_day`."""
    return _on_day("month", _month, axis, zone)


def by_quarter(axis: Axis | str = Axis.CLOSED, *, zone: Zone = UTC) -> Grouping:
    """By the calendar quarter of a date: "2026-Q4". Args as in :func:`by_day`."""
    return _on_day("quarter", _quarter, axis, zone)


def by_year(axis: Axis | str = Axis.CLOSED, *, zone: Zone = UTC) -> Grouping:
    """By the year of a date: "2026". Args as in :func:`by_day`."""
    return _on_day("year", _year, axis, zone)


_NAMED = {
    "product": Grouping("product", by_product, overlap=True),
    "day": by_day(),
    "week": by_week(),
    "month": by_month(),
    "quarter": by_quarter(),
    "year": by_year(),
}


def _grouping(given: Grouping | str | Callable[[DealRow], Hashable]) -> Grouping:
    if isinstance(given, Grouping):
        return given
    if isinstance(given, str):
        return _NAMED.get(given) or Grouping(given, _Column(given))
    if not callable(given):
        raise WrongType("deals are grouped by a name, a Grouping or a function", field="by", value=given)
    return Grouping(getattr(given, "__name__", "a function"), given)


@attrs.frozen
class Grouped(Metric[Groups[R_co]]):
    """A metric for every group; itself a metric, so that it can be grouped again."""

    metric: Metric[R_co]
    by: tuple[Grouping, ...]

    def tally(self) -> GroupedTally[R_co]:
        """An empty tally for every group that will occur."""
        return GroupedTally(self)


def grouped(metric: Metric[R_co], *by: Grouping | str | Callable[[DealRow], Hashable]) -> Grouped[R_co]:
    """A metric for every group.

    Args:
        metric: what is measured.
        *by: what the deals are grouped by: the name of a column of ``DealRow`` (or of your own class of rows), or
            "product", "day", "week", "month", "quarter" or "year" (of the close, in UTC); a :class:`Grouping`, such as
            ``by_month("created", zone="Asia/Jerusalem")``; or a function of your own. Several give keys that are tuples.

    Raises:
        InvalidValue: nothing to group by is given.

    Example:
        ``grouped(WinRate(), "owner").of(rows)["noa"].percent()``
    """
    if not by:
        raise InvalidValue("a grouping needs something to group by", field="by", way_out='give "owner", say')
    return Grouped(metric, tuple(_grouping(one) for one in by))


class GroupedTally(Tally[Groups[R_co]]):
    """A tally for every group that occurred."""

    __slots__ = ("_grouped", "_overlap", "_parts", "_whole")

    def __init__(self, metric: Grouped[R_co]) -> None:
        super().__init__(metric)
        self._grouped = metric
        self._overlap = any(one.overlap for one in metric.by)
        self._parts: dict[Hashable, Tally[R_co]] = {}
        self._whole = metric.metric.tally() if self._overlap else None

    def add_all(self, rows: Sequence[DealRow], /) -> None:
        """Take several deals in, each with those of its group."""
        if self._whole is not None:
            self._whole.add_all(rows)
        for key, own in self._split(rows).items():
            self._part(key).add_all(own)

    def _split(self, rows: Sequence[DealRow]) -> dict[Hashable, list[DealRow]]:
        split: dict[Hashable, list[DealRow]] = {}
        by = self._grouped.by
        only = by[0].key if len(by) == 1 and not self._overlap else None
        try:
            if only is not None:
                for row in rows:
                    key = only(row)
                    split.setdefault(None if key == "" else key, []).append(row)
            else:
                for row in rows:
                    for keys in product(*(one.keys(row) for one in by)):
                        split.setdefault(keys if len(by) > 1 else keys[0], []).append(row)
        except AttributeError as error:
            if not isinstance(error.obj, DealRow):
                raise
            columns = [field.name for field in attrs.fields(type(error.obj))]
            raise UnknownName("column", error.name, [*columns, *_NAMED], where=type(error.obj).__name__) from None
        return split

    def _part(self, key: Hashable) -> Tally[R_co]:
        part = self._parts.get(key)
        if part is None:
            part = self._parts[key] = self._grouped.metric.tally()
        return part

    def merge_parts(self, other: Tally[object]) -> None:
        assert isinstance(other, GroupedTally)
        for key, part in other._parts.items():
            self._part(key).merge(part)
        if self._whole is not None and other._whole is not None:
            self._whole.merge(other._whole)

    def result(self) -> Groups[R_co]:
        """The results so far, in the order of the keys, those without a value last."""
        whole = self._whole
        if whole is None:
            whole = self._grouped.metric.tally()
            for part in self._parts.values():
                whole.merge(part)
        keys = sorted(self._parts, key=in_order)
        return Groups(
            by=tuple(one.name for one in self._grouped.by),
            groups=tuple(Group(key=key, result=self._parts[key].result()) for key in keys),
            whole=whole.result(),
            overlap=self._overlap,
        )


def in_order(key: Hashable) -> tuple[object, ...]:
    """What keys are ordered by: each kind for itself, none last."""
    if isinstance(key, tuple):
        return tuple(in_order(one) for one in key)
    if key is None:
        return (1, "", "")
    comparable = isinstance(key, int | float | date | str)
    return (0, "" if isinstance(key, str) else type(key).__name__, key if comparable else str(key))
