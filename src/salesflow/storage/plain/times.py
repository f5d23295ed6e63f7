"""How moments, days and times of day are written.

A moment is written as RFC 9557 has it: wall clock, offset, and the name of the time zone where it has one
(``2026-11-02T09:00:00.000001+02:00[Asia/Jerusalem]``), so that neither the microsecond nor the zone is lost, and a
program that knows only RFC 3339 can cut the bracket off.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timezone
from typing import Final
from zoneinfo import ZoneInfo

from salesflow.errors import InvalidValue
from salesflow.storage.plain.leaf import LeafForm, NotInForm, NotOfType

__all__ = ["DAY", "MOMENT", "TIME"]

_ZONE = r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,3}"
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?"
    r"[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{6})?)?)"
    rf"(?:\[({_ZONE})\])?"
)


def _moment_text(value: object) -> str:
    if not isinstance(value, datetime):
        raise NotOfType
    zone = value.tzinfo
    if zone is None:
        raise InvalidValue("must have a time zone", field="moment")
    offset = value.utcoffset()
    if offset is None or offset.microseconds:
        raise InvalidValue("must have a time zone whose offset is in whole seconds", field="moment")
    text = datetime.isoformat(value)
    if zone is UTC or isinstance(zone, timezone):
        return text
    key = zone.key if isinstance(zone, ZoneInfo) else None  # and None where it was made from a file
    if key is not None and re.fullmatch(_ZONE, key):
        return f"{text}[{key}]"
    raise InvalidValue("must have its time zone from zoneinfo, or a fixed offset", field="moment")


def _moment(data: object) -> datetime:
    if type(data) is not str:
        raise NotOfType
    found = _MOMENT.fullmatch(data)
    if found is None:
        raise NotInForm
    try:
        at = datetime.fromisoformat(found[1])
    except ValueError:
        raise NotInForm from None
    return at if found[2] is None else _in_zone(at, found[2])


def _in_zone(at: datetime, key: str) -> datetime:
    """The moment on the clock of a zone. Where its rules have changed since, the moment counts, not the wall clock."""
    try:
        zone = ZoneInfo(key)
    except Exception:  # what it raises for a key that it does not know differs from system to system
        raise InvalidValue("must be in a time zone that is known here", field="moment") from None
    for fold in (0, 1):
        there = at.replace(tzinfo=zone, fold=fold)
        if there.utcoffset() == at.utcoffset():
            return there
    return at.astimezone(zone)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day_text(value: object) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise NotOfType
    return value.isoformat()


def _day(data: object) -> date:
    if type(data) is not str:
        raise NotOfType
    if not _DAY.fullmatch(data):
        raise NotInForm
    try:
        return date.fromisoformat(data)
    except ValueError:
        raise NotInForm from None


_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?")


def _time_text(value: object) -> str:
    if not isinstance(value, time):
        raise NotOfType
    if value.tzinfo is not None:
        raise InvalidValue("must be a time of day without a time zone", field="time")
    return value.isoformat()


def _time(data: object) -> time:
    if type(data) is not str:
        raise NotOfType
    if not _TIME.fullmatch(data):
        raise NotInForm
    try:
        return time.fromisoformat(data)
    except ValueError:
        raise NotInForm from None


MOMENT: Final = LeafForm(
    datetime,
    wanted="a moment with its offset, such as 2026-11-02T09:00:00+02:00[Asia/Jerusalem]",
    write=_moment_text,
    read=_moment,
    schema={"type": "string", "pattern": f"^{_MOMENT.pattern}$"},
)
DAY: Final = LeafForm(
    date,
    wanted="a day, such as 2026-11-02",
    write=_day_text,
    read=_day,
    schema={"type": "string", "format": "date", "pattern": f"^{_DAY.pattern}$"},
)
TIME: Final = LeafForm(
    time,
    wanted="a time of day, such as 09:30:00",
    write=_time_text,
    read=_time,
    schema={"type": "string", "pattern": f"^{_TIME.pattern}$"},
)
