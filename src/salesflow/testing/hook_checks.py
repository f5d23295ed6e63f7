"""Hooks held to what they promise: the same facts every time, and nothing left where the move is refused.

The engine takes back what a refused move recorded. What it cannot take back is what a hook did outside of the sale, and
what it cannot see is a refusal that a hook caught and hid. So every move through a hook is made twice from the same deal,
and then again with one of its events refused, of each event in turn where they are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import attrs

from salesflow.errors import MoveRefused, PolicyRefused, SalesflowError
from salesflow.event import Event
from salesflow.process.definition import SalesProcess
from salesflow.process.engine import Process
from salesflow.process.move import Route
from salesflow.process.position import Position
from salesflow.testing.auditing import Findings
from salesflow.testing.problems import ProblemKind
from salesflow.testing.surroundings import changed_in, codes_of, surroundings
from salesflow.testing.watching import DoesNotEnd, Watched, watched
from salesflow.work import Work
from salesflow.worked import Worked

W = TypeVar("W", bound=Worked)

__all__ = ["MOST_LINES_OF_A_MOVE", "adopted", "check_hooks", "check_opening", "hooks_on", "opened"]

MOST_LINES_OF_A_MOVE = 1_000_000
"""How many lines of code may run while one move is made, its hooks included; our own choice."""
_NOT_AGAIN = (ProblemKind.HOOK_DOES_NOT_END, ProblemKind.HOOK_DOES_NOT_RUN)
"""What is the same however often it is tried."""
_REFUSED = 8
"""Of how many events of a move it is tried what is left where they are refused; the first ones, and the last."""


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
    seen: Watched[Any]
    hidden: tuple[SalesflowError, ...]
    is_left_alone: bool

    @property
    def error(self) -> BaseException | None:
        """What was raised."""
        return self.seen.error


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
) -> bool:
    """Hold the hooks on one way to what they promise. The unit of work itself is not touched.

    Args:
        work: a fresh unit of work in which the move can be made.
        route: the way.
        move: makes it.
        findings: where problems are noted.
        way: how the deal came to where it is, for the problems.

    Returns:
        Whether the hooks let the move be made.
    """
    hooks = hooks_on(work._process, route)
    if not hooks:
        return True
    codes = [code for hook in hooks.values() for code in codes_of(hook)]

    def made(policy: object) -> _Tried:
        trial = _noting(type(work))(_under(policy, work._process), work._entity, by=work.by, at=work.at)
        seen = watched(lambda: move(trial), hooks=codes, lines=MOST_LINES_OF_A_MOVE)
        return _Tried(
            events=trial.events,
            seen=seen,
            hidden=tuple(trial.hidden) if seen.error is None else (),
            is_left_alone=trial._entity is work._entity and not trial.events,
        )

    return _check(hooks, made, work._process._policy, findings, way)


def opened(process: Process[Any], draft: Worked, *, by: str, at: datetime) -> Work[Any]:
    """A deal opened, or a lead captured."""
    begin = process.open if isinstance(process, SalesProcess) else process.capture  # type: ignore[attr-defined]  # there are no others
    work: Work[Any] = begin(draft, by=by, at=at)
    return work


def adopted(process: Process[Any], draft: Worked, stage: Position[Any], *, by: str, at: datetime) -> Worked:
    """A deal, or a lead, as it is adopted into a stage, without asking what the process would have asked on the way."""
    other = _under(None, process)
    other._lacking = lambda *_: ()  # type: ignore[method-assign]  # of this copy alone
    work: Work[Any] = other.adopt(draft, stage=stage.key, origin="a check", since=at, by=by, at=at)  # type: ignore[attr-defined]  # there are no others
    entity: Worked = work._entity
    return entity


def check_opening(process: Process[Any], draft: Worked, *, by: str, at: datetime, findings: Findings) -> bool:
    """Hold the hook of the first stage to what it promises where a deal is opened in it.

    Args:
        process: the process.
        draft: what is opened.
        by, at: who opens it, and when.
        findings: where problems are noted.

    Returns:
        Whether the hook lets it be opened.
    """
    first = process.stages[0]
    hook: Callable[..., object] = getattr(first, "on_enter")  # noqa: B009  # each kind has its own

    def made(policy: object) -> _Tried:
        run = partial(opened, _under(policy, process), draft, by=by, at=at)
        seen = watched(run, hooks=codes_of(hook), lines=MOST_LINES_OF_A_MOVE)
        events = () if seen.value is None else seen.value.events
        return _Tried(events=events, seen=seen, hidden=(), is_left_alone=True)

    return _check({f"{first.key}.on_enter": hook}, made, process._policy, findings, ())


def _under(policy: object, process: Process[Any]) -> Process[Any]:
    """The same process under another policy."""
    other = copy(process)
    other._policy = policy
    return other


def _check(
    hooks: Mapping[str, Callable[..., object]],
    made: Callable[[object], _Tried],
    policy: object,
    findings: Findings,
    way: tuple[str, ...],
) -> bool:
    """Make a move twice, and then again for its events with one of them refused; say whether it can be made."""
    where = ", ".join(hooks)
    if any(findings.has(kind, where) for kind in _NOT_AGAIN):
        return False
    kept = _kept(hooks)
    first = made(policy)
    if isinstance(first.error, PolicyRefused | MoveRefused):
        return True  # what the policy of the host, or a requirement, refuses is no failure of a hook
    if first.error is not None:
        _note_failure(first.error, where, findings, way)
        return False
    if first.seen.given_back:
        what = f"it gives back a {' and a '.join(first.seen.given_back)}, of which nothing runs"
        way_out = "make it a plain function that records with the unit of work that it is given"
        findings.add(ProblemKind.HOOK_DOES_NOT_RUN, where, what, way_out=way_out, way=way)
        return False
    second = made(policy)
    for error in first.hidden:
        what = f"it tries what is refused, and hides it: {error}"
        findings.add(ProblemKind.HOOK_FAILS, where, what, way_out="leave it out", way=way)
    _check_purity(first, second, hooks, kept, findings, way)
    for number in _refused_in_turn(len(first.events)):
        kept = _kept(hooks)
        _check_taken_back(made(_Refusing(number, policy)), hooks, kept, findings, way)
    return True


def _refused_in_turn(count: int) -> Iterator[int]:
    """Which events of a move are refused, by their numbers from one: all, or where there are many those at both ends."""
    half = _REFUSED // 2
    return (number for number in range(1, count + 1) if number <= half or number > count - half)


def hooks_on(process: Process[W], route: Route[W]) -> Mapping[str, Callable[..., object]]:
    """The hooks that are called on one way, by their names."""
    passed = ((process.stage(route.source), "on_exit"), (process.stage(route.target), "on_enter"))
    return {f"{stage.key}.{name}": getattr(stage, name) for stage, name in passed if stage.has_hook(name)}


def _kept(hooks: Mapping[str, Callable[..., object]]) -> dict[str, dict[str, object]]:
    return {name: surroundings(hook) for name, hook in hooks.items()}


def _note_failure(error: BaseException, where: str, findings: Findings, way: tuple[str, ...]) -> None:
    if isinstance(error, DoesNotEnd):
        what = f"it was stopped after {MOST_LINES_OF_A_MOVE} lines of code"
        way_out = "record what follows from the move, and loop over what the deal holds"
        findings.add(ProblemKind.HOOK_DOES_NOT_END, where, what, way_out=way_out, way=way)
        return
    way_out = (
        "what must hold for the move is a requirement, which says beforehand what is missing; a hook records facts"
    )
    findings.add(ProblemKind.HOOK_FAILS, where, f"it raises {type(error).__name__}: {error}", way_out=way_out, way=way)


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
    if first.seen.reached:
        what = f"it reaches for {', '.join(first.seen.reached)}"
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
        what = "the move was refused, and left something in the unit of work"
        findings.add(kind, where, what, way_out="record with the unit of work that the hook is given", way=way)
    for name, hook in hooks.items():
        left = changed_in(kept[name], hook)
        if left:
            what = f"the move was refused, and what it kept in {', '.join(left)} stays"
            findings.add(kind, name, what, way_out="record an event, and act on it once it is stored", way=way)
