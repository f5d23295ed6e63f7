"""Events: recorded facts, in the past tense, and how an entity is folded from them.

An entity is what its events say and nothing else. Every event has a moment (``at``), an actor (``by``) and one method,
``apply``, which gives the entity as it is afterwards. The first event of an entity is a ``Creation``. Replaying the
first n events gives version n, so every past moment can be rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

import attrs

from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.values.moments import is_moment
from salesflow.values.text import is_line

__all__ = ["Creation", "Event", "Recorded", "fold"]

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    E = TypeVar("E", bound=Entity)
    E_contra = DefaultedTypeVar("E_contra", bound=Entity, contravariant=True, default=Entity)
else:
    E = TypeVar("E", bound=Entity)
    E_contra = TypeVar("E_contra", bound=Entity, contravariant=True)


@attrs.frozen(kw_only=True)
class Event(Generic[E_contra]):
    """A recorded fact about one entity. Subclass it for facts of your own.

    Attributes:
        at: when it happened; aware.
        by: who did it.

    Example::

        @attrs.frozen(kw_only=True)
        class SeatsAgreed(Event[SaaSDeal]):
            seats: int

            def apply(self, deal: SaaSDeal, /) -> SaaSDeal:
                return deal.changed_by(self, seats=self.seats)
    """

    at: datetime = attrs.field(validator=is_moment())
    by: str = attrs.field(validator=is_line())

    def apply(self, entity: E_contra, /) -> Entity:
        """The entity as it is after this event: of the same class, its version higher by one."""
        raise NotImplementedError


@attrs.frozen(kw_only=True)
class Creation(Event[E_contra]):
    """The first event of an entity: it makes it."""

    def create(self) -> Entity:
        """The entity as it is at version 1."""
        raise NotImplementedError

    def apply(self, entity: E_contra, /) -> Entity:
        """Refused: an entity is made once."""
        raise InvalidValue(
            "an entity is made by its first event only",
            field="events",
            value=f"{type(self).__name__} at version {entity.version + 1}",
        )


@attrs.frozen(kw_only=True)
class Recorded:
    """An event in the history of an entity.

    Attributes:
        kind: the class of the entity.
        id: the id of the entity.
        version: the version that the entity has after the event.
        event: the event.
    """

    kind: type[Entity]
    id: str
    version: int
    event: Event


def fold(events: Iterable[Event[E]], start: E | None = None) -> E:
    """The entity that these events make.

    Args:
        events: in the order in which they were recorded; the first is a ``Creation`` unless ``start`` is given.
        start: the entity before the first of the events.

    Raises:
        InvalidValue: there is nothing to start from, or a second creation.

    Example:
        ``fold([recorded.event for recorded in storage.history(Deal, "D-1")][:5])`` is the deal at version 5.
    """
    entity: Entity | None = start
    for event in events:
        if entity is not None:
            entity = event.apply(entity)  # type: ignore[arg-type]  # the events of one entity fit its class
        elif isinstance(event, Creation):
            entity = event.create()
        else:
            break
    if entity is None:
        raise InvalidValue(
            "a history begins with the event that makes the entity",
            field="events",
            way_out="fold from the first event, or give the entity to start from",
        )
    return entity  # type: ignore[return-value]  # an event gives back the class that it was given
