"""A commit writes all of a set or nothing of it, and only what was decided on what is stored."""

from __future__ import annotations

import attrs

from salesflow.changes import ChangeSet
from salesflow.deal.deal import Deal
from salesflow.errors import DuplicateKey, NotFound, SalesflowError, StaleVersion
from salesflow.event import fold
from salesflow.people.contact import Contact
from salesflow.people.organization import Organization
from salesflow.storage.protocols import Storage
from salesflow.testing.storage_contract.expecting import expect, expect_same, refused
from salesflow.testing.storage_contract.samples import (
    a_contact,
    a_lead,
    a_long_deal,
    a_sale,
    added,
    an_organization,
    updated,
    work_on,
)

__all__ = ["Writing"]


@attrs.frozen(kw_only=True)
class _Stranger(Contact):
    """A contact with something that can hardly be stored."""

    thing: object = None


class Writing:
    """Writing is all or nothing, and only on top of what is stored."""

    def test_each_event_raises_the_stored_version_by_one(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        expect_same(store.get(Contact, "C-1").version, 1)
        store.commit(updated(store.get(Contact, "C-1"), owner="dan", source="fair", notes="call"))
        expect_same(store.get(Contact, "C-1").version, 4)

    def test_the_receipt_says_what_was_written_and_its_version(self, store: Storage) -> None:
        changes = (a_long_deal().changes | added(a_contact())).with_key("request 1")
        receipt = store.commit(changes)
        expect_same(receipt.versions, (("Deal", "D-1", changes.changes[0].after.version), ("Contact", "C-1", 1)))
        expect_same(receipt.key, "request 1")

    def test_a_receipt_without_a_key_names_none(self, store: Storage) -> None:
        expect_same(store.commit(added(a_contact())).key, None)

    def test_a_set_without_changes_writes_nothing(self, store: Storage) -> None:
        expect_same(store.commit(ChangeSet()).versions, ())

    def test_a_change_that_was_decided_on_an_old_version_is_stale(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        read = store.get(Contact, "C-1")
        store.commit(updated(read, owner="dan"))
        with refused(StaleVersion) as caught:
            store.commit(updated(read, owner="eve"))
        expect_same(_facts(caught.error), ("Contact", "C-1", 1))

    def test_a_stale_change_writes_nothing(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        read = store.get(Contact, "C-1")
        store.commit(updated(read, owner="dan"))
        with refused(StaleVersion):
            store.commit(updated(read, owner="eve"))
        expect_same(store.get(Contact, "C-1").owner, "dan")
        expect_same(len(store.history(Contact, "C-1")), 2)

    def test_a_change_that_was_decided_on_a_later_version_is_stale(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        ahead = updated(store.get(Contact, "C-1"), owner="dan").changes[0].after
        with refused(StaleVersion):
            store.commit(updated(ahead, owner="eve"))  # type: ignore[type-var]  # it is a contact
        expect_same(store.get(Contact, "C-1").owner, None)

    def test_a_stale_sale_can_be_decided_again_on_what_is_stored(self, store: Storage) -> None:
        store.commit(a_sale().changes)
        mine, other = work_on(store.get(Deal, "D-1")), work_on(store.get(Deal, "D-1"))
        mine.update(owner="noa")
        other.update(source="fair")
        store.commit(other.changes)
        with refused(StaleVersion):
            store.commit(mine.changes)
        again = work_on(store.get(Deal, "D-1"))
        again.update(owner="noa")
        store.commit(again.changes)
        stored = store.get(Deal, "D-1")
        expect_same((stored.owner, stored.source), ("noa", "fair"))

    def test_an_id_is_given_once(self, store: Storage) -> None:
        store.commit(added(a_contact(name="one")))
        with refused(DuplicateKey) as caught:
            store.commit(added(a_contact(name="two")))
        expect_same(getattr(caught.error, "key", None), "id", "the error says that it is the id that is taken")

    def test_a_doubled_id_leaves_the_first_as_it_was(self, store: Storage) -> None:
        changes = added(a_contact(name="one"))
        store.commit(changes)
        with refused(DuplicateKey):
            store.commit(added(a_contact(name="two")))
        expect_same(store.get(Contact, "C-1"), changes.changes[0].after)
        expect_same(len(store.history(Contact, "C-1")), 1)

    def test_what_was_never_stored_cannot_be_changed(self, store: Storage) -> None:
        unknown = added(a_contact()).changes[0].after
        with refused(NotFound, StaleVersion):
            store.commit(updated(unknown, owner="dan"))  # type: ignore[type-var]  # it is a contact

    def test_a_refused_change_of_what_was_never_stored_writes_nothing(self, store: Storage) -> None:
        unknown = added(a_contact()).changes[0].after
        with refused(NotFound, StaleVersion):
            store.commit(updated(unknown, owner="dan"))  # type: ignore[type-var]  # it is a contact
        with refused(NotFound):
            store.get(Contact, "C-1")
        with refused(NotFound):
            store.history(Contact, "C-1")

    def test_all_changes_of_a_set_land(self, store: Storage) -> None:
        store.commit(a_sale().changes | added(a_contact()) | added(an_organization()) | added(a_lead()))
        for kind, each in ((Deal, "D-1"), (Contact, "C-1"), (Organization, "O-1")):
            expect_same(store.get(kind, each).version, 1)

    def test_nothing_lands_when_the_last_change_of_a_set_is_stale(self, store: Storage) -> None:
        _expect_nothing_lands(store, 2)

    def test_nothing_lands_when_the_first_change_of_a_set_is_stale(self, store: Storage) -> None:
        _expect_nothing_lands(store, 0)

    def test_nothing_lands_when_one_in_the_middle_is_stale(self, store: Storage) -> None:
        _expect_nothing_lands(store, 1)

    def test_nothing_lands_when_an_id_of_a_set_is_taken(self, store: Storage) -> None:
        store.commit(added(a_contact("C-2")))
        with refused(DuplicateKey):
            store.commit(added(a_contact("C-1")) | added(a_contact("C-2")) | added(a_contact("C-3")))
        for each in ("C-1", "C-3"):
            with refused(NotFound):
                store.get(Contact, each)
            with refused(NotFound):
                store.history(Contact, each)

    def test_a_set_with_something_that_cannot_be_stored_lands_whole_or_not_at_all(self, store: Storage) -> None:
        stranger = _Stranger(id="C-2", name="Eve", thing=lambda: None)
        changes = added(a_contact("C-1")) | added(stranger) | added(a_contact("C-3"))
        try:
            store.commit(changes)
        except Exception:
            landed = [_is_stored(store, each) for each in ("C-1", "C-2", "C-3")]
            expect(not any(landed), "nothing lands of a set that failed", found=landed)
        else:
            landed = [_is_stored(store, each) for each in ("C-1", "C-2", "C-3")]
            expect(all(landed), "all of a set lands that did not fail", found=landed)

    def test_a_storage_works_on_after_it_refused_something(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        for _ in range(3):
            with refused(DuplicateKey):
                store.commit(added(an_organization()) | added(a_contact()))
        store.commit(added(an_organization()))
        expect_same(store.get(Organization, "O-1").version, 1)

    def test_an_entity_is_the_fold_of_its_history(self, store: Storage) -> None:
        store.commit(a_long_deal().changes)
        sale = work_on(store.get(Deal, "D-1"))
        sale.update(owner="dan")
        store.commit(sale.changes)
        events = [recorded.event for recorded in store.history(Deal, "D-1")]
        expect_same(fold(events), store.get(Deal, "D-1"), "a deal is what its events say")

    def test_a_history_counts_the_versions_from_one(self, store: Storage) -> None:
        changes = a_long_deal().changes
        store.commit(changes)
        versions = [recorded.version for recorded in store.history(Deal, "D-1")]
        expect_same(versions, list(range(1, len(changes.events) + 1)))

    def test_a_history_names_the_entity_of_each_event(self, store: Storage) -> None:
        store.commit(a_sale().changes | added(a_contact()))
        for recorded in store.history(Deal, "D-1"):
            expect_same((recorded.kind, recorded.id), (Deal, "D-1"))

    def test_a_history_holds_the_events_of_its_entity_alone(self, store: Storage) -> None:
        store.commit(added(a_contact("X-1")) | added(an_organization("X-1")) | added(a_contact("X-10")))
        expect_same(len(store.history(Contact, "X-1")), 1)

    def test_what_was_recorded_stays_as_it_was_when_more_is_recorded(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        before = tuple(store.history(Contact, "C-1"))
        store.commit(updated(store.get(Contact, "C-1"), owner="dan"))
        expect_same(tuple(store.history(Contact, "C-1"))[:1], before)

    def test_what_never_was_has_no_history(self, store: Storage) -> None:
        with refused(NotFound):
            store.history(Deal, "D-1")

    def test_a_caller_cannot_change_the_history_through_what_it_was_given(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        given = store.history(Contact, "C-1")
        if isinstance(given, list):
            given.clear()
        expect_same(len(store.history(Contact, "C-1")), 1, "nothing is shared between the store and its caller")

    def test_a_value_that_was_read_does_not_change_when_others_write(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        read, history = store.get(Contact, "C-1"), store.history(Contact, "C-1")
        store.commit(updated(read, owner="dan"))
        expect_same((read.owner, len(history)), (None, 1), "nothing is shared between the store and its caller")


def _facts(error: SalesflowError) -> tuple[object, ...]:
    return tuple(getattr(error, name, None) for name in ("kind", "id", "expected"))


def _is_stored(store: Storage, id: str) -> bool:
    try:
        store.get(Contact, id)
    except NotFound:
        return False
    return True


def _expect_nothing_lands(store: Storage, stale: int) -> None:
    """Commit changes of three contacts of which one is stale, and check that none of them is written."""
    ids = ("C-1", "C-2", "C-3")
    store.commit(ChangeSet.of(*(added(a_contact(each)) for each in ids)))
    read = [store.get(Contact, each) for each in ids]
    store.commit(updated(read[stale], source="fair"))
    before = [(store.get(Contact, each), len(store.history(Contact, each))) for each in ids]
    with refused(StaleVersion):
        store.commit(ChangeSet.of(*(updated(one, owner="dan") for one in read)))
    after = [(store.get(Contact, each), len(store.history(Contact, each))) for each in ids]
    expect_same(after, before, "nothing of a set lands of which one change is stale")
