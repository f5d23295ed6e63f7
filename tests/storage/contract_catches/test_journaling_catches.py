"""The journal: storages whose positions have gaps or come late."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from storage.contract_catches.small import Defects, Small, named

from salesflow.changes import ChangeSet
from salesflow.storage import JournalEntry, Receipt

DEFECTS = Defects()


@DEFECTS.caught_by("test_a_caller_cannot_change_the_journal_through_what_it_was_given")
class LiveJournal(Small):
    cached: list[JournalEntry] | None = None

    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        self.cached = list(super().journal(after=after, limit=limit)) if self.cached is None else self.cached
        return self.cached


@DEFECTS.caught_by("test_a_refused_set_leaves_neither_an_event_nor_a_gap")
class JournalFromASequence(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.rows.lock:
            self.rows.__dict__["drawn"] = self.rows.__dict__.get("drawn", 0) + len(changes.events)
        return super().commit(changes)

    def number(self) -> int:
        return int(self.rows.__dict__["drawn"])


@DEFECTS.caught_by("test_a_reader_at_the_end_never_sees_a_position_before_the_one_below_it")
class JournalNumberedWithoutALock(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.rows.lock:
            drawn = self.rows.__dict__["drawn"] = self.rows.__dict__.get("drawn", 0) + 1
        time.sleep(0.002 if drawn % 3 == 0 else 0)
        with self.rows.lock:
            self.rows.__dict__["next"] = drawn
            return super().commit(changes)

    def number(self) -> int:
        return int(self.rows.__dict__["next"])


@DEFECTS.caught_by("test_the_journal_is_in_the_order_of_the_commits")
class JournalByEntity(Small):
    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        recorded = sorted((entry.recorded for entry in super().journal()), key=lambda one: (one.id, one.version))
        return [JournalEntry(position=place, recorded=one) for place, one in enumerate(recorded, 1)][after:][:limit]


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
