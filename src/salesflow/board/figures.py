"""Figures with their definitions on the board, and what all charts say of what is undefined or left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import cast

import attrs

from salesflow.board.chart import Chart, ChartLine, ChartView, Note
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.measure.result import LeftOut, Result
from salesflow.values.money import Money

__all__ = ["FiguresView", "figures_view", "left_out_notes", "shown_value", "undefined_notes"]


def shown_value(result: Result[object], language: Language) -> str:
    """The value of a result as text: a fraction as percent, an amount with its currency, a number with its unit."""
    value = result.value
    if value is None:
        return language.label(Label.UNDEFINED)
    if isinstance(value, Money):
        return language.money(value)
    if not isinstance(value, Decimal | int):
        return str(value)
    if result.definition.unit == "fraction":
        return language.percent(Decimal(value), places=2)
    places = None if value == int(value) else 2
    return f"{language.number(value, places=places)} {language.own(result.definition.unit)}".rstrip()


def undefined_notes(results: Iterable[tuple[str, Result[object]]], language: Language) -> Iterator[Note]:
    """Why results are undefined, each reason once for each name."""
    seen = {(name, result.undefined): None for name, result in results if result.undefined is not None}
    for name, reason in seen:
        yield Note(name or language.label(Label.UNDEFINED), reason or "")


def left_out_notes(left_out: Iterable[LeftOut], language: Language, *, of: str = "") -> Iterator[Note]:
    """What is not in a figure, and why."""
    for one in left_out:
        yield Note(of or language.label(Label.LEFT_OUT), one.reason, language.number(one.count))


@attrs.frozen(kw_only=True)
class FiguresView(ChartView):
    """Figures with their definitions, to be shown.

    Attributes:
        figures: a name and a result each.
    """

    figures: tuple[tuple[str, Result[object]], ...]

    def title(self, language: Language) -> str:
        """What it is called."""
        return language.label(Label.FIGURES)

    def chart(self, language: Language) -> Chart:
        """A line for each figure: its name, its value, and what it means."""
        notes: list[Note] = list(
            undefined_notes(((language.term(name), result) for name, result in self.figures), language)
        )
        for name, result in self.figures:
            notes += left_out_notes(result.left_out, language, of=language.term(name))
        return Chart(
            title=self.title(language),
            columns=tuple(language.label(label) for label in (Label.FIGURE, Label.VALUE, Label.MEANING)),
            lines=tuple(
                ChartLine(label=language.term(name), cells=(shown_value(result, language), str(result.definition)))
                for name, result in self.figures
            ),
            notes=tuple(notes),
            is_words=True,
        )


def figures_view(figures: Mapping[str, Result[object]] | Iterable[Result[object]]) -> FiguresView:
    """Show figures with what they mean.

    Args:
        figures: results by name, or results that are called as their metric is.

    Example:
        ``figures_view([WinRate().of(rows), SalesCycle().of(rows).mean])``
    """
    if isinstance(figures, Mapping):
        return FiguresView(figures=tuple(cast("Mapping[str, Result[object]]", figures).items()))
    return FiguresView(figures=tuple((result.definition.metric, result) for result in figures))
