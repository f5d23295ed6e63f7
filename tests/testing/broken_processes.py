"""A gallery of processes that can be defined and are broken all the same: each in one way, and otherwise sound."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import attrs

from salesflow import (
    Deal,
    Event,
    LossReason,
    Move,
    Outcome,
    Sale,
    SalesflowError,
    SalesProcess,
    Stage,
    entry_requirement,
    exit_requirement,
    requirement,
)


class Won(Stage[Deal]):
    outcome = Outcome.WON


class Lost(Stage[Deal]):
    outcome = Outcome.LOST


class Bare(Stage[Deal]):
    """Nothing is asked."""


def a_process(first: Stage[Any], **more: Any) -> type[SalesProcess[Deal]]:
    """One open stage, or more, between nothing and a won or lost deal."""
    body = {"first": first, "second": Bare(), **more, "won": Won(), "lost": Lost()}
    return type("Broken", (SalesProcess,), body)


def asking(question: Callable[[Any, Deal], Any]) -> type[SalesProcess[Deal]]:
    """A process whose first stage asks one thing."""

    class Asks(Stage[Deal]):
        asked = exit_requirement("what is asked")(question)

    return a_process(Asks())


def doing(hook: Callable[[Any, Any], None]) -> type[SalesProcess[Deal]]:
    """A process whose second stage does something when it is entered."""

    class Does(Stage[Deal]):
        on_enter = hook

    return a_process(Bare(), second=Does())


# Ways that lead nowhere -------------------------------------------------------------------------------------------------


class Never(Stage[Deal]):
    @exit_requirement("pigs fly")
    def pigs_fly(self, deal: Deal) -> bool:
        return deal.version < 0


class Barred(Stage[Deal]):
    @entry_requirement("pigs fly")
    def pigs_fly(self, deal: Deal) -> bool:
        return deal.version < 0


def nobody_can_leave() -> type[SalesProcess[Deal]]:
    return a_process(Never())


def nobody_gets_in() -> type[SalesProcess[Deal]]:
    return a_process(Bare(), second=Barred())


def nothing_can_be_opened() -> type[SalesProcess[Deal]]:
    return a_process(Barred())


@requirement("pigs fly")
def pigs_fly(deal: Deal) -> bool:
    return deal.version < 0


def a_move_is_never_possible() -> type[SalesProcess[Deal]]:
    return a_process(Bare(), jump=Move[Deal](source="first", target="won", requires=(pigs_fly,)))


# Requirements that never say no, or say it twice ----------------------------------------------------------------------------


def it_always_holds() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: deal.version > 0)


def nobody_asks_for_it() -> type[SalesProcess[Deal]]:
    class NotAsked(Lost):
        @exit_requirement("they called back")
        def called_back(self, deal: Deal) -> bool:
            return deal.owner is not None

    return a_process(Bare(), gone=NotAsked())


def it_is_asked_twice() -> type[SalesProcess[Deal]]:
    class Twice(Stage[Deal]):
        @exit_requirement("it has an owner")
        def has_an_owner(self, deal: Deal) -> bool:
            return deal.owner is not None

        @exit_requirement("somebody is responsible")
        def is_owned(self, deal: Deal) -> bool:
            return bool(deal.owner)

    return a_process(Twice())


# Requirements that are not pure -------------------------------------------------------------------------------------------


def it_reads_the_clock() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: deal.owner is not None and datetime.now(UTC).year > 2000)


def it_reads_the_day() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: deal.owner is not None and date.today().year > 2000)  # noqa: DTZ011  # the mistake


def it_reads_a_counter_of_time() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: deal.owner is not None and time.monotonic() > -1)


def it_draws_lots() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: deal.owner is not None and random.random() < 2)


def it_reads_the_environment() -> type[SalesProcess[Deal]]:
    import os

    return asking(lambda stage, deal: deal.owner is not None and os.environ.get("SALES", "open") == "open")


def it_opens_a_file() -> type[SalesProcess[Deal]]:
    def reads(stage: Any, deal: Deal) -> bool:
        with open(__file__, encoding="utf-8") as file:
            return deal.owner is not None and bool(file.readline())

    return asking(reads)


def it_counts_its_calls() -> type[SalesProcess[Deal]]:
    def counts(stage: Any, deal: Deal) -> bool:
        stage.calls = getattr(stage, "calls", 0) + 1
        return deal.owner is not None

    return asking(counts)


def it_answers_every_other_time() -> type[SalesProcess[Deal]]:
    calls = iter(range(1_000_000))
    return asking(lambda stage, deal: deal.owner is not None and next(calls) % 2 == 0)


def it_knows_the_deal_by_its_place_in_memory() -> type[SalesProcess[Deal]]:
    seen: list[Deal] = []

    def known(stage: Any, deal: Deal) -> bool:
        if not any(one is deal for one in seen[-1:]):
            seen.append(deal)
            return False
        return True

    return asking(known)


def it_depends_on_what_was_asked_before() -> type[SalesProcess[Deal]]:
    last = [""]

    class Ordered(Stage[Deal]):
        @exit_requirement("the first is asked first")
        def one(self, deal: Deal) -> bool:
            last[0] = "one"
            return deal.owner is not None

        @exit_requirement("the second is asked second")
        def two(self, deal: Deal) -> bool:
            before, last[0] = last[0], "two"
            return deal.owner is not None and before == "one"

    return a_process(Ordered())


@attrs.frozen(kw_only=True)
class ListDeal(Deal):
    """A deal with a container that can be changed."""

    notes: list[str] = attrs.field(factory=list)


def it_changes_the_deal() -> type[SalesProcess[Any]]:
    class Writes(Stage[ListDeal]):
        @exit_requirement("it was read")
        def was_read(self, deal: ListDeal) -> bool:
            if len(deal.notes) < 3:
                deal.notes.append("read")
            return deal.owner is not None

    class Broken(SalesProcess[ListDeal]):
        first = Writes()
        second = Bare()
        won = Won()
        lost = Lost()

    return Broken


# Requirements that give no answer ------------------------------------------------------------------------------------------


def it_crashes_on_a_fresh_deal() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: deal.amount.amount > 0)  # type: ignore[union-attr]  # the mistake


def it_crashes_on_a_deal_that_was_adopted() -> type[SalesProcess[Deal]]:
    class Trusting(Stage[Deal]):
        @exit_requirement("the first need was met")
        def first_need(self, deal: Deal) -> bool:
            return deal.owner is not None and deal.qualification.need != ""  # type: ignore[union-attr]  # the mistake

    class Qualifying(Stage[Deal]):
        @exit_requirement("the need is known")
        def need_is_known(self, deal: Deal) -> bool:
            return deal.qualification is not None

    return a_process(Qualifying(), second=Trusting())


def it_yields_numbers() -> type[SalesProcess[Deal]]:
    def numbers(stage: Any, deal: Deal) -> Iterator[Any]:
        if deal.owner is None:
            yield 1

    return asking(numbers)


def it_is_merely_truthy() -> type[SalesProcess[Deal]]:
    return asking(lambda stage, deal: deal.owner)


def it_fails_midway() -> type[SalesProcess[Deal]]:
    def texts(stage: Any, deal: Deal) -> Iterator[str]:
        yield "an owner"
        raise LookupError("no such owner")

    return asking(texts)


# Hooks -------------------------------------------------------------------------------------------------------------------


def its_hook_raises_midway() -> type[SalesProcess[Deal]]:
    def hook(stage: Any, sale: Sale[Deal]) -> None:
        sale.tasks.add("call")
        raise LookupError("no such colleague")

    return doing(hook)


def its_hook_records_for_somebody_else() -> type[SalesProcess[Deal]]:
    def hook(stage: Any, sale: Sale[Deal]) -> None:
        sale.record(Noted(at=sale.at, by="the system", number=1))

    return doing(hook)


def its_hook_moves_on() -> type[SalesProcess[Deal]]:
    return doing(lambda stage, sale: sale.advance())


def its_hook_hides_that_it_moves_on() -> type[SalesProcess[Deal]]:
    def hook(stage: Any, sale: Sale[Deal]) -> None:
        with suppress(SalesflowError):
            sale.advance()

    return doing(hook)


def its_hook_hides_a_refusal() -> type[SalesProcess[Deal]]:
    def hook(stage: Any, sale: Sale[Deal]) -> None:
        with suppress(SalesflowError):
            sale.tasks.add("call")

    return doing(hook)


def its_hook_writes_elsewhere() -> type[SalesProcess[Deal]]:
    sent: list[str] = []

    def hook(stage: Any, sale: Sale[Deal]) -> None:
        sent.append(sale.deal.id)
        sale.tasks.add("call")

    return doing(hook)


def its_hook_reads_the_clock() -> type[SalesProcess[Deal]]:
    def hook(stage: Any, sale: Sale[Deal]) -> None:
        sale.tasks.add("call", due_at=max(sale.at, datetime.now(UTC)))

    return doing(hook)


def its_hook_does_something_else_every_time() -> type[SalesProcess[Deal]]:
    numbers = iter(range(1_000_000))
    return doing(lambda stage, sale: sale.tasks.add(f"call {next(numbers)}"))


def its_exit_hook_raises() -> type[SalesProcess[Deal]]:
    class Leaves(Stage[Deal]):
        def on_exit(self, sale: Sale[Deal], /) -> None:
            raise LookupError("nobody leaves")

    return a_process(Leaves())


def its_first_hook_raises() -> type[SalesProcess[Deal]]:
    class Enters(Stage[Deal]):
        def on_enter(self, sale: Sale[Deal], /) -> None:
            raise LookupError("nobody enters")

    return a_process(Enters())


def its_first_hook_writes_elsewhere() -> type[SalesProcess[Deal]]:
    opened: list[str] = []

    class Enters(Stage[Deal]):
        def on_enter(self, sale: Sale[Deal], /) -> None:
            opened.append(sale.deal.id)
            sale.tasks.add("call", due_at=max(sale.at, datetime.now(UTC)))

    return a_process(Enters())


# Events ------------------------------------------------------------------------------------------------------------------

_applied = iter(range(1_000_000))


@attrs.frozen(kw_only=True)
class Noted(Event[Deal]):
    """A number was noted."""

    number: int

    def apply(self, deal: Deal, /) -> Deal:
        return deal.changed_by(self, source=f"source {self.number}")


@attrs.frozen(kw_only=True)
class Numbered(Event[Deal]):
    """It got the next number, whenever it is applied."""

    def apply(self, deal: Deal, /) -> Deal:
        return deal.changed_by(self, source=f"source {next(_applied)}")


def its_events_do_not_replay() -> type[SalesProcess[Deal]]:
    return doing(lambda stage, sale: sale.record(Numbered(at=sale.at, by=sale.by)))


# Sound -------------------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SeatsDeal(Deal):
    """A deal with fields of its own."""

    seats: int = 0
    plan: str | None = None


class Seats(Stage[SeatsDeal]):
    @exit_requirement("there are seats, and not too many")
    def seats_fit(self, deal: SeatsDeal) -> Iterator[str]:
        if not 7 < deal.seats < 40:
            yield f"{deal.seats} seats"

    @exit_requirement("the plan is one that we sell")
    def plan_is_sold(self, deal: SeatsDeal) -> bool:
        return deal.plan in ("team", "company")

    def on_enter(self, sale: Sale[SeatsDeal], /) -> None:
        """Remember to call."""
        sale.tasks.add("call", due_at=sale.at)


class SoundProcess(SalesProcess[SeatsDeal]):
    """Own fields, a hook, a move of its own, and loss reasons that all need a note."""

    loss_reasons = (LossReason("other", "Other", needs_note=True),)
    first = Bare()
    seats = Seats()
    won = Won()
    lost = Lost()
    skip: ClassVar[Move[Deal]] = Move(source="first", target="won", leaves_unfinished=True)


def without_return() -> type[SalesProcess[Deal]]:
    """A process whose second stage cannot be entered, and where nothing is opened again."""

    class Broken(SalesProcess[Deal], without=("reopen",)):
        first = Bare()
        second = Barred()
        won = Won()
        lost = Lost()

    return Broken
