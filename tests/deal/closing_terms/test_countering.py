"""A counter-proposal changes what it says, and leaves the rest."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from deal.closing_terms.negotiation import NOW, PRICE, TODAY, TOMORROW

from salesflow.deal.closing_terms import UNCHANGED, AfterSalesService, Delivery, TermsSide, TermsStatus
from salesflow.deal.payment_terms import PaymentTerms
from salesflow.errors import InvalidValue, NotNow
from salesflow.values.money import Money


def test_a_counter_changes_what_is_given_and_keeps_the_former_revision(desk):
    desk.propose(PRICE, payment=PaymentTerms.net(30), conditions=["cash"])
    countered = desk.counter(discount=Decimal("0.05"), conditions=[])
    former, current = desk.revisions
    assert former.status is TermsStatus.COUNTERED
    assert former.ended_at == NOW
    assert current == countered
    assert (current.revision, current.side) == (2, TermsSide.CUSTOMER)
    assert (current.payment, current.discount) == (PaymentTerms.net(30), Decimal("0.05"))
    assert current.conditions == ()


def test_a_counter_keeps_every_part_that_it_does_not_mention(desk, sale):
    parts = {
        "discount": Decimal("0.05"),
        "payment": PaymentTerms.net(30),
        "deliveries": (Delivery(what="Order desk", on=TODAY),),
        "services": (AfterSalesService(text="on-site repair"),),
        "valid_until": TOMORROW,
        "starts_on": TODAY,
        "ends_on": TOMORROW,
        "conditions": ("cash",),
    }
    desk.propose(PRICE, **parts)
    sale.at, sale.by = NOW + timedelta(hours=1), "dan"
    countered = desk.counter(price=Money("47000", "EUR"))
    assert {name: getattr(countered, name) for name in parts} == parts
    assert (countered.price, countered.recorded_by, countered.proposed_at) == (Money("47000", "EUR"), "dan", sale.at)


def test_a_validity_can_be_lifted(desk):
    desk.propose(PRICE, valid_until=TODAY)
    assert desk.counter(side="us", valid_until=None).valid_until is None


def test_a_counter_that_changes_nothing_is_refused(desk):
    desk.propose(PRICE)
    with pytest.raises(InvalidValue, match="accept them if nothing is"):
        desk.counter()


def test_what_was_rejected_may_be_countered_and_stays_rejected(desk):
    desk.propose(PRICE)
    desk.reject("too dear")
    desk.counter(side=TermsSide.US, discount=Decimal("0.05"))
    assert desk.revisions[0].status is TermsStatus.REJECTED


def test_what_is_agreed_is_not_countered(desk):
    desk.propose(PRICE)
    desk.accept()
    with pytest.raises(NotNow, match="they are accepted; withdraw them first"):
        desk.counter(discount=Decimal("0.05"))


def test_there_must_be_terms_to_counter(desk):
    with pytest.raises(NotNow, match="propose terms first"):
        desk.counter(discount=Decimal("0.05"))


def test_a_counter_to_terms_that_ran_out_needs_a_new_validity(desk, sale):
    desk.propose(PRICE, valid_until=TODAY)
    sale.at += timedelta(days=1)
    with pytest.raises(InvalidValue, match="valid_until"):
        desk.counter(discount=Decimal("0.05"))


def test_what_is_left_as_it_is_shows_as_that():
    assert repr(UNCHANGED) == "UNCHANGED"
