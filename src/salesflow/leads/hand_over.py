"""Where a lead is handed over from the one who found it to the one who sells: ``work.hand_over``.

The one submits it::

    work = process.work_on(lead, by="dan", at=monday)
    work.hand_over.submit(to="noa", note="They decide this month.")

The other says whether they take it, and nobody says it for them::

    process.work_on(lead, by="noa", at=tuesday).hand_over.accept()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Never, TypeVar

from salesflow.errors import InvalidValue, NotNow, PolicyRefused
from salesflow.people.hand_over import (
    HandOver,
    HandOverAccepted,
    HandOverRecycled,
    HandOverRejected,
    HandOverStatus,
    HandOverSubmitted,
)
from salesflow.people.lead import Lead
from salesflow.values.text import line

if TYPE_CHECKING:
    from salesflow.event import Event
    from salesflow.leads.lead_work import LeadWork

L = TypeVar("L", bound=Lead)

__all__ = ["HandOverDesk"]


class HandOverDesk(Generic[L]):
    """Where a lead is handed over; each hand-over stays on the lead."""

    __slots__ = ("_work",)

    def __init__(self, work: LeadWork[L], /) -> None:
        self._work = work

    @property
    def current(self) -> HandOver | None:
        """The latest hand-over, or ``None`` where there was none."""
        return self._work.lead.hand_over

    def submit(self, *, to: str, team: str | None = None, note: str = "") -> HandOver:
        """Hand the lead over. It stays with its owner until the receiver accepts it.

        Args:
            to: who shall take it.
            team: the team that works it from then on, where that changes.
            note: what whoever takes it should know; up to 10,000 characters.

        Raises:
            InvalidValue: it is theirs already, or a value breaks the rule of its field.
            NotNow: the lead is closed, or an earlier hand-over waits for its answer.

        Example:
            ``work.hand_over.submit(to="noa", note="They decide this month.")``
        """
        self._work._check_open("hand it over")
        lead = self._work.lead
        if line(to, field="to") == lead.owner:
            raise InvalidValue(
                "a lead is handed over to somebody else", field="to", value=to, way_out="it is theirs already"
            )
        if self.current is not None and self.current.is_waiting:
            raise self._not_now(
                "hand it over", f"it was handed over to {self.current.to}, who has not answered", "recycle that first"
            )
        return self._recorded(HandOverSubmitted(at=self._work.at, by=self._work.by, to=to, team=team, note=note))

    def accept(self) -> HandOver:
        """Take the lead: the receiver becomes its owner.

        Raises:
            PolicyRefused: the receiver accepts, and nobody else.
            NotNow: nothing waits for an answer, or the lead is closed.
        """
        return self._answered(HandOverAccepted(at=self._work.at, by=self._work.by), "accept it")

    def reject(self, *, reason: str) -> HandOver:
        """Do not take the lead. It stays with whom it was, and may be handed over again.

        Args:
            reason: why, a line of up to 1,000 characters.

        Raises:
            PolicyRefused: the receiver rejects, and nobody else.
            NotNow: nothing waits for an answer, or the lead is closed.
        """
        return self._answered(HandOverRejected(at=self._work.at, by=self._work.by, reason=reason), "reject it")

    def recycle(self, *, reason: str, note: str = "") -> HandOver:
        """Give the lead back, to be looked at again: it belongs to whom it belonged before.

        Where the process has a move ``recycle`` from its stage, it makes that move too.

        The receiver gives back what they accepted. What was not answered yet, the one who submitted it may take back too.

        Args:
            reason: why, a line of up to 1,000 characters.
            note: what else there is to say.

        Raises:
            PolicyRefused: somebody else may not.
            NotNow: nothing waits or was accepted, or the lead is closed.
        """
        self._work._check_open("recycle it")
        latest = self.current
        if latest is None or latest.status not in (HandOverStatus.SUBMITTED, HandOverStatus.ACCEPTED):
            raise self._not_now("recycle it", "no hand-over waits or was accepted", "use the move recycle")
        may = [latest.to, latest.submitted_by] if latest.is_waiting else [latest.to]
        event = HandOverRecycled(at=self._work.at, by=self._work.by, reason=reason)
        self._check_actor(event, may)
        return self._recycled(event, reason, note)

    def _recycled(self, event: HandOverRecycled, reason: str, note: str) -> HandOver:
        """Move the lead where it can be moved, and settle the hand-over: both or neither."""
        work = self._work
        before, count = work._entity, len(work._events)
        try:
            if work._routes("recycle"):
                work.recycle(reason=reason, note=note)
            return self._recorded(event)
        except BaseException:
            work._entity = before
            del work._events[count:]
            raise

    def _answered(self, event: HandOverAccepted | HandOverRejected, doing: str) -> HandOver:
        self._work._check_open(doing)
        latest = self.current
        if latest is None or not latest.is_waiting:
            because = "it was not handed over" if latest is None else f"the hand-over was {latest.status}"
            raise self._not_now(doing, because, "submit it first")
        self._check_actor(event, [latest.to])
        return self._recorded(event)

    def _check_actor(self, event: Event[Never], may: list[str]) -> None:
        if self._work.by not in may:
            raise PolicyRefused(
                kind="lead",
                id=self._work.lead.id,
                by=self._work.by,
                event=type(event).__name__,
                reason=f"it was handed over to {may[0]}, who answers",
            )

    def _recorded(self, event: Event[Lead]) -> HandOver:
        return self._work.record(event).hand_overs[-1]

    def _not_now(self, tried: str, because: str, way_out: str) -> NotNow:
        return NotNow(kind="lead", id=self._work.lead.id, tried=tried, because=because, way_out=way_out)
