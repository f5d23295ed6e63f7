"""Rotting deals: those that have been in their stage for longer than the stage says that they may.

How long is said by the stage (``rots_after``), and may be meant in days of the calendar or in working days: three weeks in
which nobody worked are no sign that a deal is stuck. Which one counts is an argument, and the result says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Never, Protocol

import attrs

from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, WrongType
from salesflow.measure.result import LeftOut
from salesflow.measure.rows import DealRow
from salesflow.process.stage import Stage
from salesflow.values.moments import elapsed, moment
from salesflow.values.working_time import WorkingTime

__all__ = ["RottingDeal", "RottingDeals", "Staged", "rots_at", "rotting_deals"]


class Staged(Protocol):
    """What knows the stages of its deals: every ``SalesProcess`` does."""

    @property
    def key(self) -> str:
        """The key of the process, which its deals keep."""
        ...

    @property
    def stages(self) -> tuple[Stage[Never], ...]:
        """Its stages."""
        ...


@attrs.frozen(kw_only=True)
class RottingDeal:
    """A deal that has been in its stage for too long.

    Attributes:
        deal_id: the deal.
        owner: who is responsible for it.
        stage: the key of the stage that it is in.
        entered_at: when it entered it.
        rots_at: until when it might have stayed there.
        over: how much time has passed since then, days of rest included.
    """

    deal_id: str
    owner: str | None
    stage: str
    entered_at: datetime
    rots_at: datetime
    over: timedelta


@attrs.frozen(kw_only=True)
class RottingDeals:
    """The deals that rot: the longest first, equals by id.

    Attributes:
        at: the moment that they were looked at.
        working: the working days that were counted, or ``None`` where all days were.
        deals: the deals.
        left_out: which open deals were not looked at, by reason.
    """

    at: datetime
    working: WorkingTime | None
    deals: tuple[RottingDeal, ...]
    left_out: tuple[LeftOut, ...]

    def __iter__(self) -> Iterator[RottingDeal]:
        return iter(self.deals)

    def __len__(self) -> int:
        return len(self.deals)


def rots_at(entered_at: datetime, rots_after: timedelta, *, working: WorkingTime | None = None) -> datetime:
    """Until when a deal may stay in its stage.

    Args:
        entered_at: when it entered it.
        rots_after: how long it may stay.
        working: counts its whole days as working days, to the same time on the clock; what it says beyond whole days is
            added as time that passes. ``None`` counts all days, of 24 hours.

    Raises:
        WrongType: ``rots_after`` is no ``timedelta``.
        InvalidValue: the moment has no time zone, or nothing is said how long, or the calendar ends before.
    """
    moment(entered_at, field="entered_at")
    if not isinstance(rots_after, timedelta):
        raise WrongType("must be a timedelta", field="rots_after", value=rots_after, way_out="give timedelta(days=21)")
    if rots_after <= timedelta():
        raise InvalidValue("a deal may stay for some time", field="rots_after", value=rots_after, way_out="give more")
    if working is None:
        start, passes = entered_at, rots_after
    else:
        start = working.add_days(entered_at, rots_after.days)
        passes = rots_after - timedelta(days=rots_after.days)
    try:
        return (start.astimezone(UTC) + passes).astimezone(start.tzinfo)
    except OverflowError:
        raise InvalidValue("the calendar ends before", field="rots_after", value=rots_after) from None


def rotting_deals(
    deals: Iterable[Deal | DealRow],
    processes: Staged | Iterable[Staged],
    *,
    at: datetime,
    working: WorkingTime | None = None,
) -> RottingDeals:
    """The open deals that have been in their stage for longer than it says that they may.

    A deal that has been there for exactly as long does not rot yet. Deals on hold wait on purpose and are left out, as are
    deals in stages without ``rots_after``; the result counts them.

    Args:
        deals: deals, or their rows; read one by one. A row that names no process is taken for one of the process, where
            there is one only.
        processes: the process, or several, that say how long deals may stay.
        at: the moment that counts as now; a later one tells which deals will rot by then if nothing moves.
        working: counts working days instead of days.

    Raises:
        InvalidValue: the moment has no time zone.

    Example:
        ``rotting_deals(deals, StandardProcess(), at=now).deals``
    """
    moment(at, field="at")
    given = tuple(processes) if isinstance(processes, Iterable) else (processes,)
    limits = {(process.key, stage.key): stage.rots_after for process in given for stage in process.stages}
    if len(given) == 1:
        limits |= {("", stage.key): stage.rots_after for stage in given[0].stages}
    found: list[RottingDeal] = []
    left_out: dict[str, list[str]] = {}
    for deal in deals:
        if not deal.is_open:
            continue
        told = _rotting(deal, limits, at, working)
        if isinstance(told, RottingDeal):
            found.append(told)
        elif told is not None:
            left_out.setdefault(told, []).append(deal.id)
    found.sort(key=lambda one: (one.rots_at.astimezone(UTC), one.deal_id))
    reasons = (LeftOut(reason=why, count=len(ids), ids=tuple(ids)) for why, ids in sorted(left_out.items()))
    return RottingDeals(at=at, working=working, deals=tuple(found), left_out=tuple(reasons))


def _rotting(
    deal: Deal | DealRow,
    limits: dict[tuple[str, str], timedelta | None],
    at: datetime,
    working: WorkingTime | None,
) -> RottingDeal | str | None:
    """The deal if it rots, the reason if it cannot be said, or ``None`` if it does not rot."""
    place = (deal.process, deal.stage or "")
    limit = limits.get(place)
    if _is_held(deal):
        return "it is on hold"
    if place not in limits:
        return "its stage is none of the processes given"
    if limit is None:
        return "its stage does not say how long a deal may stay"
    if deal.entered_at is None:
        return "it is not known when it entered its stage"
    ends = rots_at(deal.entered_at, limit, working=working)
    over = elapsed(ends, at)
    if over <= timedelta():
        return None
    return RottingDeal(
        deal_id=deal.id, owner=deal.owner, stage=place[1], entered_at=deal.entered_at, rots_at=ends, over=over
    )


def _is_held(deal: Deal | DealRow) -> bool:
    return deal.is_on_hold if isinstance(deal, Deal) else deal.held_since is not None
