"""A deal as the board sees it at its moment: what the columns count, and what the order of the cards goes by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

import attrs

from salesflow.board.card import Card, TaskCounts, next_step, task_counts
from salesflow.deal.deal import Deal
from salesflow.errors import UnknownName
from salesflow.measure.rotting_deals import rots_at
from salesflow.measure.rows import DealRow
from salesflow.outcome import Outcome
from salesflow.process.definition import SalesProcess
from salesflow.process.move import Route
from salesflow.process.requirement import Unmet
from salesflow.process.stage import Stage
from salesflow.values.moments import elapsed
from salesflow.values.money import Money
from salesflow.values.working_time import WorkingTime

__all__ = ["CardOrder", "DealAt", "Sight", "card_order"]

D = TypeVar("D", bound=Deal)
_OPEN, _WON = Outcome.OPEN, Outcome.WON
_NOTHING = timedelta()
_ONE, _ZERO = Decimal(1), Decimal(0)


class CardOrder(StrEnum):
    """Which cards of a column come first. What is not known comes last, and equals go by id."""

    URGENCY = "most urgent first"
    AMOUNT = "largest amount first"
    AGE = "longest in the stage first"
    CLOSE = "nearest expected close first"


def card_order(value: CardOrder | str) -> CardOrder:
    """An order by its name.

    Raises:
        UnknownName: there is no such order.
    """
    try:
        return CardOrder(value)
    except ValueError:
        raise UnknownName("order of cards", value, CardOrder) from None


@attrs.frozen
class DealAt:
    """One deal at one moment.

    Attributes:
        deal: the deal or its row.
        tasks: its tasks, counted.
        age: how long it has been in its stage, where that is known.
        rotting_for: for how long it rots, if it does.
        weighted: amount times chance, where both are known.
        has_next_step: whether something is planned for an open deal; ``None`` where that is not known, or it is closed.
        missing: what is missing for the move that leads on; ``None`` where that is not known, or none does.
    """

    deal: Deal | DealRow
    tasks: TaskCounts
    age: timedelta | None
    rotting_for: timedelta | None
    weighted: Money | None
    has_next_step: bool | None
    missing: tuple[Unmet, ...] | None

    @property
    def is_held(self) -> bool:
        """Whether it waits."""
        return self.deal.is_on_hold if isinstance(self.deal, Deal) else self.deal.held_since is not None

    def card(self, leads_to: str | None) -> Card:
        """Its card.

        Args:
            leads_to: the title of the stage that its next move leads to.
        """
        deal = self.deal
        held = deal.hold if isinstance(deal, Deal) else None
        return Card(
            deal_id=deal.id,
            name=deal.name,
            owner=deal.owner,
            amount=deal.amount,
            weighted=self.weighted,
            age=self.age,
            rotting_for=self.rotting_for,
            is_held=self.is_held,
            held_until=None if held is None else held.until,
            expected_close=deal.expected_close,
            tasks=self.tasks,
            next_step=next_step(deal),
            has_next_step=self.has_next_step,
            missing=self.missing,
            leads_to=leads_to,
        )


@attrs.frozen(kw_only=True)
class Sight(Generic[D]):
    """From where the deals are looked at: the process, the moment, the zone and the calendar.

    Attributes:
        process: whose deals they are.
        at: the moment.
        zone: where the day of that moment is.
        working: the calendar that rotting goes by; ``None`` counts all days.
    """

    process: SalesProcess[D]
    at: datetime
    zone: tzinfo
    working: WorkingTime | None = None

    def looks_at(self, deal: D | DealRow, stage: Stage[D], way: Route[D] | None) -> DealAt:
        """The deal, which is in this stage, at this moment.

        Args:
            deal: the deal or its row.
            stage: the stage that it is in.
            way: the move that leads on from there, if one does.
        """
        if isinstance(deal, DealRow):
            chance, missing = deal.probability, None
        else:
            chance = self.process.probability(deal).value
            missing = None if way is None else _missing(deal, way)
        age = self._age(deal)
        return DealAt(
            deal,
            task_counts(deal.tasks, self.at, self.zone),
            age,
            self._rotting_for(deal, stage, age),
            _weighted(deal, chance),
            _is_planned(deal),
            missing,
        )

    def _age(self, deal: D | DealRow) -> timedelta | None:
        """How long it has been in its stage; not known where it entered it after this moment."""
        if deal.entered_at is None:
            return None
        age = elapsed(deal.entered_at, self.at)
        return None if age < _NOTHING else age

    def _rotting_for(self, deal: D | DealRow, stage: Stage[D], age: timedelta | None) -> timedelta | None:
        limit = stage.rots_after
        if limit is None or age is None or deal.outcome is not _OPEN or (age <= limit and self.working is None):
            return None
        if deal.is_on_hold if isinstance(deal, Deal) else deal.held_since is not None:
            return None
        assert deal.entered_at is not None
        over = age - limit
        if self.working is not None:
            over = elapsed(rots_at(deal.entered_at, limit, working=self.working), self.at)
        return over if over > _NOTHING else None


def _weighted(deal: Deal | DealRow, chance: Decimal | None) -> Money | None:
    if deal.amount is None:
        return None
    if deal.outcome is not _OPEN:
        return deal.amount.times(_ONE if deal.outcome is _WON else _ZERO)
    return None if chance is None else deal.amount.times(chance)


def _is_planned(deal: Deal | DealRow) -> bool | None:
    if deal.outcome is not _OPEN:
        return None
    if isinstance(deal, DealRow):
        return deal.has_next_step
    return any(task.is_open for task in deal.tasks) or any(meeting.is_planned for meeting in deal.meetings)


def _missing(deal: D, way: Route[D]) -> tuple[Unmet, ...]:
    found = [asked.unmet(deal) for asked in way.requirements]
    return tuple(unmet for unmet in found if unmet is not None)


# The order of the cards -----------------------------------------------------------------------------------------------

_NEVER = date.max
Key = tuple[object, ...]


def _by_urgency(one: DealAt) -> Key:
    """Overdue tasks, then rotting, then tasks for today, then nothing planned, then the rest; those on hold last.

    Among equals the one that has been longest in its stage comes first. This ranking is our own choice.
    """
    if one.is_held:
        rank = 5
    elif one.tasks.overdue:
        rank = 0
    elif one.rotting_for is not None:
        rank = 1
    elif one.tasks.today:
        rank = 2
    else:
        rank = 3 if one.has_next_step is False else 4
    return (rank, *_by_age(one))


def _by_amount(one: DealAt) -> Key:
    """Currency by currency, as amounts of several cannot be compared."""
    amount = one.deal.amount
    return (True, "", 0, one.deal.id) if amount is None else (False, amount.currency, -amount.amount, one.deal.id)


def _by_age(one: DealAt) -> Key:
    return (True, _NOTHING, one.deal.id) if one.age is None else (False, -one.age, one.deal.id)


def _by_close(one: DealAt) -> Key:
    return (one.deal.expected_close or _NEVER, one.deal.id)


ORDERS: dict[CardOrder, Callable[[DealAt], Key]] = {
    CardOrder.URGENCY: _by_urgency,
    CardOrder.AMOUNT: _by_amount,
    CardOrder.AGE: _by_age,
    CardOrder.CLOSE: _by_close,
}
"""What each order goes by."""
