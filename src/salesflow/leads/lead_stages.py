"""The stages of a lead's life, readable by someone who sells and does not code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from salesflow.leads.frameworks import NeedAndMeans
from salesflow.leads.lead_stage import LeadStage
from salesflow.outcome import Outcome
from salesflow.people.lead import Lead
from salesflow.process.requirement import entry_requirement

__all__ = ["Converted", "Disqualified", "New", "Nurturing", "Qualified", "Recycled", "Working"]


class New(LeadStage):
    """Somebody came into view who may be interested. Nobody has spoken to them yet."""

    rots_after: ClassVar[timedelta | None] = timedelta(days=2)  # our own choice, as in every stage
    guidance: ClassVar[tuple[str, ...]] = ("Look whether we know them already.", "Decide who works them.")


class Working(LeadStage):
    """Somebody is finding out whether there is a need that we can meet, and whether they can afford it."""

    rots_after: ClassVar[timedelta | None] = timedelta(days=14)
    guidance: ClassVar[tuple[str, ...]] = (
        "Ask what they need or want, and what they can spend; write down who said it.",
        "Leave those with little potential early, with the reason.",
    )

    @entry_requirement("somebody is responsible for the lead", hint="Assign it first.")
    def has_an_owner(self, lead: Lead) -> bool:
        return lead.owner is not None


class Nurturing(LeadStage):
    """They may buy one day, and not now. They hear from us from time to time."""

    rots_after: ClassVar[timedelta | None] = timedelta(days=180)
    guidance: ClassVar[tuple[str, ...]] = ("Plan when to ask again.", "Send them what helps them, not what sells.")


class Recycled(LeadStage):
    """The one who took them over gave them back, or they came back by themselves: to be looked at again."""

    rots_after: ClassVar[timedelta | None] = timedelta(days=7)
    guidance: ClassVar[tuple[str, ...]] = ("Read why they came back.", "Decide who works them.")


class Qualified(LeadStage):
    """There is a need that we can meet, and they can afford it: ready to become a deal."""

    rots_after: ClassVar[timedelta | None] = timedelta(days=7)
    guidance: ClassVar[tuple[str, ...]] = ("Hand them over to who sells.", "Convert them while they are warm.")

    @entry_requirement(
        "there is a need that we can meet, and the means to pay for it",
        hint="Ask, and record the answers with their evidence.",
    )
    def is_qualified(self, lead: Lead) -> Iterator[str]:
        yield from NeedAndMeans.missing(lead)


class Converted(LeadStage):
    """They became a contact, and a deal was opened where there was one to open."""

    outcome = Outcome.WON


class Disqualified(LeadStage):
    """Little potential, and a reason that says so. They may come back."""

    outcome = Outcome.LOST
