"""A sale: the one way in which a deal changes, and where a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import attrs
import pytest
from walks import DONE_IN, NOW, a_sale, agree, prepare, present, qualify, sale_in, walk

from salesflow import (
    ChangeSet,
    Deal,
    DealHeld,
    DealLost,
    DealOpened,
    DealReopened,
    DealUpdated,
    DealWon,
    Desk,
    EngineOwned,
    Event,
    InvalidValue,
    Migration,
    Money,
    Move,
    MoveNotAllowed,
    MoveRefused,
    NotNow,
    Outcome,
    OutOfOrder,
    SalesProcess,
    Stage,
    StageChanged,
    UnknownName,
    WrongType,
    entry_requirement,
    fold,
)
from salesflow.standard import StandardProcess

LATER = NOW + timedelta(days=2)


@attrs.frozen(kw_only=True)
class SeatDeal(Deal):
    seats: int = 0


@attrs.frozen(kw_only=True)
class SeatsAgreed(Event[SeatDeal]):
    seats: int

    def apply(self, deal: SeatDeal, /) -> SeatDeal:
        return deal.changed_by(self, seats=self.seats)


def work_on(deal: Deal, *, at: datetime = LATER, by: str = "ben") -> Any:
    return StandardProcess().work_on(deal, by=by, at=at)


def refused_and_unchanged(sale: Any, error: Any, action: Callable[[], object]) -> Any:
    """Whatever is refused has changed nothing."""
    deal, events = sale.deal, sale.events
    with pytest.raises(error) as raised:
        action()
    assert sale.deal is deal
    assert sale.events == events
    return raised.value


# Opening --------------------------------------------------------------------------------------------------------------


def test_a_deal_is_opened_at_the_first_stage() -> None:
    sale = a_sale(owner="noa", expected_close=date(2027, 1, 1))
    assert (sale.deal.stage, sale.deal.outcome, sale.deal.version) == ("prospecting", Outcome.OPEN, 1)
    assert (sale.deal.opened_at, sale.deal.entered_at, sale.deal.changed_at) == (NOW, NOW, NOW)
    assert (sale.deal.process, sale.deal.process_version) == ("standard", 1)
    assert isinstance(sale.events[0], DealOpened)
    assert (sale.by, sale.at, sale.process.key) == ("noa", NOW, "standard")


def test_a_deal_with_fields_of_its_own_is_opened_from_a_draft() -> None:
    sale = StandardProcess[SeatDeal]().open(SeatDeal(id="D-1", name="x", seats=3), by="noa", at=NOW)
    assert sale.deal.seats == 3


@pytest.mark.parametrize(
    ("fields", "error", "named"),
    [
        ({"amount": 48000.0}, WrongType, "amount"),
        ({"amount": "48000"}, WrongType, "amount"),
        ({"name": ""}, InvalidValue, "name"),
        ({"name": "x" * 201}, InvalidValue, "name"),
        ({"name": "two\r\nlines"}, InvalidValue, "name"),
        ({"name": "over\u202eride"}, InvalidValue, "name"),
        ({"name": "nul\x00"}, InvalidValue, "name"),
        ({"id": ""}, InvalidValue, "id"),
        ({"id": 5}, WrongType, "id"),
        ({"expected_close": NOW}, WrongType, "expected_close"),
        ({"probability": 0.5}, WrongType, "probability"),
        ({"probability": Decimal("1.1")}, InvalidValue, "probability"),
        ({"probability": Decimal("NaN")}, InvalidValue, "probability"),
        ({"by": ""}, InvalidValue, "by"),
        ({"at": NOW.replace(tzinfo=None)}, InvalidValue, "at"),
        ({"at": "2026-11-02"}, WrongType, "at"),
    ],
)
def test_a_wrong_field_is_one_clear_error_that_names_it(fields: dict[str, Any], error: Any, named: str) -> None:
    with pytest.raises(error) as refused:
        a_sale(**fields)
    assert refused.value.field == named


def test_a_forecast_category_that_does_not_exist_is_told() -> None:
    with pytest.raises(UnknownName):
        a_sale(forecast_category="sure thing")


def test_a_misspelt_field_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        a_sale(amuont=Money("1", "EUR"))
    assert refused.value.nearest == ("amount",)


@pytest.mark.parametrize("field", ["stage", "version", "outcome", "closed_at", "process", "needs", "terms", "hold"])
def test_what_the_engine_owns_cannot_be_given(field: str) -> None:
    with pytest.raises(EngineOwned) as refused:
        a_sale(**{field: "closing"})
    assert refused.value.fields == (field,)


def test_a_deal_must_have_a_name_and_an_id() -> None:
    with pytest.raises(InvalidValue) as refused:
        StandardProcess().open(id="D-1", by="noa", at=NOW)  # type: ignore[call-overload]  # the mistake
    assert refused.value.field == "name"
    with pytest.raises(InvalidValue) as refused:
        StandardProcess().open(name="x", by="noa", at=NOW)  # type: ignore[call-overload]  # the mistake
    assert refused.value.field == "id"


def test_a_draft_and_fields_do_not_go_together() -> None:
    with pytest.raises(WrongType, match="not both"):
        StandardProcess().open(Deal(id="D-1", name="x"), by="noa", at=NOW, amount=None)  # type: ignore[call-overload]  # the mistake


def test_what_is_no_draft_is_refused() -> None:
    with pytest.raises(WrongType):
        StandardProcess().open({"id": "D-1"}, by="noa", at=NOW)  # type: ignore[call-overload]  # the mistake


def test_a_draft_with_engine_fields_is_refused() -> None:
    with pytest.raises(EngineOwned) as refused:
        StandardProcess().open(sale_in("approach").deal, by="noa", at=NOW)
    assert {"stage", "version", "needs"} & set(refused.value.fields)


class Open(Stage[Deal]):
    pass


class Won(Stage[Deal]):
    outcome = Outcome.WON


class Lost(Stage[Deal]):
    outcome = Outcome.LOST


def test_the_first_stage_may_ask_something_before_a_deal_is_opened() -> None:
    from salesflow import entry_requirement

    class Owned(Open):
        @entry_requirement("somebody is responsible")
        def has_owner(self, deal: Deal) -> bool:
            return deal.owner is not None

    class Process(SalesProcess[Deal]):
        first = Owned()
        won = Won()

    with pytest.raises(MoveRefused) as refused:
        Process().open(id="D-1", name="x", by="noa", at=NOW)
    assert (refused.value.move, refused.value.target, refused.value.unmet[0].requirement) == (
        "open",
        "first",
        "has_owner",
    )
    assert Process().open(id="D-1", name="x", owner="noa", by="noa", at=NOW).deal.stage == "first"


def test_a_hook_does_not_move_the_deal_while_it_is_opened() -> None:
    class Hasty(Open):
        def on_enter(self, sale: Any, /) -> None:
            sale.advance()

    class Process(SalesProcess[Deal]):
        first = Hasty()
        second = Open()
        won = Won()

    with pytest.raises(NotNow) as refused:
        Process().open(id="D-1", name="x", by="noa", at=NOW)
    assert (refused.value.tried, refused.value.because) == ("advance", "the deal is in the middle of 'open'")


# Working on a stored deal -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [({"by": ""}, "by"), ({"by": 5}, "by"), ({"at": NOW.replace(tzinfo=None)}, "at"), ({"at": "now"}, "at")],
)
def test_who_works_and_when_is_held_to_its_rule_by_name(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        work_on(a_sale().deal, **given)
    assert refused.value.field == field


def test_a_stored_deal_is_taken_up_as_it_is() -> None:
    deal = sale_in("approach").deal
    sale = work_on(deal)
    assert sale.deal is deal
    assert sale.events == ()
    assert sale.changes == ChangeSet()
    assert repr(sale) == "<Sale of D-1 in approach by ben: 0 events>"


@pytest.mark.parametrize("junk", [None, "D-1", {"id": "D-1"}, 5])
def test_only_deals_are_worked_on(junk: Any) -> None:
    with pytest.raises(WrongType) as refused:
        work_on(junk)
    assert refused.value.field == "deal"


def test_a_deal_of_another_class_than_the_process_works_on_is_refused() -> None:
    with pytest.raises(WrongType, match="SeatDeal"):
        StandardProcess[SeatDeal]().work_on(a_sale().deal, by="noa", at=NOW)  # type: ignore[arg-type]  # the mistake


def test_a_draft_is_not_worked_on() -> None:
    with pytest.raises(NotNow, match="it is a draft"):
        work_on(Deal(id="D-1", name="x"))


def test_history_is_recorded_in_order() -> None:
    deal = a_sale().deal
    with pytest.raises(OutOfOrder) as refused:
        work_on(deal, at=NOW - timedelta(microseconds=1))
    assert refused.value.last == NOW.isoformat()
    assert work_on(deal, at=NOW).at == NOW


def test_moments_are_compared_across_time_zones() -> None:
    deal = a_sale().deal
    east = timezone(timedelta(hours=5))
    with pytest.raises(OutOfOrder):
        work_on(deal, at=datetime(2026, 11, 2, 13, 59, tzinfo=east))
    assert work_on(deal, at=datetime(2026, 11, 2, 14, tzinfo=east)).deal is deal


# Moving ---------------------------------------------------------------------------------------------------------------


def test_a_deal_walks_all_seven_stages() -> None:
    sale = walk(a_sale(), to="follow_up")
    assert [event.target for event in sale.events if isinstance(event, StageChanged)] == [
        "preparation",
        "approach",
        "presentation",
        "objection_handling",
        "closing",
        "follow_up",
    ]
    assert (sale.deal.outcome, sale.deal.closed_at, sale.deal.closed_from) == (Outcome.WON, NOW, "closing")
    assert sale.deal.version == len(sale.events)


def test_a_move_says_which_stage_was_entered_and_records_the_stay() -> None:
    opened = a_sale()
    sale = work_on(opened.deal)
    qualify(sale)
    assert sale.advance() is sale.stage is StandardProcess().stage("preparation")
    assert sale.events[-1] == StageChanged(
        at=LATER,
        by="ben",
        move="advance",
        source="prospecting",
        target="preparation",
        entered_at=NOW,
    )
    assert sale.deal.age(LATER + timedelta(hours=1)) == timedelta(hours=1)


def test_a_move_may_have_a_note_and_no_reason() -> None:
    sale = a_sale()
    qualify(sale)
    sale.move("advance", note="they were quick")
    assert (sale.events[-1].reason, sale.events[-1].note) == (None, "they were quick")


@pytest.mark.parametrize(
    ("stage", "move"),
    [
        ("approach", lambda sale: sale.advance()),
        ("approach", lambda sale: sale.lose(reason="price")),
        ("approach", lambda sale: sale.go_back(reason="the need has changed")),
        ("approach", lambda sale: sale.move("go_back", to="prospecting", reason="the need has changed")),
        ("closing", lambda sale: sale.win()),
        ("follow_up", lambda sale: sale.reopen(reason="the order was canceled")),
    ],
    ids=["advance", "lose", "go back", "by name", "win", "reopen"],
)
def test_a_move_without_a_note_has_an_empty_one(stage: str, move: Callable[[Any], object]) -> None:
    sale = sale_in(stage)
    if stage in DONE_IN:
        DONE_IN[stage](sale)
    move(sale)
    assert [event.note for event in sale.events if isinstance(event, StageChanged)][-1] == ""


@pytest.mark.parametrize(
    ("stage", "move"),
    [
        ("approach", lambda sale, **why: sale.go_back(**why)),
        ("approach", lambda sale, **why: sale.move("go_back", to="prospecting", **why)),
        ("closing", lambda sale, **why: sale.win(**why)),
        ("follow_up", lambda sale, **why: sale.reopen(**why)),
        ("approach", lambda sale, **why: sale.lose(**{**why, "reason": "price"})),
    ],
    ids=["go back", "by name", "win", "reopen", "lose"],
)
def test_a_move_keeps_its_reason_and_its_note(stage: str, move: Callable[..., object]) -> None:
    sale = sale_in(stage)
    if stage in DONE_IN:
        DONE_IN[stage](sale)
    move(sale, reason="they said so", note="on the phone, twice")
    (made,) = [event for event in sale.events[-2:] if isinstance(event, StageChanged)]
    assert (made.reason, made.note) == ("price" if made.move == "lose" else "they said so", "on the phone, twice")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": 5}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"reason": "two\nlines"}, "reason"),
        ({"note": 5}, "note"),
        ({"reason": "they know us", "note": "x" * 10_001}, "note"),
    ],
)
def test_a_reason_and_a_note_are_held_to_their_rules_by_name(given: dict[str, Any], field: str) -> None:
    sale = sale_in("closing")
    agree(sale)
    assert refused_and_unchanged(sale, InvalidValue, lambda: sale.win(**given)).field == field


def test_a_reason_has_a_thousand_characters_at_most() -> None:
    sale = sale_in("closing")
    agree(sale)
    sale.win(reason="x" * 1000)
    assert sale.deal.win_reason == "x" * 1000


def test_a_reason_may_be_about_a_person_and_is_not_repeated() -> None:
    sale = sale_in("approach")
    refusal = refused_and_unchanged(sale, InvalidValue, lambda: sale.go_back(reason="dana@acme.example\x00"))
    assert "acme" not in str(refusal)


def test_a_hook_of_the_first_stage_does_not_keep_the_deal_from_moving_on() -> None:
    class Greeted(Stage[Deal]):
        def on_enter(self, sale: Any) -> None:
            sale.tasks.add("say hello")

    class Process(SalesProcess[Deal]):
        first = Greeted()
        second = Open()
        won = Won()

    sale = Process().open(id="D-1", name="x", by="noa", at=NOW)
    assert len(sale.deal.tasks) == 1
    assert sale.advance().key == "second"


@pytest.mark.parametrize("reason", [None, "they know us"])
def test_a_competitor_is_named_only_where_a_deal_is_lost(reason: str | None) -> None:
    sale = a_sale()
    qualify(sale)
    refused_and_unchanged(sale, InvalidValue, lambda: sale.move("advance", reason=reason, competitor="Globex"))


def test_a_refused_move_says_all_that_is_missing_and_changes_nothing() -> None:
    sale = a_sale()
    refusal = refused_and_unchanged(sale, MoveRefused, sale.advance)
    assert [unmet.requirement for unmet in refusal.unmet] == ["need_is_known", "buyer_can_afford_it"]
    assert (refusal.move, refusal.source, refusal.target, refusal.deal_id) == (
        "advance",
        "prospecting",
        "preparation",
        "D-1",
    )
    assert refusal.unmet == sale.blockers()


def test_a_second_try_does_not_remember_the_first() -> None:
    sale = a_sale()
    with pytest.raises(MoveRefused):
        sale.advance()
    qualify(sale)
    assert sale.blockers() == ()
    assert sale.advance().key == "preparation"
    with pytest.raises(MoveRefused) as refused:
        sale.advance()
    assert [unmet.stage for unmet in refused.value.unmet] == ["preparation"]


def test_from_the_last_open_stage_advancing_is_winning() -> None:
    sale = sale_in("closing")
    agree(sale)
    sale.advance()
    assert isinstance([event for event in sale.events if isinstance(event, StageChanged)][-1], DealWon)


def test_winning_keeps_the_reason_and_the_note() -> None:
    sale = sale_in("closing")
    agree(sale)
    sale.win(reason="they know us", note="and the price was right")
    won = next(event for event in sale.events if isinstance(event, DealWon))
    assert (won.reason, won.note, sale.deal.win_reason) == ("they know us", "and the price was right", "they know us")


def test_a_deal_is_won_from_the_last_stage_only() -> None:
    sale = a_sale()
    refusal = refused_and_unchanged(sale, MoveNotAllowed, sale.win)
    assert refusal.allowed == ("advance -> preparation", "lose -> lost")


def test_from_a_won_stage_no_stage_comes_next() -> None:
    sale = sale_in("follow_up")
    assert sale.blockers() == ()
    refused_and_unchanged(sale, MoveNotAllowed, sale.advance)


def test_a_won_deal_may_advance_among_won_stages_and_stays_closed_when_it_was() -> None:
    class Process(SalesProcess[Deal]):
        first = Open()
        won = Won()
        kept = Won()

    sale = Process().open(id="D-1", name="x", by="noa", at=NOW)
    sale.win()
    later = Process().work_on(sale.deal, by="noa", at=LATER)
    later.advance()
    assert (later.deal.stage, later.deal.closed_at, later.deal.entered_at) == ("kept", NOW, LATER)


# Losing ---------------------------------------------------------------------------------------------------------------


def test_a_deal_is_lost_with_a_reason_of_the_process() -> None:
    sale = sale_in("approach")
    sale.lose(reason="competitor", note="half the price", competitor="Globex")
    deal = sale.deal
    assert (deal.outcome, deal.stage, deal.closed_at, deal.closed_from) == (Outcome.LOST, "lost", NOW, "approach")
    assert deal.loss is not None
    assert (deal.loss.reason, deal.loss.note, deal.loss.competitor) == ("competitor", "half the price", "Globex")
    assert isinstance(sale.events[-1], DealLost)


@pytest.mark.parametrize(
    ("facts", "error", "named"),
    [
        ({"reason": "too expensive"}, UnknownName, "loss reason"),
        ({"reason": ""}, InvalidValue, "reason"),
        ({"reason": None}, WrongType, "reason"),
        ({"reason": 5}, WrongType, "reason"),
        ({"reason": "other"}, InvalidValue, "note"),
        ({"reason": "other", "note": "   "}, InvalidValue, "note"),
        ({"reason": "price", "note": "x" * 10_001}, InvalidValue, "note"),
        ({"reason": "price", "note": 5}, WrongType, "note"),
        ({"reason": "price", "competitor": "two\nlines"}, InvalidValue, "competitor"),
        ({"reason": "price", "competitor": ""}, InvalidValue, "competitor"),
        ({"reason": "price", "to": "follow_up"}, MoveNotAllowed, "lose"),
        ({"reason": "price", "to": "nowhere"}, UnknownName, "stage"),
    ],
)
def test_a_loss_that_says_nothing_is_refused_by_what_it_lacks(facts: dict[str, Any], error: Any, named: str) -> None:
    sale = a_sale()
    refusal = refused_and_unchanged(sale, error, lambda: sale.lose(**facts))
    assert named in [getattr(refusal, name, None) for name in ("field", "kind", "move")]


def test_other_is_a_reason_with_a_note() -> None:
    sale = a_sale()
    sale.lose(reason="other", note="the company was sold")
    assert sale.deal.outcome is Outcome.LOST


def test_a_lost_deal_is_not_lost_again_and_a_won_one_not_either() -> None:
    lost = a_sale()
    lost.lose(reason="price")
    refused_and_unchanged(lost, MoveNotAllowed, lambda: lost.lose(reason="price"))
    won = sale_in("follow_up")
    refused_and_unchanged(won, MoveNotAllowed, lambda: won.lose(reason="price"))


def test_none_is_no_note() -> None:
    sale = sale_in("closing")
    agree(sale)
    refused_and_unchanged(sale, WrongType, lambda: sale.win(note=None))


# Going back and reopening ---------------------------------------------------------------------------------------------


def test_a_deal_goes_back_one_stage_or_to_the_one_that_is_named() -> None:
    sale = sale_in("presentation")
    assert sale.go_back(reason="the need was another").key == "approach"
    assert sale.go_back(reason="even the budget", to="prospecting", note="cut").key == "prospecting"
    assert (sale.events[-1].reason, sale.events[-1].note) == ("even the budget", "cut")


def test_going_back_keeps_what_was_recorded() -> None:
    sale = sale_in("presentation")
    needs = sale.deal.needs
    sale.go_back(reason="the need was another", to=StandardProcess.prospecting)
    assert sale.deal.needs == needs


def test_nothing_lies_before_the_first_stage() -> None:
    sale = a_sale()
    refused_and_unchanged(sale, MoveNotAllowed, lambda: sale.go_back(reason="x"))


def test_going_back_does_not_lead_forward() -> None:
    sale = sale_in("approach")
    for target in ("presentation", "approach", "lost", "follow_up"):
        refused_and_unchanged(sale, MoveNotAllowed, lambda target=target: sale.go_back(reason="x", to=target))


def test_going_back_needs_a_reason_that_says_something() -> None:
    sale = sale_in("approach")
    refused_and_unchanged(sale, InvalidValue, lambda: sale.go_back(reason=" "))
    refused_and_unchanged(sale, WrongType, lambda: sale.go_back(reason=None))
    refused_and_unchanged(sale, InvalidValue, lambda: sale.go_back(reason="x" * 1001))


def test_a_lost_deal_is_reopened_where_it_was_lost_and_the_history_keeps_it() -> None:
    sale = sale_in("approach")
    sale.lose(reason="price", competitor="Globex")
    lost = sale.deal
    sale.reopen(reason="the other offer fell through")
    deal = sale.deal
    assert (deal.stage, deal.outcome) == ("approach", Outcome.OPEN)
    assert (deal.closed_at, deal.closed_from, deal.loss, deal.win_reason) == (None, None, None, None)
    assert isinstance(sale.events[-1], DealReopened)
    assert fold(sale.events[: lost.version]) == lost
    assert lost.loss is not None


def test_a_reopened_win_takes_the_agreement_back_and_keeps_it_in_the_history() -> None:
    sale = sale_in("follow_up")
    won = sale.deal
    sale.reopen(reason="the order was canceled")
    assert sale.deal.stage == "closing"
    assert sale.deal.win_reason is None
    assert won.current_terms is not None
    assert won.current_terms.is_signed
    assert sale.deal.current_terms is not None
    assert not sale.deal.current_terms.is_accepted
    assert [unmet.requirement for unmet in sale.blockers()] == ["terms_are_accepted", "agreement_is_signed"]
    assert fold(sale.events[: won.version]) == won
    walk(sale, to="follow_up")
    assert sale.deal.outcome is Outcome.WON


def test_a_deal_is_reopened_to_the_stage_that_is_named() -> None:
    sale = sale_in("follow_up")
    assert sale.reopen(reason="all over again", to="prospecting", note="new owner").key == "prospecting"


def test_a_deal_that_was_closed_from_a_stage_that_is_no_more_reopens_in_the_last_open_one() -> None:
    class Shorter(StandardProcess[Deal], without=("preparation",)):
        key = "shorter"
        migrations = (Migration(process="standard", version=1),)

    lost = sale_in("preparation")
    lost.lose(reason="price")
    sale = Shorter().work_on(lost.deal, by="noa", at=LATER)
    assert sale.reopen(reason="they called").key == "closing"


def test_an_open_deal_is_not_reopened() -> None:
    sale = a_sale()
    refused_and_unchanged(sale, MoveNotAllowed, lambda: sale.reopen(reason="x"))


def test_reopening_needs_a_reason() -> None:
    sale = a_sale()
    sale.lose(reason="price")
    refused_and_unchanged(sale, InvalidValue, lambda: sale.reopen(reason=""))


# Waiting --------------------------------------------------------------------------------------------------------------


def test_a_deal_on_hold_does_not_move_until_it_is_resumed() -> None:
    sale = a_sale()
    qualify(sale)
    sale.hold(reason="budget freeze", until=date(2027, 1, 7))
    assert sale.deal.is_on_hold
    assert sale.deal.hold is not None
    assert (sale.deal.hold.since, sale.deal.hold.reason, sale.deal.hold.until) == (
        NOW,
        "budget freeze",
        date(2027, 1, 7),
    )
    refusal = refused_and_unchanged(sale, MoveRefused, sale.advance)
    assert [(unmet.requirement, unmet.hint) for unmet in refusal.unmet] == [("not_on_hold", "Resume it first.")]
    sale.resume()
    assert not sale.deal.is_on_hold
    assert sale.advance().key == "preparation"


def test_a_deal_on_hold_does_not_go_back_either() -> None:
    sale = sale_in("approach")
    sale.hold(reason="budget freeze")
    refused_and_unchanged(sale, MoveRefused, lambda: sale.go_back(reason="x"))


def test_a_deal_on_hold_can_be_lost_and_waits_no_longer() -> None:
    sale = a_sale()
    sale.hold(reason="budget freeze")
    sale.lose(reason="timing")
    assert sale.deal.hold is None


def test_records_can_be_kept_while_the_deal_waits() -> None:
    sale = a_sale()
    sale.hold(reason="budget freeze")
    qualify(sale)
    assert sale.deal.qualification is not None


def test_holding_twice_and_resuming_what_does_not_wait_is_refused() -> None:
    sale = a_sale()
    refused_and_unchanged(sale, NotNow, sale.resume)
    sale.hold(reason="budget freeze")
    refused_and_unchanged(sale, NotNow, lambda: sale.hold(reason="again"))


def test_a_closed_deal_does_not_wait() -> None:
    sale = sale_in("follow_up")
    refusal = refused_and_unchanged(sale, NotNow, lambda: sale.hold(reason="x"))
    assert (refusal.tried, refusal.because, refusal.way_out) == ("hold", "the deal is won", "reopen it first")


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"reason": ""}, InvalidValue),
        ({"reason": None}, WrongType),
        ({"reason": "x", "until": NOW}, WrongType),
        ({"reason": "x", "until": "2027-01-07"}, WrongType),
    ],
)
def test_a_hold_that_says_nothing_is_refused(facts: dict[str, Any], error: Any) -> None:
    sale = a_sale()
    refused_and_unchanged(sale, error, lambda: sale.hold(**facts))


# Plain fields ---------------------------------------------------------------------------------------------------------


def test_plain_fields_are_updated_in_one_event() -> None:
    sale = a_sale()
    deal = sale.update(name="Order desk, second try", expected_close=date(2027, 1, 1), owner="ben")
    assert deal is sale.deal
    assert sale.events[-1] == DealUpdated(
        at=NOW,
        by="noa",
        changes=(("name", "Order desk, second try"), ("expected_close", date(2027, 1, 1)), ("owner", "ben")),
    )


def test_an_update_that_changes_nothing_records_nothing() -> None:
    sale = a_sale()
    sale.update(name=sale.deal.name, amount=Money("48000.00", "EUR"))
    sale.update()
    assert len(sale.events) == 1


def test_none_is_a_value_and_so_is_zero() -> None:
    sale = a_sale()
    sale.update(amount=None)
    assert sale.deal.amount is None
    sale.update(amount=Money("0", "EUR"), probability=Decimal(0))
    assert (sale.deal.amount, sale.deal.probability) == (Money("0", "EUR"), Decimal(0))


def test_an_edited_deal_says_what_is_new() -> None:
    sale = StandardProcess[SeatDeal]().open(SeatDeal(id="D-1", name="x"), by="noa", at=NOW)
    sale.update(attrs.evolve(sale.deal, seats=5, owner="ben"))
    assert (sale.deal.seats, sale.deal.owner) == (5, "ben")
    assert isinstance(sale.events[-1], DealUpdated)
    assert {name for name, _ in sale.events[-1].changes} == {"seats", "owner"}


@attrs.frozen(kw_only=True)
class AliasDeal(Deal):
    _margin: int = 1
    seats: int = attrs.field(default=2, alias="chairs")


def test_a_field_of_your_own_may_be_private_or_have_an_alias() -> None:
    sale = StandardProcess[AliasDeal]().open(AliasDeal(id="D-1", name="x"), by="noa", at=NOW)
    sale.update(attrs.evolve(sale.deal, margin=7, chairs=9))
    assert (sale.deal._margin, sale.deal.seats) == (7, 9)
    assert fold(sale.events) == sale.deal
    by_name: Any = StandardProcess[AliasDeal]().open
    assert by_name(id="D-2", name="x", seats=4, by="noa", at=NOW).deal.seats == 4


def test_an_edited_deal_with_engine_fields_is_refused() -> None:
    sale = a_sale()
    refusal = refused_and_unchanged(
        sale, EngineOwned, lambda: sale.update(attrs.evolve(sale.deal, stage="closing", name="y"))
    )
    assert refusal.fields == ("stage",)


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "version",
        "changed_at",
        "process",
        "process_version",
        "stage",
        "outcome",
        "opened_at",
        "entered_at",
        "closed_at",
        "closed_from",
        "win_reason",
        "loss",
        "hold",
        "qualification",
        "needs",
        "briefing",
        "meetings",
        "presentation",
        "objections",
        "signals",
        "terms",
        "committee",
        "line_items",
        "follow_up",
        "tasks",
    ],
)
def test_what_the_engine_or_a_desk_owns_is_not_updated(field: str) -> None:
    sale = a_sale()
    refusal = refused_and_unchanged(sale, EngineOwned, lambda: sale.update(**{field: None, "name": "y"}))
    assert (refusal.fields, refusal.kind, refusal.id) == ((field,), "deal", "D-1")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"nmae": "x"}, UnknownName),
        ({"name": ""}, InvalidValue),
        ({"name": None}, WrongType),
        ({"amount": 5}, WrongType),
        ({"probability": Decimal(2)}, InvalidValue),
        ({"expected_close": NOW}, WrongType),
        ({"owner": "x\x00"}, InvalidValue),
        ({"forecast_category": "sure"}, UnknownName),
    ],
)
def test_a_wrong_value_is_not_updated(fields: dict[str, Any], error: Any) -> None:
    sale = a_sale()
    refused_and_unchanged(
        sale, error, lambda: sale.update(owner="ben", **fields) if "owner" not in fields else sale.update(**fields)
    )


@pytest.mark.parametrize("junk", [5, object(), "x", {"name": "y"}])
def test_what_is_no_deal_is_not_taken_for_an_edited_one(junk: Any) -> None:
    sale = a_sale()
    refused_and_unchanged(sale, WrongType, lambda: sale.update(junk))


def test_a_deal_of_another_class_is_not_taken_for_an_edited_one() -> None:
    sale = StandardProcess[SeatDeal]().open(SeatDeal(id="D-1", name="x"), by="noa", at=NOW)
    refused_and_unchanged(sale, WrongType, lambda: sale.update(Deal(id="D-1", name="y")))


def test_the_figures_that_a_deal_closed_with_stand() -> None:
    sale = sale_in("follow_up")
    refusal = refused_and_unchanged(
        sale, NotNow, lambda: sale.update(amount=Money("1", "EUR"), expected_close=date(2027, 5, 1), owner="ben")
    )
    assert refusal.tried == "change amount, expected_close"
    sale.update(owner="ben", amount=sale.deal.amount)
    assert sale.deal.owner == "ben"


# Recording ------------------------------------------------------------------------------------------------------------


def a_seat_sale() -> Any:
    return StandardProcess[SeatDeal]().open(SeatDeal(id="D-1", name="x"), by="noa", at=NOW)


def test_a_fact_of_your_own_is_recorded() -> None:
    sale = a_seat_sale()
    assert sale.record(SeatsAgreed(at=NOW, by="noa", seats=7)).seats == 7
    assert sale.changes.changes[0].after.seats == 7
    assert fold(sale.events) == sale.deal


def test_a_desk_of_your_own_works_in_the_sale() -> None:
    class SeatDesk(Desk[SeatDeal]):
        def agree(self, seats: int) -> None:
            self._check_open("agree on seats")
            self._record(SeatsAgreed(at=self._sale.at, by=self._sale.by, seats=seats))

    sale = a_seat_sale()
    sale.desk(SeatDesk).agree(9)
    assert sale.deal.seats == 9


@pytest.mark.parametrize("event", [SeatsAgreed(at=LATER, by="noa", seats=1), SeatsAgreed(at=NOW, by="ben", seats=1)])
def test_an_event_is_of_the_moment_and_the_actor_of_its_sale(event: SeatsAgreed) -> None:
    sale = a_seat_sale()
    assert refused_and_unchanged(sale, InvalidValue, lambda: sale.record(event)).field == "event"


def test_only_events_are_recorded() -> None:
    sale = a_sale()
    refused_and_unchanged(sale, WrongType, lambda: sale.record("won"))


@attrs.frozen(kw_only=True)
class Smuggled(Event[Deal]):
    """An event of somebody's own that would change whatever it likes."""

    changes: tuple[tuple[str, object], ...]

    def apply(self, deal: Deal, /) -> Deal:
        return deal.changed_by(self, **dict(self.changes))


