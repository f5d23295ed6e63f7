"""One of each value and event that a deal can hold, made on the ways on which a deal can go."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import attrs
from deal.test_wrong_arguments import RIGHT, call, full_sale
from walks import NOW, a_sale, sale_in

import salesflow.deal
from salesflow.deal.approvals import ApprovalRule
from salesflow.deal.clauses import AfterSalesService, Delivery
from salesflow.deal.closing_terms import TermsApproved, TermsExpired
from salesflow.deal.committee import CommitteeMemberReplaced
from salesflow.deal.event import ProcessMigrated
from salesflow.deal.objections import ObjectionPlaybook, PreparedAnswer
from salesflow.deal.payment_terms import Due, EarlyDiscount, PaymentPart, PaymentTerms
from salesflow.standard import StandardProcess
from salesflow.values.money import Money

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


@functools.cache
def one_of_each() -> dict[type, Any]:
    """By class; made when first asked for, which takes a moment."""
    return {type(one): one for one in (*made_by_desks(), *parts_of(FROM_OUTSIDE))}


def classes() -> tuple[type[attrs.AttrsInstance], ...]:
    """Every class of values and events of a deal, by name."""
    modules = [import_module(found.name) for found in walk_packages(salesflow.deal.__path__, "salesflow.deal.")]
    found = {
        kind
        for module in modules
        for name, kind in vars(module).items()
        if isinstance(kind, type) and attrs.has(kind) and kind.__module__ == module.__name__ and name[0] != "_"
    }
    return tuple(sorted(found, key=lambda kind: kind.__name__))


def checks(field: attrs.Attribute[Any]) -> bool:
    """Whether something is asked of what is put into a field."""
    return field.validator is not None or field.converter is not None
