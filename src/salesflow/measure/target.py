"""Targets: what is to be reached in a period. An amount of money, a number of deals, or a number of activities.

A target of nothing is a target (somebody on leave has one), but nothing can be divided by it, so the attainment of it is
undefined. Days of a period are days of its own time zone.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

import attrs

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.values.decimals import half_up
from salesflow.values.moments import Period
from salesflow.values.money import Money
from salesflow.values.text import is_optional_line

__all__ = ["Figure", "Target", "TargetKind", "period_of"]

Figure = Money | Decimal
"""What is counted towards a target: an amount, or a number, which may be a part of a deal."""


class TargetKind(StrEnum):
    """What counts towards a target."""

    AMOUNT = "amount"
    COUNT = "count"
    ACTIVITIES = "activities"


def _kind(value: TargetKind | str) -> TargetKind:
    try:
        return TargetKind(value)
    except ValueError:
        raise UnknownName("kind of target", value, TargetKind) from None


def _kind_given(target: Target) -> TargetKind:
    return TargetKind.COUNT if target.amount is None else TargetKind.AMOUNT


def period_of(value: object, *, field: str = "period") -> Period:
    """Check that a value is a period of some length, and return it.

    Raises:
        WrongType: it is no ``Period``.
        InvalidValue: it ends where it starts.
    """
    if not isinstance(value, Period):
        raise WrongType("must be a Period", field=field, value=value, way_out="give Period.quarter(2026, 4, zone)")
    if value.is_empty:
        raise InvalidValue(
            "a period must have some length",
            field=field,
            value=value.start.isoformat(),
            way_out="give a later end",
        )
    return value


def _is_period(_instance: object, _attribute: attrs.Attribute[Period], value: object) -> None:
    period_of(value)


@attrs.frozen(kw_only=True)
class Target:
    """What is to be reached in a period.

    Attributes:
        period: when; half-open, of some length.
        amount: what the won deals are to be worth, in one currency; with the kind "amount".
        count: how many there are to be; with the kinds "count" and "activities".
        kind: what counts: the amount of won deals, their number, or activities. It goes without saying for the first two.
        activity: which activities, in your own words ("call"); all of them where it is ``None``.

    Raises:
        WrongType: the amount is no ``Money`` (it has no currency, say), or the count no whole number.
        InvalidValue: it is below zero, both or neither are given, or the period has no length.

    Example:
        ``Target(period=Period.year(2027, zone), amount=Money("250000", "EUR"))``
    """

    period: Period = attrs.field(validator=_is_period)
    amount: Money | None = None
    count: int | None = None
    kind: TargetKind = attrs.field(default=attrs.Factory(_kind_given, takes_self=True), converter=_kind)
    activity: str | None = attrs.field(default=None, validator=is_optional_line(60))

    def __attrs_post_init__(self) -> None:
        by_amount = self.kind is TargetKind.AMOUNT
        if (self.amount is None) is by_amount or (self.count is None) is not by_amount:
            raise InvalidValue(
                "a target has an amount, or else a count",
                field="amount" if by_amount else "count",
                value=self.kind,
                way_out="give amount=Money('250000', 'EUR') or count=12",
            )
        self._check_figure()
        if self.activity is not None and self.kind is not TargetKind.ACTIVITIES:
            raise InvalidValue("only a number of activities names one", field="activity", way_out="give the kind too")

    def _check_figure(self) -> None:
        if self.amount is not None and not isinstance(self.amount, Money):
            raise WrongType(
                "an amount has a currency", field="amount", value=self.amount, way_out="give Money('250000', 'EUR')"
            )
        if self.count is not None and type(self.count) is not int:
            raise WrongType("must be a whole number", field="count", value=self.count)
        below = self.amount.is_negative if self.amount is not None else (self.count or 0) < 0
        if below:
            raise InvalidValue(
                "a target is not below zero",
                field="count" if self.amount is None else "amount",
                value=self.count if self.amount is None else str(self.amount),
                way_out="give 0 or more",
            )

    @property
    def value(self) -> Figure:
        """The amount, or the count as a ``Decimal``."""
        return self.amount if self.amount is not None else Decimal(self.count or 0)

    @property
    def number(self) -> Decimal:
        """The value without its unit."""
        return self.amount.amount if self.amount is not None else Decimal(self.count or 0)

    @property
    def currency(self) -> str | None:
        """The currency of the amount, if it has one."""
        return None if self.amount is None else self.amount.currency

    @property
    def unit(self) -> str:
        """What it is counted in: the currency, "deals", or the activity."""
        if self.amount is not None:
            return self.amount.currency
        return "deals" if self.kind is TargetKind.COUNT else self.activity or "activities"

    @property
    def first_day(self) -> date:
        """The day on which its period starts."""
        return self.period.start.date()

    @property
    def day_after(self) -> date:
        """The day after the last day that is at least partly in its period."""
        end = self.period.end.astimezone(self.period.start.tzinfo)
        return (end - timedelta.resolution).date() + timedelta(days=1)

    def figure(self, number: Decimal) -> Figure:
        """A number in its unit: an amount rounded half up to the minor unit, or a number of up to 34 digits."""
        exact = half_up(number, None)
        return exact if self.amount is None else Money.rounded(exact, self.amount.currency)