def test_an_update_holds_no_field_that_is_not_plain() -> None:
    with pytest.raises(EngineOwned, match="stage, needs"):
        DealUpdated(at=NOW, by="noa", changes=(("stage", "follow_up"), ("needs", ()), ("name", "x")))


@pytest.mark.parametrize(
    "event",
    [
        StageChanged(at=NOW, by="noa", move="advance", source="prospecting", target="follow_up"),
        DealWon(at=NOW, by="noa", move="win", source="prospecting", target="follow_up", outcome=Outcome.WON),
        DealOpened(at=NOW, by="noa", deal=Deal(id="D-1", name="x")),
        Smuggled(at=NOW, by="noa", changes=(("stage", "follow_up"),)),
        Smuggled(at=NOW, by="noa", changes=(("outcome", Outcome.WON), ("closed_at", NOW))),
        DealHeld(at=NOW, by="noa", reason="x"),
    ],
)
def test_an_event_cannot_do_what_only_a_move_may(event: Event[Deal]) -> None:
    sale = a_sale()
    refused_and_unchanged(sale, EngineOwned, lambda: sale.record(event))


@attrs.frozen(kw_only=True)
class Lazy(Event[Deal]):
    def apply(self, deal: Deal, /) -> Deal:
        return deal


@attrs.frozen(kw_only=True)
class Hasty(Event[Deal]):
    def apply(self, deal: Deal, /) -> Deal:
        return deal.changed_by(self).changed_by(self)


