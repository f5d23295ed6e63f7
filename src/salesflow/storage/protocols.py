"""What a storage promises. Plug in your own by keeping these promises.

A host needs one writing method, because what a unit of work hands over is a value. Storages for synchronous and for
asynchronous hosts have the same methods; the latter are awaited. What not every storage can do is a protocol of its own.

The promise of ``commit`` is a compare-and-set on the version of every entity that it changes, in one transaction; no
isolation level stands in for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from salesflow.changes import ChangeSet
from salesflow.entity import Entity
from salesflow.event import Recorded
from salesflow.storage.erasure import Erasure
from salesflow.storage.query import Page, Query
from salesflow.storage.receipt import JournalEntry, Receipt

E = TypeVar("E", bound=Entity)

__all__ = ["AsyncEraser", "AsyncJournal", "AsyncStorage", "Eraser", "Journal", "Storage", "Tenants"]


class Storage(Protocol):
    """Keeps entities and their histories."""

    def get(self, kind: type[E], id: str, /) -> E:
        """The entity as it is stored: what is read is what was written, to the last digit and microsecond.

        Args:
            kind: its class, or one that it derives from.
            id: its id.

        Raises:
            NotFound: nothing of this kind is stored under this id.
        """
        ...

    def find(self, query: Query[E], /) -> Page[E]:
        """One page of what a query finds, in a stable order.

        Following the cursors gives every entity that was there all the time exactly once, whatever is written meanwhile.
        """
        ...

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """Every event of an entity, in order; the fold of them is the entity.

        Raises:
            NotFound: nothing of this kind is stored under this id.
        """
        ...

    def commit(self, changes: ChangeSet, /) -> Receipt:
        """Write all of the changes, entities and events together, or nothing.

        The same set with the same key again gives the first receipt and writes nothing.

        Raises:
            StaleVersion: an entity was changed since it was read, or is not stored any more.
            DuplicateKey: an id, or a key that must be unique, is taken.
            KeyReused: the idempotency key came with another content.
        """
        ...


class AsyncStorage(Protocol):
    """Keeps entities and their histories, for asynchronous hosts: the promises of ``Storage``, awaited."""

    async def get(self, kind: type[E], id: str, /) -> E:
        """As ``Storage.get``."""
        ...

    async def find(self, query: Query[E], /) -> Page[E]:
        """As ``Storage.find``."""
        ...

    async def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """As ``Storage.history``."""
        ...

    async def commit(self, changes: ChangeSet, /) -> Receipt:
        """As ``Storage.commit``; a call that is canceled has written all or nothing."""
        ...


class Journal(Protocol):
    """The ability to give all events of all entities in the order in which they were committed."""

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        """The events that follow a position, for projections.

        Positions have no gaps, and whoever has seen n will never later see one below n: a reader that asks for what
        follows the last position it has seen misses nothing.

        A storage that keeps an audit chain gives ``LinkedEntry`` (``salesflow.storage.audit``), each with its link.

        Args:
            after: the last position that was seen; 0 for the beginning.
            limit: how many at most.
        """
        ...


class AsyncJournal(Protocol):
    """As ``Journal``, awaited."""

    async def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        """As ``Journal.journal``."""
        ...


class Eraser(Protocol):
    """The ability to forget a person and keep the ledger, the totals and the proof."""

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        """Replace every personal field of an entity, in what is stored now and in all of its past events.

        Afterwards none of it is found anywhere in the store: not in entities, events, journal, unique keys, search
        columns, requests that were kept under their idempotency keys, nor in pages that the database has freed. Apart
        from that everything stays: no event goes, versions and positions of the journal are the same, other entities
        and what points here are untouched, and a set that is repeated under its key still gets its first receipt.
        One event more, ``PersonalDataErased``, is appended to history and journal; the entity is the fold of its
        history as before. Unique keys that it had because of what was erased are free.

        Who has read the entity before cannot write what was erased back: the version has gone up, so it is stale. An
        erasure that is repeated gives the same result and writes nothing; one after more was recorded erases that too.

        What to write is what ``salesflow.storage.erasure.planned_erasure`` gives for the history.

        Args:
            kind: its class, or one that it derives from.
            id: its id.
            by: who erases.
            at: when.

        Raises:
            NotFound: nothing of this kind is stored under this id.
            StaleVersion: somebody wrote at the same moment; nothing is erased, ask again.
        """
        ...


class AsyncEraser(Protocol):
    """As ``Eraser``, awaited."""

    async def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        """As ``Eraser.erase``; a call that is canceled has erased all or nothing."""
        ...


class Tenants(Protocol):
    """The ability to keep the data of several tenants apart."""

    def for_tenant(self, tenant: str, /) -> Storage:
        """A storage that is bound to one tenant.

        Nothing crosses: entities, histories, unique keys, idempotency keys and journal are of that tenant alone.
        """
        ...
