"""A chart as text: a table, and where there is room a bar at the end of each line."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.board.chart import Chart, ChartLine
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.terminal import columns_of, laid_out, ruled, shown, wrapped

__all__ = ["chart_lines"]

_LEAST, _MOST = 10, 40


def chart_lines(chart: Chart, width: int, language: Language) -> Iterator[str]:
    """The lines of a chart, none wider than this."""
    yield from ruled(shown(chart.title, language), width)
    if not chart.lines:
        yield from wrapped(language.label(Label.NOTHING_HERE), width)
    elif chart.is_words:
        for line in chart.lines:
            yield from _in_words(line, width, language)
    else:
        yield from _table(chart, width, language)
    if chart.below:
        yield from wrapped(shown(chart.below, language), width)
    for note in chart.notes:
        parts = [shown(part, language) for part in (note.of, language.own(note.text), note.count) if part]
        yield from wrapped(": ".join(parts), width)


def _table(chart: Chart, width: int, language: Language) -> Iterator[str]:
    columns = [shown(name, language) for name in chart.columns]
    rows = [[shown(cell, language) for cell in (line.label, *line.cells)] for line in chart.lines]
    plain = laid_out(columns, rows, width)
    is_table = len(plain) == len(rows) + 1
    room = min(width - max(columns_of(line) for line in plain) - 3, _MOST)
    if not is_table or room < _LEAST or not any(line.parts for line in chart.lines):
        yield from plain
        return
    yield plain[0]
    widest = max(columns_of(line) for line in plain)
    for text, line in zip(plain[1:], chart.lines, strict=True):
        yield f"{text}{' ' * (widest - columns_of(text))}   {_bar(line, room)}".rstrip(" ")


def _bar(line: ChartLine, room: int) -> str:
    drawn = [" "] * room
    for start, end, _ in line.parts:
        first = min(round(start * room), room - 1)
        for place in range(first, max(round(end * room), first + (end > start))):
            drawn[place] = "█"
    if line.mark is not None:
        drawn[min(round(line.mark * room), room - 1)] = "│"
    return "".join(drawn)


def _in_words(line: ChartLine, width: int, language: Language) -> Iterator[str]:
    *figures, words = [shown(cell, language) for cell in line.cells]
    yield from wrapped(": ".join([shown(line.label, language), *figures]), width)
    yield from wrapped(language.own(words), width, indent=4)
