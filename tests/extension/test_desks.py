"""Desks and facts of your own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from extension.saas import NOW, SaaSDeal, SaaSProcess, SeatsAgreed, SecurityDesk, SecurityReview, a_saas_sale

from salesflow import (
    Change,
    Deal,
    Desk,
    EngineOwned,
    Event,
    InvalidValue,
    MemoryStorage,
    NotNow,
    Outcome,
    PolicyRefused,
    Sale,
    fold,
)
from salesflow.standard import StandardProcess


class AfterCareDesk(Desk[SaaSDeal]):
    """Works on won deals too."""

    __slots__ = ()
    works_while = frozenset({Outcome.OPEN, Outcome.WON})

    def add_seats(self, seats: int) -> None:
        self._check_open("add seats")
        self._record(SeatsAgreed(at=self._sale.at, by=self._sale.by, seats=self.deal.seats + seats))


@attrs.frozen(kw_only=True)
class StageForged(Event[Deal]):
    """Tries to move the deal without a move."""

    def apply(self, deal: Deal, /) -> Deal:
        return deal.changed_by(self, stage="closing")


@attrs.frozen(kw_only=True)
class NothingChanged(Event[Deal]):
    """Forgets to raise the version."""

    def apply(self, deal: Deal, /) -> Deal:
        return deal


def test_a_desk_of_your_own_records_a_fact_of_your_own() -> None:
    sale = a_saas_sale()
    assert sale.desk(SecurityDesk).pass_(seats=40).seats == 40
    assert sale.events[-1] == SeatsAgreed(at=NOW, by="noa", seats=40)
    assert (sale.deal.seats, sale.deal.version) == (40, 2)


def test_the_deal_is_the_fold_of_own_facts_too() -> None:
    storage = MemoryStorage()
    sale = a_saas_sale()
    sale.desk(SecurityDesk).pass_(seats=40)
    storage.commit(sale.changes)
    later = SaaSProcess().work_on(storage.get(SaaSDeal, "D-1"), by="dan", at=NOW + timedelta(days=1))
    later.desk(SecurityDesk).pass_(seats=50)
    storage.commit(later.changes)
    events = [recorded.event for recorded in storage.history(SaaSDeal, "D-1")]
    assert [fold(events[:count]).version for count in (1, 2, 3)] == [1, 2, 3]
    assert fold(events) == storage.get(SaaSDeal, "D-1") == later.deal
    (change,) = later.changes.changes
    assert Change(change.before, change.events).after == later.deal


def test_an_own_desk_sees_what_it_has_just_recorded() -> None:
    desk = a_saas_sale().desk(SecurityDesk)
    desk.pass_(seats=40)
    assert desk.deal.seats == 40


def test_an_own_desk_does_not_work_on_a_closed_deal() -> None:
    sale = a_saas_sale()
    sale.lose(reason="price")
    with pytest.raises(NotNow, match="pass the security review"):
        sale.desk(SecurityDesk).pass_(seats=40)
    assert sale.deal.seats == 0


def test_an_own_desk_may_work_on_won_deals() -> None:
    won = SaaSProcess().adopt(
        SaaSDeal(id="D-1", name="Order desk", seats=3),
        stage="follow_up",
        origin="the old CRM",
        since=NOW,
        by="noa",
        at=NOW,
    )
    won.desk(AfterCareDesk).add_seats(2)
    assert won.deal.seats == 5


def test_an_own_fact_that_breaks_the_rule_of_its_field_is_refused() -> None:
    sale = a_saas_sale(seats=3)
    with pytest.raises(ValueError, match="seats"):
        sale.desk(SecurityDesk).pass_(seats=-1)
    assert (sale.deal.seats, len(sale.events)) == (3, 1)


def test_an_own_fact_does_not_move_a_deal() -> None:
    sale = a_saas_sale()
    with pytest.raises(EngineOwned, match="stage"):
        sale.record(StageForged(at=NOW, by="noa"))
    assert sale.deal.stage == "prospecting"


def test_an_own_fact_raises_the_version() -> None:
    sale = a_saas_sale()
    with pytest.raises(InvalidValue, match="one version later"):
        sale.record(NothingChanged(at=NOW, by="noa"))


@pytest.mark.parametrize("wrong", [{"by": "dan"}, {"at": NOW + timedelta(hours=1)}])
def test_an_own_fact_is_of_the_actor_and_the_moment_of_its_sale(wrong: dict[str, Any]) -> None:
    known: dict[str, Any] = {"at": NOW, "by": "noa", "seats": 3}
    with pytest.raises(InvalidValue, match="the moment and the actor"):
        a_saas_sale().record(SeatsAgreed(**{**known, **wrong}))


def test_the_policy_is_asked_about_own_facts() -> None:
    class OnlyDanAgrees:
        def refusal(self, event: Event[Deal], deal: Deal, /) -> str | None:
            return "only dan agrees on seats" if isinstance(event, SeatsAgreed) and event.by != "dan" else None

    sale = a_saas_sale(SaaSProcess(policy=OnlyDanAgrees()))
    with pytest.raises(PolicyRefused, match="only dan agrees on seats"):
        sale.desk(SecurityDesk).pass_(seats=40)
    assert sale.deal.seats == 0


def test_a_hook_may_use_an_own_desk() -> None:
    class GenerousReview(SecurityReview):
        """Every buyer begins with one seat."""

        def on_enter(self, sale: Sale[SaaSDeal], /) -> None:
            sale.desk(SecurityDesk).pass_(seats=1)

    class GenerousProcess(StandardProcess[SaaSDeal]):
        security_review = GenerousReview(before="preparation")

    sale = GenerousProcess().adopt(
        SaaSDeal(id="D-1", name="Order desk"), stage="preparation", origin="tests", since=NOW, by="noa", at=NOW
    )
    sale.go_back(reason="they want a review")
    assert sale.deal.seats == 1


def test_a_dry_run_of_an_own_desk_changes_nothing() -> None:
    sale = a_saas_sale()
    trial = sale.dry_run(lambda trial: trial.desk(SecurityDesk).pass_(seats=9))
    assert (trial.after.seats, sale.deal.seats) == (9, 0)
    assert trial.events == (SeatsAgreed(at=NOW, by="noa", seats=9),)
