"""What speaks for and against two records being one, and how much.

The theory is record linkage (Fellegi and Sunter, 1969): each comparison that agrees or disagrees is worth the logarithm of
how much more often it does so for one person than for two. Here the logarithm is to base 2 and the worth a whole number
of *points*, so that sums are exact and do not depend on their order: one point doubles the odds. The points are our own
choice, tried on generated records (``tests/benchmarks/duplicates_bench.py``); a host sets its own in ``MatchingRules``.

Before anything is compared, two records that share a matching key start with odds of 1 to 32 against.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

import attrs

__all__ = ["POINTS", "START", "Likeness", "Reason", "odds_as_score", "points_for"]


class Likeness(StrEnum):
    """One way in which two records are, or are not, alike."""

    SAME_EMAIL = "the same e-mail address"
    NEARLY_SAME_EMAIL = "nearly the same e-mail address"
    SAME_ROLE_MAILBOX = "the same mailbox of a company, such as info@"
    SAME_PHONE = "the same phone number"
    SAME_SHORT_PHONE = "the same short phone number"
    SAME_NAME = "the same name"
    SAME_SHORT_NAME = "the same short name"
    NEARLY_SAME_NAME = "nearly the same name"
    SOUNDS_ALIKE = "a name that sounds alike in another alphabet"
    NAME_WITHIN_NAME = "a name that holds the other one"
    INITIALS = "the same name with initials"
    SLIP_IN_SHORT_NAME = "the same name with a slip in a short word"
    PART_OF_NAME = "one part of the name, where the other has no more"
    LOOKS_ALIKE = "a name that only looks alike, with letters of another alphabet"
    SAME_EMPLOYER = "the same organization"
    SAME_REGISTRATION = "the same registration or tax number"
    SAME_DOMAIN = "the same company domain"
    SAME_ADDRESS = "the same postal address"
    RELATED_ORGANIZATION_NAME = "names of organizations that have a part in common"
    SHARES_PART_OF_NAME = "a name that shares a part and differs in another"
    DIFFERENT_NAME = "different names"
    DIFFERENT_EMAIL = "different e-mail addresses"
    DIFFERENT_MAILBOX = "different mailboxes of one domain"
    DIFFERENT_PHONE = "different phone numbers"
    DIFFERENT_EMPLOYER = "different organizations"
    DIFFERENT_REGISTRATION = "different registration or tax numbers"
    DIFFERENT_DOMAIN = "different company domains"
    DIFFERENT_ADDRESS = "different postal addresses"
    DIFFERENT_ORGANIZATION_NAME = "different names of organizations"


POINTS: Mapping[Likeness, int] = MappingProxyType(
    {
        Likeness.SAME_EMAIL: 14,
        Likeness.NEARLY_SAME_EMAIL: 4,
        Likeness.SAME_ROLE_MAILBOX: 2,
        Likeness.SAME_PHONE: 6,
        Likeness.SAME_SHORT_PHONE: 3,
        Likeness.SAME_NAME: 6,
        Likeness.SAME_SHORT_NAME: 3,
        Likeness.NEARLY_SAME_NAME: 6,
        Likeness.SOUNDS_ALIKE: 5,
        Likeness.NAME_WITHIN_NAME: 6,
        Likeness.INITIALS: 4,
        Likeness.SLIP_IN_SHORT_NAME: 2,
        Likeness.PART_OF_NAME: 1,
        Likeness.LOOKS_ALIKE: 0,
        Likeness.SAME_EMPLOYER: 2,
        Likeness.SAME_REGISTRATION: 9,
        Likeness.SAME_DOMAIN: 7,
        Likeness.SAME_ADDRESS: 3,
        Likeness.RELATED_ORGANIZATION_NAME: 0,
        Likeness.SHARES_PART_OF_NAME: -5,
        Likeness.DIFFERENT_NAME: -8,
        Likeness.DIFFERENT_EMAIL: -1,
        Likeness.DIFFERENT_MAILBOX: -1,
        Likeness.DIFFERENT_PHONE: -1,
        Likeness.DIFFERENT_EMPLOYER: -1,
        Likeness.DIFFERENT_REGISTRATION: -6,
        Likeness.DIFFERENT_DOMAIN: -2,
        Likeness.DIFFERENT_ADDRESS: -1,
        Likeness.DIFFERENT_ORGANIZATION_NAME: -1,
    }
)
"""What each likeness is worth; negative where it speaks against."""

START = -5
"""The points before anything is compared: odds of 1 to 32."""

_LIMIT = 13
_NEVER = 10_000
_FOUR_PLACES = Decimal("0.0001")
_SCORES = tuple(
    (Decimal(2) ** points / (1 + Decimal(2) ** points)).quantize(_FOUR_PLACES) for points in range(-_LIMIT, _LIMIT + 1)
)


def odds_as_score(points: int) -> Decimal:
    """The probability, a fraction with four places, of odds of 2 to the power of the points; 0.0001 to 0.9999.

    Example:
        >>> odds_as_score(1)
        Decimal('0.6667')
    """
    return _SCORES[max(-_LIMIT, min(_LIMIT, points)) + _LIMIT]


def points_for(score: Decimal) -> int:
    """The fewest points whose score is at least this; more than there can be, where none is."""
    return next((points - _LIMIT for points, reached in enumerate(_SCORES) if reached >= score), _NEVER)


@attrs.frozen
class Reason:
    """Why two records may, or may not, be one.

    Attributes:
        likeness: in what they are or are not alike.
        points: what that is worth here, negative where it speaks against. What many records have is worth less: a point
            less for every doubling of the number of others that have it.
        shared_by: how many records have it, these two included, or ``None`` where it is not counted.
    """

    likeness: Likeness
    points: int
    shared_by: int | None = None

    def __str__(self) -> str:
        shared = f", which {self.shared_by} records have" if (self.shared_by or 0) > 2 else ""
        return f"{self.likeness}{shared} ({self.points:+d})"
