"""The sources of salesflow as syntax trees, for the tests that hold the house together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs

SRC = Path(__file__).parents[2] / "src"


@attrs.frozen
class Import:
    """One import statement's module, as it is written.

    Attributes:
        module: what is imported, with its whole path.
        line: where.
        for_types: whether it stands under ``if TYPE_CHECKING``.
        in_function: whether it waits until a function is called.
    """

    module: str
    line: int
    for_types: bool
    in_function: bool


@attrs.frozen(eq=False)
class Source:
    """A module of salesflow."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def is_private(self) -> bool:
        return any(part.startswith("_") for part in self.name.split("."))

    @property
    def imports(self) -> tuple[Import, ...]:
        return tuple(self._imports(self.tree, for_types=False, in_function=False))

    def _imports(self, node: ast.AST, *, for_types: bool, in_function: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(alias.name, child.lineno, for_types, in_function)
            elif isinstance(child, ast.ImportFrom):
                base = self._absolute(child)
                for alias in child.names:
                    yield Import(self._module(base, alias.name), child.lineno, for_types, in_function)
            elif isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
                for inner in child.body:
                    whole = ast.Module(body=[inner], type_ignores=[])
                    yield from self._imports(whole, for_types=True, in_function=in_function)
                whole = ast.Module(body=child.orelse, type_ignores=[])
                yield from self._imports(whole, for_types=for_types, in_function=in_function)
            else:
                inside = in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from self._imports(child, for_types=for_types, in_function=inside)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        kept = package[: len(package) - node.level + 1]
        return ".".join([*kept, *([node.module] if node.module else [])])

    @staticmethod
    def _module(base: str, name: str) -> str:
        """The module that ``from base import name`` loads: ``base.name`` where that is one of ours."""
        inner = f"{base}.{name}"
        path = SRC.joinpath(*inner.split("."))
        return inner if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file() else base


@cache
def sources() -> tuple[Source, ...]:
    """Every module of salesflow."""
    found = []
    for path in sorted((SRC / "salesflow").rglob("*.py")):
        parts = list(path.relative_to(SRC).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found.append(Source(".".join(parts), path, ast.parse(path.read_text(encoding="utf-8"))))
    assert len(found) > 50
    return tuple(found)
