"""The door of the kit: every name loads when it is asked for, and what is missing is named."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import salesflow.testing as kit

ROOM = Path(kit.__file__).parent


@pytest.mark.parametrize("name", kit.__all__)
def test_a_name_of_the_kit_can_be_imported(name: str) -> None:
    module = importlib.import_module(f"salesflow.testing.{kit._HOME_OF[name]}")
    assert getattr(kit, name) is getattr(module, name)
    assert name in module.__all__


def test_no_name_is_that_of_a_file_which_would_take_its_place() -> None:
    files = {path.stem for path in ROOM.glob("*.py")} | {path.name for path in ROOM.iterdir() if path.is_dir()}
    assert files & set(kit.__all__) == set()


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="sale_att"):
        kit.sale_att  # type: ignore[attr-defined]  # the mistake


def test_all_names_are_offered_in_an_interpreter() -> None:
    assert set(kit.__all__) <= set(dir(kit))


def test_what_type_checkers_see_is_what_is_loaded() -> None:
    tree = ast.parse(Path(kit.__file__).read_text("utf-8"))
    seen = {
        alias.name: (node.module or "").removeprefix("salesflow.testing.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("salesflow.testing.")
        for alias in node.names
    }
    assert seen == kit._HOME_OF
    assert sorted(seen) == sorted(kit.__all__)


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    return done.stdout.strip() + done.stderr.strip()


def test_importing_the_kit_costs_those_nothing_who_do_not_ask() -> None:
    loaded = (
        "sorted(name for name in sys.modules if name.split('.')[0] in ('salesflow', 'hypothesis', 'pytest', 'attr'))"
    )
    modules = run(f"import sys, salesflow.testing; print({loaded})")
    assert modules == "['salesflow', 'salesflow._doors', 'salesflow.testing']"


def test_the_kit_works_without_pytest_and_hypothesis() -> None:
    program = """
import sys
sys.modules["hypothesis"] = sys.modules["pytest"] = None
from salesflow import DealLost
from salesflow.standard import StandardProcess
from salesflow.testing import assert_blocked, check_process, given, observing, sale_at
assert_blocked(sale_at(StandardProcess, "preparation"), by="briefing_is_complete")
given(sale_at(StandardProcess, "closing")).when(lambda sale: sale.lose(reason="price")).then(DealLost)
check_process(StandardProcess, bound=2)
print("fine")
"""
    assert run(program) == "fine"


@pytest.mark.parametrize(
    "line",
    ["import salesflow.testing.strategies", "from salesflow.testing import run_process_machine"],
)
def test_what_needs_hypothesis_names_the_extra(line: str) -> None:
    program = f"""
import sys
sys.modules["hypothesis"] = None
from salesflow import MissingExtra
try:
    {line}
except MissingExtra as error:
    print(error)
"""
    assert "salesflow[testing]" in run(program)
