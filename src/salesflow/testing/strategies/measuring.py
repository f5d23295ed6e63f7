"""Strategies for what is measured: metrics, and their results on pipelines that are drawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from salesflow import measure
from salesflow.measure import DealRow, ObjectionRow, TaskRow, VisitRow
from salesflow.measure.days import DayCount
from salesflow.measure.goal_work import GoalWork
from salesflow.measure.goals import Goal
from salesflow.measure.meeting_work import MeetingWork
from salesflow.measure.metric import Metric
from salesflow.measure.target import Target
from salesflow.outcome import Outcome
from salesflow.testing.strategies.building import SPECIAL, TYPES, of_class
from salesflow.testing.strategies.harvesting import held_by
from salesflow.testing.strategies.texts import identifiers, lines
from salesflow.values.moments import Period
from salesflow.values.money import Money

T = TypeVar("T")

__all__ = ["RESULTS", "metrics", "pipelines", "standard_metrics"]

NOW = datetime(2026, 12, 14, 9, tzinfo=UTC)
YEAR = Period.year(2026, UTC)
_STAGES = ("approach", "presentation", "closing")
_HALF = ("0.5", "0.9")


@cache
def standard_metrics() -> tuple[Metric[object], ...]:
    """One metric of each kind, and some of them by owner and by month."""
    rates = measure.Rates("EUR", [measure.Rate("USD", date(2026, 1, 1), "0.9")])
    plain: tuple[Metric[object], ...] = (
        measure.DealCount(with_ids=True),
        measure.TotalAmount(rates=rates, with_ids=True),
        measure.DealSize(rates=rates, quantiles=_HALF),
        measure.WinRate(with_ids=True),
        measure.WinRate(by_value=True, rates=rates),
        measure.SalesCycle(quantiles=_HALF, outcomes=["won", "lost"], calendar=measure.WorkedDays()),
        measure.OpenAge(at=NOW, older_than=30, quantiles=_HALF),
        measure.TimeInStage(until=NOW, quantiles=_HALF),
        measure.Funnel(stages=_STAGES),
        measure.StageConversion(),
        measure.Velocity(rates=rates),
        measure.LossReasons(),
        measure.WinReasons(),
        measure.Competitors(),
        measure.Objections(quantiles=_HALF),
        measure.RottingShare(at=NOW, rots_after={stage: timedelta(days=3) for stage in _STAGES}),
        measure.NoNextStep(),
        measure.PushedCloseDates(),
        measure.TaskCompletion(at=NOW),
        measure.LeadSources(rates=rates),
        measure.CategoryForecast(period=YEAR, rates=rates),
        measure.WeightedPipeline(period=YEAR, rates=rates),
        measure.WinningChances(intervals=measure.StageIntervals(seed=7)),
    )
    grouped = measure.grouped(measure.WinRate(), "owner"), measure.grouped(plain[1], measure.by_month("created"))
    return (*plain, *grouped)


def metrics() -> SearchStrategy[Metric[object]]:
    """Metrics of every kind."""
    return st.sampled_from(standard_metrics())


@st.composite
def _rows(draw: DrawFn) -> DealRow:
    """A deal that may be measured: its visits, objections and tasks fit together."""
    number = f"D-{draw(st.integers(0, 10**6))}"
    outcome = draw(st.sampled_from(["open", "won", "lost"]))
    opened = NOW - timedelta(days=draw(st.integers(1, 200)))
    moments = [opened + timedelta(hours=hours) for hours in sorted(draw(st.lists(st.integers(0, 900), max_size=2)))]
    visits = [
        VisitRow(deal_id=number, stage=stage, entered_at=entered, left_at=left, next_stage=following)
        for stage, following, entered, left in zip(
            _STAGES, _STAGES[1:], [opened, *moments], [*moments, None], strict=False
        )
    ]
    return DealRow(
        id=number,
        name="Order desk",
        owner=draw(st.sampled_from(["noa", "ben", None])),
        source=draw(st.sampled_from(["fair", "web", None])),
        amount=draw(st.none() | st.builds(Money, st.integers(0, 10**6), st.sampled_from(["EUR", "USD"]))),
        expected_close=draw(st.none() | st.dates(date(2026, 11, 1), date(2027, 2, 1))),
        probability=draw(st.none() | st.sampled_from([Decimal("0.1"), Decimal("0.5")])),
        stage=visits[-1].stage,
        outcome=outcome,
        opened_at=opened,
        entered_at=visits[-1].entered_at,
        closed_at=None if outcome == "open" else NOW - timedelta(hours=draw(st.integers(0, 10))),
        visits=tuple(visits),
    )


def _told() -> tuple[DealRow, ...]:
    """A won, a lost and an open deal of which everything is known, so that there is something of every kind to find."""
    opened = NOW - timedelta(days=40)
    known = DealRow(
        id="D-open",
        name="Order desk",
        owner="noa",
        source="fair",
        amount=Money(48000, "EUR"),
        opened_at=opened,
        stage="approach",
        entered_at=opened,
        expected_close=date(2026, 12, 20),
        first_expected_close=date(2026, 12, 1),
        pushes=1,
        forecast_category="commit",
        probability=Decimal("0.4"),
        visits=(VisitRow(deal_id="D-open", stage="approach", entered_at=opened),),
        objections=(ObjectionRow(deal_id="D-open", id=1, kind="price", raised_at=opened),),
        tasks=(TaskRow(deal_id="D-open", id=1, owner="noa", created_at=opened, due_at=NOW - timedelta(days=1)),),
    )
    won, lost = (_closed(known, outcome) for outcome in (Outcome.WON, Outcome.LOST))
    return attrs.evolve(won, win_reason="price"), attrs.evolve(lost, loss_reason="price"), known


def _closed(row: DealRow, outcome: Outcome) -> DealRow:
    number = f"D-{outcome}"
    visit = attrs.evolve(row.visits[0], deal_id=number, left_at=NOW, next_outcome=outcome)
    return attrs.evolve(
        row, id=number, outcome=outcome, closed_at=NOW, visits=(visit,), objections=(), tasks=(), stage=None
    )


def pipelines() -> SearchStrategy[tuple[DealRow, ...]]:
    """Deals that may be measured together; one of each outcome is always there."""
    return st.lists(_rows(), max_size=2, unique_by=lambda row: row.id).map(lambda rows: (*_told(), *rows))


def measured() -> SearchStrategy[object]:
    """What every metric gives for a pipeline."""
    return pipelines().map(lambda rows: [metric.of(rows) for metric in standard_metrics()])


def _in_one_pass() -> SearchStrategy[measure.Measured]:
    return pipelines().map(lambda rows: measure.measure(rows, *standard_metrics()[:4]))


def _forecasts(rows: tuple[DealRow, ...]) -> object:
    """Adjusted figures, and how good the forecasts of two weeks were."""
    owners = measure.grouped(measure.CategoryForecast(period=YEAR), "owner").of(_in_euros(rows))
    adjustment = measure.ForecastAdjustment(of="noa", to=Money(100, "EUR"), by="lea", at=NOW, reason="a cut")
    said = measure.CategoryForecast(period=YEAR).of(_in_euros(rows)).commit_forecast
    snapshots = [
        measure.ForecastSnapshot(at=NOW - timedelta(weeks=weeks), period=YEAR, said=said.value) for weeks in (2, 1)
    ]
    closed = measure.closed_in(_in_euros(rows), YEAR, as_of=YEAR.end, currency="EUR")
    accuracies = measure.accuracy(snapshots, closed)
    return measure.adjusted(owners, [adjustment]), snapshots, accuracies, measure.accuracy_by_week(accuracies)


def _in_euros(rows: tuple[DealRow, ...]) -> list[DealRow]:
    return [row for row in rows if row.amount is None or row.amount.currency == "EUR"]


def _meeting(rows: tuple[DealRow, ...]) -> object:
    """The agenda of a week, and where the amount of the pipeline went in it."""
    before, now = _told()[2:], _in_euros(rows)
    agenda = measure.weekly_agenda(before, now, since=NOW - timedelta(days=7), at=NOW)
    return agenda, measure.waterfall_of(before, now, period=YEAR)


def _standings(rows: tuple[DealRow, ...]) -> object:
    """Where somebody stands, alone and among those that the goal is made of."""
    from salesflow.measure.roll_up import roll_up

    target = Target(period=YEAR, amount=Money(60000, "EUR"))
    given = list(measure.deal_credits(_in_euros(rows)))
    goal = Goal(id="G-noa", level="person", of="noa", target=target)
    return measure.standing(target, given), given, list(roll_up([goal], given))


RESULTS: tuple[type, ...] = (
    measure.AgeResult,
    measure.Definition,
    measure.Forecast,
    measure.FunnelResult,
    measure.FunnelStep,
    measure.Group,
    measure.Groups,
    measure.ObjectionResult,
    measure.PushedResult,
    measure.QuantileOf,
    measure.Result,
    measure.SourceResult,
    measure.Spread,
    measure.StageChances,
    measure.TaskCounts,
    measure.TaskResult,
    measure.VelocityResult,
    measure.WaysOut,
    measure.WeightedResult,
    measure.WinRateResult,
    measure.WinningChancesResult,
)
"""What metrics give."""


def computed(compute: Callable[[tuple[DealRow, ...]], object]) -> SearchStrategy[object]:
    """What is computed of a pipeline that is drawn."""
    return pipelines().map(compute)


def _of_kind(cls: type) -> SearchStrategy[Metric[object]]:
    return st.sampled_from([one for one in standard_metrics() if type(one) is cls])


def _held(wholes: Callable[[], SearchStrategy[object]], cls: type[T]) -> SearchStrategy[T]:
    return held_by(wholes(), cls)


def _strategies() -> Iterator[tuple[type, Callable[[], SearchStrategy[object]]]]:
    for cls in {type(metric) for metric in standard_metrics()}:
        yield cls, partial(_of_kind, cls)
    for cls in RESULTS:
        yield cls, partial(_held, measured, cls)
    for compute, classes in (
        (_forecasts, ("AdjustedFigure", "AdjustedForecast", "AccuracyOfWeek", "ForecastAccuracy", "ForecastSnapshot")),
        (_meeting, ("Agenda", "Waterfall", "Bar")),
        (_standings, ("Standing", "RolledUp", "Credit")),
    ):
        for name in classes:
            cls = getattr(measure, name)
            yield cls, partial(_held, partial(computed, compute), cls)
    yield measure.GoalWork, lambda: identifiers("G").map(_proposed)
    yield measure.MeetingWork, lambda: st.builds(_begun, identifiers("M"), lines())
    yield measure.Tally, lambda: metrics().map(lambda metric: metric.tally())
    yield measure.DealTally, lambda: metrics().map(lambda metric: metric.tally()).filter(_is_of_deals)
    yield measure.Tallies, lambda: st.just(standard_metrics()[:4]).map(lambda some: measure.Tallies(*some))
    yield measure.Measured, _in_one_pass
    yield measure.DealMetric, lambda: metrics().filter(lambda one: isinstance(one, measure.DealMetric))
    yield measure.Metric, metrics
    yield measure.Rates, lambda: st.just(measure.Rates("EUR", [measure.Rate("USD", date(2026, 1, 1), "0.9")]))
    yield measure.Replay, lambda: st.builds(measure.Replay, as_of=st.none() | st.just(NOW))
    yield measure.Grouping, lambda: st.sampled_from([measure.by_month("created"), measure.by_year("closed")])
    yield measure.ForecastAdjustment, lambda: of_class(measure.ForecastAdjustment, of=st.just("noa"))


def _proposed(id: str) -> GoalWork:
    target = Target(period=YEAR, amount=Money(60000, "EUR"))
    return GoalWork.propose(Goal(id=id, level="person", of="noa", target=target), by="ben", at=NOW)


def _begun(id: str, team: str) -> MeetingWork:
    return MeetingWork.begin(id=id, team=team, held_on=NOW.date(), by="ben", at=NOW)


def _is_of_deals(tally: object) -> bool:
    return isinstance(tally, measure.DealTally)


SPECIAL.update(_strategies())
TYPES.update(
    {
        DayCount: lambda: st.sampled_from([measure.ElapsedDays(), measure.WorkedDays()]),
        Hashable: lines,
    }
)
