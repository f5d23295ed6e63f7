"""A counter-proposal: what it leaves as it is, and whether it changes anything."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeVar

from salesflow.deal.closing_terms.revision import ClosingTerms

T = TypeVar("T")

__all__ = ["UNCHANGED", "Kept", "Unchanged", "agreed_parts", "kept"]


class Unchanged(Enum):
    """Stands for a part of the terms that a counter-proposal leaves as it is."""

    UNCHANGED = "unchanged"

    def __repr__(self) -> str:
        return self.name


UNCHANGED: Final = Unchanged.UNCHANGED
Kept = Literal[Unchanged.UNCHANGED]
"""In the place of a part: the one of the former revision."""


def kept(value: T | Kept, former: T) -> T:
    """A part of the next revision: what is given, or what the former one has."""
    return former if value is UNCHANGED else value


def agreed_parts(terms: ClosingTerms) -> tuple[object, ...]:
    """What two revisions differ in, if they differ in substance."""
    return (
        terms.price,
        terms.discount,
        terms.payment,
        terms.deliveries,
        terms.services,
        terms.valid_until,
        terms.starts_on,
        terms.ends_on,
        terms.conditions,
    )
