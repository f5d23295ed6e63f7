"""The seventh stage: a sale does not end with the closing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from salesflow.deal.deal import Deal
from salesflow.outcome import Outcome
from salesflow.process.requirement import entry_requirement
from salesflow.process.stage import Stage

if TYPE_CHECKING:
    from salesflow.sale import Sale

__all__ = ["FollowUp"]


class FollowUp(Stage[Deal]):
    """A sale does not end with the closing: the deal is won, and a customer was gained.

    Regular follow-up meetings build loyalty; a call after delivery makes sure that the goods arrived and work. The aim is
    not to sell now but to build the ground for future sales.
    """

    title = "Follow-up"
    outcome = Outcome.WON
    probability: ClassVar[Decimal | None] = Decimal(1)
    guidance: ClassVar[tuple[str, ...]] = (
        "Call after the delivery: did the goods arrive, and do they work?",
        "Agree on regular meetings, and keep them.",
        "Ask what the customer likes and dislikes, and write it down.",
        "Note what the talks open for a next deal; do not sell now.",
    )
    check_after: ClassVar[timedelta] = timedelta(days=3)
    """How long after the last delivery the customer is called; our own choice."""

    @entry_requirement("the customer accepted the terms", hint="Propose the terms, and record that they were accepted.")
    def terms_are_accepted(self, deal: Deal) -> bool:
        terms = deal.current_terms
        return terms is not None and terms.is_accepted

    @entry_requirement(
        "the agreement is signed by someone with the authority",
        hint="Let a member of the committee who may sign do so.",
    )
    def agreement_is_signed(self, deal: Deal) -> bool:
        terms = deal.current_terms
        return terms is not None and terms.is_signed

    def on_enter(self, sale: Sale[Deal], /) -> None:
        """Remember to call after the delivery."""
        terms = sale.deal.current_terms
        if terms is None or not terms.deliveries:
            due = sale.at + self.check_after
        else:
            last = max(delivery.on for delivery in terms.deliveries)
            due = datetime.combine(last, time(9), tzinfo=sale.at.tzinfo) + self.check_after
        sale.tasks.add(
            "Call to make sure that the goods arrived and work",
            due_at=max(due, sale.at),
            kind="delivery check",
        )
