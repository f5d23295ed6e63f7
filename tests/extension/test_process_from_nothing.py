"""A process that has nothing to do with the standard one: how a workshop takes repair orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest

from salesflow import (
    Deal,
    LossReason,
    Move,
    MoveNotAllowed,
    MoveRefused,
    Outcome,
    ProcessDefinitionError,
    Sale,
    SalesProcess,
    Stage,
    UnknownName,
    entry_requirement,
    exit_requirement,
    fold,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Repair(Deal):
    """Something that a customer wants repaired."""

    serial_number: str | None = None
    estimate_given: bool = False


class Asked(Stage[Repair]):
    """Somebody asks what a repair would cost."""

    probability = Decimal("0.4")

    @exit_requirement("we know what it is")
    def device_is_known(self, deal: Repair) -> Iterator[str]:
        if deal.serial_number is None:
            yield "serial number"


class Estimated(Stage[Repair]):
    """We have said what it costs."""

    @entry_requirement("an estimate was given")
    def has_an_estimate(self, deal: Repair) -> bool:
        return deal.estimate_given


class Ordered(Stage[Repair]):
    """They said yes."""

    outcome = Outcome.WON


class Declined(Stage[Repair]):
    """They said no."""

    outcome = Outcome.LOST


class Scrapped(Stage[Repair]):
    """Nobody can repair it."""

    outcome = Outcome.LOST


class Repairs(SalesProcess[Repair]):
    """How the workshop takes orders."""

    key = "repairs"
    title = "Repairs"
    loss_reasons = (LossReason("too_dear", "Too dear"), LossReason("beyond_repair", "Beyond repair"))

    asked = Asked()
    estimated = Estimated()
    ordered = Ordered()
    declined = Declined()
    scrapped = Scrapped()
    order_at_once = Move(source="asked", target="ordered")


def a_repair(**fields: object) -> Sale[Repair]:
    draft = Repair(id="R-1", name="Radio", **fields)  # type: ignore[arg-type]  # the tests name the fields
    return Repairs().open(draft, by="noa", at=NOW)


def test_it_has_the_stages_of_its_body_in_order() -> None:
    assert [stage.key for stage in Repairs().stages] == ["asked", "estimated", "ordered", "declined", "scrapped"]


def test_it_has_none_of_the_standard_stages_or_reasons() -> None:
    with pytest.raises(UnknownName):
        Repairs().stage("prospecting")
    with pytest.raises(UnknownName, match="too_dear"):
        a_repair().lose(reason="price", to="declined")


def test_a_deal_walks_through_it() -> None:
    sale = a_repair(serial_number="42", estimate_given=True)
    assert sale.advance().key == "estimated"
    assert sale.win(reason="they trust us").key == "ordered"
    assert (sale.deal.outcome, sale.deal.win_reason) == (Outcome.WON, "they trust us")
    assert fold(sale.events) == sale.deal


def test_leaving_and_entering_are_asked_together() -> None:
    with pytest.raises(MoveRefused) as refused:
        a_repair().advance()
    assert [unmet.requirement for unmet in refused.value.unmet] == ["device_is_known", "has_an_estimate"]


def test_its_own_move_leads_to_the_outcome() -> None:
    sale = a_repair(serial_number="42")
    assert sale.move(Repairs.order_at_once).outcome is Outcome.WON


def test_of_two_lost_stages_one_is_chosen() -> None:
    with pytest.raises(MoveNotAllowed):
        a_repair().lose(reason="beyond_repair")
    sale = a_repair()
    assert sale.lose(reason="beyond_repair", to=Repairs.scrapped).key == "scrapped"
    assert sale.deal.outcome is Outcome.LOST


def test_a_closed_deal_returns_to_where_it_was_closed() -> None:
    sale = a_repair(serial_number="42", estimate_given=True)
    sale.advance()
    sale.lose(reason="too_dear", to="declined")
    assert sale.reopen(reason="they called back").key == "estimated"


def test_nothing_depends_on_a_title() -> None:
    class Renamed(Repairs):
        key = "repairs"

        class _Yes(Ordered):
            title = "Lost and found"

        ordered = _Yes()

    sale = Renamed().work_on(a_repair(serial_number="42").deal, by="noa", at=NOW)
    sale.move(Renamed.order_at_once)
    assert sale.deal.outcome is Outcome.WON


def test_a_process_without_a_won_or_lost_stage_is_refused() -> None:
    with pytest.raises(ProcessDefinitionError, match="no way to an outcome"):

        class Endless(SalesProcess[Repair]):
            asked = Asked()
            estimated = Estimated()


def test_a_process_may_end_in_won_only() -> None:
    class Certain(SalesProcess[Repair]):
        asked = Asked()
        ordered = Ordered()

    sale = Certain().open(Repair(id="R-1", name="Radio", serial_number="42"), by="noa", at=NOW)
    with pytest.raises((MoveNotAllowed, UnknownName)):
        sale.lose(reason="price")
    assert sale.advance().key == "ordered"


def test_it_explains_itself() -> None:
    guide = Repairs().guide()
    assert "Somebody asks what a repair would cost." in guide
    assert "we know what it is" in guide
    assert Repairs().diagram().startswith("stateDiagram")
