"""What the board says of a deal, in each of its forms."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest
from pictured import AT, Read, a_deal, a_row, board_of
from walks import NOW, a_sale, sale_in

import salesflow.board
from salesflow import Money
from salesflow.board import HEBREW, PipelineBoard, page
from salesflow.board.drawing import cut, in_lines
from salesflow.deal.deal import Hold
from salesflow.deal.tasks import Task, TaskStatus
from salesflow.measure import DealRow

DAY = timedelta(days=1)
DONE = Task(id=1, title="Call", status=TaskStatus.DONE, created_at=NOW, done_at=NOW)
LATER = Task(id=2, title="Send the offer", due_at=AT + 5 * DAY, created_at=NOW)


def forms(board: PipelineBoard) -> tuple[str, str, str]:
    """The page, the text and the picture."""
    return page(board), board.text(), board.svg()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"tasks": (DONE, LATER)}, "Open tasks: 1"),
        ({"tasks": (DONE,)}, "Tasks done: 1"),
        ({"hold": Hold(since=NOW, reason="x", until=date(2026, 12, 20))}, "On hold until 2026-12-20"),
        ({"hold": Hold(since=NOW, reason="x")}, "On hold"),
        ({"tasks": (attrs.evolve(LATER, due_at=AT + timedelta(hours=2)),)}, "Tasks due today: 1"),
        ({"tasks": (attrs.evolve(LATER, due_at=AT - DAY),)}, "Overdue tasks: 1"),
        ({}, "No next step"),
    ],
)
def test_every_form_says_how_a_deal_stands(fields, said):
    for form in forms(board_of(a_deal(**fields))):
        assert said in form


def test_a_deal_on_hold_is_not_blamed_for_having_no_next_step():
    assert "– No next step" not in board_of(a_deal(hold=Hold(since=NOW, reason="x"))).text()


def test_the_page_and_the_text_name_the_next_step_with_its_day():
    html, text, _ = forms(board_of(a_deal(tasks=(LATER,)), zone="Asia/Jerusalem"))
    assert "Next step: Send the offer, 2026-11-17" in text
    assert [*Read(html).inside("bdi")].count("Send the offer") == 1
    assert "2026-11-17" in html


def test_of_a_row_only_that_something_is_planned_is_known():
    html, text, _ = forms(board_of(a_row(has_next_step=True)))
    assert "Next step: planned" in text
    assert ">planned<" in html


def test_what_exactly_is_missing_is_named():
    html, text, _ = forms(board_of(a_deal("preparation")))
    missing = "the briefing is complete: product descriptions, pricing, what the competition offers, opening pitch"
    assert missing in " ".join(text.split())
    assert "opening pitch" in list(Read(html).inside("bdi"))


def test_what_is_missing_in_the_customers_words_is_isolated_and_not_translated():
    sale = sale_in("objection_handling")
    sale.objections.raise_("יקר מדי", kind="price")
    html = page(board_of(sale.deal), language=HEBREW)
    assert any("יקר מדי" in text for text in Read(html).inside("bdi"))


def test_a_deal_that_lacks_nothing_is_said_to_lack_nothing():
    for form in forms(board_of(a_deal("objection_handling")))[:2]:
        assert "Nothing is missing for Closing" in form


def test_a_row_is_not_said_to_lack_nothing():
    for form in forms(board_of(a_row(stage="objection_handling"))):
        assert "Nothing is missing" not in form


def test_what_nobody_knows_is_said_to_be_unknown():
    html, text, _ = forms(board_of(DealRow(id="D-1", stage="closing", process="standard")))
    assert "Days in this stage: unknown" in text
    assert "Owner: nobody yet" in text
    assert html.count(">unknown<") == 2


def test_an_expected_close_is_shown_where_there_is_one():
    deal = a_sale(expected_close=date(2026, 12, 24)).deal
    for form in forms(board_of(deal))[:2]:
        assert "2026-12-24" in form
    assert "Expected close" not in page(board_of(a_deal()))


def test_a_picture_says_how_many_currencies_it_does_not_name():
    rows = [a_row(id=code, amount=Money(1, code)) for code in ("EUR", "USD", "JPY", "GBP")]
    picture = board_of(*rows, a_row(id="none"), cards=0).svg()
    assert "1\u00a0EUR" in picture
    assert "and 3 more" in picture
    assert "unknown: 1" in picture


def test_a_picture_shows_four_cards_at_most_and_says_how_many_more():
    assert ">and 6 more<" in board_of(*(a_row(id=f"D-{one}") for one in range(10)), cards=None).svg()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Order desk", ("Order desk",)),
        ("Order desk for Acme", ("Order desk", "for Acme")),
        ("Order desk for Acme and all its daughters", ("Order desk", "for Acme…")),
        ("", ("",)),
    ],
)
def test_a_name_in_a_picture_takes_two_lines_at_most(text, lines):
    assert in_lines(text, 70, 12, 2) == lines


@pytest.mark.parametrize("letter", ["e\u0301", "👩‍👧", "漢"])
def test_a_text_is_not_cut_within_a_letter(letter):
    for room in range(20, 100, 3):
        kept = cut(letter * 30, room, 12).removesuffix("…")
        assert kept == letter * (len(kept) // len(letter))


def test_the_board_gives_its_names_and_no_others():
    assert "pipeline_board" in dir(salesflow.board)
    with pytest.raises(AttributeError, match="kanban"):
        salesflow.board.kanban
    for name in salesflow.board.__all__:
        assert getattr(salesflow.board, name) is not None
