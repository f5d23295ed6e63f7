"""How long measuring takes: all metrics in one pass in plain Python, against pandas, polars and duckdb doing the same.

A program, not a test::

    uv run --group bench tests/benchmarks/measure.py          # the table
    uv run --group bench tests/benchmarks/measure.py --json   # everything, as one JSON object

A million deals with about six visits each are made up from a seed (``generated_deals.py``); the programs of the others
are in ``measure_peers.py``. What is timed and what is not:

- **plain**: one pass of ``Tallies`` over rows, all metrics, means only; **exact**: with medians of everything that has
  one, as the others compute them; **sketch**: with medians from sketches. Rows are made in chunks, which is not timed:
  somebody has them already, as the others have their frames. No chunk outlives its turn, so the memory that a pass takes
  is the one of its tallies; it is measured too.
- **pandas, polars, duckdb**: their frames or tables are loaded before.

All sides say what they found, and the program fails where they do not agree. A ratio is the time of our one pass by the
least time of three of theirs, which is the harder way for us: processor time where both sides use one core, which others on
the same machine disturb least, and time by the clock against polars and duckdb, which use all cores. The garbage
collector is off while anything is timed.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import os
import platform
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

import attrs

sys.path.insert(0, str(Path(__file__).parent))

from generated_deals import ALL_STAGES, NOW, ROTS_AFTER, Columns, chunks_of_rows, columns
from measure_peers import PEERS, Figures

from salesflow.measure import (
    Competitors,
    DealSize,
    Funnel,
    Kept,
    LeadSources,
    LossReasons,
    Measured,
    Metric,
    NoNextStep,
    Objections,
    PushedCloseDates,
    RottingShare,
    SalesCycle,
    StageConversion,
    Tallies,
    TaskCompletion,
    TimeInStage,
    TotalAmount,
    Velocity,
    WinRate,
    WinReasons,
    WorkedDays,
    grouped,
)
from salesflow.measure.metric import CHUNK

T = TypeVar("T")

BOUNDS = {
    "metrics_vs_pandas": 6.0,
    "exact_metrics_vs_pandas": 10.0,
    "growth_100k_1m": 1.3,
    "frames_vs_polars": 1.3,
}
SEED = 20_261_102


def metrics(*, quantiles: Sequence[str] = (), kept: Kept = Kept.EXACT) -> dict[str, Metric[object]]:
    """All metrics, by name.

    Args:
        quantiles: of everything that has some.
        kept: what is kept for them.
    """
    wanted = {"quantiles": quantiles, "kept": kept}
    return {
        "win rate": WinRate(),
        "win rate of all": WinRate(among="all"),
        "win rate by value": WinRate(by_value=True),
        "deal": DealSize(**wanted),
        "cycle": SalesCycle(**wanted),
        "working cycle": SalesCycle(calendar=WorkedDays(), **wanted),
        "time in stage": TimeInStage(until=NOW, **wanted),
        "funnel": Funnel(stages=ALL_STAGES[:-1]),
        "conversion": StageConversion(),
        "velocity": Velocity(),
        "loss reasons": LossReasons(),
        "win reasons": WinReasons(),
        "competitors": Competitors(),
        "objections": Objections(**wanted),
        "rotting": RottingShare(at=NOW, rots_after=ROTS_AFTER),
        "no next step": NoNextStep(),
        "pushed": PushedCloseDates(),
        "tasks": TaskCompletion(at=NOW),
        "sources": LeadSources(),
        "by owner": grouped(WinRate(), "owner"),
        "by month": grouped(TotalAmount(), "month"),
    }


def figures(measured: Measured, asked: dict[str, Metric[object]], *, medians: bool) -> Figures:
    """What our metrics say, under the names that all sides share; amounts in cents."""
    got = {name: measured[metric] for name, metric in asked.items()}
    found: Figures = {name: got[name].value for name in ("win rate", "win rate of all", "win rate by value")}
    found["average deal"] = _cents(got["deal"].total) / got["deal"].count
    found["velocity"] = _cents(got["velocity"].value)
    found["cycle"], found["working cycle"] = got["cycle"].mean.value, got["working cycle"].mean.value
    found["time in stage"] = {one.key: one.result.mean.value for one in got["time in stage"]}
    steps = got["funnel"].steps
    found["funnel"], found["lost in funnel"] = [one.reached for one in steps], [one.lost for one in steps]
    found["conversion"] = {
        (stage.key, way.key): way.result.numerator for stage in got["conversion"] for way in stage.result.to
    }
    for name in ("loss reasons", "win reasons", "competitors"):
        found[name] = {one.key: one.result.value for one in got[name]}
    kinds = {one.key: one.result for one in got["objections"]}
    found["resolution rate"] = {kind: one.resolution_rate.value for kind, one in kinds.items()}
    found["time to resolve"] = {kind: one.time_to_resolve.mean.value for kind, one in kinds.items()}
    found["win rate after objections"] = {kind: one.win_rate.value for kind, one in kinds.items()}
    found["rotting"], found["no next step"] = got["rotting"].numerator, got["no next step"].numerator
    found["pushed"], found["pushes"] = got["pushed"].numerator, got["pushed"].pushes
    found["short-term on time"] = got["tasks"].short_term.on_time_rate.value
    found["long-term on time"] = got["tasks"].long_term.on_time_rate.value
    sources = {one.key: one.result for one in got["sources"]}
    found["win rate by source"] = {key: one.win_rate.value for key, one in sources.items()}
    found["won by source"] = {key: _cents(one.won_amount.value) for key, one in sources.items()}
    found["cycle by source"] = {key: one.cycle.value for key, one in sources.items()}
    found["win rate by owner"] = {one.key: one.result.value for one in got["by owner"]}
    found["won by month"] = {
        one.key: _cents(one.result.value) for one in got["by month"] if one.result.value is not None
    }
    if medians:
        found["median deal"] = _cents(got["deal"].median.value)
        found["median cycle"] = got["cycle"].median.value
        found["median working cycle"] = got["working cycle"].median.value
        found["median time in stage"] = {one.key: one.result.median.value for one in got["time in stage"]}
        found["median time to resolve"] = {kind: one.time_to_resolve.median.value for kind, one in kinds.items()}
    return found


def _cents(amount) -> object:
    return amount.amount * 100


def differences(ours: Figures, theirs: Figures) -> list[str]:
    """The figures that two sides do not agree on; rounding to cents, and of floats, is no difference."""
    return [name for name in ours if not _agree(ours[name], theirs.get(name))]


def _agree(one: object, other: object) -> bool:
    if isinstance(one, dict):
        return isinstance(other, dict) and {*one} == {*other} and all(_agree(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(_agree, one, other))
    if one is None or other is None:
        return one is other
    return abs(float(one) - float(other)) <= max(1e-9 * abs(float(one)), 0.51 if abs(float(one)) > 10_000 else 1e-9)


@contextmanager
def quiet() -> Iterator[None]:
    """The garbage collector off, after it has run."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@attrs.define
