"""Metrics and their tallies.

A metric is a value that says what is wanted: which deals, which period, how days are counted. Its tally is what is written
down while deals go by: whole numbers, exact sums, and nothing of the deals themselves. So tallies of parts (of shards, of
workers, of days) can be merged, in any order, and give exactly what the whole would have given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, tzinfo
from itertools import islice
from operator import attrgetter
from typing import Generic, TypeVar, cast

import attrs

from salesflow.deal.children import chosen
from salesflow.errors import InvalidValue, WrongType
from salesflow.measure.days import DayCount
from salesflow.measure.result import EXACTLY, Axis, Definition, LeftOut, axis_of
from salesflow.measure.rows import DealRow
from salesflow.outcome import Outcome
from salesflow.values.moments import Period, moment

M = TypeVar("M")
R_co = TypeVar("R_co", covariant=True)
Where = Callable[[DealRow], bool]
"""Which deals are looked at: a question to the row of one."""

OPEN, WON, LOST = Outcome.OPEN, Outcome.WON, Outcome.LOST
"""The outcomes under names that are cheap to look up: an enumeration looks its members up again each time."""

__all__ = [
    "CHUNK",
    "LOST",
    "OPEN",
    "WON",
    "DealMetric",
    "DealTally",
    "Metric",
    "Noted",
    "Tally",
    "Where",
    "chunks",
    "moments_on",
    "of_outcomes",
    "outcomes",
]

CHUNK = 2_000
"""How many deals are looked at in a row before the next metric sees them; our own choice, by measuring."""


def chunks(rows: Iterable[DealRow]) -> Iterator[Sequence[DealRow]]:
    """The rows in lists of bounded length, so that what streams is never held as a whole."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


class Tally(Generic[R_co]):
    """What is written down for a metric; it can be added to, merged and asked at any time."""

    __slots__ = ("metric",)

    def __init__(self, metric: Metric[R_co]) -> None:
        self.metric: Metric[R_co] = metric

    def add(self, row: DealRow, /) -> None:
        """Take one deal in."""
        self.add_all((row,))

    def add_all(self, rows: Sequence[DealRow], /) -> None:
        """Take several deals in; faster than one by one."""
        raise NotImplementedError

    def merge(self, other: Tally[object], /) -> None:
        """Take in what another tally of the same metric has written down; the other one stays as it is.

        Raises:
            InvalidValue: it is of another metric.
        """
        if type(other) is not type(self) or other.metric != self.metric:
            raise InvalidValue(
                "only tallies of the same metric can be merged",
                field="other",
                value=type(other).__name__,
                way_out="make both with the tally() of one metric, or of equal ones",
            )
        self.merge_parts(other)

    def merge_parts(self, other: Tally[object]) -> None:
        """Add what another tally of the same metric has, which was checked; this is where a tally of your own says how."""
        raise NotImplementedError

    def result(self) -> R_co:
        """The result of what was taken in so far."""
        raise NotImplementedError


class Metric(Generic[R_co]):
    """What is to be measured. A frozen value; equal ones are the same metric."""

    __slots__ = ()

    def tally(self) -> Tally[R_co]:
        """An empty tally, to be added to and merged."""
        raise NotImplementedError

    def of(self, rows: Iterable[DealRow], /) -> R_co:
        """Measure these deals.

        Args:
            rows: read once, one after the other.
        """
        tally = self.tally()
        for chunk in chunks(rows):
            tally.add_all(chunk)
        return tally.result()


_COLUMNS = {Axis.CREATED: "opened_at", Axis.ENGAGED: "engaged_at", Axis.CLOSED: "closed_at"}


def moments_on(axis: Axis, *, zone: tzinfo = UTC) -> Callable[[DealRow], datetime | None]:
    """What gives the moment of a deal on an axis, in UTC.

    Args:
        axis: which one.
        zone: where the day of the expected close begins.
    """
    return _ExpectedMidnight(zone) if axis is Axis.EXPECTED else attrgetter(_COLUMNS[axis])


@attrs.frozen
class _ExpectedMidnight:
    zone: tzinfo

    def __call__(self, row: DealRow) -> datetime | None:
        on = row.expected_close
        return None if on is None else datetime.combine(on, time(), self.zone).astimezone(UTC)


def of_outcomes(rows: Sequence[DealRow], chosen: frozenset[Outcome]) -> Sequence[DealRow]:
    """The deals of these outcomes."""
    if len(chosen) == len(Outcome):
        return rows
    if len(chosen) == 1:
        (only,) = chosen
        return [row for row in rows if row.outcome is only]
    first, second = chosen
    return [row for row in rows if row.outcome is first or row.outcome is second]


def outcomes(value: Outcome | str | Iterable[Outcome | str]) -> frozenset[Outcome]:
    """One outcome or several, as a set.

    Raises:
        InvalidValue: there are none.
        UnknownName: there is no such outcome.
    """
    several = (value,) if isinstance(value, str) else tuple(value)
    if not several:
        raise InvalidValue("at least one outcome is looked at", field="outcomes", way_out="give Outcome.WON, say")
    return frozenset(chosen(Outcome, one, kind="outcome") for one in several)


