"""Hooks held to what they promise: the same facts every time, and nothing left where the move is refused.

The engine takes back what a refused move recorded. What it cannot take back is what a hook did outside of the sale, and
what it cannot see is a refusal that a hook caught and hid. So every move through a hook is made twice from the same deal,
and then once for every event of it with that event refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from typing import Any, TypeVar

import attrs

from salesflow.errors import PolicyRefused, SalesflowError
from salesflow.event import Event
from salesflow.process.engine import Process
from salesflow.process.move import Route
from salesflow.testing.auditing import Findings, changed_in
from salesflow.testing.problems import ProblemKind
from salesflow.testing.watching import surroundings, watched
from salesflow.work import Work
from salesflow.worked import Worked

W = TypeVar("W", bound=Worked)

__all__ = ["check_hooks"]


class _Refusing:
    """A policy that refuses one event of a move, and asks the one that was there about the others."""

    def __init__(self, number: int, policy: Any) -> None:
        self._left = number
        self._policy = policy

    def refusal(self, event: Event[Worked], entity: Worked, /) -> str | None:
        self._left -= 1
        if self._left == 0:
            return "refused by the check, to see that nothing is left of the move"
        return None if self._policy is None else self._policy.refusal(event, entity)


@attrs.frozen(kw_only=True)
class _Tried:
    """How a move ended."""

    events: tuple[Event[Worked], ...]
    error: BaseException | None
    hidden: tuple[SalesflowError, ...]
    reached: tuple[str, ...]
    is_left_alone: bool


@attrs.frozen(kw_only=True)
class _Trial:
    """A move through hooks, which can be made as often as is needed.

    Attributes:
        process: the process.
        entity: the deal, or the lead, before it.
        by, at: who makes it, and when.
        move: makes it.
    """

    process: Process[Any]
    entity: Worked
    by: str
    at: datetime
    work_type: type[Work[Any]]
    move: Callable[[Work[Any]], object]

    def made(self, policy: object) -> _Tried:
        process = copy(self.process)
        process._policy = policy
        work = _noting(self.work_type)(process, self.entity, by=self.by, at=self.at)
        seen = watched(lambda: self.move(work))
        return _Tried(
            events=work.events,
            error=seen.error,
            hidden=tuple(work.hidden) if seen.error is None else (),
            reached=seen.reached,
            is_left_alone=work._entity is self.entity and not work.events,
        )


def _noting(work_type: type[Work[Any]]) -> Any:
    """The same unit of work, which notes what was refused while a hook ran."""

    class Noting(work_type):  # type: ignore[misc, valid-type]  # the class is chosen by the process
        def __init__(self, *of: Any, **how: Any) -> None:
            super().__init__(*of, **how)
            self.hidden: list[SalesflowError] = []

        def record(self, event: Any, /) -> Any:
            return self._noted(lambda: super(Noting, self).record(event))

        def _fire(self, *way: Any, **how: Any) -> Any:
            return self._noted(lambda: super(Noting, self)._fire(*way, **how))

        def _noted(self, run: Callable[[], object]) -> object:
            try:
                return run()
            except SalesflowError as error:
                self.hidden.append(error)
                raise

    return Noting


def check_hooks(
    work: Work[W],
    route: Route[W],
    move: Callable[[Work[W]], object],
    findings: Findings,
    way: tuple[str, ...],
) -> None:
    """Hold the hooks on one way to what they promise. The unit of work itself is not touched.

    Args:
        work: a fresh unit of work in which the move can be made.
        route: the way.
        move: makes it.
        findings: where problems are noted.
        way: how the deal came to where it is, for the problems.
    """
    hooks = _hooks_on(work._process, route)
    if not hooks:
        return
    where = ", ".join(hooks)
    kept = _kept(hooks)
    trial = _Trial(process=work._process, entity=work._entity, by=work.by, at=work.at, work_type=type(work), move=move)
    policy = work._process._policy
    first, second = trial.made(policy), trial.made(policy)
    if first.error is not None:
        _note_failure(first.error, where, findings, way)
        return
    for error in first.hidden:
        what = f"it tries what is refused, and hides it: {error}"
        findings.add(ProblemKind.HOOK_FAILS, where, what, way_out="leave it out", way=way)
    _check_purity(first, second, hooks, kept, findings, way)
    for number in range(1, len(first.events) + 1):
        kept = _kept(hooks)
        _check_taken_back(trial.made(_Refusing(number, policy)), hooks, kept, findings, way)


def _hooks_on(process: Process[W], route: Route[W]) -> Mapping[str, Callable[..., object]]:
    passed = ((process.stage(route.source), "on_exit"), (process.stage(route.target), "on_enter"))
    return {f"{stage.key}.{name}": getattr(stage, name) for stage, name in passed if stage.has_hook(name)}


def _kept(hooks: Mapping[str, Callable[..., object]]) -> dict[str, dict[str, object]]:
    return {name: surroundings(hook) for name, hook in hooks.items()}


def _note_failure(error: BaseException, where: str, findings: Findings, way: tuple[str, ...]) -> None:
    if not isinstance(error, PolicyRefused):  # what the policy of the host refuses is no failure of a hook
        findings.add(ProblemKind.HOOK_FAILS, where, f"it raises {type(error).__name__}: {error}", way=way)


def _check_purity(
    first: _Tried,
    second: _Tried,
    hooks: Mapping[str, Callable[..., object]],
    kept: Mapping[str, Mapping[str, object]],
    findings: Findings,
    way: tuple[str, ...],
) -> None:
    way_out = "a hook records facts, at the moment and by the actor of the sale"
    where = ", ".join(hooks)
    if first.reached:
        what = f"it reaches for {', '.join(first.reached)}"
        findings.add(ProblemKind.HOOK_IS_NOT_PURE, where, what, way_out=way_out, way=way)
    if first.events != second.events or second.error is not None:
        what = "made twice from the same deal, the move leaves different events"
        findings.add(ProblemKind.HOOK_IS_NOT_PURE, where, what, way_out=way_out, way=way)
    for name, hook in hooks.items():
        left = changed_in(kept[name], hook)
        if left:
            what = f"it keeps something in {', '.join(left)}"
            findings.add(ProblemKind.HOOK_IS_NOT_PURE, name, what, way_out=way_out, way=way)


def _check_taken_back(
    refused: _Tried,
    hooks: Mapping[str, Callable[..., object]],
    kept: Mapping[str, Mapping[str, object]],
    findings: Findings,
    way: tuple[str, ...],
) -> None:
    kind, where = ProblemKind.HOOK_IS_NOT_ATOMIC, ", ".join(hooks)
    if refused.error is None:
        what = "an event of it was refused, and the move was made without it"
        findings.add(kind, where, what, way_out="let the refusal through; the move is then taken back", way=way)
    elif not refused.is_left_alone:
        findings.add(kind, where, "the move was refused, and left something in the sale", way=way)
    for name, hook in hooks.items():
        left = changed_in(kept[name], hook)
        if left:
            what = f"the move was refused, and what it kept in {', '.join(left)} stays"
            findings.add(kind, name, what, way_out="record an event, and act on it once it is stored", way=way)
