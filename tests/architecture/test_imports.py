"""Imports go one way: each room may use what stands before it, and nothing that stands after it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from architecture.sources import Source, sources

STEPS = (
    {"_doors"},
    {"errors"},
    {"_copying"},
    {"values"},
    {"outcome"},
    {"answer"},
    {"entity"},
    {"event"},
    {"worked"},
    {"people", "deal"},
    {"changes"},
    {"process"},
    {"work"},
    {"sale"},
    {"standard"},
    {"storage"},
    {"leads"},
    {"measure"},
    {"board"},
    {"testing"},
)
"""The rooms in order. Rooms of one step do not use each other."""

STEP_OF = {room: number for number, rooms in enumerate(STEPS) for room in rooms}

LATE = {
    ("salesflow.process.definition", "salesflow.sale"): "a process is where a sale begins, and a sale runs a process",
}
"""Imports within functions that go the other way, each with its reason."""


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def against(source: Source) -> list[str]:
    """The imports of a module that go the wrong way."""
    own = room_of(source.name)
    wrong = []
    for found in source.imports:
        if found.for_types or found.module.split(".")[0] != "salesflow":
            continue
        if found.in_function and (source.name, found.module) in LATE:
            continue
        room = room_of(found.module)
        if not room:
            wrong.append(f"{source.name}:{found.line} imports salesflow itself; name the module")
        elif room != own and STEP_OF[room] >= STEP_OF[own]:
            wrong.append(f"{source.name}:{found.line} imports {found.module}")
    return wrong


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {room_of(source.name) for source in sources()} - {""}
    assert rooms <= set(STEP_OF), f"put {sorted(rooms - set(STEP_OF))} in its place"


@pytest.mark.parametrize("source", [one for one in sources() if one.name != "salesflow"], ids=lambda one: one.name)
def test_a_module_imports_only_what_stands_before_it(source: Source) -> None:
    assert against(source) == []


def test_the_front_door_loads_nothing() -> None:
    (front,) = [source for source in sources() if source.name == "salesflow"]
    loaded = {found.module for found in front.imports if not found.for_types}
    assert loaded == {"__future__", "importlib", "typing"}


def test_no_import_is_relative() -> None:
    relative = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_the_listed_exceptions_are_still_there() -> None:
    late = {(source.name, found.module) for source in sources() for found in source.imports if found.in_function}
    assert set(LATE) <= late, "an exception that is no longer used is taken off the list"


def test_the_engine_knows_no_stage_by_name() -> None:
    names = {"prospecting", "preparation", "approach", "presentation", "objection_handling", "closing", "follow_up"}
    spelled = [
        f"{source.name}:{node.lineno} {node.value}"
        for source in sources()
        if room_of(source.name) in ("process", "sale")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert spelled == []


def test_the_test_sees_an_import_that_goes_the_wrong_way() -> None:
    tree = ast.parse("from salesflow.sale import Sale\nfrom salesflow.errors import Refused\n")
    forged = Source("salesflow.values.forged", Path("forged.py"), tree)
    assert against(forged) == ["salesflow.values.forged:1 imports salesflow.sale"]


def test_the_test_passes_over_imports_for_types_and_sees_those_in_functions() -> None:
    tree = ast.parse(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from salesflow.sale import Sale\n"
        "def late() -> None:\n    from salesflow.storage import memory\n"
    )
    forged = Source("salesflow.values.forged", Path("forged.py"), tree)
    assert against(forged) == ["salesflow.values.forged:5 imports salesflow.storage.memory"]
