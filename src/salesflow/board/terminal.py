"""Text for a terminal: how wide it is, and how it fits.

A terminal has columns, not characters. East Asian wide characters take two, combining marks and joiners none. A terminal
that orders text itself would let a name of the other direction pull the numbers behind it along; so such a name stands
between two marks of the direction of the page (LRM or RLM), which show nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from salesflow.board.language import Language
from salesflow.board.readable import readable

__all__ = ["clusters", "columns_of", "fitted", "laid_out", "ruled", "shown", "wrapped"]

_LRM, _RLM, _JOINER = "\u200e", "\u200f", "\u200d"
_OTHER_WAY = {True: frozenset({"L"}), False: frozenset({"R", "AL"})}


def shown(text: str, language: Language) -> str:
    """A text of others: readable, and held in its place if it is written the other way."""
    safe = readable(text)
    if safe.isascii() and not language.is_right_to_left:
        return safe
    other = _OTHER_WAY[language.is_right_to_left]
    if any(unicodedata.bidirectional(character) in other for character in safe):
        mark = _RLM if language.is_right_to_left else _LRM
        return f"{mark}{safe}{mark}"
    return safe


@lru_cache(maxsize=4096)
def _wide(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def columns_of(text: str) -> int:
    """How many columns a text takes."""
    return len(text) if text.isascii() else sum(columns for _, columns in clusters(text))


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """The text in pieces that must stay together (a character, and the marks behind it), each with its columns."""
    piece, columns, joins = "", 0, False
    for character in text:
        width = _wide(character)
        if piece and width and not joins:
            yield piece, columns
            piece, columns = "", 0
        columns = columns if joins and columns else columns + width
        piece, joins = piece + character, character == _JOINER
    if piece:
        yield piece, columns


def fitted(text: str, width: int, *, at_end: bool = False) -> str:
    """The text in exactly this many columns: cut with an ellipsis, or filled up.

    Args:
        text: the text.
        width: how many columns.
        at_end: whether it stands at the end of them, as numbers do.
    """
    taken = columns_of(text)
    if taken > width:
        text = _cut(text, width)
        taken = columns_of(text)
    gap = " " * (width - taken)
    return gap + text if at_end else text + gap


def _cut(text: str, width: int) -> str:
    if width < 1:
        return ""
    mark = text[0] if text[:1] in (_LRM, _RLM) else ""
    kept, taken = "", 0
    for piece, columns in clusters(text):
        if taken + columns > width - 1:
            break
        kept, taken = kept + piece, taken + columns
    return f"{kept}…{mark}"


def wrapped(text: str, width: int, *, indent: int = 0) -> tuple[str, ...]:
    """The text on lines of this width, broken between words; words that are longer than a line are cut with an ellipsis.

    Args:
        text: the text.
        width: how many columns a line has, the indent included.
        indent: how many blanks stand before each line; as far as there is room.
    """
    before = " " * min(indent, width // 2)
    room = width - len(before)
    found: list[str] = []
    for word in text.split(" "):
        if found and columns_of(found[-1]) + 1 + columns_of(word) <= room:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(fitted(word, room).rstrip(" ") if columns_of(word) > room else word)
    return tuple(before + line for line in found)


def ruled(title: str, width: int) -> tuple[str, str]:
    """A heading with a rule below it."""
    shown_title = fitted(title, width).rstrip(" ")
    return shown_title, "─" * columns_of(shown_title)


def laid_out(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """A table: the first column is text, the others are numbers at the end of theirs.

    Where it does not fit, the first column is cut down to 12 columns; where that is not enough, every cell stands on a
    line of its own behind the name of its column.
    """
    widths = [
        max(columns_of(cell) for cell in column) for column in zip(columns, *rows, strict=True)
    ]  # fmt: skip
    others = sum(widths[1:]) + 2 * (len(widths) - 1)
    first = min(widths[0], width - others)
    if first < min(widths[0], 12):
        return tuple(_stacked(columns, rows, width))
    return tuple(_row(row, [first, *widths[1:]]) for row in (columns, *rows))


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = [
        fitted(cell, width, at_end=bool(place)) for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(parts).rstrip(" ")


def _stacked(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    for first, *cells in rows:
        if first:
            yield from wrapped(first, width)
        for name, cell in zip(columns[1:], cells, strict=True):
            if cell:
                yield from wrapped(f"{name}: {cell}", width, indent=2)
