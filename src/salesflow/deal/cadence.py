"""Cadences: how often we meet a customer, as a rule that is agreed once and gives the days.

"Every second Tuesday", "on the last working day of the month", "every quarter on the 31st". All days are computed from
the anchor, never from the day before: 31 January plus two months is 31 March, although February was shorter. What to
do in a month that lacks the day has two answers, and both are in use: skip it, as calendars do (RFC 5545), or meet on
its last day, as people mostly mean. So a cadence that gets there is refused until it says which.

A cadence is days and, where agreed, a time on the clock. The clock on the wall is what was agreed: nine o'clock stays
nine o'clock when summer time begins. Nothing here is endless: a cadence may have no end, but what is asked of it is
always bounded by a window. That is also why the days are counted out here, with ``relativedelta`` for the months, and
not by ``dateutil.rrule``, which our tests compare with: of a rule that no day fulfills, it searches all years up to
9999 before it looks at any bound.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from itertools import count as numbers

import attrs

from salesflow.deal.children import is_a, is_optional_a, of_class
from salesflow.errors import InvalidValue, WrongType
from salesflow.values.moments import Period, day, is_day, is_optional_day
from salesflow.values.working_days import WORKDAYS, RestDayShift, Weekday, WorkingDays, weekdays

__all__ = ["WORKDAYS", "Cadence", "Frequency", "RestDayShift", "ShortMonths", "Weekday"]

_MOST_MEETINGS = 10_000
_MOST_DAYS = 36_600
_MOST_STEPS = 100_000
_LAST_ORDINAL = date.max.toordinal()


class Frequency(StrEnum):
    """The length of the step. Meetings more often than daily are not a cadence."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class ShortMonths(StrEnum):
    """What happens in a month that lacks the day."""

    SKIP = "skip the month"
    LAST_DAY = "take its last day"


def _frequency(value: Frequency | str) -> Frequency:
    try:
        return Frequency(value)
    except ValueError:
        raise InvalidValue("a cadence is daily, weekly, monthly or yearly", field="frequency", value=value) from None


def _weekdays(value: Iterable[Weekday | int]) -> tuple[Weekday, ...]:
    return weekdays(value, field="weekdays")


def _rest_days(value: Iterable[Weekday | int]) -> tuple[Weekday, ...]:
    return weekdays(value, field="rest_days")


def _month_days(value: Iterable[int]) -> tuple[int, ...]:
    return _numbers(value, field="month_days", least=1, most=31, from_end=28)


def _months(value: Iterable[int]) -> tuple[int, ...]:
    return _numbers(value, field="months", least=1, most=12)


def _nth(value: Iterable[int]) -> tuple[int, ...]:
    return _numbers(value, field="nth", least=1, most=366, from_end=366)


