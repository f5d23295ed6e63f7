"""The adapter for SQLite keeps the whole contract, and what it promises besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from storage.adapting import ABILITIES, INDEXED, files_of, sqlite_storage
from storage.databases import Faulty

from salesflow.testing.storage_contract import StorageContract


class SQLiteContract(StorageContract):
    indexed: ClassVar[dict[type, tuple[str, ...]]] = {}
    abilities: ClassVar = ABILITIES

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "deals.db"

    @pytest.fixture
    def opener(self, path: Path, storage: Any) -> Callable[[], Any]:
        return partial(sqlite_storage, path, indexed=self.indexed)

    @pytest.fixture
    def storage(self, path: Path) -> Iterator[Any]:
        storage = sqlite_storage(path, indexed=self.indexed)
        yield storage
        storage.close()

    @pytest.fixture
    def reopen(self, path: Path) -> Iterator[Callable[[], Any]]:
        again: list[Any] = []

        def open_once_more() -> Any:
            again.append(sqlite_storage(path, indexed=self.indexed))
            return again[-1]

        yield open_once_more
        for storage in again:
            storage.close()

    @pytest.fixture
    def arm_fault(self, storage: Any) -> Callable[[int], Callable[[], bool]]:
        storage._connection = Faulty(storage._connection, ("execute", "executemany"))
        return storage._connection.arm

    @pytest.fixture
    def stored_bytes(self, path: Path) -> Callable[[], bytes]:
        return lambda: files_of(path)


class TestSQLiteStorage(SQLiteContract):
    """With indexed fields, so that queries run in the database."""

    indexed: ClassVar = INDEXED


class TestSQLiteStorageWithoutIndexes(SQLiteContract):
    """Without, so that every query reads and checks what is stored."""