@attrs.frozen(kw_only=True)
class Forgetful(Event[SeatDeal]):
    def apply(self, deal: SeatDeal, /) -> Deal:
        return Deal(id=deal.id, name=deal.name, version=deal.version + 1, stage=deal.stage, process=deal.process)


@pytest.mark.parametrize("kind", [Lazy, Hasty])
def test_an_event_raises_the_version_by_one(kind: Any) -> None:
    sale = a_sale()
    refused_and_unchanged(sale, InvalidValue, lambda: sale.record(kind(at=NOW, by="noa")))


def test_an_event_gives_a_deal_of_the_same_class() -> None:
    sale = a_seat_sale()
    refused_and_unchanged(sale, (InvalidValue, EngineOwned), lambda: sale.record(Forgetful(at=NOW, by="noa")))


# Hooks ----------------------------------------------------------------------------------------------------------------


def process_with(enter: Callable[[Any], object] | None = None, leave: Callable[[Any], object] | None = None) -> Any:
    class Leaving(Open):
        def on_exit(self, sale: Any, /) -> None:
            if leave:
                leave(sale)

    class Arriving(Open):
        def on_enter(self, sale: Any, /) -> None:
            if enter:
                enter(sale)

    class Process(SalesProcess[Deal]):
        first = Leaving()
        second = Arriving()
        won = Won()
        lost = Lost()
        jump = Move(source="first", target="second")

    return Process().open(id="D-1", name="x", by="noa", at=NOW)