def _numbers(value: object, *, field: str, least: int, most: int, from_end: int = 0) -> tuple[int, ...]:
    """Whole numbers, sorted and each once: ``least`` to ``most``, and below zero down to ``-from_end``."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise WrongType("must be a list of whole numbers", field=field, value=value, way_out="give a tuple")
    found: set[int] = set()
    for one in value:
        if not isinstance(one, int) or isinstance(one, bool):
            raise WrongType("must be whole numbers", field=field, value=one)
        if not (least <= one <= most or -from_end <= one < 0):
            allowed = f"{least} to {most}" + (f", or -1 (the last) to -{from_end}" if from_end else "")
            raise InvalidValue(f"must be {allowed}", field=field, value=int(one))
        found.add(one)
    return tuple(sorted(found))


@attrs.frozen
class _WholeCheck:
    most: int

    def __call__(self, _instance: object, attribute: attrs.Attribute[int], value: object) -> None:
        if type(value) is not int:
            raise WrongType("must be a whole number", field=attribute.name, value=value)
        if not 1 <= value <= self.most:
            raise InvalidValue(f"must be from 1 to {self.most:,}", field=attribute.name, value=value)


def _is_time(_instance: object, attribute: attrs.Attribute[time | None], value: object) -> None:
    if value is None:
        return
    if not isinstance(value, time):
        raise WrongType("must be a time of day", field=attribute.name, value=value, way_out="give time(9, 30)")
    if value.tzinfo is not None:
        raise InvalidValue(
            "must be a time on the clock, without a time zone",
            field=attribute.name,
            value=value,
            way_out="give time(9, 30), and the time zone when you ask for moments",
        )


@attrs.frozen(kw_only=True)
class Cadence:
    """How often we meet.

    Attributes:
        frequency: daily, weekly, monthly or yearly.
        anchor: the day that everything is counted from; the first meeting, if the rule falls on it.
        every: every how many days, weeks, months or years; 1 to 1,000.
        weekdays: only on these. A weekly cadence without them meets on the weekday of the anchor.
        month_days: on these days of the month, 1 to 31, or from its end, -1 (the last) to -28; monthly and yearly. Without
            them and without weekdays it is the day of the anchor.
        months: only in these, 1 to 12. A yearly cadence without them meets in the month of the anchor, unless it goes by
            weekdays alone (the 20th Monday of the year).
        nth: of the days that a step gives, only these: 1 is the first, -1 the last. Monthly on ``WORKDAYS`` with ``(-2,)``
            is the next-to-last working day of the month.
        count: how many meetings, at most 10,000, counted before any is moved off a day of rest.
        until: the last day on which one may fall, before it is moved off a day of rest. Not together with ``count``.
        at: the time on the clock, where one was agreed.
        short_months: what to do in a month that lacks the day; must be said where that can happen.
        rest_days: the weekdays on which nobody meets; Friday and Saturday, say.
        on_rest_day: what happens to a meeting that falls on one; must be said where there are rest days. Two meetings that
            land on one day are one.
        week_start: where the week begins, which matters for every second week on several weekdays.

    Raises:
        WrongType: a value is of the wrong kind.
        InvalidValue: a value is out of range, or two do not go together; the message says which.

    Example::

        Cadence(frequency=Frequency.MONTHLY, every=3, anchor=date(2026, 1, 31), short_months=ShortMonths.LAST_DAY)
    """

    frequency: Frequency = attrs.field(converter=_frequency)
    anchor: date = attrs.field(validator=is_day())
    every: int = attrs.field(default=1, validator=_WholeCheck(1000))
    weekdays: tuple[Weekday, ...] = attrs.field(default=(), converter=_weekdays)
    month_days: tuple[int, ...] = attrs.field(default=(), converter=_month_days)
    months: tuple[int, ...] = attrs.field(default=(), converter=_months)
    nth: tuple[int, ...] = attrs.field(default=(), converter=_nth)
    count: int | None = attrs.field(default=None, validator=attrs.validators.optional(_WholeCheck(_MOST_MEETINGS)))
    until: date | None = attrs.field(default=None, validator=is_optional_day())
    at: time | None = attrs.field(default=None, validator=_is_time)
    short_months: ShortMonths | None = attrs.field(default=None, validator=is_optional_a(ShortMonths))
    rest_days: tuple[Weekday, ...] = attrs.field(default=(), converter=_rest_days)
    on_rest_day: RestDayShift | None = attrs.field(default=None, validator=is_optional_a(RestDayShift))
    week_start: Weekday = attrs.field(default=Weekday.MONDAY, validator=is_a(Weekday))

    def __attrs_post_init__(self) -> None:
        self._check_end()
        self._check_parts()
        self._check_months()
        self._check_rest_days()

    def _check_end(self) -> None:
        if self.count is not None and self.until is not None:
            raise InvalidValue(
                "a cadence ends after a number of meetings or on a day, not both",
                field="until",
                value=self.until.isoformat(),
                way_out="leave out count or until",
            )

    def _check_parts(self) -> None:
        if self.month_days and not self._is_by_month:
            raise InvalidValue(
                "days of the month go with a monthly or yearly cadence",
                field="month_days",
                value=self.month_days,
                way_out="make it monthly, or use weekdays",
            )
        if self.nth and not self.weekdays and not self.month_days:
            raise InvalidValue(
                "nth chooses among weekdays or days of the month",
                field="nth",
                value=self.nth,
                way_out="say which: weekdays=WORKDAYS, nth=(-1,) is the last working day",
            )

    def _check_months(self) -> None:
        if not self._is_by_month:
            return
        met = self._months_met
        if not met:
            raise InvalidValue(
                "none of the months is met when counting from the anchor",
                field="months",
                value=self.months,
                way_out="choose another anchor, or months that it leads to",
            )
        days = [days for days in self._days_of_month if days > 0]
        if self.short_months is None and any(_shortest(month) < max(days, default=0) for month in met):
            raise InvalidValue(
                f"some of the months met have no day {max(days)}: it must be said what happens then",
                field="short_months",
                way_out="choose ShortMonths.SKIP (no meeting) or ShortMonths.LAST_DAY (the last day of the month)",
            )
        only_days = bool(days) and len(days) == len(self._days_of_month)
        if self.short_months is not ShortMonths.LAST_DAY and only_days and max(map(_longest, met)) < min(days):
            raise InvalidValue(
                f"none of the months met ever has a day {min(days)}",
                field="month_days",
                value=min(days),
                way_out="give a day that they have, or choose ShortMonths.LAST_DAY",
            )

    def _check_rest_days(self) -> None:
        if len(self.rest_days) == len(Weekday):
            raise InvalidValue("at least one day of the week is no day of rest", field="rest_days")
        if self.rest_days and self.on_rest_day is None:
            raise InvalidValue(
                "it must be said what happens to a meeting on a day of rest",
                field="on_rest_day",
                way_out="choose RestDayShift.NEXT, RestDayShift.PREVIOUS or RestDayShift.KEEP",
            )

    @property
    def _is_by_month(self) -> bool:
        return self.frequency in (Frequency.MONTHLY, Frequency.YEARLY)

    @property
    def _days_of_month(self) -> tuple[int, ...]:
        """The days of the month that it goes by, none if it goes by weekdays alone."""
        if not self._is_by_month or (self.weekdays and not self.month_days):
            return ()
        return self.month_days or (self.anchor.day,)

    @property
    def _months_met(self) -> frozenset[int]:
        """The months that a monthly or yearly cadence comes to."""
        if self.frequency is Frequency.YEARLY:
            return frozenset(self._months_of_year)
        met = {(self.anchor.month - 1 + step * self.every) % 12 + 1 for step in range(12)}
        return frozenset(met.intersection(self.months) if self.months else met)

    @property
    def _months_of_year(self) -> tuple[int, ...]:
        if self.months:
            return self.months
        return (self.anchor.month,) if self._days_of_month else tuple(range(1, 13))

    def days(self, first: date, last: date) -> tuple[date, ...]:
        """The days of the meetings from one day to another, both included.

        Args:
            first: the first day.
            last: the last day, not before the first, and at most 36,600 days (a hundred years) after it.

        Returns:
            The days in order, each once; none if there is no meeting.

        Raises:
            WrongType: a day is no plain date.
            InvalidValue: the last day lies before the first, or the window or what lies in it is too large.

        Example:
            ``cadence.days(date(2026, 1, 1), date(2026, 12, 31))``
        """
        day(first, field="first")
        day(last, field="last")
        if last < first or (last - first).days > _MOST_DAYS:
            raise InvalidValue(
                f"a window ends on or after its first day, and at most {_MOST_DAYS:,} days later",
                field="last",
                value=last.isoformat(),
                way_out=f"give a day from {first.isoformat()} on",
            )
        found: list[date] = []
        for meeting in self._moved(first, last):
            if first <= meeting <= last and (not found or found[-1] != meeting):
                found.append(meeting)
            if len(found) > _MOST_MEETINGS:
                raise InvalidValue(
                    f"at most {_MOST_MEETINGS:,} meetings are given at once",
                    field="last",
                    value=last.isoformat(),
                    way_out="ask for a shorter time",
                )
        return tuple(found)

    def moments(self, window: Period, zone: tzinfo) -> tuple[datetime, ...]:
        """The meetings in a window, as moments.

        The time on the clock stays the same when summer time begins or ends. One that the clock skips or shows twice
        is taken as Python takes it: by the offset that held before.

        Args:
            window: half-open; at most 36,600 days.
            zone: where the clock hangs: ``ZoneInfo("Asia/Jerusalem")``.

        Returns:
            Aware datetimes in this zone, in order.

        Raises:
            WrongType: the window is no period, or the zone no time zone.
            InvalidValue: no time was agreed, or the window is too large.
        """
        if self.at is None:
            raise InvalidValue("a cadence without a time gives days, not moments", field="at", way_out="use days()")
        of_class(Period, window, field="window")
        if not isinstance(zone, tzinfo):
            raise WrongType(
                "must be a time zone", field="zone", value=zone, way_out='give UTC or ZoneInfo("Europe/Berlin")'
            )
        first, last = window.start.astimezone(zone).date(), window.end.astimezone(zone).date()
        meetings = (datetime.combine(on, self.at, zone) for on in self.days(first, last))
        return tuple(meeting for meeting in meetings if meeting in window)

    def _moved(self, first: date, last: date) -> Iterator[date]:
        """The meetings around a window, moved off the days of rest, in order."""
        worked = WorkingDays(weekend=self.rest_days)
        for meeting in map(date.fromordinal, self._unmoved(first.toordinal() - 7, last.toordinal() + 7)):
            try:
                yield worked.shifted(meeting, self.on_rest_day or RestDayShift.KEEP)
            except InvalidValue:  # off the calendar, which begins with the year 1 and ends with 9999
                continue

    def _unmoved(self, first: int, last: int) -> Iterator[int]:
        """The meetings as the rule has them, as ordinals: up to the end of the window, and few before it."""
        end = last if self.until is None else min(last, self.until.toordinal())
        start = 0 if self.count is not None else self._steps_before(first)
        anchor, held = self.anchor.toordinal(), 0
        for step in numbers(start):
            if step - start > _MOST_STEPS:
                raise InvalidValue(
                    f"a cadence is followed for at most {_MOST_STEPS:,} steps",
                    field="last",
                    value=last,
                    way_out="ask for a time nearer to its anchor",
                )
            begin, days = self._step(step)
            if begin > end:
                return
            for on in self._chosen(days):
                if anchor <= on <= end:
                    yield on
                    held += 1
                    if held == self.count:
                        return

    def _steps_before(self, first: int) -> int:
        """How many steps surely end before this ordinal, so that they need not be taken."""
        longest = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.YEARLY: 366}
        return max(0, (first - self.anchor.toordinal()) // (longest[self.frequency] * self.every) - 1)

    def _chosen(self, days: list[int]) -> list[int]:
        """Those of the days of one step that the rule takes, in order."""
        if not self.nth:
            return days
        size = len(days)
        places = {place - 1 if place > 0 else size + place for place in self.nth}
        return [days[place] for place in sorted(places) if 0 <= place < size]

    def _step(self, step: int) -> tuple[int, list[int]]:
        """Where a step begins, and the days in it that the rule may take, as ordinals."""
        if self._is_by_month:
            return self._months_step(step)
        anchor = self.anchor.toordinal()
        if self.frequency is Frequency.DAILY:
            begin = anchor + step * self.every
            days = [begin]
            weekdays = self.weekdays
        else:
            begin = anchor - (self.anchor.weekday() - self.week_start) % 7 + step * self.every * 7
            days = list(range(begin, begin + 7))
            weekdays = self.weekdays or (Weekday(self.anchor.weekday()),)
        return begin, [on for on in days if self._fits(on, weekdays)]

    def _fits(self, ordinal: int, weekdays: tuple[Weekday, ...]) -> bool:
        if not 1 <= ordinal <= _LAST_ORDINAL:
            return False
        on = date.fromordinal(ordinal)
        return (not weekdays or on.weekday() in weekdays) and (not self.months or on.month in self.months)

    def _months_step(self, step: int) -> tuple[int, list[int]]:
        from dateutil.relativedelta import relativedelta

        yearly = self.frequency is Frequency.YEARLY
        start = self.anchor.replace(day=1, month=1) if yearly else self.anchor.replace(day=1)
        try:
            begin = start + relativedelta(months=step * self.every * (12 if yearly else 1))
        except (OverflowError, ValueError):  # beyond the year 9999
            return _LAST_ORDINAL + 8, []
        if yearly:
            firsts = [begin.replace(month=month) for month in self._months_of_year]
        else:
            firsts = [begin] if not self.months or begin.month in self.months else []
        return begin.toordinal(), [on for first in firsts for on in self._days_in(first)]

    def _days_in(self, first: date) -> list[int]:
        """The days of one month, given by its first, that the rule may take."""
        length = calendar.monthrange(first.year, first.month)[1]
        if self._days_of_month:
            days = {on if on > 0 else length + 1 + on for on in self._days_of_month}
            if self.short_months is ShortMonths.LAST_DAY:
                days = {min(on, length) for on in days}
        else:
            days = set(range(1, length + 1))
        before = first.toordinal() - 1
        ordinals = [before + on for on in sorted(days) if on <= length]
        return [on for on in ordinals if not self.weekdays or (on - 1) % 7 in self.weekdays]

    def __str__(self) -> str:
        unit = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}[self.frequency]
        text = f"every {unit}" if self.every == 1 else f"every {self.every} {unit}s"
        end = f", {self.count} times" if self.count is not None else ""
        until = f", until {self.until.isoformat()}" if self.until is not None else ""
        return f"{text} from {self.anchor.isoformat()}{end}{until}"


def _shortest(month: int) -> int:
    return calendar.monthrange(2001, month)[1]


def _longest(month: int) -> int:
    return calendar.monthrange(2000, month)[1]
