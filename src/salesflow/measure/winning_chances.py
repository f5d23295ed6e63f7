"""The chance to win, and the time that it takes, by stage, from what became of earlier deals.

The moves of deals between stages, back ones included, are counted and taken for an absorbing Markov chain: what happens
next depends on the stage that a deal is in, and in the end it is won or lost. Chances are exact fractions of the counts.

What is decided here, and said in the definition of every result:

- A stay that goes on is censored: it is no move. Its time counts up to a moment that is given, or not at all. The mean stay
  is the time of all stays by the number of moves out of them. That is the estimate of maximum likelihood where some stays
  are cut off, if a stay is equally likely to end at any time.
- A deal that was closed and reopened goes on: its move to the stage that it was reopened in counts, and the end that it did
  not stay at does not.
- How long a stay is does not depend on where it leads.
- From a stage that no deal has left, and from those that lead to it, the chance is not known; it lies between two bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.chance_intervals import StageCount, StageIntervals
from salesflow.measure.funnel import HasStages
from salesflow.measure.grouping import in_order
from salesflow.measure.metric import OPEN, WON, DealMetric, DealTally
from salesflow.measure.rows import DealRow, VisitRow
from salesflow.measure.stage_chances import WinningChancesResult, stage_chances
from salesflow.outcome import Outcome
from salesflow.values.moments import moment

__all__ = ["WinningChances", "WinningChancesTally"]

_MICROSECOND = timedelta(microseconds=1)


def _utc(value: datetime | None) -> datetime | None:
    return None if value is None else moment(value, field="until").astimezone(UTC)


def _stages(given: HasStages | Iterable[str]) -> tuple[str, ...]:
    """The keys of stages; of a process, those in which deals are open."""
    if isinstance(given, Iterable):
        keys = tuple(given)
    else:
        keys = tuple(stage.key for stage in given.stages if stage.outcome is OPEN)
    if len(set(keys)) != len(keys):
        raise InvalidValue("each stage is given once", field="stages", value=keys, way_out="leave out the second one")
    return keys


@attrs.frozen(kw_only=True)
class WinningChances(DealMetric[WinningChancesResult]):
    """The chance to win and the time to close, by stage.

    Attributes:
        until: the moment up to which stays that go on count for the mean stay; stays that begin later are left out. Without
            it their time does not count, which makes slow stages look fast.
        intervals: how intervals are simulated, with their seed; without it there are none.
        stages: a process, or the keys of its stages in their order, which the results then have; those that no deal came to
            are named too. Without it the order is that of the keys.

    Example:
        ``WinningChances(until=now, intervals=StageIntervals(seed=7)).of(rows)["closing"].chance.percent(1)``
    """

    until: datetime | None = attrs.field(default=None, converter=_utc)
    intervals: StageIntervals | None = None
    stages: tuple[str, ...] = attrs.field(default=(), converter=_stages)

    def tally(self) -> WinningChancesTally:
        """An empty tally."""
        return WinningChancesTally(self)


class WinningChancesTally(DealTally[WinningChancesResult]):
    """Counts the moves between stages, and the time that stays took."""

    __slots__ = ("_counts", "_metric")

    def __init__(self, metric: WinningChances) -> None:
        super().__init__(metric)
        self._metric = metric
        self._counts: dict[str | None, StageCount] = {}

    def count(self, rows: Sequence[DealRow]) -> None:
        """Count the moves of deals."""
        for row in rows:
            stays = [visit for visit in row.visits if visit.outcome is OPEN]
            if not stays:
                self.leave_out("it has no visits to open stages", row)
                continue
            for visit, following in pairwise(stays):
                self._moved(visit, following.stage)
                self._timed(visit, visit.left_at)
            self._last(row, stays[-1])

    def _last(self, row: DealRow, visit: VisitRow) -> None:
        """Count the last stay of a deal in an open stage."""
        end = _end(row, visit)
        if end is not OPEN:
            count = self._visited(visit)
            count.won += end is WON
            count.lost += end is not WON
            self._timed(visit, visit.left_at or row.closed_at)
        elif visit.left_at is None:
            self._goes_on(row, visit)
        elif visit.next_stage is None:
            self.leave_out("where it went is not known", row)
        else:
            self._moved(visit, visit.next_stage)
            self._timed(visit, visit.left_at)

    def _moved(self, visit: VisitRow, target: str | None) -> None:
        count = self._visited(visit)
        count.moves[target] = count.moves.get(target, 0) + 1
        self._of(target)

    def _timed(self, visit: VisitRow, left_at: datetime | None) -> None:
        """Add the length of a stay that has ended, where it is known."""
        if left_at is not None and left_at >= visit.entered_at:
            count = self._of(visit.stage)
            count.timed += 1
            count.units += (left_at - visit.entered_at) // _MICROSECOND

    def _goes_on(self, row: DealRow, visit: VisitRow) -> None:
        until = self._metric.until
        if until is not None and until < visit.entered_at:
            self.leave_out("the stay begins later", row)
            return
        count = self._visited(visit)
        if until is not None:
            count.units += (until - visit.entered_at) // _MICROSECOND

    def _visited(self, visit: VisitRow) -> StageCount:
        count = self._of(visit.stage)
        count.visits += 1
        return count

    def _of(self, stage: str | None) -> StageCount:
        found = self._counts.get(stage)
        if found is None:
            found = self._counts[stage] = StageCount()
        return found

    def merge_counts(self, other: DealTally[object]) -> None:
        """Add the moves that another tally has counted."""
        assert isinstance(other, WinningChancesTally)
        for stage, count in other._counts.items():
            self._of(stage).merge(count)

    def result(self) -> WinningChancesResult:
        """The chances by what was counted so far."""
        until = self._metric.until
        cut = "their time is left out" if until is None else f"their time counts until {until.isoformat()}"
        definition = self._metric.defined(
            "chance to win",
            "chance to be won in the end",
            population="deals in the stage, by the moves of earlier ones",
            unit="fraction",
            method=f"absorbing Markov chain of the moves between stages; stays that go on are no moves, {cut}",
        )
        first = self._metric.stages
        counted = {stage: StageCount() for stage in first} | self._counts
        return stage_chances(
            {stage: counted[stage] for stage in (*first, *sorted(counted.keys() - {*first}, key=in_order))},
            definition=definition,
            intervals=self._metric.intervals,
            left_out=self.left_out(),
        )


def _end(row: DealRow, visit: VisitRow) -> Outcome:
    """How the last stay of a deal in an open stage ended."""
    if row.outcome is not OPEN:
        return row.outcome
    return visit.next_outcome or OPEN
