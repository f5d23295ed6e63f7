"""The first stage: is there a need that we can meet, and can they afford it?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from salesflow.deal.deal import Deal
from salesflow.process.requirement import exit_requirement
from salesflow.process.stage import Stage

__all__ = ["Prospecting"]


class Prospecting(Stage[Deal]):
    """Identify leads and qualify them.

    Does the buyer have a need or a want that we can meet? Can they afford it?
    """

    title = "Prospecting"
    probability: ClassVar[Decimal | None] = Decimal("0.10")  # our own choice, as in every stage
    rots_after: ClassVar[timedelta | None] = timedelta(days=30)
    guidance: ClassVar[tuple[str, ...]] = (
        "Ask what the buyer needs or wants, and whether we can meet it.",
        "Ask what they can spend, and who decides on it.",
        "Leave deals without a need or a budget early: lose them as disqualified.",
    )

    @exit_requirement(
        "the buyer has a need or a want that we can meet",
        hint="Ask what they need, and record it in the qualification.",
    )
    def need_is_known(self, deal: Deal) -> bool:
        return deal.qualification is not None and deal.qualification.has_need

    @exit_requirement(
        "the buyer can afford it",
        hint="Ask for their budget, or whether they can afford it, and record it in the qualification.",
    )
    def buyer_can_afford_it(self, deal: Deal) -> bool:
        return deal.qualification is not None and deal.qualification.is_affordable(deal.amount) is True
