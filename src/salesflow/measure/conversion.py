"""Conversion: where deals go from each stage, forward, back, won or lost.

Each visit that ended counts, so a deal that returns counts again. How many deals ever came further, the funnel says.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal

import attrs

from salesflow.measure.grouping import in_order
from salesflow.measure.metric import DealMetric, DealTally, Noted
from salesflow.measure.result import Definition, Group, Groups, Result
from salesflow.measure.rows import DealRow
from salesflow.measure.shares_of import divided, merged, share
from salesflow.measure.spread import TO_34_DIGITS
from salesflow.outcome import Outcome

__all__ = ["ConversionTally", "StageConversion", "WaysOut"]

Way = tuple[str | None, str | None, Outcome | None]


@attrs.frozen(kw_only=True)
class WaysOut:
    """Where deals went from a stage.

    Attributes:
        to: the share of the ended visits that led to each next stage; ``None`` is one that is not known.
        won, lost: the shares that led to a stage of this outcome.
        ended: how many visits ended.
        going_on: how many go on.
    """

    to: Groups[Result[Decimal]]
    won: Result[Decimal]
    lost: Result[Decimal]
    ended: int
    going_on: int


@attrs.frozen(kw_only=True)
class StageConversion(DealMetric[Groups[WaysOut]]):
    """Where deals went from each stage.

    Example:
        ``StageConversion().of(rows)["presentation"].to["closing"].percent()``
    """

    def tally(self) -> ConversionTally:
        """An empty tally."""
        return ConversionTally(self)


class ConversionTally(DealTally[Groups[WaysOut]]):
    """Counts the visits that ended, by where they led."""

    __slots__ = ("_going_on", "_metric", "_ways")

    def __init__(self, metric: StageConversion) -> None:
        super().__init__(metric)
        self._metric = metric
        self._ways: dict[Way, Noted] = {}
        self._going_on: dict[str | None, int] = {}

    def count(self, rows: Sequence[DealRow]) -> None:
        ways, going_on = self._ways, self._going_on
        for row in rows:
            for visit in row.visits:
                if visit.left_at is None:
                    going_on[visit.stage] = going_on.get(visit.stage, 0) + 1
                    continue
                way = visit.stage, visit.next_stage, visit.next_outcome
                noted = ways.get(way)
                if noted is None:
                    noted = ways[way] = self._metric.noted()
                noted.count += 1
                if noted.ids is not None:
                    noted.ids.append(row.id)

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, ConversionTally)
        for way, noted in other._ways.items():
            self._ways.setdefault(way, self._metric.noted()).merge(noted)
        for stage, count in other._going_on.items():
            self._going_on[stage] = self._going_on.get(stage, 0) + count

    def result(self) -> Groups[WaysOut]:
        """The shares so far, by stage; the whole is over all stages together."""
        stages = {way[0] for way in self._ways} | set(self._going_on)
        return Groups(
            by=("stage",),
            groups=tuple(
                Group(
                    key=stage,
                    result=self._out(
                        {way: noted for way, noted in self._ways.items() if way[0] == stage}, stage, stage
                    ),
                )
                for stage in sorted(stages, key=in_order)
            ),
            whole=self._out(self._ways, "any stage"),
        )

    def _out(self, ways: dict[Way, Noted], name: str | None, *stages: str | None) -> WaysOut:
        led: dict[Hashable, Noted] = {}
        for (_, target, _), noted in ways.items():
            led.setdefault(target, self._metric.noted()).merge(noted)
        ended, nothing = merged(ways.values()), f"no visit to {name} has ended"

        def led_to(outcome: Outcome) -> Result[Decimal]:
            part = merged(noted for (_, _, means), noted in ways.items() if means is outcome)
            return share(part, ended, self._defined(f"visits to {name} that led to {outcome}", name), nothing=nothing)

        going_on = self._going_on if not stages else {stage: self._going_on.get(stage, 0) for stage in stages}
        return WaysOut(
            to=divided(
                led,
                self._defined(f"visits to {name} that led to the next stage", name),
                by="next stage",
                nothing=nothing,
                left_out=self.left_out(),
            ),
            won=led_to(Outcome.WON),
            lost=led_to(Outcome.LOST),
            ended=ended.count,
            going_on=sum(going_on.values()),
        )

    def _defined(self, numerator: str, name: str | None) -> Definition:
        return self._metric.defined(
            "stage conversion", numerator, f"visits to {name} that ended", unit="fraction", rounding=TO_34_DIGITS
        )
