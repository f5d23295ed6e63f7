"""Merging as other systems do it; the ids are those of the cases we collected.

OD: Odoo, ``addons/crm/tests/test_crm_lead_merge.py`` and ``test_crm_lead_assignment.py``.
"""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from leads.worked_leads import DEALS, LATER, NOW, a_contact, a_deal, a_lead, qualified

from salesflow.errors import NotNow, WrongType
from salesflow.leads.confidence import by_confidence
from salesflow.leads.conversion import plan_conversion
from salesflow.leads.conversion_parts import ConversionIds
from salesflow.leads.merging import preview_merge
from salesflow.people.lead import Conversion
from salesflow.values.contact_details import PostalAddress

STREET = PostalAddress(street="Main 1")
STREET_AND_CITY = PostalAddress(street="Port 1", city="Haifa")
CITY_AND_COUNTRY = PostalAddress(city="Akko", country="IL")


def a_lost_lead(id, **fields):
    return a_lead(id, stage="disqualified", **fields)


def a_lost_deal(id):
    sale = DEALS.open(id=id, name="Desk", by="dan", at=NOW)
    sale.lose(reason="price")
    return sale.deal


def a_further_deal(id, **fields):
    return DEALS.adopt(id=id, name="Desk", stage="closing", origin="x", since=NOW, by="dan", at=NOW, **fields).deal


CONFIDENCE = {
    "OD-27 one that is not lost comes before one that is": ([a_lead("L-2"), a_lost_lead("L-1")], ["L-2", "L-1"]),
    "OD-27 a lead comes before a lost deal": ([a_lead("L-1"), a_lost_deal("D-1")], ["L-1", "D-1"]),
    "OD-27 a deal comes before a lead": ([a_lead("L-1", stage="qualified"), a_deal("D-2")], ["D-2", "L-1"]),
    "OD-27 the one in the higher stage comes first": (
        [a_lead("L-1"), a_lead("L-2", stage="working"), a_lead("L-3", stage="qualified")],
        ["L-3", "L-2", "L-1"],
    ),
    "OD-27 a deal in the higher stage comes first": ([a_deal("D-1"), a_further_deal("D-2")], ["D-2", "D-1"]),
    "OD-27 the one with the higher probability comes first": (
        [a_lead("L-1", probability=Decimal("0.1")), a_lead("L-2", probability=Decimal("0.2"))],
        ["L-2", "L-1"],
    ),
    "OD-27 the stage counts before the probability": (
        [a_lead("L-1", probability=Decimal("0.9")), a_lead("L-2", stage="working", probability=Decimal("0.1"))],
        ["L-2", "L-1"],
    ),
    "OD-27 the one with the lower id comes first": ([a_lead("L-10"), a_lead("L-9")], ["L-9", "L-10"]),
    "OD-27 all of it": (
        [a_lost_lead("L-1"), a_lead("L-2"), a_lead("L-3", stage="working"), a_deal("D-5"), a_further_deal("D-9")],
        ["D-9", "D-5", "L-3", "L-2", "L-1"],
    ),
}


@pytest.mark.parametrize(("records", "expected"), CONFIDENCE.values(), ids=CONFIDENCE)
def test_the_order_of_confidence(records, expected):
    assert [one.id for one in by_confidence(records, deal_processes=[DEALS])] == expected
    assert [one.id for one in by_confidence(reversed(records), deal_processes=[DEALS])] == expected


def a_converted_lead(id):
    work = qualified(id)
    work.convert(Conversion(contact_id="C-1"))
    return work.lead


EXCLUDED = {
    "OD-29 a won one is not merged": ([a_converted_lead("L-1"), a_lead("L-2"), a_lead("L-3")], False, ["L-1"]),
    "OD-29 a lost one is left out": ([a_lost_lead("L-1"), a_lead("L-2"), a_lead("L-3")], False, ["L-1"]),
    "OD-29 a lost one is merged where somebody says so": ([a_lost_lead("L-1"), a_lead("L-2")], True, []),
    "OD-29 a won one is not merged whatever somebody says": (
        [a_converted_lead("L-1"), a_lost_lead("L-2"), a_lead("L-3")],
        True,
        ["L-1"],
    ),
}


