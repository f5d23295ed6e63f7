"""Many writers at once: storages that hold nothing between reading and writing."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from storage.contract_catches.small import AsyncSmall, Defects, Small, named

from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.storage import Page, Query, Receipt

DEFECTS = Defects()


@DEFECTS.caught_by(
    "test_of_eight_writers_from_one_version_one_wins",
    "test_of_eight_who_give_one_id_one_wins",
    "test_who_reads_decides_and_retries_loses_no_update",
    "test_a_set_that_is_repeated_at_once_is_written_once",
    "test_of_eight_contents_under_one_key_one_wins",
    "test_of_eight_who_take_a_unique_key_one_wins",
)
class NoLock(Small):
    def lock(self) -> AbstractContextManager[object]:
        return nullcontext()

    def check_unique(self, changes: ChangeSet) -> None:
        super().check_unique(changes)
        time.sleep(0.001)


@DEFECTS.caught_by("test_a_page_never_shows_half_of_a_set")
class Autocommit(Small):
    def write(self, change: Change[Entity]) -> None:
        super().write(change)
        self.rows.lock.release()
        time.sleep(0.001)
        self.rows.lock.acquire()


@DEFECTS.caught_by("test_a_page_in_an_order_never_shows_half_of_a_set")
class NoSnapshot(Small):
    """Reads first who has an owner and then who has none, as an index gives them, each as it is then."""

    def find(self, query: Query[Any], /) -> Page[Any]:
        with self.lock():
            owned = [one for one in self.mine() if getattr(one, "owner", None) is not None]
        time.sleep(0.001)
        with self.lock():
            return query.page([*owned, *(one for one in self.mine() if getattr(one, "owner", None) is None)])


@DEFECTS.caught_by("test_a_history_is_never_shorter_than_the_version_that_was_read_before")
class EventsLater(Small):
    def write(self, change: Change[Entity]) -> None:
        self.rows.entities[self.key(change.kind, change.id)] = change.after
        self.rows.lock.release()
        time.sleep(0.001)
        self.rows.lock.acquire()
        super().write(change)


@DEFECTS.caught_by("test_of_eight_writers_from_one_version_one_wins", "test_of_eight_who_give_one_id_one_wins")
class CheckThenUpdate(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        self.rows.lock.release()
        time.sleep(0.001)
        self.rows.lock.acquire()


@DEFECTS.caught_by("test_of_eight_writers_from_one_version_one_wins")
class AwaitsBetweenCheckAndWrite(AsyncSmall):
    async def commit(self, changes: ChangeSet, /) -> Receipt:
        for change in changes.changes:
            self.small.check(change)
        await asyncio.sleep(0.001)
        for change in changes.changes:
            self.small.write(change)
        return self.small.remember(changes)


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise, tries=20)
