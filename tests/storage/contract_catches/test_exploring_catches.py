"""Long random lives, and calls that are canceled."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import pytest
from storage.contract_catches.small import AsyncSmall, Defects, Small, named

from salesflow import Contact
from salesflow.changes import ChangeSet
from salesflow.storage import Receipt

DEFECTS = Defects()


@DEFECTS.caught_by("test_a_long_random_life_goes_as_it_goes_in_memory")
class ForgetsTheThirdVersion(Small):
    def kept(self, value: Any) -> Any:
        return attrs.evolve(value, owner=None) if isinstance(value, Contact) and value.version == 3 else value


@DEFECTS.caught_by("test_a_canceled_commit_has_written_all_or_nothing")
class WritesOneAfterTheOther(AsyncSmall):
    async def commit(self, changes: ChangeSet, /) -> Receipt:
        for change in changes.changes:
            await asyncio.sleep(0)
            self.small.commit(ChangeSet([change]))
        return self.small.remember(changes)


@DEFECTS.caught_by("test_a_canceled_commit_can_be_repeated_and_lands_once")
class RemembersTheKeyLater(AsyncSmall):
    async def commit(self, changes: ChangeSet, /) -> Receipt:
        known = self.small.repeated(changes)
        if known is None:
            self.small.commit(ChangeSet(changes.changes))
            await asyncio.sleep(0)
        return known or self.small.remember(changes)


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
