"""An asynchronous storage on PostgreSQL, with psycopg 3 and its pool: a complete program to copy.

    storage = await PsycopgStorage("postgresql://...", indexed={Deal: ("stage", "owner", "expected_close")}).open()
    await storage.commit(sale.changes)
    await storage.close()

It needs ``psycopg[binary,pool]``. It keeps everything that ``AsyncStorage`` promises, and the journal, tenants, unique
keys, erasure and the audit chain. What it relies on:

- The version is compared in the ``WHERE`` of the ``UPDATE``; the number of rows says whether it held. PostgreSQL compares
  again once it has waited for somebody else's row, so ``READ COMMITTED`` is enough.
- Each commit begins by raising the last position of its tenant, in a row of its own. The row stays locked until the end of
  the transaction, so there is one commit at a time for a tenant: positions have no gaps (a sequence has one with every
  roll-back), nobody sees n + 1 before n, and no two commits wait for each other crosswise.
- A commit is one transaction in two trips to the server: the first compares and writes, the second appends the events and
  ends it. In pipeline mode statements do not wait for each other, and none of them fails where others have what it wants:
  ``ON CONFLICT DO NOTHING`` and the number of rows say so.
- A call that is canceled has written all or nothing when it comes back: psycopg cancels the statement on the server, waits
  for what became of it, and the pool rolls back, or drops a connection of which nobody knows.
- Columns of text have the collation ``"C"``: byte by byte, which in UTF-8 is the order of text keys.
- A page is read in one snapshot, ``REPEATABLE READ``.
- Statements that are sent often are prepared by psycopg itself.
- Errors are made here, and never from the driver's: its messages repeat the values that were refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, LiteralString, TypeAlias, TypeVar

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder
from psycopg_pool import AsyncConnectionPool, PoolClosed

from salesflow import ChangeSet, Entity, Recorded
from salesflow.errors import StorageClosed, StorageError
from salesflow.storage import JournalEntry, Page, Query, Receipt, UniqueKey
from salesflow.storage.audit import AuditChain
from salesflow.storage.erasure import Erasure, planned_erasure
from salesflow.storage.records import Records
from salesflow.storage.rows import Rows, check_window
from salesflow.storage.scanning import Comparison, Condition, Ordering, Scan
from salesflow.storage.tables import EntityRow, EventRow, SetRows, TakenRow
from salesflow.values.text import line

E = TypeVar("E", bound=Entity)
Connection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]
Cursor: TypeAlias = psycopg.AsyncCursor[tuple[Any, ...]]

SCHEMA: Final = """
select pg_advisory_xact_lock(hashtext('salesflow tables'));
create table if not exists entities (
    tenant text collate "C", kind text collate "C", id text collate "C", version bigint not null, body text not null,
    primary key (tenant, kind, id));
create table if not exists events (
    tenant text collate "C", position bigint, kind text collate "C" not null, id text collate "C" not null,
    version bigint not null, body text not null, content text, redacted text, hash text, primary key (tenant, position));
create unique index if not exists history on events (tenant, kind, id, version);
create table if not exists taken (
    tenant text collate "C", kind text collate "C", name text collate "C", value text collate "C", id text not null,
    primary key (tenant, kind, name, value));
create table if not exists requests (
    tenant text collate "C", key text collate "C", fingerprint text not null, receipt text not null,
    primary key (tenant, key));
create table if not exists journals (tenant text collate "C" primary key, last bigint not null);
"""
KEY_COLUMN: Final = """
alter table entities add column {column} text collate "C";
create index {index} on entities (tenant, kind, {column}, id);
"""
RAISE: Final = """
insert into journals as journal values (%s, %s)
on conflict (tenant) do update set last = journal.last + excluded.last returning last - %s, null
"""
APPEND: Final = """
insert into events select %s, * from unnest(
    %b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[])
