"""What a check of a process finds: problems, each with a kind, a place and a way out, and the report that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import attrs

from salesflow.errors import SalesflowError
from salesflow.testing.process_coverage import ProcessCoverage

__all__ = ["BrokenProcess", "Problem", "ProblemKind", "ProcessReport"]


class ProblemKind(StrEnum):
    """What can be wrong with a process that could be defined."""

    STAGE_CANNOT_BE_REACHED = "stage cannot be reached"
    STAGE_CANNOT_BE_LEFT = "stage cannot be left"
    MOVE_CANNOT_BE_MADE = "move cannot be made"
    REQUIREMENTS_CONTRADICT = "requirements contradict each other"
    REQUIREMENT_CANNOT_BE_MET = "requirement cannot be met"
    REQUIREMENT_IS_DEAD = "requirement is dead"
    REQUIREMENT_IS_SHADOWED = "requirement is shadowed"
    REQUIREMENT_IS_NOT_PURE = "requirement is not pure"
    REQUIREMENT_CRASHES = "requirement crashes"
    REQUIREMENT_ANSWERS_WRONGLY = "requirement answers wrongly"
    REQUIREMENT_DOES_NOT_END = "requirement does not end"
    HOOK_IS_NOT_ATOMIC = "hook is not atomic"
    HOOK_IS_NOT_PURE = "hook is not pure"
    HOOK_FAILS = "hook fails"
    HOOK_DOES_NOT_RUN = "hook does not run"
    HOOK_DOES_NOT_END = "hook does not end"
    MIGRATION_IS_MISSING = "migration is missing"
    HISTORY_DOES_NOT_REPLAY = "history does not replay"


@attrs.frozen(kw_only=True)
class Problem:
    """Something that is wrong with a process.

    Attributes:
        kind: what.
        where: the stage, the move from a stage, the requirement or the hook, by its name in code.
        what: what was seen, a sentence.
        way_out: what to do about it.
        way: the moves by which the deal, or the lead, had come to where it was seen; empty where it begins there.
    """

    kind: ProblemKind
    where: str
    what: str
    way_out: str = ""
    way: tuple[str, ...] = ()

    def __str__(self) -> str:
        came = f" [after {' > '.join(self.way)}]" if self.way else ""
        return f"{self.kind}: {self.where}: {self.what}{came}" + (f"; {self.way_out}" if self.way_out else "")


class BrokenProcess(SalesflowError, AssertionError):
    """A check found problems in a process.

    Attributes:
        report: what it found.
    """

    def __init__(self, report: ProcessReport) -> None:
        self.report = report
        super().__init__(report)

    def __str__(self) -> str:
        return str(self.report)


@attrs.frozen(kw_only=True)
class ProcessReport:
    """What a check of a process found.

    Attributes:
        process: the name of its class.
        problems: what is wrong, the most basic first.
        coverage: what the walk exercised.
        places: in how many conditions a stage was seen; a condition is which requirements hold.
        longest: how many moves the longest of the walked ways has.
        bound: how many moves a way was allowed to have.
        is_complete: whether every condition that was seen was also left by every way out of it; ``False`` where the
            bound came first, or there are more conditions than are walked.
    """

    process: str
    problems: tuple[Problem, ...]
    coverage: ProcessCoverage
    places: int
    longest: int
    bound: int
    is_complete: bool

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def of(self, kind: ProblemKind) -> tuple[Problem, ...]:
        """The problems of one kind."""
        return tuple(problem for problem in self.problems if problem.kind is kind)

    def raise_for_problems(self) -> None:
        """Raise where anything is wrong.

        Raises:
            BrokenProcess: there are problems; the message is the report.
        """
        if self.problems:
            raise BrokenProcess(self)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    @property
    def _reach(self) -> str:
        if self.is_complete:
            return "every way"
        if self.longest >= self.bound:
            return f"ways of up to {self.bound} moves"
        return "every way out of every stage, though not in each of too many conditions"

    def _lines(self) -> Iterator[str]:
        count = len(self.problems)
        told = "no problems" if not count else "1 problem" if count == 1 else f"{count} problems"
        yield f"check of {self.process}: {told}"
        yield from (f"- {problem}" for problem in self.problems)
        yield f"walked {self._reach}: {self.places} conditions of its stages, the longest way {self.longest} moves"
        yield str(self.coverage)
