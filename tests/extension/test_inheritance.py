"""Two levels of inheritance: a company extends the standard, and a team extends the company."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs
from extension.saas import NOW, SaaSDeal, SaaSProcess, SecurityReview, existing_customer
from walks import meet, qualify

from salesflow import LossReason, Migration, Move, Outcome, ProcessMigrated, Stage, exit_requirement
from salesflow.process.reasons import STANDARD_LOSS_REASONS


@attrs.frozen(kw_only=True)
class PublicDeal(SaaSDeal):
    """A deal with a public body, which must ask for bids."""

    tender: str | None = None


class StrictReview(SecurityReview):
    """The public body's security office looks at how we keep their data."""

    rots_after = timedelta(days=60)

    def questionnaire_complete(self, deal: SaaSDeal) -> bool:
        return super().questionnaire_complete(deal) and deal.seats < 1000

    @exit_requirement("the office has a meeting behind it")
    def office_was_met(self, deal: SaaSDeal) -> bool:
        return any(meeting.is_held for meeting in deal.meetings)


class Tender(Stage[PublicDeal]):
    """The body asks everybody for a bid."""

    @exit_requirement("the tender has a number")
    def tender_is_known(self, deal: PublicDeal) -> bool:
        return deal.tender is not None


class PublicProcess(SaaSProcess, without=("fast_track", "objection_handling", "pass_over_objections")):
    """What the team for public bodies does on top."""

    title = "Public bodies"
    loss_reasons = (*STANDARD_LOSS_REASONS, LossReason("tender", "Lost the tender"))
    security_review = StrictReview()
    direct_award = Move(source="presentation", target="closing", requires=(existing_customer,))


class PublicTenders(PublicProcess):
    """A third level, for a class of deals of its own."""

    migrations = (Migration(process="public", version=1, stages={"objection_handling": "closing"}),)


def test_the_second_level_inherits_what_it_does_not_change() -> None:
    assert [stage.key for stage in PublicProcess().stages] == [
        "prospecting",
        "approach",
        "presentation",
        "security_review",
        "closing",
        "follow_up",
        "lost",
    ]
    assert PublicProcess().stage("presentation") is SaaSProcess().stage("presentation")


def test_the_second_level_works_on_the_deals_of_the_first() -> None:
    assert PublicProcess().deal_type is SaaSDeal


def test_moves_are_added_and_removed_at_each_level() -> None:
    moves = {route.move for route in PublicProcess().routes}
    assert "direct_award" in moves
    assert not moves & {"fast_track", "pass_over_objections"}


def test_a_requirement_is_overridden_twice() -> None:
    sale = PublicProcess().open(SaaSDeal(id="D-1", name="Order desk", seats=5000), by="noa", at=NOW)
    qualify(sale)
    sale.advance()
    meet(sale)
    sale.advance()
    assert sale.advance().key == "security_review"
    (unmet,) = sale.blockers()
    assert (unmet.requirement, unmet.text) == (
        "questionnaire_complete",
        "the security questionnaire covers every seat",
    )
    sale.update(attrs.evolve(sale.deal, seats=50))
    assert sale.advance().key == "closing"


def test_a_stage_of_the_second_level_keeps_what_it_inherits() -> None:
    review = PublicProcess().stage("security_review")
    assert (review.title, review.probability, review.rots_after) == (
        "Security review",
        Decimal("0.65"),
        timedelta(days=60),
    )
    assert {asked.name for asked in review.requirements()} == {"questionnaire_complete", "office_was_met"}


def test_the_first_level_stays_as_it_was() -> None:
    review = SaaSProcess().stage("security_review")
    assert [asked.name for asked in review.requirements()] == ["questionnaire_complete"]
    assert "fast_track" in {route.move for route in SaaSProcess().routes}
    assert "tender" not in {reason.key for reason in SaaSProcess.loss_reasons}


def test_a_loss_reason_of_the_second_level_is_used() -> None:
    sale = PublicProcess().open(SaaSDeal(id="D-1", name="Order desk"), by="noa", at=NOW)
    sale.lose(reason="tender")
    assert sale.deal.outcome is Outcome.LOST


def test_a_deal_of_a_deeper_class_goes_through_the_process_of_its_base() -> None:
    sale = PublicProcess().open(PublicDeal(id="D-1", name="Order desk", tender="T-7"), by="noa", at=NOW)
    assert type(sale.deal) is PublicDeal


def test_a_deal_is_taken_over_by_the_process_one_level_down() -> None:
    sale = PublicProcess().open(SaaSDeal(id="D-1", name="Order desk"), by="noa", at=NOW)
    taken = PublicTenders().work_on(sale.deal, by="noa", at=NOW)
    assert isinstance(taken.events[0], ProcessMigrated)
    assert taken.deal.process == "public_tenders"


def test_each_level_has_a_key_of_its_own() -> None:
    assert (PublicProcess.key, PublicTenders.key) == ("public", "public_tenders")


def test_a_stage_for_a_deeper_class_of_deals_is_used_by_a_process_for_them() -> None:
    from salesflow.standard import StandardProcess

    class TenderProcess(StandardProcess[PublicDeal]):
        tender = Tender(after="approach")

    sale = TenderProcess().adopt(
        PublicDeal(id="D-1", name="Order desk"), stage="tender", origin="tests", since=NOW, by="noa", at=NOW
    )
    assert [unmet.requirement for unmet in sale.blockers()] == ["tender_is_known"]
    sale.update(attrs.evolve(sale.deal, tender="T-7"))
    assert sale.advance().key == "presentation"
