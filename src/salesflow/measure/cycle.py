"""The sales cycle: how long it takes from the opening of a deal, or from its engagement, to its close."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.amounts import in_words
from salesflow.measure.metric import DealTally, moments_on, of_outcomes, outcomes
from salesflow.measure.result import Axis, axis_of
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import TO_34_DIGITS, DurationMetric, Spread
from salesflow.outcome import Outcome

__all__ = ["CycleTally", "SalesCycle", "start_axis"]


def start_axis(value: Axis | str) -> Axis:
    """The date on which a duration begins: created or engaged.

    Raises:
        InvalidValue: it is another one.
    """
    axis = axis_of(value)
    if axis not in (Axis.CREATED, Axis.ENGAGED):
        raise InvalidValue("it is counted from when a deal was created or engaged", field="start", value=axis.value)
    return axis


@attrs.frozen(kw_only=True)
class SalesCycle(DurationMetric[Spread[Decimal]]):
    """How many days deals take from their start to their close.

    Attributes:
        axis: the date by which deals belong to the period; of the close where nothing is said.
        start: whether the cycle begins when a deal was created or when it was engaged (left its first stage).
        outcomes: of which outcomes; won where nothing is said.

    Example::

        cycle = SalesCycle(quantiles=["0.5", "0.75"], calendar=WorkedDays()).of(rows)
        cycle.mean.rounded(1), cycle.median.value, cycle.quantile("0.75").value
    """

    axis: Axis = attrs.field(default=Axis.CLOSED, converter=axis_of)
    start: Axis = attrs.field(default=Axis.CREATED, converter=start_axis)
    outcomes: frozenset[Outcome] = attrs.field(default=frozenset({Outcome.WON}), converter=outcomes)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.outcomes == {Outcome.OPEN}:
            raise InvalidValue(
                "open deals have no cycle yet",
                field="outcomes",
                value="open",
                way_out="use OpenAge for how old they are",
            )

    def tally(self) -> CycleTally:
        """An empty tally."""
        return CycleTally(self)


class CycleTally(DealTally[Spread[Decimal]]):
    """Writes down the length of every cycle."""

    __slots__ = ("_cycles", "_deals", "_metric")

    def __init__(self, metric: SalesCycle) -> None:
        super().__init__(metric)
        self._metric = metric
        self._cycles = metric.durations()
        self._deals = metric.noted()

    def count(self, rows: Sequence[DealRow]) -> None:
        units, started = self._metric.calendar.units, moments_on(self._metric.start)
        known, lengths = [], []
        for row in of_outcomes(rows, self._metric.outcomes):
            begun_at = started(row)
            if row.closed_at is None:
                self.leave_out("the moment of the close is not known", row)
            elif begun_at is None:
                self.leave_out(f"the moment when it was {self._metric.start} is not known", row)
            else:
                known.append(row)
                lengths.append(units(begun_at, row.closed_at))
        self._deals.add_all(known)
        self._cycles.add_all(lengths)

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, CycleTally)
        self._cycles.merge(other._cycles)
        self._deals.merge(other._deals)

    def result(self) -> Spread[Decimal]:
        """The lengths so far."""
        words = in_words(self._metric.outcomes)
        return self._metric.spread_of(
            self._cycles,
            self._metric.defined(
                "mean sales cycle",
                f"days from {self._metric.start} to closed",
                f"number of {words}",
                population=words,
                calendar=self._metric.calendar,
                unit="days",
                rounding=TO_34_DIGITS,
            ),
            nothing=f"there are no {words} with both moments",
            left_out=self.left_out(),
            ids=self._deals.sorted_ids,
        )
