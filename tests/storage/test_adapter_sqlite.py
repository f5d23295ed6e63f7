"""The adapter for SQLite keeps the whole contract, and what it promises besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from storage.databases import Faulty, program

from salesflow import Contact, Deal
from salesflow.storage.records import Records
from salesflow.testing.storage_contract import OWN_KINDS, UNIQUE, Ability, StorageContract

INDEXED = {Deal: ("stage", "owner", "amount", "expected_close", "opened_at"), Contact: ("owner", "email")}


def own_records() -> Records:
    records = Records()
    for kind in OWN_KINDS:
        records.register(kind, name=kind.__name__, schema=1)
    return records


def opened(path: Path, **options: Any) -> Any:
    return program("sqlite_storage").SQLiteStorage(path, records=own_records(), unique=UNIQUE, **options)


class SQLiteContract(StorageContract):
    indexed: ClassVar[dict[type, tuple[str, ...]]] = {}
    abilities: ClassVar = {
        Ability.JOURNAL,
        Ability.TENANTS,
        Ability.UNIQUE_KEYS,
        Ability.OWN_KINDS,
        Ability.REOPEN,
        Ability.FAULTS,
    }

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "deals.db"

    @pytest.fixture
    def storage(self, path: Path) -> Iterator[Any]:
        storage = opened(path, indexed=self.indexed)
        yield storage
        storage.close()

    @pytest.fixture
    def reopen(self, path: Path) -> Iterator[Callable[[], Any]]:
        again: list[Any] = []

        def open_once_more() -> Any:
            again.append(opened(path, indexed=self.indexed))
            return again[-1]

        yield open_once_more
        for storage in again:
            storage.close()

    @pytest.fixture
    def arm_fault(self, storage: Any) -> Callable[[int], Callable[[], bool]]:
        storage._connection = Faulty(storage._connection, ("execute", "executemany"))
        return storage._connection.arm


class TestSQLiteStorage(SQLiteContract):
    """Without indexed fields."""


class TestSQLiteStorageWithIndexes(SQLiteContract):
    """With indexed fields, so that queries run in the database."""

    indexed: ClassVar = INDEXED
