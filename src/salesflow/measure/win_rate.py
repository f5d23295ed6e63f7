"""The win rate: how many deals are won.

It has as many values as there are definitions: of the deals that closed or of all, by number or by value, by the date of
the close or as a cohort by the date of opening. Deals that were disqualified before there was a sales talk can be kept
apart: they were lost, but not in selling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

import attrs

from salesflow.deal.children import chosen
from salesflow.measure.amounts import AmountTally, Sums, mixed
from salesflow.measure.metric import LOST, OPEN, WON, DealMetric, DealTally, Noted
from salesflow.measure.rates import Rates
from salesflow.measure.result import Axis, Definition, Result, axis_of, quotient
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import TO_34_DIGITS
from salesflow.values.money import Money

__all__ = ["Among", "WinRate", "WinRateResult", "WinRateTally", "reasons"]


class Among(StrEnum):
    """What the won deals are divided by."""

    CLOSED = "closed"
    ALL = "all"

    @property
    def in_words(self) -> str:
        """Which deals these are."""
        return "won and lost deals" if self is Among.CLOSED else "won, lost and open deals"


def _among(value: Among | str) -> Among:
    return chosen(Among, value, kind="way to divide")


def reasons(given: Iterable[str]) -> frozenset[str]:
    """Reasons of loss as a set; one alone may be given as text."""
    return frozenset((given,) if isinstance(given, str) else given)


@attrs.frozen(kw_only=True)
class WinRateResult(Result[Decimal]):
    """A win rate, and the numbers of deals behind it.

    Attributes:
        won, lost, open: how many deals there are of each.
        disqualified: how many of the lost ones are kept apart, and are not among ``lost``.
    """

    won: int
    lost: int
    open: int
    disqualified: int


@attrs.frozen(kw_only=True)
class WinRate(DealMetric[WinRateResult]):
    """How many deals are won.

    Attributes:
        axis: the date by which a deal belongs to the period: of the close (where nothing is said), or, for a cohort, of the
            opening or the engagement.
        among: divided by the deals that closed, or by all.
        by_value: whether amounts are added up instead of deals counted; deals without a known amount are left out.
        disqualified: reasons of loss that disqualify a deal; deals lost for one of them are kept apart.
        rates: turn every amount into one currency.

    Example:
        >>> WinRate(among="all").of([]).undefined
        'there are no deals'
    """

    axis: Axis = attrs.field(default=Axis.CLOSED, converter=axis_of)
    among: Among = attrs.field(default=Among.CLOSED, converter=_among)
    by_value: bool = False
    disqualified: frozenset[str] = attrs.field(default=frozenset(), converter=reasons)
    rates: Rates | None = None

    def is_about_open(self) -> bool:
        """Whether open deals count too."""
        return self.among is Among.ALL

    def tally(self) -> WinRateTally:
        """An empty tally."""
        return WinRateTally(self)


class WinRateTally(AmountTally[WinRateResult]):
    """Counts won, lost, disqualified and open deals, and adds up their amounts where asked."""

    __slots__ = ("_disqualified", "_lost", "_metric", "_open", "_other_sums", "_won", "_won_sums")

    def __init__(self, metric: WinRate) -> None:
        super().__init__(metric, metric.rates)
        self._metric = metric
        self._won, self._lost, self._open, self._disqualified = (metric.noted() for _ in range(4))
        self._won_sums, self._other_sums = Sums(), Sums()

    def count(self, rows: Sequence[DealRow]) -> None:
        won = [row for row in rows if row.outcome is WON]
        lost = [row for row in rows if row.outcome is LOST]
        open_ = [row for row in rows if row.outcome is OPEN] if len(won) + len(lost) < len(rows) else []
        disqualified = self._metric.disqualified
        if disqualified:
            self._disqualified.add_all([row for row in lost if row.loss_reason in disqualified])
            lost = [row for row in lost if row.loss_reason not in disqualified]
        if self._metric.by_value:
            won = self._add_up(won, self._won_sums)
            lost = self._add_up(lost, self._other_sums)
            if self._metric.among is Among.ALL:
                open_ = self._add_up(open_, self._other_sums)
        self._won.add_all(won)
        self._lost.add_all(lost)
        self._open.add_all(open_)

    def _add_up(self, rows: list[DealRow], sums: Sums) -> list[DealRow]:
        known, amounts = self.with_amount(rows)
        sums.add_all(amounts)
        return list(known)

    def _notes(self) -> tuple[Noted, ...]:
        return self._won, self._lost, self._open, self._disqualified

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, WinRateTally)
        for mine, theirs in zip(self._notes(), other._notes(), strict=True):
            mine.merge(theirs)
        self._won_sums.merge(other._won_sums)
        self._other_sums.merge(other._other_sums)

    def result(self) -> WinRateResult:
        """The rate so far."""
        counted = [self._won, self._lost]
        if self._metric.among is Among.ALL:
            counted.append(self._open)
        count = sum(noted.count for noted in counted)
        won, of, undefined = self._parts(count)
        ids = None if self._won.ids is None else tuple(sorted({one for noted in counted for one in noted.ids or ()}))
        return WinRateResult(
            definition=self._defined(),
            value=None if undefined else quotient(_plain(won), _plain(of)),
            undefined=undefined,
            numerator=won,
            denominator=of,
            count=count,
            left_out=self.left_out(),
            ids=ids,
            numerator_ids=self._won.sorted_ids,
            won=self._won.count,
            lost=self._lost.count,
            open=self._open.count,
            disqualified=self._disqualified.count,
        )

    def _parts(self, count: int) -> tuple[int | Money | None, int | Money | None, str | None]:
        """What is divided by what, and why that is undefined if it is."""
        nothing = "no deal was won or lost" if self._metric.among is Among.CLOSED else "there are no deals"
        if not self._metric.by_value:
            return self._won.count, count, None if count else nothing
        sums = Sums()
        sums.merge(self._won_sums)
        sums.merge(self._other_sums)
        of = sums.total
        if of is None:
            several = tuple(sums.by_currency)
            return None, None, mixed(several) if several else f"{nothing} with a known amount"
        won = self._won_sums.total or Money.zero(of.currency)
        return won, of, "the amounts add up to zero" if of.is_zero else None

    def _defined(self) -> Definition:
        metric = self._metric
        weighed = "the amounts of " if metric.by_value else "number of "
        return metric.defined(
            "win rate",
            f"{weighed}won deals",
            f"{weighed}{metric.among.in_words}" + (", without disqualified ones" if metric.disqualified else ""),
            unit="fraction",
            rounding=TO_34_DIGITS,
        )


def _plain(value: int | Money | None) -> int | Decimal:
    return value.amount if isinstance(value, Money) else value or 0
