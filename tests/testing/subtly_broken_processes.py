"""More processes that are broken in one way each: those that the first glance, and a first version of the check, let pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import partial, wraps
from itertools import count
from typing import Any

from testing.broken_processes import Bare, Lost, Never, Won, a_process, asking, doing

from salesflow import Deal, Migration, Move, NotNow, Sale, SalesProcess, Stage, entry_requirement, exit_requirement
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_stage import LeadStage
from salesflow.people.lead import Lead
from salesflow.process.requirement import Requirement, requirement
from salesflow.standard import StandardProcess

# Requirements that keep something, by whatever they are called ------------------------------------------------------------


class Counting:
    """A question as an object."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, deal: Deal) -> bool:
        self.calls += 1
        return deal.owner is not None

    def asked(self, deal: Deal) -> bool:
        return self(deal)


def it_is_an_object_that_counts() -> type[SalesProcess[Deal]]:
    question: Any = Counting()
    return asking(question)


def it_is_a_method_of_another_object() -> type[SalesProcess[Deal]]:
    asked = requirement("somebody owns it")(Counting().asked)
    return a_process(Bare(), jump=Move[Deal](source="first", target="won", requires=(asked,)))


def it_is_filled_in_with_a_list() -> type[SalesProcess[Deal]]:
    def keeps(kept: list[str], deal: Deal) -> bool:
        kept.append(deal.id)
        return deal.owner is not None

    question: Any = staticmethod(partial(keeps, []))  # from CPython 3.14 on, a partial in a class is a method
    return asking(question)


_calls = 0


def counted(deal: Deal) -> Deal:
    global _calls  # the mistake
    _calls += 1
    return deal


def it_counts_in_another_function() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: counted(deal).owner is not None)


def it_counts_behind_a_decorator() -> type[SalesProcess[Deal]]:
    calls = [0]

    def logged(question: Callable[[Any, Deal], bool]) -> Callable[[Any, Deal], bool]:
        @wraps(question)
        def inner(stage: Any, deal: Deal) -> bool:
            return question(stage, deal)

        return inner

    @logged
    def counts(stage: Any, deal: Deal) -> bool:
        calls[0] += 1
        return deal.owner is not None

    return asking(counts)


def it_counts_in_its_class() -> type[SalesProcess[Deal]]:
    def counts(stage: Any, deal: Deal) -> bool:
        type(stage).calls = getattr(type(stage), "calls", 0) + 1
        return deal.owner is not None

    return asking(counts)


def it_numbers_its_calls() -> type[SalesProcess[Deal]]:
    numbers = count()
    return asking(lambda stage, deal: next(numbers) >= 0 and deal.owner is not None)


def it_answers_in_turns() -> type[SalesProcess[Deal]]:
    def turns() -> Iterator[bool]:
        while True:
            yield True
            yield False

    turn = turns()
    return asking(lambda stage, deal: deal.owner is not None and next(turn))


# Requirements and hooks that do not end -----------------------------------------------------------------------------------


def it_yields_without_end() -> type[SalesProcess[Deal]]:
    def texts(stage: Any, deal: Deal) -> Iterator[str]:
        while deal.owner is None:
            yield "an owner"

    return asking(texts)


def it_waits_for_something() -> type[SalesProcess[Deal]]:
    def waits(stage: Any, deal: Deal) -> bool:
        while deal.amount is None:
            pass
        return deal.owner is not None

    return asking(waits)


def nothing_is_opened_without_end() -> type[SalesProcess[Deal]]:
    class Endless(Stage[Deal]):
        @entry_requirement("there is an end to it")
        def ends(self, deal: Deal) -> Iterator[str]:
            while True:
                yield "an end"

    return a_process(Endless())


def its_hook_records_without_end() -> type[SalesProcess[Deal]]:
    def hook(stage: Any, sale: Sale[Deal]) -> None:
        for number in count(1):
            sale.tasks.add(f"call {number}")

    return doing(hook)


def its_hook_tries_without_end() -> type[SalesProcess[Deal]]:
    def hook(stage: Any, sale: Sale[Deal]) -> None:
        while not sale.deal.tasks:
            with suppress(Exception):
                sale.update(stage="won")

    return doing(hook)


