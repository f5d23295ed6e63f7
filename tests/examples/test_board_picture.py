"""The picture in the README is the one that the program draws."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def program() -> Iterator[ModuleType]:
    names = [path.stem for path in EXAMPLES.glob("*.py")]
    sys.path.insert(0, str(EXAMPLES))
    yield importlib.import_module("board_picture")
    sys.path.remove(str(EXAMPLES))
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def board(program):
    return program.board_of(program.review())


def test_the_picture_is_the_one_that_the_program_draws(program, tmp_path):
    program.main([str(tmp_path / "board.svg")])
    drawn = (tmp_path / "board.svg").read_text(encoding="utf-8")
    assert drawn == program.PICTURE.read_text(encoding="utf-8"), "run docs/examples/board_picture.py"
    assert len(drawn) < 200_000


def test_it_shows_all_real_opportunities(board):
    assert board.count == 8800
    assert {column.stage: column.count for column in board} == {
        "prospecting": 500,
        "engaging": 1589,
        "won": 4238,
        "lost": 2473,
    }


def test_what_is_to_be_done_follows_from_what_is_not_known(board):
    engaging = board["engaging"]
    assert engaging.overdue + engaging.due == engaging.count
    assert board["won"].no_tasks == board["won"].count
    assert engaging.rotting > 0
    assert [str(amount) for amount in board["won"].amounts] == ["10005534.00 USD"]
