"""Days in an engine: local dates, weekends and holidays as arithmetic with whole numbers.

An engine knows nothing of the zones and holidays of the host, and its own tables of zones may be others than those of
Python. So what Python says is handed over as steps: the offset of a zone is what it was at first, and what it changed by at
each of the moments that lie in the data; the holidays before a day are those on which it lies behind. Both are looked up
here and compared there, so a local date is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.days import CalendarDays, DayCount, ElapsedDays, WorkedDays
from salesflow.measure.frames.engine import Expr, Frame, balanced, col, narwhals, utc_day
from salesflow.values.working_days import Weekday, WorkingDays

__all__ = ["MOST_STEPS", "Span", "local_day", "with_units"]

MOST_STEPS = 1_000
"""How many changes of an offset, or holidays, may lie in the data. Our own choice: each is compared with every row."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = 21_600_000_000  # six hours: no zone changes its offset and changes it back within that time


@attrs.frozen
class Span:
    """The first and the last moment in the data, in microseconds from 1970."""

    first: int
    last: int

    def with_moment(self, at: datetime | None) -> Span:
        """The span with one more moment in it."""
        if at is None:
            return self
        number = (at - _EPOCH) // timedelta(microseconds=1)
        return Span(min(self.first, number), max(self.last, number))


def _offset(zone: tzinfo, at: int) -> int:
    """The offset of a zone at a moment, in microseconds."""
    offset = (_EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // timedelta(microseconds=1)


def _changes(zone: tzinfo, span: Span) -> Iterator[tuple[int, int]]:
    """When the offset of a zone changes, and by how much."""
    at, offset = span.first, _offset(zone, span.first)
    while at < span.last:
        following = min(at + _STEP, span.last)
        then = _offset(zone, following)
        if then != offset:
            low, high = at, following
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            yield high, then - offset
        at, offset = following, then


def local_day(microseconds: Expr, zone: tzinfo, span: Span) -> Expr:
    """The number of the local day on which a moment lies.

    Raises:
        InvalidValue: the offset changes too often within the data.
    """
    if zone is UTC:
        return utc_day(microseconds)
    nw = narwhals()
    changes = list(_changes(zone, span))
    _bounded(len(changes), f"changes of the offset of {zone}")
    steps = [(microseconds >= at).cast(nw.Int64) * by for at, by in changes]
    return utc_day(balanced([microseconds + _offset(zone, span.first), *steps]))


def _bounded(count: int, what: str) -> None:
    if count > MOST_STEPS:
        raise InvalidValue(
            f"an engine is given at most {MOST_STEPS:,} {what}",
            field="calendar",
            value=count,
            way_out="measure a shorter time: filter the frames, or give fewer holidays",
        )


def _worked_before(number: Expr, days: WorkingDays, span: Span) -> Expr:
    """How many days are worked from the first of the calendar up to before this day, as ``WorkingDays`` counts them."""
    nw = narwhals()
    rest = [one for one in Weekday if one in days.weekend]
    weeks = (number - 1) // 7
    place = number - 1 - weeks * 7
    terms = [weeks * (7 - len(rest)) + place, *((place > int(one)).cast(nw.Int64) * -1 for one in rest)]
    first, last = ((_EPOCH + timedelta(microseconds=at)).toordinal() for at in (span.first, span.last))
    off = [one.toordinal() for one in days.holidays if one.weekday() not in days.weekend]
    off = [one for one in off if first - 2 <= one <= last + 2]  # a zone shifts a day by one, and the last one may count
    _bounded(len(off), "holidays")
    return balanced([*terms, *((number > one).cast(nw.Int64) * -1 for one in off)])


def with_units(frame: Frame, calendar: DayCount, start: Expr, end: Expr, span: Span, *, name: str) -> Frame:
    """A frame with the units of a calendar between two moments, as ``calendar.units`` gives them.

    Args:
        frame: the rows.
        calendar: how days are counted.
        start: microseconds from 1970.
        end: of a later moment.
        span: the data.
        name: what the new column is called.

    Raises:
        InvalidValue: it is a way of counting of the host's own, which no engine can be told.
    """
    if type(calendar) is ElapsedDays:
        return frame.with_columns((end - start).alias(name))
    if type(calendar) is not CalendarDays and type(calendar) is not WorkedDays:
        raise InvalidValue(
            "an engine counts days as ElapsedDays, CalendarDays or WorkedDays do",
            field="calendar",
            value=calendar,
            way_out="measure the rows themselves with measure()",
        )
    zone = calendar.zone
    first, last = f"{name}_first", f"{name}_last"
    frame = frame.with_columns(local_day(start, zone, span).alias(first), local_day(end, zone, span).alias(last))
    if isinstance(calendar, CalendarDays):
        return frame.with_columns((col(last) - col(first)).alias(name))
    beyond = col(last) + 1 if calendar.inclusive else col(last)
    worked = _worked_before(beyond, calendar.days, span) - _worked_before(col(first), calendar.days, span)
    return frame.with_columns(worked.alias(name))
