"""The traps of ``transitions``: each is sprung on a naive machine first, then shown not to be in ours."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest
import transitions
from transitions.extensions import LockedMachine
from walks import NOW, a_sale, agree, qualify, sale_in

from salesflow import (
    Deal,
    MemoryStorage,
    Money,
    Move,
    MoveRefused,
    NotNow,
    Outcome,
    ProcessDefinitionError,
    SalesProcess,
    Stage,
    StaleVersion,
    UnknownName,
    exit_requirement,
)
from salesflow.process import _machine
from salesflow.standard import StandardProcess


class Naive:
    """A deal as one would bind it to a machine after reading the first page of the manual."""

    state: str
    trigger: Callable[..., bool]

    deleted = False

    def delete(self) -> bool:
        self.deleted = True
        return True


def naive_machine(model: object, **options: Any) -> transitions.Machine:
    known: dict[str, Any] = {"states": ["open", "won"], "initial": "open", "send_event": False}
    return transitions.Machine(model=model, **{**known, **options})


class Open(Stage[Deal]):
    pass


class Won(Stage[Deal]):
    outcome = Outcome.WON


def open_in(process: type[SalesProcess[Deal]], **fields: Any) -> Any:
    return process().open(id="D-1", name="Order desk", by="noa", at=NOW, **fields)


def test_nothing_jumps_the_gates_as_automatic_transitions_do() -> None:
    naive: Any = Naive()
    naive_machine(naive)
    naive.to_won()  # no transition was declared, no guard was asked
    assert naive.state == "won"

    sale = a_sale()
    assert not [name for name in dir(sale) if name.startswith(("to_", "may_"))]
    assert set(StandardProcess._machine.events) == {
        "advance",
        "win",
        "lose",
        "go_back",
        "reopen",
        "pass_over_objections",
    }
    with pytest.raises(UnknownName):
        sale.move("to_follow_up")
    assert sale.deal.stage == "prospecting"


def test_the_name_of_a_move_reaches_no_method_as_dispatch_does() -> None:
    naive: Any = Naive()
    machine = naive_machine(naive)
    machine.dispatch("delete")
    assert naive.deleted  # any attribute of the model is called

    sale = a_sale()
    for name in ("delete", "update", "hold", "_append", "__init__", "changes"):
        with pytest.raises(UnknownName):
            sale.move(name)
    assert len(sale.events) == 1
    assert StandardProcess._machine.models == []


def test_no_text_is_imported_and_run_as_a_string_callback_is() -> None:
    naive: Any = Naive()
    machine = naive_machine(naive)
    machine.add_transition("leave", "open", "won", before="os.getcwd")
    assert naive.leave()  # os.getcwd was imported and called

    event_data: Any = None
    with pytest.raises(TypeError, match="never names"):
        _machine.SalesMachine.resolve_callable("os.system", event_data)
    with pytest.raises(ProcessDefinitionError, match="on_enter must be a method, not str"):

        class Hostile(SalesProcess[Deal]):
            first = type("First", (Open,), {"on_enter": "os.system"})()
            won = Won()

    with pytest.raises(ProcessDefinitionError, match="requires takes what @requirement made"):

        class HostileMove(SalesProcess[Deal]):
            first = Open()
            won = Won()
            leave = Move(source="first", target="won", requires=("os.system",))  # type: ignore[arg-type]  # hostile


def _explode(*_: object) -> None:
    raise RuntimeError("the task board is down")


def test_a_hook_that_fails_on_entering_leaves_the_deal_where_it_was() -> None:
    naive: Any = Naive()
    machine = naive_machine(naive)
    machine.add_transition("win", "open", "won", after=_explode)
    with pytest.raises(RuntimeError):
        naive.win()
    assert naive.state == "won"  # changed all the same

    class Exploding(Won):
        def on_enter(self, sale: Any, /) -> None:
            sale.tasks.add("Call the customer")
            _explode()

    class Process(SalesProcess[Deal]):
        first = Open()
        won = Exploding()

    sale = open_in(Process)
    before, events = sale.deal, sale.events
    with pytest.raises(RuntimeError, match="task board"):
        sale.win()
    assert sale.deal is before
    assert sale.events == events


def test_no_error_is_swallowed_as_in_finalize_event() -> None:
    naive: Any = Naive()
    machine = naive_machine(naive, finalize_event=_explode)
    machine.add_transition("win", "open", "won")
    assert naive.win()  # the error is logged and gone

    assert StandardProcess._machine.finalize_event == []
    assert StandardProcess._machine.on_exception == []
    for where, place in (("on_exit", "first"), ("on_enter", "second")):
        exploding: Any = type("Exploding", (Open,), {where: lambda self, sale: _explode()})
        body = {"first": Open(), "second": Open(), "won": Won(), place: exploding()}
        sale = open_in(type("Process", (SalesProcess,), body))
        with pytest.raises(RuntimeError, match="task board"):
            sale.advance()
        assert sale.deal.stage == "first"


def test_a_misspelt_target_is_refused_where_it_is_written() -> None:
    left: list[str] = []
    naive: Any = Naive()
    machine = naive_machine(naive)
    machine.add_transition("win", "open", "wom")  # accepted
    machine.on_exit_open(lambda: left.append("open"))
    with pytest.raises(ValueError, match="wom"):
        naive.win()
    assert left == ["open"]  # and it fails only after the hook of the stage has run

    with pytest.raises(ProcessDefinitionError, match="no stage 'wom'; did you mean 'won'"):

        class Process(SalesProcess[Deal]):
            first = Open()
            won = Won()
            fast = Move(source="first", target="wom")


def test_frozen_deals_need_not_be_bound_to_a_machine() -> None:
    deal: Any = attrs.make_class("SlottedDeal", {"id": attrs.field()}, frozen=True, slots=True)("D-1")
    with pytest.raises(AttributeError):
        naive_machine(deal)

    sale = a_sale()
    qualify(sale)
    before = sale.deal
    sale.advance()
    assert (before.stage, sale.deal.stage) == ("prospecting", "preparation")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        sale.deal.stage = "follow_up"


def test_two_equal_deals_are_worked_apart() -> None:
    @attrs.define
    class EqualDeal:
        name: str = "Order desk"

    one, two = EqualDeal(), EqualDeal()
    machine: Any = transitions.Machine(model=None, states=["open", "won"], initial="open")
    with pytest.raises(AttributeError):  # slotted, and so not even the first can be bound
        machine.add_model([one, two])

    class Loose:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Loose)

        __hash__ = None  # type: ignore[assignment]  # as a mutable dataclass has it

    first, second = Loose(), Loose()
    machine.add_model([first, second])
    assert len(machine.models) == 1  # the second is lost

    left, right = a_sale(), a_sale()
    assert left.deal == right.deal
    qualify(left)
    left.advance()
    assert (left.deal.stage, right.deal.stage) == ("preparation", "prospecting")


def test_a_copy_of_a_deal_does_not_move_the_original() -> None:
    naive: Any = Naive()
    machine = naive_machine(naive)
    machine.add_transition("win", "open", "won")
    duplicate = copy.copy(naive)
    duplicate.win()
    assert (naive.state, duplicate.state) == ("won", "open")  # the original moved

    sale = a_sale()
    qualify(sale)
    original, duplicate_deal = sale.deal, copy.copy(sale.deal)
    other = StandardProcess().work_on(duplicate_deal, by="noa", at=NOW)
    other.advance()
    assert (other.deal.stage, sale.deal.stage, original.stage) == ("preparation", "prospecting", "prospecting")


def test_a_stored_deal_is_taken_up_in_the_stage_that_it_has() -> None:
    naive: Any = Naive()
    naive.state = "won"
    naive_machine(naive)
    assert naive.state == "open"  # reset to the initial state

    stored = sale_in("presentation").deal
    assert StandardProcess().work_on(stored, by="noa", at=NOW).deal is stored


def _truthy(deal: Deal) -> Any:
    return deal.name  # text, and not a verdict


def test_a_verdict_that_is_merely_truthy_is_an_error_and_no_silent_refusal() -> None:
    naive: Any = Naive()
    machine = naive_machine(naive)
    machine.add_transition("win", "open", "won", conditions=lambda: "yes")
    assert not naive.win()  # "yes" == True is false: blocked, and nobody says why

    class Asking(Open):
        @exit_requirement("the deal has a name")
        def has_name(self, deal: Deal) -> bool:
            verdict: bool = _truthy(deal)
            return verdict

    class Process(SalesProcess[Deal]):
        first = Asking()
        won = Won()

    sale = open_in(Process)
    with pytest.raises(TypeError, match=r"first\.has_name must return a bool or yield what is missing, not str"):
        sale.win()
    with pytest.raises(TypeError, match="has_name"):
        sale.blockers()
    assert sale.deal.stage == "first"


def test_a_requirement_or_hook_that_would_never_be_awaited_is_refused_at_definition() -> None:
    async def never_awaited() -> bool:
        return False

    naive: Any = Naive()
    machine = naive_machine(naive)
    pending: list[Any] = []
    machine.add_transition("win", "open", "won", before=lambda: pending.append(never_awaited()))
    assert naive.win()  # the coroutine was made, and nobody ran it
    pending.pop().close()

    class Waiting(Open):
        @exit_requirement("the credit bureau agrees")
        async def credit_is_good(self, deal: Deal) -> bool:
            return False

        async def on_enter(self, sale: Any, /) -> None:  # type: ignore[override]  # the mistake
            ...

    with pytest.raises(ProcessDefinitionError) as refused:

        class Process(SalesProcess[Deal]):
            first = Waiting()
            won = Won()

    assert [fault for fault in refused.value.faults if "coroutine" in fault] == [
        "stage 'first': on_enter is a coroutine; it would never be awaited",
        "stage 'first': requirement 'credit_is_good' is a coroutine; it would never be awaited",
    ]


def test_a_refused_move_never_looks_like_a_success_as_a_queued_one_does() -> None:
    naive: Any = Naive()
    machine = naive_machine(naive, queued=True)
    machine.add_transition("win", "open", "won", conditions=lambda: False)
    verdicts: list[bool] = []
    machine.add_transition("inspect", "open", "=", after=lambda: verdicts.append(naive.win()))
    naive.inspect()
    assert (verdicts, naive.state) == ([True], "open")  # True, and it did not happen

    assert not StandardProcess._machine.has_queue
    with pytest.raises(MoveRefused):
        a_sale().advance()

    class Restless(Won):
        def on_enter(self, sale: Any, /) -> None:
            sale.reopen(reason="again")

    class Process(SalesProcess[Deal]):
        first = Open()
        won = Restless()

    with pytest.raises(NotNow, match="in the middle of 'win'"):
        open_in(Process).win()


def test_of_eight_threads_that_win_one_deal_exactly_one_commits() -> None:
    naive: Any = Naive()
    machine = naive_machine(naive)
    gate = threading.Barrier(8, timeout=30)
    together: Callable[[], Any] = gate.wait
    machine.add_transition("win", "open", "won", before=lambda: together())
    naive_wins: list[bool] = []
    _in_threads(8, lambda: naive_wins.append(naive.win()))
    assert naive_wins == [True] * 8  # every seller won it

    storage = MemoryStorage()
    opened = sale_in("closing")
    agree(opened)
    storage.commit(opened.changes)
    deal = storage.get(Deal, "D-1")
    start = threading.Barrier(8, timeout=30)
    won: list[str] = []
    stale: list[StaleVersion] = []

    def win() -> None:
        sale = StandardProcess().work_on(deal, by="noa", at=NOW)
        sale.win()
        start.wait()
        try:
            storage.commit(sale.changes)
        except StaleVersion as error:
            stale.append(error)
        else:
            won.append(sale.by)

    _in_threads(8, win)
    assert (len(won), len(stale)) == (1, 7)
    assert sum(type(one.event).__name__ == "DealWon" for one in storage.history(Deal, "D-1")) == 1


def _in_threads(number: int, work: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)


def test_two_sales_that_touch_each_other_cannot_deadlock_because_nothing_is_locked() -> None:
    """A ``LockedMachine`` holds its lock while callbacks run; two of them that call each other wait for ever."""
    assert not issubclass(_machine.SalesMachine, LockedMachine)
    both_inside = threading.Barrier(2, timeout=30)
    others: dict[str, Any] = {}

    class Reaching(Won):
        def on_enter(self, sale: Any, /) -> None:
            both_inside.wait()  # each is in the middle of its own move ...
            others[sale.by].win()  # ... and makes one on another deal of the same process

    class Plain(SalesProcess[Deal]):
        first = Open()
        won = Won()

    class Process(SalesProcess[Deal]):
        first = Open()
        won = Reaching()

    def a_deal(process: type[SalesProcess[Deal]], by: str) -> Any:
        return process().open(id=f"D-{by}", name="Order desk", by=by, at=NOW)

    sales = {by: a_deal(Process, by) for by in ("noa", "ben")}
    others.update(noa=a_deal(Plain, "ben"), ben=a_deal(Plain, "noa"))
    waiting = iter(sales.values())
    _in_threads(2, lambda: next(waiting).win())
    assert [sale.deal.stage for sale in (*sales.values(), *others.values())] == ["won"] * 4


def test_a_pickled_deal_holds_itself_and_nothing_else() -> None:
    many: list[Any] = [Naive() for _ in range(20)]
    naive_machine(many)
    for number, model in enumerate(many):
        model.secret = f"secret {number}"
    assert b"secret 19" in pickle.dumps(many[0])  # the machine comes along, and with it every other deal

    mine, other = a_sale(), a_sale(id="D-2", name="Another deal altogether")
    blob = pickle.dumps(mine.deal)
    assert other.deal.name.encode() not in blob
    assert b"transitions" not in blob
    assert pickle.loads(blob) == mine.deal
    assert pickle.loads(pickle.dumps(mine.changes)) == mine.changes


HOSTILE = (
    'Won"\n    s1 --> s7: free\n%%{init: {"securityLevel": "loose"}}%%\nclick s1 "javascript:alert(1)" <img src=x>'
)


def test_a_title_draws_no_lines_of_its_own_as_in_the_stock_diagrams() -> None:
    from transitions.extensions import GraphMachine

    naive: Any = Naive()
    machine: Any = GraphMachine(
        model=naive, states=["open", HOSTILE], initial="open", graph_engine="mermaid", auto_transitions=False
    )
    machine.add_transition("win", "open", HOSTILE)
    assert any(line.strip().startswith("click s1") for line in naive.get_graph().source.splitlines())

    class Hostile(Won):
        title = HOSTILE

    class Process(SalesProcess[Deal]):
        first = Open()
        won = Hostile()

    drawn = Process().diagram()
    assert len(drawn.splitlines()) == 7
    assert not [line for line in drawn.splitlines() if line.strip().startswith(("click", "%%", "s1 --> s7"))]
    assert "<img" not in drawn
    assert "javascript:" not in drawn


def test_the_machine_is_made_once_for_a_class_and_binds_nothing() -> None:
    machine = StandardProcess._machine
    assert StandardProcess()._machine is machine
    for _ in range(3):
        qualify(sale := a_sale())
        sale.advance()
    assert machine.models == []
    assert not machine.has_queue


def test_money_that_a_requirement_reads_is_the_money_of_this_deal() -> None:
    """Conditions get the deal of the sale that attempts the move, also when two sales take turns on one machine."""

    class Rich(Open):
        @exit_requirement("it is worth the effort")
        def is_worth_it(self, deal: Deal) -> Iterator[str]:
            if deal.amount is None or deal.amount < Money("100", "EUR"):
                yield f"{deal.id} is too small"

    class Process(SalesProcess[Deal]):
        first = Rich()
        won = Won()

    small = Process().open(id="small", name="x", amount=Money("1", "EUR"), by="noa", at=NOW)
    large = Process().open(id="large", name="x", amount=Money("1000", "EUR"), by="noa", at=NOW)
    with pytest.raises(MoveRefused) as refused:
        small.win()
    large.win()
    assert refused.value.unmet[0].missing == ("small is too small",)
    assert (small.deal.stage, large.deal.stage) == ("first", "won")
