"""Strategies for what is shown: the views of the board, of deals and figures that are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from salesflow import board, measure
from salesflow.measure import DealRow
from salesflow.measure.target import Target
from salesflow.standard import StandardProcess
from salesflow.testing.builders import NOW as BUILT_AT
from salesflow.testing.strategies.building import SPECIAL
from salesflow.testing.strategies.harvesting import held_by
from salesflow.testing.strategies.measuring import NOW, YEAR, pipelines
from salesflow.testing.strategies.sales import sales
from salesflow.values.money import Money

T = TypeVar("T")

__all__ = ["views"]


def _board() -> SearchStrategy[board.PipelineBoard]:
    process = StandardProcess()
    deals = st.lists(sales(process).map(lambda sale: sale.deal), min_size=1, max_size=2, unique_by=lambda deal: deal.id)
    return deals.map(lambda drawn: board.pipeline_board(drawn, process, at=BUILT_AT + timedelta(days=9), zone="UTC"))


def _in_euros(rows: tuple[DealRow, ...]) -> list[DealRow]:
    return [row for row in rows if row.amount is None or row.amount.currency == "EUR"]


def _funnel(rows: tuple[DealRow, ...]) -> board.FunnelView:
    process = StandardProcess()
    return board.funnel_view(measure.Funnel(stages=process).of(rows), process)


def _forecast(rows: tuple[DealRow, ...]) -> board.ForecastView:
    return board.forecast_view(measure.CategoryForecast(period=YEAR).of(_in_euros(rows)))


def _waterfall(rows: tuple[DealRow, ...]) -> board.WaterfallView:
    now = _in_euros(rows)
    waterfall = measure.waterfall_of(now[:1], now, period=YEAR)
    return board.waterfall_view(waterfall, start=NOW - timedelta(days=7), end=NOW, zone="UTC")


def _goals(rows: tuple[DealRow, ...]) -> board.GoalsView:
    target = Target(period=YEAR, amount=Money(60000, "EUR"))
    standing = measure.standing(target, measure.deal_credits(_in_euros(rows)))
    return board.goals_view({"noa": standing}, at=NOW)


def _figures(rows: tuple[DealRow, ...]) -> board.FiguresView:
    return board.figures_view([measure.TotalAmount().of(_in_euros(rows)), measure.DealCount().of(rows)])


_COMPUTED: Mapping[type[board.ChartView], Callable[[tuple[DealRow, ...]], board.ChartView]] = {
    board.FunnelView: _funnel,
    board.ForecastView: _forecast,
    board.WaterfallView: _waterfall,
    board.GoalsView: _goals,
}


def views() -> SearchStrategy[board.View]:
    """Everything that the board shows."""
    charts = [pipelines().map(view) for view in _COMPUTED.values()]
    return st.one_of(_board(), pipelines().map(_figures), *charts)


def _charts() -> SearchStrategy[board.Chart]:
    views = st.one_of(*(pipelines().map(view) for view in _COMPUTED.values()))
    return st.builds(lambda view, language: view.chart(language), views, st.sampled_from([board.ENGLISH, board.HEBREW]))


def _computed(view: Callable[[tuple[DealRow, ...]], T]) -> SearchStrategy[T]:
    return pipelines().map(view)


def _held(wholes: Callable[[], SearchStrategy[object]], cls: type[T]) -> SearchStrategy[T]:
    return held_by(wholes(), cls)


def _strategies() -> Iterator[tuple[type, Callable[[], SearchStrategy[object]]]]:
    for shown, view in _COMPUTED.items():
        yield shown, partial(_computed, view)
    for cls in (board.Chart, board.ChartLine, board.Note):
        yield cls, partial(_held, _charts, cls)
    for held in (board.Card, board.Column, board.TaskCounts):
        yield held, partial(_held, _board, held)
    yield board.GoalLine, lambda: held_by(pipelines().map(_goals), board.GoalLine)
    yield board.PipelineBoard, _board
    yield board.FiguresView, lambda: pipelines().map(_figures)
    yield board.ChartView, lambda: views().filter(lambda view: isinstance(view, board.ChartView))
    yield board.View, views
    yield board.Language, lambda: st.sampled_from([board.ENGLISH, board.HEBREW])


SPECIAL.update(_strategies())
