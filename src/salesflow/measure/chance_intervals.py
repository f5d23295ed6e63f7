"""How sure the chances of stages are: intervals from the Bayesian bootstrap (Rubin 1981), under a given seed.

In every run the moves out of each stage get gamma weights with their counts as shapes, so that their shares are of a
Dirichlet distribution, and the mean stay is the time of all stays by a gamma draw of their number. The chain is solved with
these, and the interval lies between two quantiles of the runs. So few moves make wide intervals, and none are made up: a
move that was never seen stays impossible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.absorbing_chain import AbsorbingChain
from salesflow.measure.seeded_draws import SeededDraws
from salesflow.values.decimals import exact_decimal

__all__ = ["Interval", "StageCount", "StageIntervals"]

_DAY = 86_400_000_000


@attrs.define(eq=False)
class StageCount:
    """What was counted of the stays in one stage; counts can be merged.

    Attributes:
        visits: stays.
        moves: to other stages, or to this one again, by their keys.
        won, lost: moves that ended the deal.
        timed: moves after stays of known length.
        units: microseconds of these stays, and of those that go on as far as they count.
    """

    visits: int = 0
    moves: dict[str | None, int] = attrs.field(factory=dict)
    won: int = 0
    lost: int = 0
    timed: int = 0
    units: int = 0

    @property
    def left(self) -> int:
        """How many stays ended with a move."""
        return sum(self.moves.values()) + self.won + self.lost

    @property
    def mean_stay(self) -> Fraction | None:
        """How many microseconds a stay takes; ``None`` where none of known length has ended."""
        return Fraction(self.units, self.timed) if self.timed else None

    def merge(self, other: StageCount) -> None:
        """Add what another one has counted."""
        self.visits += other.visits
        self.won += other.won
        self.lost += other.lost
        self.timed += other.timed
        self.units += other.units
        for target, number in other.moves.items():
            self.moves[target] = self.moves.get(target, 0) + number


@attrs.frozen(kw_only=True)
class Interval:
    """Where a figure lies with a certain probability.

    Attributes:
        least, most: the bounds; to six decimal places.
        level: the probability, a fraction.
        runs: how many runs it rests on.
        seed: the seed that they were made under.
    """

    least: Decimal
    most: Decimal
    level: Decimal
    runs: int
    seed: int


def _level(value: Decimal | str | int) -> Decimal:
    number = exact_decimal(value, field="level")
    if not 0 < number < 1:
        raise InvalidValue("a level lies between 0 and 1", field="level", value=number, way_out='give "0.9", say')
    return number


@attrs.frozen(kw_only=True)
class StageIntervals:
    """How intervals are simulated.

    Attributes:
        seed: a whole number; the same one gives the same intervals.
        runs: how many runs are made, from 1 up.
        level: the probability that the figure lies between the bounds.

    Raises:
        InvalidValue: the level does not lie between 0 and 1, or there are no runs.
    """

    seed: int
    runs: int = 1_000
    level: Decimal = attrs.field(default=Decimal("0.9"), converter=_level)

    def __attrs_post_init__(self) -> None:
        SeededDraws(self.seed)
        if type(self.runs) is not int or self.runs < 1:
            raise InvalidValue("must be a whole number from 1 up", field="runs", value=self.runs)

    def of(
        self, stages: Sequence[str | None], counts: Sequence[StageCount]
    ) -> tuple[tuple[Interval, Interval, Interval], ...]:
        """For every stage the intervals of the chance, the days to close, and the days to win.

        Those of figures that are undefined mean nothing.

        Args:
            stages: their keys, in order, on which the draws depend.
            counts: what was counted of each.
        """
        draws = SeededDraws(self.seed)
        places = {stage: place for place, stage in enumerate(stages)}
        runs = [_run(draws, places, counts) for _ in range(self.runs)]
        return tuple(
            (
                self._interval([run[0][place] for run in runs]),
                self._interval([run[1][place] for run in runs]),
                self._interval([run[2][place] for run in runs]),
            )
            for place in range(len(stages))
        )

    def _interval(self, values: list[float]) -> Interval:
        values.sort()
        outside = (1 - self.level) / 2
        return Interval(
            least=_at(values, outside), most=_at(values, 1 - outside), level=self.level, runs=self.runs, seed=self.seed
        )


def _at(values: Sequence[float], fraction: Decimal) -> Decimal:
    """The least value that so many are not above."""
    return Decimal(f"{values[max(0, ceil(fraction * len(values)) - 1)]:.6f}")


def _run(
    draws: SeededDraws, places: Mapping[str | None, int], counts: Sequence[StageCount]
) -> tuple[list[float], list[float], list[float]]:
    moves: list[dict[int, float]] = []
    won, ends, stays = [], [], []
    for count in counts:
        weights = {place: draws.gamma(count.moves[target]) for target, place in _ordered(places, count)}
        win = draws.gamma(count.won) if count.won else 0.0
        loss = draws.gamma(count.lost) if count.lost else 0.0
        total = sum(weights.values()) + win + loss or 1.0
        moves.append({place: weight / total for place, weight in weights.items()})
        won.append(win / total)
        ends.append((win + loss) / total)
        stays.append(count.units / _DAY / draws.gamma(count.timed) if count.timed else 0.0)
    chain = AbsorbingChain(moves, ends)
    chances = chain.solved(won)
    closing = chain.solved(stays)
    winning = chain.solved([stay * chance for stay, chance in zip(stays, chances, strict=True)])
    return (
        chances,
        closing,
        [time / chance if chance else 0.0 for time, chance in zip(winning, chances, strict=True)],
    )


def _ordered(places: Mapping[str | None, int], count: StageCount) -> list[tuple[str | None, int]]:
    return sorted(((target, places[target]) for target in count.moves), key=lambda pair: pair[1])
