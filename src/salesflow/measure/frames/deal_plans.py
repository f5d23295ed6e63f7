"""The plans of metrics that look at each deal once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from salesflow.errors import InvalidValue
from salesflow.measure.age import OpenAge
from salesflow.measure.amounts import UNKNOWN, DealCount, DealSize, Sums, TotalAmount
from salesflow.measure.cycle import SalesCycle
from salesflow.measure.frames.conversion import converted
from salesflow.measure.frames.engine import Expr
from salesflow.measure.frames.plans import DealPlan, planned
from salesflow.measure.frames.questions import Key, Question, Total
from salesflow.measure.frames.scope import COLUMNS, Scope
from salesflow.measure.frames.session import places
from salesflow.measure.frames.values import Values
from salesflow.measure.hygiene import NoNextStep, PushedCloseDates, RottingShare
from salesflow.measure.rates import Rates
from salesflow.measure.reasons import Competitors, LossReasons, WinReasons
from salesflow.measure.win_rate import Among, WinRate
from salesflow.outcome import Outcome

__all__ = ["AmountPlan"]

OPEN, WON, LOST = Outcome.OPEN, Outcome.WON, Outcome.LOST


@planned(DealCount)
class CountPlan(DealPlan[Any]):
    """Counts deals."""

    def __init__(self, metric: DealCount, scope: Scope) -> None:
        super().__init__(metric, scope)
        self._deals = self.note(self.are(*metric.outcomes))

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The number."""
        tally._deals = self.noted(self._deals, key)


class AmountPlan(DealPlan[Any]):
    """A plan that adds up amounts."""

    def __init__(self, metric: Any, scope: Scope) -> None:
        super().__init__(metric, scope)
        self._rates: Rates | None = metric.rates
        if metric.rates is not None:
            self.question: Question = scope.about_rate_days(metric.axis)

    def with_amount(self, mask: Expr) -> tuple[Expr, dict[str, tuple[Expr, Expr]]]:
        """Which of the deals have an amount, and those of each currency with their minor units; others are left out."""
        known = self.session.amount_known
        self.leave_out(UNKNOWN, mask & ~known)
        if self._rates is not None:
            return converted(self, mask & known, self._rates)
        own = {code: (mask & self.session.of_currency(code), self.session.minor_units(code)) for code in self._codes}
        return mask & known, own

    @property
    def _codes(self) -> tuple[str, ...]:
        return self.session.currencies if self.session.has_amounts else ()

    def sums(self, mask: Expr) -> tuple[Expr, _Sums]:
        """Ask for what the deals add up to; gives which of them have an amount."""
        known, by_currency = self.with_amount(mask)
        return known, _Sums(self, by_currency)


class _Sums:
    """Sums of money that are asked for, by currency."""

    def __init__(self, plan: AmountPlan, by_currency: dict[str, tuple[Expr, Expr]]) -> None:
        self._question = plan.question
        self._asked: dict[str, tuple[str, Total]] = {
            code: (plan.question.count(mask), plan.question.total(mask, units))
            for code, (mask, units) in by_currency.items()
        }

    def fill(self, sums: Sums, key: Key) -> None:
        cell = self._question.cell(key)
        for code, (count, total) in self._asked.items():
            if cell.get(count):
                sums.add(code, Decimal(total.of(cell)).scaleb(-places(code)))


@planned(TotalAmount)
class TotalPlan(AmountPlan):
    """Adds up amounts."""

    def __init__(self, metric: TotalAmount, scope: Scope) -> None:
        super().__init__(metric, scope)
        known, self._sums = self.sums(self.are(*metric.outcomes))
        self._deals = self.note(known)

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The number of deals and the sums."""
        tally._deals = self.noted(self._deals, key)
        self._sums.fill(tally._sums, key)


@planned(DealSize)
class SizePlan(AmountPlan):
    """Distributions of amounts."""

    def __init__(self, metric: DealSize, scope: Scope) -> None:
        super().__init__(metric, scope)
        known, own = self.with_amount(self.are(*metric.outcomes))
        self._deals = self.note(known)
        self._sizes = {
            code: Values(self.question, mask, units, metric=metric, repeats=False)
            for code, (mask, units) in own.items()
        }

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The number of deals, and a distribution for each currency that occurs."""
        tally._deals = self.noted(self._deals, key)
        found = {code: values.distribution(key) for code, values in self._sizes.items()}
        tally._sizes.update({code: sizes for code, sizes in found.items() if sizes.count})