def test_hooks_record_facts_inside_the_move() -> None:
    sale = process_with(enter=lambda sale: sale.tasks.add("arrived"), leave=lambda sale: sale.tasks.add("left"))
    sale.advance()
    assert [type(event).__name__ for event in sale.events] == ["DealOpened", "TaskAdded", "StageChanged", "TaskAdded"]
    assert [task.title for task in sale.deal.tasks] == ["left", "arrived"]
    assert fold(sale.events) == sale.deal


@pytest.mark.parametrize("where", ["enter", "leave"])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, NotNow])
def test_a_hook_that_fails_takes_the_whole_move_back(where: str, error: Any) -> None:
    def fail(sale: Any) -> None:
        sale.tasks.add("written")
        if error is NotNow:
            sale.resume()
        raise error

    sale = process_with(**{where: fail})
    refused_and_unchanged(sale, error, sale.advance)
    with pytest.raises(error):
        sale.move("jump")  # and it can be tried again


@pytest.mark.parametrize(
    "move",
    [
        lambda sale: sale.advance(),
        lambda sale: sale.lose(reason="price"),
        lambda sale: sale.go_back(reason="x"),
        lambda sale: sale.move("jump"),
        lambda sale: sale.reopen(reason="x"),
        lambda sale: sale.win(),
    ],
)
def test_a_hook_makes_no_move_of_its_own(move: Callable[[Any], object]) -> None:
    for where in ("enter", "leave"):
        sale = process_with(**{where: move})
        refused_and_unchanged(sale, (NotNow, MoveNotAllowed), sale.advance)


