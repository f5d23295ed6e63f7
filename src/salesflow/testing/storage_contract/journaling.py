"""The journal: all events in the order of their commits, without a gap, so that a projection can follow it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from salesflow.changes import ChangeSet
from salesflow.errors import DuplicateKey, StaleVersion
from salesflow.event import fold
from salesflow.people.contact import Contact
from salesflow.storage.protocols import Journal, Storage
from salesflow.storage.receipt import JournalEntry
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import expect, expect_same, refused
from salesflow.testing.storage_contract.racing import WRITERS, at_once, retried
from salesflow.testing.storage_contract.samples import a_contact, a_long_deal, added, an_organization, updated

__all__ = ["Journaling", "JournalingStorage"]


class JournalingStorage(Storage, Journal, Protocol):
    """A storage with a journal."""


def _positions(entries: Sequence[JournalEntry]) -> list[int]:
    return [entry.position for entry in entries]


class Journaling:
    """The journal."""

    @needs(Ability.JOURNAL)
    def test_a_new_journal_is_empty(self, store: JournalingStorage) -> None:
        expect_same(list(store.journal()), [])

    @needs(Ability.JOURNAL)
    def test_the_journal_counts_all_events_from_one(self, store: JournalingStorage) -> None:
        changes = a_long_deal().changes
        store.commit(changes)
        store.commit(added(a_contact()))
        expect_same(_positions(store.journal()), list(range(1, len(changes.events) + 2)))

    @needs(Ability.JOURNAL)
    def test_the_journal_gives_events_as_they_were_recorded(self, store: JournalingStorage) -> None:
        changes = a_long_deal().changes
        store.commit(changes)
        recorded = [entry.recorded for entry in store.journal()]
        expect_same(tuple(one.event for one in recorded), changes.events)
        expect_same(recorded, list(store.history(changes.changes[0].kind, "D-1")))

    @needs(Ability.JOURNAL)
    def test_the_journal_is_in_the_order_of_the_commits(self, store: JournalingStorage) -> None:
        for each in ("C-2", "C-1", "C-3"):
            store.commit(added(a_contact(each)))
        store.commit(updated(store.get(Contact, "C-2"), owner="dan"))
        expect_same([entry.recorded.id for entry in store.journal()], ["C-2", "C-1", "C-3", "C-2"])

    @needs(Ability.JOURNAL)
    def test_the_journal_keeps_the_order_within_a_set(self, store: JournalingStorage) -> None:
        store.commit(added(an_organization("X-2")) | added(a_contact("X-1")))
        expect_same([entry.recorded.id for entry in store.journal()], ["X-2", "X-1"])

    @needs(Ability.JOURNAL)
    def test_a_reader_goes_on_after_the_last_position_it_has_seen(self, store: JournalingStorage) -> None:
        store.commit(ChangeSet.of(*(added(a_contact(f"C-{number}")) for number in range(9))))
        expect_same(_positions(store.journal(after=3, limit=4)), [4, 5, 6, 7])

    @needs(Ability.JOURNAL)
    def test_after_the_last_position_there_is_nothing(self, store: JournalingStorage) -> None:
        store.commit(added(a_contact()))
        expect_same(list(store.journal(after=1)), [])
        expect_same(list(store.journal(after=100)), [])

    @needs(Ability.JOURNAL)
    def test_a_refused_set_leaves_neither_an_event_nor_a_gap(self, store: JournalingStorage) -> None:
        store.commit(added(a_contact("C-1")))
        read = store.get(Contact, "C-1")
        store.commit(updated(read, owner="dan"))
        for _ in range(3):
            with refused(StaleVersion):
                store.commit(added(a_contact("C-2")) | updated(read, owner="eve"))
            with refused(DuplicateKey):
                store.commit(added(an_organization()) | added(a_contact("C-1")))
        store.commit(added(a_contact("C-3")))
        expect_same(_positions(store.journal()), [1, 2, 3], "positions have no gaps")

    @needs(Ability.JOURNAL)
    def test_a_repeated_set_is_in_the_journal_once(self, store: JournalingStorage) -> None:
        for _ in range(3):
            store.commit(added(a_contact()).with_key("request 1"))
        expect_same(len(store.journal()), 1)

    @needs(Ability.JOURNAL)
    def test_the_journal_rebuilds_what_is_stored(self, store: JournalingStorage) -> None:
        store.commit(a_long_deal().changes | added(a_contact()))
        store.commit(updated(store.get(Contact, "C-1"), owner="dan"))
        events = [entry.recorded.event for entry in store.journal() if entry.recorded.id == "C-1"]
        expect_same(fold(events), store.get(Contact, "C-1"))

    @needs(Ability.JOURNAL)
    def test_a_caller_cannot_change_the_journal_through_what_it_was_given(self, store: JournalingStorage) -> None:
        store.commit(added(a_contact()))
        given = store.journal()
        if isinstance(given, list):
            given.clear()
        expect_same(len(store.journal()), 1, "nothing is shared between the store and its caller")

    @needs(Ability.JOURNAL)
    def test_many_writers_leave_no_gap_and_double_no_position(self, store: JournalingStorage) -> None:
        results = at_once(*(_adding(store, writer) for writer in range(WRITERS)))
        expect_same(results, [None] * WRITERS)
        expect_same(_positions(store.journal()), list(range(1, 5 * WRITERS + 1)))

    @needs(Ability.JOURNAL)
    def test_under_many_writers_the_versions_of_each_entity_stand_in_order(self, store: JournalingStorage) -> None:
        store.commit(added(a_contact()))

        def change_three_times() -> None:
            for _ in range(3):
                retried(lambda: store.commit(updated(store.get(Contact, "C-1"), owner="dan")))

        expect_same(at_once(*[change_three_times] * WRITERS), [None] * WRITERS)
        versions = [entry.recorded.version for entry in store.journal()]
        expect_same(versions, list(range(1, 3 * WRITERS + 2)), "the journal is in the order of the commits")

    @needs(Ability.JOURNAL)
    def test_a_reader_at_the_end_never_sees_a_position_before_the_one_below_it(self, store: JournalingStorage) -> None:
        done = threading.Event()
        total = 5 * WRITERS

        def tail() -> list[int]:
            seen: list[int] = []
            while len(seen) < total:
                last_round = done.is_set()
                seen += _positions(store.journal(after=seen[-1] if seen else 0, limit=7))
                if last_round and not store.journal(after=seen[-1] if seen else 0, limit=1):
                    break
            return seen

        def write_all() -> None:
            try:
                written = at_once(*(_adding(store, writer) for writer in range(WRITERS)))
                expect_same(written, [None] * WRITERS)
            finally:
                done.set()

        written, *seen = at_once(write_all, tail, tail)
        expect_same(written, None)
        expect(
            seen == [list(range(1, total + 1))] * 2,
            "who has seen n never later sees one below n, and misses nothing",
            found=seen,
        )


def _adding(store: Storage, writer: int) -> Callable[[], None]:
    """The job of adding five contacts, one by one."""

    def add() -> None:
        for number in range(5):
            store.commit(added(a_contact(f"C-{writer}-{number}")))

    return add
