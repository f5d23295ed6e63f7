"""The plans of metrics that are made of others: velocity, lead sources, and groups of any."""

from __future__ import annotations

from typing import Any, ClassVar

from salesflow.measure.frames.plans import Plan, plan_of, planned
from salesflow.measure.frames.questions import Key
from salesflow.measure.frames.scope import Scope
from salesflow.measure.grouping import Grouped, grouped, in_order
from salesflow.measure.metric import Tally
from salesflow.measure.result import Group, Groups
from salesflow.measure.sources import LeadSources, _Source
from salesflow.measure.velocity import Velocity

__all__ = ["GroupedPlan"]


class _PartsPlan(Plan[Any]):
    """Fills the tallies of which a tally is made."""

    parts: ClassVar[tuple[str, ...]]
    """The attributes in which they are."""

    def __init__(self, metric: Any, scope: Scope) -> None:
        super().__init__(metric, scope)
        tally = metric.tally()
        self._plans = {name: plan_of(getattr(tally, name).metric, scope) for name in self.parts}

    def fill(self, tally: Tally[Any], key: Key) -> None:
        """Fill each of them."""
        for name, plan in self._plans.items():
            plan.fill(getattr(tally, name), key)


@planned(Velocity)
class VelocityPlan(_PartsPlan):
    """The four inputs."""

    parts: ClassVar[tuple[str, ...]] = ("_deals", "_average", "_win_rate", "_cycle")


@planned(_Source)
class SourcePlan(_PartsPlan):
    """What is known of one source."""

    parts: ClassVar[tuple[str, ...]] = ("_win_rate", "_amount", "_cycle")


@planned(Grouped)
class GroupedPlan(Plan[Any]):
    """A metric for every group, and for all together."""

    def __init__(self, metric: Grouped[Any], scope: Scope) -> None:
        super().__init__(metric, scope)
        own = scope
        for by in metric.by:
            own = own.grouped(by)
        self._by = tuple(one.name for one in metric.by)
        self._overlap = any(one.overlap for one in metric.by)
        self._own_keys = own.keys[len(scope.keys) :]
        self._about = own.about_deals()
        self._whole, self._parts = plan_of(metric.metric, scope), plan_of(metric.metric, own)

    def result(self, key: Key) -> Any:
        """The results in the order of the keys."""
        groups = []
        for own in self._about.under(key):
            values = [column.value(one) for column, one in zip(self._own_keys, own, strict=True)]
            groups.append(
                Group(key=tuple(values) if len(values) > 1 else values[0], result=self._parts.result((*key, *own)))
            )
        return Groups(
            by=self._by,
            groups=tuple(sorted(groups, key=lambda group: in_order(group.key))),
            whole=self._whole.result(key),
            overlap=self._overlap,
        )


@planned(LeadSources)
def lead_sources(metric: LeadSources, scope: Scope) -> GroupedPlan:
    """The plan of every source."""
    return GroupedPlan(grouped(_Source(metric), "source"), scope)