def its_first_hook_records_without_end() -> type[SalesProcess[Deal]]:
    class Enters(Stage[Deal]):
        def on_enter(self, sale: Sale[Deal], /) -> None:
            for number in count(1):
                sale.tasks.add(f"call {number}")

    return a_process(Enters())


# Answers that are none ----------------------------------------------------------------------------------------------------


async def looked_up(deal: Deal) -> bool:
    return deal.owner is not None


def it_gives_a_coroutine() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: looked_up(deal))


def it_gives_a_list() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: [] if deal.owner else ["an owner"])


def it_forgets_to_answer() -> type[SalesProcess[Deal]]:
    def forgets(stage: Any, deal: Deal) -> bool | None:
        return True if deal.owner is not None else None

    return asking(forgets)


def it_leaves_the_interpreter() -> type[SalesProcess[Deal]]:
    def leaves(stage: Any, deal: Deal) -> bool:
        if deal.owner is None:
            raise SystemExit(1)
        return True

    return asking(leaves)


def it_crashes_where_a_deal_is_opened() -> type[SalesProcess[Deal]]:
    class Trusting(Stage[Deal]):
        @entry_requirement("it is worth something")
        def is_worth_something(self, deal: Deal) -> bool:
            return deal.amount.amount > 0  # type: ignore[union-attr]  # the mistake

    return a_process(Trusting())


def it_crashes_where_a_deal_is_opened_with_a_hook() -> type[SalesProcess[Deal]]:
    class Trusting(Stage[Deal]):
        @entry_requirement("it is worth something")
        def is_worth_something(self, deal: Deal) -> bool:
            return deal.amount.amount > 0  # type: ignore[union-attr]  # the mistake

        def on_enter(self, sale: Sale[Deal], /) -> None:
            sale.tasks.add("call")

    return a_process(Trusting())


def it_writes_into_a_frozen_deal() -> type[SalesProcess[Deal]]:
    def writes(stage: Any, deal: Deal) -> bool:
        object.__setattr__(deal, "source", "read")
        return deal.owner is not None

    return asking(writes)


# Requirements that cannot hold together -----------------------------------------------------------------------------------


def two_of_its_requirements_contradict() -> type[SalesProcess[Deal]]:
    class Both(Stage[Deal]):
        @exit_requirement("it came from a fair")
        def is_from_a_fair(self, deal: Deal) -> bool:
            return deal.source == "fair"

        @exit_requirement("it came over the web")
        def is_from_the_web(self, deal: Deal) -> bool:
            return deal.source == "web"

    return a_process(Both())


def leaving_and_entering_contradict() -> type[SalesProcess[Deal]]:
    class Owned(Stage[Deal]):
        @exit_requirement("somebody owns it")
        def is_owned(self, deal: Deal) -> bool:
            return deal.owner is not None

    class Free(Stage[Deal]):
        @entry_requirement("nobody owns it")
        def is_free(self, deal: Deal) -> bool:
            return deal.owner is None

    return a_process(Owned(), second=Free())


# Hooks --------------------------------------------------------------------------------------------------------------------


def its_hook_changes_the_deal_and_refuses() -> type[SalesProcess[Deal]]:
    def hook(stage: Any, sale: Sale[Deal]) -> None:
        sale.update(owner="the hook")
        raise NotNow(kind="deal", id=sale.deal.id, tried="enter", because="it is late", way_out="try tomorrow")

    return doing(hook)


def its_hook_gives_a_coroutine() -> type[SalesProcess[Deal]]:
    return doing(lambda stage, sale: looked_up(sale.deal))  # type: ignore[arg-type, return-value]  # the mistake


def its_hook_is_filled_in_with_a_list() -> type[SalesProcess[Deal]]:
    def keeps(kept: list[str], sale: Sale[Deal]) -> None:
        kept.append(sale.deal.id)
        sale.tasks.add("call")

    hook: Any = staticmethod(partial(keeps, []))  # from CPython 3.14 on, a partial in a class is a method
    return doing(hook)


