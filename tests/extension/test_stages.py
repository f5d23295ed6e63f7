"""Stages of your own: inserted, in the place of another, and taken out."""

from __future__ import annotations

from typing import Any

import pytest
from walks import a_sale, agree, meet, prepare, qualify, walk

from salesflow import Deal, MoveNotAllowed, Outcome, ProcessDefinitionError, Sale, Stage, exit_requirement
from salesflow.standard import StandardProcess
from salesflow.standard.approach import Approach
from salesflow.standard.follow_up import FollowUp


class Trial(Stage[Deal]):
    """The customer tries the product."""

    @exit_requirement("the trial has a sponsor")
    def trial_has_a_sponsor(self, deal: Deal) -> bool:
        return any(member.contact_id == "C-9" for member in deal.committee)


class WithTrial(StandardProcess):
    trial = Trial(after="presentation")


class WithTrialBefore(StandardProcess):
    trial = Trial(before="prospecting")


class LongApproach(Approach):
    """Meet twice."""

    title = "First talks"

    @exit_requirement("the customer was met twice")
    def customer_was_met_twice(self, deal: Deal) -> bool:
        return sum(meeting.is_held for meeting in deal.meetings) > 1


class WithLongApproach(StandardProcess):
    approach = LongApproach()


class Unprepared(StandardProcess, without=("preparation",)):
    pass


class Renewal(FollowUp):
    """The customer stays."""

    title = "Renewal"


class WithRenewal(StandardProcess):
    renewal = Renewal(after="follow_up")


def test_an_inserted_stage_lies_on_the_way() -> None:
    sale = walk(a_sale(WithTrial()), to="presentation")
    for need in sale.presentation.unshown:
        sale.presentation.show(need, how="On the screen")
    assert sale.advance().key == "trial"
    assert [unmet.requirement for unmet in sale.blockers()] == ["trial_has_a_sponsor"]
    sale.committee.add("C-9", "champion")
    assert sale.advance().key == "objection_handling"


def test_an_inserted_stage_may_become_the_first() -> None:
    assert a_sale(WithTrialBefore()).stage.key == "trial"


def test_a_deal_goes_back_to_an_inserted_stage() -> None:
    sale = walk(a_sale(WithTrial()), to="presentation")
    for need in sale.presentation.unshown:
        sale.presentation.show(need, how="On the screen")
    sale.advance()
    sale.committee.add("C-9", "champion")
    sale.advance()
    assert sale.go_back(reason="they want to try again").key == "trial"


def test_a_deal_is_lost_from_an_inserted_stage() -> None:
    sale = a_sale(WithTrialBefore())
    assert sale.lose(reason="price").outcome is Outcome.LOST
    assert sale.deal.closed_from == "trial"


def test_a_replaced_stage_asks_for_more() -> None:
    sale = walk(a_sale(WithLongApproach()), to="approach")
    meet(sale)
    assert [unmet.text for unmet in sale.blockers()] == ["the customer was met twice"]
    sale.meetings.record("second meeting", summary="They want it soon")
    assert sale.advance().key == "presentation"


def test_a_replaced_stage_keeps_its_place_and_its_key() -> None:
    keys = [stage.key for stage in WithLongApproach().stages]
    assert keys == [stage.key for stage in StandardProcess().stages]
    assert WithLongApproach().stage("approach").label == "First talks"


def test_a_deal_steps_over_the_place_of_a_removed_stage() -> None:
    sale = a_sale(Unprepared())
    qualify(sale)
    assert sale.advance().key == "approach"
    with pytest.raises(MoveNotAllowed):
        sale.move("advance", to="closing")


def test_a_stage_that_a_move_needs_is_not_removed() -> None:
    with pytest.raises(ProcessDefinitionError, match="closing"):

        class NoClosing(StandardProcess, without=("closing",)):
            pass


def test_a_stage_and_the_move_that_needs_it_are_removed_together() -> None:
    class NoPresentation(StandardProcess, without=("presentation", "pass_over_objections")):
        pass

    assert "presentation" not in [stage.key for stage in NoPresentation().stages]


def test_a_second_stage_of_won_deals_follows_the_first() -> None:
    sale = walk(a_sale(WithRenewal()), to="follow_up")
    assert sale.deal.outcome is Outcome.WON
    assert sale.advance().key == "renewal"
    assert sale.deal.outcome is Outcome.WON


def test_a_hook_of_an_own_stage_records_within_the_move() -> None:
    class Handover(Stage[Deal]):
        """Sales and delivery talk to each other."""

        def on_enter(self, sale: Sale[Deal], /) -> None:
            sale.tasks.add("Introduce the delivery team")

        def on_exit(self, sale: Sale[Deal], /) -> None:
            for task in sale.deal.tasks:
                if task.title == "Introduce the delivery team":
                    sale.tasks.complete(task)

    class WithHandover(StandardProcess):
        handover = Handover(before="preparation")

    sale = a_sale(WithHandover())
    qualify(sale)
    sale.advance()
    assert [task.title for task in sale.deal.tasks] == ["Introduce the delivery team"]
    assert sale.deal.tasks[0].is_open
    sale.advance()
    assert not sale.deal.tasks[0].is_open


def test_a_failing_hook_of_an_own_stage_leaves_everything_as_it_was() -> None:
    class Fragile(Stage[Deal]):
        """Breaks after it has recorded something."""

        def on_enter(self, sale: Sale[Deal], /) -> None:
            sale.tasks.add("never kept")
            raise RuntimeError("the hook broke")

    class WithFragile(StandardProcess):
        fragile = Fragile(before="preparation")

    sale = a_sale(WithFragile())
    qualify(sale)
    deal, events = sale.deal, sale.events
    with pytest.raises(RuntimeError, match="the hook broke"):
        sale.advance()
    assert (sale.deal, sale.events) == (deal, events)


def test_the_whole_standard_walk_still_works_around_own_stages() -> None:
    class Both(StandardProcess, without=("preparation",)):
        trial = Trial(after="presentation")

    sale: Sale[Any] = a_sale(Both())
    sale.committee.add("C-9", "champion", may_sign=True)
    qualify(sale)
    sale.advance()
    meet(sale)
    sale.advance()
    for need in sale.presentation.unshown:
        sale.presentation.show(need, how="On the screen")
    sale.advance()
    sale.advance()
    sale.advance()
    agree(sale)
    assert sale.win().key == "follow_up"


def test_preparing_is_still_possible_where_no_stage_asks_for_it() -> None:
    sale = a_sale(Unprepared())
    prepare(sale)
    assert sale.deal.briefing is not None
