"""What stays: storages that keep part of it in the process, or half of it after a fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from storage.contract_catches.small import Defects, Small, named

from salesflow.changes import ChangeSet
from salesflow.errors import StorageError
from salesflow.storage import Receipt

DEFECTS = Defects()


@DEFECTS.caught_by("test_after_a_fault_the_set_can_be_repeated_and_lands_once")
class KeyAfterTheTransaction(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.lock():
            known = self.repeated(changes)
            if known is not None:
                return known
            super().commit(ChangeSet(changes.changes))
            return self.remember(changes)


@DEFECTS.caught_by("test_a_fault_in_any_call_leaves_all_of_a_set_or_nothing")
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


@DEFECTS.caught_by("test_a_set_is_repeated_against_the_store_opened_once_more")
class ReceiptsInTheProcess(Small):
    def reopened(self) -> Small:
        again = super().reopened()
        again.rows.receipts.clear()
        return again


@DEFECTS.caught_by(
    "test_what_was_committed_is_there_when_the_store_is_opened_once_more",
    "test_a_write_through_one_opening_makes_what_was_read_through_another_stale",
    "test_a_unique_key_is_still_taken_when_the_store_is_opened_once_more",
    "test_the_journal_goes_on_counting_when_the_store_is_opened_once_more",
)
class KeptInTheProcess(Small):
    def reopened(self) -> Small:
        return type(self)()


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
