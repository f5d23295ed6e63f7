"""The forecast on the board: the categories one behind the other, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.board.chart import Chart, ChartLine, ChartView, Note, Scale
from salesflow.board.figures import left_out_notes, shown_value, undefined_notes
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.palette import Tone
from salesflow.measure.forecast import Forecast, ForecastLine

__all__ = ["ForecastView", "forecast_view"]

_SINGLE = (
    (ForecastLine.CLOSED, Tone.GOOD),
    (ForecastLine.COMMIT, Tone.ACCENT),
    (ForecastLine.MOST_LIKELY, Tone.ACCENT),
    (ForecastLine.BEST_CASE, Tone.ACCENT),
    (ForecastLine.PIPELINE, Tone.QUIET),
)
_SUMS = (
    ForecastLine.COMMIT_FORECAST,
    ForecastLine.MOST_LIKELY_FORECAST,
    ForecastLine.BEST_CASE_FORECAST,
    ForecastLine.OPEN_PIPELINE,
)
_APART = (ForecastLine.OMITTED, ForecastLine.NO_CATEGORY, ForecastLine.WITHOUT_DATE)


@attrs.frozen(kw_only=True)
class ForecastView(ChartView):
    """A forecast to be shown.

    Attributes:
        forecast: what was measured.
    """

    forecast: Forecast

    def title(self, language: Language) -> str:
        """What it is called."""
        return language.label(Label.FORECAST)

    def chart(self, language: Language) -> Chart:
        """The single lines, each bar beginning where the last one ended; then the sums; then what is kept apart."""
        return Chart(
            title=self.title(language),
            columns=tuple(language.label(label) for label in (Label.LINE, Label.AMOUNT, Label.DEALS)),
            lines=tuple(self._lines(language)),
            notes=tuple(self._notes(language)),
        )

    def _lines(self, language: Language) -> Iterator[ChartLine]:
        known = [self._number(line) for line in ForecastLine]
        stacked = sum(self._number(line) for line, _ in _SINGLE)
        scale = Scale.over(*known, stacked)
        start = 0.0
        for line, tone in _SINGLE:
            end = start + self._number(line)
            yield self._line(line, scale, start, end, tone, language)
            start = end
        for line in _SUMS:
            yield self._line(line, scale, 0, self._number(line), Tone.ACCENT, language)
        for line in _APART:
            if self.forecast[line].count or self.forecast[line].left_out:
                shown = self._line(line, scale, 0, self._number(line), Tone.QUIET, language)
                yield attrs.evolve(shown, is_quiet=True)

    def _number(self, line: ForecastLine) -> float:
        value = self.forecast[line].value
        return 0.0 if value is None else float(value.amount)

    def _line(
        self, line: ForecastLine, scale: Scale, start: float, end: float, tone: Tone, language: Language
    ) -> ChartLine:
        result = self.forecast[line]
        return ChartLine(
            label=language.term(line.value),
            cells=(shown_value(result, language), language.number(result.count)),
            parts=() if result.value is None or start == end else ((*scale.span(start, end), tone),),
        )

    def _notes(self, language: Language) -> Iterator[Note]:
        lines = [(language.term(line.value), self.forecast[line]) for line in ForecastLine]
        yield from undefined_notes(lines, language)
        for name, result in lines[:8]:
            yield from left_out_notes(result.left_out, language, of=name)
        yield from left_out_notes(self.forecast.left_out, language)


def forecast_view(forecast: Forecast) -> ForecastView:
    """Show a forecast.

    Args:
        forecast: ``CategoryForecast(period=...).of(rows)``.
    """
    return ForecastView(forecast=forecast)
