"""A plan of a conversion as one set of changes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

import attrs

from salesflow.changes import Change, ChangeSet
from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.event import Event
from salesflow.leads.conversion_fields import filled
from salesflow.leads.conversion_records import contact_draft, deal_draft, links_of, organization_draft
from salesflow.leads.qualifying import AnswersCarriedOver
from salesflow.leads.repointing import changed_by
from salesflow.people.contact import ContactAdded, ContactUpdated
from salesflow.people.lead import Conversion, Lead
from salesflow.people.organization import OrganizationAdded, OrganizationUpdated

if TYPE_CHECKING:
    from typing import TypedDict

    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.leads.conversion_plan import ConversionPlan
    from salesflow.sale import Sale
    from salesflow.values.money import Money

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
    L = DefaultedTypeVar("L", bound=Lead, default=Lead)

    class Qualified(TypedDict, total=False):
        """What a lead may say about the qualification of its deal."""

        need: str
        budget: Money
        can_afford: bool
        reason: str
        authority: str
        timeline: str
        notes: str
else:
    D = TypeVar("D", bound=Deal)
    L = TypeVar("L", bound=Lead)

__all__ = ["changes_of"]


def changes_of(plan: ConversionPlan[D, L], *, by: str, at: datetime) -> ChangeSet:
    """The set of changes that a plan means: the lead closed, and what it becomes.

    Args:
        plan: a plan that lacks nothing.
        by: who converts.
        at: when; aware.
    """
    work = plan.lead_process.work_on(plan.lead, by=by, at=at)
    work.convert(Conversion(contact_id=plan.contact_id, organization_id=plan.organization_id, deal_id=plan.deal_id))
    return ChangeSet.of(
        work.changes,
        _organization(plan, by=by, at=at),
        _contact(plan, by=by, at=at),
        ChangeSet() if plan.deal is None else _deal(plan, by=by, at=at),
    )


def _organization(plan: ConversionPlan[D, L], *, by: str, at: datetime) -> ChangeSet:
    part = plan.organization
    if part is None or part.known_id is not None:
        return ChangeSet()
    if part.record is None:
        return _made(OrganizationAdded(at=at, by=by, organization=organization_draft(plan)))
    changes = tuple(filled(plan.carried, "organization").items())
    return changed_by(part.record, OrganizationUpdated(at=at, by=by, changes=changes)) if changes else ChangeSet()


def _contact(plan: ConversionPlan[D, L], *, by: str, at: datetime) -> ChangeSet:
    part = plan.contact
    if part is None or part.known_id is not None:
        return ChangeSet()
    if part.record is None:
        return _made(ContactAdded(at=at, by=by, contact=contact_draft(plan)))
    fields = filled(plan.carried, "contact")
    if part.record.organization_id is None and plan.organization_id is not None:
        fields["organization_id"] = plan.organization_id
    changes = tuple(fields.items())
    return changed_by(part.record, ContactUpdated(at=at, by=by, changes=changes)) if changes else ChangeSet()


def _made(event: ContactAdded | OrganizationAdded) -> ChangeSet:
    return ChangeSet.of(Change(None, (cast("Event[Entity]", event),)))


def _deal(plan: ConversionPlan[D, L], *, by: str, at: datetime) -> ChangeSet:
    """The deal opened, or filled where it exists, with what was found out on the lead."""
    record = None if plan.deal is None else plan.deal.record
    if record is None:
        sale = plan.process.open(deal_draft(plan), by=by, at=at)
    else:
        sale = plan.process.work_on(record, by=by, at=at)
        links = {name: which for name, which in links_of(plan).items() if getattr(record, name) is None}
        fields = filled(plan.carried, "deal") | links
        sale.update(attrs.evolve(sale.deal, **fields))  # type: ignore[arg-type]  # the names and types were checked
    _record_answers(plan, sale)
    _record_qualification(plan, sale)
    return sale.changes


def _record_answers(plan: ConversionPlan[D, L], sale: Sale[D]) -> None:
    known = {answer.question for answer in sale.deal.answers}
    new = tuple(answer for answer in plan.lead.answers if answer.question not in known)
    if new:
        sale.record(AnswersCarriedOver(at=sale.at, by=sale.by, lead_id=plan.lead.id, answers=new))


def _record_qualification(plan: ConversionPlan[D, L], sale: Sale[D]) -> None:
    found = cast("Qualified", filled(plan.carried, "qualification"))
    if found:
        sale.qualification.record(**found, evidence=[f"lead {plan.lead.id}"])
