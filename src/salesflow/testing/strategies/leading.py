"""Strategies for what is decided about leads: scores, assignments, duplicates, merges and conversions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from salesflow import leads
from salesflow.leads.frameworks import BANT, CHAMP, MEDDPICC, SPIN, NeedAndMeans
from salesflow.leads.lead_process import LeadProcess
from salesflow.outcome import Outcome
from salesflow.people.contact import Contact
from salesflow.people.lead import Lead
from salesflow.standard import StandardProcess
from salesflow.storage.query import eq
from salesflow.testing.builders import NOW
from salesflow.testing.strategies.building import SPECIAL, of_class
from salesflow.testing.strategies.harvesting import held_by
from salesflow.testing.strategies.sales import lead_works
from salesflow.testing.strategies.values import email_addresses, moments

T = TypeVar("T")

__all__ = ["sellers"]

_NAMES = st.sampled_from(["Noa Levi", "Levi, Noa", "Dan Cohen", "N. Levi"])
_STAGES = ("new", "working", "qualified")


def _two_leads() -> SearchStrategy[list[Lead]]:
    lead = st.builds(
        Lead,
        id=st.just("L-0"),
        name=_NAMES,
        email=st.none() | email_addresses(),
        source=st.sampled_from(["fair", "web"]),
    )
    return st.lists(lead, min_size=2, max_size=2)


def _numbered(drawn: list[Lead]) -> list[Lead]:
    return [attrs.evolve(one, id=f"L-{number}") for number, one in enumerate(drawn, start=1)]


# Scores


def _country(lead: Lead) -> str | None:
    return lead.address.country if lead.address else None


_COUNTRY = leads.ScoredField[Lead]("country", read=_country)


def _fields() -> SearchStrategy[leads.ScoredFields[Lead]]:
    source, tags = leads.ScoredField[Lead]("source"), leads.ScoredField[Lead]("tags", several=True)
    chosen = st.sampled_from([[source], [source, _COUNTRY], [source, _COUNTRY, tags]])
    return chosen.map(lambda some: leads.ScoredFields(some, stages=list(_STAGES)))


@st.composite
def _scoring(draw: st.DrawFn) -> leads.PredictiveScoring[Lead]:
    scoring = leads.PredictiveScoring(draw(_fields()))
    past = st.tuples(st.sampled_from(["fair", "web"]), st.sampled_from(_STAGES), st.sampled_from(["won", "lost"]))
    for source, stage, outcome in draw(st.lists(past, min_size=1, max_size=5)):
        scoring = scoring.learn({"source": source, "stage": stage}, Outcome(outcome), team="north")
    return scoring


def _rules() -> SearchStrategy[leads.RuleScoring[Lead]]:
    return st.lists(_rule(), min_size=1, max_size=3, unique_by=lambda rule: rule.name).map(
        lambda rules: leads.RuleScoring(rules, caps={"interest": 30}, cap=100)
    )


def _rule() -> SearchStrategy[leads.ScoringRule[Lead]]:
    where = st.sampled_from([[eq("source", "fair")], [eq("source", "web")]])
    names = st.sampled_from(["came to the fair", "asked on the web", "was recommended"])
    return st.builds(leads.ScoringRule[Lead], names, st.integers(-50, 50), where=where, group=st.just("interest"))


def _scored_by_rules() -> SearchStrategy[leads.RuleScore]:
    return st.builds(lambda scoring, some: scoring.score(some[0], at=NOW), _rules(), _two_leads().map(_numbered))


def _predicted() -> SearchStrategy[leads.Prediction]:
    lead = st.builds(
        Lead, id=st.just("L-1"), name=_NAMES, source=st.sampled_from(["fair", "web"]), team=st.just("north")
    )
    return st.builds(lambda scoring, one: scoring.score(one), _scoring(), lead)


def _calibrations() -> SearchStrategy[leads.Calibration]:
    said = st.tuples(st.sampled_from(["0.1", "0.4", "0.8"]), st.sampled_from([Outcome.WON, Outcome.LOST]))
    return st.lists(said, min_size=1, max_size=8).map(leads.Calibration.of)


def _rankings() -> SearchStrategy[leads.Ranking]:
    one = st.tuples(st.none() | st.sampled_from(["0.2", "0.9"]), st.none() | moments())
    return st.lists(one, min_size=1, max_size=3).map(
        lambda some: leads.rank(
            [leads.Ranked(f"L-{n}", score, last_signal_at=at) for n, (score, at) in enumerate(some)]
        )
    )


# Assignments


def sellers() -> SearchStrategy[leads.Seller]:
    """Sellers who may be given leads."""
    return of_class(leads.Seller)


def _assignments() -> SearchStrategy[leads.AssignmentPlan]:
    team = st.lists(sellers(), min_size=1, max_size=3, unique_by=lambda seller: seller.id)
    ways = st.sampled_from([leads.RoundRobin(), leads.LeastLoaded()])
    return st.builds(leads.assign, _two_leads().map(_numbered), team, ways)


# Duplicates, merges, conversions


def _duplicates() -> SearchStrategy[leads.Duplicates[Lead]]:
    return _same_people().map(lambda some: leads.find_duplicates(some[0], among=some[1:]))


def _same_people() -> SearchStrategy[list[Lead]]:
    """Two leads who are the same person: they have one mailbox."""
    return st.builds(
        lambda names, email: [Lead(id=f"L-{n}", name=name, email=email) for n, name in enumerate(names, start=1)],
        st.lists(_NAMES, min_size=2, max_size=2),
        email_addresses(),
    )


def _grouped(some: list[Lead]) -> tuple[leads.DuplicateGroup[Lead], ...]:
    return leads.DuplicateIndex(some).groups()


def _merges() -> SearchStrategy[object]:
    def preview(names: list[str], job: str) -> object:
        first, second = (
            Contact(id=f"C-{n}", name=name, job_title=job * n, version=1) for n, name in enumerate(names, start=1)
        )
        return leads.preview_merge([first, second])

    return st.builds(preview, st.lists(_NAMES, min_size=2, max_size=2, unique=True), st.sampled_from(["buyer", "head"]))


def _conversions() -> SearchStrategy[leads.ConversionPlan]:
    works = lead_works(LeadProcess, stages=["qualified"])
    ids = leads.ConversionIds(contact="C-1", organization="O-1", deal="D-1")
    return works.map(lambda work: leads.plan_conversion(work.lead, process=StandardProcess(), ids=ids))


def _held(wholes: Callable[[], SearchStrategy[object]], cls: type[T]) -> SearchStrategy[T]:
    return held_by(wholes(), cls)


def _strategies() -> Iterator[tuple[type, Callable[[], SearchStrategy[object]]]]:
    questions = [one for framework in (BANT, CHAMP, MEDDPICC, SPIN, NeedAndMeans) for one in framework.criteria()]
    for wholes, classes in (
        (_scored_by_rules, (leads.RuleScore, leads.GroupPoints)),
        (_predicted, (leads.Prediction,)),
        (_calibrations, (leads.Calibration,)),
        (_rankings, (leads.Ranking, leads.Place)),
        (_assignments, (leads.AssignmentPlan, leads.SellerShare)),
        (_duplicates, (leads.Duplicates, leads.Hit)),
        (_merges, (leads.MergePreview, leads.FieldMerge)),
        (_conversions, (leads.ConversionPlan, leads.PlannedDeal, leads.ConversionPart)),
    ):
        for cls in classes:
            yield cls, partial(_held, wholes, cls)
    yield leads.CarriedField, lambda: held_by(_conversions().map(lambda plan: plan.carried), leads.CarriedField)
    yield leads.QualifyingDesk, lambda: lead_works(LeadProcess).map(lambda work: work.qualifying)
    yield leads.HandOverDesk, lambda: lead_works(LeadProcess).map(lambda work: work.hand_over)
    yield leads.DuplicateIndex, lambda: _same_people().map(leads.DuplicateIndex)
    yield leads.DuplicateGroup, lambda: held_by(_same_people().map(_grouped), leads.DuplicateGroup)
    yield leads.PredictiveScoring, _scoring
    yield leads.ScoredFields, _fields
    yield leads.ScoredField, lambda: st.sampled_from([leads.ScoredField[Lead]("source"), _COUNTRY])
    yield leads.RuleScoring, _rules
    yield leads.ScoringRule, _rule
    yield leads.Criterion, lambda: st.sampled_from(questions)
    yield leads.ByTerritory, lambda: st.just(leads.ByTerritory(_country))
    yield leads.ConversionMapping, lambda: st.just(leads.STANDARD_MAPPING)
    yield leads.LeadProcess, lambda: st.just(LeadProcess())
    yield leads.LeadStage, lambda: st.sampled_from(LeadProcess().stages)


SPECIAL.update(_strategies())
