"""The weekly meeting of a team: concerns, the solutions that anyone contributes, and what was decided.

A concern that comes back week after week is worth more attention than a new one, so each is recognized as new or recurring
when it is raised. A decision has an owner and a day; while it is not kept it is carried to the next meeting, which begins
with last week's promises.

A meeting is an entity, folded from its events. It is worked on in ``salesflow.measure.meeting_work``; what stands on its
agenda is in ``salesflow.measure.agenda``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.errors import InvalidValue, NotNow, UnknownName
from salesflow.event import Creation, Event
from salesflow.people.fields import first_version
from salesflow.values.moments import is_day, is_moment, is_optional_day, is_optional_moment
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import is_line, is_optional_line, is_prose, matching_key

__all__ = [
    "Concern",
    "ConcernRaised",
    "Decision",
    "DecisionMade",
    "DecisionSettled",
    "DecisionStatus",
    "SeenTopic",
    "Solution",
    "SolutionContributed",
    "TeamMeeting",
    "TeamMeetingClosed",
    "TeamMeetingOpened",
]


class DecisionStatus(StrEnum):
    """What became of a decision."""

    OPEN = "open"
    KEPT = "kept"
    DROPPED = "dropped"


@attrs.frozen(kw_only=True)
class Solution:
    """What somebody proposed to do about a concern.

    Attributes:
        id: its number within the concern.
        text: what to do.
        by: who proposed it; anyone may.
        at: when.
    """

    id: int
    text: str = attrs.field(validator=is_prose(), metadata=personal(ERASED))
    by: str = attrs.field(validator=is_line())
    at: datetime = attrs.field(validator=is_moment())


@attrs.frozen(kw_only=True)
class Concern:
    """What troubles the team.

    Attributes:
        id: its number within the meeting.
        topic: what it is about, in a line; it is recognized by this one, whatever its case, accents and punctuation.
        text: what there is to say about it.
        raised_by: who raised it.
        raised_at: when.
        seen_before: in how many of the earlier meetings it was raised.
        first_seen_on: the day of the first of them.
        deal_id: the deal that it is about, if it is about one.
        solutions: what was proposed, in order.
    """

    id: int
    topic: str = attrs.field(validator=is_line(personal=True))
    text: str = attrs.field(default="", validator=is_prose(), metadata=personal())
    raised_by: str = attrs.field(validator=is_line())
    raised_at: datetime = attrs.field(validator=is_moment())
    seen_before: int = 0
    first_seen_on: date | None = attrs.field(default=None, validator=is_optional_day())
    deal_id: str | None = attrs.field(default=None, validator=is_optional_line())
    solutions: tuple[Solution, ...] = ()

    @property
    def is_recurring(self) -> bool:
        """Whether it was raised before."""
        return self.seen_before > 0

    @property
    def key(self) -> str:
        """By what it is recognized."""
        return matching_key(self.topic)


@attrs.frozen(kw_only=True)
class Decision:
    """What somebody will do by when.

    Attributes:
        id: its number within the meeting.
        text: what.
        owner: who does it.
        due_on: by which day.
        concern_id: the concern that it is about, by its number in the meeting in which it was made.
        made_in: the meeting in which it was made, where it was carried over.
        made_on: the day of that meeting.
        times_carried: over how many meetings it was carried.
        status: what became of it.
        note: what there is to say about that.
    """

    id: int
    text: str = attrs.field(validator=is_line(1000, personal=True))
    owner: str = attrs.field(validator=is_line())
    due_on: date = attrs.field(validator=is_day())
    concern_id: int | None = None
    made_in: str | None = attrs.field(default=None, validator=is_optional_line())
    made_on: date | None = attrs.field(default=None, validator=is_optional_day())
    times_carried: int = 0
    status: DecisionStatus = DecisionStatus.OPEN
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    @property
    def is_open(self) -> bool:
        """Whether it is still to be kept."""
        return self.status is DecisionStatus.OPEN

    def is_overdue(self, on: date) -> bool:
        """Whether it should have been kept before this day."""
        return self.is_open and self.due_on < on


@attrs.frozen(kw_only=True)
class SeenTopic:
    """A topic of earlier meetings, so that a concern is recognized when it comes back.

    Attributes:
        key: by what it is recognized.
        times: in how many meetings it was raised.
        first_seen_on: the day of the first of them.
    """

    key: str
    times: int
    first_seen_on: date = attrs.field(validator=is_day())


@attrs.frozen(kw_only=True)
class TeamMeeting(Entity):
    """A meeting of a team.

    Attributes:
        team: which team.
        held_on: the day.
        concerns: what was raised, in order.
        decisions: what was decided, here or before; carried ones first.
        seen: the topics of earlier meetings.
        closed_at: when it was over.
    """

    team: str = attrs.field(validator=is_line())
    held_on: date = attrs.field(validator=is_day())
    concerns: tuple[Concern, ...] = ()
    decisions: tuple[Decision, ...] = ()
    seen: tuple[SeenTopic, ...] = ()
    closed_at: datetime | None = attrs.field(default=None, validator=is_optional_moment())

    @property
    def promises(self) -> tuple[Decision, ...]:
        """What was decided in earlier meetings and carried to this one."""
        return tuple(one for one in self.decisions if one.made_in is not None)

    @property
    def open_decisions(self) -> tuple[Decision, ...]:
        """What is still to be kept."""
        return tuple(one for one in self.decisions if one.is_open)

    @property
    def topics(self) -> tuple[SeenTopic, ...]:
        """The topics of this and of earlier meetings: what the next one has seen."""
        found = {one.key: one for one in self.seen}
        for concern in self.concerns:
            first = concern.first_seen_on or self.held_on
            found[concern.key] = SeenTopic(key=concern.key, times=concern.seen_before + 1, first_seen_on=first)
        return tuple(found.values())

    def concern(self, number: int) -> Concern:
        """The concern of this number.

        Raises:
            UnknownName: there is none.
        """
        return _numbered(self.concerns, number, "concern")

    def decision(self, number: int) -> Decision:
        """The decision of this number.

        Raises:
            UnknownName: there is none.
        """
        return _numbered(self.decisions, number, "decision")


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


N = TypeVar("N", bound=_Numbered)


def _numbered(records: Sequence[N], number: int, kind: str) -> N:
    for record in records:
        if record.id == number:
            return record
    raise UnknownName(kind, number, [record.id for record in records], where="the meeting")


def _check_open(meeting: TeamMeeting, doing: str) -> None:
    if meeting.closed_at is not None:
        raise NotNow(
            kind="meeting",
            id=meeting.id,
            tried=doing,
            because="it is over",
            way_out="bring it to the next one",
        )


@attrs.frozen(kw_only=True)
class TeamMeetingOpened(Creation[TeamMeeting]):
    """A meeting began.

    Attributes:
        meeting: the meeting at version 0, with what was carried to it.
    """

    meeting: TeamMeeting

    def create(self) -> TeamMeeting:
        """The meeting at version 1."""
        return first_version(self.meeting, self, field="meeting", kind=TeamMeeting)


@attrs.frozen(kw_only=True)
class ConcernRaised(Event[TeamMeeting]):
    """Somebody said what troubles the team.

    Attributes:
        topic, text, deal_id: as in ``Concern``.
    """

    topic: str = attrs.field(validator=is_line(personal=True))
    text: str = attrs.field(default="", validator=is_prose(), metadata=personal())
    deal_id: str | None = attrs.field(default=None, validator=is_optional_line())

    def apply(self, meeting: TeamMeeting, /) -> TeamMeeting:
        """The meeting with this concern, recognized where an earlier meeting has seen its topic."""
        _check_open(meeting, "raise a concern")
        before = next((one for one in meeting.seen if one.key == matching_key(self.topic)), None)
        concern = Concern(
            id=len(meeting.concerns) + 1,
            topic=self.topic,
            text=self.text,
            raised_by=self.by,
            raised_at=self.at,
            seen_before=0 if before is None else before.times,
            first_seen_on=None if before is None else before.first_seen_on,
            deal_id=self.deal_id,
        )
        if concern.key in {one.key for one in meeting.concerns}:
            raise InvalidValue(
                "a concern is raised once in a meeting",
                field="topic",
                value=self.topic,
                way_out="contribute a solution to it",
            )
        return meeting.changed_by(self, concerns=(*meeting.concerns, concern))


@attrs.frozen(kw_only=True)
class SolutionContributed(Event[TeamMeeting]):
    """Somebody proposed what to do about a concern.

    Attributes:
        concern_id: the number of the concern.
        text: what to do.
    """

    concern_id: int
    text: str = attrs.field(validator=is_prose(), metadata=personal(ERASED))

    def apply(self, meeting: TeamMeeting, /) -> TeamMeeting:
        """The meeting with this solution."""
        _check_open(meeting, "contribute a solution")
        concern = meeting.concern(self.concern_id)
        solution = Solution(id=len(concern.solutions) + 1, text=self.text, by=self.by, at=self.at)
        changed = attrs.evolve(concern, solutions=(*concern.solutions, solution))
        return meeting.changed_by(
            self, concerns=tuple(changed if one.id == concern.id else one for one in meeting.concerns)
        )


@attrs.frozen(kw_only=True)
class DecisionMade(Event[TeamMeeting]):
    """It was decided who does what by when.

    Attributes:
        text, owner, due_on, concern_id: as in ``Decision``.
    """

    text: str = attrs.field(validator=is_line(1000, personal=True))
    owner: str = attrs.field(validator=is_line())
    due_on: date = attrs.field(validator=is_day())
    concern_id: int | None = None

    def apply(self, meeting: TeamMeeting, /) -> TeamMeeting:
        """The meeting with this decision."""
        _check_open(meeting, "decide")
        if self.concern_id is not None:
            meeting.concern(self.concern_id)
        if self.due_on < meeting.held_on:
            raise InvalidValue(
                "a decision is for a day to come",
                field="due_on",
                value=self.due_on.isoformat(),
                way_out=f"give {meeting.held_on.isoformat()} or later",
            )
        decision = Decision(
            id=len(meeting.decisions) + 1,
            text=self.text,
            owner=self.owner,
            due_on=self.due_on,
            concern_id=self.concern_id,
        )
        return meeting.changed_by(self, decisions=(*meeting.decisions, decision))


@attrs.frozen(kw_only=True)
class DecisionSettled(Event[TeamMeeting]):
    """A decision was kept, or dropped.

    Attributes:
        decision_id: its number in this meeting.
        status: which of the two.
        note: what there is to say about it.
    """

    decision_id: int
    status: DecisionStatus
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def apply(self, meeting: TeamMeeting, /) -> TeamMeeting:
        """The meeting with this decision settled."""
        _check_open(meeting, "settle a decision")
        decision = meeting.decision(self.decision_id)
        if not decision.is_open:
            raise NotNow(
                kind="meeting",
                id=meeting.id,
                tried=f"settle decision {decision.id}",
                because=f"it is {decision.status}",
                way_out="make another decision",
            )
        if self.status is DecisionStatus.OPEN:
            raise InvalidValue("a decision is settled by being kept or dropped", field="status", value=self.status)
        changed = attrs.evolve(decision, status=self.status, note=self.note)
        return meeting.changed_by(
            self, decisions=tuple(changed if one.id == decision.id else one for one in meeting.decisions)
        )


@attrs.frozen(kw_only=True)
class TeamMeetingClosed(Event[TeamMeeting]):
    """A meeting was over."""

    def apply(self, meeting: TeamMeeting, /) -> TeamMeeting:
        """The meeting, to which nothing is added any more."""
        _check_open(meeting, "close it")
        return meeting.changed_by(self, closed_at=self.at)
