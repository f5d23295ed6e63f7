"""How the requirements of the standard processes are satisfied, so that a test need not do it by hand.

A satisfier is a function that does what a requirement asks for, the way a seller would: through the desks. It is found by
the name of the requirement. Give your own for requirements of your own::

    sale_at(SaaSProcess, "closing", satisfy={"questionnaire_complete": lambda sale: sale.update(seats=40)})
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from salesflow.deal.deal import Deal
from salesflow.errors import UnknownName
from salesflow.leads.frameworks import NeedAndMeans
from salesflow.leads.lead_work import LeadWork
from salesflow.people.lead import Lead
from salesflow.process.definition import SalesProcess
from salesflow.process.engine import Process
from salesflow.process.requirement import Requirement
from salesflow.sale import Sale
from salesflow.testing.builders import SOMEBODY
from salesflow.testing.process_coverage import asked_by
from salesflow.values.money import Money
from salesflow.worked import Worked

S = TypeVar("S")
W = TypeVar("W", bound=Worked)

__all__ = [
    "STANDARD_LEAD_SATISFIERS",
    "STANDARD_SATISFIERS",
    "checked_satisfiers",
    "requirements_of",
    "what_satisfies",
]


def _amount(sale: Sale[Deal]) -> Money:
    return sale.deal.amount or Money("48000", "EUR")


def _qualify(sale: Sale[Deal]) -> None:
    sale.qualification.record(need="one place for all orders", budget=_amount(sale), can_afford=True)


def _prepare(sale: Sale[Deal]) -> None:
    sale.briefing.add_product("Order desk")
    sale.briefing.set_pricing("48,000 a year")
    sale.briefing.note_no_competition()
    sale.briefing.set_pitch("One place for all orders")


def _meet(sale: Sale[Deal]) -> None:
    sale.meetings.record("first meeting", summary="They want one place")


def _ask_for_needs(sale: Sale[Deal]) -> None:
    sale.needs.record("one place for all orders")


def _present(sale: Sale[Deal]) -> None:
    for need in sale.presentation.unshown:
        sale.presentation.show(need, how="The desk collects all orders")


def _settle(sale: Sale[Deal]) -> None:
    for objection in sale.objections.open:
        sale.objections.answer(objection, "It pays back in a year")
        sale.objections.resolve(objection)


def _agree(sale: Sale[Deal]) -> None:
    """Propose; approve what somebody else proposed; accept once nothing is missing."""
    terms = sale.terms.current
    if terms is None or not (terms.is_open or terms.is_accepted):
        terms = sale.terms.propose(_amount(sale))
    if terms.recorded_by != sale.by:
        for key in sale.terms.missing_approvals:
            terms = sale.terms.approve(key)
    if terms.is_open and not sale.terms.missing_approvals:
        sale.terms.accept()


def _sign(sale: Sale[Deal]) -> None:
    _agree(sale)
    terms = sale.terms.current
    if terms is None or not terms.is_accepted:
        return
    if not sale.committee.signers:
        sale.committee.add(f"C-{len(sale.deal.committee) + 1}", "decision maker", may_sign=True)
    sale.terms.sign(sale.committee.signers[0].contact_id)


def _resume(sale: Sale[Deal]) -> None:
    sale.resume()


STANDARD_SATISFIERS: Mapping[str, Callable[[Sale[Deal]], object]] = {
    "need_is_known": _qualify,
    "buyer_can_afford_it": _qualify,
    "briefing_is_complete": _prepare,
    "customer_was_met": _meet,
    "needs_are_known": _ask_for_needs,
    "needs_are_answered": _present,
    "objections_are_settled": _settle,
    "no_objection_is_open": _settle,
    "terms_are_accepted": _agree,
    "agreement_is_signed": _sign,
    "not_on_hold": _resume,
}
"""What does what the requirements of the standard process ask for, by their names."""


def _assign(work: LeadWork[Lead]) -> None:
    work.update(owner=SOMEBODY)


def _answer(work: LeadWork[Lead]) -> None:
    work.qualifying.answer(NeedAndMeans.need, "one place for all orders")
    work.qualifying.answer(NeedAndMeans.can_afford, True)


STANDARD_LEAD_SATISFIERS: Mapping[str, Callable[[LeadWork[Lead]], object]] = {
    "has_an_owner": _assign,
    "is_qualified": _answer,
}
"""What does what the requirements of the standard process of leads ask for, by their names."""


def checked_satisfiers(given: Mapping[str, S] | None, process: Process[Any]) -> Mapping[str, S]:
    """What the user gave for requirements, by their names.

    Args:
        given: what was given.
        process: the process that asks for them.

    Raises:
        UnknownName: a name is no requirement of the process.
    """
    names = sorted({one.name for one in requirements_of(process)})
    for name in given or ():
        if name not in names:
            raise UnknownName("requirement", name, names, where="the process")
    return given or {}


def requirements_of(process: Process[Any]) -> Iterator[Requirement[Any]]:
    """Every requirement that a process defines, whether a move asks for it or not."""
    for stage in process.stages:
        yield from stage.requirements()
    for key, move in process._layout.moves.items():
        yield from (attrs.evolve(one, stage=key) for one in move.requires)
    yield from asked_by(type(process))


def what_satisfies(names: Iterable[str], process: Process[W]) -> str:
    """How to give what satisfies requirements of one's own, as it stands in messages.

    Args:
        names: the requirements.
        process: the process that asks for them.
    """
    unit = "sale" if isinstance(process, SalesProcess) else "work"
    return f"satisfy={{{', '.join(f'{name!r}: lambda {unit}: ...' for name in dict.fromkeys(names))}}}"
