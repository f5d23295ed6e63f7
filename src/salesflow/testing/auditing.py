"""Requirements asked in every way in which a host may ask them, and held to being pure.

Each is asked twice, in the order of the definitions and in the opposite one, of the deal and of an equal copy of it, while
its reach and what it leaves behind are watched. What it answers is kept; what it should not do becomes a problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from copy import copy, deepcopy
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from itertools import islice
from typing import Generic, TypeVar, cast

import attrs

from salesflow.process.requirement import MOST_MISSING, Requirement
from salesflow.testing.problems import Problem, ProblemKind
from salesflow.testing.surroundings import changed_in, surroundings
from salesflow.testing.watching import MOST_LINES, DoesNotEnd, bounded, watched
from salesflow.worked import Worked

W = TypeVar("W", bound=Worked)

_LASTING = (bool, int, float, str, bytes, Decimal, date, timedelta, Enum)
_WATCHED = 2
"""How often a requirement is watched closely when it gives one answer in one stage; our own choice."""

__all__ = ["Answer", "Auditor", "Findings", "answer_of", "name_of"]


@attrs.frozen
class Answer:
    """What a requirement said of a deal.

    Attributes:
        is_met: whether it holds.
        missing: what it said that is missing.
        crash: the error that it raised, as text; empty where it raised none.
        fault: what is wrong with the answer itself; empty where nothing is.
        is_endless: whether it was stopped, because no answer would have come.
    """

    is_met: bool
    missing: tuple[str, ...] = ()
    crash: str = ""
    fault: str = ""
    is_endless: bool = False

    @property
    def gist(self) -> tuple[object, ...]:
        """What two answers to the same question have to agree in: of an error its class, and not its words."""
        return (self.is_met, self.missing, self.crash.partition(":")[0], self.fault, self.is_endless)

    @property
    def is_broken(self) -> bool:
        """Whether it is no answer at all."""
        return bool(self.crash or self.fault or self.is_endless)


def name_of(requirement: Requirement[W]) -> str:
    """``stage.requirement``, or the name alone of what is asked everywhere."""
    return f"{requirement.stage}.{requirement.name}" if requirement.stage else requirement.name


def answer_of(requirement: Requirement[W], entity: W) -> Answer:
    """Ask a requirement; whatever it does, an answer comes back."""
    try:
        verdict = bounded(partial(_verdict, requirement, entity))
    except DoesNotEnd:
        return Answer(is_met=False, is_endless=True)
    except (Exception, SystemExit) as error:
        return Answer(is_met=False, crash=f"{type(error).__name__}: {error}")
    if verdict is True or verdict is False:
        return Answer(is_met=verdict)
    try:
        unmet = requirement.judge(verdict)
    except TypeError as error:
        return Answer(is_met=False, fault=str(error))
    return Answer(is_met=unmet is None, missing=() if unmet is None else unmet.missing)


def _verdict(requirement: Requirement[W], entity: W) -> object:
    """What a requirement says, with all that it yields; a coroutine is closed, since nobody will await it."""
    verdict: object = requirement.test(entity)
    if verdict is True or verdict is False:
        return verdict
    if isinstance(verdict, Coroutine):
        verdict.close()
    if not isinstance(verdict, Iterator):
        return verdict
    texts = tuple(islice(verdict, MOST_MISSING + 1))
    if len(texts) > MOST_MISSING:
        raise DoesNotEnd
    return iter(texts)


class Findings:
    """The problems found so far; of one kind and place the first that was seen."""

    def __init__(self) -> None:
        self._found: dict[tuple[ProblemKind, str], Problem] = {}

    def add(self, kind: ProblemKind, where: str, what: str, *, way_out: str = "", way: Iterable[str] = ()) -> None:
        """Note a problem."""
        problem = Problem(kind=kind, where=where, what=what, way_out=way_out, way=tuple(way))
        self._found.setdefault((kind, where), problem)

    def has(self, kind: ProblemKind, where: str) -> bool:
        """Whether this is known."""
        return (kind, where) in self._found

    def in_order(self) -> tuple[Problem, ...]:
        """All problems, in the order of their kinds."""
        order = list(ProblemKind)
        return tuple(sorted(self._found.values(), key=lambda problem: order.index(problem.kind)))


class Auditor(Generic[W]):
    """Asks all requirements of a process, and notes those that do more or less than answer.

    Args:
        requirements: those of the process, each once.
        findings: where problems are noted.
    """

    def __init__(self, requirements: Iterable[Requirement[W]], findings: Findings) -> None:
        self._requirements = {name_of(one): one for one in requirements}
        self._findings = findings
        self._watched: Counter[tuple[object, ...]] = Counter()
        self._saw_changes = False

    @property
    def saw_changes(self) -> bool:
        """Whether a requirement changed what it was asked about, so that what is seen later follows from that."""
        return self._saw_changes

    def ask(self, entity: W, way: tuple[str, ...]) -> Mapping[str, Answer]:
        """What every requirement says of a deal, by its name; each is asked once.

        Args:
            entity: the deal, or the lead.
            way: how it came to where it is, for the problems.
        """
        unchanged = _copied(entity)
        answers = {name: self._asked_first(one, entity, way) for name, one in self._requirements.items()}
        if unchanged is not None and unchanged != entity:
            self._saw_changes = True
            self._find_who_changes(unchanged, way)
        return answers

    def audit(self, entity: W, way: tuple[str, ...]) -> None:
        """Ask every requirement in every way.

        Args:
            entity: the deal, or the lead.
            way: how it came to where it is, for the problems.
        """
        twin, answers = _copied(entity), self.ask(entity, way)
        self._compare(answers, reversed(self._requirements.items()), entity, "in another order", way)
        self._compare(answers, self._requirements.items(), entity, "a second time", way)
        if twin is not None:
            self._compare(answers, self._requirements.items(), twin, "of an equal copy of the deal", way)

    def _asked_first(self, requirement: Requirement[W], entity: W, way: tuple[str, ...]) -> Answer:
        """Ask, and watch closely until what was seen is no longer new: watching takes its time."""
        name = name_of(requirement)
        answer = answer_of(requirement, entity)
        seen_before = (name, entity.stage, answer)
        if self._watched[seen_before] < _WATCHED:
            self._watched[seen_before] += 1
            self._watch(requirement, entity, way)
        self._note_broken(name, answer, way)
        return answer

    def _watch(self, requirement: Requirement[W], entity: W, way: tuple[str, ...]) -> None:
        kept = surroundings(requirement.test)
        seen = watched(lambda: answer_of(requirement, entity))
        if seen.reached:
            self._impure(name_of(requirement), f"it reaches for {', '.join(seen.reached)}", way)
        left = changed_in(kept, requirement.test)
        if left:
            self._impure(name_of(requirement), f"it keeps something in {', '.join(left)}", way)

    def _find_who_changes(self, unchanged: W, way: tuple[str, ...]) -> None:
        for name, requirement in self._requirements.items():
            asked = _copied(unchanged)
            if asked is not None:
                answer_of(requirement, asked)
                if asked != unchanged:
                    self._impure(name, "it changes the deal that it is asked about", way)

    def _compare(
        self,
        first: Mapping[str, Answer],
        asked: Iterable[tuple[str, Requirement[W]]],
        entity: W,
        how: str,
        way: tuple[str, ...],
    ) -> None:
        for name, requirement in asked:
            before = first[name]
            if not before.is_endless and answer_of(requirement, entity).gist != before.gist:
                self._impure(name, f"asked {how}, it answers differently", way)

    def _impure(self, name: str, what: str, way: tuple[str, ...]) -> None:
        self._findings.add(
            ProblemKind.REQUIREMENT_IS_NOT_PURE,
            name,
            what,
            way_out="a requirement looks at the deal alone; moments are fields of the deal, or of its events",
            way=way,
        )

    def _note_broken(self, name: str, answer: Answer, way: tuple[str, ...]) -> None:
        if answer.crash:
            self._findings.add(
                ProblemKind.REQUIREMENT_CRASHES,
                name,
                f"it raises {answer.crash}",
                way_out="what is not known yet is None or empty; say that it is missing",
                way=way,
            )
        if answer.fault:
            self._findings.add(
                ProblemKind.REQUIREMENT_ANSWERS_WRONGLY,
                name,
                answer.fault,
                way_out="return True or False, as bool(...) does, or yield a text for each thing that is missing",
                way=way,
            )
        if answer.is_endless:
            self._findings.add(
                ProblemKind.REQUIREMENT_DOES_NOT_END,
                name,
                f"it was stopped after {MOST_MISSING} texts, or {MOST_LINES} lines of code",
                way_out="yield each thing that is missing once, and loop over what the deal holds",
                way=way,
            )


def _copied(entity: W) -> W | None:
    """An equal copy that shares nothing that could be changed, or ``None`` where a field of yours cannot be copied."""
    try:
        other = copy(entity)
        for field in attrs.fields(type(entity)):
            value: object = getattr(entity, field.name)
            if not _is_lasting(value):
                object.__setattr__(other, field.name, deepcopy(value))
    except Exception:
        return None
    return other


def _is_lasting(value: object) -> bool:
    """Whether it never changes: a plain value, a record of ours, a tuple of such. Most are, and need no copy."""
    if isinstance(value, tuple):
        return all(_is_lasting(one) for one in cast("tuple[object, ...]", value))
    return value is None or isinstance(value, _LASTING) or type(value).__module__.startswith("salesflow.")
