"""What a unit of work hands over: the change of one entity, and the set of changes that land together.

Both are values. A ``Change`` is built from the entity before and the events, so it cannot hold an entity that its events
do not explain. A ``ChangeSet`` goes to a storage, which writes all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Never, TypeVar

import attrs

from salesflow._copying import maker
from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.event import Event, fold
from salesflow.values.text import is_optional_line

E = TypeVar("E", bound=Entity)
E_co = TypeVar("E_co", bound=Entity, covariant=True)

__all__ = ["Change", "ChangeSet"]


def _in_order(events: Iterable[Event[E]]) -> tuple[Event[E], ...]:
    return tuple(events)


@attrs.frozen
class Change(Generic[E_co]):
    """The change of one entity.

    Args:
        before: the entity as it was, or ``None`` where the first event makes it.
        events: what happened to it, in order; at least one.

    Attributes:
        before: the entity as it was.
        events: what happened to it.
        after: the entity as it is then; always the fold of the events.
    """

    before: E_co | None
    events: tuple[Event[E_co], ...] = attrs.field(converter=_in_order)
    after: E_co = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        if not self.events:
            raise InvalidValue("a change has at least one event", field="events")
        after = fold(self.events, self.before)
        start = 0 if self.before is None else self.before.version
        if after.version != start + len(self.events):
            raise InvalidValue(
                "each event raises the version by one",
                field="events",
                value=f"{len(self.events)} events from version {start} to {after.version}",
            )
        object.__setattr__(self, "after", after)

    @property
    def kind(self) -> type[E_co]:
        """The class of the entity."""
        return type(self.after)

    @property
    def id(self) -> str:
        """The id of the entity."""
        return self.after.id

    @property
    def expected_version(self) -> int:
        """The version that must be stored for the change to be right; 0 where nothing may be stored yet."""
        return 0 if self.before is None else self.before.version


def _as_tuple(changes: Iterable[Change[Entity]]) -> tuple[Change[Entity], ...]:
    return tuple(changes)


@attrs.frozen
class ChangeSet:
    """Changes that land together, or not at all.

    Args:
        changes: of different entities.
        key: the idempotency key: the same set committed again with it is written once.

    Example:
        ``storage.commit((deal_sale.changes | contact_changes).with_key(request_id))``
    """

    changes: tuple[Change[Entity], ...] = attrs.field(default=(), converter=_as_tuple)
    key: str | None = attrs.field(default=None, validator=is_optional_line(), kw_only=True)

    def __attrs_post_init__(self) -> None:
        if len(self.changes) > 1:
            seen: set[tuple[type[Entity], str]] = set()
            for change in self.changes:
                name = (change.kind.root(), change.id)
                if name in seen:
                    raise InvalidValue(
                        "a change set changes each entity once",
                        field="changes",
                        value=f"{name[0].__name__} {change.id}",
                        way_out="commit the first change before the second, or do both in one sale",
                    )
                seen.add(name)

    def __or__(self, other: ChangeSet) -> ChangeSet:
        """Both sets as one, under the key that one of them has.

        Raises:
            InvalidValue: both have a key, and not the same; or both change the same entity.
        """
        if self.key is not None and other.key is not None and self.key != other.key:
            raise InvalidValue(
                "a change set has one key",
                field="key",
                value=[self.key, other.key],
                way_out="give one with with_key(...)",
            )
        return ChangeSet((*self.changes, *other.changes), key=self.key or other.key)

    def __len__(self) -> int:
        return len(self.changes)

    def with_key(self, key: str) -> ChangeSet:
        """The same changes under an idempotency key, a line of at most 200 characters."""
        return ChangeSet(self.changes, key=key)

    @property
    def events(self) -> tuple[Event[Entity], ...]:
        """All events of all changes, in order."""
        return tuple(event for change in self.changes for event in change.events)

    @staticmethod
    def of(*changes: Iterable[Change[Entity]] | Change[Entity] | ChangeSet, key: str | None = None) -> ChangeSet:
        """A set of single changes and other sets."""
        flat: list[Change[Entity]] = []
        for one in changes:
            if isinstance(one, Change):
                flat.append(one)
            else:
                flat.extend(one.changes if isinstance(one, ChangeSet) else one)
        return ChangeSet(flat, key=key)


def explained(before: E | None, events: tuple[Event[Never], ...], after: E) -> ChangeSet:
    """The set of one change whose events were just applied one by one, so that they need not be applied again."""
    return _change_set((_change(before, events, after),), None)


_change = maker(Change)
_change_set = maker(ChangeSet)
