"""A small storage in a file, so that a process that writes to it can be killed; and the same with one defect each."""

from __future__ import annotations

import functools
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from salesflow import Recorded
from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion
from salesflow.storage import Page, Query, Receipt
from salesflow.storage.audit import START, AuditChain, ChainHead, ChainLink, LinkedEntry
from salesflow.storage.canonical import fingerprint
from salesflow.storage.erasure import Erasure, planned_erasure
from salesflow.testing.storage_contract import CHAIN, RECORDS
from salesflow.values.text import identifier

SCHEMA = """
pragma journal_mode = wal;
pragma synchronous = off;
create table if not exists entities (name text primary key, version integer, body text);
create table if not exists events (position integer primary key, name text, version integer, body text, link text);
create table if not exists requests (key text primary key, content text, receipt text);
"""
PAUSE = 0.05
"""How long a defective storage waits where it must not be killed, in seconds; longer than the contract lets it live."""


def to_text(value: object) -> str:
    return json.dumps(RECORDS.dump(value), ensure_ascii=False)


def from_text(body: str) -> Any:
    return RECORDS.load(json.loads(body))


class Durable:
    """Keeps everything in one file of SQLite; with ``synchronous`` off, for the machine is not killed, only the process."""

    def __init__(self, path: Path, chain: AuditChain = CHAIN) -> None:
        self.path, self.chain = path, chain
        self.lock = threading.RLock()
        self.connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self.connection.executescript(SCHEMA)
        self.connection.execute("pragma secure_delete = on")

    def close(self) -> None:
        self.connection.close()

    def opener(self) -> functools.partial[Durable]:
        return functools.partial(type(self), self.path)

    def stored_bytes(self) -> bytes:
        with self.lock:
            self.connection.execute("pragma wal_checkpoint(truncate)")
        return b"".join(path.read_bytes() for path in self.path.parent.glob(f"{self.path.name}*"))

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self.lock:
            return self.connection.execute(sql, values).fetchall()

    def name(self, kind: type[Entity], id: str) -> str:
        return f"{kind.root().__name__} {identifier(id, field='id')}"

    def get(self, kind: type[Any], id: str, /) -> Any:
        found = self.rows("select body from entities where name = ?", self.name(kind, id))
        entity = from_text(found[0][0]) if found else None
        if not isinstance(entity, kind):
            raise NotFound(kind.__name__, id)
        return entity

    def find(self, query: Query[Any], /) -> Page[Any]:
        found = self.rows("select body from entities where name like ? || ' %'", query.kind.root().__name__)
        return query.page(from_text(body) for (body,) in found)

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        self.get(kind, id)
        found = self.rows("select body from events where name = ? order by version", self.name(kind, id))
        return tuple(from_text(body) for (body,) in found)

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[LinkedEntry]:
        found = self.rows(
            "select position, body, link from events where position > ? order by position limit ?", after, limit
        )
        return tuple(
            LinkedEntry(position=place, recorded=from_text(body), link=ChainLink(**json.loads(link)))
            for place, body, link in found
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock:
            self.connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self.connection.execute("rollback")
                raise
            self.connection.execute("commit")

    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.transaction():
            known = self.repeated(changes)
            if known is not None:
                return known
            for change in changes.changes:
                self.write(change)
            return self.remember(changes)

    def repeated(self, changes: ChangeSet) -> Receipt | None:
        for content, receipt in self.rows("select content, receipt from requests where key = ?", changes.key):
            if content != fingerprint(changes, records=RECORDS):
                raise KeyReused(changes.key or "")
            return from_text(receipt)  # type: ignore[no-any-return]
        return None

    def remember(self, changes: ChangeSet) -> Receipt:
        written = tuple((one.kind.root().__name__, one.id, one.after.version) for one in changes.changes)
        receipt = Receipt(versions=written, key=changes.key)
        if changes.key:
            content = fingerprint(changes, records=RECORDS)
            self.rows("insert into requests values (?, ?, ?)", changes.key, content, to_text(receipt))
        return receipt

    def write(self, change: Change[Entity]) -> None:
        self.write_entity(change.before, change.after)
        for version, event in enumerate(change.events, change.expected_version + 1):
            self.append(Recorded(kind=change.kind, id=change.id, version=version, event=event))

    def write_entity(self, before: Entity | None, after: Entity) -> None:
        kind, name = type(after).root().__name__, self.name(type(after), after.id)
        stored = dict(self.rows("select name, version from entities where name = ?", name))
        if before is None and stored:
            raise DuplicateKey(kind, "id")
        if before is not None and stored.get(name) != before.version:
            raise StaleVersion(kind, after.id, expected=before.version)
        self.rows("insert or replace into entities values (?, ?, ?)", name, after.version, to_text(after))

    def append(self, recorded: Recorded) -> None:
        entry = self.chain.link(recorded, after=self.head())
        link = {"content": entry.link.content, "redacted": entry.link.redacted, "hash": entry.link.hash}
        place = (entry.position, self.name(recorded.kind, recorded.id), recorded.version)
        self.rows("insert into events values (?, ?, ?, ?, ?)", *place, to_text(recorded), json.dumps(link))

    def head(self) -> ChainHead:
        for position, link in self.rows("select position, link from events order by position desc limit 1"):
            return ChainHead(position=position, hash=json.loads(link)["hash"])
        return START

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: Any) -> Erasure:
        with self.transaction():
            plan = planned_erasure(self.history(kind, id), by=by, at=at)
            if plan.recorded is not None:
                for one in plan.rewritten:
                    name = self.name(kind, id)
                    self.rows(
                        "update events set body = ? where name = ? and version = ?", to_text(one), name, one.version
                    )
                self.write_entity(plan.before, plan.after)
                self.append(plan.recorded)
            return plan.erasure