# Versions -----------------------------------------------------------------------------------------------------------------


def its_earlier_version_is_left_behind() -> type[SalesProcess[Deal]]:
    class Second(StandardProcess[Deal]):
        key = "service"
        version = 2

    return Second


def a_stage_of_its_earlier_version_leads_nowhere() -> type[SalesProcess[Deal]]:
    class Second(StandardProcess[Deal], without=("preparation",)):
        version = 2
        migrations = (
            Migration(process="standard", version=1),
            Migration(process="second", version=1, stages={"demo": "presentation"}),
        )

    return Second


# Processes of leads -------------------------------------------------------------------------------------------------------


def nobody_is_ever_qualified() -> type[LeadProcess[Lead]]:
    class Working(LeadStage[Lead]):
        @exit_requirement("they were met on the moon")
        def met_on_the_moon(self, lead: Lead) -> bool:
            return lead.version < 0

    class OurLeads(LeadProcess[Lead]):
        working = Working()

    return OurLeads


def its_leads_are_worked_without_end() -> type[LeadProcess[Lead]]:
    class Working(LeadStage[Lead]):
        @exit_requirement("they answered")
        def answered(self, lead: Lead) -> Iterator[str]:
            while lead.phone is None:
                yield "an answer"

    class OurLeads(LeadProcess[Lead]):
        working = Working()

    return OurLeads


# Late in a long process ---------------------------------------------------------------------------------------------------


def a_long_process(stages: int, **more: Stage[Any]) -> type[SalesProcess[Deal]]:
    """A process of many stages, each with something of its own to do."""

    def stage(number: int) -> Stage[Deal]:
        class Step(Stage[Deal]):
            @exit_requirement(f"step {number} is done")
            def step_is_done(self, deal: Deal) -> bool:
                return any(task.title == f"step {number}" for task in deal.tasks)

        return Step()

    steps = {f"step_{number}": stage(number) for number in range(1, stages + 1)}
    return type("Long", (SalesProcess,), {**steps, **more, "won": Won(), "lost": Lost()})


def do_the_step(sale: Sale[Any]) -> None:
    sale.tasks.add(sale.deal.stage.replace("_", " "))


def a_long_process_that_cannot_be_ended() -> type[SalesProcess[Deal]]:
    return a_long_process(39, last=Never())


# Sound --------------------------------------------------------------------------------------------------------------------


LARGE = 25_000


class EntersInTheMorning(Stage[Deal]):
    """A moment of the deal is a fact like any other."""

    @exit_requirement("it came here in working hours")
    def came_in_working_hours(self, deal: Deal) -> bool:
        moment: datetime = deal.entered_at  # type: ignore[assignment]  # a deal that was opened or adopted has it
        return moment.weekday() < 5 and 8 <= moment.hour < 22

    @exit_requirement("it is not expected soon")
    def is_not_expected_soon(self, deal: Deal) -> bool:
        return deal.expected_close is not None and deal.expected_close >= date(2031, 5, 1)

    @exit_requirement("it is large")
    def is_large(self, deal: Deal) -> bool:
        return deal.amount is not None and deal.amount.amount == LARGE


def worth_more_than(least: int, deal: Deal) -> bool:
    return deal.amount is not None and deal.amount.amount > least


class HonestProcess(SalesProcess[Deal]):
    """Requirements by moments, by constants of the module, and by functions with something filled in."""

    first = EntersInTheMorning()
    second = Bare()
    won = Won()
    lost = Lost()
    jump = Move[Deal](
        source="first",
        target="won",
        leaves_unfinished=True,
        requires=(
            Requirement(name="worth_much", text="it is worth much", test=partial(worth_more_than, 20_000_000)),
            Requirement(name="worth_more", text="it is worth more", test=partial(worth_more_than, 30_000_000)),
        ),
    )


class Renewed(StandardProcess[Deal], without=("preparation",)):
    """A second version that takes the first one over, and deals of the process that it derives from."""

    key = "renewed"
    version = 2
    migrations = (
        Migration(process="renewed", version=1),
        Migration(process="standard", version=1, stages={"preparation": "approach"}),
    )
