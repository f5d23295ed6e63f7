"""The words of the board, each once: what the library itself puts on a screen.

The value of a label is its English text, and that is what a translation is asked for, so that gettext catalogs and plain
dictionaries fit. No label counts things in a sentence ("3 deals"): it names them and the number stands beside it, so no
language needs plural forms here. What stands in braces is put in after the translation.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Label"]


class Label(StrEnum):
    """Everything that the board says in its own words."""

    SKIP = "Skip to the board"
    SECTIONS = "On this page"
    AS_OF = "As of {moment}"
    TABLE_OF = "The figures of: {title}"

    UNKNOWN = "unknown"
    UNDEFINED = "undefined"
    NOBODY = "nobody yet"
    NOT_KNOWN_OF = "Not known of"
    NOTHING_HERE = "No deals"
    LEFT_OUT = "Not shown"
    AND_MORE = "and {count} more"
    ORDER = "Order of the cards: {order}"

    PIPELINE = "The pipeline"
    STAGE = "Stage"
    DEALS = "Deals"
    AMOUNT = "Amount"
    WEIGHTED = "Weighted"
    READY = "Ready to move on"
    ROTTING = "Rotting"
    ON_HOLD = "On hold"
    ON_HOLD_UNTIL = "On hold until {day}"
    NO_NEXT_STEP = "No next step"
    TASKS = "Deals by the state of their tasks"
    OVERDUE = "Overdue"
    DUE = "Due"
    DONE = "Done"
    NO_TASK = "No tasks"
    DAYS_OVER = "Rotting, days over: {count}"
    ROTS_TODAY = "Rotting since today"
    OVERDUE_TASKS = "Overdue tasks: {count}"
    TASKS_TODAY = "Tasks due today: {count}"
    OPEN_TASKS = "Open tasks: {count}"
    DONE_TASKS = "Tasks done: {count}"
    OWNER = "Owner"
    DAYS_HERE = "Days in this stage"
    EXPECTED = "Expected close"
    NEXT_STEP = "Next step"
    A_STEP = "planned"
    MISSING_FOR = "Missing for {stage}"
    NOTHING_MISSING = "Nothing is missing for {stage}"

    FUNNEL = "The funnel"
    REACHED = "Reached"
    OF_ALL = "Of all"
    WENT_ON = "Went on"
    STILL_OPEN = "Open"
    LOST = "Lost"
    WON = "Won"

    WATERFALL = "How the pipeline changed"
    CHANGE = "Change"
    FROM_TO = "From {start} to {end}"

    FORECAST = "The forecast"
    LINE = "Line"

    GOALS = "Goals"
    WHO = "Who"
    ACHIEVED = "Achieved"
    TARGET = "Target"
    ATTAINMENT = "Attainment"
    PACE = "Pace"
    STILL_NEEDED = "Still needed"
    MET = "met"
    EXPECTED_BY_NOW = "The mark is what is expected by now"

    FIGURES = "Figures"
    FIGURE = "Figure"
    VALUE = "Value"
    MEANING = "What it means"
