"""Whatever is put into a field of a value or an event of a deal in the wrong type is refused by the field's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, time
from decimal import Decimal
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import attrs
import pytest
from deal.test_wrong_arguments import RIGHT, call, full_sale
from walks import NOW, a_sale, sale_in

import salesflow.deal
from salesflow.deal.approvals import ApprovalRule
from salesflow.deal.cadence import Cadence, Frequency
from salesflow.deal.clauses import AfterSalesService, Delivery
from salesflow.deal.closing_terms import ClosingTerms, TermsApproved, TermsExpired
from salesflow.deal.committee import CommitteeMemberReplaced
from salesflow.deal.event import DealUpdated, ProcessMigrated
from salesflow.deal.objections import ObjectionPlaybook, PreparedAnswer
from salesflow.deal.payment_terms import Due, EarlyDiscount, PaymentPart, PaymentTerms
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.standard import StandardProcess
from salesflow.values import Period
from salesflow.values.money import Money
from salesflow.values.personal import is_personal

ON = NOW.date()
PRICE = Money("100", "EUR")
ANSWER = PreparedAnswer(kind="price", text="It pays back in a year")
FROM_OUTSIDE = (
    ANSWER,
    ApprovalRule(key="board", title="the board", discount_over=Decimal("0.1"), amount_over=PRICE),
    AfterSalesService(text="on-site repair", until=ON),
    CommitteeMemberReplaced(at=NOW, by="noa", contact_id="C-1", into="C-2"),
    Delivery(what="Order desk", on=ON),
    ObjectionPlaybook(answers=[ANSWER]),
    PaymentPart(Decimal("0.3"), Due(30)),
    PaymentTerms(due=Due(30), early_discount=EarlyDiscount(Decimal("0.02"), 10)),
    ProcessMigrated(
        at=NOW, by="noa", from_process="old", from_version=1, to_process="new", to_version=1, source="a", target="b"
    ),
    TermsApproved(at=NOW, by="dan", revision=1, key="board"),
    TermsExpired(at=NOW, by="noa", revision=1),
)
"""What is not made on the ways below."""


def moved() -> Iterator[Any]:
    """Deals that went every way that a deal can go."""
    won = sale_in("follow_up")
    won.reopen(reason="the board said no")
    won.lose(reason="competitor", note="dearer", competitor="Northwind")
    yield won
    waiting = a_sale()
    waiting.update(name="Another desk")
    waiting.hold(reason="budget of next year", until=ON)
    waiting.resume()
    yield waiting
    adopted = StandardProcess().adopt(
        stage="closing", origin="the old CRM", since=NOW, note="by hand", id="D-2", name="Old desk", by="noa", at=NOW
    )
    yield adopted


def parts_of(value: object) -> Iterator[Any]:
    """The value and every value in it that belongs to a deal."""
    if isinstance(value, tuple):
        for one in value:
            yield from parts_of(one)
    elif attrs.has(type(value)) and type(value).__module__.startswith("salesflow.deal"):
        yield value
        for field in attrs.fields(type(value)):
            yield from parts_of(getattr(value, field.name))


def made_by_desks() -> Iterator[Any]:
    for method in sorted(set(RIGHT) - {"terms.approve"}):
        sale = full_sale(method)
        call(sale, method, RIGHT[method])
        yield from parts_of((sale.deal, sale.events))
    for sale in moved():
        yield from parts_of((sale.deal, sale.events))


MADE = {type(one): one for one in (*made_by_desks(), *parts_of(FROM_OUTSIDE))}
CHECKED = [
    pytest.param(one, field.name, id=f"{kind.__name__}.{field.name}")
    for kind, one in sorted(MADE.items(), key=lambda made: made[0].__name__)
    for field in attrs.fields(kind)
    if field.validator is not None or field.converter is not None
]
LOOKED_UP = {"Deal.forecast_category"}


def classes_with_checks() -> set[type]:
    modules = [import_module(found.name) for found in walk_packages(salesflow.deal.__path__, "salesflow.deal.")]
    return {
        kind
        for module in modules
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and attrs.has(kind)
        and kind.__module__ == module.__name__
        and not name.startswith("_")
        and any(field.validator or field.converter for field in attrs.fields(kind))
    }


def test_every_class_of_a_deal_that_checks_its_fields_is_looked_at() -> None:
    assert {kind.__name__ for kind in classes_with_checks() - set(MADE)} == set()


@pytest.mark.parametrize(("made", "field"), CHECKED)
def test_a_field_of_the_wrong_type_is_refused_by_its_name(made: Any, field: str) -> None:
    with pytest.raises((InvalidValue, UnknownName)) as refused:
        attrs.evolve(made, **{field: object()})
    if f"{type(made).__name__}.{field}" in LOOKED_UP:
        assert isinstance(refused.value, UnknownName)
    else:
        assert isinstance(refused.value, InvalidValue)
        assert refused.value.field == field


@pytest.mark.parametrize(
    ("made", "field"),
    [
        pytest.param(one, field.name, id=f"{kind.__name__}.{field.name}")
        for kind, one in sorted(MADE.items(), key=lambda made: made[0].__name__)
        for field in attrs.fields(kind)
        if is_personal(field) and field.validator is not None and "str" in str(field.type)
    ],
)
def test_what_may_say_something_about_a_person_is_not_repeated_by_a_refusal(made: Any, field: str) -> None:
    said = ("Cohen\x07",) if isinstance(getattr(made, field), tuple) else "Cohen\x07"
    with pytest.raises(InvalidValue) as refused:
        attrs.evolve(made, **{field: said})
    assert (refused.value.field, refused.value.value) == (field, None)
    assert "Cohen" not in str(refused.value)


@pytest.mark.parametrize("changes", [[("name", "Other")], (["name", "Other"],), ("na",), (("name",),)])
def test_an_update_is_pairs_of_a_field_and_its_value(changes: Any) -> None:
    with pytest.raises(WrongType) as refused:
        DealUpdated(at=NOW, by="noa", changes=changes)
    assert refused.value.field == "changes"


MONTHLY = Cadence(frequency=Frequency.MONTHLY, anchor=ON)
EARLY = PaymentTerms.parse("2/10 net 30")
PROPOSED = ClosingTerms(price=PRICE, recorded_by="noa", proposed_at=NOW)
QUESTIONS: list[tuple[Callable[..., object], dict[str, Any]]] = [
    (Due(30).on, {"invoiced_on": ON}),
    (MONTHLY.days, {"first": ON, "last": ON}),
    (attrs.evolve(MONTHLY, at=time(9)).moments, {"window": Period.month(2026, 11, UTC), "zone": UTC}),
    (EARLY.amount_due, {"amount": PRICE, "invoiced_on": ON, "paid_on": ON, "tax": PRICE}),
    (EARLY.due_on, {"invoiced_on": ON}),
    (EARLY.schedule, {"total": PRICE, "invoiced_on": ON}),
    (PaymentTerms.in_parts, {"parts": [PaymentPart(None)]}),
    (PROPOSED.agreement_on, {"on": ON}),
    (PROPOSED.is_valid_on, {"on": ON}),
]
"""What values can be asked, with arguments that they answer to."""


@pytest.mark.parametrize(
    ("ask", "given", "argument"),
    [
        pytest.param(ask, given, argument, id=f"{ask.__qualname__}.{argument}")
        for ask, given in QUESTIONS
        for argument in given
    ],
)
def test_a_value_is_asked_with_the_right_types_alone(
    ask: Callable[..., object], given: dict[str, Any], argument: str
) -> None:
    ask(**given)
    with pytest.raises(WrongType) as refused:
        ask(**{**given, argument: object()})
    assert refused.value.field == argument
