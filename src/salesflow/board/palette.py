"""The colors, each for light and for dark paper.

A tone says what something means and is never the only thing that says it: a word or a sign stands beside it. Text in
every tone has a contrast of at least 4.5 on paper and on a surface, as WCAG 2.2 asks of level AA, and bars have at least
3; a test computes them all.
"""

from __future__ import annotations

from enum import StrEnum

import attrs

__all__ = ["DARK", "LIGHT", "Palette", "Tone", "variables"]


class Tone(StrEnum):
    """What a color stands for."""

    ACCENT = "accent"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    QUIET = "quiet"


@attrs.frozen(kw_only=True)
class Palette:
    """The colors on one kind of paper, as ``#rrggbb``.

    Attributes:
        paper: what the page is.
        surface: what cards are.
        ink: text.
        line: hairlines around what has its own text; they carry no meaning.
        track: what bars lie on.
        accent, good, warning, bad, quiet: the tones.
    """

    paper: str
    surface: str
    ink: str
    line: str
    track: str
    accent: str
    good: str
    warning: str
    bad: str
    quiet: str


LIGHT = Palette(
    paper="#f6f4ef",
    surface="#ffffff",
    ink="#1c2024",
    line="#dedad0",
    track="#eae7df",
    accent="#1d5b87",
    good="#1e6a45",
    warning="#855000",
    bad="#a5301d",
    quiet="#575d65",
)
DARK = Palette(
    paper="#14171a",
    surface="#1e2226",
    ink="#edebe5",
    line="#363c43",
    track="#2d3339",
    accent="#86bce8",
    good="#80cba0",
    warning="#e8b75f",
    bad="#f49684",
    quiet="#a9b0b8",
)


def variables(selector: str) -> str:
    """The style rules that give an element the colors, light or dark as the reader likes it, and light on print."""
    return (
        f"{selector}{{{_declared(LIGHT)}}}"
        f"@media screen and (prefers-color-scheme:dark){{{selector}{{{_declared(DARK)}}}}}"
    )


def _declared(palette: Palette) -> str:
    return "".join(f"--{field.name}:{getattr(palette, field.name)};" for field in attrs.fields(Palette))