def test_a_move_inside_a_move_is_told_which_one_it_disturbs() -> None:
    sale = process_with(leave=lambda sale: sale.move("jump"))
    refusal = refused_and_unchanged(sale, NotNow, sale.advance)
    assert "in the middle of 'advance'" in refusal.because


def test_a_hook_that_survives_its_own_refused_move_does_not_disturb_the_move() -> None:
    def clumsy(sale: Any) -> None:
        with pytest.raises(NotNow):
            sale.advance()

    sale = process_with(enter=clumsy, leave=clumsy)
    assert sale.advance().key == "second"


def test_hooks_may_ask_and_update() -> None:
    seen: list[object] = []

    def asking(sale: Any) -> None:
        seen.extend([sale.blockers(), sale.next_steps(), sale.changes, sale.stage.key])
        sale.update(owner="ben")

    sale = process_with(enter=asking)
    sale.advance()
    assert sale.deal.owner == "ben"
    assert seen[-1] == "second"


# Explaining -----------------------------------------------------------------------------------------------------------


def test_blockers_try_nothing() -> None:
    sale = a_sale()
    before = sale.deal
    assert [unmet.requirement for unmet in sale.blockers()] == ["need_is_known", "buyer_can_afford_it"]
    assert sale.deal is before


def test_blockers_of_a_move_and_a_target() -> None:
    sale = sale_in("presentation")
    assert [unmet.requirement for unmet in sale.blockers(StandardProcess.pass_over_objections)] == [
        "needs_are_answered"
    ]
    assert sale.blockers("lose", to="lost") == ()
    assert sale.blockers("go_back", to="prospecting") == ()
    with pytest.raises(MoveNotAllowed):
        sale.blockers("win")
    with pytest.raises(UnknownName):
        sale.blockers("wni")


