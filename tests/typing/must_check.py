"""Programs of users that must type-check, under ``mypy --strict`` and under pyright.

Nothing here is run: type checkers read it (``.ci/run`` starts both; ``test_types.py`` starts mypy where it is there).
``assert_type`` says which type must be found; a line without it must simply be accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import assert_type

import attrs

from salesflow import (
    Change,
    ChangeSet,
    Contact,
    Deal,
    Desk,
    DryRun,
    Event,
    Lead,
    MemoryStorage,
    Money,
    Move,
    MoveRefused,
    NextMove,
    ObjectionPlaybook,
    Organization,
    Outcome,
    Policy,
    PreparedAnswer,
    Probability,
    Requirement,
    Sale,
    SalesProcess,
    Stage,
    Unmet,
    entry_requirement,
    exit_requirement,
    fold,
    requirement,
)
from salesflow.leads.conversion import plan_conversion
from salesflow.leads.conversion_mapping import STANDARD_MAPPING, ConversionMapping
from salesflow.leads.conversion_parts import ConversionIds, ConversionPart
from salesflow.leads.conversion_plan import ConversionPlan
from salesflow.leads.framework import Criterion, Framework
from salesflow.leads.frameworks import BANT
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_stage import LeadStage
from salesflow.leads.lead_work import LeadWork
from salesflow.leads.merging import MergePreview, preview_merge
from salesflow.leads.qualifying import QualifyingDesk
from salesflow.leads.unmerging import undo_merge
from salesflow.measure import DealRow, Result, VisitRow, WinRate
from salesflow.people.contact import ContactAdded
from salesflow.people.hand_over import HandOver
from salesflow.standard import StandardProcess
from salesflow.standard.presentation import Presentation
from salesflow.standard.prospecting import Prospecting
from salesflow.storage.query import Query


def work_on_a_deal(at: datetime, storage: MemoryStorage) -> None:
    process = StandardProcess()
    assert_type(process, StandardProcess[Deal])
    sale = process.open(
        id="D-1",
        name="Order desk for Acme",
        organization_id="O-1",
        contact_id="C-1",
        amount=Money("48000", "EUR"),
        by="noa",
        at=at,
    )
    assert_type(sale, Sale[Deal])
    assert_type(sale.deal, Deal)
    assert_type(sale.deal.amount, Money | None)
    assert_type(sale.stage, Stage[Deal])
    assert_type(sale.blockers(), tuple[Unmet, ...])
    assert_type(sale.next_moves(), tuple[NextMove, ...])
    assert_type(sale.next_steps(), tuple[str, ...])
    assert_type(sale.probability, Probability)
    assert_type(sale.dry_run(lambda trial: trial.advance()), DryRun[Deal])
    assert_type(sale.changes, ChangeSet)
    sale.qualification.record(need="one place for all orders", budget=Money("50000", "EUR"))
    objection = sale.objections.raise_("It costs too much", kind="price")
    sale.objections.answer(objection, "It pays back in a year", evidence=["case study 12"])
    sale.objections.answer(objection.id, "It pays back in a year")
    sale.update(name="Order desk", expected_close=date(2026, 12, 24), probability=Decimal("0.4"))
    assert_type(sale.update(owner=None), Deal)
    try:
        assert_type(sale.advance(), Stage[Deal])
    except MoveRefused as refusal:
        assert_type(refusal.unmet, tuple[Unmet, ...])
    sale.move(StandardProcess.pass_over_objections)
    sale.move("pass_over_objections")
    sale.go_back(reason="nothing is prepared", to=StandardProcess.preparation)
    sale.go_back(reason="nothing is prepared", to="preparation")
    sale.lose(reason="price", competitor="The other shop", to=StandardProcess.lost)
    storage.commit(sale.changes | ChangeSet())
    assert_type(storage.get(Deal, "D-1"), Deal)
    again = process.work_on(storage.get(Deal, "D-1"), by="noa", at=at)
    assert_type(again, Sale[Deal])
    assert_type(fold(recorded.event for recorded in storage.history(Deal, "D-1")).version, int)


def plan_ahead(sale: Sale) -> None:
    """A bare ``Sale`` needs no brackets."""
    playbook = ObjectionPlaybook([PreparedAnswer(kind="price", text="It pays for itself", evidence=["case study 12"])])
    for objection in sale.objections.open:
        assert_type(playbook.suggest(objection), tuple[PreparedAnswer, ...])


def count_money() -> None:
    assert_type(Money("48000", "EUR") + Money("0.5", "EUR"), Money)
    assert_type(Money(48000, "EUR") * 2, Money)
    assert_type(Money(48000, "EUR") > Money(1, "EUR"), bool)


# A company extends the process -----------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SaaSDeal(Deal):
    seats: int = 0


class SecurityReview(Stage[SaaSDeal]):
    """The buyer's security team looks at how we keep their data."""

    title = "Security review"
    probability = Decimal("0.65")
    rots_after = timedelta(days=21)

    @exit_requirement("the security questionnaire covers every seat")
    def questionnaire_complete(self, deal: SaaSDeal) -> bool:
        return deal.seats > 0

    @entry_requirement("everybody who decides is known", hint="Fill the buying committee.")
    def committee_is_known(self, deal: SaaSDeal) -> Iterator[str]:
        if not deal.committee:
            yield "decision maker"

    def on_enter(self, sale: Sale[SaaSDeal], /) -> None:
        sale.tasks.add("Send the questionnaire")
        sale.desk(SecurityDesk).pass_(seats=sale.deal.seats)


