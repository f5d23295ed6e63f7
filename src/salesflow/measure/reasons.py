"""Why deals are won and lost, and to whom."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal

import attrs

from salesflow.measure.metric import DealMetric, DealTally, Noted
from salesflow.measure.result import Axis, Groups, Result, axis_of
from salesflow.measure.rows import DealRow
from salesflow.measure.shares_of import divided
from salesflow.measure.spread import TO_34_DIGITS
from salesflow.outcome import Outcome

__all__ = ["Competitors", "LossReasons", "WinReasons"]


@attrs.frozen(kw_only=True)
class _Reasons(DealMetric[Groups[Result[Decimal]]]):
    """How closed deals divide over something that was said when they closed.

    Attributes:
        axis: the date by which deals belong to the period; of the close where nothing is said.
    """

    axis: Axis = attrs.field(default=Axis.CLOSED, converter=axis_of)

    def tally(self) -> ReasonTally:
        """An empty tally."""
        return ReasonTally(self)

    def says(self) -> tuple[str, str, Outcome]:
        """The name of the metric, the column of the rows, and which deals have it."""
        raise NotImplementedError


@attrs.frozen(kw_only=True)
class LossReasons(_Reasons):
    """Why deals were lost: the share of each reason among the lost deals; ``None`` is no reason known.

    Example:
        ``LossReasons().of(rows)["price"].percent()``
    """

    def says(self) -> tuple[str, str, Outcome]:
        """The reason of lost deals."""
        return "loss reason", "loss_reason", Outcome.LOST


@attrs.frozen(kw_only=True)
class WinReasons(_Reasons):
    """Why deals were won: the share of each reason among the won deals; ``None`` is no reason known."""

    def says(self) -> tuple[str, str, Outcome]:
        """The reason of won deals."""
        return "win reason", "win_reason", Outcome.WON


@attrs.frozen(kw_only=True)
class Competitors(_Reasons):
    """To whom deals were lost: the share of each competitor among the lost deals; ``None`` is nobody known."""

    def says(self) -> tuple[str, str, Outcome]:
        """The competitor of lost deals."""
        return "competitor", "competitor", Outcome.LOST


class ReasonTally(DealTally[Groups[Result[Decimal]]]):
    """Counts closed deals by what was said."""

    __slots__ = ("_metric", "_reasons")

    def __init__(self, metric: _Reasons) -> None:
        super().__init__(metric)
        self._metric = metric
        self._reasons: dict[Hashable, Noted] = {}

    def count(self, rows: Sequence[DealRow]) -> None:
        _, column, outcome = self._metric.says()
        reasons = self._reasons
        for row in rows:
            if row.outcome is outcome:
                reason = getattr(row, column) or None
                noted = reasons.get(reason)
                if noted is None:
                    noted = reasons[reason] = self._metric.noted()
                noted.add(row)

    def merge_counts(self, other: DealTally[object]) -> None:
        assert isinstance(other, ReasonTally)
        for reason, noted in other._reasons.items():
            self._reasons.setdefault(reason, self._metric.noted()).merge(noted)

    def result(self) -> Groups[Result[Decimal]]:
        """The shares so far."""
        name, _, outcome = self._metric.says()
        return divided(
            self._reasons,
            self._metric.defined(
                f"share by {name}",
                f"{outcome} deals with this {name}",
                f"{outcome} deals",
                population=f"{outcome} deals",
                unit="fraction",
                rounding=TO_34_DIGITS,
            ),
            by=name,
            nothing=f"no deal was {outcome}",
            left_out=self.left_out(),
        )
