"""How long deals stay in each stage.

A deal may return to a stage. Per visit, each stay counts by itself; per deal, all stays of one deal in a stage add up to
one. A stay that goes on counts up to a moment that is given, or is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import attrs

from salesflow.deal.children import chosen
from salesflow.measure.days import ElapsedDays
from salesflow.measure.distribution import Distribution
from salesflow.measure.grouping import in_order
from salesflow.measure.metric import DealTally, outcomes
from salesflow.measure.result import Definition, Group, Groups
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import TO_34_DIGITS, DurationMetric, Spread
from salesflow.outcome import Outcome
from salesflow.values.moments import moment

_MICROSECOND = timedelta(microseconds=1)

__all__ = ["Per", "TimeInStage", "TimeInStageTally"]


class Per(StrEnum):
    """What one value is."""

    DEAL = "deal"
    VISIT = "visit"


def _per(value: Per | str) -> Per:
    return chosen(Per, value, kind="way to count stays")


def _utc(value: datetime | None) -> datetime | None:
    return None if value is None else moment(value, field="until").astimezone(UTC)


@attrs.frozen(kw_only=True)
class TimeInStage(DurationMetric[Groups[Spread[Decimal]]]):
    """How many days deals stay in each stage.

    Attributes:
        per: whether the stays of a deal in a stage add up (where nothing is said), or each visit counts by itself.
        until: the moment up to which a stay that goes on counts; stays that begin later are left out. Without it, stays
            that go on are left out, which makes slow stages look fast.
        stages_of: in stages of which outcomes; open where nothing is said, because nobody leaves the others.

    Example:
        ``TimeInStage(until=now, quantiles=["0.5"]).of(rows)["closing"].median.value``
    """

    per: Per = attrs.field(default=Per.DEAL, converter=_per)
    until: datetime | None = attrs.field(default=None, converter=_utc)
    stages_of: frozenset[Outcome] = attrs.field(default=frozenset({Outcome.OPEN}), converter=outcomes)

    def tally(self) -> TimeInStageTally:
        """An empty tally."""
        return TimeInStageTally(self)


class TimeInStageTally(DealTally[Groups[Spread[Decimal]]]):
    """Writes down how long stays were, by stage."""

    __slots__ = ("_deals", "_elapsed", "_means", "_metric", "_stages")

    def __init__(self, metric: TimeInStage) -> None:
        super().__init__(metric)
        self._metric = metric
        self._stages: dict[str | None, Distribution] = {}
        self._deals: dict[str | None, list[str]] = {}
        self._means = (*metric.stages_of, None, None)[:3]
        self._elapsed = type(metric.calendar) is ElapsedDays  # the usual one is worked out in place

    def count(self, rows: Sequence[DealRow]) -> None:
        lengths = self._per_deal(rows) if self._metric.per is Per.DEAL else self._per_visit(rows)
        for stage, values in lengths.items():
            self._of(stage).add_all(values)

    def _per_visit(self, rows: Sequence[DealRow]) -> dict[str | None, list[int]]:
        lengths: dict[str | None, list[int]] = {}
        for row in rows:
            for stage, length in self._stays(row):
                lengths.setdefault(stage, []).append(length)
        return lengths

    def _per_deal(self, rows: Sequence[DealRow]) -> dict[str | None, list[int]]:
        lengths: dict[str | None, list[int]] = {}
        for row in rows:
            of_deal: dict[str | None, int] = {}
            for stage, length in self._stays(row):
                of_deal[stage] = of_deal.get(stage, 0) + length
            for stage, length in of_deal.items():
                lengths.setdefault(stage, []).append(length)
        return lengths

    def _stays(self, row: DealRow) -> list[tuple[str | None, int]]:
        """The stays of a deal that count, and how long each was."""
        first, second, third = self._means
        until, units, elapsed = self._metric.until, self._metric.calendar.units, self._elapsed
        stays = []
        for visit in row.visits:
            outcome = visit.outcome
            if outcome is first or outcome is second or outcome is third:
                entered_at = visit.entered_at
                left_at = visit.left_at or until
                if left_at is None:
                    self.leave_out("the stay goes on, and no moment is given up to which it counts", row)
                elif left_at < entered_at:
                    self.leave_out("the stay begins later", row)
                else:
                    length = (left_at - entered_at) // _MICROSECOND if elapsed else units(entered_at, left_at)
                    stays.append((visit.stage, length))
        if self._metric.with_ids:
            for stage, _ in stays:
                self._deals.setdefault(stage, []).append(row.id)
        return stays

    def _of(self, stage: str | None) -> Distribution:
        found = self._stages.get(stage)
        if found is None:
            found = self._stages[stage] = self._metric.durations()
        return found

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, TimeInStageTally)
        for stage, values in other._stages.items():
            self._of(stage).merge(values)
        for stage, ids in other._deals.items():
            self._deals.setdefault(stage, []).extend(ids)

    def result(self) -> Groups[Spread[Decimal]]:
        """The lengths so far, by stage; the whole is over all stages together."""
        whole = self._metric.durations()
        for values in self._stages.values():
            whole.merge(values)
        everywhere = [one for ids in self._deals.values() for one in ids]
        return Groups(
            by=("stage",),
            groups=tuple(
                Group(key=stage, result=self._spread(self._stages[stage], self._deals.get(stage, [])))
                for stage in sorted(self._stages, key=in_order)
            ),
            whole=self._spread(whole, everywhere),
        )

    def _spread(self, values: Distribution, ids: list[str]) -> Spread[Decimal]:
        return self._metric.spread_of(
            values,
            self._defined(),
            nothing="there are no stays that count",
            left_out=self.left_out(),
            ids=tuple(sorted(set(ids))) if self._metric.with_ids else None,
        )

    def _defined(self) -> Definition:
        metric = self._metric
        until = (
            "left stays only" if metric.until is None else f"stays that go on count until {metric.until.isoformat()}"
        )
        return metric.defined(
            "mean time in stage",
            f"days in the stage; {until}",
            "number of visits" if metric.per is Per.VISIT else "number of deals, the returns of each added up",
            calendar=metric.calendar,
            unit="days",
            rounding=TO_34_DIGITS,
        )
