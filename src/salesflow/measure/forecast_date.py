"""By which date a deal belongs to a forecast: an open one by its expected close, a won one by the day on which it was won.

Systems that have one date for both write the real close into it. Here they are two, and a won deal is in the period in
which it was won, whatever had been expected; a host whose rows have no moment of the close gets the expected one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.grouping import Grouping
from salesflow.measure.metric import WON
from salesflow.measure.result import Axis
from salesflow.measure.rows import DealRow
from salesflow.values.working_time import time_zone

__all__ = ["ForecastDate", "by_forecast_month", "by_forecast_quarter", "won_axis"]


def won_axis(value: Axis | str) -> Axis:
    """The date by which won deals belong to a period: their close or their expected close.

    Raises:
        InvalidValue: it is another one.
    """
    axis = Axis(value)
    if axis not in (Axis.CLOSED, Axis.EXPECTED):
        raise InvalidValue(
            "a won deal belongs to a period by its close or by its expected close",
            field="won_on",
            value=value,
            way_out='give "closed" or "expected close"',
        )
    return axis


@attrs.frozen
class ForecastDate:
    """The date of a deal in a forecast.

    Attributes:
        zone: where its days begin and end: a time zone or its name.
        won_on: whether a won deal counts by its close (where nothing is said) or by what was expected.
    """

    zone: tzinfo = attrs.field(default=UTC, converter=time_zone)
    won_on: Axis = attrs.field(default=Axis.CLOSED, converter=won_axis)

    def __call__(self, row: DealRow) -> datetime | None:
        """The moment at which it begins: of the close, or midnight of the day that is expected."""
        if row.outcome is WON and row.closed_at is not None and self.won_on is Axis.CLOSED:
            return row.closed_at
        return None if row.expected_close is None else datetime.combine(row.expected_close, time(), self.zone)

    def day(self, row: DealRow) -> date | None:
        """The local day."""
        at = self(row)
        return None if at is None else at.astimezone(self.zone).date() if at.tzinfo is UTC else at.date()


@attrs.frozen
class _Month:
    of: ForecastDate

    def __call__(self, row: DealRow) -> str | None:
        on = self.of.day(row)
        return None if on is None else f"{on.year:04}-{on.month:02}"


@attrs.frozen
class _Quarter:
    of: ForecastDate

    def __call__(self, row: DealRow) -> str | None:
        on = self.of.day(row)
        return None if on is None else f"{on.year:04}-Q{(on.month + 2) // 3}"


def by_forecast_month(*, zone: tzinfo | str = UTC, won_on: Axis | str = Axis.CLOSED) -> Grouping:
    """By the month in which a deal is expected to close or, if it is won, was won: "2026-11".

    Args:
        zone: where the days begin and end.
        won_on: by which date a won deal counts, as in :class:`ForecastDate`.
    """
    return Grouping("month (forecast)", _Month(ForecastDate(zone, won_on)))


def by_forecast_quarter(*, zone: tzinfo | str = UTC, won_on: Axis | str = Axis.CLOSED) -> Grouping:
    """By the calendar quarter: "2026-Q4". Args as in :func:`by_forecast_month`."""
    return Grouping("quarter (forecast)", _Quarter(ForecastDate(zone, won_on)))
