"""Attainment: how much of a target was reached, whether that is on pace, and what is still needed.

* attainment = what was reached / the target; of several periods together the sums are divided, never the percentages
  averaged.
* pace = what was reached / what the target comes to, pro rata, by the days that have passed.
* coverage = open pipeline / (target - what was reached); undefined once the target is met: nothing is left to cover.

Every figure carries its definition, and where it is undefined it says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import attrs

from salesflow.errors import CurrencyMismatch, InvalidValue, WrongType
from salesflow.measure.credit import Credit, converted
from salesflow.measure.pro_rata import day_of, pro_rata
from salesflow.measure.rates import Rates
from salesflow.measure.result import Axis, Definition, LeftOut, Result, quotient
from salesflow.measure.target import Figure, Target, TargetKind
from salesflow.measure.target_split import Portion, split_by_portions
from salesflow.values.decimals import EXACT, HALF_UP, exact_decimal
from salesflow.values.moments import Period, elapsed, moment
from salesflow.values.money import Money
from salesflow.values.working_days import WorkingDays

__all__ = ["Standing", "standing", "year_to_date"]

_ROUNDING = "to 34 significant digits, half up"
_COUNTED = {
    TargetKind.AMOUNT: "amount of won deals",
    TargetKind.COUNT: "number of won deals",
    TargetKind.ACTIVITIES: "number of activities done",
}


def _figure(value: Figure | int) -> Figure:
    return value if isinstance(value, Money) else exact_decimal(value, field="figure")


def _optional_figure(value: Figure | int | None) -> Figure | None:
    return None if value is None else _figure(value)


@attrs.frozen(kw_only=True)
class Standing:
    """Where somebody stands with a target.

    Attributes:
        target: what is to be reached.
        achieved: what was reached in its period: an amount in the currency of the target, or a number.
        overlay: what came on top of that through overlays; kept apart.
        count: how many credits that is.
        left_out: which credits were not taken, by reason.
        ids: the deals that it rests on, in order.

    Raises:
        WrongType: a figure is no ``Money`` where an amount is counted, or is a ``float``.
        CurrencyMismatch: it is in another currency than the target.

    Example:
        >>> year = Target(period=Period.year(2027, UTC), amount=Money("250000", "EUR"))
        >>> Standing(target=year, achieved=Money("235000", "EUR")).attainment.percent()
        Decimal('94.00')
    """

    target: Target
    achieved: Figure = attrs.field(converter=_figure)
    overlay: Figure | None = attrs.field(default=None, converter=_optional_figure)
    count: int = 0
    left_out: tuple[LeftOut, ...] = ()
    ids: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.target, Target):
            raise WrongType("must be a Target", field="target", value=self.target)
        _number(self.target, self.achieved, field="achieved")
        if self.overlay is not None:
            _number(self.target, self.overlay, field="overlay")

    @property
    def attainment(self) -> Result[Decimal]:
        """What was reached by the target, a fraction; undefined where the target is nothing."""
        return self._by_target("attainment", self.target.number, "target", "the target is nothing")

    @property
    def is_met(self) -> bool:
        """Whether at least the target was reached."""
        return _number(self.target, self.achieved, field="achieved") >= self.target.number

    @property
    def still_needed(self) -> Figure:
        """What is missing; nothing once the target is met."""
        return self.target.figure(max(Decimal(0), self._missing))

    def expected(self, at: datetime, *, working: WorkingDays | None = None, portions: Sequence[Portion] = ()) -> Figure:
        """What the target comes to, pro rata, by the days that have passed before the day of a moment.

        Args:
            at: the moment; its own day, in the zone of the period, has not passed.
            working: counts working days instead of days.
            portions: a distribution of one's own; within each of them the days count equally.

        Raises:
            InvalidValue: the moment has no time zone, or the portions do not fit.
        """
        moment(at, field="at")
        total = Decimal(0)
        for part in split_by_portions(self.target, portions) if portions else (self.target,):
            if elapsed(part.period.start, at).days >= 0:
                total = HALF_UP.add(total, _bare(pro_rata(part, Period(part.period.start, at), working=working)))
        return self.target.figure(total)

    def pace(
        self, at: datetime, *, working: WorkingDays | None = None, portions: Sequence[Portion] = ()
    ) -> Result[Decimal]:
        """What was reached by what is expected by now, a fraction; 1 is exactly on pace.

        Args:
            at, working, portions: as for :meth:`expected`.
        """
        expected = _number(self.target, self.expected(at, working=working, portions=portions), field="expected")
        counted = "working days" if working is not None else "days"
        words = f"target pro rata by {counted} passed before {at.astimezone(self.target.period.start.tzinfo).date()}"
        return self._by_target("pace", expected, words, "nothing is expected by now")

    def coverage(self, pipeline: Figure | int) -> Result[Decimal]:
        """How many times the open pipeline covers what is missing; undefined once nothing is.

        Args:
            pipeline: the open pipeline of the period: an amount (not weighted), or a number of deals.

        Raises:
            WrongType, CurrencyMismatch: it is not in the unit of the target.
            InvalidValue: it lies below zero.
        """
        number = _number(self.target, _figure(pipeline), field="pipeline")
        if number < 0:
            raise InvalidValue("an open pipeline is not below zero", field="pipeline", value=number)
        return Result(
            definition=self._definition("coverage", "open pipeline", "target less what was reached"),
            value=quotient(number, self._missing) if self._missing > 0 else None,
            undefined=None if self._missing > 0 else "the target is met, so nothing is left to cover",
            numerator=self.target.figure(number),
            denominator=self.target.figure(self._missing),
            count=self.count,
            left_out=self.left_out,
        )

    def needed_per_day(self, at: datetime, *, working: WorkingDays) -> Result[Figure]:
        """What is still needed on each working day that remains, the day of the moment included.

        Returns:
            An amount rounded half up to the minor unit, or a number; undefined where something is missing and no working
            day remains.

        Raises:
            InvalidValue: the moment has no time zone.
        """
        moment(at, field="at")
        today = max(day_of(self.target, at), self.target.first_day)
        days = max(0, working.between(today, self.target.day_after))
        needed = max(Decimal(0), self._missing)
        value = Decimal(0) if not needed else quotient(needed, days) if days else None
        definition = self._definition("still needed per working day", "what is missing", "working days that remain")
        return Result(
            definition=attrs.evolve(definition, unit=f"{self.target.unit} a working day", method=str(working)),
            value=None if value is None else self.target.figure(value),
            undefined="something is missing, and no working day remains" if value is None else None,
            numerator=self.target.figure(needed),
            denominator=days,
            count=self.count,
            left_out=self.left_out,
        )

    @property
    def _missing(self) -> Decimal:
        """What is missing; below zero where more was reached."""
        return EXACT.subtract(self.target.number, _number(self.target, self.achieved, field="achieved"))

    def _by_target(self, metric: str, whole: Decimal, words: str, nothing: str) -> Result[Decimal]:
        return Result(
            definition=self._definition(metric, _COUNTED[self.target.kind], words),
            value=quotient(_number(self.target, self.achieved, field="achieved"), whole) if whole else None,
            undefined=None if whole else nothing,
            numerator=self.achieved,
            denominator=self.target.figure(whole),
            count=self.count,
            left_out=self.left_out,
            ids=self.ids or None,
        )

    def _definition(self, metric: str, numerator: str, denominator: str) -> Definition:
        return Definition(
            metric=metric,
            numerator=numerator,
            denominator=denominator,
            population="won deals" if self.target.kind is not TargetKind.ACTIVITIES else self.target.unit,
            axis=None if self.target.kind is TargetKind.ACTIVITIES else Axis.CLOSED,
            period=self.target.period,
            unit="fraction",
            rounding=_ROUNDING,
        )


def standing(
    target: Target,
    credits: Iterable[Credit],
    *,
    rates: Rates | None = None,
    until: datetime | None = None,
) -> Standing:
    """Add up the credits that count towards a target.

    Args:
        target: what is to be reached.
        credits: of those whose target it is; of other times and kinds they are passed over.
        rates: turn other currencies into that of the target, each by the rate of the day of the credit, in UTC.
        until: only what happened before this moment.

    Raises:
        InvalidValue: an amount is in another currency and there is no rate for it on its day.

    Example:
        ``standing(target, [one for one in deal_credits(rows) if one.to == "noa"]).attainment.percent()``
    """
    if until is not None:
        moment(until, field="until")
    _check_rates(target, rates)
    sums = {False: Decimal(0), True: Decimal(0)}
    ids: dict[str, None] = {}
    left_out: dict[str, list[str]] = {}
    count = 0
    for credit in credits:
        if not _is_of_kind(credit, target):
            continue
        reason = _unknown(credit, target)
        if reason is not None:
            left_out.setdefault(reason, []).append(credit.deal_id)
        elif _is_in(credit, target.period, until):
            sums[credit.is_overlay] = EXACT.add(sums[credit.is_overlay], _worth(credit, target, rates))
            ids[credit.deal_id] = None
            count += 1
    reasons = (LeftOut(reason=why, count=len(found), ids=tuple(found)) for why, found in sorted(left_out.items()))
    return Standing(
        target=target,
        achieved=target.figure(sums[False]),
        overlay=target.figure(sums[True]),
        count=count,
        left_out=tuple(reasons),
        ids=tuple(sorted(ids)),
    )


def year_to_date(standings: Iterable[Standing]) -> tuple[Result[Decimal], ...]:
    """The attainment up to and including each of several periods: the sums so far divided, not percentages averaged.

    Args:
        standings: of periods one after the other, all in one unit.

    Raises:
        InvalidValue: they are of different units, or go back in time.

    Example:
        Targets of 50,000 each, reached 42,500, 55,000 and 52,500, give 85, 97.5 and 100 percent.
    """
    found: list[Result[Decimal]] = []
    whole: Standing | None = None
    for one in standings:
        whole = one if whole is None else _together(whole, one)
        found.append(whole.attainment)
    return tuple(found)


def _together(so_far: Standing, following: Standing) -> Standing:
    before, after = so_far.target, following.target
    if (before.unit, before.kind) != (after.unit, after.kind):
        raise InvalidValue(
            "only targets of one unit are added up",
            field="standings",
            value=f"{before.unit} and {after.unit}",
            way_out="give those of one kind and currency",
        )
    if elapsed(before.period.end, after.period.start).days < 0:
        raise InvalidValue(
            "periods come one after the other",
            field="standings",
            value=after.period.start.isoformat(),
            way_out=f"give one that starts at {before.period.end.isoformat()} or later",
        )
    period = Period(before.period.start, after.period.end)
    added = (
        attrs.evolve(before, period=period, amount=before.amount + after.amount)
        if before.amount is not None and after.amount is not None
        else attrs.evolve(before, period=period, count=(before.count or 0) + (after.count or 0))
    )
    return Standing(
        target=added,
        achieved=added.figure(EXACT.add(_bare(so_far.achieved), _bare(following.achieved))),
        count=so_far.count + following.count,
        left_out=(*so_far.left_out, *following.left_out),
        ids=tuple(sorted({*so_far.ids, *following.ids})),
    )


def _check_rates(target: Target, rates: Rates | None) -> None:
    if rates is not None and target.currency is not None and rates.into != target.currency:
        raise InvalidValue(
            "rates lead to the currency of the target",
            field="rates",
            value=f"{rates.into}, and the target is in {target.currency}",
            way_out=f"give Rates({target.currency!r}, ...)",
        )


def _is_of_kind(credit: Credit, target: Target) -> bool:
    if target.kind is not TargetKind.ACTIVITIES:
        return not credit.is_activity
    return credit.is_activity and target.activity in (None, credit.activity)


def _unknown(credit: Credit, target: Target) -> str | None:
    if credit.at is None:
        return "it is not known when"
    if target.kind is TargetKind.AMOUNT and credit.amount is None:
        return "the amount is not known"
    return None


def _is_in(credit: Credit, period: Period, until: datetime | None) -> bool:
    assert credit.at is not None
    return credit.at in period and (until is None or elapsed(until, credit.at).days < 0)


def _worth(credit: Credit, target: Target, rates: Rates | None) -> Decimal:
    if target.currency is None:
        return credit.share
    assert credit.amount is not None
    assert credit.at is not None
    return converted(credit.amount, target.currency, on=credit.at.date(), rates=rates).amount


def _number(target: Target, figure: Figure, *, field: str) -> Decimal:
    """A figure without its unit, which must be that of the target."""
    if target.currency is None:
        if isinstance(figure, Money):
            raise WrongType(
                f"must be a number of {target.unit}", field=field, value=str(figure), way_out="give an int or a Decimal"
            )
        return figure
    if not isinstance(figure, Money):
        raise WrongType("must be an amount", field=field, value=figure, way_out=f"give Money(..., {target.currency!r})")
    if figure.currency != target.currency:
        raise CurrencyMismatch(target.currency, figure.currency, doing="compared")
    return figure.amount


def _bare(figure: Figure) -> Decimal:
    return figure.amount if isinstance(figure, Money) else figure
