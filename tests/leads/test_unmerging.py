"""Undoing a merge: everything as it was, as long as nothing has changed since."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leads.worked_leads import DEALS, LATER, NOW, captured

from salesflow.changes import Change, ChangeSet
from salesflow.deal.committee import BuyingRole
from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.leads.frameworks import BANT
from salesflow.leads.merging import preview_merge
from salesflow.leads.unmerging import undo_merge
from salesflow.people.contact import Contact, ContactAdded, ContactUpdated
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization, OrganizationAdded
from salesflow.storage.memory import MemoryStorage
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress

AFTER = LATER + timedelta(days=1)
PHONE = PhoneNumber("+1 202 555 0123")


def stored(*contacts):
    """A storage with these contacts."""
    storage = MemoryStorage()
    storage.commit(ChangeSet(Change(None, (ContactAdded(at=NOW, by="dan", contact=one),)) for one in contacts))
    return storage


def merged(*fields, survivor="C-0", deals=()):
    """A storage in which contacts with these fields were merged, and all as it was before."""
    contacts = [Contact(id=f"C-{number}", **{"name": "Noa Levi", **one}) for number, one in enumerate(fields)]
    storage = stored(*contacts)
    before = {one.id: storage.get(Contact, one.id) for one in contacts}
    for sale in deals:
        storage.commit(sale.changes)
        before[sale.deal.id] = sale.deal
    records = [before[one.id] for one in contacts]
    pointing = [sale.deal for sale in deals]
    preview = preview_merge(records, survivor=survivor, pointing=pointing, deal_processes=[DEALS])
    storage.commit(preview.apply(by="dan", at=LATER))
    return storage, before


def undone(storage, before, survivor="C-0", *, at=AFTER):
    """The set that undoes the merge."""
    others = [storage.get(Contact, id) for id in before if id.startswith("C") and id != survivor]
    pointing = [storage.get(Deal, id) for id in before if id.startswith("D")]
    history = storage.history(Contact, survivor)
    return undo_merge(history, merged=others, pointing=pointing, deal_processes=[DEALS], by="gil", at=at)


def as_before(now, before):
    return attrs.evolve(now, version=before.version, changed_at=before.changed_at) == before


def a_sale(id="D-1", **fields):
    return DEALS.open(id=id, name="Desk", **fields, by="dan", at=NOW)


def test_everything_is_as_it_was():
    sale = a_sale(contact_id="C-1")
    sale.committee.add("C-1", BuyingRole.CHAMPION)
    storage, before = merged({"job_title": "buyer"}, {"phone": PHONE, "notes": "Tea."}, deals=[sale])
    assert storage.get(Contact, "C-0").phone == PHONE
    storage.commit(undone(storage, before))
    assert as_before(storage.get(Contact, "C-0"), before["C-0"])
    assert as_before(storage.get(Contact, "C-1"), before["C-1"])
    assert as_before(storage.get(Deal, "D-1"), before["D-1"])


def test_the_history_keeps_the_merge_and_its_undoing():
    storage, before = merged({}, {"phone": PHONE})
    storage.commit(undone(storage, before))
    names = [type(one.event).__name__ for one in storage.history(Contact, "C-0")]
    assert names == ["ContactAdded", "ContactsMerged", "ContactMergeUndone"]
    assert [type(one.event).__name__ for one in storage.history(Contact, "C-1")][-1] == "ContactMergeUndone"
    assert storage.get(Contact, "C-0").version == 3


def test_what_was_brought_back_can_be_worked_on_and_merged_again():
    storage, before = merged({}, {"phone": PHONE})
    storage.commit(undone(storage, before))
    back = storage.get(Contact, "C-1")
    again = preview_merge([storage.get(Contact, "C-0"), back])
    assert again.after.phone == PHONE


def test_leads_come_back_with_their_answers_and_reasons():
    storage = MemoryStorage()
    first, second = captured("L-1"), captured("L-2", phone=PHONE)
    first.qualifying.answer(BANT.authority, "the buyer")
    second.qualifying.answer(BANT.need, "order")
    second.disqualify(reason="no_budget")
    storage.commit(first.changes | second.changes)
    before = [first.lead, second.lead]
    storage.commit(preview_merge(before, include_lost=True).apply(by="dan", at=LATER))
    assert len(storage.get(Lead, "L-1").answers) == 2
    away = storage.get(Lead, "L-2")
    storage.commit(undo_merge(storage.history(Lead, "L-1"), merged=[away], by="gil", at=AFTER))
    for lead in before:
        assert as_before(storage.get(Lead, lead.id), lead)


def test_organizations_come_back_with_their_children():
    storage = MemoryStorage()
    given = [
        Organization(id="O-1", name="Acme"),
        Organization(id="O-2", name="Acme"),
        Organization(id="O-3", name="X", parent_id="O-2"),
    ]
    storage.commit(ChangeSet(Change(None, (OrganizationAdded(at=NOW, by="dan", organization=one),)) for one in given))
    first, second, child = (storage.get(Organization, one.id) for one in given)
    storage.commit(preview_merge([first, second], pointing=[child]).apply(by="dan", at=LATER))
    now = {id: storage.get(Organization, id) for id in ("O-2", "O-3")}
    history = storage.history(Organization, "O-1")
    storage.commit(undo_merge(history, merged=[now["O-2"]], pointing=[now["O-3"]], by="gil", at=AFTER))
    assert storage.get(Organization, "O-3").parent_id == "O-2"
    assert storage.get(Organization, "O-2").merged_into is None


def test_a_survivor_that_has_changed_since_is_not_undone():
    storage, before = merged({}, {"phone": PHONE})
    survivor = storage.get(Contact, "C-0")
    storage.commit(ChangeSet.of(Change(survivor, (ContactUpdated(at=LATER, by="dan", changes=(("owner", "noa"),)),))))
    with pytest.raises(NotNow, match="contact C-0: cannot undo the merge: it has changed since"):
        undone(storage, before)


def test_a_record_that_was_merged_on_is_not_undone():
    storage, before = merged({}, {"phone": PHONE})
    third = Contact(id="C-9", name="Noa")
    storage.commit(ChangeSet.of(Change(None, (ContactAdded(at=NOW, by="dan", contact=third),))))
    pair = [storage.get(Contact, "C-0"), storage.get(Contact, "C-9")]
    storage.commit(preview_merge(pair, survivor="C-9").apply(by="dan", at=LATER))
    with pytest.raises(NotNow, match="it has changed since"):
        undone(storage, before)


def test_a_record_that_was_erased_since_is_not_undone():
    storage, before = merged({}, {"phone": PHONE})
    storage.erase(Contact, "C-1", by="dan", at=LATER)
    with pytest.raises(NotNow, match="contact C-1: cannot undo the merge: it has changed since"):
        undone(storage, before)
    storage, before = merged({}, {"phone": PHONE})
    storage.erase(Contact, "C-0", by="dan", at=LATER)
    with pytest.raises(NotNow, match="contact C-0"):
        undone(storage, before)


def test_what_was_never_merged_is_not_undone():
    storage = stored(Contact(id="C-0", name="Noa"))
    with pytest.raises(NotNow, match="nothing was merged into it"):
        undo_merge(storage.history(Contact, "C-0"), merged=[], by="gil", at=AFTER)
    with pytest.raises(InvalidValue, match="at least one event"):
        undo_merge([], merged=[], by="gil", at=AFTER)


def test_the_records_that_were_merged_are_given():
    storage, _ = merged({}, {}, {})
    away = storage.get(Contact, "C-1")
    with pytest.raises(InvalidValue, match="give C-1, C-2"):
        undo_merge(storage.history(Contact, "C-0"), merged=[away], by="gil", at=AFTER)


def test_what_was_re_pointed_is_given():
    storage, _ = merged({}, {}, deals=[a_sale(contact_id="C-1")])
    history, away = storage.history(Contact, "C-0"), storage.get(Contact, "C-1")
    with pytest.raises(InvalidValue, match="give Deal D-1"):
        undo_merge(history, merged=[away], by="gil", at=AFTER)
    with pytest.raises(WrongType, match="pointing"):
        undo_merge(history, merged=[away], pointing=["D-1"], by="gil", at=AFTER)
    with pytest.raises(UnknownName, match="deal_processes"):
        undo_merge(history, merged=[away], pointing=[storage.get(Deal, "D-1")], by="gil", at=AFTER)


def test_a_deal_that_went_on_since_points_back_all_the_same():
    storage, before = merged({}, {}, deals=[a_sale(contact_id="C-1")])
    sale = DEALS.work_on(storage.get(Deal, "D-1"), by="dan", at=LATER)
    sale.update(name="Order desk")
    storage.commit(sale.changes)
    storage.commit(undone(storage, before))
    deal = storage.get(Deal, "D-1")
    assert (deal.contact_id, deal.name) == ("C-1", "Order desk")


def test_a_deal_that_somebody_pointed_elsewhere_since_stays_there():
    storage, before = merged({}, {}, deals=[a_sale(contact_id="C-1")])
    sale = DEALS.work_on(storage.get(Deal, "D-1"), by="dan", at=LATER)
    sale.update(contact_id="C-9")
    storage.commit(sale.changes)
    changes = undone(storage, before)
    assert "D-1" not in {change.id for change in changes.changes}


def test_members_of_a_committee_who_had_become_one_stay_one():
    sale = a_sale()
    sale.committee.add("C-0", BuyingRole.CHAMPION)
    sale.committee.add("C-1", BuyingRole.USER)
    storage, before = merged({}, {}, deals=[sale])
    assert len(storage.get(Deal, "D-1").committee) == 1
    assert "D-1" not in {change.id for change in undone(storage, before).changes}


texts = st.sampled_from([None, "one", "two"])
details = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from([EmailAddress("noa@acme.example"), EmailAddress("N@acme.example"), None]),
        "phone": st.sampled_from([PHONE, None]),
        "address": st.sampled_from(
            [None, PostalAddress(), PostalAddress(city="Haifa", street="Port 1"), PostalAddress(street="1")]
        ),
        "job_title": texts,
        "likes": st.lists(st.sampled_from(["tea", "figures"]), max_size=2),
        "notes": st.sampled_from(["", "one", "two"]),
        "do_not_contact": st.booleans(),
        "owner": texts,
        "organization_id": st.sampled_from([None, "O-1", "O-2"]),
    },
)


@settings(deadline=None)
@given(st.lists(details, min_size=2, max_size=5))
def test_undoing_restores_every_field_of_every_record(fields):
    deals = [a_sale(f"D-{number}", contact_id=f"C-{number}") for number in range(len(fields))]
    storage, before = merged(*fields, deals=deals)
    storage.commit(undone(storage, before))
    for id, record in before.items():
        assert as_before(storage.get(type(record), id), record)
