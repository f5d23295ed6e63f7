"""Deals and leads of any process brought to a stage, by doing what the process asks for on the way.

Every step is a unit of work of its own, an hour after the one before; two colleagues take turns, so that what needs four
eyes has them. What comes back is a fresh unit of work in which nothing was recorded yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, Never, TypeVar, cast

import attrs

from salesflow.deal.deal import Deal
from salesflow.errors import Refused, SalesflowError, WrongType
from salesflow.event import Event
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_work import LeadWork
from salesflow.outcome import Outcome
from salesflow.people.lead import Conversion, Lead
from salesflow.process.definition import SalesProcess
from salesflow.process.move import Route
from salesflow.process.position import Position
from salesflow.process.requirement import Unmet
from salesflow.sale import Sale
from salesflow.testing.builders import NOW, SOMEBODY, a_deal, a_lead
from salesflow.testing.satisfying import (
    STANDARD_LEAD_SATISFIERS,
    STANDARD_SATISFIERS,
    checked_satisfiers,
    what_satisfies,
)
from salesflow.work import Work
from salesflow.worked import Worked

D = TypeVar("D", bound=Deal)
L = TypeVar("L", bound=Lead)
W = TypeVar("W", bound=Worked)
P = TypeVar("P")
U = TypeVar("U", bound="Work[Worked]")

__all__ = ["Arrived", "CannotReach", "lead_at", "lead_walk", "move_along", "sale_at", "sale_walk"]

_ROUNDS = 8
_STEP = timedelta(hours=1)


class CannotReach(SalesflowError, AssertionError):
    """A stage could not be reached: a requirement on the way could not be satisfied, or there is no way.

    Attributes:
        stage: the stage that was to be reached.
        stuck_in: the stage that the way ended in.
        unmet: what could not be satisfied.
    """

    def __init__(self, stage: str, stuck_in: str, unmet: Sequence[Unmet], because: str) -> None:
        self.stage = stage
        self.stuck_in = stuck_in
        self.unmet: tuple[Unmet, ...] = tuple(unmet)
        names = "; ".join(f"{one.stage}.{one.requirement}: {one}" for one in self.unmet)
        super().__init__(
            f"stage {stage!r} cannot be reached from {stuck_in!r}: {because}" + (f" ({names})" if names else "")
        )


@attrs.frozen(kw_only=True)
class Arrived(Generic[U]):
    """What has walked to a stage.

    Attributes:
        work: a unit of work on it, in which nothing was recorded yet.
        past: all that happened to it before, from its first event on.
    """

    work: U
    past: tuple[Event[Never], ...]


def sale_at(
    process: SalesProcess[D] | type[SalesProcess[D]],
    stage: str | Position[Never],
    /,
    *,
    deal: D | None = None,
    satisfy: Mapping[str, Callable[[Sale[D]], object]] | None = None,
    by: str = SOMEBODY,
    at: datetime = NOW,
    loss_reason: str | None = None,
) -> Sale[D]:
    """A sale of a deal that has walked to a stage, of any process.

    Args:
        process: the process, or its class.
        stage: the stage, or its key.
        deal: the deal as it shall be opened; the builder's deal of the process's class where it is not given.
        satisfy: what does what a requirement of yours asks for, by the name of the requirement; it goes before what is
            known of the standard process.
        by: who walks; a colleague helps where four eyes are needed.
        at: when the deal is opened; every step is an hour later.
        loss_reason: why it is lost, where the way leads to a lost stage; the first reason that needs no note otherwise.

    Returns:
        A unit of work in which nothing was recorded yet.

    Raises:
        CannotReach: a requirement could not be satisfied; the error says which, and how to give what satisfies it.
        UnknownName: the process has no such stage, or no requirement that is named in ``satisfy``.
        WrongType: it is no process of deals.

    Example::

        sale = sale_at(SaaSProcess, "security_review", deal=a_deal(SaaSDeal, seats=0))
        assert_blocked(sale, by="questionnaire_complete")
    """
    return sale_walk(process, stage, deal=deal, satisfy=satisfy, by=by, at=at, loss_reason=loss_reason).work


def sale_walk(
    process: SalesProcess[D] | type[SalesProcess[D]],
    stage: str | Position[Never],
    /,
    *,
    deal: D | None = None,
    satisfy: Mapping[str, Callable[[Sale[D]], object]] | None = None,
    by: str = SOMEBODY,
    at: datetime = NOW,
    loss_reason: str | None = None,
) -> Arrived[Sale[D]]:
    """The sale as ``sale_at`` gives it, together with all that happened on the way."""
    made = cast("SalesProcess[D]", _made(process, SalesProcess, "sale_at"))
    walk = _Walk(made, stage, {**STANDARD_SATISFIERS, **checked_satisfiers(satisfy, made)}, by, loss_reason)
    walk.walk(made.open(a_deal(made.deal_type) if deal is None else deal, by=by, at=at))
    return Arrived(work=made.work_on(cast("D", walk.entity), by=by, at=walk.moment), past=walk.events)


def lead_at(
    process: LeadProcess[L] | type[LeadProcess[L]],
    stage: str | Position[Never],
    /,
    *,
    lead: L | None = None,
    satisfy: Mapping[str, Callable[[LeadWork[L]], object]] | None = None,
    by: str = SOMEBODY,
    at: datetime = NOW,
    loss_reason: str | None = None,
) -> LeadWork[L]:
    """A unit of work on a lead that has walked to a stage, of any process of leads; otherwise as ``sale_at``.

    Example:
        ``lead_at(LeadProcess, "qualified").recycle(reason="they moved away")``
    """
    return lead_walk(process, stage, lead=lead, satisfy=satisfy, by=by, at=at, loss_reason=loss_reason).work


def lead_walk(
    process: LeadProcess[L] | type[LeadProcess[L]],
    stage: str | Position[Never],
    /,
    *,
    lead: L | None = None,
    satisfy: Mapping[str, Callable[[LeadWork[L]], object]] | None = None,
    by: str = SOMEBODY,
    at: datetime = NOW,
    loss_reason: str | None = None,
) -> Arrived[LeadWork[L]]:
    """The unit of work as ``lead_at`` gives it, together with all that happened on the way."""
    made = cast("LeadProcess[L]", _made(process, LeadProcess, "lead_at"))
    walk = _Walk(made, stage, {**STANDARD_LEAD_SATISFIERS, **checked_satisfiers(satisfy, made)}, by, loss_reason)
    walk.walk(made.capture(a_lead(made.lead_type) if lead is None else lead, by=by, at=at))
    return Arrived(work=made.work_on(cast("L", walk.entity), by=by, at=walk.moment), past=walk.events)


def _made(process: object, kind: type[P], walk: str) -> P:
    """The process, made where its class was given."""
    made: object = process() if isinstance(process, type) and issubclass(process, kind) else process
    if not isinstance(made, kind):
        raise WrongType(
            f"{walk} takes a {kind.__name__}, or a class of it",
            field="process",
            value=getattr(process, "__name__", type(process).__name__),
            way_out="sale_at walks deals, and lead_at walks leads",
        )
    return made


class _Walk:
    """The way to one stage of one process.

    Attributes:
        entity: what walks, as it is after the last step.
        moment: when it can be worked on next.
        events: all that happened to it.
    """

    entity: Worked
    moment: datetime
    events: tuple[Event[Never], ...]

    def __init__(
        self,
        process: SalesProcess[Any] | LeadProcess[Any],
        stage: str | Position[Never],
        satisfiers: Mapping[str, Callable[[Any], object]],
        by: str,
        loss_reason: str | None,
    ) -> None:
        self._process = process
        self._target = process._stage_of(stage).key
        self._satisfiers = satisfiers
        self._actors = (by, f"{by}'s colleague")
        self._loss_reason = loss_reason

    def walk(self, begun: Work[Any]) -> None:
        """Walk from where it begins: by the way that only leads on, or where it is barred by a shortest one."""
        refused: CannotReach | None = None
        for way in self._ways(begun._entity.stage):
            self.entity, self.moment, self.events = begun._entity, begun.at, begun.events
            try:
                for route in way:
                    self._step(route)
            except CannotReach as error:
                refused = refused or error
            else:
                self.moment += _STEP
                return
        raise refused or CannotReach(self._target, begun._entity.stage, (), "no moves lead there")

    def _ways(self, start: str) -> Iterator[Sequence[Route[Any]]]:
        onward = [route for route in self._process.routes if route.move in self._process._forward]
        for routes in (onward, self._process.routes):
            found = self._shortest(start, routes)
            if found is not None:
                yield found

    def _shortest(self, start: str, routes: Sequence[Route[Any]]) -> Sequence[Route[Any]] | None:
        came_by: dict[str, list[Route[Any]]] = {start: []}
        waiting = [start]
        for stage in waiting:
            if stage == self._target:
                return came_by[stage]
            for route in routes:
                ends_early = route.outcome is not Outcome.OPEN and route.target != self._target
                if route.source == stage and route.target not in came_by and not ends_early:
                    came_by[route.target] = [*came_by[stage], route]
                    waiting.append(route.target)
        return None

    def _step(self, route: Route[Any]) -> None:
        """Satisfy what a move asks for, in several units of work where it takes several, and make it."""
        unmet: tuple[Unmet, ...] = ()
        for number in range(_ROUNDS):
            self.moment += _STEP
            work: Work[Any] = self._process.work_on(self.entity, by=self._actors[number % 2], at=self.moment)
            unmet = work._unmet(route)
            if unmet:
                self._satisfy(work, unmet)
            else:
                move_along(work, route, loss_reason=self._loss_reason)
            self.entity, self.events = work._entity, (*self.events, *work.events)
            if not unmet:
                return
        raise self._stuck(unmet, "what satisfies these requirements was called and did not satisfy them")

    def _satisfy(self, work: Work[Any], unmet: Sequence[Unmet]) -> None:
        unknown = [one for one in unmet if one.requirement not in self._satisfiers]
        if unknown:
            way_out = what_satisfies([one.requirement for one in unknown], self._process)
            raise self._stuck(unknown, f"nothing is known that satisfies these requirements; give {way_out}")
        for satisfier in dict.fromkeys(self._satisfiers[one.requirement] for one in unmet):
            try:
                satisfier(work)
            except Refused as error:
                raise self._stuck(unmet, f"a satisfier was refused: {error}") from error

    def _stuck(self, unmet: Sequence[Unmet], because: str) -> CannotReach:
        return CannotReach(self._target, self.entity.stage, unmet, because)


def move_along(work: Work[W], route: Route[W], *, loss_reason: str | None = None) -> None:
    """Make a move on one of its ways, with the reason that it needs.

    Args:
        work: a unit of work on what is to be moved.
        route: the way.
        loss_reason: why it is lost, where it is. Where it is not given, the first reason of the process that needs no
            note, or else the first.
    """
    if isinstance(work, LeadWork) and route.outcome is Outcome.WON:
        work._converting(Conversion(contact_id="C-1"), lambda: work._fire(route))
    elif route.outcome is Outcome.LOST:
        reasons = sorted(work._process.loss_reasons, key=lambda reason: reason.needs_note)
        chosen = loss_reason or next((one.key for one in reasons), None)
        needs_note = any(one.needs_note for one in reasons if one.key == chosen)
        work._fire(route, reason=chosen, note="a test needs it" if needs_note else "")
    else:
        work._fire(route, reason="a test needs it" if route.needs_reason else None)
