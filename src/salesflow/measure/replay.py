"""Rows from a journal: every deal as it was at any moment.

The journal is read once, event by event, and nothing of it is kept but the deals. Their visits are written down while the
events go by, and every other column is what the folded deal says, so a custom event needs nothing done for it here. What
happened after the moment that is asked for is passed over: amount, expected close, category and owner are as they were.

Whoever keeps a :class:`Replay` and gives it the entries that follow has the rows of today without reading the past again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, Never, Protocol, TypeVar, cast, overload

import attrs

from salesflow.deal.deal import Deal
from salesflow.deal.event import DealAdopted, ProcessMigrated, StageChanged
from salesflow.errors import InvalidValue, UnknownName
from salesflow.event import Creation, Event, Recorded
from salesflow.measure.journal_entries import entries_of
from salesflow.measure.rows import DealRow, ObjectionRow, RefusedRow, TaskRow, VisitRow
from salesflow.outcome import Outcome
from salesflow.process.definition import Probability
from salesflow.storage.protocols import Journal
from salesflow.storage.receipt import JournalEntry
from salesflow.values.moments import elapsed, moment

R = TypeVar("R", bound=DealRow)
Facts = Callable[[Deal], Mapping[str, object]]

__all__ = ["Chances", "Facts", "Replay", "replayed"]


class Chances(Protocol):
    """What gives the chance of a deal: every ``SalesProcess`` does, for the deals that run under it."""

    @property
    def key(self) -> str:
        """The key of the process, which its deals keep."""
        ...

    def probability(self, deal: Never, /) -> Probability:
        """The chance of winning a deal of this process."""
        ...


@attrs.define(slots=True, eq=False)
class _Track:
    """A deal on its way: as it is so far, and what its events said that it does not keep."""

    deal: Deal
    seen: int
    """The version of the last event that was read."""
    knows_start: bool
    """Whether its first stage is known to be the first: an adopted deal may have left others before."""
    visits: list[VisitRow] = attrs.field(factory=list)
    stays: dict[str, int] = attrs.field(factory=dict)
    engaged_at: datetime | None = None
    first_expected_close: date | None = None
    pushes: int = 0

    @classmethod
    def begun(cls, event: Creation, version: int) -> _Track:
        deal = cast("Deal", event.create())
        track = cls(
            deal=deal,
            seen=version,
            knows_start=not isinstance(event, DealAdopted),
            first_expected_close=deal.expected_close,
        )
        track._enter(deal, event.at)
        return track

    def apply(self, event: Event) -> None:
        before = self.deal
        after = cast("Deal", cast("Event[Deal]", event).apply(before))
        if isinstance(event, StageChanged):
            self._leave(event)
            self._enter(after, event.at)
        elif isinstance(event, ProcessMigrated):
            self._rename(event)
        if after.expected_close != before.expected_close:
            self._expect(before.expected_close, after.expected_close)
        self.deal = after

    def _enter(self, deal: Deal, at: datetime) -> None:
        nth = self.stays[deal.stage] = self.stays.get(deal.stage, 0) + 1
        self.visits.append(
            VisitRow(
                deal_id=deal.id,
                stage=deal.stage,
                entered_at=deal.entered_at or at,
                outcome=deal.outcome,
                nth=nth,
            )
        )

    def _leave(self, event: StageChanged) -> None:
        if self.engaged_at is None and self.knows_start and event.outcome is not Outcome.LOST:
            self.engaged_at = event.at
        stay = self.visits[-1]
        self.visits[-1] = VisitRow(  # attrs.evolve takes twenty times as long
            deal_id=stay.deal_id,
            stage=stay.stage,
            entered_at=stay.entered_at,
            left_at=event.at,
            outcome=stay.outcome,
            move=event.move,
            next_stage=event.target,
            next_outcome=event.outcome,
            nth=stay.nth,
        )

    def _rename(self, event: ProcessMigrated) -> None:
        self.stays[event.source] -= 1
        nth = self.stays[event.target] = self.stays.get(event.target, 0) + 1
        self.visits[-1] = attrs.evolve(self.visits[-1], stage=event.target, outcome=event.outcome, nth=nth)

    def _expect(self, before: date | None, after: date | None) -> None:
        if self.first_expected_close is None:
            self.first_expected_close = after
        if before is not None and after is not None and after > before:
            self.pushes += 1


@attrs.define(eq=False)
class Replay(Generic[R]):
    """Reads a journal and gives the rows of its deals.

    ``engaged_at`` is when a deal left its first stage for another than a lost one; of an adopted deal it is not known.

    Args:
        row: the class of the rows; columns of a subclass are filled from the fields of the deal that have their names.
        as_of: the moment at which the deals are wanted; what happened at that very moment has happened. ``None`` is all.
        before: instead of ``as_of``, the end of a half-open period: what happened at that very moment has not happened yet.
        process: gives the chance by stage to deals that run under it. Without it the chance is the one set by hand, or
            else the predicted one; a closed deal always has 1 or 0.
        facts: gives further columns of a deal by name, such as ``lambda deal: {"products": (deal.product,)}``.

    Raises:
        InvalidValue: both ``as_of`` and ``before`` were given, or a moment has no time zone.

    Example::

        replay = Replay(as_of=monday)
        replay.read(storage)
        rows = list(replay.rows())
    """

    row: type[R] = attrs.field(default=cast("type[R]", DealRow), kw_only=True)
    as_of: datetime | None = attrs.field(default=None, kw_only=True)
    before: datetime | None = attrs.field(default=None, kw_only=True)
    process: Chances | None = attrs.field(default=None, kw_only=True)
    facts: Facts | None = attrs.field(default=None, kw_only=True)
    position: int = attrs.field(default=0, init=False)
    """The last position of the journal that was read."""
    _tracks: dict[str, _Track] = attrs.field(init=False, factory=dict)
    _later: dict[str, int] = attrs.field(init=False, factory=dict)
    """Deals that began only after the moment, and the version up to which they were read."""

    def __attrs_post_init__(self) -> None:
        if self.as_of is not None and self.before is not None:
            raise InvalidValue("rows are of one moment", field="before", way_out="give as_of or before")
        for name, at in (("as_of", self.as_of), ("before", self.before)):
            if at is not None:
                moment(at, field=name)

    def read(self, journal: Journal | Iterable[JournalEntry | Recorded]) -> None:
        """Read what follows.

        Events of other entities than deals are passed over, and so is an event that was read before: a journal may be
        read again from any position.

        Args:
            journal: a storage with a journal, of which all is read that follows the last position that was; or entries
                of one, or recorded events. What ``storage.journal()`` gives are the first thousand entries only.

        Raises:
            InvalidValue: an event of a deal is missing between two that were read.
        """
        for entry in journal if isinstance(journal, Iterable) else entries_of(journal, after=self.position):
            if isinstance(entry, JournalEntry):
                self.position = max(self.position, entry.position)
                recorded = entry.recorded
            else:
                recorded = entry
            if issubclass(recorded.kind, Deal):
                self._read(recorded)

    def rows(self, *, refused: list[RefusedRow] | None = None) -> Iterator[R]:
        """The deals as they were, in the order in which they were opened in the journal.

        Args:
            refused: where deals that make no right row are noted; without it the first of them raises.

        Raises:
            InvalidValue: a deal contradicts itself.
            UnknownName: ``facts`` names a column that the rows do not have.
        """
        columns = _Columns.of(self.row)
        make = cast("Callable[..., R]", self.row)
        for number, track in enumerate(self._tracks.values(), start=1):
            try:
                row = make(**self._values(track, columns))
            except InvalidValue as error:
                if refused is None:
                    raise
                refused.append(RefusedRow(number=number, id=track.deal.id, reason=str(error)))
            else:
                yield row

    def _read(self, recorded: Recorded) -> None:
        track = self._tracks.get(recorded.id)
        seen = track.seen if track is not None else self._later.get(recorded.id, 0)
        if recorded.version <= seen:
            return
        if recorded.version != seen + 1:
            raise InvalidValue(
                "an event is missing",
                field=f"journal of deal {recorded.id!r}",
                value=f"version {recorded.version} after {seen}",
                way_out="read the journal from its beginning, or from the last position that was read",
            )
        happened = self._has_happened(recorded.event)
        if track is None and happened and isinstance(recorded.event, Creation):
            self._tracks[recorded.id] = _Track.begun(recorded.event, recorded.version)
        elif track is None:
            self._later[recorded.id] = recorded.version
        else:
            track.seen = recorded.version
            if happened:
                track.apply(recorded.event)

    def _has_happened(self, event: Event) -> bool:
        if self.as_of is not None:
            return elapsed(event.at, self.as_of).days >= 0
        return self.before is None or (elapsed(event.at, self.before).days >= 0 and event.at != self.before)

    def _values(self, track: _Track, columns: _Columns) -> dict[str, object]:
        deal = track.deal
        values: dict[str, object] = {name: getattr(deal, name) for name in columns.copied if hasattr(deal, name)}
        values["probability"] = self._chance(deal)
        values["products"] = tuple(dict.fromkeys(item.product for item in deal.line_items))
        values["engaged_at"] = track.engaged_at
        values["first_expected_close"] = track.first_expected_close
        values["pushes"] = track.pushes
        values["visits"] = tuple(track.visits)
        values["objections"] = _objections(deal)
        values["tasks"] = _tasks(deal)
        values["has_next_step"] = any(task.is_open for task in deal.tasks) or any(
            meeting.is_planned for meeting in deal.meetings
        )
        values["held_since"] = None if deal.hold is None else deal.hold.since
        if deal.loss is not None:
            values["loss_reason"], values["competitor"] = deal.loss.reason, deal.loss.competitor
        if self.facts is not None:
            given = self.facts(deal)
            for name in given:
                if name not in columns.names:
                    raise UnknownName("column", name, columns.names, where=self.row.__name__)
            values.update(given)
        return values

    def _chance(self, deal: Deal) -> Decimal | None:
        if self.process is not None and deal.process == self.process.key:
            return self.process.probability(cast("Never", deal)).value  # it is a deal of this process
        if deal.outcome is not Outcome.OPEN:
            return Decimal(deal.outcome is Outcome.WON)
        return deal.predicted_probability if deal.probability is None else deal.probability


@attrs.frozen
class _Columns:
    names: tuple[str, ...]
    copied: tuple[str, ...]

    @classmethod
    def of(cls, row: type[DealRow]) -> _Columns:
        names = tuple(field.name for field in attrs.fields(row))
        made_here = {"probability", "products", "visits", "objections", "tasks"}
        return cls(names, tuple(name for name in names if name not in made_here))


def _objections(deal: Deal) -> tuple[ObjectionRow, ...]:
    return tuple(
        ObjectionRow(
            deal_id=deal.id,
            id=one.id,
            kind=one.kind,
            status=one.status,
            raised_at=one.raised_at,
            settled_at=one.settled_at,
            answers=len(one.answers),
            times_reopened=one.times_reopened,
        )
        for one in deal.objections
    )


def _tasks(deal: Deal) -> tuple[TaskRow, ...]:
    return tuple(
        TaskRow(
            deal_id=deal.id,
            id=one.id,
            owner=one.owner,
            kind=one.kind,
            stage=one.stage or None,
            status=one.status,
            created_at=one.created_at,
            due_at=one.due_at,
            done_at=one.done_at,
        )
        for one in deal.tasks
    )


@overload
def replayed(
    journal: Journal | Iterable[JournalEntry | Recorded],
    *,
    as_of: datetime | None = None,
    before: datetime | None = None,
    process: Chances | None = None,
    facts: Facts | None = None,
    refused: list[RefusedRow] | None = None,
) -> Iterator[DealRow]: ...
@overload
def replayed(
    journal: Journal | Iterable[JournalEntry | Recorded],
    *,
    row: type[R],
    as_of: datetime | None = None,
    before: datetime | None = None,
    process: Chances | None = None,
    facts: Facts | None = None,
    refused: list[RefusedRow] | None = None,
) -> Iterator[R]: ...
def replayed(
    journal: Journal | Iterable[JournalEntry | Recorded],
    *,
    row: type[DealRow] = DealRow,
    as_of: datetime | None = None,
    before: datetime | None = None,
    process: Chances | None = None,
    facts: Facts | None = None,
    refused: list[RefusedRow] | None = None,
) -> Iterator[DealRow]:
    """The rows of a journal, read once.

    Args:
        journal: a storage with a journal, of which all entries are read; or entries, or recorded events, in order. Of
            any processes.
        row, as_of, before, process, facts: as in :class:`Replay`.
        refused: where deals that make no right row are noted; without it the first of them raises.

    Raises:
        InvalidValue: an event is missing, or a deal contradicts itself.

    Example:
        ``rows = list(replayed(storage, as_of=end_of_march))``
    """
    reading = Replay(row=row, as_of=as_of, before=before, process=process, facts=facts)
    reading.read(journal)
    return reading.rows(refused=refused)
