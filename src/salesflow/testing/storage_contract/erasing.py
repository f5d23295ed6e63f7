"""Erasure: a person is forgotten in everything that is stored, and the ledger stays as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol, cast

from salesflow.changes import ChangeSet
from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion
from salesflow.event import fold
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.storage.erasure import Erasure, PersonalDataErased, without_personal_data
from salesflow.storage.protocols import Eraser, Journal, Storage
from salesflow.storage.query import Query, eq
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import expect, expect_discretion, expect_same, refused
from salesflow.testing.storage_contract.racing import WRITERS, at_once, retried
from salesflow.testing.storage_contract.samples import (
    NOW,
    SeatsDeal,
    a_contact,
    a_known_contact,
    a_lead,
    a_long_deal,
    a_sale,
    added,
    an_organization,
    an_own_deal,
    updated,
)
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.money import Money
from salesflow.values.personal import ERASED
from salesflow.values.text import matching_key

__all__ = ["Erasing", "ErasingStorage"]

LATER = NOW + timedelta(days=400)

ZELDA = {
    "name": "Zelda Quint-Álvarez",
    "family name": "Quint-Álvarez",
    "first e-mail address": "zelda.quint@first.example",
    "e-mail address": "Zelda@Quint.example",
    "phone number": "+1 202 555 0187",
    "street": "Uferweg 17½",
    "likes": "יין לבן קר",
    "notes": "afraid of dogs 🐕",
}
"""What is known of somebody who will ask to be forgotten."""


class ErasingStorage(Storage, Eraser, Protocol):
    """A storage that forgets people."""


def zelda(id: str = "C-1") -> Contact:
    """Somebody who will ask to be forgotten."""
    return a_contact(
        id,
        name=ZELDA["name"],
        family_name=ZELDA["family name"],
        email=ZELDA["first e-mail address"],
        phone=PhoneNumber(ZELDA["phone number"]),
        address=PostalAddress(street=ZELDA["street"], city="Haifa", country="IL"),
        likes=(ZELDA["likes"],),
        owner="dan",
    )


def store_zelda(store: Storage) -> ChangeSet:
    """Store her, repeat that, learn more of her, and commit more under keys; the first of the sets."""
    first = added(zelda()).with_key("request 1")
    store.commit(first)
    store.commit(first)
    address = EmailAddress(ZELDA["e-mail address"])
    store.commit(updated(store.get(Contact, "C-1"), notes=ZELDA["notes"], email=address).with_key("request 2"))
    store.commit((updated(store.get(Contact, "C-1"), owner="eve") | added(a_contact("C-2"))).with_key("request 3"))
    return first


def _store_among_many(store: Storage) -> None:
    """Store her with long notes and many others, so that what is rewritten does not lie where it lay before."""
    store_zelda(store)
    for round_ in range(4):
        store.commit(ChangeSet.of(*(added(a_contact(f"N-{round_}-{number}", notes="x" * 300)) for number in range(12))))
        store.commit(updated(store.get(Contact, "C-1"), notes=f"{ZELDA['notes']} {round_} " * 300))
    store.commit(updated(store.get(Contact, "C-1"), notes=""))


def expect_whole(store: Storage, kind: type[Entity], id: str) -> None:
    """Check that an entity is the fold of its history."""
    events = [one.event for one in store.history(kind, id)]
    expect_same(fold(events), store.get(kind, id), "an entity is what its events say, erased or not")


def traces(value: str) -> Iterator[bytes]:
    """The forms in which a text may lie in a store."""
    digits = "".join(char for char in value if char.isdigit())
    for text in {value, value.lower(), value.upper(), matching_key(value), digits if len(digits) > 6 else value}:
        yield text.encode()
        yield text.encode("utf-16-le")
        yield json.dumps(text)[1:-1].encode()
        for plain in (hashlib.sha256(text.encode()), hashlib.md5(text.encode(), usedforsecurity=False)):
            yield plain.hexdigest().encode()
            yield plain.digest()


class Erasing:
    """A person is forgotten, and the ledger stays."""

    @needs(Ability.ERASURE)
    def test_what_was_personal_is_gone_from_what_is_stored(self, store: ErasingStorage) -> None:
        store_zelda(store)
        store.erase(Contact, "C-1", by="noa", at=LATER)
        expect_same(
            store.get(Contact, "C-1"),
            a_contact("C-1", name=ERASED, owner="eve", version=5, changed_at=LATER),
            "every personal field is replaced and no other",
        )

    @needs(Ability.ERASURE)
    def test_what_was_personal_is_gone_from_the_history_and_nothing_else(self, store: ErasingStorage) -> None:
        store_zelda(store)
        before = store.history(Contact, "C-1")
        store.erase(Contact, "C-1", by="noa", at=LATER)
        after = store.history(Contact, "C-1")
        expect_same(list(after[:-1]), [without_personal_data(one) for one in before])
        expect_same(after[-1].event, PersonalDataErased(at=LATER, by="noa", versions=(1, 2, 3)))

    @needs(Ability.ERASURE)
    def test_after_an_erasure_the_entity_is_still_the_fold_of_its_history(self, store: ErasingStorage) -> None:
        store.commit(added(a_known_contact()) | added(a_lead(notes="tall")) | added(an_organization(tax_id="IL-005")))
        for kind, each in ((Contact, "C-1"), (Lead, "L-1"), (Organization, "O-1")):
            store.erase(kind, each, by="noa", at=LATER)
            expect_whole(store, kind, each)
            expect_same(store.get(kind, each).version, 2, "an erasure is one event")

    @needs(Ability.ERASURE)
    def test_an_erasure_says_what_it_did(self, store: ErasingStorage) -> None:
        store_zelda(store)
        said = store.erase(Contact, "C-1", by="noa", at=LATER)
        expect_same(said, Erasure(kind="Contact", id="C-1", version=5, versions=(1, 2, 3)))

    @needs(Ability.ERASURE)
    def test_a_repeated_erasure_gives_the_same_result_and_writes_nothing(self, store: ErasingStorage) -> None:
        store_zelda(store)
        first = store.erase(Contact, "C-1", by="noa", at=LATER)
        before = store.get(Contact, "C-1"), tuple(store.history(Contact, "C-1"))
        expect_same(store.erase(Contact, "C-1", by="dan", at=LATER + timedelta(days=1)), first)
        expect_same((store.get(Contact, "C-1"), tuple(store.history(Contact, "C-1"))), before)

    @needs(Ability.ERASURE)
    def test_what_became_known_after_an_erasure_is_erased_by_the_next(self, store: ErasingStorage) -> None:
        store.commit(added(zelda()))
        store.erase(Contact, "C-1", by="noa", at=LATER)
        store.commit(updated(store.get(Contact, "C-1"), at=LATER, notes=ZELDA["notes"]))
        expect_same(store.erase(Contact, "C-1", by="noa", at=LATER).versions, (3,))
        expect_same(store.get(Contact, "C-1").notes, "")
        expect_whole(store, Contact, "C-1")

    @needs(Ability.ERASURE)
    def test_who_was_never_stored_cannot_be_erased(self, store: ErasingStorage) -> None:
        store.commit(a_sale("C-1").changes)
        with refused(NotFound):
            store.erase(Contact, "C-1", by="noa", at=LATER)
        expect_same(store.get(Deal, "C-1").version, 1, "an erasure that is refused writes nothing")

    @needs(Ability.ERASURE)
    def test_who_read_before_an_erasure_cannot_bring_back_what_was_erased(self, store: ErasingStorage) -> None:
        store.commit(added(zelda()))
        read = store.get(Contact, "C-1")
        store.erase(Contact, "C-1", by="noa", at=LATER)
        with refused(StaleVersion) as caught:
            store.commit(updated(read, owner="eve"))
        expect_discretion(caught.error, ZELDA)
        expect_same(store.get(Contact, "C-1").name, ERASED)

    @needs(Ability.ERASURE)
    def test_who_was_erased_can_be_worked_with_again(self, store: ErasingStorage) -> None:
        store.commit(added(zelda()))
        store.erase(Contact, "C-1", by="noa", at=LATER)
        store.commit(updated(store.get(Contact, "C-1"), at=LATER, source="fair"))
        expect_same((store.get(Contact, "C-1").source, store.get(Contact, "C-1").version), ("fair", 3))

    @needs(Ability.ERASURE)
    def test_an_erasure_touches_nobody_else(self, store: ErasingStorage) -> None:
        others = added(a_known_contact("C-10")) | added(an_organization("C-1")) | a_sale(contact_id="C-1").changes
        store.commit(added(zelda()) | others)
        store.erase(Contact, "C-1", by="noa", at=LATER)
        for change in others.changes:
            expect_same(store.get(change.kind, change.id), change.after, "others stay as they are")
            expect_same(tuple(one.event for one in store.history(change.kind, change.id)), change.events)

    @needs(Ability.ERASURE)
    def test_totals_are_the_same_after_an_erasure(self, store: ErasingStorage) -> None:
        store.commit(added(zelda()))
        for number in range(1, 4):
            store.commit(a_sale(f"D-{number}", contact_id="C-1", amount=Money(f"{number}.10", "EUR")).changes)
        before = store.find(Query(Deal, where=[eq("contact_id", "C-1")])).items
        for kind, each in ((Contact, "C-1"), (Deal, "D-2")):
            store.erase(kind, each, by="noa", at=LATER)
        after = store.find(Query(Deal, where=[eq("contact_id", "C-1")])).items
        expect_same([deal.amount for deal in after], [deal.amount for deal in before], "totals stay")

    @needs(Ability.ERASURE)
    def test_a_deal_loses_what_was_said_of_people_and_keeps_its_ledger(self, store: ErasingStorage) -> None:
        changes = a_long_deal().changes
        store.commit(changes)
        (before,) = (change.after for change in changes.changes)
        assert isinstance(before, Deal)
        store.erase(Deal, "D-1", by="noa", at=LATER)
        after = store.get(Deal, "D-1")
        for name in ("amount", "stage", "outcome", "entered_at", "expected_close", "contact_id", "line_items"):
            expect_same(getattr(after, name), getattr(before, name), f"a deal that was erased keeps its {name}")
        expect_same((after.name, after.meetings[0].summary, after.version), (ERASED, ERASED, before.version + 1))
        expect_whole(store, Deal, "D-1")

    @needs(Ability.ERASURE, Ability.OWN_KINDS)
    def test_a_deal_of_an_own_class_keeps_what_is_not_personal(self, store: ErasingStorage) -> None:
        store.commit(an_own_deal())
        store.erase(Deal, "D-1", by="noa", at=LATER)
        expect_same((store.get(SeatsDeal, "D-1").name, store.get(SeatsDeal, "D-1").seats), (ERASED, 40))
        expect_whole(store, SeatsDeal, "D-1")

    @needs(Ability.ERASURE)
    def test_a_set_is_repeated_after_an_erasure_and_gets_its_first_receipt(self, store: ErasingStorage) -> None:
        changes = added(zelda()).with_key("request 1")
        first = store.commit(changes)
        store.erase(Contact, "C-1", by="noa", at=LATER)
        expect_same(store.commit(changes), first)
        expect_same(store.get(Contact, "C-1").name, ERASED, "a set that is repeated writes nothing")

    @needs(Ability.ERASURE)
    def test_a_key_is_not_used_for_another_content_after_an_erasure_either(self, store: ErasingStorage) -> None:
        store.commit(added(zelda()).with_key("request 1"))
        store.erase(Contact, "C-1", by="noa", at=LATER)
        for other in (added(a_contact("C-1")), added(a_contact("C-2"))):
            with refused(KeyReused) as caught:
                store.commit(other.with_key("request 1"))
            expect_discretion(caught.error, ZELDA)

    @needs(Ability.ERASURE, Ability.UNIQUE_KEYS)
    def test_a_unique_key_of_who_was_erased_is_free(self, store: ErasingStorage) -> None:
        store_zelda(store)
        store.erase(Contact, "C-1", by="noa", at=LATER)
        store.commit(added(a_contact("C-3", email=ZELDA["e-mail address"])))
        with refused(DuplicateKey):
            store.commit(added(a_contact("C-4", email=ZELDA["e-mail address"])))

    @needs(Ability.ERASURE)
    def test_who_was_erased_is_not_found_by_what_was_known_of_them(self, store: ErasingStorage) -> None:
        store_zelda(store)
        store.erase(Contact, "C-1", by="noa", at=LATER)
        for field, value in (("name", ZELDA["name"]), ("email", EmailAddress(ZELDA["e-mail address"]))):
            expect_same(store.find(Query(Contact, where=[eq(field, value)])).items, ())
        expect_same([one.id for one in store.find(Query(Contact, where=[eq("owner", "eve")])).items], ["C-1"])

    @needs(Ability.ERASURE)
    def test_nothing_of_who_was_erased_is_found_in_the_bytes_of_the_store(
        self, store: ErasingStorage, stored_bytes: Callable[[], bytes]
    ) -> None:
        _store_among_many(store)
        before = stored_bytes()
        expect(any(one in before for one in traces(ZELDA["name"])), "stored_bytes gives all that is stored, readable")
        store.erase(Contact, "C-1", by="noa", at=LATER)
        after = stored_bytes()
        found = [name for name, value in ZELDA.items() if any(one in after for one in traces(value))]
        expect(not found, "nothing of who was erased is found in the bytes of the store", found=found)

    @needs(Ability.ERASURE)
    def test_an_erasure_leaves_the_rest_in_the_bytes_of_the_store(
        self, store: ErasingStorage, stored_bytes: Callable[[], bytes]
    ) -> None:
        store.commit(added(zelda()) | added(a_contact("C-2", notes="the second one")))
        store.erase(Contact, "C-1", by="noa", at=LATER)
        expect(any(one in stored_bytes() for one in traces("the second one")), "others stay as they are")

    @needs(Ability.ERASURE, Ability.JOURNAL)
    def test_an_erasure_takes_no_position_and_adds_one(self, store: ErasingStorage) -> None:
        store.commit(added(zelda()) | added(a_contact("C-2")))
        journal = cast("Journal", store)
        before = list(journal.journal())
        store.erase(Contact, "C-1", by="noa", at=LATER)
        after = journal.journal()
        expect_same([one.position for one in after], [1, 2, 3], "positions stay, and have no gaps")
        expect_same(after[0].recorded, without_personal_data(before[0].recorded), "the journal shows what is stored")
        expect_same(after[1].recorded, before[1].recorded, "others stay as they are")
        expect_same(after[2].recorded, store.history(Contact, "C-1")[-1])

    @needs(Ability.ERASURE)
    def test_writers_and_an_erasure_at_once_lose_nothing(self, store: ErasingStorage) -> None:
        store.commit(added(zelda()))

        def write() -> None:
            for _ in range(3):
                retried(lambda: store.commit(updated(store.get(Contact, "C-1"), source="fair")))

        def erase() -> None:
            retried(lambda: store.erase(Contact, "C-1", by="noa", at=LATER))

        expect_same(at_once(*[write] * (WRITERS - 1), erase), [None] * WRITERS, "whoever asks again gets through")
        expect_same(store.get(Contact, "C-1").version, 3 * (WRITERS - 1) + 2, "no event is lost")
        expect_same(store.get(Contact, "C-1").name, ERASED, "nobody brings back what was erased")
        expect_whole(store, Contact, "C-1")

    @needs(Ability.ERASURE, Ability.REOPEN)
    def test_who_was_erased_is_erased_when_the_store_is_opened_once_more(
        self, store: ErasingStorage, opened_again: Callable[[], Storage]
    ) -> None:
        first = store_zelda(store)
        receipt = store.commit(first)
        store.erase(Contact, "C-1", by="noa", at=LATER)
        again = opened_again()
        expect_same(again.get(Contact, "C-1"), store.get(Contact, "C-1"))
        expect_same(again.commit(first), receipt)
        expect_whole(again, Contact, "C-1")

    @needs(Ability.ERASURE, Ability.FAULTS)
    def test_a_fault_in_any_call_of_an_erasure_leaves_it_done_or_not_begun(
        self, store: ErasingStorage, arm_fault: Callable[[int], Callable[[], bool]]
    ) -> None:
        for number in range(1, 500):
            each = f"C-{number}"
            store.commit(added(a_contact(each, notes=ZELDA["notes"])))
            disarm = arm_fault(number)
            try:
                store.erase(Contact, each, by="noa", at=LATER)
            except Exception:
                expect(disarm(), "an erasure fails for no other reason than the fault")
            else:
                if not disarm():
                    return
            contact = store.get(Contact, each)
            expect_same(contact.notes == "", contact.version == 2, "an erasure is done or not begun")
            expect_whole(store, Contact, each)
        expect(False, "an erasure makes fewer than 500 calls")
