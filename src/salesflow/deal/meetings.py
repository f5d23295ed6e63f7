"""Meetings: when both sides talk, planned and held.

The first meeting is where the customer is approached; later ones find out needs, present, negotiate, and
after the sale keep the relation alive. So meetings are kept after a deal is won, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import attrs

from salesflow.deal.children import as_it_is, find, is_told, named, next_id, replaced
from salesflow.deal.desk import D, Desk
from salesflow.errors import InvalidValue, NotNow
from salesflow.event import Event
from salesflow.outcome import Outcome
from salesflow.values.moments import elapsed, is_moment, is_optional_moment, moment
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import are_lines, is_line, is_optional_line, lines

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "Meeting",
    "MeetingCanceled",
    "MeetingHeld",
    "MeetingMissed",
    "MeetingPlanned",
    "MeetingPurpose",
    "MeetingRecorded",
    "MeetingRescheduled",
    "MeetingStatus",
    "MeetingsDesk",
]


class MeetingPurpose(StrEnum):
    """What a meeting is for. A purpose of your own is any short text."""

    FIRST_MEETING = "first meeting"
    NEEDS = "needs"
    PRESENTATION = "presentation"
    NEGOTIATION = "negotiation"
    FOLLOW_UP = "follow-up"
    OTHER = "other"


class MeetingStatus(StrEnum):
    """What became of a meeting."""

    PLANNED = "planned"
    HELD = "held"
    CANCELED = "canceled"
    MISSED = "missed"


@attrs.frozen(kw_only=True)
class Meeting:
    """One meeting, call or visit.

    Attributes:
        id: its number within the deal, from 1.
        purpose: a ``MeetingPurpose`` or a short text of your own.
        planned_for: when it is or was to take place; aware; ``None`` where that is open.
        place: where: an address, a room, a phone number, a link.
        attendees: who takes or took part, by id: contacts and our own people.
        status: what became of it.
        held_at: when it took place.
        summary: what was said; up to 10,000 characters.
        result: what came out of it.
        next_step: what was agreed to do next.
        note: why it was canceled, missed or rescheduled the last time.
        times_rescheduled: how often it was moved.
    """

    id: int
    purpose: str
    planned_for: datetime | None = None
    place: str | None = attrs.field(default=None, metadata=personal())
    attendees: tuple[str, ...] = attrs.field(default=(), metadata=personal())
    status: MeetingStatus = MeetingStatus.PLANNED
    held_at: datetime | None = None
    summary: str | None = attrs.field(default=None, metadata=personal())
    result: str | None = attrs.field(default=None, metadata=personal())
    next_step: str | None = attrs.field(default=None, metadata=personal())
    note: str | None = attrs.field(default=None, metadata=personal())
    times_rescheduled: int = 0

    @property
    def is_planned(self) -> bool:
        """Whether it is still to come."""
        return self.status is MeetingStatus.PLANNED

    @property
    def is_held(self) -> bool:
        """Whether it took place."""
        return self.status is MeetingStatus.HELD


@attrs.frozen(kw_only=True)
class MeetingPlanned(Event["Deal"]):
    """A meeting was agreed."""

    meeting_id: int
    purpose: str = attrs.field(validator=is_line(limit=60))
    planned_for: datetime | None = attrs.field(default=None, validator=is_optional_moment())
    place: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=500, personal=True), metadata=personal()
    )
    attendees: tuple[str, ...] = attrs.field(default=(), validator=are_lines(personal=True), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more meeting planned."""
        planned = Meeting(
            id=self.meeting_id,
            purpose=self.purpose,
            planned_for=self.planned_for,
            place=self.place,
            attendees=self.attendees,
        )
        return deal.changed_by(self, meetings=(*deal.meetings, planned))


@attrs.frozen(kw_only=True)
class MeetingRecorded(Event["Deal"]):
    """A meeting took place that had not been planned here."""

    meeting_id: int
    purpose: str = attrs.field(validator=is_line(limit=60))
    held_at: datetime = attrs.field(validator=is_moment())
    summary: str = attrs.field(validator=is_told(), metadata=personal(ERASED))
    place: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=500, personal=True), metadata=personal()
    )
    attendees: tuple[str, ...] = attrs.field(default=(), validator=are_lines(personal=True), metadata=personal())
    result: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )
    next_step: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more meeting held."""
        held = Meeting(
            id=self.meeting_id,
            purpose=self.purpose,
            place=self.place,
            attendees=self.attendees,
            status=MeetingStatus.HELD,
            held_at=self.held_at,
            summary=self.summary,
            result=self.result,
            next_step=self.next_step,
        )
        return deal.changed_by(self, meetings=(*deal.meetings, held))


@attrs.frozen(kw_only=True)
class _MeetingChanged(Event["Deal"]):
    meeting_id: int

    def _replace(self, deal: Deal, **changes: object) -> Deal:
        meeting = find(deal.meetings, self.meeting_id, kind="meeting")
        changed = attrs.evolve(meeting, **changes)  # type: ignore[arg-type]  # the callers below name the fields
        return deal.changed_by(self, meetings=replaced(deal.meetings, changed))


@attrs.frozen(kw_only=True)
class MeetingHeld(_MeetingChanged):
    """A planned meeting took place."""

    held_at: datetime = attrs.field(validator=is_moment())
    summary: str = attrs.field(validator=is_told(), metadata=personal(ERASED))
    attendees: tuple[str, ...] = attrs.field(default=(), validator=are_lines(personal=True), metadata=personal())
    result: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )
    next_step: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this meeting held."""
        return self._replace(
            deal,
            status=MeetingStatus.HELD,
            held_at=self.held_at,
            summary=self.summary,
            attendees=self.attendees,
            result=self.result,
            next_step=self.next_step,
        )


