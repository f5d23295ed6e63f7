"""Moments, days, and the periods between them.

A moment is an aware ``datetime``: without a time zone, "nine o'clock" names no point in time and equals
nothing that has one. A day is a ``date``; a ``datetime`` is a ``date`` to Python, but not here, because
nobody who asks for the day of the expected close means a microsecond of it.

A period is half-open: it holds its start and not its end, so that periods in a row cover everything once.
Python compares and subtracts two datetimes of one time zone by the clock on the wall, which is off by an
hour when summer time begins or ends between them; :func:`elapsed` and :class:`Period` go by the time that
really passes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Self

import attrs

from salesflow.errors import InvalidValue, WrongType

__all__ = [
    "Period",
    "day",
    "elapsed",
    "is_day",
    "is_moment",
    "is_optional_day",
    "is_optional_moment",
    "moment",
]

_AWARE = "give an aware datetime, e.g. datetime(2026, 11, 2, 9, tzinfo=UTC)"
_NOTHING = timedelta()


def moment(value: object, *, field: str) -> datetime:
    """Check that a value is an aware datetime and return it unchanged.

    Raises:
        WrongType: it is no ``datetime``.
        InvalidValue: it has no time zone, or one that gives no offset.
    """
    if type(value) is datetime and (value.tzinfo is UTC or value.utcoffset() is not None):
        return value
    if not isinstance(value, datetime):
        raise WrongType("must be a moment", field=field, value=value, way_out=_AWARE)
    if value.utcoffset() is None:
        raise InvalidValue("must have a time zone", field=field, value=value, way_out=_AWARE)
    return value


def day(value: object, *, field: str) -> date:
    """Check that a value is a plain date and return it unchanged.

    Raises:
        WrongType: it is no ``date``, or it is a ``datetime``.
    """
    if type(value) is date or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise WrongType(
        "must be a day without a time of day",
        field=field,
        value=value,
        way_out="give a date, e.g. date(2026, 11, 2), or the date() of a moment in the time zone meant",
    )


def is_moment() -> Callable[[object, attrs.Attribute[datetime], datetime], None]:
    """An attrs validator for :func:`moment`: ``at: datetime = attrs.field(validator=is_moment())``."""

    def check(_instance: object, attribute: attrs.Attribute[datetime], value: datetime) -> None:
        moment(value, field=attribute.name)

    return check


def is_optional_moment() -> Callable[[object, attrs.Attribute[datetime | None], datetime | None], None]:
    """An attrs validator for a :func:`moment` or ``None``."""

    def check(_instance: object, attribute: attrs.Attribute[datetime | None], value: datetime | None) -> None:
        if value is not None:
            moment(value, field=attribute.name)

    return check


def is_day() -> Callable[[object, attrs.Attribute[date], date], None]:
    """An attrs validator for :func:`day`: ``due: date = attrs.field(validator=is_day())``."""

    def check(_instance: object, attribute: attrs.Attribute[date], value: date) -> None:
        day(value, field=attribute.name)

    return check


def is_optional_day() -> Callable[[object, attrs.Attribute[date | None], date | None], None]:
    """An attrs validator for a :func:`day` or ``None``."""

    def check(_instance: object, attribute: attrs.Attribute[date | None], value: date | None) -> None:
        if value is not None:
            day(value, field=attribute.name)

    return check


def elapsed(start: datetime, end: datetime) -> timedelta:
    """The time that really passes from one moment to another, negative if the second lies before the first.

    Unlike ``end - start`` it counts the hour that summer time takes or gives when both are in one time zone.

    Args:
        start: an aware datetime.
        end: an aware datetime, in the same time zone or another.

    Raises:
        InvalidValue: one of them has no time zone.
    """
    start_offset, end_offset = start.utcoffset(), end.utcoffset()
    if start_offset is None or end_offset is None:
        moment(start, field="start")
        moment(end, field="end")
        raise AssertionError("unreachable: one of them has no offset")  # pragma: no cover
    return (end.replace(tzinfo=None) - start.replace(tzinfo=None)) - (end_offset - start_offset)


@attrs.frozen
class Period:
    """The time from a start to an end: the start is in it, the end is not.

    Attributes:
        start: an aware datetime.
        end: an aware datetime, not before the start. A period that ends where it starts is empty and holds
            nothing.

    Raises:
        WrongType: a bound is no datetime.
        InvalidValue: a bound has no time zone, or the end lies before the start.

    Example:
        >>> november = Period.month(2026, 11, UTC)
        >>> datetime(2026, 11, 30, 23, 59, tzinfo=UTC) in november
        True
    """

    start: datetime
    end: datetime

    def __attrs_post_init__(self) -> None:
        moment(self.start, field="start")
        moment(self.end, field="end")
        if elapsed(self.start, self.end) < _NOTHING:
            raise InvalidValue(
                "a period must not end before it starts",
                field="end",
                value=self.end.isoformat(),
                way_out=f"give a moment at or after {self.start.isoformat()}",
            )

    @classmethod
    def of_days(cls, first: date, last: date, zone: tzinfo) -> Self:
        """The period of whole days in a time zone, the first and the last both included.

        Args:
            first: the first day.
            last: the last day, not before the first.
            zone: where the days begin and end, such as ``ZoneInfo("Europe/Berlin")`` or ``UTC``.

        Raises:
            WrongType: a day is no plain date, or the zone no time zone.
            InvalidValue: the last day lies before the first, or is the last that there is.
        """
        day(first, field="first")
        day(last, field="last")
        _zone(zone)
        if last < first:
            raise InvalidValue(
                "the last day must not lie before the first",
                field="last",
                value=last.isoformat(),
                way_out=f"give {first.isoformat()} or a later day",
            )
        if last == date.max:
            raise InvalidValue(
                "the calendar ends with this day",
                field="last",
                value=last.isoformat(),
                way_out="give an earlier day",
            )
        return cls(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))

    @classmethod
    def month(cls, year: int, month: int, zone: tzinfo) -> Self:
        """A calendar month in a time zone.

        Args:
            year: 1 to 9998.
            month: 1 to 12.
            zone: where its days begin and end.

        Raises:
            WrongType: a number is no ``int``, or the zone no time zone.
            InvalidValue: a number is out of range.
        """
        return cls._of_months(year, _whole(month, field="month", most=12), 1, zone)

    @classmethod
    def quarter(cls, year: int, quarter: int, zone: tzinfo) -> Self:
        """A quarter of a calendar year in a time zone.

        Args:
            year: 1 to 9998.
            quarter: 1 to 4; the first is January to March.
            zone: where its days begin and end.

        Raises:
            WrongType: a number is no ``int``, or the zone no time zone.
            InvalidValue: a number is out of range.
        """
        return cls._of_months(year, _whole(quarter, field="quarter", most=4) * 3 - 2, 3, zone)

    @classmethod
    def year(cls, year: int, zone: tzinfo) -> Self:
        """A calendar year in a time zone.

        Args:
            year: 1 to 9998.
            zone: where its days begin and end.

        Raises:
            WrongType: the year is no ``int``, or the zone no time zone.
            InvalidValue: the year is out of range.
        """
        return cls._of_months(year, 1, 12, zone)

    @classmethod
    def _of_months(cls, year: int, first: int, count: int, zone: tzinfo) -> Self:
        _whole(year, field="year", most=9998)
        _zone(zone)
        years, month = divmod(first + count - 1, 12)
        return cls(_midnight(date(year, first, 1), zone), _midnight(date(year + years, month + 1, 1), zone))

    @property
    def duration(self) -> timedelta:
        """The time that really passes in it: a day on which summer time begins has 23 hours."""
        return elapsed(self.start, self.end)

    @property
    def is_empty(self) -> bool:
        """Whether it ends where it starts."""
        return self.duration == _NOTHING

    def contains(self, at: datetime) -> bool:
        """Whether a moment lies in it; also spelled ``at in period``.

        Raises:
            WrongType: ``at`` is no datetime.
            InvalidValue: ``at`` has no time zone.
        """
        moment(at, field="at")
        return elapsed(self.start, at) >= _NOTHING and elapsed(at, self.end) > _NOTHING

    def __contains__(self, at: datetime) -> bool:
        return self.contains(at)

    def overlaps(self, other: Period) -> bool:
        """Whether some moment lies in both; periods that only touch do not overlap."""
        return self.intersection(other) is not None

    def intersection(self, other: Period) -> Period | None:
        """The time that lies in both, or ``None`` if there is none."""
        start = other.start if elapsed(self.start, other.start) > _NOTHING else self.start
        end = other.end if elapsed(other.end, self.end) > _NOTHING else self.end
        return Period(start, end) if elapsed(start, end) > _NOTHING else None


def _midnight(on: date, zone: tzinfo) -> datetime:
    return datetime.combine(on, time.min, zone)


def _zone(zone: object) -> None:
    if not isinstance(zone, tzinfo):
        raise WrongType(
            "must be a time zone", field="zone", value=zone, way_out='give UTC or ZoneInfo("Europe/Berlin")'
        )


def _whole(value: object, *, field: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongType("must be a whole number", field=field, value=value, way_out=f"give an int from 1 to {most}")
    if not 1 <= value <= most:
        raise InvalidValue(f"must be from 1 to {most}", field=field, value=value)
    return value
