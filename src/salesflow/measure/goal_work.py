"""The unit of work on a goal: one actor, one moment, and what is handed to the storage afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from salesflow.event import Event
from salesflow.measure.entity_work import EntityWork
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

__all__ = ["GoalWork"]


class GoalWork(EntityWork[Goal]):
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

    __slots__ = ()

    _kind: ClassVar[str] = "goal"
    _begin: ClassVar[str] = "GoalWork.propose(...)"

    @classmethod
    def propose(cls, draft: Goal, /, *, by: str, at: datetime, policy: Policy[Goal] | None = None) -> Self:
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
        return cls._created(event, event.create(), policy)

    @property
    def goal(self) -> Goal:
        """The goal as it is now."""
        return self._entity

    def commit(self) -> Self:
        """Commit to the target as it stands. Only the owner of the goal may.

        Raises:
            PolicyRefused: somebody else tries.
            NotNow: it is committed to already, or it was withdrawn.
        """
        return self._done(GoalCommitted(at=self._at, by=self._by))

    def revise(self, target: Target, *, reason: str) -> Self:
        """Propose another target. What was committed to before counts until the owner commits to this one.

        Args:
            target: the new one, of the same kind.
            reason: why, a line.

        Raises:
            PolicyRefused: this actor may not.
            NotNow: it is its target already, or the goal was withdrawn.
            InvalidValue: no reason is given, or the target counts something else.
        """
        return self._done(GoalRevised(at=self._at, by=self._by, target=target, reason=reason))

    def reassign(self, owner: str, *, reason: str) -> Self:
        """Give the goal to another owner, who has yet to commit to it.

        Raises:
            PolicyRefused: this actor may not.
            NotNow: the goal was withdrawn.
            InvalidValue: no owner or no reason is given.
        """
        return self._done(GoalReassigned(at=self._at, by=self._by, owner=owner, reason=reason))

    def withdraw(self, *, reason: str) -> Self:
        """Give the goal up; it does not count any more.

        Raises:
            PolicyRefused: this actor may not.
            NotNow: it was withdrawn before.
            InvalidValue: no reason is given.
        """
        return self._done(GoalWithdrawn(at=self._at, by=self._by, reason=reason))

    def _done(self, event: Event[Goal]) -> Self:
        self._record(event)
        return self
