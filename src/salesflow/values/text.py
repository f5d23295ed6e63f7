"""Text: how long it may be, which characters it may hold, and when two names are the same.

Text from outside is hostile. A NUL breaks databases, a CR LF becomes a new line of a calendar or mail
header, and direction overrides (U+202E and its kin) make ``gpj.exe`` read as ``exe.jpg``. So every text of
a record is checked by one of the functions here, and returned unchanged: nothing is trimmed, replaced or
normalized behind the back of whoever passed it. What real names need stays allowed: letters of all scripts,
emoji with their joiners, and the marks LRM and RLM that Hebrew and Arabic text is written with.

Two names that look different may still be meant as one. :func:`matching_key` is what is compared to find
out; it is never shown and never stored in place of the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from salesflow.errors import InvalidValue, WrongType

if TYPE_CHECKING:
    import attrs

__all__ = [
    "are_lines",
    "identifier",
    "is_identifier",
    "is_line",
    "is_optional_line",
    "is_prose",
    "line",
    "lines",
    "matching_key",
    "optional_line",
    "prose",
]

_UNSAFE = "\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_UNSAFE_IN_LINE = re.compile(f"[{_UNSAFE}]")
_UNSAFE_IN_PROSE = re.compile(f"(?![\n\t])[{_UNSAFE}]")
_SEEN = re.compile(
    r"[^\s\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0]"
)

_IDENTIFIER_LIMIT = 200


def line(value: object, *, field: str, limit: int = 200, personal: bool = False) -> str:
    """Check one line of text and return it unchanged.

    Args:
        value: the text; it must show something, so white space and invisible characters alone are not enough.
        field: what the text is, for the message.
        limit: how many characters it may have.
        personal: whether the text says something about a person; then no message repeats it.

    Raises:
        WrongType: it is not a ``str``.
        InvalidValue: it is blank, too long, or holds a control character, a line break, a direction
            override or half of a surrogate pair.
    """
    if type(value) is str and value.isascii() and value.isprintable() and len(value) <= limit and value.strip():
        return value
    text = _text(value, field=field, limit=limit, personal=personal)
    if not text.isprintable():
        _refuse_unsafe(text, _UNSAFE_IN_LINE, field=field, personal=personal)
    if not _SEEN.search(text):
        raise InvalidValue(
            "must not be blank",
            field=field,
            value=None if personal else text,
            way_out="give at least one visible character",
        )
    return text


def optional_line(value: object, *, field: str, limit: int = 200, personal: bool = False) -> str | None:
    """Check one line of text, or ``None`` for unknown, by the rules of :func:`line`, and return it unchanged.

    Raises:
        WrongType: it is neither a ``str`` nor ``None``.
        InvalidValue: as for :func:`line`; an empty text is not the same as unknown and is refused too.
    """
    return None if value is None else line(value, field=field, limit=limit, personal=personal)


def prose(value: object, *, field: str, limit: int = 10_000, personal: bool = True) -> str:
    r"""Check text of several lines and return it unchanged.

    It may be empty, and may hold tabs and ``\n``. A carriage return is refused, so that every stored text
    has the same line ends and none can break out of a field of a line-based format.

    Args:
        value: the text.
        field: what the text is, for the message.
        limit: how many characters it may have.
        personal: whether the text may say something about a person, as free text may; then no message repeats it.

    Raises:
        WrongType: it is not a ``str``.
        InvalidValue: it is too long or holds a character that is refused.
    """
    text = _text(value, field=field, limit=limit, personal=personal)
    if not text.isprintable():
        _refuse_unsafe(text, _UNSAFE_IN_PROSE, field=field, personal=personal)
    return text


def lines(values: Iterable[str], *, field: str, limit: int = 200, personal: bool = False) -> tuple[str, ...]:
    """Check several texts by the rules of :func:`line` and return them as a tuple.

    Args:
        values: the texts. A single ``str`` is refused: it would count as one text per character.
        field: what the texts are, for the message.
        limit: how many characters each may have.
        personal: whether they say something about a person; then no message repeats them.

    Raises:
        WrongType: it is one text, or nothing to go through, or holds something that is no text.
        InvalidValue: one of them breaks a rule of :func:`line`.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise WrongType(
            "must be several lines of text",
            field=field,
            value=None if personal else values,
            way_out="give a list or tuple of str, even for one",
        )
    return tuple(line(value, field=field, limit=limit, personal=personal) for value in values)


