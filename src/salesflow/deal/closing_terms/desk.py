"""The desk of the closing terms: what may be done with the last revision now, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol

import attrs

from salesflow.deal.approvals import ApprovalRule
from salesflow.deal.children import chosen
from salesflow.deal.clauses import AfterSalesService, Delivery, TermsSide, TermsStatus
from salesflow.deal.closing_terms.countering import UNCHANGED, Kept, agreed_parts, kept
from salesflow.deal.closing_terms.events import (
    TermsAccepted,
    TermsApproved,
    TermsCountered,
    TermsExpired,
    TermsProposed,
    TermsRejected,
    TermsSigned,
    TermsWithdrawn,
)
from salesflow.deal.closing_terms.revision import AGREED, OPEN, ClosingTerms, missing_approvals
from salesflow.deal.committee import signers
from salesflow.deal.desk import D, D_co, Desk, UnitOfWork
from salesflow.deal.payment_terms import PaymentTerms
from salesflow.errors import InvalidValue, NotNow, UnknownName, one_of
from salesflow.values.money import Money
from salesflow.values.text import identifier

__all__ = ["TermsDesk", "TermsWork"]


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
        if current is not None and current.status in OPEN | AGREED:
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
        price: Money | Kept = UNCHANGED,
        discount: Decimal | Kept = UNCHANGED,
        payment: PaymentTerms | Kept = UNCHANGED,
        deliveries: Iterable[Delivery] | Kept = UNCHANGED,
        services: Iterable[AfterSalesService] | Kept = UNCHANGED,
        valid_until: date | Kept | None = UNCHANGED,
        starts_on: date | Kept | None = UNCHANGED,
        ends_on: date | Kept | None = UNCHANGED,
        conditions: Iterable[str] | Kept = UNCHANGED,
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
        if current.status in AGREED:
            raise self._not_now("counter the terms", f"they are {current.status}", "withdraw them first")
        terms = ClosingTerms(
            id=current.id + 1,
            price=kept(price, current.price),
            discount=kept(discount, current.discount),
            payment=kept(payment, current.payment),
            deliveries=kept(deliveries, current.deliveries),
            services=kept(services, current.services),
            valid_until=kept(valid_until, current.valid_until),
            starts_on=kept(starts_on, current.starts_on),
            ends_on=kept(ends_on, current.ends_on),
            conditions=kept(conditions, current.conditions),
            side=chosen(TermsSide, side, kind="side"),
            recorded_by=self._sale.by,
            proposed_at=self._sale.at,
        )
        if agreed_parts(terms) == agreed_parts(current):
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
        if terms.status not in OPEN | AGREED:
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
            agreed = terms.status in AGREED
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
