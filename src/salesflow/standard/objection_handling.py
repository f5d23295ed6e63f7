"""The fifth stage, the decisive one: what does the customer worry about?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from salesflow.deal.deal import Deal
from salesflow.process.requirement import exit_requirement
from salesflow.process.stage import Stage

__all__ = ["ObjectionHandling", "unsettled"]


def unsettled(deal: Deal) -> Iterator[str]:
    """The objections that still have to be settled, in the customer's words."""
    for objection in deal.open_objections:
        yield f"{objection.kind}: {objection.statement}"


class ObjectionHandling(Stage[Deal]):
    """The decisive stage. Objections tell the team what the customer worries about.

    Good sellers overcome them by planning ahead, with the facts at hand.
    """

    title = "Objection handling"
    probability: ClassVar[Decimal | None] = Decimal("0.65")
    rots_after: ClassVar[timedelta | None] = timedelta(days=14)
    guidance: ClassVar[tuple[str, ...]] = (
        "Ask for what still speaks against it; an objection that is not said cannot be answered.",
        "Look the objection up in the playbook, and answer it with the facts at hand.",
        "Resolve it only when the customer says that it is; else leave it standing, and say why.",
    )

    @exit_requirement("every objection is settled", hint="Answer and resolve what is open.")
    def objections_are_settled(self, deal: Deal) -> Iterator[str]:
        yield from unsettled(deal)
