"""A storage on SQLAlchemy Core 2, for SQLite and PostgreSQL (psycopg 3): a complete program to copy.

    storage = SQLAlchemyStorage(create_engine("postgresql+psycopg://..."), indexed={Deal: ("stage", "owner")})
    storage.create()                 # or let your migrations make the tables of storage.metadata
    storage.commit(sale.changes)

It keeps everything that ``Storage`` promises, and the journal, tenants, unique keys, erasure and the audit chain. What it
relies on:

- The version is compared in the ``WHERE`` of the ``UPDATE``; the number of rows says whether it held. ``READ COMMITTED`` is
  enough: PostgreSQL compares again once it has waited for somebody else's row.
- Each commit begins by raising the last position of its tenant, in a row of its own. The row stays locked until the end of
  the transaction, so there is one commit at a time for a tenant: positions have no gaps (a sequence has one with every
  roll-back), nobody sees n + 1 before n, and no two commits wait for each other crosswise.
- ``INSERT ... ON CONFLICT DO NOTHING`` and the number of rows, instead of an error that would end the transaction. For an
  ``INSERT`` SQLAlchemy keeps that number only with ``preserve_rowcount``.
- Columns of text have the collation ``"C"``, SQLite's ``BINARY``: byte by byte, which in UTF-8 is the order of text keys.
- A page is read in one snapshot: ``REPEATABLE READ`` on PostgreSQL, ``BEGIN`` on SQLite.
- On SQLite ``BEGIN IMMEDIATE`` is said by hand: the driver would begin at the first write, when it is too late.
- Errors are made here, and never from the driver's: SQLAlchemy's messages hold the statement and its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.event import listen
from sqlalchemy.exc import SQLAlchemyError

from salesflow import ChangeSet, Entity, Recorded
from salesflow.errors import StorageError
from salesflow.storage import JournalEntry, Page, Query, Receipt, UniqueKey
from salesflow.storage.audit import AuditChain
from salesflow.storage.erasure import Erasure, planned_erasure
from salesflow.storage.records import Records
from salesflow.storage.rows import Rows, check_window
from salesflow.storage.scanning import Comparison, Condition, Ordering, Scan
from salesflow.storage.tables import EntityRow, EventRow, TakenRow
from salesflow.values.text import line

E = TypeVar("E", bound=Entity)
Insert: TypeAlias = sqlite.Insert | postgresql.Insert

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def tables_of(metadata: sa.MetaData, key_columns: Iterable[str]) -> None:
    """Declare the five tables, with a column and an index for each indexed field."""

    def key(name: str) -> sa.Column[Any]:
        return sa.Column(name, TEXT, primary_key=True)

    def text(name: str, *, may_be_null: bool = False) -> sa.Column[Any]:
        return sa.Column(name, TEXT, nullable=may_be_null)

    entities = sa.Table("entities", metadata, key("tenant"), key("kind"), key("id"))
    entities.append_column(sa.Column("version", sa.BigInteger, nullable=False))
    entities.append_column(text("body"))
    for name in key_columns:
        entities.append_column(text(name, may_be_null=True))
        sa.Index(f"{name}_index", entities.c.tenant, entities.c.kind, entities.c[name], entities.c.id)
    sa.Table(
        "events",
        metadata,
        key("tenant"),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        *map(text, ("kind", "id")),
        sa.Column("version", sa.BigInteger, nullable=False),
        text("body"),
        *(text(name, may_be_null=True) for name in ("content", "redacted", "hash")),
        sa.Index("history", "tenant", "kind", "id", "version", unique=True),
    )
    sa.Table("taken", metadata, *map(key, ("tenant", "kind", "name", "value")), text("id"))
    sa.Table("requests", metadata, *map(key, ("tenant", "key")), *map(text, ("fingerprint", "receipt")))
    sa.Table("journals", metadata, key("tenant"), sa.Column("last", sa.BigInteger, nullable=False))


class Statements:
    """Every statement but that of a query, made once: to make one costs more than to run it.

    Args:
        tables: the five tables, by name.
        insert: makes an ``INSERT`` of the database's own, with ``ON CONFLICT``.
    """

    def __init__(self, tables: Mapping[str, sa.Table], insert: Callable[[sa.Table], Insert]) -> None:
        entities, events, taken = tables["entities"], tables["events"], tables["taken"]
        requests, journals = tables["requests"].c, tables["journals"]
        here: sa.BindParameter[str] = sa.bindparam("at_tenant")
        self.entity = sa.select(entities.c.body).where(*_at(entities))
        self.version = sa.select(entities.c.version).where(*_at(entities))
        self.insert = insert(entities).on_conflict_do_nothing()
        self.update = entities.update().where(*_at(entities), entities.c.version == sa.bindparam("at_version"))
        self.history = sa.select(events.c.body).where(*_at(events)).order_by(events.c.version)
        columns = (events.c.position, events.c.body, events.c.content, events.c.redacted, events.c.hash)
        follows = (events.c.tenant == here, events.c.position > sa.bindparam("after"))
        self.journal = sa.select(*columns).where(*follows).order_by(events.c.position).limit(sa.bindparam("most"))
        self.head = sa.select(events.c.hash).where(events.c.tenant == here, events.c.position == sa.bindparam("last"))
        self.append = events.insert()
        self.rewrite = events.update().where(*_at(events), events.c.version == sa.bindparam("at_version"))
        self.earlier = sa.select(requests.fingerprint, requests.receipt).where(
            requests.tenant == here, requests.key == sa.bindparam("at_key")
        )
        self.request = tables["requests"].insert()
        self.take = insert(taken).on_conflict_do_nothing()
        whose = (taken.c.name == sa.bindparam("at_name"), taken.c.value == sa.bindparam("at_value"))
        self.free = taken.delete().where(*_at(taken), *whose)
        given = insert(journals)
        raised = {"last": journals.c.last + given.excluded.last}
        self.raise_last = given.on_conflict_do_update(index_elements=["tenant"], set_=raised).returning(journals.c.last)


def _at(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    """The rows of one entity; its place is given when the statement runs."""
    return tuple(table.c[name] == sa.bindparam(f"at_{name}") for name in ("tenant", "kind", "id"))


class SQLAlchemyStorage:
    """Keeps entities and their histories in a database. Safe to use from several threads and processes.

    Args:
        engine: of SQLite or of PostgreSQL; the host makes and disposes it.
        records: knows classes of your own.
        unique: keys that must be unique.
        indexed: the fields of each kind that queries narrow down or order by with an index. For one that is added later,
            let a migration add its column and index, and call ``fill_in``.
        chain: makes the links of the audit chain, where one is to be kept.

    Attributes:
        metadata: the tables, for migrations.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        records: Records | None = None,
        unique: Iterable[UniqueKey] = (),
        indexed: Mapping[type[Entity], Iterable[str]] = MappingProxyType({}),
        chain: AuditChain | None = None,
    ) -> None:
        self._engine = engine
        self._rows = Rows(records, unique=unique, indexed=indexed, chain=chain)
        self._tenant = ""
        self.metadata = sa.MetaData()
        tables_of(self.metadata, self._rows.columns)
        self._entities = self.metadata.tables["entities"]
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._statements = Statements(self.metadata.tables, sqlite.insert if self._is_sqlite else postgresql.insert)
        if self._is_sqlite:
            listen(engine, "connect", _prepared)

    def create(self) -> None:
        """Make the tables that are missing."""
        self.metadata.create_all(self._engine)

    def for_tenant(self, tenant: str, /) -> SQLAlchemyStorage:
        """The storage of one tenant: the same engine, and rows of its own."""
        bound = copy(self)
        bound._tenant = line(tenant, field="tenant")
        return bound

    def fill_in(self) -> None:
        """Write the text keys of all that is stored, for fields that were not indexed before."""
        entities = self._entities.c
        with self._connected("READ COMMITTED", begin="begin immediate") as connection:
            stored = sa.select(entities.tenant, entities.kind, entities.id, entities.body)
            for *place, body in connection.execute(stored).all():
                (entity,) = self._rows.entities([body])
                same = sa.tuple_(entities.tenant, entities.kind, entities.id) == tuple(place)
                keys = dict(zip(self._rows.columns, self._rows.keys(entity), strict=True))
                connection.execute(self._entities.update().where(same).values(keys))

    # Reading

    def get(self, kind: type[E], id: str, /) -> E:
        """As ``Storage.get``."""
        place = self._at(*self._rows.place(kind, id))
        with self._connected("AUTOCOMMIT") as connection:
            body = connection.scalar(self._statements.entity, place)
        return self._rows.entity(kind, id, body)

    def find(self, query: Query[E], /) -> Page[E]:
        """As ``Storage.find``; all scans of a page see the same state."""
        search = self._rows.search(query)
        with self._connected("REPEATABLE READ", begin="begin") as connection:
            while (scan := search.next_scan()) is not None:
                search.take(self._rows.entities(connection.scalars(self._select(scan))))
        return search.page()

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """As ``Storage.history``."""
        with self._connected("AUTOCOMMIT") as connection:
            return self._history(connection, kind, id)

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        """As ``Journal.journal``."""
        check_window(after=after, limit=limit)
        window = {"at_tenant": self._tenant, "after": after, "most": limit}
        with self._connected("AUTOCOMMIT") as connection:
            found = connection.execute(self._statements.journal, window).all()
        return tuple(self._rows.entry(*row) for row in found)

    # Writing

    def commit(self, changes: ChangeSet, /) -> Receipt:
        """As ``Storage.commit``."""
        rows = self._rows.of(changes)
        with self._connected("READ COMMITTED", begin="begin immediate") as connection:
            last = self._raised(connection, by=len(rows.events))
            if rows.key is not None:
                earlier = self._earlier(connection, rows.key)
                if earlier is not None:
                    rows.check_same(earlier[0])
                    connection.rollback()
                    return self._rows.receipt(earlier[1])
                request = {"key": rows.key, "fingerprint": rows.fingerprint, "receipt": rows.receipt_body}
                connection.execute(self._statements.request, {"tenant": self._tenant, **request})
            for row in rows.entities:
                self._write(connection, row)
            self._append(connection, rows.events, last)
            self._move_keys(connection, rows.freed, rows.taken)
            return rows.receipt

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        """As ``Eraser.erase``; the tables are rebuilt afterwards, and others wait meanwhile.

        What a server keeps for its recovery (PostgreSQL's write-ahead log, until it is recycled) and backups are not
        reached from here.
        """
        with self._connected("READ COMMITTED", begin="begin immediate") as connection:
            last = self._raised(connection, by=1)
            plan = planned_erasure(self._history(connection, kind, id), by=by, at=at)
            rows = self._rows.of_erasure(plan)
            if rows.appended:
                self._write(connection, rows.entity)
                self._append(connection, rows.appended, last)
                self._move_keys(connection, rows.freed, rows.taken)
                for row in rows.rewritten:
                    event = {**self._at(row.kind, row.id), "at_version": row.version}
                    connection.execute(self._statements.rewrite, {**event, "body": row.body})
            else:
                connection.rollback()
        self._rebuild()
        return plan.erasure

    def _raised(self, connection: sa.Connection, *, by: int) -> int:
        """Raise the last position of the journal; gives what it was. Others wait here until the transaction ends."""
        given = {"tenant": self._tenant, "last": by}
        reached: int = connection.execute(self._statements.raise_last, given).scalar_one()
        return reached - by

    def _earlier(self, connection: sa.Connection, key: str) -> tuple[str, str] | None:
        """Fingerprint and receipt of the set that came with this key before."""
        given = {"at_tenant": self._tenant, "at_key": key}
        found = connection.execute(self._statements.earlier, given).first()
        return None if found is None else (found[0], found[1])

    def _write(self, connection: sa.Connection, row: EntityRow) -> None:
        """Write an entity on top of the version that it was decided on."""
        values = {"version": row.version, "body": row.body, **dict(zip(self._rows.columns, row.keys, strict=True))}
        if row.expected == 0:
            place = {"tenant": self._tenant, "kind": row.kind, "id": row.id}
            done = connection.execute(self._statements.insert, {**place, **values})
        else:
            there = {**self._at(row.kind, row.id), "at_version": row.expected}
            done = connection.execute(self._statements.update, {**there, **values})
        if done.rowcount != 1:
            raise row.refusal(connection.scalar(self._statements.version, self._at(row.kind, row.id)))

    def _append(self, connection: sa.Connection, events: Sequence[EventRow], last: int) -> None:
        """Append events to histories and journal."""
        end = {"at_tenant": self._tenant, "last": last}
        head = connection.scalar(self._statements.head, end) if self._rows.has_chain else None
        rows = [
            {
                "tenant": self._tenant,
                "position": row.position,
                "kind": row.event.kind,
                "id": row.event.id,
                "version": row.event.version,
                "body": row.event.body,
                **dict(zip(("content", "redacted", "hash"), row.link, strict=True)),
            }
            for row in self._rows.entries(events, last=last, hash=head)
        ]
        if rows:
            connection.execute(self._statements.append, rows)

    def _move_keys(self, connection: sa.Connection, freed: Sequence[TakenRow], taken: Sequence[TakenRow]) -> None:
        """Free unique keys, then take others."""
        for row in freed:
            whose = {**self._at(row.kind, row.id), "at_name": row.name, "at_value": row.value}
            connection.execute(self._statements.free, whose)
        for row in taken:
            given = {"tenant": self._tenant, "kind": row.kind, "name": row.name, "value": row.value, "id": row.id}
            if connection.execute(self._statements.take, given).rowcount != 1:
                raise row.refusal()

    def _rebuild(self) -> None:
        """Write the tables anew, so that nothing is left of what was erased."""
        tables = (self.metadata.tables[name] for name in ("entities", "events", "taken"))
        names = map(self._engine.dialect.identifier_preparer.format_table, tables)
        with self._connected("AUTOCOMMIT") as connection:
            if self._is_sqlite:
                connection.exec_driver_sql("vacuum")
                connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
            else:
                connection.exec_driver_sql(f"vacuum (full) {', '.join(names)}")

    # The database

    @contextmanager
    def _connected(self, isolation: str, *, begin: str | None = None) -> Iterator[sa.Connection]:
        """A transaction of its own, committed at the end and rolled back by whatever is raised."""
        try:
            with self._engine.connect() as plain:
                level = "AUTOCOMMIT" if self._is_sqlite else isolation
                connection = plain.execution_options(isolation_level=level, preserve_rowcount=True)
                if begin is not None and self._is_sqlite:
                    connection.exec_driver_sql(begin)
                yield connection
                try:
                    connection.commit()
                except BaseException:
                    connection.invalidate()  # or it would go back to the pool with its transaction still open
                    raise
        except SQLAlchemyError as error:
            name = type(getattr(error, "orig", error)).__name__
            raise StorageError(f"the database failed with {name}") from None

    def _at(self, kind: str, id: str) -> dict[str, str]:
        """The place of an entity, for a statement."""
        return {"at_tenant": self._tenant, "at_kind": kind, "at_id": id}

    def _history(self, connection: sa.Connection, kind: type[Entity], id: str) -> tuple[Recorded, ...]:
        stored = connection.scalars(self._statements.history, self._at(*self._rows.place(kind, id)))
        return self._rows.history(kind, id, stored)

    def _select(self, scan: Scan) -> sa.Select[Any]:
        """The bodies of a stretch of an index."""
        columns = self._entities.c
        where = (columns.tenant == self._tenant, columns.kind == scan.kind)
        conditions = (_condition(columns[one.column], one) for one in scan.where)
        order = (_ordering(columns[one.column], one) for one in scan.order)
        return sa.select(columns.body).where(*where, *conditions).order_by(*order).limit(scan.limit)


def _condition(column: sa.ColumnElement[Any], condition: Condition) -> sa.ColumnElement[bool]:
    match condition.comparison:
        case Comparison.IN:
            return column.in_(condition.keys)
        case Comparison.UNKNOWN:
            return column.is_(None)
        case Comparison.KNOWN:
            return column.is_not(None)
        case comparison:
            return column.op(comparison.value, is_comparison=True)(condition.keys[0])


def _ordering(column: sa.ColumnElement[Any], ordering: Ordering) -> sa.ColumnElement[Any]:
    directed = column.desc() if ordering.descending else column.asc()
    return directed.nulls_last() if ordering.may_be_unknown else directed


def _prepared(connection: Any, _record: object) -> None:
    """Set up a connection to SQLite: readers do not wait for the writer, and writers wait for each other."""
    for pragma in ("busy_timeout = 30000", "journal_mode = wal", "synchronous = full"):
        connection.execute(f"pragma {pragma}")
