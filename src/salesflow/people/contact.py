"""Contacts: the people we do business with, usually current customers.

Talk to them regularly, and know what they like and dislike. Which part a contact plays in one purchase is not
kept here but in the committee of that deal, because it changes from deal to deal.
"""

from __future__ import annotations

import attrs

from salesflow.entity import Entity
from salesflow.errors import WrongType
from salesflow.event import Creation, Event
from salesflow.people.fields import (
    PEOPLE_ENGINE_FIELDS,
    FieldChanges,
    are_changes,
    as_tuple,
    first_version,
    is_language,
    is_optional_address,
    is_optional_email,
    is_optional_phone,
    with_fields_changed,
)
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import are_lines, is_line, is_optional_line, is_prose

__all__ = ["Contact", "ContactAdded", "ContactUpdated"]


def _is_answer(_instance: object, attribute: attrs.Attribute[bool], value: bool) -> None:
    if not isinstance(value, bool):
        raise WrongType("must be True or False", field=attribute.name, way_out="give True or False")


@attrs.frozen(kw_only=True)
class Contact(Entity):
    """A person we do business with.

    Attributes:
        name: the whole name, as the person writes it.
        given_name: the part of it for those on first-name terms, where known.
        family_name: the part of it to sort by, where known.
        organization_id: where they work, by the id of the organization.
        email: their e-mail address.
        phone: their phone number.
        mobile: their mobile number.
        address: where to write to.
        job_title: what they do.
        language: the language they prefer, as a BCP 47 tag (``he``, ``pt-BR``).
        likes: what they like, a line each, up to 500 characters.
        dislikes: what they dislike, a line each, up to 500 characters.
        owner: who is responsible for them.
        source: where they came from.
        notes: what else there is to say; up to 10,000 characters.
        do_not_contact: whether they asked not to be contacted.
        merged_into: the contact that this one was merged into, by id; only merging writes it.

    Example:
        ``Contact(id="C-1", name="Noa Levi", organization_id="O-1", likes=["short calls"])``
    """

    name: str = attrs.field(validator=is_line(personal=True), metadata=personal(ERASED))
    given_name: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())
    family_name: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())
    organization_id: str | None = attrs.field(default=None, validator=is_optional_line())
    email: EmailAddress | None = attrs.field(default=None, validator=is_optional_email(), metadata=personal())
    phone: PhoneNumber | None = attrs.field(default=None, validator=is_optional_phone(), metadata=personal())
    mobile: PhoneNumber | None = attrs.field(default=None, validator=is_optional_phone(), metadata=personal())
    address: PostalAddress | None = attrs.field(default=None, validator=is_optional_address(), metadata=personal())
    job_title: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())
    language: str | None = attrs.field(default=None, validator=is_language(), metadata=personal())
    likes: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=are_lines(500, personal=True), metadata=personal()
    )
    dislikes: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=are_lines(500, personal=True), metadata=personal()
    )
    owner: str | None = attrs.field(default=None, validator=is_optional_line())
    source: str | None = attrs.field(default=None, validator=is_optional_line())
    notes: str = attrs.field(default="", validator=is_prose(personal=True), metadata=personal())
    do_not_contact: bool = attrs.field(default=False, validator=_is_answer)
    merged_into: str | None = attrs.field(default=None, validator=is_optional_line())


@attrs.frozen(kw_only=True)
class ContactAdded(Creation[Contact]):
    """We know one more person.

    Attributes:
        contact: the contact, at version 0.
    """

    contact: Contact

    def __attrs_post_init__(self) -> None:
        self.create()

    def create(self) -> Contact:
        """The contact at version 1."""
        return first_version(self.contact, self, field="contact", kind=Contact)


@attrs.frozen(kw_only=True)
class ContactUpdated(Event[Contact]):
    """More became known about a contact, or it was corrected.

    Attributes:
        changes: new values by field name: ``(("job_title", "buyer"), ("phone", None))``.
    """

    changes: FieldChanges = attrs.field(
        validator=are_changes(owned=PEOPLE_ENGINE_FIELDS, way_out="leave them to the engine")
    )

    def apply(self, contact: Contact, /) -> Contact:
        """The contact with these fields changed."""
        return with_fields_changed(contact, self, self.changes)
