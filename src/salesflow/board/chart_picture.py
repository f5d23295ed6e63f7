"""A chart as a picture: for each line its label and its first figure, its bar, and the other figures below."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from salesflow.board.chart import Chart, ChartLine
from salesflow.board.drawing import Sheet, cut
from salesflow.board.elements import element
from salesflow.board.language import Language

__all__ = ["chart_picture"]

WIDTH, MARGIN, TOP, LINE = 760, 32, 84, 74
_INNER = WIDTH - 2 * MARGIN


def chart_picture(chart: Chart, language: Language) -> Element:
    """The chart as an ``svg`` element."""
    notes = [": ".join(part for part in (note.of, language.own(note.text), note.count) if part) for note in chart.notes]
    if chart.below:
        notes.insert(0, chart.below)
    height = TOP + LINE * len(chart.lines) + 22 * len(notes) + MARGIN
    sheet = Sheet(width=WIDTH, height=height, language=language)
    root = sheet.root(title=chart.title, description=". ".join(_said(line, chart) for line in chart.lines))
    root.append(sheet.text(chart.title, MARGIN, 48, class_="sf-heading"))
    for place, line in enumerate(chart.lines):
        root.extend(_line(line, chart, TOP + LINE * place, sheet))
    for place, note in enumerate(notes):
        y = TOP + LINE * len(chart.lines) + 22 * place + 12
        root.append(sheet.text(cut(note, _INNER, 12), MARGIN, y, class_="sf-small sf-text-quiet"))
    return root


def _said(line: ChartLine, chart: Chart) -> str:
    figures = (f"{name} {cell}" for name, cell in zip(chart.columns[1:], line.cells, strict=True) if cell)
    return f"{line.label}: {', '.join(figures)}"


def _line(line: ChartLine, chart: Chart, y: int, sheet: Sheet) -> Iterator[Element]:
    first, *others = line.cells or ("",)
    tone = " sf-text-quiet" if line.is_quiet else ""
    label_room = _INNER - min(len(first) * 9, _INNER // 2) - 16
    yield sheet.text(cut(line.label, label_room, 14), MARGIN, y + 14, class_=f"sf-strong{tone}")
    yield sheet.text(cut(first, _INNER // 2, 14), WIDTH - MARGIN, y + 14, anchor="end", class_=f"sf-strong{tone}")
    bar_y = y + 24
    if line.parts or line.mark is not None:
        yield sheet.rect(MARGIN, bar_y, _INNER, 12, class_="sf-track", rx=3)
        for start, end, fill in line.parts:
            yield sheet.rect(
                MARGIN + start * _INNER, bar_y, max((end - start) * _INNER, 2), 12, class_=f"sf-fill-{fill}", rx=2
            )
        if line.mark is not None:
            x = sheet.x(MARGIN + min(max(line.mark, 0), 1) * _INNER)
            yield element("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=bar_y - 4, y2=bar_y + 16, class_="sf-mark")
    named = [f"{name} {cell}" for name, cell in zip(chart.columns[2:], others, strict=True) if cell]
    small = " · ".join([cell for cell in others if cell] if chart.is_words else named)
    y_small = y + (54 if line.parts or line.mark is not None else 36)
    yield sheet.text(cut(small, _INNER, 12), MARGIN, y_small, class_="sf-small sf-text-quiet")
