"""Rates of exchange, given by the host, each with its day.

Amounts of several currencies add up only by rates, and a rate has a day. Where none is given, a figure over several
currencies is undefined and says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue
from salesflow.values.currencies import currency as currency_of
from salesflow.values.decimals import HALF_UP, exact_decimal, half_up
from salesflow.values.moments import day
from salesflow.values.money import Money

__all__ = ["Rate", "Rates"]


def _code(value: str) -> str:
    return currency_of(value).code


def _factor(value: Decimal | int | str) -> Decimal:
    number = exact_decimal(value, field="value")
    if number <= 0:
        raise InvalidValue("a rate is above zero", field="value", value=number)
    return number


@attrs.frozen
class Rate:
    """What one unit of a currency is worth from a day on, until another rate follows.

    Attributes:
        currency: the ISO 4217 code of what is converted.
        on: the first day on which it holds.
        value: how much of the target currency one unit is.
    """

    currency: str = attrs.field(converter=_code)
    on: date
    value: Decimal = attrs.field(converter=_factor)

    def __attrs_post_init__(self) -> None:
        day(self.on, field="on")


def _all(rates: Iterable[Rate]) -> tuple[Rate, ...]:
    return tuple(sorted(rates, key=lambda rate: (rate.currency, rate.on)))


@attrs.frozen
class Rates:
    """The rates into one currency.

    Attributes:
        into: the ISO 4217 code of the target.
        rates: what other currencies are worth in it. The rate of a day is the last one that began on it or before.

    Raises:
        UnknownName: there is no such currency.
        InvalidValue: a rate is not above zero, or two of one currency begin on the same day, or one is of the target.

    Example:
        >>> rates = Rates("EUR", [Rate("USD", date(2026, 1, 1), "0.90"), Rate("USD", date(2026, 7, 1), "0.88")])
        >>> rates.converted(Money("100", "USD"), date(2026, 8, 15))
        Money('88.00', 'EUR')
    """

    into: str = attrs.field(converter=_code)
    rates: tuple[Rate, ...] = attrs.field(default=(), converter=_all)
    _by_currency: dict[str, tuple[list[date], list[Decimal]]] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        table: dict[str, tuple[list[date], list[Decimal]]] = {}
        for rate in self.rates:
            days, values = table.setdefault(rate.currency, ([], []))
            if rate.currency == self.into or (days and days[-1] == rate.on):
                raise InvalidValue(
                    "a currency other than the target has one rate a day",
                    field="rates",
                    value=f"{rate.currency} on {rate.on.isoformat()}",
                    way_out="leave one of them out",
                )
            days.append(rate.on)
            values.append(rate.value)
        object.__setattr__(self, "_by_currency", table)

    def rate(self, currency: str, on: date) -> Decimal | None:
        """The rate of a currency on a day; 1 for the target itself; ``None`` where none is known."""
        if currency == self.into:
            return Decimal(1)
        days, values = self._by_currency.get(currency, ((), ()))
        place = bisect_right(days, on)
        return values[place - 1] if place else None

    def converted(self, amount: Money, on: date) -> Money | None:
        """An amount in the target currency, rounded half up to its minor unit; ``None`` where no rate is known."""
        if amount.currency == self.into:
            return amount
        factor = self.rate(amount.currency, on)
        return (
            None if factor is None else Money.rounded(half_up(HALF_UP.multiply(amount.amount, factor), None), self.into)
        )
