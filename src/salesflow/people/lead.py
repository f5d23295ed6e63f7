"""Leads: those who may or may not be interested.

A lead is little more than a name at first: a card from a fair, a form on the website, somebody who was
recommended. Qualifying finds out which of them have a need that we can meet and can afford it; those become
deals. A lead is worked through the stages of a process of its own (``salesflow.leads``), and moves only there.
"""

from __future__ import annotations

from decimal import Decimal

import attrs

from salesflow.errors import InvalidValue
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
    is_website,
    with_fields_changed,
)
from salesflow.people.hand_over import HandOver
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.decimals import is_optional_probability
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import are_lines, is_optional_line, is_prose
from salesflow.worked import STAGE_FIELDS, Worked

__all__ = [
    "LEAD_ENGINE_FIELDS",
    "Conversion",
    "Disqualification",
    "Lead",
    "LeadCaptured",
    "LeadUpdated",
]

LEAD_ENGINE_FIELDS = PEOPLE_ENGINE_FIELDS | STAGE_FIELDS | {"answers", "disqualification", "conversion", "hand_overs"}
"""The fields of a lead that only the engine, or a desk, writes."""

_MEANS = ("name", "organization_name", "email", "phone", "mobile")


@attrs.frozen(kw_only=True)
class Disqualification:
    """Why a lead was disqualified.

    Attributes:
        reason: the key of one of the reasons that the process owns.
        note: what else there is to say.
    """

    reason: str | None
    note: str = attrs.field(default="", metadata=personal())


@attrs.frozen(kw_only=True)
class Conversion:
    """What became of a lead.

    Attributes:
        contact_id: the contact that it became, or that it was found to be.
        organization_id: the organization.
        deal_id: the deal that was opened, where one was.
    """

    contact_id: str | None = None
    organization_id: str | None = None
    deal_id: str | None = None


@attrs.frozen(kw_only=True)
class Lead(Worked):
    """Someone who may or may not be interested.

    Attributes:
        name: the name of the person.
        organization_name: where they are from, as they said it.
        job_title: what they do there.
        email: their e-mail address.
        phone: their phone number.
        mobile: their mobile number.
        address: where to write to.
        website: ``company.example`` or ``https://company.example``.
        source: where they came from ("fair", "referral").
        owner: who is responsible for them.
        team: the team that works them.
        language: the language they prefer, as a BCP 47 tag (``he``, ``pt-BR``).
        tags: a line each, up to 60 characters.
        interest: what they are interested in; up to 10,000 characters.
        notes: what else there is to say; up to 10,000 characters.
        probability: the chance that it becomes a customer, set by hand, a fraction; it counts before every other.
        predicted_probability: the chance that a model gave it, a fraction; kept apart from the one set by hand.
        disqualification: why it was disqualified.
        conversion: what it was converted to.
        hand_overs: how it was handed over to who sells, in order.
        merged_into: the lead that this one was merged into, by id; only merging writes it.
        process, process_version, stage, outcome, opened_at, entered_at, closed_at, closed_from: where it stands in its
            process; only moves write them.
        answers: what was answered to the questions that qualify it.

    Raises:
        InvalidValue: there is no name, organization, e-mail address or phone number to know them by, or the owner is the
            lead's own e-mail address.

    Example:
        ``Lead(id="L-1", name="Noa Levi", email=EmailAddress("noa@acme.example"), source="fair")``
    """

    name: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal(ERASED))
    organization_name: str | None = attrs.field(
        default=None, validator=is_optional_line(personal=True), metadata=personal()
    )
    job_title: str | None = attrs.field(default=None, validator=is_optional_line(personal=True), metadata=personal())
    email: EmailAddress | None = attrs.field(default=None, validator=is_optional_email(), metadata=personal())
    phone: PhoneNumber | None = attrs.field(default=None, validator=is_optional_phone(), metadata=personal())
    mobile: PhoneNumber | None = attrs.field(default=None, validator=is_optional_phone(), metadata=personal())
    address: PostalAddress | None = attrs.field(default=None, validator=is_optional_address(), metadata=personal())
    website: str | None = attrs.field(default=None, validator=is_website(), metadata=personal())
    source: str | None = attrs.field(default=None, validator=is_optional_line())
    owner: str | None = attrs.field(default=None, validator=is_optional_line())
    team: str | None = attrs.field(default=None, validator=is_optional_line())
    language: str | None = attrs.field(default=None, validator=is_language(), metadata=personal())
    tags: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=are_lines(60, personal=True), metadata=personal()
    )
    interest: str = attrs.field(default="", validator=is_prose(personal=True), metadata=personal())
    notes: str = attrs.field(default="", validator=is_prose(personal=True), metadata=personal())
    probability: Decimal | None = attrs.field(default=None, validator=is_optional_probability())
    predicted_probability: Decimal | None = attrs.field(default=None, validator=is_optional_probability())
    disqualification: Disqualification | None = None
    conversion: Conversion | None = None
    hand_overs: tuple[HandOver, ...] = ()
    merged_into: str | None = attrs.field(default=None, validator=is_optional_line())

    @property
    def is_open(self) -> bool:
        """Whether it is neither converted nor disqualified nor merged into another one."""
        return super().is_open and self.merged_into is None

    @property
    def hand_over(self) -> HandOver | None:
        """The latest hand-over, or ``None`` where there was none."""
        return self.hand_overs[-1] if self.hand_overs else None

    def __attrs_post_init__(self) -> None:
        if all(getattr(self, name) is None for name in _MEANS):
            raise InvalidValue(
                "a lead needs something to know it by",
                field="name",
                way_out="give a name, organization_name, email, phone or mobile",
            )
        if self.owner is not None and self.email is not None and self.owner.casefold() == str(self.email).casefold():
            raise InvalidValue(
                "nobody is responsible for themselves: the owner is not the lead's own e-mail address",
                field="owner",
                way_out="give somebody of the team, or None",
            )


@attrs.frozen(kw_only=True)
class LeadCaptured(Creation[Lead]):
    """Someone came into view who may be interested.

    Attributes:
        lead: the lead, at version 0.
    """

    lead: Lead

    def __attrs_post_init__(self) -> None:
        self.create()

    def create(self) -> Lead:
        """The lead at version 1."""
        return first_version(self.lead, self, field="lead", kind=Lead)


@attrs.frozen(kw_only=True)
class LeadUpdated(Event[Lead]):
    """More became known about a lead, or it was corrected.

    Attributes:
        changes: new values by field name: ``(("owner", "noa"), ("phone", None))``.
    """

    changes: FieldChanges = attrs.field(
        validator=are_changes(owned=LEAD_ENGINE_FIELDS, way_out="a lead moves on by being qualified")
    )

    def apply(self, lead: Lead, /) -> Lead:
        """The lead with these fields changed."""
        return with_fields_changed(lead, self, self.changes)