@planned(WinRate)
class WinRatePlan(AmountPlan):
    """Counts won, lost, open and disqualified deals, and adds up their amounts where asked."""

    def __init__(self, metric: WinRate, scope: Scope) -> None:
        super().__init__(metric, scope)
        won, lost, open_ = (self.are(outcome) for outcome in (WON, LOST, OPEN))
        unfit = self.deals.any_of("loss_reason", sorted(metric.disqualified))
        self._disqualified = self.note(lost & unfit)
        lost = lost & ~unfit
        self._won_sums: _Sums | None = None
        if metric.by_value:
            won, self._won_sums = self.sums(won)
            others = lost | open_ if metric.among is Among.ALL else lost
            known, self._other_sums = self.sums(others)
            lost = lost & known
            open_ = open_ & known if metric.among is Among.ALL else open_
        self._won, self._lost, self._open = self.note(won), self.note(lost), self.note(open_)

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The numbers and the sums."""
        for name in ("won", "lost", "open", "disqualified"):
            setattr(tally, f"_{name}", self.noted(getattr(self, f"_{name}"), key))
        if self._won_sums is not None:
            self._won_sums.fill(tally._won_sums, key)
            self._other_sums.fill(tally._other_sums, key)


@planned(SalesCycle)
class CyclePlan(DealPlan[Any]):
    """Distributions of the days from one moment of a deal to its close."""

    def __init__(self, metric: SalesCycle, scope: Scope) -> None:
        super().__init__(metric, scope)
        column = COLUMNS[metric.start]
        closed, begun = self.deals.known("closed_at"), self.deals.known(column)
        deals = self.are(*metric.outcomes)
        self.leave_out("the moment of the close is not known", deals & ~closed)
        self.leave_out(f"the moment when it was {metric.start} is not known", deals & closed & ~begun)
        known = deals & closed & begun
        self._deals = self.note(known)
        start, end = self.deals.at(column), self.deals.at("closed_at")
        about, length = scope.about_days(metric.calendar, start, end, of=f"cycle from {column}")
        self._cycles = Values(about, known, length, metric=metric, repeats=metric.calendar.per_day == 1)

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The number of deals and the lengths."""
        tally._deals = self.noted(self._deals, key)
        tally._cycles = self._cycles.distribution(key)


