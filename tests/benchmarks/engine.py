"""How long a move takes, against what it is built on, against code written by hand, and against its peers.

A program, not a test::

    uv run tests/benchmarks/engine.py                        # the table; peers that are not installed are left out
    uv run --group bench tests/benchmarks/engine.py --json   # everything, as one JSON object

Everything is measured in one process and one run. All sides take turns within a round, the order of the sides changes
from round to round, and a ratio is the median over the rounds of "ours by theirs" within a round, so that a busy
machine slows both sides alike. The garbage collector is off while anything is timed and runs between, for all sides;
``--collector`` leaves it on, for all sides. What is prepared before a move (the sale, the model, the aggregate) is not
part of a move; ``unit_vs_transitions`` is the figure with all of it.

The sides, each walking through nine stages with one guard per move:

- **ours**: ``Sale.advance()``: requirements with reasons (the stage's own and "not on hold"), the policy, the
  immutable deal, the event, the version, all of it taken back if anything fails.
- **transitions**: the stock ``Event.trigger`` on one shared machine, one guard, nothing recorded.
- **floor**: the same work written by hand for this one process: the same guard and policy called, the same event
  made, the same frozen deal copied by a generated function, the version checked. No engine, no reasons, no hooks.
- **django_fsm, python_statemachine, eventsourcing**: their nearest equivalents; see ``peers``.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import platform
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import ClassVar

import attrs
import transitions

from salesflow import (
    Deal,
    Event,
    MemoryStorage,
    Money,
    Outcome,
    SalesProcess,
    Stage,
    StageChanged,
    exit_requirement,
)
from salesflow._copying import copier, maker
from salesflow.standard import StandardProcess

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
STAGES = tuple(f"stage_{number}" for number in range(1, 10))
MOVES = len(STAGES) - 1
PARTS = ("moves", "peers", "imports", "definition", "memory", "job")
PEERS = ("django_fsm", "python_statemachine", "eventsourcing")
BOUNDS = {
    "move_vs_transitions": 0.6,
    "move_vs_floor": 2.5,
    "move_vs_django_fsm": 1.3,
    "move_vs_python_statemachine": 1.0,
    "move_vs_eventsourcing": 1.0,
    "import_vs_parts": 1.5,
    "main_job_growth": 1.2,
}
REPOSITORY = Path(__file__).resolve().parents[2]


def amount_is_known(deal: Deal) -> bool:
    """The guard, the same for every side: a question to a real field."""
    return deal.amount is not None


class Worked(Stage[Deal]):
    """A stage with one requirement for leaving it."""

    @exit_requirement("the amount is known")
    def amount_is_known(self, deal: Deal) -> bool:
        return deal.amount is not None


class Won(Stage[Deal]):
    """Won."""

    outcome = Outcome.WON


class Lost(Stage[Deal]):
    """Lost."""

    outcome = Outcome.LOST


class OwnersOnly:
    """A policy as hosts have one."""

    def refusal(self, event: Event[Deal], deal: Deal, /) -> str | None:
        return None if deal.owner is None or deal.owner == event.by else f"only {deal.owner} works this deal"


def nine_stages() -> type[SalesProcess[Deal]]:
    """Define the process: nine stages to work through, and won and lost."""
    worked = {key: type(f"Worked{key[-1]}", (Worked,), {})() for key in STAGES}
    body = {"key": "nine", **worked, "won": Won(), "lost": Lost()}
    return type(SalesProcess)("NineStages", (SalesProcess,), body)


# The floor --------------------------------------------------------------------------------------------------------


class HandWritten:
    """What somebody writes for this one process who wants it fast and knows how."""

    __slots__ = ("at", "by", "deal", "events", "expected", "policy")

    following: ClassVar = dict(pairwise(STAGES))
    copy = staticmethod(copier(Deal, ("version", "changed_at", "stage", "entered_at", "outcome")))
    record = staticmethod(maker(StageChanged))

    def __init__(self, deal: Deal, policy: OwnersOnly) -> None:
        self.deal, self.policy, self.at, self.by = deal, policy, AT, "noa"
        self.events: list[StageChanged] = []
        self.expected = deal.version

    def advance(self) -> str:
        deal = self.deal
        source = deal.stage
        target = self.following[source]
        if deal.hold is not None:
            raise ValueError("the deal is on hold")
        if not amount_is_known(deal):
            raise ValueError("the amount is not known")
        if deal.version != self.expected:
            raise ValueError("stale")
        event = self.record(self.at, self.by, "advance", source, target, deal.entered_at, Outcome.OPEN, None, "")
        refusal = self.policy.refusal(event, deal)
        if refusal is not None:
            raise PermissionError(refusal)
        self.expected = version = deal.version + 1
        self.deal = self.copy(deal, version, self.at, target, self.at, Outcome.OPEN)
        self.events.append(event)
        return target


class HandWrittenPlainly(HandWritten):
    """The same with the means that attrs gives: its constructor and ``attrs.evolve``."""

    __slots__ = ()

    copy = staticmethod(
        lambda deal, version, at, target, entered_at, outcome: attrs.evolve(
            deal, version=version, changed_at=at, stage=target, entered_at=entered_at, outcome=outcome
        )
    )
    record = staticmethod(
        lambda at, by, move, source, target, entered_at, outcome, reason, note: StageChanged(
            at=at,
            by=by,
            move=move,
            source=source,
            target=target,
            entered_at=entered_at,
            outcome=outcome,
            reason=reason,
            note=note,
        )
    )


# The peers --------------------------------------------------------------------------------------------------------


class PlainDeal:
    """A mutable model for the engines that need one."""

    def __init__(self) -> None:
        self.state = STAGES[0]
        self.amount = Decimal(1)

    def amount_is_known(self) -> bool:
        return self.amount is not None


Side = tuple[Callable[[], object], Callable[[object], None]]
"""What is made before the clock starts, and the walk through all stages that is timed."""


def bare_transitions() -> Side:
    """One shared machine; models are passed to its event, which is the fastest stock way."""
    machine = transitions.Machine(model=None, states=list(STAGES), initial=STAGES[0], auto_transitions=False)
    for source, target in pairwise(STAGES):
        machine.add_transition("advance", source, target, conditions="amount_is_known")
    event = machine.events["advance"]

    def walk(model: object) -> None:
        trigger = event.trigger
        for _ in range(MOVES):
            trigger(model)

    return PlainDeal, walk


def walk_by_advance(made: object) -> None:
    """The walk of every side whose move is a method."""
    advance = made.advance  # type: ignore[attr-defined]
    for _ in range(MOVES):
        advance()


def django_fsm() -> Side:
    """A model with an ``FSMField`` and a condition; nothing is saved and nothing recorded."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(INSTALLED_APPS=[], DATABASES={}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
        import django

        django.setup()
    from django.db import models

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing it advertises its successor
        from django_fsm import FSMField, transition

    def advance(self: object) -> None:
        """Nothing else happens on the way."""

    for source, target in pairwise(STAGES):
        advance = transition(field="state", source=source, target=target, conditions=[amount_is_known])(advance)
    body = {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "benchmark"}),
        "state": FSMField(default=STAGES[0]),
        "amount": models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(1)),
        "advance": advance,
    }
    return type(models.Model)("FsmDeal", (models.Model,), body), walk_by_advance


