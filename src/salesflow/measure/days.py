"""How the days between two moments are counted. There is more than one right way, so a result names the one it used.

``ElapsedDays`` goes by the time that passes: from nine o'clock to three in the afternoon is a quarter of a day.
``CalendarDays`` compares the dates on the wall: Monday night to Tuesday morning is one day. ``WorkedDays`` leaves out the
days of rest: which ones, the host says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import ClassVar, Protocol

import attrs

from salesflow.values.working_days import WorkingDays
from salesflow.values.working_time import time_zone

__all__ = ["MICROSECONDS_PER_DAY", "CalendarDays", "DayCount", "ElapsedDays", "WorkedDays", "microseconds"]

MICROSECONDS_PER_DAY = 86_400_000_000
_MICROSECOND = timedelta(microseconds=1)


def microseconds(duration: timedelta) -> int:
    """A duration as a whole number of microseconds, which adds up in any order to the same digit."""
    return duration // _MICROSECOND


class DayCount(Protocol):
    """A way to count days, in whole units, so that sums are exact."""

    per_day: ClassVar[int]
    """How many units make a day."""

    def units(self, start: datetime, end: datetime, /) -> int:
        """How many units there are from one moment in UTC to a later one."""
        ...

    def __str__(self) -> str:
        """The way in words, as a result shows it."""
        ...


@attrs.frozen
class ElapsedDays:
    """Days of 24 hours, by the time that really passes, to the microsecond."""

    per_day: ClassVar[int] = MICROSECONDS_PER_DAY

    def units(self, start: datetime, end: datetime, /) -> int:
        """The microseconds between."""
        return (end - start) // _MICROSECOND

    def __str__(self) -> str:
        return "calendar days of 24 hours, by the time that passes"


@attrs.frozen
class CalendarDays:
    """Dates apart: how often midnight passes in a time zone.

    Attributes:
        zone: where the days begin and end: a ``tzinfo``, or the name of a zone.
    """

    zone: tzinfo = attrs.field(default=UTC, converter=time_zone)

    per_day: ClassVar[int] = 1

    def units(self, start: datetime, end: datetime, /) -> int:
        """The dates between."""
        zone = self.zone
        if zone is UTC:
            return end.toordinal() - start.toordinal()
        return end.astimezone(zone).toordinal() - start.astimezone(zone).toordinal()

    def __str__(self) -> str:
        return f"calendar days in {self.zone}"


@attrs.frozen(kw_only=True)
class WorkedDays:
    """Working days, with the weekend and the holidays of the host.

    Attributes:
        days: which days are worked.
        zone: where the days begin and end: a ``tzinfo``, or the name of a zone.
        inclusive: whether both the first and the last day count, as in the ``NETWORKDAYS`` of spreadsheets, so that a deal
            won on the day on which it was opened took one day. Without it, the last day does not count.

    Example:
        ``WorkedDays(days=WorkingDays(weekend=(Weekday.FRIDAY, Weekday.SATURDAY)), zone=ZoneInfo("Asia/Jerusalem"))``
    """

    days: WorkingDays = attrs.field(factory=WorkingDays)
    zone: tzinfo = attrs.field(default=UTC, converter=time_zone)
    inclusive: bool = True

    per_day: ClassVar[int] = 1

    def units(self, start: datetime, end: datetime, /) -> int:
        """The working days between."""
        zone = self.zone
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        return self.days.between(first, last, inclusive=self.inclusive)

    def __str__(self) -> str:
        counted = "first and last day included" if self.inclusive else "without the last day"
        return f"{self.days}; {counted}; in {self.zone}"
