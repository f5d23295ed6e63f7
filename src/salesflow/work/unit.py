"""A unit of work on anything that has a process: it keeps the events, and moves the entity by way of the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self, cast

import attrs

from salesflow._copying import evolved
from salesflow.changes import ChangeSet, explained
from salesflow.errors import (
    EngineOwned,
    InvalidValue,
    MoveRefused,
    NotNow,
    OutOfOrder,
    PolicyRefused,
    Refused,
    WrongType,
)
from salesflow.event import Creation, Event
from salesflow.outcome import Outcome
from salesflow.process.answers import DryRun
from salesflow.process.drafts import check_names
from salesflow.process.move import Route
from salesflow.process.position import Position
from salesflow.process.requirement import Unmet
from salesflow.values.moments import moment
from salesflow.values.text import line, prose
from salesflow.work.explaining import E_co, Explaining
from salesflow.worked import STAGE_FIELDS, Worked

if TYPE_CHECKING:
    from typing import Never

    from salesflow.process.engine import Process
    from salesflow.process.policy import Policy

__all__ = ["Attempt", "Work"]


_OPENING: Route[Never] = Route(move="open", title="Open", source="", target="")
"""What is going on while the hook of the first stage runs: not a move, and no move can be made in it."""


class Attempt:
    """A move that is being tried."""

    __slots__ = ("competitor", "note", "reason", "route", "unmet")

    def __init__(self, route: Route[Never], reason: str | None, note: str, competitor: str | None) -> None:
        self.route: Route[Never] = route
        self.reason: str | None = reason
        self.note: str = note
        self.competitor: str | None = competitor
        self.unmet: list[Unmet] | None = None


class Work(Explaining[E_co]):
    """One actor changes one entity at one moment; ``Sale`` and ``LeadWork`` derive from it.

    Attributes:
        by: who works.
        at: when; aware.
    """

    __slots__ = ("_at", "_attempt", "_before", "_by", "_entity", "_events", "_process")

    _made_by_moves: ClassVar[tuple[type[Event[Never]], ...]] = ()
    """The events that only moves record."""
    _owned: ClassVar[tuple[str, ...]] = tuple(sorted(STAGE_FIELDS))
    """The fields that no event recorded from outside may change, apart from the version and its moment."""
    _not_plain: ClassVar[frozenset[str]] = STAGE_FIELDS
    """The fields that ``update`` does not change."""

    def __init__(self, process: Process[E_co], entity: E_co | None, /, *, by: str, at: datetime) -> None:
        self._process = process
        self._by = line(by, field="by")
        self._at = moment(at, field="at")
        self._before = entity
        self._entity: E_co = entity  # type: ignore[assignment]  # none only until the first event has made it
        self._events: list[Event[E_co]] = []
        self._attempt: Attempt | None = None
        if entity is not None and entity.changed_at is not None and at < entity.changed_at:
            raise OutOfOrder(kind=process._kind, id=entity.id, at=at.isoformat(), last=entity.changed_at.isoformat())

    def __repr__(self) -> str:
        entity = self._entity
        return f"<{type(self).__name__} of {entity.id} in {entity.stage} by {self._by}: {len(self._events)} events>"

    @property
    def by(self) -> str:
        """Who works."""
        return self._by

    @property
    def at(self) -> datetime:
        """The moment of the work."""
        return self._at

    @property
    def events(self) -> tuple[Event[E_co], ...]:
        """What was recorded so far."""
        return tuple(self._events)

    @property
    def changes(self) -> ChangeSet:
        """What is handed over to a storage; empty where nothing was recorded."""
        if not self._events:
            return ChangeSet()
        return explained(self._before, self.events, self._entity)

    def dry_run(self, action: Callable[[Self], object], /) -> DryRun[E_co]:
        """Find out what something would do, hooks and policy included, without doing it.

        Args:
            action: what to do with such a unit of work: ``lambda sale: sale.advance()``.
        """
        trial: Self = type(self)(self._process, self._entity, by=self._by, at=self._at)
        refusal: Refused | None = None
        try:
            action(trial)
        except Refused as refused:
            refusal = refused
        return DryRun(refusal=refusal, events=trial.events, after=trial._entity)

    # Recording ----------------------------------------------------------------------------------------------------

    def record(self, event: Event[E_co], /) -> E_co:
        """Record a fact of your own: desks do, and so may the hooks of a stage.

        Args:
            event: made at the moment, and by the actor, of this unit of work.

        Returns:
            The entity after it.

        Raises:
            EngineOwned: the event would change what only a move may change.
            InvalidValue: it is not of this moment and actor, or does not raise the version by one.
            PolicyRefused: this actor may not.
        """
        entity = self._entity
        if not isinstance(event, Event):
            raise WrongType("a unit of work records events", field="event", value=event, way_out="subclass Event")
        if event.at != self._at or event.by != self._by:
            raise InvalidValue(
                "an event is of the moment and the actor of its unit of work",
                field="event",
                value=f"{type(event).__name__} by {event.by} at {event.at.isoformat()}",
                way_out=f"give by={self._by!r} and at={self._at.isoformat()}",
            )
        kind = self._process._kind
        if isinstance(event, (Creation, *self._made_by_moves)):
            raise EngineOwned(kind=kind, id=entity.id, fields=["stage"], way_out="use a move")
        after = cast("E_co", event.apply(entity))
        touched = [name for name in self._owned if getattr(after, name) != getattr(entity, name)]
        if touched:
            raise EngineOwned(kind=kind, id=entity.id, fields=touched, way_out="use a move")
        if type(after) is not type(entity) or after.version != entity.version + 1:
            raise InvalidValue(
                f"an event gives the same {kind}, one version later",
                field="event",
                value=type(event).__name__,
                way_out=f"return {kind}.changed_by(self, ...) from apply",
            )
        self._permit(event, entity)
        self._events.append(event)
        self._entity = after
        return after

    def _append(self, event: Event[E_co]) -> None:
        """Record an event that the engine itself made."""
        entity = self._entity
        if self._process._policy is not None:
            self._permit(event, entity)
        self._entity = event.apply(entity)  # type: ignore[assignment]  # an event gives back the class that it was given
        self._events.append(event)

    def _create(self, event: Creation[E_co], entered: Position[E_co] | None) -> None:
        """Record the event that makes the entity, and call the hook of the stage that it begins in."""
        made = cast("E_co", event.create())
        self._permit(event, made)
        self._entity = made
        self._events.append(event)
        if entered is not None and entered.has_hook("on_enter"):
            self._attempt = Attempt(_OPENING, None, "", None)
            try:
                cast("Callable[[Work[E_co]], None]", getattr(entered, "on_enter"))(self)  # noqa: B009  # each kind has its own
            finally:
                self._attempt = None

    def _permit(self, event: Event[E_co], entity: Worked) -> None:
        """Ask the policy of the host; an error in it, or an answer that it must not give, refuses."""
        policy = cast("Policy[Worked] | None", self._process._policy)
        if policy is None:
            return
        try:
            reason: object = policy.refusal(event, entity)  # type: ignore[arg-type]  # it is an event of this entity
        except Exception as error:
            raise self._forbidden(event, "the policy itself failed", entity) from error
        if reason is not None:
            said = reason if isinstance(reason, str) else "the policy gave neither None nor a reason"
            raise self._forbidden(event, said, entity)

    def _forbidden(self, event: Event[E_co], reason: str, entity: Worked) -> PolicyRefused:
        return PolicyRefused(
            kind=self._process._kind, id=entity.id, by=self._by, event=type(event).__name__, reason=reason
        )

    def _update(
        self,
        edited: Worked | None,
        fields: Mapping[str, object],
        recorded_as: Callable[[tuple[tuple[str, object], ...]], Event[E_co]],
    ) -> E_co:
        """Change plain fields: those given by name, or those in which an edited entity differs."""
        entity = self._entity
        kind = self._process._kind
        if edited is not None and fields:
            raise WrongType(
                f"fields stand in the edited {kind} or beside it, not both", field="edited", value=sorted(fields)
            )
        if edited is not None:
            if type(edited) is not type(entity):
                raise WrongType(
                    f"the edited {kind} is a {type(entity).__name__}",
                    field="edited",
                    value=type(edited).__name__,
                    way_out="give it as attrs.evolve(...) makes it of the present one",
                )
            fields = {
                field.name: getattr(edited, field.name)
                for field in attrs.fields(type(entity))
                if getattr(edited, field.name) != getattr(entity, field.name)
            }
        check_names(type(entity), list(fields), owned=self._not_plain, id=entity.id)
        wanted = evolved(entity, fields)  # converters and validators of the class run here
        changes = tuple(
            (name, getattr(wanted, name)) for name in fields if getattr(wanted, name) != getattr(entity, name)
        )
        if changes:
            self._check_update([name for name, _ in changes])
            self.record(recorded_as(changes))
        return self._entity

    def _check_open(self, doing: str) -> None:
        """Refuse to do this on what is closed."""
        entity = self._entity
        if not entity.is_open:
            kind = self._process._kind
            raise NotNow(
                kind=kind,
                id=entity.id,
                tried=doing,
                because=f"the {kind} is {entity.outcome}",
                way_out="reopen it first",
            )

    def _check_update(self, names: list[str]) -> None:
        """Refuse to change these fields now; everything is allowed where nothing else is said."""

    # The machine's side -------------------------------------------------------------------------------------------

    @property
    def _position(self) -> str:
        """Where the machine finds the entity."""
        return self._entity.stage

    @_position.setter
    def _position(self, target: str) -> None:
        """Where the machine puts the entity: the move becomes an event."""
        attempt: Attempt = self._attempt  # type: ignore[assignment]  # the machine moves while a move is attempted
        self._append(self._moved(attempt, target))

    def _moved(self, attempt: Attempt, target: str) -> Event[E_co]:
        """The event that a move becomes."""
        raise NotImplementedError

    def _fire(
        self,
        route: Route[E_co],
        *,
        reason: str | None = None,
        note: str = "",
        competitor: str | None = None,
    ) -> Position[E_co]:
        """Fire a move through the machine; where it is refused, everything is as before."""
        if self._attempt is not None:
            raise NotNow(
                kind=self._process._kind,
                id=self._entity.id,
                tried=route.move,
                because=f"the {self._process._kind} is in the middle of {self._attempt.route.move!r}",
                way_out="a hook may record facts; make the next move after this one",
            )
        if (
            route.needs_reason
            or route.outcome is Outcome.LOST
            or reason is not None
            or note != ""
            or competitor is not None
        ):
            self._check_reason(route, reason, note, competitor)
        attempt = self._attempt = Attempt(route, reason, note, competitor)
        entity, count = self._entity, len(self._events)
        process = self._process
        try:
            moved = process._machine.events[route.move].trigger(self)
        except BaseException:
            self._entity = entity
            del self._events[count:]
            raise
        finally:
            self._attempt = None
        if not moved:
            raise MoveRefused(
                kind=process._kind,
                id=entity.id,
                move=route.move,
                source=route.source,
                target=route.target,
                unmet=attempt.unmet or (),
            )
        return process._layout.stages[route.target]  # type: ignore[return-value]  # kept for entities of any class

    def _check_reason(self, route: Route[E_co], reason: str | None, note: str, competitor: str | None) -> None:
        """Hold the reason, note and competitor of a move to their rules, before anything is tried."""
        prose(note, field="note")
        if competitor is not None:
            line(competitor, field="competitor")
            if route.outcome is not Outcome.LOST:
                raise InvalidValue(
                    "a competitor is named when a deal is lost", field="competitor", way_out="leave it out"
                )
        if route.outcome is Outcome.LOST:
            known = self._process.loss_reason(line(reason, field="reason"))
            if known.needs_note and not note.strip():
                raise InvalidValue(
                    f"the reason {known.key!r} says nothing without a note",
                    field="note",
                    way_out="give note=...",
                )
        elif reason is not None or route.needs_reason:
            line(reason, field="reason", limit=1000, personal=True)
