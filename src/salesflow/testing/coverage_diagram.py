"""Process coverage drawn: the process as Mermaid text, with a class for what was exercised and one for what was not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesflow.outcome import Outcome
from salesflow.process.diagram import mermaid_text

if TYPE_CHECKING:
    from salesflow.testing.process_coverage import MoveCoverage, ProcessCoverage, StageCoverage

__all__ = ["coverage_diagram"]

_QUIET = ("go_back", "reopen")
_CLASSES = (
    ("covered", "fill:#d7f0dd,stroke:#1a7f37,color:#0b3d1a"),
    ("partly", "fill:#fff3c4,stroke:#9a6700,color:#4d3300"),
    ("missed", "fill:#ffe0dd,stroke:#b42318,color:#5c120c,stroke-dasharray:5 3"),
)
"""The classes of stages: dark on light, and the missed ones dashed, so that no meaning hangs on a color alone."""


def coverage_diagram(coverage: ProcessCoverage) -> str:
    """The process as a Mermaid state diagram that shows what was exercised.

    A stage is ``covered`` where something was in it and every answer of its requirements was seen, ``partly`` where an
    answer is missing, ``missed`` where nothing was in it. A move says how often it was made. Going back and reopening
    are drawn where they were made: every stage has them, and drawn all together they hide the rest.
    """
    return "\n".join(_lines(coverage)) + "\n"


def _lines(coverage: ProcessCoverage) -> Iterator[str]:
    names = {stage.stage: f"s{number}" for number, stage in enumerate(coverage.stages, 1)}
    yield "stateDiagram-v2"
    yield "    direction LR"
    for stage in coverage.stages:
        yield f'    state "{mermaid_text(stage.title)} ({stage.entered})" as {names[stage.stage]}'
    for stage in coverage.stages[:1]:
        yield f"    [*] --> {names[stage.stage]}"
    for move in coverage.moves:
        if move.made or move.move not in _QUIET:
            yield f"    {names[move.source]} --> {names[move.target]}: {mermaid_text(move.title)}, {_told(move)}"
    for stage in coverage.stages:
        if stage.outcome is not Outcome.OPEN:
            yield f"    {names[stage.stage]} --> [*]"
    for name, style in _CLASSES:
        yield f"    classDef {name} {style}"
    for stage in coverage.stages:
        yield f"    class {names[stage.stage]} {_class_of(stage, coverage)}"


def _told(move: MoveCoverage) -> str:
    made = "never made" if not move.made else "made once" if move.made == 1 else f"made {move.made} times"
    return f"{made}, refused {move.refused}" if move.refused else made


def _class_of(stage: StageCoverage, coverage: ProcessCoverage) -> str:
    if not stage.is_covered:
        return "missed"
    own = [one for one in coverage.requirements if one.stage == stage.stage]
    return "covered" if all(one.met and one.unmet for one in own) else "partly"
