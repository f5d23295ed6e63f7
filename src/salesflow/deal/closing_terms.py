"""Closing terms: what both sides agree to, and how they got there.

A deal closes on a price, a discount, payment terms, delivery dates, after-sales services, and whatever else was agreed.
One side proposes them, the other may counter, and each such revision is kept. What they come to is approved where the
process asks for it, accepted while it is valid, and then signed by somebody who has the authority. Or it is rejected,
withdrawn, or its validity runs out.

The price binds us from the moment of acceptance, so approvals are needed before that, and only somebody else than who
recorded the revision can give them. Accepting also makes the net price the amount of the deal; the event says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final, Generic, Literal, Protocol, TypeVar

import attrs

from salesflow.deal import clauses
from salesflow.deal.approvals import Approval, ApprovalRule
from salesflow.deal.children import chosen, is_a
from salesflow.deal.clauses import AfterSalesService, AgreementStatus, Delivery, TermsSide, TermsStatus
from salesflow.deal.committee import signers
from salesflow.deal.desk import D, D_co, Desk, UnitOfWork
from salesflow.deal.payment_terms import PaymentTerms
from salesflow.errors import InvalidValue, NotNow, UnknownName, one_of
from salesflow.event import Event
from salesflow.values.moments import day, is_optional_day
from salesflow.values.money import Money
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import identifier, is_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

T = TypeVar("T")

__all__ = [
    "UNCHANGED",
    "AfterSalesService",
    "AgreementStatus",
    "Approval",
    "ApprovalRule",
    "ClosingTerms",
    "Delivery",
    "TermsAccepted",
    "TermsApproved",
    "TermsCountered",
    "TermsDesk",
    "TermsExpired",
    "TermsProposed",
    "TermsRejected",
    "TermsSide",
    "TermsSigned",
    "TermsStatus",
    "TermsWithdrawn",
    "TermsWork",
    "Unchanged",
    "missing_approvals",
]


_OPEN_TERMS = frozenset({TermsStatus.PROPOSED})
_AGREED = frozenset({TermsStatus.ACCEPTED, TermsStatus.SIGNED})


@attrs.frozen(kw_only=True)
class ClosingTerms:
    """One revision of what both sides agree to.

    Attributes:
        id: the number of the revision, from 1.
        price: before the discount.
        discount: what is taken off, a fraction from 0 to 1.
        payment: when and how it has to be paid.
        deliveries: what is delivered when.
        services: what is done after the delivery.
        valid_until: the last day on which it may be accepted, that day included; ``None`` is without an end. It is
            compared with the day of the sale's moment, in that moment's own time zone.
        starts_on, ends_on: the first and the last day of an agreement that runs for a time, a subscription say.
        conditions: whatever else was agreed, a line each.
        side: whose proposal it is.
        recorded_by: who recorded it.
        proposed_at: when.
        status: how far it has come.
        approvals_needed: the keys of the approvals that the process asked for when it was proposed.
        approvals: those that were given.
        accepted_at: when it was accepted.
        signed_by: who signed it, by the id of the contact.
        signed_at: when.
        ended_at: when it was countered, rejected, withdrawn or expired.
        reason: why it was rejected or withdrawn.

    Raises:
        WrongType: a value is of the wrong kind.
        InvalidValue: a value is out of range, or it ends before it starts.
    """

    id: int = 1
    price: Money = attrs.field(validator=clauses.is_price)
    discount: Decimal = attrs.field(default=Decimal(0), validator=clauses.is_discount)
    payment: PaymentTerms = attrs.field(
        factory=PaymentTerms, validator=is_a(PaymentTerms, way_out="give PaymentTerms.parse('net 30')")
    )
    deliveries: tuple[Delivery, ...] = attrs.field(
        default=(), converter=clauses.deliveries, validator=clauses.tuple_of(Delivery)
    )
    services: tuple[AfterSalesService, ...] = attrs.field(
        default=(), converter=clauses.services, validator=clauses.tuple_of(AfterSalesService)
    )
    valid_until: date | None = attrs.field(default=None, validator=is_optional_day())
    starts_on: date | None = attrs.field(default=None, validator=is_optional_day())
    ends_on: date | None = attrs.field(default=None, validator=is_optional_day())
    conditions: tuple[str, ...] = attrs.field(default=(), converter=clauses.conditions, validator=clauses.tuple_of(str))
    side: TermsSide = TermsSide.US
    recorded_by: str
    proposed_at: datetime
    status: TermsStatus = TermsStatus.PROPOSED
    approvals_needed: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    accepted_at: datetime | None = None
    signed_by: str | None = None
    signed_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = attrs.field(default="", metadata=personal())

    def __attrs_post_init__(self) -> None:
        if self.starts_on is not None and self.ends_on is not None and self.ends_on < self.starts_on:
            raise InvalidValue(
                "an agreement must not end before it starts",
                field="ends_on",
                value=self.ends_on.isoformat(),
                way_out=f"give {self.starts_on.isoformat()} or a later day",
            )

    @property
    def revision(self) -> int:
        """The number of the revision, from 1."""
        return self.id

    @property
    def net_price(self) -> Money:
        """The price less the discount, rounded half up, once."""
        return self.price.times(1 - self.discount)

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.status in _OPEN_TERMS

    @property
    def missing_approvals(self) -> tuple[str, ...]:
        """The keys of the approvals that were asked for when it was proposed and are not given yet."""
        given = {approval.key for approval in self.approvals}
        return tuple(key for key in self.approvals_needed if key not in given)

    @property
    def is_accepted(self) -> bool:
        """Whether it was accepted, with every approval; signed terms are accepted too."""
        return self.status in _AGREED and not self.missing_approvals

    @property
    def is_signed(self) -> bool:
        """Whether it was accepted, with every approval, and signed by somebody with the authority."""
        return self.is_accepted and self.status is TermsStatus.SIGNED

    def is_valid_on(self, on: date) -> bool:
        """Whether it may still be accepted on this day, as far as its validity goes.

        Raises:
            WrongType: it is no plain date.
        """
        day(on, field="on")
        return self.valid_until is None or on <= self.valid_until

    def agreement_on(self, on: date) -> AgreementStatus:
        """Whether the agreement holds on this day: signed, and between its first and its last day.

        Raises:
            WrongType: it is no plain date.
        """
        day(on, field="on")
        if not self.is_signed:
            return AgreementStatus.UNSIGNED
        too_early = self.starts_on is not None and on < self.starts_on
        too_late = self.ends_on is not None and on > self.ends_on
        return AgreementStatus.INACTIVE if too_early or too_late else AgreementStatus.ACTIVE

    def taken_back(self, at: datetime) -> ClosingTerms:
        """The terms as they are when a closed deal is reopened: an agreement holds no longer, the rest stays as it is.

        Args:
            at: when.
        """
        if self.status not in _AGREED:
            return self
        return attrs.evolve(self, status=TermsStatus.WITHDRAWN, ended_at=at, reason="the deal was reopened")


def missing_approvals(terms: ClosingTerms, rules: Iterable[ApprovalRule]) -> tuple[ApprovalRule, ...]:
    """The rules that ask for an approval of these terms which was not given.

    Args:
        terms: a revision.
        rules: those of the process.

    Example:
        ``missing_approvals(deal.current_terms, process.approval_rules)``
    """
    given = {approval.key for approval in terms.approvals}
    return tuple(rule for rule in rules if rule.key not in given and rule.asks_for(terms))


@attrs.frozen(kw_only=True)
class TermsProposed(Event["Deal"]):
    """Terms were proposed.

    Attributes:
        terms: the revision, as it was proposed.
    """

    terms: ClosingTerms = attrs.field(validator=is_a(ClosingTerms))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more revision."""
        return deal.changed_by(self, terms=(*deal.terms, self.terms))


