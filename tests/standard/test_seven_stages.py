"""The sales process in the seller's own words, stage by stage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from walks import NOW, STAGES, a_sale, agree, meet, present, qualify, sale_in, walk

from salesflow import ApprovalRule, Money, MoveNotAllowed, MoveRefused, NotNow, Outcome
from salesflow.deal.closing_terms import AfterSalesService, Delivery
from salesflow.standard import StandardProcess


def missing(sale: Any) -> list[str]:
    return [unmet.requirement for unmet in sale.blockers()]


def what_is_missing(sale: Any) -> list[str]:
    return [text for unmet in sale.blockers() for text in unmet.missing]


def test_there_are_seven_stages_in_this_order_and_a_place_for_lost_deals() -> None:
    stages = StandardProcess().stages
    assert tuple(stage.key for stage in stages) == (*STAGES, "lost")
    assert [stage.label for stage in stages] == [
        "Prospecting",
        "Preparation",
        "Approach",
        "Presentation",
        "Objection handling",
        "Closing",
        "Follow-up",
        "Lost",
    ]
    assert [stage.outcome for stage in stages] == [Outcome.OPEN] * 6 + [Outcome.WON, Outcome.LOST]


def test_every_stage_says_what_it_is_for_and_what_to_do_next() -> None:
    for stage in StandardProcess().stages:
        assert stage.purpose
        assert stage.guidance
        assert all(step.endswith((".", "?")) for step in stage.guidance)
        for asked in stage.requirements():
            assert asked.text
            assert asked.hint


def test_the_chance_of_winning_grows_from_stage_to_stage() -> None:
    chances = [stage.probability for stage in StandardProcess().stages[:7]]
    assert chances == sorted(chances)
    assert chances[-1] == Decimal(1)


# 1. Prospecting: identify leads and qualify them ------------------------------------------------------------------------


def test_prospecting_asks_for_a_need_and_whether_they_can_afford_it() -> None:
    assert missing(a_sale()) == ["need_is_known", "buyer_can_afford_it"]


def test_a_buyer_with_a_need_and_the_budget_is_qualified() -> None:
    sale = a_sale(amount=Money("48000", "EUR"))
    sale.qualification.record(need="one place for all orders")
    assert missing(sale) == ["buyer_can_afford_it"]
    sale.qualification.record(budget=Money("48000", "EUR"))
    assert missing(sale) == []


def test_a_buyer_whose_budget_is_too_small_is_not_qualified() -> None:
    sale = a_sale(amount=Money("48000", "EUR"))
    sale.qualification.record(need="one place for all orders", budget=Money("47999.99", "EUR"))
    assert missing(sale) == ["buyer_can_afford_it"]


def test_a_buyer_who_can_afford_it_needs_no_figure() -> None:
    sale = a_sale(amount=None)
    sale.qualification.record(need="one place for all orders", can_afford=True)
    assert missing(sale) == []


def test_a_deal_with_little_potential_is_filtered_out_as_disqualified() -> None:
    sale = a_sale()
    sale.lose(reason="disqualified")
    assert sale.deal.outcome is Outcome.LOST
    assert StandardProcess().loss_reason("disqualified").disqualifies


# 2. Preparation: get ready for the first interaction --------------------------------------------------------------------


def test_preparation_asks_for_everything_that_the_first_meeting_needs() -> None:
    sale = sale_in("preparation")
    assert what_is_missing(sale) == [
        "product descriptions",
        "pricing",
        "what the competition offers",
        "opening pitch",
    ]
    sale.briefing.add_product("Order desk")
    sale.briefing.set_pricing("48,000 a year")
    sale.briefing.add_competitor("Globex", offer="40,000 a year")
    assert what_is_missing(sale) == ["opening pitch"]
    sale.briefing.set_pitch("One place for all orders")
    assert sale.advance().key == "approach"


# 3. Approach: meet for the first time, find out what the customer wants and needs ---------------------------------------


def test_approach_asks_for_a_meeting_and_for_what_the_customer_wants() -> None:
    assert missing(sale_in("approach")) == ["customer_was_met", "needs_are_known"]


def test_a_meeting_that_is_only_planned_was_not_held() -> None:
    sale = sale_in("approach")
    sale.meetings.plan("first meeting", planned_for=NOW + timedelta(days=1))
    sale.needs.record("one place for all orders", kind="want")
    assert missing(sale) == ["customer_was_met"]


def test_a_need_that_was_dropped_is_no_need() -> None:
    sale = sale_in("approach")
    meet(sale)
    sale.needs.drop(1, reason="they have it already")
    assert missing(sale) == ["needs_are_known"]


# 4. Presentation: show how the product meets each of those wants and needs ----------------------------------------------


def test_presentation_asks_for_each_need() -> None:
    sale = sale_in("presentation")
    sale.needs.record("fast delivery", kind="want")
    assert what_is_missing(sale) == ["one place for all orders", "fast delivery"]
    sale.presentation.show(1, how="The desk collects all orders")
    assert what_is_missing(sale) == ["fast delivery"]
    sale.needs.drop(2, reason="it is fast enough")
    assert sale.advance().key == "objection_handling"


# 5. Objection handling: what does the customer worry about? -------------------------------------------------------------


def test_objection_handling_asks_that_every_objection_is_settled() -> None:
    sale = sale_in("objection_handling")
    sale.objections.raise_("It costs too much", kind="price")
    sale.objections.raise_("We tried that once", kind="trust")
    assert what_is_missing(sale) == ["price: It costs too much", "trust: We tried that once"]
    sale.objections.answer(1, "It pays back in a year", evidence=["Acme: 11 months"])
    sale.objections.resolve(1)
    sale.objections.leave_standing(2, note="They buy all the same")
    assert sale.advance().key == "closing"


def test_an_objection_that_comes_back_has_to_be_settled_again() -> None:
    sale = sale_in("objection_handling")
    sale.objections.raise_("It costs too much", kind="price")
    sale.objections.withdraw(1)
    sale.objections.reopen(1, reason="the board asks again")
    assert missing(sale) == ["objections_are_settled"]


def test_objection_handling_is_passed_over_only_while_no_objection_is_open() -> None:
    sale = sale_in("presentation")
    present(sale)
    sale.objections.raise_("It costs too much", kind="price")
    with pytest.raises(MoveRefused) as refused:
        sale.move(StandardProcess.pass_over_objections)
    assert [unmet.requirement for unmet in refused.value.unmet] == ["no_objection_is_open"]
    sale.objections.withdraw(1)
    assert sale.move(StandardProcess.pass_over_objections).key == "closing"


def test_passing_over_objections_does_not_pass_over_the_presentation() -> None:
    sale = sale_in("presentation")
    assert [unmet.requirement for unmet in sale.blockers(StandardProcess.pass_over_objections)] == [
        "needs_are_answered"
    ]


# 6. Closing: the customer agrees to buy under certain terms, and the agreement is signed --------------------------------


def test_winning_asks_for_accepted_terms_and_a_signature() -> None:
    sale = sale_in("closing")
    assert missing(sale) == ["terms_are_accepted", "agreement_is_signed"]
    sale.terms.propose(Money("48000", "EUR"))
    assert missing(sale) == ["terms_are_accepted", "agreement_is_signed"]
    sale.terms.accept()
    assert missing(sale) == ["agreement_is_signed"]
    sale.committee.add("C-1", "decision maker", may_sign=True)
    sale.terms.sign("C-1")
    assert missing(sale) == []
    assert sale.advance().key == "follow_up"
    assert sale.deal.outcome is Outcome.WON


def test_only_somebody_with_the_authority_signs() -> None:
    sale = sale_in("closing")
    sale.committee.add("C-1", "user")
    sale.committee.add("C-2", "legal", may_sign=True)
    sale.terms.propose(Money("48000", "EUR"))
    sale.terms.accept()
    with pytest.raises(NotNow, match="C-2"):
        sale.terms.sign("C-1")
    sale.terms.sign("C-2")
    assert missing(sale) == []


def test_terms_whose_validity_has_run_out_are_not_accepted() -> None:
    sale = sale_in("closing")
    sale.terms.propose(Money("48000", "EUR"), valid_until=NOW.date())
    late = StandardProcess().work_on(sale.deal, by="noa", at=NOW + timedelta(days=1))
    with pytest.raises(NotNow):
        late.terms.accept()
    assert missing(late) == ["terms_are_accepted", "agreement_is_signed"]


def test_terms_that_were_countered_after_the_agreement_are_agreed_again() -> None:
    sale = sale_in("closing")
    agree(sale)
    sale.terms.withdraw("the price was wrong")
    assert missing(sale) == ["terms_are_accepted", "agreement_is_signed"]


def test_a_discount_over_the_limit_needs_an_approval_before_the_deal_is_won() -> None:
    class Careful(StandardProcess):
        approval_rules = (ApprovalRule(key="sales_lead", title="the sales lead", discount_over=Decimal("0.2")),)

    sale = walk(a_sale(Careful()), to="closing")
    sale.committee.add("C-1", "decision maker", may_sign=True)
    sale.terms.propose(Money("48000", "EUR"), discount=Decimal("0.25"))
    with pytest.raises(NotNow, match="sales_lead"):
        sale.terms.accept()
    with pytest.raises(MoveRefused):
        sale.win()
    lead = Careful().work_on(sale.deal, by="dana", at=NOW)
    lead.terms.approve("sales_lead")
    lead.terms.accept()
    lead.terms.sign("C-1")
    assert lead.win().key == "follow_up"


def test_a_stage_is_not_jumped_over() -> None:
    for stage in STAGES[:5]:
        with pytest.raises(MoveNotAllowed):
            sale_in(stage).win()


# 7. Follow-up: a sale does not end with the closing -----------------------------------------------------------------------


def test_winning_reminds_of_the_call_after_the_delivery() -> None:
    sale = sale_in("closing")
    sale.committee.add("C-1", "decision maker", may_sign=True)
    sale.terms.propose(
        Money("48000", "EUR"),
        deliveries=[Delivery(what="Order desk", on=date(2027, 1, 11)), Delivery(what="Training", on=date(2027, 2, 1))],
        services=[AfterSalesService(text="hotline")],
    )
    sale.terms.accept()
    sale.terms.sign("C-1")
    sale.win()
    (task,) = sale.deal.tasks
    assert (task.kind, task.due_at) == ("delivery check", datetime(2027, 2, 4, 9, tzinfo=UTC))


def test_without_a_delivery_date_the_customer_is_called_soon() -> None:
    (task,) = sale_in("follow_up").deal.tasks
    assert task.due_at == NOW + timedelta(days=3)
    assert task.is_open


def test_a_delivery_that_lies_behind_is_checked_now() -> None:
    sale = sale_in("closing")
    sale.committee.add("C-1", "decision maker", may_sign=True)
    sale.terms.propose(Money("48000", "EUR"), deliveries=[Delivery(what="Order desk", on=date(2026, 10, 1))])
    sale.terms.accept()
    sale.terms.sign("C-1")
    sale.win()
    assert sale.deal.tasks[0].due_at == NOW


def test_after_the_closing_the_customer_is_looked_after() -> None:
    sale = sale_in("follow_up")
    sale.follow_up.check_delivery(arrived=True, works=True)
    sale.follow_up.record_feedback("They like the overview", satisfaction=5)
    sale.follow_up.note_opening("They open a second warehouse")
    sale.meetings.plan("follow-up", planned_for=NOW + timedelta(days=90))
    sale.tasks.complete(1)
    follow_up = sale.deal.follow_up
    assert follow_up is not None
    assert follow_up.is_delivered
    assert [opening.text for opening in follow_up.open_openings] == ["They open a second warehouse"]


def test_before_the_closing_there_is_nothing_to_follow_up() -> None:
    with pytest.raises(NotNow):
        sale_in("closing").follow_up.check_delivery(arrived=True)


# Lost deals ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES[:6])
def test_a_deal_is_lost_from_every_open_stage_and_opened_again_there(stage: str) -> None:
    sale = sale_in(stage)
    sale.lose(reason="no_decision")
    assert (sale.deal.stage, sale.deal.closed_from) == ("lost", stage)
    assert sale.reopen(reason="they decided").key == stage


def test_whoever_follows_the_next_steps_wins_the_deal() -> None:
    sale = a_sale()
    qualify(sale)
    assert walk(sale, to="follow_up").deal.outcome is Outcome.WON
