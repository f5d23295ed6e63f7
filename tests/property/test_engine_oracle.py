"""The compiled trigger means what the stock trigger means: shown on thousands of random processes.

Each example is a process definition drawn from a seed: two to seven stages with won and lost ones among them,
requirements that hold, fail, yield, answer wrongly or raise, hooks that record, raise or try a move of their own, and
custom moves. The same walk is made twice, once on each trigger, and everything that can be seen has to be the same: which moves
were made, what was refused and why, in which order requirements and hooks were called, which errors came out, and the
deal and the events that were left.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from engines import COMPILED, STOCK, Trigger, running_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walks import NOW

from salesflow import (
    Deal,
    Move,
    MoveRefused,
    Outcome,
    ProcessDefinitionError,
    SalesflowError,
    SalesProcess,
    Stage,
    entry_requirement,
    exit_requirement,
    requirement,
)
from salesflow.process import _machine

EXAMPLES = 200
DEFINITIONS_PER_EXAMPLE = 15
STEPS = 7
MOVES = ("advance", "win", "lose", "go_back", "reopen", "jump_0", "jump_1", "no_such_move")

Trace = list[tuple[Any, ...]]


def test_random_processes_run_the_same_on_both_triggers() -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.integers(0, 2**48))
    def compare(seed: int) -> None:
        for number in range(DEFINITIONS_PER_EXAMPLE):
            compare_once(seed * DEFINITIONS_PER_EXAMPLE + number, seen)

    compare()
    assert seen["defined"] > EXAMPLES * DEFINITIONS_PER_EXAMPLE * 0.6
    for what in ("moved", "refused", "refused with texts", "hook", "wrong verdict", "raised", "tried inside"):
        assert seen[what] > 200, (what, seen)


def compare_once(seed: int, seen: Counter[str]) -> None:
    trace: Trace = []
    process = a_process(Random(seed), trace)
    if process is None:
        return
    seen["defined"] += 1
    compiled = walked(process, Random(seed + 1), trace, COMPILED)
    stock = walked(process, Random(seed + 1), trace, STOCK)
    assert compiled == stock, seed
    seen.update(entry[0] for entry in compiled)


def walked(process: Any, random: Random, trace: Trace, trigger: Trigger) -> Trace:
    """Everything that can be seen of a walk through the process."""
    trace.clear()
    with running_on(trigger):
        try:
            sale = process().open(id="D-1", name="Order desk", by="noa", at=NOW)
        except Exception as error:
            trace.append(("not opened", type(error), str(error)))
            return list(trace)
        for _ in range(STEPS):
            attempt(sale, random, trace)
        trace.append(("left with", sale.deal, sale.events))
    return list(trace)


def attempt(sale: Any, random: Random, trace: Trace) -> None:
    ways = [route for route in sale.process.routes if route.source == sale.deal.stage]
    if ways and random.random() < 0.85:
        way = random.choice(ways)
        move, to = way.move, way.target
    else:
        move, to = random.choice(MOVES), random.choice([None, *(stage.key for stage in sale.process.stages)])
    if random.random() < 0.1 and sale.deal.is_open:
        if sale.deal.is_on_hold:
            sale.resume()
        else:
            sale.hold(reason="budget freeze")
    try:
        entered = sale.move(move, to=to, reason=random.choice(["price", "price", "price", "price", None]))
    except MoveRefused as refused:
        trace.append(("refused", refused.unmet))
        if any(unmet.missing for unmet in refused.unmet):
            trace.append(("refused with texts",))
    except SalesflowError as error:
        trace.append(("not now", type(error), str(error)))
    except Exception as error:
        trace.append(("wrong verdict" if isinstance(error, TypeError) else "raised", type(error), str(error)))
    else:
        trace.append(("moved", entered.key))
    trace.append(("left in", sale.deal.stage, sale.deal.version))


# Random definitions -----------------------------------------------------------------------------------------------------


def a_process(random: Random, trace: Trace) -> type[SalesProcess[Any]] | None:
    """A random process, or nothing where the definition was refused."""
    number = random.randint(1, 5)
    body: dict[str, object] = {f"open_{place}": a_stage(random, Outcome.OPEN, trace) for place in range(number)}
    for outcome in (Outcome.WON, Outcome.LOST):
        for place in range(random.choice((0, 1, 1, 2))):
            body[f"{outcome}_{place}"] = a_stage(random, outcome, trace)
    keys = list(body)
    for place in range(random.choice((0, 0, 1, 2))):
        target = random.choice(keys)
        sources = [key for key in random.sample(keys, min(len(keys), random.randint(1, 3))) if key != target]
        body[f"jump_{place}"] = Move(
            source=sources,
            target=target,
            requires=[
                requirement(f"move {place} {one}")(an_answer(random, f"jump_{place}.{one}", trace))
                for one in range(random.randint(0, 2))
            ],
            leaves_unfinished=random.random() < 0.3,
            needs_reason=random.random() < 0.3,
        )
    try:
        return types.new_class("Drawn", (SalesProcess,), {}, lambda space: space.update(body))
    except ProcessDefinitionError:
        return None


def a_stage(random: Random, outcome: Outcome, trace: Trace) -> Stage[Any]:
    body: dict[str, Any] = {"outcome": outcome}
    for number in range(random.choice((0, 0, 1, 2))):
        mark = random.choice((entry_requirement, exit_requirement))
        question = an_answer(random, f"{outcome} {number}", trace)
        body[f"asks_{number}"] = mark(f"requirement {number}")(as_method(question))
    for name in ("on_enter", "on_exit"):
        if random.random() < 0.3:
            body[name] = a_hook(random, name, trace)
    stage: Stage[Any] = type("Drawn", (Stage,), body)()
    return stage


def as_method(question: Callable[[Deal], Any]) -> Callable[[Any, Deal], Any]:
    def method(self: Any, deal: Deal) -> Any:
        return question(deal)

    return method


def an_answer(random: Random, name: str, trace: Trace) -> Callable[[Deal], Any]:
    """A question whose answer depends on nothing but the deal."""
    kind = random.choices(
        ("true", "false", "odd", "texts", "no texts", "truthy", "raises"),
        weights=(12, 3, 3, 3, 2, 1, 1),
    )[0]

    def texts(deal: Deal) -> Iterator[str]:
        yield f"{name} at {deal.version}"
        yield "and more"

    def question(deal: Deal) -> Any:
        trace.append(("asked", name, deal.stage, deal.version))
        match kind:
            case "true":
                return True
            case "false":
                return False
            case "odd":
                return deal.version % 2 == 1
            case "texts":
                return texts(deal)
            case "no texts":
                return iter(())
            case "truthy":
                return "yes"
            case _:
                raise LookupError(f"{name} failed")

    return question


def a_hook(random: Random, name: str, trace: Trace) -> Callable[[Any, Any], None]:
    kind = random.choices(("records", "notes", "raises", "moves"), weights=(4, 4, 1, 1))[0]

    def hook(self: Any, sale: Any) -> None:
        trace.append(("hook", name, self.key, sale.deal.stage, sale.deal.version))
        match kind:
            case "records":
                sale.tasks.add(f"{name} of {self.key}")
            case "raises":
                sale.tasks.add("never seen")
                raise LookupError(f"{name} of {self.key} failed")
            case "moves":
                trace.append(("tried inside",))
                try:
                    sale.move("advance")
                except SalesflowError as error:
                    trace.append(("not now", type(error), str(error)))
            case _:
                return

    return hook


# The oracle itself can fail -----------------------------------------------------------------------------------------------


def faults() -> dict[str, Trigger]:
    """Triggers with one mistake each."""

    def deaf(self: Any, model: Any) -> bool:
        """Asks nothing."""
        model._position = model._attempt.target
        return True

    def hasty(self: Any, model: Any) -> bool:
        """Stops at the first requirement that does not hold."""
        made = COMPILED(self, model)
        del model._attempt.unmet[1:]
        return made

    def rude(self: Any, model: Any) -> bool:
        """Calls no hook."""
        for asked in _requirements(self, model):
            unmet = asked.unmet(model.deal)
            if unmet is not None:
                model._attempt.unmet.append(unmet)
        if model._attempt.unmet:
            return False
        model._position = model._attempt.target
        return True

    def early(self: Any, model: Any) -> bool:
        """Puts the deal into the stage before the hook of the stage that it leaves is called."""
        for asked in _requirements(self, model):
            unmet = asked.unmet(model.deal)
            if unmet is not None:
                model._attempt.unmet.append(unmet)
        if model._attempt.unmet:
            return False
        source, target = model._position, model._attempt.target
        model._position = target
        for key, hooks in ((source, "on_exit"), (target, "on_enter")):
            for hook in getattr(self.machine.get_state(key), hooks):
                hook.run(model)
        return True

    return {"deaf": deaf, "hasty": hasty, "rude": rude, "early": early}


def _requirements(event: Any, model: Any) -> list[Any]:
    way = next(one for one in event.transitions[model._position] if one.dest == model._attempt.target)
    return [condition.func for condition in way.conditions]


def test_a_trigger_with_a_mistake_is_caught() -> None:
    for name, faulty in faults().items():
        caught = 0
        for seed in range(120):
            trace: Trace = []
            process = a_process(Random(seed), trace)
            if process is None:
                continue
            wrong = walked(process, Random(seed + 1), trace, faulty)
            caught += wrong != walked(process, Random(seed + 1), trace, STOCK)
        assert caught > 5, name


def test_the_switch_puts_the_former_trigger_back() -> None:
    before = _machine.MoveEvent.trigger
    with running_on(STOCK):
        assert _machine.MoveEvent.trigger is _machine.STOCK_TRIGGER
    assert _machine.MoveEvent.trigger is before
