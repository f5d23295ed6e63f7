"""Working time: hours that really pass while work is done, and hours in which nobody is to be disturbed."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.values.working_time import Hours, Weekday, WorkingDays, WorkingTime

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
OFFICE = WorkingTime(zone="Europe/Berlin")
LUNCH = (Hours(time(9), time(12)), Hours(time(13), time(17)))
NIGHT = WorkingTime(zone="Europe/Berlin", days=WorkingDays(weekend=()), hours=Hours(time(0), time(8)))
ALWAYS = WorkingTime(zone="Europe/Berlin", days=WorkingDays(weekend=()), hours=Hours(time(0), time(0)))
SHORT_FRIDAY = WorkingTime(
    zone="Asia/Jerusalem",
    days=WorkingDays(weekend=(Weekday.SATURDAY,), holidays=(datetime(2026, 11, 4).date(),)),
    hours={day: Hours(time(8), time(13)) if day is Weekday.FRIDAY else LUNCH for day in Weekday if day != 5},
)


def berlin(day: int, hour: int = 0, minute: int = 0, *, month: int = 11, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN, fold=fold)


moments = st.datetimes(
    datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.sampled_from([UTC, BERLIN, ZoneInfo("America/New_York")])
)
schedules = st.sampled_from([OFFICE, SHORT_FRIDAY, NIGHT, ALWAYS])
amounts = st.timedeltas(timedelta(days=-60), timedelta(days=60))


class TestAdding:
    @pytest.mark.parametrize(
        ("start", "hours", "due"),
        [
            (berlin(2, 10), 1, berlin(2, 11)),
            (berlin(2, 16), 2, berlin(3, 10)),
            (berlin(2, 16), 1, berlin(2, 17)),
            (berlin(2, 7), 1, berlin(2, 10)),
            (berlin(2, 20), 1, berlin(3, 10)),
            (berlin(7, 12), 1, berlin(9, 10)),
            (berlin(6, 16), 41, berlin(13, 17)),
            (berlin(3, 10), -2, berlin(2, 16)),
            (berlin(3, 10), -1, berlin(3, 9)),
            (berlin(7, 12), -1, berlin(6, 16)),
        ],
    )
    def test_work_goes_on_where_it_stopped(self, start, hours, due):
        assert OFFICE.add(start, hours * HOUR) == due

    def test_nothing_is_an_answer_and_moves_nothing(self):
        assert OFFICE.add(berlin(7, 12), timedelta()) == berlin(7, 12)

    def test_lunch_and_short_days_and_holidays_are_left_out(self):
        jerusalem = ZoneInfo("Asia/Jerusalem")
        tuesday = datetime(2026, 11, 3, 11, tzinfo=jerusalem)
        assert SHORT_FRIDAY.add(tuesday, 2 * HOUR) == datetime(2026, 11, 3, 14, tzinfo=jerusalem)
        assert SHORT_FRIDAY.add(tuesday, 6 * HOUR) == datetime(2026, 11, 5, 10, tzinfo=jerusalem)
        assert SHORT_FRIDAY.add(tuesday, 14 * HOUR) == datetime(2026, 11, 6, 10, tzinfo=jerusalem)
        assert SHORT_FRIDAY.add(tuesday, 18 * HOUR) == datetime(2026, 11, 8, 10, tzinfo=jerusalem)

    def test_the_answer_is_in_the_zone_of_the_schedule(self):
        due = OFFICE.add(datetime(2026, 11, 2, 9, tzinfo=UTC), HOUR)
        assert due.isoformat() == "2026-11-02T11:00:00+01:00"

    @given(schedules, moments, amounts)
    def test_it_is_the_inverse_of_what_passes_between(self, schedule, at, working):
        assert schedule.between(at, schedule.add(at, working)) == working

    @given(schedules, moments, amounts)
    def test_a_moment_before_would_not_be_enough(self, schedule, at, working):
        due = schedule.add(at, working)
        if working:
            nearer = due - timedelta.resolution if working > timedelta() else due + timedelta.resolution
            assert abs(schedule.between(at, nearer)) < abs(working)


class TestWhatPassesBetween:
    def test_only_working_hours_count(self):
        assert OFFICE.between(berlin(2, 16), berlin(3, 10)) == 2 * HOUR
        assert OFFICE.between(berlin(6, 16), berlin(9, 10)) == 2 * HOUR
        assert OFFICE.between(berlin(7), berlin(8, 12)) == timedelta()

    def test_backwards_it_lies_below_zero(self):
        assert OFFICE.between(berlin(3, 10), berlin(2, 16)) == -2 * HOUR

    def test_summer_time_takes_an_hour_of_the_night_shift_and_gives_it_back(self):
        assert NIGHT.between(berlin(29, month=3), berlin(30, month=3)) == 7 * HOUR
        assert NIGHT.between(berlin(25, month=10), berlin(26, month=10)) == 9 * HOUR
        assert OFFICE.between(berlin(27, month=3), berlin(31, month=3)) == 16 * HOUR

    def test_within_the_hour_that_comes_twice(self):
        first, second = berlin(25, 2, 30, month=10), berlin(25, 2, 30, month=10, fold=1)
        assert NIGHT.between(first, second) == HOUR
        assert NIGHT.add(first, HOUR).astimezone(UTC) == second.astimezone(UTC)

    def test_hours_that_the_clock_skips_are_not_counted_twice(self):
        odd = WorkingTime(
            zone="Europe/Berlin",
            days=WorkingDays(weekend=()),
            hours=(Hours(time(2, 15), time(2, 45)), Hours(time(3), time(4))),
        )
        assert odd.between(berlin(29, month=3), berlin(30, month=3)) <= 1.5 * HOUR
        assert odd.between(berlin(29, 3, month=3), berlin(29, 4, month=3)) <= HOUR

    @given(moments, moments)
    def test_who_always_works_has_the_time_that_passes(self, start, end):
        assert ALWAYS.between(start, end) == end.astimezone(UTC) - start.astimezone(UTC)

    @given(schedules, moments, moments, moments)
    def test_parts_add_up(self, schedule, one, two, three):
        assert schedule.between(one, two) + schedule.between(two, three) == schedule.between(one, three)

    def test_a_century_is_counted_as_exactly_as_a_day(self):
        start = datetime(2000, 1, 1, tzinfo=BERLIN)
        end = datetime(2099, 1, 1, tzinfo=BERLIN)
        assert ALWAYS.between(start, end) == end - start
        assert OFFICE.between(start, end) == 8 * HOUR * OFFICE.days.between(start.date(), end.date())

    def test_a_zone_that_cannot_be_hashed_is_taken_too(self):
        dateutil_tz = pytest.importorskip("dateutil.tz")
        night = attrs.evolve(NIGHT, zone=dateutil_tz.gettz("Europe/Berlin"))
        assert night.between(berlin(29, month=3), berlin(30, month=3)) == 7 * HOUR


ODD_ZONES = [
    "America/Asuncion",  # the clock jumps at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Casablanca",  # back for Ramadan
    "Pacific/Apia",  # a day was left out
    "America/St_Johns",
    "Asia/Beirut",
]


@given(
    st.sampled_from(ODD_ZONES),
    st.sets(st.sampled_from(Weekday), max_size=3),
    st.sampled_from([Hours(time(0), time(0)), Hours(time(0, 30), time(3, 30)), LUNCH]),
    st.datetimes(datetime(2011, 1, 1), datetime(2011, 12, 31), timezones=st.just(UTC)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    st.integers(0, 8 * 24),
)
def test_it_is_what_looking_at_the_clock_every_minute_gives(zone, weekend, hours, start, long):
    schedule = WorkingTime(zone=zone, days=WorkingDays(weekend=weekend), hours=hours)
    end = start + long * HOUR
    minute = timedelta(minutes=1)
    local = [(start + number * minute).astimezone(schedule.zone) for number in range(long * 60)]
    if any(one.date() != other.date() - timedelta(days=1) for one, other in pairwise(sorted({*map(_midnight, local)}))):
        return  # a day that never was has no clock to look at
    worked = sum(
        at.weekday() not in weekend and any(one.holds(at.time()) for one in schedule.hours[at.weekday()])
        for at in local
    )
    changes = {at.utcoffset() for at in local}
    if len(changes) == 1 or hours == Hours(time(0), time(0)):
        assert schedule.between(start, end) == worked * minute
    else:
        assert abs(schedule.between(start, end) - worked * minute) <= HOUR


def _midnight(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day)


class TestWhenWorkIsDone:
    def test_the_end_of_the_hours_is_not_in_them(self):
        asked = [berlin(2, 8, 59), berlin(2, 9), berlin(2, 16, 59), berlin(2, 17), berlin(7, 12)]
        assert [OFFICE.is_working(at) for at in asked] == [False, True, True, False, False]

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            (berlin(2, 7), berlin(2, 9)),
            (berlin(2, 12), berlin(2, 12)),
            (berlin(2, 17), berlin(3, 9)),
            (berlin(6, 18), berlin(9, 9)),
        ],
    )
    def test_when_it_begins_again(self, at, expected):
        assert OFFICE.next_working(at) == expected

    @given(schedules, moments)
    def test_no_working_time_passes_until_it_begins_again(self, schedule, at):
        begins = schedule.next_working(at)
        assert schedule.is_working(begins)
        assert schedule.between(at, begins) == timedelta()

    def test_days_may_be_added_at_the_same_time_on_the_clock(self):
        assert OFFICE.add_days(berlin(27, 10, month=3), 1) == berlin(30, 10, month=3)
        assert OFFICE.add_days(berlin(25, 2, 30, month=10, fold=1), 0).fold == 1


class TestQuietHours:
    EVENING = attrs.evolve(OFFICE, quiet=Hours(time(20), time(8)))

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            (berlin(2, 19, 59), berlin(2, 19, 59)),
            (berlin(2, 20), berlin(3, 8)),
            (berlin(3, 7, 59), berlin(3, 8)),
            (berlin(3, 8), berlin(3, 8)),
        ],
    )
    def test_they_may_go_over_midnight(self, at, expected):
        assert self.EVENING.after_quiet_hours(at) == expected
        assert self.EVENING.is_quiet(at) is (at != expected)

    def test_they_may_lie_within_a_day_and_end_at_midnight(self):
        noon = attrs.evolve(OFFICE, quiet=Hours(time(12), time(14)))
        assert noon.after_quiet_hours(berlin(2, 13)) == berlin(2, 14)
        late = attrs.evolve(OFFICE, quiet=Hours(time(22), time(0)))
        assert late.after_quiet_hours(berlin(2, 23)) == berlin(3)

    def test_they_go_by_the_clock_of_the_zone(self):
        assert self.EVENING.after_quiet_hours(datetime(2026, 11, 2, 19, tzinfo=UTC)) == berlin(3, 8)

    def test_where_there_are_none_nothing_is_quiet(self):
        assert not OFFICE.is_quiet(berlin(2, 3))
        assert OFFICE.after_quiet_hours(berlin(2, 3)) == berlin(2, 3)

    def test_in_the_hour_that_comes_twice_they_end_later_and_not_before(self):
        schedule = attrs.evolve(ALWAYS, quiet=Hours(time(22), time(2, 30)))
        at = berlin(25, 2, 15, month=10, fold=1)
        assert schedule.after_quiet_hours(at) == berlin(25, 2, 30, month=10, fold=1)
        assert schedule.after_quiet_hours(at).fold == 1

    @pytest.mark.parametrize(
        ("at", "expected"),
        [(berlin(7, 12), berlin(9, 12)), (berlin(6, 21), berlin(9, 8)), (berlin(8, 3), berlin(9, 8))],
    )
    def test_a_call_waits_for_a_working_day_and_for_the_morning(self, at, expected):
        assert self.EVENING.to_call(at) == expected

    @given(moments)
    def test_a_call_never_disturbs(self, at):
        call = self.EVENING.to_call(at)
        assert call >= at
        assert not self.EVENING.is_quiet(call)
        assert self.EVENING.days.is_working_day(call.date())


class TestTheValue:
    def test_it_is_a_value(self):
        again = pickle.loads(pickle.dumps(SHORT_FRIDAY))
        assert again == SHORT_FRIDAY
        assert hash(again) == hash(SHORT_FRIDAY)
        assert attrs.evolve(SHORT_FRIDAY, quiet=Hours(time(20), time(7))).hours == SHORT_FRIDAY.hours

    def test_hours_that_are_the_same_every_day_leave_the_weekend_out(self):
        assert [len(day) for day in OFFICE.hours] == [1, 1, 1, 1, 1, 0, 0]

    def test_hours_say_what_they_are(self):
        assert str(Hours(time(9), time(17, 30))) == "09:00-17:30"

    @pytest.mark.parametrize(
        ("hours", "says"),
        [
            (Hours(time(22), time(6)), "divide them at midnight"),
            ((Hours(time(9), time(12)), Hours(time(11), time(17))), "overlap"),
            ((Hours(time(9), time(0)), Hours(time(11), time(17))), "overlap"),
            ({Weekday.MONDAY: Hours(time(9), time(17))}, "each working day has hours"),
            ({day: Hours(time(9), time(17)) for day in Weekday}, "no day of the weekend"),
            ({"monday": Hours(time(9), time(17))}, "go by weekday"),
            ((), "each working day has hours"),
            (time(9), "must be Hours"),
            ([time(9)], "must be Hours"),
        ],
    )
    def test_hours_that_make_no_sense_are_refused(self, hours, says):
        with pytest.raises(InvalidValue, match=says):
            WorkingTime(zone=UTC, hours=hours)

    @pytest.mark.parametrize("bounds", [(9, 17), (time(9), time(9)), (time(9, tzinfo=UTC), time(17)), (time(9), None)])
    def test_hours_are_two_times_on_the_clock(self, bounds):
        with pytest.raises(InvalidValue):
            Hours(*bounds)

    @pytest.mark.parametrize("quiet", [Hours(time(0), time(0)), time(20), (time(20), time(8))])
    def test_quiet_hours_are_hours_and_leave_some(self, quiet):
        with pytest.raises(InvalidValue, match="quiet"):
            WorkingTime(zone=UTC, quiet=quiet)

    def test_a_zone_of_no_such_name_says_the_nearest(self):
        with pytest.raises(UnknownName, match="Asia/Jerusalem"):
            WorkingTime(zone="Asia/Jeruslem")

    @pytest.mark.parametrize("zone", ["", "../../etc/passwd", "Europe", "UTC\0", "/etc/localtime"])
    def test_a_hostile_zone_name_is_no_zone(self, zone):
        with pytest.raises(UnknownName):
            WorkingTime(zone=zone)

    def test_zones_of_pytz_are_refused_because_they_lie(self):
        class Pytz(tzinfo):
            def localize(self, at: datetime) -> datetime:
                return at.replace(tzinfo=self)

        with pytest.raises(InvalidValue, match="by name"):
            WorkingTime(zone=Pytz())

    @pytest.mark.parametrize(("field", "value"), [("zone", 1), ("zone", None), ("days", (0, 1))])
    def test_what_is_of_the_wrong_kind_is_refused_by_name(self, field, value):
        with pytest.raises(WrongType) as refused:
            WorkingTime(**{"zone": UTC, field: value})
        assert refused.value.field == field


class TestBounds:
    def test_a_moment_has_a_time_zone(self):
        naive = datetime(2026, 11, 2, 9)
        for ask in (OFFICE.is_working, OFFICE.next_working, OFFICE.is_quiet, OFFICE.after_quiet_hours, OFFICE.to_call):
            with pytest.raises(InvalidValue, match="time zone"):
                ask(naive)
        with pytest.raises(InvalidValue, match="time zone"):
            OFFICE.between(berlin(2), naive)

    @pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
    def test_the_ends_of_the_calendar_are_refused(self, at):
        with pytest.raises(InvalidValue, match="36,600 days"):
            OFFICE.next_working(at)

    def test_more_than_a_century_is_refused(self):
        with pytest.raises(InvalidValue, match="36,600 days"):
            OFFICE.between(berlin(2), datetime(9000, 1, 1, tzinfo=UTC))
        for working in (timedelta.max, timedelta.min, timedelta(days=100_000), timedelta(days=36_000)):
            with pytest.raises(InvalidValue, match="36,600 days"):
                OFFICE.add(berlin(2, 12), working)

    @pytest.mark.parametrize(("year", "working"), [(9998, 30_000 * HOUR), (2, -30_000 * HOUR)])
    def test_where_the_calendar_ends_so_does_work(self, year, working):
        with pytest.raises(InvalidValue, match="36,600 days"):
            OFFICE.add(datetime(year, 6, 1, tzinfo=UTC), working)

    def test_how_long_is_a_timedelta(self):
        with pytest.raises(WrongType, match="working"):
            OFFICE.add(berlin(2), 2)
