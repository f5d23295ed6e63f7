"""The sale: the unit of work in which one actor changes one deal at one moment.

It is the one way in. A sale moves the deal through its process, updates its plain fields, and leads to the desks where
the records are worked on; all of it becomes events, and nothing else changes a deal. What was refused has changed
nothing. At the end, ``changes`` is what a storage commits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, TypeVar, overload

from salesflow._copying import maker
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
from salesflow.errors import NotNow
from salesflow.event import Event
from salesflow.outcome import Outcome
from salesflow.process.move import Move, Route
from salesflow.process.stage import Stage
from salesflow.work import Attempt, Work, key_of_move

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


class Sale(Desks, Work[D_co]):
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

    __slots__ = ()

    _process: SalesProcess[D_co]
    _made_by_moves = (StageChanged,)
    _owned = tuple(sorted(ENGINE_FIELDS - {"version", "changed_at"}))
    _not_plain = ENGINE_FIELDS | RECORD_FIELDS

    @property
    def deal(self) -> D_co:
        """The deal as it is now."""
        return self._entity

    @property
    def process(self) -> SalesProcess[D_co]:
        """The process that the deal runs under."""
        return self._process

    @property
    def stage(self) -> Stage[D_co]:
        """The stage that the deal is in."""
        return self._process.stage(self._entity.stage)

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
        return self._fire(self._route(key_of_move(move), to), reason=reason, note=note, competitor=competitor)

    def hold(self, *, reason: str, until: date | None = None) -> None:
        """Let the deal wait: it can be lost or resumed, and otherwise does not move.

        Args:
            reason: why, a line.
            until: the day on which it should be looked at again.

        Raises:
            NotNow: it waits already, or it is closed.
        """
        self._check_open("hold")
        if self._entity.hold is not None:
            raise NotNow(id=self._entity.id, tried="hold", because="it is on hold", way_out="resume it first")
        self._append(DealHeld(at=self._at, by=self._by, reason=reason, until=until))

    def resume(self) -> None:
        """Go on with a deal that was on hold.

        Raises:
            NotNow: it is not on hold.
        """
        if self._entity.hold is None:
            raise NotNow(id=self._entity.id, tried="resume", because="it is not on hold", way_out="go on with it")
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
        return self._update(edited, fields, lambda changes: DealUpdated(at=self._at, by=self._by, changes=changes))

    def _check_update(self, names: list[str]) -> None:
        closing = [name for name in names if name in _FIGURES]
        if closing:
            self._check_open(f"change {', '.join(closing)}")

    # Explaining ---------------------------------------------------------------------------------------------------

    @property
    def probability(self) -> Probability:
        """The chance of winning the deal, and where the figure comes from."""
        return self._process.probability(self._entity)

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

    if TYPE_CHECKING:  # what the machine enters is a stage of deals

        def _fire(
            self, route: Route[D_co], *, reason: str | None = None, note: str = "", competitor: str | None = None
        ) -> Stage[D_co]: ...

    # The machine's side -------------------------------------------------------------------------------------------

    def _moved(self, attempt: Attempt, target: str) -> Event[D_co]:
        deal = self._entity
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
            return _changed(*facts)
        if outcome is Outcome.LOST:
            return _lost(*facts, attempt.competitor)
        return (_won if outcome is Outcome.WON else _reopened)(*facts)


_FIGURES = frozenset({"amount", "expected_close", "forecast_category", "probability", "predicted_probability"})
_changed = maker(StageChanged)
_won = maker(DealWon)
_lost = maker(DealLost)
_reopened = maker(DealReopened)