@pytest.mark.parametrize(("leads", "include_lost", "excluded"), EXCLUDED.values(), ids=EXCLUDED)
def test_closed_leads(leads, include_lost, excluded):
    preview = preview_merge(leads, include_lost=include_lost)
    assert [one.id for one in preview.excluded] == excluded
    changed = {change.id for change in preview.apply(by="dan", at=LATER).changes}
    assert changed == {lead.id for lead in leads} - set(excluded)


def test_od_29_where_a_won_and_a_lost_one_are_all_there_is_nothing_is_merged():
    with pytest.raises(NotNow, match=r"was converted.*was disqualified"):
        preview_merge([a_converted_lead("L-1"), a_lost_lead("L-2")])


ADDRESSES = {
    "OD-31 the fullest wins as one block": ([STREET, STREET_AND_CITY, CITY_AND_COUNTRY], STREET_AND_CITY),
    "OD-31 a tie goes to the higher confidence": ([STREET, CITY_AND_COUNTRY, STREET_AND_CITY], CITY_AND_COUNTRY),
    "OD-31 the survivor's own wins a tie": ([CITY_AND_COUNTRY, STREET_AND_CITY], CITY_AND_COUNTRY),
    "OD-31 one that is empty counts as none": ([PostalAddress(), None, STREET], STREET),
}


@pytest.mark.parametrize(("addresses", "expected"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_address_is_one_block(addresses, expected):
    leads = [a_lead(f"L-{number}", address=address) for number, address in enumerate(addresses)]
    assert preview_merge(leads).after.address == expected


LOST_REASONS = {
    "OD-32 an open survivor takes no lost reason": ([a_lead("L-1"), a_lost_lead("L-2")], None),
    "OD-32 a lost survivor keeps its own": ([a_lost_lead("L-1"), a_lost_lead("L-2")], "no_budget"),
    "OD-32 a lost survivor without one takes it": (
        [attrs.evolve(a_lost_lead("L-1"), disqualification=None), a_lost_lead("L-2")],
        "no_budget",
    ),
}


@pytest.mark.parametrize(("leads", "expected"), LOST_REASONS.values(), ids=LOST_REASONS)
def test_the_reason_for_which_one_was_lost(leads, expected):
    preview = preview_merge(leads, include_lost=True)
    assert preview.survivor.id == "L-1"
    found = preview.apply(by="dan", at=LATER).changes[0].after.disqualification
    assert (found and found.reason) == expected


def test_od_34_owner_and_team_of_the_survivor_stay():
    owned = a_lead("L-1", stage="qualified", owner="M", team="one")
    after = preview_merge([a_lead("L-2", owner="N", team="two"), owned]).apply(by="dan", at=LATER).changes[0].after
    assert (after.id, after.owner, after.team) == ("L-1", "M", "one")


def test_od_34_a_new_lead_that_is_a_deal_already_goes_into_it_and_the_deal_keeps_owner_and_team():
    deal = a_deal("D-1", owner="M", team="one")
    lead = qualified("L-2", owner="N", team="two").lead
    plan = plan_conversion(lead, process=DEALS, ids=ConversionIds(contact="C-1")).reuse(deal)
    after = {change.id: change.after for change in plan.apply(by="dan", at=LATER).changes}
    assert (after["D-1"].owner, after["D-1"].team) == ("M", "one")
    assert not after["L-2"].is_open


def test_pd_deals_are_never_merged():
    with pytest.raises(WrongType, match="deals are never merged"):
        preview_merge([a_deal("D-1"), a_deal("D-2")])


def test_a_contact_is_no_deal():
    with pytest.raises(WrongType):
        by_confidence([a_contact(), a_deal()])