@attrs.frozen(kw_only=True)
class MeetingCanceled(_MeetingChanged):
    """A planned meeting will not take place."""

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this meeting canceled."""
        return self._replace(deal, status=MeetingStatus.CANCELED, note=self.reason)


@attrs.frozen(kw_only=True)
class MeetingMissed(_MeetingChanged):
    """Somebody did not come."""

    reason: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this meeting missed."""
        return self._replace(deal, status=MeetingStatus.MISSED, note=self.reason)


@attrs.frozen(kw_only=True)
class MeetingRescheduled(_MeetingChanged):
    """A meeting was moved to another moment."""

    planned_for: datetime = attrs.field(validator=is_moment())
    reason: str | None = attrs.field(
        default=None, validator=is_optional_line(limit=1000, personal=True), metadata=personal()
    )

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this meeting planned for another moment."""
        times = find(deal.meetings, self.meeting_id, kind="meeting").times_rescheduled
        return self._replace(
            deal,
            status=MeetingStatus.PLANNED,
            planned_for=self.planned_for,
            note=self.reason,
            times_rescheduled=times + 1,
        )


class MeetingsDesk(Desk[D]):
    """Where meetings are planned and their results recorded: ``sale.meetings``. It works after a win, too."""

    __slots__ = ()

    works_while: ClassVar[frozenset[Outcome]] = frozenset({Outcome.OPEN, Outcome.WON})

    @property
    def planned(self) -> tuple[Meeting, ...]:
        """The meetings still to come, in the order in which they were planned."""
        return tuple(meeting for meeting in self.deal.meetings if meeting.is_planned)

    @property
    def held(self) -> tuple[Meeting, ...]:
        """The meetings that took place, in the order of their numbers."""
        return tuple(meeting for meeting in self.deal.meetings if meeting.is_held)

    def plan(
        self,
        purpose: MeetingPurpose | str,
        *,
        planned_for: datetime | None = None,
        place: str | None = None,
        attendees: Iterable[str] = (),
    ) -> Meeting:
        """Record that a meeting was agreed.

        Args:
            purpose: a ``MeetingPurpose`` or a short text of your own.
            planned_for: when it is to take place; aware; not before the moment of the sale.
            place: where: an address, a room, a phone number, a link.
            attendees: who is to take part, by id.

        Returns:
            The meeting, with its number.

        Raises:
            InvalidValue: it would lie in the past, or a text is blank or too long.
            NotNow: the deal is lost.

        Example:
            ``sale.meetings.plan(MeetingPurpose.FIRST_MEETING, planned_for=monday, attendees=["C-1"])``
        """
        self._check_open("plan a meeting")
        if planned_for is not None:
            self._check_future(planned_for)
        self._record(
            MeetingPlanned(
                at=self._sale.at,
                by=self._sale.by,
                meeting_id=next_id(self.deal.meetings),
                purpose=named(purpose),
                planned_for=planned_for,
                place=place,
                attendees=lines(attendees, field="attendees", personal=True),
            )
        )
        return self.deal.meetings[-1]

    def record(
        self,
        purpose: MeetingPurpose | str,
        *,
        summary: str,
        attendees: Iterable[str] = (),
        held_at: datetime | None = None,
        place: str | None = None,
        result: str | None = None,
        next_step: str | None = None,
    ) -> Meeting:
        """Record a meeting that took place without having been planned here.

        Args:
            purpose: a ``MeetingPurpose`` or a short text of your own.
            summary: what was said; up to 10,000 characters.
            attendees: who took part, by id.
            held_at: when it took place; the moment of the sale where not given, never after it.
            place: where: an address, a room, a phone number, a link.
            result: what came out of it.
            next_step: what was agreed to do next.

        Returns:
            The meeting, with its number.

        Raises:
            InvalidValue: it would lie in the future, or a text is blank or too long.
            NotNow: the deal is lost.
        """
        self._check_open("record a meeting")
        self._record(
            MeetingRecorded(
                at=self._sale.at,
                by=self._sale.by,
                meeting_id=next_id(self.deal.meetings),
                purpose=named(purpose),
                held_at=self._past(held_at),
                summary=summary,
                place=place,
                attendees=lines(attendees, field="attendees", personal=True),
                result=result,
                next_step=next_step,
            )
        )
        return self.deal.meetings[-1]

    def hold(
        self,
        meeting: Meeting | int,
        *,
        summary: str,
        attendees: Iterable[str] | None = None,
        held_at: datetime | None = None,
        result: str | None = None,
        next_step: str | None = None,
    ) -> Meeting:
        """Record that a planned meeting took place. One that was not planned is recorded with ``record``.

        Args:
            meeting: the meeting, or its number.
            summary: what was said; up to 10,000 characters.
            attendees: who took part, by id; those who were to take part where not given.
            held_at: when it took place; the moment of the sale where not given, never after it.
            result: what came out of it.
            next_step: what was agreed to do next.

        Raises:
            UnknownName: the deal has no such meeting.
            InvalidValue: it would lie in the future, or a text is blank or too long.
            NotNow: the meeting is not planned (any more), or the deal is lost.

        Example:
            ``sale.meetings.hold(meeting, summary="They run four shops", next_step="demo on Friday")``
        """
        found = self._planned(meeting, "hold")
        self._record(
            MeetingHeld(
                at=self._sale.at,
                by=self._sale.by,
                meeting_id=found.id,
                held_at=self._past(held_at),
                summary=summary,
                attendees=found.attendees if attendees is None else lines(attendees, field="attendees", personal=True),
                result=result,
                next_step=next_step,
            )
        )
        return self._now(found)

    def cancel(self, meeting: Meeting | int, *, reason: str) -> Meeting:
        """Record that a planned meeting will not take place.

        Raises:
            UnknownName: the deal has no such meeting.
            NotNow: the meeting is not planned (any more), or the deal is lost.
        """
        found = self._planned(meeting, "cancel")
        self._record(MeetingCanceled(at=self._sale.at, by=self._sale.by, meeting_id=found.id, reason=reason))
        return self._now(found)

    def miss(self, meeting: Meeting | int, *, reason: str | None = None) -> Meeting:
        """Record that somebody did not come.

        Raises:
            UnknownName: the deal has no such meeting.
            NotNow: the meeting is still to come or is not planned (any more), or the deal is lost.
        """
        found = self._planned(meeting, "miss")
        if found.planned_for is not None and elapsed(self._sale.at, found.planned_for) > timedelta():
            raise NotNow(
                id=self.deal.id,
                tried=f"miss meeting {found.id}",
                because=f"it is still to come, at {found.planned_for.isoformat()}",
                way_out="cancel or reschedule it",
            )
        self._record(MeetingMissed(at=self._sale.at, by=self._sale.by, meeting_id=found.id, reason=reason))
        return self._now(found)

    def reschedule(self, meeting: Meeting | int, *, planned_for: datetime, reason: str | None = None) -> Meeting:
        """Record that a planned or missed meeting was moved to another moment.

        Args:
            meeting: the meeting, or its number.
            planned_for: when it is to take place now; aware; not before the moment of the sale.
            reason: why it was moved.

        Raises:
            UnknownName: the deal has no such meeting.
            InvalidValue: it would lie in the past.
            NotNow: the meeting was held or canceled, or the deal is lost.
        """
        self._check_open("reschedule a meeting")
        found = find(self.deal.meetings, meeting, kind="meeting")
        if found.status not in (MeetingStatus.PLANNED, MeetingStatus.MISSED):
            raise self._settled(found, "reschedule")
        self._check_future(planned_for)
        self._record(
            MeetingRescheduled(
                at=self._sale.at,
                by=self._sale.by,
                meeting_id=found.id,
                planned_for=planned_for,
                reason=reason,
            )
        )
        return self._now(found)

    def _planned(self, meeting: Meeting | int, doing: str) -> Meeting:
        self._check_open(f"{doing} a meeting")
        found = find(self.deal.meetings, meeting, kind="meeting")
        if not found.is_planned:
            raise self._settled(found, doing)
        return found

    def _settled(self, meeting: Meeting, doing: str) -> NotNow:
        missed = meeting.status is MeetingStatus.MISSED
        return NotNow(
            id=self.deal.id,
            tried=f"{doing} meeting {meeting.id}",
            because=f"it is {meeting.status}",
            way_out="reschedule it first" if missed else "plan a new one",
        )

    def _check_future(self, planned_for: datetime) -> None:
        if elapsed(self._sale.at, moment(planned_for, field="planned_for")) < timedelta():
            raise InvalidValue(
                "a meeting is planned for the future",
                field="planned_for",
                value=planned_for.isoformat(),
                way_out=f"give a moment at or after {self._sale.at.isoformat()}, or record it as held",
            )

    def _past(self, held_at: datetime | None) -> datetime:
        if held_at is None:
            return self._sale.at
        if elapsed(self._sale.at, moment(held_at, field="held_at")) > timedelta():
            raise InvalidValue(
                "a meeting was held in the past",
                field="held_at",
                value=held_at.isoformat(),
                way_out=f"give a moment up to {self._sale.at.isoformat()}, or plan it",
            )
        return held_at

    def _now(self, meeting: Meeting) -> Meeting:
        return as_it_is(self.deal.meetings, meeting)
