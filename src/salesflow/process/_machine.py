"""The machine that drives deals and leads through their stages: the only file that imports ``transitions``.

One machine is made per process class. States are the stages, events are the moves, conditions are the requirements,
and every move is fired through the machine's events. ``transitions`` offers its ``Event``, ``Transition`` and
``Condition`` classes for extension, and we use that for three things:

- **Reasons.** A stock condition says no; ours says why, and a transition asks all of them before it refuses.
- **Strictness.** A verdict is ``True``, ``False`` or texts, never merely truthy; callbacks are never strings.
- **Speed.** ``MoveEvent.trigger`` runs what ``Event.trigger`` would run, in the same order, without the logging, the
  look-ups and the loops over callbacks that are not there. ``STOCK_TRIGGER`` is the original: the whole suite can run
  on it (``pytest --stock-trigger``), and a property test compares both on random processes.

What a machine drives is a unit of work, a ``Sale`` say: short-lived, one actor, one thread. Entities are never bound to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, cast

import transitions
from transitions.core import Condition, Event, EventData, Transition

from salesflow.process.requirement import Requirement, Unmet

if TYPE_CHECKING:
    from typing import Never

    from salesflow.entity import Entity
    from salesflow.process.move import Route
    from salesflow.process.position import Position

__all__ = ["STOCK_TRIGGER", "Driven", "MoveEvent", "SalesMachine", "build"]

STOCK_TRIGGER = Event.trigger


class Attempted(Protocol):
    """What is being tried."""

    route: Route[Never]
    unmet: list[Unmet] | None


class Driven(Protocol):
    """What the machine needs of a unit of work."""

    _position: str
    _attempt: Attempted
    _entity: Entity


def _note(attempt: Attempted, unmet: Unmet) -> None:
    if attempt.unmet is None:
        attempt.unmet = []
    attempt.unmet.append(unmet)


class RequirementCondition(Condition):
    """A requirement as a condition: it keeps what is missing, and takes no answer for true that is not ``True``."""

    def check(self, event_data: EventData) -> bool:
        """Ask the requirement; note what is missing."""
        work = cast("Driven", event_data.model)
        unmet = cast("Requirement[Entity]", self.func).unmet(work._entity)
        if unmet is not None:
            _note(work._attempt, unmet)
        return unmet is None


class RouteTransition(Transition):
    """A route as a transition: it asks all requirements, where a stock transition stops at the first that fails."""

    condition_cls = RequirementCondition

    def _eval_conditions(self, event_data: EventData) -> bool:
        attempt = cast("Driven", event_data.model)._attempt
        if attempt.route.target != self.dest:
            return False
        verdicts = [condition.check(event_data) for condition in self.conditions]
        return all(verdicts)


class Hook:
    """A hook of a stage as a callback: it is called with the unit of work, not with the data of the event."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[Driven], None]) -> None:
        self.run = run

    def __call__(self, event_data: EventData) -> None:
        self.run(cast("Driven", event_data.model))


class _Plan:
    """What one transition does, read from the finished machine, ready to run."""

    __slots__ = ("enter", "exit", "tests")

    def __init__(self, transition: Transition, machine: SalesMachine) -> None:
        requirements = [cast("Requirement[Entity]", condition.func) for condition in transition.conditions]
        self.tests = tuple((requirement.test, requirement) for requirement in requirements)
        leaving, arriving = machine.get_state(transition.source), machine.get_state(transition.dest or "")
        self.exit = tuple(hook.run for hook in cast("list[Hook]", leaving.on_exit))
        self.enter = tuple(hook.run for hook in cast("list[Hook]", arriving.on_enter))


class MoveEvent(Event):
    """A move as an event: the stock trigger's work, compiled to a plan per transition at the first use."""

    machine: SalesMachine  # pyright: ignore[reportIncompatibleVariableOverride]  # it is made for this machine alone

    def __init__(self, name: str, machine: SalesMachine) -> None:
        super().__init__(name, machine)
        self._plans: dict[Route[Never], _Plan] = {}

    def trigger(self, model: Driven) -> bool:  # type: ignore[override]  # it drives units of work, and takes nothing else
        """Try the move that the unit of work attempts.

        Returns:
            Whether it was made. Where it was not, the attempt holds what is missing.
        """
        attempt = model._attempt
        route = attempt.route
        plan = self._plans.get(route)
        if plan is None:
            plan = self._plan(route)
            if plan is None:
                return STOCK_TRIGGER(self, model)
        entity = model._entity
        for test, requirement in plan.tests:
            verdict = test(entity)
            if verdict is not True:
                unmet = requirement.judge(verdict)
                if unmet is not None:
                    _note(attempt, unmet)
        if attempt.unmet is not None:
            return False
        for leave in plan.exit:
            leave(model)
        model._position = route.target
        for arrive in plan.enter:
            arrive(model)
        return True

    def _plan(self, route: Route[Never]) -> _Plan | None:
        """The plan for a route, or ``None`` where the machine does not know it and the stock trigger shall say so."""
        for transition in self.transitions.get(route.source, ()):
            if transition.dest == route.target:
                plan = self._plans[route] = _Plan(transition, self.machine)
                return plan
        return None


class SalesMachine(transitions.Machine):
    """A machine without models, automatic transitions, queue or callbacks by name."""

    transition_cls = RouteTransition
    event_cls = MoveEvent

    @staticmethod
    def resolve_callable(func: str | Callable[..., bool | None], event_data: EventData) -> Callable[..., bool | None]:  # noqa: ARG004
        """The callable itself; a name is refused, where ``transitions`` would import and run it."""
        if not callable(func):
            raise TypeError(f"callbacks are callables, never names: {func!r}")
        return func


def build(
    name: str,
    stages: Sequence[Position[Never]],
    routes: Iterable[Route[Never]],
) -> SalesMachine:
    """The machine of a process.

    Args:
        name: the key of the process.
        stages: its stages; the first is where work begins.
        routes: every way that every move can take.
    """
    machine = SalesMachine(
        model=None,
        states=[
            {"name": stage.key, "on_enter": _hooks(stage, "on_enter"), "on_exit": _hooks(stage, "on_exit")}
            for stage in stages
        ],
        initial=stages[0].key,
        auto_transitions=False,
        queued=False,
        send_event=True,
        name=name,
        model_attribute="_position",
    )
    for route in routes:
        machine.add_transition(
            route.move,
            route.source,
            route.target,
            conditions=cast("list[str | Callable[..., bool | None]]", list(route.requirements)),
        )
    return machine


def _hooks(stage: Position[Never], name: str) -> list[Hook]:
    """The hook of this name, where the stage has one of its own."""
    return [Hook(getattr(stage, name))] if stage.has_hook(name) else []
