"""The benchmark of the engine runs and reports what the README shows. No time is asserted here."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def engine() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("engine_benchmark", Path(__file__).with_name("engine.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_the_benchmark_prints_one_json_object_with_every_ratio_that_is_bounded(engine, capsys):
    engine.main(["--json", "--quick", "--only", "moves", "definition", "memory"])
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"ratios", "figures", "reasons", "bounds"}
    assert set(printed["bounds"]) <= set(printed["ratios"])
    for name in ("move_vs_transitions", "move_vs_floor", "unit_vs_transitions"):
        assert printed["ratios"][name] > 0
    for name in ("python", "move_us", "define_nine_stages_ms", "bytes_fresh_deal", "bytes_finished_deal"):
        assert printed["figures"][name]


def test_a_ratio_that_was_not_measured_is_null_and_says_why(engine, capsys):
    engine.main(["--json", "--quick", "--only", "definition"])
    printed = json.loads(capsys.readouterr().out)
    unmeasured = {name for name, value in printed["ratios"].items() if value is None}
    assert unmeasured == set(printed["bounds"])
    assert unmeasured == set(printed["reasons"])
    assert all(printed["reasons"].values())


def test_a_peer_that_is_not_installed_is_left_out_with_its_reason(engine, monkeypatch):
    for package in ("django", "statemachine", "eventsourcing"):
        monkeypatch.setitem(sys.modules, package, None)
        monkeypatch.setitem(sys.modules, f"{package}.conf", None)
        monkeypatch.setitem(sys.modules, f"{package}.domain", None)
    found, missing = engine.peers()
    assert found == {}
    assert set(missing) == set(engine.PEERS)
    assert all("dependency group" in reason for reason in missing.values())


def test_importing_is_measured_in_fresh_interpreters(engine):
    report = engine.Report()
    engine.measure_imports(report, 1)
    assert report.ratios["import_vs_parts"] > 0
    assert report.ratios["import_names_vs_parts"] > 0


def test_the_main_job_is_measured_with_few_deals_and_with_many(engine):
    report = engine.Report()
    engine.measure_job(report, 1, few=20, many=40)
    assert report.ratios["main_job_growth"] > 0
    assert report.figures["deals_per_second"] > 0


def test_the_table_shows_each_ratio_beside_its_bound(engine):
    report = engine.Report()
    report.ratios["move_vs_transitions"] = 0.345
    lines = report.as_table().splitlines()
    assert any(line.split() == ["move_vs_transitions", "0.345", "0.6"] for line in lines)


def test_every_side_walks_the_same_stages(engine):
    make, walk = engine.bare_transitions()
    model = make()
    walk(model)
    assert model.state == engine.STAGES[-1]

    process = engine.nine_stages()(policy=engine.OwnersOnly())
    amount = engine.Money("48000", "EUR")
    deal = process.open(id="D-1", name="Order desk", amount=amount, by="noa", at=engine.AT).deal
    sale = process.work_on(deal, by="noa", at=engine.AT)
    by_hand = engine.HandWritten(deal, engine.OwnersOnly())
    plainly = engine.HandWrittenPlainly(deal, engine.OwnersOnly())
    for one in (sale, by_hand, plainly):
        engine.walk_by_advance(one)
    assert sale.deal.stage == engine.STAGES[-1]
    assert by_hand.deal == plainly.deal == sale.deal
    assert tuple(by_hand.events) == tuple(plainly.events) == sale.events
