"""The third stage: the first meeting."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from salesflow.deal.deal import Deal
from salesflow.process.requirement import exit_requirement
from salesflow.process.stage import Stage

__all__ = ["Approach"]


class Approach(Stage[Deal]):
    """Meet for the first time.

    Find out what the customer wants and needs, and collect what will help to convince.
    """

    title = "Approach"
    probability: ClassVar[Decimal | None] = Decimal("0.30")
    rots_after: ClassVar[timedelta | None] = timedelta(days=21)
    guidance: ClassVar[tuple[str, ...]] = (
        "Meet the customer, and let them do most of the talking.",
        "Write every need and want down, and who stated it.",
        "Find out who decides, who pays, and who is on our side.",
    )

    @exit_requirement("a meeting with the customer was held", hint="Plan a first meeting and hold it.")
    def customer_was_met(self, deal: Deal) -> bool:
        return any(meeting.is_held for meeting in deal.meetings)

    @exit_requirement("at least one need or want of the customer is known", hint="Record what the customer said.")
    def needs_are_known(self, deal: Deal) -> bool:
        return any(need.is_current for need in deal.needs)