def test_blockers_of_a_move_with_several_targets_are_those_of_the_one_that_is_named() -> None:
    class Dormant(Lost):
        @entry_requirement("they asked to be left alone")
        def asked(self, deal: Deal) -> bool:
            return deal.owner is None

    class Process(StandardProcess[Deal]):
        dormant = Dormant()

    sale = a_sale(Process(), owner="noa")
    assert sale.blockers("lose", to="lost") == ()
    assert [unmet.requirement for unmet in sale.blockers("lose", to="dormant")] == ["asked"]
    with pytest.raises(MoveNotAllowed):
        sale.blockers("lose")


def test_a_move_with_a_default_target_can_be_asked_about_as_it_is_made() -> None:
    sale = sale_in("presentation")
    assert sale.blockers("go_back") == ()
    sale.lose(reason="price")
    assert sale.blockers("reopen") == ()


def test_next_moves_say_what_each_lacks() -> None:
    sale = sale_in("presentation")
    moves = {(one.move, one.target): one for one in sale.next_moves()}
    assert list(moves) == [
        ("advance", "objection_handling"),
        ("lose", "lost"),
        ("go_back", "approach"),
        ("go_back", "preparation"),
        ("go_back", "prospecting"),
        ("pass_over_objections", "closing"),
    ]
    assert not moves["advance", "objection_handling"].is_possible
    assert moves["lose", "lost"].is_possible
    assert moves["lose", "lost"].needs_reason
    assert moves["go_back", "approach"].needs_reason
    assert not moves["advance", "objection_handling"].needs_reason
    assert moves["pass_over_objections", "closing"].title == "Pass over objection handling"


