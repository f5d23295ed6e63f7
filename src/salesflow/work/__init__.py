"""The unit of work: one actor changes one entity at one moment.

It moves the entity through its process and keeps the events; nothing else changes it. What was refused has changed
nothing. At the end, ``changes`` is what a storage commits. ``Sale`` is the unit of work on a deal, ``LeadWork`` the one on
a lead; what makes them differ stands there, and nothing of it here.
"""

from __future__ import annotations

from salesflow.work.explaining import key_of_move
from salesflow.work.unit import Attempt, Work

__all__ = ["Attempt", "Work", "key_of_move"]
