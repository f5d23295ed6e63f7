"""Fields of your own in a deal: at the opening, later, and in the rules."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from extension.saas import NOW, SaaSDeal, SaaSProcess, a_draft, a_saas_sale

from salesflow import (
    Deal,
    DealUpdated,
    EngineOwned,
    InvalidValue,
    MemoryStorage,
    Outcome,
    UnknownName,
    WrongType,
    fold,
)
from salesflow.standard import StandardProcess


def opened(process: Any = None, /, **fields: Any) -> Any:
    """Opened by keyword: types cannot express it, so it is done through ``Any``."""
    known: dict[str, Any] = {"id": "D-1", "name": "Order desk", "by": "noa", "at": NOW}
    return (process or SaaSProcess()).open(**{**known, **fields})


def test_a_draft_brings_its_own_fields() -> None:
    sale = SaaSProcess().open(SaaSDeal(id="D-1", name="Order desk", seats=3), by="noa", at=NOW)
    assert (type(sale.deal), sale.deal.seats, sale.deal.version) == (SaaSDeal, 3, 1)


def test_own_fields_may_come_as_keywords_at_run_time() -> None:
    assert opened(seats=3).deal.seats == 3


def test_the_deal_has_the_class_that_the_process_is_declared_for() -> None:
    assert type(opened().deal) is SaaSDeal


def test_a_process_in_brackets_makes_deals_of_that_class() -> None:
    sale = StandardProcess[SaaSDeal]().open(a_draft(seats=4), by="noa", at=NOW)
    assert sale.deal.seats == 4


def test_an_own_field_keeps_its_rule_at_the_opening() -> None:
    with pytest.raises(ValueError, match="seats"):
        opened(seats=-1)


def test_an_own_field_keeps_its_rule_in_an_update() -> None:
    sale: Any = a_saas_sale(seats=3)
    with pytest.raises(ValueError, match="seats"):
        sale.update(seats=-1)
    assert (sale.deal.seats, len(sale.events)) == (3, 1)


def test_an_own_field_is_changed_as_a_value() -> None:
    sale = a_saas_sale(seats=3)
    sale.update(attrs.evolve(sale.deal, seats=5))
    assert sale.deal.seats == 5
    changed = sale.events[-1]
    assert isinstance(changed, DealUpdated)
    assert changed.changes == (("seats", 5),)


def test_an_own_field_is_changed_by_keyword_at_run_time() -> None:
    sale: Any = a_saas_sale(seats=3)
    assert sale.update(seats=5, owner="noa").seats == 5


def test_an_own_field_is_not_forgotten_when_the_deal_moves() -> None:
    sale = a_saas_sale(seats=3)
    sale.lose(reason="price")
    sale.reopen(reason="they called back")
    assert (sale.deal.seats, sale.deal.outcome) == (3, Outcome.OPEN)


def test_a_misspelt_own_field_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="seats"):
        opened(seets=3)
    with pytest.raises(UnknownName, match="seats"):
        opened().update(seets=3)


def test_an_own_field_without_a_default_must_be_given() -> None:
    @attrs.frozen(kw_only=True)
    class LicenseDeal(Deal):
        product: str

    class LicenseProcess(StandardProcess[LicenseDeal]):
        pass

    with pytest.raises(InvalidValue, match="product"):
        opened(LicenseProcess())
    assert opened(LicenseProcess(), product="Order desk").deal.product == "Order desk"


def test_an_own_field_opens_no_way_around_the_process() -> None:
    with pytest.raises(EngineOwned, match="stage"):
        SaaSProcess().open(a_draft(seats=3, stage="closing"), by="noa", at=NOW)
    sale = a_saas_sale(seats=3)
    with pytest.raises(EngineOwned, match="stage"):
        sale.update(attrs.evolve(sale.deal, stage="closing", seats=5))
    assert sale.deal.seats == 3


def test_a_plain_deal_does_not_go_through_a_process_for_another_class() -> None:
    plain: Any = Deal(id="D-1", name="Order desk")
    with pytest.raises(WrongType, match="SaaSDeal"):
        SaaSProcess().open(plain, by="noa", at=NOW)
    stored: Any = StandardProcess().open(id="D-1", name="Order desk", by="noa", at=NOW).deal
    with pytest.raises(WrongType, match="SaaSDeal"):
        SaaSProcess().work_on(stored, by="noa", at=NOW)


def test_an_own_deal_is_stored_and_read_as_what_it_is() -> None:
    storage = MemoryStorage()
    sale = a_saas_sale(seats=3)
    storage.commit(sale.changes)
    assert storage.get(SaaSDeal, "D-1") == storage.get(Deal, "D-1") == sale.deal
    assert fold([recorded.event for recorded in storage.history(SaaSDeal, "D-1")]) == sale.deal


def test_ids_are_unique_among_all_classes_of_deals() -> None:
    assert SaaSDeal.root() is Deal


def test_an_adopted_deal_brings_its_own_fields() -> None:
    sale = SaaSProcess().adopt(
        a_draft(seats=7), stage="security_review", origin="the old CRM", since=NOW, by="noa", at=NOW
    )
    assert (sale.deal.seats, sale.deal.stage) == (7, "security_review")
    assert sale.advance().key == "objection_handling"


def test_a_check_of_the_whole_deal_is_kept_by_every_change() -> None:
    @attrs.frozen(kw_only=True)
    class Capped(SaaSDeal):
        most: int = 10

        def __attrs_post_init__(self) -> None:
            if self.seats > self.most:
                raise ValueError("more seats than there are")

    class CappedProcess(StandardProcess[Capped]):
        pass

    sale = CappedProcess().open(Capped(id="D-1", name="Order desk", seats=3), by="noa", at=NOW)
    with pytest.raises(ValueError, match="more seats than there are"):
        sale.update(attrs.evolve(sale.deal, most=2))
    assert sale.deal.most == 10