@attrs.frozen(kw_only=True)
class TermsCountered(Event["Deal"]):
    """One side answered a proposal with another.

    Attributes:
        terms: the next revision, as it was proposed.
    """

    terms: ClosingTerms = attrs.field(validator=is_a(ClosingTerms))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more revision; the one before is countered, if it was still open."""
        *earlier, former = deal.terms
        if former.is_open:
            former = attrs.evolve(former, status=TermsStatus.COUNTERED, ended_at=self.at)
        return deal.changed_by(self, terms=(*earlier, former, self.terms))


@attrs.frozen(kw_only=True)
class _TermsChanged(Event["Deal"]):
    revision: int

    def _current(self, deal: Deal) -> ClosingTerms:
        """The revision that the event is about, which is always the last."""
        if not deal.terms or deal.terms[-1].id != self.revision:
            raise UnknownName(
                "current revision of the terms",
                self.revision,
                [terms.id for terms in deal.terms[-1:]],
                where="the deal",
            )
        return deal.terms[-1]

    def _replace(self, deal: Deal, **changes: object) -> tuple[ClosingTerms, ...]:
        changed = attrs.evolve(self._current(deal), **changes)  # type: ignore[arg-type]  # named below
        return (*deal.terms[:-1], changed)


@attrs.frozen(kw_only=True)
class TermsApproved(_TermsChanged):
    """Somebody approved terms that are over a limit.

    Attributes:
        key: the key of the rule that asked for it.
    """

    key: str = attrs.field(validator=is_line(limit=60))
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this approval given."""
        approval = Approval(key=self.key, by=self.by, at=self.at, note=self.note)
        approvals = (*self._current(deal).approvals, approval)
        return deal.changed_by(self, terms=self._replace(deal, approvals=approvals))


