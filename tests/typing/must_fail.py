"""Mistakes of users that must be type errors, under ``mypy --strict`` and under pyright.

Nothing here is run. Every line with a mistake ends in ``# type: ignore[...]`` with mypy's code for it. Both checkers are
told to complain about a comment that ignores nothing (``warn_unused_ignores`` of mypy's strict mode, and the directive
below for pyright), so a mistake that is no longer found fails the check, and so does an error on a line without one.
``test_types.py`` also takes the comments away and compares the lines that mypy then complains about.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import attrs

import salesflow.board
import salesflow.leads
import salesflow.measure
import salesflow.testing
from salesflow import (
    Deal,
    Desk,
    Event,
    MemoryStorage,
    Money,
    Move,
    Policy,
    Sale,
    Stage,
    exit_requirement,
    requirement,
)
from salesflow.leads.conversion import plan_conversion
from salesflow.leads.conversion_mapping import ConversionMapping
from salesflow.leads.frameworks import BANT
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_work import LeadWork
from salesflow.leads.merging import preview_merge
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.standard import StandardProcess
from salesflow.standard.prospecting import Prospecting


@attrs.frozen(kw_only=True)
class SaaSDeal(Deal):
    seats: int = 0


class SecurityReview(Stage[SaaSDeal]):
    """The buyer's security team looks at how we keep their data."""


@requirement("there are seats")
def has_seats(deal: SaaSDeal) -> bool:
    return deal.seats > 0


class SaaSProcess(StandardProcess[SaaSDeal]):
    security_review = SecurityReview(after="presentation")
    fast_track = Move(source="approach", target="closing", requires=(has_seats,))


@attrs.frozen(kw_only=True)
class SeatsAgreed(Event[SaaSDeal]):
    seats: int

    def apply(self, deal: SaaSDeal, /) -> SaaSDeal:
        return deal.changed_by(self, seats=self.seats)


class SecurityDesk(Desk[SaaSDeal]):
    def pass_(self, *, seats: int) -> None:
        self._record(SeatsAgreed(at=self._sale.at, by=self._sale.by, seats=seats))


# Names that do not exist ----------------------------------------------------------------------------------------------


def misspell(sale: Sale[SaaSDeal], at: datetime) -> None:
    SaaSProcess.securty_review  # type: ignore[attr-defined]
    SaaSProcess.aproach  # type: ignore[attr-defined]
    sale.move(SaaSProcess.fast_trak)  # type: ignore[attr-defined]
    sale.advanse()  # type: ignore[attr-defined]
    sale.objection  # type: ignore[attr-defined]
    sale.objections.rise("It costs too much")  # type: ignore[attr-defined]
    sale.deal.seets  # type: ignore[attr-defined]
    sale.update(expected_closs=date(2026, 12, 24))  # type: ignore[call-overload]
    StandardProcess().open(id="D-1", name="Order desk", amout=Money(1, "EUR"), by="noa", at=at)  # type: ignore[call-overload]
    SaaSDeal(id="D-1", name="Order desk", seets=3)  # type: ignore[call-arg]


# Fields that only the engine, or a desk, writes -----------------------------------------------------------------------


def go_around(sale: Sale[SaaSDeal], at: datetime) -> None:
    sale.update(stage="closing")  # type: ignore[call-overload]
    sale.update(version=7)  # type: ignore[call-overload]
    sale.update(objections=())  # type: ignore[call-overload]
    StandardProcess().open(id="D-1", name="Order desk", stage="closing", by="noa", at=at)  # type: ignore[call-overload]
    sale.deal = SaaSDeal(id="D-1", name="Order desk")  # type: ignore[misc]
    sale.deal.seats = 5  # type: ignore[misc]
    sale.by = "dan"  # type: ignore[misc]


# Values of the wrong type ---------------------------------------------------------------------------------------------


def give_wrong_values(sale: Sale[SaaSDeal], at: datetime) -> None:
    Money(0.1, "EUR")  # type: ignore[arg-type]
    Money("1", "EUR") + 0.1  # type: ignore[operator]
    Money("1", "EUR") + 1  # type: ignore[operator]
    Money("1", "EUR") * 0.1  # type: ignore[operator]
    assert Money("1", "EUR") < 1  # type: ignore[operator]
    sale.update(amount="48000 EUR")  # type: ignore[call-overload]
    sale.update(probability=0.4)  # type: ignore[call-overload]
    sale.update(seats=5)  # type: ignore[call-overload]  # it goes in as a value: attrs.evolve(sale.deal, seats=5)
    sale.update(name=None)  # type: ignore[call-overload]
    sale.lose(reason=None)  # type: ignore[arg-type]
    sale.lose()  # type: ignore[call-arg]
    sale.go_back(reason="why not", to=3)  # type: ignore[arg-type]
    sale.move(3)  # type: ignore[arg-type]
    sale.objections.raise_(3)  # type: ignore[arg-type]
    sale.objections.raise_("It costs too much", "price")  # type: ignore[call-arg]
    sale.terms.propose(price=Decimal(48000))  # type: ignore[arg-type]
    StandardProcess().open(id="D-1", name="Order desk", by="noa", at="2026-11-02")  # type: ignore[call-overload]
    StandardProcess().open(id="D-1", name="Order desk", at=at)  # type: ignore[call-overload]
    StandardProcess().open(id="D-1", by="noa", at=at)  # type: ignore[call-overload]
    SaaSDeal(id="D-1", name="Order desk", seats="three")  # type: ignore[arg-type]
    Move(source="approach")  # type: ignore[call-arg]


