"""The extension that the design shows, walked from the first mention to the signature."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from extension.saas import NOW, SaaSDeal, SaaSProcess, SecurityDesk, a_saas_sale
from walks import agree, meet, qualify, settle

from salesflow import MemoryStorage, MoveRefused, Outcome, UnknownName, fold
from salesflow.standard import StandardProcess

STANDARD = (
    "prospecting",
    "preparation",
    "approach",
    "presentation",
    "objection_handling",
    "closing",
    "follow_up",
    "lost",
)


def test_the_stages_stand_in_the_order_that_the_company_works() -> None:
    assert [stage.key for stage in SaaSProcess().stages] == [
        "prospecting",
        "approach",
        "presentation",
        "security_review",
        "objection_handling",
        "closing",
        "follow_up",
        "lost",
    ]


def test_the_standard_process_stays_as_it_was() -> None:
    assert tuple(stage.key for stage in StandardProcess().stages) == STANDARD
    assert "fast_track" not in {route.move for route in StandardProcess().routes}
    names = [asked.name for asked in StandardProcess().stage("presentation").requirements()]
    assert names == ["needs_are_answered"]


def test_a_deal_goes_from_the_first_mention_to_the_signature() -> None:
    storage = MemoryStorage()
    sale = a_saas_sale()
    qualify(sale)
    assert sale.advance().key == "approach"
    meet(sale)
    assert sale.advance().key == "presentation"
    assert sale.advance().key == "security_review"
    sale.desk(SecurityDesk).pass_(seats=40)
    assert sale.advance().key == "objection_handling"
    settle(sale)
    assert sale.advance().key == "closing"
    agree(sale)
    assert sale.advance().key == "follow_up"
    assert sale.deal.outcome is Outcome.WON
    storage.commit(sale.changes)
    stored = storage.get(SaaSDeal, "D-1")
    assert stored.seats == 40
    assert stored == sale.deal == fold(sale.events)


def test_the_security_review_holds_a_deal_without_seats() -> None:
    sale = a_saas_sale()
    qualify(sale)
    sale.advance()
    meet(sale)
    sale.advance()
    sale.advance()
    before = sale.deal
    with pytest.raises(MoveRefused) as refused:
        sale.advance()
    assert [unmet.requirement for unmet in refused.value.unmet] == ["questionnaire_complete"]
    assert sale.deal is before


def test_an_existing_customer_takes_the_fast_track() -> None:
    sale = a_saas_sale(source="existing customer")
    qualify(sale)
    sale.advance()
    meet(sale)
    assert sale.move(SaaSProcess.fast_track).key == "closing"


def test_a_new_customer_does_not_take_the_fast_track_and_hears_all_that_is_missing() -> None:
    sale = a_saas_sale(source="fair")
    qualify(sale)
    sale.advance()
    with pytest.raises(MoveRefused) as refused:
        sale.move(SaaSProcess.fast_track)
    assert [unmet.requirement for unmet in refused.value.unmet] == [
        "customer_was_met",
        "needs_are_known",
        "existing_customer",
    ]
    assert refused.value.unmet[-1].stage == "fast_track"


def test_a_misspelt_move_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="fast_track"):
        a_saas_sale().move("fast_trak")


def test_a_removed_stage_is_unknown() -> None:
    sale = a_saas_sale()
    qualify(sale)
    sale.advance()
    with pytest.raises(UnknownName, match="preparation"):
        sale.go_back(to="preparation", reason="nothing is prepared")


def test_the_replaced_stage_keeps_what_it_inherits() -> None:
    tour = SaaSProcess().stage("presentation")
    assert (tour.title, tour.probability, tour.rots_after) == ("Presentation", Decimal("0.50"), timedelta(days=21))
    assert tour.purpose == "Let them try it themselves."
    assert tour.requirements() == ()


def test_the_own_stage_stands_in_the_playbook_and_in_the_drawing() -> None:
    process = SaaSProcess()
    assert "The buyer's security team looks at how we keep their data." in process.guide()
    assert "the security questionnaire covers every seat" in process.guide()
    assert "Security review" in process.diagram()


def test_the_process_is_known_by_a_key_of_its_own() -> None:
    sale = a_saas_sale()
    assert (sale.deal.process, sale.deal.process_version) == ("saas", 1)
    assert SaaSProcess().work_on(sale.deal, by="noa", at=NOW).deal is sale.deal
