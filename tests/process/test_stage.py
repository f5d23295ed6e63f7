"""A stage: what it is called, what it is for, what must hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from walks import NOW

from salesflow import Deal, Outcome, SalesProcess, Stage, entry_requirement, exit_requirement, requirement
from salesflow.process.requirement import RequirementKind


class Review(Stage[Deal]):
    """The buyer's security team looks at our answers.

    It takes time.
    """

    @entry_requirement("the buyer asked for it")
    def was_asked_for(self, deal: Deal) -> bool:
        return True

    @exit_requirement("the answers are complete", hint="Answer what is left.")
    def answers_are_complete(self, deal: Deal) -> bool:
        return True


class Won(Stage[Deal]):
    outcome = Outcome.WON


def names(stage: Stage[Deal], kind: RequirementKind | None = None) -> list[str]:
    return [one.name for one in stage.requirements(kind)]


def test_a_stage_is_called_as_its_title_says_or_else_as_its_key() -> None:
    class Titled(Stage[Deal]):
        title = "Security review"

    class Process(SalesProcess[Deal]):
        security_check = Stage[Deal]()
        other = Titled()
        won = Won()

    assert [stage.label for stage in Process().stages] == ["Security check", "Security review", "Won"]


def test_a_stage_shows_its_key_or_else_its_class() -> None:
    class Process(SalesProcess[Deal]):
        first = Review()
        won = Won()

    assert repr(Process.first) == "<Stage first>"
    assert repr(Review()) == "<Stage Review>"


def test_a_stage_that_stands_in_no_process_has_no_name_yet() -> None:
    assert (Review().key, Review().label) == ("", "")


def test_a_requirement_has_a_hint_only_where_one_was_given() -> None:
    class Hinted(Stage[Deal]):
        @entry_requirement("it is known", hint="Ask.")
        def is_known(self, deal: Deal) -> bool:
            return True

    assert [(one.name, one.hint) for one in (*Review().requirements(), *Hinted().requirements())] == [
        ("was_asked_for", ""),
        ("answers_are_complete", "Answer what is left."),
        ("is_known", "Ask."),
    ]
    assert requirement("it is so")(lambda deal: True).hint == ""


def test_the_docstring_says_what_the_stage_is_for() -> None:
    assert Review().purpose == "The buyer's security team looks at our answers.\n\nIt takes time."


def test_a_stage_without_a_docstring_inherits_the_purpose() -> None:
    class Short(Review):
        pass

    assert Short().purpose == Review().purpose
    assert Won().purpose == ""


def test_requirements_come_in_the_order_of_the_definitions() -> None:
    stage = Review()
    assert names(stage) == ["was_asked_for", "answers_are_complete"]
    assert names(stage, RequirementKind.ENTRY) == ["was_asked_for"]
    assert names(stage, RequirementKind.EXIT) == ["answers_are_complete"]


def test_an_override_keeps_the_mark() -> None:
    class Strict(Review):
        def answers_are_complete(self, deal: Deal) -> bool:
            return False

    (asked,) = Strict().requirements(RequirementKind.EXIT)
    assert (asked.text, asked.hint) == ("the answers are complete", "Answer what is left.")
    assert asked.unmet(a_deal()) is not None


def test_an_override_may_have_a_mark_of_its_own() -> None:
    class Reworded(Review):
        @entry_requirement("the answers lie on the table")
        def answers_are_complete(self, deal: Deal) -> bool:
            return True

    assert names(Reworded(), RequirementKind.ENTRY) == ["was_asked_for", "answers_are_complete"]
    assert names(Reworded(), RequirementKind.EXIT) == []


def test_a_requirement_is_removed_by_the_class_keyword() -> None:
    class Loose(Review, without=("was_asked_for",)):
        pass

    class Looser(Loose):
        pass

    assert names(Loose()) == ["answers_are_complete"]
    assert names(Looser()) == ["answers_are_complete"]
    assert names(Review()) == ["was_asked_for", "answers_are_complete"]


def test_a_removed_requirement_can_be_brought_back() -> None:
    class Loose(Review, without=("was_asked_for",)):
        pass

    class Tight(Loose):
        @entry_requirement("the buyer asked for it in writing")
        def was_asked_for(self, deal: Deal) -> bool:
            return True

    assert [one.text for one in Tight().requirements(RequirementKind.ENTRY)] == ["the buyer asked for it in writing"]


def test_a_requirement_may_come_from_a_mixin() -> None:
    class Checks:
        @exit_requirement("it has an owner")
        def has_owner(self, deal: Deal) -> bool:
            return deal.owner is not None

    class Mixed(Checks, Stage[Deal]):
        pass

    (asked,) = Mixed().requirements()
    assert asked.unmet(a_deal(owner="noa")) is None
    assert asked.unmet(a_deal()) is not None


def test_a_static_method_is_a_requirement_whichever_decorator_comes_first() -> None:
    class Inside(Stage[Deal]):
        @staticmethod
        @exit_requirement("it has an owner")
        def has_owner(deal: Deal) -> bool:
            return deal.owner is not None

    class Outside(Stage[Deal]):
        @exit_requirement("it has an owner")
        @staticmethod
        def has_owner(deal: Deal) -> bool:
            return deal.owner is not None

    assert names(Outside()) == ["has_owner"]
    assert names(Inside()) == ["has_owner"]


def test_hooks_are_called_when_the_deal_is_opened_enters_and_leaves() -> None:
    seen: list[str] = []

    class Traced(Stage[Deal]):
        def on_enter(self, sale: Any, /) -> None:
            seen.append(f"entered {self.key} in {sale.deal.stage}")

        def on_exit(self, sale: Any, /) -> None:
            seen.append(f"left {self.key} in {sale.deal.stage}")

    class Process(SalesProcess[Deal]):
        first = Traced()
        second = Traced()
        won = Won()

    Process().open(id="D-1", name="x", by="noa", at=NOW).advance()
    assert seen == ["entered first in first", "left first in first", "entered second in second"]


def test_the_hooks_of_a_plain_stage_do_nothing() -> None:
    class Process(SalesProcess[Deal]):
        first = Stage[Deal]()
        won = Won()

    sale = Process().open(id="D-1", name="x", by="noa", at=NOW)
    stage = Process().stage("first")
    stage.on_enter(sale)
    stage.on_exit(sale)
    assert len(sale.events) == 1
    assert not stage.has_hook("on_enter")


def test_a_requirement_of_a_stage_may_yield_what_is_missing() -> None:
    class Listing(Stage[Deal]):
        @exit_requirement("everything is known")
        def is_known(self, deal: Deal) -> Iterator[str]:
            if deal.owner is None:
                yield "the owner"
            if deal.source is None:
                yield "the source"

    class Process(SalesProcess[Deal]):
        first = Listing()
        won = Won()

    (unmet,) = Process().open(id="D-1", name="x", by="noa", at=NOW).blockers()
    assert (unmet.stage, unmet.requirement, unmet.missing) == ("first", "is_known", ("the owner", "the source"))
    assert str(unmet) == "everything is known (the owner, the source)"


@pytest.mark.parametrize(("outcome", "is_open"), [(Outcome.OPEN, True), (Outcome.WON, False), (Outcome.LOST, False)])
def test_a_stage_is_open_where_its_outcome_is(outcome: Outcome, is_open: bool) -> None:
    stage: Any = type("S", (Stage,), {"outcome": outcome})
    assert stage().is_open is is_open


def a_deal(**fields: Any) -> Deal:
    return Deal(**{"id": "D-1", "name": "Order desk", **fields})
