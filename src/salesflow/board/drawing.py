"""Drawing: a sheet on which x runs from the side where a language begins, and text that is cut to the room it has.

Every text is an element of its own, so none can move another one. How wide a text is only the reader's machine knows; here
it is estimated on the wide side, and the whole text stands in the description.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

import attrs

from salesflow.board.elements import element
from salesflow.board.language import Language
from salesflow.board.styles import PICTURE_STYLE
from salesflow.board.terminal import clusters, columns_of

__all__ = ["Sheet", "cut", "in_lines"]

_NARROW, _WIDE = 0.55, 1.02
"""How wide a letter is, by the size of the type: of the usual faces, on the wide side."""


def cut(text: str, room: float, size: float) -> str:
    """The text, ended with an ellipsis where it would be wider than the room.

    Args:
        text: the text.
        room: how wide it may be.
        size: how large the type is, in the same unit.
    """
    if _width(text, size) <= room:
        return text
    kept = ""
    for piece, _ in clusters(text):
        if _width(f"{kept}{piece}…", size) > room:
            break
        kept += piece
    return f"{kept.rstrip(' ')}…"


def in_lines(text: str, room: float, size: float, most: int) -> tuple[str, ...]:
    """The text on at most so many lines, broken between words; the last one is cut where more would follow.

    Args:
        text: the text.
        room: how wide a line may be.
        size: how large the type is, in the same unit.
        most: how many lines there may be.
    """
    found: list[str] = []
    for word in text.split(" "):
        longer = f"{found[-1]} {word}" if found else word
        if found and (len(found) == most or _width(longer, size) <= room):
            found[-1] = longer
        else:
            found.append(word)
    return tuple(cut(line, room, size) for line in found)


def _width(text: str, size: float) -> float:
    wide = columns_of(text) - len(text) if not text.isascii() else 0
    return size * (_NARROW * len(text) + max(wide, 0) * (_WIDE - _NARROW))


@attrs.frozen(kw_only=True)
class Sheet:
    """What is drawn on.

    Attributes:
        width, height: how large it is, in units of the picture.
        language: what is written on it.
    """

    width: int
    height: int
    language: Language

    def x(self, start: float) -> float:
        """Where a point lies that is so far from the side where the language begins."""
        return self.width - start if self.language.is_right_to_left else start

    def root(self, *, title: str, description: str) -> Element:
        """The ``svg`` element, with its name, its description, its style and its paper."""
        return element(
            "svg",
            element("title", title),
            element("desc", description),
            element("style", PICTURE_STYLE),
            element("rect", width=self.width, height=self.height, class_="sf-paper"),
            viewBox=f"0 0 {self.width} {self.height}",
            width=self.width,
            height=self.height,
            role="img",
            aria_label=title,
            class_="sf-picture",
            direction=self.language.direction,
            **{"xml:lang": self.language.code},
        )

    def text(self, text: str, x: float, y: float, *, anchor: str = "start", class_: str | None = None) -> Element:
        """A text that begins (or ends, with the anchor "end") so far from the side where the language begins."""
        return element(
            "text",
            text,
            x=f"{self.x(x):.1f}",
            y=f"{y:.1f}",
            text_anchor=anchor,
            class_=class_,
        )

    def rect(self, x: float, y: float, width: float, height: float, *, class_: str, rx: float | None = None) -> Element:
        """A rectangle that begins so far from the side where the language begins."""
        left = self.width - x - width if self.language.is_right_to_left else x
        return element(
            "rect",
            x=f"{left:.1f}",
            y=f"{y:.1f}",
            width=f"{width:.1f}",
            height=f"{height:.1f}",
            class_=class_,
            rx=None if rx is None else f"{rx:g}",
        )
