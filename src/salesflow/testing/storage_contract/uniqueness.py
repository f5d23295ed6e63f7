"""Unique keys: at most one entity has each, in the form in which two are alike."""

from __future__ import annotations

from salesflow.changes import ChangeSet
from salesflow.errors import DuplicateKey, NotFound, StaleVersion
from salesflow.people.contact import Contact
from salesflow.storage.protocols import Storage
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import expect_same, refused
from salesflow.testing.storage_contract.samples import a_contact, added, an_organization, updated
from salesflow.values.contact_details import EmailAddress

__all__ = ["Uniqueness"]


class Uniqueness:
    """Keys that must be unique."""

    @needs(Ability.UNIQUE_KEYS)
    def test_a_unique_key_is_taken_once(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")))
        with refused(DuplicateKey) as caught:
            store.commit(added(a_contact("C-2", email="noa@acme.example")))
        expect_same((getattr(caught.error, "kind", None), getattr(caught.error, "key", None)), ("Contact", "email"))

    @needs(Ability.UNIQUE_KEYS)
    def test_a_taken_key_writes_nothing_of_its_set(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")))
        with refused(DuplicateKey):
            store.commit(added(a_contact("C-2")) | added(a_contact("C-3", email="noa@acme.example")))
        for each in ("C-2", "C-3"):
            with refused(NotFound):
                store.get(Contact, each)

    @needs(Ability.UNIQUE_KEYS)
    def test_upper_and_lower_case_are_one_key(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")))
        with refused(DuplicateKey):
            store.commit(added(a_contact("C-2", email="NOA@Acme.example")))

    @needs(Ability.UNIQUE_KEYS)
    def test_full_width_and_plain_letters_are_one_key(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")))
        with refused(DuplicateKey):
            store.commit(added(a_contact("C-2", email="\uff4e\uff4f\uff41@acme.example")))

    @needs(Ability.UNIQUE_KEYS)
    def test_the_matching_form_of_a_registration_number_is_its_key(self, store: Storage) -> None:
        store.commit(added(an_organization("O-1", registration_id="HRB 12")))
        with refused(DuplicateKey):
            store.commit(added(an_organization("O-2", registration_id="\uff28\uff32\uff22  12")))

    @needs(Ability.UNIQUE_KEYS)
    def test_what_was_written_is_kept_and_not_its_matching_form(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="NOA@Acme.example")))
        expect_same(store.get(Contact, "C-1").email, EmailAddress("NOA@Acme.example"))

    @needs(Ability.UNIQUE_KEYS)
    def test_those_without_a_key_do_not_stand_in_each_others_way(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1")) | added(a_contact("C-2")))
        expect_same(store.get(Contact, "C-2").email, None)

    @needs(Ability.UNIQUE_KEYS)
    def test_an_entity_keeps_its_own_key_when_it_changes(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")))
        store.commit(updated(store.get(Contact, "C-1"), owner="dan"))
        with refused(DuplicateKey):
            store.commit(added(a_contact("C-2", email="noa@acme.example")))

    @needs(Ability.UNIQUE_KEYS)
    def test_a_key_is_taken_by_a_later_change_too(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")) | added(a_contact("C-2")))
        with refused(DuplicateKey):
            store.commit(updated(store.get(Contact, "C-2"), email=EmailAddress("noa@acme.example")))

    @needs(Ability.UNIQUE_KEYS)
    def test_a_key_that_is_given_up_is_free(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")))
        store.commit(updated(store.get(Contact, "C-1"), email=None))
        store.commit(added(a_contact("C-2", email="noa@acme.example")))
        expect_same(store.get(Contact, "C-2").version, 1)

    @needs(Ability.UNIQUE_KEYS)
    def test_two_of_one_set_do_not_take_the_same_key(self, store: Storage) -> None:
        with refused(DuplicateKey):
            store.commit(
                ChangeSet.of(
                    added(a_contact("C-1", email="noa@acme.example")), added(a_contact("C-2", email="noa@acme.example"))
                )
            )
        with refused(NotFound):
            store.get(Contact, "C-1")

    @needs(Ability.UNIQUE_KEYS)
    def test_a_key_that_a_refused_set_wanted_is_free(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1")))
        read = store.get(Contact, "C-1")
        store.commit(updated(read, owner="dan"))
        with refused(StaleVersion):
            store.commit(added(a_contact("C-2", email="noa@acme.example")) | updated(read, owner="eve"))
        store.commit(added(a_contact("C-3", email="noa@acme.example")))
        expect_same(store.get(Contact, "C-3").version, 1)

    @needs(Ability.UNIQUE_KEYS)
    def test_a_key_that_a_refused_set_gave_up_is_still_taken(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", email="noa@acme.example")) | added(a_contact("C-2")))
        first, second = store.get(Contact, "C-1"), store.get(Contact, "C-2")
        store.commit(updated(second, owner="dan"))
        with refused(StaleVersion):
            store.commit(updated(first, email=None) | updated(second, owner="eve"))
        with refused(DuplicateKey):
            store.commit(added(a_contact("C-3", email="noa@acme.example")))
