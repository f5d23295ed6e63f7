"""Needs and wants, and what becomes of them."""

from __future__ import annotations

import pytest

from salesflow.deal.needs import Importance, NeedKind, NeedsDesk
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.outcome import Outcome


@pytest.fixture
def desk(at_desk):
    return at_desk(NeedsDesk)[0]


def test_a_need_is_recorded_with_who_said_it_and_how_much_it_matters(desk, now):
    need = desk.record("one list", kind="want", importance="must", stated_by="C-1")
    assert (need.id, need.text, need.stated_by) == (1, "one list", "C-1")
    assert need.kind is NeedKind.WANT
    assert need.importance is Importance.MUST
    assert (need.recorded_at, need.recorded_by) == (now, "noa")


def test_needs_are_numbered_in_the_order_in_which_they_come(desk):
    assert [desk.record("a").id, desk.record("b").id] == [1, 2]


def test_a_need_may_have_several_lines(desk):
    assert desk.record("orders\n\tfrom all shops").text == "orders\n\tfrom all shops"


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "x" * 2001, "a\r\nb"])
def test_a_need_that_says_nothing_or_too_much_is_refused(desk, text):
    with pytest.raises(InvalidValue):
        desk.record(text)
    assert desk.current == ()


def test_an_importance_that_does_not_exist_is_refused_with_the_nearest(desk):
    with pytest.raises(UnknownName, match="did you mean 'should'"):
        desk.record("a", importance="shuold")


def test_a_number_is_no_importance(desk):
    with pytest.raises(UnknownName):
        desk.record("a", importance=1)


def test_revising_changes_what_is_given_and_keeps_the_rest(desk):
    need = desk.record("a", kind="want", importance="must", stated_by="C-1")
    revised = desk.revise(need, text="b")
    assert (revised.text, revised.kind, revised.importance) == ("b", "want", "must")
    assert (revised.stated_by, revised.recorded_at) == ("C-1", need.recorded_at)


def test_everything_about_a_need_can_be_revised(desk):
    need = desk.record("a")
    revised = desk.revise(need.id, kind="want", importance="nice", stated_by="C-2")
    assert (revised.text, revised.kind, revised.importance, revised.stated_by) == ("a", "want", "nice", "C-2")


def test_only_the_need_that_is_meant_is_revised(desk):
    first, second = desk.record("a"), desk.record("b")
    desk.revise(second, text="c")
    assert desk.current[0] == first


def test_revising_nothing_is_refused(desk):
    with pytest.raises(InvalidValue, match="give text or kind"):
        desk.revise(desk.record("a"))


def test_a_dropped_need_is_kept_but_no_longer_current(desk, now):
    need = desk.record("a")
    kept = desk.record("b")
    dropped = desk.drop(need, reason="they changed the shop system")
    assert desk.current == (kept,)
    assert desk.deal.needs == (dropped, kept)
    assert (dropped.dropped_at, dropped.drop_reason) == (now, "they changed the shop system")


def test_dropping_needs_a_reason(desk):
    with pytest.raises(InvalidValue, match="reason"):
        desk.drop(desk.record("a"), reason="")


@pytest.mark.parametrize("change", [lambda d: d.drop(1, reason="x"), lambda d: d.revise(1, text="x")])
def test_a_dropped_need_is_neither_revised_nor_dropped_again(desk, change):
    desk.drop(desk.record("a"), reason="x")
    with pytest.raises(NotNow, match="it was dropped; record it again"):
        change(desk)


def test_a_need_that_the_deal_does_not_have_is_named(desk):
    with pytest.raises(UnknownName, match="no need '7'"):
        desk.drop(7, reason="x")


@pytest.mark.parametrize("outcome", [Outcome.WON, Outcome.LOST])
def test_a_closed_deal_takes_no_needs(at_desk, outcome):
    with pytest.raises(NotNow, match="reopen it first"):
        at_desk(NeedsDesk, outcome=outcome)[0].record("a")


def test_text_is_needed_for_a_need(desk):
    with pytest.raises(WrongType):
        desk.record(7)
