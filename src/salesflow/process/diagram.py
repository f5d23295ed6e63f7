"""The process drawn, from the definitions: Mermaid and DOT as text.

What users named goes into labels only, and only after every character that could mean something to the language was
replaced; the nodes themselves have numbers for names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from salesflow.worked import Worked

if TYPE_CHECKING:
    from typing import Never

    from salesflow.process.engine import Process
    from salesflow.process.position import Position

E = TypeVar("E", bound=Worked)

__all__ = ["dot", "mermaid", "mermaid_text"]

_QUIET = ("go_back", "reopen")


def mermaid(process: Process[E]) -> str:
    """The process as a Mermaid state diagram; going back and reopening are left out, as every stage has them."""
    return "\n".join(_mermaid_lines(process)) + "\n"


def _mermaid_lines(process: Process[E]) -> Iterator[str]:
    names = {stage.key: f"s{number}" for number, stage in enumerate(process.stages, 1)}
    yield "stateDiagram-v2"
    yield "    direction LR"
    for stage in process.stages:
        yield f'    state "{mermaid_text(stage.label)}" as {names[stage.key]}'
    yield f"    [*] --> {names[process.stages[0].key]}"
    for source, target, title in _drawn(process):
        yield f"    {names[source]} --> {names[target]}: {mermaid_text(title)}"
    for stage in process.stages:
        if not stage.is_open:
            yield f"    {names[stage.key]} --> [*]"


def mermaid_text(text: str) -> str:
    """Text for a label: letters, digits, blanks and a little punctuation stay, the rest becomes character codes."""
    return "".join(
        character if character.isalnum() or character in " .,-'" else f"#{ord(character)};"
        for character in " ".join(text.split())
    )


def dot(process: Process[E]) -> str:
    """The process in DOT, the language of Graphviz."""
    names = {stage.key: f"s{number}" for number, stage in enumerate(process.stages, 1)}
    lines = ["digraph process {", "    rankdir=LR;", '    node [shape=box, style="rounded"];']
    lines += [f"    {names[stage.key]} [label={_dot_text(stage.label)}{_shape(stage)}];" for stage in process.stages]
    lines += [
        f"    {names[source]} -> {names[target]} [label={_dot_text(title)}];"
        for source, target, title in _drawn(process)
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _shape(stage: Position[Never]) -> str:
    return "" if stage.is_open else ", peripheries=2"


def _dot_text(text: str) -> str:
    shown = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}"'


def _drawn(process: Process[E]) -> Iterator[tuple[str, str, str]]:
    for route in process.routes:
        if route.move not in _QUIET:
            yield route.source, route.target, route.title
