"""When the regular meetings of the follow-up come: on working days, and not in anybody's quiet hours.

A cadence says what was agreed: the first of every month, at nine. Whether that is a holiday is a matter of the calendar of
those who meet, so the days are moved here, each from where the cadence has it, and the next one is not moved along.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import attrs

from salesflow.deal.cadence import Cadence
from salesflow.deal.deal import Deal
from salesflow.errors import WrongType
from salesflow.values.moments import Period
from salesflow.values.working_time import RestDayShift, WorkingTime

__all__ = ["FollowUpDate", "FollowUpMeeting", "follow_up_dates", "follow_ups_due"]

_HOPS = 3
"""So many working days a meeting moves at most: off a day of rest, out of quiet hours, and off a day of rest again."""


@attrs.frozen(kw_only=True)
class FollowUpDate:
    """When a regular meeting takes place.

    Attributes:
        on: the day.
        at: the moment, in the time zone of those who meet; ``None`` where no time was agreed.
        agreed_for: the day that the cadence has for it.
    """

    on: date
    at: datetime | None = None
    agreed_for: date

    @property
    def is_moved(self) -> bool:
        """Whether it takes place on another day than the cadence has for it."""
        return self.on != self.agreed_for


@attrs.frozen(kw_only=True)
class FollowUpMeeting:
    """A regular meeting with the customer of a deal.

    Attributes:
        deal_id: the deal.
        owner: who is responsible for it.
        date: when it takes place.
    """

    deal_id: str
    owner: str | None
    date: FollowUpDate


def follow_up_dates(
    cadence: Cadence, window: Period, *, working: WorkingTime, shift: RestDayShift = RestDayShift.NEXT
) -> tuple[FollowUpDate, ...]:
    """The meetings of a cadence that take place in a window, moved to working days and out of quiet hours.

    Args:
        cadence: what was agreed. The days of rest that it has itself are heeded first.
        window: which meetings, by when they really take place; half-open, at most 36,600 days.
        working: the working days, the quiet hours and the time zone.
        shift: whether a meeting on a day of rest moves on or back. Quiet hours always move it on, to when they end;
            under ``RestDayShift.KEEP`` the day stays, if need be a day of rest.

    Returns:
        In order of time; two that come to lie on one day are one, that which was agreed for the earlier day.

    Raises:
        WrongType: the shift is no ``RestDayShift``.
        InvalidValue: the window is too large.

    Example:
        ``follow_up_dates(cadence, Period.month(2027, 1, zone), working=office)``
    """
    if not isinstance(shift, RestDayShift):
        raise WrongType("must be a RestDayShift", field="shift", value=shift, way_out="give RestDayShift.NEXT, say")
    if window.is_empty:
        return ()
    first, last = _days_of(window, working)
    found: dict[date, FollowUpDate] = {}
    for agreed in cadence.days(working.days.add(first, -_HOPS), working.days.add(last, _HOPS)):
        meeting = _moved(agreed, cadence, working, shift)
        if _lies_in(meeting, window, first, last):
            found.setdefault(meeting.on, meeting)
    return tuple(found[on] for on in sorted(found))


def follow_ups_due(
    deals: Iterable[Deal], window: Period, *, working: WorkingTime, shift: RestDayShift = RestDayShift.NEXT
) -> tuple[FollowUpMeeting, ...]:
    """The regular meetings of many deals that take place in a window.

    Args:
        deals: read one by one; those without a cadence have no meetings.
        window, working, shift: as for :func:`follow_up_dates`.

    Returns:
        By day and, on a day, by time, those without a time first; equals by deal.

    Raises:
        WrongType: the shift is no ``RestDayShift``.
        InvalidValue: the window is too large.
    """
    meetings = [
        FollowUpMeeting(deal_id=deal.id, owner=deal.owner, date=when)
        for deal in deals
        if deal.follow_up is not None and deal.follow_up.cadence is not None
        for when in follow_up_dates(deal.follow_up.cadence, window, working=working, shift=shift)
    ]
    return tuple(sorted(meetings, key=_in_order))


def _days_of(window: Period, working: WorkingTime) -> tuple[date, date]:
    """The first and the last day of a window, where those who meet are."""
    last = window.end.astimezone(working.zone) - timedelta.resolution
    return window.start.astimezone(working.zone).date(), last.date()


def _moved(agreed: date, cadence: Cadence, working: WorkingTime, shift: RestDayShift) -> FollowUpDate:
    on = working.days.shifted(agreed, shift)
    if cadence.at is None:
        return FollowUpDate(on=on, agreed_for=agreed)
    planned = datetime.combine(on, cadence.at, working.zone)
    at = working.after_quiet_hours(planned) if shift is RestDayShift.KEEP else working.to_call(planned)
    return FollowUpDate(on=at.date(), at=at, agreed_for=agreed)


def _lies_in(meeting: FollowUpDate, window: Period, first: date, last: date) -> bool:
    return first <= meeting.on <= last if meeting.at is None else meeting.at in window


def _in_order(meeting: FollowUpMeeting) -> tuple[date, float, str]:
    at = meeting.date.at
    return meeting.date.on, float("-inf") if at is None else at.timestamp(), meeting.deal_id
