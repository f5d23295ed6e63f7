"""Small marks that several views share: bars, and the note of what is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from salesflow.board.elements import element
from salesflow.board.labels import Label
from salesflow.board.language import Language
from salesflow.board.palette import Tone
from salesflow.measure.result import LeftOut

__all__ = ["bar_of", "left_out_note", "left_out_words", "said"]

Part = tuple[float, float, Tone]
"""A part of a bar: where it starts and ends, between 0 and 1, and its tone."""


def bar_of(parts: Iterable[Part], *, mark: float | None = None) -> Element:
    """A bar that is as wide as there is room; the same figures stand beside it as text, so it is not read out.

    Args:
        parts: what is drawn on it.
        mark: where an upright line is drawn, between 0 and 1.
    """
    bar = element("svg", class_="sf-bar", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")
    for start, end, tone in parts:
        bar.append(
            element(
                "rect",
                x=f"{100 * start:.2f}",
                y="0",
                width=f"{max(100 * (end - start), 0.4):.2f}",
                height="10",
                class_=f"sf-fill-{tone}",
            )
        )
    if mark is not None:
        place = f"{min(max(100 * mark, 0.5), 99.5):.2f}"
        bar.append(element("line", x1=place, x2=place, y1="0", y2="10", stroke="var(--ink)", stroke_width="3"))
    return bar


def said(text: str, language: Language) -> Element:
    """A sentence of the library; where the language has no translation of it, marked as English."""
    own = language.own(text)
    if own == text and not language.code.startswith("en"):
        return element("span", text, lang="en", dir="ltr")
    return element("span", own)


def left_out_words(left_out: Iterable[LeftOut], language: Language) -> Iterator[str]:
    """What is not shown, a line for each reason."""
    for one in left_out:
        yield f"{language.own(one.reason)}: {language.number(one.count)}"


def left_out_note(left_out: Iterable[LeftOut], language: Language) -> Iterator[Element]:
    """The note of what is not shown, and why; nothing where all is."""
    listed = element("ul")
    listed.extend(element("li", said(one.reason, language), f": {language.number(one.count)}") for one in left_out)
    if len(listed):
        yield element("div", element("p", language.label(Label.LEFT_OUT)), listed, class_="sf-quiet")
