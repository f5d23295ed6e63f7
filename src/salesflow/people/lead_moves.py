"""How a lead moves through its process, as events: it moved, was disqualified, converted, or reopened."""

from __future__ import annotations

from datetime import datetime

import attrs

from salesflow.event import Creation, Event
from salesflow.outcome import Outcome
from salesflow.people.fields import first_version
from salesflow.people.lead import Conversion, Disqualification, Lead
from salesflow.values.moments import is_moment
from salesflow.values.personal import personal
from salesflow.values.text import is_line, is_optional_line, is_prose

__all__ = [
    "LeadAdopted",
    "LeadConverted",
    "LeadDisqualified",
    "LeadProcessMigrated",
    "LeadReopened",
    "LeadStageChanged",
]


@attrs.frozen(kw_only=True)
class LeadAdopted(Creation[Lead]):
    """A lead that was worked elsewhere before came under this process.

    Attributes:
        lead: the lead as it was adopted, in the stage that it had reached.
        origin: where it comes from ("the old CRM").
        since: when it entered that stage there.
        lacking: what the process would have asked of it on the way, as ``stage.requirement``.
    """

    lead: Lead
    origin: str = attrs.field(validator=is_line())
    since: datetime = attrs.field(validator=is_moment())
    lacking: tuple[str, ...] = ()

    def create(self) -> Lead:
        """The lead at version 1."""
        return first_version(self.lead, self, field="lead", kind=Lead)


@attrs.frozen(kw_only=True)
class LeadStageChanged(Event[Lead]):
    """A lead moved from one stage to another.

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
    reason: str | None = attrs.field(default=None, validator=is_optional_line(limit=1000, personal=True))
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def apply(self, lead: Lead, /) -> Lead:
        """The lead in the stage that it entered."""
        return lead.changed_by(self, **self._entered())

    def _entered(self) -> dict[str, object]:
        return {"stage": self.target, "entered_at": self.at, "outcome": self.outcome}

    def _closed(self) -> dict[str, object]:
        return self._entered() | {"closed_at": self.at, "closed_from": self.source}


@attrs.frozen(kw_only=True)
class LeadDisqualified(LeadStageChanged):
    """A lead was found to have too little potential; ``reason`` is one of the reasons that the process owns."""

    def apply(self, lead: Lead, /) -> Lead:
        """The lead closed, with the reason."""
        why = Disqualification(reason=self.reason, note=self.note)
        return lead.changed_by(self, **self._closed(), disqualification=why)


@attrs.frozen(kw_only=True)
class LeadConverted(LeadStageChanged):
    """A lead became a customer in the making.

    Attributes:
        conversion: the contact, organization and deal that it became.
    """

    conversion: Conversion

    def apply(self, lead: Lead, /) -> Lead:
        """The lead closed, with what became of it."""
        return lead.changed_by(self, **self._closed(), conversion=self.conversion)


@attrs.frozen(kw_only=True)
class LeadReopened(LeadStageChanged):
    """A lead that was closed is worked again; ``reason`` says why. The history keeps what had closed it."""

    def apply(self, lead: Lead, /) -> Lead:
        """The lead open again."""
        return lead.changed_by(self, **self._entered(), closed_at=None, closed_from=None, disqualification=None)


@attrs.frozen(kw_only=True)
class LeadProcessMigrated(Event[Lead]):
    """A lead came under another process, or another version of its process.

    Attributes:
        from_process, from_version: what it ran under before.
        to_process, to_version: what it runs under from now on.
        source: the stage that it was in.
        target: the stage that it is in from now on.
        outcome: what the stage means.
    """

    from_process: str
    from_version: int
    to_process: str
    to_version: int
    source: str
    target: str
    outcome: Outcome = Outcome.OPEN

    def apply(self, lead: Lead, /) -> Lead:
        """The lead under its new process; it has not left a stage that only changed its name."""
        return lead.changed_by(
            self,
            process=self.to_process,
            process_version=self.to_version,
            stage=self.target,
            outcome=self.outcome,
        )
