"""Cards: one deal on the board, with what somebody who looks at it wants to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

import attrs

from salesflow.deal.deal import Deal
from salesflow.deal.tasks import Task, TaskStatus
from salesflow.measure.rows import DealRow, TaskRow
from salesflow.process.requirement import Unmet
from salesflow.values.moments import elapsed
from salesflow.values.money import Money

__all__ = ["Card", "NextStep", "TaskCounts", "TaskState", "next_step", "task_counts"]

_OPEN, _DONE = TaskStatus.OPEN, TaskStatus.DONE
_NOTHING = timedelta()


class TaskState(StrEnum):
    """How a deal stands with its tasks, by the most pressing of them."""

    OVERDUE = "overdue"
    DUE = "due"
    DONE = "done"
    NONE = "none"


@attrs.frozen
class TaskCounts:
    """The tasks of a deal, counted.

    Attributes:
        overdue: open, and should have been done before.
        today: open, and still to be done today, in the time zone of the board.
        later: open, and due on a later day, or without a date.
        done: done. What was canceled counts nowhere.
    """

    overdue: int = 0
    today: int = 0
    later: int = 0
    done: int = 0

    @property
    def due(self) -> int:
        """Those that are open and not overdue."""
        return self.today + self.later

    @property
    def open(self) -> int:
        """Those that are open."""
        return self.overdue + self.due

    @property
    def state(self) -> TaskState:
        """How the deal stands with them."""
        if self.overdue:
            return TaskState.OVERDUE
        if self.due:
            return TaskState.DUE
        return TaskState.DONE if self.done else TaskState.NONE


_NO_TASKS = TaskCounts()


def task_counts(tasks: Sequence[Task | TaskRow], at: datetime, zone: tzinfo) -> TaskCounts:
    """Count the tasks of a deal.

    Args:
        tasks: the tasks.
        at: the moment that counts as now; aware.
        zone: where the day of that moment is.
    """
    if not tasks:
        return _NO_TASKS
    overdue = today = later = done = 0
    for task in tasks:
        if task.status is _OPEN:
            if task.due_at is None:
                later += 1
            elif elapsed(task.due_at, at) > _NOTHING:
                overdue += 1
            elif task.due_at.astimezone(zone).date() == at.astimezone(zone).date():
                today += 1
            else:
                later += 1
        elif task.status is _DONE:
            done += 1
    return TaskCounts(overdue, today, later, done)


@attrs.frozen(kw_only=True)
class NextStep:
    """What is planned next for a deal.

    Attributes:
        what: the title of the task or the purpose of the meeting; ``None`` where a row does not say.
        at: when; ``None`` is open.
    """

    what: str | None = None
    at: datetime | None = None


_LAST = datetime.max.replace(tzinfo=UTC)


def next_step(deal: Deal | DealRow) -> NextStep | None:
    """The open task or planned meeting that comes first; ``None`` where there is none, or none is known of."""
    found = [NextStep(what=getattr(task, "title", None), at=task.due_at) for task in deal.tasks if task.status is _OPEN]
    if isinstance(deal, Deal):
        found += [NextStep(what=one.purpose, at=one.planned_for) for one in deal.meetings if one.is_planned]
    elif not found and deal.has_next_step:
        return NextStep()
    return min(found, key=lambda step: _LAST if step.at is None else step.at.astimezone(UTC), default=None)


@attrs.frozen(kw_only=True)
class Card:
    """One deal on the board.

    Attributes:
        deal_id: the deal.
        name: what it is called; ``None`` where a row does not say.
        owner: who is responsible; ``None`` is nobody yet.
        amount: its money value; ``None`` is not known, which is not zero.
        weighted: the amount times the chance, rounded half up to the minor unit; ``None`` where one of them is not known.
        age: how long it has been in its stage; ``None`` where that is not known.
        rotting_for: for how long it has stayed longer than its stage allows; ``None`` where it does not rot.
        is_held: whether it waits.
        held_until: the day on which it should be looked at again, where one is known.
        expected_close: the day on which it is expected to close.
        tasks: its tasks, counted.
        next_step: what is planned next, or ``None``.
        has_next_step: whether something is planned for an open deal; ``None`` where that is not known, or it is closed.
        missing: what is missing for the move that leads on, nothing where it can be made now; ``None`` where that is not
            known (a row does not say), or where no move leads on.
        leads_to: the title of the stage that this move leads to; ``None`` where no move leads on.
    """

    deal_id: str
    name: str | None
    owner: str | None = None
    amount: Money | None = None
    weighted: Money | None = None
    age: timedelta | None = None
    rotting_for: timedelta | None = None
    is_held: bool = False
    held_until: date | None = None
    expected_close: date | None = None
    tasks: TaskCounts = _NO_TASKS
    next_step: NextStep | None = None
    has_next_step: bool | None = None
    missing: tuple[Unmet, ...] | None = None
    leads_to: str | None = None

    @property
    def title(self) -> str:
        """What it is called, or its id."""
        return self.name or self.deal_id

    @property
    def is_rotting(self) -> bool:
        """Whether it has been in its stage for longer than the stage allows."""
        return self.rotting_for is not None

    @property
    def is_ready(self) -> bool | None:
        """Whether it can move on now; ``None`` where that is not known, or no move leads on."""
        return None if self.missing is None else not self.missing
