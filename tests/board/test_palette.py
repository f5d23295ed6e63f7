"""The colors can be told apart from the paper, in light and in dark, by the measure of WCAG 2.2."""

from __future__ import annotations

from itertools import product

import pytest

from salesflow.board.palette import DARK, LIGHT, Palette, Tone

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
TONES = tuple(Tone)


def luminance(color: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_knows_black_and_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@PALETTES
@pytest.mark.parametrize(("text", "paper"), [*product(("ink", *TONES), ("paper", "surface"))])
def test_text_of_every_tone_can_be_read_on_paper_and_on_cards(palette: Palette, text, paper):
    assert contrast(getattr(palette, text), getattr(palette, paper)) >= 4.5


@PALETTES
@pytest.mark.parametrize(("bar", "behind"), [*product(TONES, ("track", "paper"))])
def test_a_bar_of_every_tone_can_be_told_from_what_it_lies_on(palette: Palette, bar, behind):
    assert contrast(getattr(palette, bar), getattr(palette, behind)) >= 3


@PALETTES
def test_the_mark_can_be_seen_on_the_track(palette: Palette):
    assert contrast(palette.ink, palette.track) >= 3