"""


class PsycopgStorage:
    """Keeps entities and their histories in PostgreSQL. Any number of tasks and processes may use it.

    Args:
        address: of the database; ``options=-c search_path=...`` in it chooses a schema.
        records: knows classes of your own.
        unique: keys that must be unique.
        indexed: the fields of each kind that queries narrow down or order by with an index. A field that is added later
            is filled in for everything that is stored.
        chain: makes the links of the audit chain, where one is to be kept.
        connections: how many are open at most; whoever needs one more waits.
    """

    def __init__(
        self,
        address: str,
        *,
        records: Records | None = None,
        unique: Iterable[UniqueKey] = (),
        indexed: Mapping[type[Entity], Iterable[str]] = MappingProxyType({}),
        chain: AuditChain | None = None,
        connections: int = 10,
    ) -> None:
        self._rows = Rows(records, unique=unique, indexed=indexed, chain=chain)
        self._tenant = ""
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            address, min_size=1, max_size=connections, open=False, kwargs={"autocommit": True}
        )
        columns = [Identifier(name) for name in ("tenant", "kind", "id", "version", "body", *self._rows.columns)]
        self._insert = (
            SQL("insert into entities ({}) values ({}) on conflict do nothing")
            .format(_listed(columns), _marks(columns))
            .as_bytes()
        )
        self._update = (
            SQL("update entities set {} where tenant = %s and kind = %s and id = %s and version = %s")
            .format(_listed(map(_assigned, columns[3:])))
            .as_bytes()
        )

    async def open(self) -> PsycopgStorage:
        """Connect, on the event loop that is to use it, and make the tables that are missing."""
        await self._pool.open()
        await self._create()
        return self

    async def close(self) -> None:
        """Close all connections, for all tenants."""
        await self._pool.close()

    def for_tenant(self, tenant: str, /) -> PsycopgStorage:
        """The storage of one tenant: the same connections, and rows of its own."""
        bound = copy(self)
        bound._tenant = line(tenant, field="tenant")
        return bound

    # Reading

    async def get(self, kind: type[E], id: str, /) -> E:
        """As ``Storage.get``."""
        place = self._rows.place(kind, id)
        async with self._connected() as connection:
            sql = "select body from entities where tenant = %s and kind = %s and id = %s"
            found = await (await self._run(connection, sql, *place)).fetchone()
        return self._rows.entity(kind, id, None if found is None else found[0])

    async def find(self, query: Query[E], /) -> Page[E]:
        """As ``Storage.find``; all scans of a page see the same state."""
        search = self._rows.search(query)
        async with self._connected() as connection:
            await connection.execute("begin isolation level repeatable read, read only")
            while (scan := search.next_scan()) is not None:
                found = await self._scan(connection, scan)
                search.take(self._rows.entities(body for (body,) in await found.fetchall()))
        return search.page()

    async def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        """As ``Storage.history``."""
        async with self._connected() as connection:
            return await self._history(connection, kind, id)

    async def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        """As ``Journal.journal``."""
        check_window(after=after, limit=limit)
        columns: LiteralString = "position, body, content, redacted, hash"
        sql = f"select {columns} from events where tenant = %s and position > %s order by position limit %s"
        async with self._connected() as connection:
            found = await (await self._run(connection, sql, after, limit)).fetchall()
        return tuple(self._rows.entry(*row) for row in found)

    # Writing

    async def commit(self, changes: ChangeSet, /) -> Receipt:
        """As ``Storage.commit``; a call that is canceled has written all or nothing."""
        rows = self._rows.of(changes)
        async with self._connected() as connection:
            async with connection.pipeline():
                journal = await self._begin(connection, by=len(rows.events))
                request = await self._keep(connection, rows)
                written = [await self._write(connection, row) for row in rows.entities]
                taken = await self._move_keys(connection, rows.freed, rows.taken)
            if request is not None and request.rowcount != 1:
                await connection.rollback()
                return await self._repeated(connection, rows)
            await self._check(connection, rows.entities, written)
            _check_taken(rows.taken, taken)
            async with connection.pipeline():
                await self._append(connection, rows.events, journal)
                await connection.execute("commit")
        return rows.receipt

    async def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        """As ``Eraser.erase``; the tables are rebuilt afterwards, and others wait meanwhile.

        What the server keeps for its recovery (its write-ahead log, until it is recycled) and backups are not reached from
        here. Rows that a transaction from before may still look at stay until the next erasure.
        """
        async with self._connected() as connection:
            journal = await self._begin(connection, by=1)
            plan = planned_erasure(await self._history(connection, kind, id), by=by, at=at)
            rows = self._rows.of_erasure(plan)
            if rows.appended:
                async with connection.pipeline():
                    written = await self._write(connection, rows.entity)
                    taken = await self._move_keys(connection, rows.freed, rows.taken)
                    await self._append(connection, rows.appended, journal)
                    for row in rows.rewritten:
                        place = (self._tenant, row.kind, row.id, row.version)
                        sql = "update events set body = %s where tenant = %s and kind = %s and id = %s and version = %s"
                        await connection.execute(sql, (row.body, *place))
                await self._check(connection, [rows.entity], [written])
                _check_taken(rows.taken, taken)
                await connection.commit()
            else:
                await connection.rollback()
        await self._rebuild()
        return plan.erasure

    async def _begin(self, connection: Connection, *, by: int) -> Cursor:
        """Begin a transaction and raise the last position of the journal; finds what it was, and the hash that stands there.

        Others wait here until the transaction ends, so what is read afterwards is what they have written.
        """
        await connection.execute("begin isolation level read committed")
        raised = await self._run(connection, RAISE, by, by)
        if not self._rows.has_chain:
            return raised
        sql = "select position, hash from events where tenant = %s order by position desc limit 1"
        return await self._run(connection, sql)

    async def _keep(self, connection: Connection, rows: SetRows) -> Cursor | None:
        """Keep what came under an idempotency key, if nothing has come under it before."""
        if rows.key is None:
            return None
        sql = "insert into requests values (%s, %s, %s, %s) on conflict do nothing"
        return await self._run(connection, sql, rows.key, rows.fingerprint, rows.receipt_body)

    async def _repeated(self, connection: Connection, rows: SetRows) -> Receipt:
        """The receipt of the set that came under the same key before."""
        sql = "select fingerprint, receipt from requests where tenant = %s and key = %s"
        earlier = await (await self._run(connection, sql, rows.key)).fetchone()
        assert earlier is not None, "requests are never deleted"
        rows.check_same(earlier[0])
        return self._rows.receipt(earlier[1])

    async def _write(self, connection: Connection, row: EntityRow) -> Cursor:
        """Write an entity on top of the version that it was decided on."""
        place, values = (self._tenant, row.kind, row.id), (row.version, row.body, *row.keys)
        if row.expected == 0:
            return await connection.execute(self._insert, (*place, *values))
        return await connection.execute(self._update, (*values, *place, row.expected))

    async def _check(self, connection: Connection, rows: Sequence[EntityRow], written: Sequence[Cursor]) -> None:
        """Refuse the first entity that was not written."""
        for row, done in zip(rows, written, strict=True):
            if done.rowcount != 1:
                sql = "select version from entities where tenant = %s and kind = %s and id = %s"
                found = await (await self._run(connection, sql, row.kind, row.id)).fetchone()
                raise row.refusal(None if found is None else found[0])

    async def _append(self, connection: Connection, events: Sequence[EventRow], journal: Cursor) -> None:
        """Append events to histories and journal, after the entry that is its last."""
        last = await journal.fetchone() or (0, None)
        rows = [
            (row.position, row.event.kind, row.event.id, row.event.version, row.event.body, *row.link)
            for row in self._rows.entries(events, last=last[0], hash=last[1])
        ]
        if rows:
            await self._run(connection, APPEND, *map(list, zip(*rows, strict=True)))

    async def _move_keys(
        self, connection: Connection, freed: Sequence[TakenRow], taken: Sequence[TakenRow]
    ) -> list[Cursor]:
        """Free unique keys, then take others."""
        for row in freed:
            sql = "delete from taken where tenant = %s and kind = %s and name = %s and value = %s and id = %s"
            await self._run(connection, sql, row.kind, row.name, row.value, row.id)
        sql = "insert into taken values (%s, %s, %s, %s, %s) on conflict do nothing"
        return [await self._run(connection, sql, row.kind, row.name, row.value, row.id) for row in taken]

    async def _rebuild(self) -> None:
        """Write the tables anew, so that nothing is left of what was erased."""
        try:
            async with self._connected() as connection:
                await connection.execute("vacuum (full) entities, events, taken")
        except StorageError:
            way_out = "erased, but the tables could not be rebuilt; erase again to rebuild them"
            raise StorageError(way_out) from None

    # The database

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        """A connection; a transaction that is begun on it is committed at the end, and rolled back by what is raised."""
        try:
            connection = await self._pool.getconn()
            try:
                async with connection:
                    yield connection
            finally:
                await asyncio.shield(self._pool.putconn(connection))  # canceled once more, it would be lost to the pool
        except PoolClosed:
            raise StorageClosed("the storage is closed; open another one") from None
        except psycopg.Error as error:
            raise StorageError(f"the database failed with {type(error).__name__}") from None

    async def _run(self, connection: Connection, sql: LiteralString | SQL | Composed, *values: object) -> Cursor:
        """Run a statement whose first value is the tenant."""
        return await connection.execute(sql, (self._tenant, *values))

    async def _history(self, connection: Connection, kind: type[Entity], id: str) -> tuple[Recorded, ...]:
        sql = "select body from events where tenant = %s and kind = %s and id = %s order by version"
        found = await self._run(connection, sql, *self._rows.place(kind, id))
        return self._rows.history(kind, id, (body for (body,) in await found.fetchall()))

    async def _scan(self, connection: Connection, scan: Scan) -> Cursor:
        """The bodies of a stretch of an index."""
        where = SQL(" and ").join([SQL("tenant = %s and kind = %s"), *map(_condition, scan.where)])
        order = _listed(map(_ordering, scan.order))
        keys = [key for condition in scan.where for key in _values(condition)]
        sql = SQL("select body from entities where {} order by {} limit %s").format(where, order)
        return await self._run(connection, sql, scan.kind, *keys, scan.limit)

    async def _create(self) -> None:
        """Make what is missing, and fill in the text keys of fields that were not indexed before."""
        async with self._connected() as connection:
            await connection.execute("begin")
            await connection.execute(SCHEMA)
            described = "select attname from pg_attribute where attrelid = 'entities'::regclass"
            present = {name for (name,) in await (await connection.execute(described)).fetchall()}
            missing = [name for name in self._rows.columns if name not in present]
            for name in missing:
                parts = {"column": Identifier(name), "index": Identifier(f"{name}_index")}
                await connection.execute(SQL(KEY_COLUMN).format(**parts))
            if missing:
                await self._fill_in(connection)

    async def _fill_in(self, connection: Connection) -> None:
        changed = _listed(_assigned(Identifier(name)) for name in self._rows.columns)
        sql = SQL("update entities set {} where tenant = %s and kind = %s and id = %s").format(changed)
        stored = await connection.execute("select body, tenant, kind, id from entities")
        for body, *place in await stored.fetchall():
            (entity,) = self._rows.entities([body])
            await connection.execute(sql, (*self._rows.keys(entity), *place))


def _check_taken(rows: Sequence[TakenRow], taken: Sequence[Cursor]) -> None:
    """Refuse the first unique key that another entity has."""
    for row, done in zip(rows, taken, strict=True):
        if done.rowcount != 1:
            raise row.refusal()


def _listed(parts: Iterable[Composable]) -> Composed:
    return SQL(", ").join(parts)


def _marks(parts: Sequence[object]) -> Composed:
    return _listed(Placeholder() for _ in parts)


def _assigned(column: Identifier) -> Composed:
    return SQL("{} = %s").format(column)


def _condition(condition: Condition) -> Composed:
    if condition.comparison is Comparison.IN:
        return SQL("{} = any(%s)").format(Identifier(condition.column))
    comparison = SQL(condition.comparison.value)
    return SQL("{} {} {}").format(Identifier(condition.column), comparison, _marks(condition.keys))


def _values(condition: Condition) -> Sequence[object]:
    """The values of a condition; those of a set are one, so that the statement is the same for any number of them."""
    return [list(condition.keys)] if condition.comparison is Comparison.IN else condition.keys


def _ordering(ordering: Ordering) -> Composed:
    direction = SQL(" desc" if ordering.descending else "") + SQL(" nulls last" if ordering.may_be_unknown else "")
    return Identifier(ordering.column) + direction