class ProductTour(Presentation, without=("needs_are_answered",)): ...


class SaaSProspecting(Stage[SaaSDeal]):
    """Not derived from the standard stage."""


class LargeProspecting(Prospecting):
    """Derived from the standard stage; an override keeps its mark."""

    def buyer_can_afford_it(self, deal: Deal) -> bool:
        return super().buyer_can_afford_it(deal) and deal.amount is not None


@requirement("the customer has bought before")
def existing_customer(deal: Deal) -> bool:
    return deal.source == "existing customer"


@requirement("there are seats")
def has_seats(deal: SaaSDeal) -> Iterator[str]:
    if not deal.seats:
        yield "seats"


class SaaSProcess(StandardProcess[SaaSDeal], without=("preparation",)):
    security_review = SecurityReview(after="presentation")
    presentation = ProductTour()
    prospecting = SaaSProspecting()  # a stage of StandardProcess replaced by one that is for SaaSDeal only
    fast_track = Move(source="approach", target="closing", requires=(existing_customer,))
    seats_track = Move(source=("approach", "presentation"), target="closing", requires=(existing_customer, has_seats))


class LargeProcess(StandardProcess):
    prospecting = LargeProspecting()


@attrs.frozen(kw_only=True)
class SeatsAgreed(Event[SaaSDeal]):
    seats: int

    def apply(self, deal: SaaSDeal, /) -> SaaSDeal:
        return deal.changed_by(self, seats=self.seats)


class SecurityDesk(Desk[SaaSDeal]):
    def pass_(self, *, seats: int) -> SaaSDeal:
        self._check_open("pass the security review")
        self._record(SeatsAgreed(at=self._sale.at, by=self._sale.by, seats=seats))
        return self.deal


class ContactDesk(Desk):
    """Works on deals of every class."""

    def name_of_deal(self) -> str:
        return self.deal.name


class OwnersOnly:
    def refusal(self, event: Event[Deal], deal: Deal, /) -> str | None:
        return None if deal.owner in (None, event.by) else f"only {deal.owner} works this deal"


