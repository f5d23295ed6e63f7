"""The state machine works any process, and finds what breaks its laws."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from extension.saas import SaaSDeal, SaaSProcess, SecurityDesk
from testing import broken_processes as gallery

from salesflow import Deal, Event, Sale
from salesflow.leads.lead_process import LeadProcess
from salesflow.standard import StandardProcess
from salesflow.testing.builders import a_deal
from salesflow.testing.process_machine import ProcessMachine, run_process_machine


def test_the_standard_process_keeps_the_laws_and_every_stage_is_reached() -> None:
    visits = run_process_machine(StandardProcess, examples=60, floor=2)
    assert set(visits.stages) == {stage.key for stage in StandardProcess().stages}
    assert visits.below(2) == {}
    assert visits.refused["forge the stage"] > 0
    assert visits.done["advance"] > visits.done.get("win", 0) > 0


def test_leads_keep_them_too() -> None:
    assert run_process_machine(LeadProcess, examples=30, floor=1).stages["converted"] > 0


def test_own_work_leads_into_own_stages() -> None:
    visits = run_process_machine(
        SaaSProcess,
        draft=a_deal(SaaSDeal, source="existing customer"),
        satisfy={"questionnaire_complete": lambda sale: sale.desk(SecurityDesk).pass_(seats=40)},
        work={"pass": lambda sale, draw: sale.desk(SecurityDesk).pass_(seats=2)},
        examples=40,
        floor=1,
    )
    assert visits.done["pass"] > 0


def test_a_stage_that_is_never_entered_is_named() -> None:
    with pytest.raises(AssertionError, match=r"less than 1 times: second 0 times"):
        run_process_machine(gallery.without_return(), examples=10, floor=1)


def test_events_that_do_not_replay_are_found() -> None:
    with pytest.raises(AssertionError, match=r"fold of its events|what its events make"):
        run_process_machine(gallery.its_events_do_not_replay(), examples=20, floor=0)


def test_a_version_that_is_skipped_is_found() -> None:
    @attrs.frozen(kw_only=True)
    class Silent(Event[Deal]):
        def apply(self, deal: Deal, /) -> Deal:
            return deal

    def forge(sale: Sale[Any], draw: Any) -> None:
        sale._append(Silent(at=sale.at, by=sale.by))

    with pytest.raises(AssertionError, match="version"):
        run_process_machine(StandardProcess, work={"forge": forge}, examples=400, floor=0)


def test_what_is_refused_halfway_is_found() -> None:
    def half(sale: Sale[Any], draw: Any) -> None:
        sale.tasks.add("call")
        sale.update(stage="follow_up")

    with pytest.raises(AssertionError, match="half was refused, and the deal has changed"):
        run_process_machine(StandardProcess, work={"half": half}, examples=400, floor=0)


def test_two_machines_count_for_themselves() -> None:
    class One(ProcessMachine):
        process = StandardProcess()

    class Two(ProcessMachine):
        process = StandardProcess()

    One._stages["prospecting"] += 1
    assert Two.visits().stages["prospecting"] == 0
