"""Tasks: what has to be done for a deal, by whom, and until when.

A task stays with the deal when the deal is won or lost: the goods still have to be delivered, and whoever
said no this year may be called again next year.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import attrs

from salesflow.deal.children import as_it_is, find, next_id, replaced
from salesflow.deal.desk import D, Desk
from salesflow.errors import NotNow
from salesflow.event import Event
from salesflow.outcome import Outcome
from salesflow.values.moments import elapsed, is_optional_moment
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import is_line, is_optional_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "Task",
    "TaskAdded",
    "TaskCanceled",
    "TaskCompleted",
    "TaskReassigned",
    "TaskReopened",
    "TaskRescheduled",
    "TaskStatus",
    "TasksDesk",
]


class TaskStatus(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    CANCELED = "canceled"


@attrs.frozen(kw_only=True)
class Task:
    """Something that has to be done.

    Attributes:
        id: its number within the deal, from 1.
        title: what has to be done, a line.
        due_at: until when; aware; ``None`` is open-ended.
        owner: who is responsible; ``None`` is nobody yet.
        kind: what sort of task it is, in your own words ("call").
        status: what became of it.
        stage: the stage that the deal was in when it was added.
        created_at: when it was added.
        done_at: when it was completed or canceled.
        note: what was noted when it was completed, canceled or reopened.
    """

    id: int
    title: str = attrs.field(metadata=personal(ERASED))
    due_at: datetime | None = None
    owner: str | None = None
    kind: str | None = None
    status: TaskStatus = TaskStatus.OPEN
    stage: str = ""
    created_at: datetime
    done_at: datetime | None = None
    note: str = attrs.field(default="", metadata=personal())

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.status is TaskStatus.OPEN

    def is_overdue(self, at: datetime) -> bool:
        """Whether it should have been done before this moment.

        Args:
            at: an aware datetime. At the very moment when it is due, a task is not overdue yet.
        """
        return self.is_open and self.due_at is not None and elapsed(self.due_at, at) > timedelta()


@attrs.frozen(kw_only=True)
class TaskAdded(Event["Deal"]):
    """Something has to be done."""

    task_id: int
    title: str = attrs.field(validator=is_line(personal=True), metadata=personal(ERASED))
    due_at: datetime | None = attrs.field(default=None, validator=is_optional_moment())
    owner: str | None = attrs.field(default=None, validator=is_optional_line())
    kind: str | None = attrs.field(default=None, validator=is_optional_line(limit=60))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more task."""
        task = Task(
            id=self.task_id,
            title=self.title,
            due_at=self.due_at,
            owner=self.owner,
            kind=self.kind,
            stage=deal.stage,
            created_at=self.at,
        )
        return deal.changed_by(self, tasks=(*deal.tasks, task))


@attrs.frozen(kw_only=True)
class _TaskChanged(Event["Deal"]):
    task_id: int

    def _replace(self, deal: Deal, **changes: object) -> Deal:
        task = find(deal.tasks, self.task_id, kind="task")
        changed = attrs.evolve(task, **changes)  # type: ignore[arg-type]  # the callers below name the fields
        return deal.changed_by(self, tasks=replaced(deal.tasks, changed))


@attrs.frozen(kw_only=True)
class TaskCompleted(_TaskChanged):
    """A task was done."""

    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this task done."""
        return self._replace(deal, status=TaskStatus.DONE, done_at=self.at, note=self.note)


@attrs.frozen(kw_only=True)
class TaskCanceled(_TaskChanged):
    """A task need not be done any more."""

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this task canceled."""
        return self._replace(deal, status=TaskStatus.CANCELED, done_at=self.at, note=self.reason)


@attrs.frozen(kw_only=True)
class TaskReopened(_TaskChanged):
    """A task has to be done after all, or again."""

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this task open again."""
        return self._replace(deal, status=TaskStatus.OPEN, done_at=None, note=self.reason)


@attrs.frozen(kw_only=True)
class TaskReassigned(_TaskChanged):
    """Somebody else is responsible for a task now."""

    owner: str | None = attrs.field(default=None, validator=is_optional_line())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this task in other hands."""
        return self._replace(deal, owner=self.owner)


