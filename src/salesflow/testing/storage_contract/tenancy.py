"""Tenants: what one has stored is not there for another, in any way."""

from __future__ import annotations

from typing import Protocol, cast

from salesflow.changes import ChangeSet
from salesflow.errors import DuplicateKey, NotFound
from salesflow.people.contact import Contact
from salesflow.storage.protocols import Storage, Tenants
from salesflow.storage.query import Query, eq
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.erasing import ErasingStorage
from salesflow.testing.storage_contract.expecting import expect_same, refused
from salesflow.testing.storage_contract.journaling import JournalingStorage
from salesflow.testing.storage_contract.samples import NOW, a_contact, added, updated

__all__ = ["Tenancy", "TenantsStorage"]


class TenantsStorage(Storage, Tenants, Protocol):
    """A storage that keeps tenants apart."""


class Tenancy:
    """Tenants are kept apart."""

    @needs(Ability.TENANTS)
    def test_a_tenant_reads_what_it_wrote(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(added(a_contact(name="Noa")))
        expect_same(store.for_tenant("acme").get(Contact, "C-1").name, "Noa")

    @needs(Ability.TENANTS)
    def test_a_tenant_does_not_get_what_another_wrote(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(added(a_contact()))
        with refused(NotFound):
            store.for_tenant("globex").get(Contact, "C-1")

    @needs(Ability.TENANTS)
    def test_a_tenant_does_not_see_the_history_of_another(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(added(a_contact()))
        with refused(NotFound):
            store.for_tenant("globex").history(Contact, "C-1")

    @needs(Ability.TENANTS)
    def test_a_tenant_does_not_find_what_another_wrote(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(added(a_contact("C-1", owner="noa")))
        store.for_tenant("globex").commit(added(a_contact("C-2", owner="noa")))
        for query in (Query(Contact), Query(Contact, where=[eq("owner", "noa")])):
            expect_same([one.id for one in store.for_tenant("globex").find(query).items], ["C-2"])

    @needs(Ability.TENANTS)
    def test_a_cursor_of_one_tenant_shows_another_nothing_of_it(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(ChangeSet.of(*(added(a_contact(f"C-{number}")) for number in range(4))))
        store.for_tenant("globex").commit(added(a_contact("C-9")))
        query = Query(Contact, limit=2)
        cursor = store.for_tenant("acme").find(query).cursor
        found = store.for_tenant("globex").find(query.next(cursor)).items
        expect_same([one.id for one in found], ["C-9"], "nothing crosses from one tenant to another")

    @needs(Ability.TENANTS, Ability.ERASURE)
    def test_an_erasure_for_one_tenant_leaves_another_as_it_was(self, store: TenantsStorage) -> None:
        for name in ("acme", "globex"):
            store.for_tenant(name).commit(added(a_contact(notes="tall")).with_key("request 1"))
        cast("ErasingStorage", store.for_tenant("acme")).erase(Contact, "C-1", by="noa", at=NOW)
        tenants = [store.for_tenant(name) for name in ("acme", "globex")]
        expect_same([one.get(Contact, "C-1").notes for one in tenants], ["", "tall"])
        expect_same([len(one.history(Contact, "C-1")) for one in tenants], [2, 1])

    @needs(Ability.TENANTS)
    def test_two_tenants_may_give_one_id(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(added(a_contact(name="one")))
        store.for_tenant("globex").commit(added(a_contact(name="two")))
        expect_same(store.for_tenant("acme").get(Contact, "C-1").name, "one")
        expect_same(len(store.for_tenant("acme").history(Contact, "C-1")), 1)

    @needs(Ability.TENANTS)
    def test_a_write_of_one_tenant_does_not_make_another_stale(self, store: TenantsStorage) -> None:
        acme, globex = store.for_tenant("acme"), store.for_tenant("globex")
        for tenant in (acme, globex):
            tenant.commit(added(a_contact()))
        read = globex.get(Contact, "C-1")
        acme.commit(updated(acme.get(Contact, "C-1"), owner="dan"))
        globex.commit(updated(read, owner="eve"))
        expect_same([acme.get(Contact, "C-1").owner, globex.get(Contact, "C-1").owner], ["dan", "eve"])

    @needs(Ability.TENANTS)
    def test_an_idempotency_key_belongs_to_its_tenant(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(added(a_contact("C-1")).with_key("request 1"))
        store.for_tenant("globex").commit(added(a_contact("C-2")).with_key("request 1"))
        expect_same(store.for_tenant("globex").get(Contact, "C-2").version, 1)

    @needs(Ability.TENANTS)
    def test_the_same_set_under_the_same_key_is_written_for_each_tenant(self, store: TenantsStorage) -> None:
        for name in ("acme", "globex"):
            store.for_tenant(name).commit(added(a_contact("C-1")).with_key("request 1"))
        expect_same(store.for_tenant("globex").get(Contact, "C-1").version, 1)

    @needs(Ability.TENANTS, Ability.UNIQUE_KEYS)
    def test_a_unique_key_is_taken_for_its_tenant_alone(self, store: TenantsStorage) -> None:
        for name in ("acme", "globex"):
            store.for_tenant(name).commit(added(a_contact(email="noa@acme.example")))
        with refused(DuplicateKey):
            store.for_tenant("globex").commit(added(a_contact("C-2", email="noa@acme.example")))

    @needs(Ability.TENANTS, Ability.JOURNAL)
    def test_each_tenant_has_a_journal_of_its_own(self, store: TenantsStorage) -> None:
        for name, each in (("acme", "C-1"), ("globex", "C-2"), ("acme", "C-3")):
            store.for_tenant(name).commit(added(a_contact(each)))
        entries = cast("JournalingStorage", store.for_tenant("acme")).journal()
        expect_same([(one.position, one.recorded.id) for one in entries], [(1, "C-1"), (2, "C-3")])

    @needs(Ability.TENANTS)
    def test_tenants_whose_names_differ_in_case_are_two(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(added(a_contact()))
        with refused(NotFound):
            store.for_tenant("ACME").get(Contact, "C-1")

    @needs(Ability.TENANTS)
    def test_the_name_of_a_tenant_is_never_taken_for_more_than_a_name(self, store: TenantsStorage) -> None:
        store.for_tenant("acme").commit(added(a_contact()))
        for hostile in ("' OR '1'='1", "%", "acm_", "../acme", "acme' --"):
            with refused(NotFound):
                store.for_tenant(hostile).get(Contact, "C-1")
            expect_same(store.for_tenant(hostile).find(Query(Contact)).items, ())
