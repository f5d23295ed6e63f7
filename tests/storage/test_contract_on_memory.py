from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import ClassVar

import pytest

from salesflow import MemoryStorage
from salesflow.testing.storage_contract import CHAIN, RECORDS, UNIQUE, Ability, StorageContract, results

IN_ONE_PROCESS = frozenset(Ability) - {Ability.REOPEN, Ability.FAULTS, Ability.KILL}
"""A storage in memory has nothing to open once more, nothing below that fails, and is gone with its process."""


class TestMemoryStorage(StorageContract):
    abilities: ClassVar = IN_ONE_PROCESS

    @pytest.fixture
    def storage(self) -> MemoryStorage:
        return MemoryStorage(unique=UNIQUE, records=RECORDS, chain=CHAIN)

    @pytest.fixture
    def stored_bytes(self, storage: MemoryStorage) -> Callable[[], bytes]:
        outside = ("_lock", "_records", "_chain", "_tenants")
        return lambda: pickle.dumps({name: value for name, value in vars(storage).items() if name not in outside})


class TestMemoryStorageOfOneTenant(StorageContract):
    abilities: ClassVar = {Ability.JOURNAL, Ability.UNIQUE_KEYS, Ability.OWN_KINDS}

    @pytest.fixture
    def storage(self) -> MemoryStorage:
        return MemoryStorage(unique=UNIQUE).for_tenant("acme")


def test_every_storage_that_a_report_makes_is_closed() -> None:
    opened: list[MemoryStorage] = []
    closed: list[MemoryStorage] = []

    def make() -> MemoryStorage:
        opened.append(MemoryStorage())
        return opened[-1]

    assert results(make, close=closed.append)
    assert closed == opened
