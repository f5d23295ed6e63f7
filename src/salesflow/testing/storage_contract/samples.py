"""What the contract stores: entities, sets of changes, and a deal with a long life. Every name in it is made up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast

import attrs

from salesflow.changes import Change, ChangeSet
from salesflow.deal.deal import Deal, ForecastCategory
from salesflow.deal.event import DealOpened
from salesflow.entity import Entity
from salesflow.event import Event
from salesflow.people.contact import Contact, ContactAdded, ContactUpdated
from salesflow.people.lead import Lead, LeadCaptured, LeadUpdated
from salesflow.people.organization import Organization, OrganizationAdded, OrganizationUpdated
from salesflow.sale import Sale
from salesflow.standard import StandardProcess
from salesflow.storage.audit import AuditChain
from salesflow.storage.memory import UniqueKey
from salesflow.storage.records import Records
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.money import Money
from salesflow.values.text import matching_key

P = TypeVar("P", Contact, Lead, Organization)

__all__ = [
    "CHAIN",
    "NOW",
    "OWN_KINDS",
    "PROCESS",
    "RECORDS",
    "UNIQUE",
    "SeatsAgreed",
    "SeatsDeal",
    "a_contact",
    "a_known_contact",
    "a_lead",
    "a_long_deal",
    "a_lost_deal",
    "a_sale",
    "added",
    "an_adopted_deal",
    "an_organization",
    "an_own_deal",
    "change",
    "updated",
    "work_on",
]

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PROCESS: StandardProcess[Deal] = StandardProcess()


def _email(contact: Entity) -> str | None:
    known = isinstance(contact, Contact) and contact.email
    return known.matching_key if isinstance(known, EmailAddress) else None


def _registration(organization: Entity) -> str | None:
    known = isinstance(organization, Organization) and organization.registration_id
    return matching_key(known) if isinstance(known, str) else None


UNIQUE = (UniqueKey(Contact, "email", _email), UniqueKey(Organization, "registration_id", _registration))
"""The unique keys of a storage under test: the e-mail address of a contact, and the registration number of an
organization, both in the form in which two are alike."""


@attrs.frozen(kw_only=True)
class SeatsDeal(Deal):
    """A deal with a field of a host's own.

    Attributes:
        seats: for how many people.
        rate: what one of them pays, to the last digit.
    """

    seats: int = 0
    rate: Decimal | None = None


@attrs.frozen(kw_only=True)
class SeatsAgreed(Event[SeatsDeal]):
    """A fact of a host's own.

    Attributes:
        seats: for how many people.
        rate: what one of them pays.
    """

    seats: int
    rate: Decimal

    def apply(self, deal: SeatsDeal, /) -> SeatsDeal:
        """The deal for so many."""
        return deal.changed_by(self, seats=self.seats, rate=self.rate)


OWN_KINDS: tuple[type, ...] = (SeatsDeal, SeatsAgreed)
"""Classes of a host's own, for storages that have to know them beforehand."""

RECORDS = Records()
"""Records that know ``OWN_KINDS``."""
for _own in OWN_KINDS:
    RECORDS.register(_own, name=_own.__name__, schema=1)

CHAIN = AuditChain(secret=b"known to whoever tests a storage", records=RECORDS)
"""The audit chain of a storage under test. It holds no state: storages may share it."""


def a_contact(id: str = "C-1", *, name: str = "Noa Levi", email: str | None = None, **fields: object) -> Contact:
    """A person, not stored yet."""
    address = None if email is None else EmailAddress(email)
    return Contact(id=id, name=name, email=address, **fields)  # type: ignore[arg-type]  # checked by the class


def an_organization(id: str = "O-1", *, name: str = "Acme", **fields: object) -> Organization:
    """A company, not stored yet."""
    return Organization(id=id, name=name, **fields)  # type: ignore[arg-type]  # checked by the class


def a_lead(id: str = "L-1", *, name: str = "Dan Peretz", **fields: object) -> Lead:
    """Someone who may be interested, not stored yet."""
    return Lead(id=id, name=name, **fields)  # type: ignore[arg-type]  # checked by the class


def change(before: Entity | None, *events: object) -> Change[Entity]:
    """The change that these events make of an entity."""
    return Change(before, cast("tuple[Any, ...]", events))


def added(entity: Contact | Lead | Organization, *, at: datetime = NOW) -> ChangeSet:
    """The set that stores somebody, or something, that we did not know yet."""
    if isinstance(entity, Contact):
        return ChangeSet.of(change(None, ContactAdded(at=at, by="noa", contact=entity)))
    if isinstance(entity, Lead):
        return ChangeSet.of(change(None, LeadCaptured(at=at, by="noa", lead=entity)))
    return ChangeSet.of(change(None, OrganizationAdded(at=at, by="noa", organization=entity)))


