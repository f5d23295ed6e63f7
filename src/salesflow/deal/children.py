"""The numbered records inside a deal: its objections, needs, tasks, meetings and the like.

They are kept in tuples and numbered in the order in which they came, from 1, so nothing random is needed and the
same history always gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from salesflow.errors import UnknownName

__all__ = ["Numbered", "find", "next_id", "replaced"]


class Numbered(Protocol):
    """A record with a number."""

    @property
    def id(self) -> int:
        """Its number within the deal, from 1."""
        ...


N = TypeVar("N", bound=Numbered)


def next_id(records: Sequence[Numbered]) -> int:
    """The number that the next record gets."""
    return records[-1].id + 1 if records else 1


def find(records: Sequence[N], which: N | int, *, kind: str) -> N:
    """The record with this number, as it is now.

    Args:
        records: where to look.
        which: its number, or an earlier state of the record itself.
        kind: what is looked for, for the message.

    Raises:
        UnknownName: there is none with this number.
    """
    number = which if isinstance(which, int) else which.id
    for record in records:
        if record.id == number:
            return record
    raise UnknownName(kind, number, [record.id for record in records], where="the deal")


def replaced(records: Sequence[N], record: N) -> tuple[N, ...]:
    """The records with the one of the same number replaced by ``record``."""
    return tuple(record if old.id == record.id else old for old in records)