@attrs.frozen(kw_only=True)
class TermsAccepted(_TermsChanged):
    """The other side agreed.

    Attributes:
        amount: the net price, which becomes the amount of the deal.
    """

    amount: Money = attrs.field(validator=is_a(Money))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with these terms accepted, and their net price as its amount."""
        terms = self._replace(deal, status=TermsStatus.ACCEPTED, accepted_at=self.at)
        return deal.changed_by(self, terms=terms, amount=self.amount)


@attrs.frozen(kw_only=True)
class TermsSigned(_TermsChanged):
    """Somebody with the authority signed.

    Attributes:
        contact_id: who, by the id of the contact.
    """

    contact_id: str = attrs.field(validator=is_line())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with these terms signed."""
        signed = self._replace(deal, status=TermsStatus.SIGNED, signed_by=self.contact_id, signed_at=self.at)
        return deal.changed_by(self, terms=signed)


@attrs.frozen(kw_only=True)
class TermsRejected(_TermsChanged):
    """The other side said no."""

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with these terms rejected."""
        return deal.changed_by(
            self, terms=self._replace(deal, status=TermsStatus.REJECTED, ended_at=self.at, reason=self.reason)
        )


@attrs.frozen(kw_only=True)
class TermsExpired(_TermsChanged):
    """The terms were not accepted while they were valid."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with these terms expired."""
        return deal.changed_by(self, terms=self._replace(deal, status=TermsStatus.EXPIRED, ended_at=self.at))


@attrs.frozen(kw_only=True)
class TermsWithdrawn(_TermsChanged):
    """The terms were taken back."""

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with these terms withdrawn; an amount that was set by accepting them stays until it is updated."""
        return deal.changed_by(
            self, terms=self._replace(deal, status=TermsStatus.WITHDRAWN, ended_at=self.at, reason=self.reason)
        )


class Unchanged(Enum):
    """Stands for a part of the terms that a counter-proposal leaves as it is."""

    UNCHANGED = "unchanged"

    def __repr__(self) -> str:
        return self.name


UNCHANGED: Final = Unchanged.UNCHANGED
_Kept = Literal[Unchanged.UNCHANGED]


def _kept(value: T | _Kept, former: T) -> T:
    return former if value is UNCHANGED else value


def _agreed_parts(terms: ClosingTerms) -> tuple[object, ...]:
    """What two revisions differ in, if they differ in substance."""
    return (
        terms.price,
        terms.discount,
        terms.payment,
        terms.deliveries,
        terms.services,
        terms.valid_until,
        terms.starts_on,
        terms.ends_on,
        terms.conditions,
    )


class TermsWork(UnitOfWork[D_co], Protocol[D_co]):
    """What the desk of the terms needs of the sale that it stands in."""

    @property
    def approval_rules(self) -> tuple[ApprovalRule, ...]:
        """When terms need somebody's approval, as the process says."""
        ...


