"""Leads that were won or lost, and what there is to count on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic

import attrs

from salesflow.errors import InvalidValue, SalesflowError, WrongType
from salesflow.leads.counts import Row
from salesflow.leads.features import STAGE, L, ScoredFields
from salesflow.outcome import Outcome
from salesflow.values.text import identifier
from salesflow.worked import Worked

__all__ = ["ClosedLead", "Tally", "outcome_of", "tallied", "team_of"]

Tally = dict[str | None, dict[str, dict[str, Row]]]
"""How many leads were won and lost, by team, field and value."""


@attrs.frozen
class ClosedLead(Generic[L]):
    """A lead that was won or lost, to learn from.

    Attributes:
        lead: an entity, or a mapping of values by the names of the declared fields and ``"stage"``.
        outcome: won or lost; a lead or deal of ours knows it by itself.
        team: whose lead it was; an entity with a ``team`` knows it by itself.
    """

    lead: L | Mapping[str, object]
    outcome: Outcome | None = None
    team: str | None = attrs.field(default=None, kw_only=True)


def tallied(features: ScoredFields[L], leads: Iterable[L | ClosedLead[L]]) -> Tally:
    """Count leads: one that was won in every stage, one that was lost in every stage up to its own.

    Raises:
        UnknownName: a mapping has a name that is not declared, or a stage is none of the stages.
        InvalidValue: a lead is open, its outcome or team contradicts what it says itself, or a lost one has no stage.
        WrongType: a value is no kind.
    """
    tally: Tally = {}
    for number, one in enumerate(leads, 1):
        closed = one if isinstance(one, ClosedLead) else ClosedLead(one)
        try:
            _count(features, tally, closed)
        except SalesflowError as error:
            error.add_note(f"It was lead number {number} of those given; nothing has changed.")
            raise
    return tally


def _count(features: ScoredFields[L], tally: Tally, closed: ClosedLead[L]) -> None:
    won = _closed_outcome(closed) is Outcome.WON
    team = team_of(closed.lead, closed.team)
    if team is not None:
        identifier(team, field="team")
    own, read = features.read(closed.lead)
    reached = features.counted_stages if won else _stages_up_to(features, own)
    values = [(STAGE, stage) for stage in reached]
    for field, value in zip(features.fields, read, strict=True):
        values += [(field.name, one) for one in field.values(value)]
    fields = tally.get(team)
    if fields is None:
        fields = tally[team] = {name: {} for name in features.names}
    for name, value in values:
        rows = fields[name]
        had_won, had_lost = rows.get(value, (0, 0))
        rows[value] = (had_won + 1, had_lost) if won else (had_won, had_lost + 1)


def _stages_up_to(features: ScoredFields[L], own: str | None) -> tuple[str, ...]:
    if not features.stages:
        return features.counted_stages
    if own is None:
        raise InvalidValue(
            "a lost lead counts for every stage up to the one that it was lost in",
            field=STAGE,
            way_out="give the stage, or declare read_stage",
        )
    return features.stages[: features.stages.index(own) + 1]


def _closed_outcome(closed: ClosedLead[L]) -> Outcome:
    outcome = outcome_of(closed.lead, closed.outcome)
    if outcome is None or outcome is Outcome.OPEN:
        raise InvalidValue(
            "a lead is learned from once it is won or lost",
            field="outcome",
            value=None if outcome is None else outcome.value,
            way_out="give Outcome.WON or Outcome.LOST",
        )
    return outcome


def outcome_of(lead: object, given: Outcome | None) -> Outcome | None:
    """The outcome of a lead: what was given, or what a lead or deal of ours says by itself.

    An open one may be given as won or lost, as it is about to be.

    Raises:
        InvalidValue: the two contradict each other.
        WrongType: what was given is no outcome.
    """
    if given is not None and not isinstance(given, Outcome):
        raise WrongType("an outcome is won, lost or open", field="outcome", value=given, way_out="give an Outcome")
    own = lead.outcome if isinstance(lead, Worked) else None
    if own is None or own is Outcome.OPEN:
        return own if given is None else given
    if given not in (None, own):
        raise _contradiction("outcome", f"{given}, and the lead says {own}")
    return own


def team_of(lead: object, given: str | None) -> str | None:
    """The team of a lead: what was given, or what an entity says by itself.

    Raises:
        InvalidValue: the two contradict each other.
        WrongType: the team is no text.
    """
    if given is not None and not isinstance(given, str):
        raise WrongType("a team is given by its id", field="team", value=given, way_out="give text")
    own = None if isinstance(lead, Mapping) else getattr(lead, "team", None)
    if given is not None and own is not None and own != given:
        raise _contradiction("team", f"{given}, and the lead says {own}")
    return given if own is None else own


def _contradiction(field: str, value: str) -> InvalidValue:
    return InvalidValue(
        "must not contradict the lead", field=field, value=value, way_out="leave it out, or correct the lead first"
    )
