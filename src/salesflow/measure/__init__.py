"""What happened, in numbers: rows of deals, metrics that carry their definition, one pass over many of them.

Start with :func:`~salesflow.measure.one_pass.measure`. Every name loads when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesflow.measure.age import AgeResult as AgeResult
    from salesflow.measure.age import OpenAge as OpenAge
    from salesflow.measure.amounts import DealCount as DealCount
    from salesflow.measure.amounts import DealSize as DealSize
    from salesflow.measure.amounts import TotalAmount as TotalAmount
    from salesflow.measure.as_of_moments import rows_at as rows_at
    from salesflow.measure.chance_intervals import Interval as Interval
    from salesflow.measure.chance_intervals import StageIntervals as StageIntervals
    from salesflow.measure.conversion import StageConversion as StageConversion
    from salesflow.measure.conversion import WaysOut as WaysOut
    from salesflow.measure.cycle import SalesCycle as SalesCycle
    from salesflow.measure.days import CalendarDays as CalendarDays
    from salesflow.measure.days import DayCount as DayCount
    from salesflow.measure.days import ElapsedDays as ElapsedDays
    from salesflow.measure.days import WorkedDays as WorkedDays
    from salesflow.measure.distribution import Kept as Kept
    from salesflow.measure.distribution import Quantile as Quantile
    from salesflow.measure.distribution import QuantileMethod as QuantileMethod
    from salesflow.measure.forecast import CategoryForecast as CategoryForecast
    from salesflow.measure.forecast import Forecast as Forecast
    from salesflow.measure.forecast import ForecastLine as ForecastLine
    from salesflow.measure.forecast_accuracy import AccuracyOfWeek as AccuracyOfWeek
    from salesflow.measure.forecast_accuracy import ForecastAccuracy as ForecastAccuracy
    from salesflow.measure.forecast_accuracy import ForecastSnapshot as ForecastSnapshot
    from salesflow.measure.forecast_accuracy import accuracy as accuracy
    from salesflow.measure.forecast_accuracy import accuracy_by_week as accuracy_by_week
    from salesflow.measure.forecast_accuracy import closed_in as closed_in
    from salesflow.measure.forecast_accuracy import forecast_snapshots as forecast_snapshots
    from salesflow.measure.forecast_adjustment import EVERYBODY as EVERYBODY
    from salesflow.measure.forecast_adjustment import AdjustedFigure as AdjustedFigure
    from salesflow.measure.forecast_adjustment import AdjustedForecast as AdjustedForecast
    from salesflow.measure.forecast_adjustment import ForecastAdjustment as ForecastAdjustment
    from salesflow.measure.forecast_adjustment import adjusted as adjusted
    from salesflow.measure.forecast_category import CategoryRule as CategoryRule
    from salesflow.measure.forecast_date import ForecastDate as ForecastDate
    from salesflow.measure.forecast_date import by_forecast_month as by_forecast_month
    from salesflow.measure.forecast_date import by_forecast_quarter as by_forecast_quarter
    from salesflow.measure.frames.faults import TableFault as TableFault
    from salesflow.measure.frames.frame_tables import FrameTables as FrameTables
    from salesflow.measure.frames.to_frames import to_frames as to_frames
    from salesflow.measure.funnel import Funnel as Funnel
    from salesflow.measure.funnel import FunnelResult as FunnelResult
    from salesflow.measure.funnel import FunnelStep as FunnelStep
    from salesflow.measure.grouping import Grouped as Grouped
    from salesflow.measure.grouping import Grouping as Grouping
    from salesflow.measure.grouping import by_day as by_day
    from salesflow.measure.grouping import by_month as by_month
    from salesflow.measure.grouping import by_quarter as by_quarter
    from salesflow.measure.grouping import by_week as by_week
    from salesflow.measure.grouping import by_year as by_year
    from salesflow.measure.grouping import grouped as grouped
    from salesflow.measure.hygiene import NoNextStep as NoNextStep
    from salesflow.measure.hygiene import PushedCloseDates as PushedCloseDates
    from salesflow.measure.hygiene import PushedResult as PushedResult
    from salesflow.measure.hygiene import RottingShare as RottingShare
    from salesflow.measure.journal_entries import entries_of as entries_of
    from salesflow.measure.metric import DealMetric as DealMetric
    from salesflow.measure.metric import DealTally as DealTally
    from salesflow.measure.metric import Metric as Metric
    from salesflow.measure.metric import Tally as Tally
    from salesflow.measure.objections import ObjectionResult as ObjectionResult
    from salesflow.measure.objections import Objections as Objections
    from salesflow.measure.one_pass import Measured as Measured
    from salesflow.measure.one_pass import Tallies as Tallies
    from salesflow.measure.one_pass import measure as measure
    from salesflow.measure.rates import Rate as Rate
    from salesflow.measure.rates import Rates as Rates
    from salesflow.measure.reasons import Competitors as Competitors
    from salesflow.measure.reasons import LossReasons as LossReasons
    from salesflow.measure.reasons import WinReasons as WinReasons
    from salesflow.measure.recurring import MonthlyPart as MonthlyPart
    from salesflow.measure.recurring import MonthlyRecurring as MonthlyRecurring
    from salesflow.measure.replay import Replay as Replay
    from salesflow.measure.replay import replayed as replayed
    from salesflow.measure.result import NOT_ASSIGNED as NOT_ASSIGNED
    from salesflow.measure.result import Axis as Axis
    from salesflow.measure.result import Definition as Definition
    from salesflow.measure.result import Group as Group
    from salesflow.measure.result import Groups as Groups
    from salesflow.measure.result import LeftOut as LeftOut
    from salesflow.measure.result import Result as Result
    from salesflow.measure.rows import DealRow as DealRow
    from salesflow.measure.rows import ObjectionRow as ObjectionRow
    from salesflow.measure.rows import RefusedRow as RefusedRow
    from salesflow.measure.rows import TaskRow as TaskRow
    from salesflow.measure.rows import VisitRow as VisitRow
    from salesflow.measure.sources import LeadSources as LeadSources
    from salesflow.measure.sources import SourceResult as SourceResult
    from salesflow.measure.spread import QuantileOf as QuantileOf
    from salesflow.measure.spread import Spread as Spread
    from salesflow.measure.stage_chances import StageChances as StageChances
    from salesflow.measure.stage_chances import StageMove as StageMove
    from salesflow.measure.stage_chances import WinningChancesResult as WinningChancesResult
    from salesflow.measure.tables import joined as joined
    from salesflow.measure.tables import taken as taken
    from salesflow.measure.tables import visits_of as visits_of
    from salesflow.measure.tasks import TaskCompletion as TaskCompletion
    from salesflow.measure.tasks import TaskCounts as TaskCounts
    from salesflow.measure.tasks import TaskResult as TaskResult
    from salesflow.measure.time_in_stage import Per as Per
    from salesflow.measure.time_in_stage import TimeInStage as TimeInStage
    from salesflow.measure.velocity import Velocity as Velocity
    from salesflow.measure.velocity import VelocityResult as VelocityResult
    from salesflow.measure.velocity import velocity_of as velocity_of
    from salesflow.measure.waterfall import Bar as Bar
    from salesflow.measure.waterfall import Waterfall as Waterfall
    from salesflow.measure.waterfall import waterfall_by as waterfall_by
    from salesflow.measure.waterfall import waterfall_of as waterfall_of
    from salesflow.measure.waterfall_steps import Movement as Movement
    from salesflow.measure.weighted import WeightedPipeline as WeightedPipeline
    from salesflow.measure.weighted import WeightedResult as WeightedResult
    from salesflow.measure.weighted import WeightedRounding as WeightedRounding
    from salesflow.measure.win_rate import Among as Among
    from salesflow.measure.win_rate import WinRate as WinRate
    from salesflow.measure.win_rate import WinRateResult as WinRateResult
    from salesflow.measure.winning_chances import WinningChances as WinningChances

_HOMES = {
    "age": (
        "AgeResult",
        "OpenAge",
    ),
    "amounts": (
        "DealCount",
        "DealSize",
        "TotalAmount",
    ),
    "as_of_moments": ("rows_at",),
    "chance_intervals": (
        "Interval",
        "StageIntervals",
    ),
    "conversion": (
        "StageConversion",
        "WaysOut",
    ),
    "cycle": ("SalesCycle",),
    "days": (
        "CalendarDays",
        "DayCount",
        "ElapsedDays",
        "WorkedDays",
    ),
    "distribution": (
        "Kept",
        "Quantile",
        "QuantileMethod",
    ),
    "forecast": (
        "CategoryForecast",
        "Forecast",
        "ForecastLine",
    ),
    "forecast_accuracy": (
        "AccuracyOfWeek",
        "ForecastAccuracy",
        "ForecastSnapshot",
        "accuracy",
        "accuracy_by_week",
        "closed_in",
        "forecast_snapshots",
    ),
    "forecast_adjustment": (
        "EVERYBODY",
        "AdjustedFigure",
        "AdjustedForecast",
        "ForecastAdjustment",
        "adjusted",
    ),
    "forecast_category": ("CategoryRule",),
    "forecast_date": (
        "ForecastDate",
        "by_forecast_month",
        "by_forecast_quarter",
    ),
    "frames": (
        "FrameTables",
        "TableFault",
        "to_frames",
    ),
    "funnel": (
        "Funnel",
        "FunnelResult",
        "FunnelStep",
    ),
    "grouping": (
        "Grouped",
        "Grouping",
        "by_day",
        "by_month",
        "by_quarter",
        "by_week",
        "by_year",
        "grouped",
    ),
    "hygiene": (
        "NoNextStep",
        "PushedCloseDates",
        "PushedResult",
        "RottingShare",
    ),
    "journal_entries": ("entries_of",),
    "metric": (
        "DealMetric",
        "DealTally",
        "Metric",
        "Tally",
    ),
    "objections": (
        "ObjectionResult",
        "Objections",
    ),
    "one_pass": (
        "Measured",
        "Tallies",
        "measure",
    ),
    "rates": (
        "Rate",
        "Rates",
    ),
    "reasons": (
        "Competitors",
        "LossReasons",
        "WinReasons",
    ),
    "recurring": (
        "MonthlyPart",
        "MonthlyRecurring",
    ),
    "replay": (
        "Replay",
        "replayed",
    ),
    "result": (
        "NOT_ASSIGNED",
        "Axis",
        "Definition",
        "Group",
        "Groups",
        "LeftOut",
        "Result",
    ),
    "rows": (
        "DealRow",
        "ObjectionRow",
        "RefusedRow",
        "TaskRow",
        "VisitRow",
    ),
    "sources": (
        "LeadSources",
        "SourceResult",
    ),
    "spread": (
        "QuantileOf",
        "Spread",
    ),
    "stage_chances": (
        "StageChances",
        "StageMove",
        "WinningChancesResult",
    ),
    "tables": (
        "joined",
        "taken",
        "visits_of",
    ),
    "tasks": (
        "TaskCompletion",
        "TaskCounts",
        "TaskResult",
    ),
    "time_in_stage": (
        "Per",
        "TimeInStage",
    ),
    "velocity": (
        "Velocity",
        "VelocityResult",
        "velocity_of",
    ),
    "waterfall": (
        "Bar",
        "Waterfall",
        "waterfall_by",
        "waterfall_of",
    ),
    "waterfall_steps": ("Movement",),
    "weighted": (
        "WeightedPipeline",
        "WeightedResult",
        "WeightedRounding",
    ),
    "win_rate": (
        "Among",
        "WinRate",
        "WinRateResult",
    ),
    "winning_chances": ("WinningChances",),
}

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "EVERYBODY",
    "NOT_ASSIGNED",
    "AccuracyOfWeek",
    "AdjustedFigure",
    "AdjustedForecast",
    "AgeResult",
    "Among",
    "Axis",
    "Bar",
    "CalendarDays",
    "CategoryForecast",
    "CategoryRule",
    "Competitors",
    "DayCount",
    "DealCount",
    "DealMetric",
    "DealRow",
    "DealSize",
    "DealTally",
    "Definition",
    "ElapsedDays",
    "Forecast",
    "ForecastAccuracy",
    "ForecastAdjustment",
    "ForecastDate",
    "ForecastLine",
    "ForecastSnapshot",
    "FrameTables",
    "Funnel",
    "FunnelResult",
    "FunnelStep",
    "Group",
    "Grouped",
    "Grouping",
    "Groups",
    "Interval",
    "Kept",
    "LeadSources",
    "LeftOut",
    "LossReasons",
    "Measured",
    "Metric",
    "MonthlyPart",
    "MonthlyRecurring",
    "Movement",
    "NoNextStep",
    "ObjectionResult",
    "ObjectionRow",
    "Objections",
    "OpenAge",
    "Per",
    "PushedCloseDates",
    "PushedResult",
    "Quantile",
    "QuantileMethod",
    "QuantileOf",
    "Rate",
    "Rates",
    "RefusedRow",
    "Replay",
    "Result",
    "RottingShare",
    "SalesCycle",
    "SourceResult",
    "Spread",
    "StageChances",
    "StageConversion",
    "StageIntervals",
    "StageMove",
    "TableFault",
    "Tallies",
    "Tally",
    "TaskCompletion",
    "TaskCounts",
    "TaskResult",
    "TaskRow",
    "TimeInStage",
    "TotalAmount",
    "Velocity",
    "VelocityResult",
    "VisitRow",
    "Waterfall",
    "WaysOut",
    "WeightedPipeline",
    "WeightedResult",
    "WeightedRounding",
    "WinRate",
    "WinRateResult",
    "WinReasons",
    "WinningChances",
    "WinningChancesResult",
    "WorkedDays",
    "accuracy",
    "accuracy_by_week",
    "adjusted",
    "by_day",
    "by_forecast_month",
    "by_forecast_quarter",
    "by_month",
    "by_quarter",
    "by_week",
    "by_year",
    "closed_in",
    "entries_of",
    "forecast_snapshots",
    "grouped",
    "joined",
    "measure",
    "replayed",
    "rows_at",
    "taken",
    "to_frames",
    "velocity_of",
    "visits_of",
    "waterfall_by",
    "waterfall_of",
]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
