"""Sales velocity: what a pipeline brings in a day.

::

    velocity = number of deals x average amount x win rate / days of the cycle

The formula is common; what goes into it is not. So the four inputs stand beside the result, each with its own definition.
Where one of them is undefined, so is the velocity, and also where the cycle takes no time.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.measure.amounts import DealCount, DealSize, in_words
from salesflow.measure.cycle import SalesCycle, start_axis
from salesflow.measure.days import DayCount, ElapsedDays
from salesflow.measure.metric import DealMetric, Tally, outcomes
from salesflow.measure.rates import Rates
from salesflow.measure.result import Axis, Definition, LeftOut, Result, axis_of, quotient
from salesflow.measure.rows import DealRow
from salesflow.measure.win_rate import WinRate, WinRateResult, reasons
from salesflow.outcome import Outcome
from salesflow.values.decimals import exact_decimal
from salesflow.values.money import Money

__all__ = ["Velocity", "VelocityResult", "VelocityTally", "velocity_of"]

_FORMULA = "number of deals x average amount x win rate"
_ROUNDING = "rounded half up to the minor unit, once, at the end"


def velocity_of(
    deals: int, *, average: Money, win_rate: Decimal | str | int, cycle_days: Decimal | str | int
) -> Money | None:
    """The amount a day that follows from four figures.

    Args:
        deals: how many deals are worked.
        average: what one of them is worth.
        win_rate: how many of them are won, a fraction.
        cycle_days: how many days they take.

    Returns:
        The amount, rounded half up to the minor unit; ``None``, which is undefined, where the cycle takes no time.

    Raises:
        WrongType: a figure is of the wrong kind; a ``float`` is.
        InvalidValue: the number or the days are negative, or the win rate is not between 0 and 1.

    Example:
        >>> velocity_of(40, average=Money("25000", "EUR"), win_rate="0.25", cycle_days=90)
        Money('2777.78', 'EUR')
    """
    if type(deals) is not int:
        raise WrongType("must be a whole number of deals", field="deals", value=deals)
    if not isinstance(average, Money):
        raise WrongType("must be Money", field="average", value=average)
    rate = exact_decimal(win_rate, field="win_rate")
    days = exact_decimal(cycle_days, field="cycle_days")
    if deals < 0:
        raise InvalidValue("there cannot be fewer than no deals", field="deals", value=deals)
    if not 0 <= rate <= 1:
        raise InvalidValue("must be a fraction between 0 and 1", field="win_rate", value=rate)
    if days < 0:
        raise InvalidValue("a cycle cannot take less than no time", field="cycle_days", value=days)
    return _a_day(deals, Fraction(average.amount), Fraction(rate), Fraction(days), average.currency)


def _a_day(deals: int, average: Fraction, rate: Fraction, days: Fraction, currency: str) -> Money | None:
    """The formula, exactly until it is rounded."""
    if not days:
        return None
    exact = deals * average * rate / days
    return Money.rounded(quotient(exact.numerator, exact.denominator), currency)


def _exact(mean: Result[Money] | Result[Decimal]) -> Fraction:
    """A mean as it was before it was rounded."""
    total = mean.numerator.amount if isinstance(mean.numerator, Money) else mean.numerator
    return Fraction(total or 0) / mean.count


@attrs.frozen(kw_only=True)
class VelocityResult(Result[Money]):
    """A velocity, and what it was computed from.

    Attributes:
        deals: the number of deals.
        average: the average amount.
        win_rate: the win rate.
        cycle: the mean days of the cycle.
    """

    deals: Result[int]
    average: Result[Money]
    win_rate: WinRateResult
    cycle: Result[Decimal]


@attrs.frozen(kw_only=True)
class Velocity(DealMetric[VelocityResult]):
    """What the deals bring in a day.

    Attributes:
        axis: the date by which deals belong to the period; of the close where nothing is said.
        number_of: deals of which outcomes are counted; open ones where nothing is said, because they are what is worked.
        start: whether the cycle begins when a deal was created, where nothing is said, or engaged.
        calendar: how its days are counted.
        disqualified: reasons of loss that keep deals out of the win rate.
        rates: turn every amount into one currency.

    The average amount and the cycle are those of won deals, the win rate that of closed ones. A period chooses the deals of
    all four by the date on the axis; but open deals have no date of closing, and of those all are counted.

    Example:
        ``Velocity().of(rows).value`` is an amount a day.
    """

    axis: Axis = attrs.field(default=Axis.CLOSED, converter=axis_of)
    number_of: frozenset[Outcome] = attrs.field(default=frozenset({Outcome.OPEN}), converter=outcomes)
    start: Axis = attrs.field(default=Axis.CREATED, converter=start_axis)
    calendar: DayCount = attrs.field(factory=ElapsedDays)
    disqualified: frozenset[str] = attrs.field(default=frozenset(), converter=reasons)
    rates: Rates | None = None

    def tally(self) -> VelocityTally:
        """An empty tally."""
        return VelocityTally(self)


class VelocityTally(Tally[VelocityResult]):
    """The tallies of the four inputs."""

    __slots__ = ("_average", "_cycle", "_deals", "_metric", "_win_rate")

    def __init__(self, metric: Velocity) -> None:
        super().__init__(metric)
        self._metric = metric
        all_time = metric.axis is Axis.CLOSED and metric.number_of == {Outcome.OPEN}
        self._deals = metric.alike(
            DealCount, outcomes=metric.number_of, period=None if all_time else metric.period
        ).tally()
        self._average = metric.alike(DealSize, rates=metric.rates).tally()
        self._win_rate = metric.alike(WinRate, disqualified=metric.disqualified).tally()
        self._cycle = metric.alike(SalesCycle, start=metric.start, calendar=metric.calendar).tally()

    def add_all(self, rows: Sequence[DealRow], /) -> None:
        """Take several deals in, for all four."""
        for part in self._parts():
            part.add_all(rows)

    def _parts(self) -> tuple[Tally[object], ...]:
        return self._deals, self._average, self._win_rate, self._cycle

    def merge_parts(self, other: Tally[object]) -> None:
        assert isinstance(other, VelocityTally)
        for mine, theirs in zip(self._parts(), other._parts(), strict=True):
            mine.merge(theirs)

    def result(self) -> VelocityResult:
        """The velocity so far."""
        deals, win_rate = self._deals.result(), self._win_rate.result()
        average, cycle = self._average.result().mean, self._cycle.result().mean
        value, undefined = None, next((one.undefined for one in (win_rate, average, cycle) if one.undefined), None)
        if average.value is not None and win_rate.value is not None and cycle.value is not None:
            rate = Fraction(win_rate.won, win_rate.count)
            value = _a_day(deals.count, _exact(average), rate, _exact(cycle), average.value.currency)
            undefined = "the cycle takes no time" if value is None else None
        return VelocityResult(
            definition=self._defined(average),
            value=value,
            undefined=undefined,
            denominator=cycle.value,
            count=deals.count,
            left_out=self._left_out(deals, average, win_rate, cycle),
            ids=deals.ids,
            deals=deals,
            average=average,
            win_rate=win_rate,
            cycle=cycle,
        )

    def _left_out(self, *parts: Result[object]) -> tuple[LeftOut, ...]:
        """What the inputs have left out, each reason once."""
        return tuple({one.reason: one for part in parts for one in part.left_out}.values())

    def _defined(self, average: Result[Money]) -> Definition:
        metric = self._metric
        return Definition(
            metric="sales velocity",
            numerator=_FORMULA,
            denominator="mean days of the cycle",
            population=metric.population or f"{in_words(metric.number_of)}; won deals for the average and the cycle",
            axis=metric.axis,
            period=metric.period,
            calendar=metric.calendar,
            unit=f"{average.definition.unit} a day".strip(),
            rounding=_ROUNDING,
        )
