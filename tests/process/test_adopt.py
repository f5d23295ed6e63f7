"""Deals that were worked elsewhere are taken over without pretending that they walked here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from walks import NOW, sale_in, walk

from salesflow import (
    Deal,
    DealAdopted,
    EngineOwned,
    InvalidValue,
    Move,
    Outcome,
    SalesProcess,
    Stage,
    UnknownName,
    WrongType,
    entry_requirement,
    exit_requirement,
    fold,
)
from salesflow.standard import StandardProcess

BEFORE = NOW - timedelta(days=30)
LONG_BEFORE = NOW - timedelta(days=90)


def adopt(stage: Any, draft: Deal | None = None, **facts: Any) -> Any:
    known = {"origin": "the old CRM", "since": BEFORE, "by": "noa", "at": NOW}
    if draft is not None:
        return StandardProcess().adopt(draft, stage=stage, **{**known, **facts})
    return StandardProcess().adopt(stage=stage, **{**known, "id": "D-1", "name": "Order desk", **facts})


def test_the_first_event_says_from_where_and_since_when() -> None:
    sale = adopt("approach")
    (event,) = sale.events
    assert isinstance(event, DealAdopted)
    assert (event.origin, event.since, event.at, event.by) == ("the old CRM", BEFORE, NOW, "noa")
    assert (sale.deal.stage, sale.deal.entered_at, sale.deal.version) == ("approach", BEFORE, 1)
    assert fold(sale.events) == sale.deal


def test_the_moment_of_opening_is_kept_where_it_is_known() -> None:
    assert adopt("approach", opened_at=LONG_BEFORE).deal.opened_at == LONG_BEFORE
    assert adopt("approach").deal.opened_at == BEFORE


def test_the_event_says_what_the_process_would_have_asked_on_the_way() -> None:
    assert adopt("approach").events[0].lacking == (
        "prospecting.need_is_known",
        "prospecting.buyer_can_afford_it",
        "preparation.briefing_is_complete",
    )
    assert adopt("prospecting").events[0].lacking == ()


def test_a_deal_adopted_as_won_lacks_what_winning_asks() -> None:
    lacking = adopt("follow_up").events[0].lacking
    assert "follow_up.terms_are_accepted" in lacking
    assert "approach.customer_was_met" in lacking


def test_a_deal_adopted_as_lost_lacks_nothing_because_nothing_is_asked() -> None:
    assert adopt("lost", reason="price").events[0].lacking == ()


def test_records_that_are_known_are_taken_over() -> None:
    walked = sale_in("approach").deal
    draft = Deal(id="D-9", name="Order desk", amount=walked.amount, qualification=walked.qualification)
    assert adopt("preparation", draft).events[0].lacking == ()
    assert adopt("preparation", draft).deal.qualification == walked.qualification


def test_a_deal_adopted_as_won_is_closed_since_then() -> None:
    deal = adopt("follow_up", reason="they know us").deal
    assert (deal.outcome, deal.closed_at, deal.win_reason, deal.loss) == (Outcome.WON, BEFORE, "they know us", None)


def test_a_deal_adopted_as_lost_keeps_the_reason_and_the_note() -> None:
    deal = adopt("lost", reason="price", note="twenty percent").deal
    assert (deal.outcome, deal.closed_at) == (Outcome.LOST, BEFORE)
    assert (deal.loss.reason, deal.loss.note) == ("price", "twenty percent")


def test_why_a_deal_was_lost_elsewhere_may_be_unknown() -> None:
    assert adopt("lost").deal.loss.reason is None


def test_an_unknown_reason_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        adopt("lost", reason="prise")
    assert "price" in refused.value.nearest


def test_an_adopted_deal_goes_on_like_any_other() -> None:
    sale = walk(adopt("presentation"), to="follow_up")
    assert sale.deal.outcome is Outcome.WON
    lost = adopt("lost", reason="price")
    lost.reopen(reason="they called")
    assert (lost.deal.stage, lost.deal.loss, lost.deal.closed_at) == ("closing", None, None)


def test_the_stage_is_named_or_given_and_must_exist() -> None:
    assert adopt(StandardProcess.approach).deal.stage == "approach"
    with pytest.raises(UnknownName) as refused:
        adopt("aproach")
    assert "approach" in refused.value.nearest


@pytest.mark.parametrize("junk", [None, 5, object()])
def test_what_is_no_stage_is_refused_with_a_clear_error(junk: object) -> None:
    with pytest.raises((WrongType, UnknownName)):
        adopt(junk)


def test_a_deal_is_taken_over_after_it_entered_its_stage() -> None:
    with pytest.raises(InvalidValue) as refused:
        adopt("approach", since=NOW + timedelta(seconds=1))
    assert refused.value.field == "since"


def test_a_deal_is_opened_before_it_enters_a_stage() -> None:
    with pytest.raises(InvalidValue) as refused:
        adopt("approach", opened_at=NOW)
    assert refused.value.field == "opened_at"


@pytest.mark.parametrize("field", ["since", "opened_at", "at"])
def test_moments_are_aware(field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        adopt("approach", **{field: LONG_BEFORE.replace(tzinfo=None)})
    assert refused.value.field == field


@pytest.mark.parametrize("field", ["version", "outcome", "closed_at", "process", "entered_at"])
def test_fields_of_the_engine_cannot_be_given(field: str) -> None:
    with pytest.raises(EngineOwned) as refused:
        adopt("approach", **{field: 1})
    assert refused.value.fields == (field,)


def test_a_draft_with_engine_fields_is_refused() -> None:
    with pytest.raises(EngineOwned) as refused:
        adopt("approach", Deal(id="D-1", name="x", stage="closing", version=7))
    assert set(refused.value.fields) == {"stage", "version"}


def test_a_misspelt_field_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        adopt("approach", amuont=5)
    assert refused.value.nearest == ("amount",)


def test_a_draft_is_of_the_class_of_the_process() -> None:
    @attrs.frozen(kw_only=True)
    class SeatDeal(Deal):
        seats: int = 0

    process = StandardProcess[SeatDeal]()
    with pytest.raises(WrongType):
        process.adopt(Deal(id="D-1", name="x"), stage="approach", origin="x", since=BEFORE, by="noa", at=NOW)  # type: ignore[call-overload]  # the mistake
    sale = process.adopt(
        SeatDeal(id="D-1", name="x", seats=4), stage="approach", origin="x", since=BEFORE, by="noa", at=NOW
    )
    assert sale.deal.seats == 4


def test_the_hook_of_the_stage_is_not_called_because_the_deal_did_not_enter_now() -> None:
    assert adopt("follow_up").deal.tasks == ()


def test_entry_requirements_on_the_way_are_lacking_too() -> None:
    class Asking(Stage[Deal]):
        @entry_requirement("it has an owner")
        def has_owner(self, deal: Deal) -> bool:
            return deal.owner is not None

        @exit_requirement("it has a source")
        def has_source(self, deal: Deal) -> bool:
            return deal.source is not None

    class Won(Stage[Deal]):
        outcome = Outcome.WON

    class Kept(Won):
        @entry_requirement("it has a team")
        def has_team(self, deal: Deal) -> bool:
            return deal.team is not None

    class Process(SalesProcess[Deal]):
        first = Stage[Deal]()
        second = Asking()
        won = Won()
        kept = Kept()
        back = Move(source="won", target="first")

    def lacking(stage: str) -> tuple[str, ...]:
        sale: Any = Process().adopt(id="D-1", name="x", stage=stage, origin="x", since=BEFORE, by="noa", at=NOW)
        found: tuple[str, ...] = sale.events[0].lacking
        return found

    assert lacking("first") == ()
    assert lacking("second") == ("second.has_owner",)
    assert lacking("won") == ("second.has_owner", "second.has_source")
    assert lacking("kept") == ("second.has_owner", "second.has_source", "kept.has_team")


def test_a_reason_is_for_deals_that_are_closed() -> None:
    with pytest.raises(InvalidValue, match="open deal"):
        adopt(stage="approach", reason="price")


def test_what_is_noted_at_the_adoption_is_kept() -> None:
    (event,) = adopt(stage="follow_up", note="bought at the fair").events
    assert event.note == "bought at the fair"
