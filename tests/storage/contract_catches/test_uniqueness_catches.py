"""Unique keys: storages that compare another form, or never let go."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from storage.contract_catches.small import Defects, Small, named

from salesflow import Contact, EmailAddress
from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey
from salesflow.testing.storage_contract import UNIQUE

DEFECTS = Defects()


@DEFECTS.caught_by("test_full_width_and_plain_letters_are_one_key", "test_upper_and_lower_case_are_one_key")
class UniqueAsWritten(Small):
    def unique(self, key: Any, entity: Entity) -> object:
        return entity.email if isinstance(entity, Contact) else None


@DEFECTS.caught_by("test_full_width_and_plain_letters_are_one_key")
class UniqueInLowerCase(Small):
    def unique(self, key: Any, entity: Entity) -> object:
        return entity.email.address.lower() if isinstance(entity, Contact) and entity.email else None


@DEFECTS.caught_by("test_what_was_written_is_kept_and_not_its_matching_form")
class MatchingFormStored(Small):
    def kept(self, value: Any) -> Any:
        if isinstance(value, Contact) and value.email:
            return attrs.evolve(value, email=EmailAddress(value.email.matching_key))
        return value


@DEFECTS.caught_by("test_those_without_a_key_do_not_stand_in_each_others_way")
class UnknownIsAKey(Small):
    def unique(self, key: Any, entity: Entity) -> object:
        return (super().unique(key, entity) or "") if isinstance(entity, key.kind) else None


@DEFECTS.caught_by("test_a_key_that_is_given_up_is_free", "test_a_key_that_a_refused_set_wanted_is_free")
class KeysNeverFreed(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        taken = self.rows.__dict__.setdefault("taken", {})
        for change in changes.changes:
            value = self.unique(UNIQUE[0], change.after)
            if value is not None and taken.setdefault(value, change.id) != change.id:
                raise DuplicateKey("Contact", "email")

    def check(self, change: Change[Entity]) -> None:
        self.check_unique(ChangeSet([change]))
        super().check(change)


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
