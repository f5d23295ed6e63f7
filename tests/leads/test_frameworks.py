"""Qualification frameworks: questions, answers with their evidence, and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leads.worked_leads import DEALS, LATER, LEADS, NOW, a_deal, a_lead, captured

from salesflow.deal.deal import Deal
from salesflow.errors import (
    EngineOwned,
    InvalidValue,
    MoveRefused,
    NotNow,
    ProcessDefinitionError,
    UnknownName,
    WrongType,
)
from salesflow.leads.framework import Criterion, Framework, GapReason
from salesflow.leads.frameworks import BANT, CHAMP, MEDDPICC, SPIN, NeedAndMeans
from salesflow.leads.qualifying import QualifyingDesk
from salesflow.process.requirement import exit_requirement
from salesflow.standard import Prospecting, StandardProcess
from salesflow.values.money import Money


class Ours(BANT, without=("authority",)):
    """What we ask."""

    title = "Ours"
    security = Criterion("Have they told us what their security team will ask?", kind=bool)
    seats = Criterion("For how many?", kind=Decimal, fulfilled_by=lambda seats: seats >= 10)
    starts_on = Criterion("From when on?", kind=date)


@pytest.mark.parametrize(
    ("framework", "criteria"),
    [
        (NeedAndMeans, ["need", "can_afford"]),
        (BANT, ["budget", "authority", "need", "timing"]),
        (CHAMP, ["challenges", "authority", "money", "prioritization"]),
        (SPIN, ["situation", "problem", "implication", "need_payoff"]),
        (
            MEDDPICC,
            [
                "metrics", "economic_buyer", "decision_criteria", "decision_process", "paper_process",
                "identified_pain", "champion", "competition",
            ],
        ),
        (Ours, ["budget", "need", "timing", "security", "seats", "starts_on"]),
    ],
)  # fmt: skip
def test_the_frameworks_that_sellers_know_ask_what_they_are_named_for(framework, criteria):
    assert [one.name for one in framework.criteria()] == criteria
    assert [gap.criterion for gap in framework.gaps(a_lead())] == criteria
    assert all(one.question.endswith("?") or one.hint for one in framework.criteria())


# Answering ------------------------------------------------------------------------------------------------------------


def test_an_answer_has_who_when_and_the_evidence():
    work = captured()
    answer = work.qualifying.answer(BANT.budget, Money("5000", "EUR"), evidence=["call of 3 November"])
    assert (answer.question, answer.value, answer.by, answer.at) == ("bant.budget", Money("5000", "EUR"), "dan", NOW)
    assert answer.evidence == ("call of 3 November",)
    assert work.lead.answers == (answer,)
    assert BANT.budget.answer(work.lead) == answer


@pytest.mark.parametrize(
    ("criterion", "value"),
    [
        (Ours.budget, Money("5000", "EUR")),
        (Ours.need, "one place"),
        (Ours.security, True),
        (Ours.security, False),
        (Ours.seats, Decimal(0)),
        (Ours.starts_on, date(2027, 1, 1)),
    ],
)
def test_an_answer_is_of_the_kind_that_the_question_asks_for(criterion, value):
    assert captured().qualifying.answer(criterion, value).value == value


@pytest.mark.parametrize(
    ("criterion", "value"),
    [
        (Ours.budget, Decimal(5000)),
        (Ours.budget, "5000 EUR"),
        (Ours.need, 7),
        (Ours.security, 1),
        (Ours.seats, 5),
        (Ours.seats, True),
        (Ours.starts_on, NOW),
        (Ours.need, None),
    ],
)
def test_an_answer_of_another_kind_is_refused_without_repeating_it(criterion, value):
    work = captured()
    with pytest.raises(WrongType, match="is of type"):
        work.qualifying.answer(criterion, value)
    assert work.lead.answers == ()


@pytest.mark.parametrize("value", ["", " ", "x" * 1001, "Noa\u202e"])
def test_a_text_that_breaks_its_rule_is_refused_without_repeating_it(value):
    with pytest.raises(InvalidValue) as refused:
        captured().qualifying.answer(BANT.need, value)
    assert "Noa" not in str(refused.value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_a_number_is_finite(value):
    with pytest.raises(InvalidValue, match="finite"):
        captured().qualifying.answer(Ours.seats, value)


def test_a_later_answer_takes_the_place_of_an_earlier_one_and_the_history_keeps_both():
    work = captured()
    work.qualifying.answer(BANT.need, "orders")
    work.qualifying.answer(BANT.need, "invoices")
    assert [answer.value for answer in work.lead.answers] == ["invoices"]
    assert [type(event).__name__ for event in work.events] == ["LeadCaptured", "AnswerGiven", "AnswerGiven"]


def test_an_answer_that_was_wrong_is_retracted_and_the_question_is_open_again():
    work = captured()
    work.qualifying.answer(BANT.need, "orders")
    work.qualifying.retract(BANT.need)
    assert (work.lead.answers, BANT.need.gap(work.lead).reason) == ((), GapReason.UNANSWERED)
    with pytest.raises(UnknownName, match=r"bant\.need"):
        work.qualifying.retract(BANT.need)


def test_a_closed_lead_is_asked_nothing_more():
    work = LEADS.work_on(a_lead(stage="disqualified"), by="dan", at=LATER)
    with pytest.raises(NotNow, match="answer a question"):
        work.qualifying.answer(BANT.need, "orders")


# Gaps -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criterion", "value", "suffices"),
    [
        (Ours.security, False, False),
        (Ours.security, True, True),
        (Ours.budget, Money("0", "EUR"), False),
        (Ours.budget, Money("1", "EUR"), True),
        (Ours.seats, Decimal(9), False),
        (Ours.seats, Decimal(10), True),
        (Ours.need, "no", True),
    ],
)
def test_a_no_and_nothing_to_spend_are_answers_that_do_not_suffice(criterion, value, suffices):
    work = captured()
    work.qualifying.answer(criterion, value)
    gap = criterion.gap(work.lead)
    assert (gap is None) is suffices
    assert suffices or gap.reason is GapReason.NOT_FULFILLED


def test_the_gaps_say_what_to_ask_and_how():
    first = captured().qualifying.gaps(BANT)[0]
    assert (first.question, first.hint) == ("What can they spend?", "Ask what was set aside for it.")


def test_answers_to_one_framework_are_none_to_another():
    work = captured()
    work.qualifying.answer(BANT.need, "orders")
    assert NeedAndMeans.need.gap(work.lead) is not None


def test_an_inherited_question_keeps_its_key_so_answers_are_shared():
    work = captured()
    work.qualifying.answer(BANT.need, "orders")
    assert (Ours.need.key, Ours.need.gap(work.lead)) == ("bant.need", None)


# Defining -------------------------------------------------------------------------------------------------------------


def test_what_is_left_out_may_be_asked_again_in_other_words():
    class Again(Ours):
        authority = Criterion("Who signs?", kind=str)

    assert [one.name for one in Again.criteria()][:2] == ["budget", "authority"]  # where it stood before
    assert Again.authority.key == "again.authority"
    assert Again.criterion("authority").question == "Who signs?"


def test_a_framework_that_leaves_out_what_is_not_there_is_refused():
    with pytest.raises(ProcessDefinitionError, match="'autority', which is no inherited criterion"):
        type("Wrong", (BANT,), {}, without=("autority",))


def test_a_framework_that_asks_nothing_is_refused():
    with pytest.raises(ProcessDefinitionError, match="a framework asks something"):
        type("Empty", (Framework,), {})
    with pytest.raises(ProcessDefinitionError, match="a framework asks something"):
        type("Emptied", (NeedAndMeans,), {}, without=("need", "can_afford"))


def test_a_question_whose_answers_nothing_can_hold_is_refused():
    with pytest.raises(WrongType, match="yes or no, a text, an amount, a number or a day"):
        Criterion("How many?", kind=int)
    with pytest.raises(InvalidValue, match="question"):
        Criterion("", kind=str)


def test_a_misspelt_criterion_is_told():
    with pytest.raises(UnknownName, match="did you mean 'budget'"):
        BANT.criterion("buget")


# As a requirement -----------------------------------------------------------------------------------------------------


class Asked(Prospecting):
    @exit_requirement("the deal is qualified by BANT")
    def is_qualified_by_bant(self, deal: Deal) -> Iterator[str]:
        yield from BANT.missing(deal)


class Asking(StandardProcess[Deal]):
    key = "asking"
    prospecting = Asked()


def test_a_framework_stands_as_a_requirement_of_deals_too():
    sale = Asking().open(id="D-1", name="Desks", by="dan", at=NOW)
    sale.qualification.record(need="orders", can_afford=True)
    with pytest.raises(MoveRefused) as refused:
        sale.advance()
    assert "What can they spend?" in refused.value.unmet[0].missing
    desk = sale.desk(QualifyingDesk)
    desk.answer(BANT.budget, Money("5000", "EUR"))
    for criterion in (BANT.authority, BANT.need, BANT.timing):
        desk.answer(criterion, "known")
    assert desk.gaps(BANT) == ()
    assert BANT.is_fulfilled(sale.deal)
    sale.advance()
    assert sale.deal.stage == "preparation"
    assert sale.deal.answers[0].by == "dan"


def test_answers_of_a_deal_are_not_changed_by_an_update():
    sale = DEALS.work_on(a_deal(), by="dan", at=NOW)
    with pytest.raises(EngineOwned, match="answers"):
        sale.update(answers=())


ANSWERS = {
    BANT.budget: st.sampled_from([Money("0", "EUR"), Money("9", "EUR")]),
    BANT.authority: st.just("the board"),
    BANT.need: st.just("orders"),
    BANT.timing: st.just("spring"),
}


@settings(deadline=None)
@given(st.lists(st.sampled_from(list(ANSWERS)).flatmap(lambda one: st.tuples(st.just(one), ANSWERS[one])), max_size=8))
def test_a_framework_is_fulfilled_exactly_where_it_has_no_gaps(given_answers):
    work = captured()
    latest = {}
    for criterion, value in given_answers:
        work.qualifying.answer(criterion, value)
        latest[criterion.name] = value
    gaps = {gap.criterion for gap in BANT.gaps(work.lead)}
    expected = {one.name for one in BANT.criteria() if one.name not in latest} | {
        name for name, value in latest.items() if value == Money("0", "EUR")
    }
    assert gaps == expected
    assert BANT.is_fulfilled(work.lead) is (not gaps)
    assert len(list(BANT.missing(work.lead))) == len(gaps)
