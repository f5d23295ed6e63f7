"""Many metrics in one pass over the rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, cast

import attrs

from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.metric import Metric, Tally, chunks
from salesflow.measure.rows import DealRow

R = TypeVar("R")

__all__ = ["Measured", "Tallies", "measure"]


@attrs.frozen
class Measured:
    """The results of several metrics.

    Example:
        ``measured[win_rate].value`` is the figure of the metric ``win_rate``, typed as that metric's result.
    """

    _results: dict[Metric[object], object]

    def __getitem__(self, metric: Metric[R]) -> R:
        try:
            return cast("R", self._results[metric])
        except KeyError:
            raise UnknownName("measured metric", metric, self._results) from None

    @property
    def results(self) -> tuple[object, ...]:
        """All results, in the order in which the metrics were given."""
        return tuple(self._results.values())


class Tallies:
    """The tallies of several metrics, filled in one pass; those of parts can be merged.

    Args:
        *metrics: what is to be measured; each once.

    Example::

        monday, tuesday = Tallies(*metrics), Tallies(*metrics)
        monday.add_all(rows_of_monday)
        tuesday.add_all(rows_of_tuesday)
        monday.merge(tuesday)
        monday.results()  # exactly what one pass over both days would have given
    """

    __slots__ = ("_tallies",)

    def __init__(self, *metrics: Metric[object]) -> None:
        self._tallies: dict[Metric[object], Tally[object]] = {metric: metric.tally() for metric in metrics}
        if len(self._tallies) != len(metrics):
            raise InvalidValue("each metric is given once", field="metrics", way_out="leave out the equal ones")

    def add_all(self, rows: Iterable[DealRow], /) -> None:
        """Take deals in, one after the other; nothing of them is kept."""
        tallies = tuple(self._tallies.values())
        for chunk in chunks(rows):
            for tally in tallies:
                tally.add_all(chunk)

    def merge(self, other: Tallies, /) -> None:
        """Take in what others have written down for the same metrics; the others stay as they are.

        Raises:
            InvalidValue: they are of other metrics.
        """
        if self._tallies.keys() != other._tallies.keys():
            raise InvalidValue("only tallies of the same metrics can be merged", field="other")
        for metric, tally in self._tallies.items():
            tally.merge(other._tallies[metric])

    def results(self) -> Measured:
        """The results of what was taken in so far."""
        return Measured({metric: tally.result() for metric, tally in self._tallies.items()})


def measure(rows: Iterable[DealRow], *metrics: Metric[object]) -> Measured:
    """Measure deals: all metrics in one pass, with memory for the figures and not for the deals.

    Args:
        rows: the deals, read once; a generator will do.
        *metrics: what is to be measured; each once.

    Raises:
        InvalidValue: a metric is given twice, or a row is wrong.

    Example::

        won, cycle = WinRate(), SalesCycle(quantiles=["0.5"])
        measured = measure(rows, won, cycle)
        measured[won].percent()
    """
    tallies = Tallies(*metrics)
    tallies.add_all(rows)
    return tallies.results()