class Spent:
    """Time that was spent: by the clock on the wall, and by the processor."""

    wall: float = 0.0
    cpu: float = 0.0

    def on(self, work: Callable[[], T]) -> T:
        """Do it, and add the time that it takes."""
        wall, cpu = perf_counter(), process_time()
        done = work()
        self.wall += perf_counter() - wall
        self.cpu += process_time() - cpu
        return done


@attrs.define
class Pass:
    """A pass over all rows: the time that it took, and what it found."""

    spent: Spent
    figures: Figures


def passes(table: Columns, variants: Iterable[str]) -> dict[str, Pass]:
    """Measure all deals in each of the variants, chunk by chunk; making the rows of a chunk is not timed."""
    asked = {variant: metrics(**VARIANTS[variant]) for variant in variants}
    tallies = {variant: Tallies(*own.values()) for variant, own in asked.items()}
    spent = {variant: Spent() for variant in asked}
    turns = list(asked)
    with quiet():
        for rows in chunks_of_rows(table, CHUNK):
            for variant in turns:
                spent[variant].on(lambda variant=variant, rows=rows: tallies[variant].add_all(rows))
            turns.append(turns.pop(0))
        measured = {variant: spent[variant].on(tallies[variant].results) for variant in asked}
    return {
        variant: Pass(spent[variant], figures(measured[variant], own, medians=variant == "exact"))
        for variant, own in asked.items()
    }


