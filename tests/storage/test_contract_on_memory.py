from __future__ import annotations

from typing import ClassVar

import pytest

from salesflow import MemoryStorage
from salesflow.testing.storage_contract import UNIQUE, Ability, StorageContract, results


class TestMemoryStorage(StorageContract):
    abilities: ClassVar = {Ability.JOURNAL, Ability.TENANTS, Ability.UNIQUE_KEYS, Ability.OWN_KINDS}

    @pytest.fixture
    def storage(self) -> MemoryStorage:
        return MemoryStorage(unique=UNIQUE)


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
