"""Every way through a process, walked: breadth first, from each way of beginning, by every move that a stage has.

A walk never ends by itself, since deals can go back and be opened again. Two deals in the same stage of which the same
requirements hold are therefore taken for the same: what such a *condition* allows is tried once, by every way out of it.
There are only so many conditions, so the walk ends, or it ends at the bound.

On the way everything is tried that could show a requirement standing in the way: each move is tried before it is allowed,
deals are put on hold, objections are raised, and fields are changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
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
from salesflow.testing.hook_checks import check_hooks
from salesflow.testing.problems import ProblemKind
from salesflow.testing.process_coverage import Tally
from salesflow.testing.walking import move_along
from salesflow.work import Work
from salesflow.worked import Worked

W = TypeVar("W", bound=Worked)
Doing = Callable[[Any], object]

__all__ = ["Exploration", "Place"]

_STEP = timedelta(hours=1)
_ROUNDS = 8
_MOST_PLACES = 3000


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
        unmet = frozenset(name for name, answer in self.answers.items() if not answer.is_met)
        return (self.entity.stage, self.entity.closed_from, unmet)


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
        self._waiting: deque[Place[W]] = deque()
        self._seen: dict[tuple[object, ...], Place[W]] = {}
        self.tally: Tally = Tally()
        self.stuck: dict[Route[W], tuple[str, ...]] = {}
        self.made: set[Route[W]] = set()
        self.is_complete: bool = True

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
        while self._waiting:
            place = self._waiting.popleft()
            if len(place.way) >= self._bound or len(self._seen) >= _MOST_PLACES:
                self.is_complete = False
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
        place = Place(entity=entity, at=work.at, way=way, events=events, answers=self._auditor.audit(entity, way))
        if place.condition in self._seen:
            return False
        self._seen[place.condition] = place
        self._waiting.append(place)
        return True

    def _check_history(self, entity: W, events: tuple[Event[Any], ...], way: tuple[str, ...]) -> None:
        try:
            is_same = fold(events) == entity and entity.version == len(events)
        except Exception:
            is_same = False
        if not is_same:
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
        with suppress(SalesflowError):  # it cannot happen here
            disturb(work)
        return bool(work.events) and self._arrive(work, place.way, place.events)

    # One way out of it --------------------------------------------------------------------------------------------

    def _attempt(self, place: Place[W], route: Route[W]) -> None:
        """Satisfy what a move asks for, in several units of work where it takes several, and make it."""
        if any(place.answers[name_of(one)].is_broken for one in route.requirements):
            self.stuck.setdefault(route, tuple(name_of(one) for one in route.requirements))
            return
        entity, at, events, idle = place.entity, place.at, place.events, 0
        for number in range(_ROUNDS):
            at += _STEP
            work = self._begin(entity, number, at)
            unmet = self._unmet(route, entity)
            self.tally.answer(route.requirements, unmet)
            if not unmet:
                self._make(work, route, place, events)
                return
            if number == 0:
                self._check_refused(work, route, place.way)
            self._do_what_is_asked(work, unmet)
            idle = 0 if work.events else idle + 1
            entity, events = work._entity, events + work.events
            self.stuck[route] = tuple(f"{one.stage}.{one.requirement}".lstrip(".") for one in unmet)
            if idle == 2:
                return

    def _unmet(self, route: Route[W], entity: W) -> tuple[Unmet, ...]:
        answers = ((one, answer_of(one, entity)) for one in route.requirements)
        return tuple(one._unmet(answer.missing) for one, answer in answers if not answer.is_met)

    def _do_what_is_asked(self, work: Work[W], unmet: Iterable[Unmet]) -> None:
        for one in unmet:
            satisfy = self._satisfy.get(one.requirement)
            if satisfy is not None:
                with suppress(SalesflowError):  # the next round sees that it still does not hold
                    satisfy(work)
        for one in unmet:
            asked = self._requirements[f"{one.stage}.{one.requirement}".lstrip(".")]
            if not answer_of(asked, work._entity).is_met and one.requirement not in self._satisfy:
                edited = guessed(asked, work._entity, met=True)
                if edited is not None:
                    with suppress(SalesflowError):
                        work.update(edited)  # type: ignore[attr-defined]  # deals and leads each have their own

    def _check_refused(self, work: Work[W], route: Route[W], way: tuple[str, ...]) -> None:
        entity = work._entity
        try:
            move_along(work, route)
        except MoveRefused as refused:
            self.tally.refuse(route, refused.unmet)
        except SalesflowError:
            return
        if work._entity is not entity or work.events:
            self._findings.add(
                ProblemKind.HOOK_IS_NOT_ATOMIC,
                f"{route.move} from {route.source}",
                "the move was refused, and the deal has changed",
                way=way,
            )

    def _make(self, work: Work[W], route: Route[W], place: Place[W], events: tuple[Event[Any], ...]) -> None:
        check_hooks(work, route, lambda one: move_along(one, route), self._findings, place.way)
        try:
            move_along(work, route)
        except PolicyRefused as refused:
            self.stuck[route] = (f"the policy: {refused.reason}",)
            return
        except Exception:  # check_hooks has told it
            self.stuck.setdefault(route, ("a hook",))
            return
        self.made.add(route)
        self.tally.make(route)
        self._arrive(work, (*place.way, _told(route, self._process)), events)


def _update(edited: Worked, work: Any) -> None:
    work.update(edited)


def _told(route: Route[W], process: Process[W]) -> str:
    """A step of a way: the move, with its target where it has several."""
    targets = [one.target for one in process.routes if (one.move, one.source) == (route.move, route.source)]
    return f"{route.move} to {route.target}" if len(targets) > 1 else route.move
