"""The preparation of the first interaction."""

from __future__ import annotations

import pytest

from salesflow.deal.briefing import BriefingDesk, CompetitorNote
from salesflow.errors import InvalidValue, NotNow, UnknownName
from salesflow.outcome import Outcome


@pytest.fixture
def desk(at_desk):
    return at_desk(BriefingDesk)[0]


def test_a_briefing_says_what_is_missing_until_all_four_things_are_ready(desk):
    assert desk.current is None
    assert desk.add_product("Order desk").missing == ("pricing", "what the competition offers", "opening pitch")
    desk.set_pricing("1,200 a seat")
    desk.add_competitor("Other Ltd", offer="900 a seat, no support")
    briefing = desk.set_pitch("How many lists do you keep?")
    assert desk.current == briefing
    assert briefing.is_complete
    assert briefing.products == ("Order desk",)
    assert briefing.pricing == "1,200 a seat"
    assert briefing.opening_pitch == "How many lists do you keep?"


def test_a_briefing_says_who_worked_on_it_last_and_when(at_desk, now):
    desk, sale = at_desk(BriefingDesk)
    desk.set_pricing("a")
    sale.later(hours=2)
    sale.by = "dan"
    briefing = desk.set_pitch("b")
    assert (briefing.prepared_at, briefing.prepared_by) == (sale.at, "dan")
    assert sale.at > now


def test_what_is_set_again_replaces_what_was_there(desk):
    desk.set_pricing("a")
    assert desk.set_pricing("b").pricing == "b"


def test_the_same_product_is_described_once(desk):
    desk.add_product("Order desk")
    with pytest.raises(InvalidValue, match="another description"):
        desk.add_product("Order desk")
    assert desk.add_product("Support").products == ("Order desk", "Support")


def test_a_product_can_be_taken_out_again(desk):
    desk.add_product("Order desk")
    assert desk.remove_product("Order desk").products == ()


def test_taking_out_a_product_that_is_not_there_names_the_nearest(desk):
    with pytest.raises(UnknownName, match="there is nothing"):
        desk.remove_product("Order desk")
    desk.add_product("Order desk")
    with pytest.raises(UnknownName, match="did you mean 'Order desk'"):
        desk.remove_product("Orderdesk")


def test_a_competitor_who_is_noted_again_under_nearly_the_same_name_is_noted_once(desk):
    desk.add_competitor("Café Ltd.", offer="900")
    assert desk.add_competitor("cafe ltd", offer="800").competitors == (CompetitorNote(name="cafe ltd", offer="800"),)


def test_that_there_is_no_competition_is_an_answer_too(desk):
    briefing = desk.note_no_competition()
    assert briefing.competition_checked
    assert "what the competition offers" not in briefing.missing


def test_there_is_no_lack_of_competition_while_competitors_are_noted(desk):
    desk.add_competitor("Other", offer="900")
    with pytest.raises(NotNow, match="remove_competitor"):
        desk.note_no_competition()


def test_a_competitor_may_turn_up_after_none_was_found(desk):
    desk.note_no_competition()
    assert len(desk.add_competitor("Other", offer="900").competitors) == 1


def test_after_the_last_competitor_is_taken_out_the_question_is_open_again(desk):
    desk.add_competitor("Other", offer="900")
    desk.add_competitor("Third", offer="950")
    assert desk.remove_competitor("other").competition_checked
    assert "what the competition offers" in desk.remove_competitor("Third").missing


def test_taking_out_a_competitor_who_is_not_there_is_refused(desk):
    with pytest.raises(UnknownName, match="competitor"):
        desk.remove_competitor("Other")


@pytest.mark.parametrize(
    "prepare",
    [
        lambda desk: desk.add_product(" "),
        lambda desk: desk.set_pricing(""),
        lambda desk: desk.set_pitch("\n"),
        lambda desk: desk.add_competitor("Other", offer=""),
        lambda desk: desk.add_competitor("two\nlines", offer="x"),
    ],
)
def test_what_says_nothing_prepares_nothing(desk, prepare):
    with pytest.raises(InvalidValue):
        prepare(desk)
    assert desk.current is None


@pytest.mark.parametrize(
    "prepare",
    [
        lambda desk: desk.add_product("x"),
        lambda desk: desk.remove_product("x"),
        lambda desk: desk.set_pricing("x"),
        lambda desk: desk.set_pitch("x"),
        lambda desk: desk.add_competitor("x", offer="x"),
        lambda desk: desk.remove_competitor("x"),
        lambda desk: desk.note_no_competition(),
    ],
)
def test_a_closed_deal_is_not_prepared(at_desk, prepare):
    with pytest.raises(NotNow, match="the deal is lost"):
        prepare(at_desk(BriefingDesk, outcome=Outcome.LOST)[0])
