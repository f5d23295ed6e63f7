"""A named move: where it leads from and to, and what it asks."""

from __future__ import annotations

import types
from enum import Enum
from typing import Any

import pytest
from walks import NOW

from salesflow import (
    Deal,
    InvalidValue,
    Move,
    MoveNotAllowed,
    MoveRefused,
    Outcome,
    ProcessDefinitionError,
    SalesProcess,
    Stage,
    UnknownName,
    WrongType,
    exit_requirement,
    requirement,
)


class Named(Stage[Deal]):
    @exit_requirement("the deal has an owner")
    def has_owner(self, deal: Deal) -> bool:
        return deal.owner is not None


class Open(Stage[Deal]):
    pass


class Won(Stage[Deal]):
    outcome = Outcome.WON


class Lost(Stage[Deal]):
    outcome = Outcome.LOST


@requirement("the customer has bought before", hint="Look at the orders.")
def existing_customer(deal: Deal) -> bool:
    return deal.source == "existing customer"


class Ours(SalesProcess[Deal]):
    first = Named()
    second = Open()
    third = Open()
    won = Won()
    lost = Lost()
    dormant = Lost()

    fast_track = Move(source=first, target=third, requires=(existing_customer,), title="Take the fast track")
    rescue = Move(source=(first, "second"), target="third", leaves_unfinished=True, needs_reason=True)
    park = Move(source="second", target=dormant)


def a_sale(**fields: Any) -> Any:
    return Ours().open(**{"id": "D-1", "name": "x", "by": "noa", "at": NOW, **fields})


def test_a_move_shows_where_it_leads() -> None:
    assert repr(Ours.rescue) == "<Move rescue: first, second -> third>"
    assert repr(Move(source="a", target="b")) == "<Move ?: a -> b>"


def test_a_move_is_called_as_its_title_says_or_else_as_its_key() -> None:
    assert (Ours.fast_track.label, Ours.rescue.label) == ("Take the fast track", "Rescue")


def test_a_move_that_stands_in_no_process_has_no_name_yet() -> None:
    loose = Move(source="a", target="b")
    assert (loose.key, loose.label) == ("", "")


def test_the_stages_of_a_move_may_be_kept_in_an_enumeration() -> None:
    class Key(str, Enum):  # noqa: UP042  # as it was written before StrEnum
        FIRST = "first"
        THIRD = "third"

    class Process(Ours):
        quick = Move(source=Key.FIRST, target=Key.THIRD)

    sale = Process().open(id="D-1", name="x", owner="noa", by="noa", at=NOW)
    assert sale.move(Process.quick).key == "third"


@pytest.mark.parametrize("ends", [{"source": 5, "target": "third"}, {"source": "first", "target": 5}], ids=str)
def test_what_is_no_stage_is_no_end_of_a_move(ends: Any) -> None:
    with pytest.raises(ProcessDefinitionError, match="no stage '5'"):
        types.new_class("Process", (Ours,), {}, lambda body: body.update(odd=Move(**ends)))


def test_a_move_may_be_named_or_given() -> None:
    by_name, given = a_sale(owner="noa", source="existing customer"), a_sale(owner="noa", source="existing customer")
    assert by_name.move("fast_track").key == given.move(Ours.fast_track).key == "third"
    assert by_name.events == given.events


def test_a_move_asks_what_the_stage_asks_and_what_it_asks_itself() -> None:
    sale = a_sale()
    with pytest.raises(MoveRefused) as refused:
        sale.move(Ours.fast_track)
    assert [(one.stage, one.requirement, one.hint) for one in refused.value.unmet] == [
        ("first", "has_owner", ""),
        ("fast_track", "existing_customer", "Look at the orders."),
    ]
    assert refused.value.unmet == sale.blockers(Ours.fast_track) == sale.blockers("fast_track")


def test_a_move_that_leaves_unfinished_does_not_ask_what_the_stage_asks() -> None:
    assert a_sale().move(Ours.rescue, reason="the buyer is in a hurry").key == "third"


def test_a_move_that_needs_a_reason_is_not_made_without() -> None:
    sale = a_sale()
    with pytest.raises(InvalidValue) as refused:
        sale.move(Ours.rescue)
    assert refused.value.field == "reason"
    assert len(sale.events) == 1


def test_a_reason_that_was_not_asked_for_is_kept_too() -> None:
    sale = a_sale(owner="noa")
    sale.move("advance", reason="they called", note="twice")
    assert (sale.events[-1].reason, sale.events[-1].note) == ("they called", "twice")


def test_a_move_that_the_stage_does_not_have_is_told_with_those_that_it_has() -> None:
    sale = a_sale(owner="noa")
    sale.advance()
    with pytest.raises(MoveNotAllowed) as refused:
        sale.move(Ours.fast_track)
    assert (refused.value.move, refused.value.source, refused.value.target) == ("fast_track", "second", None)
    assert "rescue -> third" in refused.value.allowed


def test_a_misspelt_move_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        a_sale().move("fast_trak")
    assert (refused.value.kind, refused.value.nearest) == ("move", ("fast_track",))


def test_a_move_to_a_lost_stage_needs_one_of_the_reasons() -> None:
    sale = a_sale(owner="noa")
    sale.advance()
    with pytest.raises(WrongType):
        sale.move(Ours.park)
    with pytest.raises(UnknownName):
        sale.move(Ours.park, reason="no idea")
    sale.move(Ours.park, reason="competitor", competitor="Globex")
    assert (sale.deal.outcome, sale.deal.loss.competitor) == (Outcome.LOST, "Globex")


def test_a_move_with_several_targets_asks_which() -> None:
    sale = a_sale()
    with pytest.raises(MoveNotAllowed) as refused:
        sale.lose(reason="price")
    assert {"lose -> lost", "lose -> dormant"} <= set(refused.value.allowed)
    assert sale.lose(reason="price", to=Ours.dormant).key == "dormant"


def test_a_target_is_named_or_given_and_must_exist() -> None:
    assert a_sale().lose(reason="price", to="lost").key == "lost"
    with pytest.raises(UnknownName):
        a_sale().lose(reason="price", to="lst")
    with pytest.raises(MoveNotAllowed) as refused:
        a_sale().lose(reason="price", to="won")
    assert refused.value.target == "won"
    assert "lose to won from first" in str(refused.value)


def test_a_move_takes_the_place_of_a_built_in_one() -> None:
    class Careful(Ours):
        win = Move(source="third", target="won", requires=(existing_customer,))

    sale = Careful().open(id="D-1", name="x", owner="noa", by="noa", at=NOW)
    sale.advance()
    sale.advance()
    with pytest.raises(MoveRefused) as refused:
        sale.win()
    assert refused.value.unmet[0].requirement == "existing_customer"


def test_what_is_no_move_is_refused_with_a_clear_error() -> None:
    for junk in (None, 5, object()):
        with pytest.raises((WrongType, UnknownName)):
            a_sale().move(junk)
        with pytest.raises((WrongType, UnknownName)):
            a_sale().lose(reason="price", to=junk if junk is not None else 7)


def test_a_competitor_of_a_deal_that_was_not_lost_is_not_dropped_silently() -> None:
    sale = a_sale(owner="noa")
    with pytest.raises(InvalidValue):
        sale.move("advance", competitor="Globex")
