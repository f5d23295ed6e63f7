"""Process coverage: which stages, moves and requirements of a process something exercised, a test run say.

Line coverage says that a rule ran. It does not say whether the rule ever refused, nor whether a deal was ever taken back
from the last stage. Process coverage counts in the words of the process: a stage is exercised when something was in it, a
move from a stage when it was made, a requirement when it held once *and* stood in the way once.

::

    with observing(SaaSProcess) as observed:
        ...
    print(observed.coverage(SaaSProcess))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import attrs

from salesflow.outcome import Outcome
from salesflow.process.engine import Process
from salesflow.process.move import Route
from salesflow.process.requirement import Requirement, RequirementKind, Unmet
from salesflow.worked import Worked

W = TypeVar("W", bound=Worked)

Counts = Mapping[str, Sequence[tuple[tuple[str, ...], int]]]
"""What a tally has counted, as plain values that one process of the operating system can send to another."""

__all__ = ["Counts", "MoveCoverage", "ProcessCoverage", "RequirementCoverage", "StageCoverage", "Tally"]


@attrs.frozen(kw_only=True)
class StageCoverage:
    """How often a stage was exercised.

    Attributes:
        stage: its key.
        title: what it is called on a screen.
        outcome: what being in it means.
        entered: how often something was opened in it, adopted into it, or moved there.
        taken_up: how often work began on something that was in it.
    """

    stage: str
    title: str
    outcome: Outcome
    entered: int
    taken_up: int

    @property
    def is_covered(self) -> bool:
        """Whether anything was in it."""
        return self.entered + self.taken_up > 0


@attrs.frozen(kw_only=True)
class MoveCoverage:
    """How often a move was made on one of its ways.

    Attributes:
        move: its key.
        title: what it is called on a screen.
        source: the stage that it leaves.
        target: the stage that it enters.
        made: how often it was made.
        refused: how often it was tried and refused because of a requirement.
    """

    move: str
    title: str
    source: str
    target: str
    made: int
    refused: int


@attrs.frozen(kw_only=True)
class RequirementCoverage:
    """How often a requirement was seen to hold, and not to hold.

    Attributes:
        stage: the stage, or the move, that asks for it; empty for what is asked everywhere.
        requirement: its name.
        text: what must hold, in words.
        met: how often it held.
        unmet: how often it stood in the way.
    """

    stage: str
    requirement: str
    text: str
    met: int
    unmet: int

    @property
    def name(self) -> str:
        """``stage.requirement``."""
        return f"{self.stage}.{self.requirement}" if self.stage else self.requirement


@attrs.frozen(kw_only=True)
class ProcessCoverage:
    """What was exercised of a process.

    Attributes:
        process: the name of its class.
        stages: its stages, in order.
        moves: its moves, one for each way that they can take.
        requirements: what is asked on these ways and when work begins, each once.
    """

    process: str
    stages: tuple[StageCoverage, ...]
    moves: tuple[MoveCoverage, ...]
    requirements: tuple[RequirementCoverage, ...]

    @property
    def points(self) -> int:
        """How much there is to exercise: a point for each stage, move from a stage, and answer of a requirement."""
        return len(self.stages) + len(self._moves_from()) + 2 * len(self.requirements)

    @property
    def covered(self) -> int:
        """How many of the points were exercised."""
        return self.points - len(self.missing)

    @property
    def share(self) -> Decimal | None:
        """The part that was exercised, a fraction; ``None`` where there is nothing to exercise."""
        return Decimal(self.covered) / Decimal(self.points) if self.points else None

    @property
    def missing(self) -> tuple[str, ...]:
        """What was not exercised, a line each."""
        return tuple(self._missing())

    def _missing(self) -> Iterator[str]:
        for stage in self.stages:
            if not stage.is_covered:
                yield f"stage {stage.stage} was never reached"
        for (move, source), made in self._moves_from().items():
            if not made:
                yield f"move {move} from {source} was never made"
        for one in self.requirements:
            if not one.met:
                yield f"requirement {one.name} never held"
            if not one.unmet:
                yield f"requirement {one.name} never stood in the way"

    def _moves_from(self) -> Counter[tuple[str, str]]:
        """How often each move was made from each stage, wherever it led: going back is one move, with many targets."""
        made: Counter[tuple[str, str]] = Counter()
        for one in self.moves:
            made[one.move, one.source] += one.made
        return made

    def diagram(self) -> str:
        """The process as Mermaid text, what was exercised in one color and what was not in another."""
        from salesflow.testing.coverage_diagram import coverage_diagram

        return coverage_diagram(self)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        share = self.share
        told = "nothing to exercise" if share is None else f"{share:.0%} ({self.covered} of {self.points})"
        yield f"process coverage of {self.process}: {told}"
        yield from _table(
            ("stage", "entered", "taken up"),
            [(one.stage, one.entered, one.taken_up) for one in self.stages],
        )
        yield from _table(
            ("move", "from", "to", "made", "refused"),
            [
                (one.move, one.source, one.target, one.made, one.refused)
                for one in self.moves
                if one.made or one.refused or one.move not in ("go_back", "reopen")
            ],
        )
        yield from _table(
            ("requirement", "met", "unmet"), [(one.name, one.met, one.unmet) for one in self.requirements]
        )
        if self.missing:
            yield "not exercised:"
            yield from (f"  {line}" for line in self.missing)


def _table(head: tuple[str, ...], rows: list[tuple[str | int, ...]]) -> Iterator[str]:
    """Rows of text and numbers with a head, the columns aligned."""
    lines = [head, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    numbers = [bool(rows) and isinstance(rows[0][column], int) for column in range(len(head))]
    for line in lines:
        cells = (
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(line, widths, numbers, strict=True)
        )
        yield f"  {'  '.join(cells)}".rstrip()


class Tally:
    """Counts what happens; :meth:`coverage` holds it against a process."""

    def __init__(self) -> None:
        self._entered: Counter[tuple[str, ...]] = Counter()
        self._taken_up: Counter[tuple[str, ...]] = Counter()
        self._made: Counter[tuple[str, ...]] = Counter()
        self._refused: Counter[tuple[str, ...]] = Counter()
        self._met: Counter[tuple[str, ...]] = Counter()
        self._unmet: Counter[tuple[str, ...]] = Counter()
        self._counters = {
            "entered": self._entered,
            "taken_up": self._taken_up,
            "made": self._made,
            "refused": self._refused,
            "met": self._met,
            "unmet": self._unmet,
        }

    def counts(self) -> Counts:
        """All that was counted."""
        return {name: list(counter.items()) for name, counter in self._counters.items()}

    def add(self, counts: Counts) -> None:
        """Count what another tally of the same process has counted."""
        for name, counter in self._counters.items():
            counter.update(dict(counts[name]))

    def take_up(self, stage: str) -> None:
        """Work began on something in this stage."""
        self._taken_up[stage,] += 1

    def enter(self, stage: str) -> None:
        """Something came into this stage."""
        self._entered[stage,] += 1

    def make(self, route: Route[W]) -> None:
        """A move was made: everything that it asks for held."""
        self._made[route.move, route.source, route.target] += 1
        self.enter(route.target)
        self.answer(route.requirements, ())

    def refuse(self, route: Route[W], unmet: Iterable[Unmet]) -> None:
        """A move was tried and refused."""
        self._refused[route.move, route.source, route.target] += 1
        self.answer(route.requirements, unmet)

    def answer(self, asked: Iterable[Requirement[W]], unmet: Iterable[Unmet]) -> None:
        """Requirements were asked, and these did not hold."""
        failed = {(one.stage, one.requirement) for one in unmet}
        for one in asked:
            (self._unmet if (one.stage, one.name) in failed else self._met)[one.stage, one.name] += 1

    def coverage(self, process: type[Process[W]]) -> ProcessCoverage:
        """What was exercised of a process."""
        layout, routes = process._layout, process._routes
        asked = {(one.stage, one.name): one.text for one in asked_by(process)}
        return ProcessCoverage(
            process=process.__name__,
            stages=tuple(
                StageCoverage(
                    stage=key,
                    title=stage.label,
                    outcome=stage.outcome,
                    entered=self._entered[key,],
                    taken_up=self._taken_up[key,],
                )
                for key, stage in layout.stages.items()
            ),
            moves=tuple(
                MoveCoverage(
                    move=route.move,
                    title=route.title,
                    source=route.source,
                    target=route.target,
                    made=self._made[route.move, route.source, route.target],
                    refused=self._refused[route.move, route.source, route.target],
                )
                for route in routes
            ),
            requirements=tuple(
                RequirementCoverage(
                    stage=stage, requirement=name, text=text, met=self._met[stage, name], unmet=self._unmet[stage, name]
                )
                for (stage, name), text in asked.items()
            ),
        )


def asked_by(process: type[Process[W]]) -> Iterator[Requirement[W]]:
    """What is asked when work begins, and on every way of every move; a requirement as often as it is asked."""
    for first in list(process._layout.stages.values())[:1]:
        yield from first.requirements(RequirementKind.ENTRY)  # type: ignore[misc]  # kept for entities of any class
    for route in process._routes:
        yield from route.requirements  # type: ignore[misc]  # as above
