"""How old open deals are at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue
from salesflow.measure.cycle import start_axis
from salesflow.measure.metric import OPEN, DealTally, moments_on
from salesflow.measure.result import Axis
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import TO_34_DIGITS, DurationMetric, Spread
from salesflow.values.moments import moment

__all__ = ["AgeResult", "AgeTally", "OpenAge"]


@attrs.frozen(kw_only=True)
class AgeResult(Spread[Decimal]):
    """How old open deals are.

    Attributes:
        older: how many are older than the number of days that was given; ``None`` where none was.
        older_ids: which these are, where the ids were asked for.
    """

    older: int | None = None
    older_ids: tuple[str, ...] | None = None


def _utc(value: datetime) -> datetime:
    return moment(value, field="at").astimezone(UTC)


@attrs.frozen(kw_only=True)
class OpenAge(DurationMetric[AgeResult]):
    """How many days old open deals are.

    Attributes:
        at: the moment at which they are looked at; deals that begin later are left out.
        start: whether they count from when they were created, where nothing is said, or engaged.
        older_than: how many days, to count the deals that are older.

    Example:
        ``OpenAge(at=end_of_year, start="engaged", older_than=138).of(rows).older``
    """

    at: datetime = attrs.field(converter=_utc)
    start: Axis = attrs.field(default=Axis.CREATED, converter=start_axis)
    older_than: int | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.older_than is not None and (type(self.older_than) is not int or self.older_than < 0):
            raise InvalidValue("must be a whole number of days", field="older_than", value=self.older_than)

    def is_about_open(self) -> bool:
        """It is about open deals only."""
        return True

    def tally(self) -> AgeTally:
        """An empty tally."""
        return AgeTally(self)


class AgeTally(DealTally[AgeResult]):
    """Writes down the age of every open deal."""

    __slots__ = ("_ages", "_deals", "_metric", "_older")

    def __init__(self, metric: OpenAge) -> None:
        super().__init__(metric)
        self._metric = metric
        self._ages = metric.durations()
        self._deals, self._older = metric.noted(), metric.noted()

    def count(self, rows: Sequence[DealRow]) -> None:
        metric, at = self._metric, self._metric.at
        units = metric.calendar.units
        limit = None if metric.older_than is None else metric.older_than * metric.calendar.per_day
        begun = moments_on(metric.start)
        ages, known, older = [], [], []
        for row in rows:
            if row.outcome is not OPEN:
                continue
            begun_at = begun(row)
            if begun_at is None:
                self.leave_out(f"the moment when it was {metric.start} is not known", row)
            elif begun_at > at:
                self.leave_out(f"it was {metric.start} later", row)
            else:
                age = units(begun_at, at)
                ages.append(age)
                known.append(row)
                if limit is not None and age > limit:
                    older.append(row)
        self._ages.add_all(ages)
        self._deals.add_all(known)
        self._older.add_all(older)

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, AgeTally)
        self._ages.merge(other._ages)
        self._deals.merge(other._deals)
        self._older.merge(other._older)

    def result(self) -> AgeResult:
        """The ages so far."""
        metric = self._metric
        ages = metric.spread_of(
            self._ages,
            metric.defined(
                "mean age of open deals",
                f"days from {metric.start} to {metric.at.isoformat()}",
                "number of open deals",
                population="open deals",
                calendar=metric.calendar,
                unit="days",
                rounding=TO_34_DIGITS,
            ),
            nothing="there are no open deals whose beginning is known",
            left_out=self.left_out(),
            ids=self._deals.sorted_ids,
        )
        return AgeResult(
            mean=ages.mean,
            total=ages.total,
            least=ages.least,
            most=ages.most,
            quantiles=ages.quantiles,
            older=None if metric.older_than is None else self._older.count,
            older_ids=self._older.sorted_ids,
        )
