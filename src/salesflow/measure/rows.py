"""Rows: what there is to measure, flat and typed.

A deal is one row, and so is each of its visits, objections and tasks. These are the tables that warehouses keep, so a host
that already has them makes the rows itself; whoever has a journal of events gets them from ``salesflow.measure.replay``.
The row of a deal holds its other rows in tuples, so that one deal after the other can be measured and forgotten:
``salesflow.measure.tables`` takes the flat tables apart and puts them together.

A row is either right or refused, because a number made of wrong rows is worse than none. Moments are kept in UTC, where a
difference is always the time that really passed. What is not known is ``None``, which is not zero and not "no".

Derive from ``DealRow`` for columns of your own; they can be grouped by like every other::

    @attrs.frozen(kw_only=True)
    class CatalogRow(DealRow):
        region: str | None = None
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import attrs

from salesflow.deal.children import chosen
from salesflow.deal.deal import ForecastCategory
from salesflow.deal.objections import ObjectionStatus
from salesflow.deal.tasks import TaskStatus
from salesflow.errors import InvalidValue, WrongType
from salesflow.outcome import Outcome
from salesflow.values.moments import day, moment
from salesflow.values.money import Money

__all__ = ["DealRow", "ObjectionRow", "RefusedRow", "TaskRow", "VisitRow"]


_OPEN = Outcome.OPEN
_TO_DO = TaskStatus.OPEN


def _utc(value: datetime) -> datetime:
    if type(value) is not datetime or value.tzinfo is not UTC:
        moment(value, field="moment")
        _check_year(value, field="moment")
        return value.astimezone(UTC)
    if not 1 < value.year < 9999:
        _check_year(value, field="moment")
    return value


def _check_year(value: date, *, field: str) -> None:
    if not 1 < value.year < 9999:
        raise InvalidValue(
            "must lie in the years 2 to 9998, so that it has a day in every time zone",
            field=field,
            value=value.isoformat(),
            way_out="leave it unknown, which is None",
        )


def _utc_or_none(value: datetime | None) -> datetime | None:
    return None if value is None else _utc(value)


def _outcome(value: Outcome | str) -> Outcome:
    return value if type(value) is Outcome else _member(Outcome, value, "outcome")


def _outcome_or_none(value: Outcome | str | None) -> Outcome | None:
    return None if value is None else _outcome(value)


def _category(value: ForecastCategory | str | None) -> ForecastCategory | None:
    if value is None or type(value) is ForecastCategory:
        return value
    return _member(ForecastCategory, value, "forecast category")


def _objection_status(value: ObjectionStatus | str) -> ObjectionStatus:
    return _member(ObjectionStatus, value, "objection status")


def _task_status(value: TaskStatus | str) -> TaskStatus:
    return _member(TaskStatus, value, "task status")


T = TypeVar("T")
C = TypeVar("C", bound=StrEnum)


def _member(choices: type[C], value: C | str, kind: str) -> C:
    return value if type(value) is choices else chosen(choices, value, kind=kind)


def _backwards(earlier: str, before: datetime, later: str, at: datetime, *, of: str) -> InvalidValue:
    """The error for a moment that lies before one that comes first."""
    return InvalidValue(
        f"must not lie before {earlier}, which is {before.isoformat()}",
        field=f"{later} of {of}",
        value=at.isoformat(),
        way_out="correct the row, or have it refused and counted",
    )


@attrs.frozen(kw_only=True)
class VisitRow:
    """One stay of one deal in one stage.

    Attributes:
        deal_id: the deal.
        stage: the key of the stage; ``None`` is a stay in no stage, which other systems know.
        entered_at: when it entered it; kept in UTC.
        left_at: when it left it, or ``None`` while it is there.
        outcome: what being in this stage means.
        move: the move that it left by, where known.
        next_stage: the stage that it left for, where known.
        next_outcome: what that stage means.
        nth: the how manieth stay of this deal in this stage it is, from 1.

    Raises:
        InvalidValue: it was left before it was entered.
    """

    deal_id: str
    stage: str | None
    entered_at: datetime = attrs.field(converter=_utc)
    left_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    outcome: Outcome = attrs.field(default=Outcome.OPEN, converter=_outcome)
    move: str | None = None
    next_stage: str | None = None
    next_outcome: Outcome | None = attrs.field(default=None, converter=_outcome_or_none)
    nth: int = 1

    def __attrs_post_init__(self) -> None:
        left_at = self.left_at
        if left_at is not None and left_at < self.entered_at:
            where = f"the visit of deal {self.deal_id!r} to {self.stage}"
            raise _backwards("entered_at", self.entered_at, "left_at", left_at, of=where)


@attrs.frozen(kw_only=True)
class ObjectionRow:
    """One objection to one deal.

    Attributes:
        deal_id: the deal.
        id: its number within the deal.
        kind: an ``ObjectionKind`` or a short text.
        status: how far it has come.
        raised_at: when it was raised; kept in UTC.
        settled_at: when it was resolved, left standing or withdrawn.
        answers: how often it was answered.
        times_reopened: how often it came back.
    """

    deal_id: str
    id: int
    kind: str
    status: ObjectionStatus = attrs.field(default=ObjectionStatus.RAISED, converter=_objection_status)
    raised_at: datetime = attrs.field(converter=_utc)
    settled_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    answers: int = 0
    times_reopened: int = 0

    def __attrs_post_init__(self) -> None:
        settled_at = self.settled_at
        if settled_at is not None and settled_at < self.raised_at:
            where = f"objection {self.id} of deal {self.deal_id!r}"
            raise _backwards("raised_at", self.raised_at, "settled_at", settled_at, of=where)


@attrs.frozen(kw_only=True)
class TaskRow:
    """One task for one deal.

    Attributes:
        deal_id: the deal.
        id: its number within the deal.
        owner: who is responsible.
        kind: what sort of task it is.
        stage: the stage that the deal was in when it was added.
        status: what became of it.
        created_at: when it was added; kept in UTC.
        due_at: until when.
        done_at: when it was completed or canceled.
    """

    deal_id: str
    id: int
    owner: str | None = None
    kind: str | None = None
    stage: str | None = None
    status: TaskStatus = attrs.field(default=TaskStatus.OPEN, converter=_task_status)
    created_at: datetime = attrs.field(converter=_utc)
    due_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    done_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)

    def __attrs_post_init__(self) -> None:
        done_at = self.done_at
        if (done_at is None) is not (self.status is _TO_DO):
            raise InvalidValue(
                "is known of a task that is done or canceled, and of no other",
                field=f"done_at of task {self.id} of deal {self.deal_id!r}",
                value=done_at,
            )
        if done_at is not None and done_at < self.created_at:
            where = f"task {self.id} of deal {self.deal_id!r}"
            raise _backwards("created_at", self.created_at, "done_at", done_at, of=where)


# A converter for each class: type checkers do not find out what a generic one takes.


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return values if type(values) is tuple else tuple(values)


def _visits(values: Iterable[VisitRow]) -> tuple[VisitRow, ...]:
    return values if type(values) is tuple else tuple(values)


def _objections(values: Iterable[ObjectionRow]) -> tuple[ObjectionRow, ...]:
    return values if type(values) is tuple else tuple(values)


def _tasks(values: Iterable[TaskRow]) -> tuple[TaskRow, ...]:
    return values if type(values) is tuple else tuple(values)


@attrs.frozen(kw_only=True)
class DealRow:
    """One deal as it was at one moment.

    Attributes:
        id: the deal.
        name, organization_id, lead_id, owner, team, source: as in ``Deal``.
        products: what is sold, each product once; empty where it is not known.
        amount: its money value; ``None`` is not known, which is not zero.
        expected_close: the day on which it is expected to close.
        forecast_category: what the seller says of its chance.
        probability: the chance of winning that counts, a fraction; ``None`` is not known.
        process: the key of its process.
        stage: the key of the stage that it is in.
        outcome: what being in this stage means.
        opened_at: when it was opened; kept in UTC, as every moment here.
        engaged_at: when it left its first stage, which is when the selling began.
        entered_at: when it entered the stage that it is in.
        closed_at: when it was won or lost; ``None`` where it is open, or where that is not known.
        closed_from: the stage that it was won or lost from.
        win_reason, loss_reason: why, where it was said.
        competitor: who won it instead, where known.
        held_since: since when it waits, if it does.
        has_next_step: whether something is planned: an open task or a planned meeting; ``None`` is not known.
        first_expected_close: the first day on which it was expected to close.
        pushes: how often the expected close was put off to a later day; ``None`` is not known.
        visits: its stays in stages, in order.
        objections: what was said against buying.
        tasks: what had, or has, to be done for it.

    Raises:
        InvalidValue: the row contradicts itself: closed before it was opened, open and closed, a probability above 1,
            visits that overlap, go back in time or belong to another deal. The message names the deal and the column.
        WrongType: a value is of the wrong kind.
        UnknownName: there is no such outcome or forecast category.
    """

    id: str
    name: str | None = None
    organization_id: str | None = None
    lead_id: str | None = None
    owner: str | None = None
    team: str | None = None
    source: str | None = None
    products: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    amount: Money | None = None
    expected_close: date | None = None
    forecast_category: ForecastCategory | None = attrs.field(default=None, converter=_category)
    probability: Decimal | None = None
    process: str = ""
    stage: str | None = None
    outcome: Outcome = attrs.field(default=Outcome.OPEN, converter=_outcome)
    opened_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    engaged_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    entered_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    closed_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    closed_from: str | None = None
    win_reason: str | None = None
    loss_reason: str | None = None
    competitor: str | None = None
    held_since: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    has_next_step: bool | None = None
    first_expected_close: date | None = None
    pushes: int | None = None
    visits: tuple[VisitRow, ...] = attrs.field(default=(), converter=_visits)
    objections: tuple[ObjectionRow, ...] = attrs.field(default=(), converter=_objections)
    tasks: tuple[TaskRow, ...] = attrs.field(default=(), converter=_tasks)

    def __attrs_post_init__(self) -> None:
        _check_values(self)
        _check_moments(self)
        _check_children(self)

    @property
    def currency(self) -> str | None:
        """The currency of its amount."""
        return None if self.amount is None else self.amount.currency

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.outcome is Outcome.OPEN


def _named(row: DealRow, column: str) -> str:
    return f"{column} of deal {row.id!r}"


def _check_values(row: DealRow) -> None:
    if type(row.id) is not str or not row.id:
        raise WrongType("a row has the id of its deal", field="id", value=row.id, way_out="give text")
    if row.amount is not None and type(row.amount) is not Money:
        raise WrongType("must be Money, or None where it is not known", field=_named(row, "amount"), value=row.amount)
    for column, on in (("expected_close", row.expected_close), ("first_expected_close", row.first_expected_close)):
        if on is not None:
            _check_year(day(on, field=_named(row, column)), field=_named(row, column))
    if row.pushes is not None and (type(row.pushes) is not int or row.pushes < 0):
        raise InvalidValue("must be a number from 0 up", field=_named(row, "pushes"), value=row.pushes)
    chance = row.probability
    if chance is not None:
        if type(chance) is not Decimal:
            raise WrongType("must be a Decimal between 0 and 1", field=_named(row, "probability"), value=chance)
        if not (chance.is_finite() and 0 <= chance <= 1):
            raise InvalidValue("must lie between 0 and 1", field=_named(row, "probability"), value=chance)


def _check_moments(row: DealRow) -> None:
    opened_at, engaged_at, closed_at = row.opened_at, row.engaged_at, row.closed_at
    if closed_at is not None and row.outcome is _OPEN:
        raise InvalidValue(
            "an open deal is not closed yet",
            field=_named(row, "closed_at"),
            value=closed_at.isoformat(),
            way_out="give its outcome, or leave the moment out",
        )
    if opened_at is not None:
        for name, at in (("engaged_at", engaged_at), ("closed_at", closed_at), ("entered_at", row.entered_at)):
            if at is not None and at < opened_at:
                raise _backwards("opened_at", opened_at, name, at, of=f"deal {row.id!r}")
    if engaged_at is not None and closed_at is not None and closed_at < engaged_at:
        raise _backwards("engaged_at", engaged_at, "closed_at", closed_at, of=f"deal {row.id!r}")


def _check_children(row: DealRow) -> None:
    before: VisitRow | None = None
    for visit in row.visits:
        if visit.deal_id != row.id:
            raise _stranger(row, "visits", visit.deal_id)
        if before is not None and (before.left_at is None or visit.entered_at < before.left_at):
            raise InvalidValue(
                f"the visit to {visit.stage} begins before the one to {before.stage} has ended",
                field=_named(row, "visits"),
                value=visit.entered_at.isoformat(),
                way_out="give the visits in order, each with the moment when it was left",
            )
        before = visit
    for column, children in (("objections", row.objections), ("tasks", row.tasks)):
        for child in children:
            if child.deal_id != row.id:
                raise _stranger(row, column, child.deal_id)


def _stranger(row: DealRow, column: str, other: str) -> InvalidValue:
    return InvalidValue(
        "must be of this deal", field=_named(row, column), value=other, way_out="give them to their deal"
    )


@attrs.frozen(kw_only=True)
class RefusedRow:
    """A row that was not taken, and why.

    Attributes:
        number: its place among the rows that were given, from 1.
        id: the deal, where it is known.
        reason: what is wrong with it.
    """

    number: int
    id: str | None
    reason: str
