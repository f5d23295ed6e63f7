"""What follows from the moves that were seen: the chance to win and the time that it takes, by stage, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from salesflow.errors import UnknownName
from salesflow.measure.absorbing_chain import AbsorbingChain
from salesflow.measure.chance_intervals import Interval, StageCount, StageIntervals
from salesflow.measure.grouping import in_order
from salesflow.measure.result import Definition, LeftOut, Result, quotient
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import TO_34_DIGITS
from salesflow.outcome import Outcome

__all__ = ["StageChances", "StageMove", "WinningChancesResult", "stage_chances"]

_DAY = 86_400_000_000


@attrs.frozen(kw_only=True)
class StageMove:
    """How often deals moved from one stage to another, or to an end.

    Attributes:
        source: the stage that they left.
        target: the stage that they came to; ``None`` where they were won or lost.
        outcome: open, or how they ended.
        count: how often.
    """

    source: str | None
    target: str | None
    outcome: Outcome
    count: int


@attrs.frozen(kw_only=True)
class StageChances:
    """What becomes of deals that are in a stage.

    Attributes:
        stage: its key.
        visits: how many stays there were.
        left: how many of them ended with a move.
        open: how many go on, or are cut off, and are no moves.
        chance: the chance to win, a fraction. Its ``numerator`` and ``denominator`` are exact.
        least, most: the bounds that it lies between; the same where it is defined.
        days_to_close: the expected days until a deal is won or lost.
        days_to_win: the expected days until a deal is won, of those that will be.
        chance_interval, days_to_close_interval, days_to_win_interval: where a seed was given and the figure is defined.
    """

    stage: str | None
    visits: int
    left: int
    open: int
    chance: Result[Decimal]
    least: Decimal
    most: Decimal
    days_to_close: Result[Decimal]
    days_to_win: Result[Decimal]
    chance_interval: Interval | None = None
    days_to_close_interval: Interval | None = None
    days_to_win_interval: Interval | None = None


@attrs.frozen(kw_only=True)
class WinningChancesResult:
    """The chances of all stages that were seen.

    Attributes:
        stages: in the order that was asked for, or that of their keys.
        moves: what was counted.
        undefined: why no chance is known; ``None`` where there were visits.
        left_out: what was not taken, by reason.
    """

    stages: tuple[StageChances, ...]
    moves: tuple[StageMove, ...]
    undefined: str | None = None
    left_out: tuple[LeftOut, ...] = ()

    def __iter__(self) -> Iterator[StageChances]:
        return iter(self.stages)

    def __getitem__(self, stage: str | None) -> StageChances:
        for one in self.stages:
            if one.stage == stage:
                return one
        raise UnknownName("stage", stage, (one.stage for one in self.stages), where="the history")

    def chance_of(self, row: DealRow) -> Decimal | None:
        """The chance of a deal by its stage; ``None`` where the history does not say it, or never saw the stage.

        Example:
            ``WeightedPipeline(chance=WinningChances().of(history).chance_of).of(rows)``
        """
        return next((one.chance.value for one in self.stages if one.stage == row.stage), None)


def stage_chances(
    counted: Mapping[str | None, StageCount],
    *,
    definition: Definition,
    intervals: StageIntervals | None,
    left_out: tuple[LeftOut, ...],
) -> WinningChancesResult:
    """Solve the chain of the moves that were counted.

    Args:
        counted: by stage, in the order that the results shall have; each stage that is a target has an entry.
        definition: of the chance; those of the days follow from it.
        intervals: how intervals are simulated; ``None`` leaves them out.
        left_out: what was not counted.
    """
    stages, counts = list(counted), list(counted.values())
    solved = _Solved(stages, counts, definition)
    simulated = None if intervals is None else intervals.of(stages, counts)
    return WinningChancesResult(
        stages=tuple(
            solved.stage(place, (None, None, None) if simulated is None else simulated[place])
            for place in range(len(stages))
        ),
        moves=tuple(move for stage, count in zip(stages, counts, strict=True) for move in _moves(stage, count)),
        undefined=None if any(count.visits for count in counts) else "there are no visits to learn from",
        left_out=left_out,
    )


def _moves(stage: str | None, count: StageCount) -> Iterator[StageMove]:
    for target in sorted(count.moves, key=in_order):
        yield StageMove(source=stage, target=target, outcome=Outcome.OPEN, count=count.moves[target])
    for outcome, number in ((Outcome.WON, count.won), (Outcome.LOST, count.lost)):
        if number:
            yield StageMove(source=stage, target=None, outcome=outcome, count=number)


class _Solved:
    """The chain with its exact solutions."""

    def __init__(self, stages: Sequence[str | None], counts: Sequence[StageCount], definition: Definition) -> None:
        self.stages, self.counts, self.definition = stages, counts, definition
        self.places = {stage: place for place, stage in enumerate(stages)}
        shares = [Fraction(1, count.left or 1) for count in counts]
        chain = AbsorbingChain(
            [
                {self.places[target]: number * share for target, number in count.moves.items()}
                for count, share in zip(counts, shares, strict=True)
            ],
            [(count.won + count.lost) * share for count, share in zip(counts, shares, strict=True)],
        )
        stays = [count.mean_stay or Fraction(0) for count in counts]
        self.traps = chain.traps
        self.never = chain.never(Fraction(0))
        self.win = chain.solved([count.won * share for count, share in zip(counts, shares, strict=True)])
        self.time = chain.solved(stays)
        self.win_time = chain.solved([stay * win for stay, win in zip(stays, self.win, strict=True)])
        self.untimed = chain.solved([Fraction(bool(count.left and not count.timed)) for count in counts])

    def stage(self, place: int, intervals: tuple[Interval | None, Interval | None, Interval | None]) -> StageChances:
        count, win, most = self.counts[place], self.win[place], self.win[place] + self.never[place]
        why = self._unknown(place)
        days_why = why or self._untimed(place)
        no_win = days_why or (None if win else "no deal that was seen is won from here")
        return StageChances(
            stage=self.stages[place],
            visits=count.visits,
            left=count.left,
            open=count.visits - count.left,
            chance=self._result(place, win, why, self.definition),
            least=quotient(win.numerator, win.denominator),
            most=quotient(most.numerator, most.denominator),
            days_to_close=self._result(place, self.time[place] / _DAY, days_why, self._days("close", "deals")),
            days_to_win=self._result(
                place,
                self.win_time[place] / (win or 1) / _DAY,
                no_win,
                self._days("win", "deals that will be won"),
            ),
            chance_interval=None if why else intervals[0],
            days_to_close_interval=None if days_why else intervals[1],
            days_to_win_interval=None if no_win else intervals[2],
        )

    def _unknown(self, place: int) -> str | None:
        if not self.counts[place].left:
            return "no deal has left it yet" if self.counts[place].visits else "no deal has come to it yet"
        if not self.never[place]:
            return None
        traps = [str(self.stages[trap]) for trap in self.traps if trap in self._ahead(place)]
        return f"deals come to {', '.join(traps)}, from where no way that was seen leads to an end"

    def _untimed(self, place: int) -> str | None:
        return "of a stage on the way no stay has a known length" if self.untimed[place] else None

    def _ahead(self, place: int) -> set[int]:
        """The stages that deals come to from one, that one included."""
        found, ahead = {place}, [place]
        while ahead:
            following = {self.places[target] for target in self.counts[ahead.pop()].moves} - found
            found |= following
            ahead += following
        return found

    def _days(self, end: str, whose: str) -> Definition:
        return attrs.evolve(
            self.definition,
            metric=f"expected days to {end}",
            numerator=f"expected days from entering the stage, of {whose}",
            denominator=None,
            unit="days",
        )

    def _result(self, place: int, value: Fraction, why: str | None, definition: Definition) -> Result[Decimal]:
        return Result(
            definition=attrs.evolve(definition, rounding=TO_34_DIGITS),
            value=quotient(value.numerator, value.denominator) if why is None else None,
            undefined=why,
            numerator=value.numerator if why is None else None,
            denominator=value.denominator if why is None else None,
            count=self.counts[place].visits,
        )
