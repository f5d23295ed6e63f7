"""Where lost deals are kept; not one of the seven stages."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from salesflow.deal.deal import Deal
from salesflow.outcome import Outcome
from salesflow.process.stage import Stage

__all__ = ["Lost"]


class Lost(Stage[Deal]):
    """The deal is lost. Why it was lost is worth knowing; what is lost may be opened again."""

    title = "Lost"
    outcome = Outcome.LOST
    probability: ClassVar[Decimal | None] = Decimal(0)
    guidance: ClassVar[tuple[str, ...]] = ("Ask the customer why, and write it down.", "Plan when to ask again.")
