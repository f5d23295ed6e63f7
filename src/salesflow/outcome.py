"""What a stage means for whatever is in it: a deal, a lead."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Outcome"]


class Outcome(StrEnum):
    """Open, won or lost. Nothing in the library depends on what a stage is called, only on this."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
