"""How the library's own records changed their shape, and how data of an older one is brought up to date.

Whoever changes the shape of a record adds an upcaster here; the schema number follows from it. Golden files of every
shape that ever was are kept with the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from salesflow.storage.plain.form import JSON

__all__ = ["EARLIER_SHAPES"]


def _deal_2(fields: dict[str, JSON]) -> dict[str, JSON]:
    """Deals keep answers to the questions of qualification frameworks."""
    return {**fields, "answers": []}


def _lead_2(fields: dict[str, JSON]) -> dict[str, JSON]:
    """Leads are worked through a process; what was called their status is the stage that they are in."""
    stage = fields.pop("status")
    return {
        **fields,
        "process": "lead",
        "process_version": 1,
        "stage": stage,
        "outcome": "open",
        "opened_at": None,
        "entered_at": None,
        "closed_at": None,
        "closed_from": None,
        "answers": [],
        "probability": None,
        "predicted_probability": None,
        "disqualification": None,
        "conversion": None,
        "hand_overs": [],
        "merged_into": None,
    }


def _not_merged(fields: dict[str, JSON]) -> dict[str, JSON]:
    """Contacts and organizations may be merged into others."""
    return {**fields, "merged_into": None}


EARLIER_SHAPES: Final[Mapping[str, Mapping[int, Callable[[dict[str, JSON]], dict[str, JSON]]]]] = {
    "Deal": {1: _deal_2},
    "Lead": {1: _lead_2},
    "Contact": {1: _not_merged},
    "Organization": {1: _not_merged},
}
"""By the name of a record, from each earlier schema to the next."""
