"""The benchmark of the metrics runs, and its sides agree. No time is asserted here."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("numpy", reason="the deals are made up with numpy; it is in the dependency group bench")

HERE = Path(__file__).parent
BESIDE = ("generated_deals", "measure_peers", "measure", "frames_bench")


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """The program as a module, and what lies beside it, taken away again afterwards."""
    path = list(sys.path)
    spec = importlib.util.spec_from_file_location("measure_benchmark", HERE / "measure.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = path
    for name in (*BESIDE, spec.name):
        sys.modules.pop(name, None)


@pytest.fixture
def without_frames(bench, monkeypatch):
    monkeypatch.setitem(sys.modules, "frames_bench", None)


def test_the_program_prints_one_json_object_with_every_ratio_that_is_bounded(bench, without_frames, capsys):
    bench.main(["--json", "--quick", "--deals", "1000"])
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"ratios", "figures", "reasons", "bounds"}
    assert set(printed["bounds"]) <= set(printed["ratios"])
    assert printed["ratios"]["growth_100k_1m"] > 0
    unmeasured = {name for name, value in printed["ratios"].items() if value is None}
    assert unmeasured == set(printed["reasons"])
    assert "frames_vs_polars" in unmeasured


@pytest.mark.parametrize("peer", ["pandas", "polars", "duckdb"])
def test_every_side_finds_the_same(bench, peer):
    pytest.importorskip(peer)
    table = bench.columns(1_500, seed=1)
    load, program = bench.PEERS[peer]
    ours = bench.passes(table, ["exact"])["exact"].figures
    theirs = program(load(table))
    assert bench.differences(ours, theirs) == []
    assert set(ours) == set(theirs)


def test_sides_that_do_not_agree_are_found(bench):
    assert bench.differences({"a": 1, "b": {"x": 2}}, {"a": 1, "b": {"x": 3}}) == ["b"]
    assert bench.differences({"a": [1, 2]}, {"a": [1]}) == ["a"]
    assert bench.differences({"a": None}, {}) == []
    assert bench.differences({"a": 1}, {}) == ["a"]


def test_the_same_seed_makes_the_same_deals(bench):
    first, second = (next(bench.chunks_of_rows(bench.columns(50, seed=7), 50)) for _ in range(2))
    assert first == second
    assert 4 < sum(len(row.visits) for row in first) / 50 < 8


def test_the_table_shows_each_ratio_beside_its_bound(bench):
    report = bench.Report()
    report.ratios["metrics_vs_pandas"] = 2.5
    report.reasons["why"] = "because"
    lines = report.as_table().splitlines()
    assert any(line.split() == ["metrics_vs_pandas", "2.500", "6.0"] for line in lines)
    assert lines[-1] == "why: because"
