"""What it looks like: views of the pipeline, the funnel, the waterfall, the forecast and the goals, and pages of them.

A view is a frozen value, made by a pure function from what was measured or from the deals. It can be had as text for a
terminal, as HTML, as an SVG picture, and notebooks show it by itself; :func:`~salesflow.board.whole_page.page` puts
several of them on one HTML page that needs nothing else.

Start with :func:`~salesflow.board.pipeline.pipeline_board`. Every name loads when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesflow._doors import door

if TYPE_CHECKING:
    from salesflow.board.card import Card as Card
    from salesflow.board.card import NextStep as NextStep
    from salesflow.board.card import TaskCounts as TaskCounts
    from salesflow.board.card import TaskState as TaskState
    from salesflow.board.chart import Chart as Chart
    from salesflow.board.chart import ChartLine as ChartLine
    from salesflow.board.chart import ChartView as ChartView
    from salesflow.board.chart import Note as Note
    from salesflow.board.deal_at import CardOrder as CardOrder
    from salesflow.board.figures import FiguresView as FiguresView
    from salesflow.board.figures import figures_view as figures_view
    from salesflow.board.forecast import ForecastView as ForecastView
    from salesflow.board.forecast import forecast_view as forecast_view
    from salesflow.board.funnel import FunnelView as FunnelView
    from salesflow.board.funnel import funnel_view as funnel_view
    from salesflow.board.goals import GoalLine as GoalLine
    from salesflow.board.goals import GoalsView as GoalsView
    from salesflow.board.goals import goals_view as goals_view
    from salesflow.board.labels import Label as Label
    from salesflow.board.language import ENGLISH as ENGLISH
    from salesflow.board.language import HEBREW as HEBREW
    from salesflow.board.language import Direction as Direction
    from salesflow.board.language import Language as Language
    from salesflow.board.language import Translate as Translate
    from salesflow.board.palette import Tone as Tone
    from salesflow.board.pipeline import Column as Column
    from salesflow.board.pipeline import PipelineBoard as PipelineBoard
    from salesflow.board.pipeline import pipeline_board as pipeline_board
    from salesflow.board.view import View as View
    from salesflow.board.waterfall import WaterfallView as WaterfallView
    from salesflow.board.waterfall import waterfall_view as waterfall_view
    from salesflow.board.whole_page import page as page

_HOMES = {
    "card": (
        "Card",
        "NextStep",
        "TaskCounts",
        "TaskState",
    ),
    "chart": (
        "Chart",
        "ChartLine",
        "ChartView",
        "Note",
    ),
    "deal_at": ("CardOrder",),
    "figures": (
        "FiguresView",
        "figures_view",
    ),
    "forecast": (
        "ForecastView",
        "forecast_view",
    ),
    "funnel": (
        "FunnelView",
        "funnel_view",
    ),
    "goals": (
        "GoalLine",
        "GoalsView",
        "goals_view",
    ),
    "labels": ("Label",),
    "language": (
        "ENGLISH",
        "HEBREW",
        "Direction",
        "Language",
        "Translate",
    ),
    "palette": ("Tone",),
    "pipeline": (
        "Column",
        "PipelineBoard",
        "pipeline_board",
    ),
    "view": ("View",),
    "waterfall": (
        "WaterfallView",
        "waterfall_view",
    ),
    "whole_page": ("page",),
}

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ENGLISH",
    "HEBREW",
    "Card",
    "CardOrder",
    "Chart",
    "ChartLine",
    "ChartView",
    "Column",
    "Direction",
    "FiguresView",
    "ForecastView",
    "FunnelView",
    "GoalLine",
    "GoalsView",
    "Label",
    "Language",
    "NextStep",
    "Note",
    "PipelineBoard",
    "TaskCounts",
    "TaskState",
    "Tone",
    "Translate",
    "View",
    "WaterfallView",
    "figures_view",
    "forecast_view",
    "funnel_view",
    "goals_view",
    "page",
    "pipeline_board",
    "waterfall_view",
]

if not TYPE_CHECKING:  # to type checkers, a name that there is not is a mistake
    __getattr__, __dir__ = door(__name__, _HOME_OF)
