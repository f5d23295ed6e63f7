"""A set that comes twice under one key is written once: what a caller may repeat when an answer got lost."""

from __future__ import annotations

from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion
from salesflow.people.contact import Contact
from salesflow.storage.protocols import Storage
from salesflow.testing.storage_contract.expecting import expect_same, refused
from salesflow.testing.storage_contract.samples import a_contact, a_long_deal, added, updated

__all__ = ["Repeating"]


class Repeating:
    """Idempotency keys."""

    def test_a_repeated_set_gets_the_first_receipt(self, store: Storage) -> None:
        changes = added(a_contact()).with_key("request 1")
        first = store.commit(changes)
        expect_same(store.commit(changes), first)

    def test_a_repeated_set_writes_nothing(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        changes = updated(store.get(Contact, "C-1"), owner="dan").with_key("request 1")
        store.commit(changes)
        store.commit(changes)
        expect_same((store.get(Contact, "C-1").version, len(store.history(Contact, "C-1"))), (2, 2))

    def test_a_repeated_set_gets_the_first_receipt_even_when_others_wrote_meanwhile(self, store: Storage) -> None:
        changes = added(a_contact()).with_key("request 1")
        first = store.commit(changes)
        store.commit(updated(store.get(Contact, "C-1"), owner="dan"))
        expect_same(store.commit(changes), first)
        expect_same(store.get(Contact, "C-1").owner, "dan")

    def test_a_set_that_was_built_again_from_the_same_facts_is_the_same_set(self, store: Storage) -> None:
        first = store.commit(a_long_deal().changes.with_key("request 1"))
        expect_same(store.commit(a_long_deal().changes.with_key("request 1")), first)

    def test_a_key_is_not_used_for_another_content(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1")).with_key("request 1"))
        with refused(KeyReused) as caught:
            store.commit(added(a_contact("C-2")).with_key("request 1"))
        expect_same(getattr(caught.error, "key", None), "request 1")

    def test_content_that_differs_in_one_letter_is_another_content(self, store: Storage) -> None:
        store.commit(added(a_contact(notes="call on Monday")).with_key("request 1"))
        with refused(KeyReused):
            store.commit(added(a_contact(notes="call on monday")).with_key("request 1"))

    def test_a_reused_key_writes_nothing(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1")).with_key("request 1"))
        with refused(KeyReused):
            store.commit(added(a_contact("C-2")).with_key("request 1"))
        with refused(NotFound):
            store.get(Contact, "C-2")

    def test_a_refused_set_does_not_use_up_its_key(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        read = store.get(Contact, "C-1")
        store.commit(updated(read, owner="dan"))
        with refused(StaleVersion):
            store.commit(updated(read, source="fair").with_key("request 1"))
        store.commit(updated(store.get(Contact, "C-1"), source="fair").with_key("request 1"))
        expect_same(store.get(Contact, "C-1").source, "fair")

    def test_keys_that_differ_in_one_letters_case_are_two(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1")).with_key("request a"))
        store.commit(added(a_contact("C-2")).with_key("request A"))
        expect_same(store.get(Contact, "C-2").version, 1)

    def test_sets_without_a_key_are_never_the_same(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        with refused(DuplicateKey):
            store.commit(added(a_contact()))
