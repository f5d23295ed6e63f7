"""What an engine measures is what rows give, digit for digit, with the same definition: the law of the frames."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from deals_measured import START, a_row, after
from engines_of_frames import ENGINES, QUICK, WARNINGS, framed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_pipelines import STAGES, pipeline

from salesflow import InvalidValue, Money, Period
from salesflow.measure import (
    CalendarDays,
    Competitors,
    DealCount,
    DealRow,
    DealSize,
    Funnel,
    LeadSources,
    LossReasons,
    Metric,
    NoNextStep,
    Objections,
    OpenAge,
    PushedCloseDates,
    Quantile,
    Rate,
    Rates,
    RottingShare,
    SalesCycle,
    StageConversion,
    TaskCompletion,
    TaskRow,
    TimeInStage,
    TotalAmount,
    Velocity,
    VisitRow,
    WinRate,
    WinReasons,
    WorkedDays,
    by_day,
    by_month,
    by_quarter,
    by_week,
    by_year,
    grouped,
    measure,
)
from salesflow.measure.age import AgeResult
from salesflow.values.working_days import Weekday, WorkingDays

pytestmark = [pytest.mark.filterwarnings(one) for one in WARNINGS]

NOW = after(320)
HALF = ["0.5", "0.9", Quantile("0.25", "higher"), Quantile("0.75", "lower"), Quantile("0.31", "nearest rank")]
QUARTERS = ["0.5", "0.25", "1"]
RATES = Rates("EUR", [Rate("USD", date(2026, 12, 1), "0.9137"), Rate("USD", date(2027, 2, 1), "0.88")])
SOME_TIME = Period(after(20), after(190))
JERUSALEM = ZoneInfo("Asia/Jerusalem")
WEEK = WorkedDays(
    days=WorkingDays(weekend=(Weekday.FRIDAY, Weekday.SATURDAY), holidays=[date(2026, 12, 6), date(2027, 4, 22)]),
    zone=JERUSALEM,
)
LIMITS = {"approach": timedelta(days=10), "closing": timedelta(days=3)}

METRICS: dict[str, Metric[object]] = {
    "number": DealCount(with_ids=True),
    "number of open ones": DealCount(outcomes="open", period=SOME_TIME, axis="expected close", with_ids=True),
    "number in a month of a zone": DealCount(period=Period.month(2026, 12, JERUSALEM), axis="expected close"),
    "number in a summer of a zone": DealCount(period=Period.month(2027, 4, JERUSALEM), axis="created"),
    "total": TotalAmount(rates=RATES, with_ids=True),
    "total in some time": TotalAmount(period=SOME_TIME, rates=RATES, outcomes=["won", "lost"]),
    "total by expected close": TotalAmount(rates=RATES, axis="expected close", outcomes="open"),
    "total in dollars": TotalAmount(rates=Rates("USD", [Rate("EUR", START.date(), "1.10")])),
    "total without rates": TotalAmount(),
    "size": DealSize(rates=RATES, quantiles=HALF),
    "size of quarters": DealSize(rates=RATES, quantiles=QUARTERS, outcomes=["won", "lost", "open"]),
    "size by sketch": DealSize(rates=RATES, quantiles=HALF, kept="sketch"),
    "size without rates": DealSize(quantiles=HALF),
    "win rate": WinRate(with_ids=True),
    "win rate without disqualified ones": WinRate(disqualified="no budget"),
    "win rate of a cohort": WinRate(axis="created", period=SOME_TIME, among="all"),
    "win rate by value": WinRate(by_value=True, rates=RATES, with_ids=True),
    "win rate by value of all": WinRate(by_value=True, among="all"),
    "cycle": SalesCycle(quantiles=HALF, outcomes=["won", "lost"], with_ids=True),
    "cycle in quarters": SalesCycle(quantiles=QUARTERS, start="engaged"),
    "cycle in working days": SalesCycle(quantiles=HALF, calendar=WorkedDays()),
    "cycle in working days of a zone": SalesCycle(quantiles=HALF, calendar=WEEK, outcomes=["won", "lost"]),
    "cycle without the last day": SalesCycle(calendar=WorkedDays(inclusive=False)),
    "cycle in calendar days": SalesCycle(calendar=CalendarDays(ZoneInfo("America/New_York")), quantiles=HALF),
    "cycle in calendar days of UTC": SalesCycle(calendar=CalendarDays(), quantiles=HALF),
    "cycle by sketch": SalesCycle(quantiles=HALF, kept="sketch"),
    "age": OpenAge(at=NOW, older_than=100, quantiles=HALF, with_ids=True),
    "age early": OpenAge(at=after(150), start="engaged", calendar=WEEK, older_than=20),
    "time in stage": TimeInStage(until=NOW, quantiles=HALF, with_ids=True),
    "time in stage that ended": TimeInStage(period=SOME_TIME, quantiles=QUARTERS),
    "time per visit": TimeInStage(per="visit", until=after(150), quantiles=HALF, stages_of=["open", "won", "lost"]),
    "time in working days": TimeInStage(until=NOW, quantiles=HALF, calendar=WEEK),
    "time by sketch": TimeInStage(until=NOW, quantiles=HALF, kept="sketch"),
    "funnel": Funnel(stages=STAGES, with_ids=True),
    "funnel of a cohort": Funnel(stages=(*STAGES, "won"), period=SOME_TIME),
    "conversion": StageConversion(with_ids=True),
    "conversion of a cohort": StageConversion(period=SOME_TIME),
    "velocity": Velocity(rates=RATES, calendar=WEEK),
    "velocity in some time": Velocity(period=SOME_TIME, disqualified=["no budget"]),
    "loss reasons": LossReasons(with_ids=True),
    "win reasons": WinReasons(),
    "competitors": Competitors(period=SOME_TIME),
    "objections": Objections(quantiles=HALF, with_ids=True),
    "objections of a cohort": Objections(period=SOME_TIME, calendar=CalendarDays(JERUSALEM), quantiles=HALF),
    "no next step": NoNextStep(with_ids=True),
    "rotting": RottingShare(at=NOW, rots_after=LIMITS),
    "pushed": PushedCloseDates(with_ids=True),
    "tasks": TaskCompletion(at=after(200), with_ids=True),
    "tasks due in some time": TaskCompletion(at=NOW, due=SOME_TIME, period=SOME_TIME, short_term=timedelta(days=5)),
    "tasks by owner": TaskCompletion(at=NOW, period=SOME_TIME, axis="created").by("owner"),
    "sources": LeadSources(rates=RATES),
    "sources of a cohort": LeadSources(period=SOME_TIME),
    "by owner": grouped(WinRate(with_ids=True), "owner"),
    "by outcome and currency": grouped(TotalAmount(outcomes=["won", "lost", "open"]), "outcome", "currency"),
    "by a column of one's own": grouped(Velocity(rates=RATES), "region"),
    "by product": grouped(TotalAmount(rates=RATES), "product"),
    "by month": grouped(TotalAmount(rates=RATES), "month"),
    "by month of a zone": grouped(DealSize(rates=RATES, quantiles=HALF), by_month("created", zone=JERUSALEM)),
    "by week": grouped(DealCount(), by_week("created")),
    "by day of a zone": grouped(DealCount(), by_day("closed", zone=timezone(timedelta(hours=-9, minutes=-30)))),
    "by quarter": grouped(WinRate(), by_quarter("expected close")),
    "by year and team": grouped(SalesCycle(quantiles=QUARTERS), by_year("created"), "team"),
    "by owner, then by month": grouped(grouped(DealCount(with_ids=True), "month"), "owner"),
    "time in stage by team": grouped(TimeInStage(until=NOW, quantiles=HALF), "team"),
    "conversion by product": grouped(StageConversion(), "product"),
    "funnel by source": grouped(Funnel(stages=STAGES, period=SOME_TIME), "source"),
    "objections by owner": grouped(Objections(quantiles=HALF), "owner"),
    "tasks by team of deals": grouped(TaskCompletion(at=NOW), "team"),
    "task owners by team": grouped(TaskCompletion(at=NOW).by("kind"), "team"),
    "sources by team": grouped(LeadSources(rates=RATES), "team"),
}
IN_SHORT = (
    "number of open ones",
    "total by expected close",
    "size",
    "win rate by value",
    "cycle in working days of a zone",
    "cycle by sketch",
    "age",
    "time in stage",
    "time in working days",
    "funnel",
    "conversion",
    "velocity in some time",
    "loss reasons",
    "objections",
    "no next step",
    "rotting",
    "pushed",
    "tasks due in some time",
    "tasks by owner",
    "sources",
    "by owner",
    "by product",
    "by month of a zone",
    "time in stage by team",
)
"""One of each kind, for engines that take long to answer: for Spark and dask a question is a job."""

SLOW = ("dask", "pyspark")


def asked_of(engine: str) -> dict[str, Metric[object]]:
    """The metrics that an engine is asked for; dask has no exact quantiles of microseconds and cents."""
    asked = {name: METRICS[name] for name in IN_SHORT} if engine in SLOW else METRICS
    return asked if engine != "dask" else {name: one for name, one in asked.items() if not _needs_ranks(one)}


def _needs_ranks(metric: Metric[object]) -> bool:
    inner = getattr(metric, "metric", metric)
    in_days = getattr(getattr(inner, "calendar", None), "per_day", None) == 1
    return bool(getattr(inner, "quantiles", ())) and inner.kept == "exact" and not in_days


def different(rows: list[DealRow], engine: str, asked: dict[str, Metric[object]]) -> list[str]:
    """The metrics that an engine measures otherwise than rows do."""
    tables = framed(rows, engine)
    assert tables.faults() == ()
    found, expected = tables.measure(*asked.values(), is_checked=True), measure(rows, *asked.values())
    return [name for name, metric in asked.items() if found[metric] != expected[metric]]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_gives_what_the_rows_give(engine):
    assert different(pipeline(45, seed=5), engine, asked_of(engine)) == []


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize(
    "rows",
    [
        [],
        [DealRow(id="D-1")],
        [a_row("D-1", "won", took=3, amount="10")],
        [a_row(f"D-{number}", "lost", took=number) for number in range(3)],
        [a_row(f"D-{number}", "won", took=1) for number in range(2)],
    ],
    ids=["no deals", "one deal of which nothing is known", "one deal", "all lost", "no amount known"],
)
def test_little_to_measure_is_the_same_too(engine, rows):
    assert different(rows, engine, {name: METRICS[name] for name in IN_SHORT}) == []


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), count=st.integers(1, 25))
@pytest.mark.parametrize("engine", ["polars", "pyarrow"])
def test_so_it_is_for_any_pipeline(engine, seed, count):
    assert different(pipeline(count, seed=seed), engine, asked_of(engine)) == []


def test_sums_are_exact_beyond_eight_bytes_and_floating_point():
    rows = [a_row(f"D-{number}", "won", took=36_000, amount="9999999999999.99") for number in range(4_000)]
    total, cycle, size = TotalAmount(), SalesCycle(quantiles=["0.5"]), DealSize()
    found, expected = framed(rows, "polars").measure(total, cycle, size), measure(rows, total, cycle, size)
    assert found[total].value == Money("39999999999999960.00", "EUR") == expected[total].value
    assert found[cycle] == expected[cycle]
    assert found[size] == expected[size]


@pytest.mark.parametrize("engine", QUICK)
def test_a_median_between_two_values_lies_between_them(engine):
    rows = [a_row(f"D-{number}", "won", took=days) for number, days in enumerate((10, 30))]
    cycle = SalesCycle(quantiles=["0.5"])
    assert framed(rows, engine).measure(cycle)[cycle].median.value == 20


@pytest.mark.parametrize("engine", QUICK)
def test_the_parts_of_the_year_are_those_of_the_calendar(engine):
    days = [
        date(2024, 2, 29),
        date(2024, 12, 31),
        date(2025, 1, 1),
        date(2026, 3, 1),
        date(2000, 2, 28),
        date(1999, 12, 31),
    ]
    rows = [
        DealRow(
            id=f"D-{number}", opened_at=datetime(one.year, one.month, one.day, 23, 59, tzinfo=UTC), expected_close=one
        )
        for number, one in enumerate(days)
    ]
    parts = [by_day, by_week, by_month, by_quarter, by_year]
    asked = [grouped(DealCount(), part(axis)) for part in parts for axis in ("created", "expected close")]
    found, expected = framed(rows, engine).measure(*asked), measure(rows, *asked)
    assert [found[one] for one in asked] == [expected[one] for one in asked]


@pytest.mark.parametrize("engine", QUICK)
def test_what_lies_exactly_on_a_bound_is_on_the_same_side(engine):
    until = START + timedelta(days=10)
    bounds = [START, START + timedelta(microseconds=1), until, until - timedelta(microseconds=1)]
    rows = [
        a_row(
            f"D-{number}",
            opened_at=at,
            entered_at=at,
            stage="closing",
            expected_close=at.date(),
            visits=[VisitRow(deal_id=f"D-{number}", stage="closing", entered_at=at)],
            tasks=[
                TaskRow(deal_id=f"D-{number}", id=1, created_at=at, due_at=until),
                TaskRow(deal_id=f"D-{number}", id=2, created_at=at, due_at=until, done_at=until, status="done"),
                TaskRow(deal_id=f"D-{number}", id=3, created_at=START, due_at=at, done_at=at, status="canceled"),
            ],
        )
        for number, at in enumerate(bounds)
    ]
    asked = [
        DealCount(period=Period(START, until)),
        DealCount(period=Period(START.replace(hour=0), until.replace(hour=0)), axis="expected close"),
        OpenAge(at=until, older_than=10),
        OpenAge(at=START),
        TimeInStage(until=START),
        RottingShare(at=until, rots_after={"closing": timedelta(days=10)}),
        *(
            TaskCompletion(at=at, due=due, short_term=timedelta(days=10))
            for at in bounds
            for due in (None, Period(START, until), Period(until, until + timedelta(days=1)))
        ),
    ]
    found, expected = framed(rows, engine).measure(*asked), measure(rows, *asked)
    assert [found[one] for one in asked] == [expected[one] for one in asked]


def test_results_have_the_types_that_rows_give():
    rate, age = WinRate(), OpenAge(at=NOW, older_than=3)
    measured = framed(pipeline(9, seed=1), "polars").measure(rate, age)
    assert isinstance(measured[rate].value, Decimal)
    assert type(measured[age]) is AgeResult


@pytest.mark.filterwarnings("ignore:Dask support")
@pytest.mark.parametrize("metric", [SalesCycle(quantiles=["0.5"]), DealSize(quantiles=["0.9"])], ids=["cycle", "size"])
def test_dask_refuses_a_quantile_that_it_would_guess(metric):
    with pytest.raises(InvalidValue, match=r'no exact quantiles.*kept="sketch"'):
        framed([a_row("D-1", "won", took=2, amount="1")], "dask").measure(metric)


@pytest.mark.filterwarnings("ignore:Dask support")
def test_dask_counts_whole_days_exactly():
    rows = [a_row(f"D-{number}", "won", took=days) for number, days in enumerate((10, 30))]
    cycle = SalesCycle(quantiles=["0.5"], calendar=CalendarDays())
    assert framed(rows, "dask").measure(cycle)[cycle].median.value == 20


def test_one_pipeline_is_not_like_another():
    """The test above can fail: the metrics tell two pipelines apart."""
    one, other = (measure(pipeline(count, seed=count), *METRICS.values()) for count in (45, 46))
    alike = [name for name, metric in METRICS.items() if one[metric] == other[metric]]
    assert alike == []
