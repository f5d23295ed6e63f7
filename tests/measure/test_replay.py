"""Rows from a journal: every deal as it was at any moment."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walks import NOW, sale_in, settle, walk

from salesflow import (
    Deal,
    InvalidValue,
    MemoryStorage,
    Migration,
    Money,
    Outcome,
    SalesProcess,
    Stage,
    UnknownName,
    fold,
)
from salesflow.measure import DealRow, RefusedRow, Replay, entries_of, replayed
from salesflow.standard import StandardProcess

PROCESS = StandardProcess()
DAY = timedelta(days=1)


@pytest.fixture
def storage():
    return MemoryStorage()


def commit(storage, sale):
    storage.commit(sale.changes)
    return sale.deal


def later(deal, days):
    return PROCESS.work_on(deal, by="noa", at=NOW + days * DAY)


def row_of(storage, **asked) -> DealRow:
    (row,) = replayed(storage, **asked)
    return row


def test_a_deal_that_walked_has_a_visit_for_every_stage(storage):
    deal = commit(storage, sale_in("presentation"))
    row = row_of(storage, process=PROCESS)
    assert (row.id, row.stage, row.outcome, row.amount) == ("D-1", "presentation", Outcome.OPEN, deal.amount)
    assert [visit.stage for visit in row.visits] == ["prospecting", "preparation", "approach", "presentation"]
    assert [visit.next_stage for visit in row.visits] == ["preparation", "approach", "presentation", None]
    assert (row.visits[0].move, row.visits[-1].left_at) == ("advance", None)
    assert row.probability == PROCESS.presentation.probability
    assert row.engaged_at == NOW


def test_amount_expected_close_category_and_owner_are_as_they_were(storage):
    deal = commit(storage, sale_in("approach", owner="noa", expected_close=date(2026, 12, 1)))
    sale = later(deal, 10)
    sale.update(amount=Money("60000", "EUR"), owner="dan", expected_close=date(2027, 1, 15), forecast_category="commit")
    commit(storage, sale)
    before, after = row_of(storage, as_of=NOW + 9 * DAY), row_of(storage, as_of=NOW + 10 * DAY)
    assert (before.amount, before.owner, before.expected_close) == (Money("48000", "EUR"), "noa", date(2026, 12, 1))
    assert (after.amount, after.owner, after.expected_close) == (Money("60000", "EUR"), "dan", date(2027, 1, 15))
    assert (before.forecast_category, after.forecast_category) == (None, "commit")
    assert (before.pushes, after.pushes, after.first_expected_close) == (0, 1, date(2026, 12, 1))


def lost(storage, days=5):
    sale = later(commit(storage, sale_in("approach")), days)
    sale.lose(reason="price", competitor="Globex")
    return commit(storage, sale)


def test_what_happened_at_the_moment_has_happened_as_of_it_and_not_before_it(storage):
    lost(storage, 5)
    assert row_of(storage, as_of=NOW + 5 * DAY).outcome is Outcome.LOST
    assert row_of(storage, before=NOW + 5 * DAY).outcome is Outcome.OPEN
    with pytest.raises(InvalidValue, match="give as_of or before"):
        row_of(storage, as_of=NOW, before=NOW)


def test_a_lost_deal_says_from_where_and_why(storage):
    lost(storage)
    row = row_of(storage)
    assert (row.loss_reason, row.competitor, row.closed_from) == ("price", "Globex", "approach")
    assert (row.closed_at, row.probability) == (NOW + 5 * DAY, Decimal(0))
    assert row.visits[-2].next_outcome is Outcome.LOST
    assert row.visits[-1].outcome is Outcome.LOST


def test_a_deal_that_was_reopened_is_open_and_has_been_lost(storage):
    sale = later(lost(storage), 7)
    sale.reopen(reason="they called")
    commit(storage, sale)
    row = row_of(storage)
    assert (row.outcome, row.closed_at, row.loss_reason) == (Outcome.OPEN, None, None)
    assert [visit.stage for visit in row.visits[-3:]] == ["approach", "lost", "approach"]
    assert row.visits[-1].nth == 2


def test_a_return_to_a_stage_is_a_visit_of_its_own(storage):
    sale = later(commit(storage, sale_in("presentation")), 3)
    sale.go_back(to="approach", reason="another buyer")
    commit(storage, sale)
    assert [(visit.stage, visit.nth) for visit in row_of(storage).visits][-2:] == [("presentation", 1), ("approach", 2)]


def test_deals_that_began_later_are_not_there_yet(storage):
    commit(storage, sale_in("approach"))
    assert list(replayed(storage, as_of=NOW - DAY)) == []


def test_an_adopted_deal_entered_its_stage_where_it_came_from(storage):
    sale = PROCESS.adopt(
        id="D-1", name="Order desk", stage="closing", origin="the old CRM", since=NOW - 9 * DAY, by="noa", at=NOW
    )
    commit(storage, sale)
    row = row_of(storage)
    assert [(visit.stage, visit.entered_at) for visit in row.visits] == [("closing", NOW - 9 * DAY)]


def test_when_an_adopted_deal_was_engaged_is_not_known(storage):
    adopted = PROCESS.adopt(id="D-1", name="Desk", stage="approach", origin="CRM", since=NOW, by="noa", at=NOW)
    commit(storage, adopted)
    sale = later(adopted.deal, 1)
    sale.go_back(reason="too early")
    commit(storage, sale)
    assert row_of(storage).engaged_at is None


def test_a_deal_that_was_lost_in_its_first_stage_was_never_engaged(storage):
    sale = sale_in("prospecting")
    sale.lose(reason="price")
    commit(storage, sale)
    assert row_of(storage).engaged_at is None


def test_a_first_expected_close_is_no_push(storage):
    sale = later(commit(storage, sale_in("approach")), 1)
    sale.update(expected_close=date(2027, 1, 1))
    sale.update(expected_close=date(2026, 12, 1))
    commit(storage, sale)
    row = row_of(storage)
    assert (row.first_expected_close, row.expected_close, row.pushes) == (date(2027, 1, 1), date(2026, 12, 1), 0)


def test_objections_and_tasks_come_with_the_deal(storage):
    sale = sale_in("approach")
    objection = sale.objections.raise_("It costs too much", kind="price")
    sale.objections.answer(objection, "It pays back")
    sale.tasks.add("call", due_at=NOW + DAY, owner="dan", kind="call")
    commit(storage, sale)
    row = row_of(storage)
    assert [(one.kind, one.status, one.answers) for one in row.objections] == [("price", "answered", 1)]
    assert [(one.owner, one.kind, one.stage, one.due_at) for one in row.tasks] == [
        ("dan", "call", "approach", NOW + DAY)
    ]
    assert row.has_next_step is True


def test_nothing_planned_is_known_to_be_nothing(storage):
    commit(storage, sale_in("prospecting"))
    assert row_of(storage).has_next_step is False


def test_deals_of_any_process_are_rows_and_a_process_speaks_for_its_own(storage):
    class Two(SalesProcess[Deal]):
        key = "two"

        first = type("First", (Stage,), {"probability": Decimal("0.9")})()
        won = type("Won", (Stage,), {"outcome": Outcome.WON})()
        lost = type("Lost", (Stage,), {"outcome": Outcome.LOST})()

    commit(storage, sale_in("approach"))
    commit(storage, Two().open(id="D-2", name="other", by="noa", at=NOW))
    chances = {row.id: row.probability for row in replayed(storage, process=PROCESS)}
    assert chances == {"D-1": PROCESS.approach.probability, "D-2": None}


def test_columns_of_your_own_come_from_fields_of_the_same_name_or_from_facts(storage):
    @attrs.frozen(kw_only=True)
    class Row(DealRow):
        contact_id: str | None = None
        region: str | None = None

    commit(storage, sale_in("approach", contact_id="C-1"))
    (row,) = replayed(storage, row=Row, facts=lambda deal: {"region": "West"})
    assert (row.contact_id, row.region) == ("C-1", "West")
    with pytest.raises(UnknownName, match="did you mean 'region'"):
        list(replayed(storage, row=Row, facts=lambda deal: {"regoin": "West"}))


def test_a_deal_that_makes_no_right_row_is_refused_and_the_others_are_there(storage):
    commit(storage, sale_in("approach"))
    commit(storage, sale_in("approach", id="D-2"))
    refused: list[RefusedRow] = []
    facts = lambda deal: {"pushes": -1 if deal.id == "D-1" else 0}  # noqa: E731
    assert [row.id for row in replayed(storage, facts=facts, refused=refused)] == ["D-2"]
    assert [(one.number, one.id) for one in refused] == [(1, "D-1")]
    with pytest.raises(InvalidValue, match="pushes of deal 'D-1'"):
        list(replayed(storage, facts=facts))


def test_recorded_events_of_a_history_will_do(storage):
    commit(storage, sale_in("approach"))
    assert [row.stage for row in replayed(storage.history(Deal, "D-1"))] == ["approach"]


def test_a_journal_is_read_on_and_what_was_read_before_changes_nothing(storage):
    deal = commit(storage, sale_in("approach"))
    reading = Replay()
    reading.read(storage.journal())
    sale = later(deal, 1)
    sale.update(owner="dan")
    commit(storage, sale)
    reading.read(storage.journal())
    reading.read(storage.journal(after=3))
    assert [row.owner for row in reading.rows()] == ["dan"]
    assert list(reading.rows()) == list(replayed(storage))


def test_a_journal_longer_than_a_page_is_read_to_its_end(storage):
    deal = commit(storage, sale_in("approach"))
    for number in range(1, 12):
        sale = later(deal, number)
        sale.update(owner=f"seller {number}")
        deal = commit(storage, sale)
    assert len(list(entries_of(storage, page=4))) == deal.version
    assert [entry.position for entry in entries_of(storage, after=3, page=4)][:2] == [4, 5]
    assert row_of(storage).owner == "seller 11"


def test_a_storage_is_read_on_from_where_it_was_left(storage):
    deal = commit(storage, sale_in("approach"))
    reading = Replay()
    reading.read(storage)
    before = reading.position
    sale = later(deal, 1)
    sale.update(owner="dan")
    commit(storage, sale)
    reading.read(storage)
    assert (before, reading.position) == (deal.version, deal.version + 1)
    assert [row.owner for row in reading.rows()] == ["dan"]


def test_an_event_that_is_missing_is_an_error(storage):
    commit(storage, sale_in("approach"))
    entries = list(storage.journal())
    del entries[2]
    with pytest.raises(InvalidValue, match="an event is missing"):
        list(replayed(entries))


def test_leads_and_contacts_in_the_journal_are_passed_over(storage):
    from salesflow import Contact

    commit(storage, sale_in("approach"))
    entries = [attrs.evolve(entry.recorded, kind=Contact) for entry in storage.journal()]
    assert list(replayed(entries)) == []


def test_time_runs_on_in_a_stage_that_was_given_another_name(storage):
    class Renamed(StandardProcess[Deal], without=("preparation",)):
        key = "renamed"
        migrations = (Migration(process="standard", version=1, stages={"preparation": "prospecting"}),)

    deal = commit(storage, sale_in("preparation"))
    sale = Renamed().work_on(deal, by="noa", at=NOW + 3 * DAY)
    sale.advance()
    commit(storage, sale)
    assert [(visit.stage, visit.nth, visit.left_at) for visit in row_of(storage).visits] == [
        ("prospecting", 1, NOW),
        ("prospecting", 2, NOW + 3 * DAY),
        ("approach", 1, None),
    ]


def test_a_stay_under_another_name_is_no_stay_under_the_old_one(storage):
    class Shifted(StandardProcess[Deal]):
        key = "shifted"
        migrations = (Migration(process="standard", version=1, stages={"preparation": "prospecting"}),)

    deal = commit(storage, sale_in("preparation"))
    sale = Shifted().work_on(deal, by="noa", at=NOW + DAY)
    sale.advance()
    commit(storage, sale)
    assert [(visit.stage, visit.nth) for visit in row_of(storage).visits] == [
        ("prospecting", 1),
        ("prospecting", 2),
        ("preparation", 1),
    ]


changes = st.fixed_dictionaries(
    {},
    optional={
        "amount": st.integers(1, 10**6).map(lambda units: Money.from_minor(units, "EUR")),
        "owner": st.sampled_from(["noa", "dan"]),
        "expected_close": st.dates(date(2026, 11, 1), date(2027, 12, 31)),
        "forecast_category": st.sampled_from(["commit", "best case"]),
    },
)


@given(st.lists(st.tuples(st.integers(0, 5), changes), max_size=8), st.integers(-1, 45))
def test_a_row_of_any_moment_is_what_the_fold_of_the_events_until_then_says(steps, cut):
    storage, day = MemoryStorage(), 0
    deal = commit(storage, sale_in("approach"))
    for days, fields in steps:
        day += days
        sale = later(deal, day)
        if fields:
            sale.update(**fields)
        else:
            sale.go_back(reason="again") if sale.deal.stage == "approach" else sale.advance()
        deal = commit(storage, sale)
    at = NOW + cut * DAY
    rows = list(replayed(storage, as_of=at))
    events = [recorded.event for recorded in storage.history(Deal, "D-1") if recorded.event.at <= at]
    if not events:
        assert rows == []
        return
    (row,), then = rows, fold(events)
    for name in ("amount", "owner", "expected_close", "forecast_category", "stage", "outcome", "entered_at"):
        assert getattr(row, name) == getattr(then, name)
    assert row.visits[-1].entered_at == then.entered_at
    assert all(one.left_at == following.entered_at for one, following in pairwise(row.visits))


def test_time_passes_in_a_stage_until_it_is_left(storage):
    sale = later(commit(storage, sale_in("objection_handling")), 2)
    settle(sale)
    commit(storage, walk(sale, to="closing"))
    stays = {visit.stage: visit for visit in row_of(storage).visits}
    assert stays["objection_handling"].left_at - stays["objection_handling"].entered_at == 2 * DAY
