"""A state machine for Hypothesis that works one deal, or one lead, of any process: random moves, random work at the desks.

After everything that it does, four laws are held:

- the deal is the fold of its events;
- what was refused has changed nothing;
- the version counts the events;
- replay up to any version gives the deal as it was then.

It counts how often it came into each stage, because a machine that never leaves the first stage proves nothing::

    def test_our_process_keeps_the_laws():
        run_process_machine(SaaSProcess, satisfy={"passed_review": pass_review}, floor=3)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar

import attrs

from salesflow.errors import MissingExtra, SalesflowError
from salesflow.event import Event, fold
from salesflow.leads.lead_process import LeadProcess
from salesflow.process.definition import SalesProcess
from salesflow.process.engine import Process
from salesflow.testing.builders import NOW, SOMEBODY, a_deal, a_lead
from salesflow.testing.satisfying import STANDARD_LEAD_SATISFIERS, STANDARD_SATISFIERS, checked_satisfiers
from salesflow.testing.walking import move_along
from salesflow.work import Work
from salesflow.worked import Worked

try:
    from hypothesis import HealthCheck, settings
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
except ImportError as _error:
    raise MissingExtra("testing", needed_for="a state machine of a process") from _error

from salesflow.testing.strategies.desk_work import LEAD_WORK, SALE_WORK, DeskWork

W = TypeVar("W", bound=Worked)
_EXAMPLES, _STEPS, _FLOOR = 60, 40, 3

__all__ = ["ProcessMachine", "Visits", "run_process_machine"]


@attrs.frozen(kw_only=True)
class Visits:
    """How often a machine came into each stage, and how often work was done or refused.

    Attributes:
        stages: for each stage how often it was entered.
        done: for each kind of work how often it was done.
        refused: for each kind of work how often it was refused.
    """

    stages: Mapping[str, int]
    done: Mapping[str, int]
    refused: Mapping[str, int]

    def below(self, floor: int) -> dict[str, int]:
        """The stages that were entered less often."""
        return {stage: count for stage, count in self.stages.items() if count < floor}


class ProcessMachine(RuleBasedStateMachine):
    """Works one deal, or one lead, in unit of work after unit of work.

    Derive from it to say of which process, and what else is done; or let :func:`run_process_machine` do that.

    Attributes:
        process: the process.
        draft: the deal as it is opened, or the lead as it is captured; the builder's where it is not given.
        satisfy: what does what a requirement asks for, by its name.
        work: what is done at the desks, by a name for each.
    """

    process: ClassVar[SalesProcess[Any] | LeadProcess[Any]]
    draft: ClassVar[Worked | None] = None
    satisfy: ClassVar[Mapping[str, Callable[[Any], object]]] = {}
    work: ClassVar[Mapping[str, DeskWork]] = {}
    _stages: ClassVar[Counter[str]]
    _done: ClassVar[Counter[str]]
    _refused: ClassVar[Counter[str]]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._stages, cls._done, cls._refused = Counter(), Counter(), Counter()

    @classmethod
    def visits(cls) -> Visits:
        """What the machine has counted so far, over all its runs."""
        stages = {stage.key: cls._stages[stage.key] for stage in cls.process.stages}
        return Visits(stages=stages, done=dict(cls._done), refused=dict(cls._refused))

    @initialize()
    def begin(self) -> None:
        """Open the deal, or capture the lead."""
        process = self.process
        if isinstance(process, SalesProcess):
            self.unit: Work[Any] = process.open(self.draft or a_deal(process.deal_type), by=SOMEBODY, at=NOW)
        else:
            self.unit = process.capture(self.draft or a_lead(process.lead_type), by=SOMEBODY, at=NOW)
        self.past: tuple[Event[Any], ...] = ()
        self.laws_hold: bool = True
        self.versions: list[Worked] = [
            fold(self.unit.events[:number]) for number in range(1, len(self.unit.events) + 1)
        ]
        self._stages[self.unit.stage.key] += 1

    @rule(data=st.data())
    def work_at_a_desk(self, data: st.DataObject) -> None:
        """Do something that people do with deals."""
        known = {**(SALE_WORK if isinstance(self.process, SalesProcess) else LEAD_WORK), **self.work}
        name = data.draw(st.sampled_from(sorted(known)))
        self._try(name, lambda: known[name](self.unit, data.draw))

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """Make any move, from wherever the deal is, whether its stage has that move or not."""
        route = data.draw(st.sampled_from(range(len(self.process.routes))))
        self._try(self.process.routes[route].move, lambda: move_along(self.unit, self._here(route)))

    @precondition(lambda self: any(route.source == self.unit._entity.stage for route in self.process.routes))
    @rule(data=st.data(), leads_on=st.sampled_from([True, True, True, False]))
    def do_what_is_asked_and_move(self, data: st.DataObject, leads_on: bool) -> None:
        """Do what a move of the stage asks for, and make it; that it cannot be made is no fault of the process."""
        routes = [route for route in self.process.routes if route.source == self.unit._entity.stage]
        on = [route for route in routes if route.move not in ("lose", "go_back", "reopen")] if leads_on else []
        route = data.draw(st.sampled_from(on or routes))
        known: Mapping[str, Callable[[Any], object]] = (
            STANDARD_SATISFIERS if isinstance(self.process, SalesProcess) else STANDARD_LEAD_SATISFIERS
        )
        for unmet in self.unit._unmet(route):
            satisfy = {**known, **self.satisfy}.get(unmet.requirement)
            if satisfy is not None:
                self._try(f"satisfy {unmet.requirement}", partial(satisfy, self.unit), may_do_half=True)
        self._try(route.move, lambda: move_along(self.unit, route))

    @rule()
    def ask(self) -> None:
        """Ask what could be done: nothing may change by it."""
        before, events = self.unit._entity, self.unit.events
        answers = (self.unit.blockers(), self.unit.next_moves(), self.unit.next_steps(), self.unit.changes)
        assert all(answer is not None for answer in answers)
        assert self.unit._entity is before, "a question has changed the deal"
        assert self.unit.events == events, "a question has recorded something"

    @rule(by=st.sampled_from([SOMEBODY, f"{SOMEBODY}'s colleague"]), hours=st.integers(0, 100))
    def begin_another_unit_of_work(self, by: str, hours: int) -> None:
        """Somebody goes on with it, later."""
        changes = self.unit.changes
        assert all(change.after == self.unit._entity for change in changes.changes)
        self.past += self.unit.events
        self.unit = self.process.work_on(self.unit._entity, by=by, at=self.unit.at + timedelta(hours=hours))

    def teardown(self) -> None:
        """Replay: every past version is made again from its events."""
        if not getattr(self, "laws_hold", False):
            return
        events = (*self.past, *self.unit.events)
        assert len(self.versions) == len(events), "the version does not count the events"
        for version, entity in enumerate(self.versions, 1):
            assert entity.version == version, "the version does not count the events"
            assert fold(events[:version]) == entity, f"version {version} is not what its events make"

    def _here(self, number: int) -> Any:
        """A way of that move from the present stage; refused where there is none."""
        wanted = self.process.routes[number]
        return self.unit._route(wanted.move, wanted.target)

    def _try(self, name: str, act: Callable[[], object], *, may_do_half: bool = False) -> None:
        """Do something, and hold the deal to the laws."""
        entity, events = self.unit._entity, self.unit.events
        self.laws_hold = False  # until they were looked at: what fails now is told, and not what follows from it
        refused: SalesflowError | None = None
        try:
            act()
        except SalesflowError as error:
            refused = error
        (self._done if refused is None else self._refused)[name] += 1
        if refused is not None and not may_do_half:
            assert self.unit._entity is entity, f"{name} was refused, and the deal has changed: {refused}"
            assert self.unit.events == events, f"{name} was refused, and recorded something: {refused}"
        now, new = self.unit._entity, self.unit.events[len(events) :]
        assert self.unit.events[: len(events)] == events, "what was recorded has changed"
        self.versions += [fold(new[:number], entity) for number in range(1, len(new) + 1)]
        assert self.versions[-1] == now, "the deal is not the fold of its events"
        self.laws_hold = True
        if now.stage != entity.stage:
            self._stages[now.stage] += 1


def run_process_machine(
    process: Process[W] | type[Process[W]],
    /,
    *,
    draft: W | None = None,
    satisfy: Mapping[str, Callable[[Any], object]] | None = None,
    work: Mapping[str, DeskWork] | None = None,
    floor: int = _FLOOR,
    examples: int = _EXAMPLES,
    steps: int = _STEPS,
) -> Visits:
    """Work deals, or leads, of a process at random, hold the laws, and see that every stage was reached.

    The same process gives the same run where the same modules are loaded: Hypothesis also draws from the constants that
    stand in these. So a floor should leave room; give more examples rather than a floor that is just met.

    Args:
        process: the process, or its class.
        draft: the deal as it is opened, or the lead as it is captured.
        satisfy: what does what a requirement of yours asks for, by the name of the requirement.
        work: what else is done, by a name for each: a function of the unit of work and of ``draw``.
        floor: how often every stage has to be entered at least.
        examples: how many deals are worked.
        steps: how much is done with each, at most.

    Returns:
        How often each stage was entered, and what was done and refused.

    Raises:
        AssertionError: a law is broken, or a stage was entered too seldom; the message says which.
        UnknownName: a name in ``satisfy`` is no requirement of the process.

    Example::

        run_process_machine(SaaSProcess, work={"pass": lambda sale, draw: sale.desk(SecurityDesk).pass_(seats=draw(seats))})
    """
    made = process if isinstance(process, Process) else process()
    body = {"process": made, "draft": draft, "satisfy": checked_satisfiers(satisfy, made), "work": work or {}}
    machine: type[ProcessMachine] = type(f"{type(made).__name__}Machine", (ProcessMachine,), body)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
    visits = machine.visits()
    rare = visits.below(floor)
    if rare:
        told = ", ".join(f"{stage} {count} times" for stage, count in rare.items())
        raise AssertionError(
            f"stages were entered less than {floor} times: {told}; give satisfy={{...}} or work={{...}} with what leads "
            f"there, or more examples"
        )
    return visits
