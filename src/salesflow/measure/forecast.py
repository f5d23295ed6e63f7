"""The forecast by category: what is closed, what sellers commit to, what may come, and what is in the pipeline.

The categories are those of Salesforce, and so is what the cumulative lines add up:

- commit forecast = closed + commit
- most likely forecast = closed + commit + most likely
- best case forecast = closed + commit + most likely + best case
- open pipeline = commit + most likely + best case + pipeline

The amount goes in, not the weighted amount. Lost deals are in no line. Omitted ones, those without a category and those
without a date are on lines of their own, and in no cumulative line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum

import attrs

from salesflow.deal.deal import ForecastCategory
from salesflow.errors import UnknownName
from salesflow.measure.forecast_category import CategoryRule
from salesflow.measure.forecast_deals import ForecastMetric, ForecastTally, Line
from salesflow.measure.metric import LOST, WON, DealTally
from salesflow.measure.recurring import MonthlyPart
from salesflow.measure.result import Definition, LeftOut, Result
from salesflow.measure.rows import DealRow
from salesflow.values.money import Money

__all__ = ["CategoryForecast", "CategoryForecastTally", "Forecast", "ForecastLine", "forecast_line"]


class ForecastLine(StrEnum):
    """The lines of a forecast: single categories, those kept apart, and cumulative ones."""

    CLOSED = "closed"
    COMMIT = "commit"
    MOST_LIKELY = "most likely"
    BEST_CASE = "best case"
    PIPELINE = "pipeline"
    OMITTED = "omitted"
    NO_CATEGORY = "no category"
    WITHOUT_DATE = "without a date"
    COMMIT_FORECAST = "commit forecast"
    MOST_LIKELY_FORECAST = "most likely forecast"
    BEST_CASE_FORECAST = "best case forecast"
    OPEN_PIPELINE = "open pipeline"


_SINGLE = tuple(ForecastLine)[:8]
_CUMULATIVE = {
    ForecastLine.COMMIT_FORECAST: _SINGLE[:2],
    ForecastLine.MOST_LIKELY_FORECAST: _SINGLE[:3],
    ForecastLine.BEST_CASE_FORECAST: _SINGLE[:4],
    ForecastLine.OPEN_PIPELINE: _SINGLE[1:5],
}
_LINE_OF = {category: ForecastLine(category) for category in ForecastCategory}


def forecast_line(value: ForecastLine | ForecastCategory | str) -> ForecastLine:
    """A line by its name.

    Raises:
        UnknownName: there is no such line.
    """
    try:
        return ForecastLine(value)
    except ValueError:
        raise UnknownName("forecast line", value, ForecastLine) from None


@attrs.frozen(kw_only=True)
class Forecast:
    """A forecast, line by line.

    A line without deals is zero, in the currency of the others. It is undefined where the amount is known of none of its
    deals, or where there are several currencies and no rates.

    Attributes:
        closed: what is won.
        commit, most_likely, best_case, pipeline: the open deals of each category.
        omitted: the open deals that their seller leaves out; in no cumulative line.
        no_category: the open deals of which nothing says the category; in no cumulative line.
        without_date: the open deals without an expected close, omitted ones aside. Where the expected close picks the
            period they are in no other line; where it is not asked for, they are in the line of their category too.
        commit_forecast, most_likely_forecast, best_case_forecast, open_pipeline: the cumulative lines.
        left_out: what is in no line, by reason.
    """

    closed: Result[Money]
    commit: Result[Money]
    most_likely: Result[Money]
    best_case: Result[Money]
    pipeline: Result[Money]
    omitted: Result[Money]
    no_category: Result[Money]
    without_date: Result[Money]
    commit_forecast: Result[Money]
    most_likely_forecast: Result[Money]
    best_case_forecast: Result[Money]
    open_pipeline: Result[Money]
    left_out: tuple[LeftOut, ...] = ()

    def __getitem__(self, line: ForecastLine | str) -> Result[Money]:
        found: Result[Money] = getattr(self, forecast_line(line).name.lower())
        return found

    def __iter__(self) -> Iterator[Result[Money]]:
        """All lines, in the order of :class:`ForecastLine`; each says in its definition which one it is."""
        return (self[line] for line in ForecastLine)


@attrs.frozen(kw_only=True)
class CategoryForecast(ForecastMetric[Forecast]):
    """The forecast by category.

    Attributes:
        category: how the category of an open deal is decided; by what its seller said, where nothing is said.

    Example:
        ``grouped(CategoryForecast(period=Period.month(2026, 11, UTC)), "owner").of(rows)["noa"].commit_forecast.value``
    """

    category: CategoryRule = attrs.field(factory=CategoryRule)

    def tally(self) -> CategoryForecastTally:
        """An empty tally."""
        return CategoryForecastTally(self)


class CategoryForecastTally(ForecastTally[Forecast]):
    """Adds up amounts by category."""

    __slots__ = ("_lines", "_metric")

    def __init__(self, metric: CategoryForecast) -> None:
        super().__init__(metric)
        self._metric = metric
        self._lines = {line: Line(metric.noted()) for line in _SINGLE}

    def _undated(self, row: DealRow) -> None:
        if row.outcome is WON:
            self.leave_out("the date on which it was won is not known", row)
        elif not row.is_open:
            return
        elif self._is_undated(row):
            self._put([row], ForecastLine.OMITTED if self._is_omitted(row) else ForecastLine.WITHOUT_DATE)
        else:
            self.leave_out(f"the date on which it was {self._metric.axis} is not known", row)

    def _is_omitted(self, row: DealRow) -> bool:
        return self._metric.category(row) is ForecastCategory.OMITTED

    def count(self, rows: Sequence[DealRow]) -> None:
        """Put deals on their lines."""
        by_line: dict[ForecastLine, list[DealRow]] = {}
        category = self._metric.category
        for row in rows:
            if row.outcome is LOST:
                continue
            decided = None if row.outcome is WON else category(row)
            line = ForecastLine.NO_CATEGORY if decided is None else _LINE_OF[decided]
            by_line.setdefault(ForecastLine.CLOSED if row.outcome is WON else line, []).append(row)
            if self._is_undated(row) and line is not ForecastLine.OMITTED:
                by_line.setdefault(ForecastLine.WITHOUT_DATE, []).append(row)
        for line, own in by_line.items():
            self._put(own, line)

    def _put(self, rows: Sequence[DealRow], name: ForecastLine) -> None:
        line = self._lines[name]
        known: list[tuple[DealRow, str, Decimal]] = []
        for row in rows:
            worth = self._worth(row)
            if isinstance(worth, str):
                line.leave_out(worth, row)
            else:
                money = worth.money if isinstance(worth, MonthlyPart) else worth
                known.append((row, money.currency, money.amount))
        line.add_all(known)

    def merge_counts(self, other: DealTally[object]) -> None:
        """Add the lines of another tally."""
        assert isinstance(other, CategoryForecastTally)
        for name, line in other._lines.items():
            self._lines[name].merge(line)

    def result(self) -> Forecast:
        """The forecast so far."""
        code = self._currency
        singles = {
            name: line.result(self._defined(name), currency=code, nothing=_NOTHING) for name, line in self._each()
        }
        return Forecast(
            left_out=self.left_out(),
            **{name.name.lower(): result for name, result in singles.items()},
        )

    @property
    def _currency(self) -> str | None:
        """The one currency that there is."""
        if self._metric.rates is not None:
            return self._metric.rates.into
        codes = {code for line in self._lines.values() for code in line.sums}
        return codes.pop() if len(codes) == 1 else None

    def _each(self) -> Iterator[tuple[ForecastLine, Line]]:
        yield from self._lines.items()
        for name, parts in _CUMULATIVE.items():
            whole = Line(self._metric.noted())
            for part in parts:
                whole.merge(self._lines[part])
            yield name, whole

    def _defined(self, name: ForecastLine) -> Definition:
        metric = self._metric
        words = " + ".join(_CUMULATIVE.get(name, (name,)))
        worth = "what they bring in a month, rounded half up per deal" if metric.worth else "the amounts"
        definition = metric.defined(
            name,
            f"{worth} of deals that are {words}",
            population="open and won deals",
            method="; ".join(filter(None, (str(metric.category), metric.date_rule))),
        )
        if name is ForecastLine.WITHOUT_DATE:
            return attrs.evolve(definition, axis=None, period=None, population="open deals without an expected close")
        return definition


_NOTHING = "there are no deals with a known amount"
