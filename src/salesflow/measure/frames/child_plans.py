"""The plans of metrics that look at what belongs to deals: objections and tasks."""

from __future__ import annotations

from typing import Any

import attrs

from salesflow.deal.objections import ObjectionStatus
from salesflow.deal.tasks import TaskStatus
from salesflow.errors import InvalidValue
from salesflow.measure.frames.engine import Expr, col, narwhals
from salesflow.measure.frames.normal import Table
from salesflow.measure.frames.plans import DealPlan, Plan, planned
from salesflow.measure.frames.questions import Key, Noting, Question
from salesflow.measure.frames.scope import Scope
from salesflow.measure.frames.values import Values
from salesflow.measure.grouping import in_order
from salesflow.measure.objections import Objections, _Kind
from salesflow.measure.result import Group, Groups
from salesflow.measure.tasks import (
    _DUE,
    CANCELED,
    LATER,
    NOT_DUE,
    OPEN_ENDED,
    OUTSIDE,
    TaskCompletion,
    TasksBy,
    _TaskColumn,
)
from salesflow.outcome import Outcome

__all__ = ["ObjectionsPlan", "TasksPlan"]

_DEAL_NOTES = ("closed", "won", "closed_resolved", "won_resolved")


@planned(Objections)
class ObjectionsPlan(DealPlan[Any]):
    """Counts objections by kind and status, and their deals by outcome."""

    def __init__(self, metric: Objections, scope: Scope) -> None:
        super().__init__(metric, scope)
        nw, session = narwhals(), self.session
        table = session.table("objections", needed_for=metric)
        flags = {"sf_in": self.chosen, "sf_outcome": self.deals.text("outcome")}
        frame = scope.joined(table, flags).filter(col("sf_in"))
        frame = frame.with_columns(table.text("kind").alias("sf_kind"))
        raised, settled_at = table.at("raised_at"), table.at("settled_at")
        frame = session.with_days(frame, metric.calendar, raised, settled_at, name="sf_length")
        names, name = scope.key_names, f"objections{scope.name} {metric.axis} {metric.period} {metric.calendar!r}"
        resolved = table.any_of("status", (ObjectionStatus.RESOLVED,))
        self._by_kind = session.question(name, lambda: frame, (*names, "sf_kind"))
        self._statuses = {
            status: self.note(table.any_of("status", (status,)), self._by_kind, "deal_id") for status in ObjectionStatus
        }
        self._reopened = self._by_kind.sum(table.every, table.number("times_reopened"))
        settled = resolved & table.known("settled_at")
        length = col("sf_length")
        repeats = metric.calendar.per_day == 1
        self._times = Values(self._by_kind, settled, length, metric=metric, repeats=repeats)
        over_all = session.question(name, lambda: frame, names)
        parts = self._times
        self._all_times = Values(over_all, settled, length, metric=metric, repeats=repeats, parts=parts)
        of_deals = (*names, "deal_id", "sf_kind", "sf_outcome")
        deals = frame.select(*of_deals, resolved.cast(nw.Int64).alias("sf_resolved"))
        deals = deals.group_by(*of_deals).agg(col("sf_resolved").min())
        self._deals = session.question(f"{name} deals", lambda: deals, (*names, "sf_kind"))
        outcome = Table("objections", deals, frozenset({"sf_outcome"}), table.engine, self._outcome_schema())
        closed, won = (outcome.any_of("sf_outcome", of) for of in ((Outcome.WON, Outcome.LOST), (Outcome.WON,)))
        all_resolved = col("sf_resolved") == 1
        masks = (closed, won, closed & all_resolved, won & all_resolved)
        self._of_deals = {
            one: self.note(mask, self._deals, "deal_id") for one, mask in zip(_DEAL_NOTES, masks, strict=True)
        }

    def _outcome_schema(self) -> dict[str, Any]:
        return {"sf_outcome": self.deals.schema["outcome"]}

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The numbers of every kind."""
        for (kind,), cell in self._by_kind.under(key).items():
            noted = tally._kinds[kind] = _Kind(self._measured)  # type: ignore[arg-type]  # the metric of objections
            own = (*key, kind)
            noted.statuses.update({status: self.noted(asked, own) for status, asked in self._statuses.items()})
            noted.reopened = cell[self._reopened]
            noted.times = self._times.distribution(own)
            for name, asked in self._of_deals.items():
                setattr(noted, name, self.noted(asked, own))

    def result(self, key: Key) -> Any:
        """What is known by kind; the whole has places of its own, which those of the kinds do not give."""
        tally: Any = self._measured.tally()
        self.fill(tally, key)
        whole = _Kind(self._measured)  # type: ignore[arg-type]  # the metric of objections
        for noted in tally._kinds.values():
            for mine, theirs in zip(whole.notes(), noted.notes(), strict=True):
                mine.merge(theirs)
            whole.reopened += noted.reopened
        whole.times = self._all_times.distribution(key)
        return Groups(
            by=("kind",),
            groups=tuple(
                Group(key=kind, result=tally._result(tally._kinds[kind])) for kind in sorted(tally._kinds, key=in_order)
            ),
            whole=tally._result(whole),
        )


class _Tasks:
    """The verdicts on tasks as conditions, one after the other as ``TaskCompletion.verdict`` gives them."""

    def __init__(self, metric: TaskCompletion, scope: Scope, table: Table, chosen: Expr) -> None:
        at = table.zero + scope.microseconds(metric.at)
        created, due, done = (table.at(column) for column in ("created_at", "due_at", "done_at"))
        ended = table.known("done_at") & (done <= at)
        has_due = table.known("due_at")
        self.short = has_due & (due - created <= scope.length(metric.short_term))
        self.masks: dict[str, Expr] = {}
        self._rest = chosen
        self._give(LATER, created > at)
        self._give(CANCELED, table.any_of("status", (TaskStatus.CANCELED,)) & ended)
        self._give(OPEN_ENDED, ~has_due)
        if metric.due is not None:
            start, end = scope.microseconds(metric.due.start), scope.microseconds(metric.due.end)
            self._give(OUTSIDE, ~((due >= start) & (due < end)))
        is_done = table.any_of("status", (TaskStatus.DONE,)) & ended
        self._give("on time", is_done & (done <= due))
        self._give("late", is_done)
        self._give("overdue", due < at)
        self._give(NOT_DUE, table.every)

    def _give(self, verdict: str, holds: Expr) -> None:
        self.masks[verdict] = self._rest & holds
        self._rest = self._rest & ~holds


@planned(TaskCompletion)
class TasksPlan(DealPlan[Any]):
    """Counts tasks by term and verdict.

    Args:
        metric: what is asked.
        scope: over which deals.
        column: a column of the tasks by which they are counted apart, if any.
    """

    def __init__(self, metric: TaskCompletion, scope: Scope, column: str = "") -> None:
        super().__init__(metric, scope)
        if metric.tasks is not None:
            raise InvalidValue(
                "a condition in Python is not told to an engine",
                field="tasks",
                value=type(metric).__name__,
                way_out="filter the frame of tasks",
            )
        table = self.session.table("tasks", needed_for=metric)
        flags = {} if metric.period is None else {"sf_in": self.chosen}
        table = attrs.evolve(table, frame=scope.joined(table, flags))
        chosen = col("sf_in") if flags else table.every
        own = ("sf_own",) if column else ()
        frame = table.frame.with_columns(table.key(column).alias("sf_own")) if column else table.frame
        name = f"tasks{scope.name} {column}" + (f" {metric.axis} {metric.period}" if flags else "")
        self.about: Question = self.session.question(name, lambda: frame, (*scope.key_names, *own))
        tasks = _Tasks(metric, scope, table, chosen)
        self.any_chosen: str = self.about.count(chosen)
        self._noted: dict[tuple[bool, str], Noting] = {}
        self._passed: dict[str, Noting] = {}
        for verdict, mask in tasks.masks.items():
            if verdict in _DUE:
                for short, term in ((True, tasks.short), (False, ~tasks.short)):
                    self._noted[short, verdict] = self.note(mask & term, self.about, "deal_id")
            else:
                self._passed[verdict] = self.note(mask, self.about, "deal_id")

    def fill_counts(self, tally: Any, key: Key) -> None:
        """A number for each term and verdict."""
        for of, noting in self._noted.items():
            tally._noted[of] = self.noted(noting, key)
        for reason, noting in self._passed.items():
            noted = self.noted(noting, key)
            if noted.count:
                tally._left[reason] = noted


@planned(TasksBy)
class TasksByPlan(Plan[Any]):
    """Counts tasks for every group of tasks."""

    def __init__(self, metric: TasksBy, scope: Scope) -> None:
        super().__init__(metric, scope)
        key = metric.key
        if not isinstance(key, _TaskColumn):
            raise InvalidValue(
                "an engine groups tasks by a column", field="key", value=metric.name, way_out="give its name"
            )
        self._name = metric.name
        self._whole = TasksPlan(metric.metric, scope)
        self._parts = TasksPlan(metric.metric, scope, key.name)

    def result(self, key: Key) -> Any:
        """What became of the tasks, by group."""
        parts = []
        for own, cell in self._parts.about.under(key).items():
            if cell[self._parts.any_chosen]:
                tally: Any = self._parts._measured.tally()
                self._parts.fill_counts(tally, (*key, *own))
                parts.append(Group(key=own[0], result=tally.result()))
        return Groups(
            by=(self._name,),
            groups=tuple(sorted(parts, key=lambda group: in_order(group.key))),
            whole=self._whole.result(key),
        )