class AsyncDurable:
    """The same for an asynchronous host."""

    def __init__(self, durable: Durable) -> None:
        self.durable = durable

    async def get(self, kind: type[Any], id: str, /) -> Any:
        return self.durable.get(kind, id)

    async def find(self, query: Query[Any], /) -> Page[Any]:
        return self.durable.find(query)

    async def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        return self.durable.history(kind, id)

    async def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[LinkedEntry]:
        return self.durable.journal(after=after, limit=limit)

    async def commit(self, changes: ChangeSet, /) -> Receipt:
        return self.durable.commit(changes)

    async def erase(self, kind: type[Entity], id: str, /, *, by: str, at: Any) -> Erasure:
        return self.durable.erase(kind, id, by=by, at=at)


async def open_async(path: Path) -> AsyncDurable:
    return AsyncDurable(Durable(path))


# One defect each ------------------------------------------------------------------------------------------------------


class Autocommitting(Durable):
    """Commits each statement by itself."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock:
            yield

    def write(self, change: Change[Entity]) -> None:
        super().write(change)
        time.sleep(PAUSE)


class KeyWrittenLater(Durable):
    """Writes the idempotency key in a transaction of its own, after the effect."""

    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.lock:
            known = self.repeated(changes)
            if known is not None:
                return known
            super().commit(ChangeSet(changes.changes))
            time.sleep(PAUSE)
            return self.remember(changes)


class KeyWrittenFirst(Durable):
    """Writes the idempotency key in a transaction of its own, before the effect."""

    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.lock:
            known = self.repeated(changes)
            if known is not None:
                return known
            receipt = self.remember(changes)
            time.sleep(PAUSE)
            super().commit(ChangeSet(changes.changes))
            return receipt


class PositionDrawnFirst(Durable):
    """Draws the positions of the journal as a sequence does, outside of the transaction."""

    def append(self, recorded: Recorded) -> None:
        super().append(recorded)
        self.rows("update events set position = ? where position = (select max(position) from events)", self.drawn)
        self.drawn += 1

    def commit(self, changes: ChangeSet, /) -> Receipt:
        if self.repeated(changes) is None:
            with self.lock:
                self.connection.execute("create table if not exists sequence (last integer)")
                ((last,),) = self.rows("select coalesce(max(last), 0) from sequence")
                self.rows("insert into sequence values (?)", last + len(changes.events))
                self.drawn = last + 1
            time.sleep(PAUSE)
        return super().commit(changes)


class AnswersBeforeItWrote(Durable):
    """Says that a set is committed, and commits it a little later."""

    def __init__(self, path: Path, chain: AuditChain = CHAIN) -> None:
        super().__init__(path, chain)
        self.waiting: list[ChangeSet] = []

    def commit(self, changes: ChangeSet, /) -> Receipt:
        self.waiting.append(changes)
        if len(self.waiting) > 3:
            super().commit(self.waiting.pop(0))
        written = tuple((one.kind.root().__name__, one.id, one.after.version) for one in changes.changes)
        return Receipt(versions=written, key=changes.key)


class LinksWrittenLater(Durable):
    """Writes the links of the audit chain in a transaction of its own, after the events."""

    def append(self, recorded: Recorded) -> None:
        super().append(recorded)
        empty = json.dumps({"content": "", "redacted": "", "hash": ""})
        self.rows("update events set link = ? where position = (select max(position) from events)", empty)

    def commit(self, changes: ChangeSet, /) -> Receipt:
        receipt = super().commit(changes)
        time.sleep(PAUSE)
        with self.transaction():
            head = START
            for entry in self.journal(limit=10_000):
                linked = self.chain.link(entry.recorded, after=head)
                link = {"content": linked.link.content, "redacted": linked.link.redacted, "hash": linked.link.hash}
                self.rows("update events set link = ? where position = ?", json.dumps(link), entry.position)
                head = linked.head
        return receipt
