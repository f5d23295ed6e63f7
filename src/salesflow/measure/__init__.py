"""What happened, in numbers: rows of deals, metrics that carry their definition, one pass over many of them.

Start with :func:`~salesflow.measure.one_pass.measure`. Every name loads when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesflow._doors import door

if TYPE_CHECKING:
    from salesflow.measure.age import AgeResult as AgeResult
    from salesflow.measure.age import OpenAge as OpenAge
    from salesflow.measure.agenda import Agenda as Agenda
    from salesflow.measure.agenda import AmountChange as AmountChange
    from salesflow.measure.agenda import OpenObjection as OpenObjection
    from salesflow.measure.agenda import Pushed as Pushed
    from salesflow.measure.agenda import weekly_agenda as weekly_agenda
    from salesflow.measure.amounts import DealCount as DealCount
    from salesflow.measure.amounts import DealSize as DealSize
    from salesflow.measure.amounts import TotalAmount as TotalAmount
    from salesflow.measure.as_of_moments import rows_at as rows_at
    from salesflow.measure.attainment import Standing as Standing
    from salesflow.measure.attainment import standing as standing
    from salesflow.measure.attainment import year_to_date as year_to_date
    from salesflow.measure.calendar_file import CalendarEntry as CalendarEntry
    from salesflow.measure.calendar_file import calendar_text as calendar_text
    from salesflow.measure.calendar_file import follow_up_entries as follow_up_entries
    from salesflow.measure.calendar_file import meeting_entries as meeting_entries
    from salesflow.measure.calendar_file import task_entries as task_entries
    from salesflow.measure.chance_intervals import Interval as Interval
    from salesflow.measure.chance_intervals import StageIntervals as StageIntervals
    from salesflow.measure.conversion import StageConversion as StageConversion
    from salesflow.measure.conversion import WaysOut as WaysOut
    from salesflow.measure.credit import Credit as Credit
    from salesflow.measure.credit import CreditSplit as CreditSplit
    from salesflow.measure.credit import activity_credits as activity_credits
    from salesflow.measure.credit import deal_credits as deal_credits
    from salesflow.measure.credit import meeting_credits as meeting_credits
    from salesflow.measure.cycle import SalesCycle as SalesCycle
    from salesflow.measure.days import CalendarDays as CalendarDays
    from salesflow.measure.days import DayCount as DayCount
    from salesflow.measure.days import ElapsedDays as ElapsedDays
    from salesflow.measure.days import WorkedDays as WorkedDays
    from salesflow.measure.distribution import Kept as Kept
    from salesflow.measure.distribution import Quantile as Quantile
    from salesflow.measure.distribution import QuantileMethod as QuantileMethod
    from salesflow.measure.due import DueTask as DueTask
    from salesflow.measure.due import DueTasks as DueTasks
    from salesflow.measure.due import Urgency as Urgency
    from salesflow.measure.due import due_tasks as due_tasks
    from salesflow.measure.follow_ups import follow_up_dates as follow_up_dates
    from salesflow.measure.follow_ups import follow_ups_due as follow_ups_due
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
    from salesflow.measure.frames import FrameTables as FrameTables
    from salesflow.measure.frames import TableFault as TableFault
    from salesflow.measure.frames import to_frames as to_frames
    from salesflow.measure.funnel import Funnel as Funnel
    from salesflow.measure.funnel import FunnelResult as FunnelResult
    from salesflow.measure.funnel import FunnelStep as FunnelStep
    from salesflow.measure.goal_work import GoalWork as GoalWork
    from salesflow.measure.goals import Goal as Goal
    from salesflow.measure.goals import GoalLevel as GoalLevel
    from salesflow.measure.goals import GoalStatus as GoalStatus
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
    from salesflow.measure.meeting import Concern as Concern
    from salesflow.measure.meeting import Decision as Decision
    from salesflow.measure.meeting import DecisionStatus as DecisionStatus
    from salesflow.measure.meeting import Solution as Solution
    from salesflow.measure.meeting import TeamMeeting as TeamMeeting
    from salesflow.measure.meeting_work import MeetingWork as MeetingWork
    from salesflow.measure.metric import DealMetric as DealMetric
    from salesflow.measure.metric import DealTally as DealTally
    from salesflow.measure.metric import Metric as Metric
    from salesflow.measure.metric import Tally as Tally
    from salesflow.measure.mining_log import XES_COLUMNS as XES_COLUMNS
    from salesflow.measure.mining_log import LogRow as LogRow
    from salesflow.measure.mining_log import event_log as event_log
    from salesflow.measure.minutes import agenda_as_markdown as agenda_as_markdown
    from salesflow.measure.minutes import minutes_as_markdown as minutes_as_markdown
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
    from salesflow.measure.roll_up import RolledUp as RolledUp
    from salesflow.measure.rotting_deals import RottingDeal as RottingDeal
    from salesflow.measure.rotting_deals import RottingDeals as RottingDeals
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
    from salesflow.measure.target import Target as Target
    from salesflow.measure.target import TargetKind as TargetKind
    from salesflow.measure.target_split import Portion as Portion
    from salesflow.measure.target_split import split_by_day as split_by_day
    from salesflow.measure.target_split import split_by_month as split_by_month
    from salesflow.measure.target_split import split_by_portions as split_by_portions
    from salesflow.measure.target_split import split_by_working_day as split_by_working_day
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
    "agenda": (
        "Agenda",
        "AmountChange",
        "OpenObjection",
        "Pushed",
        "weekly_agenda",
    ),
    "amounts": (
        "DealCount",
        "DealSize",
        "TotalAmount",
    ),
    "as_of_moments": ("rows_at",),
    "attainment": (
        "Standing",
        "standing",
        "year_to_date",
    ),
    "calendar_file": (
        "CalendarEntry",
        "calendar_text",
        "follow_up_entries",
        "meeting_entries",
        "task_entries",
    ),
    "chance_intervals": (
        "Interval",
        "StageIntervals",
    ),
    "conversion": (
        "StageConversion",
        "WaysOut",
    ),
    "credit": (
        "Credit",
        "CreditSplit",
        "activity_credits",
        "deal_credits",
        "meeting_credits",
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
    "due": (
        "DueTask",
        "DueTasks",
        "Urgency",
        "due_tasks",
    ),
    "follow_ups": (
        "follow_up_dates",
        "follow_ups_due",
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
        "AdjustedFigure",
        "AdjustedForecast",
        "EVERYBODY",
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
    "goal_work": ("GoalWork",),
    "goals": (
        "Goal",
        "GoalLevel",
        "GoalStatus",
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
    "meeting": (
        "Concern",
        "Decision",
        "DecisionStatus",
        "Solution",
        "TeamMeeting",
    ),
    "meeting_work": ("MeetingWork",),
    "metric": (
        "DealMetric",
        "DealTally",
        "Metric",
        "Tally",
    ),
    "mining_log": (
        "LogRow",
        "XES_COLUMNS",
        "event_log",
    ),
    "minutes": (
        "agenda_as_markdown",
        "minutes_as_markdown",
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
        "Axis",
        "Definition",
        "Group",
        "Groups",
        "LeftOut",
        "NOT_ASSIGNED",
        "Result",
    ),
    "roll_up": ("RolledUp",),
    "rotting_deals": (
        "RottingDeal",
        "RottingDeals",
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
    "target": (
        "Target",
        "TargetKind",
    ),
    "target_split": (
        "Portion",
        "split_by_day",
        "split_by_month",
        "split_by_portions",
        "split_by_working_day",
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
    "XES_COLUMNS",
    "AccuracyOfWeek",
    "AdjustedFigure",
    "AdjustedForecast",
    "AgeResult",
    "Agenda",
    "Among",
    "AmountChange",
    "Axis",
    "Bar",
    "CalendarDays",
    "CalendarEntry",
    "CategoryForecast",
    "CategoryRule",
    "Competitors",
    "Concern",
    "Credit",
    "CreditSplit",
    "DayCount",
    "DealCount",
    "DealMetric",
    "DealRow",
    "DealSize",
    "DealTally",
    "Decision",
    "DecisionStatus",
    "Definition",
    "DueTask",
    "DueTasks",
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
    "Goal",
    "GoalLevel",
    "GoalStatus",
    "GoalWork",
    "Group",
    "Grouped",
    "Grouping",
    "Groups",
    "Interval",
    "Kept",
    "LeadSources",
    "LeftOut",
    "LogRow",
    "LossReasons",
    "Measured",
    "MeetingWork",
    "Metric",
    "MonthlyPart",
    "MonthlyRecurring",
    "Movement",
    "NoNextStep",
    "ObjectionResult",
    "ObjectionRow",
    "Objections",
    "OpenAge",
    "OpenObjection",
    "Per",
    "Portion",
    "Pushed",
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
    "RolledUp",
    "RottingDeal",
    "RottingDeals",
    "RottingShare",
    "SalesCycle",
    "Solution",
    "SourceResult",
    "Spread",
    "StageChances",
    "StageConversion",
    "StageIntervals",
    "StageMove",
    "Standing",
    "TableFault",
    "Tallies",
    "Tally",
    "Target",
    "TargetKind",
    "TaskCompletion",
    "TaskCounts",
    "TaskResult",
    "TaskRow",
    "TeamMeeting",
    "TimeInStage",
    "TotalAmount",
    "Urgency",
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
    "activity_credits",
    "adjusted",
    "agenda_as_markdown",
    "by_day",
    "by_forecast_month",
    "by_forecast_quarter",
    "by_month",
    "by_quarter",
    "by_week",
    "by_year",
    "calendar_text",
    "closed_in",
    "deal_credits",
    "due_tasks",
    "entries_of",
    "event_log",
    "follow_up_dates",
    "follow_up_entries",
    "follow_ups_due",
    "forecast_snapshots",
    "grouped",
    "joined",
    "measure",
    "meeting_credits",
    "meeting_entries",
    "minutes_as_markdown",
    "replayed",
    "rows_at",
    "split_by_day",
    "split_by_month",
    "split_by_portions",
    "split_by_working_day",
    "standing",
    "taken",
    "task_entries",
    "to_frames",
    "velocity_of",
    "visits_of",
    "waterfall_by",
    "waterfall_of",
    "weekly_agenda",
    "year_to_date",
]

if not TYPE_CHECKING:  # to type checkers, a name that there is not is a mistake
    __getattr__, __dir__ = door(__name__, _HOME_OF)