def test_what_the_next_moves_say_is_what_happens() -> None:
    for stage in DONE_IN:
        for one in sale_in(stage).next_moves():
            sale = sale_in(stage)
            reason = ("price" if one.move == "lose" else "because") if one.needs_reason else None
            if one.is_possible:
                assert sale.move(one.move, to=one.target, reason=reason).key == one.target
            else:
                refusal = refused_and_unchanged(
                    sale, MoveRefused, lambda sale=sale, one=one: sale.move(one.move, to=one.target)
                )
                assert refusal.unmet == one.unmet


def test_next_steps_name_what_is_missing_first_and_then_the_advice() -> None:
    sale = a_sale()
    assert sale.next_steps()[:2] == (
        "Ask what they need, and record it in the qualification.",
        "Ask for their budget, or whether they can afford it, and record it in the qualification.",
    )
    assert sale.next_steps()[2:] == sale.stage.guidance
    qualify(sale)
    assert sale.next_steps() == sale.stage.guidance


def test_next_steps_say_what_exactly_is_missing() -> None:
    sale = sale_in("preparation")
    assert sale.next_steps()[0] == (
        "Prepare what the briefing lacks. (product descriptions, pricing, what the competition offers, opening pitch)"
    )


def test_next_steps_say_the_requirement_where_it_has_no_hint() -> None:
    from salesflow import exit_requirement

    class Asking(Open):
        @exit_requirement("it has an owner")
        def has_owner(self, deal: Deal) -> bool:
            return deal.owner is not None

    class Process(SalesProcess[Deal]):
        first = Asking()
        won = Won()

    assert Process().open(id="D-1", name="x", by="noa", at=NOW).next_steps() == ("it has an owner",)


