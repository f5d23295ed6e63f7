"""A process is watched at work: what is counted, what is not, and that nothing changes by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from testing import broken_processes as gallery

from salesflow import Deal, MoveRefused, SalesProcess, UnknownName, WrongType
from salesflow.leads.lead_process import LeadProcess
from salesflow.process.definition import SalesProcess as Definition
from salesflow.standard import StandardProcess
from salesflow.testing.builders import NOW, a_deal, a_lead
from salesflow.testing.observation import Observed, observing
from salesflow.testing.process_coverage import ProcessCoverage, RequirementCoverage
from salesflow.testing.walking import lead_at, sale_at
from salesflow.work import Work
from salesflow.work.explaining import Explaining


def of(observed: Observed, process: Any = StandardProcess) -> ProcessCoverage:
    coverage: ProcessCoverage = observed.coverage(process)
    return coverage


def asked(coverage: ProcessCoverage, name: str) -> RequirementCoverage:
    return next(one for one in coverage.requirements if one.name == name)


def made(coverage: ProcessCoverage, move: str, source: str) -> int:
    return sum(one.made for one in coverage.moves if (one.move, one.source) == (move, source))


def test_what_was_opened_and_moved_is_counted() -> None:
    with observing(StandardProcess) as observed:
        StandardProcess().open(a_deal(), by="noa", at=NOW).lose(reason="price")
    coverage = of(observed)
    assert {one.stage: one.entered for one in coverage.stages if one.entered} == {"prospecting": 1, "lost": 1}
    assert made(coverage, "lose", "prospecting") == 1


def test_what_was_adopted_or_taken_up_is_counted_as_being_there() -> None:
    closing = sale_at(StandardProcess, "closing")
    with observing(StandardProcess) as observed:
        StandardProcess().adopt(a_deal(), stage="approach", origin="the old CRM", since=NOW, by="noa", at=NOW)
        StandardProcess().work_on(closing.deal, by="noa", at=closing.at)
    stages = {one.stage: (one.entered, one.taken_up) for one in of(observed).stages}
    assert stages["approach"] == (1, 0)
    assert stages["closing"] == (0, 1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda sale: sale.blockers(),
        lambda sale: sale.blockers("advance"),
        lambda sale: sale.next_moves(),
        lambda sale: sale.next_steps(),
        lambda sale: sale.dry_run(lambda trial: trial.advance()),
    ],
)
def test_a_requirement_was_seen_to_stand_in_the_way_where_somebody_asked(ask: Any) -> None:
    sale = sale_at(StandardProcess, "preparation")
    with observing(StandardProcess) as observed:
        ask(sale)
    seen = asked(of(observed), "preparation.briefing_is_complete")
    assert (seen.met, seen.unmet) == (0, 1)


def test_a_move_that_was_refused_is_counted_as_such() -> None:
    sale = sale_at(StandardProcess, "preparation")
    with observing(StandardProcess) as observed, pytest.raises(MoveRefused):
        sale.advance()
    coverage = of(observed)
    assert [(one.made, one.refused) for one in coverage.moves if one.refused] == [(0, 1)]
    assert asked(coverage, "not_on_hold").met == 1


def test_the_way_of_a_walk_counts_as_moves_made_and_never_as_a_refusal() -> None:
    with observing(StandardProcess, LeadProcess) as observed:
        sale_at(StandardProcess, "follow_up")
        lead_at(LeadProcess, "converted", lead=a_lead(owner=None))
    for process in (StandardProcess, LeadProcess):
        assert all(not one.unmet for one in of(observed, process).requirements)
    assert made(of(observed), "win", "closing") == 1
    assert made(of(observed, LeadProcess), "convert", "qualified") == 1


def test_an_opening_that_was_refused_is_counted() -> None:
    process = gallery.nothing_can_be_opened()
    with observing(process) as observed, pytest.raises(MoveRefused):
        process().open(a_deal(), by="noa", at=NOW)
    assert asked(of(observed, process), "first.pigs_fly").unmet == 1


def test_other_processes_are_not_counted() -> None:
    class Other(StandardProcess[Deal]):
        pass

    with observing(Other) as observed:
        sale_at(StandardProcess, "closing")
    assert of(observed, Other).covered == 0


def test_derived_ones_count_for_what_they_derive_from() -> None:
    class Derived(StandardProcess[Deal]):
        pass

    with observing(StandardProcess) as observed:
        sale_at(Derived, "closing")
    assert made(of(observed), "advance", "prospecting") == 1


def test_everything_is_put_back_even_after_an_error() -> None:
    before = dict(vars(Work)), dict(vars(Explaining)), Definition.open
    with pytest.raises(LookupError), observing(StandardProcess):
        raise LookupError
    assert (dict(vars(Work)), dict(vars(Explaining)), Definition.open) == before


def test_observations_can_stand_in_each_other() -> None:
    with observing(StandardProcess) as outer:
        with observing(StandardProcess) as inner:
            sale_at(StandardProcess, "preparation")
        sale_at(StandardProcess, "preparation")
    assert (made(of(inner), "advance", "prospecting"), made(of(outer), "advance", "prospecting")) == (1, 2)


def test_what_was_seen_elsewhere_is_added() -> None:
    with observing(StandardProcess, LeadProcess) as elsewhere:
        sale_at(StandardProcess, "closing").blockers()
        lead_at(LeadProcess, "qualified")
    with observing(StandardProcess, LeadProcess) as here:
        sale_at(StandardProcess, "closing").blockers()
    here.add(elsewhere.counts())
    with observing(StandardProcess, LeadProcess) as both:
        sale_at(StandardProcess, "closing").blockers()
        sale_at(StandardProcess, "closing").blockers()
        lead_at(LeadProcess, "qualified")
    assert of(here) == of(both)
    assert of(here, LeadProcess) == of(both, LeadProcess)


def test_what_is_no_class_of_processes_and_what_is_not_observed_is_refused() -> None:
    wrong: Any = StandardProcess()
    with pytest.raises(WrongType), observing(wrong):
        pass
    with observing(StandardProcess) as observed, pytest.raises(UnknownName, match="StandardProcess"):
        observed.coverage(LeadProcess)


# Coverage as a value -----------------------------------------------------------------------------------------------------


class Tiny(SalesProcess[Deal], without=("go_back", "reopen")):
    first = gallery.Never()
    won = gallery.Won()
    lost = gallery.Lost()


def test_the_share_counts_stages_moves_and_both_answers_of_requirements() -> None:
    with observing(Tiny) as observed:
        sale = Tiny().open(a_deal(), by="noa", at=NOW)
        sale.blockers()
        sale.lose(reason="price")
    coverage = of(observed, Tiny)
    assert coverage.points == 3 + 2 + 2 * 2
    assert coverage.missing == (
        "stage won was never reached",
        "move win from first was never made",
        "requirement not_on_hold never stood in the way",
        "requirement first.pigs_fly never held",
    )
    assert coverage.share == Decimal(5) / 9
    assert "process coverage of Tiny: 56% (5 of 9)" in str(coverage)


def test_nothing_to_exercise_is_no_share() -> None:
    assert ProcessCoverage(process="Empty", stages=(), moves=(), requirements=()).share is None


def test_the_diagram_shows_what_was_exercised_and_lets_nothing_in() -> None:
    class Odd(gallery.Bare):
        title = 'A "title"\n--> s9'

    process = gallery.a_process(Odd())
    with observing(process) as observed:
        sale_at(process, "second").go_back(reason="something is missing")
    drawn = of(observed, process).diagram()
    assert "s2 --> s1: Go back, made once" in drawn
    assert "--> s9" not in drawn
    assert "class s1 covered" in drawn
    assert "class s3 missed" in drawn
    assert "s2 --> s3: Win, never made" in drawn