@planned(OpenAge)
class AgePlan(DealPlan[Any]):
    """Distributions of the days from one moment of an open deal until now."""

    def __init__(self, metric: OpenAge, scope: Scope) -> None:
        super().__init__(metric, scope)
        column = COLUMNS[metric.start]
        deals, known, begun = self.are(OPEN), self.deals.known(column), self.deals.at(column)
        now = self.deals.zero + scope.microseconds(metric.at)
        self.leave_out(f"the moment when it was {metric.start} is not known", deals & ~known)
        self.leave_out(f"it was {metric.start} later", deals & known & (begun > now))
        counted = deals & known & (begun <= now)
        about, age = scope.about_days(metric.calendar, begun, now, of=f"age from {column}", at=metric.at)
        self._deals = self.note(counted)
        limit = None if metric.older_than is None else metric.older_than * metric.calendar.per_day
        self._older = self.note(self.deals.none if limit is None else counted & (age > limit), about)
        self._ages = Values(about, counted, age, metric=metric, repeats=metric.calendar.per_day == 1)

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The numbers of deals and the ages."""
        tally._deals, tally._older = self.noted(self._deals, key), self.noted(self._older, key)
        tally._ages = self._ages.distribution(key)


@planned(LossReasons)
@planned(WinReasons)
@planned(Competitors)
class ReasonPlan(DealPlan[Any]):
    """Counts closed deals by what was said."""

    def __init__(self, metric: Any, scope: Scope) -> None:
        super().__init__(metric, scope)
        _, column, outcome = metric.says()
        self._asked = scope.about_deals_with(f"sf_{column}", self.deals.text(column))
        self._noting = self.note(self.are(outcome), self._asked)

    def fill_counts(self, tally: Any, key: Key) -> None:
        """A number for each reason."""
        for (reason,) in self._asked.under(key):
            noted = self.noted(self._noting, (*key, reason))
            if noted.count:
                tally._reasons[reason] = noted


class PartPlan(DealPlan[Any]):
    """Counts open deals, and those of them for which something holds."""

    def judge(self, asked: Expr, holds: Expr) -> None:
        """Ask for both numbers."""
        self._asked, self._found = self.note(asked), self.note(asked & holds)

    def fill_counts(self, tally: Any, key: Key) -> None:
        """Both numbers."""
        tally.asked, tally.found = self.noted(self._asked, key), self.noted(self._found, key)


@planned(NoNextStep)
class NoNextStepPlan(PartPlan):
    """Open deals for which nothing is planned."""

    def __init__(self, metric: NoNextStep, scope: Scope) -> None:
        super().__init__(metric, scope)
        deals, known = self.are(OPEN), self.deals.known("has_next_step")
        self.leave_out("it is not known whether something is planned", deals & ~known)
        self.judge(deals & known, ~self.deals.is_true("has_next_step"))


@planned(RottingShare)
class RottingPlan(PartPlan):
    """Open deals that have been in their stage for too long."""

    def __init__(self, metric: RottingShare, scope: Scope) -> None:
        super().__init__(metric, scope)
        if metric.working is not None:
            raise InvalidValue(
                "an engine does not count working hours",
                field="working",
                value=metric.working,
                way_out="leave it out, or measure the rows themselves with measure()",
            )
        days = {stage: limit for stage, limit in metric.rots_after if limit is not None}
        deals, limited = self.are(OPEN), self.deals.any_of("stage", days)
        held, entered = self.deals.known("held_since"), self.deals.known("entered_at")
        self.leave_out("it is on hold", deals & held)
        self.leave_out("its stage does not say how long a deal may stay", deals & ~held & ~limited)
        self.leave_out("it is not known when it entered its stage", deals & ~held & limited & ~entered)
        limits = ((stage, scope.length(limit)) for stage, limit in days.items())
        stayed = self.deals.zero + scope.microseconds(metric.at) - self.deals.at("entered_at")
        self.judge(deals & ~held & limited & entered, stayed > self.deals.lookup("stage", limits, 0))


@planned(PushedCloseDates)
class PushedPlan(PartPlan):
    """Open deals whose close was put off, how often, and by how many days."""

    def __init__(self, metric: PushedCloseDates, scope: Scope) -> None:
        super().__init__(metric, scope)
        deals, known, pushes = self.are(OPEN), self.deals.known("pushes"), self.deals.number("pushes")
        self.leave_out("it is not known how often it was put off", deals & ~known)
        self.judge(deals & known, pushes > 0)
        self._pushes = self.question.sum(deals & known, pushes)
        dated = self.deals.known("expected_close") & self.deals.known("first_expected_close")
        later = self.deals.day("expected_close") - self.deals.day("first_expected_close")
        self._days = self.question.sum(deals & known & (pushes > 0) & dated, later)

    def fill_counts(self, tally: Any, key: Key) -> None:
        """The numbers, how often, and by how many days."""
        super().fill_counts(tally, key)
        cell = self.question.cell(key)
        tally._pushes, tally._days = cell.get(self._pushes, 0), cell.get(self._days, 0)
