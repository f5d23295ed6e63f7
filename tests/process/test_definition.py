"""A process that could not work is refused where it is written, with everything that is wrong with it."""

from __future__ import annotations

import types
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

import attrs
import pytest
from walks import NOW, a_sale

from salesflow import (
    ApprovalRule,
    Deal,
    LossReason,
    Migration,
    Move,
    Outcome,
    ProcessDefinitionError,
    SalesProcess,
    Stage,
    UnknownName,
    exit_requirement,
    requirement,
)
from salesflow.process.requirement import RequirementKind
from salesflow.standard import StandardProcess


class Open(Stage[Deal]):
    pass


class Won(Stage[Deal]):
    outcome = Outcome.WON


class Lost(Stage[Deal]):
    outcome = Outcome.LOST


@requirement("the customer has bought before")
def existing_customer(deal: Deal) -> bool:
    return deal.source == "existing customer"


def define(*bases: Any, without: tuple[str, ...] = (), **body: Any) -> type[SalesProcess[Any]]:
    """A process class with this body."""
    return types.new_class("P", bases or (SalesProcess,), {"without": without}, lambda space: space.update(body))


def faults_of(*bases: Any, without: tuple[str, ...] = (), **body: Any) -> tuple[str, ...]:
    with pytest.raises(ProcessDefinitionError) as refused:
        define(*bases, without=without, **body)
    return refused.value.faults


# Stages ---------------------------------------------------------------------------------------------------------------


def test_a_process_from_nothing_keeps_the_order_of_its_body() -> None:
    process = define(first=Open(), second=Open(), won=Won(), lost=Lost())()
    assert [stage.key for stage in process.stages] == ["first", "second", "won", "lost"]


def test_a_process_without_a_stage_cannot_be_used() -> None:
    with pytest.raises(ProcessDefinitionError, match="it has no stages"):
        define()()
    with pytest.raises(ProcessDefinitionError, match="it has no stages"):
        SalesProcess()


def test_a_process_may_be_abstract_until_a_subclass_gives_it_stages() -> None:
    abstract = define(key="ours")
    assert [stage.key for stage in define(abstract, first=Open(), won=Won())().stages] == ["first", "won"]


def test_a_deal_must_be_able_to_begin() -> None:
    assert "there is no open stage; a deal must be able to begin" in faults_of(won=Won())


def test_an_open_stage_stands_before_the_closed_ones() -> None:
    assert faults_of(first=Open(), won=Won(), late=Open()) == (
        "stage 'late' is open but stands after 'won', which is won",
    )


def test_a_stage_is_inserted_after_or_before_another() -> None:
    process = define(StandardProcess, review=Open(after="presentation"), survey=Open(before="approach"))()
    keys = [stage.key for stage in process.stages]
    assert keys.index("review") == keys.index("presentation") + 1
    assert keys.index("survey") == keys.index("approach") - 1


def test_a_stage_may_stand_next_to_one_that_is_defined_below_it() -> None:
    process = define(StandardProcess, audit=Open(after="review"), review=Open(after="presentation"))()
    keys = [stage.key for stage in process.stages]
    assert keys[keys.index("presentation") :][:3] == ["presentation", "review", "audit"]


def test_a_stage_of_the_same_name_takes_the_place_of_the_inherited_one() -> None:
    mine = Open()
    process = define(StandardProcess, approach=mine)()
    assert process.stages[2] is mine


def test_a_replaced_stage_may_move_to_another_place() -> None:
    process = define(StandardProcess, preparation=Open(after="approach"))()
    assert [stage.key for stage in process.stages][:3] == ["prospecting", "approach", "preparation"]


def test_a_lost_stage_needs_no_place() -> None:
    process = define(StandardProcess, dormant=Lost())()
    assert process.stages[-1].key == "dormant"


def test_an_inserted_stage_needs_a_place() -> None:
    assert faults_of(StandardProcess, review=Open())[0] == (
        "stage 'review' has no place; say after='...' or before='...'"
    )


def test_a_stage_has_one_place() -> None:
    assert faults_of(StandardProcess, review=Open(after="approach", before="closing"))[0] == (
        "stage 'review' stands after 'approach' and before 'closing'; say one"
    )


