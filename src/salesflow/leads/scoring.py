"""The predictive score: what the leads that were won and lost so far say about the next one.

Leads are counted by team, field and value: one that was won counts for every stage, one that was lost for every stage
up to where it was lost. From the counts follows the chance of the next lead, by naive Bayes (``weighing`` has the
formula). Source: the predictive lead scoring of Odoo, whose published figures come out of this to the digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, Self

import attrs

from salesflow.errors import InvalidValue, UnknownName
from salesflow.leads.counts import CountRow, FieldCounts, Row, joined, pooled, without_starts
from salesflow.leads.features import STAGE, L, ScoredFields
from salesflow.leads.learning import ClosedLead, outcome_of, tallied, team_of
from salesflow.leads.prediction import Prediction
from salesflow.leads.weighing import TeamWeights, weighed
from salesflow.outcome import Outcome

__all__ = ["PredictiveScoring"]

TeamCounts = Mapping[str, FieldCounts]
Teams = Mapping[str | None, TeamCounts]


@attrs.frozen
class PredictiveScoring(Generic[L]):
    """What was learned from leads that were won and lost, by team.

    It is a value: learning gives another one and leaves this one as it is.

    Attributes:
        features: what it learns from.

    Example:
        >>> from salesflow.leads.features import ScoredField
        >>> scoring = PredictiveScoring(ScoredFields([ScoredField("country")], stages=["new", "qualified"]))
        >>> scoring = scoring.learn({"country": "IL", "stage": "qualified"}, Outcome.WON)
        >>> scoring = scoring.learn({"country": "FR", "stage": "new"}, Outcome.LOST)
        >>> scoring.score({"country": "IL", "stage": "new"}).probability
        Decimal('0.9167')
    """

    features: ScoredFields[L]
    _teams: Teams = attrs.field(alias="teams", factory=dict, kw_only=True, repr=False)
    _weights: dict[str | None, TeamWeights[L]] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    # Learning

    def learn(self, lead: L | Mapping[str, object], outcome: Outcome | None = None, *, team: str | None = None) -> Self:
        """Learn from one lead that was won or lost.

        Args:
            lead: an entity, or a mapping of values by name.
            outcome: won or lost; a lead or deal of ours knows it by itself.
            team: whose lead it was; an entity with a ``team`` knows it by itself.

        Raises:
            UnknownName: the mapping has a name that is not declared, or the stage is none of the stages.
            InvalidValue: the lead is open, the outcome or team contradicts what the entity says, or a lost lead has no
                stage.
            WrongType: a value is no kind.
        """
        return self.learn_all([ClosedLead(lead, outcome, team=team)])

    def learn_all(self, leads: Iterable[L | ClosedLead[L]]) -> Self:
        """Learn from many leads at once; the same as one after the other, and much faster.

        Args:
            leads: ``ClosedLead``, or entities that know their outcome themselves.

        Raises:
            UnknownName, InvalidValue, WrongType: as for ``learn``; a note on the error says which lead it was. Nothing
                was learned then.
        """
        teams = dict(self._teams)
        for team, fields in tallied(self.features, leads).items():
            had = self._counts(team)
            teams[team] = {name: counts.learned(fields[name]) for name, counts in had.items()}
        return attrs.evolve(self, teams=teams)

    def unlearn(
        self, lead: L | Mapping[str, object], outcome: Outcome | None = None, *, team: str | None = None
    ) -> Self:
        """Take back what was learned from a lead, because it was reopened or is to be forgotten.

        The lead is given with the values, and the outcome, that it was learned with. A value that was seen keeps its
        row, at 0.1 (Odoo).

        Raises:
            InvalidValue: a count would be negative: this lead was not learned, or with other values.
            UnknownName, WrongType: as for ``learn``.
        """
        teams = dict(self._teams)
        for whose, fields in tallied(self.features, [ClosedLead(lead, outcome, team=team)]).items():
            left = {name: counts.unlearned(fields[name]) for name, counts in self._counts(whose).items()}
            kept = {name: counts for name, counts in left.items() if counts is not None}
            if len(kept) < len(left):
                raise InvalidValue(
                    "a count must not become negative",
                    field=", ".join(sorted(left.keys() - kept.keys())),
                    way_out="unlearn a lead only after it was learned, with the same team, outcome, stage and values",
                )
            teams[whose] = kept
        return attrs.evolve(self, teams=teams)

    def merged_with(self, *others: PredictiveScoring[L]) -> Self:
        """What several workers learned from different leads, as if one had learned all of it; in any order.

        Raises:
            InvalidValue: another one has other fields or stages.
        """
        if any(other.features != self.features for other in others):
            raise InvalidValue(
                "only what was learned from the same fields and stages can be merged",
                field="others",
                way_out="declare the fields once and learn from that declaration in every worker",
            )
        every = [self._teams, *(other._teams for other in others)]
        teams: dict[str | None, TeamCounts] = {}
        for team in {team: None for one in every for team in one}:
            parts = [one[team] for one in every if team in one]
            teams[team] = {name: joined(part[name] for part in parts) for name in parts[0]}
        return attrs.evolve(self, teams=teams)

    def without_team(self, team: str, /) -> Self:
        """What was learned once a team is dissolved: its counts go to the leads without a team (Odoo).

        Whole leads are added, so that 10 and 0.1 are 10; what has no counterpart is taken over, unless it is void.

        Raises:
            UnknownName: nothing was learned for this team.
        """
        if team is None or team not in self._teams:
            raise UnknownName("team", team, sorted(name for name in self._teams if name is not None))
        teams = {name: counts for name, counts in self._teams.items() if name != team}
        gone = self._teams[team]
        teams[None] = {name: without_starts(counts, gone[name]) for name, counts in self._counts(None).items()}
        return attrs.evolve(self, teams=teams)

    def _counts(self, team: str | None) -> TeamCounts:
        """The counts of a team, with no rows where nothing was learned for it yet."""
        counts = self._teams.get(team)
        if counts is not None:
            return counts
        nothing = {STAGE: FieldCounts.of({})}
        return nothing | {field.name: FieldCounts.of({}, needs_enough=field.several) for field in self.features.fields}

    # Counts that a host keeps

    @property
    def rows(self) -> tuple[CountRow, ...]:
        """All counts, to be stored: by team (no team first), field and value."""
        found = [
            CountRow.of_tenths(team, field, value, row)
            for team, fields in self._teams.items()
            for field, counts in fields.items()
            for value, row in counts.rows.items()
        ]
        return tuple(sorted(found, key=lambda row: (row.team or "", row.field, row.value)))

    def with_rows(self, rows: Iterable[CountRow]) -> Self:
        """What was learned, with these counts in place of those of the same team, field and value.

        ``PredictiveScoring(features).with_rows(learned.rows)`` is ``learned`` again.

        Raises:
            UnknownName: there is no such field or stage.
            InvalidValue: a team, field and value comes twice.
        """
        found: dict[str | None, dict[str, dict[str, Row]]] = {}
        for row in rows:
            self._check(row)
            values = found.setdefault(row.team, {}).setdefault(row.field, {})
            if row.value in values:
                raise InvalidValue("a value has one row by team and field", field=row.field, way_out="leave one out")
            values[row.value] = row.tenths
        teams = dict(self._teams)
        for team, fields in found.items():
            teams[team] = {name: had.with_rows(fields.get(name, {})) for name, had in self._counts(team).items()}
        return attrs.evolve(self, teams=teams)

    def _check(self, row: CountRow) -> None:
        if row.field not in self.features.names:
            raise UnknownName("field", row.field, sorted(self.features.names), where="the declared fields")
        if row.field == STAGE and row.value not in self.features.counted_stages:
            raise UnknownName("stage", row.value, self.features.stages, where="the declared stages")

    # Scoring

    def score(
        self, lead: L | Mapping[str, object], *, outcome: Outcome | None = None, team: str | None = None
    ) -> Prediction:
        """The chance of winning a lead, with its reasons.

        A lead of no team, or of one that nothing was learned for, is scored by the leads of all teams together.

        Args:
            lead: an entity, or a mapping of values by name.
            outcome: whether it is open, won (1) or lost (0); a lead or deal of ours knows it by itself, others are open.
            team: whose lead it is; an entity with a ``team`` knows it by itself.

        Raises:
            UnknownName: the mapping has a name that is not declared, or the stage is none of the stages.
            InvalidValue: the outcome or team contradicts what the entity says.
            WrongType: a value is no kind.
        """
        outcome, team = outcome_of(lead, outcome), team_of(lead, team)
        if outcome is Outcome.WON or outcome is Outcome.LOST:
            return Prediction.certain(outcome)
        return self._weights_for(team).predict(lead)

    def _weights_for(self, team: str | None) -> TeamWeights[L]:
        """What the counts of a team weigh, or those of all teams; kept once made, since this value never changes."""
        known = team if team is not None and team in self._teams else None
        weights = self._weights.get(known)
        if weights is None:
            counts = self._pooled() if known is None else self._teams[known]
            weights = self._weights[known] = weighed(self.features, counts, team=known)
        return weights

    def _pooled(self) -> TeamCounts:
        teams = list(self._teams.values()) or [self._counts(None)]
        return {name: pooled(team[name] for team in teams) for name in teams[0]}
