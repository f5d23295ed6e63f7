"""The benchmark of the frames runs, and both of its sides agree; what it measures, no test depends on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)


def test_the_benchmark_of_the_frames_gives_its_ratio(monkeypatch):
    for package in ("numpy", "narwhals", "polars"):
        pytest.importorskip(package)
    monkeypatch.syspath_prepend(HERE)
    for name in ("frames_bench", "generated_deals", "measure", "measure_peers"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import frames_bench
    from generated_deals import columns

    found = frames_bench.timed(columns(300, seed=frames_bench.SEED), turns=1)
    assert found["frames_vs_polars"] > 0
    assert found["frames_check_seconds"] >= 0
