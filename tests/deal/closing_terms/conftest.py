"""The desk of the closing terms, in a sale and under a process that asks for approvals."""

from __future__ import annotations

import pytest
from deal.closing_terms.negotiation import BOARD, SALES_LEAD, SIGNERS, FakeSale

from salesflow.deal.closing_terms import TermsDesk


@pytest.fixture
def sale() -> FakeSale:
    return FakeSale(committee=SIGNERS)


@pytest.fixture
def desk(sale: FakeSale) -> TermsDesk:
    return TermsDesk(sale)


@pytest.fixture
def guarded() -> FakeSale:
    """A sale under a process that asks for approvals."""
    return FakeSale(SALES_LEAD, BOARD, committee=SIGNERS)
