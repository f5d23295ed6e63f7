"""Parts that are merged give exactly what the whole gives, whatever the parts and their order: the law of all metrics."""

from __future__ import annotations

import pickle
from datetime import timedelta
from decimal import Decimal

import pytest
from deals_measured import START, after
from hypothesis import given
from hypothesis import strategies as st

from salesflow import InvalidValue, Money, Period, UnknownName
from salesflow.measure import (
    Competitors,
    DealCount,
    DealRow,
    DealSize,
    Funnel,
    LeadSources,
    LossReasons,
    NoNextStep,
    ObjectionRow,
    Objections,
    OpenAge,
    PushedCloseDates,
    Rate,
    Rates,
    RottingShare,
    SalesCycle,
    StageConversion,
    Tallies,
    TaskCompletion,
    TaskRow,
    TimeInStage,
    TotalAmount,
    Velocity,
    VisitRow,
    WinRate,
    WinReasons,
    WorkedDays,
    by_month,
    grouped,
    measure,
)

STAGES = ("approach", "presentation", "closing")
NOW = after(400)
HALF = ["0.5", "0.9"]
RATES = Rates("EUR", [Rate("USD", START.date(), "0.9")])
SOME_TIME = Period(after(2), after(90))


def has_owner(row: DealRow) -> bool:
    return row.owner is not None


METRICS = {
    "number": DealCount(with_ids=True),
    "number of open ones": DealCount(outcomes="open", period=SOME_TIME, axis="expected close", with_ids=True),
    "total": TotalAmount(rates=RATES, with_ids=True),
    "total in some time": TotalAmount(period=SOME_TIME, rates=RATES, outcomes=["won", "lost"]),
    "total without rates": TotalAmount(),
    "size": DealSize(rates=RATES, quantiles=HALF),
    "size without rates": DealSize(quantiles=HALF),
    "win rate": WinRate(with_ids=True),
    "win rate of owned ones": WinRate(where=has_owner, population="owned deals", disqualified="no budget"),
    "win rate of a cohort": WinRate(axis="created", period=SOME_TIME, among="all"),
    "win rate by value": WinRate(by_value=True, rates=RATES),
    "cycle": SalesCycle(quantiles=HALF, outcomes=["won", "lost"], with_ids=True),
    "cycle in working days": SalesCycle(quantiles=HALF, calendar=WorkedDays()),
    "cycle by sketch": SalesCycle(quantiles=HALF, kept="sketch"),
    "age": OpenAge(at=NOW, older_than=100, quantiles=HALF, with_ids=True),
    "time in stage": TimeInStage(until=NOW, quantiles=HALF, with_ids=True),
    "time per visit": TimeInStage(per="visit", quantiles=HALF),
    "funnel": Funnel(stages=STAGES, with_ids=True),
    "conversion": StageConversion(with_ids=True),
    "velocity": Velocity(rates=RATES, with_ids=True),
    "loss reasons": LossReasons(with_ids=True),
    "win reasons": WinReasons(),
    "competitors": Competitors(),
    "objections": Objections(quantiles=HALF, with_ids=True),
    "rotting": RottingShare(at=NOW, rots_after={"approach": timedelta(days=3)}, with_ids=True),
    "no next step": NoNextStep(with_ids=True),
    "pushed": PushedCloseDates(),
    "tasks": TaskCompletion(at=NOW, due=SOME_TIME, with_ids=True),
    "tasks by owner": TaskCompletion(at=NOW).by("owner"),
    "sources": LeadSources(rates=RATES),
    "win rate by owner": grouped(WinRate(with_ids=True), "owner"),
    "total by product": grouped(TotalAmount(rates=RATES), "product"),
    "by owner and month": grouped(TotalAmount(rates=RATES), "owner", by_month("created", zone="Asia/Jerusalem")),
    "by owner, then by month": grouped(grouped(DealCount(), "month"), "owner"),
}

moments = st.integers(0, 100 * 86_400_000_000).map(lambda us: START + timedelta(microseconds=us))
names = st.sampled_from(["noa", "dan", "", None])
spans = st.integers(0, 60 * 86_400_000_000).map(lambda us: timedelta(microseconds=us))


