"""A chart as a part of a page: a table, and in each line a bar below its label.

The table is the text alternative of the bars, so nothing is said twice. On a narrow screen each line becomes a block in
which every figure stands behind the name of its column; the roles keep it a table for a screen reader.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from salesflow.board.chart import Chart, ChartLine, Note
from salesflow.board.elements import element, name_of
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.marks import bar_of, said

__all__ = ["chart_section"]


def chart_section(chart: Chart, language: Language) -> Element:
    """The chart with its heading and its notes."""
    return element(
        "section",
        element("h2", name_of(chart.title)),
        _table(chart, language) if chart.lines else element("p", language.label(Label.NOTHING_HERE)),
        element("p", chart.below, class_="sf-quiet") if chart.below else None,
        _notes(chart.notes, language),
        class_="sf-section sf-chart",
        aria_label=chart.title,
    )


def _table(chart: Chart, language: Language) -> Element:
    head = element("tr", role="row")
    head.extend(element("th", name, scope="col", role="columnheader") for name in chart.columns)
    body = element("tbody", role="rowgroup")
    body.extend(_row(line, chart, language) for line in chart.lines)
    return element(
        "table",
        element("caption", language.label(Label.TABLE_OF, title=chart.title), class_="sf-unseen"),
        element("thead", head, role="rowgroup"),
        body,
        class_="sf-table sf-words" if chart.is_words else "sf-table",
        role="table",
    )


def _row(line: ChartLine, chart: Chart, language: Language) -> Element:
    has_bar = bool(line.parts) or line.mark is not None
    row = element(
        "tr",
        element(
            "th",
            name_of(line.label),
            bar_of(line.parts, mark=line.mark) if has_bar else None,
            scope="row",
            role="rowheader",
        ),
        role="row",
        class_="sf-line-quiet" if line.is_quiet else None,
    )
    last = len(line.cells) - 1
    for place, (name, cell) in enumerate(zip(chart.columns[1:], line.cells, strict=True)):
        shown = said(cell, language) if chart.is_words and place == last else name_of(cell)
        row.append(element("td", shown, role="cell", **{"data-label": name}))
    return row


def _notes(notes: tuple[Note, ...], language: Language) -> Element | None:
    if not notes:
        return None
    listed = element("ul", class_="sf-quiet")
    listed.extend(
        element(
            "li",
            name_of(note.of) if note.of else None,
            ": " if note.of else None,
            said(note.text, language),
            f": {note.count}" if note.count else None,
        )
        for note in notes
    )
    return listed