def python_statemachine() -> Side:
    """A machine per model, with a condition; nothing is recorded."""
    import statemachine

    states = {key: statemachine.State(initial=key == STAGES[0], final=key == STAGES[-1]) for key in STAGES}
    ways = [states[source].to(states[target], cond="amount_is_known") for source, target in pairwise(STAGES)]
    advance = ways[0]
    for way in ways[1:]:
        advance = advance | way
    body = {**states, "advance": advance, "__module__": __name__}
    machine = type(statemachine.StateMachine)("MachineOfNine", (statemachine.StateMachine,), body)
    return lambda: machine(PlainDeal()), walk_by_advance


def eventsourcing() -> Side:
    """An aggregate that keeps its events, in memory: the guard, then an event that moves it."""
    from eventsourcing.domain import Aggregate, event

    following = dict(pairwise(STAGES))

    class SourcedDeal(Aggregate):
        @event("Opened")
        def __init__(self, stage: str, amount: Decimal) -> None:
            self.stage = stage
            self.amount = amount

        def advance(self) -> None:
            if self.amount is None:
                raise ValueError("the amount is not known")
            self.moved("advance", self.stage, following[self.stage], "noa")

        @event("StageChanged")
        def moved(self, move: str, source: str, target: str, by: str) -> None:
            self.stage = target

    return lambda: SourcedDeal(stage=STAGES[0], amount=Decimal(1)), walk_by_advance


