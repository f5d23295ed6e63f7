"""The audit chain: every event in the journal is linked to the one before, and what is done to it later is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, cast

import attrs

from salesflow.errors import DuplicateKey
from salesflow.people.contact import Contact
from salesflow.storage.audit import LinkedEntry
from salesflow.storage.memory import MemoryStorage
from salesflow.storage.protocols import Eraser, Journal, Storage, Tenants
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import expect, expect_same, refused
from salesflow.testing.storage_contract.racing import WRITERS, at_once
from salesflow.testing.storage_contract.samples import (
    CHAIN,
    NOW,
    UNIQUE,
    a_contact,
    a_known_contact,
    a_long_deal,
    added,
    an_organization,
    an_own_deal,
    updated,
)

__all__ = ["AuditedStorage", "Auditing", "linked_entries"]

LATER = NOW + timedelta(days=400)


class AuditedStorage(Storage, Journal, Tenants, Eraser, Protocol):
    """A storage that keeps an audit chain; what it cannot do besides is not asked of it."""


def linked_entries(store: Journal) -> list[LinkedEntry]:
    """The whole journal of a store, each entry with its link."""
    entries: list[LinkedEntry] = []
    while page := store.journal(after=len(entries), limit=1000):
        expect(all(isinstance(one, LinkedEntry) for one in page), "an audited journal gives linked entries")
        entries += cast("list[LinkedEntry]", list(page))
    return entries


def expect_whole_chain(store: Journal, entries: int | None = None) -> list[LinkedEntry]:
    """Check that the chain of a store is whole, and how long it is; its entries."""
    found = linked_entries(store)
    if entries is not None:
        expect_same(len(found), entries, "every event has a link")
    broken = CHAIN.verify(found)
    expect(broken is None, "the chain of what was committed is whole", found=broken and str(broken))
    return found


class Auditing:
    """The audit chain."""

    @needs(Ability.AUDIT)
    def test_the_chain_of_what_was_committed_is_whole(self, store: AuditedStorage) -> None:
        changes = a_long_deal().changes
        store.commit(changes)
        store.commit(added(a_known_contact()) | added(an_organization()))
        store.commit(updated(store.get(Contact, "C-1"), notes="call", owner="eve"))
        expect_whole_chain(store, len(changes.events) + 4)

    @needs(Ability.AUDIT)
    def test_the_links_are_those_that_the_storage_in_memory_makes(self, store: AuditedStorage) -> None:
        memory = MemoryStorage(unique=UNIQUE, chain=CHAIN)
        for changes in (
            a_long_deal().changes | added(a_known_contact()),
            added(a_contact("C-2")).with_key("request 1"),
        ):
            store.commit(changes)
            memory.commit(changes)
        expect_same(linked_entries(store), list(memory.journal()), "a link is computed from what was recorded alone")

    @needs(Ability.AUDIT, Ability.OWN_KINDS)
    def test_events_of_a_hosts_own_are_linked_too(self, store: AuditedStorage) -> None:
        store.commit(an_own_deal())
        expect_whole_chain(store, 2)

    @needs(Ability.AUDIT)
    def test_a_refused_or_repeated_set_adds_no_link(self, store: AuditedStorage) -> None:
        changes = added(a_contact()).with_key("request 1")
        store.commit(changes)
        store.commit(changes)
        with refused(DuplicateKey):
            store.commit(added(an_organization()) | added(a_contact()))
        store.commit(added(a_contact("C-2")))
        expect_whole_chain(store, 2)

    @needs(Ability.AUDIT)
    def test_the_chain_is_whole_under_many_writers(self, store: AuditedStorage) -> None:
        def writing(writer: int) -> Callable[[], None]:
            def write() -> None:
                for number in range(4):
                    store.commit(added(a_contact(f"C-{writer}-{number}")))

            return write

        expect_same(at_once(*map(writing, range(WRITERS))), [None] * WRITERS)
        expect_whole_chain(store, 4 * WRITERS)

    @needs(Ability.AUDIT)
    def test_a_reader_gets_the_links_of_any_part_of_the_journal(self, store: AuditedStorage) -> None:
        store.commit(a_long_deal().changes)
        entries = expect_whole_chain(store)
        expect_same(list(store.journal(after=3, limit=4)), entries[3:7])

    @needs(Ability.AUDIT)
    def test_what_is_done_to_the_journal_is_found(self, store: AuditedStorage) -> None:
        for number in range(1, 7):
            store.commit(added(a_contact(f"C-{number}")))
        entries = expect_whole_chain(store, 6)
        other = attrs.evolve(entries[2].recorded.event, by="eve")
        changed = attrs.evolve(entries[2], recorded=attrs.evolve(entries[2].recorded, event=other))
        for name, damaged in (
            ("changed", [*entries[:2], changed, *entries[3:]]),
            ("dropped", [*entries[:2], *entries[3:]]),
            ("swapped", [*entries[:2], entries[3], entries[2], *entries[4:]]),
            ("truncated", entries[:2]),
        ):
            broken = CHAIN.verify(damaged, head=entries[-1].head)
            expect_same(broken and (broken.position, broken.fault.value), (3, name), "the first broken link is named")

    @needs(Ability.AUDIT, Ability.ERASURE)
    def test_the_chain_is_whole_after_an_erasure(self, store: AuditedStorage) -> None:
        store.commit(added(a_known_contact()) | added(a_contact("C-2", notes="tall")))
        store.commit(updated(store.get(Contact, "C-1"), notes="afraid of dogs", owner="eve"))
        head = expect_whole_chain(store, 4)[-1].head
        store.erase(Contact, "C-1", by="noa", at=LATER)
        entries = expect_whole_chain(store, 5)
        broken = CHAIN.verify(entries, head=head)
        expect(broken is None, "a head that was kept before an erasure still stands", found=broken and str(broken))
        store.commit(updated(store.get(Contact, "C-1"), at=LATER, notes="new"))
        expect_whole_chain(store, 6)

    @needs(Ability.AUDIT, Ability.ERASURE)
    def test_an_erasure_leaves_every_link_as_it_was(self, store: AuditedStorage) -> None:
        store.commit(added(a_known_contact()) | added(a_contact("C-2", notes="tall")))
        before = [entry.link for entry in linked_entries(store)]
        store.erase(Contact, "C-1", by="noa", at=LATER)
        expect_same([entry.link for entry in linked_entries(store)][:-1], before, "links stay as they were")

    @needs(Ability.AUDIT, Ability.TENANTS)
    def test_each_tenant_has_a_chain_of_its_own(self, store: AuditedStorage) -> None:
        for name in ("acme", "globex", "acme"):
            tenant = store.for_tenant(name)
            tenant.commit(added(a_contact(f"C-{len(cast('AuditedStorage', tenant).journal())}")))
        expect_whole_chain(cast("AuditedStorage", store.for_tenant("acme")), 2)
        expect_whole_chain(cast("AuditedStorage", store.for_tenant("globex")), 1)

    @needs(Ability.AUDIT, Ability.REOPEN)
    def test_the_chain_goes_on_when_the_store_is_opened_once_more(
        self, store: AuditedStorage, opened_again: Callable[[], AuditedStorage]
    ) -> None:
        store.commit(added(a_contact("C-1")))
        again = opened_again()
        again.commit(added(a_contact("C-2")))
        store.commit(added(a_contact("C-3")))
        expect_whole_chain(again, 3)

    @needs(Ability.AUDIT, Ability.FAULTS)
    def test_a_fault_in_any_call_leaves_the_chain_whole(
        self, store: AuditedStorage, arm_fault: Callable[[int], Callable[[], bool]]
    ) -> None:
        for number in range(1, 500):
            disarm = arm_fault(number)
            try:
                store.commit(added(a_contact(f"C-{number}")))
            except Exception:
                expect(disarm(), "a commit fails for no other reason than the fault")
                expect_whole_chain(store)
            else:
                if not disarm():
                    expect_whole_chain(store)
                    return
        expect(False, "a commit makes fewer than 500 calls")
