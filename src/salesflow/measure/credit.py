"""Credit: who gets how much of what was reached.

A deal that two people won together is not won twice. So its revenue is split, in percentages that add up to exactly 100,
and the last part takes the rest: the parts are the deal, to the cent. What others get on top of that, for their help, is an
*overlay*: it may come to more than the deal, and is never added to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import attrs

from salesflow.deal.deal import Deal
from salesflow.deal.tasks import TaskStatus
from salesflow.errors import InvalidValue, WrongType
from salesflow.measure.rates import Rates
from salesflow.measure.rows import DealRow
from salesflow.outcome import Outcome
from salesflow.values.decimals import HALF_UP, exact_decimal
from salesflow.values.moments import is_optional_moment
from salesflow.values.money import Money
from salesflow.values.shares import not_negative

__all__ = ["Credit", "CreditSplit", "Splits", "activity_credits", "converted", "deal_credits", "meeting_credits"]

_HUNDRED = Decimal(100)
_WHOLE = Decimal(1)


@attrs.frozen(kw_only=True)
class Credit:
    """What somebody gets of a deal, or for an activity.

    Attributes:
        deal_id: which deal.
        to: who gets it; ``None`` where nobody owns the deal.
        team: the team that it counts for.
        territory: the territory that it counts for.
        at: when: when the deal was won, or the activity done; ``None`` is not known.
        amount: how much money; ``None`` is not known, or not applicable.
        share: which part of the deal, a fraction; 1 for an activity.
        activity: what sort of activity; ``None`` is not known, or it is none.
        is_activity: whether it is for an activity, and not for a deal.
        is_overlay: whether it comes on top.
    """

    deal_id: str
    to: str | None
    team: str | None = None
    territory: str | None = None
    at: datetime | None = attrs.field(validator=is_optional_moment())
    amount: Money | None = None
    share: Decimal = _WHOLE
    activity: str | None = None
    is_activity: bool = False
    is_overlay: bool = False


def _percent(value: Decimal | int | str) -> Decimal:
    return not_negative(exact_decimal(value, field="percent"), field="percent")


@attrs.frozen(kw_only=True)
class CreditSplit:
    """How much of a deal somebody gets.

    Attributes:
        to: who.
        percent: of the deal; a percentage, from 0 up.
        is_overlay: whether it comes on top of the deal's own 100 percent.
        team: the team that it counts for; that of the deal where it is not given.
        territory: the territory that it counts for; that of the deal where it is not given.

    Raises:
        WrongType: the percentage is a ``float`` or no number.
        InvalidValue: it lies below zero.
    """

    to: str
    percent: Decimal = attrs.field(converter=_percent)
    is_overlay: bool = False
    team: str | None = None
    territory: str | None = None


Splits = Mapping[str, Sequence[CreditSplit]] | Callable[[DealRow], Sequence[CreditSplit]]
"""The splits of deals, by the id of the deal or by a function; no splits leave the whole deal to its owner."""


def deal_credits(
    rows: Iterable[DealRow],
    *,
    splits: Splits | None = None,
    territory: Callable[[DealRow], str | None] | None = None,
) -> Iterator[Credit]:
    """The credits for won deals; deals that are not won give none.

    Args:
        rows: deals, read one by one.
        splits: who shares in which deal. The owner of the deal gets what no split of revenue says otherwise.
        territory: gives the territory of a deal; none where it is not given.

    Raises:
        WrongType: a split is no ``CreditSplit``.
        InvalidValue: the revenue splits of a deal do not add up to exactly 100; the message names the deal.

    Example:
        ``deal_credits(rows, splits={"D-1": [CreditSplit(to="noa", percent=60), CreditSplit(to="dan", percent=40)]})``
    """
    for row in rows:
        if row.outcome is Outcome.WON:
            yield from _credits(row, _splits_of(row, splits), None if territory is None else territory(row))


def activity_credits(
    rows: Iterable[DealRow], *, territory: Callable[[DealRow], str | None] | None = None
) -> Iterator[Credit]:
    """A credit for every task that was done, whatever became of its deal: to its owner, and to the team of the deal.

    Args:
        rows: deals, read one by one.
        territory: as for :func:`deal_credits`.
    """
    for row in rows:
        for task in row.tasks:
            if task.status is TaskStatus.DONE:
                yield Credit(
                    deal_id=row.id,
                    to=task.owner,
                    team=row.team,
                    territory=None if territory is None else territory(row),
                    at=task.done_at,
                    activity=task.kind,
                    is_activity=True,
                )


def meeting_credits(
    deals: Iterable[Deal], *, territory: Callable[[Deal], str | None] | None = None
) -> Iterator[Credit]:
    """A credit for every meeting that was held, whatever became of its deal: to the owner and the team of the deal.

    Args:
        deals: deals themselves, because rows do not have their meetings; read one by one.
        territory: as for :func:`deal_credits`.

    Returns:
        Credits whose activity is the purpose of the meeting ("first meeting").
    """
    for deal in deals:
        for meeting in deal.meetings:
            if meeting.is_held:
                yield Credit(
                    deal_id=deal.id,
                    to=deal.owner,
                    team=deal.team,
                    territory=None if territory is None else territory(deal),
                    at=meeting.held_at,
                    activity=meeting.purpose,
                    is_activity=True,
                )


def converted(amount: Money, into: str, *, on: date, rates: Rates | None) -> Money:
    """An amount in another currency, by the rate of a day.

    Raises:
        InvalidValue: there is no rate for it; the message names both currencies and the day.
    """
    if amount.currency == into:
        return amount
    found = None if rates is None or rates.into != into else rates.converted(amount, on)
    if found is None:
        raise InvalidValue(
            "amounts of several currencies need a rate of their day",
            field="rates",
            value=f"{amount.currency} to {into} on {on.isoformat()}",
            way_out="give Rates with one that holds on that day",
        )
    return found


def _splits_of(row: DealRow, splits: Splits | None) -> tuple[CreditSplit, ...]:
    if splits is None:
        return ()
    found = tuple(splits(row) if callable(splits) else splits.get(row.id, ()))
    for one in found:
        if not isinstance(one, CreditSplit):
            raise WrongType("must be a CreditSplit", field=f"splits of deal {row.id!r}", value=one)
    revenue = [one.percent for one in found if not one.is_overlay]
    total = Decimal(0)
    for percent in revenue:
        total = HALF_UP.add(total, percent)
    if revenue and total != _HUNDRED:
        raise InvalidValue(
            "revenue splits must add up to exactly 100 percent",
            field=f"splits of deal {row.id!r}",
            value=total,
            way_out="change one of them, or make what comes on top an overlay",
        )
    return found


def _credits(row: DealRow, splits: tuple[CreditSplit, ...], territory: str | None) -> Iterator[Credit]:
    revenue = [one for one in splits if not one.is_overlay]
    if not revenue:
        yield Credit(
            deal_id=row.id, to=row.owner, team=row.team, territory=territory, at=row.closed_at, amount=row.amount
        )
    amounts = _amounts(row.amount, revenue)
    for one, amount in zip(revenue, amounts, strict=True):
        yield _credit(row, one, amount, territory)
    for one in splits:
        if one.is_overlay:
            amount = None if row.amount is None else row.amount.times(_fraction(one.percent))
            yield _credit(row, one, amount, territory)


def _amounts(amount: Money | None, revenue: Sequence[CreditSplit]) -> Sequence[Money | None]:
    if amount is None or not revenue:
        return [None] * len(revenue)
    return amount.split_percent([one.percent for one in revenue])


def _credit(row: DealRow, split: CreditSplit, amount: Money | None, territory: str | None) -> Credit:
    return Credit(
        deal_id=row.id,
        to=split.to,
        team=row.team if split.team is None else split.team,
        territory=territory if split.territory is None else split.territory,
        at=None if row.closed_at is None else row.closed_at.astimezone(UTC),
        amount=amount,
        share=_fraction(split.percent),
        is_overlay=split.is_overlay,
    )


def _fraction(percent: Decimal) -> Decimal:
    return percent.scaleb(-2, HALF_UP)
