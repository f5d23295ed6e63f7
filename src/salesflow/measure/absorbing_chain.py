"""Absorbing Markov chains: where a walk between states ends, and what it adds up to on the way.

The next state depends only on the present one. From each state some of the moves lead to other states, the rest end the
walk. A quantity that has ``c`` added at every stay and goes on with the moves ``P`` solves ``x = c + P x``: the chance
of an end (with c the chance of a move to it), the expected time (with c the time of a stay), and so on.

States are eliminated one by one, as by Grassmann, Taksar and Heyman (1985): the chance to leave a state is added up from
the ways out of it and never subtracted from 1. So there is no cancellation, floats keep their digits, and a state without a
way out is seen as an exact zero. With fractions the result is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Generic, TypeVar

N = TypeVar("N", Fraction, float)

__all__ = ["AbsorbingChain"]


class AbsorbingChain(Generic[N]):
    """A chain of states, numbered from 0.

    Args:
        moves: for every state, the chances of moving on to other states, or staying, by their numbers.
        ends: for every state, the chance that the walk ends with the next move. With the moves it makes 1, or, where no
            move is known, 0.

    Attributes:
        traps: states at which it was seen that no way leads to an end: one for every set of states that go round in a
            circle, and every state without a move.
    """

    __slots__ = ("_into", "_out", "_rows", "traps")

    def __init__(self, moves: Sequence[Mapping[int, N]], ends: Sequence[N]) -> None:
        rows: list[dict[int, N]] = [dict(row) for row in moves]
        ending = list(ends)
        self.traps: tuple[int, ...] = ()
        self._out: list[N] = list(ends)
        self._into: list[list[tuple[int, N]]] = [[] for _ in rows]
        for state in reversed(range(len(rows))):
            row = rows[state]
            row.pop(state, None)
            out = sum(row.values(), ending[state])
            if not out:
                self.traps = (state, *self.traps)
                out = ending[state] = out + 1
            self._out[state] = out
            for before in range(state):
                chance = rows[before].pop(state, None)
                if not chance:
                    continue
                share = chance / out
                self._into[state].append((before, share))
                ending[before] += share * ending[state]
                for target, weight in row.items():
                    rows[before][target] = rows[before].get(target, out - out) + share * weight
        self._rows: list[dict[int, N]] = rows

    def solved(self, column: Sequence[N]) -> list[N]:
        """The solution of ``x = c + P x``.

        Args:
            column: c, for every state. At a trap the walk is taken to end, so the solution means something only for
                states from which no trap is reached; ask :meth:`never` for these.
        """
        sums = list(column)
        for state in reversed(range(len(sums))):
            for before, share in self._into[state]:
                sums[before] += share * sums[state]
        solution: list[N] = []
        for state, total in enumerate(sums):
            for target, weight in self._rows[state].items():
                total += weight * solution[target]
            solution.append(total / self._out[state])
        return solution

    def never(self, zero: N) -> list[N]:
        """For every state, the chance of coming to a trap, so that the walk has no end.

        Args:
            zero: the zero of the kind of number that the chain is of.
        """
        return self.solved([zero + (state in self.traps) for state in range(len(self._rows))])
