"""What a plan of a conversion lacks, and what whoever looks at it should know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import SalesflowError
from salesflow.leads.conversion_parts import ConversionPart, Missing
from salesflow.leads.conversion_records import contact_draft, deal_draft, organization_draft
from salesflow.outcome import Outcome
from salesflow.people.lead import Lead
from salesflow.process.engine import asked_of
from salesflow.process.move import Route
from salesflow.process.requirement import RequirementKind

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.leads.conversion_plan import ConversionPlan

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
    L = DefaultedTypeVar("L", bound=Lead, default=Lead)
else:
    D = TypeVar("D", bound=Deal)
    L = TypeVar("L", bound=Lead)

E = TypeVar("E", bound=Entity)

__all__ = ["missing_of", "remarks_of"]


def missing_of(plan: ConversionPlan[D, L]) -> Iterator[Missing]:
    """Everything that a plan lacks."""
    yield from _missing_of_lead(plan)
    if plan.contact is None and plan.organization is None:
        yield Missing(part="lead", text="it would become neither a contact nor an organization")
    if plan.contact is not None and plan.contact.is_made:
        yield from _missing_of_record("contact", plan.ids.contact, lambda: contact_draft(plan))
    if plan.organization is not None and plan.organization.is_made:
        yield from _missing_of_record("organization", plan.ids.organization, lambda: organization_draft(plan))
    if plan.deal is not None and plan.deal.record is None:
        yield from _missing_of_record("deal", plan.deal_id, lambda: deal_draft(plan))
        yield from _asked_of_deal(plan)


def _missing_of_lead(plan: ConversionPlan[D, L]) -> Iterator[Missing]:
    """What the lead lacks to be converted from the stage that it is in; one that has to migrate first is not asked."""
    lead, process = plan.lead, plan.lead_process
    if (lead.process, lead.process_version) != (process.key, process.version):
        return
    ways = [route for route in process.routes if route.outcome is Outcome.WON and route.move == "convert"]
    here = next((route for route in ways if route.source == lead.stage), None)
    if here is None:
        sources = ", ".join(route.source for route in ways) or "no stage of its process"
        yield Missing(part="lead", text=f"it is in {lead.stage}, and converted from {sources}")
    for text in _unmet(lead, here or _next_way(plan)):
        yield Missing(part="lead", text=text)


def _next_way(plan: ConversionPlan[D, L]) -> Route[L] | None:
    """The way that leads on to where it can be converted."""
    here = [route for route in plan.lead_process.routes if route.source == plan.lead.stage]
    order = plan.lead_process._forward
    ways = sorted((route for route in here if route.move in order), key=lambda route: -order.index(route.move))
    return ways[0] if ways else None


def _unmet(lead: L, route: Route[L] | None) -> list[str]:
    if route is None:
        return []
    return [str(unmet) for one in route.requirements if (unmet := one.unmet(lead)) is not None]


def _missing_of_record(part: str, id: str | None, make: Callable[[], Entity]) -> Iterator[Missing]:
    if id is None:
        yield Missing(part=part, text=f"it needs an id; give ids=ConversionIds({part}=...)")
    try:
        make()
    except SalesflowError as error:
        yield Missing(part=part, text=str(error))


def _asked_of_deal(plan: ConversionPlan[D, L]) -> Iterator[Missing]:
    """What the first stage of the deal's process asks for."""
    try:
        draft = deal_draft(plan)
    except SalesflowError:
        return  # said already
    for unmet in asked_of(draft, plan.process.stages[0], RequirementKind.ENTRY):
        yield Missing(part="deal", text=str(unmet))


def remarks_of(plan: ConversionPlan[D, L]) -> Iterator[str]:
    """What whoever looks at a plan should know."""
    yield from _remarks_of_part("contact", plan.contact)
    yield from _remarks_of_part("organization", plan.organization)
    reused = None if plan.contact is None else plan.contact.record
    if reused is None:
        return
    if reused.do_not_contact:
        yield f"contact {reused.id} asked not to be contacted"
    if reused.organization_id is not None and reused.organization_id != plan.organization_id:
        yield f"contact {reused.id} stays with organization {reused.organization_id}"


def _remarks_of_part(kind: str, part: ConversionPart[E] | None) -> Iterator[str]:
    if part is None:
        return
    for hit in part.others:
        if part.is_made:
            yield f"{kind} {hit.other.id} is like it under another name; choose it with reuse(...) if it is the same"
        else:
            as_likely = "as likely" if hit.score == part.score else "likely too"
            yield f"{kind} {hit.other.id} is {as_likely}; perhaps they should be merged"
    for namesake in part.namesakes:
        yield f"{kind} {namesake} has the same name; choose it with reuse(...) if it is the same"
    for hit in part.look_alikes:
        yield f"{kind} {hit.other.id} only looks alike: letters of another alphabet stand in a name"
