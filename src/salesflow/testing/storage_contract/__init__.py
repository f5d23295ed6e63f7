"""The contract of storages: what every storage promises, as tests that ship with the library.

A host that plugs in a storage of its own adopts the contract with one class and one fixture, and knows that it is
right, or which promise it breaks::

    class TestMyStorage(StorageContract):
        abilities = {Ability.JOURNAL}

        @pytest.fixture
        def storage(self):
            return MyStorage()

``AsyncStorageContract`` is the same for an asynchronous storage, and ``report`` runs it without pytest. The storage in
memory passes it, and so it is the reference.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from salesflow.errors import MissingExtra
from salesflow.testing.storage_contract.ability import Ability
from salesflow.testing.storage_contract.awaiting import LoopThread
from salesflow.testing.storage_contract.expecting import ContractBroken
from salesflow.testing.storage_contract.killing import KillPoint, seeded_points
from salesflow.testing.storage_contract.reporting import Outcome, Result, report, results
from salesflow.testing.storage_contract.samples import CHAIN, OWN_KINDS, RECORDS, UNIQUE

if TYPE_CHECKING:
    from salesflow.testing.storage_contract.adopting import AsyncStorageContract as AsyncStorageContract
    from salesflow.testing.storage_contract.adopting import StorageContract as StorageContract

__all__ = [
    "CHAIN",
    "OWN_KINDS",
    "RECORDS",
    "UNIQUE",
    "Ability",
    "AsyncStorageContract",
    "ContractBroken",
    "KillPoint",
    "LoopThread",
    "Outcome",
    "Result",
    "StorageContract",
    "report",
    "results",
    "seeded_points",
]


def __getattr__(name: str) -> object:
    if name not in ("AsyncStorageContract", "StorageContract"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if find_spec("pytest") is None:
        raise MissingExtra("testing", needed_for=f"{name} without report(...)")
    from salesflow.testing.storage_contract import adopting

    value: object = getattr(adopting, name)
    globals()[name] = value
    return value
