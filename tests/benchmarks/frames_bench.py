"""How long the metrics take through frames on polars, against polars written by hand for the same metrics.

A program, not a test; ``measure.py`` beside it runs it too::

    uv run --group bench tests/benchmarks/frames_bench.py [--quick]

Both sides have the same deals in frames of polars before anything is timed, and both give medians. The rows are known to be
right (``is_checked=True``), because the program written by hand does not look at that either; what the check takes is given
beside. The sides take turns, and the ratio is the median of the ratios of the turns, by the clock on the wall, because
polars uses all cores. The program fails where the sides do not agree.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent))

from generated_deals import ALL_STAGES, CLOSED, STAGES, Columns, columns
from measure_peers import in_polars, polars_frames

from salesflow.measure import FrameTables

SEED = 20_261_102
MOMENTS = {
    "opened": "opened_at",
    "closed": "closed_at",
    "entered": "entered_at",
    "left": "left_at",
    "raised": "raised_at",
    "settled": "settled_at",
    "created": "created_at",
    "due": "due_at",
    "done": "done_at",
}
NAMES = {**MOMENTS, "deal": "deal_id", "next": "next_stage", "amount": "amount_minor"}


def tables_of(frames: dict[str, object]) -> FrameTables:
    """The frames of the program written by hand, under the names and with the types that metrics know."""
    import polars as pl

    named = {}
    for part, frame in frames.items():
        moments = (pl.col(one).dt.replace_time_zone("UTC") for one in MOMENTS if one in frame.columns)
        frame = frame.with_columns(*moments)
        named[part] = frame.rename({old: new for old, new in NAMES.items() if old in frame.columns})
    meaning = dict(zip(ALL_STAGES, ("open",) * len(STAGES) + CLOSED, strict=True))
    outcomes = pl.Enum(["open", *CLOSED])
    named["visits"] = named["visits"].with_columns(
        *(
            pl.col(stage).cast(pl.String).replace_strict(meaning, return_dtype=pl.String).cast(outcomes).alias(outcome)
            for stage, outcome in (("stage", "outcome"), ("next_stage", "next_outcome"))
        )
    )
    named["deals"] = named["deals"].with_columns(pl.col("has_next_step").cast(pl.Boolean))
    return FrameTables(**named, currency="EUR")


def measure(quick: bool) -> dict[str, float]:
    """The ratio of the bound, and what both sides took.

    Args:
        quick: fewer deals and turns; the ratio is rough.
    """
    return timed(columns(20_000 if quick else 1_000_000, seed=SEED), turns=3 if quick else 5)


def timed(table: Columns, *, turns: int) -> dict[str, float]:
    """Let both sides measure the same deals in turns, and hold them to the same figures."""
    from measure import differences, figures, metrics, quiet

    frames = polars_frames(table)
    tables = tables_of(frames)
    asked = metrics(quantiles=["0.5"])
    started = perf_counter()
    faults = tables.faults()
    checked = perf_counter() - started
    if faults:
        raise AssertionError("; ".join(map(str, faults)))
    ours, theirs = [], []
    for turn in range(turns + 1):
        with quiet():
            started = perf_counter()
            by_hand = in_polars(frames)
            between = perf_counter()
            measured = tables.measure(*asked.values(), is_checked=True)
            ended = perf_counter()
        if turn:  # the first one warms both up
            theirs.append(between - started)
            ours.append(ended - between)
    unlike = differences(figures(measured, asked, medians=True), by_hand)
    if unlike:
        raise AssertionError(f"frames and polars do not agree on {', '.join(unlike)}")
    return {
        "frames_vs_polars": median(one / other for one, other in zip(ours, theirs, strict=True)),
        "frames_seconds": round(median(ours), 3),
        "polars_by_hand_seconds": round(median(theirs), 3),
        "frames_check_seconds": round(checked, 3),
    }


def main() -> None:
    """Run the benchmark and print what was measured."""
    parser = argparse.ArgumentParser(description="How long the metrics take through frames on polars.")
    parser.add_argument("--quick", action="store_true", help="fewer deals and turns; the ratio is rough")
    for name, value in measure(parser.parse_args().quick).items():
        print(f"{name:28} {value:>10.3f}")


if __name__ == "__main__":
    main()
