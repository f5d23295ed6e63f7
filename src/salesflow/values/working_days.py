"""Working days: which days count, and counting by them.

What a weekend is differs: Saturday and Sunday, Friday and Saturday, Friday alone, none at all. Holidays differ by country,
by year and by company, so they are given and never guessed. Counting goes by whole weeks and takes the holidays between
off by bisection, so that it costs the same for a week and for a century.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date
from enum import IntEnum, StrEnum
from itertools import accumulate, islice

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.moments import day

__all__ = ["MOST_DAYS", "WORKDAYS", "RestDayShift", "Weekday", "WorkingDays", "weekdays"]

MOST_DAYS = 36_600
"""How many days are listed or searched at once: a hundred years. Our own choice, so that hostile input has a bound."""

_LAST_ORDINAL = date.max.toordinal()


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


class RestDayShift(StrEnum):
    """What happens to something that falls on a day of rest."""

    KEEP = "keep the day"
    NEXT = "move to the next day that is none"
    PREVIOUS = "move to the day before that is none"


def weekdays(values: object, *, field: str) -> tuple[Weekday, ...]:
    """Check days of the week, and return them in order and each once.

    Raises:
        WrongType: they are no list of whole numbers.
        InvalidValue: a number is not 0 (Monday) to 6 (Sunday).
    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise WrongType("must be a list of days of the week", field=field, value=values, way_out="give a tuple")
    found: set[Weekday] = set()
    for one in values:
        if not isinstance(one, int) or isinstance(one, bool):
            raise WrongType("must be days of the week", field=field, value=one, way_out="give Weekday.FRIDAY, say")
        if not 0 <= one <= 6:
            raise InvalidValue("must be 0 to 6, from Monday to Sunday", field=field, value=int(one))
        found.add(Weekday(one))
    return tuple(sorted(found))


def _weekend(values: Iterable[Weekday | int]) -> tuple[Weekday, ...]:
    found = weekdays(values, field="weekend")
    if len(found) == len(Weekday):
        raise InvalidValue("at least one day of the week is no day of rest", field="weekend", way_out="leave one out")
    return found


def _holidays(values: Iterable[date]) -> tuple[date, ...]:
    if not isinstance(values, Iterable):
        raise WrongType("must be a list of days", field="holidays", value=values, way_out="give a tuple of dates")
    if isinstance(values, Mapping) and not values and getattr(values, "expand", False):
        raise InvalidValue(
            "this calendar fills itself only when it is asked for a day, and is still empty",
            field="holidays",
            way_out="give it the years that you need: country_holidays('IL', years=range(2025, 2028))",
        )
    found = {day(one, field="holidays") for one in islice(values, MOST_DAYS + 1)}
    if len(found) > MOST_DAYS:
        raise InvalidValue(f"there are at most {MOST_DAYS:,} holidays", field="holidays", way_out="give fewer years")
    return tuple(sorted(found))


