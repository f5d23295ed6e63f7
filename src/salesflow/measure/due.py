"""What is due: the open tasks of many deals, by when they are due.

Whether something is due today depends on where the day is: at half past eleven in the evening in London it is tomorrow in
Jerusalem. So the moment and the time zone are given, and the same deals give the same list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

import attrs

from salesflow.deal.deal import Deal
from salesflow.deal.tasks import Task, TaskStatus
from salesflow.errors import WrongType
from salesflow.measure.rows import DealRow, TaskRow
from salesflow.values.moments import elapsed, moment
from salesflow.values.working_time import time_zone

__all__ = ["DueTask", "DueTasks", "Urgency", "due_tasks"]


_NOTHING = timedelta()


class Urgency(StrEnum):
    """How near the moment is until which something is to be done."""

    OVERDUE = "overdue"
    TODAY = "due today"
    COMING = "coming"
    UNDATED = "without a date"


@attrs.frozen(kw_only=True)
class DueTask:
    """An open task of a deal, and how near it is.

    Attributes:
        deal_id: the deal.
        task: the task, as the deal or its row has it.
        due_at: until when, in the time zone that was asked for; ``None`` is open-ended.
        urgency: how near that is.
    """

    deal_id: str
    task: Task | TaskRow
    due_at: datetime | None
    urgency: Urgency

    @property
    def owner(self) -> str | None:
        """Who is responsible for it; ``None`` is nobody yet."""
        return self.task.owner


@attrs.frozen(kw_only=True)
class DueTasks:
    """Open tasks: what is due first comes first, what has no date last; equals by deal and by number.

    Attributes:
        at: the moment that "overdue" and "today" go by.
        zone: where the day of that moment is.
        tasks: the tasks.
    """

    at: datetime
    zone: tzinfo
    tasks: tuple[DueTask, ...]

    def __iter__(self) -> Iterator[DueTask]:
        return iter(self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)

    @property
    def overdue(self) -> tuple[DueTask, ...]:
        """Those that should have been done before, earlier today too; the longest overdue first."""
        return self._that_are(Urgency.OVERDUE)

    @property
    def today(self) -> tuple[DueTask, ...]:
        """Those that are still to be done in what is left of the day."""
        return self._that_are(Urgency.TODAY)

    @property
    def coming(self) -> tuple[DueTask, ...]:
        """Those that are due on a later day."""
        return self._that_are(Urgency.COMING)

    @property
    def undated(self) -> tuple[DueTask, ...]:
        """Those that nobody gave a date."""
        return self._that_are(Urgency.UNDATED)

    def _that_are(self, urgency: Urgency) -> tuple[DueTask, ...]:
        return tuple(one for one in self.tasks if one.urgency is urgency)


def due_tasks(
    deals: Iterable[Deal | DealRow],
    *,
    at: datetime,
    zone: tzinfo | str,
    owners: Collection[str | None] | None = None,
    until: datetime | None = None,
) -> DueTasks:
    """The open tasks of many deals, whatever became of the deals: goods are delivered after the sale was won.

    Args:
        deals: deals, or their rows; read one by one.
        at: the moment that counts as now.
        zone: where the day of that moment is: a ``tzinfo``, or the name of a zone.
        owners: whose tasks; ``None`` among them stands for nobody. Everybody's, where it is not given.
        until: only what is due before this moment; tasks without a date are then left out.

    Returns:
        The tasks in the order of :class:`DueTasks`.

    Raises:
        WrongType: something is of the wrong kind.
        InvalidValue: a moment has no time zone.
        UnknownName: there is no such time zone.

    Example:
        ``due_tasks(deals, at=now, zone="Asia/Jerusalem", owners=["noa"]).overdue``
    """
    moment(at, field="at")
    if until is not None:
        moment(until, field="until")
    if isinstance(owners, str):
        raise WrongType("must be a list of owners", field="owners", value=owners, way_out="give ['noa'], say")
    where = time_zone(zone)
    found = [_due(deal.id, task, at.astimezone(where)) for deal in deals for task in deal.tasks if _is_open(task)]
    asked = [
        one
        for one in found
        if (owners is None or one.owner in owners)
        and (until is None or (one.due_at is not None and elapsed(one.due_at, until) > _NOTHING))
    ]
    return DueTasks(at=at, zone=where, tasks=tuple(sorted(asked, key=_in_order)))


def _is_open(task: Task | TaskRow) -> bool:
    return task.status is TaskStatus.OPEN


def _due(deal_id: str, task: Task | TaskRow, now: datetime) -> DueTask:
    due_at = None if task.due_at is None else task.due_at.astimezone(now.tzinfo)
    return DueTask(deal_id=deal_id, task=task, due_at=due_at, urgency=_urgency(due_at, now))


def _urgency(due_at: datetime | None, now: datetime) -> Urgency:
    if due_at is None:
        return Urgency.UNDATED
    if elapsed(due_at, now) > _NOTHING:
        return Urgency.OVERDUE
    return Urgency.TODAY if due_at.date() == now.date() else Urgency.COMING


_LAST = datetime.max.replace(tzinfo=UTC)


def _in_order(one: DueTask) -> tuple[datetime, bool, str, int]:
    due_at = _LAST if one.due_at is None else one.due_at.astimezone(UTC)
    return due_at, one.due_at is None, one.deal_id, one.task.id