class TermsDesk(Desk[D], Generic[D]):
    """Where the closing terms are negotiated: ``sale.terms``."""

    __slots__ = ()

    _sale: TermsWork[D]

    def __init__(self, sale: TermsWork[D], /) -> None:
        super().__init__(sale)

    @property
    def current(self) -> ClosingTerms | None:
        """The latest revision."""
        return self.deal.terms[-1] if self.deal.terms else None

    @property
    def revisions(self) -> tuple[ClosingTerms, ...]:
        """All revisions, the first one first."""
        return self.deal.terms

    @property
    def missing_approvals(self) -> tuple[str, ...]:
        """The keys of the approvals that the latest revision still lacks: those that the process asks for now, and those
        that it asked for when it was proposed."""
        terms = self.current
        if terms is None:
            return ()
        asked = [rule.key for rule in missing_approvals(terms, self._sale.approval_rules)]
        return tuple(dict.fromkeys((*asked, *terms.missing_approvals)))

    def propose(
        self,
        price: Money,
        *,
        discount: Decimal = Decimal(0),
        payment: PaymentTerms | None = None,
        deliveries: Iterable[Delivery] = (),
        services: Iterable[AfterSalesService] = (),
        valid_until: date | None = None,
        starts_on: date | None = None,
        ends_on: date | None = None,
        conditions: Iterable[str] = (),
        side: TermsSide | str = TermsSide.US,
    ) -> ClosingTerms:
        """Propose terms, where none are being negotiated.

        Args:
            price: before the discount.
            discount: what is taken off, a fraction from 0 to 1.
            payment: when and how it has to be paid; due on receipt unless given.
            deliveries: what is delivered when.
            services: what is done after the delivery.
            valid_until: the last day on which it may be accepted.
            starts_on: the first day of an agreement that runs for a time.
            ends_on: the last day of it.
            conditions: whatever else is agreed, a line each.
            side: whose proposal it is.

        Returns:
            The revision, with its number.

        Raises:
            NotNow: terms are open or agreed, or the deal is closed.
            WrongType: a value is of the wrong kind.
            InvalidValue: a value is out of range, or the validity has run out already.

        Example:
            ``sale.terms.propose(Money("48000", "EUR"), discount=Decimal("0.05"), payment=PaymentTerms.net(30))``
        """
        self._check_open("propose terms")
        current = self.current
        if current is not None and current.status in _OPEN_TERMS | _AGREED:
            raise self._not_now(
                "propose terms",
                f"revision {current.id} is {current.status}",
                "counter it" if current.is_open else "withdraw it first",
            )
        terms = ClosingTerms(
            id=len(self.deal.terms) + 1,
            price=price,
            discount=discount,
            payment=PaymentTerms() if payment is None else payment,
            deliveries=deliveries,
            services=services,
            valid_until=valid_until,
            starts_on=starts_on,
            ends_on=ends_on,
            conditions=conditions,
            side=chosen(TermsSide, side, kind="side"),
            recorded_by=self._sale.by,
            proposed_at=self._sale.at,
        )
        self._record(TermsProposed(at=self._sale.at, by=self._sale.by, terms=self._as_asked_for(terms)))
        return self.deal.terms[-1]

    def counter(
        self,
        *,
        side: TermsSide | str = TermsSide.CUSTOMER,
        price: Money | _Kept = UNCHANGED,
        discount: Decimal | _Kept = UNCHANGED,
        payment: PaymentTerms | _Kept = UNCHANGED,
        deliveries: Iterable[Delivery] | _Kept = UNCHANGED,
        services: Iterable[AfterSalesService] | _Kept = UNCHANGED,
        valid_until: date | _Kept | None = UNCHANGED,
        starts_on: date | _Kept | None = UNCHANGED,
        ends_on: date | _Kept | None = UNCHANGED,
        conditions: Iterable[str] | _Kept = UNCHANGED,
    ) -> ClosingTerms:
        """Answer the latest revision with another, which differs from it in what is given.

        The former revision is kept, as countered; one that was rejected, withdrawn or expired stays that. Approvals are
        not carried over: what was approved was the former revision.

        Args:
            side: whose counter-proposal it is.
            price: as for ``propose``, and so the others; left out, it stays as it was.
            discount: a fraction from 0 to 1.
            payment: when and how it has to be paid.
            deliveries: what is delivered when.
            services: what is done after the delivery.
            valid_until: the last day on which it may be accepted.
            starts_on: the first day of an agreement that runs for a time.
            ends_on: the last day of it.
            conditions: whatever else is agreed, a line each.

        Returns:
            The next revision.

        Raises:
            NotNow: there are no terms to counter, or they are agreed, or the deal is closed.
            InvalidValue: it changes nothing, a value is out of range, or the validity has run out already.

        Example:
            ``sale.terms.counter(discount=Decimal("0.1"))``
        """
        current = self._needed("counter the terms")
        if current.status in _AGREED:
            raise self._not_now("counter the terms", f"they are {current.status}", "withdraw them first")
        terms = ClosingTerms(
            id=current.id + 1,
            price=_kept(price, current.price),
            discount=_kept(discount, current.discount),
            payment=_kept(payment, current.payment),
            deliveries=_kept(deliveries, current.deliveries),
            services=_kept(services, current.services),
            valid_until=_kept(valid_until, current.valid_until),
            starts_on=_kept(starts_on, current.starts_on),
            ends_on=_kept(ends_on, current.ends_on),
            conditions=_kept(conditions, current.conditions),
            side=chosen(TermsSide, side, kind="side"),
            recorded_by=self._sale.by,
            proposed_at=self._sale.at,
        )
        if _agreed_parts(terms) == _agreed_parts(current):
            raise InvalidValue(
                "a counter-proposal changes something",
                field="terms",
                way_out="give what is different; accept them if nothing is",
            )
        self._record(TermsCountered(at=self._sale.at, by=self._sale.by, terms=self._as_asked_for(terms)))
        return self.deal.terms[-1]

    def approve(self, key: str, *, note: str = "") -> ClosingTerms:
        """Approve that the latest revision is over a limit.

        Args:
            key: the key of the rule that asks for it.
            note: what is said with it.

        Raises:
            NotNow: the terms are not open, need no such approval, have it, or were recorded by the same actor; or the
                deal is closed.
            UnknownName: no rule has this key.
        """
        doing = "approve the terms"
        terms = self._answerable(doing)
        known = dict.fromkeys((*(rule.key for rule in self._sale.approval_rules), *terms.approvals_needed))
        if key not in known:
            raise UnknownName("approval", key, known, where="the process")
        if key not in self.missing_approvals:
            given = any(approval.key == key for approval in terms.approvals)
            because = "was given" if given else "is not asked for"
            raise self._not_now(doing, f"the approval {key!r} of revision {terms.id} {because}", "leave it at that")
        if self._sale.by == terms.recorded_by:
            raise self._not_now(
                doing,
                f"an approval takes four eyes, and {terms.recorded_by} recorded revision {terms.id}",
                "let somebody else approve it",
            )
        self._record(TermsApproved(at=self._sale.at, by=self._sale.by, revision=terms.id, key=key, note=note))
        return self.deal.terms[-1]

    def accept(self) -> ClosingTerms:
        """Record that the other side agreed. The net price becomes the amount of the deal.

        Raises:
            NotNow: the terms are not open, their validity has run out, or approvals are missing; or the deal is closed.
        """
        doing = "accept the terms"
        terms = self._answerable(doing)
        if not terms.is_valid_on(self._today):
            raise self._not_now(
                doing, f"revision {terms.id} was valid until {terms.valid_until}", "counter it with a later valid_until"
            )
        if self.missing_approvals:
            raise self._not_now(
                doing,
                f"revision {terms.id} lacks the approval {_all_of(self.missing_approvals)}",
                "let somebody other than who recorded it approve it first",
            )
        self._record(TermsAccepted(at=self._sale.at, by=self._sale.by, revision=terms.id, amount=terms.net_price))
        return self.deal.terms[-1]

    def sign(self, contact_id: str) -> ClosingTerms:
        """Record that a contact with the authority signed the accepted terms.

        Args:
            contact_id: who; a member of the committee who may sign.

        Raises:
            NotNow: the terms are not accepted, or this contact may not sign; or the deal is closed.
        """
        doing = "sign the terms"
        signer = identifier(contact_id, field="contact_id")
        terms = self._needed(doing)
        if terms.status is not TermsStatus.ACCEPTED:
            raise self._not_now(
                doing,
                f"revision {terms.id} is {terms.status}",
                "accept it first" if terms.is_open else "counter or propose other terms",
            )
        allowed = [member.contact_id for member in signers(self.deal.committee)]
        if signer not in allowed:
            raise self._not_now(
                doing,
                f"contact {signer} is not known to have the authority to sign",
                f"let {one_of(allowed)} sign" if allowed else "add who may sign to the committee, with may_sign=True",
            )
        self._record(TermsSigned(at=self._sale.at, by=self._sale.by, revision=terms.id, contact_id=signer))
        return self.deal.terms[-1]

    def reject(self, reason: str) -> ClosingTerms:
        """Record that the other side said no.

        Args:
            reason: why, a line of up to 1000 characters.

        Raises:
            NotNow: the terms are not open, or the deal is closed.
        """
        terms = self._answerable("reject the terms")
        self._record(TermsRejected(at=self._sale.at, by=self._sale.by, revision=terms.id, reason=reason))
        return self.deal.terms[-1]

    def expire(self) -> ClosingTerms:
        """Record that the validity of the latest revision has run out.

        Raises:
            NotNow: the terms are not open, or still valid; or the deal is closed.
        """
        doing = "let the terms expire"
        terms = self._answerable(doing)
        if terms.is_valid_on(self._today):
            until = "without an end" if terms.valid_until is None else f"until {terms.valid_until}, that day included"
            raise self._not_now(doing, f"revision {terms.id} is valid {until}", "withdraw it")
        self._record(TermsExpired(at=self._sale.at, by=self._sale.by, revision=terms.id))
        return self.deal.terms[-1]

    def withdraw(self, reason: str) -> ClosingTerms:
        """Take the latest revision back, whether it is open, accepted or signed.

        Args:
            reason: why, a line of up to 1000 characters.

        Raises:
            NotNow: it has ended already, or the deal is closed.
        """
        doing = "withdraw the terms"
        terms = self._needed(doing)
        if terms.status not in _OPEN_TERMS | _AGREED:
            raise self._not_now(doing, f"revision {terms.id} is {terms.status}", "propose others if you like")
        self._record(TermsWithdrawn(at=self._sale.at, by=self._sale.by, revision=terms.id, reason=reason))
        return self.deal.terms[-1]

    @property
    def _today(self) -> date:
        return self._sale.at.date()

    def _as_asked_for(self, terms: ClosingTerms) -> ClosingTerms:
        """A new revision with the approvals that the process asks for."""
        if not terms.is_valid_on(self._today):
            raise InvalidValue(
                "terms must be valid on the day on which they are proposed",
                field="valid_until",
                value=f"{terms.valid_until}",
                way_out=f"give {self._today} or a later day, or None",
            )
        needed = tuple(rule.key for rule in missing_approvals(terms, self._sale.approval_rules))
        return attrs.evolve(terms, approvals_needed=needed)

    def _needed(self, doing: str) -> ClosingTerms:
        self._check_open(doing)
        if self.current is None:
            raise self._not_now(doing, "none were proposed", "propose terms first")
        return self.current

    def _answerable(self, doing: str) -> ClosingTerms:
        terms = self._needed(doing)
        if not terms.is_open:
            agreed = terms.status in _AGREED
            raise self._not_now(
                doing,
                f"revision {terms.id} is {terms.status}",
                "withdraw it first" if agreed else "counter it or propose other terms",
            )
        return terms

    def _not_now(self, doing: str, because: str, way_out: str) -> NotNow:
        return NotNow(id=self.deal.id, tried=doing, because=because, way_out=way_out)


def _all_of(keys: Iterable[str]) -> str:
    return " and ".join(repr(key) for key in keys)
