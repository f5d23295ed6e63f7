"""Strategies give valid values of every public type, and hostile ones on request."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
from contextlib import suppress
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import pytest
from extension.saas import SaaSDeal, SaaSProcess, SeatsAgreed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import salesflow
from salesflow import Deal, DealOpened, Lead, Money, SalesflowError, UnknownName, WrongType, fold
from salesflow.leads.lead_process import LeadProcess
from salesflow.measure.rows import DealRow
from salesflow.standard import StandardProcess
from salesflow.storage.registry import OWN
from salesflow.testing import strategies
from salesflow.testing.strategies.catalog import ROOMS, catalog
from salesflow.testing.walking import CannotReach

QUICK = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
ROOMS_WITH_A_DOOR = tuple(
    f"salesflow{room}"
    for room in ("", ".values", ".people", ".standard", ".storage", ".leads", ".measure", ".board", ".testing")
)
WITHOUT = {
    "Desk": "it is derived from",
    "SalesProcess": "it is derived from",
    "UniqueKey": "it is made of a function",
    "MemoryStorage": "it is a place, not a value",
    "Page": "a storage gives it",
    "FrameTables": "the tables of an engine are in it",
    "ProcessMachine": "it is derived from",
    "Observed": "what a run has seen; it is there while tests run",
}
"""Public classes that are not drawn, each with the reason."""


def public_classes() -> list[type]:
    found = {}
    for room in ROOMS_WITH_A_DOOR:
        module = importlib.import_module(room)
        for name in module.__all__:
            value = getattr(module, name)
            is_class = isinstance(value, type) and not issubclass(value, BaseException)
            if is_class and not getattr(value, "_is_protocol", False) and name not in WITHOUT:
                found[name] = value
    return list(found.values())


@pytest.mark.parametrize("cls", public_classes(), ids=lambda cls: cls.__name__)
def test_every_public_type_is_drawn_by_its_type(cls: Any) -> None:
    if issubclass(cls, salesflow.Stage | salesflow.SalesProcess) or issubclass(cls, Enum):
        return
    seen = []

    @QUICK
    @given(st.from_type(cls))
    def draw(value: object) -> None:
        seen.append(value)
        assert isinstance(value, cls)

    draw()
    assert seen


def test_every_record_that_can_be_stored_is_in_the_catalog() -> None:
    known = {cls.__name__ for cls in catalog()}
    elsewhere = ("salesflow.storage.audit", "salesflow.people.contact", "salesflow.people.organization")
    assert {name for name, home in OWN.items() if home not in elsewhere} - known == set()


def rooms_of_records() -> list[str]:
    """Every public module of what is sold and who to, and of the values."""
    return [
        module.name
        for room in ("deal", "people", "values")
        for module in pkgutil.iter_modules(importlib.import_module(f"salesflow.{room}").__path__, f"salesflow.{room}.")
        if not module.name.rpartition(".")[2].startswith("_")
    ]


@pytest.mark.parametrize("room", rooms_of_records())
def test_no_record_of_a_deal_of_people_or_value_is_without_a_strategy(room: str) -> None:
    known = set(catalog())
    module = importlib.import_module(room)
    public = [getattr(module, name) for name in getattr(module, "__all__", ())]
    missing = [cls.__name__ for cls in public if isinstance(cls, type) and attrs.has(cls) and cls not in known]
    assert missing == [], "give its room to ROOMS, or the class to SPECIAL, in strategies/catalog.py"


@pytest.mark.parametrize(
    "room", ["deal.event", "deal.needs", "deal.objections", "deal.closing_terms", "people.merging"]
)
def test_the_records_and_events_of_a_room_are_valid_and_can_be_pickled(room: str) -> None:
    assert room in ROOMS
    module = importlib.import_module(f"salesflow.{room}")
    for name in module.__all__:
        cls = getattr(module, name)
        if isinstance(cls, type) and attrs.has(cls):

            @QUICK
            @given(st.from_type(cls))
            def draw(value: Any) -> None:
                assert pickle.loads(pickle.dumps(value)) == value
                assert attrs.evolve(value) == value

            draw()


@QUICK
@given(st.from_type(Money))
def test_money_has_the_places_of_its_currency(money: Money) -> None:
    assert Money(str(money.amount), money.currency) == money


@QUICK
@given(st.data())
def test_classes_of_your_own_are_registered(data: st.DataObject) -> None:
    strategies.register(SaaSDeal, SeatsAgreed)
    deal = data.draw(st.from_type(SaaSDeal))
    assert isinstance(deal, SaaSDeal)
    sale = SaaSProcess().open(deal, by="noa", at=data.draw(strategies.moments()))
    assert sale.deal.seats == deal.seats
    assert isinstance(data.draw(st.from_type(SeatsAgreed)), SeatsAgreed)


@QUICK
@given(strategies.drafts(amount=st.just(Money("1", "EUR"))))
def test_a_field_can_be_given(deal: Deal) -> None:
    assert deal.amount == Money("1", "EUR")


def test_a_misspelt_field_and_what_is_no_class_are_refused() -> None:
    with pytest.raises(UnknownName, match="amount"):
        strategies.of_class(Deal, amonut=st.none())
    with pytest.raises(WrongType):
        strategies.of_class(int)


def test_sales_come_from_every_stage() -> None:
    stages = set()

    @settings(QUICK, max_examples=120)
    @given(strategies.sales(StandardProcess))
    def draw(sale: Any) -> None:
        stages.add(sale.deal.stage)
        assert sale.deal.version >= len(sale.events)

    draw()
    assert stages == {stage.key for stage in StandardProcess().stages}


@QUICK
@given(strategies.sales(SaaSProcess, stages=["security_review"], deals=strategies.drafts(SaaSDeal)))
def test_sales_are_of_the_users_own_process_and_deals(sale: Any) -> None:
    assert (type(sale.deal), sale.process.key) == (SaaSDeal, SaaSProcess.key)


@QUICK
@given(st.data())
def test_a_stage_that_cannot_be_reached_is_an_error_and_no_gap(data: st.DataObject) -> None:
    with pytest.raises(CannotReach, match="questionnaire_complete"):
        data.draw(strategies.sales(SaaSProcess, stages=["closing"]))


@QUICK
@given(strategies.lead_works(LeadProcess, stages=["qualified"]))
def test_leads_come_from_a_stage_too(work: Any) -> None:
    assert isinstance(work.lead, Lead)
    assert work.lead.stage == "qualified"


@QUICK
@given(strategies.histories(StandardProcess))
def test_a_history_makes_a_deal(events: Any) -> None:
    assert isinstance(events[0], DealOpened)
    deal = fold(events)
    assert deal.version == len(events)


@QUICK
@given(strategies.deal_rows(StandardProcess))
def test_rows_fit_together(row: DealRow) -> None:
    assert all(visit.deal_id == row.id for visit in row.visits)
    assert row.visits[-1].stage == row.stage


@settings(QUICK, max_examples=200)
@given(strategies.hostile_text())
def test_hostile_text_is_refused_or_kept_to_the_letter(text: str) -> None:
    with suppress(SalesflowError):
        assert Deal(id="D-1", name=text).name == text


def test_hostile_text_is_both_refused_and_kept() -> None:
    outcomes = set()

    @settings(QUICK, max_examples=200)
    @given(strategies.hostile_text())
    def draw(text: str) -> None:
        try:
            Deal(id="D-1", name=text)
        except SalesflowError:
            outcomes.add("refused")
        else:
            outcomes.add("kept")

    draw()
    assert outcomes == {"refused", "kept"}


@settings(QUICK, max_examples=150)
@given(strategies.hostile_fields(Deal))
def test_hostile_fields_of_a_deal_are_refused_by_an_error_of_ours(fields: dict[str, Any]) -> None:
    owned = {"process", "process_version", "stage", "outcome", "opened_at", "entered_at", "closed_at", "closed_from"}
    plain = {name: value for name, value in fields.items() if name in PLAIN and name not in owned}
    try:
        deal = Deal(**plain)
    except SalesflowError:
        return
    assert deal.name == plain["name"]


PLAIN = ("id", "name", "owner", "team", "source", "amount", "expected_close", "probability", "organization_id")


def test_what_is_drawn_shrinks_to_what_is_plain() -> None:
    from hypothesis import find

    smallest = find(strategies.amounts(), lambda money: money.amount > Decimal(5), settings=settings(database=None))
    assert smallest.currency == "EUR"
    assert smallest.amount < Decimal(6)
