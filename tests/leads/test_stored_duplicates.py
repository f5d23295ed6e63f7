"""Duplicates in a storage: by index, with the fields that the host keeps keys in."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from salesflow.changes import Change, ChangeSet
from salesflow.errors import InvalidValue, UnknownName
from salesflow.leads.duplicates import find_duplicates
from salesflow.leads.matching.key_kinds import KeyKind
from salesflow.leads.matching_keys import matching_keys
from salesflow.leads.matching_rules import MatchingRules
from salesflow.leads.stored_duplicates import duplicate_queries, find_stored_duplicates, stored_keys
from salesflow.people import Contact, ContactAdded, Lead
from salesflow.storage import MemoryStorage
from salesflow.values.contact_details import EmailAddress, PhoneNumber

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class OurContact(Contact):
    """A contact with its matching keys."""

    email_key: str | None = None
    phone_key: str | None = None
    mobile_key: str | None = None
    name_key: str | None = None
    part_1: str | None = None
    part_2: str | None = None


FIELDS = {
    "email_key": KeyKind.EMAIL,
    "phone_key": KeyKind.PHONE,
    "mobile_key": KeyKind.PHONE,
    "name_key": KeyKind.NAME,
    "part_1": KeyKind.PART,
    "part_2": KeyKind.PART,
}


def a_contact(id, name="Noa Levi", email=None, mobile=None):
    bare = OurContact(id=id, name=name, email=email and EmailAddress(email), mobile=mobile and PhoneNumber(mobile))
    return attrs.evolve(bare, **dict(stored_keys(bare, FIELDS)))


def stored(*contacts):
    storage = MemoryStorage()
    for contact in contacts:
        storage.commit(
            ChangeSet(changes=[Change(before=None, events=[ContactAdded(at=AT, by="noa", contact=contact)])])
        )
    return storage


class Counting:
    """A storage that notes what it is asked."""

    def __init__(self, storage):
        self.storage, self.read = storage, 0

    def find(self, query):
        page = self.storage.find(query)
        self.read += len(page.items)
        return page


def test_keys_of_one_kind_go_to_the_fields_of_that_kind_in_order():
    contact = a_contact("C-1", email="noa@gmail.com", mobile="+1 202 555 0123")
    assert contact.email_key == "email noa@gmail.com"
    assert (contact.phone_key, contact.mobile_key) == ("phone 5550123", None)
    assert contact.name_key == "name levi noa"
    assert contact.part_1 != contact.part_2


def test_duplicates_are_found_through_the_stored_keys():
    storage = stored(
        a_contact("C-1", email="noa@gmail.com"),
        a_contact("C-2", "Dan Cohen", mobile="+1 202 555 0123"),
        a_contact("C-3", "Ruth"),
    )
    lead = Lead(id="L-1", name="Noa Levi", email=EmailAddress("NOA@gmail.com"), phone=PhoneNumber("(202) 555-0123"))
    answer = find_stored_duplicates(lead, storage, {OurContact: FIELDS})
    assert [hit.other.id for hit in answer.hits] == ["C-1"]
    assert answer.compared == 2


def test_the_answer_is_that_of_comparing_with_everybody():
    everybody = [
        a_contact(f"C-{number}", name, email=email)
        for number, (name, email) in enumerate(
            [
                ("Noa Levi", None),
                ("Levi Noa", "noa@gmail.com"),
                ("N. Levi", "noa@gmail.com"),
                ("Nao Levi", None),
                ("Dan Cohen", "dan@gmail.com"),
            ]
        )
    ]
    storage = stored(*everybody)
    for contact in everybody:
        hits = find_stored_duplicates(contact, storage, {OurContact: FIELDS}).hits
        assert [hit.other.id for hit in hits] == [hit.other.id for hit in find_duplicates(contact, everybody).hits]


def test_a_stored_record_is_not_its_own_duplicate():
    contact = a_contact("C-1", email="noa@gmail.com")
    assert find_stored_duplicates(contact, stored(contact), {OurContact: FIELDS}).hits == ()


def test_a_key_that_too_many_share_is_said_and_one_page_of_it_is_read():
    rules = MatchingRules(most_shared=5)
    crowd = [a_contact(f"C-{number}", f"Visitor{number}", email="form@gmail.com") for number in range(30)]
    storage = Counting(stored(*crowd, a_contact("C-X", email="form@gmail.com")))
    lead = Lead(id="L-1", name="Noa Levi", email=EmailAddress("form@gmail.com"))
    answer = find_stored_duplicates(lead, storage, {OurContact: FIELDS}, rules=rules)
    assert [(common.kind, common.records) for common in answer.too_common] == [(KeyKind.EMAIL, 8)]
    (hit,) = answer.hits
    assert hit.other.id == "C-X", "the name brought it"
    assert {str(reason.likeness): reason.points for reason in hit.reasons} == {
        "the same name": 6,
        "the same e-mail address": 0,
    }
    assert storage.read < 12


def test_every_query_looks_for_one_key_in_one_field():
    lead = Lead(id="L-1", name="Noa Levi", phone=PhoneNumber("+1 202 555 0123"))
    asked = duplicate_queries(lead, OurContact, FIELDS)
    assert {one.key for one in asked} <= set(matching_keys(lead))
    assert {one.query.where[0].field for one in asked if one.key.startswith("phone")} == {"phone_key", "mobile_key"}
    assert all(len(one.query.where) == 1 for one in asked)
    assert "Noa" not in repr(asked)
    assert "levi" not in repr(asked)


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(UnknownName, match="email_key"):
        duplicate_queries(Lead(id="L-1", email=EmailAddress("a@b.example")), OurContact, {"mail_key": KeyKind.EMAIL})


def test_more_than_a_page_cannot_be_asked_for():
    with pytest.raises(InvalidValue, match="one page"):
        duplicate_queries(Lead(id="L-1", name="Noa Levi"), OurContact, FIELDS, rules=MatchingRules(most_shared=999))
