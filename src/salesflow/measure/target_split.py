"""Dividing a target: by month, by day, by working day, or by a distribution of one's own. The parts add up to the whole.

Nothing is lost to rounding, and nothing is hidden in it: equal parts differ by a cent, or by one deal, at most (the method
of the largest remainder, see ``salesflow.values.shares``); of a distribution in percent the last part takes the rest, as
with every split in percent here.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.measure.target import Target, period_of
from salesflow.values.decimals import HALF_UP, exact_decimal, half_up
from salesflow.values.moments import Period, elapsed
from salesflow.values.shares import MOST_PARTS, ratios, shares
from salesflow.values.working_days import WorkingDays

__all__ = ["Portion", "split_by_day", "split_by_month", "split_by_portions", "split_by_working_day"]

_HUNDRED = Decimal(100)
_ONE = Decimal(1)


def _percent(value: Decimal | int | str) -> Decimal:
    return exact_decimal(value, field="percent")


def _is_period(_instance: object, _attribute: attrs.Attribute[Period], value: object) -> None:
    period_of(value)


@attrs.frozen(kw_only=True)
class Portion:
    """How much of a target falls into a part of its period.

    Attributes:
        period: which part.
        percent: of the whole; a percentage, not a fraction.
    """

    period: Period = attrs.field(validator=_is_period)
    percent: Decimal = attrs.field(converter=_percent)


def split_by_month(target: Target) -> tuple[Target, ...]:
    """Equal parts for the months of its period; a month that is only partly in it counts for the days that are.

    Raises:
        InvalidValue: there are more than 10,000 months.

    Example:
        ``split_by_month(Target(period=Period.year(2027, zone), amount=Money("120000", "EUR")))`` is ten thousand a month.
    """
    firsts = [target.first_day]
    while len(firsts) <= MOST_PARTS:
        following = _next_month(firsts[-1])
        if following >= target.day_after:
            break
        firsts.append(following)
    bounds = [*firsts, target.day_after]
    return _divided(target, [_days(target, *part) for part in pairwise(bounds)], _parts_of_months(bounds))


def split_by_day(target: Target) -> tuple[Target, ...]:
    """Equal parts for the days of its period, in the time zone of its start.

    Raises:
        InvalidValue: there are more than 10,000 days.
    """
    days = _dates(target)
    return _divided(target, [_days(target, on, on + timedelta(days=1)) for on in days], [1] * len(days))


def split_by_working_day(target: Target, working: WorkingDays) -> tuple[Target, ...]:
    """Equal parts for the working days of its period; other days have none.

    Raises:
        WrongType: it is given no ``WorkingDays``.
        InvalidValue: no day of the period is worked, or there are more than 10,000 days.
    """
    if not isinstance(working, WorkingDays):
        raise WrongType("must be WorkingDays", field="working", value=working, way_out="give WorkingDays()")
    days = [on for on in _dates(target) if working.is_working_day(on)]
    if not days:
        raise InvalidValue("no day of the period is worked", field="working", way_out="give other working days")
    return _divided(target, [_days(target, on, on + timedelta(days=1)) for on in days], [1] * len(days))


def split_by_portions(target: Target, portions: Iterable[Portion]) -> tuple[Target, ...]:
    """Parts by a distribution of one's own, such as a season; the last one takes the rest.

    Args:
        target: what is divided.
        portions: in order of time, within the period of the target, together exactly 100 percent.

    Raises:
        WrongType: one is no ``Portion``.
        InvalidValue: they overlap, lie outside the period, do not add up to 100, or leave less than nothing for the last.

    Example:
        ``split_by_portions(year, [Portion(period=first_half, percent=40), Portion(period=second_half, percent=60)])``
    """
    given = tuple(portions)
    for one in given:
        if not isinstance(one, Portion):
            raise WrongType(
                "must be a Portion", field="portions", value=one, way_out="give Portion(period=..., percent=...)"
            )
    _check_within(target, [one.period for one in given])
    percents = [one.percent for one in given]
    if target.amount is not None:
        return tuple(
            attrs.evolve(target, period=one.period, amount=amount)
            for one, amount in zip(given, target.amount.split_percent(percents), strict=True)
        )
    return tuple(
        attrs.evolve(target, period=one.period, count=count)
        for one, count in zip(given, _counts(target.count or 0, percents), strict=True)
    )


def _counts(count: int, percents: Sequence[Decimal]) -> list[int]:
    """Whole numbers by percentages, all but the last rounded half up; the last takes the rest."""
    exact = ratios(percents, field="portions")
    if sum(exact) != _HUNDRED:
        raise InvalidValue("percentages must add up to exactly 100", field="portions", value=sum(exact))
    parts = [int(half_up(HALF_UP.multiply(Decimal(count), one.scaleb(-2, HALF_UP)), _ONE)) for one in exact[:-1]]
    return [*parts, count - sum(parts)]


def _check_within(target: Target, periods: Sequence[Period]) -> None:
    """Refuse parts that go back in time, overlap, or lie outside the whole."""
    bounds = [target.period.start]
    for period in periods:
        bounds += [period.start, period.end]
    bounds.append(target.period.end)
    for before, after in pairwise(bounds):
        if elapsed(before, after).days < 0:
            raise InvalidValue(
                "parts lie one after the other within the period of the whole",
                field="portions",
                value=after.isoformat(),
                way_out=f"give moments from {target.period.start.isoformat()} to {target.period.end.isoformat()}",
            )


def _divided(target: Target, periods: Sequence[Period], weights: Sequence[int]) -> tuple[Target, ...]:
    if target.amount is not None:
        return tuple(
            attrs.evolve(target, period=period, amount=amount)
            for period, amount in zip(periods, target.amount.allocate(weights), strict=True)
        )
    return tuple(
        attrs.evolve(target, period=period, count=count)
        for period, count in zip(periods, shares(target.count or 0, weights, field="parts"), strict=True)
    )


def _parts_of_months(bounds: Sequence[date]) -> list[int]:
    """How much of its month each part is, as whole numbers in the same proportion; months have 28 to 31 days."""
    of_all = 28 * 29 * 30 * 31
    return [
        (after - first).days * of_all // calendar.monthrange(first.year, first.month)[1]
        for first, after in pairwise(bounds)
    ]


def _next_month(on: date) -> date:
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)


def _dates(target: Target) -> list[date]:
    count = (target.day_after - target.first_day).days
    if count > MOST_PARTS:
        raise InvalidValue(
            f"a target is divided into at most {MOST_PARTS:,} days",
            field="period",
            value=count,
            way_out="divide it by month first",
        )
    return [target.first_day + timedelta(days=number) for number in range(count)]


def _days(target: Target, first: date, after: date) -> Period:
    """The time from one day to before another that is in the period of a target."""
    zone, whole = target.period.start.tzinfo, target.period
    start = whole.start if first <= target.first_day else datetime.combine(first, time.min, zone)
    return Period(start, whole.end if after >= target.day_after else datetime.combine(after, time.min, zone))
