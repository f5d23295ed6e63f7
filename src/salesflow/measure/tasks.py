"""Tasks in numbers: whether what was due was done in time, the short term and the long term apart.

Short term is what was due within some days of being added, such as a call back tomorrow; long term is the rest. A task
that is not due yet has not failed yet, and one that was done early counts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import attrs

from salesflow.deal.tasks import TaskStatus
from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.grouping import in_order
from salesflow.measure.metric import DealMetric, DealTally, Metric, Noted, Tally
from salesflow.measure.result import Group, Groups, LeftOut, Result
from salesflow.measure.rows import DealRow, TaskRow
from salesflow.measure.shares_of import merged, share
from salesflow.measure.spread import TO_34_DIGITS
from salesflow.values.moments import Period, moment

__all__ = ["TaskCompletion", "TaskCounts", "TaskResult", "TaskTally", "TasksBy", "TasksByTally"]

OPEN_ENDED = "it has no due date"
CANCELED = "it was canceled"
LATER = "it was added later"
NOT_DUE = "it is not due yet"
OUTSIDE = "it is due outside the period"


@attrs.frozen(kw_only=True)
class TaskCounts:
    """What became of tasks that were due.

    Attributes:
        on_time_rate: done in time, by all that were due.
        on_time: how many were done until they were due.
        late: how many were done after that.
        overdue: how many are not done although they were due.
    """

    on_time_rate: Result[Decimal]
    on_time: int
    late: int
    overdue: int

    @property
    def due(self) -> int:
        """How many there are in all."""
        return self.on_time + self.late + self.overdue


@attrs.frozen(kw_only=True)
class TaskResult(TaskCounts):
    """What became of tasks that were due, and of each term apart.

    Attributes:
        short_term: those that were due soon after they were added.
        long_term: the others.
        left_out: which tasks were not taken, by reason; its ids are those of their deals.
    """

    short_term: TaskCounts
    long_term: TaskCounts
    left_out: tuple[LeftOut, ...]


def _utc(value: datetime) -> datetime:
    return moment(value, field="at").astimezone(UTC)


@attrs.frozen(kw_only=True)
class TaskCompletion(DealMetric[TaskResult]):
    """Whether tasks are done in time.

    Attributes:
        at: the moment at which they are looked at.
        due: only tasks that are due in this half-open period; ``None`` is all time.
        short_term: how soon after it was added a task is due at most to be of the short term; a week where nothing is said
            (our own choice).
        tasks: only tasks for which it says yes.

    Example::

        week = TaskCompletion(at=now, due=this_week).of(rows)
        week.on_time_rate.percent(), week.short_term.overdue
    """

    at: datetime = attrs.field(converter=_utc)
    due: Period | None = None
    short_term: timedelta = timedelta(days=7)
    tasks: Callable[[TaskRow], bool] | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.short_term < timedelta():
            raise InvalidValue("must not be negative", field="short_term", value=self.short_term)

    def tally(self) -> TaskTally:
        """An empty tally."""
        return TaskTally(self)

    def by(self, key: str | Callable[[TaskRow], Hashable]) -> TasksBy:
        """The same for every group of tasks; ``grouped`` groups by what their deals have in common.

        Args:
            key: what tasks have in common: a column of ``TaskRow``, such as "owner" or "kind", or a function.

        Raises:
            UnknownName: tasks have no such column.

        Example:
            ``TaskCompletion(at=now).by("owner").of(rows)["noa"].overdue``
        """
        if isinstance(key, str):
            return TasksBy(metric=self, key=_TaskColumn(key), name=key)
        return TasksBy(metric=self, key=key, name=getattr(key, "__name__", "a function"))

    def verdict(self, task: TaskRow) -> str:
        """What became of a task: "on time", "late" or "overdue", or why a task does not count."""
        due_at, done_at = task.due_at, task.done_at
        if task.created_at > self.at:
            return LATER
        if task.status is _CANCELED and done_at is not None and done_at <= self.at:
            return CANCELED
        if due_at is None:
            return OPEN_ENDED
        if self.due is not None and due_at not in self.due:
            return OUTSIDE
        if task.status is _DONE and done_at is not None and done_at <= self.at:
            return "on time" if done_at <= due_at else "late"
        return "overdue" if due_at < self.at else NOT_DUE


@attrs.frozen
class _TaskColumn:
    name: str

    def __attrs_post_init__(self) -> None:
        columns = [field.name for field in attrs.fields(TaskRow)]
        if self.name not in columns:
            raise UnknownName("column", self.name, columns, where="TaskRow")

    def __call__(self, task: TaskRow) -> Hashable:
        found: Hashable = getattr(task, self.name)
        return found


_DONE, _CANCELED = TaskStatus.DONE, TaskStatus.CANCELED
_DUE = ("on time", "late", "overdue")


class TaskTally(DealTally[TaskResult]):
    """Counts tasks by term and by what became of them."""

    __slots__ = ("_metric", "_noted")

    def __init__(self, metric: TaskCompletion) -> None:
        super().__init__(metric)
        self._metric = metric
        self._noted = {(short, what): metric.noted() for short in (True, False) for what in _DUE}

    def count(self, rows: Sequence[DealRow]) -> None:
        for row in rows:
            for task in row.tasks:
                self.take(row, task)

    def take(self, row: DealRow, task: TaskRow) -> None:
        """Take one task in."""
        metric = self._metric
        if metric.tasks is not None and not metric.tasks(task):
            return
        verdict = metric.verdict(task)
        noted = None
        if task.due_at is not None:
            noted = self._noted.get((task.due_at - task.created_at <= metric.short_term, verdict))
        if noted is None:
            self.leave_out(verdict, row)
        else:
            noted.add(row)

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, TaskTally)
        for key, noted in other._noted.items():
            self._noted[key].merge(noted)

    def result(self) -> TaskResult:
        """What became of the tasks so far."""
        both, short, long_ = self._counts((True, False)), self._counts((True,)), self._counts((False,))
        return TaskResult(
            on_time_rate=both.on_time_rate,
            on_time=both.on_time,
            late=both.late,
            overdue=both.overdue,
            short_term=short,
            long_term=long_,
            left_out=self.left_out(),
        )

    def _counts(self, terms: tuple[bool, ...]) -> TaskCounts:
        on_time, late, overdue = (merged(self._of(term, what) for term in terms) for what in _DUE)
        which = "tasks" if len(terms) == 2 else "short-term tasks" if terms[0] else "long-term tasks"
        definition = self._metric.defined(
            "tasks done on time",
            f"{which} done until they were due",
            f"{which} that were due or done by {self._metric.at.isoformat()}",
            population=f"{which} of all deals",
            unit="fraction",
            rounding=TO_34_DIGITS,
        )
        due = self._metric.due
        return TaskCounts(
            on_time_rate=share(
                on_time,
                merged((on_time, late, overdue)),
                definition
                if due is None
                else attrs.evolve(definition, population=f"{definition.population}, {_in(due)}"),
                nothing=f"no {which} were due",
                left_out=self.left_out(),
            ),
            on_time=on_time.count,
            late=late.count,
            overdue=overdue.count,
        )

    def _of(self, short: bool, what: str) -> Noted:
        return self._noted[short, what]


def _in(due: Period) -> str:
    return f"due from {due.start.isoformat()} until before {due.end.isoformat()}"


@attrs.frozen(kw_only=True)
class TasksBy(Metric[Groups[TaskResult]]):
    """Whether tasks are done in time, for every group of tasks; made by ``TaskCompletion.by``.

    Attributes:
        metric: what is measured.
        key: gives what tasks have in common.
        name: what that is called.
    """

    metric: TaskCompletion
    key: Callable[[TaskRow], Hashable]
    name: str

    def tally(self) -> TasksByTally:
        """An empty tally for every group that will occur."""
        return TasksByTally(self)


class TasksByTally(Tally[Groups[TaskResult]]):
    """A tally of tasks for every group."""

    __slots__ = ("_choice", "_metric", "_parts")

    def __init__(self, metric: TasksBy) -> None:
        super().__init__(metric)
        self._metric = metric
        self._choice = metric.metric.tally()
        self._parts: dict[Hashable, TaskTally] = {}

    def add_all(self, rows: Sequence[DealRow], /) -> None:
        """Take the tasks of several deals in."""
        for row in self._choice.chosen(rows):
            for task in row.tasks:
                key = self._metric.key(task)
                self._part(None if key == "" else key).take(row, task)

    def _part(self, key: Hashable) -> TaskTally:
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = self._metric.metric.tally()
        return found

    def merge_parts(self, other: Tally[object]) -> None:
        assert isinstance(other, TasksByTally)
        self._choice.merge(other._choice)
        for key, part in other._parts.items():
            self._part(key).merge(part)

    def result(self) -> Groups[TaskResult]:
        """What became of the tasks so far, by group."""
        whole = self._metric.metric.tally()
        whole.merge(self._choice)
        for part in self._parts.values():
            whole.merge(part)
        return Groups(
            by=(self._metric.name,),
            groups=tuple(Group(key=key, result=self._parts[key].result()) for key in sorted(self._parts, key=in_order)),
            whole=whole.result(),
        )
