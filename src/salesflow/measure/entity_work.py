"""The unit of work on what has no stages and no process: a goal, a meeting. A small relative of ``Sale``."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Generic, Self, TypeVar

from salesflow.changes import ChangeSet, explained
from salesflow.entity import Entity
from salesflow.errors import InvalidValue, OutOfOrder, PolicyRefused
from salesflow.event import Creation, Event
from salesflow.process.policy import Policy
from salesflow.values.moments import elapsed, moment
from salesflow.values.text import line

E = TypeVar("E", bound=Entity)

__all__ = ["EntityWork"]


class EntityWork(Generic[E]):
    """One actor works on one entity at one moment. What is refused leaves it as it was.

    Args:
        entity: as it is stored.
        by: who works.
        at: when; aware, and not before the last event of the entity.
        policy: says who may record what; without one everybody may.

    Raises:
        InvalidValue: the actor says nothing, the moment has no time zone, or the entity is a draft.
        OutOfOrder: the moment lies before the last event.
    """

    __slots__ = ("_at", "_before", "_by", "_entity", "_events", "_policy")

    _kind: ClassVar[str] = "entity"
    """What it works on, in one word, for messages."""
    _begin: ClassVar[str] = ""
    """How a draft is begun instead, for messages."""

    def __init__(self, entity: E, /, *, by: str, at: datetime, policy: Policy[E] | None = None) -> None:
        self._by = line(by, field="by")
        self._at = moment(at, field="at")
        if entity.version == 0:
            raise InvalidValue(
                "a draft has no event yet", field=self._kind, value=entity.id, way_out=f"begin with {self._begin}"
            )
        if entity.changed_at is not None and elapsed(entity.changed_at, at).days < 0:
            raise OutOfOrder(kind=self._kind, id=entity.id, at=at.isoformat(), last=entity.changed_at.isoformat())
        self._before: E | None = entity
        self._entity = entity
        self._policy = policy
        self._events: list[Event[E]] = []

    @classmethod
    def _created(cls, event: Creation[E], entity: E, policy: Policy[E] | None) -> Self:
        """The unit of work in which an entity was made."""
        work = cls(entity, by=event.by, at=event.at, policy=policy)
        work._permit(event)
        work._before = None
        work._events.append(event)
        return work

    @property
    def by(self) -> str:
        """Who works."""
        return self._by

    @property
    def at(self) -> datetime:
        """The moment of the work."""
        return self._at

    @property
    def events(self) -> tuple[Event[E], ...]:
        """What was recorded so far."""
        return tuple(self._events)

    @property
    def changes(self) -> ChangeSet:
        """What a storage commits; empty where nothing was recorded."""
        return explained(self._before, self.events, self._entity) if self._events else ChangeSet()

    def _record(self, event: Event[E]) -> None:
        changed = event.apply(self._entity)
        assert isinstance(changed, type(self._entity))
        self._permit(event)
        self._entity = changed
        self._events.append(event)

    def _permit(self, event: Event[E]) -> None:
        """Ask the policy of the host; an error in it refuses."""
        if self._policy is None:
            return
        try:
            reason = self._policy.refusal(event, self._entity)
        except Exception as error:
            raise self._forbidden(event, "the policy itself failed") from error
        if reason is not None:
            raise self._forbidden(event, reason)

    def _forbidden(self, event: Event[E], reason: str) -> PolicyRefused:
        return PolicyRefused(
            kind=self._kind, id=self._entity.id, by=self._by, event=type(event).__name__, reason=reason
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} on {self._entity.id} by {self._by}: {len(self._events)} events>"
