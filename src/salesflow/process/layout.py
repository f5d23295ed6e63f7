"""From the body of a process class to its ordered stages, its moves, and every way that they can take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from salesflow.outcome import Outcome
from salesflow.process.checks import unknown
from salesflow.process.move import Move, Route
from salesflow.process.position import Position
from salesflow.process.requirement import Requirement, RequirementKind

if TYPE_CHECKING:
    from typing import Never

__all__ = ["Layout", "lay_out", "routes"]


@attrs.frozen(kw_only=True)
class Layout:
    """What a process consists of.

    Attributes:
        stages: by key, in order.
        moves: the declared moves by key.
        dropped: keys of built-in moves that the process does not have.
    """

    stages: Mapping[str, Position[Never]] = attrs.field(factory=dict)
    moves: Mapping[str, Move[Never]] = attrs.field(factory=dict)
    dropped: frozenset[str] = frozenset()


def lay_out(
    inherited: Layout, body: Mapping[str, object], without: Sequence[str], built_in: Sequence[str]
) -> tuple[Layout, list[str]]:
    """The layout of a process class, and what is wrong with it.

    Args:
        inherited: the layout of the process that it derives from; empty for a process from nothing.
        body: the body of the class.
        without: keys of inherited stages and moves, and of built-in moves, that it shall not have.
        built_in: the moves that follow from the order of the stages.
    """
    faults: list[str] = []
    without = (without,) if isinstance(without, str) else without
    stages = dict(inherited.stages)
    moves = dict(inherited.moves)
    dropped = set(inherited.dropped)
    for key in without:
        if key in stages:
            del stages[key]
        elif key in moves:
            del moves[key]
        elif key in built_in and key not in dropped:
            dropped.add(key)
        else:
            known = [*inherited.stages, *inherited.moves, *built_in]
            faults.append(f"without: {unknown('stage or move', key, known)}")
    removed = inherited.stages.keys() - stages.keys()
    moves = {key: move.without_sources(removed) for key, move in moves.items()}
    new: dict[str, Position[Never]] = {}
    for key, value in body.items():
        faults += _replacement_faults(key, value, stages, moves)
        if isinstance(value, Position):
            if value.key != key:
                faults.append(f"stage {key!r} is the same object as {value.key!r}; make one of its own")
            if key in stages and value._after is None and value._before is None:
                stages[key] = value
            else:
                stages.pop(key, None)
                new[key] = value
        elif isinstance(value, Move):
            if value.key != key:
                faults.append(f"move {key!r} is the same object as {value.key!r}; make one of its own")
            moves[key] = value
            dropped.discard(key)
    ordered, order_faults = _insert(stages, new, is_new_process=not inherited.stages)
    return Layout(stages=ordered, moves=moves, dropped=frozenset(dropped)), faults + order_faults


def _replacement_faults(
    key: str, value: object, stages: Mapping[str, object], moves: Mapping[str, object]
) -> Iterator[str]:
    if isinstance(value, type) and issubclass(value, Position) and value.__name__ != key:
        yield f"{key!r} is a class of stages; make a stage of it: {key} = {value.__name__}()"
        return
    if key in stages and not isinstance(value, Position):
        yield f"{key!r} is a stage and can only be replaced by one; name it in without=(...) to remove it"
    if key in moves and not isinstance(value, Move):
        yield f"{key!r} is a move and can only be replaced by one; name it in without=(...) to remove it"


def _insert(
    stages: Mapping[str, Position[Never]], new: Mapping[str, Position[Never]], *, is_new_process: bool
) -> tuple[dict[str, Position[Never]], list[str]]:
    """The stages with the new ones at their places."""
    order = list(stages)
    faults: list[str] = []
    waiting = dict(new)
    while waiting:
        placed = [key for key, stage in waiting.items() if _place(key, stage, order, is_new_process=is_new_process)]
        for key in placed:
            del waiting[key]
        if not placed:
            break
    everything = {**stages, **new}
    for key, stage in waiting.items():
        anchor = stage._after or stage._before
        if stage._after is not None and stage._before is not None:
            faults.append(f"stage {key!r} stands after {stage._after!r} and before {stage._before!r}; say one")
        elif anchor is None:
            faults.append(f"stage {key!r} has no place; say after='...' or before='...'")
        else:
            faults.append(f"stage {key!r}: {unknown('stage', anchor, [one for one in everything if one != key])}")
        order.append(key)
    return {key: everything[key] for key in order}, faults


def _place(key: str, stage: Position[Never], order: list[str], *, is_new_process: bool) -> bool:
    """Put the key where the stage asks to stand; say whether that was possible."""
    if stage._after is not None and stage._before is not None:
        return False
    if stage._after in order:
        order.insert(order.index(stage._after) + 1, key)
    elif stage._before in order:
        order.insert(order.index(stage._before), key)
    elif stage._after is None and stage._before is None and (is_new_process or stage.outcome is Outcome.LOST):
        order.append(key)
    else:
        return False
    return True


def routes(layout: Layout, built_in: Sequence[str], always: Sequence[Requirement[Never]]) -> Iterator[Route[Never]]:
    """Every way that every move can take, built-in moves first.

    Args:
        layout: what the process consists of.
        built_in: the moves that follow from the order of the stages.
        always: what is asked on every way out of an open stage, but for losing.
    """
    for key, title, source, target in _built_in(list(layout.stages.values())):
        if key not in built_in or key in layout.dropped or key in layout.moves:
            continue
        yield Route(
            move=key,
            title=title,
            source=source.key,
            target=target.key,
            outcome=target.outcome,
            requirements=tuple(_asked(key, source, target, always)),
            needs_reason=key in ("go_back", "reopen"),
        )
    for key, move in layout.moves.items():
        for name in move.sources:
            source, target = layout.stages[name], layout.stages[move.target]
            yield Route(
                move=key,
                title=move.label,
                source=name,
                target=move.target,
                outcome=target.outcome,
                requirements=tuple(_asked(key, source, target, always, move)),
                needs_reason=move.needs_reason,
            )


def _built_in(stages: Sequence[Position[Never]]) -> Iterator[tuple[str, str, Position[Never], Position[Never]]]:
    being = {outcome: [stage for stage in stages if stage.outcome is outcome] for outcome in Outcome}
    for line in (being[Outcome.OPEN], being[Outcome.WON]):
        for source, target in pairwise(line):
            yield "advance", "Advance", source, target
    for source in being[Outcome.OPEN][-1:]:
        for target in being[Outcome.WON][:1]:
            yield "win", "Win", source, target
    for place, source in enumerate(being[Outcome.OPEN]):
        for target in being[Outcome.LOST]:
            yield "lose", "Lose", source, target
        for target in reversed(being[Outcome.OPEN][:place]):
            yield "go_back", "Go back", source, target
    for source in being[Outcome.WON] + being[Outcome.LOST]:
        for target in being[Outcome.OPEN]:
            yield "reopen", "Reopen", source, target


def _asked(
    key: str,
    source: Position[Never],
    target: Position[Never],
    always: Sequence[Requirement[Never]],
    move: Move[Never] | None = None,
) -> Iterator[Requirement[Never]]:
    """What must hold on this way: leaving the source, the move's own, entering the target."""
    if key != "lose" and source.is_open:
        yield from always
    if key in ("advance", "win") or (move is not None and not move.leaves_unfinished):
        yield from source.requirements(RequirementKind.EXIT)
    if move is not None:
        for asked in move.requires:
            yield attrs.evolve(asked, stage=key, kind=RequirementKind.MOVE)
    if key not in ("go_back", "reopen") or move is not None:
        yield from target.requirements(RequirementKind.ENTRY)
