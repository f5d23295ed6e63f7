"""The storage. What it relies on:

- The version is compared in the ``WHERE`` of ``update()``, and the number of rows says whether it held. Nothing is ever
  written with ``save()``, which writes on top of whatever others have stored meanwhile.
- Each commit begins by raising the last position of its tenant, in a row of its own, with ``F("last") + n``. The row stays
  locked until the end of the transaction, so there is one commit at a time for a tenant: positions have no gaps, nobody sees
  n + 1 before n, and no two commits wait for each other crosswise. On SQLite a first statement that writes takes the write
  lock before anything is read, as ``BEGIN IMMEDIATE`` does.
- ``atomic()`` holds it together. Inside of an ``atomic()`` of your own a commit is a part of it, and stands when yours does.
- A page is read in one snapshot: ``REPEATABLE READ`` on PostgreSQL, one transaction on SQLite. Inside of an ``atomic()`` of
  your own it sees what that sees.
- Errors are made here, and never from the driver's: its messages repeat the values that were refused.

Settings for SQLite: ``"OPTIONS": {"timeout": 30, "init_command": "pragma journal_mode = wal; pragma synchronous = full"}``,
so that readers do not wait for the writer, and what was committed is on the disk. If your own ``atomic()`` reads before it
commits here, add ``"transaction_mode": "IMMEDIATE"``. For PostgreSQL keep Django's isolation level, ``READ COMMITTED``.
Threads that you start yourself close their connection at the end, as everywhere in Django: ``connections.close_all()``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from django.db import Error, IntegrityError, connections, transaction
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

from salesflow import ChangeSet, Entity, Recorded
from salesflow.errors import InvalidValue, StorageError
from salesflow.storage import JournalEntry, Page, Query, Receipt, UniqueKey
from salesflow.storage.audit import AuditChain
from salesflow.storage.erasure import Erasure, planned_erasure
from salesflow.storage.records import Records
from salesflow.storage.rows import Rows, check_window
from salesflow.storage.scanning import Comparison, Condition, Ordering, Scan
from salesflow.storage.tables import EntityRow, EventRow, TakenRow
from salesflow.values.text import line

from .models import JournalEnd, KeptRequest, StoredEntity, StoredEvent, TakenKey

E = TypeVar("E", bound=Entity)
M = TypeVar("M", bound=Model)

LOOKUPS: Final = {
    Comparison.EQUAL: "exact",
    Comparison.BELOW: "lt",
    Comparison.ABOVE: "gt",
    Comparison.FROM: "gte",
}


class DjangoStorage:
    """Keeps entities and their histories in a database of Django. Safe to use from several threads and processes.

    Args:
        using: the alias of the database.
        records: knows classes of your own.
        unique: keys that must be unique.
        indexed: the fields of each kind that queries narrow down or order by with an index; each has a column in
            ``models.StoredEntity``.
        chain: makes the links of the audit chain, where one is to be kept.

    Raises:
        InvalidValue: an indexed field has no column.
    """

    def __init__(
        self,
        *,
        using: str = "default",
        records: Records | None = None,
        unique: Iterable[UniqueKey] = (),
        indexed: Mapping[type[Entity], Iterable[str]] = MappingProxyType({}),
        chain: AuditChain | None = None,
    ) -> None:
        self._using = using
        self._rows = Rows(records, unique=unique, indexed=indexed, chain=chain)
        self._tenant = ""
        columns = {field.name for field in StoredEntity._meta.get_fields()}
        for column in self._rows.columns:
            if column not in columns:
                raise InvalidValue(
                    "an indexed field has a column in StoredEntity",
                    field="indexed",
                    value=column,
                    way_out="add it to models.py, let makemigrations write the migration, and call fill_in()",
                )

    def for_tenant(self, tenant: str, /) -> DjangoStorage:
        """The storage of one tenant: the same database, and rows of its own."""
        bound = copy(self)
        bound._tenant = line(tenant, field="tenant")
        return bound

    def fill_in(self) -> None:
        """Write the text keys of all that is stored, for fields that were not indexed before."""
        stored = StoredEntity.objects.using(self._using)
        with self._told():
            for pk, version, body in list(stored.values_list("pk", "version", "body")):
                (entity,) = self._rows.entities([body])
                stored.filter(pk=pk, version=version).update(**self._keys(self._rows.keys(entity)))

    # Reading

    def get(self, kind: type[E], id: str, /) -> E:
        """As ``Storage.get``."""
        root, place = self._rows.place(kind, id)
        with self._told():
            body = self._mine(StoredEntity).filter(kind=root, id=place).values_list("body", flat=True).first()
        return self._rows.entity(kind, id, body)

    def find(self, query: Query[E], /) -> Page[E]:
        """As ``Storage.find``; all scans of a page see the same state."""
        search = self._rows.search(query)
        with self._snapshot():
            while (scan := search.next_scan()) is not None:
                search.take(self._rows.entities(self._scanned(scan)))
        return search.page()

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """As ``Storage.history``."""
        root, place = self._rows.place(kind, id)
        with self._told():
            stored = self._mine(StoredEvent).filter(kind=root, id=place).order_by("version")
            return self._rows.history(kind, id, stored.values_list("body", flat=True))

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        """As ``Journal.journal``."""
        check_window(after=after, limit=limit)
        with self._told():
            stored = self._mine(StoredEvent).filter(position__gt=after).order_by("position")[:limit]
            found = list(stored.values_list("position", "body", "content", "redacted", "hash"))
        return tuple(self._rows.entry(*row) for row in found)

    # Writing

    def commit(self, changes: ChangeSet, /) -> Receipt:
        """As ``Storage.commit``."""
        rows = self._rows.of(changes)
        with self._transaction():
            last = self._raised(by=len(rows.events))
            if rows.key is not None:
                earlier = self._mine(KeptRequest).filter(key=rows.key).first()
                if earlier is not None:
                    transaction.set_rollback(True, using=self._using)
                    rows.check_same(earlier.fingerprint)
                    return self._rows.receipt(earlier.receipt)
                kept = {"key": rows.key, "fingerprint": rows.fingerprint, "receipt": rows.receipt_body}
                self._insert(KeptRequest(tenant=self._tenant, **kept))
            for row in rows.entities:
                self._write(row)
            self._append(rows.events, last)
            self._move_keys(rows.freed, rows.taken)
            return rows.receipt

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        """As ``Eraser.erase``; the tables are rebuilt once that is committed, and others wait meanwhile.

        What a server keeps for its recovery (PostgreSQL's write-ahead log, until it is recycled) and backups are not
        reached from here. Rows that a transaction from before may still look at stay until the next erasure.
        """
        with self._transaction():
            last = self._raised(by=1)
            plan = planned_erasure(self.history(kind, id), by=by, at=at)
            rows = self._rows.of_erasure(plan)
            if rows.appended:
                self._write(rows.entity)
                self._append(rows.appended, last)
                self._move_keys(rows.freed, rows.taken)
                for row in rows.rewritten:
                    here = self._mine(StoredEvent).filter(kind=row.kind, id=row.id, version=row.version)
                    here.update(body=row.body)
            else:
                transaction.set_rollback(True, using=self._using)
        transaction.on_commit(self._rebuild, using=self._using)
        return plan.erasure

    def _raised(self, *, by: int) -> int:
        """Raise the last position of the journal; gives what it was. Others wait here until the transaction ends."""
        end = self._mine(JournalEnd)
        if not end.update(last=F("last") + by):
            JournalEnd.objects.using(self._using).bulk_create(
                [JournalEnd(tenant=self._tenant, last=0)], ignore_conflicts=True
            )
            end.update(last=F("last") + by)
        reached: int = end.get().last
        return reached - by

    def _write(self, row: EntityRow) -> None:
        """Write an entity on top of the version that it was decided on."""
        values = {"version": row.version, "body": row.body, **self._keys(row.keys)}
        if row.expected == 0:
            entity = StoredEntity(tenant=self._tenant, kind=row.kind, id=row.id, **values)
            self._insert(entity, refusal=row.refusal(None))
            return
        here = self._mine(StoredEntity).filter(kind=row.kind, id=row.id)
        if here.filter(version=row.expected).update(**values) != 1:
            raise row.refusal(here.values_list("version", flat=True).first())

    def _append(self, events: Sequence[EventRow], last: int) -> None:
        """Append events to histories and journal."""
        end = self._mine(StoredEvent).filter(position=last).values_list("hash", flat=True)
        rows = self._rows.entries(events, last=last, hash=end.first() if self._rows.has_chain else None)
        StoredEvent.objects.using(self._using).bulk_create(
            StoredEvent(
                tenant=self._tenant,
                position=row.position,
                kind=row.event.kind,
                id=row.event.id,
                version=row.event.version,
                body=row.event.body,
                **dict(zip(("content", "redacted", "hash"), row.link, strict=True)),
            )
            for row in rows
        )

    def _move_keys(self, freed: Sequence[TakenRow], taken: Sequence[TakenRow]) -> None:
        """Free unique keys, then take others."""
        for row in freed:
            self._mine(TakenKey).filter(kind=row.kind, name=row.name, value=row.value, id=row.id).delete()
        for row in taken:
            key = TakenKey(tenant=self._tenant, kind=row.kind, name=row.name, value=row.value, id=row.id)
            self._insert(key, refusal=row.refusal())

    def _insert(self, row: Model, *, refusal: StorageError | None = None) -> None:
        """Insert a row; where its key is taken, refuse."""
        try:
            type(row)._default_manager.using(self._using).bulk_create([row])
        except IntegrityError:
            if refusal is None:
                raise
            raise refusal from None

    def _rebuild(self) -> None:
        """Write the tables anew, so that nothing is left of what was erased."""
        connection = connections[self._using]
        names = [connection.ops.quote_name(one._meta.db_table) for one in (StoredEntity, StoredEvent, TakenKey)]
        busy = False
        try:
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("vacuum")
                    busy, *_ = cursor.execute("pragma wal_checkpoint(truncate)").fetchone()
                else:
                    cursor.execute(f"vacuum (full) {', '.join(names)}")
        except Error:
            busy = True
        if busy:
            raise StorageError("erased, but others keep the tables from being rebuilt; erase again to rebuild them")

    # The database

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the database, without their messages."""
        try:
            yield
        except Error as error:
            raise StorageError(f"the database failed with {type(error).__name__}") from None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self._told(), transaction.atomic(using=self._using):
            yield

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """One state for all that is read."""
        connection = connections[self._using]
        is_postgres, is_outermost = connection.vendor == "postgresql", not connection.in_atomic_block
        with self._transaction():
            if is_postgres and is_outermost:
                with connection.cursor() as cursor:
                    cursor.execute("set transaction isolation level repeatable read, read only")
            yield

    def _mine(self, model: type[M]) -> QuerySet[M]:
        """The rows of this tenant."""
        return model._default_manager.using(self._using).filter(tenant=self._tenant)

    def _keys(self, keys: Sequence[str | None]) -> dict[str, str | None]:
        return dict(zip(self._rows.columns, keys, strict=True))

    def _scanned(self, scan: Scan) -> Iterable[str]:
        """The bodies of a stretch of an index."""
        stored = self._mine(StoredEntity).filter(*map(_condition, scan.where), kind=scan.kind)
        return stored.order_by(*map(_ordering, scan.order)).values_list("body", flat=True)[: scan.limit]


def _condition(condition: Condition) -> Q:
    match condition.comparison:
        case Comparison.IN:
            return Q(**{f"{condition.column}__in": condition.keys})
        case Comparison.UNKNOWN | Comparison.KNOWN:
            return Q(**{f"{condition.column}__isnull": condition.comparison is Comparison.UNKNOWN})
        case comparison:
            return Q(**{f"{condition.column}__{LOOKUPS[comparison]}": condition.keys[0]})


def _ordering(ordering: Ordering) -> OrderBy:
    return OrderBy(F(ordering.column), descending=ordering.descending, nulls_last=ordering.may_be_unknown or None)
