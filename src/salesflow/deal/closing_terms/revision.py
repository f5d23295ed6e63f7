"""One revision of the closing terms: the price and everything else that both sides agree to, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import attrs

from salesflow.deal import clauses
from salesflow.deal.approvals import Approval, ApprovalRule
from salesflow.deal.children import is_a
from salesflow.deal.clauses import AfterSalesService, AgreementStatus, Delivery, TermsSide, TermsStatus
from salesflow.deal.payment_terms import PaymentTerms
from salesflow.errors import InvalidValue
from salesflow.values.moments import day, is_optional_day
from salesflow.values.money import Money
from salesflow.values.personal import personal

__all__ = ["AGREED", "OPEN", "ClosingTerms", "missing_approvals"]

OPEN: Final = frozenset({TermsStatus.PROPOSED})
"""The statuses of terms that wait for an answer."""

AGREED: Final = frozenset({TermsStatus.ACCEPTED, TermsStatus.SIGNED})
"""The statuses of terms that bind us."""


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
        return self.status in OPEN

    @property
    def missing_approvals(self) -> tuple[str, ...]:
        """The keys of the approvals that were asked for when it was proposed and are not given yet."""
        given = {approval.key for approval in self.approvals}
        return tuple(key for key in self.approvals_needed if key not in given)

    @property
    def is_accepted(self) -> bool:
        """Whether it was accepted, with every approval; signed terms are accepted too."""
        return self.status in AGREED and not self.missing_approvals

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
        if self.status not in AGREED:
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
