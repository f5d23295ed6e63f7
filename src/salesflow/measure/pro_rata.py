"""Pro rata: what a target comes to for a part of its period, by the days in it.

Days are days of the time zone in which the period of the target starts, and a day that has only begun does not count.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from salesflow.errors import InvalidValue
from salesflow.measure.target import Figure, Target
from salesflow.values.decimals import HALF_UP
from salesflow.values.moments import Period, elapsed
from salesflow.values.working_days import WorkingDays

__all__ = ["day_of", "pro_rata"]


def pro_rata(target: Target, window: Period, *, working: WorkingDays | None = None) -> Figure:
    """What a target comes to for a part of its period: 146,000 a year is 24,000 for 60 days.

    Args:
        target: for the whole period.
        window: which part; what lies outside the period counts for nothing.
        working: counts working days instead of days.

    Returns:
        An amount rounded half up to the minor unit, or a number to 34 significant digits.

    Raises:
        InvalidValue: no day of the period is worked.

    Example:
        ``pro_rata(year, Period.of_days(date(2027, 1, 1), date(2027, 3, 1), zone))``
    """
    whole = _days(target.first_day, target.day_after, working)
    if whole == 0:
        raise InvalidValue("no day of the period is worked", field="working", way_out="give other working days")
    is_to_the_end = elapsed(target.period.end, window.end).days >= 0
    after = target.day_after if is_to_the_end else day_of(target, window.end)
    part = max(0, _days(max(target.first_day, day_of(target, window.start)), after, working))
    return target.figure(HALF_UP.divide(HALF_UP.multiply(target.number, Decimal(part)), Decimal(whole)))


def day_of(target: Target, at: datetime) -> date:
    """The day of a moment where the period of a target starts."""
    return at.astimezone(target.period.start.tzinfo).date()


def _days(first: date, after: date, working: WorkingDays | None) -> int:
    return (after - first).days if working is None else working.between(first, after)
