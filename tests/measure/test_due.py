"""What is due: the open tasks of many deals, where the day is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.deal.deal import Deal
from salesflow.deal.tasks import Task, TaskStatus
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.measure.due import Urgency, due_tasks
from salesflow.measure.rows import DealRow, TaskRow
from salesflow.outcome import Outcome

NOW = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_task(id: int, due_at: datetime | None = None, **fields: object) -> Task:
    return Task(
        **{"id": id, "title": "call", "due_at": due_at, "owner": "noa", "created_at": NOW - 48 * HOUR, **fields}
    )


def a_deal(*tasks: Task, id: str = "D-1", **fields: object) -> Deal:
    return Deal(**{"id": id, "name": "Desk", "owner": "noa", "stage": "approach", "tasks": tasks, **fields})


def ids(tasks) -> list[tuple[str, int]]:
    return [(one.deal_id, one.task.id) for one in tasks]


class TestHowNearATaskIs:
    def test_what_was_due_before_now_is_overdue_earlier_today_too(self):
        due = due_tasks([a_deal(a_task(1, NOW - HOUR), a_task(2, NOW - 30 * HOUR))], at=NOW, zone=UTC)
        assert ids(due.overdue) == [("D-1", 2), ("D-1", 1)]

    def test_what_is_due_at_this_very_moment_is_due_today(self):
        due = due_tasks([a_deal(a_task(1, NOW))], at=NOW, zone=UTC)
        assert ids(due.today) == [("D-1", 1)]

    def test_whether_it_is_today_depends_on_where_the_day_is(self):
        deals = [a_deal(a_task(1, NOW + 2 * HOUR), a_task(2, NOW + 4 * HOUR))]
        in_london, in_jerusalem = (due_tasks(deals, at=NOW, zone=zone) for zone in ("Europe/London", "Asia/Jerusalem"))
        assert (ids(in_london.today), ids(in_london.coming)) == ([("D-1", 1)], [("D-1", 2)])
        assert (ids(in_jerusalem.today), ids(in_jerusalem.coming)) == ([], [("D-1", 1), ("D-1", 2)])

    def test_a_task_without_a_date_is_never_overdue_and_comes_last(self):
        due = due_tasks([a_deal(a_task(1), a_task(2, datetime(9000, 1, 1, tzinfo=UTC)))], at=NOW, zone=UTC)
        assert [one.urgency for one in due] == [Urgency.COMING, Urgency.UNDATED]
        assert ids(due.undated) == [("D-1", 1)]

    def test_the_moment_is_given_in_the_zone_that_was_asked_for(self):
        (task,) = due_tasks([a_deal(a_task(1, NOW))], at=NOW, zone="Asia/Jerusalem")
        assert task.due_at is not None
        assert task.due_at.isoformat() == "2026-11-02T23:30:00+02:00"


class TestWhichTasks:
    def test_done_and_canceled_ones_are_not(self):
        done = a_task(1, NOW, status=TaskStatus.DONE, done_at=NOW)
        canceled = a_task(2, NOW, status=TaskStatus.CANCELED, done_at=NOW)
        assert len(due_tasks([a_deal(done, canceled)], at=NOW, zone=UTC)) == 0

    def test_those_of_a_deal_that_was_won_or_lost_still_are(self):
        deals = [a_deal(a_task(1, NOW), id=str(one), outcome=one) for one in Outcome]
        assert len(due_tasks(deals, at=NOW, zone=UTC)) == 3

    def test_those_of_one_owner_or_of_several_or_of_nobody(self):
        deal = a_deal(a_task(1, NOW), a_task(2, NOW, owner="dan"), a_task(3, NOW, owner=None))
        asked = {
            owners: ids(due_tasks([deal], at=NOW, zone=UTC, owners=owners))
            for owners in (None, ("noa",), ("noa", None), ("nobody known",), ())
        }
        assert [len(found) for found in asked.values()] == [3, 1, 2, 0, 0]
        assert asked["noa", None] == [("D-1", 1), ("D-1", 3)]

    def test_those_that_are_due_before_a_moment(self):
        deal = a_deal(a_task(1, NOW - HOUR), a_task(2, NOW + HOUR), a_task(3, NOW + 2 * HOUR), a_task(4))
        assert ids(due_tasks([deal], at=NOW, zone=UTC, until=NOW + 2 * HOUR)) == [("D-1", 1), ("D-1", 2)]

    def test_rows_are_as_good_as_deals(self):
        row = TaskRow(deal_id="D-1", id=7, owner="noa", created_at=NOW, due_at=NOW)
        (found,) = due_tasks([DealRow(id="D-1", tasks=(row,))], at=NOW, zone=UTC)
        assert (found.deal_id, found.task, found.owner) == ("D-1", row, "noa")


dates = st.none() | st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 1), timezones=st.just(UTC))


@given(st.lists(st.lists(dates, max_size=4), max_size=5), st.randoms())
def test_the_order_is_that_of_time_and_does_not_depend_on_that_of_the_deals(given_dates, random):
    deals = [
        a_deal(*(a_task(place, due) for place, due in enumerate(tasks, start=1)), id=f"D-{number}")
        for number, tasks in enumerate(given_dates)
    ]
    due = due_tasks(deals, at=NOW, zone=UTC)
    random.shuffle(deals)
    assert due_tasks(deals, at=NOW, zone=UTC) == due
    assert (*due.overdue, *due.today, *due.coming, *due.undated) == due.tasks
    known = [one.due_at for one in due if one.due_at is not None]
    assert known == sorted(known)
    assert len(due) == sum(map(len, given_dates))


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"at": datetime(2026, 11, 2)}, InvalidValue),
        ({"until": datetime(2026, 11, 2)}, InvalidValue),
        ({"zone": "Asia/Jeruslem"}, UnknownName),
        ({"zone": None}, WrongType),
        ({"owners": "noa"}, WrongType),
    ],
)
def test_what_makes_no_sense_is_refused(asked, error):
    with pytest.raises(error):
        due_tasks([], **{"at": NOW, "zone": UTC, **asked})
