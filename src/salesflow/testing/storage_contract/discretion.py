"""Errors tell what was wrong, and neither repeat personal data nor show how the storage is made."""

from __future__ import annotations

import pickle

from salesflow.changes import ChangeSet
from salesflow.errors import DuplicateKey, KeyReused, NotFound, SalesflowError, StaleVersion
from salesflow.people.contact import Contact
from salesflow.storage.protocols import Storage
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import expect_discretion, expect_same, refused
from salesflow.testing.storage_contract.samples import a_contact, added, updated
from salesflow.values.contact_details import PhoneNumber

__all__ = ["Discretion"]

_PERSONAL = {
    "name": "Zelda Quint",
    "e-mail address": "zelda@quint.example",
    "phone number": "+1 202 555 0187",
    "notes": "afraid of dogs",
}


def _zelda(id: str = "C-1", **fields: object) -> ChangeSet:
    return added(
        a_contact(
            id,
            name=_PERSONAL["name"],
            email=_PERSONAL["e-mail address"],
            phone=PhoneNumber(_PERSONAL["phone number"]),
            notes=_PERSONAL["notes"],
            **fields,
        )
    )


def _expect_discreet(error: SalesflowError) -> None:
    expect_discretion(error, _PERSONAL)


class Discretion:
    """Errors are discreet."""

    def test_a_stale_version_says_nothing_of_the_person(self, store: Storage) -> None:
        store.commit(_zelda())
        read = store.get(Contact, "C-1")
        store.commit(updated(read, owner="dan"))
        with refused(StaleVersion) as caught:
            store.commit(updated(read, owner="eve"))
        _expect_discreet(caught.error)

    def test_a_doubled_id_says_nothing_of_the_person(self, store: Storage) -> None:
        store.commit(_zelda())
        with refused(DuplicateKey) as caught:
            store.commit(_zelda(owner="dan"))
        _expect_discreet(caught.error)

    @needs(Ability.UNIQUE_KEYS)
    def test_a_taken_unique_key_does_not_say_which_value_is_taken(self, store: Storage) -> None:
        store.commit(_zelda("C-1"))
        with refused(DuplicateKey) as caught:
            store.commit(_zelda("C-2"))
        _expect_discreet(caught.error)

    def test_a_reused_key_says_nothing_of_the_person(self, store: Storage) -> None:
        store.commit(_zelda("C-1").with_key("request 1"))
        with refused(KeyReused) as caught:
            store.commit(_zelda("C-2", owner="dan").with_key("request 1"))
        _expect_discreet(caught.error)

    def test_what_is_not_found_says_nothing_of_how_it_was_looked_for(self, store: Storage) -> None:
        store.commit(_zelda())
        with refused(NotFound) as caught:
            store.get(Contact, "C-2")
        _expect_discreet(caught.error)

    def test_an_error_of_a_storage_can_be_sent_to_another_process(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        with refused(DuplicateKey) as caught:
            store.commit(added(a_contact()))
        expect_same(str(pickle.loads(pickle.dumps(caught.error))), str(caught.error))
