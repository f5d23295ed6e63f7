"""Deals and leads of any process brought to a stage, by doing what the process asks for on the way.

Every step is a unit of work of its own, an hour after the one before; two colleagues take turns, so that what needs four
eyes has them. What comes back is a fresh unit of work in which nothing was recorded yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic, Never, TypeVar, cast

import attrs

from salesflow.deal.deal import Deal
from salesflow.errors import Refused, SalesflowError
from salesflow.event import Event
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_work import LeadWork
from salesflow.outcome import Outcome
from salesflow.people.lead import Conversion, Lead
from salesflow.process.definition import SalesProcess
from salesflow.process.engine import Process
from salesflow.process.move import Route
from salesflow.process.position import Position
from salesflow.process.requirement import Unmet
from salesflow.sale import Sale
from salesflow.testing.builders import NOW, SOMEBODY, a_deal, a_lead
from salesflow.testing.satisfying import STANDARD_LEAD_SATISFIERS, STANDARD_SATISFIERS, what_satisfies
from salesflow.work import Work
from salesflow.worked import Worked

D = TypeVar("D", bound=Deal)
L = TypeVar("L", bound=Lead)
W = TypeVar("W", bound=Worked)
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
        UnknownName: the process has no such stage.

    Example::

        sale = sale_at(SaaSProcess, "security_review", deal=a_deal(SaaSDeal, seats=0))
        assert_blocked(sale, by="questionnaire_complete")
    """
    made = process if isinstance(process, Process) else process()
    return sale_walk(made, stage, deal=deal, satisfy=satisfy, by=by, at=at, loss_reason=loss_reason).work


def sale_walk(
    process: SalesProcess[D],
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
    draft = a_deal(process.deal_type) if deal is None else deal
    walk = _Walk(process, process._stage_of(stage).key, {**STANDARD_SATISFIERS, **(satisfy or {})}, by, loss_reason)
    opened = process.open(draft, by=by, at=at)
    entity, moment = walk.to_the_end(
        opened.deal, at, lambda one, who, when: process.work_on(cast("D", one), by=who, at=when)
    )
    return Arrived(work=process.work_on(cast("D", entity), by=by, at=moment), past=(*opened.events, *walk.events))


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
    made = process if isinstance(process, Process) else process()
    return lead_walk(made, stage, lead=lead, satisfy=satisfy, by=by, at=at, loss_reason=loss_reason).work


def lead_walk(
    process: LeadProcess[L],
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
    draft = a_lead(process.lead_type) if lead is None else lead
    known = {**STANDARD_LEAD_SATISFIERS, **(satisfy or {})}
    walk = _Walk(process, process._stage_of(stage).key, known, by, loss_reason)
    captured = process.capture(draft, by=by, at=at)
    entity, moment = walk.to_the_end(
        captured.lead, at, lambda one, who, when: process.work_on(cast("L", one), by=who, at=when)
    )
    return Arrived(work=process.work_on(cast("L", entity), by=by, at=moment), past=(*captured.events, *walk.events))


class _Walk:
    """The way to one stage of one process."""

    def __init__(
        self,
        process: Process[W],
        target: str,
        satisfiers: Mapping[str, Callable[[Never], object]],
        by: str,
        loss_reason: str | None,
    ) -> None:
        self._process = process
        self._routes = cast("tuple[Route[Worked], ...]", process.routes)
        self._target = target
        self._satisfiers = satisfiers
        self._actors = (by, f"{by}'s colleague")
        self._loss_reason = loss_reason
        self._forward = process._forward
        self.events: tuple[Event[Never], ...] = ()

    def to_the_end(
        self, entity: Worked, at: datetime, begin: Callable[[Worked, str, datetime], Work[Worked]]
    ) -> tuple[Worked, datetime]:
        """The entity in the stage, and the moment after the last step."""
        refused: CannotReach | None = None
        for way in self._ways(entity.stage):
            try:
                return self._walked(way, entity, at, begin)
            except CannotReach as error:
                refused = refused or error
        if refused is not None:
            raise refused
        raise CannotReach(self._target, entity.stage, (), "no moves lead there")

    def _ways(self, start: str) -> Iterator[list[Route[Worked]]]:
        """Ways from a stage to the target: the one that only leads on first, then a shortest one."""
        if start == self._target:
            yield []
            return
        for allowed in (self._forward, None):
            found = self._shortest(start, allowed)
            if found is not None:
                yield found

    def _shortest(self, start: str, allowed: Sequence[str] | None) -> list[Route[Worked]] | None:
        came_by: dict[str, list[Route[Worked]]] = {start: []}
        waiting = [start]
        for stage in waiting:
            if stage == self._target:
                return came_by[stage]
            for route in self._routes:
                passes = allowed is None or route.move in allowed
                ends_early = route.outcome is not Outcome.OPEN and route.target != self._target
                if route.source == stage and route.target not in came_by and passes and not ends_early:
                    came_by[route.target] = [*came_by[stage], route]
                    waiting.append(route.target)
        return None

    def _walked(
        self,
        way: Sequence[Route[Worked]],
        entity: Worked,
        at: datetime,
        begin: Callable[[Worked, str, datetime], Work[Worked]],
    ) -> tuple[Worked, datetime]:
        self.events = ()
        for route in way:
            entity, at = self._stepped(route, entity, at, begin)
        return entity, at + _STEP

    def _stepped(
        self,
        route: Route[Worked],
        entity: Worked,
        at: datetime,
        begin: Callable[[Worked, str, datetime], Work[Worked]],
    ) -> tuple[Worked, datetime]:
        """Satisfy what a move asks for, in several units of work where it takes several, and make it."""
        unmet: tuple[Unmet, ...] = ()
        for number in range(_ROUNDS):
            at += _STEP
            work = begin(entity, self._actors[number % 2], at)
            unmet = work._unmet(route)
            if not unmet:
                move_along(work, route, loss_reason=self._loss_reason)
            else:
                self._satisfy(work, unmet)
            entity, self.events = work._entity, self.events + cast("tuple[Event[Never], ...]", work.events)
            if not unmet:
                return entity, at
        raise CannotReach(
            self._target, entity.stage, unmet, "what satisfies these requirements was called and did not satisfy them"
        )

    def _satisfy(self, work: Work[Worked], unmet: Sequence[Unmet]) -> None:
        unknown = [one for one in unmet if one.requirement not in self._satisfiers]
        if unknown:
            raise CannotReach(
                self._target,
                work._entity.stage,
                unknown,
                "nothing is known that satisfies these requirements; give "
                + what_satisfies([one.requirement for one in unknown], self._process),
            )
        for satisfier in dict.fromkeys(self._satisfiers[one.requirement] for one in unmet):
            try:
                cast("Callable[[Work[Worked]], object]", satisfier)(work)
            except Refused as error:
                raise CannotReach(
                    self._target, work._entity.stage, unmet, f"a satisfier was refused: {error}"
                ) from error


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
