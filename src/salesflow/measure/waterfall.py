"""The pipeline waterfall: how the open pipeline of one moment became that of another, to the cent.

    opening + new + reopened + pulled in + amount became known + increased +- currency changed
        - decreased - amount became unknown - pushed out - removed - lost - won = closing

With a period, the pipeline is that of the deals that are expected to close in it: they are pulled in when their expected
close comes to lie in it, and pushed out when it leaves it. Without one it is all open deals, and nobody is pushed.

What is decided here:

- Several changes of one deal are taken in one order: it changes hands at the amount it had, then its amount changes, then
  it comes in or leaves with the amount it has now. So the won bar is what was won, and not what had been hoped for.
- A deal that came and was closed between the moments is new and then won or lost. One that was closed, reopened and closed
  again is reopened and then won or lost.
- A deal that was expected in another period and won in this one is pulled in and then won. It counts by the day on which it
  was won; a lost deal counts by its expected close.
- A deal whose amount is not known adds nothing, and is counted; so is one that is no longer there (removed).
- By group, a deal that has another owner now was handed over by one and taken over by the other, at the amount it had; what
  else happened to it is the new one's. In the whole nothing is handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import UTC, date

import attrs

from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.amounts import UNKNOWN, DealCount, Sums, mixed
from salesflow.measure.forecast_date import ForecastDate
from salesflow.measure.grouping import Grouping, grouped, in_order
from salesflow.measure.metric import LOST, WON
from salesflow.measure.rates import Rates
from salesflow.measure.result import Axis, Definition, Group, Groups, LeftOut, Result
from salesflow.measure.rows import DealRow
from salesflow.measure.target import period_of
from salesflow.measure.waterfall_steps import ABSENT, FALLING, Movement, Place, Standing, Step, steps
from salesflow.values.moments import Period, day
from salesflow.values.money import Money

__all__ = ["Bar", "Movement", "Waterfall", "waterfall_by", "waterfall_of"]


@attrs.frozen(kw_only=True)
class Bar:
    """One bar of a waterfall.

    Attributes:
        movement: what happened.
        change: by how much the pipeline became larger; below zero, smaller; ``None`` where the waterfall is undefined.
        count: how many deals it happened to.
        ids: which ones, in order.
    """

    movement: Movement
    change: Money | None
    count: int
    ids: tuple[str, ...]

    @property
    def amount(self) -> Money | None:
        """The height of the bar: what is added, or taken off by bars that fall."""
        return -self.change if self.change is not None and self.movement in FALLING else self.change


@attrs.frozen(kw_only=True)
class Waterfall:
    """How the pipeline changed.

    Attributes:
        opening: the open pipeline at the first moment.
        bars: every movement, in the order of :class:`Movement`, those that did not happen included.
        closing: the open pipeline at the second moment; exactly the opening and all changes.
        undefined: why there are no amounts; ``None`` where there are.
    """

    opening: Result[Money]
    bars: tuple[Bar, ...]
    closing: Result[Money]

    @property
    def undefined(self) -> str | None:
        """Why there are no amounts; ``None`` where there are."""
        return self.opening.undefined

    def __iter__(self) -> Iterator[Bar]:
        """The bars of what happened."""
        return (bar for bar in self.bars if bar.count)

    def __getitem__(self, movement: Movement | str) -> Bar:
        for bar in self.bars:
            if bar.movement == movement:
                return bar
        raise UnknownName("movement", movement, Movement)


def waterfall_of(
    before: Iterable[DealRow],
    after: Iterable[DealRow],
    *,
    period: Period | None = None,
    rates: Rates | None = None,
    rate_on: date | None = None,
) -> Waterfall:
    """How the pipeline of one moment became that of another.

    Args:
        before, after: the deals at the two moments: two replays of a journal
            (:func:`~salesflow.measure.as_of_moments.rows_at`), or snapshots that the host kept. Each deal once.
        period: only deals that are expected to close in it; of some length.
        rates: turn every amount into one currency.
        rate_on: the day whose rates count at both moments, so that no rate moves the pipeline; needed with ``rates``.

    Raises:
        InvalidValue: the period has no length, a deal comes twice, or a rate is missing.

    Example:
        ``waterfall_of(*rows_at(storage, monday, friday), period=quarter)["pushed out"].ids``
    """
    reading = _Reading(period=period, rates=rates, rate_on=rate_on)
    return _Building.of(reading, _pairs(reading, before, after)).waterfall()


def waterfall_by(
    before: Iterable[DealRow],
    after: Iterable[DealRow],
    *by: Grouping | str | Callable[[DealRow], Hashable],
    period: Period | None = None,
    rates: Rates | None = None,
    rate_on: date | None = None,
) -> Groups[Waterfall]:
    """The waterfall of every group.

    Args:
        before, after, period, rates, rate_on: as for :func:`waterfall_of`.
        *by: what the deals are grouped by, as for :func:`~salesflow.measure.grouping.grouped`; a deal has one of it. By
            "currency" each currency has its own waterfall, and no rates are needed.

    Raises:
        InvalidValue: as for :func:`waterfall_of`, or a deal may be in several groups.
        UnknownName: the rows have no such column.

    Example:
        ``waterfall_by(*rows_at(storage, monday, friday), "owner")["noa"].closing.value``
    """
    groupings = grouped(DealCount(), *by).by
    if any(one.overlap for one in groupings):
        raise InvalidValue(
            "a deal is in one group of a waterfall",
            field="by",
            value=" and ".join(one.name for one in groupings),
            way_out="group by something that a deal has one of, such as its owner",
        )
    reading = _Reading(period=period, rates=rates, rate_on=rate_on, by=groupings)
    pairs = list(_pairs(reading, before, after))
    parts: dict[Hashable, _Building] = {}
    for deal_id, opened, closed in pairs:
        _share_out(reading, parts, deal_id, opened, closed)
    return Groups(
        by=tuple(one.name for one in groupings),
        groups=tuple(Group(key=key, result=parts[key].waterfall()) for key in sorted(parts, key=in_order)),
        whole=_Building.of(reading, pairs).waterfall(),
    )


_Pair = tuple[str, Standing, Standing]


@attrs.frozen(kw_only=True)
class _Reading:
    """How rows are read."""

    period: Period | None = attrs.field()
    rates: Rates | None = None
    rate_on: date | None = attrs.field(default=None)
    by: tuple[Grouping, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.period is not None:
            period_of(self.period)
        if self.rates is not None:
            if self.rate_on is None:
                raise InvalidValue("rates are of a day", field="rate_on", way_out="give the day whose rates count")
            day(self.rate_on, field="rate_on")

    def standings(self, rows: Iterable[DealRow]) -> dict[str, Standing]:
        """Where the deals stand, by id."""
        counts_in = _counts_in(self.period)
        found: dict[str, Standing] = {}
        for row in rows:
            if row.id in found:
                raise InvalidValue("a deal has one row at each moment", field="rows", value=row.id)
            counts = counts_in(row)
            found[row.id] = Standing(
                place=_place(row, counts=counts),
                amount=self._amount(row),
                currency=row.currency,
                closed_at=row.closed_at,
                counts=counts,
                group=self._group(row),
            )
        return found

    def _amount(self, row: DealRow) -> Money | None:
        if row.amount is None or self.rates is None or self.rate_on is None:
            return row.amount
        amount = self.rates.converted(row.amount, self.rate_on)
        if amount is None:
            raise InvalidValue(
                f"no rate is given from {row.amount.currency} to {self.rates.into}",
                field="rates",
                value=self.rate_on.isoformat(),
                way_out='add one, or use waterfall_by(..., "currency")',
            )
        return amount

    def _group(self, row: DealRow) -> Hashable:
        try:
            keys = tuple(one.keys(row)[0] for one in self.by)
        except AttributeError as error:
            if error.obj is not row:
                raise
            columns = [field.name for field in attrs.fields(type(row))]
            raise UnknownName("column", error.name, columns, where=type(row).__name__) from None
        return keys[0] if len(keys) == 1 else keys

    def definition(self, which: str) -> Definition:
        """What a figure of the waterfall means."""
        return Definition(
            metric=f"{which} pipeline",
            numerator="the amounts of open deals",
            population="open deals" if self.period is None else "open deals that are expected to close in the period",
            axis=None if self.period is None else Axis.EXPECTED,
            period=self.period,
            method="" if self.rate_on is None else f"by the rates of {self.rate_on.isoformat()}",
        )


def _counts_in(period: Period | None) -> Callable[[DealRow], bool]:
    """Whether the forecast date of a deal lies in a period."""
    if period is None:
        return lambda _row: True
    dates = ForecastDate(period.start.tzinfo or UTC)
    start, end = period.start.astimezone(UTC), period.end.astimezone(UTC)  # those of one zone compare by the wall clock

    def counts(row: DealRow) -> bool:
        at = dates(row)
        return at is not None and start <= at < end

    return counts


def _place(row: DealRow, *, counts: bool) -> Place:
    if row.outcome is WON:
        return Place.WON
    if row.outcome is LOST:
        return Place.LOST
    return Place.IN if counts else Place.OUT


def _pairs(reading: _Reading, before: Iterable[DealRow], after: Iterable[DealRow]) -> Iterator[_Pair]:
    opened, closed = reading.standings(before), reading.standings(after)
    for deal_id in sorted({*opened, *closed}):
        yield deal_id, opened.get(deal_id, ABSENT), closed.get(deal_id, ABSENT)


def _share_out(
    reading: _Reading, parts: dict[Hashable, _Building], deal_id: str, opened: Standing, closed: Standing
) -> None:
    """Give what happened to one deal to the groups that it happened in."""

    def part(key: Hashable) -> _Building:
        return parts.setdefault(key, _Building(reading))

    if opened.place is Place.IN:
        part(opened.group).opening.add(deal_id, opened.amount)
    for step in steps(opened, closed, by_group=True):
        part(step.group).move(deal_id, step)
    if closed.place is Place.IN:
        part(closed.group).closing.add(deal_id, closed.amount)


class _Deals:
    """Deals of an end of the waterfall, and what they add up to."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.unknown: list[str] = []
        self.sums = Sums()

    def add(self, deal_id: str, amount: Money | None) -> None:
        self.ids.append(deal_id)
        if amount is None:
            self.unknown.append(deal_id)
        else:
            self.sums.add(amount.currency, amount.amount)


