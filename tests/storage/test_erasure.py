"""Erasure: what is replaced, what stays, and what a storage is told to write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import cast, get_args

import attrs
import pytest
from storage.record_samples import classes, sample

from salesflow import Contact, Deal, EmailAddress, InvalidValue, Lead, MemoryStorage, Organization, PhoneNumber
from salesflow.changes import ChangeSet
from salesflow.deal.event import DealOpened
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion
from salesflow.event import Event, Recorded, fold
from salesflow.people.contact import ContactAdded, ContactUpdated
from salesflow.storage import Erasure, PersonalDataErased
from salesflow.storage.erasure import personal_fields, planned_erasure, without_personal_data
from salesflow.storage.memory import UniqueKey
from salesflow.storage.records import Records
from salesflow.testing.storage_contract import UNIQUE
from salesflow.testing.storage_contract.samples import (
    PROCESS,
    a_contact,
    a_known_contact,
    a_lead,
    a_long_deal,
    a_sale,
    added,
    an_organization,
    change,
    updated,
)
from salesflow.values.personal import ERASED, personal
from salesflow.worked import STAGE_FIELDS

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=400)
STAYS = {
    Contact: {"id", "version", "changed_at", "organization_id", "owner", "source", "do_not_contact", "merged_into"},
    Lead: {"id", "version", "changed_at", "source", "owner", "team",
        "probability", "predicted_probability", "disqualification", "conversion", "answers", "hand_overs", "merged_into", *STAGE_FIELDS},
    Organization: {
        "id", "version", "changed_at", "parent_id", "industry", "employees", "owner", "source", "merged_into",
    },
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Patient(Contact):
    insurance_number: str | None = attrs.field(default=None, metadata=personal())
    ward: str | None = None
    second_email: EmailAddress | None = None


@attrs.frozen(kw_only=True)
class Visited(Event[Patient]):
    ward: str
    said: str = attrs.field(default="", metadata=personal())
    numbers: tuple[PhoneNumber, ...] = ()

    def apply(self, patient: Patient, /) -> Patient:
        return patient.changed_by(self, ward=self.ward)


def stored(*sets: ChangeSet, **given: object) -> MemoryStorage:
    storage = MemoryStorage(unique=UNIQUE, **given)  # type: ignore[arg-type]
    for changes in sets:
        storage.commit(changes)
    return storage


def recorded(event: Event[Patient], kind: type[Entity] = Patient) -> Recorded:
    return Recorded(kind=kind, id="C-1", version=1, event=cast("Event", event))


def events(history: Sequence[Recorded]) -> list[Event]:
    return [one.event for one in history]


# What is personal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Contact, Lead, Organization])
def test_every_field_of_a_person_is_personal_but_for_those_that_keep_the_ledger(kind: type[Entity]) -> None:
    assert set(personal_fields(kind)) == {field.name for field in attrs.fields(kind)} - STAYS[kind]


def test_a_field_that_is_checked_as_personal_is_marked_as_personal() -> None:
    assert {"likes", "dislikes", "notes", "name"} <= set(personal_fields(Contact))


def test_fields_of_a_hosts_own_are_personal_where_they_are_marked() -> None:
    assert "insurance_number" in personal_fields(Patient)
    assert "ward" not in personal_fields(Patient)


def test_a_mark_without_anything_to_stand_there_instead_is_told() -> None:
    @attrs.frozen(kw_only=True)
    class Named(Contact):
        badge: str = attrs.field(metadata=personal())

    event = ContactAdded(at=NOW, by="noa", contact=Named(id="C-1", name="Zelda Quint", badge="4711"))
    with pytest.raises(InvalidValue, match="badge: a personal field says what stands there") as refused:
        without_personal_data(recorded(cast("Event[Patient]", event)))
    assert "Zelda" not in str(refused.value)
    assert "4711" not in str(refused.value)


def test_what_stands_instead_must_pass_the_rules_of_the_class() -> None:
    def is_digits(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
        if not value.isdecimal():
            raise InvalidValue("digits only", field=attribute.name)

    @attrs.frozen(kw_only=True)
    class Numbered(Contact):
        number: str = attrs.field(validator=is_digits, metadata=personal("none"))

    event = ContactAdded(at=NOW, by="noa", contact=Numbered(id="C-1", name="Zelda Quint", number="4711"))
    with pytest.raises(InvalidValue, match="number: what stands in a field after an erasure"):
        without_personal_data(recorded(cast("Event[Patient]", event)))


def test_a_default_that_is_made_for_each_may_stand_instead() -> None:
    @attrs.frozen(kw_only=True)
    class Noted(Contact):
        remarks: tuple[str, ...] = attrs.field(factory=tuple, metadata=personal())

    event = ContactAdded(at=NOW, by="noa", contact=Noted(id="C-1", name="Zelda Quint", remarks=("afraid of dogs",)))
    clean = without_personal_data(recorded(cast("Event[Patient]", event))).event
    assert cast("Noted", cast("ContactAdded", clean).contact).remarks == ()


# What is replaced -----------------------------------------------------------------------------------------------------


def test_in_every_event_what_is_personal_is_replaced_and_the_rest_stays() -> None:
    event = Visited(at=NOW, by="noa", ward="7", said="afraid of dogs", numbers=(PhoneNumber("+1 202 555 0187"),))
    assert without_personal_data(recorded(event)).event == Visited(at=NOW, by="noa", ward="7")


def test_contact_details_are_personal_without_a_mark() -> None:
    patient = Patient(id="C-1", name="Zelda Quint", second_email=EmailAddress("zelda@quint.example"), ward="7")
    clean = without_personal_data(
        recorded(cast("Event[Patient]", ContactAdded(at=NOW, by="noa", contact=patient)))
    ).event
    assert cast("ContactAdded", clean).contact == Patient(id="C-1", name=ERASED, ward="7")


def test_new_values_of_an_update_are_replaced_field_by_field() -> None:
    changes = (("notes", "afraid of dogs"), ("owner", "dan"), ("second_email", EmailAddress("zelda@quint.example")))
    event = cast("Event[Patient]", ContactUpdated(at=NOW, by="noa", changes=changes))
    clean = cast("ContactUpdated", without_personal_data(recorded(event)).event)
    assert clean.changes == (("notes", ""), ("owner", "dan"), ("second_email", None))


def test_updates_that_an_event_of_your_own_holds_are_replaced_field_by_field() -> None:
    @attrs.frozen(kw_only=True)
    class Imported(Event[Patient]):
        updates: tuple[ContactUpdated, ...] = ()

    update = ContactUpdated(at=NOW, by="noa", changes=(("notes", "afraid of dogs"), ("owner", "dan")))
    clean = cast("Imported", without_personal_data(recorded(Imported(at=NOW, by="noa", updates=(update,)))).event)
    assert [one.changes for one in clean.updates] == [(("notes", ""), ("owner", "dan"))]


def test_where_nothing_is_personal_the_event_is_the_same_object() -> None:
    one = recorded(cast("Event[Patient]", ContactUpdated(at=NOW, by="noa", changes=(("owner", "dan"),))))
    assert without_personal_data(one) is one


def test_replacing_twice_changes_nothing_more() -> None:
    event = cast("Event[Patient]", ContactAdded(at=NOW, by="noa", contact=a_known_contact()))
    once = without_personal_data(recorded(event))
    assert without_personal_data(once) is once


def test_fields_that_a_newer_program_wrote_are_personal_because_nobody_knows() -> None:
    records = Records(unknown="keep")
    data = records.dump(ContactAdded(at=NOW, by="noa", contact=a_contact()))
    data["contact"]["shoe_size"] = "38 and a half"  # type: ignore[index, call-overload]
    kept = recorded(cast("Event[Patient]", records.load(data)), Contact)
    assert b"shoe_size" in records.to_json(kept)
    assert b"shoe_size" not in records.to_json(without_personal_data(kept))


# What a storage is told -----------------------------------------------------------------------------------------------


def test_the_plan_says_which_events_to_rewrite_and_which_to_append() -> None:
    storage = stored(added(a_known_contact()))
    storage.commit(updated(storage.get(Contact, "C-1"), owner="eve", notes="afraid of dogs"))
    plan = planned_erasure(storage.history(Contact, "C-1"), by="noa", at=LATER)
    assert [one.version for one in plan.rewritten] == [1, 3]
    assert plan.recorded == Recorded(
        kind=Contact, id="C-1", version=4, event=PersonalDataErased(at=LATER, by="noa", versions=(1, 3))
    )
    assert plan.expected_version == 3
    assert plan.before == storage.get(Contact, "C-1")
    assert plan.after.version == 4


def test_the_plan_of_an_erasure_that_was_done_before_says_what_is_stored() -> None:
    storage = stored(added(a_known_contact()))
    first = storage.erase(Contact, "C-1", by="noa", at=LATER)
    storage.commit(updated(storage.get(Contact, "C-1"), owner="eve"))
    plan = planned_erasure(storage.history(Contact, "C-1"), by="dan", at=LATER)
    assert plan.erasure == first
    assert (plan.expected_version, plan.recorded, plan.rewritten) == (3, None, ())
    assert plan.before == plan.after == storage.get(Contact, "C-1")


def test_a_plan_needs_a_history() -> None:
    with pytest.raises(InvalidValue, match="history"):
        planned_erasure([], by="noa", at=LATER)


def test_an_entity_with_nothing_personal_is_erased_too_and_says_so_once() -> None:
    storage = stored(added(a_contact(name=ERASED)))
    first = storage.erase(Contact, "C-1", by="noa", at=LATER)
    assert first == Erasure(kind="Contact", id="C-1", version=2, versions=())
    assert storage.erase(Contact, "C-1", by="dan", at=LATER) == first
    assert len(storage.history(Contact, "C-1")) == 2


# In the storage in memory ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entity", [a_known_contact(), a_lead(organization_name="Quint", notes="tall"), an_organization(tax_id="IL-005")]
)
def test_after_an_erasure_the_entity_is_still_the_fold_of_its_history(
    entity: Contact | Lead | Organization,
) -> None:
    storage = stored(added(entity))
    storage.erase(type(entity), entity.id, by="noa", at=LATER)
    after = storage.get(type(entity), entity.id)
    assert fold(events(storage.history(type(entity), entity.id))) == after
    assert (after.version, after.changed_at) == (2, LATER)
    assert after.name == ERASED


def test_a_lead_that_was_known_by_an_e_mail_address_alone_can_be_erased() -> None:
    storage = stored(added(Lead(id="L-1", email=EmailAddress("zelda@quint.example"))))
    storage.erase(Lead, "L-1", by="noa", at=LATER)
    assert storage.get(Lead, "L-1").email is None


def test_what_became_known_after_an_erasure_is_erased_by_the_next() -> None:
    storage = stored(added(a_contact(notes="one")))
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    storage.commit(updated(storage.get(Contact, "C-1"), notes="two"))
    assert storage.erase(Contact, "C-1", by="noa", at=LATER).versions == (3,)
    assert storage.get(Contact, "C-1").notes == ""


def test_a_change_that_was_decided_before_the_erasure_cannot_bring_anything_back() -> None:
    storage = stored(added(a_contact()))
    read = storage.get(Contact, "C-1")
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    with pytest.raises(StaleVersion):
        storage.commit(updated(read, owner="dan"))


def test_who_is_unknown_cannot_be_erased() -> None:
    with pytest.raises(NotFound):
        stored().erase(Contact, "C-1", by="noa", at=LATER)
    with pytest.raises(NotFound):
        stored(a_sale("C-1").changes).erase(Contact, "C-1", by="noa", at=LATER)


def test_a_set_is_repeated_after_the_erasure_and_still_gets_its_first_receipt() -> None:
    changes = added(a_known_contact()).with_key("request 1")
    storage = stored()
    first = storage.commit(changes)
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    assert storage.commit(changes) == first
    with pytest.raises(KeyReused):
        storage.commit(added(a_contact("C-2")).with_key("request 1"))


def test_a_key_of_own_kinds_is_known_again_where_the_storage_was_told_of_them() -> None:
    changes = ChangeSet.of(change(None, ContactAdded(at=NOW, by="noa", contact=Patient(id="C-1", name="Zelda"))))
    storage = stored(records=Records().register(Patient, name="Patient", schema=1))
    first = storage.commit(changes.with_key("request 1"))
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    assert storage.commit(changes.with_key("request 1")) == first


def test_what_a_storage_was_told_of_own_kinds_its_tenants_know() -> None:
    changes = ChangeSet.of(change(None, ContactAdded(at=NOW, by="noa", contact=Patient(id="C-1", name="Zelda"))))
    tenant = stored(records=Records().register(Patient, name="Patient", schema=1)).for_tenant("acme")
    first = tenant.commit(changes.with_key("request 1"))
    tenant.erase(Contact, "C-1", by="noa", at=LATER)
    assert tenant.commit(changes.with_key("request 1")) == first


def test_without_being_told_of_own_kinds_nothing_is_erased_rather_than_half() -> None:
    changes = ChangeSet.of(change(None, ContactAdded(at=NOW, by="noa", contact=Patient(id="C-1", name="Zelda"))))
    storage = stored(changes.with_key("request 1"))
    with pytest.raises(InvalidValue, match="register"):
        storage.erase(Contact, "C-1", by="noa", at=LATER)
    assert storage.get(Contact, "C-1").name == "Zelda"
    assert len(storage.history(Contact, "C-1")) == 1


def test_unique_keys_of_who_was_erased_are_free_and_those_that_are_not_personal_stay_taken() -> None:
    def owner(contact: Entity) -> str | None:
        return contact.owner if isinstance(contact, Contact) else None

    storage = MemoryStorage(unique=(*UNIQUE, UniqueKey(Contact, "owner", owner)))
    storage.commit(added(a_contact("C-1", email="zelda@quint.example", owner="dan")))
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    storage.commit(added(a_contact("C-2", email="zelda@quint.example")))
    with pytest.raises(DuplicateKey):
        storage.commit(added(a_contact("C-3", owner="dan")))


def test_a_unique_key_is_asked_of_its_own_kind_alone() -> None:
    storage = MemoryStorage(unique=[UniqueKey(Organization, "tax id", attrgetter("tax_id"))])
    storage.commit(added(a_contact()) | added(an_organization(tax_id="IL-005")))
    storage.commit(updated(storage.get(Contact, "C-1"), notes="tall"))
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    assert storage.get(Contact, "C-1").name == ERASED


def test_deals_that_point_to_the_person_keep_everything() -> None:
    storage = stored(added(a_contact()), a_sale(contact_id="C-1").changes)
    before = storage.get(Deal, "D-1"), storage.history(Deal, "D-1")
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    assert (storage.get(Deal, "D-1"), storage.history(Deal, "D-1")) == before


def test_the_journal_keeps_its_positions_and_gets_one_more() -> None:
    storage = stored(added(a_contact(notes="tall")), added(a_contact("C-2")))
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    assert [(one.position, one.recorded.id, one.recorded.version) for one in storage.journal()] == [
        (1, "C-1", 1),
        (2, "C-2", 1),
        (3, "C-1", 2),
    ]
    assert cast("ContactAdded", storage.journal()[0].recorded.event).contact.notes == ""


# Deals ----------------------------------------------------------------------------------------------------------------


def test_a_deal_loses_what_was_written_about_people_and_keeps_its_ledger() -> None:
    sale = a_long_deal()
    sale.committee.change("C-1", note="afraid of dogs")
    storage = stored(sale.changes)
    before = storage.get(Deal, "D-1")
    storage.erase(Deal, "D-1", by="noa", at=LATER)
    after = storage.get(Deal, "D-1")
    ledger = ("amount", "stage", "outcome", "opened_at", "entered_at", "expected_close", "probability", "contact_id")
    assert [getattr(after, name) for name in ledger] == [getattr(before, name) for name in ledger]
    assert [meeting.summary for meeting in after.meetings] == [ERASED]
    assert [member.note for member in after.committee] == [""]
    assert [one.statement for one in after.objections] == [ERASED]
    assert after.needs[0].text == before.needs[0].text
    assert fold(events(storage.history(Deal, "D-1"))) == after
    assert [one.at for one in events(storage.history(Deal, "D-1"))[:-1]] == [one.at for one in sale.changes.events]


def test_a_deal_that_was_erased_can_be_worked_on() -> None:
    storage = stored(a_long_deal().changes)
    storage.erase(Deal, "D-1", by="noa", at=LATER)
    deal = storage.get(Deal, "D-1")
    sale = PROCESS.work_on(deal, by="dan", at=LATER)
    sale.update(name="Order desk")
    sale.lose(reason="competitor")
    storage.commit(sale.changes)
    assert storage.get(Deal, "D-1").name == "Order desk"


def about(cls: type[Event]) -> type[Entity]:
    """The kind of entity that an event is about: the ``Contact`` of ``Event[Contact]``."""
    for generic in (one for base in cls.__mro__ for one in base.__dict__.get("__orig_bases__", ())):
        for found in get_args(generic):
            if isinstance(found, type) and issubclass(found, Entity):
                return found
    return Deal


@pytest.mark.parametrize("cls", [cls for cls in classes() if issubclass(cls, Event)], ids=lambda cls: cls.__name__)
def test_every_event_of_the_library_can_be_rid_of_what_is_personal(cls: type[Event]) -> None:
    for full in (True, False):
        event = cast("Event[Patient]", sample(cls, full=full))
        once = without_personal_data(recorded(event, about(cls)))
        assert without_personal_data(once) is once
        assert type(once.event) is cls
        assert "sales@acme.example" not in repr(once)
        assert "202 555" not in repr(once)


def test_events_are_tried_with_the_kind_that_they_are_about() -> None:
    assert [about(cls) for cls in (ContactAdded, ContactUpdated, PersonalDataErased, DealOpened)] == [
        Contact,
        Contact,
        Entity,
        Deal,
    ]
