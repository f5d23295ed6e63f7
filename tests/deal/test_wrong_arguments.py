"""Whatever is given to a desk in the wrong type is refused by the name of the argument, and nothing is changed."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from walks import NOW, a_sale, meet, prepare, present, qualify, sale_in

from salesflow import InvalidValue, Money, Sale, UnknownName, WrongType
from salesflow.deal.cadence import Cadence, Frequency
from salesflow.deal.desk import Desk
from salesflow.values import Period

TERMS = {"price": Money("48000", "EUR")}
RIGHT: dict[str, dict[str, Any]] = {
    "briefing.add_competitor": {"name": "Rival", "offer": "cheaper"},
    "briefing.add_product": {"text": "Training"},
    "briefing.remove_competitor": {"name": "Northwind"},
    "briefing.remove_product": {"text": "Order desk"},
    "briefing.set_pitch": {"text": "One place"},
    "briefing.set_pricing": {"text": "48,000 a year"},
    "committee.add": {"contact_id": "C-9", "roles": "champion"},
    "committee.change": {"member": "C-1", "note": "on leave"},
    "committee.remove": {"member": "C-1"},
    "committee.set_primary": {"member": "C-2"},
    "follow_up.agree_cadence": {"cadence": Cadence(frequency=Frequency.MONTHLY, anchor=NOW.date())},
    "follow_up.check_delivery": {"arrived": True},
    "follow_up.end_cadence": {},
    "follow_up.link_opening": {"opening": 1, "deal_id": "D-2"},
    "follow_up.meetings_due": {"window": Period(NOW, NOW + timedelta(days=30))},
    "follow_up.note_loyalty": {"text": "They recommend us"},
    "follow_up.note_opening": {"text": "A second desk"},
    "follow_up.record_feedback": {"text": "It works"},
    "line_items.add": {"product": "Desk", "unit_price": Money("10", "EUR")},
    "line_items.change": {"item": 1, "note": "black"},
    "line_items.remove": {"item": 1},
    "meetings.cancel": {"meeting": 2, "reason": "ill"},
    "meetings.hold": {"meeting": 2, "summary": "They agree"},
    "meetings.miss": {"meeting": 3},
    "meetings.plan": {"purpose": "closing"},
    "meetings.record": {"purpose": "closing", "summary": "They agree"},
    "meetings.reschedule": {"meeting": 2, "planned_for": NOW + timedelta(days=3)},
    "needs.drop": {"need": 1, "reason": "no more"},
    "needs.record": {"text": "fewer calls"},
    "needs.revise": {"need": 1, "text": "one place for orders"},
    "objections.answer": {"objection": 1, "text": "It pays back"},
    "objections.leave_standing": {"objection": 1, "note": "They live with it"},
    "objections.raise_": {"statement": "Too slow"},
    "objections.reopen": {"objection": 2, "reason": "It came back"},
    "objections.resolve": {"objection": 3},
    "objections.withdraw": {"objection": 1},
    "presentation.note_reaction": {"presented": 1, "reaction": "convinced"},
    "presentation.show": {"need": 1, "how": "The desk"},
    "qualification.record": {"need": "one place"},
    "qualification.retract": {"fields": "need"},
    "signals.notice": {"kind": "asks for a price"},
    "tasks.add": {"title": "Call"},
    "tasks.cancel": {"task": 1, "reason": "done otherwise"},
    "tasks.complete": {"task": 1},
    "tasks.reassign": {"task": 1, "owner": "ben"},
    "tasks.reopen": {"task": 2, "reason": "not done"},
    "tasks.reschedule": {"task": 1, "due_at": NOW + timedelta(days=4)},
    "terms.approve": {"key": "discount"},
    "terms.counter": {"side": "customer", "discount": Decimal("0.02")},
    "terms.propose": TERMS,
    "terms.reject": {"reason": "too dear"},
    "terms.sign": {"contact_id": "C-1"},
    "terms.withdraw": {"reason": "a mistake"},
}
"""Arguments with which each method of a desk does what it is asked for, on the deals below."""

WITHOUT_TERMS = {"terms.propose"}
ACCEPTED_TERMS = {"terms.sign"}
ANSWERED_BY_NAME = {
    "briefing.remove_product.text": "product",
    "committee.change.member": "committee member",
    "committee.change.stance": "stance",
    "committee.add.stance": "stance",
    "committee.remove.member": "committee member",
    "committee.set_primary.member": "committee member",
    "needs.record.kind": "kind of need",
    "needs.revise.kind": "kind of need",
    "needs.record.importance": "importance",
    "needs.revise.importance": "importance",
    "presentation.note_reaction.reaction": "reaction",
    "presentation.show.reaction": "reaction",
    "qualification.retract.fields": "answer",
    "terms.approve.key": "approval",
    "terms.approve.note": "approval",
    "terms.counter.side": "side",
    "terms.propose.side": "side",
}
"""Arguments that are looked up among names: what is no name is unknown, of this kind."""
OTHER_FIELD = {
    "line_items.change.item": "line item",
    "line_items.remove.item": "line item",
    "presentation.note_reaction.presented": "presented need",
}
"""Arguments that are refused by another name than their own."""


def full_sale(method: str) -> Sale[Any]:
    """A deal at which the method can be called; a won one for what comes after the closing."""
    if method.startswith("follow_up."):
        sale = sale_in("follow_up")
        sale.follow_up.note_opening("A second desk")
        sale.follow_up.agree_cadence(Cadence(frequency=Frequency.WEEKLY, anchor=NOW.date()))
        return sale
    sale = a_sale()
    for done in (qualify, prepare, meet, present):
        done(sale)
    sale.briefing.add_competitor("Northwind", offer="cheaper")
    sale.committee.add("C-1", "decision maker", may_sign=True)
    sale.committee.add("C-2", "user")
    sale.line_items.add("Desk", unit_price=Money("10", "EUR"))
    sale.meetings.plan("demonstration", planned_for=NOW + timedelta(days=2))
    sale.meetings.plan("demonstration", planned_for=NOW)
    for statement in ("Too dear", "Too new", "Too large"):
        sale.objections.raise_(statement)
    for number in (2, 3):
        sale.objections.answer(number, "It pays back")
    sale.objections.resolve(2)
    sale.tasks.add("Call", due_at=NOW + timedelta(days=1))
    sale.tasks.complete(sale.tasks.add("Write"))
    if method not in WITHOUT_TERMS:
        sale.terms.propose(Money("48000", "EUR"))
    if method in ACCEPTED_TERMS:
        sale.terms.accept()
    return sale


def call(sale: Sale[Any], method: str, given: Mapping[str, Any]) -> None:
    desk, _, name = method.partition(".")
    function = getattr(getattr(sale, desk), name)
    by_position = [one for one in inspect.signature(function).parameters.values() if "VAR" in one.kind.name]
    rest = dict(given)
    function(*[rest.pop(one.name) for one in by_position if one.name in rest], **rest)


def methods_with_arguments() -> dict[str, list[str]]:
    """The methods of every desk; mutants of them, which stand beside them under names of no alphabet, are left out."""
    sale = a_sale()
    desks = {name: getattr(sale, name) for name in dir(sale) if isinstance(getattr(sale, name, None), Desk)}
    return {
        f"{name}.{method}": list(inspect.signature(function).parameters)
        for name, desk in desks.items()
        for method, function in inspect.getmembers(desk, inspect.ismethod)
        if not method.startswith("_") and method.isascii() and inspect.signature(function).parameters
    }


METHODS = methods_with_arguments()
ARGUMENTS = [(method, argument) for method, arguments in METHODS.items() for argument in arguments]


def test_every_method_of_every_desk_is_looked_at() -> None:
    assert set(METHODS) == set(RIGHT)


@pytest.mark.parametrize("method", sorted(set(RIGHT) - {"terms.approve"}))
def test_what_is_right_is_done(method: str) -> None:
    call(full_sale(method), method, RIGHT[method])


@pytest.mark.parametrize(("method", "argument"), ARGUMENTS, ids=str)
def test_what_is_of_the_wrong_type_is_refused_by_its_name_and_nothing_is_changed(method: str, argument: str) -> None:
    sale = full_sale(method)
    before = sale.deal, sale.events
    place = f"{method}.{argument}"
    with pytest.raises((WrongType, UnknownName, InvalidValue)) as refused:
        call(sale, method, {**RIGHT[method], argument: object()})
    if place in ANSWERED_BY_NAME:
        assert isinstance(refused.value, UnknownName)
        assert refused.value.kind == ANSWERED_BY_NAME[place]
    else:
        assert isinstance(refused.value, InvalidValue)
        assert refused.value.field == OTHER_FIELD.get(place, argument)
    assert (sale.deal, sale.events) == before


RECORDS = {
    "item": "line item",
    "meeting": "meeting",
    "need": "need",
    "objection": "objection",
    "opening": "opening",
    "presented": "presented need",
    "task": "task",
}
"""The arguments that are numbers of records, and what they are numbers of."""


@pytest.mark.parametrize(
    ("method", "argument"),
    [one for one in ARGUMENTS if one[1] in RECORDS and isinstance(RIGHT[one[0]][one[1]], int)],
    ids=str,
)
def test_a_record_that_the_deal_does_not_have_is_unknown_and_nothing_is_changed(method: str, argument: str) -> None:
    sale = full_sale(method)
    before = sale.deal, sale.events
    with pytest.raises(UnknownName) as refused:
        call(sale, method, {**RIGHT[method], argument: 99})
    assert (refused.value.kind, refused.value.name) == (RECORDS[argument], "99")
    assert (sale.deal, sale.events) == before


def test_true_is_no_number_of_an_objection() -> None:
    sale = full_sale("objections.answer")
    with pytest.raises(WrongType):
        sale.objections.answer(True, "It pays back")