@attrs.frozen(kw_only=True)
class WorkingDays:
    """Which days are worked, everywhere the same to all who share it.

    Attributes:
        weekend: the days of the week that are never worked; Saturday and Sunday where nothing else is said (our own
            choice), ``()`` for none.
        holidays: further days that are not worked, in order and each once. Any iterable of days is taken, also what the
            package ``holidays`` gives, whose keys are days; it must have its years.

    Raises:
        WrongType: a weekday is no whole number, or a holiday no plain day.
        InvalidValue: the whole week is weekend, a weekday does not exist, or a calendar of holidays has no years yet.

    Example:
        >>> WorkingDays(weekend=(Weekday.FRIDAY, Weekday.SATURDAY)).add(date(2026, 11, 5), 1)
        datetime.date(2026, 11, 8)
    """

    weekend: tuple[Weekday, ...] = attrs.field(default=(Weekday.SATURDAY, Weekday.SUNDAY), converter=_weekend)
    holidays: tuple[date, ...] = attrs.field(default=(), converter=_holidays)
    _before_weekday: tuple[int, ...] = attrs.field(init=False, eq=False, repr=False)
    _off: tuple[int, ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        worked = accumulate((0 if one in self.weekend else 1 for one in Weekday), initial=0)
        off = tuple(one.toordinal() for one in self.holidays if one.weekday() not in self.weekend)
        object.__setattr__(self, "_before_weekday", tuple(worked))
        object.__setattr__(self, "_off", off)

    def is_working_day(self, on: date) -> bool:
        """Whether this day is worked.

        Raises:
            WrongType: it is no plain day.
        """
        number = day(on, field="on").toordinal()
        return self._worked_before(number + 1) > self._worked_before(number)

    def between(self, start: date, end: date, *, inclusive: bool = False) -> int:
        """How many working days there are from one day to another.

        Args:
            start: the first day that counts, if it is worked.
            end: the day before which counting ends.
            inclusive: whether the end counts too, as in the ``NETWORKDAYS`` of spreadsheets.

        Returns:
            The number; the other way round, if the end lies before the start, it is the same number below zero.

        Raises:
            WrongType: one of them is no plain day.

        Example:
            From Monday to Friday of one week there are 4, and 5 with ``inclusive=True``.
        """
        first, last = day(start, field="start").toordinal(), day(end, field="end").toordinal()
        if not inclusive:
            return self._worked_before(last) - self._worked_before(first)
        if first <= last:
            return self._worked_before(last + 1) - self._worked_before(first)
        return self._worked_before(last) - self._worked_before(first + 1)

    def add(self, on: date, count: int) -> date:
        """The day that lies a number of working days later, as the ``WORKDAY`` of spreadsheets has it.

        Args:
            on: the day to count from; it does not count itself and need not be worked.
            count: how many; below zero is earlier; 0 is the day itself, worked or not.

        Raises:
            WrongType: ``on`` is no plain day, or ``count`` no whole number.
            InvalidValue: the calendar ends before.

        Example:
            One working day after a Friday, Saturday or Sunday is Monday.
        """
        number = day(on, field="on").toordinal()
        if type(count) is not int:
            raise WrongType("must be a whole number of days", field="count", value=count)
        if count > 0:
            return self._nth(self._worked_before(number + 1) + count, field="count", asked=count)
        return on if count == 0 else self._nth(self._worked_before(number) + count + 1, field="count", asked=count)

    def on_or_after(self, on: date) -> date:
        """The day itself if it is worked, or else the next one that is.

        Raises:
            WrongType: it is no plain day.
            InvalidValue: the calendar ends before.
        """
        if self.is_working_day(on):
            return on
        return self._nth(self._worked_before(on.toordinal()) + 1, field="on", asked=on)

    def on_or_before(self, on: date) -> date:
        """The day itself if it is worked, or else the last one before that is.

        Raises:
            WrongType: it is no plain day.
            InvalidValue: the calendar begins after.
        """
        if self.is_working_day(on):
            return on
        return self._nth(self._worked_before(on.toordinal()), field="on", asked=on)

    def shifted(self, on: date, shift: RestDayShift) -> date:
        """The day moved off the days of rest in the way that was agreed.

        Raises:
            WrongType: ``on`` is no plain day, or the shift no ``RestDayShift``.
            InvalidValue: the calendar ends before.
        """
        if not isinstance(shift, RestDayShift):
            raise WrongType("must be a RestDayShift", field="shift", value=shift, way_out="give RestDayShift.NEXT, say")
        if shift is RestDayShift.KEEP:
            return day(on, field="on")
        return self.on_or_after(on) if shift is RestDayShift.NEXT else self.on_or_before(on)

    def within(self, first: date, last: date) -> tuple[date, ...]:
        """The working days from one day to another, both included, in order.

        Raises:
            WrongType: one of them is no plain day.
            InvalidValue: the last lies before the first, or more than 36,600 days after it.
        """
        start, end = day(first, field="first").toordinal(), day(last, field="last").toordinal()
        if not 0 <= end - start <= MOST_DAYS:
            raise InvalidValue(
                f"must be the first day or up to {MOST_DAYS:,} days later",
                field="last",
                value=last.isoformat(),
                way_out="ask for a shorter time",
            )
        days = (date.fromordinal(number) for number in range(start, end + 1))
        return tuple(on for on in days if self.is_working_day(on))

    def __str__(self) -> str:
        rest = ", ".join(one.name.capitalize() for one in self.weekend)
        text = f"working days, without {rest}" if rest else "working days, all of the week"
        if not self.holidays:
            return text
        first, last = self.holidays[0].isoformat(), self.holidays[-1].isoformat()
        return f"{text} and holidays ({len(self.holidays)}, from {first} to {last})"

    def _worked_before(self, number: int) -> int:
        """How many days are worked from the first of the calendar up to before this ordinal."""
        weeks, rest = divmod(number - 1, 7)  # the first day of the calendar is a Monday
        worked = self._before_weekday
        return weeks * worked[7] + worked[rest] - bisect_left(self._off, number)

    def _nth(self, place: int, *, field: str, asked: object) -> date:
        """The working day in this place, counted from the first of the calendar as 1."""
        if not 1 <= place <= self._worked_before(_LAST_ORDINAL + 1):
            raise InvalidValue(
                "the calendar goes from the year 1 to the year 9999",
                field=field,
                value=asked,
                way_out="ask for a nearer day",
            )
        return date.fromordinal(bisect_left(range(_LAST_ORDINAL + 1), place, key=lambda n: self._worked_before(n + 1)))