def memory_of_a_pass(table: Columns, asked: dict[str, Metric[object]], rows: int) -> int:
    """The bytes that the tallies hold after so many rows."""
    tallies = Tallies(*asked.values())
    tracemalloc.start()
    try:
        for chunk in islice(chunks_of_rows(table, CHUNK), rows // CHUNK):
            tallies.add_all(chunk)
            del chunk
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@attrs.define
class Report:
    """Ratios with their bounds, other figures, and why what is missing is missing."""

    ratios: dict[str, float | None] = attrs.field(factory=dict)
    figures: dict[str, object] = attrs.field(factory=dict)
    reasons: dict[str, str] = attrs.field(factory=dict)

    def as_json(self) -> str:
        return json.dumps(
            {"ratios": self.ratios, "figures": self.figures, "reasons": self.reasons, "bounds": BOUNDS}, indent=2
        )

    def as_table(self) -> str:
        lines = [f"{'ratio':28} {'measured':>10} {'bound':>8}"]
        for name, value in self.ratios.items():
            shown = "-" if value is None else f"{value:.3f}"
            lines.append(f"{name:28} {shown:>10} {BOUNDS.get(name, ''):>8}")
        lines += [f"{name:28} {value}" for name, value in self.figures.items()]
        lines += [f"{name}: {reason}" for name, reason in self.reasons.items()]
        return "\n".join(lines)


PREFIXES = {"plain": "", "exact": "exact_", "sketch": "sketched_"}
ON_ONE_CORE = ("pandas",)
"""The others use all cores, and are compared by the clock on the wall."""

VARIANTS: dict[str, dict[str, object]] = {
    "plain": {},
    "exact": {"quantiles": ["0.5"]},
    "sketch": {"quantiles": ["0.5"], "kept": Kept.SKETCH},
}


def measure_sides(report: Report, count: int, rounds: int) -> None:
    """Time all sides on the same deals, and hold them to the same figures."""
    table = columns(count, seed=SEED)
    ours = passes(table, VARIANTS)
    report.figures["deals"], report.figures["visits"] = count, len(table.visits["deal"])
    for variant, done in ours.items():
        report.figures |= {
            f"{variant}_seconds": round(done.spent.wall, 3),
            f"{variant}_cpu_seconds": round(done.spent.cpu, 3),
        }
    for name, (load, program) in PEERS.items():
        ratios = {variant: f"{prefix}metrics_vs_{name}" for variant, prefix in PREFIXES.items()}
        if importlib.util.find_spec(name) is None:
            report.ratios |= dict.fromkeys(ratios.values())
            report.reasons |= dict.fromkeys(ratios.values(), f"{name} is not installed; it is in the group bench")
            continue
        theirs = least_of(load(table), program, rounds)
        report.figures |= {f"{name}_seconds": round(theirs.spent.wall, 3)}
        for variant, ratio in ratios.items():
            unlike = differences(ours[variant].figures, theirs.figures) if variant != "sketch" else []
            if unlike:
                raise AssertionError(f"{variant} and {name} do not agree on {', '.join(unlike)}")
            one, other = ours[variant].spent, theirs.spent
            report.ratios[ratio] = one.cpu / other.cpu if name in ON_ONE_CORE else one.wall / other.wall
    report.figures["plain_us_per_deal"] = round(ours["plain"].spent.cpu / count * 1e6, 2)


def least_of(frames: object, program: Callable[[object], Figures], rounds: int) -> Pass:
    """The fastest of some rounds of a program."""
    done = []
    for _ in range(rounds):
        spent = Spent()
        with quiet():
            found = spent.on(lambda: program(frames))
        done.append(Pass(spent, found))
    return min(done, key=lambda one: one.spent.wall)


def measure_growth(report: Report, count: int) -> None:
    """Time per deal with ``count`` deals, measured before, by that with a tenth of them."""
    few = count // 10
    done = passes(columns(few, seed=SEED), ["plain"])
    many_cpu, few_cpu = report.figures["plain_cpu_seconds"], done["plain"].spent.cpu
    report.ratios["growth_100k_1m"] = (many_cpu / count) / (few_cpu / few)
    report.figures["growth_counts"] = [few, count]


def measure_memory(report: Report, rows: int) -> None:
    """What the tallies hold after some deals and after five times as many: without medians it does not grow."""
    table = columns(5 * rows, seed=SEED)
    for variant in ("plain", "sketch"):
        for some in (rows, 5 * rows):
            report.figures[f"bytes_of_{variant}_tallies_{some}"] = memory_of_a_pass(
                table, metrics(**VARIANTS[variant]), some
            )


def measure_rows(report: Report, count: int) -> None:
    """How long making the rows takes that the passes are given."""
    table = columns(count, seed=SEED)
    spent = Spent()
    with quiet():
        spent.on(lambda: list(chunks_of_rows(table, CHUNK)))
    report.figures["rows_us_per_deal"] = round(spent.cpu / count * 1e6, 2)


def measure_frames(report: Report, *, quick: bool) -> None:
    """What ``frames_bench.py`` beside this program measures, where it is there."""
    try:
        bench = import_module("frames_bench")
    except ImportError as error:
        report.ratios["frames_vs_polars"] = None
        report.reasons["frames_vs_polars"] = f"frames_bench cannot be imported: {error}"
        return
    for name, value in bench.measure(quick).items():
        if isinstance(value, int | float) and "_vs_" in name:
            report.ratios[name] = value
        else:
            report.figures[name] = value


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print what was measured."""
    parser = argparse.ArgumentParser(description="How long measuring takes, against pandas, polars and duckdb.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="fewer deals and rounds; the ratios are rough")
    parser.add_argument("--deals", type=int, metavar="N", help="how many deals, a million where not given")
    options = parser.parse_args(arguments)
    count = options.deals or (20_000 if options.quick else 1_000_000)
    report = Report()
    report.figures |= {"python": platform.python_version(), "cores": os.cpu_count() or 1, "quick": options.quick}
    measure_sides(report, count, 3)
    measure_growth(report, count)
    measure_memory(report, min(count // 10, 2_000))
    measure_rows(report, min(count, 20_000))
    measure_frames(report, quick=options.quick)
    print(report.as_json() if options.json else report.as_table())


if __name__ == "__main__":
    main()
