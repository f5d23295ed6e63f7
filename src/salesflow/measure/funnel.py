"""The funnel: how far the deals of one cohort came.

Each deal counts once, by the furthest stage that it ever reached, and those that were lost count too: a funnel without its
losses is not one. A deal that skipped a stage has passed it; a deal that went back has been where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Never, Protocol

import attrs

from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.metric import LOST, OPEN, WON, DealMetric, DealTally
from salesflow.measure.result import LeftOut, Result, quotient
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import TO_34_DIGITS
from salesflow.outcome import Outcome
from salesflow.process.stage import Stage

__all__ = ["Funnel", "FunnelResult", "FunnelStep", "FunnelTally", "HasStages", "stage_order"]


class HasStages(Protocol):
    """What has stages in an order: every ``SalesProcess`` does."""

    @property
    def stages(self) -> tuple[Stage[Never], ...]:
        """Its stages, in order."""
        ...


def stage_order(given: HasStages | Iterable[str]) -> tuple[str, ...]:
    """The keys of stages in their order; of a process, those that are not lost.

    Raises:
        InvalidValue: there are none, or one comes twice.
    """
    if isinstance(given, Iterable):
        keys = tuple(given)
    else:
        keys = tuple(stage.key for stage in given.stages if stage.outcome is not Outcome.LOST)
    if not keys or len(set(keys)) != len(keys):
        raise InvalidValue("a funnel has stages, each once", field="stages", value=keys)
    return keys


@attrs.frozen(kw_only=True)
class FunnelStep:
    """One stage of a funnel.

    Attributes:
        stage: the key of the stage.
        reached: how many deals came at least this far.
        open: how many came no further so far, and are open.
        lost: how many were lost and had come no further.
        won: how many were won and had come no further.
        from_start: ``reached`` by the number of deals in the funnel.
        to_next: how many of those that reached it also came further, as a fraction; of the last stage, undefined.
        open_ids, lost_ids, won_ids: which these are, where the ids were asked for.
    """

    stage: str
    reached: int
    open: int
    lost: int
    won: int
    from_start: Result[Decimal]
    to_next: Result[Decimal]
    open_ids: tuple[str, ...] | None = None
    lost_ids: tuple[str, ...] | None = None
    won_ids: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class FunnelResult:
    """How far the deals came.

    Attributes:
        steps: the stages, in order.
        deals: how many deals there are in it.
        won: the won ones by all, as a fraction.
        left_out: what was not taken, by reason.
    """

    steps: tuple[FunnelStep, ...]
    deals: int
    won: Result[Decimal]
    left_out: tuple[LeftOut, ...] = ()

    def __getitem__(self, stage: str) -> FunnelStep:
        for step in self.steps:
            if step.stage == stage:
                return step
        raise UnknownName("stage", stage, (step.stage for step in self.steps), where="the funnel")


@attrs.frozen(kw_only=True)
class Funnel(DealMetric[FunnelResult]):
    """How far deals came, by the furthest stage reached.

    Attributes:
        axis: the date that makes the cohort; the opening where nothing is said.
        stages: the keys of the stages in their order, or a process.

    Raises:
        InvalidValue: there are no stages, or one comes twice.

    Example:
        ``Funnel(stages=StandardProcess(), period=Period.quarter(2026, 4, UTC)).of(rows)["closing"].reached``
    """

    stages: tuple[str, ...] = attrs.field(converter=stage_order)

    def tally(self) -> FunnelTally:
        """An empty tally."""
        return FunnelTally(self)


class FunnelTally(DealTally[FunnelResult]):
    """Counts deals by their furthest stage and their outcome."""

    __slots__ = ("_ids", "_metric", "_places", "_reached")

    def __init__(self, metric: Funnel) -> None:
        super().__init__(metric)
        self._metric = metric
        self._places: Mapping[str | None, int] = {stage: place for place, stage in enumerate(metric.stages)}
        self._reached: dict[Outcome, list[int]] = {outcome: [0] * len(metric.stages) for outcome in Outcome}
        self._ids: dict[tuple[Outcome, int], list[str]] = {}

    def count(self, rows: Sequence[DealRow]) -> None:
        places, reached = self._places, self._reached
        won, lost, open_ = reached[WON], reached[LOST], reached[OPEN]
        with_ids = self._metric.with_ids
        for row in rows:
            furthest = max(places.get(row.stage, -1), places.get(row.closed_from, -1))
            for visit in row.visits:
                place = places.get(visit.stage, -1)
                if place > furthest:
                    furthest = place
            if furthest < 0:
                self.leave_out("it was in none of the stages", row)
                continue
            outcome = row.outcome
            (won if outcome is WON else lost if outcome is LOST else open_)[furthest] += 1
            if with_ids:
                self._ids.setdefault((outcome, furthest), []).append(row.id)

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, FunnelTally)
        for outcome, counts in other._reached.items():
            self._reached[outcome] = [
                mine + theirs for mine, theirs in zip(self._reached[outcome], counts, strict=True)
            ]
        for place, ids in other._ids.items():
            self._ids.setdefault(place, []).extend(ids)

    def result(self) -> FunnelResult:
        """The funnel so far."""
        by_place = [sum(self._reached[outcome][place] for outcome in Outcome) for place in range(len(self._places))]
        reached = [sum(by_place[place:]) for place in range(len(by_place) + 1)]
        deals, won = reached[0], sum(self._reached[WON])
        return FunnelResult(
            steps=tuple(self._step(place, stage, reached) for place, stage in enumerate(self._metric.stages)),
            deals=deals,
            won=self._share("won deals", won, "deals in the funnel", deals),
            left_out=self.left_out(),
        )

    def _step(self, place: int, stage: str, reached: list[int]) -> FunnelStep:
        is_last = place == len(self._metric.stages) - 1
        return FunnelStep(
            stage=stage,
            reached=reached[place],
            open=self._reached[OPEN][place],
            lost=self._reached[LOST][place],
            won=self._reached[WON][place],
            from_start=self._share(f"deals that reached {stage}", reached[place], "deals in the funnel", reached[0]),
            to_next=self._share(
                f"deals that came further than {stage}",
                reached[place + 1],
                f"deals that reached {stage}",
                0 if is_last else reached[place],
                nothing="no stage follows" if is_last else "",
            ),
            open_ids=self._ids_of(OPEN, place),
            lost_ids=self._ids_of(LOST, place),
            won_ids=self._ids_of(WON, place),
        )

    def _ids_of(self, outcome: Outcome, place: int) -> tuple[str, ...] | None:
        return tuple(sorted(self._ids.get((outcome, place), []))) if self._metric.with_ids else None

    def _share(self, numerator: str, part: int, denominator: str, whole: int, *, nothing: str = "") -> Result[Decimal]:
        return Result(
            definition=self._metric.defined(
                "funnel",
                numerator,
                denominator,
                population="deals by the furthest stage reached, lost ones included",
                unit="fraction",
                rounding=TO_34_DIGITS,
            ),
            value=quotient(part, whole) if whole else None,
            undefined=None if whole else nothing or f"there are no {denominator}",
            numerator=part,
            denominator=whole,
            count=whole,
        )
