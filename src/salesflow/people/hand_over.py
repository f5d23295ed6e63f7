"""Handing a lead over: from the one who found it to the one who sells.

The one submits it, the other accepts it or rejects it with a reason; only the receiver can do either. With the acceptance
the lead changes its owner. Whatever comes back, before or after, is recycled with a reason. Every hand-over stays on the
lead, so that it can be seen who sends what, and what becomes of it.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from salesflow.errors import InvalidValue
from salesflow.event import Event
from salesflow.values.moments import is_optional_moment
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import is_line, is_optional_line, is_prose

if TYPE_CHECKING:
    from salesflow.people.lead import Lead

__all__ = [
    "HandOver",
    "HandOverAccepted",
    "HandOverRecycled",
    "HandOverRejected",
    "HandOverStatus",
    "HandOverSubmitted",
]


class HandOverStatus(StrEnum):
    """How far a hand-over is."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RECYCLED = "recycled"


@attrs.frozen(kw_only=True)
class HandOver:
    """A lead on its way from the one who found it to the one who sells.

    Attributes:
        id: its number within the lead, from 1.
        to: who shall take it.
        team: the team that works it from then on, where that changes.
        note: what whoever takes it should know; up to 10,000 characters.
        submitted_by: who handed it over.
        submitted_at: when.
        owner_before: who was responsible when it was handed over.
        team_before: the team that worked it then.
        status: how far it is.
        reason: why it was rejected or recycled.
        settled_by: who accepted, rejected or recycled it, whoever came last.
        settled_at: when.
    """

    id: int
    to: str = attrs.field(validator=is_line())
    team: str | None = attrs.field(default=None, validator=is_optional_line())
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())
    submitted_by: str = attrs.field(validator=is_line())
    submitted_at: datetime
    owner_before: str | None = attrs.field(default=None, validator=is_optional_line())
    team_before: str | None = attrs.field(default=None, validator=is_optional_line())
    status: HandOverStatus = HandOverStatus.SUBMITTED
    reason: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )
    settled_by: str | None = attrs.field(default=None, validator=is_optional_line())
    settled_at: datetime | None = attrs.field(default=None, validator=is_optional_moment())

    @property
    def is_waiting(self) -> bool:
        """Whether the receiver has neither accepted nor rejected it."""
        return self.status is HandOverStatus.SUBMITTED


def _settled(
    event: Event[Lead], lead: Lead, status: HandOverStatus, *, reason: str | None = None
) -> tuple[HandOver, ...]:
    """The hand-overs of a lead with the latest settled by an event."""
    if not lead.hand_overs:
        raise InvalidValue("only what was handed over is settled", field="hand_overs", way_out="submit it first")
    *others, latest = lead.hand_overs
    settled = attrs.evolve(latest, status=status, reason=reason, settled_by=event.by, settled_at=event.at)
    return (*others, settled)


@attrs.frozen(kw_only=True)
class HandOverSubmitted(Event["Lead"]):
    """The one who found a lead handed it over.

    Attributes:
        to: who shall take it.
        team: the team that works it from then on, where that changes.
        note: what whoever takes it should know.
    """

    to: str = attrs.field(validator=is_line())
    team: str | None = attrs.field(default=None, validator=is_optional_line())
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def apply(self, lead: Lead, /) -> Lead:
        """The lead with one more hand-over."""
        hand_over = HandOver(
            id=len(lead.hand_overs) + 1,
            to=self.to,
            team=self.team,
            note=self.note,
            submitted_by=self.by,
            submitted_at=self.at,
            owner_before=lead.owner,
            team_before=lead.team,
        )
        return lead.changed_by(self, hand_overs=(*lead.hand_overs, hand_over))


@attrs.frozen(kw_only=True)
class HandOverAccepted(Event["Lead"]):
    """The receiver took the lead: it is theirs from now on."""

    def apply(self, lead: Lead, /) -> Lead:
        """The lead with its new owner, and the team that was named."""
        hand_overs = _settled(self, lead, HandOverStatus.ACCEPTED)
        accepted = hand_overs[-1]
        team = lead.team if accepted.team is None else accepted.team
        return lead.changed_by(self, hand_overs=hand_overs, owner=accepted.to, team=team)


@attrs.frozen(kw_only=True)
class HandOverRejected(Event["Lead"]):
    """The receiver did not take the lead; it stays with whom it was.

    Attributes:
        reason: why, a line of up to 1,000 characters.
    """

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))

    def apply(self, lead: Lead, /) -> Lead:
        """The lead with its hand-over rejected."""
        return lead.changed_by(self, hand_overs=_settled(self, lead, HandOverStatus.REJECTED, reason=self.reason))


@attrs.frozen(kw_only=True)
class HandOverRecycled(Event["Lead"]):
    """A lead came back from a hand-over, to be looked at again; it belongs to whom it belonged before.

    Attributes:
        reason: why, a line of up to 1,000 characters.
    """

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))

    def apply(self, lead: Lead, /) -> Lead:
        """The lead with its hand-over recycled, and with its former owner where it had been accepted."""
        was_accepted = bool(lead.hand_overs) and lead.hand_overs[-1].status is HandOverStatus.ACCEPTED
        hand_overs = _settled(self, lead, HandOverStatus.RECYCLED, reason=self.reason)
        if not was_accepted:
            return lead.changed_by(self, hand_overs=hand_overs)
        back = hand_overs[-1]
        return lead.changed_by(self, hand_overs=hand_overs, owner=back.owner_before, team=back.team_before)