def test_a_misspelt_neighbor_is_told_with_the_nearest_name() -> None:
    assert faults_of(StandardProcess, review=Open(after="presentaton"))[0].startswith(
        "stage 'review': no stage 'presentaton'; did you mean 'presentation'"
    )


def test_two_stages_cannot_stand_next_to_each_other_only() -> None:
    faults = faults_of(StandardProcess, one=Open(after="two"), two=Open(after="one"))
    assert any(fault.startswith("stage 'one': no stage 'two'") for fault in faults)
    assert any(fault.startswith("stage 'two': no stage 'one'") for fault in faults)


def test_one_stage_object_cannot_stand_in_two_places() -> None:
    stage = Open()
    assert faults_of(first=stage, second=stage, won=Won())[0] == (
        "stage 'second' is the same object as 'first'; make one of its own"
    )


def test_one_move_object_cannot_have_two_names() -> None:
    move: Move[Deal] = Move(source="first", target="won")
    assert faults_of(first=Open(), won=Won(), fast=move, faster=move)[0] == (
        "move 'faster' is the same object as 'fast'; make one of its own"
    )


def test_a_stage_is_removed_by_name() -> None:
    process = define(StandardProcess, without=("preparation",))()
    assert "preparation" not in [stage.key for stage in process.stages]
    with pytest.raises(UnknownName):
        process.stage("preparation")


def test_a_move_is_removed_by_name() -> None:
    process = define(StandardProcess, without=("pass_over_objections", "reopen"))
    assert {route.move for route in process().routes} == {"advance", "win", "lose", "go_back"}


def test_a_built_in_move_that_was_removed_can_be_defined_again() -> None:
    without = define(StandardProcess, without=("reopen",))
    again = define(without, reopen=Move(source="lost", target="approach", needs_reason=True))()
    assert [(one.source, one.target) for one in again.routes if one.move == "reopen"] == [("lost", "approach")]


def test_what_is_removed_must_exist() -> None:
    assert faults_of(StandardProcess, without=("closng",))[0].startswith(
        "without: no stage or move 'closng'; did you mean 'closing'"
    )
    twice = define(StandardProcess, without=("reopen",))
    assert faults_of(twice, without=("reopen",))[0].startswith("without: no stage or move 'reopen'")


def test_removing_a_stage_that_a_move_needs_breaks_the_process() -> None:
    faults = faults_of(StandardProcess, without=("closing",))
    assert any("move 'pass_over_objections': no stage 'closing'" in fault for fault in faults)


def test_removing_the_only_stage_that_a_move_leaves_breaks_the_process() -> None:
    (fault,) = faults_of(StandardProcess, without=("presentation",))
    assert fault.startswith("move 'pass_over_objections': no stage 'presentation'")


def test_a_move_from_several_stages_goes_on_from_those_that_are_left() -> None:
    class Fast(StandardProcess[Deal]):
        fast = Move(source=("preparation", "approach"), target="closing")

    class Faster(Fast, without=("preparation",)):
        pass

    assert [route.source for route in Faster().routes if route.move == "fast"] == ["approach"]
    assert [route.source for route in Fast().routes if route.move == "fast"] == ["preparation", "approach"]


def test_a_stage_and_a_move_are_not_hidden_by_something_else() -> None:
    faults = faults_of(StandardProcess, approach=None, pass_over_objections="never")
    assert "'approach' is a stage and can only be replaced by one; name it in without=(...) to remove it" in faults
    assert (
        "'pass_over_objections' is a move and can only be replaced by one; name it in without=(...) to remove it"
        in faults
    )


@pytest.mark.parametrize("key", ["größe", "with space", "1st", "class", ""])
def test_a_key_is_an_identifier(key: str) -> None:
    assert faults_of(**{"first": Open(), key: Open(), "won": Won()})[0] == (
        f"{key!r} cannot be a key: a key is a Python identifier in ASCII"
    )


def test_a_key_does_not_begin_with_an_underscore() -> None:
    assert "'_hidden' cannot be a key: it begins with an underscore" in faults_of(
        first=Open(), _hidden=Open(), won=Won()
    )