def updated(entity: P, *, at: datetime = NOW, **fields: object) -> ChangeSet:
    """The set that changes fields of what is stored, in one event for each of them."""
    kinds: dict[type, type] = {Contact: ContactUpdated, Lead: LeadUpdated, Organization: OrganizationUpdated}
    kind = next(event for kind, event in kinds.items() if isinstance(entity, kind))
    return ChangeSet.of(change(entity, *[kind(at=at, by="noa", changes=(one,)) for one in fields.items()]))


def a_sale(id: str = "D-1", *, at: datetime = NOW, amount: Money | None = None, **fields: object) -> Sale[Deal]:
    """A deal that was just opened."""
    return PROCESS.open(Deal(id=id, name="Order desk", amount=amount, **fields), by="noa", at=at)  # type: ignore[arg-type]


def work_on(deal: Deal) -> Sale[Deal]:
    """A unit of work on a deal that is stored, a day after the last one."""
    return PROCESS.work_on(deal, by="dan", at=(deal.changed_at or NOW) + timedelta(days=1))


def a_long_deal(id: str = "D-1") -> Sale[Deal]:
    """A deal that went through every stage and every desk, was won, and was opened again."""
    sale = PROCESS.open(
        id=id,
        name="שולחן הזמנות 🧾",
        organization_id="O-1",
        contact_id="C-1",
        amount=Money("48000.10", "EUR"),
        expected_close=date(2026, 12, 31),
        forecast_category=ForecastCategory.COMMIT,
        probability=Decimal("0.650"),
        by="noa",
        at=NOW,
    )
    sale.update(owner="noa", source="fair")
    sale.qualification.record(need="one place for all orders", budget=Money("50000", "EUR"), can_afford=True)
    sale.advance()
    sale.hold(reason="holidays", until=date(2027, 1, 7))
    sale.resume()
    sale.briefing.add_product("Order desk")
    sale.briefing.add_competitor("Northwind", offer="half of it for half the money")
    sale.briefing.set_pricing("48,000 a year")
    sale.briefing.set_pitch("One place for all orders")
    sale.advance()
    sale.meetings.record("first meeting", summary="They want one place\nand no more paper")
    need = sale.needs.record("one place for all orders")
    sale.go_back(reason="the budget changed")
    sale.advance()
    sale.advance()
    sale.presentation.show(need, how="The desk collects all orders")
    objection = sale.objections.raise_("It costs too much", kind="price")
    sale.advance()
    sale.objections.answer(objection, "It pays back in a year")
    sale.objections.resolve(objection)
    sale.advance()
    sale.committee.add("C-1", "decision maker", may_sign=True)
    sale.terms.propose(price=Money("48000", "EUR"), discount=Decimal("0.050"))
    sale.terms.accept()
    sale.terms.sign("C-1")
    sale.advance()
    sale.reopen(reason="they want more seats")
    return sale


def a_lost_deal(id: str = "D-1") -> Sale[Deal]:
    """A deal that was lost to somebody else."""
    sale = a_sale(id)
    sale.lose(reason="competitor", note="too late 🙁", competitor="Northwind")
    return sale


def an_adopted_deal(id: str = "D-1") -> Sale[Deal]:
    """A deal that was worked elsewhere before."""
    return PROCESS.adopt(
        Deal(id=id, name="Order desk"),
        stage="presentation",
        origin="the old CRM",
        since=NOW - timedelta(days=40, microseconds=1),
        by="noa",
        at=NOW,
    )


def an_own_deal(id: str = "D-1") -> ChangeSet:
    """A deal of a class of the host's own, with a fact of its own."""
    opened = DealOpened(at=NOW, by="noa", deal=SeatsDeal(id=id, name="Order desk"))
    agreed = SeatsAgreed(at=NOW, by="noa", seats=40, rate=Decimal("12.500"))
    return ChangeSet.of(change(None, opened, agreed))


def a_known_contact(id: str = "C-1") -> Contact:
    """A person of whom everything is known."""
    return a_contact(
        id,
        name="נועה Levi 👩🏽‍💻",
        email="Noa@Acme.example",
        given_name="נועה",
        family_name="Levi",
        organization_id="O-1",
        phone=PhoneNumber("+1 202 555 0123"),
        mobile=PhoneNumber("+1 (202) 555-0124"),
        address=PostalAddress(street="דרך העצמאות 1", city="Haifa", postal_code="0310001", country="IL"),
        job_title="buyer",
        language="pt-BR",
        likes=("short calls", "קפה ☕"),
        dislikes=("jargon",),
        owner="dan",
        source="fair",
        notes="one\ntwo\tthree",
        do_not_contact=True,
    )
