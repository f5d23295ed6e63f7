"""The funnel on the board: how many deals came how far."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.board.chart import Chart, ChartLine, ChartView, Note
from salesflow.board.figures import left_out_notes, undefined_notes
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.palette import Tone
from salesflow.measure.funnel import FunnelResult, FunnelStep, HasStages

__all__ = ["FunnelView", "funnel_view"]


@attrs.frozen(kw_only=True)
class FunnelView(ChartView):
    """A funnel to be shown.

    Attributes:
        result: what was measured.
        titles: what the process calls the stages, in the order of the steps.
    """

    result: FunnelResult
    titles: tuple[str, ...]

    def title(self, language: Language) -> str:
        """What it is called."""
        return language.label(Label.FUNNEL)

    def chart(self, language: Language) -> Chart:
        """A line for each stage; the bar is how many of all reached it."""
        columns = (Label.STAGE, Label.REACHED, Label.OF_ALL, Label.WENT_ON, Label.STILL_OPEN, Label.LOST, Label.WON)
        return Chart(
            title=self.title(language),
            columns=tuple(language.label(column) for column in columns),
            lines=tuple(
                self._line(step, title, language) for step, title in zip(self.result.steps, self.titles, strict=True)
            ),
            notes=tuple(self._notes(language)),
        )

    def _line(self, step: FunnelStep, title: str, language: Language) -> ChartLine:
        shares = [
            language.label(Label.UNDEFINED) if share.value is None else language.percent(share.value, places=1)
            for share in (step.from_start, step.to_next)
        ]
        is_last = step is self.result.steps[-1]
        return ChartLine(
            label=language.own(title),
            cells=(
                language.number(step.reached),
                shares[0],
                "–" if is_last else shares[1],
                *(language.number(count) for count in (step.open, step.lost, step.won)),
            ),
            parts=() if not self.result.deals else ((0.0, step.reached / self.result.deals, Tone.ACCENT),),
        )

    def _notes(self, language: Language) -> Iterator[Note]:
        yield from undefined_notes((("", step.from_start) for step in self.result.steps), language)
        yield from left_out_notes(self.result.left_out, language)


def funnel_view(result: FunnelResult, process: HasStages) -> FunnelView:
    """Show a funnel.

    Args:
        result: ``Funnel(stages=process).of(rows)``.
        process: whose stages these are; a stage that it does not have is shown by its key.

    Example:
        ``funnel_view(Funnel(stages=process).of(rows), process).svg()``
    """
    labels = {stage.key: stage.label for stage in process.stages}
    return FunnelView(result=result, titles=tuple(labels.get(step.stage, step.stage) for step in result.steps))
