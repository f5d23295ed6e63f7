"""What other CRMs expect of won, lost and reopened deals, by the id of the case.

Decided otherwise here:

- OD-11: Odoo archives deals and a won one stays won. A deal here has no archive: hiding is the host's matter, and nothing but a
  move changes an outcome. What is left of the case, that a won deal stays won whatever is edited, is kept.
- OD-13: losing is not archiving here, so there is no way to be active and lost; the way back is ``reopen``.
- OD-16: text that is HTML and says nothing is not known as empty, because text is text here: ``"<p></p>"`` is kept as what was
  typed. A note that is blank is refused where the reason needs one.
- FR-09: the closing date is the moment of the move. Where it is already known from elsewhere, the deal is adopted with it.
- FR-10: an explicit 0 is a figure and is never overwritten by the one of the stage; only unknown is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from walks import NOW, a_sale, agree, sale_in

from salesflow import Deal, DealLost, InvalidValue, Money, MoveNotAllowed, NotNow, Outcome, SalesProcess, Stage
from salesflow.standard import StandardProcess

LATER = NOW + timedelta(days=3)


class Open(Stage[Deal]):
    probability = Decimal("0.10")


class Won(Stage[Deal]):
    outcome = Outcome.WON


class Lost(Stage[Deal]):
    outcome = Outcome.LOST


class TwoWins(SalesProcess[Deal]):
    first = Open()
    won = Won()
    paid = Won()
    lost = Lost()


def only_the_won_stage_makes_a_deal_won() -> None:
    sale = sale_in("approach")
    sale.update(probability=Decimal(1))
    assert (sale.deal.outcome, sale.probability.value) == (Outcome.OPEN, Decimal(1))


def a_won_deal_stays_won_whatever_is_edited() -> None:
    sale = sale_in("follow_up")
    sale.update(owner=None, name="archive")
    with pytest.raises(NotNow):
        sale.update(probability=Decimal(0))
    assert (sale.deal.outcome, sale.probability.value) == (Outcome.WON, Decimal(1))


def a_lost_deal_is_open_again_once_it_is_reopened() -> None:
    sale = a_sale()
    sale.lose(reason="price")
    sale.reopen(reason="they called")
    assert (sale.deal.outcome, sale.deal.loss, sale.deal.is_open) == (Outcome.OPEN, None, True)
    with pytest.raises(MoveNotAllowed):
        sale.reopen(reason="again")


def a_won_deal_keeps_its_closing_moment_in_another_won_stage() -> None:
    process = TwoWins()
    first = process.open(id="A", name="A", by="noa", at=NOW)
    first.win()
    moved = process.work_on(first.deal, by="noa", at=LATER)
    moved.advance()
    second = process.work_on(process.open(id="B", name="B", by="noa", at=NOW).deal, by="noa", at=LATER)
    second.win()
    assert (moved.deal.stage, moved.deal.closed_at) == ("paid", NOW)
    assert second.deal.closed_at == LATER


def a_loss_is_one_event_with_its_reason_and_its_comment() -> None:
    for number in range(10):
        sale = a_sale(id=f"D-{number}")
        before = len(sale.events)
        sale.lose(reason="price", note="<p>twenty percent</p>")
        (event,) = sale.events[before:]
        assert isinstance(event, DealLost)
        assert (event.reason, event.note, sale.probability.value) == ("price", "<p>twenty percent</p>", Decimal(0))
    empty = a_sale()
    empty.lose(reason="price", note="<p></p>")
    assert empty.deal.loss is not None
    assert empty.deal.loss.note == "<p></p>"
    with pytest.raises(InvalidValue):
        a_sale().lose(reason="other", note=" \n ")


def winning_sets_the_closing_moment() -> None:
    sale = sale_in("closing")
    agree(sale)
    later = StandardProcess().work_on(sale.deal, by="noa", at=LATER)
    later.win()
    assert later.deal.closed_at == LATER
    adopted = StandardProcess().adopt(
        id="D-2", name="x", stage="follow_up", origin="the old CRM", since=NOW, by="noa", at=LATER
    )
    assert adopted.deal.closed_at == NOW


def only_an_unknown_chance_is_filled_from_the_stage() -> None:
    unknown, zero = a_sale(), a_sale(probability=Decimal(0))
    assert unknown.probability.value == Decimal("0.10")
    assert zero.probability.value == Decimal(0)
    assert zero.deal.probability == Decimal(0)
    assert Money("0", "EUR") == a_sale(amount=Money("0", "EUR")).deal.amount


CASES: dict[str, Callable[[], None]] = {
    "OD-09": only_the_won_stage_makes_a_deal_won,
    "OD-11": a_won_deal_stays_won_whatever_is_edited,
    "OD-13": a_lost_deal_is_open_again_once_it_is_reopened,
    "OD-14": a_won_deal_keeps_its_closing_moment_in_another_won_stage,
    "OD-16": a_loss_is_one_event_with_its_reason_and_its_comment,
    "FR-09": winning_sets_the_closing_moment,
    "FR-10": only_an_unknown_chance_is_filled_from_the_stage,
}


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    CASES[case]()
