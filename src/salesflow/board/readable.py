"""Text made safe to show: what cannot be seen, or would move its neighbors, is replaced.

Deals and tasks are checked when they are recorded, but rows come from anywhere, and a requirement may yield anything. A
terminal obeys control characters, XML forbids them, and a direction override turns round what stands behind it. So every
text that is shown passes through :func:`readable` once, and line breaks become blanks: a name has one line.
"""

from __future__ import annotations

import re

__all__ = ["readable"]

_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BEYOND = re.compile("[" + "".join(chr(plane << 16 | end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF)) + "]")


def readable(text: str) -> str:
    """The text on one line, with U+FFFD for control characters, direction overrides and what is no character."""
    if text.isprintable():
        return text
    return _BEYOND.sub("\ufffd", _UNSEEN.sub("\ufffd", _BREAKS.sub(" ", text)))
