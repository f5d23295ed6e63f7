"""The benchmark of the board runs, and what it times is the whole board. No time is asserted here."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from salesflow.board import pipeline_board
from salesflow.standard import StandardProcess


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """The program as a module, taken away again afterwards."""
    path = list(sys.path)
    spec = importlib.util.spec_from_file_location("board_benchmark", Path(__file__).parent / "board.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = path
    del sys.modules[spec.name]


def test_the_program_prints_one_json_object(bench, capsys):
    bench.main(["--json", "--quick", "--deals", "200"])
    printed = json.loads(capsys.readouterr().out)
    assert printed["deals"] == 200
    assert printed["bound_deals_per_second"] == 20_000
    assert printed["deals_per_second"] > 0
    assert printed["seconds"] == pytest.approx(printed["seconds_view_model"] + printed["seconds_page"], abs=1e-3)


def test_the_program_prints_a_table(bench, capsys):
    bench.main(["--quick", "--deals", "50"])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()][:2] == ["deals", "seconds"]


def test_every_deal_is_open_and_on_the_board(bench):
    deals = bench.made_up(300)
    board = pipeline_board(deals, StandardProcess(), at=bench.AT, zone="UTC")
    assert board.count == 300
    assert board.left_out == ()
    assert all(deal.is_open for deal in deals)


def test_the_same_seed_makes_the_same_deals(bench):
    assert bench.made_up(40, seed=5) == bench.made_up(40, seed=5)
    assert bench.made_up(40, seed=5) != bench.made_up(40, seed=6)
