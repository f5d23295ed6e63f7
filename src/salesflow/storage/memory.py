"""A storage that keeps everything in memory: the reference for what a storage promises."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import attrs

from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, InvalidValue, KeyReused, NotFound, StaleVersion
from salesflow.event import Event, Recorded
from salesflow.storage.erasure import Erasure, ErasurePlan, planned_erasure
from salesflow.storage.query import Page, Query
from salesflow.storage.receipt import JournalEntry, Receipt
from salesflow.values.text import line

if TYPE_CHECKING:
    from salesflow.storage.audit import AuditChain, LinkedEntry
    from salesflow.storage.records import Records

E = TypeVar("E", bound=Entity)
Name = tuple[type[Entity], str]

__all__ = ["MemoryStorage", "UniqueKey"]


@attrs.frozen
class UniqueKey:
    """A key that at most one entity of a kind may have.

    Args:
        kind: the kind of entity.
        name: what the key is called ("email").
        of: the key of an entity in the form in which two are alike, or ``None`` where it has none.

    Example:
        ``UniqueKey(Contact, "email", lambda contact: contact.email and contact.email.matching_key)``
    """

    kind: type[Entity]
    name: str
    of: Callable[[Entity], str | None]


class MemoryStorage:
    """Keeps entities and their histories in memory. Safe to use from several threads.

    Args:
        unique: keys that must be unique.
        records: knows the classes of your own that are in sets of changes with an idempotency key, for ``erase``.
        chain: makes a link of the audit chain for each event; the journal then has ``LinkedEntry``.

    Example::

        storage = MemoryStorage()
        storage.commit(sale.changes)
        storage.get(Deal, "D-1")
    """

    def __init__(
        self, *, unique: Iterable[UniqueKey] = (), records: Records | None = None, chain: AuditChain | None = None
    ) -> None:
        self._lock = threading.RLock()
        self._unique = tuple(unique)
        self._records = records
        self._chain = chain
        self._chained: list[LinkedEntry] = []
        self._entities: dict[Name, Entity] = {}
        self._events: dict[Name, list[Event[Entity]]] = {}
        self._journal: list[tuple[Name, int]] = []
        self._receipts: dict[str, tuple[ChangeSet | str, Receipt]] = {}
        self._taken: dict[tuple[UniqueKey, str], str] = {}
        self._tenants: dict[str, MemoryStorage] = {}

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

    def find(self, query: Query[E], /) -> Page[E]:
        """One page of what a query finds."""
        with self._lock:
            entities = [entity for entity in self._entities.values() if isinstance(entity, query.kind)]
        return query.page(entities)

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """Every event of an entity, in order.

        Raises:
            NotFound: nothing of this kind is stored under this id.
        """
        with self._lock:
            stored = self.get(kind, id)
            events = tuple(self._events[kind.root(), id])
        return tuple(
            Recorded(kind=type(stored), id=id, version=version, event=event) for version, event in enumerate(events, 1)
        )

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        """The events that follow a position, in the order of the commits.

        Args:
            after: the last position that was seen; 0 for the beginning.
            limit: how many at most, 1 to 10,000.
        """
        if type(after) is not int or after < 0:
            raise InvalidValue("positions count from 1", field="after", value=after, way_out="begin after 0")
        if type(limit) is not int or not 1 <= limit <= 10_000:
            raise InvalidValue("the journal gives 1 to 10,000 events at once", field="limit", value=limit)
        with self._lock:
            if self._chain is not None:
                return tuple(self._chained[after : after + limit])
            entries = self._journal[after : after + limit]
            return tuple(
                JournalEntry(
                    position=position,
                    recorded=Recorded(
                        kind=type(self._entities[name]),
                        id=name[1],
                        version=version,
                        event=self._events[name][version - 1],
                    ),
                )
                for position, (name, version) in enumerate(entries, after + 1)
            )

    def for_tenant(self, tenant: str, /) -> MemoryStorage:
        """The storage of one tenant; nothing crosses."""
        with self._lock:
            name = line(tenant, field="tenant")
            if name not in self._tenants:
                self._tenants[name] = MemoryStorage(unique=self._unique, records=self._records, chain=self._chain)
            return self._tenants[name]

    def commit(self, changes: ChangeSet, /) -> Receipt:
        """Write all of the changes, or nothing.

        Raises:
            StaleVersion: an entity was changed since it was read.
            DuplicateKey: a new entity has an id that is taken, or a unique key is taken.
            KeyReused: the idempotency key came with another content.
        """
        with self._lock:
            if changes.key is not None and changes.key in self._receipts:
                earlier, receipt = self._receipts[changes.key]
                if earlier != (self._fingerprint(changes) if isinstance(earlier, str) else changes):
                    raise KeyReused(changes.key)
                return receipt
            for change in changes.changes:
                self._check_version(change)
            taken = self._taken_after(changes)
            receipt = Receipt(versions=tuple(_written(change) for change in changes.changes), key=changes.key)
            links = () if self._chain is None else self._linked(self._chain, _recorded(changes))
            for change in changes.changes:
                self._write(change)
            self._taken = taken
            self._chained.extend(links)
            if changes.key is not None:
                self._receipts[changes.key] = changes, receipt
            return receipt

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        """Replace every personal field of an entity, in what is stored now and in all of its past events.

        Args:
            kind: its class, or one that it derives from.
            id: its id.
            by: who erases.
            at: when.

        Raises:
            NotFound: nothing of this kind is stored under this id.
            InvalidValue: a class of your own is in a set under an idempotency key and not registered in ``records``.
        """
        with self._lock:
            plan = planned_erasure(self.history(kind, id), by=by, at=at)
            if plan.recorded is not None:
                name = (kind.root(), id)
                receipts = {key: self._without_content(name, *kept) for key, kept in self._receipts.items()}
                links = () if self._chain is None else self._linked(self._chain, [plan.recorded])
                self._write_erasure(name, plan, plan.recorded.event)
                self._receipts = receipts
                self._chained.extend(links)
            return plan.erasure

    def _write_erasure(self, name: Name, plan: ErasurePlan, event: Event[Entity]) -> None:
        events, clean = self._events[name], {(name, one.version): one for one in plan.rewritten}
        for one in plan.rewritten:
            events[one.version - 1] = one.event
        for place, entry in enumerate(self._chained):
            if self._journal[place] in clean:
                self._chained[place] = attrs.evolve(entry, recorded=clean[self._journal[place]])
        events.append(event)
        self._journal.append((name, len(events)))
        self._entities[name] = plan.after
        for key in self._unique:
            former = key.of(plan.before) if name[0] is key.kind else None
            if former is not None and key.of(plan.after) != former:
                self._taken.pop((key, former), None)

    def _without_content(
        self, name: Name, content: ChangeSet | str, receipt: Receipt
    ) -> tuple[ChangeSet | str, Receipt]:
        """What is kept of a set under its key once somebody in it was forgotten: enough to know it again."""
        if isinstance(content, ChangeSet) and name in {(one.kind.root(), one.id) for one in content.changes}:
            return self._fingerprint(content), receipt
        return content, receipt

    def _fingerprint(self, changes: ChangeSet) -> str:
        from salesflow.storage.canonical import fingerprint  # what knows every record loads when first needed

        return fingerprint(changes, records=self._records)

    def _linked(self, chain: AuditChain, recorded: Iterable[Recorded]) -> list[LinkedEntry]:
        """The next entries of the audit chain."""
        entries = self._chained[-1:]
        for one in recorded:
            entries.append(chain.link(one, after=entries[-1].head) if entries else chain.link(one))
        return entries[1:] if self._chained else entries

    def _write(self, change: Change[Entity]) -> None:
        name = (change.kind.root(), change.id)
        self._entities[name] = change.after
        self._events.setdefault(name, []).extend(change.events)
        first = change.expected_version + 1
        self._journal.extend((name, first + place) for place in range(len(change.events)))

    def _check_version(self, change: Change[Entity]) -> None:
        """Compare the version that the change was made from with the one that is stored."""
        kind = change.kind.root()
        stored = self._entities.get((kind, change.id))
        found = 0 if stored is None else stored.version
        if found == change.expected_version:
            return
        if change.before is None:
            raise DuplicateKey(kind.__name__, "id")
        raise StaleVersion(kind.__name__, change.id, expected=change.expected_version, found=found)

    def _taken_after(self, changes: ChangeSet) -> dict[tuple[UniqueKey, str], str]:
        """Who has which unique key once the changes are written.

        Raises:
            DuplicateKey: two would have the same.
        """
        taken = dict(self._taken)
        watched = [
            (key, change) for key in self._unique for change in changes.changes if change.kind.root() is key.kind
        ]
        for key, change in watched:
            former = None if change.before is None else key.of(change.before)
            if former is not None and taken.get((key, former)) == change.id:
                del taken[key, former]
        for key, change in watched:
            wanted = key.of(change.after)
            if wanted is not None and taken.setdefault((key, wanted), change.id) != change.id:
                raise DuplicateKey(key.kind.__name__, key.name)
        return taken


def _recorded(changes: ChangeSet) -> Iterator[Recorded]:
    for change in changes.changes:
        for version, event in enumerate(change.events, change.expected_version + 1):
            yield Recorded(kind=change.kind, id=change.id, version=version, event=event)


def _written(change: Change[Entity]) -> tuple[str, str, int]:
    return change.kind.root().__name__, change.id, change.after.version
