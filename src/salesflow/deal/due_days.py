"""When an invoice is due: a day that is counted from the day of the invoice, in one of four ways."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import StrEnum

import attrs

from salesflow.deal.children import is_a
from salesflow.errors import InvalidValue, WrongType
from salesflow.values.moments import day

__all__ = ["Due", "DueFrom"]

_MOST_DAYS = 3650


class DueFrom(StrEnum):
    """What the days until the due day are counted from, and what is done with the day that is reached."""

    INVOICE = "days after the invoice"
    END_OF_MONTH = "days after the end of the month of the invoice"
    THEN_END_OF_MONTH = "days after the invoice, then the end of that month"
    THEN_DAY_OF_NEXT_MONTH = "days after the invoice, then a day of the month after that"


def _whole(value: object, *, field: str, least: int, most: int) -> int:
    if type(value) is not int:
        raise WrongType("must be a whole number", field=field, value=value, way_out=f"give {least} to {most}")
    if not least <= value <= most:
        raise InvalidValue(f"must be from {least} to {most}", field=field, value=value)
    return value


def are_days(_instance: object, attribute: attrs.Attribute[int], value: object) -> None:
    """An attrs validator: a number of days, 0 to 3650."""
    _whole(value, field=attribute.name, least=0, most=_MOST_DAYS)


@attrs.frozen
class Due:
    """How a due day follows from the day of the invoice.

    Attributes:
        days: how many days are counted, 0 to 3650.
        counted: what they are counted from.
        day_of_month: 1 to 31, for ``DueFrom.THEN_DAY_OF_NEXT_MONTH`` and nothing else; in a month that is too short
            it is the last day.

    Raises:
        WrongType: a number is no ``int``, or ``counted`` no ``DueFrom``.
        InvalidValue: a number is out of range, or the day of the month is missing or out of place.

    Example:
        ``Due(45, DueFrom.END_OF_MONTH).on(date(2019, 1, 15))`` is 17 March 2019.
    """

    days: int = attrs.field(default=0, validator=are_days)
    counted: DueFrom = attrs.field(default=DueFrom.INVOICE, validator=is_a(DueFrom))
    day_of_month: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        wants_day = self.counted is DueFrom.THEN_DAY_OF_NEXT_MONTH
        if wants_day is not (self.day_of_month is not None):
            raise InvalidValue(
                f"a day of the month goes with {DueFrom.THEN_DAY_OF_NEXT_MONTH!r}, and with nothing else",
                field="day_of_month",
                value=self.day_of_month,
                way_out="give 1 to 31" if wants_day else "leave it out",
            )
        if self.day_of_month is not None:
            _whole(self.day_of_month, field="day_of_month", least=1, most=31)

    def on(self, invoiced_on: date) -> date:
        """The due day of an invoice of this day.

        Raises:
            WrongType: it is no plain date.
            InvalidValue: the due day would lie beyond the year 9999.
        """
        day(invoiced_on, field="invoiced_on")
        try:
            return self._on(invoiced_on)
        except (OverflowError, ValueError):
            raise InvalidValue(
                "the due day must lie within the calendar, which ends with the year 9999",
                field="invoiced_on",
                value=invoiced_on.isoformat(),
                way_out="give an earlier day",
            ) from None

    def _on(self, invoiced_on: date) -> date:
        days = timedelta(days=self.days)
        if self.counted is DueFrom.INVOICE:
            return invoiced_on + days
        if self.counted is DueFrom.END_OF_MONTH:
            return _end_of_month(invoiced_on) + days
        end = _end_of_month(invoiced_on + days)
        if self.day_of_month is None:
            return end
        last_of_next = _end_of_month(end + timedelta(days=1))
        return last_of_next.replace(day=min(self.day_of_month, last_of_next.day))

    def __str__(self) -> str:
        if self.counted is DueFrom.INVOICE:
            return f"net {self.days}" if self.days else "due on receipt"
        if self.counted is DueFrom.END_OF_MONTH:
            return f"net {self.days} EOM"
        if self.day_of_month is None:
            return f"net {self.days}, then the end of that month"
        return f"net {self.days}, then day {self.day_of_month} of the month after"


def _end_of_month(of: date) -> date:
    return of.replace(day=calendar.monthrange(of.year, of.month)[1])
