"""Hygiene: open deals that nobody looks after. Those that rot, those without a next step, and those that are put off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

import attrs

from salesflow.measure.metric import OPEN, DealTally
from salesflow.measure.result import Result
from salesflow.measure.rotting_deals import rots_at
from salesflow.measure.rows import DealRow
from salesflow.measure.shares_of import PartMetric, PartTally, share
from salesflow.measure.spread import TO_34_DIGITS
from salesflow.process.stage import Stage
from salesflow.values.moments import moment
from salesflow.values.working_time import WorkingTime

__all__ = ["NoNextStep", "PushedCloseDates", "PushedResult", "PushedTally", "RottingShare"]


@attrs.frozen(kw_only=True)
class _Hygiene(PartMetric[Result[Decimal]]):
    """The share of open deals for which something holds."""

    def tally(self) -> HygieneTally:
        """An empty tally."""
        return HygieneTally(self)

    def in_words(self) -> tuple[str, str]:
        """The name of the metric, and what holds for the deals that it counts."""
        raise NotImplementedError


class HygieneTally(PartTally[Result[Decimal]]):
    """Counts open deals, and those for which it holds."""

    __slots__ = ("_metric",)

    def __init__(self, metric: _Hygiene) -> None:
        super().__init__(metric)
        self._metric = metric

    def result(self) -> Result[Decimal]:
        """The share so far; its ``numerator`` is the number of deals for which it holds."""
        name, holds = self._metric.in_words()
        return share(
            self.found,
            self.asked,
            self._metric.defined(
                name,
                f"open deals {holds}",
                "open deals of which that is known",
                population="open deals",
                unit="fraction",
                rounding=TO_34_DIGITS,
            ),
            nothing="there are no open deals of which that is known",
            left_out=self.left_out(),
        )


@attrs.frozen(kw_only=True)
class NoNextStep(_Hygiene):
    """The share of open deals for which nothing is planned.

    Example:
        ``NoNextStep(with_ids=True).of(rows).numerator_ids`` are the deals to plan something for.
    """

    def judged(self, row: DealRow) -> bool | str | None:
        """Whether nothing is planned for an open deal."""
        if row.outcome is not OPEN:
            return None
        return "it is not known whether something is planned" if row.has_next_step is None else not row.has_next_step

    def in_words(self) -> tuple[str, str]:
        """What it counts."""
        return "deals without a next step", "for which nothing is planned"


Limits = tuple[tuple[str, timedelta | None], ...]


def _limits(given: Mapping[str, timedelta | None] | Iterable[Stage]) -> Limits:
    if isinstance(given, Mapping):
        return tuple(cast("Mapping[str, timedelta | None]", given).items())
    return tuple((stage.key, stage.rots_after) for stage in given)


def _utc(value: datetime) -> datetime:
    return moment(value, field="at").astimezone(UTC)


@attrs.frozen(kw_only=True)
class RottingShare(_Hygiene):
    """The share of open deals that have been in their stage for longer than they may.

    Deals on hold wait on purpose and are left out. Which deals rot, and since when, ``rotting_deals`` lists.

    Attributes:
        at: the moment at which they are looked at.
        rots_after: how long a deal may stay, by stage; or stages, such as ``process.stages``, which say it themselves.
        working: counts working days instead of days.

    Example:
        ``RottingShare(at=now, rots_after=process.stages).of(rows).percent()``
    """

    at: datetime = attrs.field(converter=_utc)
    rots_after: Limits = attrs.field(converter=_limits)
    working: WorkingTime | None = None
    _of: dict[str | None, timedelta | None] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        object.__setattr__(self, "_of", dict(self.rots_after))

    def judged(self, row: DealRow) -> bool | str | None:
        """Whether an open deal has been in its stage for too long."""
        if row.outcome is not OPEN:
            return None
        if row.held_since is not None:
            return "it is on hold"
        limit = self._of.get(row.stage)
        if limit is None:
            return "its stage does not say how long a deal may stay"
        if row.entered_at is None:
            return "it is not known when it entered its stage"
        if self.working is None:
            return self.at - row.entered_at > limit
        return rots_at(row.entered_at, limit, working=self.working) < self.at

    def in_words(self) -> tuple[str, str]:
        """What it counts."""
        counted = "" if self.working is None else ", in working days"
        return "rotting deals", f"in their stage for longer than it allows on {self.at.isoformat()}{counted}"


@attrs.frozen(kw_only=True)
class PushedResult(Result[Decimal]):
    """The share of open deals whose close was put off.

    Attributes:
        pushes: how often that happened, in all.
        days: by how many days their expected close lies after the first one, in all; a deal that was brought forward
            again counts below zero.
    """

    pushes: int
    days: int


@attrs.frozen(kw_only=True)
class PushedCloseDates(PartMetric[PushedResult]):
    """The share of open deals whose expected close was put off to a later day, at least once.

    Example:
        ``PushedCloseDates().of(rows).pushes``
    """

    def tally(self) -> PushedTally:
        """An empty tally."""
        return PushedTally(self)

    def judged(self, row: DealRow) -> bool | str | None:
        """Whether the close of an open deal was put off."""
        if row.outcome is not OPEN:
            return None
        return "it is not known how often it was put off" if row.pushes is None else row.pushes > 0


class PushedTally(PartTally[PushedResult]):
    """Counts open deals that were put off, how often, and by how many days."""

    __slots__ = ("_days", "_metric", "_pushes")

    def __init__(self, metric: PushedCloseDates) -> None:
        super().__init__(metric)
        self._metric = metric
        self._pushes = self._days = 0

    def count(self, rows: Sequence[DealRow]) -> None:
        super().count(rows)
        for row in rows:
            if row.outcome is OPEN and row.pushes:
                self._pushes += row.pushes
                if row.first_expected_close is not None and row.expected_close is not None:
                    self._days += (row.expected_close - row.first_expected_close).days

    def merge_counts(self, other: DealTally[object]) -> None:
        super().merge_counts(other)
        assert isinstance(other, PushedTally)
        self._pushes += other._pushes
        self._days += other._days

    def result(self) -> PushedResult:
        """The share so far."""
        definition = self._metric.defined(
            "pushed close dates",
            "open deals whose expected close was put off",
            "open deals of which that is known",
            population="open deals",
            unit="fraction",
            rounding=TO_34_DIGITS,
        )
        part = share(
            self.found,
            self.asked,
            definition,
            nothing="there are no open deals of which that is known",
            left_out=self.left_out(),
        )
        return PushedResult(
            definition=definition,
            value=part.value,
            undefined=part.undefined,
            numerator=part.numerator,
            denominator=part.denominator,
            count=part.count,
            left_out=part.left_out,
            ids=part.ids,
            numerator_ids=part.numerator_ids,
            pushes=self._pushes,
            days=self._days,
        )
