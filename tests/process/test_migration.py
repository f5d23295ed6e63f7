"""Deals of an earlier version, or of another process, come over where that was declared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from walks import NOW, a_sale, sale_in, walk

from salesflow import (
    Deal,
    Migration,
    Outcome,
    ProcessMigrated,
    ProcessMismatch,
    Stage,
    UnknownName,
    fold,
)
from salesflow.standard import Lost, Presentation, StandardProcess


class Service(StandardProcess[Deal]):
    key = "service"


class ServiceTwo(StandardProcess[Deal], without=("preparation",)):
    key = "service"
    version = 2
    migrations = (
        Migration(process="service", version=1, stages={"preparation": "prospecting"}),
        Migration(process="standard", version=1, stages={"preparation": "approach", "lost": "lost"}),
    )


def take_over(deal: Deal, process: Any = ServiceTwo, **facts: Any) -> Any:
    return process().work_on(deal, **{"by": "ben", "at": NOW + timedelta(days=1), **facts})


def test_a_deal_of_an_earlier_version_is_taken_over_with_an_event() -> None:
    deal = sale_in("approach", Service()).deal
    sale = take_over(deal)
    (event,) = sale.events
    assert event == ProcessMigrated(
        at=NOW + timedelta(days=1),
        by="ben",
        from_process="service",
        from_version=1,
        to_process="service",
        to_version=2,
        source="approach",
        target="approach",
        entered_at=deal.entered_at,
        outcome=Outcome.OPEN,
    )
    assert (sale.deal.process, sale.deal.process_version, sale.deal.stage) == ("service", 2, "approach")
    assert fold(sale.events, deal) == sale.deal == sale.changes.changes[0].after


def test_a_stage_that_is_no_more_becomes_the_one_that_was_declared() -> None:
    assert take_over(sale_in("preparation", Service()).deal).deal.stage == "prospecting"


def test_another_process_may_have_declared_it_differently() -> None:
    assert take_over(sale_in("preparation").deal).deal.stage == "approach"


def test_a_stage_that_only_changed_its_name_was_not_left() -> None:
    deal = sale_in("preparation", Service()).deal
    assert take_over(deal).deal.entered_at == deal.entered_at


def test_a_deal_that_was_taken_over_goes_on() -> None:
    sale = walk(take_over(sale_in("preparation", Service()).deal), to="follow_up")
    assert sale.deal.outcome is Outcome.WON
    again = ServiceTwo().work_on(sale.deal, by="ben", at=sale.at)
    assert again.events == ()


def test_a_deal_of_another_process_is_refused_where_nothing_is_declared() -> None:
    deal = sale_in("approach", Service()).deal
    with pytest.raises(ProcessMismatch) as refused:
        take_over(deal, StandardProcess)
    assert (refused.value.deal_id, refused.value.runs_under, refused.value.process) == (
        "D-1",
        "service 1",
        "standard 1",
    )
    assert "declare a Migration" in str(refused.value)


def test_a_deal_of_a_later_version_is_refused() -> None:
    deal = sale_in("approach", ServiceTwo()).deal
    with pytest.raises(ProcessMismatch) as refused:
        take_over(deal, Service)
    assert (refused.value.runs_under, refused.value.process) == ("service 2", "service 1")


def test_a_stage_that_nobody_mapped_is_told() -> None:
    class Renamed(StandardProcess[Deal], without=("preparation",)):
        key = "renamed"
        migrations = (Migration(process="standard", version=1),)

    with pytest.raises(UnknownName) as refused:
        take_over(sale_in("preparation").deal, Renamed)
    assert (refused.value.kind, refused.value.name) == ("stage", "preparation")


def test_a_stored_deal_in_a_stage_that_the_process_does_not_have_is_told() -> None:
    deal = a_sale().deal
    import attrs

    with pytest.raises(UnknownName) as refused:
        StandardProcess().work_on(attrs.evolve(deal, stage="tapioca"), by="noa", at=NOW)
    assert refused.value.name == "tapioca"


def test_a_closed_deal_stays_closed_when_it_is_taken_over() -> None:
    lost = a_sale()
    lost.lose(reason="price")
    sale = take_over(lost.deal)
    assert (sale.deal.stage, sale.deal.outcome, sale.deal.closed_at) == ("lost", Outcome.LOST, NOW)


def test_a_migration_does_not_change_what_is_won_and_lost_without_saying_so() -> None:
    """An open stage that becomes a lost one would leave a lost deal that was never closed."""

    class Odd(StandardProcess[Deal], without=("preparation",)):
        key = "odd"
        migrations = (Migration(process="standard", version=1, stages={"preparation": "lost"}),)

    try:
        deal = take_over(sale_in("preparation").deal, Odd).deal
    except Exception:
        return
    assert (deal.closed_at is None) is (deal.outcome is Outcome.OPEN)


def test_stages_are_kept_as_they_were_declared() -> None:
    declared = {"demo": "presentation"}
    migration = Migration(process="service", version=1, stages=declared)
    declared["demo"] = "lost"
    assert migration.stages == {"demo": "presentation"}


def test_a_renamed_stage_object_keeps_its_requirements() -> None:
    class Tour(Presentation):
        title = "Product tour"

    class Dormant(Lost):
        title = "Dormant"

    class Renamed(StandardProcess[Deal], without=("presentation", "pass_over_objections")):
        key = "renamed"
        tour = Tour(after="approach")
        dormant = Dormant()
        migrations = (Migration(process="standard", version=1, stages={"presentation": "tour"}),)

    sale = take_over(sale_in("presentation").deal, Renamed)
    assert sale.deal.stage == "tour"
    assert [one.requirement for one in sale.blockers()] == ["needs_are_answered"]
    assert isinstance(sale.stage, Stage)
