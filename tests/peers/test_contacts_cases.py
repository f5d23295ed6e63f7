"""Contacts of a deal and the checks of a lead as other systems have them; the ids are those of the cases we collected.

FR: Frappe CRM, ``test_crm_deal.py`` and ``test_crm_lead.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from salesflow.deal.committee import BuyingRole
from salesflow.errors import InvalidValue, NotNow
from salesflow.people import Lead, LeadCaptured, LeadUpdated
from salesflow.standard import StandardProcess
from salesflow.values.contact_details import EmailAddress

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def a_sale():
    return StandardProcess().open(id="D-1", name="Order desk for Acme", by="noa", at=AT)


def test_fr_12_two_primary_contacts_are_refused():
    sale = a_sale()
    sale.committee.add("C-1", BuyingRole.CHAMPION, is_primary=True)
    before = sale.deal
    with pytest.raises(NotNow, match="C-1 is the primary contact"):
        sale.committee.add("C-2", BuyingRole.USER, is_primary=True)
    assert sale.deal == before


def test_fr_12_a_single_contact_becomes_primary_without_being_flagged():
    sale = a_sale()
    assert sale.committee.add("C-1", BuyingRole.USER).is_primary


def test_fr_12_without_its_primary_contact_a_deal_has_none_to_write_to():
    sale = a_sale()
    sale.committee.add("C-1", BuyingRole.CHAMPION)
    sale.committee.add("C-2", BuyingRole.USER)
    sale.committee.remove("C-1")
    assert sale.committee.primary is None
    assert sale.committee.set_primary("C-2").is_primary


@pytest.mark.parametrize("text", ["not-an-email", "noa@", "@acme.example", "noa acme.example", "noa@acme"])
def test_fr_14_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidValue) as refused:
        EmailAddress(text)
    assert text not in str(refused.value)


@pytest.mark.parametrize("owner", ["noa@acme.example", "NOA@ACME.example"])
def test_fr_14_nobody_owns_themselves_as_a_lead(owner):
    with pytest.raises(InvalidValue, match="nobody is responsible for themselves") as refused:
        Lead(id="L-1", email=EmailAddress("Noa@acme.example"), owner=owner)
    assert refused.value.field == "owner"
    assert "acme" not in str(refused.value)


def test_fr_14_nobody_becomes_the_owner_of_themselves_later():
    lead = LeadCaptured(
        at=AT, by="dan", lead=Lead(id="L-1", email=EmailAddress("noa@acme.example"), owner="dan@us.example")
    ).create()
    for change in (("owner", "noa@acme.example"), ("email", EmailAddress("dan@us.example"))):
        with pytest.raises(InvalidValue, match="responsible for themselves"):
            LeadUpdated(at=AT, by="dan", changes=(change,)).apply(lead)
