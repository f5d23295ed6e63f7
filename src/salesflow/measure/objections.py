"""Objections in numbers: how many of each kind are resolved, how fast, and what became of their deals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs

from salesflow.deal.objections import ObjectionStatus
from salesflow.measure.distribution import Distribution
from salesflow.measure.grouping import in_order
from salesflow.measure.metric import OPEN, WON, DealTally, Noted
from salesflow.measure.result import Definition, Group, Groups, Result
from salesflow.measure.rows import DealRow, ObjectionRow
from salesflow.measure.shares_of import share
from salesflow.measure.spread import TO_34_DIGITS, DurationMetric, Spread

RESOLVED = ObjectionStatus.RESOLVED

__all__ = ["ObjectionResult", "Objections", "ObjectionsTally"]


@attrs.frozen(kw_only=True)
class ObjectionResult:
    """What is known of the objections of one kind.

    Attributes:
        raised: how many were raised.
        open: how many still have to be settled.
        resolved, standing, withdrawn: how many were settled in each way.
        reopened: how often they came back.
        resolution_rate: resolved ones by settled ones; those that are open have not failed yet.
        time_to_resolve: days from raising to resolving, of the resolved ones.
        win_rate: won deals by closed deals, among those with such an objection; each deal once.
        win_rate_when_resolved: the same, among the deals whose objections of the kind were all resolved.
    """

    raised: int
    open: int
    resolved: int
    standing: int
    withdrawn: int
    reopened: int
    resolution_rate: Result[Decimal]
    time_to_resolve: Spread[Decimal]
    win_rate: Result[Decimal]
    win_rate_when_resolved: Result[Decimal]


@attrs.frozen(kw_only=True)
class Objections(DurationMetric[Groups[ObjectionResult]]):
    """How objections of each kind are settled, and what becomes of the deals.

    Example:
        ``Objections().of(rows)["price"].resolution_rate.percent()``
    """

    def tally(self) -> ObjectionsTally:
        """An empty tally."""
        return ObjectionsTally(self)


class _Kind:
    """What is written down of one kind."""

    __slots__ = ("closed", "closed_resolved", "reopened", "statuses", "times", "won", "won_resolved")

    def __init__(self, metric: Objections) -> None:
        self.statuses: dict[ObjectionStatus, Noted] = {status: metric.noted() for status in ObjectionStatus}
        self.times: Distribution = metric.durations()
        self.reopened = 0
        self.closed, self.won = metric.noted(), metric.noted()
        self.closed_resolved, self.won_resolved = metric.noted(), metric.noted()

    def notes(self) -> tuple[Noted, ...]:
        return *self.statuses.values(), self.closed, self.won, self.closed_resolved, self.won_resolved

    def merge(self, other: _Kind) -> None:
        for mine, theirs in zip(self.notes(), other.notes(), strict=True):
            mine.merge(theirs)
        self.times.merge(other.times)
        self.reopened += other.reopened


class ObjectionsTally(DealTally[Groups[ObjectionResult]]):
    """Counts objections by kind and status, and their deals by outcome."""

    __slots__ = ("_kinds", "_metric")

    def __init__(self, metric: Objections) -> None:
        super().__init__(metric)
        self._metric = metric
        self._kinds: dict[str | None, _Kind] = {}

    def count(self, rows: Sequence[DealRow]) -> None:
        for row in rows:
            if row.objections:
                self._take(row)

    def _take(self, row: DealRow) -> None:
        by_kind: dict[str | None, list[ObjectionRow]] = {}
        for objection in row.objections:
            by_kind.setdefault(objection.kind or None, []).append(objection)
        for kind, objections in by_kind.items():
            noted = self._of(kind)
            for one in objections:
                noted.statuses[one.status].add(row)
                noted.reopened += one.times_reopened
                if one.status is RESOLVED and one.settled_at is not None:
                    noted.times.add_all([self._metric.calendar.units(one.raised_at, one.settled_at)])
            if row.outcome is not OPEN:
                self._close(row, noted, all(one.status is RESOLVED for one in objections))

    def _close(self, row: DealRow, noted: _Kind, all_resolved: bool) -> None:
        is_won = row.outcome is WON
        noted.closed.add(row)
        if is_won:
            noted.won.add(row)
        if all_resolved:
            noted.closed_resolved.add(row)
            if is_won:
                noted.won_resolved.add(row)

    def _of(self, kind: str | None) -> _Kind:
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = _Kind(self._metric)
        return found

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, ObjectionsTally)
        for kind, noted in other._kinds.items():
            self._of(kind).merge(noted)

    def result(self) -> Groups[ObjectionResult]:
        """What is known so far, by kind. In the whole, a deal counts once for each kind of objection that it had."""
        whole = _Kind(self._metric)
        for noted in self._kinds.values():
            whole.merge(noted)
        return Groups(
            by=("kind",),
            groups=tuple(
                Group(key=kind, result=self._result(self._kinds[kind])) for kind in sorted(self._kinds, key=in_order)
            ),
            whole=self._result(whole),
        )

    def _result(self, kind: _Kind) -> ObjectionResult:
        by_status = {status: noted.count for status, noted in kind.statuses.items()}
        resolved = kind.statuses[ObjectionStatus.RESOLVED]
        settled = self._metric.noted()
        for status in (ObjectionStatus.RESOLVED, ObjectionStatus.STANDING, ObjectionStatus.WITHDRAWN):
            settled.merge(kind.statuses[status])
        return ObjectionResult(
            raised=sum(by_status.values()),
            open=by_status[ObjectionStatus.RAISED] + by_status[ObjectionStatus.ANSWERED],
            resolved=by_status[ObjectionStatus.RESOLVED],
            standing=by_status[ObjectionStatus.STANDING],
            withdrawn=by_status[ObjectionStatus.WITHDRAWN],
            reopened=kind.reopened,
            resolution_rate=share(
                resolved,
                settled,
                self._defined("resolution rate", "resolved objections", "settled objections", "all objections"),
                nothing="no objection is settled yet",
                left_out=self.left_out(),
            ),
            time_to_resolve=self._times(kind),
            win_rate=self._win_rate(kind.won, kind.closed, "with such an objection"),
            win_rate_when_resolved=self._win_rate(
                kind.won_resolved, kind.closed_resolved, "whose objections of the kind were all resolved"
            ),
        )

    def _times(self, kind: _Kind) -> Spread[Decimal]:
        return self._metric.spread_of(
            kind.times,
            self._defined(
                "mean time to resolve",
                "days from raised to resolved",
                "number of resolved objections",
                "resolved objections",
                unit="days",
            ),
            nothing="no objection was resolved",
            left_out=self.left_out(),
            ids=kind.statuses[ObjectionStatus.RESOLVED].sorted_ids,
        )

    def _win_rate(self, won: Noted, closed: Noted, which: str) -> Result[Decimal]:
        definition = self._defined("win rate after objections", f"won deals {which}", f"closed deals {which}", "deals")
        return share(won, closed, definition, nothing=f"no deal {which} was won or lost", left_out=self.left_out())

    def _defined(
        self, metric: str, numerator: str, denominator: str, population: str, unit: str = "fraction"
    ) -> Definition:
        calendar = self._metric.calendar if unit == "days" else None
        return self._metric.defined(
            metric,
            numerator,
            denominator,
            population=population,
            calendar=calendar,
            unit=unit,
            rounding=TO_34_DIGITS,
        )
