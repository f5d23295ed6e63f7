"""Sales velocity, with its four inputs beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from deals_measured import START, a_row, after, rows_of

from salesflow import InvalidValue, Money, Period, WrongType
from salesflow.measure import Velocity, velocity_of


def a_pipeline():
    won = [a_row(f"W-{n}", "won", took=90, amount="25000") for n in range(10)]
    lost = [a_row(f"L-{n}", "lost", took=30) for n in range(30)]
    return won + lost + [a_row(f"O-{n}") for n in range(40)]


def test_the_four_inputs_stand_beside_the_figure():
    velocity = Velocity().of(a_pipeline())
    assert velocity.value == Money("2777.78", "EUR")
    assert (velocity.deals.value, velocity.average.value) == (40, Money("25000", "EUR"))
    assert (velocity.win_rate.percent(), velocity.cycle.value) == (25, 90)
    assert velocity.definition.unit == "EUR a day"
    assert "rounded half up to the minor unit, once" in str(velocity.definition)


def test_it_is_rounded_once_at_the_end():
    rows = [a_row("D-1", "won", took=1, amount="0.01"), a_row("D-2", "won", took=1, amount="0.02")]
    assert Velocity(number_of="won").of(rows).value == Money("0.03", "EUR")


def test_without_a_closed_deal_it_is_undefined_and_not_zero():
    velocity = Velocity().of(rows_of(open=5))
    assert (velocity.value, velocity.undefined) == (None, "no deal was won or lost")


def test_all_lost_leaves_no_average_to_multiply():
    assert Velocity().of(rows_of(lost=5, open=5)).undefined == "there are no won deals with a known amount"


def test_a_cycle_of_no_time_leaves_it_undefined():
    rows = [a_row("D-1", "won", took=0, amount="5"), a_row("D-2")]
    assert Velocity().of(rows).undefined == "the cycle takes no time"


def test_several_currencies_leave_it_undefined():
    rows = [a_row("D-1", "won", took=1, amount="5"), a_row("D-2", "won", took=1, amount=Money("5", "USD"))]
    assert "no rates" in Velocity().of(rows).undefined


def test_no_open_deal_is_a_velocity_of_zero():
    assert Velocity().of([a_row("D-1", "won", took=1, amount="5")]).value == Money("0", "EUR")


def test_a_period_chooses_closed_deals_and_all_open_ones_are_worked():
    rows = [*a_pipeline(), a_row("D-0", "won", took=400, amount="1")]
    assert Velocity(period=Period(START, after(100))).of(rows).value == Money("2777.78", "EUR")
    cohort = Velocity(axis="created", period=Period(after(1), after(2))).of(rows)
    assert (cohort.deals.value, cohort.undefined) == (0, "no deal was won or lost")


def test_what_the_inputs_left_out_is_said_once():
    rows = [*a_pipeline(), a_row("D-0", "won", took=1)]
    assert [one.reason for one in Velocity().of(rows).left_out] == ["the amount is not known"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"deals": 1.5}, WrongType),
        ({"deals": -1}, InvalidValue),
        ({"average": 5}, WrongType),
        ({"win_rate": 0.25}, WrongType),
        ({"win_rate": "25"}, InvalidValue),
        ({"cycle_days": "-1"}, InvalidValue),
    ],
)
def test_a_figure_that_cannot_be_is_refused(wrong, error):
    figures = {"deals": 1, "average": Money("1", "EUR"), "win_rate": "0.5", "cycle_days": 1, **wrong}
    with pytest.raises(error):
        velocity_of(figures.pop("deals"), **figures)


def test_from_four_figures_it_follows_at_once():
    assert velocity_of(40, average=Money("25000", "EUR"), win_rate="0.25", cycle_days=90) == Money("2777.78", "EUR")
    assert velocity_of(40, average=Money("1", "EUR"), win_rate=Decimal(1), cycle_days=0) is None
