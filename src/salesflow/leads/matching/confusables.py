"""Letters of other alphabets that look like Latin ones: Cyrillic ``а`` in a Latin name.

A name with one of them looks like another name and is not it: a slip of the keyboard layout, or a forgery.
Such names are flagged for somebody to look at, and never merged by themselves.

The pairs are facts of the Unicode Consortium's ``confusables.txt`` (https://www.unicode.org/Public/security/latest/,
UTS 39; compared with its version 13.0.0), a selection: letters of the Cyrillic, Greek and Armenian alphabets and the
two digits that look like a basic Latin letter. A letter is listed in lower case if either of its cases looks like a
Latin letter of that case, because names are compared without case: ``в`` stands here for its capital, which looks like
B. Where the two cases look like different Latin letters (``ν``: v and N), the small one is listed. Chosen by ourselves:
``ь`` as its capital, which looks like a small b, ``ӏ`` as its capital too, and ``յ`` as a j, without whose dot it is.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["alphabets", "is_mixed", "looks_latin"]

_PAIRS = """
    а a  в b  с c  ԁ d  е e  һ h  н h  і i  ј j  к k  ӏ l  м m  о o  р p  ԛ q  г r  ѕ s  т t  у y  ү y  ѵ v  ԝ w  х x  ь b
    ѡ w  ҽ e  ԍ g
    α a  β b  ϲ c  ε e  ϝ f  η h  ι i  ϳ j  κ k  μ m  ν v  ο o  ρ p  σ o   τ t  υ u  χ x  γ y  ζ z  ϻ m
    ց g  հ h  յ j  ո n  օ o  զ q  ս u  ա w  գ q  ռ n  տ s  ք f
    0 o  1 l
"""

_LOOK = {ord(sign): look for sign, look in zip(_PAIRS.split()[::2], _PAIRS.split()[1::2], strict=True)}
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN")


@lru_cache(maxsize=4096)
def _alphabet(sign: str) -> str:
    """The first word of the name of a letter in Unicode: its alphabet."""
    return unicodedata.name(sign, "").partition(" ")[0] if sign.isalpha() else ""


def alphabets(word: str) -> frozenset[str]:
    """The alphabets that the letters of a word are from, by their names in Unicode: ``LATIN``, ``HEBREW``.

    Example:
        >>> sorted(alphabets("nоa"))
        ['CYRILLIC', 'LATIN']
    """
    return frozenset(map(_alphabet, word)) - {""}


def is_mixed(word: str) -> bool:
    """Whether a word has letters of two alphabets that look alike.

    Hebrew, Arabic or kana next to Latin is seen at a glance and so is not meant; neither are digits.
    """
    if word.isascii():
        return False
    return sum(one in _ALIKE for one in alphabets(word)) > 1


def looks_latin(word: str) -> str | None:
    """What a word reads like to who takes it for Latin letters, or ``None`` where it cannot be taken so.

    Args:
        word: a word of a matching key, so in lower case and without accents.

    Example:
        >>> looks_latin("аcme")
        'acme'
    """
    if word.isascii() and (word.isalpha() or not any(map(str.isalpha, word)) or not set("01") & set(word)):
        return word
    look = word.translate(_LOOK)
    return look if look.isascii() else None
