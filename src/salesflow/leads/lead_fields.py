"""The plain fields of a lead as types, so that a misspelt one is an error in the editor."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict

from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress

__all__ = ["LeadFields"]


class LeadFields(TypedDict, total=False):
    """What may be known of a lead when it is captured, and what ``LeadWork.update`` changes."""

    name: str | None
    organization_name: str | None
    job_title: str | None
    email: EmailAddress | None
    phone: PhoneNumber | None
    mobile: PhoneNumber | None
    address: PostalAddress | None
    website: str | None
    source: str | None
    owner: str | None
    team: str | None
    language: str | None
    tags: Iterable[str]
    interest: str
    notes: str
    probability: Decimal | None
    predicted_probability: Decimal | None
