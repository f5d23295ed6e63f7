"""Plans: what a metric asks an engine, and how its own tally is filled with the answers.

A tally holds nothing but whole numbers, exact sums and distributions. So an engine works out these, they are put into the
tally of the very metric that measures rows, and that says what follows from them: the value, why there is none, what was
left out, and the definition. What is measured in an engine can differ from what is measured on rows in how it was counted
alone, and the tests hold one against the other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Generic, TypeVar, cast

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.frames.engine import Expr
from salesflow.measure.frames.normal import Table
from salesflow.measure.frames.questions import Key, Noting, Question
from salesflow.measure.frames.scope import COLUMNS, Scope
from salesflow.measure.frames.session import Session
from salesflow.measure.metric import DealMetric, DealTally, Metric, Noted, Tally
from salesflow.measure.result import Axis
from salesflow.outcome import Outcome
from salesflow.values.moments import Period

R = TypeVar("R")
PlanMaker = Callable[[Any, Scope], "Plan[Any]"]
Maker = TypeVar("Maker", bound=PlanMaker)

__all__ = ["DealPlan", "Plan", "inside", "plan_of", "planned"]

_PLANS: dict[type, PlanMaker] = {}


def planned(kind: type, /) -> Callable[[Maker], Maker]:
    """Marks the plan of a class of metrics."""

    def mark(maker: Maker) -> Maker:
        _PLANS[kind] = maker
        return maker

    return mark


def plan_of(metric: Metric[R], scope: Scope) -> Plan[R]:
    """The plan of a metric.

    Raises:
        InvalidValue: it is a metric of the host's own, or asks for something that an engine cannot be told.
    """
    maker = _PLANS.get(type(metric))
    if maker is None:
        raise InvalidValue(
            "an engine is not told how to measure this",
            field="metrics",
            value=type(metric).__name__,
            way_out=f"measure the rows themselves with measure(); in an engine there are {', '.join(_names())}",
        )
    return cast("Plan[R]", maker(metric, scope))


def _names() -> list[str]:
    return sorted(kind.__name__ for kind in _PLANS if not kind.__name__.startswith("_"))


class Plan(Generic[R]):
    """What a metric asks, and what it makes of the answers."""

    def __init__(self, metric: Metric[R], scope: Scope) -> None:
        self._measured = metric
        self.scope: Scope = scope

    def fill(self, tally: Tally[Any], key: Key) -> None:
        """Put the answers for one group into a tally of the metric."""
        raise NotImplementedError

    def result(self, key: Key) -> R:
        """The result for one group."""
        tally = self._measured.tally()
        self.fill(tally, key)
        return tally.result()


_LIMITS = timedelta(days=3)


def inside(metric: DealMetric[Any], scope: Scope) -> tuple[Expr, Expr | None]:
    """The deals that a metric is about, and those that are left out because their date is not known.

    Raises:
        InvalidValue: it has a condition in Python.
    """
    deals, axis = scope.deals, metric.axis
    if metric.where is not None:
        raise InvalidValue(
            "a condition in Python is not told to an engine",
            field="where",
            value=type(metric).__name__,
            way_out="filter the frame of deals, and say in population which these are",
        )
    if metric.period is None:
        return deals.every, None
    column = COLUMNS[axis]
    known, period = deals.known(column), metric.period
    if axis is Axis.EXPECTED:
        day = deals.day(column)
        within = (day >= _first_day(period, period.start)) & (day < _first_day(period, period.end))
    else:
        at = deals.at(column)
        within = (at >= scope.microseconds(period.start)) & (at < scope.microseconds(period.end))
    asked = ~deals.any_of("outcome", (Outcome.OPEN,)) if axis is Axis.CLOSED else deals.every
    return known & within, ~known & asked


def _first_day(period: Period, bound: datetime) -> int:
    """The number of the first day whose midnight in the zone of the period is not before a moment."""
    zone, at = period.start.tzinfo, bound.astimezone(UTC)
    near = (at - _LIMITS).date()
    days = (near + timedelta(days=number) for number in range(7))
    return next(day.toordinal() for day in days if datetime.combine(day, time(), zone).astimezone(UTC) >= at)


@attrs.define(eq=False)
class _LeftOut:
    reason: str
    noting: Noting


class DealPlan(Plan[R]):
    """A plan that chooses deals first, and notes what it leaves out."""

    def __init__(self, metric: DealMetric[R], scope: Scope) -> None:
        super().__init__(metric, scope)
        self.axis: Axis = metric.axis
        self.deals: Table = scope.deals
        self.session: Session = scope.session
        self.question: Question = scope.about_deals()
        chosen, undated = inside(metric, scope)
        self.chosen: Expr = chosen
        self._with_ids = metric.with_ids
        self._left: list[_LeftOut] = []
        if undated is not None:
            self.leave_out(f"the date on which it was {metric.axis} is not known", undated)

    def are(self, *outcomes: Outcome) -> Expr:
        """The chosen deals of these outcomes."""
        return self.chosen if len(outcomes) == len(Outcome) else self.chosen & self.deals.any_of("outcome", outcomes)

    def note(self, mask: Expr, question: Question | None = None, ids: str = "id") -> Noting:
        """A number of rows that is asked for, and their ids where the metric asks for them."""
        return Noting(question or self.question, mask, ids if self._with_ids else None)

    def leave_out(self, reason: str, mask: Expr, question: Question | None = None, ids: str = "id") -> None:
        """Ask for what is left out for a reason."""
        self._left.append(_LeftOut(reason, self.note(mask, question, ids)))

    def noted(self, noting: Noting, key: Key) -> Noted:
        """A number of rows as a tally has it."""
        return Noted(noting.count(key), noting.ids(key) if self._with_ids else None)

    def fill(self, tally: Tally[Any], key: Key) -> None:
        """Put the answers into a tally of the metric, what was left out first."""
        assert isinstance(tally, DealTally)
        for left in self._left:
            noted = self.noted(left.noting, key)
            if noted.count:
                tally._left.setdefault(left.reason, Noted(0, [] if self._with_ids else None)).merge(noted)
        self.fill_counts(tally, key)

    def fill_counts(self, tally: Any, key: Key) -> None:
        """Put in what the metric counts."""
        raise NotImplementedError