def extend(at: datetime, storage: MemoryStorage) -> None:
    assert_type(has_seats, Requirement[SaaSDeal])
    policy: Policy = OwnersOnly()
    process = SaaSProcess(policy=policy)
    sale = process.open(SaaSDeal(id="D-1", name="Order desk", seats=3), by="noa", at=at)
    assert_type(sale, Sale[SaaSDeal])
    assert_type(sale.deal.seats, int)
    assert_type(sale.stage, Stage[SaaSDeal])
    assert_type(sale.process.deal_type, type[SaaSDeal])
    assert_type(sale.update(attrs.evolve(sale.deal, seats=5)), SaaSDeal)
    assert_type(sale.update(name="Order desk, at last").seats, int)
    assert_type(sale.desk(SecurityDesk), SecurityDesk)
    assert_type(sale.desk(SecurityDesk).pass_(seats=4).seats, int)
    assert_type(sale.record(SeatsAgreed(at=at, by="noa", seats=4)), SaaSDeal)
    sale.objections.raise_("It costs too much")
    assert_type(sale.objections.deal.seats, int)
    sale.move(SaaSProcess.fast_track)
    sale.move(SaaSProcess.seats_track)
    sale.go_back(reason="they have a new director", to=SaaSProcess.security_review)
    sale.go_back(reason="they have a new director", to=SaaSProcess.approach)
    storage.commit(sale.changes)
    assert_type(storage.get(SaaSDeal, "D-1"), SaaSDeal)
    assert_type(storage.get(SaaSDeal, "D-1").seats, int)
    adopted = process.adopt(
        SaaSDeal(id="D-2", name="Old deal", seats=2),
        stage=SaaSProcess.security_review,
        origin="the old CRM",
        since=at,
        by="noa",
        at=at,
    )
    assert_type(adopted.deal, SaaSDeal)
    process.adopt(
        SaaSDeal(id="D-3", name="Old deal"), stage=SaaSProcess.approach, origin="files", since=at, by="noa", at=at
    )
    with_brackets = StandardProcess[SaaSDeal]().open(SaaSDeal(id="D-4", name="Order desk"), by="noa", at=at)
    assert_type(with_brackets.deal.seats, int)


def works_for_every_deal(sale: Sale[Deal]) -> str:
    return sale.deal.name


def hand_over(sale: Sale[SaaSDeal]) -> None:
    works_for_every_deal(sale)  # a sale of a special deal is a sale of a deal


# A process from nothing, and people with fields of their own -----------------------------------------------------------


class Asked(Stage[SaaSDeal]):
    """Somebody asks."""


class Anything(Stage):
    """Bare, without brackets: for every deal."""


class Ordered(Stage[Deal]):
    """They said yes."""

    outcome = Outcome.WON


class Orders(SalesProcess[SaaSDeal]):
    key = "orders"
    version = 2
    asked = Asked()
    anything = Anything()
    ordered = Ordered()
    at_once = Move(source=asked, target=ordered, requires=(has_seats,))


@attrs.frozen(kw_only=True)
class Guest(Contact):
    diet: str | None = None


@attrs.frozen(kw_only=True)
class FairLead(Lead):
    booth: int


@attrs.frozen(kw_only=True)
class School(Organization):
    pupils: int | None = None


@attrs.frozen(kw_only=True)
class PupilsCounted(Event[School]):
    pupils: int

    def apply(self, school: School, /) -> School:
        return school.changed_by(self, pupils=self.pupils)


def know_people(storage: MemoryStorage, at: datetime) -> None:
    assert_type(storage.get(Guest, "C-1").diet, str | None)
    added = Change(None, (ContactAdded(at=at, by="noa", contact=Guest(id="C-1", name="Visitor")),))
    assert_type(added, Change[Contact])
    counted = Change(storage.get(School, "O-1"), (PupilsCounted(at=at, by="noa", pupils=300),))
    assert_type(counted.after, School)
    storage.commit(ChangeSet.of(added, counted, key="request 7"))
    assert_type(storage.get(School, "O-1").pupils, int | None)
    assert_type(FairLead(id="L-1", name="Visitor", booth=4).booth, int)
    assert_type(Orders().open(SaaSDeal(id="D-5", name="Order"), by="noa", at=at).move(Orders.at_once), Stage[SaaSDeal])


class Called(LeadStage[FairLead]):
    """Somebody spoke to them."""

    @exit_requirement("we know where they stood")
    def booth_is_known(self, lead: FairLead) -> bool:
        return lead.booth > 0

    @exit_requirement("the lead is qualified by BANT")
    def is_qualified_by_bant(self, lead: FairLead) -> Iterator[str]:
        yield from BANT.missing(lead)

    def on_enter(self, work: LeadWork[FairLead], /) -> None:
        work.update(notes="Called")


