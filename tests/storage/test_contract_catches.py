"""The contract is tested itself: a small storage keeps it, and with any one defect it is caught."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from salesflow import Contact, Deal, EmailAddress, InvalidValue, MemoryStorage, MissingExtra, Money
from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion, StorageError
from salesflow.event import Recorded
from salesflow.storage import JournalEntry, Page, Query, Receipt
from salesflow.testing import storage_contract
from salesflow.testing.storage_contract import (
    UNIQUE,
    Ability,
    AsyncStorageContract,
    ContractBroken,
    LoopThread,
    Outcome,
    Result,
    StorageContract,
    ability,
    report,
    results,
)
from salesflow.testing.storage_contract.expecting import difference, expect
from salesflow.testing.storage_contract.finding import all_pages
from salesflow.testing.storage_contract.racing import retried
from salesflow.testing.storage_contract.samples import NOW, a_contact, a_sale

ALL = frozenset(Ability)
FAULT_TESTS = (
    "test_a_fault_in_any_call_leaves_all_of_a_set_or_nothing",
    "test_after_a_fault_the_set_can_be_repeated_and_lands_once",
)
LAST_MOMENT = "test_the_last_moment_of_the_calendar_is_kept"
MEMORY = ALL - {Ability.REOPEN, Ability.FAULTS}


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(storage_contract.__file__).parents[3])}


class Fault(Exception):
    """A call to what lies below failed."""


class Rows:
    """What the small storage writes to: three tables, a lock, and a fault that can be armed."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.entities: dict[tuple[str, type, str], Entity] = {}
        self.events: list[tuple[str, int, Recorded]] = []
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
        return dict(self.entities), list(self.events), dict(self.receipts)

    def restore(self, saved: tuple[Any, ...]) -> None:
        self.entities, self.events, self.receipts = saved


class Small:
    """A storage made to be broken: each promise is kept in one method."""

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
                JournalEntry(position=position, recorded=recorded)
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
        if known[0] != changes:
            raise KeyReused(changes.key or "")
        return known[1]

    def request(self, changes: ChangeSet) -> tuple[str, str]:
        return self.tenant, changes.key or ""

    def check(self, change: Change[Entity]) -> None:
        stored = self.rows.entities.get(self.key(change.kind, change.id))
        found = stored.version if stored else 0
        if found != change.expected_version:
            if change.before is None:
                raise DuplicateKey(change.kind.root().__name__, "id")
            raise StaleVersion(change.kind.root().__name__, change.id, expected=change.expected_version, found=found)

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
            recorded = Recorded(
                kind=change.kind, id=change.id, version=change.expected_version + place, event=self.kept(event)
            )
            self.rows.events.append((self.tenant, self.number(), recorded))

    def number(self) -> int:
        return 1 + sum(tenant == self.tenant for tenant, _, _ in self.rows.events)

    def kept(self, value: Any) -> Any:
        return value

    def remember(self, changes: ChangeSet) -> Receipt:
        written = ((change.kind.root().__name__, change.id, change.after.version) for change in changes.changes)
        receipt = Receipt(versions=tuple(written), key=changes.key)
        self.rows.call()
        if changes.key:
            self.rows.receipts[self.request(changes)] = changes, receipt
        return receipt


def arm(storage: Small, number: int) -> Callable[[], bool]:
    """Make the n-th call fail."""
    storage.rows.calls_until_fault = number

    def disarm() -> bool:
        met = storage.rows.calls_until_fault is None
        storage.rows.calls_until_fault = None
        return met

    return disarm


class TestSmallStorage(StorageContract):
    abilities = ALL

    @pytest.fixture
    def storage(self) -> Small:
        return Small()

    @pytest.fixture
    def reopen(self, storage: Small) -> Callable[[], Small]:
        return storage.reopened

    @pytest.fixture
    def arm_fault(self, storage: Small) -> Callable[[int], Callable[[], bool]]:
        return lambda number: arm(storage, number)


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

    async def commit(self, changes: ChangeSet, /) -> Receipt:
        async with self.lock:
            await asyncio.sleep(0)
            return self.small.commit(changes)


class TestAsyncSmallStorage(AsyncStorageContract):
    abilities = ALL

    @pytest.fixture
    def storage(self, loop: LoopThread) -> AsyncSmall:
        async def opened() -> AsyncSmall:
            return AsyncSmall()

        return loop.run(opened())

    @pytest.fixture
    def reopen(self, storage: AsyncSmall) -> Callable[[], AsyncSmall]:
        return storage.reopened

    @pytest.fixture
    def arm_fault(self, storage: AsyncSmall) -> Callable[[int], Callable[[], bool]]:
        return lambda number: arm(storage.small, number)


