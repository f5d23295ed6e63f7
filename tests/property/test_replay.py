"""Whatever is done with a deal, it is the fold of its events, and what was refused has changed nothing.

A state machine makes random moves and uses random desks, in sale after sale. After every operation:

- the deal equals the fold of all its events, and its version is their number;
- where the operation was refused, deal and events are the ones from before;
- replay up to any version gives the deal as it was then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from walks import DONE_IN, NOW, STAGES

from salesflow import ApprovalRule, Deal, MemoryStorage, Money, PaymentTerms, SalesflowError, fold
from salesflow.deal.cadence import Cadence, Frequency, ShortMonths
from salesflow.deal.clauses import Delivery
from salesflow.standard import StandardProcess

Operation = Callable[[Any, Random], object]


class CarefulProcess(StandardProcess[Deal]):
    """The standard process with an approval, so that approvals are part of the walk."""

    key = "careful"
    approval_rules = (ApprovalRule(key="sales_lead", title="the sales lead", discount_over=Decimal("0.2")),)


def number(random: Random) -> int:
    """The number of a record, which may or may not exist."""
    return random.randint(1, 3)


def day(random: Random) -> date:
    return NOW.date() + timedelta(days=random.randint(-5, 60))


def price(random: Random) -> Money:
    return Money(random.choice(["48000", "0", "999.99"]), random.choice(["EUR", "EUR", "USD"]))


def text(random: Random) -> str:
    return random.choice(["It costs too much", "one place", "Größe & <b>Maß</b>", "x" * 150, "", "nul\x00", "a\nb"])


def stage(random: Random) -> str:
    return random.choice([*STAGES, "lost", "nowhere"])


MOVES: dict[str, Operation] = {
    "advance": lambda sale, random: sale.advance(),
    "win": lambda sale, random: sale.win(reason=random.choice([None, "they know us"])),
    "lose": lambda sale, random: sale.lose(
        reason=random.choice(["price", "other", "timing", "unheard of"]), note=random.choice(["", "why"])
    ),
    "lose to a competitor": lambda sale, random: sale.lose(reason="competitor", competitor="Globex"),
    "go back": lambda sale, random: sale.go_back(reason="something is missing"),
    "go back to": lambda sale, random: sale.go_back(reason="something is missing", to=stage(random)),
    "reopen": lambda sale, random: sale.reopen(reason="they called"),
    "reopen at": lambda sale, random: sale.reopen(reason="they called", to=stage(random)),
    "pass over": lambda sale, random: sale.move(CarefulProcess.pass_over_objections),
    "misspelt move": lambda sale, random: sale.move("advnace"),
    "hold": lambda sale, random: sale.hold(reason="budget freeze", until=random.choice([None, day(random)])),
    "resume": lambda sale, random: sale.resume(),
    "update": lambda sale, random: sale.update(name=text(random), expected_close=day(random)),
    "update figures": lambda sale, random: sale.update(amount=price(random), probability=Decimal("0.3")),
    "update the stage": lambda sale, random: sale.update(stage="follow_up"),
    "update nothing": lambda sale, random: sale.update(name=sale.deal.name),
}

DESKS: dict[str, Operation] = {
    "qualify": lambda sale, random: sale.qualification.record(need=text(random) or None, budget=price(random)),
    "retract": lambda sale, random: sale.qualification.retract("budget"),
    "record a need": lambda sale, random: sale.needs.record(text(random), kind=random.choice(["need", "want", "wish"])),
    "revise a need": lambda sale, random: sale.needs.revise(number(random), text=text(random)),
    "drop a need": lambda sale, random: sale.needs.drop(number(random), reason="no longer"),
    "add a product": lambda sale, random: sale.briefing.add_product(text(random)),
    "remove a product": lambda sale, random: sale.briefing.remove_product("one place"),
    "set pricing": lambda sale, random: sale.briefing.set_pricing("48,000 a year"),
    "add a competitor": lambda sale, random: sale.briefing.add_competitor("Globex", offer="cheap"),
    "remove a competitor": lambda sale, random: sale.briefing.remove_competitor("Globex"),
    "note no competition": lambda sale, random: sale.briefing.note_no_competition(),
    "set a pitch": lambda sale, random: sale.briefing.set_pitch(text(random)),
    "plan a meeting": lambda sale, random: sale.meetings.plan(
        "demo", planned_for=sale.at + timedelta(days=random.randint(-1, 3))
    ),
    "record a meeting": lambda sale, random: sale.meetings.record("first meeting", summary=text(random)),
    "hold a meeting": lambda sale, random: sale.meetings.hold(number(random), summary="it went well"),
    "cancel a meeting": lambda sale, random: sale.meetings.cancel(number(random), reason="ill"),
    "miss a meeting": lambda sale, random: sale.meetings.miss(number(random)),
    "reschedule a meeting": lambda sale, random: sale.meetings.reschedule(
        number(random), planned_for=sale.at + timedelta(days=2)
    ),
    "show": lambda sale, random: sale.presentation.show(number(random), how=text(random)),
    "note a reaction": lambda sale, random: sale.presentation.note_reaction(number(random), "convinced"),
    "raise an objection": lambda sale, random: sale.objections.raise_(
        text(random), kind=random.choice(["price", "trust", "own kind"])
    ),
    "answer an objection": lambda sale, random: sale.objections.answer(number(random), text(random)),
    "resolve an objection": lambda sale, random: sale.objections.resolve(number(random)),
    "leave an objection": lambda sale, random: sale.objections.leave_standing(number(random), note="they buy anyway"),
    "withdraw an objection": lambda sale, random: sale.objections.withdraw(number(random)),
    "reopen an objection": lambda sale, random: sale.objections.reopen(number(random), reason="again"),
    "notice a signal": lambda sale, random: sale.signals.notice("asks for the price", quote="how much?"),
    "propose terms": lambda sale, random: sale.terms.propose(
        price(random),
        discount=Decimal(random.choice(["0", "0.1", "0.3", "1.5"])),
        payment=random.choice([None, PaymentTerms.net(30)]),
        valid_until=random.choice([None, day(random)]),
        deliveries=[Delivery(what="Order desk", on=day(random))],
    ),
    "counter terms": lambda sale, random: sale.terms.counter(discount=Decimal(random.choice(["0", "0.15", "0.4"]))),
    "approve terms": lambda sale, random: sale.terms.approve(random.choice(["sales_lead", "nobody"])),
    "accept terms": lambda sale, random: sale.terms.accept(),
    "sign terms": lambda sale, random: sale.terms.sign(f"C-{number(random)}"),
    "reject terms": lambda sale, random: sale.terms.reject("too dear"),
    "let terms expire": lambda sale, random: sale.terms.expire(),
    "withdraw terms": lambda sale, random: sale.terms.withdraw("a mistake"),
    "add to the committee": lambda sale, random: sale.committee.add(
        f"C-{number(random)}", random.choice(["decision maker", "legal", "king"]), may_sign=random.random() < 0.7
    ),
    "change the committee": lambda sale, random: sale.committee.change(f"C-{number(random)}", roles="champion"),
    "set the primary": lambda sale, random: sale.committee.set_primary(f"C-{number(random)}"),
    "remove from the committee": lambda sale, random: sale.committee.remove(f"C-{number(random)}"),
    "add a line": lambda sale, random: sale.line_items.add("Order desk", unit_price=price(random), quantity="2.5"),
    "change a line": lambda sale, random: sale.line_items.change(number(random), quantity=number(random)),
    "remove a line": lambda sale, random: sale.line_items.remove(number(random)),
    "check the delivery": lambda sale, random: sale.follow_up.check_delivery(
        arrived=random.random() < 0.7, works=random.choice([None, True, False])
    ),
    "agree on a cadence": lambda sale, random: sale.follow_up.agree_cadence(
        Cadence(frequency=Frequency.MONTHLY, anchor=day(random), count=4, short_months=ShortMonths.LAST_DAY)
    ),
    "end the cadence": lambda sale, random: sale.follow_up.end_cadence(),
    "record feedback": lambda sale, random: sale.follow_up.record_feedback(
        text(random), satisfaction=random.choice([None, 5, 11])
    ),
    "note an opening": lambda sale, random: sale.follow_up.note_opening(text(random)),
    "link an opening": lambda sale, random: sale.follow_up.link_opening(number(random), deal_id="D-2"),
    "note loyalty": lambda sale, random: sale.follow_up.note_loyalty(text(random)),
    "add a task": lambda sale, random: sale.tasks.add(text(random), due_at=sale.at + timedelta(days=1)),
    "complete a task": lambda sale, random: sale.tasks.complete(number(random)),
    "cancel a task": lambda sale, random: sale.tasks.cancel(number(random), reason="no need"),
    "reopen a task": lambda sale, random: sale.tasks.reopen(number(random), reason="after all"),
    "reassign a task": lambda sale, random: sale.tasks.reassign(number(random), owner=random.choice([None, "ben"])),
    "reschedule a task": lambda sale, random: sale.tasks.reschedule(number(random), due_at=None),
}

OPERATIONS = MOVES | DESKS
QUESTIONS: tuple[Callable[[Any], object], ...] = (
    lambda sale: sale.blockers(),
    lambda sale: sale.next_moves(),
    lambda sale: sale.next_steps(),
    lambda sale: sale.dry_run(lambda trial: trial.advance()),
    lambda sale: sale.changes,
    lambda sale: sale.probability,
)


class DealAtWork(RuleBasedStateMachine):
    """One deal, worked in sale after sale, stored after each."""

    visits: Counter[str]
    done: Counter[str]
    refused: Counter[str]

    @initialize()
    def open(self) -> None:
        self.process = CarefulProcess()
        self.storage = MemoryStorage()
        self.sale: Any = self.process.open(id="D-1", name="Order desk", amount=Money("48000", "EUR"), by="noa", at=NOW)
        self.past: tuple[Any, ...] = ()
        self.versions: list[Deal] = [self.sale.deal]
        self.visits[self.sale.deal.stage] += 1

    @rule(name=st.sampled_from(sorted(OPERATIONS)), seed=st.integers(0, 999))
    def operate(self, name: str, seed: int) -> None:
        self.check(name, lambda: OPERATIONS[name](self.sale, Random(seed)))

    @rule(name=st.sampled_from(sorted(MOVES)), seed=st.integers(0, 99))
    def move(self, name: str, seed: int) -> None:
        self.check(name, lambda: OPERATIONS[name](self.sale, Random(seed)))

    @precondition(lambda self: self.sale.deal.stage in DONE_IN)
    @rule()
    def do_what_the_stage_asks_and_advance(self) -> None:
        def work() -> None:
            DONE_IN[self.sale.deal.stage](self.sale)
            self.sale.advance()

        self.check("advance", work, may_do_half=True)

    @rule()
    def ask(self) -> None:
        before, events = self.sale.deal, self.sale.events
        for question in QUESTIONS:
            question(self.sale)
        assert self.sale.deal is before
        assert self.sale.events == events

    @rule(by=st.sampled_from(["noa", "ben"]), hours=st.integers(0, 100))
    def begin_another_sale(self, by: str, hours: int) -> None:
        self.storage.commit(self.sale.changes)
        stored = self.storage.get(Deal, "D-1")
        assert stored == self.sale.deal
        self.past += self.sale.events
        assert tuple(one.event for one in self.storage.history(Deal, "D-1")) == self.past
        self.sale = self.process.work_on(stored, by=by, at=self.sale.at + timedelta(hours=hours))

    def check(self, name: str, operation: Callable[[], object], *, may_do_half: bool = False) -> None:
        """Do something, and hold the deal to its laws."""
        deal, events = self.sale.deal, self.sale.events
        try:
            operation()
        except SalesflowError:
            self.refused[name] += 1
            if not may_do_half:
                assert self.sale.deal is deal
                assert self.sale.events == events
        else:
            self.done[name] += 1
        now = self.sale.deal
        assert self.sale.events[: len(events)] == events
        new = self.sale.events[len(events) :]
        for count in range(1, len(new) + 1):
            self.versions.append(fold(new[:count], deal))
        assert self.versions[-1] == now
        assert now.version == len(self.past) + len(self.sale.events)
        assert fold((*self.past, *self.sale.events)) == now
        if now.stage != deal.stage:
            self.visits[now.stage] += 1

    def teardown(self) -> None:
        if not hasattr(self, "sale"):
            return
        events = (*self.past, *self.sale.events)
        assert len(self.versions) == len(events)
        for version, deal in enumerate(self.versions, 1):
            assert fold(events[:version]) == deal
            assert deal.version == version


@pytest.fixture(scope="module")
def worked() -> type[DealAtWork]:
    """The state machine after it ran, with what it counted."""

    class Counted(DealAtWork):
        pass

    Counted.visits, Counted.done, Counted.refused = Counter(), Counter(), Counter()

    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=200,
            stateful_step_count=40,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Counted


def test_a_deal_is_the_fold_of_its_events_whatever_is_done_with_it(worked: type[DealAtWork]) -> None:
    assert sum(worked.done.values()) > 500


def test_every_stage_was_visited_often_enough(worked: type[DealAtWork]) -> None:
    rare = {key: worked.visits[key] for key in (*STAGES, "lost") if worked.visits[key] < 10}
    assert not rare


def test_nearly_every_operation_was_tried(worked: type[DealAtWork]) -> None:
    tried = worked.done + worked.refused
    assert len([name for name in OPERATIONS if tried[name]]) >= len(OPERATIONS) * 0.9


WAYS_ON = {"presentation": ("advance", "pass over"), "closing": ("advance", "win")}
NEVER_DONE = {"misspelt move", "update the stage"}
NEVER_REFUSED = {"update nothing"}


def test_every_operation_can_be_done_and_every_stage_is_reached() -> None:
    """Walks driven by plain random numbers, long enough that everything happens on them."""
    done, refused, visits = Counter[str](), Counter[str](), Counter[str]()
    for seed in range(250):
        random = Random(seed)
        sale: Any = CarefulProcess().open(id="D-1", name="Order desk", amount=Money("48000", "EUR"), by="noa", at=NOW)
        for _ in range(120):
            is_directed = random.random() < 0.15 and sale.deal.stage in DONE_IN
            if is_directed:
                name = random.choice(WAYS_ON.get(sale.deal.stage, ("advance",)))
                with suppress(SalesflowError):
                    DONE_IN[sale.deal.stage](sale)
            else:
                name = random.choice(list(DESKS if random.random() < 0.9 else MOVES))
            deal, events = sale.deal, sale.events
            try:
                OPERATIONS[name](sale, random)
            except SalesflowError:
                refused[name] += 1
                assert sale.deal is deal
                assert sale.events == events
            else:
                done[name] += 1
                assert fold(sale.events[len(events) :], deal) == sale.deal
                assert sale.deal.version == deal.version + len(sale.events) - len(events)
            visits[sale.deal.stage] += sale.deal.stage != deal.stage
            if random.random() < 0.1:
                by, at = random.choice(["noa", "ben"]), sale.at + timedelta(hours=random.randint(0, 80))
                sale = CarefulProcess().work_on(sale.deal, by=by, at=at)
    assert {name for name in OPERATIONS if not done[name]} == NEVER_DONE
    assert {name for name in MOVES if not refused[name]} == NEVER_REFUSED
    assert min(visits[key] for key in (*STAGES[1:], "lost")) > 20, visits
