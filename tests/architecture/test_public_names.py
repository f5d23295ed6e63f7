"""The public names: a list that is changed on purpose only, and everything on it is explained."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator

import pytest
from architecture.sources import Source, sources

import salesflow

NAMES = [
    "ApprovalRule",
    "BuyingRole",
    "Change",
    "ChangeSet",
    "Contact",
    "Creation",
    "Currency",
    "CurrencyMismatch",
    "Deal",
    "DealAdopted",
    "DealHeld",
    "DealLost",
    "DealOpened",
    "DealReopened",
    "DealResumed",
    "DealUpdated",
    "DealWon",
    "Desk",
    "DryRun",
    "DuplicateKey",
    "EmailAddress",
    "EngineOwned",
    "Entity",
    "Event",
    "ForecastCategory",
    "InvalidValue",
    "KeyReused",
    "Lead",
    "LossReason",
    "MemoryStorage",
    "Migration",
    "MissingExtra",
    "Money",
    "Move",
    "MoveNotAllowed",
    "MoveRefused",
    "NextMove",
    "NotFound",
    "NotNow",
    "ObjectionKind",
    "ObjectionPlaybook",
    "Organization",
    "OutOfOrder",
    "Outcome",
    "PaymentTerms",
    "Period",
    "PhoneNumber",
    "Policy",
    "PolicyRefused",
    "PostalAddress",
    "PreparedAnswer",
    "Probability",
    "ProcessDefinitionError",
    "ProcessMigrated",
    "ProcessMismatch",
    "Recorded",
    "Refused",
    "Requirement",
    "Sale",
    "SalesProcess",
    "SalesflowError",
    "Stage",
    "StageChanged",
    "StaleVersion",
    "StorageError",
    "UnknownName",
    "Unmet",
    "WrongType",
    "currency",
    "entry_requirement",
    "exit_requirement",
    "fold",
    "requirement",
]
"""What users may import from ``salesflow``. Taking one away breaks them; adding one is a promise."""

FRONT = next(source for source in sources() if source.name == "salesflow")


def test_the_public_names_are_the_ones_we_promise() -> None:
    assert sorted(salesflow.__all__) == sorted(NAMES)


def test_the_list_is_in_order_and_names_nothing_twice() -> None:
    assert list(salesflow.__all__) == sorted(set(salesflow.__all__))


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_can_be_imported(name: str) -> None:
    assert getattr(importlib.import_module("salesflow"), name) is not None


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Dael"):
        salesflow.Dael  # type: ignore[attr-defined]  # the mistake


def test_all_names_are_offered_in_an_interpreter() -> None:
    assert set(NAMES) <= set(dir(salesflow))


def test_a_star_import_brings_all_names() -> None:
    program = "from salesflow import *\nimport salesflow\nassert all(name in globals() for name in salesflow.__all__)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_what_type_checkers_see_is_what_is_loaded() -> None:
    """The table of homes in ``__init__`` and the imports for type checkers say the same."""
    seen = {}
    for node in ast.walk(FRONT.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("salesflow."):
            for alias in node.names:
                assert alias.asname == alias.name, f"{alias.name} is not re-exported for type checkers"
                seen[alias.name] = (node.module or "").removeprefix("salesflow.")
    assert seen == salesflow._HOME_OF
    assert sorted(seen) == sorted(salesflow.__all__)


def test_a_public_name_is_public_where_it_lives() -> None:
    for name, home in salesflow._HOME_OF.items():
        module = importlib.import_module(f"salesflow.{home}")
        assert name in module.__all__, f"{home} does not list {name}"


# Explained ------------------------------------------------------------------------------------------------------------


PUBLIC = [source for source in sources() if not source.is_private]


def is_only_a_docstring(source: Source) -> bool:
    return all(isinstance(node, ast.Expr | ast.ImportFrom) for node in source.tree.body) and not any(
        isinstance(node, ast.ImportFrom) and node.module != "__future__" for node in source.tree.body
    )


@pytest.mark.parametrize("source", PUBLIC, ids=lambda source: source.name)
def test_a_module_says_what_it_offers(source: Source) -> None:
    if source.is_package and is_only_a_docstring(source):
        return
    module = importlib.import_module(source.name)
    offered = getattr(module, "__all__", None)
    assert offered is not None, "give it __all__, or a name with an underscore"
    assert [name for name in offered if not hasattr(module, name)] == []
    assert len(set(offered)) == len(offered)


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_a_module_says_what_it_is_for(source: Source) -> None:
    assert ast.get_docstring(source.tree)


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    called = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    return {ast.unparse(one).rpartition(".")[2] for one in called}


SAYS_IT_ELSEWHERE = {
    "overload": "the implementation has it",
    "setter": "the getter has it",
    "entry_requirement": "its text says it, and the playbook shows it",
    "exit_requirement": "its text says it, and the playbook shows it",
    "requirement": "its text says it, and the playbook shows it",
}


def unexplained(body: list[ast.stmt], where: str, live: object = None) -> Iterator[str]:
    """Public classes, functions and methods without a docstring; an override may leave it to what it overrides.

    Args:
        body: the statements of a module or a class.
        where: its name, for the message.
        live: the module or class itself, where docstrings are inherited from.
    """
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_") or node.name.startswith("test_"):  # the name of a test is its docstring
                continue
            name = f"{where}.{node.name}"
            lively = getattr(live, node.name, None)
            inherited = isinstance(live, type) and inspect.getdoc(lively)
            if not ast.get_docstring(node) and not inherited and not decorators(node) & set(SAYS_IT_ELSEWHERE):
                yield f"{name}:{node.lineno}"
            if isinstance(node, ast.ClassDef):
                yield from unexplained(node.body, name, lively)


@pytest.mark.parametrize("source", PUBLIC, ids=lambda source: source.name)
def test_everything_public_is_explained(source: Source) -> None:
    assert list(unexplained(source.tree.body, source.name, importlib.import_module(source.name))) == []


def test_the_test_sees_what_is_not_explained() -> None:
    tree = ast.parse('class Deal:\n    """A deal."""\n    def close(self): ...\ndef sell(): ...\ndef _hidden(): ...\n')
    assert list(unexplained(tree.body, "forged")) == ["forged.Deal.close:3", "forged.sell:4"]