@pytest.mark.parametrize("key", ["open", "adopt", "stage", "title", "loss_reasons", "version"])
def test_a_key_does_not_hide_what_a_process_itself_has(key: str) -> None:
    assert f"{key!r} cannot be a key: SalesProcess itself has {key!r}" in faults_of(
        **{"first": Open(), key: Open(), "won": Won()}
    )


# Ways -----------------------------------------------------------------------------------------------------------------


def test_every_stage_must_lead_to_an_outcome() -> None:
    faults = faults_of(first=Open(), second=Open())
    assert "from stage 'first' there is no way to an outcome (won or lost)" in faults
    assert "from stage 'second' there is no way to an outcome (won or lost)" in faults


def test_every_stage_must_be_reachable() -> None:
    faults = faults_of(first=Open(), second=Open(), won=Won(), without=("advance",))
    assert "stage 'second' cannot be reached from 'first'" in faults
    assert "stage 'won' cannot be reached from 'first'" in faults


def test_a_move_leads_from_somewhere_to_somewhere() -> None:
    assert faults_of(first=Open(), won=Won(), fast=Move(source="frist", target="one")) == (
        "move 'fast': no stage 'frist'; did you mean 'first'?",
        "move 'fast': no stage 'one'; did you mean 'won'?",
    )


def test_a_name_that_resembles_nothing_is_told_with_all_there_is() -> None:
    assert faults_of(first=Open(), won=Won(), fast=Move(source="zzz", target="won")) == (
        "move 'fast': no stage 'zzz'; there is 'first' or 'won'",
    )


def test_a_move_without_a_source_is_refused() -> None:
    assert faults_of(first=Open(), won=Won(), fast=Move(source=(), target="won")) == ("move 'fast' has no source",)


def test_the_title_of_a_move_is_text() -> None:
    fast = Move(source="first", target="won", title=5)  # type: ignore[arg-type]  # the mistake
    assert faults_of(first=Open(), won=Won(), fast=fast) == ("move 'fast': title must be text, not 5",)


def test_a_move_does_not_lead_to_where_it_began() -> None:
    assert faults_of(first=Open(), won=Won(), stay=Move(source=("first", "won"), target="first"))[0] == (
        "move 'stay' leads from 'first' to itself"
    )


def test_a_move_names_each_source_once() -> None:
    assert faults_of(first=Open(), won=Won(), fast=Move(source=("first", "first"), target="won")) == (
        "move 'fast' names a source twice",
    )


# Requirements and hooks -----------------------------------------------------------------------------------------------


class Coroutine(Open):
    @exit_requirement("somebody answers")
    async def somebody_answers(self, deal: Deal) -> bool:
        return True


class AsyncGenerator(Open):
    @exit_requirement("somebody answers")  # type: ignore[type-var]  # the mistake
    async def somebody_answers(self, deal: Deal) -> AsyncIterator[str]:
        yield "nobody"


class TooMany(Open):
    @exit_requirement("somebody answers")
    def somebody_answers(self, deal: Deal, when: str) -> bool:
        return True


class TooFew(Open):
    @exit_requirement("somebody answers")
    def somebody_answers(self) -> bool:
        return True


class NotAMethod(TooFew):
    somebody_answers = 5  # type: ignore[assignment]  # the mistake


@pytest.mark.parametrize(
    ("stage", "fault"),
    [
        (Coroutine, "stage 'first': requirement 'somebody_answers' is a coroutine; it would never be awaited"),
        (AsyncGenerator, "stage 'first': requirement 'somebody_answers' is a coroutine; it would never be awaited"),
        (TooMany, "stage 'first': requirement 'somebody_answers' must take the deal and nothing else"),
        (TooFew, "stage 'first': requirement 'somebody_answers' must take the deal and nothing else"),
        (NotAMethod, "stage 'first': requirement 'somebody_answers' must be a method, not int"),
    ],
)
def test_a_requirement_takes_the_deal_and_is_no_coroutine(stage: type[Stage[Deal]], fault: str) -> None:
    faults = faults_of(first=stage(), won=Won())
    assert len(faults) == 1
    assert faults[0].startswith(fault)


class BadHooks(Open):
    def on_enter(self) -> None:  # type: ignore[override]  # the mistake
        ...

    async def on_exit(self, sale: Any, /) -> None:  # type: ignore[override]  # the mistake
        ...


