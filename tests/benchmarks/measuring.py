"""How the benchmark of storages measures: sides that take turns, medians over rounds, and a report."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import median
from time import perf_counter
from types import ModuleType
from typing import Any

import attrs

TESTS = Path(__file__).resolve().parents[1]
PROGRAMS = TESTS.parent / "docs" / "examples" / "storage"
AT_MOST = {
    "records_vs_json": 3.0,
    "sqlite_vs_driver": 1.5,
    "postgres_vs_driver": 1.5,
    "get_growth": 2.0,
    "page_growth": 1.3,
}
AT_LEAST = {"eventsourcing_vs_records": 3.0}
RATIOS = (
    "commit_vs_dict",
    "records_vs_json",
    "eventsourcing_vs_records",
    "sqlite_vs_driver",
    "postgres_vs_driver",
    "get_growth",
    "page_growth",
)


Side = Callable[[], float]
"""Prepares what it needs and gives the seconds that one job took."""


@contextlib.contextmanager
def collected() -> Iterator[None]:
    """Everything that is garbage is collected before, and nothing meanwhile."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def timed(job: Callable[[Any], object], items: Sequence[object]) -> float:
    """Seconds that one of these jobs takes."""
    with collected():
        start = perf_counter()
        for item in items:
            job(item)
        return (perf_counter() - start) / len(items)


async def timed_async(job: Callable[[Any], Awaitable[object]], items: Sequence[object]) -> float:
    """Seconds that one of these jobs takes, one awaited after the other."""
    with collected():
        start = perf_counter()
        for item in items:
            await job(item)
        return (perf_counter() - start) / len(items)


def rounds(sides: dict[str, Side], repeats: int) -> dict[str, list[float]]:
    """Seconds per job of every side, round by round; each side warms up first."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for side in sides.values():
        side()
    for number in range(repeats):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            seconds[name].append(sides[name]())
    return seconds


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over the rounds of ours by theirs."""
    return round(median(one / other for one, other in zip(ours, theirs, strict=True)), 3)


@attrs.define
class Report:
    """What was measured."""

    ratios: dict[str, float | None] = attrs.field(factory=lambda: dict.fromkeys(RATIOS))
    figures: dict[str, object] = attrs.field(factory=dict)
    reasons: dict[str, str] = attrs.field(factory=dict)

    def note(self, seconds: dict[str, list[float]]) -> None:
        """Keep the medians, in microseconds."""
        self.figures |= {f"{name}_us": round(median(found) * 1e6, 2) for name, found in seconds.items()}

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps({**attrs.asdict(self), "bounds": {"at_most": AT_MOST, "at_least": AT_LEAST}}, indent=1)

    def as_table(self) -> str:
        """A table for people."""
        lines = [f"{'ratio':<32}{'measured':>10}   bound"]
        for name, value in self.ratios.items():
            shown = "-" if value is None else f"{value:.3f}"
            bound = f"at most {AT_MOST[name]}" if name in AT_MOST else ""
            bound = f"at least {AT_LEAST[name]}" if name in AT_LEAST else bound
            lines.append(f"{name:<32}{shown:>10}   {bound:<14}{self.reasons.get(name, '')}".rstrip())
        lines += ["", *(f"{name:<42}{value!s:>12}" for name, value in self.figures.items())]
        return "\n".join(lines)


def loaded(path: Path, *, name: str | None = None) -> ModuleType:
    """A module by its file, loaded once."""
    name = name or path.stem
    if name not in sys.modules:
        spec = spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def program(name: str) -> ModuleType:
    """An adapter under ``docs/examples/storage``."""
    return loaded(PROGRAMS / f"{name}.py")


def missing(*names: str) -> str | None:
    """Why something is left out, or ``None`` where all of it is installed."""
    absent = [name for name in names if find_spec(name) is None]
    return f"{', '.join(absent)} not installed" if absent else None
