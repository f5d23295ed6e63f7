"""Languages: a translation, a direction of writing, and how numbers and days are written.

A translation is anything that turns an English text into another one, and gives back what it does not know:
``gettext.translation(...).gettext`` is one. The board asks it for its own labels, for the titles of stages, for
requirements and for reasons. What people named (deals, owners) is never translated.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import attrs

from salesflow.board.hebrew import HEBREW_TEXTS
from salesflow.board.labels import Label
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.values.decimals import HALF_UP, half_up
from salesflow.values.money import Money

__all__ = ["ENGLISH", "HEBREW", "Direction", "Language", "Translate"]

Translate = Callable[[str], str]
"""Turns an English text into another language; gives back what it does not know."""


class Direction(StrEnum):
    """Which way a language is written."""

    LEFT_TO_RIGHT = "ltr"
    RIGHT_TO_LEFT = "rtl"


def _direction(value: Direction | str) -> Direction:
    try:
        return Direction(value)
    except ValueError:
        raise UnknownName("direction", value, Direction) from None


def _as_it_is(text: str) -> str:
    return text


def _is_code(_instance: object, _attribute: object, value: object) -> None:
    if not isinstance(value, str) or not value.replace("-", "").isalnum() or not value.isascii():
        raise InvalidValue("a language has a tag of letters and digits", field="code", value=value, way_out="give 'en'")


@attrs.frozen(kw_only=True)
class Language:
    """What the board is written in.

    Attributes:
        code: the language tag of the page ("en", "pt-BR").
        direction: which way it is written.
        translate: turns English texts into this language.
        group: what stands between thousands.
        point: what stands before decimals.
        day: writes a day; as 2026-11-02 where nothing is said, which is read the same everywhere.

    Raises:
        UnknownName: there is no such direction.
        InvalidValue: the code is no language tag.

    Example:
        ``Language(code="de", translate=catalog.gettext, group=".", point=",")``
    """

    code: str = attrs.field(default="en", validator=_is_code)
    direction: Direction = attrs.field(default=Direction.LEFT_TO_RIGHT, converter=_direction)
    translate: Translate = _as_it_is
    group: str = ","
    point: str = "."
    day: Callable[[date], str] = date.isoformat

    @property
    def is_right_to_left(self) -> bool:
        """Whether it is written from right to left."""
        return self.direction is Direction.RIGHT_TO_LEFT

    def label(self, label: Label, **values: str) -> str:
        """A label in this language.

        Args:
            label: which one.
            **values: what is put in for the names in braces.

        Raises:
            WrongType: the translation gave no text.
        """
        text = self.own(label.value)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def own(self, text: str) -> str:
        """A text of a process or of the library (a title, a requirement, a reason) in this language."""
        translated = self.translate(text)
        if not isinstance(translated, str):
            raise WrongType("a translation gives text", field="translate", value=translated, way_out="return a str")
        return translated

    def term(self, text: str) -> str:
        """A word of the library that stands by itself ("commit forecast"), with a large first letter where there is one."""
        own = self.own(text)
        return own[:1].upper() + own[1:]

    def number(self, value: Decimal | int, *, places: int | None = None) -> str:
        """A number with its thousands apart, and a minus sign (U+2212) where it lies below zero.

        Args:
            value: the number.
            places: how many decimals, rounded half up; those that it has, without zeros at the end, where not given.
        """
        if places is not None:
            shown = f"{half_up(Decimal(value), Decimal((0, (1,), -places))):,f}"
        else:
            shown = f"{Decimal(value):,f}"
            shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
        return shown.translate({ord(","): self.group, ord("."): self.point, ord("-"): "\u2212"})

    def money(self, value: Money) -> str:
        """An amount with its currency; without decimals where it is whole."""
        whole = value.amount == value.amount.to_integral_value()
        places = 0 if whole else max(0, -int(value.amount.as_tuple().exponent))
        return f"{self.number(value.amount, places=places)}\u00a0{value.currency}"

    def percent(self, fraction: Decimal, *, places: int = 0) -> str:
        """A fraction as a percentage, rounded half up."""
        return f"{self.number(HALF_UP.multiply(fraction, Decimal(100)), places=places)}\u00a0%"

    def moment(self, at: datetime) -> str:
        """A moment, with the time zone that it is in."""
        return f"{self.day(at.date())} {at:%H:%M} {getattr(at.tzinfo, 'key', None) or at.tzname() or ''}".rstrip()


ENGLISH = Language()
"""English, which is what everything is written in."""

HEBREW = Language(code="he", direction=Direction.RIGHT_TO_LEFT, translate=lambda text: HEBREW_TEXTS.get(text, text))
"""Hebrew, written from right to left: the labels, the standard process, and the usual reasons."""