def test_a_hook_takes_the_sale_and_is_no_coroutine() -> None:
    enter, leave = faults_of(first=BadHooks(), won=Won())
    assert enter.startswith("stage 'first': on_enter must take the sale and nothing else, not ()")
    assert leave == "stage 'first': on_exit is a coroutine; it would never be awaited"


class Later:
    """An object that is called, and would have to be awaited."""

    async def __call__(self, deal: Any) -> bool:
        return True


def test_an_object_that_would_have_to_be_awaited_is_neither_a_requirement_nor_a_hook() -> None:
    class Waits(Open):
        somebody_answers = exit_requirement("somebody answers")(Later())  # type: ignore[type-var]  # the mistake
        on_enter = Later()  # type: ignore[assignment]  # the mistake

    assert faults_of(first=Waits(), won=Won()) == (
        "stage 'first': on_enter is a coroutine; it would never be awaited",
        "stage 'first': requirement 'somebody_answers' is a coroutine; it would never be awaited",
    )


def test_a_hook_that_yields_would_never_run_and_is_refused() -> None:
    class Yields(Open):
        def on_enter(self, sale: Any, /) -> Iterator[object]:  # type: ignore[override]  # the mistake
            yield sale.tasks.add("call")

    assert faults_of(first=Yields(), won=Won()) == (
        "stage 'first': on_enter is a generator; nothing in it would run: record instead of yielding",
    )


def test_two_requirements_of_one_move_have_two_names() -> None:
    def over(least: int, deal: Deal) -> bool:
        return deal.amount is not None and deal.amount.amount > least

    much, more = (requirement(f"over {least}")(partial(over, least)) for least in (10, 1000))
    assert faults_of(first=Open(), won=Won(), fast=Move(source="first", target="won", requires=(much, more))) == (
        "move 'fast': several requirements are named 'requirement'; give each a name with Requirement(name=...)",
    )


def test_the_requirements_of_a_move_are_checked_too() -> None:
    @requirement("somebody answers")
    async def waiting(deal: Deal) -> Any:
        return True

    faults = faults_of(
        first=Open(),
        won=Won(),
        fast=Move(source="first", target="won", requires=(waiting, "existing_customer")),  # type: ignore[arg-type]  # the mistake
    )
    assert faults == (
        "move 'fast': requirement 'waiting' is a coroutine; it would never be awaited",
        "move 'fast': requires takes what @requirement made, not 'existing_customer'",
    )


def test_a_requirement_of_a_move_takes_the_deal() -> None:
    fast = Move(source="first", target="won", requires=(requirement("it is so")(lambda: True),))  # type: ignore[misc, arg-type]  # the mistake
    (fault,) = faults_of(first=Open(), won=Won(), fast=fast)
    assert fault.startswith("move 'fast': requirement '<lambda>' must take the deal and nothing else")


def test_a_function_without_a_signature_is_taken_at_its_word() -> None:
    builtin = requirement("it is true")(max)  # type: ignore[arg-type]  # a builtin without a signature
    process = define(first=Open(), won=Won(), fast=Move(source="first", target="won", requires=(builtin,)))
    assert "fast" in {route.move for route in process().routes}


def test_what_a_stage_drops_must_be_a_requirement_that_it_inherits() -> None:
    class Odd(Open, without=("no_such_thing",)):
        pass

    assert faults_of(first=Odd(), won=Won())[0].startswith(
        "stage Odd: without names 'no_such_thing', which is no inherited requirement (it has none)"
    )


def test_what_a_stage_inherits_is_told_where_it_drops_something_else() -> None:
    class Asking(Open):
        @exit_requirement("they answered")
        def answered(self, deal: Deal) -> bool:
            return True

        @exit_requirement("they paid")
        def paid(self, deal: Deal) -> bool:
            return True

    class Odd(Asking, without=("payed",)):
        pass

    assert faults_of(first=Odd(), won=Won())[0].endswith("(it has answered, paid)")


