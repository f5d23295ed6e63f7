"""What happens to the closing terms, as events: each is about the last revision, or adds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from salesflow.deal.approvals import Approval
from salesflow.deal.children import is_a
from salesflow.deal.clauses import TermsStatus
from salesflow.deal.closing_terms.revision import ClosingTerms
from salesflow.errors import UnknownName
from salesflow.event import Event
from salesflow.values.money import Money
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import is_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = [
    "TermsAccepted",
    "TermsApproved",
    "TermsCountered",
    "TermsExpired",
    "TermsProposed",
    "TermsRejected",
    "TermsSigned",
    "TermsWithdrawn",
]


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
        if not deal.terms:
            raise UnknownName("current revision of the terms", self.terms.id - 1, (), where="the deal")
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
