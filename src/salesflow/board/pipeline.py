"""The pipeline board: every stage a column, with what is in it, how its tasks stand, and the cards that come first.

A column counts all its deals and shows the first cards of a stated order; how many more there are is always said. Ten
thousand cards on one page would help nobody, so 12 of each column are shown where nothing else is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from decimal import Decimal
from heapq import nsmallest
from typing import TypeVar
from xml.etree.ElementTree import Element

import attrs

from salesflow.board.card import Card, TaskState
from salesflow.board.deal_at import ORDERS, CardOrder, DealAt, Sight, card_order
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.view import View
from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.measure.metric import outcomes as outcomes_of
from salesflow.measure.result import LeftOut
from salesflow.measure.rows import DealRow
from salesflow.outcome import Outcome
from salesflow.process.definition import SalesProcess
from salesflow.process.move import Route
from salesflow.process.stage import Stage
from salesflow.values.moments import moment
from salesflow.values.money import Money
from salesflow.values.working_time import WorkingTime, time_zone

__all__ = ["Column", "PipelineBoard", "pipeline_board"]

D = TypeVar("D", bound=Deal)

MOST_CARDS = 12
"""How many cards a column shows where nothing else is asked for; our own choice."""


@attrs.frozen(kw_only=True)
class Column:
    """A stage on the board.

    Attributes:
        stage: the key of the stage.
        title: what the process calls it.
        outcome: what being in it means.
        probability: the chance that the stage gives, a fraction, or ``None``.
        count: how many deals are in it.
        amounts: what they are worth, an amount for each currency, by its code.
        amount_unknown: of how many the amount is not known; these are in no amount.
        weighted: the same times the chance of each, rounded half up per deal.
        weighted_unknown: of how many the amount or the chance is not known.
        overdue, due, done, no_tasks: how many deals stand so with their tasks, by the most pressing one; they add up.
        rotting: how many have been in it for too long.
        held: how many wait.
        no_next_step: for how many open ones nothing is planned, of those of which that is known.
        ready: how many can move on now, of those of which that is known; ``None`` where no move leads on.
        ready_unknown: of how many that is not known.
        cards: the first of them, in the order of the board.
    """

    stage: str
    title: str
    outcome: Outcome
    probability: Decimal | None
    count: int
    amounts: tuple[Money, ...]
    amount_unknown: int
    weighted: tuple[Money, ...]
    weighted_unknown: int
    overdue: int
    due: int
    done: int
    no_tasks: int
    rotting: int
    held: int
    no_next_step: int
    ready: int | None
    ready_unknown: int
    cards: tuple[Card, ...]

    @property
    def more(self) -> int:
        """How many deals of it have no card."""
        return self.count - len(self.cards)

    @property
    def states(self) -> dict[TaskState, int]:
        """How many deals stand how with their tasks."""
        return {
            TaskState.OVERDUE: self.overdue,
            TaskState.DUE: self.due,
            TaskState.DONE: self.done,
            TaskState.NONE: self.no_tasks,
        }


@attrs.frozen(kw_only=True)
class PipelineBoard(View):
    """The pipeline at a moment.

    Attributes:
        name: what the process is called.
        at: the moment.
        zone: where the day of that moment is.
        order: which cards come first.
        columns: the stages, in their order.
        left_out: which deals are not on it, by reason.

    Example:
        ``print(board["closing"].count, board.text(width=120))``
    """

    name: str
    at: datetime
    zone: tzinfo
    order: CardOrder
    columns: tuple[Column, ...]
    left_out: tuple[LeftOut, ...] = ()

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, stage: str) -> Column:
        for column in self.columns:
            if column.stage == stage:
                return column
        raise UnknownName("stage", stage, (column.stage for column in self.columns), where="the board")

    @property
    def count(self) -> int:
        """How many deals are on it."""
        return sum(column.count for column in self.columns)

    def title(self, language: Language) -> str:
        """What it is called."""
        return language.label(Label.PIPELINE)

    def subject(self, language: Language) -> str:
        """What the process is called."""
        return language.own(self.name)

    @property
    def shown_at(self) -> datetime:
        """The moment that it shows, in its time zone."""
        return self.at.astimezone(self.zone)

    def section(self, language: Language) -> Element:
        """It as a part of a page."""
        from salesflow.board.pipeline_page import pipeline_section

        return pipeline_section(self, language)

    def picture(self, language: Language) -> Element:
        """It as a picture: the columns with their first cards."""
        from salesflow.board.pipeline_picture import pipeline_picture

        return pipeline_picture(self, language)

    def lines(self, width: int, language: Language) -> tuple[str, ...]:
        """It as lines for a terminal: a table of the stages, then the cards."""
        from salesflow.board.pipeline_text import pipeline_lines

        return tuple(pipeline_lines(self, width, language))


def pipeline_board(
    deals: Iterable[D | DealRow],
    process: SalesProcess[D],
    *,
    at: datetime,
    zone: tzinfo | str,
    cards: int | None = MOST_CARDS,
    order: CardOrder | str = CardOrder.URGENCY,
    outcomes: Outcome | str | Iterable[Outcome | str] = (Outcome.OPEN, Outcome.WON),
    working: WorkingTime | None = None,
) -> PipelineBoard:
    """The board of these deals.

    Of deals it says what is missing for their next move. Rows do not know that, and the board says so. What runs under
    another process, is in none of its stages or has an outcome that was not asked for is left out and counted.

    Args:
        deals: deals, or their rows; read once. A row that names no process is taken for one of this process.
        process: whose stages are the columns.
        at: the moment that counts as now. For a past moment give the deals, or rows, of then
            (:func:`~salesflow.measure.as_of_moments.rows_at`).
        zone: where the day of that moment is: a ``tzinfo``, or the name of a zone.
        cards: how many cards a column shows at most; ``None`` shows all.
        order: which cards come first.
        outcomes: which stages are columns, by what being in them means.
        working: counts working days instead of days where a deal may rot.

    Raises:
        InvalidValue: the moment has no time zone, ``cards`` lies below zero, or no outcome is asked for.
        WrongType: a deal is not of the class that the process works on.
        UnknownName: there is no such time zone, order or outcome.

    Example::

        board = pipeline_board(deals, StandardProcess(), at=now, zone="Asia/Jerusalem")
        board["closing"].overdue
    """
    if cards is not None and (type(cards) is not int or cards < 0):
        raise InvalidValue("a column shows 0 cards or more", field="cards", value=cards, way_out="give None for all")
    sight = Sight(process=process, at=moment(at, field="at"), zone=time_zone(zone), working=working)
    ranked = card_order(order)
    wanted = outcomes_of(outcomes)
    placed, left_out = _placed(deals, sight, wanted)
    return PipelineBoard(
        name=process.title or process.key,
        at=at,
        zone=sight.zone,
        order=ranked,
        columns=tuple(
            _column(stage, process, placed.get(stage.key, []), cards, ranked)
            for stage in process.stages
            if stage.outcome in wanted
        ),
        left_out=left_out,
    )


def _placed(
    deals: Iterable[D | DealRow], sight: Sight[D], outcomes: frozenset[Outcome]
) -> tuple[dict[str, list[DealAt]], tuple[LeftOut, ...]]:
    """The deals by stage, and those that are in none of the columns, by reason."""
    process = sight.process
    stages = {stage.key: (stage, _way_on(process, stage.key)) for stage in process.stages if stage.outcome in outcomes}
    workable = (DealRow, process.deal_type)
    placed: defaultdict[str, list[DealAt]] = defaultdict(list)
    left_out: defaultdict[str, list[str]] = defaultdict(list)
    for deal in deals:
        found = stages.get(deal.stage or "")
        if found is None or deal.outcome not in outcomes or deal.process != process.key:
            reason = _why_not(deal, process, outcomes)
            if reason is not None:
                left_out[reason].append(deal.id)
                continue
            found = stages[deal.stage or ""]
        if not isinstance(deal, workable):
            raise WrongType(
                f"process {process.key} works on {process.deal_type.__name__}",
                field="deals",
                value=type(deal).__name__,
                way_out="read them from the storage with that class",
            )
        placed[found[0].key].append(sight.looks_at(deal, *found))
    reasons = (LeftOut(reason=why, count=len(ids), ids=tuple(sorted(ids))) for why, ids in sorted(left_out.items()))
    return placed, tuple(reasons)


def _why_not(deal: Deal | DealRow, process: SalesProcess[D], outcomes: frozenset[Outcome]) -> str | None:
    if deal.process != process.key and not (isinstance(deal, DealRow) and not deal.process):
        return "it runs under another process"
    if deal.outcome not in outcomes:
        return f"it is {deal.outcome}"
    if deal.stage not in {stage.key for stage in process.stages if stage.outcome in outcomes}:
        return "its stage is not known" if not deal.stage else "its stage is none of the board"
    return None


def _way_on(process: SalesProcess[D], stage: str) -> Route[D] | None:
    """The way that ``sale.blockers()`` speaks of where nothing is said: the first of the moves that lead on."""
    ways = [route for route in process.routes if route.source == stage and route.move in process._forward]
    return min(ways, key=lambda route: process._forward.index(route.move), default=None)


def _column(
    stage: Stage[D], process: SalesProcess[D], deals: list[DealAt], cards: int | None, order: CardOrder
) -> Column:
    way = _way_on(process, stage.key)
    leads_to = None if way is None else process.stage(way.target).label
    key = ORDERS[order]
    first = sorted(deals, key=key) if cards is None else nsmallest(cards, deals, key=key)
    states = [one.tasks.state for one in deals]
    amounts = [one.deal.amount for one in deals if one.deal.amount is not None]
    weighted = [one.weighted for one in deals if one.weighted is not None]
    ready = [one.missing == () for one in deals if one.missing is not None]
    return Column(
        stage=stage.key,
        title=stage.label,
        outcome=stage.outcome,
        probability=stage.probability,
        count=len(deals),
        amounts=_by_currency(amounts),
        amount_unknown=len(deals) - len(amounts),
        weighted=_by_currency(weighted),
        weighted_unknown=len(deals) - len(weighted),
        overdue=states.count(TaskState.OVERDUE),
        due=states.count(TaskState.DUE),
        done=states.count(TaskState.DONE),
        no_tasks=states.count(TaskState.NONE),
        rotting=sum(one.rotting_for is not None for one in deals),
        held=sum(one.is_held for one in deals),
        no_next_step=sum(one.has_next_step is False for one in deals),
        ready=None if way is None else sum(ready),
        ready_unknown=0 if way is None else len(deals) - len(ready),
        cards=tuple(one.card(leads_to) for one in first),
    )


def _by_currency(amounts: Iterable[Money]) -> tuple[Money, ...]:
    found: defaultdict[str, list[Money]] = defaultdict(list)
    for amount in amounts:
        found[amount.currency].append(amount)
    return tuple(Money.total(found[code], currency=code) for code in sorted(found))
