"""The plan of a conversion: a value that can be looked at, changed, and applied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

import attrs

from salesflow.changes import ChangeSet
from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import NotNow, WrongType
from salesflow.leads.conversion_changes import changes_of
from salesflow.leads.conversion_checks import missing_of, remarks_of
from salesflow.leads.conversion_fields import Carried, CarriedField, carried_fields, carried_qualification
from salesflow.leads.conversion_mapping import ConversionMapping
from salesflow.leads.conversion_parts import ConversionIds, ConversionPart, Missing, PlannedDeal
from salesflow.leads.known_values import is_known
from salesflow.leads.merge_fields import plain_fields
from salesflow.people.contact import Contact
from salesflow.people.fields import check_not_merged
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization

if TYPE_CHECKING:
    from typing import Unpack

    from typing_extensions import TypeVar as DefaultedTypeVar

    from salesflow.deal.fields import DealFields
    from salesflow.leads.lead_process import LeadProcess
    from salesflow.process.definition import SalesProcess

    D = DefaultedTypeVar("D", bound=Deal, default=Deal)
    L = DefaultedTypeVar("L", bound=Lead, default=Lead)
else:
    D = TypeVar("D", bound=Deal)
    L = TypeVar("L", bound=Lead)

__all__ = ["ConversionPlan"]


@attrs.frozen(kw_only=True)
class ConversionPlan(Generic[D, L]):
    """What a lead would become; made by ``plan_conversion``. Everything that is not an attribute follows from them.

    Attributes:
        lead: the lead.
        process: the process that its deal is opened under.
        lead_process: the process of the lead.
        ids: the ids of what is made.
        mapping: which field goes where.
        contact: the contact that is reused or made, or ``None`` for none.
        organization: the organization that is reused or made, or ``None`` for none.
        deal: the deal that is opened, or that exists, or ``None`` for none.
        calling_code: the calling code of phone numbers that have none, where it is known.
    """

    lead: L
    process: SalesProcess[D] = attrs.field(repr=False)
    lead_process: LeadProcess[L] = attrs.field(repr=False)
    ids: ConversionIds
    mapping: ConversionMapping = attrs.field(repr=False)
    contact: ConversionPart[Contact] | None
    organization: ConversionPart[Organization] | None
    deal: PlannedDeal[D] | None
    calling_code: str | None = None

    # What it says ---------------------------------------------------------------------------------------------------

    @property
    def contact_id(self) -> str | None:
        """The id of the contact that the lead becomes."""
        return None if self.contact is None else self.contact.reused_id or self.ids.contact

    @property
    def organization_id(self) -> str | None:
        """The id of the organization that the lead is of."""
        return None if self.organization is None else self.organization.reused_id or self.ids.organization

    @property
    def deal_id(self) -> str | None:
        """The id of the deal that the lead goes on in."""
        if self.deal is None:
            return None
        known = self.deal.record or self.deal.draft
        return self.ids.deal if known is None else known.id

    @property
    def carried(self) -> tuple[CarriedField, ...]:
        """Where each known value of the lead goes, and whether it is taken there."""
        return tuple(self._carried())

    @property
    def stays(self) -> tuple[str, ...]:
        """The fields of the lead that are known and go nowhere: they stay on the lead."""
        gone = {one.source for one in self._carried()}
        return tuple(
            name for name in plain_fields(type(self.lead)) if is_known(getattr(self.lead, name)) and name not in gone
        )

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Everything without which the lead cannot be converted, all at once."""
        return tuple(missing_of(self))

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    @property
    def remarks(self) -> tuple[str, ...]:
        """What whoever looks at the plan should know, a sentence each; without personal values."""
        return tuple(remarks_of(self))

    def apply(self, *, by: str, at: datetime) -> ChangeSet:
        """The conversion as one set of changes, which lands as a whole or not at all.

        Args:
            by: who converts.
            at: when; aware, and not before the last event of any of the records.

        Raises:
            NotNow: something is missing; the error says everything that is.
            MoveRefused: the process of the deal asks for more before it is opened.
            PolicyRefused: this actor may not.
            OutOfOrder: ``at`` lies before the last event of a record.
        """
        missing = self.missing
        if missing:
            raise NotNow(
                kind="lead",
                id=self.lead.id,
                tried="convert",
                because="; ".join(map(str, missing)),
                way_out="add what is missing, or change the plan",
            )
        return changes_of(self, by=by, at=at)

    # Changing it ----------------------------------------------------------------------------------------------------

    @overload
    def reuse(self, record: Contact | Organization, /, *, because: str = ...) -> Self: ...
    @overload
    def reuse(self, record: D, /, *, because: str = ...) -> Self: ...
    def reuse(self, record: Contact | Organization | D, /, *, because: str = "it was chosen") -> Self:
        """The same plan with a contact, an organization or a deal that exists.

        Args:
            record: the record as it is stored; only its empty fields are filled. A deal keeps its owner and its team.
            because: why, in words.

        Raises:
            NotNow: it is a draft, was merged into another one, or is a deal that is closed.
            WrongType: it is of another kind, or a deal of another class than the process works on.
        """
        _check_stored(record)
        match record:
            case Contact():
                return attrs.evolve(self, contact=ConversionPart(record=record, because=because))
            case Organization():
                return attrs.evolve(self, organization=ConversionPart(record=record, because=because))
        if not isinstance(record, self.process.deal_type):
            raise WrongType(
                f"a contact, an organization or a {self.process.deal_type.__name__} is reused",
                field="record",
                value=type(record).__name__,
            )
        if not record.is_open:
            raise NotNow(
                id=record.id,
                tried="convert a lead into it",
                because=f"it is {record.outcome}",
                way_out="reopen it first",
            )
        return attrs.evolve(self, deal=PlannedDeal(record=record))

    def making_contact(self) -> Self:
        """The same plan with a new contact, whoever is like it."""
        return attrs.evolve(self, contact=ConversionPart(because="it was chosen"))

    def making_organization(self) -> Self:
        """The same plan with a new organization, whichever is like it."""
        return attrs.evolve(self, organization=ConversionPart(because="it was chosen"))

    def without_contact(self) -> Self:
        """The same plan without a contact."""
        return attrs.evolve(self, contact=None)

    def without_organization(self) -> Self:
        """The same plan without an organization."""
        return attrs.evolve(self, organization=None)

    def without_deal(self) -> Self:
        """The same plan without a deal; what would go into it stays on the lead."""
        return attrs.evolve(self, deal=None)

    @overload
    def with_deal(self, /, **fields: Unpack[DealFields]) -> Self: ...
    @overload
    def with_deal(self, draft: D, /) -> Self: ...
    def with_deal(self, draft: D | None = None, /, **fields: object) -> Self:
        """The same plan with a deal that is opened with these fields.

        Args:
            draft: the deal as it shall be opened, for fields of your own; its empty fields are filled from the lead.
            **fields: or plain fields of the deal (``name``, ``amount``); they count before what the lead says.
        """
        return attrs.evolve(self, deal=PlannedDeal(draft=draft, fields=tuple(fields.items())))

    # Inside ---------------------------------------------------------------------------------------------------------

    def _carried(self) -> Iterator[CarriedField]:
        if self.contact is not None and self.contact.known_id is None:
            yield from self._into("contact", self.mapping.contact, self.contact.record)
        if self.organization is not None and self.organization.known_id is None:
            yield from self._into("organization", self.mapping.organization, self.organization.record)
        if self.deal is not None:
            said = dict(self.deal.fields)
            known = self.deal.record or self.deal.draft
            for one in self._into("deal", self.mapping.deal, known):
                yield attrs.evolve(one, result=Carried.KEPT) if one.target in said else one
            yield from carried_qualification(
                self.lead, self.mapping.qualification, None if known is None else known.qualification
            )

    def _into(self, part: str, mapped: tuple[tuple[str, str], ...], record: Entity | None) -> tuple[CarriedField, ...]:
        return carried_fields(self.lead, part, mapped, record, calling_code=self.calling_code)


def _check_stored(record: Entity) -> None:
    if not isinstance(record, Entity):
        raise WrongType("a contact, an organization or a deal is reused", field="record", value=type(record).__name__)
    check_not_merged(record, tried="reuse it")
    if record.version == 0:
        raise NotNow(
            kind=record.root().__name__.lower(),
            id=record.id,
            tried="reuse it",
            because="it is a draft",
            way_out="record its first event first, or have one made",
        )
