"""Whether a score can be believed: Brier score, log loss, reliability, lift."""

from __future__ import annotations

from decimal import Decimal, localcontext
from math import isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, WrongType
from salesflow.leads.calibration import Calibration
from salesflow.outcome import Outcome

WON, LOST = Outcome.WON, Outcome.LOST

scores = st.decimals(0, 1, places=4)
inner = st.decimals("0.0001", "0.9999", places=4)
outcomes = st.sampled_from([WON, LOST])
history = st.lists(st.tuples(scores, outcomes), max_size=30)
inner_history = st.lists(st.tuples(inner, outcomes), min_size=1, max_size=30)


def value(figure):
    assert figure.undefined is None
    return figure.value


def test_the_brier_score_is_the_mean_squared_error():
    seen = Calibration.of([("0.8", WON), ("0.3", LOST), ("0.5", WON), (1, WON)])
    assert value(seen.brier_score) == Decimal("0.095")
    assert value(Calibration.of([("0.5", WON), ("0.5", LOST)]).brier_score) == Decimal("0.25")


def test_log_loss_is_ln_2_for_who_always_says_half():
    assert value(Calibration.of([("0.5", WON), ("0.5", LOST)]).log_loss) == Decimal("0.693147180560")


def test_a_certainty_that_was_right_costs_nothing_and_one_that_was_wrong_has_no_figure():
    assert value(Calibration.of([(1, WON), (0, LOST)]).log_loss) == 0
    for wrong in ((0, WON), (1, LOST)):
        figure = Calibration.of([("0.5", WON), wrong]).log_loss
        assert figure.value is None
        assert "a score of 0 and was won" in figure.undefined


@given(inner_history)
def test_both_are_those_of_the_formula(pairs):
    seen = Calibration.of(pairs)
    errors = [(float(score) - (outcome is WON)) ** 2 for score, outcome in pairs]
    losses = [-log(float(score if outcome is WON else 1 - score)) for score, outcome in pairs]
    assert isclose(value(seen.brier_score), sum(errors) / len(pairs), abs_tol=1e-9)
    assert isclose(value(seen.log_loss), sum(losses) / len(pairs), abs_tol=1e-9)


def test_with_nothing_scored_everything_is_undefined_and_says_why():
    seen = Calibration.of([(None, WON), (None, LOST)])
    assert (seen.count, seen.unscored) == (0, 2)
    for figure in (seen.brier_score, seen.log_loss, seen.lift()):
        assert (figure.value, figure.undefined) == (None, "no lead with a score was won or lost")


def test_reliability_puts_what_was_said_beside_what_happened():
    seen = Calibration.of([("0.1", LOST), ("0.15", WON), ("0.19", LOST), ("0.95", WON), (1, WON)])
    tenths = seen.reliability
    assert [(one.count, one.won) for one in tenths] == [(0, 0), (3, 1), *[(0, 0)] * 7, (2, 2)]
    assert (tenths[1].low, tenths[1].high) == (Decimal("0.1"), Decimal("0.2"))
    assert value(tenths[1].mean_score) == Decimal("0.146666666667")
    assert value(tenths[1].share_won) == Decimal("0.333333333333")
    assert value(tenths[9].mean_score) == Decimal("0.975")
    assert (tenths[0].share_won.value, tenths[0].mean_score.undefined) == (None, "no lead had such a score")


@given(history)
def test_the_tenths_hold_every_lead_once(pairs):
    tenths = Calibration.of(pairs).reliability
    assert sum(one.count for one in tenths) == len(pairs)
    assert all(one.low <= one.mean_score.value <= one.high for one in tenths if one.count)


def test_lift_says_how_much_oftener_the_best_were_won():
    ten = [(Decimal(number) / 10, WON if number > 7 else LOST) for number in range(10)]
    seen = Calibration.of(ten)
    assert value(seen.lift("0.1")) == 5
    assert value(seen.lift("0.4")) == Decimal("2.5")
    assert value(seen.lift(1)) == 1


def test_leads_of_one_score_share_the_end_of_the_part():
    seen = Calibration.of([("0.5", WON), ("0.5", LOST), ("0.5", LOST), ("0.5", LOST)])
    assert value(seen.lift("0.1")) == 1
    assert value(seen.lift("0.5")) == 1


def test_lift_is_undefined_where_nobody_was_won():
    assert Calibration.of([("0.5", LOST)]).lift().undefined == "no lead with a score was won"


@given(st.permutations([("0.5", WON), ("0.5", LOST), ("0.7", WON), ("0.1", LOST), (None, LOST)]))
def test_the_order_in_which_leads_came_makes_no_difference(pairs):
    assert Calibration.of(pairs) == Calibration.of(sorted(pairs, key=str))


@given(history, history, history)
def test_workers_are_merged_in_any_order(one, two, three):
    a, b, c = map(Calibration.of, (one, two, three))
    together = Calibration.of([*one, *two, *three])
    assert a.merged_with(b, c) == c.merged_with(b).merged_with(a) == a.merged_with(b.merged_with(c)) == together


def test_the_thread_may_count_as_it_likes():
    with localcontext() as context:
        context.prec = 2
        seen = Calibration.of([("0.1234", WON), ("0.5678", LOST)])
        assert value(seen.log_loss) == Decimal("1.465595501210")


@pytest.mark.parametrize(
    ("pair", "error"),
    [
        ((0.5, WON), WrongType),
        ((70, WON), InvalidValue),
        (("-0.1", WON), InvalidValue),
        ((Decimal("NaN"), WON), InvalidValue),
        (("0.5", Outcome.OPEN), InvalidValue),
        (("0.5", "won"), WrongType),
        (("0.5", True), WrongType),
    ],
)
def test_what_cannot_be_compared_is_refused_and_its_number_is_said(pair, error):
    with pytest.raises(error) as refused:
        Calibration.of([("0.5", WON), pair])
    assert refused.value.__notes__ == ["It was pair number 2 of those given."]


@pytest.mark.parametrize(("top", "error"), [(0, InvalidValue), (2, InvalidValue), (0.1, WrongType)])
def test_a_part_is_a_fraction_above_nothing(top, error):
    with pytest.raises(error, match="top"):
        Calibration.of([("0.5", WON)]).lift(top)
