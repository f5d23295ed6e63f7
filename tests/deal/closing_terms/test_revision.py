"""One revision of the terms: what it comes to, and whether it holds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from deal.closing_terms.negotiation import NOW, TODAY, TOMORROW, YESTERDAY, terms

from salesflow.deal.closing_terms import AgreementStatus, TermsStatus
from salesflow.values.money import Money


def test_the_net_price_is_rounded_half_up_once():
    assert terms(price=Money("33.35", "EUR"), discount=Decimal("0.1")).net_price == Money("30.02", "EUR")


def test_terms_that_lack_an_approval_are_not_signed_and_valid():
    assert not terms(status=TermsStatus.SIGNED, approvals_needed=("board",)).is_signed


def test_a_reopened_deal_has_no_agreement():
    later = NOW + timedelta(days=1)
    taken = terms(status=TermsStatus.SIGNED, accepted_at=NOW, signed_at=NOW).taken_back(later)
    assert (taken.status, taken.ended_at, taken.is_accepted) == (TermsStatus.WITHDRAWN, later, False)
    assert taken.reason == "the deal was reopened"


def test_terms_that_bind_nobody_are_left_as_they_are_by_a_reopening():
    open_terms = terms()
    assert open_terms.taken_back(NOW) is open_terms


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (YESTERDAY, AgreementStatus.INACTIVE),
        (TODAY, AgreementStatus.ACTIVE),
        (TOMORROW, AgreementStatus.ACTIVE),
        (TOMORROW + timedelta(days=1), AgreementStatus.INACTIVE),
    ],
)
def test_an_agreement_holds_from_its_first_day_to_its_last(on, status):
    signed = terms(status=TermsStatus.SIGNED, starts_on=TODAY, ends_on=TOMORROW)
    assert signed.agreement_on(on) is status
    assert attrs.evolve(signed, status=TermsStatus.ACCEPTED).agreement_on(on) is AgreementStatus.UNSIGNED


def test_an_agreement_may_be_without_a_beginning_and_an_end():
    signed = terms(status=TermsStatus.SIGNED)
    assert signed.agreement_on(YESTERDAY) is signed.agreement_on(TOMORROW) is AgreementStatus.ACTIVE
