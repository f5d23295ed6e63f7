"""All or nothing, on top of what is stored: storages that write half, too late, or over others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import pytest
from storage.contract_catches.small import Defects, Rows, Small, named

from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import StaleVersion
from salesflow.event import Recorded
from salesflow.storage import Receipt

DEFECTS = Defects()


@DEFECTS.caught_by("test_a_caller_cannot_change_the_history_through_what_it_was_given")
class LiveHistory(Small):
    def __init__(self, rows: Rows | None = None, tenant: str = "") -> None:
        super().__init__(rows, tenant)
        self.lists: dict[str, list[Recorded]] = {}

    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        return self.lists.setdefault(id, list(super().history(kind, id)))


@DEFECTS.caught_by("test_a_value_that_was_read_does_not_change_when_others_write")
class LiveEntities(Small):
    def write(self, change: Change[Entity]) -> None:
        stored = self.rows.entities.get(self.key(change.kind, change.id))
        super().write(change)
        for field in attrs.fields(change.kind) if stored else ():
            object.__setattr__(stored, field.name, getattr(change.after, field.name))


@DEFECTS.caught_by(
    "test_nothing_lands_when_the_last_change_of_a_set_is_stale",
    "test_nothing_lands_when_one_in_the_middle_is_stale",
    "test_nothing_lands_when_an_id_of_a_set_is_taken",
)
class NoRollback(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        with self.lock():
            known = self.repeated(changes)
            for change in changes.changes if known is None else ():
                self.check(change)
                self.write(change)
            return known or self.remember(changes)


@DEFECTS.caught_by("test_a_stale_change_writes_nothing", "test_a_change_that_was_decided_on_an_old_version_is_stale")
class LastWriteWins(Small):
    def check(self, change: Change[Entity]) -> None:
        if change.before is None:
            super().check(change)


@DEFECTS.caught_by("test_a_change_that_was_decided_on_a_later_version_is_stale")
class OnlyOlderIsStale(Small):
    def check(self, change: Change[Entity]) -> None:
        stored = self.rows.entities.get(self.key(change.kind, change.id))
        if stored is None or stored.version > change.expected_version:
            super().check(change)


@DEFECTS.caught_by(
    "test_what_was_never_stored_cannot_be_changed", "test_a_refused_change_of_what_was_never_stored_writes_nothing"
)
class SavesWhatIsMissing(Small):
    def check(self, change: Change[Entity]) -> None:
        if self.key(change.kind, change.id) in self.rows.entities:
            super().check(change)


@DEFECTS.caught_by("test_a_doubled_id_leaves_the_first_as_it_was", "test_an_id_is_given_once")
class Upsert(Small):
    def check(self, change: Change[Entity]) -> None:
        if change.before is not None:
            super().check(change)


@DEFECTS.caught_by("test_each_event_raises_the_stored_version_by_one")
class OneVersionACommit(Small):
    def kept(self, value: Any) -> Any:
        if not isinstance(value, Entity):
            return value
        stored = self.rows.entities.get(self.key(type(value), value.id))
        return attrs.evolve(value, version=stored.version + 1 if stored else 1)


@DEFECTS.caught_by("test_a_stale_change_writes_nothing", "test_nothing_lands_when_the_first_change_of_a_set_is_stale")
class WritesDespiteTheError(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        try:
            return super().commit(changes)
        except StaleVersion:
            for change in changes.changes:
                self.write(change)
            raise


@DEFECTS.caught_by("test_a_change_that_was_decided_on_an_old_version_is_stale")
class ConflictSwallowed(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        try:
            return super().commit(changes)
        except StaleVersion:
            return Receipt(versions=(), key=changes.key)


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
