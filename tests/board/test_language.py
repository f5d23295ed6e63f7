"""Languages: every word of the board can be translated, and Hebrew is complete."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pictured import AT, a_row, board_of, every_view

from salesflow import InvalidValue, Money, UnknownName, WrongType
from salesflow.board import ENGLISH, HEBREW, CardOrder, Label, Language, page
from salesflow.board.hebrew import HEBREW_TEXTS
from salesflow.measure.forecast import ForecastLine
from salesflow.measure.waterfall import Movement
from salesflow.standard import StandardProcess

PROCESS = StandardProcess()
REQUIREMENTS = {asked.text for route in PROCESS.routes for asked in route.requirements if route.move != "lose"}


@pytest.mark.parametrize(
    "text",
    [
        *Label,
        *CardOrder,
        *Movement,
        *ForecastLine,
        *(stage.label for stage in PROCESS.stages),
        PROCESS.title,
        *sorted(REQUIREMENTS),
        "product descriptions",
        "the amount is not known",
    ],
)
def test_hebrew_has_every_text_of_the_board_and_of_the_standard_process(text):
    assert HEBREW.own(str(text)) != str(text)


def test_translations_keep_what_is_put_in():
    for text, hebrew in HEBREW_TEXTS.items():
        for name in ("count", "moment", "title", "day", "stage", "order", "start", "end"):
            assert (f"{{{name}}}" in text) == (f"{{{name}}}" in hebrew), text


def test_a_label_takes_its_values_as_they_are():
    assert ENGLISH.label(Label.MISSING_FOR, stage="{stage} {0} %s") == "Missing for {stage} {0} %s"


def test_the_host_brings_a_translation_of_its_own():
    german = Language(code="de", translate=_german)
    text = page(board_of(a_row(stage="closing")), language=german)
    assert "Abschluss" in text
    assert '<html lang="de" dir="ltr">' in text


def _german(text: str) -> str:
    return {"Overdue": "Überfällig", "Closing": "Abschluss"}.get(text, text)


def test_a_translation_that_gives_no_text_is_refused():
    with pytest.raises(WrongType, match="translate"):
        Language(code="de", translate={}.get).own("Closing")


@pytest.mark.parametrize("code", ["", "en us", 'en"><script>', "he־IL"])
def test_a_code_that_is_no_language_tag_is_refused(code):
    with pytest.raises(InvalidValue):
        Language(code=code)


def test_an_unknown_direction_is_refused():
    with pytest.raises(UnknownName):
        Language(direction="up")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Money("48000", "EUR"), "48,000 EUR"),
        (Money("48000.50", "EUR"), "48,000.50 EUR"),
        (Money("-30000", "USD"), "−30,000 USD"),
        (Money("0", "JPY"), "0 JPY"),
        (Money("1234567.891", "BHD"), "1,234,567.891 BHD"),
    ],
)
def test_an_amount_has_its_thousands_apart_and_its_decimals_where_it_has_some(value, shown):
    assert ENGLISH.money(value).replace("\u00a0", " ") == shown


def test_numbers_are_written_as_the_language_does():
    german = Language(code="de", group=".", point=",")
    assert german.number(Decimal("1234567.80")) == "1.234.567,8"
    assert german.percent(Decimal("0.12345"), places=1) == "12,3\u00a0%"
    assert ENGLISH.number(Decimal("1E+3")) == "1,000"


def test_a_percentage_is_rounded_half_up_and_exactly():
    assert ENGLISH.percent(Decimal("0.12345"), places=2) == "12.35\u00a0%"
    assert ENGLISH.percent(Decimal("0.125")) == "13\u00a0%"


def test_a_moment_says_where_it_is():
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert ENGLISH.moment(at) == "2026-11-02 09:00 UTC"
    assert ENGLISH.moment(at.astimezone(ZoneInfo("Asia/Jerusalem"))) == "2026-11-02 11:00 Asia/Jerusalem"


def test_days_are_written_as_the_host_likes():
    own = Language(day=lambda day: f"{day:%d.%m.%Y}")
    assert own.day(date(2026, 11, 2)) == "02.11.2026"
    assert "12.11.2026" in page(board_of(at=AT), language=own)


def test_the_hebrew_page_has_no_english_label_left():
    english = page(*every_view(), language=ENGLISH)
    hebrew = page(*every_view(), language=HEBREW)
    for label in (Label.OVERDUE, Label.STILL_NEEDED, Label.WEIGHTED, Label.NO_NEXT_STEP, Label.ATTAINMENT):
        assert label in english
        assert f">{label}" not in hebrew


def test_a_sentence_without_a_translation_is_marked_as_english():
    hebrew = page(*every_view(), language=HEBREW)
    assert '<span lang="en" dir="ltr">win rate: number of won deals' in hebrew