class _Building:
    """A waterfall that is being built."""

    def __init__(self, reading: _Reading) -> None:
        self.reading = reading
        self.opening, self.closing = _Deals(), _Deals()
        self.changes: Mapping[Movement, Sums] = {movement: Sums() for movement in Movement}
        self.ids: Mapping[Movement, dict[str, None]] = {movement: {} for movement in Movement}

    @classmethod
    def of(cls, reading: _Reading, pairs: Iterable[_Pair]) -> _Building:
        made = cls(reading)
        for deal_id, opened, closed in pairs:
            if opened.place is Place.IN:
                made.opening.add(deal_id, opened.amount)
            for step in steps(opened, closed):
                made.move(deal_id, step)
            if closed.place is Place.IN:
                made.closing.add(deal_id, closed.amount)
        return made

    def move(self, deal_id: str, step: Step) -> None:
        self.ids[step.movement][deal_id] = None
        if step.code is not None:
            self.changes[step.movement].add(step.code, step.change)

    def waterfall(self) -> Waterfall:
        sums = [self.opening.sums, self.closing.sums, *self.changes.values()]
        codes = sorted({code for one in sums for code in one.by_currency})
        if not codes and self.reading.rates is not None:
            codes = [self.reading.rates.into]
        why = None if len(codes) == 1 else mixed(codes) if codes else "there are no deals with a known amount"
        code = codes[0] if why is None else None
        return Waterfall(
            opening=self._end("opening", self.opening, code, why),
            bars=tuple(
                Bar(
                    movement=movement,
                    change=_sum(self.changes[movement], code),
                    count=len(self.ids[movement]),
                    ids=tuple(self.ids[movement]),
                )
                for movement in Movement
            ),
            closing=self._end("closing", self.closing, code, why),
        )

    def _end(self, which: str, deals: _Deals, code: str | None, why: str | None) -> Result[Money]:
        total = _sum(deals.sums, code)
        return Result(
            definition=attrs.evolve(self.reading.definition(which), unit=code or ""),
            value=total,
            undefined=why,
            numerator=total,
            count=len(deals.ids),
            left_out=(LeftOut(reason=UNKNOWN, count=len(deals.unknown), ids=tuple(deals.unknown)),)
            if deals.unknown
            else (),
            ids=tuple(deals.ids),
        )


def _sum(sums: Sums, code: str | None) -> Money | None:
    return None if code is None else Money(sums.by_currency.get(code, 0), code)
