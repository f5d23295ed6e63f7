"""What all views have in common: a view is a frozen value, and can be had as text, as HTML and as a picture."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element

from salesflow.board.elements import as_html, as_svg, element
from salesflow.board.language import ENGLISH, Language
from salesflow.board.styles import STYLE

__all__ = ["View"]


class View:
    """Something to show. A view of your own says how in ``title``, ``section``, ``picture`` and ``lines``."""

    __slots__ = ()

    def title(self, language: Language) -> str:
        """What it is called."""
        raise NotImplementedError

    def subject(self, language: Language) -> str:
        """What it is about; a page of it is called so where nothing else is said."""
        return self.title(language)

    @property
    def shown_at(self) -> datetime | None:
        """The moment that it shows, in its time zone; ``None`` where it has none."""
        return None

    def section(self, language: Language) -> Element:
        """It as a part of a page: a ``section`` with a heading of the second level."""
        raise NotImplementedError

    def picture(self, language: Language) -> Element:
        """It as an ``svg`` element with a title and a description."""
        raise NotImplementedError

    def lines(self, width: int, language: Language) -> tuple[str, ...]:
        """It as lines for a terminal, none wider than this."""
        raise NotImplementedError

    def text(self, *, width: int = 100, language: Language = ENGLISH) -> str:
        """It as text for a terminal.

        Args:
            width: how many columns the terminal has; 20 or more are used.
            language: what it is written in.
        """
        lines = "\n".join(self.lines(max(width, 20), language))
        return (
            lines.replace("\u00a0", " ") + "\n"
        )  # no-break spaces have done their work, and nobody can search for them

    def html(self, *, language: Language = ENGLISH) -> str:
        """It as a part of a page of yours, with its own style; nothing is fetched, no script runs.

        Args:
            language: what it is written in.
        """
        block = element("div", class_="sf sf-part", lang=language.code, dir=language.direction)
        block.append(element("style", STYLE))
        block.append(self.section(language))
        return as_html(block)

    def svg(self, *, language: Language = ENGLISH) -> str:
        """It as a picture, light or dark as the reader likes it.

        Args:
            language: what it is written in.
        """
        return as_svg(self.picture(language))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.html()
