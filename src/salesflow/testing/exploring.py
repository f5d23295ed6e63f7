"""Every way through a process, walked: breadth first, from each way of beginning, by every move that a stage has.

A walk never ends by itself, since deals can go back and be opened again. Two deals in the same stage of which the same
requirements hold are therefore taken for the same: what such a *condition* allows is tried once, by every way out of it.
There are only so many conditions, so the walk ends, or it ends at the bound. What a stage itself is asked about comes
first: in a process of many stages there are more conditions than anybody can walk, and each stage shall have been left by
each way before others are tried again with one requirement of a far stage answered differently.

On the way everything is tried that could show a requirement standing in the way: each move is tried before it is allowed,
deals are put on hold, objections are raised, and fields are changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

import attrs

from salesflow.errors import MoveRefused, PolicyRefused, SalesflowError
from salesflow.event import Event, fold
from salesflow.process.engine import Process
from salesflow.process.move import Route
from salesflow.process.requirement import Requirement, Unmet
from salesflow.testing.auditing import Answer, Auditor, Findings, answer_of, name_of
from salesflow.testing.guessing import guessed
from salesflow.testing.hook_checks import check_hooks, hooks_on
from salesflow.testing.problems import ProblemKind
from salesflow.testing.process_coverage import Tally
from salesflow.testing.satisfying import what_satisfies
from salesflow.testing.walking import move_along
from salesflow.work import Work
from salesflow.worked import Worked

W = TypeVar("W", bound=Worked)
Doing = Callable[[Any], object]

__all__ = ["Exploration", "Hindrance", "Place"]

_STEP = timedelta(hours=1)
_ROUNDS = 8
_MOST_TRIED = 8_000
_MOST_TRIED_FIRST = 50_000
"""After how many tries of a move no other condition is walked, and after how many none that a stage itself is asked about;
our own choice. The standard process needs 2,400."""


@attrs.frozen(kw_only=True, eq=False)
class Place(Generic[W]):
    """A deal, or a lead, where the walk found it.

    Attributes:
        entity: as it was.
        at: when.
        way: the moves that led there.
        events: all that happened to it.
        answers: what every requirement said of it.
    """

    entity: W
    at: datetime
    way: tuple[str, ...]
    events: tuple[Event[Any], ...]
    answers: Mapping[str, Answer] = attrs.field(factory=dict)

    @property
    def condition(self) -> tuple[object, ...]:
        """What makes it different from others in its stage: which requirements hold, and where it was closed from."""
        return (self.entity.stage, self.entity.closed_from, self.unmet)

    @property
    def unmet(self) -> frozenset[str]:
        """The names of the requirements that do not hold."""
        return frozenset(name for name, answer in self.answers.items() if not answer.is_met)


@attrs.frozen
class Hindrance:
    """Why a move was not made where it was last tried.

    Attributes:
        by: what stood in the way, by name.
        way_out: what to do about it.
    """

    by: tuple[str, ...]
    way_out: str


class Exploration(Generic[W]):
    """Walks a process, and keeps what it saw.

    Args:
        process: the process.
        requirements: all its requirements, each once.
        satisfy: what does what a requirement asks for, by its name.
        disturb: what may happen in any stage and stand in the way: a hold, an objection.
        by: who walks; a colleague takes turns.
        bound: how many moves a way may have.
        findings: where problems are noted.
    """

    def __init__(
        self,
        process: Process[W],
        requirements: Iterable[Requirement[W]],
        *,
        satisfy: Mapping[str, Doing],
        disturb: Iterable[Doing],
        by: str,
        bound: int,
        findings: Findings,
    ) -> None:
        self._process = process
        self._requirements = {name_of(one): one for one in requirements}
        self._satisfy = satisfy
        self._disturb = tuple(disturb)
        self._actors = (by, f"{by}'s colleague")
        self._bound = bound
        self._findings = findings
        self._auditor = Auditor(self._requirements.values(), findings)
        self._asked_in = {
            stage.key: frozenset(
                name_of(one) for route in process.routes if route.source == stage.key for one in route.requirements
            )
            for stage in process.stages
        }
        self._first: deque[Place[W]] = deque()
        self._later: deque[Place[W]] = deque()
        self._seen: dict[tuple[object, ...], Place[W]] = {}
        self._seen_here: set[tuple[object, ...]] = set()
        self.tally: Tally = Tally()
        self.stuck: dict[Route[W], Hindrance] = {}
        self.met_together: dict[Route[W], set[frozenset[str]]] = {}
        self.made: set[Route[W]] = set()
        self._tried = 0
        self.is_complete: bool = True
        self.is_thorough: bool = True

    @property
    def places(self) -> tuple[Place[W], ...]:
        """One deal for every condition that was seen."""
        return tuple(self._seen.values())

    def begin(self, work: Work[W]) -> None:
        """Add a way of beginning: a deal that was just opened."""
        self.tally.enter(work._entity.stage)
        self._arrive(work, (), ())

    def walk(self) -> None:
        """Walk on until every condition was left by every way, or the bound is reached."""
        while self._first or self._later:
            is_first = bool(self._first)
            place = self._first.popleft() if is_first else self._later.popleft()
            if len(place.way) >= self._bound or self._tried >= (_MOST_TRIED_FIRST if is_first else _MOST_TRIED):
                self.is_complete = False
                self.is_thorough = self.is_thorough and not is_first
                continue
            for route in self._ways_out(place):
                self._attempt(place, route)
            for disturb in self._disturb:
                self._disturbed(place, disturb)

    def break_what_always_held(self, names: Iterable[str]) -> bool:
        """Change fields until requirements that always held stand in the way, and go on from there.

        Returns:
            Whether that succeeded for any of them.
        """
        before = len(self._seen)
        for name in names:
            for place in self.places:
                asked = any(name_of(one) == name for route in self._ways_out(place) for one in route.requirements)
                edited = guessed(self._requirements[name], place.entity, met=False) if asked else None
                if edited is not None and self._disturbed(place, partial(_update, edited)):
                    break
        return len(self._seen) > before

    # One place ----------------------------------------------------------------------------------------------------

    def _arrive(self, work: Work[W], way: tuple[str, ...], events: tuple[Event[Any], ...]) -> bool:
        """Look at a deal where it came to; keep it where nothing like it was seen there before."""
        entity, events = work._entity, events + work.events
        self._check_history(entity, events, way)
        place = Place(entity=entity, at=work.at, way=way, events=events, answers=self._auditor.ask(entity, way))
        if place.condition in self._seen:
            return False
        self._auditor.audit(entity, way)
        self._seen[place.condition] = place
        here = (entity.stage, entity.closed_from, place.unmet & self._asked_in[entity.stage])
        (self._later if here in self._seen_here else self._first).append(place)
        self._seen_here.add(here)
        return True

    def _check_history(self, entity: W, events: tuple[Event[Any], ...], way: tuple[str, ...]) -> None:
        try:
            is_same = fold(events) == entity and entity.version == len(events)
        except Exception:
            is_same = False
        if not is_same and not self._auditor.saw_changes:
            self._findings.add(
                ProblemKind.HISTORY_DOES_NOT_REPLAY,
                entity.stage,
                "the deal is not what its events make, applied again",
                way_out="apply of an event looks at the event and the deal alone",
                way=way,
            )

    def _ways_out(self, place: Place[W]) -> Iterator[Route[W]]:
        return (route for route in self._process.routes if route.source == place.entity.stage)

    def _begin(self, entity: W, number: int, at: datetime) -> Work[W]:
        work: Work[W] = self._process.work_on(entity, by=self._actors[number % 2], at=at)  # type: ignore[attr-defined]  # deals and leads each have their own
        return work

    def _disturbed(self, place: Place[W], disturb: Doing) -> bool:
        work = self._begin(place.entity, 0, place.at + _STEP)
        with suppress(SalesflowError, ValueError):  # it cannot happen here, or to a deal of this class
            disturb(work)
        return bool(work.events) and self._arrive(work, place.way, place.events)

    # One way out of it --------------------------------------------------------------------------------------------

    def _attempt(self, place: Place[W], route: Route[W]) -> None:
        """Satisfy what a move asks for, in several units of work where it takes several, and make it."""
        self._tried += 1
        broken = tuple(name_of(one) for one in route.requirements if place.answers[name_of(one)].is_broken)
        if broken:
            self.stuck[route] = Hindrance(broken, "see what is said of these requirements")
            return
        entity, at, events, idle = place.entity, place.at, place.events, 0
        for number in range(_ROUNDS):
            at += _STEP
            work = self._begin(entity, number, at)
            unmet = self._unmet(route, entity)
            self.tally.answer(route.requirements, unmet)
            names = tuple(f"{one.stage}.{one.requirement}".lstrip(".") for one in unmet)
            self._note_met(route, names)
            if not unmet:
                self._make(work, route, place, events)
                return
            if number == 0:
                self._check_refused(work, route, place.way)
            self._do_what_is_asked(work, unmet)
            idle = 0 if work.events else idle + 1
            entity, events = work._entity, events + work.events
            self.stuck[route] = Hindrance(names, self._way_out(unmet))
            if idle == 2:
                return

    def _way_out(self, unmet: Iterable[Unmet]) -> str:
        """What to give for requirements that were not satisfied."""
        unknown = [one.requirement for one in unmet if one.requirement not in self._satisfy]
        if not unknown:
            return "see whether what satisfies them does what they ask for"
        return f"give {what_satisfies(unknown, self._process)}, or drop what cannot hold"

    def _note_met(self, route: Route[W], unmet: Collection[str]) -> None:
        met = frozenset(name_of(one) for one in route.requirements if name_of(one) not in unmet)
        self.met_together.setdefault(route, set()).add(met)

    def _unmet(self, route: Route[W], entity: W) -> tuple[Unmet, ...]:
        answers = ((one, answer_of(one, entity)) for one in route.requirements)
        return tuple(one._unmet(answer.missing) for one, answer in answers if not answer.is_met)

    def _do_what_is_asked(self, work: Work[W], unmet: Iterable[Unmet]) -> None:
        for one in unmet:
            satisfy = self._satisfy.get(one.requirement)
            if satisfy is not None:
                with suppress(SalesflowError, ValueError):  # the next round sees that it still does not hold
                    satisfy(work)
        for one in unmet:
            asked = self._requirements[f"{one.stage}.{one.requirement}".lstrip(".")]
            if not answer_of(asked, work._entity).is_met and one.requirement not in self._satisfy:
                edited = guessed(asked, work._entity, met=True)
                if edited is not None:
                    with suppress(SalesflowError, ValueError):
                        work.update(edited)  # type: ignore[attr-defined]  # deals and leads each have their own

    def _check_refused(self, work: Work[W], route: Route[W], way: tuple[str, ...]) -> None:
        entity = work._entity
        try:
            move_along(work, route)
        except MoveRefused as refused:
            self.tally.refuse(route, refused.unmet)
        except SalesflowError:
            return
        else:
            return  # it depends on how often it is asked, which is told of the requirement
        if work._entity is not entity or work.events:
            self._findings.add(
                ProblemKind.HOOK_IS_NOT_ATOMIC,
                f"{route.move} from {route.source}",
                "the move was refused, and the deal has changed",
                way_out="record with the unit of work that the hook is given",
                way=way,
            )

    def _make(self, work: Work[W], route: Route[W], place: Place[W], events: tuple[Event[Any], ...]) -> None:
        if not check_hooks(work, route, lambda one: move_along(one, route), self._findings, place.way):
            self.stuck[route] = Hindrance(tuple(hooks_on(self._process, route)), "see what is said of the hook")
            return
        try:
            move_along(work, route)
        except PolicyRefused as refused:
            way_out = "give by=... who may, or check the process without its policy"
            self.stuck[route] = Hindrance((f"the policy: {refused.reason}",), way_out)
            return
        except Exception as error:  # a rule of a class of yours, say
            self.stuck[route] = Hindrance((f"{type(error).__name__}: {error}",), "see which rule of yours says so")
            return
        self.made.add(route)
        self.tally.make(route)
        self._arrive(work, (*place.way, _told(route, self._process)), events)


def _update(edited: Worked, work: Any) -> None:
    work.update(edited)


def _told(route: Route[W], process: Process[W]) -> str:
    """A step of a way: the move, with its target where it has several."""
    has_several = len(process._ways[route.move, route.source]) > 1
    return f"{route.move} to {route.target}" if has_several else route.move
