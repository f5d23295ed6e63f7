"""Strategies for deals and leads that were worked: sales at any stage of any process, histories, changes, rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from salesflow.changes import ChangeSet
from salesflow.deal.deal import Deal
from salesflow.errors import SalesflowError
from salesflow.event import Event, Recorded
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_work import LeadWork
from salesflow.measure.replay import replayed
from salesflow.measure.rows import DealRow
from salesflow.people.lead import Lead
from salesflow.process.definition import SalesProcess
from salesflow.process.engine import Process
from salesflow.sale import Sale
from salesflow.testing.strategies.desk_work import LEAD_WORK, SALE_WORK, DeskWork
from salesflow.testing.walking import Arrived, lead_walk, sale_walk

D = TypeVar("D", bound=Deal)
L = TypeVar("L", bound=Lead)

__all__ = ["change_sets", "deal_rows", "histories", "lead_works", "sales"]

_MOST_WORK = 4
_Walk = Callable[[Any, str, Any], Arrived[Any]]


def sales(
    process: SalesProcess[D] | type[SalesProcess[D]],
    /,
    *,
    stages: Sequence[str] | None = None,
    deals: SearchStrategy[D] | None = None,
    satisfy: Mapping[str, Callable[[Sale[D]], object]] | None = None,
    work: Mapping[str, DeskWork] | None = None,
) -> SearchStrategy[Sale[D]]:
    """Sales of deals at any stage of a process, in which a little was done already.

    A stage that cannot be reached is an error, not a gap: give ``satisfy``, or leave the stage out.

    Args:
        process: the process, or its class.
        stages: the keys of the stages that are wanted; all of them where they are not given.
        deals: drafts; the builder's deal where it is not given.
        satisfy: what does what a requirement of yours asks for, by its name.
        work: what else is done at the desks, by a name for each.

    Example::

        @given(sales(SaaSProcess, stages=["security_review", "closing"]))
        def test_no_deal_is_lost_without_a_reason(sale): ...
    """
    made = process if isinstance(process, Process) else process()
    keys = tuple(stages) if stages is not None else tuple(stage.key for stage in made.stages)
    known = {**SALE_WORK, **(work or {})}
    return cast(
        "SearchStrategy[Sale[D]]",
        _worked(made, keys, deals, known, _sale_walk(satisfy)).map(lambda arrived: arrived.work),
    )


def lead_works(
    process: LeadProcess[L] | type[LeadProcess[L]],
    /,
    *,
    stages: Sequence[str] | None = None,
    leads: SearchStrategy[L] | None = None,
    satisfy: Mapping[str, Callable[[LeadWork[L]], object]] | None = None,
    work: Mapping[str, DeskWork] | None = None,
) -> SearchStrategy[LeadWork[L]]:
    """Units of work on leads at any stage of a process; otherwise as :func:`sales`."""
    made = process if isinstance(process, Process) else process()
    keys = tuple(stages) if stages is not None else tuple(stage.key for stage in made.stages)
    known = {**LEAD_WORK, **(work or {})}
    return cast(
        "SearchStrategy[LeadWork[L]]",
        _worked(made, keys, leads, known, _lead_walk(satisfy)).map(lambda arrived: arrived.work),
    )


def histories(
    process: SalesProcess[D] | type[SalesProcess[D]],
    /,
    *,
    stages: Sequence[str] | None = None,
    satisfy: Mapping[str, Callable[[Sale[D]], object]] | None = None,
) -> SearchStrategy[tuple[Event[D], ...]]:
    """All events of a deal, the first of which opens it: what :func:`salesflow.event.fold` makes a deal of.

    Args:
        process, stages, satisfy: as in :func:`sales`.
    """
    made = process if isinstance(process, Process) else process()
    keys = tuple(stages) if stages is not None else tuple(stage.key for stage in made.stages)
    drawn = _worked(made, keys, None, SALE_WORK, _sale_walk(satisfy))
    return cast(
        "SearchStrategy[tuple[Event[D], ...]]", drawn.map(lambda arrived: (*arrived.past, *arrived.work.events))
    )


def change_sets(process: SalesProcess[D] | type[SalesProcess[D]], /) -> SearchStrategy[ChangeSet]:
    """What units of work hand over: the opening of a deal with more done in it, or a change of one that was there."""
    made = process if isinstance(process, Process) else process()
    return sales(made).map(lambda sale: sale.changes)


def deal_rows(process: SalesProcess[D] | type[SalesProcess[D]], /) -> SearchStrategy[DealRow]:
    """Rows to be measured, as the history of a deal makes them: visits, objections and tasks fit together."""

    def row(events: tuple[Event[Any], ...]) -> DealRow:
        entries = [
            Recorded(kind=Deal, id=events[0].deal.id, version=number, event=event)  # type: ignore[attr-defined]  # the first event opens the deal
            for number, event in enumerate(events, 1)
        ]
        return next(iter(replayed(entries)))

    return histories(process).map(row)


def _sale_walk(satisfy: Mapping[str, Callable[[Any], object]] | None) -> _Walk:
    return lambda process, stage, deal: sale_walk(process, stage, deal=deal, satisfy=satisfy)


def _lead_walk(satisfy: Mapping[str, Callable[[Any], object]] | None) -> _Walk:
    return lambda process, stage, lead: lead_walk(process, stage, lead=lead, satisfy=satisfy)


@st.composite
def _worked(
    draw: DrawFn,
    process: Any,
    stages: Sequence[str],
    drafts: SearchStrategy[Any] | None,
    known: Mapping[str, DeskWork],
    walk: _Walk,
) -> Arrived[Any]:
    """A unit of work at a stage, in which a little was done, and the events before it."""
    draft = None if drafts is None else draw(drafts)
    arrived = walk(process, draw(st.sampled_from(stages)), draft)
    for name in draw(st.lists(st.sampled_from(sorted(known)), max_size=_MOST_WORK)):
        with suppress(SalesflowError):  # it cannot be done here
            known[name](arrived.work, draw)
    return arrived
