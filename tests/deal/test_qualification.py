"""What is found out about need and budget."""

from __future__ import annotations

import pytest

from salesflow.deal.qualification import QualificationDesk
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.outcome import Outcome
from salesflow.values.money import Money


@pytest.fixture
def desk(at_desk):
    return at_desk(QualificationDesk)[0]


def euros(amount):
    return Money(amount, "EUR")


def test_need_and_budget_are_recorded_with_who_found_them_out_and_when(desk, now):
    known = desk.record(need="one place for all orders", budget=euros("50000"))
    assert known == desk.current
    assert (known.need, known.budget) == ("one place for all orders", euros("50000"))
    assert (known.recorded_at, known.recorded_by) == (now, "noa")


def test_what_is_not_given_stays_as_it_was_known(desk):
    said = {
        "need": "one inbox",
        "budget": euros("10"),
        "can_afford": False,
        "reason": "grew",
        "authority": "the board",
        "timeline": "by March",
        "notes": "n",
        "evidence": ("call",),
    }
    for name, answer in said.items():
        desk.record(**{name: answer})
    assert {name: getattr(desk.current, name) for name in said} == said


def test_a_later_answer_replaces_the_one_before(desk):
    desk.record(need="one inbox", budget=euros("10"))
    assert desk.record(budget=euros("0")).budget == euros("0")


def test_evidence_adds_up_and_nothing_is_in_it_twice(desk):
    desk.record(evidence=["call of 1 November"])
    known = desk.record(evidence=["annual report", "call of 1 November", "annual report"])
    assert known.evidence == ("call of 1 November", "annual report")


def test_recording_nothing_is_refused_and_says_what_could_be_given(desk):
    with pytest.raises(InvalidValue, match="budget"):
        desk.record()
    assert desk.current is None


def test_no_that_they_cannot_afford_it_is_an_answer_and_not_nothing(desk):
    assert desk.record(can_afford=False, reason="budget frozen").is_affordable(None) is False


@pytest.mark.parametrize(
    ("budget", "amount", "affordable"),
    [
        (None, None, None),
        (None, "100", None),
        ("100", None, True),
        ("0", None, False),
        ("0.01", None, True),
        ("0", "1", False),
        ("100", "100", True),
        ("99.99", "100", False),
    ],
)
def test_the_budget_says_whether_the_amount_is_affordable(desk, budget, amount, affordable):
    known = desk.record(need="x", budget=None if budget is None else euros(budget))
    assert known.is_affordable(None if amount is None else euros(amount)) is affordable


def test_a_budget_in_another_currency_says_nothing(desk):
    assert desk.record(budget=Money("100", "USD")).is_affordable(euros("1")) is None


def test_the_sellers_own_answer_counts_before_the_budget(desk):
    assert desk.record(budget=euros("1"), can_afford=True).is_affordable(euros("100")) is True


def test_a_need_is_known_only_once_it_is_recorded(desk):
    assert desk.record(budget=euros("1")).has_need is False
    assert desk.record(need="one inbox").has_need is True


@pytest.mark.parametrize(
    ("field", "value"), [("budget", 50000), ("can_afford", "yes"), ("need", 5), ("evidence", "one line")]
)
def test_an_answer_of_the_wrong_kind_is_refused(desk, field, value):
    with pytest.raises(WrongType) as refusal:
        desk.record(**{field: value})
    assert refusal.value.field == field


def test_a_blank_need_is_refused(desk):
    with pytest.raises(InvalidValue, match="blank"):
        desk.record(need="  ")


def test_a_wrong_answer_can_be_retracted_and_is_unknown_again(desk):
    desk.record(need="one inbox", budget=euros("10"), evidence=["call"])
    known = desk.retract("budget", "evidence")
    assert (known.need, known.budget, known.evidence) == ("one inbox", None, ())


def test_who_retracted_last_is_known_and_when(at_desk):
    desk, sale = at_desk(QualificationDesk)
    desk.record(need="one inbox", budget=euros("10"))
    sale.later(hours=1)
    sale.by = "dan"
    known = desk.retract("budget")
    assert (known.recorded_at, known.recorded_by) == (sale.at, "dan")


def test_a_fact_may_be_a_long_line(desk):
    longest = "x" * 1000
    assert desk.record(evidence=[longest]).evidence == (longest,)
    with pytest.raises(InvalidValue) as refused:
        desk.record(evidence=[longest + "x"])
    assert refused.value.field == "evidence"


def test_retracting_what_is_no_answer_names_the_nearest(desk):
    desk.record(need="x")
    with pytest.raises(UnknownName, match="did you mean 'budget'"):
        desk.retract("bugdet")


def test_retracting_nothing_is_refused(desk):
    desk.record(need="x")
    with pytest.raises(InvalidValue, match="something to change"):
        desk.retract()


def test_there_is_nothing_to_retract_before_something_is_recorded(desk):
    with pytest.raises(NotNow, match="record what is known first") as refused:
        desk.retract("budget")
    assert (refused.value.id, refused.value.tried) == ("D-1", "retract a qualification")


@pytest.mark.parametrize("outcome", [Outcome.WON, Outcome.LOST])
def test_a_closed_deal_is_not_qualified_any_more(at_desk, outcome):
    desk, sale = at_desk(QualificationDesk, outcome=outcome)
    with pytest.raises(NotNow, match=f"the deal is {outcome}"):
        desk.record(need="x")
    assert sale.events == []
