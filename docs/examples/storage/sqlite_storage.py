"""A storage on SQLite, with nothing but the standard library: a complete program to copy.

    storage = SQLiteStorage("deals.db", indexed={Deal: ("stage", "owner", "expected_close")})
    storage.commit(sale.changes)

It keeps everything that ``Storage`` promises, and the journal, tenants, unique keys and erasure. What it relies on:

- ``BEGIN IMMEDIATE`` takes the write lock before anything is read. A plain ``BEGIN`` takes it at the first write: two that
  have both read by then cannot both go on.
- The version is compared in the ``WHERE`` of the ``UPDATE``; the number of rows says whether it held.
- The next position is counted from the last one while the write lock is held: a roll-back leaves no gap, and nobody sees
  n + 1 before n.
- Every column is ``TEXT`` except versions and positions: a column without that affinity turns the id ``007`` into 7. SQLite
  compares text byte by byte, which in UTF-8 is the order of text keys.
- ``synchronous = FULL``: a commit that came back is on the disk, also after a loss of power. In WAL mode readers do not wait
  for the writer.
- After an erasure the file is rebuilt with ``VACUUM`` and the write-ahead log emptied, so that what was erased is in no file.
  ``secure_delete`` is not enough: pages that were split before keep copies of what has moved to their neighbors.
- Errors are made here, and never from the driver's: its messages repeat the values that were refused.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from salesflow import ChangeSet, Entity, Recorded
from salesflow.errors import StorageClosed, StorageError
from salesflow.storage import JournalEntry, Page, Query, Receipt, UniqueKey
from salesflow.storage.audit import AuditChain
from salesflow.storage.erasure import Erasure, planned_erasure
from salesflow.storage.records import Records
from salesflow.storage.rows import Rows, check_window
from salesflow.storage.scanning import Comparison, Condition, Ordering, Scan
from salesflow.storage.tables import EntityRow, EventRow, TakenRow
from salesflow.values.text import line

E = TypeVar("E", bound=Entity)

SCHEMA = """
create table if not exists entities (
    tenant text not null, kind text not null, id text not null, version integer not null, body text not null,
    primary key (tenant, kind, id));
create table if not exists events (
    tenant text not null, position integer not null, kind text not null, id text not null, version integer not null,
    body text not null, content text, redacted text, hash text, primary key (tenant, position));
create unique index if not exists history on events (tenant, kind, id, version);
create table if not exists taken (
    tenant text not null, kind text not null, name text not null, value text not null, id text not null,
    primary key (tenant, kind, name, value)) without rowid;
create table if not exists requests (
    tenant text not null, key text not null, fingerprint text not null, receipt text not null,
    primary key (tenant, key)) without rowid;
