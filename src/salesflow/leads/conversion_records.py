"""The records that a conversion makes, as drafts: what is in them, and what they lack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import attrs

from salesflow._copying import built, evolved
from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.leads.conversion_fields import filled
from salesflow.leads.known_values import is_known
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.leads.conversion_plan import ConversionPlan

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
    L = DefaultedTypeVar("L", bound=Lead, default=Lead)
else:
    D = TypeVar("D", bound=Deal)
    L = TypeVar("L", bound=Lead)

E = TypeVar("E", bound=Entity)

__all__ = ["contact_draft", "deal_draft", "links_of", "organization_draft"]

_NO_ID = "to be given"
"""Stands for an id that is missing, while the rest is looked at."""


def contact_draft(plan: ConversionPlan[D, L]) -> Contact:
    """The contact that is made.

    Raises:
        InvalidValue: a value breaks the rule of its field, or one is missing.
    """
    fields = filled(plan.carried, "contact") | {"organization_id": plan.organization_id}
    return _draft(plan.mapping.contact_type, plan.ids.contact, fields)


def organization_draft(plan: ConversionPlan[D, L]) -> Organization:
    """The organization that is made.

    Raises:
        InvalidValue: a value breaks the rule of its field, or one is missing.
    """
    return _draft(plan.mapping.organization_type, plan.ids.organization, filled(plan.carried, "organization"))


def deal_draft(plan: ConversionPlan[D, L]) -> D:
    """The deal that is opened.

    Raises:
        InvalidValue: a value breaks the rule of its field, or one is missing.
    """
    planned = plan.deal
    fields: dict[str, object] = filled(plan.carried, "deal")
    if planned is not None and planned.draft is not None:
        links = {name: which for name, which in links_of(plan).items() if getattr(planned.draft, name) is None}
        return evolved(planned.draft, fields | links)
    said = {} if planned is None else dict(planned.fields)
    return _draft(plan.process.deal_type, plan.ids.deal, {"name": _name_of_deal(plan)} | links_of(plan) | fields | said)


def links_of(plan: ConversionPlan[D, L]) -> dict[str, object]:
    """What the deal points to, by field."""
    links = {"contact_id": plan.contact_id, "organization_id": plan.organization_id, "lead_id": plan.lead.id}
    return {name: which for name, which in links.items() if which is not None}


def _draft(cls: type[E], id: str | None, fields: Mapping[str, object]) -> E:
    needed = (field.name for field in attrs.fields(cls) if field.init and field.default is attrs.NOTHING)
    missing = [name for name in needed if name not in fields and name != "id"]
    if missing:
        raise InvalidValue(
            f"a {cls.__name__} must have {', '.join(missing)}, and the lead says nothing that goes there",
            field=missing[0],
            way_out="update the lead",
        )
    return built(cls, {"id": _NO_ID if id is None else id, **fields})


def _name_of_deal(plan: ConversionPlan[D, L]) -> str:
    """What a deal is called where nobody said: after the organization, or else the person; our own choice."""
    organization = None if plan.organization is None else plan.organization.record
    contact = None if plan.contact is None else plan.contact.record
    names = (
        None if organization is None else organization.name,
        plan.lead.organization_name,
        None if contact is None else contact.name,
        plan.lead.name,
    )
    return next((name for name in names if is_known(name) and name is not None), f"lead {plan.lead.id}")
