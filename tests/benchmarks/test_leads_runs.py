"""The benchmark of leads runs and reports what the README shows. No time is asserted here."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("leads_benchmark", Path(__file__).with_name("leads.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_the_benchmark_prints_one_json_object_with_every_ratio(bench, capsys):
    bench.main(["--json", "--quick", "--only", "scoring"])
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"ratios", "figures", "reasons", "bounds"}
    assert set(printed["ratios"]) == set(printed["bounds"])
    assert printed["figures"]["leads_learned"] == 2000
    unmeasured = {name for name, value in printed["ratios"].items() if value is None}
    assert unmeasured == set(printed["reasons"])


def test_both_sides_give_the_same_chances(bench):
    pytest.importorskip("sklearn")
    report = bench.Report()
    bench.measure_scoring(report, leads=500, rounds=2)
    assert report.ratios["score_speedup_vs_sklearn"] > 0
    assert report.figures["largest_difference"] < 1e-9


def test_without_the_peer_the_reason_is_given(bench, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.naive_bayes", None)
    report = bench.Report()
    bench.measure_scoring(report, leads=100, rounds=1)
    assert report.ratios["score_speedup_vs_sklearn"] is None
    assert "is not installed; it is in the dependency group 'bench'" in report.reasons["score_speedup_vs_sklearn"]


def test_duplicates_are_measured_where_their_part_is_there(bench, monkeypatch, tmp_path):
    part = tmp_path / "duplicates_bench.py"
    monkeypatch.setattr(bench, "DUPLICATES", part)
    report = bench.Report()
    bench.measure_duplicates(report, quick=True)
    assert report.reasons["duplicates_recall"] == "duplicates_bench.py is not there"
    part.write_text("def measure(quick):\n    return {'duplicates_recall': 0.97, 'duplicates_seconds': 2.0}\n")
    bench.measure_duplicates(report, quick=True)
    assert report.ratios["duplicates_recall"] == 0.97
    assert report.figures["duplicates_seconds"] == 2.0


def test_the_table_shows_each_ratio_beside_its_bound(bench):
    report = bench.Report()
    report.ratios["score_speedup_vs_sklearn"] = 31.5
    assert any(line.split() == ["score_speedup_vs_sklearn", "31.500", "20"] for line in report.as_table().splitlines())