def peers() -> tuple[dict[str, Side], dict[str, str]]:
    """The peers that are installed, and for the others why they are left out."""
    found: dict[str, Side] = {}
    missing: dict[str, str] = {}
    for make in (django_fsm, python_statemachine, eventsourcing):
        try:
            found[make.__name__] = make()
        except ImportError as error:
            missing[make.__name__] = f"{error.name} is not installed; it is in the dependency group 'bench'"
    return found, missing


# Measuring --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def collector(*, on: bool) -> Iterator[None]:
    """Everything that is garbage is collected before; while it is measured, the collector is on or off."""
    gc.collect()
    if not on:
        gc.disable()
    try:
        yield
    finally:
        gc.enable()


def timed(side: Side, walks: int, *, collecting: bool) -> float:
    """Seconds that one walk takes."""
    make, walk = side
    made = [make() for _ in range(walks)]
    with collector(on=collecting):
        start = perf_counter()
        for one in made:
            walk(one)
        return (perf_counter() - start) / walks


def rounds(sides: dict[str, Side], repeats: int, *, collecting: bool) -> dict[str, list[float]]:
    """Seconds per walk of every side, round by round. Each side warms up first; slow ones walk less often."""
    walks = {}
    for name, side in sides.items():
        timed(side, 3, collecting=collecting)
        walks[name] = max(2, min(150, int(0.004 / timed(side, 3, collecting=collecting))))
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(repeats):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            seconds[name].append(timed(sides[name], walks[name], collecting=collecting))
    return seconds


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over the rounds of ours by theirs."""
    return round(median(one / other for one, other in zip(ours, theirs, strict=True)), 3)


@attrs.define
class Report:
    """What was measured."""

    ratios: dict[str, float | None] = attrs.field(factory=lambda: dict.fromkeys(BOUNDS))
    figures: dict[str, object] = attrs.field(factory=dict)
    reasons: dict[str, str] = attrs.field(factory=dict)

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps({**attrs.asdict(self), "bounds": BOUNDS}, indent=1)

    def as_table(self) -> str:
        """A table for people."""
        lines = [f"{'ratio (ours by theirs)':<34}{'measured':>10}{'at most':>10}"]
        for name, value in self.ratios.items():
            shown = "-" if value is None else f"{value:.3f}"
            bound = f"{BOUNDS[name]:.1f}" if name in BOUNDS else ""
            lines.append(f"{name:<34}{shown:>10}{bound:>10}   {self.reasons.get(name, '')}".rstrip())
        lines += ["", *(f"{name:<34}{value!s:>10}" for name, value in self.figures.items())]
        return "\n".join(lines)


def measure_moves(report: Report, repeats: int, *, with_peers: bool, collecting: bool) -> None:
    """A move of ours against a move of everybody else's, and the whole unit of work around it."""
    policy = OwnersOnly()
    process = nine_stages()(policy=policy)
    draft = process.open(id="D-1", name="Order desk", owner="noa", amount=Money("48000", "EUR"), by="noa", at=AT).deal

    def units(_nothing: object) -> None:
        deal = draft
        for _ in range(MOVES):
            sale = process.work_on(deal, by="noa", at=AT)
            sale.advance()
            deal = sale.changes.changes[0].after

    sides: dict[str, Side] = {
        "move": (lambda: process.work_on(draft, by="noa", at=AT), walk_by_advance),
        "unit": (lambda: None, units),
        "transitions": bare_transitions(),
        "floor": (lambda: HandWritten(draft, policy), walk_by_advance),
        "floor_with_evolve": (lambda: HandWrittenPlainly(draft, policy), walk_by_advance),
    }
    missing = dict.fromkeys(PEERS, "not asked for")
    if with_peers:
        found, missing = peers()
        sides |= found
    seconds = rounds(sides, repeats, collecting=collecting)
    for name in ("transitions", "floor", *PEERS):
        if name in seconds:
            report.ratios[f"move_vs_{name}"] = ratio(seconds["move"], seconds[name])
        else:
            report.reasons[f"move_vs_{name}"] = missing[name]
    report.ratios["unit_vs_transitions"] = ratio(seconds["unit"], seconds["transitions"])
    report.ratios["move_vs_floor_with_evolve"] = ratio(seconds["move"], seconds["floor_with_evolve"])
    for name, walks in seconds.items():
        report.figures[f"{name}_us"] = round(median(walks) / MOVES * 1e6, 3)


