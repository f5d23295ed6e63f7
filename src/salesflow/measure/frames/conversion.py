"""Amounts in one currency: rates of the host as steps, and rounding half up with whole numbers.

Each amount is converted by the rate of its day and rounded half up to the minor unit, as ``Rates`` does it. An engine does
that with whole numbers of eight bytes, so the amounts must leave room for the digits of the rates; the rows are checked for
that before.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from salesflow.errors import InvalidValue
from salesflow.measure.frames.days import MOST_STEPS
from salesflow.measure.frames.engine import Expr, choose, col
from salesflow.measure.frames.questions import Question
from salesflow.measure.frames.scope import COLUMNS
from salesflow.measure.frames.session import places
from salesflow.measure.rates import Rates

if TYPE_CHECKING:
    from salesflow.measure.frames.deal_plans import AmountPlan

__all__ = ["converted"]

_MOST = 2**62


def converted(plan: AmountPlan, mask: Expr, rates: Rates) -> tuple[Expr, dict[str, tuple[Expr, Expr]]]:
    """Which deals have an amount that can be converted, and their amounts in minor units of the target.

    Args:
        plan: what asks; it is told what is left out.
        mask: the deals, with an amount.
        rates: of the host.

    Raises:
        InvalidValue: there are too many rates, or an amount is too large for their digits.
    """
    session, deals = plan.session, plan.deals
    axis = plan.axis
    column = COLUMNS[axis]
    dated = deals.known(column)
    day = col("sf_rate_day")
    own = mask & session.of_currency(rates.into) if rates.into in session.currencies else deals.none
    known, units = own, deals.zero
    if rates.into in session.currencies:
        units = session.minor_units(rates.into)
    for code in session.currencies:
        if code == rates.into:
            continue
        of_code = mask & session.of_currency(code)
        plan.leave_out(f"no {axis} date to take a rate of", of_code & ~dated)
        steps = [(rate.on, Fraction(rate.value)) for rate in rates.rates if rate.currency == code]
        rated = of_code & dated & (day >= steps[0][0].toordinal()) if steps else deals.none
        plan.leave_out(f"no rate of {code} on its {axis} date", of_code & dated & ~rated)
        if steps:
            worth = _worth(plan, of_code, session.minor_units(code), day, _scaled(steps, code, rates.into))
            units = choose(rated, worth, units)
            known = known | rated
    return known, {rates.into: (known, units)}


def _scaled(steps: list[tuple[date, Fraction]], code: str, into: str) -> list[tuple[int, int, int]]:
    """From which day on minor units are multiplied with what and divided by what."""
    power = Fraction(10) ** (places(into) - places(code))
    if len(steps) > MOST_STEPS:
        raise InvalidValue(
            f"an engine is given at most {MOST_STEPS:,} rates of a currency",
            field="rates",
            value=code,
            way_out="give fewer rates, or convert the amounts in your engine",
        )
    return [(on.toordinal(), *(value * power).as_integer_ratio()) for on, value in steps]


def _worth(plan: AmountPlan, mask: Expr, units: Expr, day: Expr, steps: list[tuple[int, int, int]]) -> Expr:
    _check_room(plan, mask, units, max(max(by, parts) for _, by, parts in steps))
    worth = _half_up(units, *steps[0][1:])
    for on, by, parts in steps[1:]:
        worth = choose(day >= on, _half_up(units, by, parts), worth)
    return worth


def _check_room(plan: AmountPlan, mask: Expr, units: Expr, factor: int) -> None:
    asked = Question(plan.deals.frame, ())
    names = asked.least(mask, units), asked.most(mask, units)
    cell = asked.cell(())
    largest = max((abs(cell[name]) for name in names if abs(cell[name]) < _MOST), default=0)
    if 2 * largest * factor + factor >= _MOST:
        raise InvalidValue(
            "an amount times a rate must have room in eight bytes",
            field="rates",
            value=factor,
            way_out="give rates with fewer digits, or convert the amounts in your engine",
        )


def _half_up(units: Expr, by: int, parts: int) -> Expr:
    """Minor units times a fraction, rounded half away from zero."""
    size = choose(units < 0, units * -1, units)
    rounded = (size * (2 * by) + parts) // (2 * parts)
    return choose(units < 0, rounded * -1, rounded)