@attrs.frozen(kw_only=True)
class TaskRescheduled(_TaskChanged):
    """A task is due at another moment now."""

    due_at: datetime | None = attrs.field(default=None, validator=is_optional_moment())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this task due at another moment."""
        return self._replace(deal, due_at=self.due_at)


class TasksDesk(Desk[D]):
    """Where it is kept what has to be done: ``sale.tasks``. It works whatever became of the deal."""

    __slots__ = ()

    works_while: ClassVar[frozenset[Outcome]] = frozenset(Outcome)

    @property
    def open(self) -> tuple[Task, ...]:
        """The tasks that still have to be done."""
        return tuple(task for task in self.deal.tasks if task.is_open)

    @property
    def overdue(self) -> tuple[Task, ...]:
        """The tasks that should have been done before the moment of the sale."""
        return tuple(task for task in self.deal.tasks if task.is_overdue(self._sale.at))

    def add(
        self,
        title: str,
        *,
        due_at: datetime | None = None,
        owner: str | None = None,
        kind: str | None = None,
    ) -> Task:
        """Record that something has to be done.

        Args:
            title: what; up to 200 characters.
            due_at: until when; aware. It may lie in the past: then the task is overdue from the start.
            owner: who is responsible; the owner of the deal where not given.
            kind: what sort of task it is, in your own words; up to 60 characters.

        Returns:
            The task, with its number.

        Raises:
            InvalidValue: a text is blank or too long, or the moment has no time zone.

        Example:
            ``sale.tasks.add("call after the delivery", due_at=friday, kind="call")``
        """
        self._check_open("add a task")
        self._record(
            TaskAdded(
                at=self._sale.at,
                by=self._sale.by,
                task_id=next_id(self.deal.tasks),
                title=title,
                due_at=due_at,
                owner=self.deal.owner if owner is None else owner,
                kind=kind,
            )
        )
        return self.deal.tasks[-1]

    def complete(self, task: Task | int, *, note: str = "") -> Task:
        """Record that a task was done.

        Raises:
            UnknownName: the deal has no such task.
            NotNow: it is done or canceled.
        """
        found = self._open(task, "complete")
        self._record(TaskCompleted(at=self._sale.at, by=self._sale.by, task_id=found.id, note=note))
        return self._now(found)

    def cancel(self, task: Task | int, *, reason: str) -> Task:
        """Record that a task need not be done any more.

        Raises:
            UnknownName: the deal has no such task.
            NotNow: it is done or canceled.
        """
        found = self._open(task, "cancel")
        self._record(TaskCanceled(at=self._sale.at, by=self._sale.by, task_id=found.id, reason=reason))
        return self._now(found)

    def reopen(self, task: Task | int, *, reason: str) -> Task:
        """Record that a task has to be done after all, or again.

        Raises:
            UnknownName: the deal has no such task.
            NotNow: it is open anyway.
        """
        self._check_open("reopen a task")
        found = find(self.deal.tasks, task, kind="task")
        if found.is_open:
            raise NotNow(
                id=self.deal.id,
                tried=f"reopen task {found.id}",
                because="it is open",
                way_out="complete or cancel it",
            )
        self._record(TaskReopened(at=self._sale.at, by=self._sale.by, task_id=found.id, reason=reason))
        return self._now(found)

    def reassign(self, task: Task | int, *, owner: str | None) -> Task:
        """Record that somebody else is responsible for a task.

        Args:
            task: the task, or its number.
            owner: who; ``None`` for nobody yet.

        Raises:
            UnknownName: the deal has no such task.
            NotNow: it is done or canceled.
        """
        found = self._open(task, "reassign")
        self._record(TaskReassigned(at=self._sale.at, by=self._sale.by, task_id=found.id, owner=owner))
        return self._now(found)

    def reschedule(self, task: Task | int, *, due_at: datetime | None) -> Task:
        """Record that a task is due at another moment.

        Args:
            task: the task, or its number.
            due_at: until when; aware; ``None`` for open-ended.

        Raises:
            UnknownName: the deal has no such task.
            NotNow: it is done or canceled.
        """
        found = self._open(task, "reschedule")
        self._record(TaskRescheduled(at=self._sale.at, by=self._sale.by, task_id=found.id, due_at=due_at))
        return self._now(found)

    def _open(self, task: Task | int, doing: str) -> Task:
        self._check_open(f"{doing} a task")
        found = find(self.deal.tasks, task, kind="task")
        if not found.is_open:
            raise NotNow(
                id=self.deal.id,
                tried=f"{doing} task {found.id}",
                because=f"it is {found.status}",
                way_out="reopen it first",
            )
        return found

    def _now(self, task: Task) -> Task:
        return as_it_is(self.deal.tasks, task)
