"""What a mutant is: one small change of one place in a file, as the text that replaces a stretch of it.

Left alone are docstrings and texts (a message is not tested word for word), annotations, the options of ``attrs.frozen``,
type variables, what only type checkers read, and the inside of f-strings, whose places CPython 3.11 does not tell.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}


@dataclass(frozen=True, order=True)
class Mutant:
    """One change of one file.

    Attributes:
        file: the file, from the root of the repository.
        line: the first line of the place, counted from 1.
        start: where the place begins, in bytes.
        end: where it ends.
        was: the code of the place.
        becomes: what stands there instead.
    """

    file: str
    line: int
    start: int
    end: int
    was: str
    becomes: str

    def applied_to(self, source: bytes) -> bytes:
        """The file with this change in it."""
        return source[: self.start] + self.becomes.encode() + source[self.end :]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {' '.join(self.was.split())}  ->  {self.becomes}"


def mutants_of(file: str, source: bytes) -> list[Mutant]:
    """Every mutant of one file, in the order of its lines."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = set()
    for node, becomes in _changes(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        found.add(Mutant(file, node.lineno, start, end, source[start:end].decode(), becomes))
    return sorted(found)


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    if isinstance(node, ast.expr):
        for changed in _of_expression(node):
            yield node, f"({ast.unparse(changed)})"
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node)
    for child in _looked_into(node):
        yield from _changes(child)


def _looked_into(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that change what the program does."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and "TypeVar" in ast.unparse(node.func)):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        yield from node.orelse
        return
    skipped = {"annotation", "returns", "decorator_list"} if not isinstance(node, ast.FunctionDef) else {"returns"}
    for name, value in ast.iter_fields(node):
        if name not in skipped:
            yield from (part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST))


def _of_expression(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=comparators):
            for other in COMPARISONS[type(op)]:
                yield ast.Compare(left, [other()], comparators)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            yield ast.BinOp(left, ARITHMETIC[type(op)](), right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=""):
            yield ast.Constant("changed")


def _of_statement(node: ast.stmt) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    match node:
        case ast.If(test=test) if ast.unparse(test) != "TYPE_CHECKING":
            yield test, f"(not ({ast.unparse(test)}))"
            if not node.orelse:
                yield test, "False"
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise():
            yield node, "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield node, "pass"
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield value, "None"
