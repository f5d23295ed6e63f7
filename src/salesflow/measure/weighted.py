"""The weighted pipeline: what open deals are worth, each multiplied with its chance.

Where it is rounded makes a difference: three deals of 33.35 at 10 % are 10.02 where each is rounded to the cent (half up),
and 10.005 where they are added up first. Rounded deal by deal, the figures on the cards, in the columns and below them add
up; so that is what is done where nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.amounts import in_words
from salesflow.measure.forecast_deals import NO_DATE, ForecastMetric, ForecastTally, Line
from salesflow.measure.metric import OPEN, WON, DealTally, of_outcomes, outcomes
from salesflow.measure.recurring import MonthlyPart
from salesflow.measure.result import Result
from salesflow.measure.rows import DealRow
from salesflow.outcome import Outcome
from salesflow.values.decimals import HALF_UP, exact_decimal
from salesflow.values.money import Money

__all__ = ["WeightedPipeline", "WeightedResult", "WeightedRounding", "WeightedTally"]

UNKNOWN_CHANCE = "the probability is not known"
_WON, _LOST = Decimal(1), Decimal(0)


class WeightedRounding(StrEnum):
    """Where a weighted amount is rounded half up to the minor unit."""

    PER_DEAL = "rounded half up per deal"
    OF_SUM = "rounded half up once, of the sum"


@attrs.frozen(kw_only=True)
class WeightedResult(Result[Money]):
    """A weighted amount. ``numerator`` is the sum before the last rounding.

    Attributes:
        amount: what the same deals are worth without a weight.
        without_date: the weighted amount of the open deals without an expected close, on a line of its own. Where the
            expected close picks the period they are in no other figure; where it is not asked for, they are in all.
    """

    amount: Result[Money]
    without_date: Result[Money]


@attrs.frozen(kw_only=True)
class WeightedPipeline(ForecastMetric[WeightedResult]):
    """The sum of amount x probability.

    A won deal weighs 1 and a lost one 0, whatever chance their rows still have. Deals whose amount or probability is not
    known are left out and counted, each with its reason.

    Attributes:
        outcomes: of which outcomes; open where nothing is said.
        rounding: where it is rounded; per deal where nothing is said.
        chance: gives the probability of an open deal, a fraction; the one of its row, where nothing is said. With
            ``WinningChances().of(history).chance_of`` it is what became of earlier deals in its stage.

    Example:
        ``WeightedPipeline(period=Period.quarter(2026, 4, UTC)).of(rows).value``
    """

    outcomes: frozenset[Outcome] = attrs.field(default=frozenset({Outcome.OPEN}), converter=outcomes)
    rounding: WeightedRounding = attrs.field(default=WeightedRounding.PER_DEAL, converter=WeightedRounding)
    chance: Callable[[DealRow], Decimal | None] | None = None

    def tally(self) -> WeightedTally:
        """An empty tally."""
        return WeightedTally(self)


class WeightedTally(ForecastTally[WeightedResult]):
    """Adds up weighted amounts."""

    __slots__ = ("_amounts", "_dateless", "_metric", "_weighted")

    def __init__(self, metric: WeightedPipeline) -> None:
        super().__init__(metric)
        self._metric = metric
        self._weighted, self._amounts, self._dateless = (Line(metric.noted()) for _ in range(3))

    def _undated(self, row: DealRow) -> None:
        if row.outcome not in self._metric.outcomes:
            return
        if self._is_undated(row):
            self._weigh([row], self._dateless)
        self.leave_out(NO_DATE, row)

    def count(self, rows: Sequence[DealRow]) -> None:
        """Weigh deals."""
        rows = of_outcomes(rows, self._metric.outcomes)
        self._weigh(rows, self._weighted, self._amounts)
        self._weigh([row for row in rows if self._is_undated(row)], self._dateless)

    def _weigh(self, rows: Sequence[DealRow], weighted: Line, amounts: Line | None = None) -> None:
        known, plain = [], []
        for row in rows:
            worth = self._worth(row)
            chance = self._chance(row)
            if isinstance(worth, str) or chance is None:
                weighted.leave_out(worth if isinstance(worth, str) else UNKNOWN_CHANCE, row)
                continue
            known.append((row, worth.currency, self._product(worth, chance)))
            plain.append((row, worth.currency, _number(worth)))
        weighted.add_all(known)
        if amounts is not None:
            amounts.add_all(plain)

    def _chance(self, row: DealRow) -> Decimal | None:
        """What a deal weighs: its probability while it is open, and then 1 or 0."""
        if row.outcome is not OPEN:
            return _WON if row.outcome is WON else _LOST
        if self._metric.chance is None:
            return row.probability
        given = self._metric.chance(row)
        if given is not None and not 0 <= exact_decimal(given, field="chance") <= 1:
            raise InvalidValue("must lie between 0 and 1", field=f"chance of deal {row.id!r}", value=given)
        return given

    def _product(self, worth: Money | MonthlyPart, chance: Decimal) -> Decimal | Fraction:
        if self._metric.rounding is WeightedRounding.PER_DEAL:
            return worth.times(chance).amount
        exact = exact_decimal(chance, field="probability")
        if isinstance(worth, MonthlyPart):
            return worth.exactly * Fraction(exact)
        return HALF_UP.multiply(worth.amount, exact)

    def _methods(self) -> Iterator[str]:
        if self._metric.chance is not None:
            yield "the probability is given by a function"
        if Outcome.WON in self._metric.outcomes and self._metric.date_rule:
            yield self._metric.date_rule

    def merge_counts(self, other: DealTally[object]) -> None:
        """Add what another tally has weighed."""
        assert isinstance(other, WeightedTally)
        self._weighted.merge(other._weighted)
        self._amounts.merge(other._amounts)
        self._dateless.merge(other._dateless)

    def result(self) -> WeightedResult:
        """The figures so far."""
        metric = self._metric
        words = in_words(metric.outcomes)
        into = None if metric.rates is None else metric.rates.into
        nothing = f"there are no {words} with a known amount and probability"
        definition = metric.defined(
            "weighted pipeline",
            f"amount x probability of {words}",
            population=words,
            rounding=metric.rounding,
            method="; ".join(self._methods()),
        )
        weighted = self._weighted.result(definition, currency=into, nothing=nothing)
        return WeightedResult(
            definition=weighted.definition,
            value=weighted.value,
            undefined=weighted.undefined,
            numerator=weighted.numerator,
            count=weighted.count,
            left_out=(*self.left_out(), *weighted.left_out),
            ids=weighted.ids,
            amount=self._amounts.result(
                attrs.evolve(definition, metric="pipeline", numerator=f"amount of {words}"),
                currency=into,
                nothing=nothing,
            ),
            without_date=self._dateless.result(
                attrs.evolve(definition, metric="weighted pipeline without a date", period=None, axis=None),
                currency=weighted.definition.unit or into,
                nothing="there are no open deals without a date",
            ),
        )


def _number(worth: Money | MonthlyPart) -> Decimal | Fraction:
    return worth.exactly if isinstance(worth, MonthlyPart) else worth.amount
