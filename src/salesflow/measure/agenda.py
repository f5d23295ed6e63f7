"""The agenda of the weekly meeting, derived from two moments: what is new, what moved, what is stuck.

Nobody has to prepare it. The pipeline as it was at the last meeting and as it is now says what there is to talk about, and
the meeting before says what was promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import attrs

from salesflow.deal.objections import ObjectionStatus
from salesflow.errors import InvalidValue
from salesflow.measure.meeting import Decision, TeamMeeting
from salesflow.measure.rotting_deals import RottingDeal, Staged, rotting_deals
from salesflow.measure.rows import DealRow, ObjectionRow
from salesflow.outcome import Outcome
from salesflow.values.moments import moment
from salesflow.values.money import Money
from salesflow.values.working_time import WorkingTime

__all__ = ["Agenda", "AmountChange", "OpenObjection", "Pushed", "StageMove", "weekly_agenda"]

_OPEN_OBJECTIONS = (ObjectionStatus.RAISED, ObjectionStatus.ANSWERED)


@attrs.frozen(kw_only=True)
class StageMove:
    """A deal that is in another stage than before.

    Attributes:
        deal: the deal as it is now.
        source: the stage that it was in.
        target: the stage that it is in.
    """

    deal: DealRow
    source: str | None
    target: str | None


@attrs.frozen(kw_only=True)
class Pushed:
    """A deal whose close is expected later than before.

    Attributes:
        deal: the deal as it is now.
        before: the day that was expected.
        now: the day that is expected.
    """

    deal: DealRow
    before: date
    now: date

    @property
    def days(self) -> int:
        """By how many days."""
        return (self.now - self.before).days


@attrs.frozen(kw_only=True)
class AmountChange:
    """An open deal that is worth something else than before.

    Attributes:
        deal: the deal as it is now.
        before: what it was worth; ``None`` was not known.
        now: what it is worth; ``None`` is not known.
    """

    deal: DealRow
    before: Money | None
    now: Money | None


@attrs.frozen(kw_only=True)
class OpenObjection:
    """An objection that is not settled.

    Attributes:
        deal: the deal.
        objection: the objection.
        is_new: whether it was raised since the last meeting.
    """

    deal: DealRow
    objection: ObjectionRow
    is_new: bool


@attrs.frozen(kw_only=True)
class Agenda:
    """What there is to talk about. Every list is in the order of expected close, then of ids; undated deals come last.

    Attributes:
        since: the moment of the last meeting.
        at: the moment of this one.
        new: deals that were opened since.
        won, lost: deals that were closed since.
        moved: open deals that are in another stage than before, reopened ones included.
        amounts: open deals that are worth something else than before.
        stuck: open deals that have been in their stage for too long; the longest first.
        pushed: open deals whose close was put off.
        closing_soon: open deals whose close is expected within ``closing_within``, or was expected before.
        closing_within: how far ahead that looks.
        without_next_step: open deals for which nothing is planned.
        unknown_next_step: how many open deals there are of which nobody knows whether something is planned.
        objections: what is not settled.
        promises: what was decided in the last meeting, or before, and is to be reported on.
    """

    since: datetime
    at: datetime
    new: tuple[DealRow, ...]
    won: tuple[DealRow, ...]
    lost: tuple[DealRow, ...]
    moved: tuple[StageMove, ...]
    amounts: tuple[AmountChange, ...]
    stuck: tuple[RottingDeal, ...]
    pushed: tuple[Pushed, ...]
    closing_soon: tuple[DealRow, ...]
    closing_within: timedelta
    without_next_step: tuple[DealRow, ...]
    unknown_next_step: int
    objections: tuple[OpenObjection, ...]
    promises: tuple[Decision, ...]


def weekly_agenda(
    before: Iterable[DealRow],
    now: Iterable[DealRow],
    *,
    since: datetime,
    at: datetime,
    processes: Staged | Iterable[Staged] = (),
    last_meeting: TeamMeeting | None = None,
    closing_within: timedelta = timedelta(days=14),
    working: WorkingTime | None = None,
) -> Agenda:
    """The agenda, from the pipeline at two moments.

    Args:
        before: the deals as they were at the last meeting: ``replayed(storage, as_of=since)``.
        now: the deals as they are: ``replayed(storage, as_of=at)``.
        since: the moment of the last meeting.
        at: the moment of this one; the day of it, in its zone, is today.
        processes: the processes of the deals, which say how long a deal may stay in a stage; without them nothing is stuck.
        last_meeting: the meeting before; its open decisions are last week's promises.
        closing_within: how far ahead "closing soon" looks; two weeks, which is our own choice.
        working: counts the time in a stage in working days; ``None`` counts all days.

    Raises:
        InvalidValue: this meeting is not after the last one, a moment has no time zone, or a deal comes twice.

    Example::

        this_week = weekly_agenda(
            replayed(storage, as_of=last_monday), replayed(storage, as_of=monday), since=last_monday, at=monday,
            processes=process, last_meeting=last_meeting,
        )
    """
    if moment(at, field="at") <= moment(since, field="since"):
        raise InvalidValue(
            "a meeting is after the last one", field="at", value=at.isoformat(), way_out="give a later moment"
        )
    was, is_now = _by_id(before, "before"), _by_id(now, "now")
    ordered = sorted(is_now.values(), key=_in_order)
    known = [deal for deal in ordered if deal.id in was]
    open_ = [deal for deal in ordered if deal.is_open]
    return Agenda(
        since=since,
        at=at,
        new=tuple(deal for deal in ordered if deal.id not in was),
        won=_closed(ordered, was, Outcome.WON),
        lost=_closed(ordered, was, Outcome.LOST),
        moved=_moved(known, was),
        amounts=_amounts(known, was),
        stuck=rotting_deals(open_, processes, at=at, working=working).deals,
        pushed=_pushed(known, was),
        closing_soon=_closing_soon(open_, at.date() + closing_within),
        closing_within=closing_within,
        without_next_step=tuple(deal for deal in open_ if deal.has_next_step is False),
        unknown_next_step=sum(deal.has_next_step is None for deal in open_),
        objections=_objections(open_, since),
        promises=() if last_meeting is None else last_meeting.open_decisions,
    )


def _by_id(deals: Iterable[DealRow], name: str) -> dict[str, DealRow]:
    found: dict[str, DealRow] = {}
    for deal in deals:
        if deal.id in found:
            raise InvalidValue("a deal comes once", field=name, value=deal.id, way_out="give one row for each deal")
        found[deal.id] = deal
    return found


def _in_order(deal: DealRow) -> tuple[bool, date, str]:
    return deal.expected_close is None, deal.expected_close or date.max, deal.id


def _closed(deals: Iterable[DealRow], was: Mapping[str, DealRow], outcome: Outcome) -> tuple[DealRow, ...]:
    return tuple(
        deal
        for deal in deals
        if deal.outcome is outcome and (deal.id not in was or was[deal.id].outcome is not outcome)
    )


def _moved(known: Iterable[DealRow], was: Mapping[str, DealRow]) -> tuple[StageMove, ...]:
    return tuple(
        StageMove(deal=deal, source=was[deal.id].stage, target=deal.stage)
        for deal in known
        if deal.is_open and deal.stage != was[deal.id].stage
    )


def _amounts(known: Iterable[DealRow], was: Mapping[str, DealRow]) -> tuple[AmountChange, ...]:
    return tuple(
        AmountChange(deal=deal, before=was[deal.id].amount, now=deal.amount)
        for deal in known
        if deal.is_open and deal.amount != was[deal.id].amount
    )


def _pushed(known: Iterable[DealRow], was: Mapping[str, DealRow]) -> tuple[Pushed, ...]:
    found = []
    for deal in known:
        before, now = was[deal.id].expected_close, deal.expected_close
        if deal.is_open and before is not None and now is not None and now > before:
            found.append(Pushed(deal=deal, before=before, now=now))
    return tuple(found)


def _closing_soon(open_: Iterable[DealRow], until: date) -> tuple[DealRow, ...]:
    return tuple(deal for deal in open_ if deal.expected_close is not None and deal.expected_close <= until)


def _objections(open_: Iterable[DealRow], since: datetime) -> tuple[OpenObjection, ...]:
    return tuple(
        OpenObjection(deal=deal, objection=objection, is_new=objection.raised_at > since)
        for deal in open_
        for objection in deal.objections
        if objection.status in _OPEN_OBJECTIONS
    )
