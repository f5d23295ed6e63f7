"""What state machines expect of themselves, by the id of the case, as far as a sales engine should keep it.

Decided otherwise here:

- TR-03: there are no ``prepare`` callbacks. Requirements are pure, and nothing else runs before a move was decided.
- TR-05: there is no ``finalize_event``: in ``transitions`` an error in it is swallowed. What is left of the case, that an
  error before the change comes out and nothing has changed, is kept.
- TR-06: a requirement that raises is a mistake and comes out of ``blockers`` too; a move that does not exist is an error with
  the nearest names, because silence is opt-in.
- TR-08: there is no queue: with one, a refused move returns ``True``. A move inside a move is refused.
- TR-11: a closed stage may be left (``reopen``), and its hook runs at each entry; closed is an outcome and not an end.
- PS-02: all requirements are asked, because a seller should not find out one by one.
- PS-04: a hook cannot fire the next move. What is left of the case is the order: leaving before the change, entering after it.
- SX-04: stages do not nest.
- SX-07: there is no move without a target: whatever changes a deal without leaving its stage is recorded at a desk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from walks import NOW

from salesflow import (
    Deal,
    Move,
    MoveNotAllowed,
    MoveRefused,
    NotNow,
    Outcome,
    ProcessDefinitionError,
    SalesProcess,
    Stage,
    UnknownName,
    exit_requirement,
    requirement,
)


class Traced(Stage[Deal]):
    """A stage that says what happens to it."""

    trace: list[str]

    def on_enter(self, sale: Any, /) -> None:
        self.trace.append(f"enter {self.key} in {sale.deal.stage}")

    def on_exit(self, sale: Any, /) -> None:
        self.trace.append(f"exit {self.key} in {sale.deal.stage}")


class Asking(Stage[Deal]):
    asked: list[str]

    @exit_requirement("it has an owner")
    def has_owner(self, deal: Deal) -> bool:
        self.asked.append("owner")
        return deal.owner is not None

    @exit_requirement("it does not come from a list")
    def is_not_bought(self, deal: Deal) -> bool:
        self.asked.append("source")
        return deal.source != "a list"


class Won(Stage[Deal]):
    outcome = Outcome.WON


def opened(process: Any, **fields: Any) -> Any:
    return process().open(id="D-1", name="x", by="noa", at=NOW, **fields)


def asking_process() -> Any:
    class Fresh(Asking):
        asked: list[str] = []  # noqa: RUF012  # one list for each test

    class Process(SalesProcess[Deal]):
        first = Fresh()
        second = Stage[Deal]()
        won = Won()

    return Process


def traced_process() -> tuple[Any, list[str]]:
    seen: list[str] = []

    class Fresh(Traced):
        trace = seen

    class FreshWon(Fresh):
        outcome = Outcome.WON

    class Process(SalesProcess[Deal]):
        a = Fresh()
        b = Fresh()
        c = FreshWon()

    return Process, seen


def every_requirement_must_hold() -> None:
    sale = opened(asking_process(), owner="noa", source="a list")
    with pytest.raises(MoveRefused) as refused:
        sale.advance()
    assert [unmet.requirement for unmet in refused.value.unmet] == ["is_not_bought"]
    sale.update(source="fair")
    assert sale.advance().key == "second"
    assert sale.advance().key == "won"
    with pytest.raises(MoveNotAllowed):  # where the peer returns False and says nothing
        sale.advance()


def nothing_runs_before_a_move_was_decided() -> None:
    process, seen = traced_process()
    sale = opened(process)
    seen.clear()
    with pytest.raises(MoveNotAllowed):
        sale.go_back(reason="x")
    with pytest.raises(UnknownName):
        sale.move("advnace")
    sale.hold(reason="x")
    with pytest.raises(MoveRefused):
        sale.advance()
    assert seen == []


def an_error_before_the_change_comes_out_and_nothing_has_changed() -> None:
    class Failing(Stage[Deal]):
        @exit_requirement("it works")
        def works(self, deal: Deal) -> bool:
            raise LookupError("the price list is gone")

    class Process(SalesProcess[Deal]):
        first = Failing()
        won = Won()

    sale = opened(Process)
    deal = sale.deal
    with pytest.raises(LookupError, match="price list"):
        sale.win()
    assert sale.deal is deal


def asking_whether_a_move_can_be_made_hides_no_mistake() -> None:
    @requirement("it works")
    def works(deal: Deal) -> bool:
        raise LookupError("the price list is gone")

    class Process(SalesProcess[Deal]):
        first = Stage[Deal]()
        won = Won()
        fast = Move(source="first", target="won", requires=(works,))

    sale = opened(Process)
    assert sale.blockers("win") == ()
    with pytest.raises(UnknownName):
        sale.blockers("win", to="wno")
    with pytest.raises(LookupError):
        sale.blockers("fast")


def a_move_inside_a_move_is_refused_and_never_queued() -> None:
    class Hasty(Stage[Deal]):
        def on_enter(self, sale: Any, /) -> None:
            sale.advance()

    class Process(SalesProcess[Deal]):
        first = Stage[Deal]()
        second = Hasty()
        won = Won()

    sale = opened(Process)
    with pytest.raises(NotNow):
        sale.advance()
    assert (sale.deal.stage, len(sale.events)) == ("first", 1)


def no_stage_is_reachable_unless_the_process_says_so() -> None:
    process, _ = traced_process()
    assert not [name for name in process._machine.events if name.startswith("to_")]
    for name in ("to_c", "to_won"):
        with pytest.raises(UnknownName):
            opened(process).move(name)


def a_closed_stage_is_entered_each_time_it_is_entered() -> None:
    process, seen = traced_process()
    sale = opened(process)
    sale.advance()
    sale.win()
    sale.reopen(reason="they changed their mind")
    sale.win()
    assert seen.count("enter c in c") == 2
    with pytest.raises(MoveNotAllowed):
        sale.advance()


def all_requirements_are_asked() -> None:
    process = asking_process()
    with pytest.raises(MoveRefused) as refused:
        opened(process, source="a list").advance()
    assert process.first.asked == ["owner", "source"]
    assert len(refused.value.unmet) == 2


def hooks_run_around_the_change_in_order() -> None:
    process, seen = traced_process()
    sale = opened(process)
    sale.advance()
    sale.advance()
    assert seen == [
        "enter a in a",
        "exit a in a",
        "enter b in b",
        "exit b in b",
        "enter c in c",
    ]


def an_unknown_stored_stage_is_an_error_when_it_is_read() -> None:
    process, _ = traced_process()
    deal = attrs.evolve(opened(process).deal, stage="tapioca")
    with pytest.raises(UnknownName) as refused:
        process().work_on(deal, by="noa", at=NOW)
    assert (refused.value.kind, refused.value.name, refused.value.known) == ("stage", "tapioca", ("a", "b", "c"))


def a_deal_is_opened_in_the_first_stage_of_the_definition() -> None:
    process, _ = traced_process()
    assert opened(process).deal.stage == process().stages[0].key == "a"


def stages_do_not_nest() -> None:
    class Outer(Stage[Deal]):
        inner = Stage[Deal]()

    class Process(SalesProcess[Deal]):
        outer = Outer()
        won = Won()

    assert [stage.key for stage in Process().stages] == ["outer", "won"]


def a_hook_runs_once_for_each_time_and_a_stage_is_active_before_its_own_hook() -> None:
    process, seen = traced_process()
    sale = opened(process)
    sale.advance()
    assert seen.count("exit a in a") == 1
    assert "enter b in b" in seen


def every_move_leads_to_another_stage() -> None:
    with pytest.raises(ProcessDefinitionError, match="leads from 'first' to itself"):

        class Process(SalesProcess[Deal]):
            first = Stage[Deal]()
            won = Won()
            stay = Move(source="first", target="first")

    process, seen = traced_process()
    sale = opened(process)
    seen.clear()
    sale.tasks.add("call them")
    assert seen == []


CASES: dict[str, Callable[[], None]] = {
    "TR-01": every_requirement_must_hold,
    "TR-03": nothing_runs_before_a_move_was_decided,
    "TR-05": an_error_before_the_change_comes_out_and_nothing_has_changed,
    "TR-06": asking_whether_a_move_can_be_made_hides_no_mistake,
    "TR-08": a_move_inside_a_move_is_refused_and_never_queued,
    "TR-10": no_stage_is_reachable_unless_the_process_says_so,
    "TR-11": a_closed_stage_is_entered_each_time_it_is_entered,
    "PS-02": all_requirements_are_asked,
    "PS-04": hooks_run_around_the_change_in_order,
    "PS-05": an_unknown_stored_stage_is_an_error_when_it_is_read,
    "SX-02": a_deal_is_opened_in_the_first_stage_of_the_definition,
    "SX-04": stages_do_not_nest,
    "SX-05": a_hook_runs_once_for_each_time_and_a_stage_is_active_before_its_own_hook,
    "SX-07": every_move_leads_to_another_stage,
}


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    CASES[case]()
