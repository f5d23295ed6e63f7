"""Deviations: where a way through stages leaves what a process allows, and which moves would have led there.

A way is judged stage by stage. A stage that no move leads to may still be reached by several, over open stages; then those
moves were skipped, and a shortest way of them is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

import attrs

from salesflow.worked import Worked

if TYPE_CHECKING:
    from salesflow.process.engine import Process

__all__ = ["Deviation", "DeviationKind", "Judge"]

W = TypeVar("W", bound=Worked)


class DeviationKind(StrEnum):
    """In what a case deviates from a process."""

    WRONG_START = "wrong start"
    """Its first activity enters another stage than the first."""

    REPEATED = "repeated"
    """It enters the stage that it is in."""

    SKIPPED = "skipped"
    """It enters a stage that could be reached by moves that are not in the log."""

    NO_WAY = "no way"
    """It enters a stage that cannot be reached from where it is."""


@attrs.frozen(kw_only=True)
class Deviation:
    """Where a case first leaves what the process allows.

    Attributes:
        kind: in what.
        nth: the how manieth of its activities that enter a stage it is, from 1.
        source: the stage that it was in; ``None`` at the start.
        target: the stage that the activity enters.
        skipped: the moves of a shortest way between the two, where there is one.
    """

    kind: DeviationKind
    nth: int
    source: str | None
    target: str
    skipped: tuple[str, ...] = ()


class Judge(Generic[W]):
    """Judges ways by the moves of a process, each stretch of a way once."""

    def __init__(self, process: Process[W]) -> None:
        self._first = process.stages[0].key
        self._open = {stage.key for stage in process.stages if stage.is_open}
        self._moves: dict[str, dict[str, str]] = {stage.key: {} for stage in process.stages}
        for route in process.routes:
            self._moves[route.source].setdefault(route.target, route.move)
        self._ways: dict[tuple[str, str], tuple[str, ...] | None] = {}

    def deviations(self, stages: Iterable[str]) -> Iterator[Deviation]:
        """Where a way leaves what the process allows."""
        here: str | None = None
        for nth, target in enumerate(stages, 1):
            if here is None:
                if target != self._first:
                    skipped = self.way(self._first, target) or ()
                    yield Deviation(
                        kind=DeviationKind.WRONG_START, nth=nth, source=None, target=target, skipped=skipped
                    )
            elif target == here:
                yield Deviation(kind=DeviationKind.REPEATED, nth=nth, source=here, target=target)
            elif target not in self._moves[here]:
                way = self.way(here, target)
                kind = DeviationKind.NO_WAY if way is None else DeviationKind.SKIPPED
                yield Deviation(kind=kind, nth=nth, source=here, target=target, skipped=way or ())
            here = target

    def way(self, source: str, target: str) -> tuple[str, ...] | None:
        """The moves of a shortest way over open stages, or ``None`` where there is none."""
        if (source, target) not in self._ways:
            self._ways[source, target] = self._searched(source, target)
        return self._ways[source, target]

    def _searched(self, source: str, target: str) -> tuple[str, ...] | None:
        came_by: dict[str, tuple[str, ...]] = {source: ()}
        waiting = [source]
        for stage in waiting:
            if stage == target:
                return came_by[stage]
            if stage not in self._open and stage != source:
                continue
            for following, move in self._moves[stage].items():
                if following not in came_by:
                    came_by[following] = (*came_by[stage], move)
                    waiting.append(following)
        return None
