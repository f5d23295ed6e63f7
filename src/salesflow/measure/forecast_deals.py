"""What all forecasts have in common: which deals they are about, and what those are worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TypeVar

import attrs

from salesflow.measure.amounts import UNKNOWN, mixed
from salesflow.measure.forecast_date import ForecastDate, won_axis
from salesflow.measure.metric import DealMetric, DealTally, Noted
from salesflow.measure.rates import Rates
from salesflow.measure.recurring import MonthlyPart, Worth
from salesflow.measure.result import Axis, Definition, LeftOut, Result, quotient
from salesflow.measure.rows import DealRow
from salesflow.measure.target import period_of
from salesflow.values.decimals import HALF_UP
from salesflow.values.moments import Period, day
from salesflow.values.money import Money

R_co = TypeVar("R_co", covariant=True)

_CLOSE = {Axis.CLOSED: "close", Axis.EXPECTED: "expected close"}
NO_DATE = "it has no expected close"

__all__ = ["NO_DATE", "ForecastMetric", "ForecastTally", "Line", "has_length"]


def has_length(_instance: object, _attribute: attrs.Attribute[Period | None], value: Period | None) -> None:
    """An attrs validator for a period of some length, or ``None``."""
    if value is not None:
        period_of(value)


def _is_day(_instance: object, attribute: attrs.Attribute[date | None], value: date | None) -> None:
    if value is not None:
        day(value, field=attribute.name)


@attrs.frozen(kw_only=True)
class ForecastMetric(DealMetric[R_co]):
    """What every forecast is asked for.

    Attributes:
        axis: the date by which deals belong to the period. By the expected close, where nothing is said, won deals belong
            to it by ``won_on``.
        period: which one is forecast; of some length. The time zone of its start says where a day begins.
        won_on: whether a won deal belongs to the period in which it was won, or in which it had been expected.
        worth: what a deal is worth: its amount, where nothing is said, or what it brings in a month
            (:class:`~salesflow.measure.recurring.MonthlyRecurring`).
        rates: turn every amount into one currency.
        rate_on: the day whose rates count for all; where nothing is said, the forecast date of each deal.

    Raises:
        InvalidValue: the period has no length.
    """

    axis: Axis = attrs.field(default=Axis.EXPECTED, converter=Axis)
    period: Period | None = attrs.field(default=None, validator=has_length)
    won_on: Axis = attrs.field(default=Axis.CLOSED, converter=won_axis)
    worth: Worth | None = None
    rates: Rates | None = None
    rate_on: date | None = attrs.field(default=None, validator=_is_day)

    @property
    def date_rule(self) -> str:
        """By which date won deals count, in words; empty where the axis says it."""
        return f"won deals by the date of their {_CLOSE[self.won_on]}" if self.axis is Axis.EXPECTED else ""

    @property
    def date_of(self) -> ForecastDate:
        """The forecast date of deals, in the time zone of the period."""
        zone = None if self.period is None else self.period.start.tzinfo
        return ForecastDate(won_on=self.won_on) if zone is None else ForecastDate(zone, self.won_on)


class ForecastTally(DealTally[R_co]):
    """A tally that knows the forecast date and the worth of deals, and keeps those without a date apart."""

    __slots__ = ("_date_of", "_forecast")

    def __init__(self, metric: ForecastMetric[R_co]) -> None:
        super().__init__(metric)
        self._forecast = metric
        self._date_of = metric.date_of
        if metric.axis is Axis.EXPECTED:
            self._at = metric.date_of

    def _in_period(self, rows: Sequence[DealRow]) -> list[DealRow]:
        start, end = self._start, self._end
        assert start is not None
        assert end is not None
        inside = []
        for row in rows:
            at = self._at(row)
            if at is None:
                self._undated(row)
            elif start <= at < end:
                inside.append(row)
        return inside

    def _undated(self, row: DealRow) -> None:
        """Take in a deal that no date puts into the period or out of it."""
        raise NotImplementedError

    def _is_undated(self, row: DealRow) -> bool:
        """Whether an open deal has no expected close."""
        return row.is_open and row.expected_close is None

    def _worth(self, row: DealRow) -> Money | MonthlyPart | str:
        """What a deal is worth, or why that is not known."""
        metric = self._forecast
        worth = row.amount if metric.worth is None else metric.worth(row)
        if worth is None:
            return UNKNOWN
        rates = metric.rates
        if rates is None or worth.currency == rates.into:
            return worth
        on = metric.rate_on or self._date_of.day(row)
        if on is None:
            return "no date to take a rate of"
        amount = rates.converted(worth.amount if isinstance(worth, MonthlyPart) else worth, on)
        if amount is None:
            return f"no rate of {worth.currency} on {'that day' if metric.rate_on else 'its date'}"
        return MonthlyPart(amount, worth.months) if isinstance(worth, MonthlyPart) else amount


class Line:
    """The deals of one line of a forecast, and what they add up to, exactly. Lines can be merged in any order.

    Args:
        noted: an empty note, with ids where they are asked for.
    """

    __slots__ = ("deals", "left", "summed", "sums")

    def __init__(self, noted: Noted) -> None:
        self.deals: Noted = noted
        self.summed: int = 0
        """How many of them have a known amount."""
        self.sums: dict[str, Fraction] = {}
        self.left: dict[str, Noted] = {}

    def add_all(self, worths: Sequence[tuple[DealRow, str, Decimal | Fraction]]) -> None:
        """Add deals, each with its currency and a figure in it."""
        self.deals.add_all([row for row, _, _ in worths])
        self.summed += len(worths)
        for code in {code for _, code, _ in worths}:
            figures = [figure for _, own, figure in worths if own == code]
            with localcontext(HALF_UP):
                plain = sum([figure for figure in figures if isinstance(figure, Decimal)], Decimal(0))
            parts = sum([figure for figure in figures if isinstance(figure, Fraction)], Fraction(0))
            self.sums[code] = self.sums.get(code, Fraction(0)) + Fraction(plain) + parts

    def leave_out(self, reason: str, row: DealRow) -> None:
        """Note a deal that belongs here and cannot be added up, and why."""
        self._left(reason).add(row)

    def _left(self, reason: str) -> Noted:
        found = self.left.get(reason)
        if found is None:
            found = self.left[reason] = Noted(0, None if self.deals.ids is None else [])
        return found

    def merge(self, other: Line) -> None:
        """Take in what another line has."""
        self.deals.merge(other.deals)
        self.summed += other.summed
        for code, total in other.sums.items():
            self.sums[code] = self.sums.get(code, Fraction(0)) + total
        for reason, noted in other.left.items():
            self._left(reason).merge(noted)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What could not be added up, by reason."""
        return tuple(
            LeftOut(reason=reason, count=noted.count, ids=noted.sorted_ids)
            for reason, noted in sorted(self.left.items())
        )

    def result(self, definition: Definition, *, currency: str | None, nothing: str) -> Result[Money]:
        """What they add up to.

        Args:
            definition: what that means; the unit is filled in.
            currency: what a sum of no deals is in; ``None`` where that is not known.
            nothing: why there is no sum where there are no deals, and no currency either.
        """
        code = next(iter(self.sums), None if self.left else currency)
        undefined = None
        if len(self.sums) > 1:
            undefined = mixed(tuple(self.sums))
        elif code is None:
            undefined = "of none of its deals the figure is known" if self.left else nothing
        total = None if undefined or code is None else self.sums.get(code, Fraction(0))
        exact = None if total is None else quotient(total.numerator, total.denominator)
        return Result(
            definition=attrs.evolve(definition, unit=(code or "") if undefined is None else ""),
            value=None if exact is None or code is None else Money.rounded(exact, code),
            undefined=undefined,
            numerator=exact,
            count=self.deals.count,
            left_out=self.left_out,
            ids=self.deals.sorted_ids,
        )
