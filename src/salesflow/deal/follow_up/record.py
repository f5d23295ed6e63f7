"""What is kept of the follow-up: delivery checks, the cadence, feedback, openings, and what keeps the customer with us."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.cadence import Cadence
from salesflow.values.personal import ERASED, personal

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = ["DeliveryCheck", "Feedback", "FollowUp", "LoyaltyNote", "Opening", "so_far"]


@attrs.frozen(kw_only=True)
class DeliveryCheck:
    """What was found when somebody asked after the delivery.

    Attributes:
        id: its number within the deal, from 1.
        arrived: whether the goods arrived.
        works: whether they work; ``None`` is not known yet.
        note: what else was said.
        at: when it was asked.
        by: who asked.
    """

    id: int
    arrived: bool
    works: bool | None = None
    note: str = attrs.field(default="", metadata=personal())
    at: datetime
    by: str

    @property
    def is_fine(self) -> bool:
        """Whether the goods arrived and work."""
        return self.arrived and self.works is True


@attrs.frozen(kw_only=True)
class Feedback:
    """What the customer said of us.

    Attributes:
        id: its number within the deal, from 1.
        text: what was said; up to 10,000 characters.
        satisfaction: 1 (not at all) to 5 (very), where asked.
        recommendation: how likely they would recommend us, 0 to 10, where asked (the question behind the net promoter
            score).
        said_by: who said it, by the id of the contact, where known.
        at: when.
    """

    id: int
    text: str = attrs.field(metadata=personal(ERASED))
    satisfaction: int | None = None
    recommendation: int | None = None
    said_by: str | None = attrs.field(default=None, metadata=personal())
    at: datetime


@attrs.frozen(kw_only=True)
class Opening:
    """Something that a next deal could come of.

    Attributes:
        id: its number within the deal, from 1.
        text: what was noticed; up to 10,000 characters.
        noticed_at: when.
        deal_id: the deal that was opened from it.
    """

    id: int
    text: str = attrs.field(metadata=personal(ERASED))
    noticed_at: datetime
    deal_id: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether no deal was opened from it yet."""
        return self.deal_id is None


@attrs.frozen(kw_only=True)
class LoyaltyNote:
    """Something that keeps the customer with us, or might not.

    Attributes:
        id: its number within the deal, from 1.
        text: what; up to 10,000 characters.
        at: when it was noted.
        by: who noted it.
    """

    id: int
    text: str = attrs.field(metadata=personal(ERASED))
    at: datetime
    by: str


@attrs.frozen(kw_only=True)
class FollowUp:
    """What happened after the closing.

    Attributes:
        checks: what was found after the delivery, in order.
        cadence: how often we meet.
        feedback: what the customer said of us.
        openings: what a next deal could come of.
        loyalty: what keeps the customer with us.
    """

    checks: tuple[DeliveryCheck, ...] = ()
    cadence: Cadence | None = None
    feedback: tuple[Feedback, ...] = ()
    openings: tuple[Opening, ...] = ()
    loyalty: tuple[LoyaltyNote, ...] = ()

    @property
    def is_delivered(self) -> bool:
        """Whether the last check found that the goods arrived and work."""
        return bool(self.checks) and self.checks[-1].is_fine

    @property
    def open_openings(self) -> tuple[Opening, ...]:
        """Those from which no deal was opened yet."""
        return tuple(opening for opening in self.openings if opening.is_open)


_NONE_YET = FollowUp()


def so_far(deal: Deal) -> FollowUp:
    """What happened after the closing of a deal; empty where nothing did."""
    return _NONE_YET if deal.follow_up is None else deal.follow_up