# Values ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chance", [0.5, 1, Decimal("1.01"), Decimal("-0.1"), Decimal("NaN"), Decimal("Infinity"), "1"])
def test_a_probability_is_a_decimal_between_0_and_1(chance: object) -> None:
    stage: Any = type("First", (Open,), {"probability": chance})
    assert faults_of(first=stage(), won=Won()) == (
        f"stage 'first': probability must be a Decimal between 0 and 1, not {chance!r}",
    )


@pytest.mark.parametrize("rots", [5, timedelta(0), timedelta(days=-1)])
def test_a_stage_rots_after_a_positive_time(rots: object) -> None:
    stage: Any = type("First", (Open,), {"rots_after": rots})
    assert faults_of(first=stage(), won=Won()) == (
        f"stage 'first': rots_after must be a positive timedelta, not {rots!r}",
    )


def test_an_outcome_is_one_of_three() -> None:
    stage: Any = type("Odd", (Open,), {"outcome": "won"})
    assert "stage 'won': outcome must be an Outcome, not 'won'" in faults_of(first=Open(), won=stage())


def test_loss_reasons_are_loss_reasons_and_each_is_listed_once() -> None:
    reasons = (LossReason("price", "Price"), LossReason("price", "Too dear"), "timing")
    assert faults_of(first=Open(), won=Won(), loss_reasons=reasons) == (
        "loss_reasons holds LossReason only, not 'timing'",
        "loss reason 'price' is listed twice",
    )


def test_guidance_is_several_sentences_and_not_one_text() -> None:
    stage: Any = type("First", (Open,), {"guidance": "Ask the buyer."})
    assert any("guidance" in fault for fault in faults_of(first=stage(), won=Won()))


def test_a_title_is_text() -> None:
    stage: Any = type("First", (Open,), {"title": 5})
    assert any("title" in fault for fault in faults_of(first=stage(), won=Won()))


@pytest.mark.parametrize("version", ["2", 0, -1, True, 1.5])
def test_a_version_is_a_whole_number_from_one(version: object) -> None:
    assert any("version" in fault for fault in faults_of(first=Open(), won=Won(), version=version))


@pytest.mark.parametrize("key", [5, "two\nlines", "x" * 201])
def test_the_key_of_a_process_is_a_line(key: object) -> None:
    assert any("key" in fault for fault in faults_of(first=Open(), won=Won(), key=key))


def test_approval_rules_are_approval_rules_and_each_key_is_listed_once() -> None:
    rule = ApprovalRule(key="lead", title="the lead", discount_over=Decimal("0.1"))
    assert any("approval" in fault for fault in faults_of(first=Open(), won=Won(), approval_rules=("lead",)))
    assert any("lead" in fault for fault in faults_of(first=Open(), won=Won(), approval_rules=(rule, rule)))


def test_a_migration_leads_into_a_stage_that_exists() -> None:
    lost = Migration(process="old", version=1, stages={"demo": "frist"})
    assert faults_of(first=Open(), won=Won(), migrations=(lost,)) == (
        "migration from old 1: no stage 'frist'; did you mean 'first'?",
    )
    assert any("migration" in fault for fault in faults_of(first=Open(), won=Won(), migrations=("old",)))


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ProcessDefinitionError) as refused:
        define(
            StandardProcess,
            without=("nothing",),
            review=Open(),
            survey=TooFew(after="presentaton"),
            fast=Move(source="aproach", target="closing"),
            loss_reasons=("price",),
        )
    faults = refused.value.faults
    assert refused.value.process == "P"
    for part in (
        "'nothing'",
        "'review' has no place",
        "'presentaton'",
        "somebody_answers",
        "'aproach'",
        "loss_reasons",
    ):
        assert any(part in fault for fault in faults), part
    assert all(fault in str(refused.value) for fault in faults)


def test_a_refused_subclass_leaves_the_process_that_it_extends_as_it_was() -> None:
    faults_of(StandardProcess, review=Open())
    assert [stage.key for stage in StandardProcess().stages][-1] == "lost"
    assert a_sale().deal.stage == "prospecting"


# What a process says of itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [("SaaSProcess", "saas"), ("ServiceDeskProcess", "service_desk"), ("Process", "process"), ("Plain", "plain")],
)
def test_a_process_without_a_key_is_called_after_its_class(name: str, key: str) -> None:
    process: Any = types.new_class(name, (SalesProcess,), {}, lambda space: space.update(first=Open(), won=Won()))
    assert process.key == key


