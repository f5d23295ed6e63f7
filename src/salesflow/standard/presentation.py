"""The fourth stage: show how the product meets each need."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from salesflow.deal.deal import Deal
from salesflow.deal.presentation import unshown_needs
from salesflow.process.requirement import exit_requirement
from salesflow.process.stage import Stage

__all__ = ["Presentation"]


class Presentation(Stage[Deal]):
    """Show how the product or service meets each of the customer's wants and needs."""

    title = "Presentation"
    probability: ClassVar[Decimal | None] = Decimal("0.50")
    rots_after: ClassVar[timedelta | None] = timedelta(days=21)
    guidance: ClassVar[tuple[str, ...]] = (
        "Take the needs one by one, and show how the product meets each.",
        "Bring evidence: figures, references, a trial.",
        "Note how the customer reacts, and raise every doubt as an objection.",
    )

    @exit_requirement("every need of the customer was answered", hint="Show how the product meets what is left.")
    def needs_are_answered(self, deal: Deal) -> Iterator[str]:
        for need in unshown_needs(deal.needs, deal.presentation):
            yield need.text
