"""How fast a log of another system is replayed: against a bare loop that reads it and looks the moves up in a dict.

Run it with ``python tests/benchmarks/replay.py [--json] [--quick]``. Both read the same list of events, one after the other
in the same run, several times; the ratio is that of the medians. The log is generated from a seed: most cases walk the
standard process, some lose, go back, skip or repeat a stage.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from salesflow.process.conformance import CaseEvent
from salesflow.standard import StandardProcess

PROCESS = StandardProcess()
STAGES = [stage.key for stage in PROCESS.stages]
MOVES = {(route.source, route.target): route.move for route in PROCESS.routes}
BOUND = 2.0
"""Replaying is at least half as fast as the loop."""


def generated(events: int, *, seed: int = 7, deviating: float = 0.05) -> list[CaseEvent]:
    """A log of so many events; this share of the steps leads where no move leads, or nowhere."""
    dice = random.Random(seed)
    onward = {
        stage: [route.target for route in PROCESS.routes if route.source == stage and route.move in ("advance", "win")]
        for stage in STAGES
    }
    log: list[CaseEvent] = []
    at = datetime(2026, 1, 1, tzinfo=UTC)
    case = 0
    while len(log) < events:
        case += 1
        here = STAGES[0]
        log.append((f"C-{case}", here, at := at + timedelta(minutes=1)))
        while onward[here] and dice.random() > 0.1:
            here = dice.choice(STAGES) if dice.random() < deviating else dice.choice(onward[here])
            log.append((f"C-{case}", here, at := at + timedelta(minutes=1)))
    return log[:events]


def bare_loop(log: list[CaseEvent]) -> int:
    """What nobody could do faster: read, look up, count."""
    here: dict[str, str] = {}
    unknown = 0
    for case, stage, _at in log:
        before = here.get(case)
        if before is not None and (before, stage) not in MOVES:
            unknown += 1
        here[case] = stage
    return unknown


def seconds(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measured(*, quick: bool) -> dict[str, object]:
    log = generated(50_000 if quick else 1_000_000)
    loops, replays = [], []
    for _ in range(3 if quick else 9):
        loops.append(seconds(lambda: bare_loop(log)))
        replays.append(seconds(lambda: PROCESS.replay(log)))
    found = PROCESS.replay(log)
    loop, replay = statistics.median(loops), statistics.median(replays)
    return {
        "ratios": {"replay_vs_loop": round(replay / loop, 3)},
        "bounds": {"replay_vs_loop": BOUND},
        "figures": {
            "events": len(log),
            "cases": found.cases,
            "fitting": found.fitting,
            "variants": len(found.variants),
            "events_per_second": round(len(log) / replay),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--quick", action="store_true", help="a small log, for a look")
    arguments = parser.parse_args()
    result = measured(quick=arguments.quick)
    if arguments.json:
        print(json.dumps(result, indent=1))
    else:
        for part, figures in result.items():
            print(part, *(f"  {name}: {figure}" for name, figure in dict(figures).items()), sep="\n")  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
