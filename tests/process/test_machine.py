"""The machine itself: what it holds, and what it says to a way that it does not know."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
import transitions
from walks import a_sale, qualify

from salesflow import Deal, Outcome, SalesProcess, Stage
from salesflow.process import _machine
from salesflow.standard import StandardProcess


class Won(Stage[Deal]):
    outcome = Outcome.WON


def test_stages_moves_and_requirements_are_put_into_the_machine() -> None:
    machine = StandardProcess._machine
    assert list(machine.states) == [stage.key for stage in StandardProcess().stages]
    assert machine.initial == "prospecting"
    for route in StandardProcess().routes:
        (way,) = [one for one in machine.events[route.move].transitions[route.source] if one.dest == route.target]
        assert isinstance(way, _machine.RouteTransition)
        assert [condition.func for condition in way.conditions] == list(route.requirements)
    ways = [way for event in machine.events.values() for one in event.transitions.values() for way in one]
    assert len(ways) == len(StandardProcess().routes)


def test_the_machine_is_as_strict_as_its_options() -> None:
    machine = StandardProcess._machine
    assert isinstance(machine, transitions.Machine)
    assert (machine.auto_transitions, machine.has_queue, machine.send_event, machine.models) == (False, False, True, [])
    assert (machine.before_state_change, machine.after_state_change, machine.prepare_event) == ([], [], [])
    assert not machine.ignore_invalid_triggers


def test_a_hook_is_put_into_the_machine_only_where_a_stage_has_one() -> None:
    machine = StandardProcess._machine
    assert [key for key in machine.states if machine.get_state(key).on_enter] == ["follow_up"]
    assert [key for key in machine.states if machine.get_state(key).on_exit] == []


def test_every_process_class_has_a_machine_of_its_own() -> None:
    class Process(StandardProcess[Deal]):
        pass

    assert Process._machine is not StandardProcess._machine
    assert list(Process._machine.states) == list(StandardProcess._machine.states)


def test_a_way_that_the_machine_does_not_know_is_left_to_the_stock_trigger() -> None:
    """A sale never asks for one; whoever drives the machine by hand is told by ``transitions``."""

    class Process(SalesProcess[Deal]):
        first = Stage[Deal]()
        won = Won()

    sale: Any = a_sale(Process())
    win = next(route for route in Process().routes if route.move == "win")
    sale._attempt = _attempt(attrs.evolve(win, source="won", target="first"))
    assert not Process._machine.events["win"].trigger(sale)
    assert sale.deal.stage == "first"
    sale.__init__(Process(), attrs.evolve(sale.deal, stage="won"), by="noa", at=sale.at)
    sale._attempt = _attempt(attrs.evolve(win, source="won", target="first"))
    with pytest.raises(transitions.MachineError, match=r"process: Can't trigger event win from state won"):
        Process._machine.events["win"].trigger(sale)


def _attempt(route: Any) -> Any:
    class Attempt:
        """What is being tried, made by hand."""

    attempt: Any = Attempt()
    attempt.route, attempt.unmet = route, None
    attempt.reason, attempt.note, attempt.competitor = None, "", None
    return attempt


def test_what_was_planned_once_is_planned_for_every_sale() -> None:
    for name in ("one", "two"):
        sale = a_sale(name=name)
        qualify(sale)
        assert sale.advance().key == "preparation"