"""


class SQLiteStorage:
    """Keeps entities and their histories in a file of SQLite. Safe to use from several threads and processes.

    Args:
        path: the file; made where it is missing.
        records: knows classes of your own.
        unique: keys that must be unique.
        indexed: the fields of each kind that queries narrow down or order by with an index. A field that is added later
            is filled in for everything that is stored.
        chain: makes the links of the audit chain, where one is to be kept.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        records: Records | None = None,
        unique: Iterable[UniqueKey] = (),
        indexed: Mapping[type[Entity], Iterable[str]] = MappingProxyType({}),
        chain: AuditChain | None = None,
    ) -> None:
        self._rows = Rows(records, unique=unique, indexed=indexed, chain=chain)
        self._tenant = ""
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = wal", "synchronous = full"):
            self._connection.execute(f"pragma {pragma}")
        columns = ("tenant", "kind", "id", "version", "body", *map(_quoted, self._rows.columns))
        changed = ", ".join(f"{column} = ?" for column in columns[3:])
        self._insert = f"insert into entities ({', '.join(columns)}) values ({_marks(columns)}) on conflict do nothing"
        self._update = f"update entities set {changed} where tenant = ? and kind = ? and id = ? and version = ?"
        self._create()

    def close(self) -> None:
        """Close the file, for all tenants."""
        with self._lock:
            self._connection.close()

    def for_tenant(self, tenant: str, /) -> SQLiteStorage:
        """The storage of one tenant: the same file and lock, and rows of its own."""
        bound = copy(self)
        bound._tenant = line(tenant, field="tenant")
        return bound

    # Reading

    def get(self, kind: type[E], id: str, /) -> E:
        """As ``Storage.get``."""
        place = self._rows.place(kind, id)
        with self._connected():
            found = self._one("select body from entities where tenant = ? and kind = ? and id = ?", *place)
        return self._rows.entity(kind, id, None if found is None else found[0])

    def find(self, query: Query[E], /) -> Page[E]:
        """As ``Storage.find``; all scans of a page see the same state."""
        search = self._rows.search(query)
        with self._transaction("begin"):
            while (scan := search.next_scan()) is not None:
                search.take(self._rows.entities(self._scanned(scan)))
        return search.page()

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """As ``Storage.history``."""
        with self._connected():
            return self._history(kind, id)

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        """As ``Journal.journal``."""
        check_window(after=after, limit=limit)
        columns = "position, body, content, redacted, hash"
        sql = f"select {columns} from events where tenant = ? and position > ? order by position limit ?"
        with self._connected():
            found = self._all(sql, after, limit)
        return tuple(self._rows.entry(*row) for row in found)

    # Writing

    def commit(self, changes: ChangeSet, /) -> Receipt:
        """As ``Storage.commit``."""
        rows = self._rows.of(changes)
        with self._transaction("begin immediate"):
            if rows.key is not None:
                earlier = self._one("select fingerprint, receipt from requests where tenant = ? and key = ?", rows.key)
                if earlier is not None:
                    rows.check_same(earlier[0])
                    return self._rows.receipt(earlier[1])
                request = (rows.key, rows.fingerprint, rows.receipt_body)
                self._run("insert into requests values (?, ?, ?, ?)", *request)
            for row in rows.entities:
                self._write(row)
            self._append(rows.events)
            self._move_keys(rows.freed, rows.taken)
            return rows.receipt

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        """As ``Eraser.erase``."""
        with self._transaction("begin immediate"):
            plan = planned_erasure(self._history(kind, id), by=by, at=at)
            rows = self._rows.of_erasure(plan)
            if rows.appended:
                self._write(rows.entity)
                self._append(rows.appended)
                self._move_keys(rows.freed, rows.taken)
                for row in rows.rewritten:
                    place = (self._tenant, row.kind, row.id, row.version)
                    sql = "update events set body = ? where tenant = ? and kind = ? and id = ? and version = ?"
                    self._connection.execute(sql, (row.body, *place))
        self._rebuild()
        return plan.erasure

    def _write(self, row: EntityRow) -> None:
        """Write an entity on top of the version that it was decided on."""
        place, values = (self._tenant, row.kind, row.id), (row.version, row.body, *row.keys)
        if row.expected == 0:
            done = self._connection.execute(self._insert, (*place, *values))
        else:
            done = self._connection.execute(self._update, (*values, *place, row.expected))
        if done.rowcount != 1:
            found = self._one("select version from entities where tenant = ? and kind = ? and id = ?", *place[1:])
            raise row.refusal(None if found is None else found[0])

    def _append(self, events: Sequence[EventRow]) -> None:
        """Append events to histories and journal."""
        last = self._one("select position, hash from events where tenant = ? order by position desc limit 1") or (
            0,
            None,
        )
        rows = (
            (self._tenant, row.position, row.event.kind, row.event.id, row.event.version, row.event.body, *row.link)
            for row in self._rows.entries(events, last=last[0], hash=last[1])
        )
        self._connection.executemany("insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _move_keys(self, freed: Sequence[TakenRow], taken: Sequence[TakenRow]) -> None:
        """Free unique keys, then take others."""
        for row in freed:
            sql = "delete from taken where tenant = ? and kind = ? and name = ? and value = ? and id = ?"
            self._run(sql, row.kind, row.name, row.value, row.id)
        for row in taken:
            sql = "insert into taken values (?, ?, ?, ?, ?) on conflict do nothing"
            if self._run(sql, row.kind, row.name, row.value, row.id).rowcount != 1:
                raise row.refusal()

    def _rebuild(self) -> None:
        """Write the file anew and empty the write-ahead log, so that nothing is left of what was erased."""
        with self._lock:
            try:
                self._connection.execute("vacuum")
                (busy, _, _) = self._connection.execute("pragma wal_checkpoint(truncate)").fetchone()
            except sqlite3.Error:
                busy = True
        if busy:
            raise StorageError("erased, but others keep the file from being rebuilt; erase again to rebuild it")

    # The database

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """The connection is used by one at a time; errors of the driver are told without their messages."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise _told(error) from None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        """All or nothing, and one state for all that is read."""
        with self._connected():
            try:
                self._connection.execute(begin)
                yield
                self._connection.execute("commit")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # the connection may be closed
            self._connection.rollback()

    def _history(self, kind: type[Entity], id: str) -> tuple[Recorded, ...]:
        sql = "select body from events where tenant = ? and kind = ? and id = ? order by version"
        return self._rows.history(kind, id, (body for (body,) in self._all(sql, *self._rows.place(kind, id))))

    def _scanned(self, scan: Scan) -> Iterator[str]:
        """The bodies of a stretch of an index."""
        where = " and ".join(["tenant = ?", "kind = ?", *map(_condition, scan.where)])
        order = ", ".join(map(_ordering, scan.order))
        keys = [key for condition in scan.where for key in condition.keys]
        found = self._all(
            f"select body from entities where {where} order by {order} limit ?", scan.kind, *keys, scan.limit
        )
        return (body for (body,) in found)

    def _run(self, sql: str, *values: object) -> sqlite3.Cursor:
        """Run a statement whose first value is the tenant."""
        return self._connection.execute(sql, (self._tenant, *values))

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._run(sql, *values).fetchone()
        return found

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self._run(sql, *values).fetchall()

    def _create(self) -> None:
        """Make what is missing, and fill in the text keys of fields that were not indexed before."""
        with self._transaction("begin immediate"):
            for statement in SCHEMA.split(";"):
                self._connection.execute(statement)
            present = {row[1] for row in self._connection.execute("pragma table_info(entities)")}
            missing = [column for column in self._rows.columns if column not in present]
            for column in missing:
                self._connection.execute(f"alter table entities add column {_quoted(column)} text")
                sql = f"create index {_quoted(column + '_index')} on entities (tenant, kind, {_quoted(column)}, id)"
                self._connection.execute(sql)
            if missing:
                self._fill_in()

    def _fill_in(self) -> None:
        changed = ", ".join(f"{_quoted(column)} = ?" for column in self._rows.columns)
        stored = self._connection.execute("select rowid, body from entities").fetchall()
        for rowid, body in stored:
            (entity,) = self._rows.entities([body])
            self._connection.execute(
                f"update entities set {changed} where rowid = ?", (*self._rows.keys(entity), rowid)
            )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _condition(condition: Condition) -> str:
    if condition.comparison is Comparison.IN:
        return f"{_quoted(condition.column)} in ({_marks(condition.keys)})"
    return f"{_quoted(condition.column)} {condition.comparison} {_marks(condition.keys)}"


def _ordering(ordering: Ordering) -> str:
    direction = " desc" if ordering.descending else ""
    return _quoted(ordering.column) + direction + (" nulls last" if ordering.may_be_unknown else "")


def _told(error: sqlite3.Error) -> StorageError:
    """An error of the driver, without its message."""
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return StorageClosed("the storage is closed; open another one")
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StorageError(f"the database answered {name}; nothing was written")
