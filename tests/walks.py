"""Deals on their way: builders that read like the standard process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from salesflow import Money, Outcome, Sale
from salesflow.standard import StandardProcess

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
STAGES = (
    "prospecting",
    "preparation",
    "approach",
    "presentation",
    "objection_handling",
    "closing",
    "follow_up",
)


def a_sale(process: Any = None, /, **fields: Any) -> Sale[Any]:
    """A deal that noa has just opened."""
    known = {"id": "D-1", "name": "Order desk for Acme", "amount": Money("48000", "EUR"), "by": "noa", "at": NOW}
    return (process or StandardProcess()).open(**{**known, **fields})


def qualify(sale: Sale[Any]) -> None:
    sale.qualification.record(need="one place for all orders", budget=Money("50000", "EUR"), can_afford=True)


def prepare(sale: Sale[Any]) -> None:
    sale.briefing.add_product("Order desk")
    sale.briefing.set_pricing("48,000 a year")
    sale.briefing.note_no_competition()
    sale.briefing.set_pitch("One place for all orders")


def meet(sale: Sale[Any]) -> None:
    sale.meetings.record("first meeting", summary="They want one place")
    sale.needs.record("one place for all orders")


def present(sale: Sale[Any]) -> None:
    for need in sale.presentation.unshown:
        sale.presentation.show(need, how="The desk collects all orders")


def settle(sale: Sale[Any]) -> None:
    for objection in sale.objections.open:
        sale.objections.answer(objection, "It pays back in a year")
        sale.objections.resolve(objection)


def agree(sale: Sale[Any]) -> None:
    if not sale.committee.signers:
        sale.committee.add(f"C-{len(sale.deal.committee) + 1}", "decision maker", may_sign=True)
    terms = sale.terms.current
    if terms is None or not (terms.is_open or terms.is_accepted):
        sale.terms.propose(Money("48000", "EUR"), discount=Decimal("0.05"))
    if sale.deal.terms[-1].is_open:
        sale.terms.accept()
    if not sale.deal.terms[-1].is_signed:
        sale.terms.sign(sale.committee.signers[0].contact_id)


DONE_IN: dict[str, Callable[[Sale[Any]], None]] = {
    "prospecting": qualify,
    "preparation": prepare,
    "approach": meet,
    "presentation": present,
    "objection_handling": settle,
    "closing": agree,
}
"""What has to be done in each stage before the deal may leave it."""


def walk(sale: Sale[Any], *, to: str) -> Sale[Any]:
    """Do what every stage asks for and advance, until the deal is in the stage."""
    while sale.deal.stage != to:
        assert sale.deal.outcome is Outcome.OPEN, f"{to} does not lie ahead"
        DONE_IN[sale.deal.stage](sale)
        sale.advance()
    return sale


def sale_in(stage: str, process: Any = None, /, **fields: Any) -> Sale[Any]:
    """A deal that has walked to this stage."""
    return walk(a_sale(process, **fields), to=stage)
