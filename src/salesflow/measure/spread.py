"""Results about many values of one kind: how long cycles, stays and answers take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

import attrs

from salesflow.errors import UnknownName
from salesflow.measure.days import DayCount, ElapsedDays
from salesflow.measure.distribution import Distribution, Kept, Quantile, distribution, kept_of, quantile
from salesflow.measure.metric import DealMetric
from salesflow.measure.result import Definition, LeftOut, Result, quotient
from salesflow.values.decimals import DIGITS
from salesflow.values.money import Money

V = TypeVar("V", Decimal, Money)
R_co = TypeVar("R_co", covariant=True)

__all__ = ["TO_34_DIGITS", "DurationMetric", "QuantileOf", "Spread", "SpreadMetric", "spread"]

TO_34_DIGITS = f"rounded half up to {DIGITS} digits"


@attrs.frozen
class QuantileOf(Generic[V]):
    """A quantile that was asked for, and its result."""

    quantile: Quantile
    result: Result[V]


@attrs.frozen(kw_only=True)
class Spread(Generic[V]):
    """How values are spread.

    Attributes:
        mean: their sum by their number.
        total: their sum; ``None`` where there are none.
        least, most: the lowest and the highest of them; ``None`` where there are none.
        quantiles: those that were asked for.
    """

    mean: Result[V]
    total: V | None
    least: V | None
    most: V | None
    quantiles: tuple[QuantileOf[V], ...] = ()

    @property
    def count(self) -> int:
        """How many values there are."""
        return self.mean.count

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out, by reason."""
        return self.mean.left_out

    @property
    def median(self) -> Result[V]:
        """The median.

        Raises:
            UnknownName: it was not asked for.
        """
        return self.quantile("0.5")

    def quantile(self, at: Quantile | Decimal | str | int) -> Result[V]:
        """A quantile that was asked for, by its fraction.

        Raises:
            UnknownName: it was not asked for, which has to be done before the rows are read.
        """
        wanted = quantile(at)
        for one in self.quantiles:
            if one.quantile == wanted or (not isinstance(at, Quantile) and one.quantile.at == wanted.at):
                return one.result
        raise UnknownName("quantile", wanted.at, (one.quantile.at for one in self.quantiles))


def _quantiles(given: Iterable[Quantile | Decimal | str | int]) -> tuple[Quantile, ...]:
    return tuple(dict.fromkeys(quantile(one) for one in given))


@attrs.frozen(kw_only=True)
class SpreadMetric(DealMetric[R_co]):
    """What metrics of many values of one kind are asked for.

    Attributes:
        quantiles: which quantiles are wanted, as fractions (``["0.5"]`` is the median) or as :class:`Quantile`.
        kept: what is kept for them: the values, exactly, or a sketch whose size does not grow.
    """

    quantiles: tuple[Quantile, ...] = attrs.field(default=(), converter=_quantiles)
    kept: Kept = attrs.field(default=Kept.EXACT, converter=kept_of)

    def distribution(self, *, repeats: bool) -> Distribution:
        """An empty distribution that keeps what the quantiles need."""
        return distribution(kept=self.kept if self.quantiles else None, repeats=repeats)


@attrs.frozen(kw_only=True)
class DurationMetric(SpreadMetric[R_co]):
    """What metrics of durations are asked for.

    Attributes:
        calendar: how days are counted; by the time that passes where nothing else is said.
    """

    calendar: DayCount = attrs.field(factory=ElapsedDays)

    def durations(self) -> Distribution:
        """An empty distribution of units of the calendar."""
        return self.distribution(repeats=self.calendar.per_day == 1)

    def in_days(self, units: Fraction) -> Decimal:
        """A number of units of the calendar, in days."""
        return quotient(units.numerator, units.denominator * self.calendar.per_day)

    def spread_of(
        self,
        values: Distribution,
        definition: Definition,
        *,
        nothing: str,
        left_out: tuple[LeftOut, ...] = (),
        ids: tuple[str, ...] | None = None,
    ) -> Spread[Decimal]:
        """The results of a distribution of units of the calendar. Args as in :func:`spread`."""
        return spread(
            values,
            definition=definition,
            wanted=self.quantiles,
            kept=self.kept,
            make=self.in_days,
            nothing=nothing,
            left_out=left_out,
            ids=ids,
        )


def spread(
    values: Distribution,
    *,
    definition: Definition,
    wanted: tuple[Quantile, ...],
    kept: Kept,
    make: Callable[[Fraction], V],
    nothing: str,
    left_out: tuple[LeftOut, ...] = (),
    ids: tuple[str, ...] | None = None,
) -> Spread[V]:
    """The results of a distribution.

    Args:
        values: what was taken in, in whole units.
        definition: of the mean; those of the quantiles follow from it.
        wanted: the quantiles to give.
        kept: what was kept for them.
        make: makes a value of a number of units.
        nothing: why there is no value, where there is none.
        left_out: what was left out.
        ids: the deals behind it.
    """

    def result(definition: Definition, units: Fraction | None, *, mean: bool = False) -> Result[V]:
        return Result(
            definition=definition,
            value=None if units is None else make(units),
            undefined=nothing if units is None else None,
            numerator=make(Fraction(values.total)) if mean and units is not None else None,
            denominator=values.count if mean else None,
            count=values.count,
            left_out=left_out,
            ids=ids,
        )

    given = values.count > 0
    return Spread(
        mean=result(definition, Fraction(values.total, values.count) if given else None, mean=True),
        total=make(Fraction(values.total)) if given else None,
        least=None if values.least is None else make(Fraction(values.least)),
        most=None if values.most is None else make(Fraction(values.most)),
        quantiles=tuple(
            QuantileOf(
                one,
                result(_of_quantile(definition, one, kept), values.quantile(one) if given else None),
            )
            for one in wanted
        ),
    )


def _of_quantile(definition: Definition, wanted: Quantile, kept: Kept) -> Definition:
    name = definition.metric.replace("mean ", "", 1)
    return attrs.evolve(
        definition,
        metric=f"{'median' if wanted.at == Decimal('0.5') else 'quantile'} {name}",
        numerator=str(wanted),
        denominator=None,
        method=f"{wanted.method.in_words}; {kept.in_words}",
    )