def test_a_lost_deal_has_advice_and_nothing_missing() -> None:
    sale = a_sale()
    sale.lose(reason="price")
    assert sale.blockers() == ()
    assert sale.next_steps() == sale.stage.guidance


def test_a_dry_run_shows_what_would_happen_and_does_nothing() -> None:
    sale = sale_in("closing")
    agree(sale)
    before, events = sale.deal, sale.events
    answer = sale.dry_run(lambda trial: trial.advance())
    assert [type(event).__name__ for event in answer.events] == ["DealWon", "TaskAdded"]
    assert (answer.after.outcome, answer.refusal) == (Outcome.WON, None)
    assert sale.deal is before
    assert sale.events == events
    sale.advance()
    assert sale.deal == answer.after
    assert sale.events[len(events) :] == answer.events


def test_a_dry_run_says_why_it_would_be_refused() -> None:
    sale = a_sale()
    answer = sale.dry_run(lambda trial: trial.advance())
    assert isinstance(answer.refusal, MoveRefused)
    assert answer.refusal.unmet == sale.blockers()
    assert (answer.events, answer.after) == ((), sale.deal)


def test_a_mistake_in_a_dry_run_is_an_error_and_no_refusal() -> None:
    with pytest.raises(UnknownName):
        a_sale().dry_run(lambda trial: trial.move("advnace"))


def test_the_chance_of_winning_says_where_it_comes_from() -> None:
    sale = a_sale()
    assert (sale.probability.value, sale.probability.source) == (Decimal("0.10"), "stage")
    sale.update(predicted_probability=Decimal("0.4"))
    assert (sale.probability.value, sale.probability.source) == (Decimal("0.4"), "predicted")
    sale.update(probability=Decimal(0))
    assert (sale.probability.value, sale.probability.source) == (Decimal(0), "by hand")
    sale.lose(reason="price")
    assert (sale.probability.value, sale.probability.source) == (Decimal(0), "outcome")
    won = sale_in("follow_up")
    assert (won.probability.value, won.probability.source) == (Decimal(1), "outcome")


def test_a_chance_that_nobody_knows_is_unknown_and_not_zero() -> None:
    class Process(SalesProcess[Deal]):
        first = Open()
        won = Won()

    sale = Process().open(id="D-1", name="x", by="noa", at=NOW)
    assert (sale.probability.value, sale.probability.source) == (None, "unknown")


def test_a_draft_has_no_age() -> None:
    assert Deal(id="D-1", name="x").age(NOW) is None


# Handing over ---------------------------------------------------------------------------------------------------------


def test_the_changes_hold_the_deal_before_and_after_and_the_events_between() -> None:
    opened = sale_in("preparation").deal
    sale = work_on(opened)
    prepare(sale)
    sale.advance()
    (change,) = sale.changes.changes
    assert (change.before, change.after, change.events) == (opened, sale.deal, sale.events)
    assert change.expected_version == opened.version
    assert fold(change.events, change.before) == change.after


def test_running_a_decision_twice_gives_the_same_result() -> None:
    assert sale_in("follow_up").changes == sale_in("follow_up").changes


def test_present_needs_nothing_that_was_dropped() -> None:
    sale = sale_in("presentation")
    present(sale)
    assert sale.blockers() == ()


def test_fields_stand_in_the_edited_deal_or_beside_it() -> None:
    sale = a_sale()
    untyped: Any = sale.update
    refusal = refused_and_unchanged(sale, WrongType, lambda: untyped(attrs.evolve(sale.deal, owner="ben"), name="y"))
    assert refusal.field == "edited"
    assert "edited deal" in str(refusal)
