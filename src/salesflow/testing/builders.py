"""Builders: entities for tests, each with everything that it needs and nothing that the test does not say.

Every field can be given; what is not given is always the same, so a test that fails today fails tomorrow::

    a_deal(amount=Money("10", "EUR"))
    a_deal(SaaSDeal, seats=0)
    a_lead(email=None)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar, overload

import attrs

from salesflow._copying import built
from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, UnknownName
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.money import Money

D = TypeVar("D", bound=Deal)
L = TypeVar("L", bound=Lead)
C = TypeVar("C", bound=Contact)
O = TypeVar("O", bound=Organization)  # noqa: E741  # it is the letter of an organization
T = TypeVar("T")

__all__ = ["NOW", "SOMEBODY", "a_contact", "a_deal", "a_lead", "an_organization"]

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""When everything in a test happens, where it does not say another moment."""

SOMEBODY = "noa"
"""Who does everything in a test, where it does not say somebody else."""


def _made(cls: type[T], defaults: Mapping[str, object], given: Mapping[str, object]) -> T:
    known = [field.name for field in attrs.fields(cls)]  # type: ignore[arg-type]  # entities are attrs classes
    for name in given:
        if name not in known:
            raise UnknownName("field", name, known, where=cls.__name__)
    for field in attrs.fields(cls):  # type: ignore[arg-type]  # as above
        if field.init and field.default is attrs.NOTHING and field.name not in (*defaults, *given):
            raise InvalidValue(
                f"a {cls.__name__} must have it, and a builder does not know what",
                field=field.name,
                way_out=f"give the builder {cls.__name__} and {field.name}=..., and what it makes to the walk or the check",
            )
    return built(cls, {**defaults, **given})


@overload
def a_deal(**fields: object) -> Deal: ...
@overload
def a_deal(cls: type[D], /, **fields: object) -> D: ...
def a_deal(cls: type[Deal] = Deal, /, **fields: object) -> Deal:
    """A deal that was not opened yet: the order desk for Acme, 48,000 EUR.

    Args:
        cls: the class of the deal, for fields of your own.
        **fields: what shall be different.

    Raises:
        UnknownName: the class has no such field.
        InvalidValue: a value breaks the rule of its field.

    Example:
        ``sale_at(SaaSProcess, "security_review", deal=a_deal(SaaSDeal, seats=0))``
    """
    defaults = {
        "id": "D-1",
        "name": "Order desk for Acme",
        "organization_id": "O-1",
        "contact_id": "C-1",
        "owner": SOMEBODY,
        "amount": Money("48000", "EUR"),
    }
    return _made(cls, defaults, fields)


@overload
def a_lead(**fields: object) -> Lead: ...
@overload
def a_lead(cls: type[L], /, **fields: object) -> L: ...
def a_lead(cls: type[Lead] = Lead, /, **fields: object) -> Lead:
    """A lead that was not captured yet: Dana Levi of Acme, from a fair.

    Args:
        cls: the class of the lead, for fields of your own.
        **fields: what shall be different.
    """
    defaults = {
        "id": "L-1",
        "name": "Dana Levi",
        "organization_name": "Acme",
        "email": EmailAddress("dana@acme.example"),
        "source": "fair",
        "owner": SOMEBODY,
    }
    return _made(cls, defaults, fields)


@overload
def a_contact(**fields: object) -> Contact: ...
@overload
def a_contact(cls: type[C], /, **fields: object) -> C: ...
def a_contact(cls: type[Contact] = Contact, /, **fields: object) -> Contact:
    """A contact that was not added yet: Dana Levi of Acme.

    Args:
        cls: the class of the contact, for fields of your own.
        **fields: what shall be different.
    """
    defaults = {
        "id": "C-1",
        "name": "Dana Levi",
        "organization_id": "O-1",
        "email": EmailAddress("dana@acme.example"),
        "phone": PhoneNumber("+1 202 555 0123"),
    }
    return _made(cls, defaults, fields)


@overload
def an_organization(**fields: object) -> Organization: ...
@overload
def an_organization(cls: type[O], /, **fields: object) -> O: ...
def an_organization(cls: type[Organization] = Organization, /, **fields: object) -> Organization:
    """An organization that was not added yet: Acme.

    Args:
        cls: the class of the organization, for fields of your own.
        **fields: what shall be different.
    """
    defaults = {"id": "O-1", "name": "Acme", "address": PostalAddress(city="Haifa", country="IL")}
    return _made(cls, defaults, fields)
