"""What is checked when a process is defined.

A process that could not work is refused where it is written, not when a seller runs into it. Each check looks at the
collected definition and says all that is wrong with it, a sentence a fault.
"""

from __future__ import annotations

import difflib
import inspect
import keyword
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from salesflow.deal.approvals import ApprovalRule
from salesflow.errors import InvalidValue, one_of
from salesflow.outcome import Outcome
from salesflow.process.migration import Migration
from salesflow.process.move import Move
from salesflow.process.position import Position, declared_for
from salesflow.process.reasons import LossReason
from salesflow.process.requirement import Requirement
from salesflow.values.text import line

if TYPE_CHECKING:
    from typing import Never

    from salesflow.process.move import Route

__all__ = [
    "approval_faults",
    "attribute_faults",
    "base_faults",
    "key_faults",
    "move_faults",
    "reason_faults",
    "route_faults",
    "stage_faults",
]


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """A fault for a name that does not exist: ``no stage 'closng'; did you mean 'closing'?``"""
    names = list(known)
    near = difflib.get_close_matches(name, names)
    return f"no {kind} {name!r}; " + (f"did you mean {one_of(near)}?" if near else f"there is {one_of(names)}")


def attribute_faults(
    key: object, version: object, title: object, migrations: object, stages: Collection[str]
) -> Iterator[str]:
    """What is wrong with the attributes of a process, apart from its stages, moves and loss reasons."""
    try:
        line(key, field="key")
    except InvalidValue as error:
        yield str(error)
    if type(version) is not int or version < 1:
        yield f"version must be a whole number from 1, not {version!r}"
    if not isinstance(title, str):
        yield f"title must be text, not {title!r}"
    if not isinstance(migrations, tuple | list):
        yield f"migrations must be a tuple of Migration, not {migrations!r}"
        return
    for migration in migrations:
        if not isinstance(migration, Migration):
            yield f"migrations holds Migration only, not {migration!r}"
            continue
        for target in migration.stages.values():
            if target not in stages:
                yield f"migration from {migration.process} {migration.version}: {unknown('stage', target, stages)}"


def approval_faults(rules: object) -> Iterator[str]:
    """What is wrong with the list of approval rules."""
    if not isinstance(rules, tuple | list):
        yield f"approval_rules must be a tuple of ApprovalRule, not {rules!r}"
        return
    keys = [rule.key for rule in rules if isinstance(rule, ApprovalRule)]
    for rule in rules:
        if not isinstance(rule, ApprovalRule):
            yield f"approval_rules holds ApprovalRule only, not {rule!r}"
    yield from (
        f"approval rule {key!r} is listed twice" for key in sorted({key for key in keys if keys.count(key) > 1})
    )


def base_faults(bases: Sequence[type[object]]) -> Iterator[str]:
    """A process that derives from two processes: their stages have no common order."""
    if len(bases) > 1:
        yield f"it derives from {' and '.join(base.__name__ for base in bases)}; derive from one and insert the rest"


def key_faults(keys: Iterable[str], process: type[object]) -> Iterator[str]:
    """Keys of stages and moves that cannot be keys.

    Args:
        keys: names in the body of the process.
        process: the class whose own attributes no key may hide, apart from the stages and moves in its body.
    """
    for key in keys:
        if not key.isidentifier() or keyword.iskeyword(key) or not key.isascii():
            yield f"{key!r} cannot be a key: a key is a Python identifier in ASCII"
        elif key.startswith("_"):
            yield f"{key!r} cannot be a key: it begins with an underscore"
        elif not isinstance(getattr(process, key, None), Position | Move | None):
            yield f"{key!r} cannot be a key: {process.__name__} itself has {key!r}"


def stage_faults(stages: Sequence[Position[Never]], entity_type: type[object], kind: str, unit: str) -> Iterator[str]:
    """What is wrong with the stages: their order, values, requirements and hooks.

    Args:
        stages: in order.
        entity_type: the class of what the process works on.
        kind: what that is called ("deal").
        unit: what its unit of work is called ("sale").
    """
    if not any(stage.is_open for stage in stages):
        yield f"there is no open stage; a {kind} must be able to begin"
    seen_closed: Position[Never] | None = None
    for stage in stages:
        yield from type(stage)._faults
        wanted = declared_for(type(stage), Position)
        if wanted is not None and not issubclass(entity_type, wanted):
            yield f"stage {stage.key!r} is for {wanted.__name__}, and the process works on {entity_type.__name__}"
        yield from _value_faults(stage, unit)
        yield from _requirement_faults(stage, kind)
        if stage.is_open and seen_closed is not None:
            yield f"stage {stage.key!r} is open but stands after {seen_closed.key!r}, which is {seen_closed.outcome}"
        if not stage.is_open and seen_closed is None:
            seen_closed = stage


