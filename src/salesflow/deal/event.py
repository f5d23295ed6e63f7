"""The events of a deal as a whole: opened, moved, won, lost, reopened, held, updated.

The events of the records in a deal stand with those records. Every one of them is an ``Event`` of ``Deal``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import attrs

from salesflow._copying import copier
from salesflow.deal.deal import ENGINE_FIELDS, RECORD_FIELDS, Deal, Hold, Loss
from salesflow.errors import EngineOwned, WrongType
from salesflow.event import Creation, Event
from salesflow.outcome import Outcome
from salesflow.values.moments import is_moment, is_optional_day
from salesflow.values.personal import ERASED, personal
from salesflow.values.text import is_line, is_optional_line, is_prose

__all__ = [
    "DealAdopted",
    "DealHeld",
    "DealLost",
    "DealOpened",
    "DealReopened",
    "DealResumed",
    "DealUpdated",
    "DealWon",
    "ProcessMigrated",
    "StageChanged",
]


@attrs.frozen(kw_only=True)
class DealOpened(Creation[Deal]):
    """A deal was opened at the first stage of its process.

    Attributes:
        deal: the deal as it was opened.
    """

    deal: Deal

    def create(self) -> Deal:
        """The deal at version 1."""
        return self.deal.changed_by(self)


@attrs.frozen(kw_only=True)
class DealAdopted(Creation[Deal]):
    """A deal that was worked elsewhere before came under this process.

    Attributes:
        deal: the deal as it was adopted, in the stage that it had reached.
        origin: where it comes from ("the old CRM").
        since: when it entered that stage there.
        lacking: what the process would have asked of it on the way, as ``stage.requirement``.
        note: what else there is to say.
    """

    deal: Deal
    origin: str = attrs.field(validator=is_line())
    since: datetime = attrs.field(validator=is_moment())
    lacking: tuple[str, ...] = ()
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def create(self) -> Deal:
        """The deal at version 1."""
        return self.deal.changed_by(self)


def _are_plain(_instance: object, attribute: attrs.Attribute[tuple[tuple[str, object], ...]], value: object) -> None:
    if not isinstance(value, tuple) or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        raise WrongType(
            "must be pairs", field=attribute.name, way_out="give a tuple of field names, each with its new value"
        )
    names = [name for name, _ in value]
    owned = [name for name in names if name in ENGINE_FIELDS or name in RECORD_FIELDS]
    if owned:
        raise EngineOwned(id=None, fields=owned, way_out=f"leave them out of {attribute.name}")


@attrs.frozen(kw_only=True)
class DealUpdated(Event[Deal]):
    """Plain fields of a deal were given other values.

    Attributes:
        changes: the new values, as pairs of field name and value, in the order of the fields.
    """

    changes: tuple[tuple[str, object], ...] = attrs.field(validator=_are_plain)

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with these fields changed."""
        return deal.changed_by(self, **dict(self.changes))


class _Moved(dict[type[Deal], Callable[..., Deal]]):
    """For each class of deals the copy that only moves: the one event that has to be fast."""

    def __missing__(self, cls: type[Deal]) -> Callable[..., Deal]:
        copy = self[cls] = copier(cls, ("version", "changed_at", "stage", "entered_at", "outcome"))
        return copy


_MOVED = _Moved()


@attrs.frozen(kw_only=True)
class StageChanged(Event[Deal]):
    """A deal moved from one stage to another.

    Attributes:
        move: the name of the move.
        source: the stage that it left.
        target: the stage that it entered.
        entered_at: when it had entered the stage that it left, so that its stay is known from this event alone.
        outcome: what the entered stage means.
        reason: why, where the move asks for a reason.
        note: what else there is to say.
    """

    move: str
    source: str
    target: str
    entered_at: datetime | None = None
    outcome: Outcome = Outcome.OPEN
    reason: str | None = attrs.field(default=None, validator=is_optional_line(limit=1000))
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal in the stage that it entered."""
        return _MOVED[type(deal)](deal, deal.version + 1, self.at, self.target, self.at, self.outcome)


@attrs.frozen(kw_only=True)
class DealWon(StageChanged):
    """A deal was won; ``reason`` says why, where it was said."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal won: closed at this moment, from the stage that it left."""
        return deal.changed_by(
            self,
            stage=self.target,
            entered_at=self.at,
            outcome=self.outcome,
            closed_at=self.at,
            closed_from=self.source,
            win_reason=self.reason,
            loss=None,
            hold=None,
        )


@attrs.frozen(kw_only=True)
class DealLost(StageChanged):
    """A deal was lost; ``reason`` is one of the reasons that the process owns.

    Attributes:
        competitor: who won it instead, where known.
    """

    competitor: str | None = attrs.field(default=None, validator=is_optional_line())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal lost: closed at this moment, from the stage that it left."""
        return deal.changed_by(
            self,
            stage=self.target,
            entered_at=self.at,
            outcome=self.outcome,
            closed_at=self.at,
            closed_from=self.source,
            win_reason=None,
            loss=Loss(reason=self.reason, note=self.note, competitor=self.competitor),
            hold=None,
        )


@attrs.frozen(kw_only=True)
class DealReopened(StageChanged):
    """A closed deal was opened again; ``reason`` says why.

    What made it closed is cleared, and an agreement that was signed is taken back. The history keeps all of it.
    """

    def apply(self, deal: Deal, /) -> Deal:
        """The deal open again in the stage that it returned to."""
        terms = deal.terms
        if terms:
            terms = (*terms[:-1], terms[-1].taken_back(self.at))
        return deal.changed_by(
            self,
            stage=self.target,
            entered_at=self.at,
            outcome=self.outcome,
            closed_at=None,
            closed_from=None,
            win_reason=None,
            loss=None,
            terms=terms,
        )


@attrs.frozen(kw_only=True)
class DealHeld(Event[Deal]):
    """A deal was put on hold.

    Attributes:
        reason: why it waits.
        until: the day on which it should be looked at again.
    """

    reason: str = attrs.field(validator=is_line(limit=1000, personal=True), metadata=personal(ERASED))
    until: date | None = attrs.field(default=None, validator=is_optional_day())

    def apply(self, deal: Deal, /) -> Deal:
        """The deal on hold."""
        return deal.changed_by(self, hold=Hold(since=self.at, reason=self.reason, until=self.until))


@attrs.frozen(kw_only=True)
class DealResumed(Event[Deal]):
    """Work on a deal that was on hold went on."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal no longer on hold."""
        return deal.changed_by(self, hold=None)


@attrs.frozen(kw_only=True)
class ProcessMigrated(Event[Deal]):
    """A deal came under another process, or another version of its process.

    Attributes:
        from_process, from_version: what it ran under before.
        to_process, to_version: what it runs under from now on.
        source: the stage that it was in.
        target: the stage that it is in from now on.
        entered_at: when it had entered its former stage.
        outcome: what the stage means.
    """

    from_process: str
    from_version: int
    to_process: str
    to_version: int
    source: str
    target: str
    entered_at: datetime | None = None
    outcome: Outcome = Outcome.OPEN

    def apply(self, deal: Deal, /) -> Deal:
        """The deal under its new process; it has not left a stage that only changed its name."""
        return deal.changed_by(
            self,
            process=self.to_process,
            process_version=self.to_version,
            stage=self.target,
            outcome=self.outcome,
        )
