"""The .ics text: read back with icalendar, it says what the deals say, and hostile text stays text."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.deal.cadence import WORKDAYS, Cadence, Frequency, RestDayShift, ShortMonths, Weekday
from salesflow.deal.deal import Deal
from salesflow.deal.follow_up import FollowUp
from salesflow.deal.meetings import Meeting, MeetingStatus
from salesflow.deal.tasks import Task, TaskStatus
from salesflow.errors import InvalidValue, MissingExtra, WrongType
from salesflow.measure.calendar_file import (
    CalendarEntry,
    calendar_text,
    follow_up_entries,
    meeting_entries,
    task_entries,
)
from salesflow.measure.follow_ups import follow_up_dates
from salesflow.values.moments import Period
from salesflow.values.working_time import Hours, WorkingDays, WorkingTime

icalendar = pytest.importorskip("icalendar")

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = WorkingTime(zone=BERLIN, days=WorkingDays(weekend=()))
YEAR = Period.year(2027, BERLIN)
HOST = "crm.example"


def a_deal(id: str = "D-1", **fields: object) -> Deal:
    return Deal(**{"id": id, "name": "Order desk for Noa Levi", "owner": "noa", **fields})


def a_task(id: int = 1, **fields: object) -> Task:
    return Task(**{"id": id, "title": "call Noa Levi", "due_at": NOW, "owner": "noa", "created_at": NOW, **fields})


def followed(cadence: Cadence) -> Deal:
    return a_deal(follow_up=FollowUp(cadence=cadence))


def read(entries, **asked: object):
    text = calendar_text(entries, at=NOW, **asked)
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return icalendar.Calendar.from_ical(text)


class TestTasks:
    def test_an_open_task_is_a_to_do_with_the_moment_when_it_is_due(self):
        (todo,) = read(task_entries([a_deal(tasks=(a_task(3),))], host=HOST)).walk("VTODO")
        assert (str(todo["uid"]), str(todo["summary"])) == ("task-3-of-D-1@crm.example", "Task 3 of deal D-1")
        assert (todo["due"].dt, todo["dtstamp"].dt) == (NOW, NOW)

    def test_done_tasks_and_those_of_others_are_not_in_it(self):
        done = a_task(1, status=TaskStatus.DONE, done_at=NOW)
        deal = a_deal(tasks=(done, a_task(2, owner=None), a_task(3), a_task(4, due_at=None)))
        entries = [*task_entries([deal], host=HOST, owners=["noa"])]
        assert [one.uid.split("-")[1] for one in entries] == ["3", "4"]
        assert [todo.get("due") is None for todo in read(entries).walk("VTODO")] == [False, True]

    def test_no_personal_value_is_in_it_unless_it_is_asked_for(self):
        deal = a_deal(tasks=(a_task(),), meetings=(Meeting(id=1, purpose="Noa Levi", planned_for=NOW, place="Noa's"),))
        entries = [*task_entries([deal], host=HOST), *meeting_entries([deal], host=HOST)]
        assert "Noa" not in calendar_text(entries, at=NOW)
        asked = task_entries([deal], host=HOST, summary=lambda deal, task: f"{task.title}: {deal.name}")
        (todo,) = read(asked).walk("VTODO")
        assert str(todo["summary"]) == "call Noa Levi: Order desk for Noa Levi"


class TestMeetings:
    def test_a_planned_meeting_is_an_event(self):
        meeting = Meeting(id=2, purpose="first meeting", planned_for=datetime(2026, 7, 1, 10, tzinfo=BERLIN), place="A")
        entries = meeting_entries(
            [a_deal(meetings=(meeting,))],
            host=HOST,
            lasts=timedelta(minutes=45),
            summary=lambda _deal, meeting: meeting.purpose,
            place=lambda _deal, meeting: meeting.place,
        )
        (event,) = read(entries).walk("VEVENT")
        assert (str(event["summary"]), str(event["location"])) == ("first meeting", "A")
        assert event["dtstart"].dt == datetime(2026, 7, 1, 8, tzinfo=UTC)
        assert event["duration"].dt == timedelta(minutes=45)
        assert event.get("status") is None

    def test_a_canceled_one_is_struck_out_and_a_later_version_of_the_same(self):
        meetings = (
            Meeting(id=1, purpose="a", planned_for=NOW, status=MeetingStatus.CANCELED, times_rescheduled=2),
            Meeting(id=2, purpose="a", planned_for=NOW, times_rescheduled=1),
            Meeting(id=3, purpose="a", planned_for=NOW, status=MeetingStatus.HELD, held_at=NOW),
            Meeting(id=4, purpose="a"),
        )
        events = read(meeting_entries([a_deal(meetings=meetings)], host=HOST)).walk("VEVENT")
        assert [(event.get("status"), event.get("sequence")) for event in events] == [("CANCELLED", 3), (None, 1)]


def expanded(calendar, zone=BERLIN) -> list[datetime | date]:
    """What a calendar program makes of the events: single ones and rules, in the zone."""
    from dateutil.rrule import rrulestr

    found: list[datetime | date] = []
    for event in calendar.walk("VEVENT"):
        start = event["dtstart"].dt
        if "rrule" not in event:
            found.append(start.astimezone(zone) if isinstance(start, datetime) else start)
            continue
        rule = event["rrule"].to_ical().decode()
        if isinstance(start, datetime):
            found += [one.replace(tzinfo=start.tzinfo) for one in rrulestr(rule, dtstart=start)]
        else:
            found += [one.date() for one in rrulestr(rule, dtstart=datetime.combine(start, time.min))]
    return found


def cadences() -> st.SearchStrategy[Cadence]:
    def build(**fields: object) -> Cadence | None:
        try:
            return Cadence(**fields)
        except InvalidValue:
            return None

    return st.builds(
        build,
        frequency=st.sampled_from(Frequency),
        anchor=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
        every=st.integers(1, 5),
        weekdays=st.sets(st.sampled_from(Weekday), max_size=3),
        month_days=st.sets(st.sampled_from([1, 15, 28, 29, 30, 31, -1, -3]), max_size=2),
        months=st.sets(st.integers(1, 12), max_size=3),
        nth=st.sets(st.sampled_from([1, 2, -1]), max_size=2),
        count=st.none() | st.integers(1, 40),
        at=st.none() | st.sampled_from([time(9), time(2, 30), time(21)]),
        short_months=st.none() | st.sampled_from(ShortMonths),
        week_start=st.sampled_from([Weekday.MONDAY, Weekday.SUNDAY]),
    ).filter(lambda cadence: cadence is not None)


class TestTheRegularFollowUp:
    def test_it_is_one_entry_with_a_rule_where_that_is_exact(self):
        cadence = Cadence(frequency=Frequency.WEEKLY, every=2, anchor=date(2026, 12, 28), at=time(9))
        calendar = read(follow_up_entries([followed(cadence)], YEAR, host=HOST, working=EVERY_DAY))
        (event,) = calendar.walk("VEVENT")
        assert str(event["uid"]) == "follow-up-of-D-1@crm.example"
        assert event["rrule"].to_ical().decode() == "FREQ=WEEKLY;UNTIL=20271227T080000Z;INTERVAL=2;WKST=MO"
        assert event["dtstart"].params["TZID"] == "Europe/Berlin"
        assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]

    def test_the_zone_that_is_described_has_summer_time(self):
        cadence = Cadence(frequency=Frequency.MONTHLY, anchor=date(2027, 1, 4), at=time(9))
        text = calendar_text(follow_up_entries([followed(cadence)], YEAR, host=HOST, working=EVERY_DAY), at=NOW)
        unknown = text.replace("Europe/Berlin", "X-Office")  # so that what the file describes is all there is
        (event,) = icalendar.Calendar.from_ical(unknown).walk("VEVENT")
        zone = event["dtstart"].dt.tzinfo
        offsets = {datetime(2027, month, 4, 9, tzinfo=zone).utcoffset() for month in (1, 7, 12)}
        assert offsets == {timedelta(hours=1), timedelta(hours=2)}

    def test_the_last_day_of_the_month_is_a_rule_too(self):
        cadence = Cadence(
            frequency=Frequency.MONTHLY, anchor=date(2026, 12, 31), short_months=ShortMonths.LAST_DAY, month_days=(31,)
        )
        calendar = read(follow_up_entries([followed(cadence)], YEAR, host=HOST, working=EVERY_DAY))
        assert len(calendar.walk("VEVENT")) == 1
        assert expanded(calendar)[:2] == [date(2027, 1, 31), date(2027, 2, 28)]

    def test_where_a_meeting_is_moved_each_is_an_entry_of_its_own(self):
        office = WorkingTime(zone=BERLIN, days=WorkingDays(holidays=[date(2027, 5, 6)]), quiet=Hours(time(20), time(8)))
        cadence = Cadence(frequency=Frequency.WEEKLY, anchor=date(2027, 4, 29), at=time(9), count=3)
        events = read(follow_up_entries([followed(cadence)], YEAR, host=HOST, working=office)).walk("VEVENT")
        assert [(str(event["uid"]), event["dtstart"].dt.isoformat()) for event in events] == [
            ("follow-up-20270429-of-D-1@crm.example", "2027-04-29T07:00:00+00:00"),
            ("follow-up-20270506-of-D-1@crm.example", "2027-05-07T07:00:00+00:00"),
            ("follow-up-20270513-of-D-1@crm.example", "2027-05-13T07:00:00+00:00"),
        ]

    def test_a_zone_without_a_name_has_no_rule(self):
        fixed = WorkingTime(zone=timezone(timedelta(hours=5, minutes=30)), days=WorkingDays(weekend=()))
        cadence = Cadence(frequency=Frequency.DAILY, anchor=date(2027, 1, 2), at=time(3), count=3)
        entries = [*follow_up_entries([followed(cadence)], YEAR, host=HOST, working=fixed)]
        assert [entry.rule for entry in entries] == [(), (), ()]
        assert len(read(entries).walk("VEVENT")) == 3

    def test_deals_without_a_cadence_are_passed_over(self):
        assert [*follow_up_entries([a_deal(), a_deal(follow_up=FollowUp())], YEAR, host=HOST, working=EVERY_DAY)] == []

    @given(cadences(), st.sampled_from(RestDayShift))
    def test_a_calendar_program_gets_exactly_the_meetings_that_take_place(self, cadence, shift):
        for working in (EVERY_DAY, WorkingTime(zone=BERLIN, quiet=Hours(time(20), time(8)))):
            dates = follow_up_dates(cadence, YEAR, working=working, shift=shift)
            calendar = read(follow_up_entries([followed(cadence)], YEAR, host=HOST, working=working, shift=shift))
            assert expanded(calendar) == [one.at or one.on for one in dates]

    def test_working_days_of_a_month_counted_from_the_end_are_a_rule(self):
        cadence = Cadence(frequency=Frequency.MONTHLY, anchor=date(2027, 1, 1), weekdays=WORKDAYS, nth=(-2,))
        (entry,) = follow_up_entries([followed(cadence)], YEAR, host=HOST, working=EVERY_DAY)
        assert dict(entry.rule)["BYSETPOS"] == "-2"


HOSTILE = "x\r\nATTENDEE:mailto:eve@evil.example\r\nEND:VEVENT"
SPECIAL = 'a;b,c\\n:d"e" ATTENDEE;CN=x:mailto:eve@evil.example =HYPERLINK() <b>'


class TestHostileText:
    @pytest.mark.parametrize("text", [HOSTILE, "a\nb", "a\rb", "a\0b", "", "  ", "x" * 1001, "a\u202eb"])
    def test_a_title_of_several_lines_is_refused_and_not_repeated(self, text):
        with pytest.raises(InvalidValue, match="summary") as refused:
            list(task_entries([a_deal(tasks=(a_task(),))], host=HOST, summary=lambda _deal, _task: text))
        assert "evil" not in str(refused.value)

    @pytest.mark.parametrize("field", ["uid", "place"])
    def test_nor_is_any_other_text(self, field):
        with pytest.raises(InvalidValue, match=field):
            CalendarEntry(**{"uid": "a", "summary": "b", "when": NOW, field: HOSTILE})
        with pytest.raises(InvalidValue, match="name"):
            calendar_text([], at=NOW, name=HOSTILE)

    def test_what_has_a_meaning_in_the_file_comes_back_as_text(self):
        entries = [CalendarEntry(uid=SPECIAL, summary=SPECIAL, place=SPECIAL, when=NOW)]
        calendar = read(entries, name=SPECIAL)
        (event,) = calendar.walk("VEVENT")
        assert str(event["summary"]) == str(event["location"]) == str(calendar["x-wr-calname"]) == SPECIAL
        assert set(event) == {"UID", "DTSTAMP", "SUMMARY", "DTSTART", "DURATION", "LOCATION"}

    @given(st.text(min_size=1, max_size=200))
    def test_no_title_gets_out_of_its_place(self, text):
        try:
            entry = CalendarEntry(uid="u", summary=text, place=text, when=NOW)
        except InvalidValue:
            return
        calendar = read([entry])
        (event,) = calendar.walk("VEVENT")
        assert str(event["summary"]) == text
        assert set(event) == {"UID", "DTSTAMP", "SUMMARY", "DTSTART", "DURATION", "LOCATION"}
        assert len(calendar.subcomponents) == 1


class TestWhatIsRefused:
    @pytest.mark.parametrize("host", ["", "crm.example\r\nX:1", "a b", ".", "a@b", None, "x" * 300])
    def test_the_host_is_a_host_name(self, host):
        for make in (task_entries, meeting_entries):
            with pytest.raises(InvalidValue, match="host"):
                list(make([], host=host))

    @pytest.mark.parametrize("lasts", [timedelta(), timedelta(-1), 60])
    def test_a_meeting_lasts_for_some_time(self, lasts):
        with pytest.raises(InvalidValue, match="lasts"):
            list(meeting_entries([], host=HOST, lasts=lasts))

    def test_one_text_is_no_list_of_owners(self):
        with pytest.raises(WrongType, match="owners"):
            list(task_entries([], host=HOST, owners="noa"))

    def test_an_entry_is_in_a_calendar_once(self):
        entry = CalendarEntry(uid="a", summary="b", when=NOW)
        with pytest.raises(InvalidValue, match="once"):
            calendar_text([entry, attrs.evolve(entry, summary="c")], at=NOW)

    def test_moments_have_a_time_zone(self):
        with pytest.raises(InvalidValue, match="time zone"):
            calendar_text([], at=datetime(2026, 11, 2))
        with pytest.raises(InvalidValue, match="time zone"):
            CalendarEntry(uid="a", summary="b", when=datetime(2026, 11, 2))
        with pytest.raises(WrongType, match="when"):
            CalendarEntry(uid="a", summary="b", when="2026-11-02")

    def test_where_icalendar_is_missing_the_error_names_the_extra(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "icalendar", None)
        with pytest.raises(MissingExtra, match=r"salesflow\[calendar\]"):
            calendar_text([], at=NOW)


def test_a_whole_file_reads_like_this():
    deal = a_deal(tasks=(a_task(),))
    lines = calendar_text(task_entries([deal], host=HOST), at=NOW, name="Sales").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert sorted(lines[1:-2]) == [
        "BEGIN:VTODO",
        "DTSTAMP:20261102T090000Z",
        "DUE:20261102T090000Z",
        "END:VTODO",
        "METHOD:PUBLISH",
        "PRODID:-//salesflow//salesflow//EN",
        "SUMMARY:Task 1 of deal D-1",
        "UID:task-1-of-D-1@crm.example",
        "VERSION:2.0",
        "X-WR-CALNAME:Sales",
    ]
