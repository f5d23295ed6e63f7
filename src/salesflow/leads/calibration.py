"""Whether a score can be believed: what was said beside what happened.

A score of 0.7 is right if, of all leads that were given it, seven in ten are won. Four questions are asked of any score
between 0 and 1, wherever it comes from (a model, rules, a seller's own judgment):

- **Brier score**: the mean of (score - outcome) squared, with 1 for won and 0 for lost. 0 is perfect; always saying 0.5
  gives 0.25. Source: G. W. Brier, Verification of forecasts expressed in terms of probability, 1950.
- **log loss**: the mean of -ln(score) over what was won and -ln(1 - score) over what was lost. 0 is perfect; always
  saying 0.5 gives ln 2 = 0.693. One certainty that was wrong makes it infinite, so there it is undefined.
- **reliability**: by tenths of the score, the mean score beside the share that was won.
- **lift**: how much oftener the best-scored part was won than all were. 1 is no better than drawing lots.

What was seen is kept as counts by score, exactly, so that the calibrations of several workers can be merged in any
order and nothing drifts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from fractions import Fraction
from typing import Self

import attrs

from salesflow.errors import InvalidValue, WrongType
from salesflow.outcome import Outcome
from salesflow.values.decimals import EXACT, HALF_UP, exact_decimal, half_up

__all__ = ["Calibration", "Figure", "ScoreTenth"]

_PLACES = Decimal("1e-12")
_NATURAL = Context(prec=40, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
_NOTHING_SCORED = "no lead with a score was won or lost"


@attrs.frozen(kw_only=True)
class Figure:
    """A figure, or why there is none.

    Attributes:
        value: the figure, rounded half up to twelve places; ``None`` where it is undefined.
        undefined: why it is undefined.
    """

    value: Decimal | None = None
    undefined: str | None = None


@attrs.frozen(kw_only=True)
class ScoreTenth:
    """What was said and what happened in one tenth of the score.

    Attributes:
        low: the lowest score of the tenth, a fraction; it belongs to it.
        high: where the next one begins; 1 belongs to the last tenth.
        count: how many leads had such a score.
        won: how many of them were won.
        mean_score: what was said of them on average.
        share_won: what share of them was won.
    """

    low: Decimal
    high: Decimal
    count: int
    won: int
    mean_score: Figure
    share_won: Figure


def _figure(value: Fraction) -> Figure:
    return Figure(value=half_up(HALF_UP.divide(Decimal(value.numerator), Decimal(value.denominator)), _PLACES))


@attrs.frozen
class Calibration:
    """Scores beside outcomes.

    Attributes:
        unscored: how many leads were left out because they had no score.

    Example:
        >>> seen = Calibration.of([(Decimal("0.8"), Outcome.WON), (Decimal("0.3"), Outcome.LOST)])
        >>> seen.brier_score.value
        Decimal('0.065000000000')
    """

    _seen: Mapping[Decimal, tuple[int, int]] = attrs.field(factory=dict, alias="seen")
    unscored: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[tuple[Decimal | int | str | None, Outcome]]) -> Self:
        """The calibration of scores, each a fraction with the outcome of its lead.

        Args:
            outcomes: pairs of a score, ``None`` where there was none, and whether the lead was won or lost.

        Raises:
            WrongType: a score is a ``float`` or no number, or an outcome is no ``Outcome``.
            InvalidValue: a score is not between 0 and 1, or a lead is still open. A note says which pair it was.
        """
        seen: dict[Decimal, tuple[int, int]] = {}
        unscored = 0
        for number, (score, outcome) in enumerate(outcomes, 1):
            try:
                won = _is_won(outcome)
                if score is None:
                    unscored += 1
                    continue
                fraction = _fraction(score)
            except InvalidValue as error:
                error.add_note(f"It was pair number {number} of those given.")
                raise
            had = seen.get(fraction, (0, 0))
            seen[fraction] = (had[0] + won, had[1] + (not won))
        return cls(seen, unscored)

    def merged_with(self, *others: Calibration) -> Self:
        """What several workers saw, as if one had seen all of it; in any order."""
        seen = dict(self._seen)
        for other in others:
            for score, (won, lost) in other._seen.items():
                had = seen.get(score, (0, 0))
                seen[score] = (had[0] + won, had[1] + lost)
        return attrs.evolve(self, seen=seen, unscored=self.unscored + sum(other.unscored for other in others))

    @property
    def count(self) -> int:
        """How many leads with a score were won or lost."""
        return sum(won + lost for won, lost in self._seen.values())

    @property
    def won(self) -> int:
        """How many of them were won."""
        return sum(won for won, _lost in self._seen.values())

    @property
    def brier_score(self) -> Figure:
        """The mean squared difference between score and outcome."""
        if not self.count:
            return Figure(undefined=_NOTHING_SCORED)
        squares = (won * (1 - score) ** 2 + lost * score**2 for score, won, lost in self._fractions())
        return _figure(Fraction(sum(squares), self.count))

    @property
    def log_loss(self) -> Figure:
        """The mean negative natural logarithm of the chance that was given to what happened."""
        if not self.count:
            return Figure(undefined=_NOTHING_SCORED)
        total = Decimal(0)
        for score, (won, lost) in sorted(self._seen.items()):
            for chance, times in ((score, won), (HALF_UP.subtract(Decimal(1), score), lost)):
                if times and not chance:
                    return Figure(undefined="a lead had a score of 0 and was won, or a score of 1 and was lost")
                if times:
                    total = HALF_UP.subtract(total, HALF_UP.multiply(Decimal(times), _NATURAL.ln(chance)))
        return Figure(value=half_up(HALF_UP.divide(total, Decimal(self.count)), _PLACES))

    @property
    def reliability(self) -> tuple[ScoreTenth, ...]:
        """Ten tenths of the score, from the lowest, each with what was said and what happened."""
        tenths: list[list[tuple[Fraction, int, int]]] = [[] for _ in range(10)]
        for score, won, lost in self._fractions():
            tenths[min(int(score * 10), 9)].append((score, won, lost))
        return tuple(_tenth(number, inside) for number, inside in enumerate(tenths))

    def lift(self, top: Decimal | int | str = "0.1") -> Figure:
        """How much oftener the part with the highest scores was won than all were.

        Where the part ends between leads of one score, each of them counts with the same share, so that the order in
        which they came makes no difference.

        Args:
            top: how large the part is, a fraction above 0.

        Raises:
            WrongType: it is a ``float`` or no number.
            InvalidValue: it is not above 0, or above 1.
        """
        part = exact_decimal(top, field="top")
        if not 0 < part <= 1:
            raise InvalidValue("a part lies above 0, and at most at 1", field="top", value=part, way_out="give '0.1'")
        if not self.won:
            return Figure(undefined="no lead with a score was won" if self.count else _NOTHING_SCORED)
        taken = Fraction(part) * self.count
        left, won_in_part = taken, Fraction(0)
        for _score, won, lost in sorted(self._fractions(), reverse=True):
            share = min(left / (won + lost), Fraction(1))
            won_in_part += share * won
            left -= share * (won + lost)
        return _figure((won_in_part / taken) / Fraction(self.won, self.count))

    def _fractions(self) -> Iterator[tuple[Fraction, int, int]]:
        return ((Fraction(score), won, lost) for score, (won, lost) in self._seen.items())


def _tenth(number: int, inside: Iterable[tuple[Fraction, int, int]]) -> ScoreTenth:
    count = won = 0
    said = Fraction(0)
    for score, times_won, times_lost in inside:
        count += times_won + times_lost
        won += times_won
        said += score * (times_won + times_lost)
    none = Figure(undefined="no lead had such a score")
    return ScoreTenth(
        low=EXACT.scaleb(Decimal(number), -1),
        high=EXACT.scaleb(Decimal(number + 1), -1),
        count=count,
        won=won,
        mean_score=_figure(said / count) if count else none,
        share_won=_figure(Fraction(won, count)) if count else none,
    )


def _fraction(score: Decimal | int | str) -> Decimal:
    fraction = exact_decimal(score, field="score")
    if not 0 <= fraction <= 1:
        raise InvalidValue(
            "a score to be calibrated lies between 0 and 1",
            field="score",
            value=fraction,
            way_out="divide points by their cap, and percent by 100",
        )
    return fraction


def _is_won(outcome: Outcome) -> bool:
    if not isinstance(outcome, Outcome):
        raise WrongType("an outcome is won or lost", field="outcome", value=outcome, way_out="give an Outcome")
    if outcome is Outcome.OPEN:
        raise InvalidValue(
            "only what was won or lost can be compared with its score",
            field="outcome",
            value=outcome.value,
            way_out="leave open leads out",
        )
    return outcome is Outcome.WON
