from __future__ import annotations

from typing import ClassVar

import pytest

from salesflow import MemoryStorage
from salesflow.testing.storage_contract import UNIQUE, Ability, StorageContract


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