IMPORTS = {
    "parts": "import attrs, transitions",
    "plain": "import salesflow",
    "names": "from salesflow import Money, SalesProcess, Sale, Deal, MoveRefused",
}


def measure_imports(report: Report, repeats: int) -> None:
    """``import salesflow``, and with the names that a host uses, against importing what it is built on."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    seconds: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for number in range(repeats + 1):
        for name, statement in IMPORTS.items():
            program = f"from time import perf_counter as t\nstart = t()\n{statement}\nprint(t() - start)"
            done = subprocess.run(
                [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
            )
            if number:  # the first time compiles what is not compiled yet
                seconds[name].append(float(done.stdout))
    report.ratios["import_vs_parts"] = ratio(seconds["plain"], seconds["parts"])
    report.ratios["import_names_vs_parts"] = ratio(seconds["names"], seconds["parts"])
    for name, measured in seconds.items():
        report.figures[f"import_{name}_ms"] = round(median(measured) * 1e3, 1)


def measure_definition(report: Report, repeats: int) -> None:
    """Defining a process of nine stages, won and lost, its stage classes included."""
    seconds = []
    for _ in range(repeats):
        with collector(on=False):
            start = perf_counter()
            nine_stages()
            seconds.append(perf_counter() - start)
    report.figures["define_nine_stages_ms"] = round(median(seconds) * 1e3, 2)


def finished_deal(process: StandardProcess[Deal], number: int) -> Deal:
    """A deal that walked all seven standard stages."""
    sale = process.open(
        id=f"D-{number}",
        name="Order desk for Acme",
        organization_id="O-1",
        contact_id="C-1",
        amount=Money("48000", "EUR"),
        by="noa",
        at=AT,
    )
    sale.qualification.record(need="one place for all orders", budget=Money("50000", "EUR"))
    sale.advance()
    sale.briefing.add_product("Order desk")
    sale.briefing.set_pricing("48,000 a year")
    sale.briefing.note_no_competition()
    sale.briefing.set_pitch("One place for all orders")
    sale.advance()
    sale.meetings.record("first meeting", summary="They want one place for all orders")
    need = sale.needs.record("one place for all orders")
    sale.advance()
    sale.presentation.show(need, how="The desk collects all orders")
    objection = sale.objections.raise_("It costs too much", kind="price")
    sale.advance()
    sale.objections.answer(objection, "It pays back in a year")
    sale.objections.resolve(objection)
    sale.advance()
    sale.committee.add("C-1", "decision maker", may_sign=True)
    sale.terms.propose(price=Money("48000", "EUR"), discount=Decimal("0.05"))
    sale.terms.accept()
    sale.terms.sign("C-1")
    sale.advance()
    return sale.deal


def measure_memory(report: Report, deals: int) -> None:
    """What one more deal takes, in bytes, texts that all deals share not counted."""
    process = StandardProcess()

    def fresh(number: int) -> Deal:
        return process.open(id=f"D-{number}", name="Order desk", owner="noa", by="noa", at=AT).deal

    def finished(number: int) -> Deal:
        return finished_deal(process, number)

    for name, make in (("fresh", fresh), ("finished", finished)):
        kept: list[Deal] = [make(0)]
        gc.collect()
        tracemalloc.start()
        kept += [make(number) for number in range(1, deals + 1)]
        gc.collect()
        report.figures[f"bytes_{name}_deal"] = round(tracemalloc.get_traced_memory()[0] / deals)
        tracemalloc.stop()


# The main job -----------------------------------------------------------------------------------------------------


def loop_of_deals(count: int) -> None:
    """The main job without its data: each deal is opened, advanced and committed, read again, won and committed."""
    process = nine_stages()(policy=OwnersOnly())
    storage = MemoryStorage()
    for number in range(count):
        at = AT + timedelta(minutes=number)
        name = f"D-{number}"
        sale = process.open(id=name, name="Order desk", amount=Money("48000", "EUR"), by="noa", at=at)
        sale.update(expected_close=date(2026, 12, 1))
        sale.advance()
        storage.commit(sale.changes)
        sale = process.work_on(storage.get(Deal, name), by="noa", at=at + timedelta(days=9))
        for _ in range(len(STAGES) - 1):
            sale.advance()
        storage.commit(sale.changes)


def main_job() -> tuple[str, Callable[[int], object]]:
    """The main job, ``docs/examples/pipeline_review.py``, where it is at hand; otherwise a loop like it."""
    examples = REPOSITORY / "docs" / "examples"
    if not (examples / "pipeline_review.py").exists():
        return "a loop of deals", loop_of_deals
    if str(examples) not in sys.path:
        sys.path.append(str(examples))
    review = import_module("pipeline_review").review
    return "pipeline_review.py", lambda count: review(limit=count)


def measure_job(report: Report, repeats: int, *, few: int = 1000, many: int = 8800) -> None:
    """Deals per second, and the time per deal with many deals by that with few; the collector is on, as in life."""
    name, job = main_job()
    job(20)
    small, large = [], []
    for _ in range(repeats):
        for seconds, count in ((small, few), (large, many)):
            gc.collect()
            start = perf_counter()
            job(count)
            seconds.append((perf_counter() - start) / count)
    report.ratios["main_job_growth"] = ratio(large, small)
    report.figures["job"] = name
    report.figures["job_deals"] = many
    report.figures["deals_per_second"] = round(1 / median(large))


def measured(parts: Sequence[str], *, quick: bool = False, collecting: bool = False) -> Report:
    """Measure these parts.

    Args:
        parts: some of ``PARTS``.
        quick: few repeats, to see that it runs; the figures mean little then.
        collecting: leave the garbage collector on while moves are timed.
    """
    report = Report()
    report.figures["python"] = platform.python_version()
    report.figures["collector_on"] = collecting
    if "moves" in parts:
        measure_moves(report, 5 if quick else 101, with_peers="peers" in parts, collecting=collecting)
    if "imports" in parts:
        measure_imports(report, 2 if quick else 21)
    if "definition" in parts:
        measure_definition(report, 3 if quick else 31)
    if "memory" in parts:
        measure_memory(report, 20 if quick else 500)
    if "job" in parts:
        measure_job(report, 1 if quick else 5, many=2000 if quick else 8800)
    for name in BOUNDS:
        if report.ratios[name] is None:
            report.reasons.setdefault(name, "not asked for")
    return report


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description="How long a move takes, against its parts, by hand, and its peers.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="few repeats, to see that it runs")
    parser.add_argument("--collector", action="store_true", help="leave the garbage collector on, for all sides")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="measure these parts only")
    options = parser.parse_args(arguments)
    report = measured(options.only, quick=options.quick, collecting=options.collector)
    print(report.as_json() if options.json else report.as_table())


if __name__ == "__main__":
    main()
