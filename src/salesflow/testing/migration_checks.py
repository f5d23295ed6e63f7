"""Migrations held to what they are for: that no deal, and no lead, is left behind under a version that nobody works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from salesflow.process.engine import Process
from salesflow.process.migration import Migration
from salesflow.process.position import Position
from salesflow.testing.auditing import Findings
from salesflow.testing.problems import ProblemKind

__all__ = ["check_migrations"]


def check_migrations(process: Process[Any], findings: Findings) -> None:
    """Note a version that is not taken over, and stages that lead nowhere.

    What stood in a process of another key, or of an earlier version, is known where this one derives from it.

    Args:
        process: the process.
        findings: where problems are noted.
    """
    before = process.version - 1
    if before and not any((one.process, one.version) == (process.key, before) for one in process.migrations):
        findings.add(
            ProblemKind.MIGRATION_IS_MISSING,
            f"{process.key} {process.version}",
            f"what runs under {process.key} {before} cannot be worked under it",
            way_out=f"give migrations = (Migration(process={process.key!r}, version={before}, stages={{...}}),)",
        )
    for migration in process.migrations:
        left = list(_left_behind(process, migration))
        if left:
            findings.add(
                ProblemKind.MIGRATION_IS_MISSING,
                f"{process.key} {process.version}, from {migration.process} {migration.version}",
                f"what is in {', '.join(left)} has no stage of the same outcome here",
                way_out="name in its stages what becomes of each",
            )


def _left_behind(process: Process[Any], migration: Migration) -> Iterator[str]:
    here: Mapping[str, Position[Any]] = process._layout.stages
    for key, stage in _stages_of(process, migration).items():
        target = here.get(migration.stages.get(key, key))
        if target is None or target.outcome is not stage.outcome:
            yield key


def _stages_of(process: Process[Any], migration: Migration) -> Mapping[str, Position[Any]]:
    """The stages of the process that is taken over, where this one derives from it; nothing otherwise."""
    for base in type(process).__mro__[1:]:
        if issubclass(base, Process) and (base.key, base.version) == (migration.process, migration.version):
            return base._layout.stages
    return {}
