"""The waterfall on the board: how the pipeline of one moment became that of another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import accumulate

import attrs

from salesflow.board.chart import Chart, ChartLine, ChartView, Note, Scale
from salesflow.board.figures import left_out_notes, shown_value, undefined_notes
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.palette import Tone
from salesflow.measure.result import Result
from salesflow.measure.waterfall import Bar, Movement, Waterfall
from salesflow.values.moments import moment
from salesflow.values.money import Money
from salesflow.values.working_time import time_zone

__all__ = ["WaterfallView", "waterfall_view"]


@attrs.frozen(kw_only=True)
class WaterfallView(ChartView):
    """A waterfall to be shown.

    Attributes:
        waterfall: what was measured.
        start, end: the two moments.
        zone: the time zone that they are shown in.
    """

    waterfall: Waterfall
    start: datetime
    end: datetime
    zone: tzinfo

    def title(self, language: Language) -> str:
        """What it is called."""
        return language.label(Label.WATERFALL)

    @property
    def shown_at(self) -> datetime:
        """The moment that it leads to, in its time zone."""
        return self.end.astimezone(self.zone)

    def chart(self, language: Language) -> Chart:
        """The opening, a line for each movement that happened, and the closing; the bars begin where the last one ended."""
        bars = tuple(self.waterfall)
        changes = [0.0 if bar.change is None else float(bar.change.amount) for bar in bars]
        opening, closing = _number(self.waterfall.opening), _number(self.waterfall.closing)
        levels = list(accumulate(changes, initial=opening))
        scale = Scale.over(*levels, closing)
        is_drawn = self.waterfall.undefined is None
        return Chart(
            title=self.title(language),
            columns=tuple(language.label(label) for label in (Label.CHANGE, Label.AMOUNT, Label.DEALS)),
            lines=(
                self._end(self.waterfall.opening, scale, is_drawn, language),
                *(
                    _line(bar, scale.span(levels[place], levels[place + 1]) if is_drawn else None, language)
                    for place, bar in enumerate(bars)
                ),
                self._end(self.waterfall.closing, scale, is_drawn, language),
            ),
            below=language.label(
                Label.FROM_TO,
                start=language.moment(self.start.astimezone(self.zone)),
                end=language.moment(self.shown_at),
            ),
            notes=tuple(self._notes(language)),
        )

    def _end(self, result: Result[Money], scale: Scale, is_drawn: bool, language: Language) -> ChartLine:
        return ChartLine(
            label=language.term(result.definition.metric),
            cells=(shown_value(result, language), language.number(result.count)),
            parts=((*scale.span(0, _number(result)), Tone.ACCENT),) if is_drawn else (),
        )

    def _notes(self, language: Language) -> Iterator[Note]:
        yield from undefined_notes([("", self.waterfall.opening)], language)
        for end in (self.waterfall.opening, self.waterfall.closing):
            yield from left_out_notes(end.left_out, language, of=language.term(end.definition.metric))


def _number(result: Result[Money]) -> float:
    return 0.0 if result.value is None else float(result.value.amount)


def _line(bar: Bar, span: tuple[float, float] | None, language: Language) -> ChartLine:
    change = bar.change
    if change is None:
        amount = language.label(Label.UNDEFINED)
    else:
        amount = f"{'+' if change.is_positive else ''}{language.money(change)}"
    tone = Tone.BAD if change is not None and change.is_negative else Tone.GOOD
    if bar.movement is Movement.WON:
        tone = Tone.ACCENT  # it leaves the pipeline, and that is no bad thing
    return ChartLine(
        label=language.term(bar.movement.value),
        cells=(amount, language.number(bar.count)),
        parts=() if span is None else ((*span, tone),),
    )


def waterfall_view(waterfall: Waterfall, *, start: datetime, end: datetime, zone: tzinfo | str) -> WaterfallView:
    """Show how the pipeline changed.

    Args:
        waterfall: ``waterfall_of(before, after)``.
        start, end: the two moments; aware.
        zone: the time zone that they are shown in.

    Raises:
        InvalidValue: a moment has no time zone.
        UnknownName: there is no such time zone.
    """
    return WaterfallView(
        waterfall=waterfall,
        start=moment(start, field="start"),
        end=moment(end, field="end"),
        zone=time_zone(zone),
    )
