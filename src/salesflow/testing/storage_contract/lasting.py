"""What was committed stays: when the store is opened once more, and when a call to what lies below it fails."""

from __future__ import annotations

from collections.abc import Callable

from salesflow.changes import ChangeSet
from salesflow.deal.deal import Deal
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion
from salesflow.people.contact import Contact
from salesflow.storage.protocols import Storage
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import expect, expect_same, refused
from salesflow.testing.storage_contract.journaling import JournalingStorage
from salesflow.testing.storage_contract.samples import a_contact, a_long_deal, added, updated

__all__ = ["ArmFault", "Lasting"]

ArmFault = Callable[[int], Callable[[], bool]]
"""Makes the n-th call from now on, of those to what lies below the storage, fail once; n counts from 1. What it gives
back disarms the fault and says whether the call was made."""

_MOST_CALLS = 500


class Lasting:
    """What was committed stays."""

    @needs(Ability.REOPEN)
    def test_what_was_committed_is_there_when_the_store_is_opened_once_more(
        self, store: Storage, opened_again: Callable[[], Storage]
    ) -> None:
        changes = a_long_deal().changes
        store.commit(changes)
        again = opened_again()
        expect_same(again.get(Deal, "D-1"), changes.changes[0].after)
        expect_same(tuple(one.event for one in again.history(Deal, "D-1")), changes.events)

    @needs(Ability.REOPEN)
    def test_what_was_refused_is_not_there_when_the_store_is_opened_once_more(
        self, store: Storage, opened_again: Callable[[], Storage]
    ) -> None:
        store.commit(added(a_contact("C-1")))
        with refused(DuplicateKey):
            store.commit(added(a_contact("C-2")) | added(a_contact("C-1")))
        with refused(NotFound):
            opened_again().get(Contact, "C-2")

    @needs(Ability.REOPEN)
    def test_a_set_is_repeated_against_the_store_opened_once_more(
        self, store: Storage, opened_again: Callable[[], Storage]
    ) -> None:
        changes = a_long_deal().changes.with_key("request 1")
        first = store.commit(changes)
        again = opened_again()
        expect_same(again.commit(changes), first)
        with refused(KeyReused):
            again.commit(added(a_contact()).with_key("request 1"))

    @needs(Ability.REOPEN)
    def test_a_write_through_one_opening_makes_what_was_read_through_another_stale(
        self, store: Storage, opened_again: Callable[[], Storage]
    ) -> None:
        store.commit(added(a_contact()))
        again = opened_again()
        read = store.get(Contact, "C-1")
        again.commit(updated(again.get(Contact, "C-1"), owner="dan"))
        with refused(StaleVersion):
            store.commit(updated(read, owner="eve"))
        expect_same(store.get(Contact, "C-1").owner, "dan")

    @needs(Ability.REOPEN, Ability.UNIQUE_KEYS)
    def test_a_unique_key_is_still_taken_when_the_store_is_opened_once_more(
        self, store: Storage, opened_again: Callable[[], Storage]
    ) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")))
        with refused(DuplicateKey):
            opened_again().commit(added(a_contact("C-2", email="noa@acme.example")))

    @needs(Ability.REOPEN, Ability.JOURNAL)
    def test_the_journal_goes_on_counting_when_the_store_is_opened_once_more(
        self, store: JournalingStorage, opened_again: Callable[[], JournalingStorage]
    ) -> None:
        store.commit(added(a_contact("C-1")))
        again = opened_again()
        again.commit(added(a_contact("C-2")))
        expect_same([entry.position for entry in again.journal()], [1, 2])

    @needs(Ability.FAULTS)
    def test_a_fault_in_any_call_leaves_all_of_a_set_or_nothing(self, store: Storage, arm_fault: ArmFault) -> None:
        for number in range(1, _MOST_CALLS):
            ids = (f"C-{number}-1", f"C-{number}-2")
            changes = ChangeSet.of(*(added(a_contact(each)) for each in ids), key=f"request {number}")
            if not _fails(store, changes, arm_fault(number)):
                return
            landed = {_events_of(store, each) for each in ids}
            expect(landed in ({0}, {1}), "all of a set lands or nothing", found=landed)
        expect(False, f"a commit makes fewer than {_MOST_CALLS} calls")

    @needs(Ability.FAULTS)
    def test_after_a_fault_the_set_can_be_repeated_and_lands_once(self, store: Storage, arm_fault: ArmFault) -> None:
        for number in range(1, _MOST_CALLS):
            changes = added(a_contact(f"C-{number}")).with_key(f"request {number}")
            failed = _fails(store, changes, arm_fault(number))
            store.commit(changes)
            expect_same(_events_of(store, f"C-{number}"), 1, "a set that is repeated after a fault lands once")
            if not failed:
                return
        expect(False, f"a commit makes fewer than {_MOST_CALLS} calls")


def _fails(store: Storage, changes: ChangeSet, disarm: Callable[[], bool]) -> bool:
    """Commit while a fault is armed; whether the fault was met."""
    error: Exception | None = None
    try:
        store.commit(changes)
    except Exception as raised:
        error = raised
    met = disarm()
    if error is not None and not met:
        raise error
    return met


def _events_of(store: Storage, id: str) -> int:
    try:
        version = store.get(Contact, id).version
    except NotFound:
        version = 0
    try:
        events = len(store.history(Contact, id))
    except NotFound:
        events = 0
    expect_same(events, version, "entities and events land together")
    return events
