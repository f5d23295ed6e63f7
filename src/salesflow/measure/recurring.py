"""Recurring revenue: what a deal brings in a month.

1,200 on a yearly plan is 100 a month. An amount over seven months is no whole number of cents a month, so the part is kept
as it is, and rounded once, where it becomes money: 200 over three months at one half is 33.33, not half of 66.67.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import attrs

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.measure.result import quotient
from salesflow.measure.rows import DealRow
from salesflow.values.decimals import exact_decimal
from salesflow.values.money import Money

__all__ = ["MonthlyPart", "MonthlyRecurring", "Worth"]


@attrs.frozen
class MonthlyPart:
    """The part of an amount that falls on one month, not rounded yet.

    Attributes:
        amount: what is paid for all of the months.
        months: how many they are, from 1 up.

    Example:
        >>> MonthlyPart(Money("1200", "EUR"), 12).times(Decimal("0.3"))
        Money('30.00', 'EUR')
    """

    amount: Money
    months: int

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.amount, Money):
            raise WrongType("must be Money", field="amount", value=self.amount)
        if type(self.months) is not int or self.months < 1:
            raise InvalidValue(
                "a plan runs for a whole number of months, from 1 up",
                field="months",
                value=self.months,
                way_out="give 12 for a yearly plan",
            )

    @property
    def currency(self) -> str:
        """Its currency."""
        return self.amount.currency

    @property
    def exactly(self) -> Fraction:
        """The part, exactly."""
        return Fraction(self.amount.amount) / self.months

    @property
    def money(self) -> Money:
        """The part, rounded half up to the minor unit."""
        return self.times(Decimal(1))

    def times(self, factor: Decimal | int) -> Money:
        """The product with a factor, rounded half up once to the minor unit."""
        exact = self.exactly * Fraction(exact_decimal(factor, field="factor"))
        return Money.rounded(quotient(exact.numerator, exact.denominator), self.currency)


Worth = Callable[[DealRow], Money | MonthlyPart | None]
"""What a deal is worth in a forecast; ``None`` where that is not known."""


@attrs.frozen
class MonthlyRecurring:
    """What a deal brings in a month, out of two columns of your own rows.

    Attributes:
        amount: the column of the amount that recurs, ``Money`` or ``None``.
        months: the column of the months that it is for.

    Raises:
        UnknownName: the rows have no such column.
        InvalidValue: the months are no whole number from 1 up.

    Example:
        ``WeightedPipeline(worth=MonthlyRecurring("recurring_amount", "recurring_months")).of(rows)``
    """

    amount: str = "recurring_amount"
    months: str = "recurring_months"

    def __call__(self, row: DealRow) -> MonthlyPart | None:
        """The monthly part, or ``None`` where the amount or the months are not known."""
        try:
            amount, months = getattr(row, self.amount), getattr(row, self.months)
        except AttributeError as error:
            columns = [field.name for field in attrs.fields(type(row))]
            raise UnknownName("column", error.name, columns, where=type(row).__name__) from None
        return None if amount is None or months is None else MonthlyPart(amount, months)
