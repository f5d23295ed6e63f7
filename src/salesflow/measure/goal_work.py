"""The unit of work on a goal: one actor, one moment, and what is handed to the storage afterwards.

A goal has no stages and no process, so this is a small relative of ``Sale`` and ``LeadWork``, with the same outside.
"""

from __future__ import annotations

from datetime import datetime

from salesflow.changes import ChangeSet, explained
from salesflow.errors import InvalidValue, OutOfOrder, PolicyRefused
from salesflow.event import Event
from salesflow.measure.goals import (
    Goal,
    GoalCommitted,
    GoalProposed,
    GoalReassigned,
    GoalRevised,
    GoalWithdrawn,
)
from salesflow.measure.target import Target
from salesflow.process.policy import Policy
from salesflow.values.moments import elapsed, moment
from salesflow.values.text import line

__all__ = ["GoalWork"]


class GoalWork:
    """One actor works on one goal at one moment. What is refused leaves the goal as it was.

    Begin with :meth:`propose` for a new goal, or with a stored one.

    Args:
        goal: the goal as it is stored.
        by: who works.
        at: when; aware, and not before the last event of the goal.
        policy: says who may record what; without one everybody may, but for what only the owner of a goal does.

    Raises:
        InvalidValue: the actor says nothing, or the moment has no time zone.
        OutOfOrder: the moment lies before the last event.

    Example::

        work = GoalWork.propose(Goal(id="G-1", level="person", of="noa", target=target), by="dan", at=now)
        storage.commit(work.changes)
        storage.commit(GoalWork(storage.get(Goal, "G-1"), by="noa", at=later).commit().changes)
    """

    __slots__ = ("_at", "_before", "_by", "_events", "_goal", "_policy")

    def __init__(self, goal: Goal, /, *, by: str, at: datetime, policy: Policy[Goal] | None = None) -> None:
        self._by = line(by, field="by")
        self._at = moment(at, field="at")
        if goal.version == 0:
            raise InvalidValue(
                "a draft was not proposed yet", field="goal", value=goal.id, way_out="begin with GoalWork.propose(...)"
            )
        if goal.changed_at is not None and elapsed(goal.changed_at, at).days < 0:
            raise OutOfOrder(kind="goal", id=goal.id, at=at.isoformat(), last=goal.changed_at.isoformat())
        self._before: Goal | None = goal
        self._goal = goal
        self._policy = policy
        self._events: list[Event[Goal]] = []

    @classmethod
    def propose(cls, draft: Goal, /, *, by: str, at: datetime, policy: Policy[Goal] | None = None) -> GoalWork:
        """Propose a new goal.

        Args:
            draft: the goal at version 0.
            by: who proposes it; anybody may, unless the policy says otherwise.
            at: when.
            policy: as for the class.

        Raises:
            PolicyRefused: this actor may not.
            InvalidValue: the draft has a version, or claims to be committed to.
        """
        event = GoalProposed(at=at, by=by, goal=draft)
        work = cls(event.create(), by=by, at=at, policy=policy)
        work._permit(event)
        work._before = None
        work._events.append(event)
        return work

    @property
    def goal(self) -> Goal:
        """The goal as it is now."""
        return self._goal

    @property
    def events(self) -> tuple[Event[Goal], ...]:
        """What was recorded so far."""
        return tuple(self._events)

    @property
    def changes(self) -> ChangeSet:
        """What a storage commits; empty where nothing was recorded."""
        return explained(self._before, self.events, self._goal) if self._events else ChangeSet()

    def commit(self) -> GoalWork:
        """Commit to the target as it stands. Only the owner of the goal may.

        Raises:
            PolicyRefused: somebody else tries.
            NotNow: it is committed to already, or it was withdrawn.
        """
        return self._record(GoalCommitted(at=self._at, by=self._by))

    def revise(self, target: Target, *, reason: str) -> GoalWork:
        """Propose another target. What was committed to before counts until the owner commits to this one.

        Args:
            target: the new one, of the same kind.
            reason: why, a line.

        Raises:
            PolicyRefused: this actor may not.
            NotNow: it is its target already, or the goal was withdrawn.
            InvalidValue: no reason is given, or the target counts something else.
        """
        return self._record(GoalRevised(at=self._at, by=self._by, target=target, reason=reason))

    def reassign(self, owner: str, *, reason: str) -> GoalWork:
        """Give the goal to another owner, who has yet to commit to it.

        Raises:
            PolicyRefused: this actor may not.
            NotNow: the goal was withdrawn.
            InvalidValue: no owner or no reason is given.
        """
        return self._record(GoalReassigned(at=self._at, by=self._by, owner=owner, reason=reason))

    def withdraw(self, *, reason: str) -> GoalWork:
        """Give the goal up; it does not count any more.

        Raises:
            PolicyRefused: this actor may not.
            NotNow: it was withdrawn before.
            InvalidValue: no reason is given.
        """
        return self._record(GoalWithdrawn(at=self._at, by=self._by, reason=reason))

    def _record(self, event: Event[Goal]) -> GoalWork:
        changed = event.apply(self._goal)
        assert isinstance(changed, Goal)
        self._permit(event)
        self._goal = changed
        self._events.append(event)
        return self

    def _permit(self, event: Event[Goal]) -> None:
        """Ask the policy of the host; an error in it refuses."""
        if self._policy is None:
            return
        try:
            reason = self._policy.refusal(event, self._goal)
        except Exception as error:
            raise self._forbidden(event, "the policy itself failed") from error
        if reason is not None:
            raise self._forbidden(event, reason)

    def _forbidden(self, event: Event[Goal], reason: str) -> PolicyRefused:
        return PolicyRefused(kind="goal", id=self._goal.id, by=self._by, event=type(event).__name__, reason=reason)

    def __repr__(self) -> str:
        return f"<GoalWork on {self._goal.id} by {self._by}: {len(self._events)} events>"
