"""Conversion as other systems do it; the ids are those of the cases we collected.

OD: Odoo, ``addons/crm/tests/test_crm_lead_convert.py``, ``_convert_mass.py`` and ``test_crm_lead.py``. FR: Frappe CRM,
``test_crm_deal.py`` and ``test_crm_lead.py``.
"""

from __future__ import annotations

import pytest
from leads.worked_leads import DEALS, LATER, a_contact, a_lead, captured, qualified

from salesflow.errors import NotNow
from salesflow.leads.conversion import plan_conversion
from salesflow.leads.conversion_fields import Carried
from salesflow.leads.conversion_parts import ConversionIds
from salesflow.leads.matching_rules import MatchingRules
from salesflow.people.contact import Contact
from salesflow.people.lead import Conversion
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress

IDS = ConversionIds(contact="C-9", organization="O-9", deal="D-9")
EMAIL = EmailAddress("charlie@acme.example")


def planned(lead, contact, **given):
    return plan_conversion(lead, process=DEALS, ids=IDS, **given).reuse(contact)


def contact_after(lead, contact, **given):
    """The contact as it is after the conversion, changed or not."""
    changes = planned(lead, contact, **given).apply(by="dan", at=LATER).changes
    return next((one.after for one in changes if one.kind is Contact), contact)


# OD-35 ----------------------------------------------------------------------------------------------------------------


def a_converted_lead():
    work = qualified()
    work.convert(Conversion(contact_id="C-1"))
    return work.lead


@pytest.mark.parametrize("lead", [a_lead(stage="disqualified"), a_converted_lead()], ids=["OD-35 lost", "OD-35 won"])
def test_a_closed_lead_is_not_converted_and_stays_as_it_is(lead):
    before = repr(lead)
    with pytest.raises(NotNow, match="cannot convert"):
        plan_conversion(lead, process=DEALS, ids=IDS)
    assert repr(lead) == before


# OD-37, OD-39 ---------------------------------------------------------------------------------------------------------


def test_od_37_what_the_contact_has_counts_and_what_it_lacks_comes_from_the_lead():
    lead = qualified(phone=PhoneNumber("123456789"), language="en").lead
    after = contact_after(lead, a_contact("C-1", email=EMAIL, language="fr"))
    assert (after.email, after.language, after.phone) == (EMAIL, "fr", PhoneNumber("123456789"))


OF_LEAD = PostalAddress(street="Port 1", city="Haifa", country="IL")
ADDRESSES = {
    "OD-39 none: the address of the lead": (None, OF_LEAD),
    "OD-39 an empty one: the address of the lead": (PostalAddress(), OF_LEAD),
    "OD-39 a country alone: the whole of it stays, and no street is mixed in": (
        PostalAddress(country="BE"),
        PostalAddress(country="BE"),
    ),
}


@pytest.mark.parametrize(("of_contact", "expected"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_address_counts_as_a_whole(of_contact, expected):
    after = contact_after(qualified(address=OF_LEAD).lead, a_contact("C-1", address=of_contact))
    assert after.address == expected


# OD-40 ----------------------------------------------------------------------------------------------------------------

SAME = {
    "OD-40 an e-mail address with a display name": (
        {"email": EmailAddress.parse('"Charlie" <Charlie@Acme.example>')},
        {"email": EMAIL},
    ),
    "OD-40 a phone number with and without its country": (
        {"phone": PhoneNumber("2025550888")},
        {"phone": PhoneNumber("+1 202-555-0888")},
    ),
    "OD-40 a phone number the other way round": (
        {"phone": PhoneNumber("+1 202-555-0888")},
        {"phone": PhoneNumber("2025550888")},
    ),
    "OD-40 nothing and an empty text": ({"notes": ""}, {"notes": ""}),
    "OD-40 nothing and nothing": ({"email": None}, {"email": None}),
}


@pytest.mark.parametrize("rules", [MatchingRules(), MatchingRules(calling_code="1")], ids=["anywhere", "at home"])
@pytest.mark.parametrize(("of_lead", "of_contact"), SAME.values(), ids=SAME)
def test_what_differs_only_in_form_is_no_change(of_lead, of_contact, rules):
    contact = a_contact("C-1", owner="dan", **of_contact)
    plan = planned(qualified(**of_lead).lead, contact, rules=rules)
    assert {one.result for one in plan.carried if one.part == "contact"} == {Carried.SAME}
    assert contact_after(qualified(**of_lead).lead, contact, rules=rules) is contact


# FR -------------------------------------------------------------------------------------------------------------------


def test_fr_16_decided_otherwise_a_lead_and_a_deal_have_one_owner_and_the_newest_counts():
    # Frappe derives the owner from a list of assignees, and calls that a simplification. Here there is no such list to
    # fall out of step with: an owner is set, and is empty once it is taken away.
    work = captured(owner="A")
    work.update(owner="B")
    assert work.lead.owner == "B"
    work.update(owner=None)
    assert work.lead.owner is None
