"""Naive Bayes on the counts of one team, in whole numbers.

With W and L the counts of a value, T their sums over the values of its field, and Nw and Nl the counts of the first
stage (so of all leads that were won and lost)::

    Sw = Nw / (Nw + Nl)  x  the product of  W(value) / Tw(field)
    Sl = Nl / (Nw + Nl)  x  the product of  L(value) / Tl(field)
    probability = Sw / (Sw + Sl)

except that for the stage T is Nw and Nl, because a lead was in every stage up to its own. What is not set or was never
seen is left out, and so are tags on fewer than fifty leads. Source: the predictive lead scoring of Odoo.

Nothing is divided before the end: a value weighs W x Tl for won and L x Tw for lost, which brings all fractions to one
denominator. So nothing underflows with many fields, and the rounding at the end is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic

import attrs

from salesflow.leads.counts import FieldCounts, Row
from salesflow.leads.features import STAGE, L, ScoredField, ScoredFields
from salesflow.leads.prediction import Factor, Prediction

__all__ = ["TeamWeights", "weighed"]

_NOTHING_LEARNED = "no lead was won or lost yet that a score could be learned from"
_CONTRADICTION = "one value was never won and another never lost"
_NO_ROW: Row = (0, 0)

Weights = Mapping[str, Factor]
"""The values of a field that say something, each with what it weighs."""


@attrs.frozen
class TeamWeights(Generic[L]):
    """What the counts of one team weigh, worked out once for all leads that are scored by them.

    Attributes:
        team: whose leads they are of; ``None`` for all teams.
        features: the declared fields.
        closed: how many leads were won and lost in all, in tenths.
        stages: the weights of the stages.
        fields: the weights of the fields, in the order of their declaration.
    """

    team: str | None
    features: ScoredFields[L]
    closed: Row
    stages: Weights
    fields: tuple[tuple[ScoredField[L], Weights], ...]

    def predict(self, lead: L | Mapping[str, object]) -> Prediction:
        """The chance of winning an open lead.

        Raises:
            UnknownName, InvalidValue, WrongType: as for ``PredictiveScoring.score``.
        """
        factors = self._factors(lead)
        won, lost = self.closed
        if not won or not lost:
            return Prediction(probability=None, undefined=_NOTHING_LEARNED, team=self.team)
        for _field, _value, for_won, for_lost in factors:
            won *= for_won
            lost *= for_lost
        if not won and not lost:
            return Prediction(probability=None, undefined=_CONTRADICTION, team=self.team, factors=tuple(factors))
        return Prediction.of((won, lost), tuple(factors), team=self.team)

    def _factors(self, lead: L | Mapping[str, object]) -> list[Factor]:
        stage, read = self.features.read(lead)
        found: list[Factor] = []
        if stage is not None and stage in self.stages:
            found.append(self.stages[stage])
        for (field, weights), value in zip(self.fields, read, strict=True):
            if type(value) is str and value in weights and not field.several:  # it was checked when it was learned
                found.append(weights[value])
            else:
                found += [weights[one] for one in field.values(value) if one in weights]
        return found


def weighed(features: ScoredFields[L], counts: Mapping[str, FieldCounts], *, team: str | None) -> TeamWeights[L]:
    """What the counts of a team weigh."""
    closed = counts[STAGE].rows.get(features.counted_stages[0], _NO_ROW)
    fields = [(field, counts[field.name]) for field in features.fields]
    weights = tuple((field, _weights(field.name, seen, seen.totals)) for field, seen in fields)
    return TeamWeights(team, features, closed, _weights(STAGE, counts[STAGE], closed), weights)


def _weights(field: str, counts: FieldCounts, totals: Row) -> Weights:
    all_won, all_lost = totals
    counting = [(value, row) for value, row in counts.rows.items() if counts.counts(row)]
    factors = [(field, value, row[0] * all_lost, row[1] * all_won) for value, row in counting]
    return {factor[1]: factor for factor in factors if factor[2] or factor[3]}