def are_lines(
    limit: int = 200, *, personal: bool = False
) -> Callable[[object, attrs.Attribute[tuple[str, ...]], tuple[str, ...]], None]:
    """An attrs validator for a tuple of :func:`lines`."""

    def check(_instance: object, attribute: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
        if not isinstance(value, tuple):
            raise WrongType(
                "must be a tuple of lines",
                field=attribute.name,
                value=None if personal else value,
                way_out="give a tuple of str, even for one",
            )
        lines(value, field=attribute.name, limit=limit, personal=personal)

    return check


def identifier(value: object, *, field: str) -> str:
    """Check the id of an entity or an actor and return it unchanged.

    It is one line of 1 to 200 characters that neither begins nor ends with white space; otherwise the host
    is free to choose what its ids look like.

    Raises:
        WrongType: it is not a ``str``; a number or a UUID is turned into text by the host.
        InvalidValue: it breaks a rule of :func:`line`, or white space surrounds it.
    """
    text = line(value, field=field, limit=_IDENTIFIER_LIMIT)
    if text[0].isspace() or text[-1].isspace():
        raise InvalidValue(
            "must not begin or end with white space",
            field=field,
            value=text,
            way_out=f"give {text.strip()!r}" if len(text) <= 60 else "strip it first",
        )
    return text


def is_line(limit: int = 200, *, personal: bool = False) -> Callable[[object, attrs.Attribute[str], str], None]:
    """An attrs validator for :func:`line`: ``name: str = attrs.field(validator=is_line())``."""

    def check(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
        line(value, field=attribute.name, limit=limit, personal=personal)

    return check


def is_optional_line(
    limit: int = 200, *, personal: bool = False
) -> Callable[[object, attrs.Attribute[str | None], str | None], None]:
    """An attrs validator for :func:`optional_line`."""

    def check(_instance: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
        if value is not None:
            line(value, field=attribute.name, limit=limit, personal=personal)

    return check


def is_prose(limit: int = 10_000, *, personal: bool = True) -> Callable[[object, attrs.Attribute[str], str], None]:
    """An attrs validator for :func:`prose`."""

    def check(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
        prose(value, field=attribute.name, limit=limit, personal=personal)

    return check


def is_identifier() -> Callable[[object, attrs.Attribute[str], str], None]:
    """An attrs validator for :func:`identifier`."""

    def check(_instance: object, attribute: attrs.Attribute[str], value: str) -> None:
        identifier(value, field=attribute.name)

    return check


def matching_key(name: str) -> str:
    """What of a name counts when two names are compared; two names match if their keys are equal.

    Upper and lower case, full-width and other compatibility forms, accents, vowel points, invisible
    characters, kinds of dashes and apostrophes, the amount of white space, and punctuation around words
    make no difference: ``"  Ｃafé “Zoë”, Inc. "`` and ``"cafe zoe inc"`` have one key. Punctuation inside a
    word stays (``o'brien``, ``smith-jones``), and so do ``# % & * @``, which are part of names.

    Accents are dropped for every script that is written with combining diacritical marks (Latin, Greek,
    Cyrillic), and so are Hebrew points and Arabic vowel marks, because the same name is often written
    without them. Marks that are letters of their own (Devanagari vowels, the voicing of kana) stay. This is
    our own choice, for finding candidates: it makes ``Müller`` and ``Muller`` match, and so a match is to
    be looked at, not taken as proof.

    A name of nothing but punctuation keeps it. The key of a key is that key.

    Args:
        name: any text, checked or not.

    Example:
        >>> matching_key("O’Brien & Söhne, GmbH.")
        "o'brien & sohne gmbh"
    """
    if name.isascii():
        folded = name.casefold()
    else:
        bare = _MARKS.sub("", unicodedata.normalize("NFKD", name))
        folded = _MARKS.sub("", unicodedata.normalize("NFKD", bare.casefold()))
    kept = "".join(map(_kept, folded))
    words = [word for word in (_without_outer_punctuation(word) for word in kept.split()) if word]
    return unicodedata.normalize("NFKC", " ".join(words or kept.split()))


_MARKS = re.compile(
    "["
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # combining diacritical marks
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points and accents
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"  # Arabic marks
    "\ufe00-\ufe0f"  # variation selectors
    "]"
)
_APOSTROPHES = "\u2018\u2019\u201b\u02bc\u05f3`\u00b4"
_PART_OF_NAMES = "#%&*@"


def _kept(char: str) -> str:
    """One character of a name as its key has it: itself, a space, a plain dash or apostrophe, or nothing."""
    if char.isalnum():
        return char
    if char in _APOSTROPHES:
        return "'"
    kind = unicodedata.category(char)
    if kind == "Cf":
        return ""
    if kind == "Pd":
        return "-"
    return " " if kind in ("Cc", "Zl", "Zp", "Zs") else char


def _without_outer_punctuation(word: str) -> str:
    first, last = 0, len(word)
    while first < last and _is_outer_punctuation(word[first]):
        first += 1
    while first < last and _is_outer_punctuation(word[last - 1]):
        last -= 1
    return word[first:last]


def _is_outer_punctuation(char: str) -> bool:
    return char not in _PART_OF_NAMES and unicodedata.category(char).startswith("P")


def _text(value: object, *, field: str, limit: int, personal: bool) -> str:
    if not isinstance(value, str):
        raise WrongType(
            "must be text",
            field=field,
            value=None if personal else value,
            way_out=f"give a str, not {type(value).__name__}",
        )
    if len(value) > limit:
        raise InvalidValue(
            f"must be at most {limit} characters",
            field=field,
            value=None if personal else value,
            way_out=f"shorten it by {len(value) - limit}",
        )
    return value


def _refuse_unsafe(text: str, unsafe: re.Pattern[str], *, field: str, personal: bool) -> None:
    found = unsafe.search(text)
    if found is None:
        return
    raise InvalidValue(
        "must not hold control characters, line breaks of other kinds, direction overrides or lone surrogates"
        if unsafe is _UNSAFE_IN_PROSE
        else "must be one line without control characters, direction overrides or lone surrogates",
        field=field,
        value=None if personal else text,
        way_out=f"remove the character U+{ord(found.group()):04X} at position {found.start()}",
    )