def _value_faults(stage: Position[Never], unit: str) -> Iterator[str]:
    chance: object = stage.probability
    if chance is not None and not (isinstance(chance, Decimal) and chance.is_finite() and 0 <= chance <= 1):
        yield f"stage {stage.key!r}: probability must be a Decimal between 0 and 1, not {chance!r}"
    rots: object = stage.rots_after
    if rots is not None and not (isinstance(rots, timedelta) and rots > timedelta(0)):
        yield f"stage {stage.key!r}: rots_after must be a positive timedelta, not {rots!r}"
    outcome: object = stage.outcome
    if not isinstance(outcome, Outcome):
        yield f"stage {stage.key!r}: outcome must be an Outcome, not {outcome!r}"
    title: object = stage.title
    if not isinstance(title, str):
        yield f"stage {stage.key!r}: title must be text, not {title!r}"
    guidance: object = stage.guidance
    if isinstance(guidance, str) or not all(isinstance(one, str) for one in cast("Iterable[object]", guidance)):
        yield f"stage {stage.key!r}: guidance must be a tuple of sentences, not {guidance!r}"
    for name in ("on_enter", "on_exit"):
        if stage.has_hook(name):
            hook: object = getattr(stage, name)
            yield from _callable_faults(f"stage {stage.key!r}: {name}", hook, unit)
            if any(inspect.isgeneratorfunction(one) for one in _run_by(hook)):
                yield f"stage {stage.key!r}: {name} is a generator; nothing in it would run: record instead of yielding"


def _requirement_faults(stage: Position[Never], kind: str) -> Iterator[str]:
    for asked in stage.requirements():
        yield from _callable_faults(f"stage {stage.key!r}: requirement {asked.name!r}", asked.test, kind)


def _callable_faults(what: str, function: object, argument: str) -> Iterator[str]:
    if not callable(function):
        yield f"{what} must be a method, not {type(function).__name__}"
        return
    if any(inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one) for one in _run_by(function)):
        yield f"{what} is a coroutine; it would never be awaited"
        return
    try:
        inspect.signature(function).bind(object())
    except TypeError:
        yield f"{what} must take the {argument} and nothing else, not {inspect.signature(function)}"
    except ValueError:  # a builtin without a signature is taken at its word
        return


def _run_by(function: object) -> tuple[object, object]:
    """What runs when it is called: itself, or the ``__call__`` of its class."""
    return function, getattr(type(function), "__call__", None)  # noqa: B004  # it is looked at, and not called


def move_faults(moves: Mapping[str, Move[Never]], stages: Mapping[str, Position[Never]], kind: str) -> Iterator[str]:
    """What is wrong with the declared moves."""
    for key, move in moves.items():
        for end in (*move.sources, move.target):
            if end not in stages:
                yield f"move {key!r}: {unknown('stage', end, stages)}"
        title: object = move.title
        if not isinstance(title, str):
            yield f"move {key!r}: title must be text, not {title!r}"
        if not move.sources:
            yield f"move {key!r} has no source"
        if move.target in move.sources:
            yield f"move {key!r} leads from {move.target!r} to itself"
        if len(set(move.sources)) != len(move.sources):
            yield f"move {key!r} names a source twice"
        for asked in cast("tuple[object, ...]", move.requires):
            if not isinstance(asked, Requirement):
                yield f"move {key!r}: requires takes what @requirement made, not {asked!r}"
            else:
                yield from _callable_faults(f"move {key!r}: requirement {asked.name!r}", asked.test, kind)
        names = [asked.name for asked in move.requires if isinstance(asked, Requirement)]
        for name in dict.fromkeys(one for one in names if names.count(one) > 1):
            yield f"move {key!r}: several requirements are named {name!r}; give each a name with Requirement(name=...)"


def route_faults(stages: Sequence[Position[Never]], routes: Sequence[Route[Never]]) -> Iterator[str]:
    """Stages that cannot be reached, and open stages from which no outcome can be reached."""
    if not stages:
        return
    forward: dict[str, set[str]] = {stage.key: set() for stage in stages}
    backward: dict[str, set[str]] = {stage.key: set() for stage in stages}
    for route in routes:
        forward[route.source].add(route.target)
        backward[route.target].add(route.source)
    reached = _closure({stages[0].key}, forward)
    for stage in stages:
        if stage.key not in reached:
            yield f"stage {stage.key!r} cannot be reached from {stages[0].key!r}"
    ending = _closure({stage.key for stage in stages if not stage.is_open}, backward)
    for stage in stages:
        if stage.key not in ending:
            yield f"from stage {stage.key!r} there is no way to an outcome (won or lost)"


def _closure(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    reached = set(start)
    waiting = list(start)
    while waiting:
        for key in ways[waiting.pop()]:
            if key not in reached:
                reached.add(key)
                waiting.append(key)
    return reached


def reason_faults(reasons: object) -> Iterator[str]:
    """What is wrong with the list of loss reasons."""
    if not isinstance(reasons, tuple | list):
        yield f"loss_reasons must be a tuple of LossReason, not {reasons!r}"
        return
    keys = []
    for reason in reasons:
        if isinstance(reason, LossReason):
            keys.append(reason.key)
        else:
            yield f"loss_reasons holds LossReason only, not {reason!r}"
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"loss reason {key!r} is listed twice"
