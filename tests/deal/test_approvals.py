"""When somebody else has to agree before terms bind us."""

from __future__ import annotations

from decimal import Decimal

import pytest
from deal.closing_terms.negotiation import BOARD, SALES_LEAD, terms

from salesflow.deal.approvals import ApprovalRule
from salesflow.errors import InvalidValue
from salesflow.values.money import Money


def test_a_discount_at_the_limit_needs_none_and_above_it_does():
    assert not SALES_LEAD.asks_for(terms(discount=Decimal("0.1")))
    assert SALES_LEAD.asks_for(terms(discount=Decimal("0.11")))


def test_it_is_the_net_price_that_is_over_the_limit():
    assert BOARD.asks_for(terms())
    assert not BOARD.asks_for(terms(price=Money("44000", "EUR"), discount=Decimal("0.1")))


def test_an_amount_at_the_limit_needs_none_and_a_cent_more_does():
    assert not BOARD.asks_for(terms(price=Money("40000", "EUR")))
    assert BOARD.asks_for(terms(price=Money("40000.01", "EUR")))


def test_an_amount_in_another_currency_asks_because_it_cannot_be_compared():
    assert BOARD.asks_for(terms(price=Money("1", "USD")))


def test_a_limit_of_nothing_asks_for_every_discount():
    never = ApprovalRule(key="k", title="t", discount_over=Decimal(0))
    assert never.asks_for(terms(discount=Decimal("0.01")))
    assert not never.asks_for(terms())


@pytest.mark.parametrize("limit", [0.1, Decimal("1"), Decimal("-0.1"), Decimal("NaN"), None])
def test_a_rule_has_a_limit(limit):
    with pytest.raises(InvalidValue, match=r"limit|exactly"):
        ApprovalRule(key="k", title="t", discount_over=limit)