# One defect each ---------------------------------------------------------------------------------------------------

DEFECTS: list[tuple[type[Any], str]] = []


def caught_by(*tests: str) -> Callable[[type[Any]], type[Any]]:
    """A storage with a defect, and tests of which each must catch it."""

    def seeded(storage: type[Any]) -> type[Any]:
        DEFECTS.extend((storage, test) for test in tests)
        return storage

    return seeded


@caught_by(
    "test_of_eight_writers_from_one_version_one_wins",
    "test_of_eight_who_give_one_id_one_wins",
    "test_who_reads_decides_and_retries_loses_no_update",
    "test_a_set_that_is_repeated_at_once_is_written_once",
    "test_of_eight_contents_under_one_key_one_wins",
    "test_of_eight_who_take_a_unique_key_one_wins",
)
class NoLock(Small):
    def lock(self) -> AbstractContextManager[object]:
        return nullcontext()

    def check_unique(self, changes: ChangeSet) -> None:
        super().check_unique(changes)
        time.sleep(0.001)


@caught_by("test_a_caller_cannot_change_the_history_through_what_it_was_given")
class LiveHistory(Small):
    def __init__(self, rows: Rows | None = None, tenant: str = "") -> None:
        super().__init__(rows, tenant)
        self.lists: dict[str, list[Recorded]] = {}

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        return self.lists.setdefault(id, list(super().history(kind, id)))


@caught_by("test_a_value_that_was_read_does_not_change_when_others_write")
class LiveEntities(Small):
    def write(self, change: Change[Entity]) -> None:
        stored = self.rows.entities.get(self.key(change.kind, change.id))
        super().write(change)
        for field in attrs.fields(change.kind) if stored else ():
            object.__setattr__(stored, field.name, getattr(change.after, field.name))


@caught_by("test_a_caller_cannot_change_the_journal_through_what_it_was_given")
class LiveJournal(Small):
    cached: list[JournalEntry] | None = None

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        self.cached = list(super().journal(after=after, limit=limit)) if self.cached is None else self.cached
        return self.cached


