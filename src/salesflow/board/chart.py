"""What a funnel, a waterfall, a forecast and goals have in common on paper: lines with figures, and a bar each.

A chart is in one language already. The three renderers beside this file know charts and nothing of what they show, so a
view of your own only has to say its lines::

    class ByOwner(ChartView):
        def chart(self, language): return Chart(title=..., columns=..., lines=...)
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

import attrs

from salesflow.board.language import Language
from salesflow.board.marks import Part
from salesflow.board.view import View

__all__ = ["Chart", "ChartLine", "ChartView", "Note", "Scale"]


@attrs.frozen
class Note:
    """What is said below a chart.

    Attributes:
        of: what it is about, in the language of the chart; may be empty.
        text: a sentence of the library, which a translation may not know.
        count: a number behind it, written already; may be empty.
    """

    of: str
    text: str
    count: str = ""


@attrs.frozen(kw_only=True)
class ChartLine:
    """One line of a chart.

    Attributes:
        label: what it is about.
        cells: its figures, one for each column after the first.
        parts: what is drawn on its bar: from, to (between 0 and 1) and the tone.
        mark: where an upright line crosses the bar, between 0 and 1.
        is_quiet: whether it stands apart from the others.
    """

    label: str
    cells: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    mark: float | None = None
    is_quiet: bool = False


@attrs.frozen(kw_only=True)
class Chart:
    """Lines with figures and bars.

    Attributes:
        title: what it is called.
        columns: what its columns are called, that of the labels first.
        lines: the lines.
        below: what is said below it.
        notes: what is undefined or left out, and why.
        is_words: whether the last column holds sentences and not numbers.
    """

    title: str
    columns: tuple[str, ...]
    lines: tuple[ChartLine, ...]
    below: str = ""
    notes: tuple[Note, ...] = ()
    is_words: bool = False


@attrs.frozen
class Scale:
    """Turns numbers into places between 0 and 1.

    Attributes:
        low: the number at 0, not above zero.
        high: the number at 1.
    """

    low: float
    high: float

    @classmethod
    def over(cls, *numbers: float) -> Scale:
        """The scale that holds these numbers, and zero."""
        low, high = min(0.0, *numbers), max(0.0, *numbers)
        return cls(low, high if high > low else low + 1)

    def place(self, number: float) -> float:
        """Where a number lies."""
        return (number - self.low) / (self.high - self.low)

    def span(self, start: float, end: float) -> tuple[float, float]:
        """Where a bar from one number to another one begins and ends."""
        return self.place(min(start, end)), self.place(max(start, end))


class ChartView(View):
    """A view that is shown as a chart; derive from it and say ``title`` and ``chart``."""

    __slots__ = ()

    def chart(self, language: Language) -> Chart:
        """The chart, in a language."""
        raise NotImplementedError

    def section(self, language: Language) -> Element:
        """It as a part of a page."""
        from salesflow.board.chart_page import chart_section

        return chart_section(self.chart(language), language)

    def picture(self, language: Language) -> Element:
        """It as a picture."""
        from salesflow.board.chart_picture import chart_picture

        return chart_picture(self.chart(language), language)

    def lines(self, width: int, language: Language) -> tuple[str, ...]:
        """It as lines for a terminal."""
        from salesflow.board.chart_text import chart_lines

        return tuple(chart_lines(self.chart(language), width, language))
