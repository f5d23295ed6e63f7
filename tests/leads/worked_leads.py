"""Leads, contacts, organizations and deals as tests begin with them: stored, at a version, in a stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from salesflow.changes import Change
from salesflow.leads.frameworks import NeedAndMeans
from salesflow.leads.lead_process import LeadProcess
from salesflow.people.contact import Contact, ContactAdded
from salesflow.people.organization import Organization, OrganizationAdded
from salesflow.standard import StandardProcess

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LEADS = LeadProcess()
DEALS = StandardProcess()


def a_contact(id="C-1", kind=Contact, **fields):
    """A contact that is stored."""
    contact = kind(**{"id": id, "name": "Noa Levi", **fields})
    return Change(None, (ContactAdded(at=NOW, by="dan", contact=contact),)).after


def an_organization(id="O-1", **fields):
    """An organization that is stored."""
    organization = Organization(**{"id": id, "name": "Acme", **fields})
    return Change(None, (OrganizationAdded(at=NOW, by="dan", organization=organization),)).after


def a_deal(id="D-1", **fields):
    """A deal that is stored, in its first stage."""
    return DEALS.open(**{"id": id, "name": "Order desk", **fields}, by="dan", at=NOW).deal


def captured(id="L-1", process=LEADS, at=NOW, **fields):
    """Work on a lead that was just captured."""
    return process.capture(**{"id": id, "name": "Noa Levi", "owner": "dan", **fields}, by="dan", at=at)


def answered(work):
    """The same work, with the answers that make a lead qualified."""
    work.qualifying.answer(NeedAndMeans.need, "one place for all orders", evidence=["call of 1 November"])
    work.qualifying.answer(NeedAndMeans.can_afford, True)
    return work


def qualified(id="L-1", **fields):
    """Work on a lead that was qualified."""
    work = captured(id, **fields)
    work.start()
    answered(work).qualify()
    return work


def a_lead(id="L-1", *, stage="new", **fields):
    """A lead that is stored, in one of the stages of the standard process."""
    work = captured(id, **fields)
    if stage != "new":
        work.start()
    if stage in ("qualified", "converted"):
        answered(work).qualify()
    if stage == "nurturing":
        work.nurture(reason="next year")
    if stage == "disqualified":
        work.disqualify(reason="no_budget")
    return work.lead
