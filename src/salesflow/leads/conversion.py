"""Conversion: a lead becomes a contact, an organization and a deal. First a plan, as a value; then one set of changes.

::

    plan = plan_conversion(
        lead,
        process=StandardProcess(),
        contacts=contacts,
        organizations=organizations,
        ids=ConversionIds(contact="C-7", organization="O-3", deal="D-12"),
    )
    plan.contact.because, plan.carried, plan.missing     # who is reused and why, what goes where, what is missing
    plan = plan.without_deal()                           # it can be changed; it is a value
    storage.commit(plan.apply(by="dan", at=now))         # all of it lands, or nothing

Records that exist are reused where they are likely the same, and only their empty fields are filled. What goes nowhere is
not lost: it stays on the lead, which is closed by the conversion and kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from salesflow.errors import NotNow, ProcessMismatch, WrongType
from salesflow.leads.conversion_mapping import STANDARD_MAPPING, ConversionMapping
from salesflow.leads.conversion_parts import ConversionIds, PlannedDeal, chosen_contact, chosen_organization
from salesflow.leads.conversion_plan import ConversionPlan
from salesflow.leads.duplicates import Duplicates
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_work import told
from salesflow.leads.matching_rules import MatchingRules
from salesflow.outcome import Outcome
from salesflow.people.contact import Contact
from salesflow.people.fields import check_not_merged
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.deal import Deal
    from salesflow.process.definition import SalesProcess

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
    L = DefaultedTypeVar("L", bound=Lead, default=Lead)
else:
    D = TypeVar("D")
    L = TypeVar("L", bound=Lead)

__all__ = ["plan_conversion"]

_RULES = MatchingRules()
_NO_IDS = ConversionIds()


def plan_conversion(
    lead: L,
    /,
    *,
    process: SalesProcess[D],
    contacts: Iterable[Contact] | Duplicates[Contact] = (),
    organizations: Iterable[Organization] | Duplicates[Organization] = (),
    ids: ConversionIds = _NO_IDS,
    mapping: ConversionMapping = STANDARD_MAPPING,
    rules: MatchingRules = _RULES,
    lead_process: LeadProcess[L] | None = None,
) -> ConversionPlan[D, L]:
    """What a lead would become. Nothing is changed, and nothing is asked of a storage.

    Args:
        lead: the lead as it is stored; open, though it need not be qualified yet.
        process: the process that its deal is opened under.
        contacts: those that may be the same person: candidates, or what ``find_duplicates`` found among them.
        organizations: those that may be its organization, in the same way.
        ids: the ids of what is made; those of what is reused are not needed.
        mapping: which field goes where.
        rules: how likely duplicates are found, and the calling code of phone numbers.
        lead_process: the process of the lead; the standard one where it is not given.

    Returns:
        The plan. It says what is missing; ``apply`` is refused until nothing is.

    Raises:
        NotNow: the lead was converted, which the error says with what it became; or it was disqualified, or merged into
            another one, or is a draft.
        ProcessMismatch: the lead runs under another process.
        WrongType: the lead, the deals of the process, or the mapping are of classes that do not go together.

    Example:
        ``plan_conversion(lead, process=process, contacts=contacts, ids=ConversionIds(contact="C-1", deal="D-1"))``
    """
    leads: LeadProcess[L] = LeadProcess() if lead_process is None else lead_process
    _check_lead(lead, leads)
    _check_classes(lead, process, mapping)
    contact = chosen_contact(lead, contacts, rules)
    reused = None if contact is None else contact.record
    return ConversionPlan(
        lead=lead,
        process=process,
        lead_process=leads,
        ids=ids,
        mapping=mapping,
        contact=contact,
        organization=chosen_organization(lead, organizations, reused, rules),
        deal=PlannedDeal(),
        calling_code=rules.calling_code,
    )


def _check_lead(lead: L, process: LeadProcess[L]) -> None:
    """Refuse to plan for a lead that can never be converted as it is."""
    process._check_workable(lead)
    check_not_merged(lead, tried="convert")
    if lead.conversion is not None:
        became = f"it was converted, to {told(lead.conversion)}"
        raise NotNow(kind="lead", id=lead.id, tried="convert", because=became, way_out="work on what it became")
    if lead.outcome is not Outcome.OPEN:
        closed = f"it is closed, in {lead.stage}"
        raise NotNow(kind="lead", id=lead.id, tried="convert", because=closed, way_out="recycle it first")
    known = [(process.key, process.version), *((one.process, one.version) for one in process.migrations)]
    if (lead.process, lead.process_version) not in known:
        raise ProcessMismatch(
            kind="lead",
            id=lead.id,
            runs_under=f"{lead.process} {lead.process_version}",
            process=f"{process.key} {process.version}",
            way_out="give lead_process=..., the process that it runs under",
        )


def _check_classes(lead: Lead, process: SalesProcess[D], mapping: ConversionMapping) -> None:
    """Refuse a mapping that was declared for other classes than those that are converted."""
    if not isinstance(lead, mapping.lead_type):
        raise WrongType(
            f"the mapping is declared for {mapping.lead_type.__name__}", field="lead", value=type(lead).__name__
        )
    if not issubclass(process.deal_type, mapping.deal_type):
        raise WrongType(
            f"the mapping is declared for {mapping.deal_type.__name__}",
            field="process",
            value=f"{process.key} works on {process.deal_type.__name__}",
            way_out="declare a mapping with deal_type=..., or give the process that works on them",
        )
