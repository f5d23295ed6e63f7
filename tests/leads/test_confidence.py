"""Which record is trusted most, and what counts as known and as the same."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from leads.worked_leads import DEALS, LATER, NOW, a_contact, a_deal, a_lead, an_organization

from salesflow.errors import ProcessMismatch, UnknownName, WrongType
from salesflow.leads.confidence import Confidence, by_confidence, why_first
from salesflow.leads.known_values import is_known, is_same
from salesflow.leads.lead_process import LeadProcess
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.money import Money


def in_order(*records, **processes):
    return [one.id for one in by_confidence(records, **processes)]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (a_lead("L-9"), a_lead("L-1", stage="disqualified"), Confidence.NOT_LOST),
        (a_lead("L-9", stage="qualified"), a_lead("L-1", stage="working"), Confidence.FURTHER),
        (a_lead("L-9", probability=Decimal("0.6")), a_lead("L-1", probability=Decimal("0.5")), Confidence.LIKELIER),
        (a_lead("L-9", probability=Decimal(0)), a_lead("L-1"), Confidence.LIKELIER),
        (a_lead("L-9", predicted_probability=Decimal("0.6")), a_lead("L-1"), Confidence.LIKELIER),
        (a_lead("L-9"), a_lead("L-1", at=LATER), Confidence.OLDER),
        (a_lead("L-2"), a_lead("L-10"), Confidence.LOWER_ID),
        (a_contact("C-9", language="he"), a_contact("C-1"), Confidence.FULLER),
        (a_contact("C-2"), a_contact("C-10"), Confidence.LOWER_ID),
        (an_organization("O-9", employees=0), an_organization("O-1"), Confidence.FULLER),
    ],
)
def test_the_more_trusted_comes_first_and_says_why(first, second, why):
    assert by_confidence([second, first]) == (first, second)
    assert why_first(first, second) is why


def test_a_chance_set_by_hand_counts_before_a_predicted_one():
    by_hand = a_lead("L-1", probability=Decimal("0.2"), predicted_probability=Decimal("0.9"))
    assert in_order(by_hand, a_lead("L-2", predicted_probability=Decimal("0.3"))) == ["L-2", "L-1"]


def test_a_deal_is_trusted_more_than_a_lead():
    assert in_order(a_lead("L-1", stage="qualified"), a_deal("D-1"), deal_processes=[DEALS]) == ["D-1", "L-1"]
    assert why_first(a_deal(), a_lead(), deal_processes=[DEALS]) is Confidence.IS_DEAL


def test_a_lost_deal_is_trusted_less_than_a_lead():
    sale = DEALS.open(id="D-1", name="Desk", by="dan", at=NOW)
    sale.lose(reason="price")
    assert in_order(sale.deal, a_lead("L-1"), deal_processes=[DEALS]) == ["L-1", "D-1"]


def test_the_longer_history_is_trusted_more():
    from salesflow.people.contact import ContactUpdated

    changed = ContactUpdated(at=LATER, by="dan", changes=(("name", "Noa B. Levi"),)).apply(a_contact("C-9"))
    assert in_order(a_contact("C-1"), changed) == ["C-9", "C-1"]
    assert why_first(changed, a_contact("C-1")) is Confidence.LONGER_HISTORY


def test_numbers_in_ids_count_as_numbers():
    assert in_order(*(a_contact(id) for id in ("C-10", "C-9", "B-11", "C-9b"))) == ["B-11", "C-9", "C-9b", "C-10"]


def test_kinds_that_have_nothing_to_compare_are_refused():
    with pytest.raises(WrongType, match="contacts, or organizations, or leads and deals"):
        by_confidence([a_contact(), an_organization()])
    with pytest.raises(WrongType, match="contacts, or organizations, or leads and deals"):
        by_confidence([a_contact(), a_lead()])


def test_a_process_that_is_not_given_is_told():
    with pytest.raises(UnknownName, match="deal_processes"):
        by_confidence([a_deal()])

    class Other(LeadProcess):
        key = "other"

    with pytest.raises(ProcessMismatch, match="give lead_process"):
        by_confidence([a_lead()], lead_process=Other())


# Known and same -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, False, Decimal(0), Money("0", "EUR"), "x", ("x",), timedelta(0)])
def test_an_explicit_zero_and_an_explicit_no_are_known(value):
    assert is_known(value)


@pytest.mark.parametrize("value", [None, "", " \n", (), PostalAddress()])
def test_what_says_nothing_is_not_known(value):
    assert not is_known(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EmailAddress("FP@x.example"), EmailAddress("fp@X.example")),
        (PhoneNumber("2025550888"), PhoneNumber("+1 202-555-0888")),
        (PhoneNumber("4711"), PhoneNumber("47-11")),
        (PostalAddress(city="Haifa"), PostalAddress(city="HAIFA")),
        ("Head of  buying", "head of buying"),
        ("https://www.acme.example/", "acme.example"),
        (7, 7),
    ],
)
def test_what_differs_only_in_form_is_the_same(one, other):
    assert is_same(one, other)
    assert is_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EmailAddress("a@x.example"), EmailAddress("b@x.example")),
        (PhoneNumber("+1 202 555 0888"), PhoneNumber("+1 202 555 0889")),
        (PhoneNumber("4711"), PhoneNumber("4712")),
        (PostalAddress(city="Haifa"), PostalAddress(city="Haifa", country="IL")),
        ("José", "Jose"),
        (0, False),
        ("1", 1),
    ],
)
def test_what_differs_in_content_is_not_the_same(one, other):
    assert not is_same(one, other)
    assert not is_same(other, one)


def test_a_calling_code_says_which_country_a_number_is_of():
    assert is_same(PhoneNumber("030 1234567"), PhoneNumber("+49 30 1234567"), calling_code="49")
    assert not is_same(PhoneNumber("030 1234567"), PhoneNumber("+33 30 1234567"), calling_code="49")
