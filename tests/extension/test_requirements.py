"""Requirements of your own: more of them, other ones under the same name, and fewer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from walks import a_sale, meet, qualify, walk

from salesflow import (
    Deal,
    MoveRefused,
    ProcessDefinitionError,
    Sale,
    SalesProcess,
    entry_requirement,
    exit_requirement,
)
from salesflow.standard import StandardProcess
from salesflow.standard.closing import Closing
from salesflow.standard.prospecting import Prospecting


class RichProspecting(Prospecting):
    """Only large deals are worth our time."""

    def buyer_can_afford_it(self, deal: Deal) -> bool:
        return super().buyer_can_afford_it(deal) and deal.amount is not None and deal.amount.amount >= 10_000

    @exit_requirement("somebody is responsible", hint="Give the deal an owner.")
    def has_an_owner(self, deal: Deal) -> bool:
        return deal.owner is not None


class ForLargeDeals(StandardProcess):
    prospecting = RichProspecting()


class TrustingProspecting(Prospecting, without=("buyer_can_afford_it",)):
    """The money is sorted out later."""


class Trusting(StandardProcess):
    prospecting = TrustingProspecting()


class DistrustfulProspecting(TrustingProspecting):
    """The money is asked for again."""

    @exit_requirement("the buyer has the money on the table")
    def buyer_can_afford_it(self, deal: Deal) -> bool:
        return deal.qualification is not None and deal.qualification.budget is not None


class GuardedClosing(Closing):
    """Nobody closes without knowing who is on the other side."""

    @entry_requirement("everybody who decides is known", hint="Fill the buying committee.")
    def committee_is_known(self, deal: Deal) -> Iterator[str]:
        present = {str(role) for member in deal.committee for role in member.roles}
        for role in ("decision maker", "economic buyer"):
            if role not in present:
                yield role


class Guarded(StandardProcess):
    closing = GuardedClosing()


def names(process: SalesProcess, stage: str) -> list[str]:
    return [asked.name for asked in process.stage(stage).requirements()]


def unmet(sale: Sale) -> list[str]:
    return [one.requirement for one in sale.blockers()]


def test_an_override_keeps_the_mark_and_the_words_of_what_it_overrides() -> None:
    sale = a_sale(ForLargeDeals(), owner="noa", amount=None)
    qualify(sale)
    (blocker,) = sale.blockers()
    assert (blocker.requirement, blocker.text) == ("buyer_can_afford_it", "the buyer can afford it")


def test_an_override_may_ask_the_original_too() -> None:
    sale = a_sale(ForLargeDeals(), owner="noa")
    assert "buyer_can_afford_it" in unmet(sale)
    qualify(sale)
    assert unmet(sale) == []


def test_one_requirement_more_is_asked_with_the_inherited_ones() -> None:
    sale = a_sale(ForLargeDeals())
    with pytest.raises(MoveRefused) as refused:
        sale.advance()
    assert [one.requirement for one in refused.value.unmet] == ["need_is_known", "buyer_can_afford_it", "has_an_owner"]


def test_a_removed_requirement_is_not_asked() -> None:
    sale = a_sale(Trusting())
    sale.qualification.record(need="one place for all orders")
    assert sale.advance().key == "preparation"


def test_a_removed_requirement_may_come_back_further_down() -> None:
    class Distrustful(Trusting):
        prospecting = DistrustfulProspecting()

    process = Distrustful()
    assert sorted(names(process, "prospecting")) == ["buyer_can_afford_it", "need_is_known"]
    texts = [one.text for one in a_sale(process).blockers()]
    assert "the buyer has the money on the table" in texts


def test_the_original_stage_still_asks_for_everything() -> None:
    assert names(StandardProcess(), "prospecting") == ["need_is_known", "buyer_can_afford_it"]


def test_a_requirement_for_entering_stands_before_every_way_in() -> None:
    sale = walk(a_sale(Guarded()), to="presentation")
    for need in sale.presentation.unshown:
        sale.presentation.show(need, how="On the screen")
    (blocker,) = sale.blockers(Guarded.pass_over_objections)
    assert (blocker.requirement, blocker.missing) == ("committee_is_known", ("decision maker", "economic buyer"))
    sale.advance()
    assert unmet(sale) == ["committee_is_known"]
    sale.committee.add("C-1", "decision maker")
    assert sale.blockers()[0].missing == ("economic buyer",)
    sale.committee.add("C-2", "economic buyer")
    assert sale.advance().key == "closing"


def test_a_deal_that_goes_back_is_not_asked_for_the_way_in() -> None:
    sale = walk(a_sale(StandardProcess()), to="closing")
    moved = Guarded().adopt(
        id="D-2", name="The same elsewhere", stage="closing", origin="tests", since=sale.at, by="noa", at=sale.at
    )
    assert moved.go_back(reason="something is missing").key == "objection_handling"


def test_what_is_removed_must_have_been_asked_for() -> None:
    class Misspelt(Prospecting, without=("buyer_can_aford_it",)):
        pass

    with pytest.raises(ProcessDefinitionError, match="buyer_can_aford_it"):

        class Process(StandardProcess):
            prospecting = Misspelt()


@pytest.mark.parametrize("answer", ["yes", 1, None, ["a list"]])
def test_an_answer_that_is_neither_a_bool_nor_yielded_texts_is_a_mistake(answer: object) -> None:
    class Vague(Prospecting):
        def need_is_known(self, deal: Deal) -> bool:
            return answer  # type: ignore[return-value]  # the mistake

    class Process(StandardProcess):
        prospecting = Vague()

    sale = a_sale(Process())
    deal = sale.deal
    with pytest.raises(TypeError, match=r"prospecting\.need_is_known"):
        sale.advance()
    assert sale.deal is deal


def test_a_met_need_is_enough_for_the_next_stage() -> None:
    sale = walk(a_sale(Guarded()), to="approach")
    meet(sale)
    assert unmet(sale) == []
