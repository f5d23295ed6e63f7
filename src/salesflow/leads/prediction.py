"""What a predictive scoring says of one lead: the chance, why, and what a person says instead.

The chance is a fraction between 0 and 1, rounded half up to four places, as it goes into
``Deal.predicted_probability``. While a lead is open nothing is certain: it is held to 0.0001 to 0.9999.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

import attrs

from salesflow.errors import InvalidValue
from salesflow.outcome import Outcome
from salesflow.values.decimals import EXACT, exact_decimal

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal
    from salesflow.people.lead import Lead

__all__ = ["Evidence", "LeadScore", "Prediction"]

Factor = tuple[str, str, int, int]
"""A field, its value, and how much it weighs for won and for lost, both in the same unit."""

_PLACES = 4
_WHOLE = 10**_PLACES
_FINE = 20
_EVEN = Decimal("0.5")


def _fraction(part: int, whole: int, places: int) -> Decimal:
    """A part of a whole, rounded half up to these places."""
    scaled = (2 * part * 10**places + whole) // (2 * whole)
    return EXACT.scaleb(Decimal(scaled), -places)


@attrs.frozen(kw_only=True)
class Evidence:
    """What one value of a lead says, by itself.

    Attributes:
        field: the name of the field.
        value: the value as text; ``""`` where that it is not set is what counts.
        weight: the share of won among leads with this value, if won and lost were equally many:
            pW / (pW + pL), a fraction to four places. Above 0.5 it speaks for the lead, below against it.
    """

    field: str
    value: str
    weight: Decimal

    @property
    def speaks_for(self) -> bool:
        """Whether it raises the chance."""
        return self.weight > _EVEN

    @property
    def speaks_against(self) -> bool:
        """Whether it lowers the chance."""
        return self.weight < _EVEN


@attrs.frozen(kw_only=True)
class Prediction:
    """The chance of winning a lead, with its reasons.

    Attributes:
        probability: a fraction to four places, or ``None`` where nobody can know.
        undefined: why it is not known.
        team: whose leads it was learned from; ``None`` for the leads of all teams.
    """

    probability: Decimal | None
    undefined: str | None = None
    team: str | None = None
    _sides: tuple[int, int] = attrs.field(alias="sides", default=(0, 0), repr=False)
    _factors: tuple[Factor, ...] = attrs.field(alias="factors", default=(), repr=False)

    @classmethod
    def of(cls, sides: tuple[int, int], factors: tuple[Factor, ...], *, team: str | None) -> Prediction:
        """The prediction for an open lead, of what speaks for winning and for losing, in one unit."""
        won, lost = sides
        whole = won + lost
        held = min(max((2 * won * _WHOLE + whole) // (2 * whole), 1), _WHOLE - 1)
        return cls(probability=EXACT.scaleb(Decimal(held), -_PLACES), team=team, sides=sides, factors=factors)

    @classmethod
    def certain(cls, outcome: Outcome) -> Prediction:
        """The prediction for a lead that is closed: 1 where it was won, 0 where it was lost."""
        return cls(probability=Decimal(1 if outcome is Outcome.WON else 0))

    @property
    def unrounded(self) -> Decimal | None:
        """The chance to twenty places and not held to any bounds; of a closed lead, the probability itself."""
        return _fraction(self._sides[0], sum(self._sides), _FINE) if any(self._sides) else self.probability

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What each value of the lead says, in the order in which the fields were declared, the stage first."""
        return tuple(
            Evidence(field=field, value=value, weight=_fraction(won, won + lost, _PLACES))
            for field, value, won, lost in self._factors
        )

    def reasons_for(self, most: int = 3) -> tuple[Evidence, ...]:
        """What speaks most for the lead, the strongest first; of equals the one declared first."""
        return tuple(sorted((one for one in self.evidence if one.speaks_for), key=lambda one: -one.weight)[:most])

    def reasons_against(self, most: int = 3) -> tuple[Evidence, ...]:
        """What speaks most against the lead, the strongest first; of equals the one declared first."""
        return tuple(sorted((one for one in self.evidence if one.speaks_against), key=lambda one: one.weight)[:most])


def _optional_probability(value: Decimal | int | str | None) -> Decimal | None:
    if value is None:
        return None
    number = exact_decimal(value, field="probability")
    if not 0 <= number <= 1:
        raise InvalidValue(
            "a probability lies between 0 and 1",
            field="probability",
            value=number,
            way_out="give a fraction such as '0.4', not percent",
        )
    return number


@attrs.frozen(kw_only=True)
class LeadScore:
    """The chance that was predicted and the one that a person set, kept apart, and which of them is shown.

    A chance set by hand freezes what is shown; predictions go on beside it. Once the lead is closed, the outcome counts.

    Attributes:
        predicted: what the model says now, a fraction.
        by_hand: what a person says; 0 is a chance like any other, ``None`` is none.
        outcome: open, won or lost.

    Raises:
        WrongType: a chance is a ``float`` or no number.
        InvalidValue: a chance is not between 0 and 1.

    Example:
        >>> LeadScore(predicted="0.2087").set_by_hand("0.40").predict("0.3438").shown
        Decimal('0.40')
    """

    predicted: Decimal | None = attrs.field(default=None, converter=_optional_probability)
    by_hand: Decimal | None = attrs.field(default=None, converter=_optional_probability)
    outcome: Outcome = attrs.field(default=Outcome.OPEN, converter=Outcome)

    @classmethod
    def of(cls, entity: Lead | Deal, /) -> Self:
        """The score that a lead or a deal holds: its ``probability`` is the one set by hand."""
        return cls(predicted=entity.predicted_probability, by_hand=entity.probability, outcome=entity.outcome)

    @property
    def shown(self) -> Decimal | None:
        """The chance that counts: the outcome, else the one set by hand, else the predicted one."""
        if self.outcome is not Outcome.OPEN:
            return Decimal(1 if self.outcome is Outcome.WON else 0)
        return self.predicted if self.by_hand is None else self.by_hand

    @property
    def is_by_hand(self) -> bool:
        """Whether what is shown was set by hand."""
        return self.outcome is Outcome.OPEN and self.by_hand is not None

    def set_by_hand(self, probability: Decimal | int | str) -> Self:
        """The score with a chance set by hand, which is shown from now on."""
        return attrs.evolve(self, by_hand=_optional_probability(probability))

    def cleared(self) -> Self:
        """The score without a chance set by hand: the predicted one is shown again."""
        return attrs.evolve(self, by_hand=None)

    def predict(self, probability: Decimal | int | str | None) -> Self:
        """The score with a new prediction. One set by hand stays, and stays shown."""
        return attrs.evolve(self, predicted=_optional_probability(probability))

    def close(self, outcome: Outcome) -> Self:
        """The score of the lead once it is won, lost, or open again."""
        return attrs.evolve(self, outcome=outcome)
