"""A storage that keeps everything in memory: the reference for what a storage promises."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TypeVar

import attrs

from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion
from salesflow.event import Event, Recorded

E = TypeVar("E", bound=Entity)

__all__ = ["MemoryStorage", "Receipt"]


@attrs.frozen(kw_only=True)
class Receipt:
    """What a storage says after a commit.

    Attributes:
        versions: what was written, as kind, id and the version that is stored now.
        key: the idempotency key of the change set, if it had one.
    """

    versions: tuple[tuple[str, str, int], ...] = ()
    key: str | None = None


class MemoryStorage:
    """Keeps entities and their histories in memory. Safe to use from several threads.

    Example::

        storage = MemoryStorage()
        storage.commit(sale.changes)
        storage.get(Deal, "D-1")
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entities: dict[tuple[type[Entity], str], Entity] = {}
        self._events: dict[tuple[type[Entity], str], tuple[Event[Entity], ...]] = {}
        self._receipts: dict[str, tuple[ChangeSet, Receipt]] = {}

    def get(self, kind: type[E], id: str, /) -> E:
        """The entity as it is stored.

        Args:
            kind: its class, or one that it derives from.
            id: its id.

        Raises:
            NotFound: nothing of this kind is stored under this id.
        """
        found = self._entities.get((kind.root(), id))
        if not isinstance(found, kind):
            raise NotFound(kind.__name__, id)
        return found

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """Every event of an entity, in order.

        Raises:
            NotFound: nothing of this kind is stored under this id.
        """
        with self._lock:
            stored = self.get(kind, id)
            events = self._events[kind.root(), id]
        return tuple(
            Recorded(kind=type(stored), id=id, version=version, event=event) for version, event in enumerate(events, 1)
        )

    def commit(self, changes: ChangeSet, /) -> Receipt:
        """Write all of the changes, or nothing.

        Raises:
            StaleVersion: an entity was changed since it was read.
            DuplicateKey: a new entity has an id that is taken.
            KeyReused: the idempotency key came with another content.
        """
        with self._lock:
            if changes.key is not None and changes.key in self._receipts:
                earlier, receipt = self._receipts[changes.key]
                if earlier != changes:
                    raise KeyReused(changes.key)
                return receipt
            for change in changes.changes:
                self._check(change)
            for change in changes.changes:
                name = (change.kind.root(), change.id)
                self._entities[name] = change.after
                self._events[name] = (*self._events.get(name, ()), *change.events)
            receipt = Receipt(
                versions=tuple(
                    (change.kind.root().__name__, change.id, change.after.version) for change in changes.changes
                ),
                key=changes.key,
            )
            if changes.key is not None:
                self._receipts[changes.key] = changes, receipt
            return receipt

    def _check(self, change: Change[Entity]) -> None:
        """Compare the version that the change was made from with the one that is stored."""
        kind = change.kind.root()
        stored = self._entities.get((kind, change.id))
        found = 0 if stored is None else stored.version
        if found == change.expected_version:
            return
        if change.before is None:
            raise DuplicateKey(kind.__name__, "id")
        raise StaleVersion(kind.__name__, change.id, expected=change.expected_version, found=found)
