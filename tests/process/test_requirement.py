"""A requirement answers with True, False or what is missing; anything else is a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest

from salesflow import Deal, Requirement, Unmet, requirement
from salesflow.process.requirement import RequirementKind

DEAL = Deal(id="D-1", name="Order desk")


def answering(answer: Any) -> Requirement[Deal]:
    return Requirement(name="is_known", text="it is known", test=lambda deal: answer, hint="Ask.", stage="first")


def test_true_is_met() -> None:
    assert answering(True).unmet(DEAL) is None


def test_false_is_unmet() -> None:
    assert answering(False).unmet(DEAL) == Unmet(
        requirement="is_known", text="it is known", stage="first", kind=RequirementKind.MOVE, hint="Ask."
    )


def test_texts_are_what_is_missing() -> None:
    unmet = answering(iter(["the price", "the date"])).unmet(DEAL)
    assert unmet is not None
    assert unmet.missing == ("the price", "the date")
    assert str(unmet) == "it is known (the price, the date)"


def test_no_texts_is_met() -> None:
    assert answering(iter(())).unmet(DEAL) is None


@pytest.mark.parametrize("answer", [1, 0, None, "yes", "", [], ["the price"], ("a",), 1.0, Deal])
def test_anything_else_is_a_mistake_of_whoever_wrote_it(answer: object) -> None:
    with pytest.raises(TypeError, match=r"first\.is_known must return a bool or yield what is missing"):
        answering(answer).unmet(DEAL)


def test_what_is_missing_is_text() -> None:
    with pytest.raises(TypeError, match="must yield text, not int"):
        answering(iter(["the price", 5])).unmet(DEAL)


def test_a_requirement_that_yields_without_end_is_stopped() -> None:
    with pytest.raises(TypeError, match=r"requirement first\.is_known must come to an end; it yields more than 10000"):
        answering(repeat("the price")).unmet(DEAL)


def test_a_verdict_is_not_repeated_because_it_may_be_personal() -> None:
    with pytest.raises(TypeError) as raised:
        answering("dana@acme.example").unmet(DEAL)
    assert "acme" not in str(raised.value)


def test_an_unmet_requirement_reads_as_its_text() -> None:
    assert str(answering(False).unmet(DEAL)) == "it is known"


def test_a_function_becomes_a_requirement_under_its_name() -> None:
    @requirement("the customer has bought before", hint="Look at the orders.")
    def existing_customer(deal: Deal) -> Iterator[str]:
        yield "an order"

    assert (existing_customer.name, existing_customer.text, existing_customer.hint) == (
        "existing_customer",
        "the customer has bought before",
        "Look at the orders.",
    )
    assert existing_customer.unmet(DEAL) is not None


def test_a_callable_without_a_name_is_called_requirement() -> None:
    class Asking:
        def __call__(self, deal: Deal) -> bool:
            return True

    assert requirement("it is true")(Asking()).name == "requirement"
