"""The doors of rooms: every name loads when it is first asked for, and type checkers see what is loaded."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import salesflow.leads

ROOMS = [importlib.import_module(f"salesflow.{room}") for room in ("leads", "measure", "board", "testing")]
rooms = pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)


def seen_by_type_checkers(room: ModuleType) -> dict[str, str]:
    """The module of each name that a room imports for type checkers."""
    tree = ast.parse(Path(str(room.__file__)).read_text("utf-8"))
    return {
        alias.name: (node.module or "").removeprefix(f"{room.__name__}.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{room.__name__}.")
        for alias in node.names
        if alias.asname == alias.name
    }


@rooms
def test_every_name_of_a_room_is_what_it_is_at_home(room: ModuleType) -> None:
    for name, home in room._HOME_OF.items():
        assert getattr(room, name) is getattr(importlib.import_module(f"{room.__name__}.{home}"), name)


@rooms
def test_what_type_checkers_see_is_what_is_loaded(room: ModuleType) -> None:
    assert seen_by_type_checkers(room) == room._HOME_OF
    assert sorted(room._HOME_OF) == sorted(room.__all__)


@rooms
def test_a_name_that_there_is_not_is_an_error_that_says_where_it_was_looked_for(room: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{room.__name__}' has no attribute 'Dael'"):
        room.Dael
    with pytest.raises(ImportError, match="cannot import name 'Dael'"):
        exec(f"from {room.__name__} import Dael", {})


@rooms
def test_all_names_are_offered_in_an_interpreter_beside_what_is_there(room: ModuleType) -> None:
    assert {*room.__all__, "__doc__"} <= set(dir(room))
    assert dir(room) == sorted(set(dir(room)))


def test_what_was_asked_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(salesflow.leads), "LeadProcess", raising=False)
    asked = salesflow.leads.LeadProcess
    assert vars(salesflow.leads)["LeadProcess"] is asked


@pytest.mark.parametrize("first", ["find_duplicates", "matching_keys", "plan_conversion"])
def test_a_file_does_not_take_the_place_of_a_name_whatever_is_loaded_before(first: str) -> None:
    program = (
        "import salesflow.leads.duplicates\n"
        f"from salesflow.leads import {first}\n"
        "from salesflow.leads import matching_keys as by_the_door\n"
        "from salesflow.leads.matching_keys import matching_keys\n"
        "from salesflow.leads import matching_keys as again\n"
        "assert by_the_door is matching_keys is again"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
