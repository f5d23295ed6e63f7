"""What happened to one deal between two moments, as movements of the pipeline.

Where several things happened they are taken in one order, so that each amount goes to one movement: the deal changes hands
at the amount it had; then its amount changes; then it comes in or leaves, with the amount it has now.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import attrs

from salesflow.values.decimals import EXACT
from salesflow.values.money import Money

__all__ = ["FALLING", "Movement", "Place", "Standing", "Step", "steps"]


class Movement(StrEnum):
    """Why the pipeline became larger or smaller."""

    NEW = "new"
    REOPENED = "reopened"
    PULLED_IN = "pulled in"
    TAKEN_OVER = "taken over"
    KNOWN = "amount became known"
    INCREASED = "increased"
    CURRENCY = "currency changed"
    DECREASED = "decreased"
    UNKNOWN = "amount became unknown"
    HANDED_OVER = "handed over"
    PUSHED_OUT = "pushed out"
    REMOVED = "removed"
    LOST = "lost"
    WON = "won"


FALLING = frozenset(tuple(Movement)[7:])
"""The movements that are taken off; all others are added."""


class Place(StrEnum):
    """Where a deal is with regard to a pipeline."""

    ABSENT = "absent"
    IN = "in the pipeline"
    OUT = "open, and expected in another period or none"
    WON = "won"
    LOST = "lost"


@attrs.frozen(kw_only=True)
class Standing:
    """A deal at one moment.

    Attributes:
        place: where it is.
        amount: what it is worth, in the currency that is counted in; ``None`` is not known.
        currency: the currency that its amount was given in.
        closed_at: when it was won or lost, where known.
        counts: whether a closed deal belongs to the period.
        group: the key of its group.
    """

    place: Place
    amount: Money | None = None
    currency: str | None = None
    closed_at: datetime | None = None
    counts: bool = True
    group: Hashable = None


ABSENT = Standing(place=Place.ABSENT)


@attrs.frozen
class Step:
    """One movement of one deal.

    Attributes:
        movement: what happened.
        code: the currency; ``None`` where no amount is known.
        change: by how much the pipeline became larger; below zero, smaller.
        group: the group that it happened in.
    """

    movement: Movement
    code: str | None
    change: Decimal
    group: Hashable


_CLOSED = {Place.WON: Movement.WON, Place.LOST: Movement.LOST}
_ENTERS = {
    Place.ABSENT: Movement.NEW,
    Place.OUT: Movement.PULLED_IN,
    Place.WON: Movement.REOPENED,
    Place.LOST: Movement.REOPENED,
}


def steps(before: Standing, after: Standing, *, by_group: bool = False) -> Iterator[Step]:
    """What happened to a deal.

    Args:
        before, after: where it stood at the two moments.
        by_group: whether a change of group is a movement.
    """
    if by_group and before.place is Place.IN and after.place is not Place.ABSENT and before.group != after.group:
        yield _step(Movement.HANDED_OVER, before.amount, before.group, sign=-1)
        before = _of_group(before, after)
        yield _step(Movement.TAKEN_OVER, before.amount, after.group)
    if before.place is not Place.IN:
        yield from _from_outside(before, after)
    elif after.place is Place.ABSENT:
        yield _step(Movement.REMOVED, before.amount, before.group, sign=-1)
    else:
        yield from _amount_changes(before, after)
        if after.place is Place.OUT:
            yield _step(Movement.PUSHED_OUT, after.amount, after.group, sign=-1)
        elif after.place in _CLOSED:
            yield _step(_CLOSED[after.place], after.amount, after.group, sign=-1)


def _of_group(before: Standing, after: Standing) -> Standing:
    """The deal as it is taken over: at the amount it had, or, where its currency is another now, at the one it has."""
    had, has = before.amount, after.amount
    if had is not None and has is not None and had.currency != has.currency:
        return attrs.evolve(before, amount=has, currency=after.currency, group=after.group)
    return attrs.evolve(before, group=after.group)


def _from_outside(before: Standing, after: Standing) -> Iterator[Step]:
    enters = _ENTERS[before.place]
    if after.place is Place.IN:
        yield _step(enters, after.amount, after.group)
    elif after.place in _CLOSED and after.counts and _closed_since(before, after):
        yield _step(enters, after.amount, after.group)
        yield _step(_CLOSED[after.place], after.amount, after.group, sign=-1)


def _closed_since(before: Standing, after: Standing) -> bool:
    """Whether a deal was closed between the two moments, if not for the first time."""
    return before.place not in _CLOSED or before.place is not after.place or before.closed_at != after.closed_at


def _amount_changes(before: Standing, after: Standing) -> Iterator[Step]:
    had, has = before.amount, after.amount
    if had == has and before.currency == after.currency:
        return
    if had is None:
        yield _step(Movement.KNOWN, has, after.group)
    elif has is None:
        yield _step(Movement.UNKNOWN, had, after.group, sign=-1)
    elif had.currency != has.currency:  # without rates: two sums, which no figure adds up
        yield _step(Movement.CURRENCY, had, after.group, sign=-1)
        yield _step(Movement.CURRENCY, has, after.group)
    else:
        more = EXACT.subtract(has.amount, had.amount)
        changed = Movement.INCREASED if more > 0 else Movement.DECREASED
        yield Step(changed if before.currency == after.currency else Movement.CURRENCY, has.currency, more, after.group)


def _step(movement: Movement, amount: Money | None, group: Hashable, *, sign: int = 1) -> Step:
    if amount is None:
        return Step(movement, None, Decimal(0), group)
    return Step(movement, amount.currency, amount.amount if sign > 0 else -amount.amount, group)
