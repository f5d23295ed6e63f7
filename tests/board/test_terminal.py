"""Text for a terminal: as wide as it is, whatever the script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictured import a_row, board_of, every_view

from salesflow import Money
from salesflow.board import ENGLISH, HEBREW
from salesflow.board.terminal import columns_of, fitted, laid_out, shown, wrapped


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("שלום", 4), ("👩‍👩‍👧", 2), ("ｆｕｌｌ", 8), ("a\u200eb", 2), ("", 0)],
)
def test_a_text_takes_the_columns_that_it_shows(text, columns):
    assert columns_of(text) == columns


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abc", 5, "abc  "),
        ("abcdef", 4, "abc…"),
        ("漢字漢字", 6, "漢字… "),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("👩‍👩‍👧👩‍👩‍👧", 3, "👩‍👩‍👧…"),
        ("abc", 0, ""),
    ],
)
def test_a_text_is_cut_between_what_belongs_together(text, width, expected):
    assert fitted(text, width) == expected


def test_numbers_stand_at_the_end():
    assert fitted("12", 5, at_end=True) == "   12"


@given(st.text(), st.integers(1, 60), st.booleans())
def test_a_fitted_text_is_exactly_so_wide(text, width, at_end):
    assert columns_of(fitted(shown(text, ENGLISH), width, at_end=at_end)) == width


@given(st.text(), st.integers(10, 60), st.integers(0, 8))
def test_no_wrapped_line_is_too_wide(text, width, indent):
    for line in wrapped(shown(text, ENGLISH), width, indent=indent):
        assert columns_of(line) <= width


def test_a_name_of_the_other_direction_is_held_in_its_place():
    assert shown("שלום", ENGLISH) == "\u200eשלום\u200e"
    assert shown("Acme", HEBREW) == "\u200fAcme\u200f"
    assert shown("Acme 漢字", ENGLISH) == "Acme 漢字"
    assert shown("שלום", HEBREW) == "שלום"


def test_a_cut_name_of_the_other_direction_is_held_in_its_place_too():
    cut = fitted(shown("שלום לכולם", ENGLISH), 6)
    assert cut.strip().endswith("…\u200e")


def test_a_table_that_does_not_fit_says_each_figure_on_a_line_of_its_own():
    columns, rows = ("Stage", "Deals", "Amount"), [("Prospecting", "12", "1,000,000 EUR"), ("", "", "5 USD")]
    assert laid_out(columns, rows, 60)[1] == "Prospecting     12  1,000,000 EUR"
    assert laid_out(columns, rows, 28) == (
        "Prospecting",
        "  Deals: 12",
        "  Amount: 1,000,000 EUR",
        "  Amount: 5 USD",
    )


@pytest.mark.parametrize("language", [ENGLISH, HEBREW], ids=lambda language: language.code)
@pytest.mark.parametrize("width", [1, 20, 40, 80, 100, 200])
@pytest.mark.parametrize("view", every_view(), ids=lambda view: type(view).__name__)
def test_no_line_of_a_view_is_wider_than_the_terminal(view, width, language):
    assert max(map(columns_of, view.text(width=width, language=language).split("\n"))) <= max(width, 20)


def test_a_chart_has_bars_where_there_is_room_and_figures_always():
    funnel = every_view()[1]
    assert "█" in funnel.text(width=120)
    assert "█" not in funnel.text(width=60)
    assert "100.0" in funnel.text(width=30)


def test_the_board_reads_from_the_stages_to_the_cards():
    rows = [a_row(f"Desk {number}", id=f"D-{number:02}", amount=Money(100, "EUR")) for number in range(15)]
    text = board_of(*rows, cards=2).text(width=100)
    assert text.index("1,500 EUR") < text.index("Desk 0")
    assert "Desk 2" not in text
    assert "and 13 more. Order of the cards: most urgent first" in text


def test_what_is_not_on_the_board_is_said():
    text = board_of(a_row(outcome="lost", stage="lost")).text()
    assert "Not shown: it is lost: 1" in text