@attrs.define(eq=False)
class Noted:
    """A number of deals, and which ones, where their ids are asked for."""

    count: int = 0
    ids: list[str] | None = None

    def add_all(self, rows: Sequence[DealRow]) -> None:
        """Note these deals."""
        self.count += len(rows)
        if self.ids is not None:
            self.ids += [row.id for row in rows]

    def add(self, row: DealRow, times: int = 1) -> None:
        """Note one deal, for so many things in it."""
        self.count += times
        if self.ids is not None:
            self.ids.append(row.id)

    def merge(self, other: Noted) -> None:
        """Note what another one has noted."""
        self.count += other.count
        if self.ids is not None and other.ids is not None:
            self.ids += other.ids

    @property
    def sorted_ids(self) -> tuple[str, ...] | None:
        """The ids in order, each once; the same however the parts were merged."""
        return None if self.ids is None else tuple(sorted(set(self.ids)))


@attrs.frozen(kw_only=True)
class DealMetric(Metric[R_co]):
    """A metric of deals, with the choice of which ones.

    Attributes:
        axis: the date by which a deal belongs to the period.
        period: only deals whose date on the axis lies in it; ``None`` is all time. Deals without the date are left out
            and counted.
        where: only deals for which it says yes. Give ``population`` with it, so that the result can say which these are.
        population: which deals these are, in words.
        with_ids: whether the result names the deals that it rests on. That takes memory for each of them.
    """

    axis: Axis = attrs.field(default=Axis.CREATED, converter=axis_of)
    period: Period | None = None
    where: Where | None = None
    population: str = ""
    with_ids: bool = False

    def __attrs_post_init__(self) -> None:
        if self.period is not None and not isinstance(self.period, Period):
            raise WrongType(
                "must be a Period", field="period", value=self.period, way_out="give Period.month(2026, 11, UTC)"
            )
        if self.period is not None and self.axis is Axis.CLOSED and self.is_about_open():
            raise InvalidValue(
                "open deals have no date of the close by which they could belong to a period",
                field="axis",
                value=self.axis.value,
                way_out='give axis="created", "engaged" or "expected close"',
            )

    def is_about_open(self) -> bool:
        """Whether open deals are what it is about, so that the date of the close cannot choose them."""
        return False

    def alike(self, kind: type[M], **own: object) -> M:
        """A metric of another kind over the same deals.

        Args:
            kind: its class.
            **own: its own attributes, or those that shall differ.
        """
        chosen = {name: getattr(self, name) for name in ("axis", "period", "where", "population", "with_ids")}
        return cast("Callable[..., M]", kind)(**{**chosen, **own})

    def noted(self) -> Noted:
        """An empty note, with ids where they are asked for."""
        return Noted(0, [] if self.with_ids else None)

    def defined(
        self,
        metric: str,
        numerator: str,
        denominator: str | None = None,
        *,
        population: str = "all deals",
        calendar: DayCount | None = None,
        unit: str = "",
        rounding: str = EXACTLY,
        method: str = "",
    ) -> Definition:
        """The definition of a result of this metric; the arguments are those of ``Definition``."""
        chosen = self.population or (f"{population} that meet a condition" if self.where else population)
        return Definition(
            metric=metric,
            numerator=numerator,
            denominator=denominator,
            population=chosen,
            axis=self.axis,
            period=self.period,
            calendar=calendar,
            unit=unit,
            rounding=rounding,
            method=method,
        )


class DealTally(Tally[R_co]):
    """A tally that chooses deals first, and notes what it leaves out."""

    __slots__ = ("_about", "_at", "_end", "_left", "_start")

    def __init__(self, metric: DealMetric[R_co]) -> None:
        super().__init__(metric)
        self._about = metric
        self._left: dict[str, Noted] = {}
        period = metric.period
        zone = UTC if period is None else period.start.tzinfo or UTC
        self._at = moments_on(metric.axis, zone=zone)
        self._start = None if period is None else moment(period.start, field="period").astimezone(UTC)
        self._end = None if period is None else moment(period.end, field="period").astimezone(UTC)

    def add_all(self, rows: Sequence[DealRow], /) -> None:
        """Take several deals in, those that are chosen."""
        self.count(self.chosen(rows))

    def chosen(self, rows: Sequence[DealRow]) -> Sequence[DealRow]:
        """The deals that the metric is about; those whose date is not known are left out and noted."""
        where = self._about.where
        if where is not None:
            rows = [row for row in rows if where(row)]
        return rows if self._start is None else self._in_period(rows)

    def _in_period(self, rows: Sequence[DealRow]) -> list[DealRow]:
        start, end, axis = self._start, self._end, self._about.axis
        assert start is not None
        assert end is not None
        inside = []
        for row in rows:
            at = self._at(row)
            if at is None:
                if axis is not Axis.CLOSED or not row.is_open:
                    self.leave_out(f"the date on which it was {axis} is not known", row)
            elif start <= at < end:
                inside.append(row)
        return inside

    def count(self, rows: Sequence[DealRow]) -> None:
        """Write down what the metric needs of these deals, which were chosen."""
        raise NotImplementedError

    def leave_out(self, reason: str, row: DealRow, times: int = 1) -> None:
        """Note that a deal, or so many things in it, are left out, and why."""
        if reason not in self._left:
            self._left[reason] = self._about.noted()
        self._left[reason].add(row, times)

    def merge_parts(self, other: Tally[object]) -> None:
        assert isinstance(other, DealTally)
        for reason, noted in other._left.items():
            self._left.setdefault(reason, self._about.noted()).merge(noted)
        self.merge_counts(other)

    def merge_counts(self, other: DealTally[object]) -> None:
        """Add what another tally of the same metric has written down, apart from what it left out."""
        raise NotImplementedError

    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out, by reason, in the order of the reasons."""
        return tuple(
            LeftOut(reason=reason, count=noted.count, ids=noted.sorted_ids)
            for reason, noted in sorted(self._left.items())
        )
