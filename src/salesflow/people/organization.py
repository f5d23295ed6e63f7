"""Organizations: the companies, institutions and bodies we do business with."""

from __future__ import annotations

import attrs

from salesflow.entity import Entity
from salesflow.errors import InvalidValue, WrongType
from salesflow.event import Creation, Event
from salesflow.people.fields import (
    PEOPLE_ENGINE_FIELDS,
    FieldChanges,
    are_changes,
    as_tuple,
    first_version,
    is_optional_address,
    is_optional_email,
    is_optional_phone,
    is_website,
    with_fields_changed,
)
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import are_lines, is_line, is_optional_line, is_prose

__all__ = ["Organization", "OrganizationAdded", "OrganizationUpdated"]


def _is_count(_instance: object, attribute: attrs.Attribute[int | None], value: int | None) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongType(
            "must be a whole number, or None where it is not known",
            field=attribute.name,
            value=value,
            way_out="give an int",
        )
    if value < 0:
        raise InvalidValue("must not be negative", field=attribute.name, value=value, way_out="give 0 or more")


@attrs.frozen(kw_only=True)
class Organization(Entity):
    """A company, institution or body that we do business with.

    Attributes:
        name: what it is called.
        parent_id: the organization that it belongs to, by id.
        registration_id: its number in the register of companies.
        tax_id: its tax or VAT number.
        email: its general e-mail address.
        phone: its general phone number.
        website: ``company.example`` or ``https://company.example``.
        address: where it is.
        industry: what it does, in a line.
        employees: how many people work there; ``None`` is not known.
        owner: who is responsible for it.
        source: where it came from.
        notes: what else there is to say; up to 10,000 characters.
        tags: a line each, up to 60 characters.
        merged_into: the organization that this one was merged into, by id; only merging writes it.

    Raises:
        InvalidValue: it is named as its own parent.

    Example:
        ``Organization(id="O-1", name="Acme", website="acme.example", employees=40)``
    """

    name: str = attrs.field(validator=is_line(personal=True), metadata=personal(ERASED))
    parent_id: str | None = attrs.field(default=None, validator=is_optional_line())
    registration_id: str | None = attrs.field(
        default=None, validator=is_optional_line(personal=True), metadata=personal()
    )
    tax_id: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())
    email: EmailAddress | None = attrs.field(default=None, validator=is_optional_email(), metadata=personal())
    phone: PhoneNumber | None = attrs.field(default=None, validator=is_optional_phone(), metadata=personal())
    website: str | None = attrs.field(default=None, validator=is_website(), metadata=personal())
    address: PostalAddress | None = attrs.field(default=None, validator=is_optional_address(), metadata=personal())
    industry: str | None = attrs.field(default=None, validator=is_optional_line())
    employees: int | None = attrs.field(default=None, validator=_is_count)
    owner: str | None = attrs.field(default=None, validator=is_optional_line())
    source: str | None = attrs.field(default=None, validator=is_optional_line())
    notes: str = attrs.field(default="", validator=is_prose(personal=True), metadata=personal())
    tags: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=are_lines(60, personal=True), metadata=personal()
    )
    merged_into: str | None = attrs.field(default=None, validator=is_optional_line())

    def __attrs_post_init__(self) -> None:
        if self.parent_id == self.id:
            raise InvalidValue(
                "an organization does not belong to itself",
                field="parent_id",
                value=self.parent_id,
                way_out="give the id of another organization, or None",
            )


@attrs.frozen(kw_only=True)
class OrganizationAdded(Creation[Organization]):
    """We know one more organization.

    Attributes:
        organization: the organization, at version 0.
    """

    organization: Organization

    def __attrs_post_init__(self) -> None:
        self.create()

    def create(self) -> Organization:
        """The organization at version 1."""
        return first_version(self.organization, self, field="organization", kind=Organization)


@attrs.frozen(kw_only=True)
class OrganizationUpdated(Event[Organization]):
    """More became known about an organization, or it was corrected.

    Attributes:
        changes: new values by field name: ``(("industry", "retail"), ("employees", 40))``.
    """

    changes: FieldChanges = attrs.field(
        validator=are_changes(owned=PEOPLE_ENGINE_FIELDS, way_out="leave them to the engine")
    )

    def apply(self, organization: Organization, /) -> Organization:
        """The organization with these fields changed."""
        return with_fields_changed(organization, self, self.changes)
