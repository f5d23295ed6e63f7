"""The sale: the unit of work in which one actor changes one deal at one moment.

It is the one way in. A sale moves the deal through its process, updates its plain fields, and leads to the desks where
the records are worked on; all of it becomes events, and nothing else changes a deal. What was refused has changed
nothing. At the end, ``changes`` is what a storage commits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, TypeVar, cast, overload

import attrs

from salesflow._copying import evolved, maker
from salesflow.changes import ChangeSet, explained
from salesflow.deal.closing_terms import ApprovalRule
from salesflow.deal.deal import ENGINE_FIELDS, RECORD_FIELDS, Deal
from salesflow.deal.desks import Desks
from salesflow.deal.event import (
    DealHeld,
    DealLost,
    DealReopened,
    DealResumed,
    DealUpdated,
    DealWon,
    StageChanged,
)
from salesflow.deal.outcome import Outcome
from salesflow.errors import (
    EngineOwned,
    InvalidValue,
    MoveNotAllowed,
    MoveRefused,
    NotNow,
    OutOfOrder,
    PolicyRefused,
    Refused,
    UnknownName,
    WrongType,
)
from salesflow.event import Creation, Event
from salesflow.process.answers import DryRun, NextMove
from salesflow.process.drafts import check_names
from salesflow.process.move import BUILT_IN_MOVES, Move, Route
from salesflow.process.requirement import Unmet
from salesflow.process.stage import Stage
from salesflow.values.moments import moment
from salesflow.values.text import line, prose

if TYPE_CHECKING:
    from typing import Never, Unpack

    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.fields import DealFields
    from salesflow.process.definition import Probability, SalesProcess

    D_co = DefaultedTypeVar("D_co", bound=Deal, default=Deal, covariant=True)
else:
    D_co = TypeVar("D_co", bound=Deal, covariant=True)

DeskType = TypeVar("DeskType")

__all__ = ["Sale"]


class _Attempt:
    """A move that is being tried."""

    __slots__ = ("competitor", "note", "reason", "route", "unmet")

    def __init__(self, route: Route[Never], reason: str | None, note: str, competitor: str | None) -> None:
        self.route = route
        self.reason = reason
        self.note = note
        self.competitor = competitor
        self.unmet: list[Unmet] | None = None


class Sale(Desks, Generic[D_co]):
    """One actor changes one deal at one moment. Made by ``process.open``, ``adopt`` and ``work_on``.

    Attributes:
        deal: the deal as it is now.
        by: who works.
        at: when; aware.

    Example::

        sale = process.work_on(storage.get(Deal, "D-1"), by="noa", at=now)
        sale.objections.raise_("It costs too much", kind="price")
        storage.commit(sale.changes)
    """

    __slots__ = ("_at", "_attempt", "_before", "_by", "_deal", "_events", "_process")

    def __init__(self, process: SalesProcess[D_co], deal: D_co | None, /, *, by: str, at: datetime) -> None:
        self._process = process
        self._by = line(by, field="by")
        self._at = moment(at, field="at")
        self._before = deal
        self._deal: D_co = deal  # type: ignore[assignment]  # none only until the first event has made it
        self._events: list[Event[D_co]] = []
        self._attempt: _Attempt | None = None
        if deal is not None and deal.changed_at is not None and at < deal.changed_at:
            raise OutOfOrder(deal_id=deal.id, at=at.isoformat(), last=deal.changed_at.isoformat())

    def __repr__(self) -> str:
        return f"<Sale of {self._deal.id} in {self._deal.stage} by {self._by}: {len(self._events)} events>"

    @property
    def deal(self) -> D_co:
        """The deal as it is now."""
        return self._deal

    @property
    def by(self) -> str:
        """Who works."""
        return self._by

    @property
    def at(self) -> datetime:
        """The moment of the work."""
        return self._at

    @property
    def process(self) -> SalesProcess[D_co]:
        """The process that the deal runs under."""
        return self._process

    @property
    def stage(self) -> Stage[D_co]:
        """The stage that the deal is in."""
        return self._process.stage(self._deal.stage)

    @property
    def events(self) -> tuple[Event[D_co], ...]:
        """What was recorded in this sale so far."""
        return tuple(self._events)

    @property
    def changes(self) -> ChangeSet:
        """What this sale hands over to a storage; empty where nothing was recorded."""
        if not self._events:
            return ChangeSet()
        return explained(self._before, self.events, self._deal)

    # Moves --------------------------------------------------------------------------------------------------------

    def advance(self) -> Stage[D_co]:
        """Move the deal to the next stage. From the last open stage that is winning it.

        Returns:
            The stage that it entered.

        Raises:
            MoveRefused: requirements are not met; the error holds all of them.
            MoveNotAllowed: there is no next stage.
            PolicyRefused: this actor may not.
        """
        return self._fire(self._next_route() or self._route("advance", None))

    def win(self, *, reason: str | None = None, note: str = "") -> Stage[D_co]:
        """Win the deal.

        Args:
            reason: why it was won, a line, where somebody said so.
            note: what else there is to say.

        Raises:
            MoveRefused: requirements are not met; the error holds all of them.
            MoveNotAllowed: it cannot be won from this stage.
        """
        return self._fire(self._route("win", None), reason=reason, note=note)

    def lose(
        self,
        *,
        reason: str,
        note: str = "",
        competitor: str | None = None,
        to: Stage[Never] | str | None = None,
    ) -> Stage[D_co]:
        """Lose the deal.

        Args:
            reason: the key of one of the process's ``loss_reasons``.
            note: what else there is to say; some reasons need it.
            competitor: who won it instead, where known.
            to: the stage for lost deals, where the process has several.

        Raises:
            UnknownName: the process has no such reason.
            InvalidValue: the reason says nothing without a note.
            MoveNotAllowed: it cannot be lost from this stage.
        """
        return self._fire(self._route("lose", to), reason=reason, note=note, competitor=competitor)

    def go_back(self, *, reason: str, to: Stage[Never] | str | None = None, note: str = "") -> Stage[D_co]:
        """Move the deal back to an earlier stage. No requirement is asked: something is missing, or it would not go.

        Args:
            reason: why, a line.
            to: which stage; the one before where it is not given.
            note: what else there is to say.

        Raises:
            MoveNotAllowed: the stage does not lie before this one.
        """
        return self._fire(self._route("go_back", to), reason=reason, note=note)

    def reopen(self, *, reason: str, to: Stage[Never] | str | None = None, note: str = "") -> Stage[D_co]:
        """Open a closed deal again. What made it closed is cleared, and stays in the history.

        Args:
            reason: why, a line.
            to: which stage; the one that it was closed from where it is not given.
            note: what else there is to say.

        Raises:
            MoveNotAllowed: the deal is open anyway.
        """
        return self._fire(self._route("reopen", to), reason=reason, note=note)

    def move(
        self,
        move: Move[D_co] | str,
        /,
        *,
        to: Stage[Never] | str | None = None,
        reason: str | None = None,
        note: str = "",
        competitor: str | None = None,
    ) -> Stage[D_co]:
        """Make a move that the process names.

        Args:
            move: the move (``SaaSProcess.fast_track``), or its key.
            to: the stage that it leads to, where it has several.
            reason: why; needed where the move asks for it, and for every move to a lost stage.
            note: what else there is to say.
            competitor: who won the deal instead, for a move to a lost stage.

        Raises:
            MoveRefused: requirements are not met; the error holds all of them.
            MoveNotAllowed: this stage has no such move.
        """
        return self._fire(self._route(_key_of(move), to), reason=reason, note=note, competitor=competitor)

    def hold(self, *, reason: str, until: date | None = None) -> None:
        """Let the deal wait: it can be lost or resumed, and otherwise does not move.

        Args:
            reason: why, a line.
            until: the day on which it should be looked at again.

        Raises:
            NotNow: it waits already, or it is closed.
        """
        self._check_open("hold")
        if self._deal.hold is not None:
            raise NotNow(deal_id=self._deal.id, tried="hold", because="it is on hold", way_out="resume it first")
        self._append(DealHeld(at=self._at, by=self._by, reason=reason, until=until))

    def resume(self) -> None:
        """Go on with a deal that was on hold.

        Raises:
            NotNow: it is not on hold.
        """
        if self._deal.hold is None:
            raise NotNow(deal_id=self._deal.id, tried="resume", because="it is not on hold", way_out="go on with it")
        self._append(DealResumed(at=self._at, by=self._by))

    # Plain fields -------------------------------------------------------------------------------------------------

    @overload
    def update(self, /, **fields: Unpack[DealFields]) -> D_co: ...
    @overload
    def update(self, edited: Deal, /) -> D_co: ...
    def update(self, edited: Deal | None = None, /, **fields: object) -> D_co:
        """Change plain fields of the deal.

        Args:
            edited: the deal with other values, for fields of your own: ``attrs.evolve(sale.deal, seats=5)``.
            **fields: the new values by name; ``None`` is a value.

        Returns:
            The deal as it is then. Values that are the same as before record nothing.

        Raises:
            EngineOwned: a field that only the engine, or a desk, writes.
            UnknownName: there is no such field.
            InvalidValue: a value breaks the rule of its field.
            NotNow: the deal is closed, and the figures it closed with stand.
        """
        deal = self._deal
        if edited is not None and fields:
            raise WrongType(
                "fields stand in the edited deal or beside it, not both", field="edited", value=sorted(fields)
            )
        if edited is not None:
            if type(edited) is not type(deal):
                raise WrongType(
                    f"the edited deal is a {type(deal).__name__}",
                    field="edited",
                    value=type(edited).__name__,
                    way_out="give attrs.evolve(sale.deal, ...)",
                )
            fields = {
                field.name: getattr(edited, field.name)
                for field in attrs.fields(type(deal))
                if getattr(edited, field.name) != getattr(deal, field.name)
            }
        check_names(type(deal), list(fields), owned=ENGINE_FIELDS | RECORD_FIELDS, deal_id=deal.id)
        wanted = evolved(deal, fields)  # converters and validators of the class run here
        changes = tuple(
            (name, getattr(wanted, name)) for name in fields if getattr(wanted, name) != getattr(deal, name)
        )
        closing = [name for name, _ in changes if name in _FIGURES]
        if closing:
            self._check_open(f"change {', '.join(closing)}")
        if changes:
            self.record(DealUpdated(at=self._at, by=self._by, changes=changes))
        return self._deal

    # Explaining ---------------------------------------------------------------------------------------------------

    def blockers(
        self, move: Move[D_co] | str | None = None, /, *, to: Stage[Never] | str | None = None
    ) -> tuple[Unmet, ...]:
        """What is missing before the deal can move; nothing is tried.

        Args:
            move: which move; the one to the next stage where it is not given.
            to: the stage that it leads to, where it has several.

        Returns:
            Every requirement that does not hold. Nothing where the move can be made, or where no stage comes next.

        Raises:
            MoveNotAllowed: this stage has no such move.
        """
        if move is None:
            route = self._next_route()
            return () if route is None else self._unmet(route)
        return self._unmet(self._route(_key_of(move), to))

    def next_moves(self) -> tuple[NextMove, ...]:
        """Every move that the stage has, with what is missing for it."""
        return tuple(
            NextMove(
                move=route.move,
                title=route.title,
                target=route.target,
                unmet=self._unmet(route),
                needs_reason=route.needs_reason or route.outcome is Outcome.LOST,
            )
            for route in self._process.routes
            if route.source == self._deal.stage
        )

    def next_steps(self) -> tuple[str, ...]:
        """What to do next, a sentence each: what is missing first, then what the stage advises."""
        missing = [
            f"{unmet.hint} ({', '.join(unmet.missing)})" if unmet.hint and unmet.missing else unmet.hint or str(unmet)
            for unmet in self.blockers()
        ]
        return (*missing, *self.stage.guidance)

    @property
    def probability(self) -> Probability:
        """The chance of winning the deal, and where the figure comes from."""
        return self._process.probability(self._deal)

    def dry_run(self, action: Callable[[Sale[D_co]], object], /) -> DryRun[D_co]:
        """Find out what something would do, hooks and policy included, without doing it.

        Args:
            action: what to do with a sale: ``lambda sale: sale.advance()``.
        """
        trial = Sale(self._process, self._deal, by=self._by, at=self._at)
        refusal: Refused | None = None
        try:
            action(trial)
        except Refused as refused:
            refusal = refused
        return DryRun(refusal=refusal, events=trial.events, after=trial.deal)

    # Desks and facts of your own ----------------------------------------------------------------------

    def desk(self, kind: Callable[[Sale[D_co]], DeskType], /) -> DeskType:
        """A desk of your own.

        Args:
            kind: the class of the desk, for deals of this class.

        Example:
            ``sale.desk(SecurityDesk).pass_(seats=40)``
        """
        return kind(self)

    @property
    def approval_rules(self) -> tuple[ApprovalRule, ...]:
        """When closing terms need somebody's approval, as the process says."""
        return self._process.approval_rules

    # Recording ----------------------------------------------------------------------------------------------------

    def record(self, event: Event[D_co], /) -> D_co:
        """Record a fact of your own: desks do, and so may the hooks of a stage.

        Args:
            event: made at the moment, and by the actor, of this sale.

        Returns:
            The deal after it.

        Raises:
            EngineOwned: the event would change what only a move may change.
            InvalidValue: it is not of this moment and actor, or does not raise the version by one.
            PolicyRefused: this actor may not.
        """
        deal = self._deal
        if not isinstance(event, Event):
            raise WrongType("a sale records events", field="event", value=event, way_out="subclass Event")
        if event.at != self._at or event.by != self._by:
            raise InvalidValue(
                "an event is of the moment and the actor of its sale",
                field="event",
                value=f"{type(event).__name__} by {event.by} at {event.at.isoformat()}",
                way_out=f"give by={self._by!r} and at={self._at.isoformat()}",
            )
        if isinstance(event, StageChanged | Creation):
            raise EngineOwned(deal_id=deal.id, fields=["stage"], way_out="use a move of the sale")
        after = cast("D_co", event.apply(deal))
        touched = [name for name in _GUARDED if getattr(after, name) != getattr(deal, name)]
        if touched:
            raise EngineOwned(deal_id=deal.id, fields=touched, way_out="use a move of the sale")
        if type(after) is not type(deal) or after.version != deal.version + 1:
            raise InvalidValue(
                "an event gives the same deal, one version later",
                field="event",
                value=type(event).__name__,
                way_out="return deal.changed_by(self, ...) from apply",
            )
        self._permit(event, deal)
        self._events.append(event)
        self._deal = after
        return after

    def _append(self, event: Event[D_co]) -> None:
        """Record an event that the engine itself made."""
        deal = self._deal
        if self._process.policy is not None:
            self._permit(event, deal)
        self._deal = event.apply(deal)  # type: ignore[assignment]  # an event gives back the class that it was given
        self._events.append(event)

    def _create(self, event: Creation[D_co], entered: Stage[D_co] | None) -> None:
        """Record the event that makes the deal, and call the hook of the stage that it is opened in."""
        made = cast("D_co", event.create())
        self._permit(event, made)
        self._deal = made
        self._events.append(event)
        if entered is not None:
            self._attempt = _Attempt(Route(move="open", title="Open", source="", target=entered.key), None, "", None)
            try:
                entered.on_enter(self)
            finally:
                self._attempt = None

    def _permit(self, event: Event[D_co], deal: Deal) -> None:
        """Ask the policy of the host; an error in it, or an answer that it must not give, refuses."""
        policy = self._process.policy
        if policy is None:
            return
        try:
            reason: object = policy.refusal(event, deal)  # type: ignore[arg-type]  # it is an event of this deal
        except Exception as error:
            name = type(event).__name__
            raise PolicyRefused(deal_id=deal.id, by=self._by, event=name, reason="the policy itself failed") from error
        if reason is not None:
            name = type(event).__name__
            said = reason if isinstance(reason, str) else "the policy gave neither None nor a reason"
            raise PolicyRefused(deal_id=deal.id, by=self._by, event=name, reason=said)

    # The machine's side -------------------------------------------------------------------------------------------

    @property
    def _position(self) -> str:
        """Where the machine finds the deal."""
        return self._deal.stage

    @_position.setter
    def _position(self, target: str) -> None:
        """Where the machine puts the deal: the move becomes an event."""
        deal = self._deal
        attempt: _Attempt = self._attempt  # type: ignore[assignment]  # the machine moves a sale while it attempts
        route = attempt.route
        outcome = route.outcome
        facts = (
            self._at,
            self._by,
            route.move,
            deal.stage,
            target,
            deal.entered_at,
            outcome,
            attempt.reason,
            attempt.note,
        )
        if outcome is deal.outcome:
            self._append(_changed(*facts))
        elif outcome is Outcome.LOST:
            self._append(_lost(*facts, attempt.competitor))
        else:
            self._append((_won if outcome is Outcome.WON else _reopened)(*facts))

    def _fire(
        self,
        route: Route[D_co],
        *,
        reason: str | None = None,
        note: str = "",
        competitor: str | None = None,
    ) -> Stage[D_co]:
        """Fire a move through the machine; where it is refused, everything is as before."""
        if self._attempt is not None:
            raise NotNow(
                deal_id=self._deal.id,
                tried=route.move,
                because=f"the deal is in the middle of {self._attempt.route.move!r}",
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
        attempt = self._attempt = _Attempt(route, reason, note, competitor)
        deal, count = self._deal, len(self._events)
        process = self._process
        try:
            moved = process._machine.events[route.move].trigger(self)
        except BaseException:
            self._deal = deal
            del self._events[count:]
            raise
        finally:
            self._attempt = None
        if not moved:
            raise MoveRefused(
                deal_id=deal.id,
                move=route.move,
                source=route.source,
                target=route.target,
                unmet=attempt.unmet or (),
            )
        return process._layout.stages[route.target]  # type: ignore[return-value]  # kept for deals of any class

    def _check_reason(self, route: Route[D_co], reason: str | None, note: str, competitor: str | None) -> None:
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
            line(reason, field="reason", limit=1000)

    def _check_open(self, doing: str) -> None:
        if self._deal.outcome is not Outcome.OPEN:
            raise NotNow(
                deal_id=self._deal.id,
                tried=doing,
                because=f"the deal is {self._deal.outcome}",
                way_out="reopen it first",
            )

    def _routes(self, move: str) -> tuple[Route[D_co], ...]:
        """The ways that a move can take from the stage of the deal."""
        return self._process._ways.get((move, self._deal.stage), ())  # type: ignore[return-value]  # as above

    def _route(self, move: str, to: Stage[Never] | str | None) -> Route[D_co]:
        """The way that a move takes from the stage of the deal.

        Raises:
            MoveNotAllowed: there is none, or several and none was chosen.
        """
        ways = self._routes(move)
        target = None if to is None else self._process._stage_of(to).key
        if target is None and len(ways) == 1:
            return ways[0]
        if target is None and ways:
            target = self._default_target(move, ways)
        for route in ways:
            if route.target == target:
                return route
        moves = self._process._machine.events
        if move not in moves and move not in BUILT_IN_MOVES:
            raise UnknownName("move", move, moves, where=f"process {self._process.key}")
        raise MoveNotAllowed(
            deal_id=self._deal.id,
            move=move,
            source=self._deal.stage,
            target=target,
            allowed=[
                f"{route.move} -> {route.target}" for route in self._process.routes if route.source == self._deal.stage
            ],
        )

    def _default_target(self, move: str, ways: tuple[Route[D_co], ...]) -> str | None:
        """Where a move with several targets leads when none is chosen: back by one stage, or where it was closed."""
        if move == "go_back":
            return ways[0].target
        if move == "reopen":
            targets = [route.target for route in ways]
            closed_from = self._deal.closed_from
            return closed_from if closed_from in targets else targets[-1]
        return None

    def _next_route(self) -> Route[D_co] | None:
        ways = self._routes("advance") or self._routes("win")
        return ways[0] if ways else None

    def _unmet(self, route: Route[D_co]) -> tuple[Unmet, ...]:
        found = [requirement.unmet(self._deal) for requirement in route.requirements]
        return tuple(unmet for unmet in found if unmet is not None)


def _key_of(move: Move[Never] | str) -> str:
    """The key of a move that is meant by itself or by its key."""
    if isinstance(move, str):
        return move
    if not isinstance(move, Move):
        raise WrongType("a move is meant by itself or by its key", field="move", value=move)
    return move.key


_FIGURES = frozenset({"amount", "expected_close", "forecast_category", "probability", "predicted_probability"})
_GUARDED = tuple(sorted(ENGINE_FIELDS - {"version", "changed_at"}))
_changed = maker(StageChanged)
_won = maker(DealWon)
_lost = maker(DealLost)
_reopened = maker(DealReopened)
