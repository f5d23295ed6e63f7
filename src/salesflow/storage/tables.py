"""The tables of a storage on SQL, as rows: data that any database can hold. Five are enough:

============  ==========================================================================================
entities      kind, id, version, a column of text keys for each indexed field, body; its key is kind and id
events        position, kind, id, version, body, content, redacted, hash; its key is the position; kind, id and
              version are unique too; the last three are the link of the audit chain
taken         kind, name, value, id: who has which unique key; its key is kind, name and value
requests      key, fingerprint, receipt: the sets that came with an idempotency key
journals      the last position, where the database lets several write at once
============  ==========================================================================================

In a storage for several tenants each table, and each of these keys, begins with the tenant. All text is compared
letter by letter. Bodies and receipts are JSON; a fingerprint is all that is kept of the content of a request.
"""

from __future__ import annotations

import attrs

from salesflow.errors import DuplicateKey, KeyReused, StaleVersion, StorageError
from salesflow.event import Recorded
from salesflow.storage.receipt import Receipt

__all__ = ["EntityRow", "EntryRow", "ErasureRows", "EventRow", "SetRows", "TakenRow"]


@attrs.frozen
class EntityRow:
    """An entity as it will be stored.

    Attributes:
        kind: the name of its root kind.
        id: its id.
        expected: the version that must be stored when it is written; 0 where it is new.
        version: its version then.
        keys: its text keys, one for each of ``Rows.columns``.
        body: all of it, as JSON.
    """

    kind: str
    id: str
    expected: int
    version: int
    keys: tuple[str | None, ...]
    body: str

    def refusal(self, found: int | None) -> StorageError:
        """Why it is not written: another version is stored, or none (``None``)."""
        if self.expected == 0:
            return DuplicateKey(self.kind, "id")
        return StaleVersion(self.kind, self.id, expected=self.expected, found=found or 0)


@attrs.frozen
class EventRow:
    """An event as it will be stored.

    Attributes:
        kind: the name of the root kind of its entity.
        id: the id of its entity.
        version: the version that the entity has after it.
        body: the ``Recorded`` event, as JSON.
        recorded: the same as it is.
    """

    kind: str
    id: str
    version: int
    body: str
    recorded: Recorded = attrs.field(repr=False)


@attrs.frozen
class EntryRow:
    """An event with its place in the journal.

    Attributes:
        position: its number in the journal.
        event: the row of the event.
        link: ``content``, ``redacted`` and ``hash`` of the audit chain, or each ``None`` where no chain is kept.
    """

    position: int
    event: EventRow
    link: tuple[str | None, str | None, str | None] = (None, None, None)


@attrs.frozen
class TakenRow:
    """A unique key that an entity has.

    Attributes:
        kind: the name of the root kind of the entity.
        name: what the key is called.
        value: the key.
        id: the id of the entity.
    """

    kind: str
    name: str
    value: str
    id: str

    def refusal(self) -> DuplicateKey:
        """Why it is not written: another entity has it."""
        return DuplicateKey(self.kind, self.name)


@attrs.frozen(kw_only=True)
class SetRows:
    """A set of changes as rows.

    Attributes:
        entities: to insert where ``expected`` is 0, to update where that version is stored otherwise.
        events: to append, in this order.
        freed: unique keys to delete, before others are taken.
        taken: unique keys to insert.
        key: the idempotency key of the set, if it has one.
        fingerprint: what tells the set from others under the same key; empty where it has no key.
        receipt: what the commit gives back.
        receipt_body: the same, as JSON.
    """

    entities: tuple[EntityRow, ...]
    events: tuple[EventRow, ...]
    freed: tuple[TakenRow, ...]
    taken: tuple[TakenRow, ...]
    key: str | None
    fingerprint: str
    receipt: Receipt
    receipt_body: str

    def check_same(self, fingerprint: str) -> None:
        """Compare with the fingerprint that is stored under the same idempotency key.

        Raises:
            KeyReused: it is another set.
        """
        if self.key is not None and fingerprint != self.fingerprint:
            raise KeyReused(self.key)


@attrs.frozen(kw_only=True)
class ErasureRows:
    """An erasure as rows.

    Attributes:
        entity: to update where its version is still stored.
        rewritten: events whose body is replaced, by kind, id and version.
        appended: the event to append, in a tuple.
        freed: unique keys to delete.
        taken: unique keys to insert.
    """

    entity: EntityRow
    rewritten: tuple[EventRow, ...]
    appended: tuple[EventRow, ...]
    freed: tuple[TakenRow, ...]
    taken: tuple[TakenRow, ...]
