"""Closing terms: what both sides agree to, and how they got there.

A deal closes on a price, a discount, payment terms, delivery dates, after-sales services, and whatever else was agreed.
One side proposes them, the other may counter, and each such revision is kept. What they come to is approved where the
process asks for it, accepted while it is valid, and then signed by somebody who has the authority. Or it is rejected,
withdrawn, or its validity runs out.

The price binds us from the moment of acceptance, so approvals are needed before that, and only somebody else than who
recorded the revision can give them. Accepting also makes the net price the amount of the deal; the event says so.
"""

from __future__ import annotations

from salesflow.deal.approvals import Approval, ApprovalRule
from salesflow.deal.clauses import AfterSalesService, AgreementStatus, Delivery, TermsSide, TermsStatus
from salesflow.deal.closing_terms.countering import UNCHANGED, Unchanged
from salesflow.deal.closing_terms.desk import TermsDesk, TermsWork
from salesflow.deal.closing_terms.events import (
    TermsAccepted,
    TermsApproved,
    TermsCountered,
    TermsExpired,
    TermsProposed,
    TermsRejected,
    TermsSigned,
    TermsWithdrawn,
)
from salesflow.deal.closing_terms.revision import ClosingTerms, missing_approvals

__all__ = [
    "UNCHANGED",
    "AfterSalesService",
    "AgreementStatus",
    "Approval",
    "ApprovalRule",
    "ClosingTerms",
    "Delivery",
    "TermsAccepted",
    "TermsApproved",
    "TermsCountered",
    "TermsDesk",
    "TermsExpired",
    "TermsProposed",
    "TermsRejected",
    "TermsSide",
    "TermsSigned",
    "TermsStatus",
    "TermsWithdrawn",
    "TermsWork",
    "Unchanged",
    "missing_approvals",
]
