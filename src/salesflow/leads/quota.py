"""How many leads a seller may be given today.

A seller takes up to so many leads in thirty days. From that follows a quota for each day: a thirtieth of it, rounded
half up, less what was given in the last 24 hours (Odoo). 45 in thirty days are 2 a day, and 15 are 1, because 0.5 is 1
in trade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.values.decimals import HALF_UP, half_up
from salesflow.values.moments import elapsed, moment

__all__ = ["DAYS_OF_A_MAXIMUM", "Given", "daily_quota", "is_count", "is_optional_count", "left_today", "whole_number"]

DAYS_OF_A_MAXIMUM = 30
"""A monthly maximum is for thirty days, whatever the calendar says (Odoo)."""

_LARGEST = 10**9
_DAY = timedelta(hours=24)
_MONTH = timedelta(days=DAYS_OF_A_MAXIMUM)


def whole_number(value: object, *, field: str) -> int:
    """Check a number of leads, from 0 up, and return it.

    Raises:
        WrongType: it is no whole number.
        InvalidValue: it is negative, or above a thousand million.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongType("must be a whole number of leads", field=field, value=value, way_out="give an int")
    if not 0 <= value <= _LARGEST:
        raise InvalidValue("must be 0 or more", field=field, value=value, way_out="give a count of leads")
    return value


def is_count() -> Callable[[object, attrs.Attribute[int], int], None]:
    """An attrs validator for :func:`whole_number`."""

    def check(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
        whole_number(value, field=attribute.name)

    return check


def is_optional_count() -> Callable[[object, attrs.Attribute[int | None], int | None], None]:
    """An attrs validator for :func:`whole_number` or ``None``."""

    def check(_instance: object, attribute: attrs.Attribute[int | None], value: int | None) -> None:
        if value is not None:
            whole_number(value, field=attribute.name)

    return check


@attrs.frozen
class Given:
    """How many leads a seller was given lately.

    Attributes:
        last_24_hours: in the last 24 hours.
        last_30_days: in the last thirty days, those of the last 24 hours included.

    Raises:
        WrongType: a count is no whole number.
        InvalidValue: a count is negative, or the last 24 hours saw more than the last thirty days.
    """

    last_24_hours: int = attrs.field(default=0, validator=is_count())
    last_30_days: int = attrs.field(
        default=attrs.Factory(lambda self: self.last_24_hours, takes_self=True), validator=is_count()
    )

    def __attrs_post_init__(self) -> None:
        if self.last_24_hours > self.last_30_days:
            raise InvalidValue(
                "thirty days hold what the last 24 hours hold",
                field="last_30_days",
                value=self.last_30_days,
                way_out=f"give {self.last_24_hours} or more",
            )

    @classmethod
    def counted(cls, moments: Iterable[datetime], /, *, at: datetime) -> Self:
        """Count the moments at which leads were given, back from a moment; later ones are not counted yet.

        A lead that was given exactly 24 hours ago still counts as given in the last 24 hours, as in Odoo.

        Raises:
            WrongType: something is no datetime.
            InvalidValue: a moment has no time zone.
        """
        moment(at, field="at")
        ages = [elapsed(moment(one, field="moments"), at) for one in moments]
        day, month = (sum(1 for age in ages if timedelta(0) <= age <= span) for span in (_DAY, _MONTH))
        return cls(day, month)


def daily_quota(monthly_maximum: int) -> int:
    """How many leads of a monthly maximum fall on one day: a thirtieth, half up.

    Raises:
        WrongType: it is no whole number.
        InvalidValue: it is negative.

    Example:
        >>> [daily_quota(maximum) for maximum in (45, 15, 30, 60)]
        [2, 1, 1, 2]
    """
    maximum = whole_number(monthly_maximum, field="monthly_maximum")
    return int(half_up(HALF_UP.divide(Decimal(maximum), Decimal(DAYS_OF_A_MAXIMUM)), Decimal(1)))


def left_today(monthly_maximum: int, given: Given) -> int:
    """How many more leads a seller may be given now: what is left of the day, and of the thirty days; 0 at least.

    Raises:
        WrongType: the maximum is no whole number.
        InvalidValue: it is negative.

    Example:
        >>> left_today(45, Given(1))
        1
    """
    of_day = daily_quota(monthly_maximum) - given.last_24_hours
    return max(0, min(of_day, monthly_maximum - given.last_30_days))
