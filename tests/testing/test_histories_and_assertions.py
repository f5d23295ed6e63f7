"""Given, when, then; and assertions whose message can be read."""

from __future__ import annotations

from typing import Any, cast

import attrs
import pytest

from salesflow import (
    Deal,
    DealLost,
    DealUpdated,
    InvalidValue,
    Money,
    MoveRefused,
    NotNow,
    StageChanged,
    UnknownName,
    WrongType,
)
from salesflow.deal.event import DealOpened
from salesflow.leads.lead_process import LeadProcess
from salesflow.people.lead import LeadUpdated
from salesflow.people.lead_moves import LeadDisqualified
from salesflow.standard import StandardProcess
from salesflow.testing.assertions import assert_blocked, assert_events, assert_free, assert_moves_to
from salesflow.testing.builders import NOW, a_contact, a_deal, a_lead, an_organization
from salesflow.testing.histories import given
from salesflow.testing.walking import lead_at, sale_at

PROCESS = StandardProcess()


def opened() -> DealOpened:
    (event,) = PROCESS.open(a_deal(), by="noa", at=NOW).events
    assert isinstance(event, DealOpened)
    return event


def test_given_a_history_when_something_is_done_then_this_is_recorded() -> None:
    sale = given(opened(), process=PROCESS).when(lambda sale: sale.lose(reason="price")).then(DealLost)
    assert sale.deal.stage == "lost"


def test_the_process_may_be_given_as_a_class_or_by_a_sale() -> None:
    given(opened(), process=StandardProcess).when(lambda sale: sale.update(name="Desk")).then(DealUpdated)
    given(sale_at(PROCESS, "approach")).when(lambda sale: sale.go_back(reason="more to do")).then(StageChanged)


def test_an_event_is_compared_apart_from_its_moment_and_actor() -> None:
    lost = given(opened(), process=PROCESS).when(lambda sale: sale.lose(reason="price")).then(DealLost).events[0]
    other_day = attrs.evolve(lost, by="dan")
    given(opened(), process=PROCESS).when(lambda sale: sale.lose(reason="price")).then(other_day)
    with pytest.raises(AssertionError, match="timing"):
        given(opened(), process=PROCESS).when(lambda sale: sale.lose(reason="timing")).then(other_day)


def test_leads_have_a_history_too() -> None:
    (captured,) = LeadProcess().capture(a_lead(), by="noa", at=NOW).events
    given(captured, process=LeadProcess).when(lambda work: work.update(owner="dan")).then(LeadUpdated)
    working = given(lead_at(LeadProcess, "working"))
    assert (
        working.when(lambda work: work.disqualify(reason="no_budget")).then(LeadDisqualified).lead.stage
        == "disqualified"
    )
    working.when(lambda work: work.qualify()).then_refused(MoveRefused, by="is_qualified")


def test_a_sale_beside_a_process_and_what_is_no_event_are_refused() -> None:
    sale = cast("Any", sale_at(PROCESS, "approach"))
    with pytest.raises(InvalidValue, match="a unit of work alone"):
        given(sale, process=PROCESS)
    with pytest.raises(InvalidValue, match="a unit of work alone"):
        given(sale, sale, process=PROCESS)
    with pytest.raises(WrongType, match="a process is given"):
        given(opened(), process=cast("Any", Deal(id="D-1", name="Order desk")))


def test_a_refusal_is_expected_by_its_kind_and_by_the_requirement() -> None:
    happened = given(opened(), process=PROCESS).when(lambda sale: sale.advance())
    refusal = happened.then_refused(MoveRefused, by="need_is_known")
    assert isinstance(refusal, MoveRefused)
    with pytest.raises(AssertionError, match="not by 'needs_are_known'; unmet: need_is_known, buyer_can_afford_it"):
        happened.then_refused(by="needs_are_known")
    with pytest.raises(AssertionError, match="refused with MoveRefused, not NotNow"):
        happened.then_refused(NotNow)
    with pytest.raises(AssertionError, match="it was refused: deal D-1 cannot advance"):
        happened.then()


def test_what_was_not_refused_is_no_refusal() -> None:
    happened = given(opened(), process=PROCESS).when(lambda sale: sale.lose(reason="price"))
    with pytest.raises(AssertionError, match="not refused; recorded: DealLost"):
        happened.then_refused()


def test_a_history_has_events_and_a_process() -> None:
    with pytest.raises(InvalidValue):
        given(process=PROCESS)
    with pytest.raises(InvalidValue):
        given(opened())


def test_actor_and_moment_can_be_given() -> None:
    sale = given(opened(), process=PROCESS).when(lambda sale: None, by="dan", at=NOW).then()
    assert (sale.by, sale.at) == ("dan", NOW)


def test_a_difference_of_events_is_set_side_by_side() -> None:
    sale = PROCESS.work_on(sale_at(PROCESS, "prospecting").deal, by="noa", at=sale_at(PROCESS, "prospecting").at)
    sale.update(name="Desk")
    sale.lose(reason="price")
    assert_events(sale, DealUpdated, DealLost)
    with pytest.raises(AssertionError) as refused:
        assert_events(sale, DealUpdated, StageChanged, DealLost)
    assert str(refused.value).splitlines()[-1] == "- DealLost"
    with pytest.raises(AssertionError, match=r"\+ DealLost\(move='lose'"):
        assert_events(sale, DealUpdated)
    with pytest.raises(AssertionError):
        assert_events(sale, DealLost, DealUpdated)


def test_what_blocks_a_deal_is_asserted_by_name() -> None:
    sale = sale_at(PROCESS, "preparation")
    unmet = assert_blocked(sale, by="briefing_is_complete", missing="opening pitch")
    assert unmet.stage == "preparation"
    with pytest.raises(AssertionError, match="in the way stands briefing_is_complete"):
        assert_blocked(sale, by="need_is_known")
    with pytest.raises(AssertionError, match="misses"):
        assert_blocked(sale, by="briefing_is_complete", missing="a cake")
    with pytest.raises(AssertionError, match="stands nothing"):
        assert_blocked(sale, by="briefing_is_complete", move="lose")


def test_that_nothing_blocks_is_asserted_too() -> None:
    assert_free(sale_at(PROCESS, "preparation"), move="lose")
    with pytest.raises(AssertionError, match="the briefing is complete"):
        assert_free(sale_at(PROCESS, "preparation"))


def test_the_work_on_a_lead_is_asserted_in_the_same_words() -> None:
    work = lead_at(LeadProcess, "working")
    assert_blocked(work, by="is_qualified")
    assert_free(work, move="disqualify")


def test_where_a_deal_moves_to_is_tried_and_leaves_it_as_it_was() -> None:
    sale = sale_at(PROCESS, "objection_handling")
    assert_moves_to(sale, "closing")
    assert_moves_to(sale, StandardProcess.closing)
    assert sale.deal.stage == "objection_handling"
    with pytest.raises(AssertionError, match="moves to closing, not to follow_up"):
        assert_moves_to(sale, "follow_up")
    with pytest.raises(AssertionError, match="cannot advance"):
        assert_moves_to(sale_at(PROCESS, "preparation"), "approach")


def test_builders_give_what_the_test_says_and_the_same_for_the_rest() -> None:
    assert a_deal() == a_deal()
    assert a_deal(amount=None).amount is None
    assert a_deal(Deal, amount=Money("1", "EUR")).amount == Money("1", "EUR")
    assert a_lead(email=None).email is None
    assert a_contact(id="C-2").id == "C-2"
    assert an_organization(name="Bravo").name == "Bravo"
    with pytest.raises(UnknownName, match="amonut"):
        a_deal(amonut=None)
