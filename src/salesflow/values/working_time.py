"""Working time: on which days and at which hours somebody works, and when they are not to be disturbed.

An hour of working time is an hour that really passes while work is done: what the clock on the wall shows when summer
time begins or ends is turned into moments first. So four hours from Monday, 16:00, where work ends at 17:00 and begins
at 9:00, is Tuesday, 12:00, and a night shift in which the clock jumps is an hour shorter. A time that the clock skips or
shows twice is taken as Python takes it: by the offset that held before.

Long times are not walked day by day: whole weeks are counted, and only the days on which the clock of the zone changes
are looked at one by one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import attrs

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.values.hours import Hours, hours_by_weekday
from salesflow.values.moments import elapsed, moment
from salesflow.values.working_days import MOST_DAYS, RestDayShift, Weekday, WorkingDays

__all__ = ["Hours", "RestDayShift", "Weekday", "WorkingDays", "WorkingTime", "time_zone"]

_NOTHING = timedelta()
_DAY = timedelta(days=1)


def time_zone(value: tzinfo | str, *, field: str = "zone") -> tzinfo:
    """A time zone from its name (``"Asia/Jerusalem"``), or the zone itself.

    Raises:
        WrongType: it is neither.
        UnknownName: there is no zone of this name on this machine.
        InvalidValue: it is a zone of ``pytz``, which gives wrong offsets where it is not asked in its own way.
    """
    if isinstance(value, str):
        try:
            return UTC if value == "UTC" else ZoneInfo(value)
        except (LookupError, ValueError, OSError):
            raise UnknownName("time zone", value, sorted(available_timezones())) from None
    if not isinstance(value, tzinfo):
        raise WrongType("must be a time zone", field=field, value=value, way_out='give UTC or "Europe/Berlin"')
    if hasattr(value, "localize"):
        raise InvalidValue("pytz is not taken", field=field, value=value, way_out='give "Europe/Berlin", by name')
    return value


def _are_days(_instance: object, attribute: attrs.Attribute[WorkingDays], value: object) -> None:
    if not isinstance(value, WorkingDays):
        raise WrongType("must be WorkingDays", field=attribute.name, value=value, way_out="give WorkingDays()")


def _quiet(value: Hours | None) -> Hours | None:
    if value is not None and not isinstance(value, Hours):
        raise WrongType("must be Hours, or None", field="quiet", value=value, way_out="give Hours(time(20), time(8))")
    if value is not None and value.start == value.end:
        raise InvalidValue("a day cannot be quiet as a whole", field="quiet", value=str(value))
    return value


@attrs.frozen(kw_only=True)
class WorkingTime:
    """When somebody works, and when they are not to be disturbed.

    Attributes:
        zone: where the clock hangs: the name of a zone (``"Asia/Jerusalem"``), or a ``tzinfo``.
        days: which days are worked.
        hours: the hours of each day of the week, Monday first. Give one ``Hours`` or several for every working day, or
            a mapping from ``Weekday``; 9:00 to 17:00 where nothing is said (our own choice).
        quiet: when nobody is to be called; may go over midnight.

    Raises:
        WrongType: something is of the wrong kind.
        UnknownName: there is no such time zone.
        InvalidValue: hours overlap or go over midnight, a working day has none, or a day of the weekend has some.

    Example:
        >>> office = WorkingTime(zone="UTC")
        >>> office.add(datetime(2026, 11, 2, 16, tzinfo=UTC), timedelta(hours=2)).isoformat()
        '2026-11-03T10:00:00+00:00'
    """

    zone: tzinfo = attrs.field(converter=time_zone)
    days: WorkingDays = attrs.field(factory=WorkingDays, validator=_are_days)
    hours: tuple[tuple[Hours, ...], ...] = attrs.field(
        default=((Hours(time(9), time(17)),),), converter=hours_by_weekday
    )
    quiet: Hours | None = attrs.field(default=None, converter=_quiet)
    _wall: tuple[timedelta, ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        rest, hours = self.days.weekend, self.hours
        if len(hours) == 1:
            hours = tuple(() if one in rest else hours[0] for one in Weekday)
        for one in Weekday:
            if bool(hours[one]) is (one in rest):
                raise InvalidValue(
                    "each working day has hours, and no day of the weekend",
                    field="hours",
                    value=one.name.capitalize(),
                    way_out="give it hours, or name it in the weekend of the WorkingDays",
                )
        object.__setattr__(self, "hours", hours)
        object.__setattr__(self, "_wall", tuple(sum((hours.length for hours in one), _NOTHING) for one in hours))

    def is_working(self, at: datetime) -> bool:
        """Whether work is done at this moment.

        Raises:
            InvalidValue: it has no time zone.
        """
        local = self._local(at, "at")
        return any(
            elapsed(start, local) >= _NOTHING and elapsed(local, end) > _NOTHING
            for start, end in self._spans(local.date())
        )

    def next_working(self, at: datetime) -> datetime:
        """The moment itself if work is done then, or else the moment when it begins again; in this time zone.

        Raises:
            InvalidValue: it has no time zone, or there are no working days for a hundred years.
        """
        local = self._local(at, "at")
        on = self.days.on_or_after(local.date())
        for start, end in self._spans(on):
            if elapsed(local, end) > _NOTHING:
                return max(start, local, key=_in_utc)
        return next(self._spans(self.days.on_or_after(on + _DAY)))[0]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time that passes from one moment to another.

        Args:
            start: an aware datetime.
            end: an aware datetime, at most 36,600 days away. Before the start, the result lies below zero.

        Raises:
            WrongType: one of them is no moment.
            InvalidValue: one has no time zone, or they lie too far apart.
        """
        first, last = self._local(start, "start"), self._local(end, "end")
        if elapsed(first, last) < _NOTHING:
            return -self.between(end, start)
        if abs((last.date() - first.date()).days) > MOST_DAYS:
            raise _too_far("end", end)
        done = self._done(last.date(), last) - self._done(first.date(), first)
        return done + self._of_days(first.date(), last.date())

    def add(self, at: datetime, working: timedelta) -> datetime:
        """The moment at which a certain working time will have passed.

        Args:
            at: an aware datetime. What does not lie in the working hours counts from when they begin.
            working: how much; nothing (which is an answer too) gives the moment itself; below zero looks back.

        Returns:
            The earliest such moment, in this time zone; looking back, the latest. Time that is up when work ends is up
            then, and not on the next morning.

        Raises:
            WrongType: ``at`` is no moment, or ``working`` no ``timedelta``.
            InvalidValue: ``at`` has no time zone, or the moment lies more than 36,600 days away.
        """
        if not isinstance(working, timedelta):
            raise WrongType("must be a timedelta", field="working", value=working, way_out="give timedelta(hours=2)")
        local = self._local(at, "at")
        if abs(working.days) > MOST_DAYS:
            raise _too_far("working", working)
        if not working:
            return local
        needed = working + self._done(local.date(), local)
        on = self._day_that_reaches(local.date(), needed, forward=working > _NOTHING)
        left = needed - self._of_days(local.date(), on)
        return self._moment_within(on, left, forward=working > _NOTHING)

    def add_days(self, at: datetime, count: int) -> datetime:
        """The same time on the clock a number of working days later; see ``WorkingDays.add``.

        Raises:
            WrongType: ``at`` is no moment, or ``count`` no whole number.
            InvalidValue: ``at`` has no time zone, or the calendar ends before.
        """
        local = self._local(at, "at")
        on = self.days.add(local.date(), count)
        return local if on == local.date() else datetime.combine(on, local.time().replace(fold=0), self.zone)

    def is_quiet(self, at: datetime) -> bool:
        """Whether nobody is to be disturbed at this moment.

        Raises:
            InvalidValue: it has no time zone.
        """
        local = self._local(at, "at")
        return self.quiet is not None and self.quiet.holds(local.time())

    def after_quiet_hours(self, at: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours that it lies in; in this time zone.

        Raises:
            InvalidValue: it has no time zone.
        """
        local = self._local(at, "at")
        if self.quiet is None or not self.quiet.holds(local.time()):
            return local
        ends_today = self.quiet.end != time.min and (not self.quiet.is_overnight or local.time() < self.quiet.end)
        ends = datetime.combine(local.date() + (_NOTHING if ends_today else _DAY), self.quiet.end, self.zone)
        return ends if elapsed(local, ends) > _NOTHING else ends.replace(fold=1)

    def to_call(self, at: datetime) -> datetime:
        """The next moment on a working day and outside the quiet hours, from this one on; in this time zone.

        On a day of rest it moves to the same time on the clock on the next working day; working hours play no part.

        Raises:
            InvalidValue: it has no time zone, or the calendar ends before.
        """
        while True:
            awake = self.after_quiet_hours(at)
            on = self.days.on_or_after(awake.date())
            if on == awake.date():
                return awake
            at = datetime.combine(on, awake.time().replace(fold=0), self.zone)

    def _local(self, at: datetime, field: str) -> datetime:
        moment(at, field=field)
        try:
            local = at.astimezone(self.zone)
        except OverflowError:
            raise _too_far(field, at) from None
        if not 2 <= local.year <= 9998:
            raise _too_far(field, at)
        return local

    def _spans(self, on: date) -> Iterator[tuple[datetime, datetime]]:
        """The working hours of a day as moments: in order, and not overlapping where the clock jumps within them."""
        last: datetime | None = None
        for one in self.hours[on.weekday()] if self.days.is_working_day(on) else ():
            start, end = self._at(on, one.start), self._at(on if one.end != time.min else on + _DAY, one.end)
            start = start if last is None else max(start, last, key=_in_utc)
            last = max(start, end, key=_in_utc)
            yield start, last

    def _at(self, on: date, clock: time) -> datetime:
        return datetime.combine(on, clock, self.zone)

    def _done(self, on: date, local: datetime) -> timedelta:
        """The working time of a day that has passed at a moment of it."""
        done = _NOTHING
        for start, end in self._spans(on):
            done += max(_NOTHING, elapsed(start, min(end, local, key=_in_utc)))
        return done

    def _of_day(self, on: date) -> timedelta:
        return sum((elapsed(start, end) for start, end in self._spans(on)), _NOTHING)

    def _of_days(self, first: date, last: date) -> timedelta:
        """The working time of whole days, the last not included; below zero where it lies before the first."""
        if last < first:
            return -self._of_days(last, first)
        weeks, rest = divmod((last - first).days, 7)
        wall = weeks * sum(self._wall, _NOTHING)
        wall += sum((self._wall[(first.weekday() + number) % 7] for number in range(rest)), _NOTHING)
        for holiday in self._in_order(self.days.holidays, first, last):
            wall -= self._wall[holiday.weekday()]
        for year in range(first.year, last.year + 1):
            for on in self._in_order(_changing_days(self.zone, year), first, last):
                if self.days.is_working_day(on):
                    wall += self._of_day(on) - self._wall[on.weekday()]
        return wall

    @staticmethod
    def _in_order(days: tuple[date, ...], first: date, last: date) -> tuple[date, ...]:
        return days[bisect_left(days, first) : bisect_left(days, last)]

    def _day_that_reaches(self, on: date, needed: timedelta, *, forward: bool) -> date:
        """The first day, or looking back the last, in which the working time since this day began comes to be enough."""

        def is_enough(days: int) -> bool:
            if forward:
                return self._of_days(on, on + timedelta(days=days + 1)) >= needed
            return self._of_days(on, on - timedelta(days=days)) <= needed

        reach = 1
        try:
            while not is_enough(reach):
                reach *= 2
                if reach > 2 * MOST_DAYS:
                    raise _too_far("working", needed)
            found = bisect_left(range(reach + 1), True, key=is_enough)
        except OverflowError:
            raise _too_far("working", needed) from None
        return on + timedelta(days=found if forward else -found)

    def _moment_within(self, on: date, left: timedelta, *, forward: bool) -> datetime:
        """The moment of a day at which this much of its working time has passed."""
        spans = list(self._spans(on))
        for start, end in spans if forward else reversed(spans):
            before = self._done(on, start)
            if before < left <= before + elapsed(start, end) if forward else before <= left:
                return _later(start, left - before)
        raise AssertionError("unreachable: the day was chosen so that it reaches")  # pragma: no cover


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _later(at: datetime, by: timedelta) -> datetime:
    """The moment that really comes this much later, in the same zone."""
    return (at.astimezone(UTC) + by).astimezone(at.tzinfo)


def _changing_days(zone: tzinfo, year: int) -> tuple[date, ...]:
    """The days of a year on which the clock of a zone is changed."""
    if isinstance(zone, timezone):
        return ()
    try:
        return _remembered(zone, year)
    except TypeError:  # zones of dateutil cannot be hashed, and so not be remembered
        return _looked_up(zone, year)


def _looked_up(zone: tzinfo, year: int) -> tuple[date, ...]:
    first = datetime(year, 1, 1, tzinfo=zone)
    days = [first + timedelta(days=number) for number in range(367)]
    return tuple(
        on.date() for on, following in pairwise(days) if on.year == year and on.utcoffset() != following.utcoffset()
    )


_remembered = lru_cache(maxsize=4096)(_looked_up)


def _too_far(field: str, value: object) -> InvalidValue:
    return InvalidValue(
        f"must lie within {MOST_DAYS:,} days, from the year 2 to the year 9998",
        field=field,
        value=value,
        way_out="give a nearer one",
    )
