"""A negotiation to try: a price, the limits of a process, who may sign, and a sale that is no more than that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from salesflow.deal.closing_terms import ApprovalRule, ClosingTerms
from salesflow.deal.committee import BuyingRole, CommitteeMember
from salesflow.deal.deal import Deal
from salesflow.event import Event
from salesflow.values.money import Money

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PRICE = Money("48000", "EUR")
SALES_LEAD = ApprovalRule(key="sales_lead", title="the sales lead", discount_over=Decimal("0.1"))
BOARD = ApprovalRule(key="board", title="the board", amount_over=Money("40000", "EUR"))


class FakeSale:
    """The unit of work that the desk stands in: a deal, a moment, an actor, and the rules of the process."""

    def __init__(self, *rules: ApprovalRule, **fields: object) -> None:
        self.deal = Deal(**{"id": "D-1", "name": "Order desk", **fields})
        self.at = NOW
        self.by = "noa"
        self.approval_rules = rules
        self.events: list[Event] = []

    def record(self, event: Event, /) -> Deal:
        self.deal = event.apply(self.deal)
        self.events.append(event)
        return self.deal


SIGNERS = (
    CommitteeMember(contact_id="C-1", roles=(BuyingRole.DECISION_MAKER,), may_sign=True),
    CommitteeMember(contact_id="C-2", roles=(BuyingRole.DECISION_MAKER,)),
)


def terms(**parts: object) -> ClosingTerms:
    """A revision, as it is proposed unless said otherwise."""
    return ClosingTerms(**{"price": PRICE, "recorded_by": "noa", "proposed_at": NOW, **parts})
