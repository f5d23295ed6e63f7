"""The process explains itself: a playbook as Markdown, taken from the definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from salesflow.process.requirement import Requirement, RequirementKind
from salesflow.worked import Worked

if TYPE_CHECKING:
    from typing import Never

    from salesflow.process.engine import Process
    from salesflow.process.position import Position

E = TypeVar("E", bound=Worked)

__all__ = ["escaped", "guide"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$:])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str) -> str:
    """Text as Markdown that shows exactly this text, on one line."""
    one_line = " ".join(text.split())
    safe = "".join(_ENTITIES.get(character, character) for character in one_line)
    safe = _SPECIAL.sub(r"\\\1", safe)
    return re.sub(r"^(\d+)([.)])|^([-=])", r"\1\\\2\3", safe)


def guide(process: Process[E]) -> str:
    """The playbook of a process: for each stage its purpose, what must hold, and what to do next."""
    return "\n".join(_lines(process)) + "\n"


def _lines(process: Process[E]) -> Iterator[str]:
    yield f"# {escaped(process.title or process.key)}"
    for number, stage in enumerate(process.stages, 1):
        yield ""
        yield f"## {number}. {escaped(stage.label)}"
        for paragraph in stage.purpose.split("\n\n"):
            if paragraph.strip():
                yield ""
                yield escaped(paragraph)
        yield from _facts(stage, process._kind)
        yield from _listed("Before entering", _asked(stage.requirements(RequirementKind.ENTRY)))
        yield from _listed("Before leaving", _asked(stage.requirements(RequirementKind.EXIT)))
        yield from _listed("What to do", map(escaped, stage.guidance))
        yield from _listed("Where it goes", _ways(process, stage))
    yield from _listed(
        "Reasons for a loss",
        (
            f"{escaped(reason.title)} ({_key(reason.key)})" + (", with a note" if reason.needs_note else "")
            for reason in process.loss_reasons
        ),
    )


def _key(key: str) -> str:
    """A key as code, or escaped where it is not one."""
    return f"`{key}`" if key.isidentifier() else escaped(key)


def _facts(stage: Position[Never], kind: str) -> Iterator[str]:
    facts = []
    if stage.probability is not None and stage.is_open:
        facts.append(f"chance of winning {(stage.probability * 100).normalize():f} %")
    if stage.rots_after is not None:
        facts.append(f"stuck after {stage.rots_after.days} days")
    if not stage.is_open:
        facts.append(f"a {kind} here is {stage.outcome}")
    if facts:
        yield ""
        yield f"*{'; '.join(facts).capitalize()}.*"


def _listed(heading: str, items: Iterable[str]) -> Iterator[str]:
    shown = list(items)
    if shown:
        yield ""
        yield f"**{heading}**"
        yield ""
        for item in shown:
            yield f"- {item}"


def _asked(requirements: Iterable[Requirement[Never]]) -> Iterator[str]:
    for asked in requirements:
        yield escaped(asked.text) + (f": {escaped(asked.hint)}" if asked.hint else "")


def _ways(process: Process[E], stage: Position[Never]) -> Iterator[str]:
    targets: dict[tuple[str, str], list[str]] = {}
    for route in process.routes:
        if route.source == stage.key:
            targets.setdefault((route.move, route.title), []).append(process.stage(route.target).label)
    for (_, title), labels in targets.items():
        yield f"{escaped(title)} → {', '.join(map(escaped, labels))}"