@st.composite
def deals(draw: st.DrawFn) -> DealRow:
    id = f"D-{draw(st.integers(0, 10**9))}"
    outcome = draw(st.sampled_from(["open", "won", "lost"]))
    at = opened_at = draw(moments)
    visits, objections, tasks = [], [], []
    for number in range(draw(st.integers(0, 4))):
        left_at = at + draw(spans)
        stage = draw(st.sampled_from(STAGES))
        visits.append(VisitRow(deal_id=id, stage=stage, entered_at=at, left_at=left_at, next_stage=draw(names)))
        status = draw(st.sampled_from(["raised", "answered", "resolved", "standing", "withdrawn"]))
        objections.append(
            ObjectionRow(
                deal_id=id,
                id=number,
                kind=draw(st.sampled_from(["price", "need"])),
                status=status,
                raised_at=at,
                settled_at=left_at if status in ("resolved", "standing", "withdrawn") else None,
            )
        )
        done = draw(st.sampled_from(["open", "done", "canceled"]))
        tasks.append(
            TaskRow(
                deal_id=id,
                id=number,
                owner=draw(names),
                status=done,
                created_at=at,
                due_at=draw(st.none() | spans.map(lambda span, at=at: at + span)),
                done_at=None if done == "open" else left_at,
            )
        )
        at = left_at
    closed = outcome != "open"
    amount = draw(st.none() | st.decimals("0", "99999", places=2))
    return DealRow(
        id=id,
        owner=draw(names),
        source=draw(names),
        products=draw(st.lists(st.sampled_from(["desk", "chair"]), unique=True)),
        amount=None if amount is None else Money(amount, draw(st.sampled_from(["EUR", "USD"]))),
        expected_close=draw(st.none() | moments.map(lambda at: at.date())),
        first_expected_close=draw(st.none() | moments.map(lambda at: at.date())),
        probability=draw(st.none() | st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)])),
        stage=draw(st.sampled_from(STAGES)),
        outcome=outcome,
        opened_at=draw(st.sampled_from([opened_at, None])),
        entered_at=draw(st.sampled_from([at, None])),
        closed_at=draw(st.sampled_from([at, None])) if closed else None,
        closed_from=draw(st.sampled_from([*STAGES, None])) if closed else None,
        loss_reason=draw(st.sampled_from(["price", "no budget", None])) if outcome == "lost" else None,
        win_reason=draw(names) if outcome == "won" else None,
        competitor=draw(names) if outcome == "lost" else None,
        has_next_step=draw(st.sampled_from([True, False, None])),
        pushes=draw(st.sampled_from([0, 1, 2, None])),
        visits=visits,
        objections=objections,
        tasks=tasks,
    )


@given(st.lists(deals(), max_size=12), st.data())
def test_parts_merged_in_any_order_give_exactly_the_whole(rows, data):
    count = data.draw(st.integers(1, 4))
    parts = [Tallies(*METRICS.values()) for _ in range(count)]
    for row in rows:
        parts[data.draw(st.integers(0, count - 1))].add_all([row])
    merged = Tallies(*METRICS.values())
    for part in data.draw(st.permutations(parts)):
        merged.merge(part)
    whole, result = measure(rows, *METRICS.values()), merged.results()
    for name, metric in METRICS.items():
        assert result[metric] == whole[metric], name


@given(st.lists(deals(), max_size=6))
def test_a_tally_may_be_asked_at_any_time_and_goes_on(rows):
    for name, metric in METRICS.items():
        tally = metric.tally()
        for row in rows:
            tally.add(row)
            tally.result()
        assert tally.result() == metric.of(rows), name


@given(st.lists(deals(), max_size=6))
def test_a_tally_comes_back_from_another_process_as_it_went(rows):
    for name, metric in METRICS.items():
        tally = metric.tally()
        tally.add_all(rows)
        back = pickle.loads(pickle.dumps(tally))
        merged = metric.tally()
        merged.merge(back)
        assert merged.result() == tally.result(), name


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize(
    "rows",
    [[], [DealRow(id="D-1")], [DealRow(id=f"D-{n}", outcome="lost") for n in range(3)]],
    ids=["no deals", "one deal of which nothing is known", "all lost"],
)
def test_little_to_measure_is_no_error(name, rows):
    assert METRICS[name].of(rows) is not None


def test_merging_leaves_the_other_one_as_it_is():
    mine, other = WinRate().tally(), WinRate().tally()
    other.add(DealRow(id="D-1", outcome="won"))
    mine.merge(other)
    mine.merge(other)
    assert (mine.result().won, other.result().won) == (2, 1)


def test_only_tallies_of_the_same_metric_are_merged():
    with pytest.raises(InvalidValue, match="tallies of the same metric"):
        WinRate().tally().merge(WinRate(by_value=True).tally())
    with pytest.raises(InvalidValue, match="tallies of the same metrics"):
        Tallies(WinRate()).merge(Tallies(SalesCycle()))


def test_equal_metrics_are_the_same_metric():
    assert grouped(WinRate(), by_month("created")) == grouped(WinRate(), by_month("created"))
    assert measure([], WinRate())[WinRate()].undefined == "no deal was won or lost"


def test_a_metric_is_measured_once():
    with pytest.raises(InvalidValue, match="each metric is given once"):
        measure([], WinRate(), WinRate())


def test_a_metric_that_was_not_measured_is_an_error():
    with pytest.raises(UnknownName, match="no measured metric"):
        measure([], WinRate())[DealCount()]


def test_rows_may_come_from_a_generator_and_are_read_once():
    given_out = iter([DealRow(id="D-1", outcome="won"), DealRow(id="D-2", outcome="lost")])
    rate, number = WinRate(), DealCount()
    measured = measure(given_out, rate, number)
    assert (measured[rate].percent(), measured[number].value) == (50, 2)
    assert measured.results == (measured[rate], measured[number])
