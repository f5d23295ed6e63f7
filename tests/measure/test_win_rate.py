"""The win rate, by each of its definitions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from deals_measured import START, a_row, after, rows_of
from hypothesis import given
from hypothesis import strategies as st

from salesflow import InvalidValue, Money, Period, UnknownName, WrongType
from salesflow.measure import Among, Axis, Rate, Rates, WinRate, grouped


def test_the_rate_of_closed_deals_leaves_open_ones_out():
    rate = WinRate().of(rows_of(won=45, lost=135, open=80))
    assert (rate.value, rate.numerator, rate.denominator) == (Decimal("0.25"), 45, 180)
    assert (rate.won, rate.lost, rate.open, rate.count) == (45, 135, 80, 180)


def test_the_rate_of_all_deals_is_another_one():
    assert WinRate(among=Among.ALL).of(rows_of(won=45, lost=135, open=80)).percent(2) == Decimal("17.31")


def test_the_result_says_what_it_divides_by_what():
    definition = WinRate(period=Period.month(2026, 11, START.tzinfo)).of([]).definition
    assert (definition.numerator, definition.denominator) == ("number of won deals", "number of won and lost deals")
    assert (definition.axis, definition.unit) == (Axis.CLOSED, "fraction")
    assert str(definition) == (
        "win rate: number of won deals by number of won and lost deals; of all deals; closed from "
        "2026-11-01T00:00:00+00:00 until before 2026-12-01T00:00:00+00:00; rounded half up to 34 digits"
    )


def test_without_a_closed_deal_it_is_undefined_and_not_zero():
    rate = WinRate().of(rows_of(open=3))
    assert (rate.value, rate.undefined, rate.is_defined) == (None, "no deal was won or lost", False)
    assert (rate.percent(), str(rate)) == (None, "win rate: undefined, no deal was won or lost")
    assert WinRate(among=Among.ALL).of([]).undefined == "there are no deals"


def test_all_lost_is_zero_and_one_won_is_one():
    assert WinRate().of(rows_of(lost=4)).value == 0
    assert WinRate().of(rows_of(won=1)).value == 1


def test_disqualified_deals_are_kept_apart():
    rows = rows_of(won=20, lost=30) + rows_of(lost=50, loss_reason="not a fit")
    rate = WinRate(disqualified="not a fit").of(rows)
    assert (rate.percent(), rate.lost, rate.disqualified) == (40, 30, 50)
    assert rate.definition.denominator == "number of won and lost deals, without disqualified ones"


def test_by_value_amounts_are_added_up_and_unknown_ones_left_out():
    rows = [
        a_row("D-1", "won", took=1, amount="900"),
        a_row("D-2", "lost", took=1, amount="100"),
        a_row("D-3", "lost", took=1),
        a_row("D-4", "open"),
    ]
    rate = WinRate(by_value=True, with_ids=True).of(rows)
    assert (rate.percent(), rate.numerator, rate.denominator) == (90, Money("900", "EUR"), Money("1000", "EUR"))
    assert [(one.reason, one.count, one.ids) for one in rate.left_out] == [("the amount is not known", 1, ("D-3",))]


def test_open_deals_without_an_amount_are_not_missed_where_they_do_not_count():
    rows = [a_row("D-1", "won", took=1, amount="9"), a_row("D-2")]
    assert WinRate(by_value=True).of(rows).left_out == ()
    assert WinRate(by_value=True, among=Among.ALL).of(rows).left_out[0].count == 1


def test_all_lost_by_value_is_zero_and_amounts_of_zero_are_undefined():
    assert WinRate(by_value=True).of([a_row("D-1", "lost", took=1, amount="5")]).value == 0
    zero = WinRate(by_value=True).of([a_row("D-1", "won", took=1, amount="0")])
    assert zero.undefined == "the amounts add up to zero"


def test_several_currencies_are_never_added_up_in_silence():
    rows = [a_row("D-1", "won", took=1, amount="900"), a_row("D-2", "lost", took=1, amount=Money("100", "USD"))]
    assert WinRate(by_value=True).of(rows).undefined == (
        "amounts in EUR, USD and no rates; give rates, or group by currency"
    )
    rates = Rates("EUR", [Rate("USD", date(2026, 1, 1), 3)])
    assert WinRate(by_value=True, rates=rates).of(rows).percent() == 75
    assert [group.result.value for group in grouped(WinRate(by_value=True), "currency").of(rows)] == [1, 0]


def test_a_period_is_half_open_and_by_the_date_of_the_close():
    rows = [a_row(f"D-{days}", "won" if days < 30 else "lost", took=days) for days in (0, 10, 20, 30)]
    first = WinRate(period=Period(after(0), after(20))).of(rows)
    assert (first.won, first.lost) == (2, 0)
    assert WinRate(period=Period(after(10), after(31))).of(rows).count == 3


def test_a_cohort_is_by_the_date_of_opening_and_waits_for_its_open_deals():
    rows = [
        a_row("D-1", "won", took=40),
        a_row("D-2", "open"),
        a_row("D-3", "won", opened_at=after(60), closed_at=after(61)),
    ]
    november = Period(after(0), after(28))
    cohort = WinRate(axis="created", period=november, among=Among.ALL, with_ids=True).of(rows)
    assert (cohort.percent(), cohort.ids, cohort.numerator_ids) == (50, ("D-1", "D-2"), ("D-1",))


def test_open_deals_belong_to_no_period_of_closing():
    with pytest.raises(InvalidValue, match=r'open deals have no date of the close .*axis="created"'):
        WinRate(among=Among.ALL, period=Period.month(2026, 11, START.tzinfo))
    with pytest.raises(UnknownName, match="did you mean 'created'"):
        WinRate(axis="creatd")
    with pytest.raises(UnknownName, match="'closed' or 'all'"):
        WinRate(among="some")
    with pytest.raises(WrongType, match="must be a Period"):
        WinRate(period="2026-11")


def test_a_period_of_no_length_holds_nothing():
    assert WinRate(period=Period(START, START)).of(rows_of(won=1)).undefined == "no deal was won or lost"


def test_a_closed_deal_without_a_date_is_left_out_and_counted():
    rate = WinRate(period=Period(after(0), after(5))).of([a_row("D-1", "won"), a_row("D-2")])
    assert [(one.reason, one.count) for one in rate.left_out] == [("the date on which it was closed is not known", 1)]


def test_a_choice_of_deals_says_which_they_are():
    rate = WinRate(where=lambda deal: deal.owner == "noa", population="deals of noa").of(
        [a_row("D-1", "won", took=1, owner="noa"), a_row("D-2", "lost", took=1, owner="dan")]
    )
    assert (rate.value, rate.definition.population) == (1, "deals of noa")
    assert WinRate(where=bool).of([]).definition.population == "all deals that meet a condition"


@given(won=st.integers(0, 30), lost=st.integers(0, 30))
def test_a_defined_rate_lies_between_0_and_1_and_is_the_quotient(won, lost):
    rate = WinRate().of(rows_of(won=won, lost=lost))
    if won + lost:
        assert 0 <= rate.value <= 1
        assert abs(rate.value * (won + lost) - won) < Decimal("1e-30")
    else:
        assert rate.value is None
