"""The second stage: get ready for the first interaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from salesflow.deal.deal import Deal
from salesflow.process.requirement import exit_requirement
from salesflow.process.stage import Stage

__all__ = ["Preparation"]


class Preparation(Stage[Deal]):
    """Get ready for the first interaction.

    Collect product descriptions, pricing, and what the competition offers; prepare the opening pitch.
    """

    title = "Preparation"
    probability: ClassVar[Decimal | None] = Decimal("0.20")
    rots_after: ClassVar[timedelta | None] = timedelta(days=14)
    guidance: ClassVar[tuple[str, ...]] = (
        "Collect the descriptions of the products that could meet the need.",
        "Work out the pricing.",
        "Find out what the competition offers.",
        "Prepare the opening pitch.",
    )

    @exit_requirement("the briefing is complete", hint="Prepare what the briefing lacks.")
    def briefing_is_complete(self, deal: Deal) -> Iterator[str]:
        if deal.briefing is None:
            yield from ("product descriptions", "pricing", "what the competition offers", "opening pitch")
        else:
            yield from deal.briefing.missing