class FairLeads(LeadProcess[FairLead], without=("nurturing", "nurture")):
    key = "fair_leads"
    called = Called(after="new")
    call = Move[FairLead](source="new", target="called")
    start = Move[Lead](source=("new", "called"), target="working", requires=(BANT.requirement(),))


class Ours(BANT, without=("authority",)):
    seats = Criterion("For how many?", kind=Decimal, fulfilled_by=lambda seats: seats >= 10)


class OwnersOnlyOfLeads:
    def refusal(self, event: Event[Lead], lead: Lead) -> str | None:
        return None if lead.owner in (None, event.by) else "ask the owner"


def work_leads(at: datetime, storage: MemoryStorage) -> None:
    standard = LeadProcess(policy=OwnersOnlyOfLeads())
    plain = standard.capture(id="L-1", name="Visitor", owner="noa", by="noa", at=at)
    assert_type(plain, LeadWork[Lead])
    fair = FairLeads()
    work = fair.capture(FairLead(id="L-2", name="Visitor", booth=4), by="noa", at=at)
    assert_type(work, LeadWork[FairLead])
    assert_type(work.move(FairLeads.call), LeadStage[FairLead])
    assert_type(work.lead.booth, int)
    work.qualifying.answer(BANT.budget, Money("5000", "EUR"), evidence=["call"])
    work.qualifying.answer(Ours.seats, Decimal(12))
    framework: type[Framework] = Ours
    work.qualifying.gaps(framework)
    assert_type(work.hand_over.submit(to="gil"), HandOver)
    StandardProcess().open(id="D-1", name="Order", by="noa", at=at).desk(QualifyingDesk).answer(BANT.need, "orders")


def convert_leads(at: datetime, storage: MemoryStorage) -> None:
    ids = ConversionIds(contact="C-1", organization="O-1", deal="D-1")
    plan = plan_conversion(storage.get(Lead, "L-1"), process=StandardProcess(), ids=ids)
    assert_type(plan, ConversionPlan[Deal, Lead])
    assert_type(plan.contact, ConversionPart[Contact] | None)
    mapping = ConversionMapping(
        lead_type=FairLead, contact_type=Guest, contact=dict(STANDARD_MAPPING.contact) | {"notes": "interest"}
    )
    own = plan_conversion(
        storage.get(FairLead, "L-2"),
        process=Orders(),
        contacts=storage.find(Query(Contact)).items,
        lead_process=FairLeads(),
        mapping=mapping,
    )
    assert_type(own, ConversionPlan[SaaSDeal, FairLead])
    own = own.with_deal(SaaSDeal(id="D-2", name="Order")).reuse(storage.get(Contact, "C-1"))
    plan = plan.with_deal(name="Order", amount=Money("5", "EUR")).without_organization()
    storage.commit(own.apply(by="noa", at=at) | plan.apply(by="noa", at=at))


def merge_records(at: datetime, storage: MemoryStorage) -> None:
    pair = [storage.get(Guest, "C-1"), storage.get(Guest, "C-2")]
    preview = preview_merge(
        pair,
        pointing=[storage.get(SaaSDeal, "D-1"), storage.get(Deal, "D-2")],
        deal_processes=[Orders(), StandardProcess()],
        tenant_of=lambda guest: guest.source,
    )
    assert_type(preview, MergePreview[Guest])
    assert_type(preview.after.diet, str | None)
    storage.commit(preview.apply(by="noa", at=at))
    storage.commit(undo_merge(storage.history(Guest, "C-1"), merged=pair[1:], by="noa", at=at))
    leads = preview_merge([storage.get(FairLead, "L-1"), storage.get(FairLead, "L-2")], lead_process=FairLeads())
    assert_type(leads.survivor, FairLead)


def rows_of_your_own(at: datetime) -> Result[Decimal]:
    stay = VisitRow(deal_id="D-1", stage="closing", entered_at=at)
    row = DealRow(id="D-1", products=["desk"], visits=[stay], objections=[], tasks=(), amount=Money(5, "EUR"))
    assert_type(row.visits, tuple[VisitRow, ...])
    return WinRate().of([row])
