"""What is due, as the text of an .ics file (RFC 5545) that calendars read: tasks, meetings and the regular follow-up.

An entry keeps its UID from one export to the next, so a calendar that reads the file again updates what it has. Titles say
which deal and nothing more; whoever wants names of people in their calendar asks for them. All text is written as text:
a line break in a title cannot begin a property of its own. Single moments are written in UTC; a series is written in its
time zone, which the file then describes, because nine o'clock stays nine o'clock when summer time begins.

A series is written as a rule (RRULE) only where the rule gives exactly the meetings that take place, none moved off a day
of rest or cut to a short month; we expand it to see. Otherwise each meeting is an entry of its own.

The text needs the extra ``calendar`` (icalendar).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.cadence import Cadence, ShortMonths
from salesflow.deal.deal import Deal
from salesflow.deal.meetings import Meeting, MeetingStatus
from salesflow.deal.tasks import Task
from salesflow.errors import InvalidValue, MissingExtra, WrongType
from salesflow.measure.follow_ups import FollowUpDate, follow_up_dates
from salesflow.values.moments import Period, moment
from salesflow.values.text import line, optional_line
from salesflow.values.working_time import RestDayShift, WorkingTime

if TYPE_CHECKING:
    import icalendar

__all__ = [
    "CalendarEntry",
    "EntryKind",
    "calendar_text",
    "follow_up_entries",
    "meeting_entries",
    "task_entries",
]

_HOUR = timedelta(hours=1)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class EntryKind(StrEnum):
    """What an entry of a calendar is."""

    EVENT = "event"
    TO_DO = "to-do"


def _is_when(_instance: object, attribute: attrs.Attribute[datetime | date | None], value: object) -> None:
    if isinstance(value, datetime):
        moment(value, field=attribute.name)
    elif value is not None and not isinstance(value, date):
        raise WrongType("must be a moment or a day", field=attribute.name, value=value)


def _is_summary(_instance: object, attribute: attrs.Attribute[str], value: object) -> None:
    line(value, field=attribute.name, limit=1000, personal=True)


def _is_place(_instance: object, attribute: attrs.Attribute[str | None], value: object) -> None:
    optional_line(value, field=attribute.name, limit=1000, personal=True)


@attrs.frozen(kw_only=True)
class CalendarEntry:
    """One entry of a calendar.

    Attributes:
        uid: what it is known by, the same in every export.
        kind: an event, which takes place, or a to-do, which is due.
        summary: its title, a line.
        when: when an event begins, or until when a to-do is to be done: a moment, or a day as a whole; ``None`` is a to-do
            without a date.
        lasts: how long an event at a moment lasts.
        place: where it takes place.
        is_canceled: whether calendars are to strike it out.
        sequence: how often it was changed, so that calendars take the latest.
        rule: the rule of a series, as RFC 5545 has it; empty for a single entry.

    Raises:
        InvalidValue: a text is blank, too long, or of more than a line, or a moment has no time zone.
    """

    uid: str = attrs.field(validator=_is_summary)
    kind: EntryKind = EntryKind.EVENT
    summary: str = attrs.field(validator=_is_summary)
    when: datetime | date | None = attrs.field(validator=_is_when)
    lasts: timedelta = _HOUR
    place: str | None = attrs.field(default=None, validator=_is_place)
    is_canceled: bool = False
    sequence: int = 0
    rule: tuple[tuple[str, str], ...] = ()


def task_entries(
    deals: Iterable[Deal],
    *,
    host: str,
    owners: Collection[str | None] | None = None,
    summary: Callable[[Deal, Task], str] | None = None,
) -> Iterator[CalendarEntry]:
    """The open tasks of deals, as to-dos.

    Args:
        deals: read one by one.
        host: the host name of the application, which makes the UIDs its own: ``"crm.example"``.
        owners: whose tasks; ``None`` among them stands for nobody. Everybody's, where it is not given.
        summary: gives the title, such as ``lambda deal, task: task.title``; "Task 3 of deal D-1" where it is not given.

    Raises:
        WrongType: ``owners`` is one text.
        InvalidValue: the host is no host name, or a title is no line of text.
    """
    _check_host(host)
    if isinstance(owners, str):
        raise WrongType("must be a list of owners", field="owners", value=owners, way_out="give ['noa'], say")
    for deal in deals:
        for task in deal.tasks:
            if task.is_open and (owners is None or task.owner in owners):
                yield CalendarEntry(
                    uid=f"task-{task.id}-of-{deal.id}@{host}",
                    kind=EntryKind.TO_DO,
                    summary=f"Task {task.id} of deal {deal.id}" if summary is None else summary(deal, task),
                    when=task.due_at,
                )


def meeting_entries(
    deals: Iterable[Deal],
    *,
    host: str,
    lasts: timedelta = _HOUR,
    summary: Callable[[Deal, Meeting], str] | None = None,
    place: Callable[[Deal, Meeting], str | None] | None = None,
) -> Iterator[CalendarEntry]:
    """The planned meetings of deals, as events; canceled ones too, so that calendars strike them out.

    Args:
        deals: read one by one.
        host: as for :func:`task_entries`.
        lasts: how long a meeting lasts; an hour where nothing is said (our own choice).
        summary: gives the title; "Meeting 2 of deal D-1" where it is not given.
        place: gives the place, such as ``lambda deal, meeting: meeting.place``; none where it is not given.

    Raises:
        InvalidValue: the host is no host name, a text is no line, or a meeting would not last.
    """
    _check_host(host)
    _check_length(lasts)
    for deal in deals:
        for meeting in deal.meetings:
            if meeting.planned_for is not None and meeting.status in (MeetingStatus.PLANNED, MeetingStatus.CANCELED):
                is_canceled = meeting.status is MeetingStatus.CANCELED
                yield CalendarEntry(
                    uid=f"meeting-{meeting.id}-of-{deal.id}@{host}",
                    summary=f"Meeting {meeting.id} of deal {deal.id}" if summary is None else summary(deal, meeting),
                    when=meeting.planned_for,
                    lasts=lasts,
                    place=None if place is None else place(deal, meeting),
                    is_canceled=is_canceled,
                    sequence=meeting.times_rescheduled + is_canceled,
                )


def follow_up_entries(
    deals: Iterable[Deal],
    window: Period,
    *,
    host: str,
    working: WorkingTime,
    shift: RestDayShift = RestDayShift.NEXT,
    lasts: timedelta = _HOUR,
    summary: Callable[[Deal], str] | None = None,
) -> Iterator[CalendarEntry]:
    """The regular meetings of won deals in a window: one entry with a rule where that is exact, or else one for each.

    Args:
        deals: read one by one; those without a cadence have none.
        window, working, shift: as for ``salesflow.measure.follow_ups.follow_up_dates``.
        host: as for :func:`task_entries`.
        lasts: how long a meeting lasts; an hour where nothing is said (our own choice).
        summary: gives the title; "Follow-up of deal D-1" where it is not given.

    Raises:
        InvalidValue: the host is no host name, a title is no line, or the window is too large.
    """
    _check_host(host)
    _check_length(lasts)
    for deal in deals:
        cadence = None if deal.follow_up is None else deal.follow_up.cadence
        if cadence is None:
            continue
        dates = follow_up_dates(cadence, window, working=working, shift=shift)
        title = f"Follow-up of deal {deal.id}" if summary is None else summary(deal)
        rule = _exact_rule(cadence, dates, working.zone)
        if rule:
            uid = f"follow-up-of-{deal.id}@{host}"
            yield CalendarEntry(uid=uid, summary=title, when=dates[0].at or dates[0].on, lasts=lasts, rule=rule)
            continue
        for one in dates:
            uid = f"follow-up-{one.agreed_for:%Y%m%d}-of-{deal.id}@{host}"
            when = one.on if one.at is None else one.at.astimezone(UTC)
            yield CalendarEntry(uid=uid, summary=title, when=when, lasts=lasts)


def calendar_text(entries: Iterable[CalendarEntry], *, at: datetime, name: str | None = None) -> str:
    """The text of an .ics file.

    Args:
        entries: what is in it.
        at: the moment of the export, which each entry carries.
        name: what the calendar is called, a line.

    Returns:
        The text, with the line ends and the folding that RFC 5545 asks for; write it as UTF-8, without changing them.

    Raises:
        MissingExtra: icalendar is not installed.
        InvalidValue: the moment has no time zone, or two entries have the same UID.

    Example:
        ``calendar_text([*task_entries(deals, host="crm.example")], at=now)``
    """
    moment(at, field="at")
    optional_line(name, field="name", personal=True)
    try:
        import icalendar
    except ImportError:
        raise MissingExtra("calendar", needed_for="the text of a calendar") from None

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//salesflow//salesflow//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name is not None:
        calendar.add("x-wr-calname", name)
    given = tuple(entries)
    _check_uids(given)
    for zone, first, last in _zones(given):
        calendar.add_component(icalendar.Timezone.from_tzinfo(zone, first_date=first, last_date=last))
    for entry in given:
        calendar.add_component(_component(entry, at.astimezone(UTC)))
    text: bytes = calendar.to_ical()
    return text.decode("utf-8")


def _component(entry: CalendarEntry, stamp: datetime) -> icalendar.Event | icalendar.Todo:
    import icalendar

    made = icalendar.Event() if entry.kind is EntryKind.EVENT else icalendar.Todo()
    made.add("uid", entry.uid)
    made.add("dtstamp", stamp)
    made.add("summary", entry.summary)
    when = entry.when.astimezone(UTC) if isinstance(entry.when, datetime) and not entry.rule else entry.when
    if when is not None:
        made.add("due" if entry.kind is EntryKind.TO_DO else "dtstart", when)
    if entry.kind is EntryKind.EVENT and isinstance(when, datetime):
        made.add("duration", entry.lasts)
    if entry.place is not None:
        made.add("location", entry.place)
    if entry.sequence:
        made.add("sequence", entry.sequence)
    if entry.is_canceled:
        made.add("status", "CANCELLED")
    if entry.rule:
        made.add("rrule", icalendar.vRecur.from_ical(";".join(f"{name}={value}" for name, value in entry.rule)))
    return made


def _zones(entries: Sequence[CalendarEntry]) -> list[tuple[tzinfo, date, date]]:
    """The time zones that the series are written in, each with the time that it must be described for."""
    found: dict[tzinfo, tuple[date, date]] = {}
    for entry in entries:
        zone = entry.when.tzinfo if isinstance(entry.when, datetime) else None
        if not entry.rule or zone is None or zone is UTC:
            continue
        begins, ends = entry.when, dict(entry.rule)["UNTIL"]
        assert begins is not None
        first, last = begins.replace(day=1), date(int(ends[:4]), int(ends[4:6]), 1)
        before, after = date(max(first.year - 1, 1), first.month, 1), date(min(last.year + 1, 9998), last.month, 1)
        known = found.get(zone, (before, after))
        found[zone] = min(known[0], before), max(known[1], after)
    return [(zone, first, last) for zone, (first, last) in found.items()]


def _exact_rule(cadence: Cadence, dates: Sequence[FollowUpDate], zone: tzinfo) -> tuple[tuple[str, str], ...]:
    """The rule that gives exactly these meetings and no other, or nothing where there is none."""
    is_named = zone is UTC or getattr(zone, "key", None) is not None
    kept = all(not one.is_moved and (one.at is None or one.at.time() == cadence.at) for one in dates)
    rule = _rule(cadence)
    if len(dates) < 2 or not kept or not (is_named or cadence.at is None) or not rule:
        return ()
    if _expanded(rule, dates[0].on, dates[-1].on) != [one.on for one in dates]:
        return ()
    last = dates[-1]
    until = f"{last.on:%Y%m%d}" if last.at is None else f"{last.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return (*rule, ("UNTIL", until))


def _rule(cadence: Cadence) -> tuple[tuple[str, str], ...]:
    """The cadence as RFC 5545 has it, without its end; nothing where short months are not skipped, as they are there."""
    by_month = cadence.frequency in ("monthly", "yearly")
    month_days = cadence.month_days or ((cadence.anchor.day,) if by_month and not cadence.weekdays else ())
    if cadence.short_months is ShortMonths.LAST_DAY and max(month_days, default=0) > 28:
        if month_days != (31,):
            return ()
        month_days = (-1,)
    months = cadence.months or ((cadence.anchor.month,) if cadence.frequency == "yearly" and month_days else ())
    parts = {
        "FREQ": cadence.frequency.upper(),
        "INTERVAL": str(cadence.every),
        "BYMONTH": _listed(months),
        "BYMONTHDAY": _listed(month_days),
        "BYDAY": ",".join(one.name[:2] for one in cadence.weekdays),
        "BYSETPOS": _listed(cadence.nth),
        "WKST": cadence.week_start.name[:2],
    }
    return tuple((name, value) for name, value in parts.items() if value)


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(str(number) for number in numbers)


def _expanded(rule: tuple[tuple[str, str], ...], first: date, last: date) -> list[date]:
    """The days that a rule gives from its first to the last; it is known to give some, so this comes to an end."""
    from dateutil.rrule import rrulestr

    text = ";".join(f"{name}={value}" for name, value in (*rule, ("UNTIL", f"{last:%Y%m%d}")))
    return [one.date() for one in rrulestr(text, dtstart=datetime.combine(first, time.min))]


def _check_host(host: str) -> None:
    if not isinstance(host, str) or not _HOST.fullmatch(host):
        raise InvalidValue("must be a host name", field="host", value=host, way_out='give "crm.example"')


def _check_length(lasts: timedelta) -> None:
    if not isinstance(lasts, timedelta):
        raise WrongType("must be a timedelta", field="lasts", value=lasts, way_out="give timedelta(hours=1)")
    if lasts <= timedelta():
        raise InvalidValue("a meeting lasts for some time", field="lasts", value=lasts, way_out="give more")


def _check_uids(entries: Sequence[CalendarEntry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.uid in seen:
            raise InvalidValue("an entry is in a calendar once", field="uid", value=entry.uid, way_out="leave one out")
        seen.add(entry.uid)