@caught_by(
    "test_nothing_lands_when_the_last_change_of_a_set_is_stale",
    "test_nothing_lands_when_one_in_the_middle_is_stale",
    "test_nothing_lands_when_an_id_of_a_set_is_taken",
)
class NoRollback(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.lock():
            known = self.repeated(changes)
            for change in changes.changes if known is None else ():
                self.check(change)
                self.write(change)
            return known or self.remember(changes)


@caught_by("test_a_stale_change_writes_nothing", "test_a_change_that_was_decided_on_an_old_version_is_stale")
class LastWriteWins(Small):
    def check(self, change: Change[Entity]) -> None:
        if change.before is None:
            super().check(change)


@caught_by("test_a_change_that_was_decided_on_a_later_version_is_stale")
class OnlyOlderIsStale(Small):
    def check(self, change: Change[Entity]) -> None:
        stored = self.rows.entities.get(self.key(change.kind, change.id))
        if stored is None or stored.version > change.expected_version:
            super().check(change)


@caught_by(
    "test_what_was_never_stored_cannot_be_changed", "test_a_refused_change_of_what_was_never_stored_writes_nothing"
)
class SavesWhatIsMissing(Small):
    def check(self, change: Change[Entity]) -> None:
        if self.key(change.kind, change.id) in self.rows.entities:
            super().check(change)


@caught_by("test_a_doubled_id_leaves_the_first_as_it_was", "test_an_id_is_given_once")
class Upsert(Small):
    def check(self, change: Change[Entity]) -> None:
        if change.before is not None:
            super().check(change)


@caught_by(
    "test_a_tenant_does_not_get_what_another_wrote",
    "test_a_tenant_does_not_find_what_another_wrote",
    "test_two_tenants_may_give_one_id",
)
class NoTenantFilter(Small):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return "", kind.root(), id

    def mine(self) -> list[Entity]:
        return list(self.rows.entities.values())


@caught_by("test_a_tenant_does_not_find_what_another_wrote")
class FindsForAllTenants(Small):
    def mine(self) -> list[Entity]:
        return list(self.rows.entities.values())

    def check_unique(self, changes: ChangeSet) -> None:
        pass


@caught_by(
    "test_an_idempotency_key_belongs_to_its_tenant", "test_the_same_set_under_the_same_key_is_written_for_each_tenant"
)
class KeysOfAllTenants(Small):
    def request(self, changes: ChangeSet) -> tuple[str, str]:
        return "", changes.key or ""


@caught_by("test_a_unique_key_is_taken_for_its_tenant_alone")
class UniqueForAllTenants(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        every = self.rows.entities | {self.key(one.kind, one.id): one.after for one in changes.changes}
        taken = [key for one in every.values() if (key := self.unique(UNIQUE[0], one)) is not None]
        if len(taken) != len(set(taken)):
            raise DuplicateKey("Contact", "email")


@caught_by("test_each_tenant_has_a_journal_of_its_own")
class OneJournalForAllTenants(Small):
    def number(self) -> int:
        return 1 + len(self.rows.events)


@caught_by("test_tenants_whose_names_differ_in_case_are_two")
class TenantsIgnoreCase(Small):
    def for_tenant(self, tenant: str, /) -> Small:
        return super().for_tenant(tenant.lower())


@caught_by("test_a_page_never_shows_half_of_a_set")
class Autocommit(Small):
    def write(self, change: Change[Entity]) -> None:
        super().write(change)
        self.rows.lock.release()
        time.sleep(0.001)
        self.rows.lock.acquire()


@caught_by("test_a_history_is_never_shorter_than_the_version_that_was_read_before")
class EventsLater(Small):
    def write(self, change: Change[Entity]) -> None:
        self.rows.entities[self.key(change.kind, change.id)] = change.after
        self.rows.lock.release()
        time.sleep(0.001)
        self.rows.lock.acquire()
        super().write(change)


@caught_by("test_of_eight_writers_from_one_version_one_wins", "test_of_eight_who_give_one_id_one_wins")
class CheckThenUpdate(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        self.rows.lock.release()
        time.sleep(0.001)
        self.rows.lock.acquire()


@caught_by("test_a_refused_set_leaves_neither_an_event_nor_a_gap")
class JournalFromASequence(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.rows.lock:
            self.rows.__dict__["drawn"] = self.rows.__dict__.get("drawn", 0) + len(changes.events)
        return super().commit(changes)

    def number(self) -> int:
        return int(self.rows.__dict__["drawn"])


@caught_by("test_a_reader_at_the_end_never_sees_a_position_before_the_one_below_it")
class JournalNumberedWithoutALock(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.rows.lock:
            drawn = self.rows.__dict__["drawn"] = self.rows.__dict__.get("drawn", 0) + 1
        time.sleep(0.002 if drawn % 3 == 0 else 0)
        with self.rows.lock:
            self.rows.__dict__["next"] = drawn
            return super().commit(changes)

    def number(self) -> int:
        return int(self.rows.__dict__["next"])


@caught_by("test_the_journal_is_in_the_order_of_the_commits")
class JournalByEntity(Small):
    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        recorded = sorted((entry.recorded for entry in super().journal()), key=lambda one: (one.id, one.version))
        return [JournalEntry(position=place, recorded=one) for place, one in enumerate(recorded, 1)][after:][:limit]


class Lossy(Small):
    """Keeps something else than what was written."""

    def kept(self, value: Any) -> Any:
        if attrs.has(type(value)):
            fields = {one.name: getattr(value, one.name) for one in attrs.fields(type(value)) if one.init}
            if isinstance(value, Money):
                return self.part(value)
            changed = {name: self.kept(part) for name, part in fields.items()}
            return attrs.evolve(value, **{name: new for name, new in changed.items() if new is not fields[name]})
        if type(value) is tuple:
            return tuple(self.kept(part) for part in value)
        return self.part(value)

    def part(self, value: Any) -> Any:
        raise NotImplementedError


@caught_by("test_every_digit_of_a_large_amount_is_kept")
class AmountsAsFloats(Lossy):
    def part(self, value: Any) -> Any:
        if not isinstance(value, Money):
            return value
        return Money.rounded(Decimal(f"{float(value.amount):.2f}"), value.currency)


@caught_by("test_the_zeros_at_the_end_of_a_probability_are_kept")
class DigitsNormalized(Lossy):
    def part(self, value: Any) -> Any:
        return value.normalize() if isinstance(value, Decimal) else value


@caught_by("test_thirty_four_digits_of_a_probability_are_kept")
class TwentyEightDigits(Lossy):
    def part(self, value: Any) -> Any:
        return +value if isinstance(value, Decimal) else value


@caught_by("test_an_amount_of_zero_is_not_an_amount_that_is_not_known")
class ZeroIsUnknown(Lossy):
    def part(self, value: Any) -> Any:
        return None if isinstance(value, Money) and value.is_zero else value


@caught_by("test_no_employees_is_not_an_unknown_number_of_them")
class UnknownIsZero(Small):
    def kept(self, value: Any) -> Any:
        return attrs.evolve(value, employees=value.employees or 0) if hasattr(value, "employees") else value


@caught_by("test_a_microsecond_is_kept", "test_a_microsecond_decides_whether_a_moment_lies_in_a_range")
class MicrosecondsDropped(Lossy):
    def part(self, value: Any) -> Any:
        return value.replace(microsecond=0) if isinstance(value, datetime) else value


@caught_by("test_the_last_microsecond_of_a_second_is_kept")
class MomentsAsFloats(Lossy):
    def part(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        return value.replace(microsecond=value.microsecond // 1000 * 1000)


@caught_by("test_the_offset_of_a_moment_is_kept")
class MomentsInUtc(Lossy):
    def part(self, value: Any) -> Any:
        return value.astimezone(UTC) if isinstance(value, datetime) and value.year > 1 else value


@caught_by("test_the_named_zone_of_a_moment_is_kept")
class ZonesAsOffsets(Lossy):
    def part(self, value: Any) -> Any:
        return datetime.fromisoformat(value.isoformat()) if isinstance(value, datetime) else value


@caught_by("test_the_hour_that_comes_twice_when_summer_time_ends_is_kept_apart")
class FoldForgotten(Lossy):
    def part(self, value: Any) -> Any:
        return value.replace(fold=0) if isinstance(value, datetime) else value


@caught_by("test_space_around_text_is_kept")
class TextStripped(Lossy):
    def part(self, value: Any) -> Any:
        return value.strip() if type(value) is str else value


@caught_by("test_hebrew_and_emoji_are_kept")
class ThreeBytesACharacter(Lossy):
    def part(self, value: Any) -> Any:
        return "".join(char for char in value if ord(char) < 0x10000) or "?" if type(value) is str and value else value


@caught_by("test_two_ways_to_write_a_letter_stay_two")
class TextNormalized(Lossy):
    def part(self, value: Any) -> Any:
        import unicodedata

        return unicodedata.normalize("NFC", value) if type(value) is str else value


@caught_by("test_text_that_looks_like_a_number_stays_text", "test_ids_that_are_equal_as_numbers_are_two")
class NumberAffinity(Lossy):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return super().key(kind, str(int(id)) if id.isdecimal() else id)

    def part(self, value: Any) -> Any:
        return str(int(value)) if type(value) is str and value.isdecimal() else value


@caught_by("test_a_deal_that_went_through_every_stage_is_read_as_it_was_written")
class HistoryOfMovesAlone(Small):
    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        return [one for one in super().history(kind, id) if hasattr(one.event, "target") or one.version == 1]


@caught_by("test_each_event_raises_the_stored_version_by_one")
class OneVersionACommit(Small):
    def kept(self, value: Any) -> Any:
        if not isinstance(value, Entity):
            return value
        stored = self.rows.entities.get(self.key(type(value), value.id))
        return attrs.evolve(value, version=stored.version + 1 if stored else 1)


@caught_by("test_a_refused_set_does_not_use_up_its_key")
class KeyInATransactionOfItsOwn(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.lock():
            known = self.repeated(changes)
            if known is None:
                self.remember(changes)
        return known or super().commit(ChangeSet(changes.changes))


@caught_by("test_after_a_fault_the_set_can_be_repeated_and_lands_once")
class KeyAfterTheTransaction(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.lock():
            known = self.repeated(changes)
            if known is not None:
                return known
            super().commit(ChangeSet(changes.changes))
            return self.remember(changes)


@caught_by("test_a_fault_in_any_call_leaves_all_of_a_set_or_nothing")
class FaultLeavesHalf(Small):
    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock():
            saved = self.rows.saved()
            try:
                yield
            except StorageError:
                self.rows.restore(saved)
                raise


@caught_by("test_a_stale_change_writes_nothing", "test_nothing_lands_when_the_first_change_of_a_set_is_stale")
class WritesDespiteTheError(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        try:
            return super().commit(changes)
        except StaleVersion:
            for change in changes.changes:
                self.write(change)
            raise


@caught_by("test_a_change_that_was_decided_on_an_old_version_is_stale")
class ConflictSwallowed(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        try:
            return super().commit(changes)
        except StaleVersion:
            return Receipt(versions=(), key=changes.key)


@caught_by("test_a_repeated_set_gets_the_first_receipt")
class KeysForgotten(Small):
    def repeated(self, changes: ChangeSet) -> Receipt | None:
        return None


@caught_by("test_a_key_is_not_used_for_another_content", "test_of_eight_contents_under_one_key_one_wins")
class KeyWithoutContent(Small):
    def repeated(self, changes: ChangeSet) -> Receipt | None:
        return self.rows.receipts.get(self.request(changes), (None, None))[1] if changes.key else None


@caught_by("test_content_that_differs_in_one_letter_is_another_content")
class KeyComparesVersionsAlone(Small):
    def repeated(self, changes: ChangeSet) -> Receipt | None:
        known = self.rows.receipts.get(self.request(changes)) if changes.key else None
        written = tuple((one.kind.root().__name__, one.id, one.after.version) for one in changes.changes)
        if known and known[1].versions != written:
            raise KeyReused(changes.key or "")
        return known[1] if known else None


@caught_by("test_keys_that_differ_in_one_letters_case_are_two")
class KeysIgnoreCase(Small):
    def request(self, changes: ChangeSet) -> tuple[str, str]:
        return self.tenant, (changes.key or "").lower()


@caught_by("test_full_width_and_plain_letters_are_one_key", "test_upper_and_lower_case_are_one_key")
class UniqueAsWritten(Small):
    def unique(self, key: Any, entity: Entity) -> object:
        return entity.email if isinstance(entity, Contact) else None


@caught_by("test_full_width_and_plain_letters_are_one_key")
class UniqueInLowerCase(Small):
    def unique(self, key: Any, entity: Entity) -> object:
        return entity.email.address.lower() if isinstance(entity, Contact) and entity.email else None


@caught_by("test_what_was_written_is_kept_and_not_its_matching_form")
class MatchingFormStored(Small):
    def kept(self, value: Any) -> Any:
        if isinstance(value, Contact) and value.email:
            return attrs.evolve(value, email=EmailAddress(value.email.matching_key))
        return value


@caught_by("test_those_without_a_key_do_not_stand_in_each_others_way")
class UnknownIsAKey(Small):
    def unique(self, key: Any, entity: Entity) -> object:
        return (super().unique(key, entity) or "") if isinstance(entity, key.kind) else None


@caught_by("test_a_key_that_is_given_up_is_free", "test_a_key_that_a_refused_set_wanted_is_free")
class KeysNeverFreed(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        taken = self.rows.__dict__.setdefault("taken", {})
        for change in changes.changes:
            value = self.unique(UNIQUE[0], change.after)
            if value is not None and taken.setdefault(value, change.id) != change.id:
                raise DuplicateKey("Contact", "email")

    def check(self, change: Change[Entity]) -> None:
        self.check_unique(ChangeSet([change]))
        super().check(change)


@caught_by("test_ids_that_differ_in_one_letters_case_are_two")
class IdsIgnoreCase(Small):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return super().key(kind, id.lower())


@caught_by("test_kinds_do_not_share_their_ids")
class OneTableForAllKinds(Small):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return self.tenant, Entity, id


@caught_by("test_a_plain_deal_is_no_deal_of_an_own_class")
class AnyClassWillDo(Small):
    def get(self, kind: type[Any], id: str, /) -> Any:
        return super().get(kind.root(), id)


@caught_by(
    "test_pages_pass_over_nothing_when_others_come_in_before_them",
    "test_pages_under_writers_give_everything_that_was_there_exactly_once",
)
class OffsetPages(Small):
    def __init__(self, rows: Rows | None = None, tenant: str = "") -> None:
        super().__init__(rows, tenant)
        self.offsets: dict[str, int] = {}

    def find(self, query: Query[Any], /) -> Page[Any]:
        with self.lock():
            start = self.offsets[query.cursor] if query.cursor else 0
            found = attrs.evolve(query, cursor=None, limit=1000).page(self.mine()).items[start:]
            page = Page(items=found[: query.limit], cursor=None)
            if len(found) > query.limit:
                page = attrs.evolve(page, cursor=query.cursor_after(page.items[-1]))
                self.offsets[page.cursor] = start + query.limit
            return page


@caught_by("test_the_last_page_has_no_cursor_even_when_it_is_full")
class CursorAtTheEnd(Small):
    def find(self, query: Query[Any], /) -> Page[Any]:
        page = super().find(query)
        full = len(page.items) == query.limit
        return attrs.evolve(page, cursor=query.cursor_after(page.items[-1])) if full else page


@caught_by("test_text_equals_no_text_in_another_case")
class TextIgnoresCase(Small):
    def find(self, query: Query[Any], /) -> Page[Any]:
        lowered = [
            attrs.evolve(one, values=tuple(value.lower() if type(value) is str else value for value in one.values))
            for one in query.where
        ]
        return super().find(attrs.evolve(query, where=lowered, cursor=None))


@caught_by("test_what_is_found_is_what_was_written")
class FindsASummary(Small):
    def find(self, query: Query[Any], /) -> Page[Any]:
        page = super().find(query)
        summaries = (attrs.evolve(one, needs=()) if isinstance(one, Deal) else one for one in page.items)
        return attrs.evolve(page, items=tuple(summaries))


@caught_by("test_a_taken_unique_key_does_not_say_which_value_is_taken")
class ErrorsOfTheDriver(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        try:
            super().check_unique(changes)
        except DuplicateKey as error:
            value = self.unique(UNIQUE[0], changes.changes[0].after)
            raise error from RuntimeError(f"UNIQUE constraint failed: contact.email = {value}")


@caught_by("test_a_stale_version_says_nothing_of_the_person")
class ErrorsWithSql(Small):
    def check(self, change: Change[Entity]) -> None:
        try:
            super().check(change)
        except StaleVersion as error:
            raise error from RuntimeError("UPDATE entities SET body = ? WHERE version = ?")


@caught_by("test_an_error_of_a_storage_can_be_sent_to_another_process")
class ErrorsOfItsOwn(Small):
    def check(self, change: Change[Entity]) -> None:
        class Taken(DuplicateKey):
            pass

        try:
            super().check(change)
        except DuplicateKey:
            raise Taken("Contact", "id") from None


@caught_by("test_a_set_is_repeated_against_the_store_opened_once_more")
class ReceiptsInTheProcess(Small):
    def reopened(self) -> Small:
        again = super().reopened()
        again.rows.receipts.clear()
        return again


@caught_by(
    "test_what_was_committed_is_there_when_the_store_is_opened_once_more",
    "test_a_write_through_one_opening_makes_what_was_read_through_another_stale",
    "test_a_unique_key_is_still_taken_when_the_store_is_opened_once_more",
    "test_the_journal_goes_on_counting_when_the_store_is_opened_once_more",
)
class KeptInTheProcess(Small):
    def reopened(self) -> Small:
        return type(self)()


@caught_by("test_a_long_random_life_goes_as_it_goes_in_memory")
class ForgetsTheThirdVersion(Small):
    def kept(self, value: Any) -> Any:
        return attrs.evolve(value, owner=None) if isinstance(value, Contact) and value.version == 3 else value


@caught_by("test_a_canceled_commit_has_written_all_or_nothing")
class WritesOneAfterTheOther(AsyncSmall):
    async def commit(self, changes: ChangeSet, /) -> Receipt:
        for change in changes.changes:
            await asyncio.sleep(0)
            self.small.commit(ChangeSet([change]))
        return self.small.remember(changes)


@caught_by("test_a_canceled_commit_can_be_repeated_and_lands_once")
class RemembersTheKeyLater(AsyncSmall):
    async def commit(self, changes: ChangeSet, /) -> Receipt:
        known = self.small.repeated(changes)
        if known is None:
            self.small.commit(ChangeSet(changes.changes))
            await asyncio.sleep(0)
        return known or self.small.remember(changes)


@caught_by("test_of_eight_writers_from_one_version_one_wins")
class AwaitsBetweenCheckAndWrite(AsyncSmall):
    async def commit(self, changes: ChangeSet, /) -> Receipt:
        for change in changes.changes:
            self.small.check(change)
        await asyncio.sleep(0.001)
        for change in changes.changes:
            self.small.write(change)
        return self.small.remember(changes)


def ran(make: Callable[[], Any], **given: Any) -> dict[str, Result]:
    given = {"abilities": ALL, "reopen": lambda storage: storage.reopened(), "arm_fault": arm, **given}
    return {one.test: one for one in results(make, **given)}


@pytest.mark.parametrize(("storage", "test"), DEFECTS, ids=[f"{one.__name__}-{test}" for one, test in DEFECTS])
def test_a_defect_is_caught(storage: type[Any], test: str) -> None:
    caught = ran(storage, only={test})[test]
    assert caught.outcome is Outcome.BROKEN
    assert not caught.why.startswith(("TypeError", "NameError", "KeyError", "IndexError")), "the seed itself is broken"


def test_at_least_fifty_defects_are_seeded() -> None:
    assert len({storage for storage, _ in DEFECTS}) >= 50


@pytest.mark.parametrize("time_of_asking", range(20))
def test_the_storage_in_memory_keeps_every_promise_every_time(time_of_asking: int) -> None:
    found = results(lambda: MemoryStorage(unique=UNIQUE), abilities=MEMORY)
    assert [one for one in found if one.outcome is Outcome.BROKEN] == []


# Without pytest ----------------------------------------------------------------------------------------------------


def test_an_asynchronous_storage_is_found_to_be_one_without_being_told() -> None:
    found = ran(AsyncSmall, abilities={Ability.UNIQUE_KEYS})
    assert found["test_a_canceled_commit_has_written_all_or_nothing"].outcome is Outcome.KEPT
    assert Outcome.BROKEN not in {one.outcome for one in found.values()}


def test_the_tenants_of_an_asynchronous_storage_may_be_awaited_too() -> None:
    class Awaiting(AsyncSmall):
        async def for_tenant(self, tenant: str, /) -> AsyncSmall:  # type: ignore[override]
            return AsyncSmall(self.small.for_tenant(tenant))

    test = "test_a_tenant_does_not_get_what_another_wrote"
    assert ran(Awaiting, only={test})[test].outcome is Outcome.KEPT


def test_what_needs_an_asynchronous_storage_is_skipped_for_others() -> None:
    test = "test_a_canceled_commit_has_written_all_or_nothing"
    skipped = ran(Small, only={test})[test]
    assert (skipped.outcome, skipped.why) == (Outcome.SKIPPED, "the storage is not asynchronous")


def test_a_hook_is_asked_for_before_anything_is_run() -> None:
    with pytest.raises(InvalidValue, match="reopen"):
        results(Small, abilities={Ability.REOPEN})


def test_each_storage_is_closed_after_its_test() -> None:
    closed: list[Small] = []
    results(Small, close=closed.append, only={"test_a_cent_is_kept", "test_a_microsecond_is_kept"})
    assert len(set(closed)) == 2


def test_an_asynchronous_storage_is_closed_on_its_loop() -> None:
    closed: list[AsyncSmall] = []

    async def close(storage: AsyncSmall) -> None:
        await asyncio.sleep(0)
        closed.append(storage)

    results(AsyncSmall, close=close, only={"test_a_cent_is_kept"})
    assert len(closed) == 1


def test_an_unexpected_error_breaks_a_promise_and_is_named() -> None:
    class Failing(Small):
        def commit(self, changes: ChangeSet, /) -> Receipt:
            raise OSError("no space left")

    broken = ran(Failing, only={"test_a_cent_is_kept"})["test_a_cent_is_kept"]
    assert broken.why == "OSError: no space left"


def test_an_error_of_another_kind_is_no_refusal() -> None:
    class Failing(Small):
        def get(self, kind: type[Any], id: str, /) -> Any:
            raise OSError("no space left")

    test = "test_what_was_never_stored_is_not_found"
    assert ran(Failing, only={test})[test].why == "a storage refuses this with NotFound; it raised OSError"


def test_a_promise_reads_as_a_sentence() -> None:
    (one,) = results(Small, only={"test_a_cent_is_kept"})
    assert (one.chapter, one.promise) == ("Reading gives back what was written", "a cent is kept")


def test_a_report_says_in_markdown_what_was_kept_broken_and_not_asked_for() -> None:
    def make() -> Small:
        return OffsetPages()

    text = report(make, name="My|Storage", abilities={Ability.UNIQUE_KEYS})
    assert text.startswith("# What My\\|Storage keeps\n\n")
    assert "promises kept" in text
    assert "Abilities: unique keys." in text
    assert "| a cent is kept | kept |" in text
    assert "| pages pass over nothing when others come in before them | broken: nothing comes twice" in text
    assert "| a new journal is empty | skipped: the storage does not declare the ability journal |" in text


def test_a_report_names_the_storage_by_its_class_and_never_breaks_its_own_table() -> None:
    class Chatty(Small):
        def find(self, query: Query[Any], /) -> Page[Any]:
            raise OSError("a | b\n<c>" + "x" * 500)

    text = report(Chatty)
    assert text.startswith("# What Chatty keeps")
    assert "Abilities: none." in text
    assert "| OSError: a \\| b &lt;c>x" in text.replace("broken: ", "")
    assert max(map(len, text.splitlines())) < 450


# What a storage may do without breaking the contract -----------------------------------------------------------------


def test_a_storage_may_refuse_the_last_moment_of_the_calendar_before_it_writes() -> None:
    class UpToYear9998(Small):
        def check(self, change: Change[Entity]) -> None:
            if change.events[0].at.year == 9999:
                raise InvalidValue("years up to 9998", field="at")

    assert ran(UpToYear9998, only={LAST_MOMENT})[LAST_MOMENT].outcome is Outcome.KEPT


def test_a_storage_may_not_write_the_last_moment_of_the_calendar_and_then_refuse_it() -> None:
    class TooLate(NoRollback):
        def remember(self, changes: ChangeSet) -> Receipt:
            raise InvalidValue("years up to 9998", field="at")

    assert ran(TooLate, only={LAST_MOMENT})[LAST_MOMENT].outcome is Outcome.BROKEN


@pytest.mark.parametrize(("storage", "outcome"), [(Small, Outcome.KEPT), (NoRollback, Outcome.BROKEN)])
def test_a_storage_may_refuse_what_it_cannot_store_if_nothing_of_the_set_lands(
    storage: type[Small], outcome: Outcome
) -> None:
    class Picky(storage):  # type: ignore[misc, valid-type]
        def kept(self, value: Any) -> Any:
            if hasattr(value, "thing"):
                raise TypeError("no form for it")
            return value

    test = "test_a_set_with_something_that_cannot_be_stored_lands_whole_or_not_at_all"
    assert ran(Picky, only={test})[test].outcome is outcome


def test_a_commit_may_take_more_steps_than_are_canceled() -> None:
    class Patient(AsyncSmall):
        async def commit(self, changes: ChangeSet, /) -> Receipt:
            for _ in range(40):
                await asyncio.sleep(0)
            return self.small.commit(changes)

    tests = {
        "test_a_canceled_commit_has_written_all_or_nothing",
        "test_a_canceled_commit_can_be_repeated_and_lands_once",
    }
    assert {ran(Patient, only=tests)[test].outcome for test in tests} == {Outcome.KEPT}


@pytest.mark.parametrize("test", FAULT_TESTS)
def test_faults_that_never_end_are_told(test: str) -> None:
    endless = ran(Small, only={test}, arm_fault=lambda storage, number: lambda: True)[test]
    assert endless.why == "a commit makes fewer than 500 calls"


def test_a_failure_that_no_fault_explains_is_told() -> None:
    class Failing(Small):
        def commit(self, changes: ChangeSet, /) -> Receipt:
            raise OSError("no space left")

    assert ran(Failing, only={FAULT_TESTS[0]})[FAULT_TESTS[0]].why == "OSError: no space left"


# Comparing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (1, True),
        (Decimal("0.5"), Decimal("0.50")),
        ([1], (1,)),
        ({"a": 1}, {"a": 2}),
        ((1, 2), (1, 2, 3)),
        (a_contact(notes="one"), a_contact(notes="two")),
        (NOW, NOW.replace(tzinfo=ZoneInfo("UTC"))),
    ],
)
def test_what_equals_is_not_always_the_same(read: object, written: object) -> None:
    assert difference(read, written) is not None


def test_the_first_difference_is_named_by_its_place() -> None:
    assert difference((a_contact(likes=("tea",)),), (a_contact(likes=("coffee",)),)) == (
        "it[0].likes[0] was coffee and is tea"
    )


def test_a_broken_promise_is_a_failed_assertion() -> None:
    with pytest.raises(ContractBroken, match=r"a rule; found 5"):
        expect(False, "a rule", found=5)
    with pytest.raises(AssertionError, match=r"^a rule$"):
        expect(False, "a rule")


def test_the_pages_of_a_storage_must_end() -> None:
    class Endless(Small):
        def find(self, query: Query[Any], /) -> Page[Any]:
            return Page(items=(), cursor=attrs.evolve(query, cursor=None).cursor_after(a_sale().deal))

    with pytest.raises(ContractBroken, match="last page"):
        all_pages(Endless(), Query(Deal))


def test_who_never_gets_through_is_told() -> None:
    def stale() -> None:
        raise StaleVersion("Contact", "C-1", expected=1)

    with pytest.raises(ContractBroken, match="in the end"):
        retried(stale)


# Under pytest ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contract", [StorageContract, AsyncStorageContract])
@pytest.mark.parametrize("name", ["storage", "reopen", "arm_fault"])
def test_what_was_not_overridden_says_how_to(contract: type[Any], name: str) -> None:
    fixture = getattr(contract, name)
    with pytest.raises(NotImplementedError, match="override"):
        fixture.__wrapped__(contract()) if hasattr(fixture, "__wrapped__") else fixture._get_wrapped_function()(
            contract()
        )


def test_without_pytest_the_contract_says_which_extra_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(storage_contract), "StorageContract", raising=False)
    monkeypatch.setattr(storage_contract, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"salesflow\[testing\]"):
        storage_contract.StorageContract


def test_a_name_that_the_contract_does_not_have_is_no_name_of_it() -> None:
    with pytest.raises(AttributeError, match="Contarct"):
        storage_contract.Contarct


def test_without_hypothesis_the_long_lives_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ability, "find_spec", lambda name: None)
    test = "test_a_long_random_life_goes_as_it_goes_in_memory"
    assert ran(Small, only={test})[test].why == "hypothesis is not installed"


def test_the_contract_loads_without_pytest_and_hypothesis() -> None:
    code = (
        "import sys; sys.modules['pytest'] = sys.modules['hypothesis'] = None\n"
        "from salesflow import MemoryStorage\n"
        "from salesflow.testing.storage_contract import report\n"
        "print(report(MemoryStorage))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert "hypothesis is not installed" in found.stdout
    assert "broken" not in found.stdout
