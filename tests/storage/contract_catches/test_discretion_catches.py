"""Errors: storages that say too much."""

from __future__ import annotations

from typing import Any

import pytest
from storage.contract_catches.small import Defects, Small, named

from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, StaleVersion
from salesflow.testing.storage_contract import UNIQUE

DEFECTS = Defects()


@DEFECTS.caught_by("test_a_taken_unique_key_does_not_say_which_value_is_taken")
class ErrorsOfTheDriver(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        try:
            super().check_unique(changes)
        except DuplicateKey as error:
            value = self.unique(UNIQUE[0], changes.changes[0].after)
            raise error from RuntimeError(f"UNIQUE constraint failed: contact.email = {value}")


@DEFECTS.caught_by("test_a_stale_version_says_nothing_of_the_person")
class ErrorsWithSql(Small):
    def check(self, change: Change[Entity]) -> None:
        try:
            super().check(change)
        except StaleVersion as error:
            raise error from RuntimeError("UPDATE entities SET body = ? WHERE version = ?")


@DEFECTS.caught_by("test_an_error_of_a_storage_can_be_sent_to_another_process")
class ErrorsOfItsOwn(Small):
    def check(self, change: Change[Entity]) -> None:
        class Taken(DuplicateKey):
            pass

        try:
            super().check(change)
        except DuplicateKey:
            raise Taken("Contact", "id") from None


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
