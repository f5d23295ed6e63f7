"""The contract as a whole: the defects that everybody knows are caught, and the reference keeps every promise every time."""

from __future__ import annotations

import importlib
import pickle
from pathlib import Path

import pytest
from storage.contract_catches.small import Defects

from salesflow import MemoryStorage
from salesflow.testing.storage_contract import CHAIN, RECORDS, UNIQUE, Ability, Outcome, results
from salesflow.testing.storage_contract.auditing import Auditing
from salesflow.testing.storage_contract.erasing import Erasing
from salesflow.testing.storage_contract.exploring import Exploring
from salesflow.testing.storage_contract.promises import CHAPTERS

MODULES = [
    importlib.import_module(f"storage.contract_catches.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("test_*_catches.py"))
    if path.stem != "test_killing_catches"
]
SEEDED = {case for module in MODULES if isinstance(module.DEFECTS, Defects) for case in module.DEFECTS.cases}
KNOWN_EVERYWHERE = {
    "no lock": "NoLock",
    "live objects returned": "LiveEntities",
    "no roll-back": "NoRollback",
    "last write wins": "LastWriteWins",
    "no tenant filter": "NoTenantFilter",
    "autocommit": "Autocommit",
    "check, then update": "CheckThenUpdate",
    "journal number without a lock": "JournalNumberedWithoutALock",
    "amount as float": "AmountsAsFloats",
    "idempotency key in its own transaction": "KeyInATransactionOfItsOwn",
    "write despite error": "WritesDespiteTheError",
    "case-sensitive unique key": "UniqueAsWritten",
    "offset pages": "OffsetPages",
    "dropped microseconds": "MicrosecondsDropped",
    "swallowed conflict": "ConflictSwallowed",
}
WITHOUT_LONG_LIVES = {
    name for chapter in CHAPTERS if chapter is not Exploring for name in vars(chapter) if name.startswith("test_")
}


def stored_bytes(storage: MemoryStorage) -> bytes:
    """All that the storage in memory has stored."""
    return pickle.dumps(
        {
            name: value
            for name, value in vars(storage).items()
            if name not in ("_lock", "_records", "_chain", "_tenants")
        }
    )


@pytest.mark.parametrize(("defect", "storage"), KNOWN_EVERYWHERE.items(), ids=lambda one: one.replace(" ", "-"))
def test_the_defects_that_everybody_knows_are_caught(defect: str, storage: str) -> None:
    assert [one for one, _ in SEEDED if one.__name__ == storage], f"{defect} is seeded"


def test_at_least_a_hundred_defects_are_seeded() -> None:
    assert len({storage for storage, _ in SEEDED}) >= 100


@pytest.mark.parametrize("chapter", [Erasing, Auditing], ids=lambda chapter: chapter.__name__)
def test_every_promise_of_a_chapter_has_a_defect_that_breaks_it(chapter: type) -> None:
    promises = {name for name in vars(chapter) if name.startswith("test_")}
    assert promises - {promise for _, promise in SEEDED} == set()


@pytest.mark.parametrize("time_of_asking", range(20))
def test_the_storage_in_memory_keeps_every_promise_every_time(time_of_asking: int) -> None:
    found = results(
        lambda: MemoryStorage(unique=UNIQUE, records=RECORDS, chain=CHAIN),
        abilities=set(Ability) - {Ability.REOPEN, Ability.FAULTS, Ability.KILL},
        stored_bytes=stored_bytes,
        only=WITHOUT_LONG_LIVES,
    )
    assert [one for one in found if one.outcome is Outcome.BROKEN] == []
    assert sum(one.outcome is Outcome.KEPT for one in found) >= 170
