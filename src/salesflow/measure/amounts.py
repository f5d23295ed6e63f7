"""What deals are worth: how many there are, what they add up to, and what one is worth on average.

Amounts add up within one currency. Where there are several, rates of the host turn them into one, each by the rate of its
day; without rates the figure is undefined, and grouping by "currency" gives one figure for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, Inexact, localcontext
from typing import TypeVar

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.distribution import Distribution
from salesflow.measure.metric import DealMetric, DealTally, moments_on, of_outcomes, outcomes
from salesflow.measure.rates import Rates
from salesflow.measure.result import Axis, Result, axis_of, quotient
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import Spread, SpreadMetric, spread
from salesflow.outcome import Outcome
from salesflow.values.currencies import CURRENCIES
from salesflow.values.decimals import DIGITS, EXACT
from salesflow.values.money import Money

R_co = TypeVar("R_co", covariant=True)

__all__ = ["AmountTally", "DealCount", "DealSize", "Sums", "TotalAmount", "in_words", "worth"]

UNKNOWN = "the amount is not known"
_ALL = frozenset(Outcome)


def in_words(chosen: frozenset[Outcome], noun: str = "deals") -> str:
    """Outcomes as words for a definition: "won deals", "won or lost deals", "all deals"."""
    if chosen == _ALL:
        return f"all {noun}"
    return f"{' or '.join(one for one in Outcome if one in chosen)} {noun}"


_NOTHING = Decimal(0)


def _too_long(code: str) -> InvalidValue:
    return InvalidValue(
        f"a sum has at most {DIGITS} digits", field="amount", value=code, way_out="check where the amounts come from"
    )


class Sums:
    """Exact sums of money by currency; they can be merged in any order."""

    __slots__ = ("by_currency",)

    def __init__(self) -> None:
        self.by_currency: dict[str, Decimal] = {}

    def add_all(self, amounts: Sequence[Money]) -> None:
        """Add amounts.

        Raises:
            InvalidValue: a sum has more than 34 digits.
        """
        for code in {amount.currency for amount in amounts}:
            try:
                with localcontext(EXACT):
                    total = sum([amount.amount for amount in amounts if amount.currency == code], Decimal(0))
            except Inexact:
                raise _too_long(code) from None
            self.add(code, total)

    def add(self, code: str, amount: Decimal) -> None:
        """Add to the sum of one currency.

        Raises:
            InvalidValue: the sum has more than 34 digits.
        """
        try:
            self.by_currency[code] = EXACT.add(self.by_currency.get(code, _NOTHING), amount)
        except Inexact:
            raise _too_long(code) from None

    def merge(self, other: Sums) -> None:
        """Add the sums of another one."""
        for code, amount in other.by_currency.items():
            self.add(code, amount)

    @property
    def total(self) -> Money | None:
        """The sum, where all amounts were of one currency; ``None`` if there was none or several."""
        if len(self.by_currency) != 1:
            return None
        ((code, amount),) = self.by_currency.items()
        return Money(amount, code)


def mixed(currencies: Sequence[str]) -> str:
    """Why there is no sum of several currencies."""
    return f"amounts in {', '.join(sorted(currencies))} and no rates; give rates, or group by currency"


def worth(row: DealRow, rates: Rates, axis: Axis) -> Money | str:
    """The amount of a deal in the currency of the rates, or why there is none.

    Args:
        row: with an amount.
        rates: of the host.
        axis: the date whose rate counts.
    """
    assert row.amount is not None
    if row.amount.currency == rates.into:
        return row.amount
    at = moments_on(axis)(row)
    if at is None:
        return f"no {axis} date to take a rate of"
    converted = rates.converted(row.amount, at.date())
    return f"no rate of {row.amount.currency} on its {axis} date" if converted is None else converted


class AmountTally(DealTally[R_co]):
    """A tally that reads amounts."""

    __slots__ = ("_rates",)

    def __init__(self, metric: DealMetric[R_co], rates: Rates | None) -> None:
        super().__init__(metric)
        self._rates = rates

    def with_amount(self, rows: Sequence[DealRow]) -> tuple[Sequence[DealRow], list[Money]]:
        """The deals whose amounts are known, and these amounts, by rates where there are any; others are left out."""
        if self._rates is not None:
            return self._converted(rows, self._rates)
        amounts = [row.amount for row in rows if row.amount is not None]
        if len(amounts) == len(rows):
            return rows, amounts
        for row in rows:
            if row.amount is None:
                self.leave_out(UNKNOWN, row)
        return [row for row in rows if row.amount is not None], amounts

    def _converted(self, rows: Sequence[DealRow], rates: Rates) -> tuple[list[DealRow], list[Money]]:
        known, amounts = [], []
        for row in rows:
            amount = UNKNOWN if row.amount is None else worth(row, rates, self._about.axis)
            if isinstance(amount, Money):
                known.append(row)
                amounts.append(amount)
            else:
                self.leave_out(amount, row)
        return known, amounts


@attrs.frozen(kw_only=True)
class DealCount(DealMetric[Result[int]]):
    """How many deals there are.

    Attributes:
        outcomes: of which outcomes; of all where nothing is said.

    Example:
        ``DealCount(outcomes=Outcome.OPEN, where=lambda deal: deal.organization_id is None, population="open deals of
        nobody").of(rows)``
    """

    outcomes: frozenset[Outcome] = attrs.field(default=_ALL, converter=outcomes)

    def is_about_open(self) -> bool:
        """Whether only open deals are looked at."""
        return self.outcomes == {Outcome.OPEN}

    def tally(self) -> _CountTally:
        """An empty tally."""
        return _CountTally(self)


class _CountTally(DealTally[Result[int]]):
    __slots__ = ("_deals", "_metric")

    def __init__(self, metric: DealCount) -> None:
        super().__init__(metric)
        self._metric = metric
        self._deals = metric.noted()

    def count(self, rows: Sequence[DealRow]) -> None:
        self._deals.add_all(of_outcomes(rows, self._metric.outcomes))

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, _CountTally)
        self._deals.merge(other._deals)

    def result(self) -> Result[int]:
        words = in_words(self._metric.outcomes)
        return Result(
            definition=self._metric.defined("number of deals", words, population=words, unit="deals"),
            value=self._deals.count,
            numerator=self._deals.count,
            count=self._deals.count,
            left_out=self.left_out(),
            ids=self._deals.sorted_ids,
        )


@attrs.frozen(kw_only=True)
class TotalAmount(DealMetric[Result[Money]]):
    """What deals add up to. Of deals without a known amount it is undefined, not zero.

    Attributes:
        axis: the date by which deals belong to the period, and whose rate counts; the close where nothing is said.
        outcomes: of which outcomes; won where nothing is said.
        rates: turn every amount into one currency.

    Example:
        ``grouped(TotalAmount(), "month").of(rows)["2026-11"].value`` is what was won in November.
    """

    axis: Axis = attrs.field(default=Axis.CLOSED, converter=axis_of)
    outcomes: frozenset[Outcome] = attrs.field(default=frozenset({Outcome.WON}), converter=outcomes)
    rates: Rates | None = None

    def is_about_open(self) -> bool:
        """Whether only open deals are looked at."""
        return self.outcomes == {Outcome.OPEN}

    def tally(self) -> _TotalTally:
        """An empty tally."""
        return _TotalTally(self)


class _TotalTally(AmountTally[Result[Money]]):
    __slots__ = ("_deals", "_metric", "_sums")

    def __init__(self, metric: TotalAmount) -> None:
        super().__init__(metric, metric.rates)
        self._metric = metric
        self._deals = metric.noted()
        self._sums = Sums()

    def count(self, rows: Sequence[DealRow]) -> None:
        rows, amounts = self.with_amount(of_outcomes(rows, self._metric.outcomes))
        self._deals.add_all(rows)
        self._sums.add_all(amounts)

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, _TotalTally)
        self._deals.merge(other._deals)
        self._sums.merge(other._sums)

    def result(self) -> Result[Money]:
        total, words = self._sums.total, in_words(self._metric.outcomes)
        undefined = None
        if total is None:
            several = tuple(self._sums.by_currency)
            undefined = mixed(several) if several else f"there are no {words} with a known amount"
        return Result(
            definition=self._metric.defined(
                "total amount",
                f"the amounts of {words}",
                population=words,
                unit="" if total is None else total.currency,
            ),
            value=total,
            undefined=undefined,
            numerator=total,
            count=self._deals.count,
            left_out=self.left_out(),
            ids=self._deals.sorted_ids,
        )


@attrs.frozen(kw_only=True)
class DealSize(SpreadMetric[Spread[Money]]):
    """What one deal is worth: the average, the smallest, the largest, and quantiles.

    Attributes:
        axis: the date by which deals belong to the period, and whose rate counts; the close where nothing is said.
        outcomes: of which outcomes; won where nothing is said.
        rates: turn every amount into one currency.

    Example:
        ``DealSize(quantiles=["0.5"]).of(rows).median.value``
    """

    axis: Axis = attrs.field(default=Axis.CLOSED, converter=axis_of)
    outcomes: frozenset[Outcome] = attrs.field(default=frozenset({Outcome.WON}), converter=outcomes)
    rates: Rates | None = None

    def is_about_open(self) -> bool:
        """Whether only open deals are looked at."""
        return self.outcomes == {Outcome.OPEN}

    def tally(self) -> _SizeTally:
        """An empty tally."""
        return _SizeTally(self)


class _SizeTally(AmountTally[Spread[Money]]):
    __slots__ = ("_deals", "_metric", "_sizes")

    def __init__(self, metric: DealSize) -> None:
        super().__init__(metric, metric.rates)
        self._metric = metric
        self._deals = metric.noted()
        self._sizes: dict[str, Distribution] = {}

    def count(self, rows: Sequence[DealRow]) -> None:
        rows, amounts = self.with_amount(of_outcomes(rows, self._metric.outcomes))
        self._deals.add_all(rows)
        for code in {amount.currency for amount in amounts}:
            scale = _places(code)
            self._of(code).add_all(
                [int(amount.amount.scaleb(scale, EXACT)) for amount in amounts if amount.currency == code]
            )

    def _of(self, code: str) -> Distribution:
        found = self._sizes.get(code)
        if found is None:
            found = self._sizes[code] = self._metric.distribution(repeats=True)
        return found

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, _SizeTally)
        self._deals.merge(other._deals)
        for code, sizes in other._sizes.items():
            self._of(code).merge(sizes)

    def result(self) -> Spread[Money]:
        several = tuple(self._sizes)
        words = in_words(self._metric.outcomes)
        code = several[0] if len(several) == 1 else ""
        return spread(
            self._sizes[code] if code else self._metric.distribution(repeats=True),
            definition=self._metric.defined(
                "average deal",
                f"the amounts of {words}",
                f"{words} with a known amount",
                population=words,
                unit=code,
                rounding="rounded half up to the minor unit",
            ),
            wanted=self._metric.quantiles,
            kept=self._metric.kept,
            make=lambda units: Money.rounded(quotient(units.numerator, units.denominator * 10 ** _places(code)), code),
            nothing=mixed(several) if several else f"there are no {words} with a known amount",
            left_out=self.left_out(),
            ids=self._deals.sorted_ids,
        )


def _places(code: str) -> int:
    """The decimal places of a currency.

    Raises:
        InvalidValue: it has no minor unit, as gold has none.
    """
    places = CURRENCIES[code].minor_units
    if places is None:
        raise InvalidValue("a currency without a minor unit has no deal size", field="amount", value=code)
    return places
