"""Showing how each need is met."""

from __future__ import annotations

import pytest

from salesflow.deal.needs import NeedsDesk
from salesflow.deal.presentation import PresentationDesk, Reaction
from salesflow.errors import InvalidValue, NotNow, UnknownName
from salesflow.outcome import Outcome


@pytest.fixture
def desks(at_desk):
    desk, sale = at_desk(PresentationDesk)
    return desk, NeedsDesk(sale)


def test_a_need_is_shown_to_be_met_with_evidence(desks, now):
    desk, needs = desks
    need = needs.record("one list")
    shown = desk.show(need, how="one inbox", evidence=["live demo"], reaction="convinced")
    assert desk.deal.presentation == (shown,)
    assert (shown.id, shown.need_id, shown.how, shown.evidence) == (1, need.id, "one inbox", ("live demo",))
    assert (shown.reaction, shown.shown_at, shown.shown_by) == (Reaction.CONVINCED, now, "noa")


def test_what_is_shown_may_rest_on_long_lines(desks):
    desk, needs = desks
    longest = "x" * 1000
    assert desk.show(needs.record("one list"), how="one inbox", evidence=[longest]).evidence == (longest,)
    with pytest.raises(InvalidValue) as refused:
        desk.show(1, how="one inbox", evidence=[longest + "x"])
    assert refused.value.field == "evidence"


def test_needs_stay_unshown_until_each_of_them_was_shown(desks):
    desk, needs = desks
    first, second, third = needs.record("a"), needs.record("b"), needs.record("c")
    needs.drop(third, reason="x")
    desk.show(first.id, how="so")
    assert desk.unshown == (second,)


def test_a_need_may_be_shown_again_in_another_way(desks):
    desk, needs = desks
    need = needs.record("a")
    desk.show(need, how="slides")
    assert desk.show(need, how="a visit to another customer").id == 2


def test_a_dropped_need_is_not_shown(desks):
    desk, needs = desks
    need = needs.drop(needs.record("a"), reason="x")
    with pytest.raises(NotNow, match="the need was dropped"):
        desk.show(need, how="so")


def test_a_need_that_nobody_stated_is_not_shown(desks):
    with pytest.raises(UnknownName, match="no need '1'"):
        desks[0].show(1, how="so")


def test_it_must_be_said_how_the_need_is_met(desks):
    desk, needs = desks
    with pytest.raises(InvalidValue, match="how"):
        desk.show(needs.record("a"), how=" ")


def test_the_reaction_may_be_noted_later_and_change(desks):
    desk, needs = desks
    shown = desk.show(needs.record("a"), how="so")
    assert shown.reaction is None
    assert desk.note_reaction(shown, "doubtful").reaction is Reaction.DOUBTFUL
    assert desk.note_reaction(shown.id, Reaction.CONVINCED).reaction is Reaction.CONVINCED


def test_a_reaction_that_does_not_exist_is_refused_with_the_nearest(desks):
    desk, needs = desks
    with pytest.raises(UnknownName, match="did you mean 'convinced'"):
        desk.show(needs.record("a"), how="so", reaction="convinct")


def test_a_reaction_needs_something_that_was_shown(desks):
    with pytest.raises(UnknownName, match="presented need"):
        desks[0].note_reaction(1, Reaction.NEUTRAL)


@pytest.mark.parametrize("try_it", [lambda d: d.show(1, how="x"), lambda d: d.note_reaction(1, "neutral")])
def test_nothing_is_presented_once_the_deal_is_closed(at_desk, try_it):
    with pytest.raises(NotNow):
        try_it(at_desk(PresentationDesk, outcome=Outcome.WON)[0])