def test_a_subclass_has_a_key_of_its_own() -> None:
    assert define(StandardProcess).key == "p"
    assert define(StandardProcess, key="ours").key == "ours"


def test_it_shows_its_stages_in_order() -> None:
    assert repr(define(first=Open(), won=Won(), key="ours")()) == "<P ours 1: first > won>"


def test_a_loss_reason_is_found_by_key_or_told_with_the_nearest() -> None:
    process = StandardProcess()
    assert process.loss_reason("price").title == "Price"
    with pytest.raises(UnknownName) as refused:
        process.loss_reason("competitors")
    assert refused.value.nearest == ("competitor",)


def test_the_deal_class_is_the_one_that_the_process_is_declared_for() -> None:
    @attrs.frozen(kw_only=True)
    class SeatDeal(Deal):
        seats: int = 0

    class SeatProcess(StandardProcess[SeatDeal]):
        pass

    class Derived(SeatProcess):
        pass

    assert SeatProcess().deal_type is SeatDeal
    assert Derived().deal_type is SeatDeal
    assert StandardProcess[SeatDeal]().deal_type is SeatDeal
    assert StandardProcess().deal_type is Deal


def test_every_route_says_what_it_asks_in_order() -> None:
    class Process(SalesProcess[Deal]):
        first = type("First", (Open,), {"ready": exit_requirement("ready")(lambda self, deal: True)})()
        won = Won()
        lost = Lost()
        fast = Move(source=first, target=won, requires=(existing_customer,))
        rescue = Move(source=first, target=won, requires=(existing_customer,), leaves_unfinished=True)

    asked = {route.move: [(one.stage, one.name, one.kind) for one in route.requirements] for route in Process().routes}
    on_hold = ("", "not_on_hold", RequirementKind.MOVE)
    assert asked["win"] == [on_hold, ("first", "ready", RequirementKind.EXIT)]
    assert asked["fast"] == [
        on_hold,
        ("first", "ready", RequirementKind.EXIT),
        ("fast", "existing_customer", RequirementKind.MOVE),
    ]
    assert asked["rescue"] == [on_hold, ("rescue", "existing_customer", RequirementKind.MOVE)]
    assert asked["lose"] == []
    assert asked["reopen"] == []


def test_a_class_variable_with_an_annotation_is_a_stage_like_any_other() -> None:
    class Process(SalesProcess[Deal]):
        first: ClassVar[Stage[Deal]] = Open()
        won: ClassVar[Stage[Deal]] = Won()

    assert Process().open(id="D-1", name="x", by="noa", at=NOW).deal.stage == "first"


def test_a_stage_class_that_was_not_called_is_told() -> None:
    faults = faults_of(first=Open(), second=Open, won=Won())
    assert any("second" in fault for fault in faults)


def test_a_process_derives_from_one_process() -> None:
    class Reviewed(StandardProcess[Deal]):
        review = Open(after="approach")

    class Surveyed(StandardProcess[Deal]):
        survey = Open(after="approach")

    assert faults_of(Reviewed, Surveyed)[0].startswith("it derives from Reviewed and Surveyed; derive from one")


def test_a_stage_for_other_deals_than_those_of_the_process_is_refused() -> None:
    @attrs.frozen(kw_only=True)
    class Seats(Deal):
        seats: int = 0

    class ForSeats(Stage[Seats]):
        """Only deals with seats."""

    class Narrower(ForSeats):
        """Declared through its base."""

    for stage in (ForSeats(), Narrower()):
        (fault,) = faults_of(first=Open(), second=stage, won=Won())
        assert "is for Seats" in fault

    class SeatsProcess(SalesProcess[Seats]):
        first = Open()
        second = Narrower()
        won = Won()

    assert SeatsProcess().deal_type is Seats


@pytest.mark.parametrize("attribute", ["migrations", "approval_rules"])
def test_a_list_of_a_process_is_a_tuple(attribute: str) -> None:
    assert any(
        f"{attribute} must be a tuple" in fault for fault in faults_of(first=Open(), won=Won(), **{attribute: 5})
    )
