"""Whether what was due was done in time, the short term and the long term apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from deals_measured import START, a_row, after

from salesflow import InvalidValue, Period, UnknownName
from salesflow.measure import TaskCompletion, TaskRow, grouped

NOW = after(20)


def task(number: int, due: float | None, done: float | None = None, status: str | None = None, **fields):
    return TaskRow(
        deal_id="D-1",
        id=number,
        status=status or ("open" if done is None else "done"),
        created_at=START,
        due_at=None if due is None else after(due),
        done_at=None if done is None else after(done),
        **fields,
    )


def deal(*tasks: TaskRow):
    return [a_row("D-1", owner="noa", tasks=tasks)]


def test_in_time_late_and_overdue():
    result = TaskCompletion(at=NOW).of(deal(task(1, 3, 3), task(2, 3, 4), task(3, 3), task(4, 30, 2)))
    assert (result.on_time, result.late, result.overdue, result.due) == (2, 1, 1, 4)
    assert result.on_time_rate.percent() == 50


def test_what_is_not_due_yet_has_not_failed_yet():
    result = TaskCompletion(at=NOW).of(deal(task(1, 30), task(2, None), task(3, 3, 2, "canceled")))
    assert result.on_time_rate.undefined == "no tasks were due"
    assert [(one.reason, one.count) for one in result.left_out] == [
        ("it has no due date", 1),
        ("it is not due yet", 1),
        ("it was canceled", 1),
    ]


def test_at_the_very_moment_a_task_is_not_overdue_yet():
    assert TaskCompletion(at=after(3)).of(deal(task(1, 3))).overdue == 0
    assert TaskCompletion(at=after(3, seconds=1)).of(deal(task(1, 3))).overdue == 1


def test_the_past_is_seen_as_it_was():
    tasks = deal(task(1, 3, 8), task(2, 5, 6, "canceled"))
    result = TaskCompletion(at=after(7)).of(tasks)
    assert (result.overdue, result.late, result.left_out[0].reason) == (1, 0, "it was canceled")
    assert TaskCompletion(at=after(-1)).of(tasks).left_out[0].reason == "it was added later"


def test_short_term_is_what_was_due_within_a_week():
    result = TaskCompletion(at=NOW).of(deal(task(1, 7, 7), task(2, 8), task(3, 2)))
    assert (result.short_term.on_time_rate.percent(), result.long_term.on_time_rate.percent()) == (50, 0)
    month = TaskCompletion(at=NOW, short_term=timedelta(days=30)).of(deal(task(1, 7, 7), task(2, 8)))
    assert (month.short_term.due, month.long_term.due) == (2, 0)
    with pytest.raises(InvalidValue, match="must not be negative"):
        TaskCompletion(at=NOW, short_term=timedelta(days=-1))


def test_a_period_is_by_when_tasks_are_due():
    week = TaskCompletion(at=NOW, due=Period(after(0), after(7))).of(deal(task(1, 3, 3), task(2, 7, 7)))
    assert (week.due, week.left_out[0].reason) == (1, "it is due outside the period")
    assert "due from 2026-11-02T09:00:00+00:00" in week.on_time_rate.definition.population


def test_tasks_have_owners_of_their_own():
    rows = deal(task(1, 3, 3, owner="dan"), task(2, 3, owner="noa"), task(3, 3, owner=""))
    by_owner = TaskCompletion(at=NOW).by("owner").of(rows)
    assert by_owner.keys == ("dan", "noa", None)
    assert (by_owner["dan"].on_time, by_owner["noa"].overdue, by_owner.whole.due) == (1, 1, 3)
    assert grouped(TaskCompletion(at=NOW), "owner").of(rows)["noa"].due == 3
    with pytest.raises(UnknownName, match="did you mean 'owner'"):
        TaskCompletion(at=NOW).by("ownr")


def test_tasks_may_be_grouped_by_a_function_and_chosen_by_another():
    def weekday(one: TaskRow) -> str:
        return one.due_at.strftime("%a")

    calls = TaskCompletion(at=NOW, tasks=lambda one: one.kind == "call")
    rows = deal(task(1, 1, 1, kind="call"), task(2, 2, kind="call"), task(3, 1, kind="visit"))
    by_day = calls.by(weekday).of(rows)
    assert (by_day.by, by_day.keys, by_day["Tue"].on_time) == (("weekday",), ("Tue", "Wed"), 1)
