"""Duplicates as other systems find them, or should not have; the ids are those of the cases we collected.

OD: Odoo, ``addons/crm/tests/test_crm_lead_duplicates.py`` and ``test_crm_lead_convert.py``. PD: what Pipedrive documents.
"""

from __future__ import annotations

import pytest

from salesflow.errors import InvalidValue
from salesflow.leads.duplicates import DuplicateIndex, find_duplicates
from salesflow.leads.likeness import SameAs
from salesflow.leads.matching.evidence import Likeness
from salesflow.people import Contact, Lead, Organization
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress


def found(entity, *others):
    return [hit.other.id for hit in find_duplicates(entity, others).hits]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FP@x.com", '"Name" <fp@X.COM>'),
        ("fp@x.com", "Fay P. <FP@x.com>"),
        ("fp@gmail.com", "<FP@GMAIL.COM>"),
        ("ｆｐ@x.com", "fp@x.com"),
    ],
)
def test_od_19_an_address_is_the_same_in_any_case_and_with_a_name_before_it(one, other):
    leads = Lead(id="L-1", email=EmailAddress.parse(one)), Lead(id="L-2", email=EmailAddress.parse(other))
    (hit,) = find_duplicates(leads[0], [leads[1]]).hits
    assert hit.same_as is SameAs.PERSON
    assert hit.reasons[0].likeness is Likeness.SAME_EMAIL


@pytest.mark.parametrize(
    "mobile", ["+1 202 555 0123", "+12025550123", "001-202-555-0123", "1 (202) 555-0123", "202 555 0123"]
)
def test_od_21_the_phone_of_one_lead_is_the_mobile_of_another(mobile):
    one = Lead(id="L-1", phone=PhoneNumber("+1 202 555 0123"))
    other = Lead(id="L-2", mobile=PhoneNumber(mobile))
    assert found(one, other) == ["L-2"]
    assert found(other, one) == ["L-1"]


def test_od_21_another_country_is_another_number():
    assert (
        found(
            Lead(id="L-1", phone=PhoneNumber("+1 202 555 0123")), Lead(id="L-2", mobile=PhoneNumber("+49 202 555 0123"))
        )
        == []
    )


@pytest.mark.parametrize(
    ("one", "other"), [("charlie", "Charlie Chapelin"), ("Charlie", "charlie"), ("Madonna", "Madonna Ciccone")]
)
def test_od_23_whether_two_names_match_does_not_depend_on_which_comes_first(one, other):
    left, right = Contact(id="C-1", name=one), Contact(id="C-2", name=other)
    assert bool(found(left, right)) is bool(found(right, left))
    assert bool(found(left, right)) is (one.casefold() == other.casefold())


@pytest.mark.parametrize(
    "malformed", ['mail"1@d.com', "odoo.com", "myodoo.com", "@", "a@b@c.com", "", " ", "a@.com", "a@b"]
)
def test_od_24_what_is_no_address_is_refused_and_never_a_key(malformed):
    with pytest.raises(InvalidValue) as refused:
        EmailAddress.parse(malformed)
    assert not malformed.strip() or malformed == "@" or malformed not in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other"), [("odoo.com", "myodoo.com"), ("acme.example", "mail.acme.example"), ("co.uk", "acme.co.uk")]
)
def test_od_24_a_domain_does_not_match_by_its_end(one, other):
    leads = Lead(id="L-1", email=EmailAddress(f"a@{one}")), Lead(id="L-2", email=EmailAddress(f"b@{other}"))
    sites = Organization(id="O-1", name="One", website=one), Organization(id="O-2", name="Other", website=other)
    assert found(*leads) == []
    assert found(*sites) == []


@pytest.mark.parametrize("name", ["casa depapel", "Asa Depapel", "Asa De", "pape"])
def test_od_26_no_name_matches_because_it_holds_the_letters_of_another(name):
    lead, partner = Lead(id="L-1", name="Asa Depape"), Contact(id="C-1", name=name)
    assert found(lead, partner) == []
    assert found(partner, lead) == []


def test_odoo_company_domains_match_by_domain_and_free_mail_by_address():
    one, other = (
        Lead(id="L-1", email=EmailAddress("amy@acme.example")),
        Lead(id="L-2", email=EmailAddress("bob@acme.example")),
    )
    assert found(one, other) == ["L-2"]
    one, other = (
        Lead(id="L-1", email=EmailAddress("amy@gmail.com")),
        Lead(id="L-2", email=EmailAddress("bob@gmail.com")),
    )
    assert found(one, other) == []


def test_odoo_names_count_from_six_letters_on():
    assert found(Lead(id="L-1", name="Oliver"), Lead(id="L-2", name="oliver")) == ["L-2"]
    assert found(Lead(id="L-1", name="Olive"), Lead(id="L-2", name="olive")) == []


def test_odoo_more_than_twenty_hits_are_noise():
    crowd = [Lead(id=f"L-{number}", email=EmailAddress(f"a{number}@acme.example")) for number in range(22)]
    few = DuplicateIndex(crowd[:21]).find(crowd[0])
    many = DuplicateIndex(crowd).find(crowd[0])
    assert (len(few.hits), few.is_noise) == (20, False)
    assert (len(many.hits), many.is_noise) == (21, True)


@pytest.mark.parametrize(
    "shared",
    [
        {"phone": PhoneNumber("+1 202 555 0123")},
        {"email": EmailAddress("noa@acme.example")},
        {"organization_id": "O-1"},
    ],
)
def test_pd_persons_match_on_their_name_and_one_of_phone_email_and_organization(shared):
    one, other = Contact(id="C-1", name="Noa Levi", **shared), Contact(id="C-2", name="Noa Levi", **shared)
    (hit,) = find_duplicates(one, [other]).hits
    assert hit.can_merge


def test_pd_organizations_match_on_their_name_and_address():
    address = PostalAddress(street="1 Harbor Road", city="Haifa", country="IL")
    one, other = (
        Organization(id="O-1", name="Acme", address=address),
        Organization(id="O-2", name="ACME Ltd", address=address),
    )
    (hit,) = find_duplicates(one, [other]).hits
    assert hit.can_merge
