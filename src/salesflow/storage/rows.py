"""What a set of changes is as rows of a database, and rows as entities and events again.

Every storage on SQL does the same: it turns a change set into rows, compares the versions, writes the rows, and turns
what it reads into entities. Only comparing and writing need a database. The rest is here, as data and without any
driver, so that an adapter is a short program that says what its database does. What the tables are is in ``tables.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

import attrs

from salesflow._copying import maker
from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import InvalidValue, NotFound, UnknownName
from salesflow.event import Recorded
from salesflow.storage.audit import AuditChain, ChainHead, ChainLink, LinkedEntry
from salesflow.storage.canonical import fingerprint
from salesflow.storage.erasure import ErasurePlan
from salesflow.storage.keys import is_storable, text_key
from salesflow.storage.memory import UniqueKey
from salesflow.storage.query import Query
from salesflow.storage.receipt import JournalEntry, Receipt
from salesflow.storage.records import Records
from salesflow.storage.scanning import Search, column_of
from salesflow.storage.tables import EntityRow, EntryRow, ErasureRows, EventRow, SetRows, TakenRow

E = TypeVar("E", bound=Entity)

__all__ = ["Rows", "check_window"]

_NO_LINK: Final = (None, None, None)
_entry_row = maker(EntryRow)
_event_row = maker(EventRow)
_as_recorded = maker(Recorded)

_NO_FIELDS: Final[Mapping[type[Entity], Iterable[str]]] = {}


class Rows:
    """Turns sets of changes into rows, and rows into entities and events.

    Args:
        records: knows classes of your own; the library's own are known without. Needs the extra ``records``.
        unique: keys that must be unique.
        indexed: the fields of each kind that queries narrow down or order by with an index; the fields of a kind count
            for those derived from it. They hold text of at most 254 characters, an ``Enum``, numbers, money, e-mail
            addresses, phone numbers, days, moments, or ``None``.
        chain: makes the links of the audit chain, where one is kept.

    Attributes:
        columns: the names of the columns with text keys, ``key_stage`` for the field ``stage``. Kinds that have a field of
            the same name share its column. Each needs an index on kind, column and id.
        has_chain: whether an audit chain is kept.

    Raises:
        UnknownName: an indexed kind has no such field.

    Example:
        ``Rows(unique=[UniqueKey(...)], indexed={Deal: ("stage", "owner", "expected_close")})``
    """

    def __init__(
        self,
        records: Records | None = None,
        *,
        unique: Iterable[UniqueKey] = (),
        indexed: Mapping[type[Entity], Iterable[str]] = _NO_FIELDS,
        chain: AuditChain | None = None,
    ) -> None:
        self._records = records or Records()
        self._chain = chain
        self.has_chain: bool = chain is not None
        self._unique = tuple(unique)
        self._indexed = {kind: _checked(kind, fields) for kind, fields in indexed.items()}
        names = dict.fromkeys(name for fields in self._indexed.values() for name in fields)
        self._all_indexed = tuple(names)
        self._fields: dict[type[Entity], tuple[str | None, ...]] = {}
        self.columns: tuple[str, ...] = tuple(column_of(name) for name in names)

    def of(self, changes: ChangeSet) -> SetRows:
        """A set of changes as rows. All of it is made before anything is written.

        Raises:
            InvalidValue: something in it cannot be stored; see ``Records.dump`` and ``text_key``.
        """
        freed, taken = self._moved_keys((one.before, one.after) for one in changes.changes)
        receipt = Receipt(versions=tuple(_written(one) for one in changes.changes), key=changes.key)
        return SetRows(
            entities=tuple([self._entity_row(one.after, one.expected_version) for one in changes.changes]),
            events=tuple([row for one in changes.changes for row in self._event_rows(_recorded(one))]),
            freed=freed,
            taken=taken,
            key=changes.key,
            fingerprint="" if changes.key is None else fingerprint(changes, records=self._records),
            receipt=receipt,
            receipt_body="" if changes.key is None else self._body(receipt),
        )

    def of_erasure(self, plan: ErasurePlan) -> ErasureRows:
        """An erasure, as ``planned_erasure`` gives it, as rows."""
        freed, taken = self._moved_keys([(plan.before, plan.after)])
        return ErasureRows(
            entity=self._entity_row(plan.after, plan.expected_version),
            rewritten=tuple(self._event_rows(plan.rewritten)),
            appended=() if plan.recorded is None else tuple(self._event_rows([plan.recorded])),
            freed=freed,
            taken=taken,
        )

    def entries(self, events: Iterable[EventRow], *, last: int, hash: str | None = None) -> list[EntryRow]:
        """Events with their places in the journal, numbered while nobody else can write.

        Args:
            events: what is appended, in order.
            last: the last position of the journal; 0 where it is empty.
            hash: the ``hash`` that is stored there, for the audit chain.
        """
        if self._chain is None:
            return [_entry_row(position, event, _NO_LINK) for position, event in enumerate(events, last + 1)]
        rows: list[EntryRow] = []
        head = ChainHead(position=last, hash=hash or "")
        for event in events:
            entry = self._chain.link(event.recorded, after=head)
            link = entry.link
            rows.append(EntryRow(entry.position, event, (link.content, link.redacted, link.hash)))
            head = entry.head
        return rows

    def keys(self, entity: Entity) -> tuple[str | None, ...]:
        """The text keys of an entity, one for each of ``columns``; for those who fill a column that is new.

        Raises:
            InvalidValue: a value has no place in an index.
        """
        fields = self._fields_of_columns(type(entity))
        return tuple([None if name is None else text_key(getattr(entity, name), field=name) for name in fields])

    def place(self, kind: type[Entity], id: str) -> tuple[str, str]:
        """Where an entity is stored: the name of its root kind, and its id.

        Raises:
            NotFound: the id is no text that a database could hold.
        """
        if not is_storable(id):
            raise NotFound(kind.__name__, id)
        return kind.root().__name__, id

    def entity(self, kind: type[E], id: str, body: str | None) -> E:
        """The entity that a body holds.

        Args:
            kind: the class that was asked for.
            id: the id that was asked for.
            body: what is stored, or ``None`` where nothing is.

        Raises:
            NotFound: nothing is stored, or it is not of this class.
        """
        entity = None if body is None else self._records.from_json(body, expect=Entity)
        if not isinstance(entity, kind):
            raise NotFound(kind.__name__, id)
        return entity

    def entities(self, bodies: Iterable[str]) -> list[Entity]:
        """The entities that bodies hold."""
        return [self._records.from_json(body, expect=Entity) for body in bodies]

    def recorded(self, body: str) -> Recorded:
        """The recorded event that a body holds."""
        return self._records.from_json(body, expect=Recorded)

    def history(self, kind: type[Entity], id: str, bodies: Iterable[str]) -> tuple[Recorded, ...]:
        """The history of an entity, from the bodies of its events.

        Raises:
            NotFound: there are none, or the entity is not of this class.
        """
        recorded = tuple(map(self.recorded, bodies))
        if not recorded or not issubclass(recorded[0].kind, kind):
            raise NotFound(kind.__name__, id)
        return recorded

    def entry(
        self, position: int, body: str, content: str | None = None, redacted: str | None = None, hash: str | None = None
    ) -> JournalEntry:
        """The entry of the journal that a row holds; a ``LinkedEntry`` where it has a link."""
        recorded = self.recorded(body)
        if content is None or redacted is None or hash is None:
            return JournalEntry(position=position, recorded=recorded)
        link = ChainLink(content=content, redacted=redacted, hash=hash)
        return LinkedEntry(position=position, recorded=recorded, link=link)

    def receipt(self, body: str) -> Receipt:
        """The receipt that a body holds."""
        return self._records.from_json(body, expect=Receipt)

    def search(self, query: Query[E]) -> Search[E]:
        """What to read for a page of a query, and the page out of what was read."""
        return Search(query, indexed=self._indexed_fields(query.kind))

    def _indexed_fields(self, kind: type[Entity]) -> frozenset[str]:
        """The indexed fields of a class: its own, and those of the classes that it is derived from."""
        return frozenset(name for one, names in self._indexed.items() if issubclass(kind, one) for name in names)

    def _fields_of_columns(self, kind: type[Entity]) -> tuple[str | None, ...]:
        """For each column the field of a class that it holds, if any."""
        found = self._fields.get(kind)
        if found is None:
            indexed = self._indexed_fields(kind)
            found = self._fields[kind] = tuple(name if name in indexed else None for name in self._all_indexed)
        return found

    def _moved_keys(
        self, pairs: Iterable[tuple[Entity | None, Entity]]
    ) -> tuple[tuple[TakenRow, ...], tuple[TakenRow, ...]]:
        """The unique keys that entities give up, and those that they take."""
        freed: list[TakenRow] = []
        taken: list[TakenRow] = []
        for before, after in pairs:
            for key in self._unique:
                if type(after).root() is key.kind:
                    former, wanted = None if before is None else key.of(before), key.of(after)
                    if former != wanted:
                        freed += _taken(key, former, after.id)
                        taken += _taken(key, wanted, after.id)
        return tuple(freed), tuple(taken)

    def _entity_row(self, entity: Entity, expected: int) -> EntityRow:
        kind = type(entity).root().__name__
        return EntityRow(kind, entity.id, expected, entity.version, self.keys(entity), self._body(entity))

    def _event_rows(self, events: Sequence[Recorded]) -> list[EventRow]:
        """The rows of events of one entity."""
        kind = events[0].kind.root().__name__ if events else ""
        return [_event_row(kind, one.id, one.version, self._body(one), one) for one in events]

    def _body(self, record: object) -> str:
        return self._records.to_json(record).decode()


def check_window(*, after: int, limit: int) -> None:
    """Check what a journal is asked for.

    Raises:
        InvalidValue: ``after`` is no position, or ``limit`` not from 1 to 10,000.
    """
    if type(after) is not int or after < 0:
        raise InvalidValue("positions count from 1", field="after", value=after, way_out="begin after 0")
    if type(limit) is not int or not 1 <= limit <= 10_000:
        raise InvalidValue("the journal gives 1 to 10,000 events at once", field="limit", value=limit)


def _checked(kind: type[Entity], names: Iterable[str]) -> tuple[str, ...]:
    known = [field.name for field in attrs.fields(kind)]
    given = tuple(names)
    for name in given:
        if name not in known:
            raise UnknownName("field", name, known, where=kind.__name__)
    return tuple(name for name in given if name != "id")  # every row has a column for its id


def _written(change: Change[Entity]) -> tuple[str, str, int]:
    return change.kind.root().__name__, change.id, change.after.version


def _recorded(change: Change[Entity]) -> list[Recorded]:
    kind, entity_id = change.kind, change.id
    first = change.expected_version + 1
    return [_as_recorded(kind, entity_id, version, event) for version, event in enumerate(change.events, first)]


def _taken(key: UniqueKey, value: str | None, id: str) -> list[TakenRow]:
    if value is None:
        return []
    if not is_storable(value):
        raise InvalidValue("a unique key is text without NUL and without half of a surrogate pair", field=key.name)
    return [TakenRow(key.kind.__name__, key.name, value, id)]
