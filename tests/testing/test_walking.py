"""A deal or a lead of any process is brought to a stage by doing what the process asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, cast

import pytest
from extension.saas import SaaSDeal, SaaSProcess
from testing.subtly_broken_processes import nobody_is_ever_qualified

from salesflow import (
    ApprovalRule,
    Deal,
    Money,
    Move,
    Outcome,
    Sale,
    SalesProcess,
    Stage,
    UnknownName,
    WrongType,
    entry_requirement,
    exit_requirement,
)
from salesflow.leads.lead_process import LeadProcess
from salesflow.standard import StandardProcess
from salesflow.testing.builders import NOW, a_deal, a_lead
from salesflow.testing.walking import CannotReach, lead_at, sale_at


@pytest.mark.parametrize("stage", [stage.key for stage in StandardProcess().stages])
def test_every_stage_of_the_standard_process_is_reached(stage: str) -> None:
    sale = sale_at(StandardProcess, stage)
    assert sale.deal.stage == stage
    assert sale.events == (), "what comes back is a fresh unit of work"


@pytest.mark.parametrize("stage", [stage.key for stage in LeadProcess().stages])
def test_every_stage_of_a_leads_life_is_reached(stage: str) -> None:
    work = lead_at(LeadProcess, stage)
    assert (work.lead.stage, work.events) == (stage, ())


def test_the_history_of_the_deal_is_as_if_it_had_walked_by_itself() -> None:
    sale = sale_at(StandardProcess, "closing")
    assert sale.deal.needs
    assert sale.deal.briefing is not None
    assert sale.deal.opened_at == NOW
    assert sale.at > NOW


def test_the_deal_can_be_given_and_keeps_what_was_said() -> None:
    sale = sale_at(StandardProcess, "closing", deal=a_deal(amount=Money("10", "USD"), id="D-9"))
    assert (sale.deal.id, sale.deal.amount) == ("D-9", Money("10", "USD"))


def test_an_amount_that_is_not_known_is_no_hindrance() -> None:
    assert sale_at(StandardProcess, "follow_up", deal=a_deal(amount=None)).deal.outcome is Outcome.WON


def test_a_process_of_the_users_own_is_walked_by_inherited_ways() -> None:
    sale = sale_at(SaaSProcess, "security_review", deal=a_deal(SaaSDeal, seats=0))
    assert isinstance(sale.deal, SaaSDeal)
    assert sale.blockers()[0].requirement == "questionnaire_complete"


def test_what_satisfies_a_requirement_of_the_users_own_is_given_by_its_name() -> None:
    sale = sale_at(
        SaaSProcess,
        "closing",
        deal=a_deal(SaaSDeal, seats=0),
        satisfy={"questionnaire_complete": lambda sale: sale.update(seats=40)},
    )
    assert sale.deal.seats == 40


def test_a_requirement_that_nothing_satisfies_is_named_with_the_way_out() -> None:
    with pytest.raises(CannotReach) as refused:
        sale_at(SaaSProcess, "closing", deal=a_deal(SaaSDeal, seats=0))
    assert (refused.value.stage, refused.value.stuck_in) == ("closing", "security_review")
    assert [one.requirement for one in refused.value.unmet] == ["questionnaire_complete"]
    assert "satisfy={'questionnaire_complete': lambda sale: ...}" in str(refused.value)


def test_a_satisfier_that_does_not_satisfy_is_found_out() -> None:
    with pytest.raises(CannotReach, match="did not satisfy"):
        sale_at(
            SaaSProcess,
            "closing",
            deal=a_deal(SaaSDeal, seats=0),
            satisfy={"questionnaire_complete": lambda sale: None},
        )


def test_a_satisfier_that_is_refused_says_why() -> None:
    with pytest.raises(CannotReach, match="stage: changed by the engine alone"):
        sale_at(
            SaaSProcess,
            "closing",
            deal=a_deal(SaaSDeal, seats=0),
            satisfy={"questionnaire_complete": lambda sale: sale.update(stage="won")},
        )


def test_what_needs_four_eyes_has_them() -> None:
    class Careful(StandardProcess[Deal]):
        approval_rules = (ApprovalRule(key="manager", title="a manager agrees", amount_over=Money("1000", "EUR")),)

    sale = sale_at(Careful, "follow_up")
    assert sale.deal.outcome is Outcome.WON
    assert sale.deal.terms[-1].approvals[0].by != sale.deal.terms[-1].recorded_by


class Bare(Stage[Deal]):
    """Nothing is asked."""


class Barred(Stage[Deal]):
    """Nobody gets in."""

    @entry_requirement("pigs fly")
    def pigs_fly(self, deal: Deal) -> bool:
        return False


class Won(Stage[Deal]):
    outcome = Outcome.WON


class Lost(Stage[Deal]):
    outcome = Outcome.LOST


class Detour(SalesProcess[Deal]):
    first = Bare()
    never = Barred()
    last = Bare()
    won = Won()
    lost = Lost()
    around: ClassVar[Move[Deal]] = Move(source="first", target="last")


def test_where_the_straight_way_is_barred_another_one_is_taken() -> None:
    assert sale_at(Detour, "won").deal.stage == "won"


def test_a_lost_stage_is_reached_with_a_reason() -> None:
    assert sale_at(Detour, "lost").deal.loss.reason == "price"  # type: ignore[union-attr]
    chosen = sale_at(Detour, "lost", loss_reason="timing").deal.loss
    assert chosen is not None
    assert chosen.reason == "timing"


def test_what_is_no_process_of_that_kind_is_told_which_walk_is_meant() -> None:
    leads, deals = cast("Any", LeadProcess), cast("Any", StandardProcess())
    with pytest.raises(WrongType, match=r"sale_at takes a SalesProcess.*lead_at walks leads"):
        sale_at(leads, "new")
    with pytest.raises(WrongType, match="lead_at takes a LeadProcess"):
        lead_at(deals, "new")


def test_a_misspelt_requirement_in_satisfy_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="questionnaire_complete"):
        sale_at(SaaSProcess, "approach", satisfy={"questionaire_complete": lambda sale: sale.update(seats=4)})
    with pytest.raises(UnknownName, match="has_an_owner"):
        lead_at(LeadProcess, "working", satisfy={"has_owner": lambda work: work.update(owner="noa")})


def test_what_a_lead_lacks_is_asked_for_in_its_own_words() -> None:
    with pytest.raises(CannotReach, match=r"give satisfy=\{'met_on_the_moon': lambda work: \.\.\.\}"):
        lead_at(nobody_is_ever_qualified(), "qualified")


def test_a_stage_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownName, match="clsoing"):
        sale_at(StandardProcess, "clsoing")


def test_requirements_that_depend_on_each_other_are_satisfied_in_turns() -> None:
    class Two(Stage[Deal]):
        @exit_requirement("it has an owner")
        def owned(self, deal: Deal) -> bool:
            return deal.owner == "b"

        @exit_requirement("its owner has a team")
        def teamed(self, deal: Deal) -> bool:
            return deal.owner == "b" and deal.team == "north"

    class InTurns(SalesProcess[Deal]):
        first = Two()
        won = Won()

    def team(sale: Sale[Any]) -> None:
        if sale.deal.owner == "b":
            sale.update(team="north")

    sale = sale_at(InTurns, "won", satisfy={"teamed": team, "owned": lambda sale: sale.update(owner="b")})
    assert sale.deal.team == "north"


def test_a_lead_can_be_given() -> None:
    assert lead_at(LeadProcess, "qualified", lead=a_lead(owner=None)).lead.owner is not None
    assert lead_at(LeadProcess, "new", lead=a_lead(probability=Decimal("0.5"))).lead.probability == Decimal("0.5")