# Requirements that answer neither with a bool nor with texts -----------------------------------------------------------


class Vague(Stage[SaaSDeal]):
    """Its requirements do not say what they are asked."""

    @exit_requirement("a text is no answer")  # type: ignore[type-var]
    def says_something(self, deal: SaaSDeal) -> str:
        return "yes"

    @exit_requirement("nothing is no answer")  # type: ignore[type-var]
    def says_nothing(self, deal: SaaSDeal) -> None:
        return None

    @exit_requirement("a promise is no answer")  # type: ignore[type-var]
    async def answers_later(self, deal: SaaSDeal) -> bool:
        return True


@requirement("a text is no answer")  # type: ignore[arg-type]
def says_something(deal: Deal) -> str:
    return "yes"


class Overridden(Prospecting):
    """An override answers what the original answers."""

    def need_is_known(self, deal: Deal) -> str:  # type: ignore[override]
        return "yes"


# Deals of one class where another is needed ----------------------------------------------------------------------------


def mix_up(plain: Sale[Deal], storage: MemoryStorage, at: datetime) -> None:
    plain.deal.seats  # type: ignore[attr-defined]
    plain.move(SaaSProcess.fast_track)  # type: ignore[arg-type]
    plain.desk(SecurityDesk)  # type: ignore[arg-type]
    plain.record(SeatsAgreed(at=at, by="noa", seats=3))  # type: ignore[arg-type]
    SaaSProcess().open(Deal(id="D-1", name="Order desk"), by="noa", at=at)  # type: ignore[call-overload]
    SaaSProcess().work_on(storage.get(Deal, "D-1"), by="noa", at=at)  # type: ignore[arg-type]
    seats: str = storage.get(SaaSDeal, "D-1").seats  # type: ignore[assignment]
    special: Sale[SaaSDeal] = plain  # type: ignore[assignment]
    print(seats, special)


class NotAStage(StandardProcess[SaaSDeal]):
    presentation = "the demo"  # type: ignore[assignment]


class NotADeal(StandardProcess[int]):  # type: ignore[type-var]
    pass


class NoPolicy:
    def refusal(self, event: Event[Deal]) -> str | None:
        return None


StandardProcess(policy=NoPolicy())  # type: ignore[arg-type]
policy: Policy = NoPolicy()  # type: ignore[assignment]


# Leads ----------------------------------------------------------------------------------------------------------------


def work_a_lead(work: LeadWork[Lead], contact: Contact, at: datetime) -> None:
    LeadProcess().capture(id="L-1", nam="Visitor", by="noa", at=at)  # type: ignore[call-overload]
    work.update(sourse="fair")  # type: ignore[call-overload]
    work.disqualify()  # type: ignore[call-arg]
    work.convert("C-1")  # type: ignore[arg-type]
    work.move(LeadProcess.qualfy)  # type: ignore[attr-defined]
    work.qualifying.answer(BANT.budget, "5000 EUR")  # type: ignore[misc]
    work.qualifying.answer(BANT.buget, "5000 EUR")  # type: ignore[attr-defined]
    work.hand_over.reject()  # type: ignore[call-arg]
    plan_conversion(contact, process=StandardProcess())  # type: ignore[type-var]
    plan_conversion(work.lead, process=StandardProcess()).with_deal(nam="Order")  # type: ignore[call-overload]
    plan_conversion(work.lead, process=StandardProcess()).reuse("C-1")  # type: ignore[call-overload]
    ConversionMapping(contact=["name"])  # type: ignore[list-item]
    preview_merge([contact, contact], survivor=1)  # type: ignore[arg-type]
    LeadProcess().work_on(contact, by="noa", at=at)  # type: ignore[arg-type]


# The doors of rooms, whose names load late ----------------------------------------------------------------------------


def look_for_what_there_is_not() -> None:
    salesflow.leads.LeadProces  # type: ignore[attr-defined]
    salesflow.measure.WinRat  # type: ignore[attr-defined]
    salesflow.board.pipeline_bord  # type: ignore[attr-defined]
    salesflow.testing.sale_att  # type: ignore[attr-defined]
