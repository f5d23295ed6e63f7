"""Who we sell to: leads, contacts and organizations."""

from __future__ import annotations

from salesflow.people.contact import Contact, ContactAdded, ContactUpdated
from salesflow.people.hand_over import HandOver, HandOverStatus
from salesflow.people.lead import LEAD_ENGINE_FIELDS, Lead, LeadCaptured, LeadUpdated
from salesflow.people.organization import Organization, OrganizationAdded, OrganizationUpdated

__all__ = [
    "LEAD_ENGINE_FIELDS",
    "Contact",
    "ContactAdded",
    "ContactUpdated",
    "HandOver",
    "HandOverStatus",
    "Lead",
    "LeadCaptured",
    "LeadUpdated",
    "Organization",
    "OrganizationAdded",
    "OrganizationUpdated",
]
