"""Follow-up: what comes after the closing.

A sale does not end with the signature. Somebody calls after the delivery to make sure that the goods arrived and work.
Regular meetings build loyalty; what the customer likes and dislikes is written down. The aim is not to sell now but to
build the ground for future sales, so what could become one is noted too, and tied to the deal that is opened from it.
"""

from __future__ import annotations

from salesflow.deal.follow_up.desk import FollowUpDesk
from salesflow.deal.follow_up.events import (
    CadenceAgreed,
    CadenceEnded,
    DeliveryChecked,
    FeedbackRecorded,
    LoyaltyNoted,
    OpeningLinked,
    OpeningNoted,
)
from salesflow.deal.follow_up.record import DeliveryCheck, Feedback, FollowUp, LoyaltyNote, Opening

__all__ = [
    "CadenceAgreed",
    "CadenceEnded",
    "DeliveryCheck",
    "DeliveryChecked",
    "Feedback",
    "FeedbackRecorded",
    "FollowUp",
    "FollowUpDesk",
    "LoyaltyNote",
    "LoyaltyNoted",
    "Opening",
    "OpeningLinked",
    "OpeningNoted",
]
