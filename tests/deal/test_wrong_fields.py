"""Whatever is put into a field of a value or an event of a deal in the wrong type is refused by the field's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, time
from typing import Any

import attrs
import pytest
from deal.one_of_each import ON, PRICE, checks, classes, one_of_each
from walks import NOW

from salesflow.deal.cadence import Cadence, Frequency
from salesflow.deal.closing_terms import ClosingTerms
from salesflow.deal.event import DealUpdated
from salesflow.deal.payment_terms import Due, PaymentPart, PaymentTerms
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.values import Period
from salesflow.values.personal import is_personal

LOOKED_UP = {"Deal.forecast_category"}


def fields_that(are_meant: Callable[[attrs.Attribute[Any]], bool]) -> list[Any]:
    return [
        pytest.param(kind, field.name, id=f"{kind.__name__}.{field.name}")
        for kind in classes()
        for field in attrs.fields(kind)
        if are_meant(field)
    ]


def say_something_about_a_person(field: attrs.Attribute[Any]) -> bool:
    return is_personal(field) and field.validator is not None and "str" in str(field.type)


def test_every_class_of_a_deal_that_checks_its_fields_is_looked_at() -> None:
    checking = {kind for kind in classes() if any(map(checks, attrs.fields(kind)))}
    assert {kind.__name__ for kind in checking - set(one_of_each())} == set()


@pytest.mark.parametrize(("kind", "field"), fields_that(checks))
def test_a_field_of_the_wrong_type_is_refused_by_its_name(kind: type, field: str) -> None:
    with pytest.raises((InvalidValue, UnknownName)) as refused:
        attrs.evolve(one_of_each()[kind], **{field: object()})
    if f"{kind.__name__}.{field}" in LOOKED_UP:
        assert isinstance(refused.value, UnknownName)
    else:
        assert isinstance(refused.value, InvalidValue)
        assert refused.value.field == field


@pytest.mark.parametrize(("kind", "field"), fields_that(say_something_about_a_person))
def test_what_may_say_something_about_a_person_is_not_repeated_by_a_refusal(kind: type, field: str) -> None:
    made = one_of_each()[kind]
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
