"""Hours of a day by the clock on the wall: working hours and quiet hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import cast

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.working_days import Weekday

__all__ = ["Hours", "HoursGiven", "hours_by_weekday"]


@attrs.frozen
class Hours:
    """Hours of a day by the clock on the wall: from a time on, and up to before another.

    Attributes:
        start: when they begin.
        end: when they end. ``time(0)`` is the midnight at the end of the day. Quiet hours may end on the next morning,
            before they began; working hours may not.

    Raises:
        WrongType: one of them is no time of day.
        InvalidValue: one has a time zone, or they end when they begin.

    Example:
        ``Hours(time(9), time(17, 30))``
    """

    start: time
    end: time

    def __attrs_post_init__(self) -> None:
        for name, value in (("start", self.start), ("end", self.end)):
            if not isinstance(value, time):
                raise WrongType("must be a time of day", field=name, value=value, way_out="give time(9, 30)")
            if value.tzinfo is not None:
                raise InvalidValue("must be a time on the clock, without a zone", field=name, value=value)
        if self.start == self.end and self.start != time.min:
            raise InvalidValue(
                "hours do not end when they begin",
                field="end",
                value=self.end.isoformat(),
                way_out="give Hours(time(0), time(0)) for a whole day",
            )

    @property
    def length(self) -> timedelta:
        """How long they are by the clock on the wall."""
        start, end = datetime.combine(date.min, self.start), datetime.combine(date.min, self.end)
        return end - start if end > start else end - start + timedelta(days=1)

    @property
    def is_overnight(self) -> bool:
        """Whether they end on the next morning."""
        return time.min != self.end < self.start

    def holds(self, clock: time) -> bool:
        """Whether a time on the clock lies in them."""
        if self.is_overnight:
            return clock >= self.start or clock < self.end
        return clock >= self.start and (clock < self.end or self.end == time.min)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def _of_a_day(value: object) -> tuple[Hours, ...]:
    """The hours of one day in order, checked."""
    given = tuple(value) if isinstance(value, Iterable) else (value,)
    found: list[Hours] = []
    for one in given:
        if not isinstance(one, Hours):
            raise WrongType("must be Hours", field="hours", value=one, way_out="give Hours(time(9), time(17))")
        if one.is_overnight:
            raise InvalidValue(
                "working hours lie within one day",
                field="hours",
                value=str(one),
                way_out="divide them at midnight: until time(0), and from time(0) on the next day",
            )
        found.append(one)
    found.sort(key=lambda one: one.start)
    for one, following in pairwise(found):
        if one.end == time.min or one.end > following.start:
            raise InvalidValue("hours of one day must not overlap", field="hours", value=f"{one} and {following}")
    return tuple(found)


HoursGiven = Hours | Iterable[Hours] | Iterable[tuple[Hours, ...]] | Mapping[Weekday, Hours | Iterable[Hours]]
"""Hours as they may be given: the same every day, a list for a day or for each day, or those of some weekdays."""


def hours_by_weekday(value: HoursGiven) -> tuple[tuple[Hours, ...], ...]:
    """The hours of each weekday, Monday first; only one entry where they are the same on every working day."""
    if isinstance(value, Mapping):
        by_day = cast("Mapping[object, object]", value)
        unknown = [one for one in by_day if one not in tuple(Weekday)]
        if unknown:
            raise WrongType("go by weekday", field="hours", value=unknown[0], way_out="give {Weekday.FRIDAY: ...}")
        return tuple(_of_a_day(by_day.get(one, ())) for one in Weekday)
    given = tuple(value) if isinstance(value, Iterable) else (value,)
    if len(given) in (1, len(Weekday)) and all(isinstance(one, tuple) for one in given):
        return tuple(_of_a_day(one) for one in given)
    return (_of_a_day(given),)
