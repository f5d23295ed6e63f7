"""Idempotency keys: storages that forget them, use them up, or take one content for another."""

from __future__ import annotations

from typing import Any

import pytest
from storage.contract_catches.small import Defects, Small, named

from salesflow.changes import ChangeSet
from salesflow.errors import KeyReused
from salesflow.storage import Receipt

DEFECTS = Defects()


@DEFECTS.caught_by("test_a_refused_set_does_not_use_up_its_key")
class KeyInATransactionOfItsOwn(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.lock():
            known = self.repeated(changes)
            if known is None:
                self.remember(changes)
        return known or super().commit(ChangeSet(changes.changes))


@DEFECTS.caught_by("test_a_repeated_set_gets_the_first_receipt")
class KeysForgotten(Small):
    def repeated(self, changes: ChangeSet) -> Receipt | None:
        return None


@DEFECTS.caught_by("test_a_key_is_not_used_for_another_content", "test_of_eight_contents_under_one_key_one_wins")
class KeyWithoutContent(Small):
    def repeated(self, changes: ChangeSet) -> Receipt | None:
        return self.rows.receipts.get(self.request(changes), (None, None))[1] if changes.key else None


@DEFECTS.caught_by("test_content_that_differs_in_one_letter_is_another_content")
class KeyComparesVersionsAlone(Small):
    def repeated(self, changes: ChangeSet) -> Receipt | None:
        known = self.rows.receipts.get(self.request(changes)) if changes.key else None
        written = tuple((one.kind.root().__name__, one.id, one.after.version) for one in changes.changes)
        if known and known[1].versions != written:
            raise KeyReused(changes.key or "")
        return known[1] if known else None


@DEFECTS.caught_by("test_keys_that_differ_in_one_letters_case_are_two")
class KeysIgnoreCase(Small):
    def request(self, changes: ChangeSet) -> tuple[str, str]:
        return self.tenant, (changes.key or "").lower()


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
