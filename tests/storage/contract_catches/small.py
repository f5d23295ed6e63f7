"""A small storage that keeps every promise, made to be broken: each promise is kept in one method."""

from __future__ import annotations

import asyncio
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion
from salesflow.event import Event, Recorded
from salesflow.storage import JournalEntry, Page, Query, Receipt
from salesflow.storage.audit import START, ChainHead, ChainLink, LinkedEntry
from salesflow.storage.canonical import fingerprint
from salesflow.storage.erasure import Erasure, ErasurePlan, planned_erasure
from salesflow.testing.storage_contract import CHAIN, RECORDS, UNIQUE, Ability, Outcome, Result, results

ALL = frozenset(Ability) - {Ability.KILL}
"""What the small storage can do; it lives in one process."""


class Fault(Exception):
    """A call to what lies below failed."""


class Rows:
    """What the small storage writes to: four tables, a lock, and a fault that can be armed."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.entities: dict[tuple[str, type, str], Entity] = {}
        self.events: list[tuple[str, int, Recorded]] = []
        self.links: dict[tuple[str, int], ChainLink] = {}
        self.receipts: dict[tuple[str, str], tuple[object, Receipt]] = {}
        self.calls_until_fault: int | None = None

    def call(self) -> None:
        """Every call goes through here."""
        if self.calls_until_fault is not None:
            self.calls_until_fault -= 1
            if self.calls_until_fault == 0:
                self.calls_until_fault = None
                raise Fault

    def saved(self) -> tuple[Any, ...]:
        return dict(self.entities), list(self.events), dict(self.links), dict(self.receipts)

    def restore(self, saved: tuple[Any, ...]) -> None:
        self.entities, self.events, self.links, self.receipts = saved


class Small:
    """A storage made to be broken."""

    def __init__(self, rows: Rows | None = None, tenant: str = "") -> None:
        self.rows = rows or Rows()
        self.tenant = tenant

    def reopened(self) -> Small:
        return type(self)(self.rows, self.tenant)

    def for_tenant(self, tenant: str, /) -> Small:
        return type(self)(self.rows, tenant)

    # Reading

    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return self.tenant, kind.root(), id

    def get(self, kind: type[Any], id: str, /) -> Any:
        found = self.rows.entities.get(self.key(kind, id))
        if not isinstance(found, kind):
            raise NotFound(kind.__name__, id)
        return found

    def find(self, query: Query[Any], /) -> Page[Any]:
        with self.lock():
            return query.page(self.mine())

    def mine(self) -> list[Entity]:
        return [entity for (tenant, _, _), entity in self.rows.entities.items() if tenant == self.tenant]

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        with self.lock():
            self.get(kind, id)
            return tuple(
                recorded
                for tenant, _, recorded in self.rows.events
                if tenant == self.tenant and recorded.id == id and recorded.kind.root() is kind.root()
            )

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        with self.lock():
            mine = [
                LinkedEntry(position=position, recorded=recorded, link=self.rows.links[tenant, position])
                for tenant, position, recorded in self.rows.events
                if tenant == self.tenant and position > after
            ]
        return tuple(mine[:limit])

    # Writing

    def lock(self) -> AbstractContextManager[object]:
        return self.rows.lock

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock():
            saved = self.rows.saved()
            try:
                yield
            except BaseException:
                self.rows.restore(saved)
                raise

    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.transaction():
            known = self.repeated(changes)
            if known is not None:
                return known
            for change in changes.changes:
                self.check(change)
                self.rows.call()
            self.check_unique(changes)
            for change in changes.changes:
                self.write(change)
            return self.remember(changes)

    def repeated(self, changes: ChangeSet) -> Receipt | None:
        known = self.rows.receipts.get(self.request(changes)) if changes.key else None
        if known is None:
            return None
        if known[0] != self.content(changes):
            raise KeyReused(changes.key or "")
        return known[1]

    def request(self, changes: ChangeSet) -> tuple[str, str]:
        return self.tenant, changes.key or ""

    def content(self, changes: ChangeSet) -> object:
        return fingerprint(changes, records=RECORDS)

    def check(self, change: Change[Entity]) -> None:
        self.check_version(change.kind, change.id, change.expected_version, is_new=change.before is None)

    def check_version(self, kind: type[Entity], id: str, expected: int, *, is_new: bool = False) -> None:
        stored = self.rows.entities.get(self.key(kind, id))
        found = stored.version if stored else 0
        if found != expected:
            if is_new:
                raise DuplicateKey(kind.root().__name__, "id")
            raise StaleVersion(kind.root().__name__, id, expected=expected, found=found)

    def unique(self, key: Any, entity: Entity) -> object:
        return key.of(entity) if isinstance(entity, key.kind) else None

    def check_unique(self, changes: ChangeSet) -> None:
        after = {self.key(type(entity), entity.id): entity for entity in self.mine()}
        after |= {self.key(change.kind, change.id): change.after for change in changes.changes}
        for key in UNIQUE:
            taken = [value for entity in after.values() if (value := self.unique(key, entity)) is not None]
            if len(taken) != len(set(taken)):
                raise DuplicateKey(key.kind.__name__, key.name)

    def write(self, change: Change[Entity]) -> None:
        self.rows.call()
        self.rows.entities[self.key(change.kind, change.id)] = self.kept(change.after)
        for place, event in enumerate(change.events, 1):
            self.rows.call()
            self.append(change.kind, change.id, change.expected_version + place, event)

    def append(self, kind: type[Entity], id: str, version: int, event: Event) -> None:
        number = self.number()
        recorded = Recorded(kind=kind, id=id, version=version, event=event)
        self.rows.links[self.tenant, number] = self.link(recorded, number)
        kept = Recorded(kind=kind, id=id, version=version, event=self.kept(event))
        self.rows.events.append((self.tenant, number, kept))

    def number(self) -> int:
        return 1 + sum(tenant == self.tenant for tenant, _, _ in self.rows.events)

    def link(self, recorded: Recorded, number: int) -> ChainLink:
        return CHAIN.link(recorded, after=self.head()).link

    def head(self) -> ChainHead:
        for tenant, number, _ in reversed(self.rows.events):
            if tenant == self.tenant:
                return ChainHead(position=number, hash=self.rows.links[tenant, number].hash)
        return START

    def kept(self, value: Any) -> Any:
        return value

    def remember(self, changes: ChangeSet) -> Receipt:
        written = ((change.kind.root().__name__, change.id, change.after.version) for change in changes.changes)
        receipt = Receipt(versions=tuple(written), key=changes.key)
        self.rows.call()
        if changes.key:
            self.rows.receipts[self.request(changes)] = self.content(changes), receipt
        return receipt

    # Erasing

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        with self.transaction():
            plan = self.plan(kind, id, by=by, at=at)
            if plan.recorded is not None:
                self.check_version(kind, id, plan.expected_version)
                self.rewrite_history(plan)
                self.rewrite_entity(plan)
                self.record_erasure(plan)
            return plan.erasure

    def plan(self, kind: type[Entity], id: str, *, by: str, at: datetime) -> ErasurePlan:
        return planned_erasure(self.history(kind, id), by=by, at=at)

    def rewrite_history(self, plan: ErasurePlan) -> None:
        clean = {self.place(one): one for one in plan.rewritten}
        self.rows.call()
        self.rows.events = [
            (tenant, number, clean.get(self.place(one), one) if tenant == self.tenant else one)
            for tenant, number, one in self.rows.events
        ]

    def place(self, recorded: Recorded) -> tuple[type, str, int]:
        return recorded.kind.root(), recorded.id, recorded.version

    def rewrite_entity(self, plan: ErasurePlan) -> None:
        self.rows.call()
        self.rows.entities[self.key(type(plan.after), plan.after.id)] = plan.after

    def record_erasure(self, plan: ErasurePlan) -> None:
        self.rows.call()
        said = plan.recorded
        if said is not None:
            self.append(said.kind, said.id, said.version, said.event)

    def stored_bytes(self) -> bytes:
        with self.lock():
            return pickle.dumps([self.rows.saved(), self.copies()])

    def copies(self) -> object:
        """Whatever is stored beside the four tables."""
        return {name: value for name, value in vars(self.rows).items() if name not in ("lock", "calls_until_fault")}


class AsyncSmall:
    """The small storage for an asynchronous host."""

    def __init__(self, small: Small | None = None) -> None:
        self.small = small or Small()
        self.lock = asyncio.Lock()

    async def get(self, kind: type[Any], id: str, /) -> Any:
        return self.small.get(kind, id)

    async def find(self, query: Query[Any], /) -> Page[Any]:
        return self.small.find(query)

    async def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        return self.small.history(kind, id)

    async def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        return self.small.journal(after=after, limit=limit)

    def for_tenant(self, tenant: str, /) -> AsyncSmall:
        return type(self)(self.small.for_tenant(tenant))

    def reopened(self) -> AsyncSmall:
        return type(self)(self.small.reopened())

    def stored_bytes(self) -> bytes:
        return self.small.stored_bytes()

    async def commit(self, changes: ChangeSet, /) -> Receipt:
        async with self.lock:
            await asyncio.sleep(0)
            return self.small.commit(changes)

    async def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        async with self.lock:
            await asyncio.sleep(0)
            return self.small.erase(kind, id, by=by, at=at)


def arm(storage: Any, number: int) -> Callable[[], bool]:
    """Make the n-th call fail."""
    rows = storage.small.rows if isinstance(storage, AsyncSmall) else storage.rows
    rows.calls_until_fault = number

    def disarm() -> bool:
        met = rows.calls_until_fault is None
        rows.calls_until_fault = None
        return met

    return disarm


def ran(make: Callable[[], Any], **given: Any) -> dict[str, Result]:
    """Run the contract, or what is asked for of it, on a storage that can do all that the small one can."""
    hooks: dict[str, Any] = {
        "abilities": ALL,
        "reopen": lambda storage: storage.reopened(),
        "arm_fault": arm,
        "stored_bytes": lambda storage: storage.stored_bytes(),
    }
    return {one.test: one for one in results(make, **{**hooks, **given})}


class Defects:
    """Storages with one defect each, and the promises of which each must catch it."""

    def __init__(self) -> None:
        self.cases: list[tuple[type[Any], str]] = []

    def caught_by(self, *promises: str) -> Callable[[type[Any]], type[Any]]:
        """A storage with a defect, and the promises that it breaks."""

        def seeded(storage: type[Any]) -> type[Any]:
            self.cases.extend((storage, promise) for promise in promises)
            return storage

        return seeded

    def expect_caught(self, storage: type[Any], promise: str, *, tries: int = 1, **given: Any) -> None:
        """Check that a promise catches the defect, and not a fault in how it was seeded; of a race, within so many tries."""
        for _ in range(tries):
            caught = ran(storage, only={promise}, **given)[promise]
            if caught.outcome is Outcome.BROKEN:
                break
        assert caught.outcome is Outcome.BROKEN
        assert not caught.why.startswith(_FAULTS_OF_THE_SEED), "the seed itself is broken"


_FAULTS_OF_THE_SEED = ("TypeError", "NameError", "KeyError", "IndexError")


def named(value: object) -> str:
    """What a storage or a promise is called in the name of a case."""
    return value.__name__ if isinstance(value, type) else str(value)
