"""Reasons for which deals are lost: a list that each process owns."""

from __future__ import annotations

import attrs

__all__ = ["STANDARD_LOSS_REASONS", "LossReason"]


@attrs.frozen
class LossReason:
    """A reason for which deals are lost.

    Attributes:
        key: what deals keep.
        title: what it is called on a screen.
        needs_note: whether it says nothing without a note.
        disqualifies: whether the deal never was a real possibility, so that a win rate may leave it out.
    """

    key: str
    title: str
    needs_note: bool = attrs.field(default=False, kw_only=True)
    disqualifies: bool = attrs.field(default=False, kw_only=True)


STANDARD_LOSS_REASONS = (
    LossReason("price", "Price"),
    LossReason("competitor", "Lost to a competitor"),
    LossReason("no_budget", "No budget"),
    LossReason("no_decision", "No decision"),
    LossReason("timing", "Wrong time"),
    LossReason("missing_feature", "Something was missing"),
    LossReason("lost_contact", "Lost contact"),
    LossReason("disqualified", "Never was a real possibility", disqualifies=True),
    LossReason("other", "Other", needs_note=True),
)
"""The reasons that a process has where it names no others; our own choice."""
