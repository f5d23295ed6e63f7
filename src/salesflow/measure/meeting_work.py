"""The unit of work on a meeting: one actor, one moment. Anyone may raise a concern and contribute a solution."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.entity_work import EntityWork
from salesflow.measure.meeting import (
    Concern,
    ConcernRaised,
    Decision,
    DecisionMade,
    DecisionSettled,
    DecisionStatus,
    Solution,
    SolutionContributed,
    TeamMeeting,
    TeamMeetingClosed,
    TeamMeetingOpened,
)
from salesflow.process.policy import Policy

__all__ = ["MeetingWork"]


class MeetingWork(EntityWork[TeamMeeting]):
    """One actor works on one meeting at one moment. What is refused leaves the meeting as it was.

    Args:
        meeting: the meeting as it is stored.
        by: who works.
        at: when; aware, and not before the last event of the meeting.
        policy: says who may record what; without one everybody may.

    Example::

        work = MeetingWork.begin(id="M-2", team="north", held_on=monday, previous=last_week, by="dan", at=now)
        concern = work.raise_concern("Deliveries are late", text="Three customers asked this week.")
        work.contribute(concern, "Tell them the new date before they ask.")
        work.decide("Call the carrier", owner="noa", due_on=friday, concern=concern)
        storage.commit(work.changes)
    """

    __slots__ = ()

    _kind = "meeting"
    _begin = "MeetingWork.begin(...)"

    @classmethod
    def begin(
        cls,
        *,
        id: str,
        team: str,
        held_on: date,
        previous: TeamMeeting | None = None,
        by: str,
        at: datetime,
        policy: Policy[TeamMeeting] | None = None,
    ) -> MeetingWork:
        """Begin a meeting. What the meeting before has left open is carried to it, and so is what it knows of concerns.

        Args:
            id: unique among meetings.
            team: which team meets.
            held_on: the day.
            previous: the meeting before, of the same team.
            by: who opens it.
            at: when; aware.
            policy: as for the class.

        Raises:
            InvalidValue: the meeting before is of another team, or not earlier.
        """
        if previous is not None and (previous.team != team or previous.held_on >= held_on):
            raise InvalidValue(
                "the meeting before is an earlier one of the same team",
                field="previous",
                value=f"{previous.id} of {previous.team} on {previous.held_on.isoformat()}",
                way_out="leave it out for the first meeting",
            )
        draft = TeamMeeting(id=id, team=team, held_on=held_on)
        if previous is not None:
            carried = tuple(_carried(one, previous, number) for number, one in enumerate(previous.open_decisions, 1))
            draft = attrs.evolve(draft, decisions=carried, seen=previous.topics)
        event = TeamMeetingOpened(at=at, by=by, meeting=draft)
        return cls._created(event, event.create(), policy)

    @property
    def meeting(self) -> TeamMeeting:
        """The meeting as it is now."""
        return self._entity

    def raise_concern(self, topic: str, /, *, text: str = "", deal_id: str | None = None) -> Concern:
        """Raise a concern; it is recognized as recurring where an earlier meeting had one of the same topic.

        Args:
            topic: what it is about, in a line.
            text: what there is to say.
            deal_id: the deal that it is about, if it is about one.

        Raises:
            InvalidValue: it was raised in this meeting already.
            NotNow: the meeting is over.
        """
        self._record(ConcernRaised(at=self._at, by=self._by, topic=topic, text=text, deal_id=deal_id))
        return self.meeting.concerns[-1]

    def contribute(self, concern: Concern | int, text: str, /) -> Solution:
        """Contribute a solution to a concern.

        Raises:
            UnknownName: there is no such concern.
            NotNow: the meeting is over.
        """
        number = concern if isinstance(concern, int) else concern.id
        self._record(SolutionContributed(at=self._at, by=self._by, concern_id=number, text=text))
        return self.meeting.concern(number).solutions[-1]

    def decide(self, text: str, /, *, owner: str, due_on: date, concern: Concern | int | None = None) -> Decision:
        """Decide who does what by when.

        Raises:
            InvalidValue: the day lies before the meeting, or nobody owns it.
            UnknownName: there is no such concern.
            NotNow: the meeting is over.
        """
        number = concern.id if isinstance(concern, Concern) else concern
        self._record(DecisionMade(at=self._at, by=self._by, text=text, owner=owner, due_on=due_on, concern_id=number))
        return self.meeting.decisions[-1]

    def keep(self, decision: Decision | int, /, *, note: str = "") -> Decision:
        """Say that a decision was kept.

        Raises:
            UnknownName: there is no such decision.
            NotNow: it was settled before, or the meeting is over.
        """
        return self._settle(decision, DecisionStatus.KEPT, note)

    def drop(self, decision: Decision | int, /, *, note: str) -> Decision:
        """Say that a decision will not be kept, and why.

        Raises:
            UnknownName: there is no such decision.
            NotNow: it was settled before, or the meeting is over.
        """
        return self._settle(decision, DecisionStatus.DROPPED, note)

    def close(self) -> None:
        """End the meeting. What is open then is carried to the next one.

        Raises:
            NotNow: it is over already.
        """
        self._record(TeamMeetingClosed(at=self._at, by=self._by))

    def _settle(self, decision: Decision | int, status: DecisionStatus, note: str) -> Decision:
        number = decision if isinstance(decision, int) else decision.id
        self._record(DecisionSettled(at=self._at, by=self._by, decision_id=number, status=status, note=note))
        return self.meeting.decision(number)


def _carried(decision: Decision, meeting: TeamMeeting, number: int) -> Decision:
    """A decision as the next meeting has it."""
    return attrs.evolve(
        decision,
        id=number,
        made_in=decision.made_in or meeting.id,
        made_on=decision.made_on or meeting.held_on,
        times_carried=decision.times_carried + 1,
    )
