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

from collections.abc import Iterable
from datetime import date, time, timedelta
from enum import IntEnum, StrEnum

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.moments import is_day, is_optional_day

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


class Weekday(IntEnum):
    """The days of the week, numbered as ``date.weekday()`` does."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


WORKDAYS = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)
"""Monday to Friday; elsewhere it may be ``SUNDAY`` to ``THURSDAY``."""


class ShortMonths(StrEnum):
    """What happens in a month that lacks the day."""

    SKIP = "skip the month"
    LAST_DAY = "take its last day"


class RestDayShift(StrEnum):
    """What happens to a meeting that falls on a day of rest."""

    KEEP = "keep the day"
    NEXT = "move to the next day that is none"
    PREVIOUS = "move to the day before that is none"


def _frequency(value: Frequency | str) -> Frequency:
    try:
        return Frequency(value)
    except ValueError:
        raise InvalidValue(
            "a cadence is daily, weekly, monthly or yearly", field="frequency", value=value
        ) from None


def _weekdays(value: Iterable[Weekday | int]) -> tuple[Weekday, ...]:
    return tuple(Weekday(one) for one in _numbers(value, field="weekdays", least=0, most=6))


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


def _is_whole(most: int) -> _WholeCheck:
    return _WholeCheck(most)


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
        raise WrongType(
            "must be a time of day", field=attribute.name, value=value, way_out="give time(9, 30)"
        )
    if value.tzinfo is not None:
        raise InvalidValue(
            "must be a time on the clock, without a time zone",
            field=attribute.name,
            value=value,
            way_out="give time(9, 30), and the time zone when you ask for moments",
        )


_SEVEN = timedelta(days=7)


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
    every: int = attrs.field(default=1, validator=_is_whole(1000))
    weekdays: tuple[Weekday, ...] = attrs.field(default=(), converter=_weekdays)
    month_days: tuple[int, ...] = attrs.field(
        default=(), converter=lambda days: _numbers(days, field="month_days", least=1, most=31, from_end=28)
    )
    months: tuple[int, ...] = attrs.field(
        default=(), converter=lambda months: _numbers(months, field="months", least=1, most=12)
    )
    nth: tuple[int, ...] = attrs.field(
        default=(), converter=lambda nth: _numbers(nth, field="nth", least=1, most=366, from_end=366)
    )
    count: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(_is_whole(_MOST_MEETINGS))
    )
    until: date | None = attrs.field(default=None, validator=is_optional_day())
    at: time | None = attrs.field(default=None, validator=_is_time)
    short_months: ShortMonths | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.instance_of(ShortMonths))
    )
    rest_days: tuple[Weekday, ...] = attrs.field(default=(), converter=_weekdays)
    on_rest_day: RestDayShift | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.instance_of(RestDayShift))
    )
    week_start: Weekday = attrs.field(default=Weekday.MONDAY, validator=attrs.validators.instance_of(Weekday))

    def __attrs_post_init__(self) -> None:
        self._check_end()
        self._check_parts()
        self._check_short_months()
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

    def _check_short_months(self) -> None:
        latest = max(self._fixed_days, default=0)
        if self.short_months is None and any(
            _longest(month) < latest for month in self._months_met(shortest=True)
        ):
            raise InvalidValue(
                f"some of the months met have no day {latest}: it must be said what happens then",
                field="short_months",
                way_out="choose ShortMonths.SKIP (no meeting) or ShortMonths.LAST_DAY (the last day of the month)",
            )
        if self.short_months is ShortMonths.LAST_DAY:
            return
        earliest = min((days for days in self._fixed_days), default=0)
        if earliest and all(_longest(month) < earliest for month in self._months_met()):
            raise InvalidValue(
                f"none of the months met ever has a day {earliest}",
                field="month_days",
                value=earliest,
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
