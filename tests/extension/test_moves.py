"""Moves of your own: one more, several sources, a reason, in the place of a built-in one, and fewer."""

from __future__ import annotations

import pytest
from walks import a_sale, agree, meet, prepare, present, qualify, walk

from salesflow import (
    Deal,
    InvalidValue,
    Move,
    MoveNotAllowed,
    MoveRefused,
    Outcome,
    StageChanged,
    UnknownName,
    requirement,
)
from salesflow.standard import StandardProcess


@requirement("the customer has bought before", hint="Let a new customer see a presentation first.")
def existing_customer(deal: Deal) -> bool:
    return deal.source == "existing customer"


@requirement("the deal is small")
def is_small(deal: Deal) -> bool:
    return deal.amount is not None and deal.amount.amount <= 50_000


class Shortcuts(StandardProcess):
    fast_track = Move(
        source=("approach", "presentation"),
        target="closing",
        requires=(existing_customer, is_small),
        title="Fast track",
    )
    start_over = Move(
        source=("presentation", "closing"), target="prospecting", needs_reason=True, leaves_unfinished=True
    )
    walk_away = Move(source="closing", target="lost", needs_reason=True, leaves_unfinished=True)


class OnlyFromClosing(StandardProcess):
    lose = Move(source="closing", target="lost", needs_reason=True, leaves_unfinished=True)


class NoWayBack(StandardProcess, without=("reopen", "go_back", "pass_over_objections")):
    pass


def test_a_move_leads_from_every_one_of_its_sources() -> None:
    for source, done in (("approach", meet), ("presentation", present)):
        sale = walk(a_sale(Shortcuts(), source="existing customer"), to=source)
        done(sale)
        assert sale.move(Shortcuts.fast_track).key == "closing"


def test_a_move_asks_what_the_stages_ask_and_what_it_asks_itself() -> None:
    sale = walk(a_sale(Shortcuts(), source="fair"), to="approach")
    with pytest.raises(MoveRefused) as refused:
        sale.move(Shortcuts.fast_track)
    asked = [(unmet.stage, unmet.requirement) for unmet in refused.value.unmet]
    assert asked == [
        ("approach", "customer_was_met"),
        ("approach", "needs_are_known"),
        ("fast_track", "existing_customer"),
    ]


def test_a_move_starts_where_it_says() -> None:
    with pytest.raises(MoveNotAllowed):
        a_sale(Shortcuts()).move(Shortcuts.fast_track)


def test_a_move_may_be_named_by_its_key() -> None:
    sale = walk(a_sale(Shortcuts(), source="existing customer"), to="approach")
    meet(sale)
    sale.move("fast_track")
    moved = sale.events[-1]
    assert isinstance(moved, StageChanged)
    assert (moved.move, moved.source, moved.target) == ("fast_track", "approach", "closing")


def test_a_move_that_needs_a_reason_is_refused_without_one() -> None:
    sale = walk(a_sale(Shortcuts()), to="presentation")
    before = sale.deal
    with pytest.raises(InvalidValue, match="reason"):
        sale.move(Shortcuts.start_over)
    assert sale.deal is before
    assert sale.move(Shortcuts.start_over, reason="they have a new director").key == "prospecting"


def test_a_move_that_leaves_work_unfinished_asks_for_none_of_it() -> None:
    sale = walk(a_sale(Shortcuts()), to="presentation")
    assert sale.blockers() != ()
    assert sale.blockers(Shortcuts.start_over) == ()


def test_a_move_to_a_lost_stage_needs_a_reason_that_the_process_owns() -> None:
    sale = walk(a_sale(Shortcuts()), to="closing")
    with pytest.raises(UnknownName, match="loss reason"):
        sale.move(Shortcuts.walk_away, reason="we did not like them")
    sale.move(Shortcuts.walk_away, reason="competitor", competitor="The other shop")
    assert sale.deal.outcome is Outcome.LOST
    assert sale.deal.loss is not None
    assert sale.deal.loss.competitor == "The other shop"


def test_own_moves_are_among_the_next_moves() -> None:
    sale = walk(a_sale(Shortcuts()), to="approach")
    fast = [move for move in sale.next_moves() if move.move == "fast_track"]
    assert [(move.title, move.target, move.is_possible) for move in fast] == [("Fast track", "closing", False)]


def test_a_built_in_move_is_replaced_under_its_name() -> None:
    sale = a_sale(OnlyFromClosing())
    with pytest.raises(MoveNotAllowed):
        sale.lose(reason="price")
    walk(sale, to="closing")
    assert sale.lose(reason="price").key == "lost"


def test_a_built_in_move_is_removed() -> None:
    sale = walk(a_sale(NoWayBack()), to="closing")
    with pytest.raises(MoveNotAllowed, match="go back"):
        sale.go_back(reason="something is missing")
    agree(sale)
    sale.win()
    with pytest.raises(MoveNotAllowed, match="reopen"):
        sale.reopen(reason="they changed their mind")


def test_an_inherited_move_is_removed() -> None:
    sale = walk(a_sale(NoWayBack()), to="presentation")
    with pytest.raises(UnknownName, match="pass_over_objections"):
        sale.move("pass_over_objections")


def test_an_inherited_move_is_replaced_by_one_that_asks_for_more() -> None:
    class Careful(StandardProcess):
        pass_over_objections = Move(
            source="presentation", target="closing", requires=(*StandardProcess.pass_over_objections.requires, is_small)
        )

    sale = walk(a_sale(Careful()), to="presentation")
    present(sale)
    sale.update(amount=None)
    sale.objections.raise_("Too dear", kind="price")
    names = [unmet.requirement for unmet in sale.blockers(Careful.pass_over_objections)]
    assert names == ["no_objection_is_open", "is_small"]


def test_a_deal_on_hold_does_not_take_a_move_of_your_own() -> None:
    sale = walk(a_sale(Shortcuts(), source="existing customer"), to="approach")
    meet(sale)
    sale.hold(reason="their summer break")
    assert [unmet.requirement for unmet in sale.blockers(Shortcuts.fast_track)] == ["not_on_hold"]


def test_preparation_is_not_skipped_by_the_moves_of_the_company() -> None:
    sale = a_sale(Shortcuts(), source="existing customer")
    qualify(sale)
    sale.advance()
    prepare(sale)
    assert {move.move for move in sale.next_moves()} == {"advance", "lose", "go_back"}
