"""The sixth stage: the customer agrees to buy under certain terms."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from salesflow.deal.deal import Deal
from salesflow.process.stage import Stage

__all__ = ["Closing"]


class Closing(Stage[Deal]):
    """Notice the closing signals that say it is time.

    The customer agrees to buy under certain terms: price, delivery dates, after-sales services and so on. The agreement
    is signed.
    """

    title = "Closing"
    probability: ClassVar[Decimal | None] = Decimal("0.85")
    rots_after: ClassVar[timedelta | None] = timedelta(days=14)
    guidance: ClassVar[tuple[str, ...]] = (
        "Note the closing signals: questions about delivery, payment, the contract.",
        "Propose the terms: price, discount, payment, delivery dates, after-sales services, validity.",
        "Get the approvals that the terms need before the customer accepts.",
        "Let somebody with the authority sign.",
    )
