"""Where deals come from, and what becomes of them: every source with its deals, its win rate and what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs

from salesflow.measure.amounts import TotalAmount
from salesflow.measure.cycle import SalesCycle
from salesflow.measure.grouping import GroupedTally, grouped
from salesflow.measure.metric import DealMetric, Metric, Tally
from salesflow.measure.rates import Rates
from salesflow.measure.result import Groups, Result
from salesflow.measure.rows import DealRow
from salesflow.measure.win_rate import WinRate, WinRateResult
from salesflow.values.money import Money

__all__ = ["LeadSources", "SourceResult"]


@attrs.frozen(kw_only=True)
class SourceResult:
    """What became of the deals of one source.

    Attributes:
        deals: how many there are.
        win_rate: won deals by closed ones, with the numbers of each.
        won_amount: what the won ones add up to.
        cycle: the mean days that the won ones took.
    """

    deals: int
    win_rate: WinRateResult
    won_amount: Result[Money]
    cycle: Result[Decimal]


@attrs.frozen(kw_only=True)
class LeadSources(DealMetric[Groups[SourceResult]]):
    """What became of the deals of every source; ``None`` is no source known.

    Attributes:
        axis: the date by which deals belong to the period; of the opening where nothing is said, so that a source is
            judged by what it brought in that time.
        rates: turn every amount into one currency.

    Example:
        ``LeadSources(period=Period.year(2026, UTC)).of(rows)["fair"].win_rate.percent()``
    """

    rates: Rates | None = None

    def tally(self) -> GroupedTally[SourceResult]:
        """An empty tally for every source that will occur."""
        return grouped(_Source(self), "source").tally()


@attrs.frozen
class _Source(Metric[SourceResult]):
    sources: LeadSources

    def tally(self) -> _SourceTally:
        return _SourceTally(self)


class _SourceTally(Tally[SourceResult]):
    __slots__ = ("_amount", "_cycle", "_win_rate")

    def __init__(self, metric: _Source) -> None:
        super().__init__(metric)
        of = metric.sources
        self._win_rate = of.alike(WinRate).tally()
        self._amount = of.alike(TotalAmount, rates=of.rates).tally()
        self._cycle = of.alike(SalesCycle).tally()

    def _parts(self) -> tuple[Tally[object], ...]:
        return self._win_rate, self._amount, self._cycle

    def add_all(self, rows: Sequence[DealRow], /) -> None:
        for part in self._parts():
            part.add_all(rows)

    def merge_parts(self, other: Tally[object]) -> None:
        assert isinstance(other, _SourceTally)
        for mine, theirs in zip(self._parts(), other._parts(), strict=True):
            mine.merge(theirs)

    def result(self) -> SourceResult:
        rate = self._win_rate.result()
        return SourceResult(
            deals=rate.won + rate.lost + rate.open + rate.disqualified,
            win_rate=rate,
            won_amount=self._amount.result(),
            cycle=self._cycle.result().mean,
        )
