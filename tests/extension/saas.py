"""A company that sells seats of a service: what it adds to the library, as a user would write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import attrs

from salesflow import Deal, Desk, Event, Money, Move, Sale, Stage, exit_requirement, requirement
from salesflow.standard import StandardProcess
from salesflow.standard.presentation import Presentation

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class SaaSDeal(Deal):
    """A deal about seats."""

    seats: int = attrs.field(default=0, validator=attrs.validators.ge(0))


class SecurityReview(Stage[SaaSDeal]):
    """The buyer's security team looks at how we keep their data."""

    title = "Security review"
    probability = Decimal("0.65")
    rots_after = timedelta(days=21)

    @exit_requirement("the security questionnaire covers every seat")
    def questionnaire_complete(self, deal: SaaSDeal) -> bool:
        return deal.seats > 0


class ProductTour(Presentation, without=("needs_are_answered",)):
    """Let them try it themselves."""


@requirement("the customer has bought before")
def existing_customer(deal: Deal) -> bool:
    return deal.source == "existing customer"


class SaaSProcess(StandardProcess[SaaSDeal], without=("preparation",)):
    """The standard process as the company works it."""

    security_review = SecurityReview(after="presentation")
    presentation = ProductTour()
    fast_track = Move(source="approach", target="closing", requires=(existing_customer,))


@attrs.frozen(kw_only=True)
class SeatsAgreed(Event[SaaSDeal]):
    """The security team passed this many seats."""

    seats: int

    def apply(self, deal: SaaSDeal, /) -> SaaSDeal:
        return deal.changed_by(self, seats=self.seats)


class SecurityDesk(Desk[SaaSDeal]):
    """Where the security review is worked on."""

    __slots__ = ()

    def pass_(self, *, seats: int) -> SaaSDeal:
        self._check_open("pass the security review")
        self._record(SeatsAgreed(at=self._sale.at, by=self._sale.by, seats=seats))
        return self.deal


def a_draft(**fields: object) -> SaaSDeal:
    known: dict[str, object] = {"id": "D-1", "name": "Order desk for Acme", "amount": Money("48000", "EUR")}
    return SaaSDeal(**{**known, **fields})  # type: ignore[arg-type]  # the tests name the fields


def a_saas_sale(process: SaaSProcess | None = None, **fields: object) -> Sale[SaaSDeal]:
    """A deal about seats that noa has just opened."""
    return (process or SaaSProcess()).open(a_draft(**fields), by="noa", at=NOW)
