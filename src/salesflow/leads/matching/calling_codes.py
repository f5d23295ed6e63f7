"""Calling codes: where the country code of an international number ends.

The codes are those that the ITU assigned under E.164. No code begins with another one, so the digits say by themselves
where the code ends: after one digit for zones 1 and 7, after two for those listed here, after three for all others.
"""

from __future__ import annotations

__all__ = ["TRUNK_PREFIXES", "calling_code"]

_TWO_DIGITS = """
    20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66
    81 82 84 86 90 91 92 93 94 95 98
"""
_OF_TWO_DIGITS = frozenset(_TWO_DIGITS.split())

TRUNK_PREFIXES = {"1": "1", "7": "8", "36": "06"}
"""What is dialed before a national number at home, by calling code, where it is not the usual 0 or nothing."""


def calling_code(digits: str) -> str:
    """The calling code that the digits of an international number begin with.

    Args:
        digits: all digits, without ``+`` and ``00``.

    Example:
        >>> calling_code("97248123456")
        '972'
    """
    if digits[:1] in ("1", "7"):
        return digits[:1]
    return digits[:2] if digits[:2] in _OF_TWO_DIGITS else digits[:3]
