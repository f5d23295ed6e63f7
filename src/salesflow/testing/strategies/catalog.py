"""Which classes have a strategy of their own, and which rooms' classes are registered."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from salesflow.changes import Change, ChangeSet
from salesflow.deal.cadence import Cadence, Frequency
from salesflow.deal.deal import Deal
from salesflow.deal.event import StageChanged
from salesflow.deal.payment_terms import DueFrom, PaymentTerms
from salesflow.event import Recorded
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_work import LeadWork
from salesflow.measure.rows import DealRow
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.people.organization import Organization
from salesflow.process.answers import DryRun
from salesflow.process.move import Move
from salesflow.process.requirement import Requirement, requirement
from salesflow.process.stage import Stage
from salesflow.sale import Sale
from salesflow.standard import StandardProcess
from salesflow.storage.query import Query, not_null
from salesflow.testing.histories import Given, Happened, given
from salesflow.testing.strategies import boards, leading, measuring, values  # noqa: F401  # they fill SPECIAL
from salesflow.testing.strategies.building import SPECIAL, of_class
from salesflow.testing.strategies.sales import change_sets, deal_rows, lead_works, sales
from salesflow.testing.strategies.texts import lines
from salesflow.values.contact_details import EmailAddress, PhoneNumber, PostalAddress
from salesflow.values.currencies import Currency
from salesflow.values.hours import Hours
from salesflow.values.moments import Period
from salesflow.values.money import Money
from salesflow.values.working_days import Weekday
from salesflow.worked import STAGE_FIELDS

__all__ = ["ROOMS", "catalog", "drafts", "drafts_of_leads"]

ROOMS = (
    "answer",
    "changes",
    "entity",
    "event",
    "outcome",
    "values",
    "people",
    "process.answers",
    "process.migration",
    "process.reasons",
    "process.requirement",
    "process.definition",
    "deal.approvals",
    "deal.briefing",
    "deal.cadence",
    "deal.clauses",
    "deal.closing_terms",
    "deal.committee",
    "deal.deal",
    "deal.event",
    "deal.follow_up",
    "deal.line_items",
    "deal.meetings",
    "deal.needs",
    "deal.objections",
    "deal.payment_terms",
    "deal.presentation",
    "deal.qualification",
    "deal.signals",
    "deal.tasks",
    "people.hand_over",
    "people.lead",
    "people.lead_moves",
    "people.merging",
    "leads",
    "leads.qualifying",
    "storage",
    "measure",
    "measure.rows",
    "measure.goals",
    "measure.meeting",
    "measure.target",
    "board",
    "testing.problems",
    "testing.process_coverage",
    "values.hours",
    "values.working_days",
    "values.working_time",
)
"""The modules whose public attrs classes can be drawn by their type."""

_DESKS = ("needs", "briefing", "meetings", "presentation", "objections", "signals", "terms", "committee")
_RECORDS = {*_DESKS, "line_items", "follow_up", "tasks", "qualification", "answers", "loss", "hold", "win_reason"}


def drafts(cls: type[Deal] = Deal, **fields: SearchStrategy[object]) -> SearchStrategy[Deal]:
    """Deals that were not opened yet: plain fields only, so that every process takes them.

    Args:
        cls: the class, for fields of your own.
        **fields: strategies for single fields.
    """
    return of_class(cls, **{**_left_out(cls, _RECORDS), **fields})


def drafts_of_leads(cls: type[Lead] = Lead, **fields: SearchStrategy[object]) -> SearchStrategy[Lead]:
    """Leads that were not captured yet, with a name to know them by."""
    owned = {"answers", "disqualification", "conversion", "hand_overs", "merged_into"}
    return of_class(cls, **{**_left_out(cls, owned), "name": lines(), **fields})


def _left_out(cls: type, names: set[str]) -> dict[str, SearchStrategy[object]]:
    """Fields that stay as they are in a draft."""
    owned = names | STAGE_FIELDS
    return {field.name: st.just(field.default) for field in attrs.fields(cls) if field.name in owned}


def _deals() -> SearchStrategy[Deal]:
    return st.one_of(drafts(), sales(StandardProcess).map(lambda sale: sale.deal))


def _leads() -> SearchStrategy[Lead]:
    return st.one_of(drafts_of_leads(), lead_works(LeadProcess).map(lambda work: work.lead))


def _payment_terms() -> SearchStrategy[PaymentTerms]:
    counted = st.sampled_from([DueFrom.INVOICE, DueFrom.END_OF_MONTH, DueFrom.THEN_END_OF_MONTH])
    return st.one_of(st.builds(PaymentTerms.net, st.integers(0, 120), counted), of_class(PaymentTerms))


def _cadences() -> SearchStrategy[Cadence]:
    weekly = st.builds(
        Cadence,
        frequency=st.just(Frequency.WEEKLY),
        anchor=values.days(),
        every=st.integers(1, 4),
        weekdays=st.lists(st.sampled_from(Weekday), max_size=3, unique=True).map(tuple),
        count=st.none() | st.integers(1, 10),
    )
    daily = st.builds(Cadence, frequency=st.just(Frequency.DAILY), anchor=values.days(), every=st.integers(1, 9))
    return st.one_of(weekly, daily)


def _changes() -> SearchStrategy[Change[Deal]]:
    def of(changes: ChangeSet) -> Change[Deal]:
        return changes.changes[0]  # type: ignore[return-value]  # a sale changes its deal

    return change_sets(StandardProcess).filter(len).map(of)


def _requirements() -> SearchStrategy[Requirement]:
    return lines().map(lambda text: requirement(text)(_has_an_owner))


def _has_an_owner(deal: Deal) -> bool:
    return deal.owner is not None


def _queries() -> SearchStrategy[Query[Deal]]:
    where = st.lists(st.sampled_from([not_null("owner"), not_null("amount")]), max_size=1).map(tuple)
    return st.builds(Query[Deal], st.just(Deal), where=where, order=st.sampled_from([(), ("name",), ("-name",)]))


SPECIAL.update(
    {
        Money: values.amounts,
        Currency: values.currencies,
        EmailAddress: values.email_addresses,
        PhoneNumber: values.phone_numbers,
        PostalAddress: values.postal_addresses,
        Period: values.periods,
        Hours: values.hours,
        PaymentTerms: _payment_terms,
        Cadence: _cadences,
        Deal: _deals,
        Lead: _leads,
        Contact: lambda: of_class(Contact, merged_into=st.none()),
        Organization: lambda: of_class(Organization, merged_into=st.none()),
        Sale: lambda: sales(StandardProcess),
        LeadWork: lambda: lead_works(LeadProcess),
        Change: _changes,
        ChangeSet: lambda: change_sets(StandardProcess),
        DealRow: lambda: deal_rows(StandardProcess),
        Recorded: lambda: of_class(Recorded, kind=st.just(Deal), event=of_class(StageChanged)),
        DryRun: lambda: sales(StandardProcess).map(lambda sale: sale.dry_run(lambda trial: trial.advance())),
        Requirement: _requirements,
        Query: _queries,
        Move: lambda: st.builds(lambda title: Move[Deal](source="first", target="second", title=title), lines()),
        Given: lambda: sales(StandardProcess).map(given),
        Happened: lambda: sales(StandardProcess).map(lambda sale: given(sale).when(lambda again: again.advance())),
        Stage: lambda: st.sampled_from(StandardProcess().stages),
        StandardProcess: lambda: st.just(StandardProcess()),
    }
)


_ABSTRACT = frozenset({"Entity", "Event", "Creation", "Worked", "UniqueKey", "Page", "FrameTables"})
"""Classes of which there are only derived ones, which are made of a function, or which a storage or an engine gives."""


def catalog() -> Iterator[type]:
    """The classes that are registered: those with a strategy of their own, and the attrs classes of the rooms."""
    yield from SPECIAL
    for room in ROOMS:
        module = import_module(f"salesflow.{room}")
        for name in module.__all__:
            found = getattr(module, name)
            if isinstance(found, type) and attrs.has(found) and name not in _ABSTRACT and found not in SPECIAL:
                yield found
