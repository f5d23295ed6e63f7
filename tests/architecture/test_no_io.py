"""No I/O and no hidden input: no file, socket, environment, printing, logging, clock or randomness in the library."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from architecture.sources import Source, sources

OUTSIDE = frozenset(
    [
        "asyncio",
        "concurrent",
        "ctypes",
        "fileinput",
        "ftplib",
        "getpass",
        "glob",
        "http",
        "io",
        "locale",
        "logging",
        "mmap",
        "multiprocessing",
        "os",
        "pathlib",
        "platform",
        "random",
        "requests",
        "secrets",
        "select",
        "selectors",
        "shutil",
        "signal",
        "smtplib",
        "socket",
        "socketserver",
        "sqlite3",
        "ssl",
        "subprocess",
        "syslog",
        "tempfile",
        "time",
        "urllib",
        "uuid",
        "warnings",
        "webbrowser",
    ]
)
"""Modules that reach outside, or bring something in that nobody passed."""

CALLS = frozenset({"open", "print", "input", "breakpoint", "eval"})
CLOCKS = frozenset({"now", "utcnow", "today"})


MAY = {
    ("salesflow.testing.storage_contract.awaiting", "asyncio"): "it runs the coroutines of the storage under test",
    ("salesflow.testing.storage_contract.killing", "multiprocessing"): (
        "it starts a process that writes to the storage under test, and kills it"
    ),
}
"""Exceptions, each with its reason: a module, and what it may import."""


def reaching_out(source: Source) -> list[str]:
    """What a module uses that reaches outside."""
    used = [(found.line, found.module.split(".")[0]) for found in source.imports if not found.for_types]
    found = [
        f"{source.name}:{number} imports {top}"
        for number, top in used
        if top in OUTSIDE and (source.name, top) not in MAY
    ]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in CALLS:
                found.append(f"{source.name}:{node.lineno} calls {called.id}()")
            if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
                found.append(f"{source.name}:{node.lineno} calls {ast.unparse(called)}()")
        elif isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
            found.append(f"{source.name}:{node.lineno} reads {ast.unparse(node)}")
    return found


def importers_of(package: str, *, at_import_only: bool = False) -> set[str]:
    """The modules that import a package."""
    return {
        source.name
        for source in sources()
        for found in source.imports
        if found.module.split(".")[0] == package and not (at_import_only and (found.in_function or found.for_types))
    }


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_a_module_reaches_for_nothing_outside(source: Source) -> None:
    assert reaching_out(source) == []


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "import os.path",
        "from time import monotonic",
        "from random import random",
        "import uuid",
        "import logging",
        "print('here')",
        "open('a file')",
        "at = datetime.now(UTC)",
        "on = date.today()",
        "at = datetime.datetime.utcnow()",
        "def late():\n    import socket",
        "home = host.environ['HOME']",
    ],
)
def test_the_test_sees_what_reaches_outside(line: str) -> None:
    assert reaching_out(Source("forged", Path("forged.py"), ast.parse(line))) != []


def test_only_the_machine_knows_transitions() -> None:
    assert importers_of("transitions") == {"salesflow.process._machine"}


def test_of_transitions_only_the_core_is_used() -> None:
    (machine,) = [source for source in sources() if source.name == "salesflow.process._machine"]
    used = {found.module for found in machine.imports if found.module.startswith("transitions")}
    assert used <= {"transitions", "transitions.core"}


def test_dateutil_is_loaded_when_it_is_first_needed() -> None:
    assert importers_of("dateutil", at_import_only=True) == set()


def test_neither_the_parser_nor_the_time_zones_of_dateutil_are_used() -> None:
    used = {
        found.module for source in sources() for found in source.imports if found.module.split(".")[0] == "dateutil"
    }
    assert used <= {"dateutil.relativedelta", "dateutil.rrule", "dateutil.easter"}


def test_the_library_needs_nothing_but_its_three_dependencies() -> None:
    ours = {"salesflow", "attr", "attrs", "transitions", "dateutil", "typing_extensions"}
    in_the_testing_room = {"pytest", "hypothesis"}
    foreign = {
        (source.name, found.module.split(".")[0])
        for source in sources()
        for found in source.imports
        if not found.in_function
        and found.module.split(".")[0] not in sys.stdlib_module_names | ours
        and not (source.name.startswith("salesflow.testing") and found.module.split(".")[0] in in_the_testing_room)
        and not found.for_types
    }
    assert foreign == set(), "an optional dependency is imported within the function that needs it"


def loaded_after(*lines: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running these lines."""
    program = "\n".join(["import sys", *lines, "import json", "print(json.dumps(sorted(sys.modules)))"])
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(said.stdout))


def test_importing_salesflow_loads_none_of_its_rooms() -> None:
    loaded = loaded_after("import salesflow")
    assert {name for name in loaded if name.startswith("salesflow.")} == set()
    assert not loaded & {"attr", "transitions", "dateutil", "asyncio", "decimal"}


def test_working_on_a_deal_loads_only_what_it_needs() -> None:
    loaded = loaded_after(
        "from datetime import UTC, datetime",
        "from salesflow.standard import StandardProcess",
        "at = datetime(2026, 11, 2, 9, tzinfo=UTC)",
        "sale = StandardProcess().open(id='D-1', name='Order desk', by='noa', at=at)",
        "sale.qualification.record(need='one place', can_afford=True)",
        "sale.advance()",
        "sale.changes",
    )
    rooms = ("leads", "storage", "measure", "board", "testing")
    unneeded = {name for name in loaded if name.split(".")[:2] in [["salesflow", room] for room in rooms]}
    assert unneeded == set()
    assert not loaded & {"asyncio", "transitions.extensions", "dateutil", "dateutil.parser", "dateutil.tz", "unittest"}
