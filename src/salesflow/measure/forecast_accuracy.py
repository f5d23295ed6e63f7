"""How right forecasts were: what was said in each week, against what was closed in the end.

What was said is kept as snapshots, or is worked out again from the journal, which knows every deal as it was. The error is
what was said less what closed; the bias is the error by what closed, so a bias above zero said too much; the absolute
percentage error is the bias without its sign. Where nothing closed there is nothing to divide by, and both are undefined.
Over several periods the mean of the absolute percentage errors gives every period the same weight, and the weighted one
(the sum of the absolute errors by the sum of what closed) gives large periods more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs

from salesflow.errors import CurrencyMismatch, InvalidValue
from salesflow.event import Recorded
from salesflow.measure.amounts import TotalAmount
from salesflow.measure.as_of_moments import rows_at
from salesflow.measure.rates import Rates
from salesflow.measure.replay import Chances, Facts
from salesflow.measure.result import Axis, Definition, LeftOut, Result, quotient
from salesflow.measure.rows import DealRow
from salesflow.measure.spread import TO_34_DIGITS
from salesflow.measure.target import period_of
from salesflow.storage.protocols import Journal
from salesflow.storage.receipt import JournalEntry
from salesflow.values.moments import Period, elapsed, is_moment, moment
from salesflow.values.money import Money

__all__ = [
    "AccuracyOfWeek",
    "ForecastAccuracy",
    "ForecastSnapshot",
    "accuracy",
    "accuracy_by_week",
    "closed_in",
    "forecast_snapshots",
]

Figure = Callable[[Iterable[DealRow]], Result[Money]]
_WEEK = timedelta(days=7)


def _has_length(_instance: object, _attribute: attrs.Attribute[Period], value: Period) -> None:
    period_of(value)


@attrs.frozen(kw_only=True)
class ForecastSnapshot:
    """What was said of a period at one moment.

    Attributes:
        period: what was forecast; of some length.
        at: when it was said; aware.
        said: the figure; ``None`` where there was none.
    """

    period: Period = attrs.field(validator=_has_length)
    at: datetime = attrs.field(validator=is_moment())
    said: Money | None

    @property
    def week(self) -> int:
        """In the how manieth week of the period it was said: the first seven days are week 1, the seven before week 0."""
        return elapsed(self.period.start, self.at) // _WEEK + 1


@attrs.frozen(kw_only=True)
class ForecastAccuracy:
    """How right one forecast was.

    Attributes:
        snapshot: what was said, and when.
        closed: what was closed in the period in the end.
        error: what was said less what closed.
        bias: the error by what closed, a fraction: above zero too much was said, below zero too little.
        absolute_percentage_error: the same without its sign.
    """

    snapshot: ForecastSnapshot
    closed: Result[Money]
    error: Result[Money]
    bias: Result[Decimal]
    absolute_percentage_error: Result[Decimal]

    @property
    def week(self) -> int:
        """In the how manieth week of the period it was said."""
        return self.snapshot.week


@attrs.frozen(kw_only=True)
class AccuracyOfWeek:
    """How right the forecasts of one week were, over several periods.

    Attributes:
        week: which week of its period, from 1.
        bias: the sum of the errors by the sum of what closed.
        weighted_percentage_error: the sum of the absolute errors by the sum of what closed (WAPE).
        mean_percentage_error: the mean of the absolute percentage errors (MAPE); periods in which nothing closed have none
            and are left out.
    """

    week: int
    bias: Result[Decimal]
    weighted_percentage_error: Result[Decimal]
    mean_percentage_error: Result[Decimal]


def forecast_snapshots(
    journal: Journal | Iterable[JournalEntry | Recorded],
    *,
    figure: Figure,
    period: Period,
    at: Iterable[datetime],
    process: Chances | None = None,
    facts: Facts | None = None,
) -> tuple[ForecastSnapshot, ...]:
    """Work out again what the forecast of a period was at several moments.

    Args:
        journal: a storage with a journal, its entries, or recorded events, in order; read once.
        figure: gives the figure from the deals as they were.
        period: which one is forecast.
        at: the moments.
        process, facts: as in :class:`~salesflow.measure.replay.Replay`.

    Returns:
        One for each moment, in time.

    Raises:
        InvalidValue: the period has no length, a moment has no time zone, or the journal is not whole.

    Example::

        snapshots = forecast_snapshots(
            storage,
            figure=lambda rows: CategoryForecast(period=quarter).of(rows).commit_forecast,
            period=quarter,
            at=mondays,
        )
    """
    period_of(period)
    moments = sorted({moment(one, field="at") for one in at})
    tables = rows_at(journal, *moments, process=process, facts=facts)
    return tuple(
        ForecastSnapshot(period=period, at=when, said=figure(rows).value)
        for when, rows in zip(moments, tables, strict=True)
    )


def closed_in(
    rows: Iterable[DealRow], period: Period, *, as_of: datetime, currency: str, rates: Rates | None = None
) -> Result[Money]:
    """What was won in a period, to hold forecasts against.

    Args:
        rows: the deals as they are now, or as they were at ``as_of``.
        period: by the moment of the close.
        as_of: when the rows are from. Before the end of the period, what closes in it is not known yet.
        currency: what nothing is in, where no deal was won.
        rates: turn every amount into one currency.

    Returns:
        The amount; zero where no deal was won; undefined where the period has not ended, or no amount is known.
    """
    period_of(period)
    total = TotalAmount(period=period, rates=rates).of(rows)
    if elapsed(moment(as_of, field="as_of"), period.end) > timedelta():
        return _without(total, "the period has not ended")
    if total.value is None and not total.count and not total.left_out:
        nothing = Money.zero(currency)
        return attrs.evolve(total, value=nothing, numerator=nothing, undefined=None)
    return total


def _without(result: Result[Money], why: str) -> Result[Money]:
    return attrs.evolve(result, value=None, numerator=None, undefined=why)


def accuracy(snapshots: Iterable[ForecastSnapshot], closed: Result[Money]) -> tuple[ForecastAccuracy, ...]:
    """How right the forecasts of one period were, from the first to the last.

    Args:
        snapshots: all of one period.
        closed: what was closed in it in the end; see :func:`closed_in`.

    Raises:
        InvalidValue: they are of several periods, or of another one than the figure of what closed.
        CurrencyMismatch: what was said and what closed are in different currencies.
    """
    given = sorted(snapshots, key=lambda snapshot: snapshot.at)
    periods = {snapshot.period for snapshot in given} | ({closed.definition.period} - {None})
    if len(periods) > 1:
        raise InvalidValue(
            "forecasts are held against what closed in their own period",
            field="snapshots",
            value=f"{len(periods)} periods",
            way_out="take one period after the other, and then accuracy_by_week",
        )
    return tuple(_accuracy(snapshot, closed) for snapshot in given)


def _accuracy(snapshot: ForecastSnapshot, closed: Result[Money]) -> ForecastAccuracy:
    said, real = snapshot.said, closed.value
    if said is not None and real is not None and said.currency != real.currency:
        raise CurrencyMismatch(said.currency, real.currency, doing="compared")
    error = None if said is None or real is None else said - real
    why = None if error is not None else closed.undefined or "nothing was said"
    unit = "" if real is None else real.currency
    return ForecastAccuracy(
        snapshot=snapshot,
        closed=closed,
        error=Result(
            definition=_defined("error", "what was said less what closed", None, snapshot.period, unit),
            value=error,
            undefined=why,
            numerator=error,
            count=1,
        ),
        bias=_fraction("bias", error, real, why, period=snapshot.period),
        absolute_percentage_error=_fraction(
            "absolute percentage error", None if error is None else abs(error), real, why, period=snapshot.period
        ),
    )


def _fraction(
    name: str, error: Money | None, real: Money | None, why: str | None, *, period: Period | None, count: int = 1
) -> Result[Decimal]:
    value = None if error is None or real is None or real.is_zero else error.ratio(abs(real))
    return Result(
        definition=_defined(name, _ERRORS[name], "what closed", period, "fraction"),
        value=value,
        undefined=None if value is not None else why or "nothing closed in the period",
        numerator=error,
        denominator=real,
        count=count,
    )


_ERRORS = {
    "bias": "what was said less what closed",
    "absolute percentage error": "absolute error",
    "weighted percentage error": "absolute errors",
}


def _defined(name: str, numerator: str, denominator: str | None, period: Period | None, unit: str) -> Definition:
    return Definition(
        metric=f"forecast {name}",
        numerator=numerator,
        denominator=denominator,
        population="forecasts of the period" if period else "forecasts of several periods",
        axis=Axis.CLOSED,
        period=period,
        unit=unit,
        rounding=TO_34_DIGITS if denominator else "not rounded",
    )


def accuracy_by_week(accuracies: Iterable[ForecastAccuracy]) -> tuple[AccuracyOfWeek, ...]:
    """How right the forecasts of each week of a period were, over several periods.

    Of several snapshots in one week of one period, the last one counts.

    Args:
        accuracies: of any periods; of one currency.

    Raises:
        CurrencyMismatch: they are in several currencies.

    Example:
        ``accuracy_by_week(chain(first_quarter, second_quarter))[0].mean_percentage_error.percent(1)``
    """
    last: dict[tuple[int, Period], ForecastAccuracy] = {}
    for one in sorted(accuracies, key=lambda one: one.snapshot.at):
        last[one.week, one.snapshot.period] = one
    weeks = sorted({week for week, _ in last})
    return tuple(_of_week(week, [one for (own, _), one in last.items() if own == week]) for week in weeks)


def _of_week(week: int, several: Sequence[ForecastAccuracy]) -> AccuracyOfWeek:
    known = [(one.error.value, one.closed.value) for one in several]
    pairs = [(error, real) for error, real in known if error is not None and real is not None]
    why = None if pairs else "no forecast of this week has an error"
    errors, real, absolute = None, None, None
    if pairs:
        code = pairs[0][1].currency
        errors = Money.total([error for error, _ in pairs], currency=code)
        absolute = Money.total([abs(error) for error, _ in pairs], currency=code)
        real = Money.total([closed for _, closed in pairs], currency=code)
    return AccuracyOfWeek(
        week=week,
        bias=_fraction("bias", errors, real, why, period=None, count=len(pairs)),
        weighted_percentage_error=_fraction(
            "weighted percentage error", absolute, real, why, period=None, count=len(pairs)
        ),
        mean_percentage_error=_mean([one.absolute_percentage_error for one in several]),
    )


def _mean(errors: Sequence[Result[Decimal]]) -> Result[Decimal]:
    known = [Fraction(error.value) for error in errors if error.value is not None]
    mean = sum(known, Fraction(0)) / max(len(known), 1)
    reasons = sorted({error.undefined for error in errors if error.undefined is not None})
    return Result(
        definition=_defined(
            "mean percentage error", "absolute percentage errors", "number of periods", None, "fraction"
        ),
        value=quotient(mean.numerator, mean.denominator) if known else None,
        undefined=None if known else "; ".join(reasons),
        denominator=len(known),
        count=len(known),
        left_out=tuple(
            LeftOut(reason=reason, count=sum(error.undefined == reason for error in errors)) for reason in reasons
        ),
    )
