"""A check of a process can say no: to each broken process of the gallery, by name, and to none that is sound."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from extension.saas import SaaSProcess
from testing import broken_processes as gallery

from salesflow import Deal, InvalidValue, Policy, SalesProcess, Stage, UnknownName, WrongType, exit_requirement
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_stage import LeadStage
from salesflow.people.lead import Lead
from salesflow.standard import StandardProcess
from salesflow.testing.builders import a_deal
from salesflow.testing.checking import check_process
from salesflow.testing.problems import BrokenProcess, ProblemKind

K = ProblemKind
BROKEN = [
    (gallery.nobody_can_leave, K.STAGE_CANNOT_BE_LEFT, "first", "it can only be lost, or go back"),
    (gallery.nobody_can_leave, K.STAGE_CANNOT_BE_REACHED, "second", "only reached by going back or reopening"),
    (gallery.nobody_can_leave, K.MOVE_CANNOT_BE_MADE, "advance from first to second", "first.pigs_fly"),
    (gallery.nobody_can_leave, K.REQUIREMENT_CANNOT_BE_MET, "first.pigs_fly", "nothing that was tried"),
    (gallery.nobody_gets_in, K.STAGE_CANNOT_BE_REACHED, "second", "only reached by going back or reopening"),
    (gallery.nobody_gets_in, K.REQUIREMENT_CANNOT_BE_MET, "second.pigs_fly", "nothing that was tried"),
    (gallery.nothing_can_be_opened, K.STAGE_CANNOT_BE_REACHED, "first", "nothing can be opened"),
    (gallery.nothing_can_be_opened, K.REQUIREMENT_CANNOT_BE_MET, "first.pigs_fly", "nothing that was tried"),
    (gallery.a_move_is_never_possible, K.MOVE_CANNOT_BE_MADE, "jump from first to won", "jump.pigs_fly"),
    (gallery.it_always_holds, K.REQUIREMENT_IS_DEAD, "first.asked", "it holds whatever"),
    (gallery.nobody_asks_for_it, K.REQUIREMENT_IS_DEAD, "gone.called_back", "no move asks for it"),
    (gallery.it_is_asked_twice, K.REQUIREMENT_IS_SHADOWED, "first.is_owned", "first.has_an_owner"),
    (gallery.it_reads_the_clock, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "datetime.now"),
    (gallery.it_reads_the_day, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "date.today"),
    (gallery.it_reads_a_counter_of_time, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "time.monotonic"),
    (gallery.it_draws_lots, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "random.random"),
    (gallery.it_reads_the_environment, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "os.environ"),
    (gallery.it_opens_a_file, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "open"),
    (gallery.it_counts_its_calls, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "self.calls"),
    (gallery.it_answers_every_other_time, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "answers differently"),
    (gallery.it_knows_the_deal_by_its_place_in_memory, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "differently|keeps"),
    (gallery.it_depends_on_what_was_asked_before, K.REQUIREMENT_IS_NOT_PURE, "first.two", "another order|keeps"),
    (gallery.it_changes_the_deal, K.REQUIREMENT_IS_NOT_PURE, "first.was_read", "changes the deal"),
    (gallery.it_crashes_on_a_fresh_deal, K.REQUIREMENT_CRASHES, "first.asked", "AttributeError"),
    (gallery.it_crashes_on_a_deal_that_was_adopted, K.REQUIREMENT_CRASHES, "second.first_need", "AttributeError"),
    (gallery.it_fails_midway, K.REQUIREMENT_CRASHES, "first.asked", "LookupError: no such owner"),
    (gallery.it_yields_numbers, K.REQUIREMENT_ANSWERS_WRONGLY, "first.asked", "must yield text, not int"),
    (gallery.it_is_merely_truthy, K.REQUIREMENT_ANSWERS_WRONGLY, "first.asked", "not str|not NoneType"),
    (gallery.its_hook_raises_midway, K.HOOK_FAILS, "second.on_enter", "LookupError: no such colleague"),
    (gallery.its_hook_records_for_somebody_else, K.HOOK_FAILS, "second.on_enter", "the actor of its unit of work"),
    (gallery.its_hook_moves_on, K.HOOK_FAILS, "second.on_enter", "in the middle of 'advance'"),
    (gallery.its_hook_hides_that_it_moves_on, K.HOOK_FAILS, "second.on_enter", "hides it: .*in the middle"),
    (gallery.its_hook_hides_a_refusal, K.HOOK_IS_NOT_ATOMIC, "second.on_enter", "made without it"),
    (gallery.its_hook_writes_elsewhere, K.HOOK_IS_NOT_ATOMIC, "second.on_enter", "kept in sent stays"),
    (gallery.its_hook_writes_elsewhere, K.HOOK_IS_NOT_PURE, "second.on_enter", "keeps something in sent"),
    (gallery.its_hook_reads_the_clock, K.HOOK_IS_NOT_PURE, "second.on_enter", "datetime.now"),
    (gallery.its_hook_does_something_else_every_time, K.HOOK_IS_NOT_PURE, "second.on_enter", "different events"),
    (gallery.its_exit_hook_raises, K.HOOK_FAILS, "first.on_exit", "nobody leaves"),
    (gallery.its_first_hook_raises, K.HOOK_FAILS, "first.on_enter", "nobody enters"),
    (gallery.its_first_hook_writes_elsewhere, K.HOOK_IS_NOT_PURE, "first.on_enter", "datetime.now"),
    (gallery.its_first_hook_writes_elsewhere, K.HOOK_IS_NOT_ATOMIC, "first.on_enter", "kept in opened stays"),
    (gallery.its_events_do_not_replay, K.HISTORY_DOES_NOT_REPLAY, "second", "not what its events make"),
]
FOLLOWS = {
    K.STAGE_CANNOT_BE_REACHED,
    K.STAGE_CANNOT_BE_LEFT,
    K.MOVE_CANNOT_BE_MADE,
    K.REQUIREMENT_CANNOT_BE_MET,
    K.REQUIREMENT_IS_DEAD,
}
"""What may follow from something that is broken."""


@pytest.mark.parametrize(
    ("broken", "kind", "where", "what"), BROKEN, ids=[f"{one[0].__name__}-{one[1].name}" for one in BROKEN]
)
def test_a_broken_process_is_caught_by_name(broken: Any, kind: ProblemKind, where: str, what: str) -> None:
    import re

    report = check_process(broken())
    found = [problem for problem in report.of(kind) if problem.where == where]
    assert found, str(report)
    assert re.search(what, found[0].what), found[0]


def test_every_kind_of_problem_is_in_the_gallery() -> None:
    assert {kind for _, kind, _, _ in BROKEN} == set(ProblemKind)


@pytest.mark.parametrize("broken", dict.fromkeys(one[0] for one in BROKEN), ids=lambda one: one.__name__)
def test_nothing_is_said_of_what_is_in_order(broken: Any) -> None:
    meant = {kind for made, kind, _, _ in BROKEN if made is broken}
    found = {problem.kind for problem in check_process(broken()).problems}
    assert found - meant <= FOLLOWS | {K.HOOK_IS_NOT_ATOMIC, K.HOOK_IS_NOT_PURE}


@pytest.mark.parametrize("process", [StandardProcess, LeadProcess, SaaSProcess, gallery.SoundProcess])
def test_a_sound_process_has_no_problems_and_is_walked_completely(process: Any) -> None:
    report = check_process(process)
    assert report.is_sound, str(report)
    assert report.is_complete
    assert report.coverage.missing == ()
    report.raise_for_problems()


def test_a_process_with_a_policy_is_checked_under_it() -> None:
    class NobodyLoses(Policy[Deal]):
        def refusal(self, event: Any, entity: Deal, /) -> str | None:
            return "we never lose" if type(event).__name__ == "DealLost" else None

    report = check_process(StandardProcess(policy=NobodyLoses()))
    assert [problem.where for problem in report.of(K.STAGE_CANNOT_BE_REACHED)] == ["lost"]
    assert "the policy: we never lose" in report.of(K.MOVE_CANNOT_BE_MADE)[0].what
    assert report.of(K.HOOK_FAILS) == ()


def test_what_satisfies_a_requirement_can_be_given() -> None:
    class Signed(Stage[Deal]):
        @exit_requirement("a signal was noticed")
        def signal_was_noticed(self, deal: Deal) -> bool:
            return bool(deal.signals)

    process = gallery.a_process(Signed())
    assert [one.where for one in check_process(process).of(K.REQUIREMENT_CANNOT_BE_MET)] == ["first.signal_was_noticed"]
    satisfy = {"signal_was_noticed": lambda sale: sale.signals.notice("asks for the price")}
    assert check_process(process, satisfy=satisfy).is_sound


def test_a_deal_of_which_it_holds_can_be_given() -> None:
    class Known(Stage[Deal]):
        @exit_requirement("they are known by number")
        def known_by_number(self, deal: Deal) -> bool:
            return deal.source is not None and deal.source.startswith("N") and len(deal.source) == 5

    process = gallery.a_process(Known())
    assert not check_process(process).is_sound
    assert check_process(process, deals=[a_deal(source="N1234"), a_deal(source=None)]).is_sound


def test_what_breaks_a_requirement_can_be_given() -> None:
    class Quiet(Stage[Deal]):
        @exit_requirement("no task is left undone")
        def nothing_is_left(self, deal: Deal) -> bool:
            return not deal.tasks

    def forget(sale: Any) -> None:
        if not sale.deal.tasks:
            sale.tasks.add("call")

    process = gallery.a_process(Quiet())
    assert [one.where for one in check_process(process).problems] == ["first.nothing_is_left"]
    report = check_process(process, disturb=[forget])
    assert report.of(K.REQUIREMENT_IS_DEAD) == ()


def test_a_misspelt_requirement_in_satisfy_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="need_is_known"):
        check_process(StandardProcess, satisfy={"need_is_knwon": lambda sale: None})


def test_a_process_in_brackets_is_checked_with_deals_of_that_class() -> None:
    assert check_process(StandardProcess[gallery.SeatsDeal], bound=3).of(K.REQUIREMENT_CRASHES) == ()


def test_who_may_open_nothing_sees_that_nothing_can_be_opened() -> None:
    class Nobody(Policy[Deal]):
        def refusal(self, event: Any, entity: Deal, /) -> str | None:
            return "closed today"

    report = check_process(StandardProcess(policy=Nobody()))
    assert report.of(K.STAGE_CANNOT_BE_REACHED)[0].what == "nothing can be opened"
    assert report.of(K.HOOK_FAILS) == ()


def test_a_deal_of_your_own_that_must_have_a_field_is_asked_for() -> None:
    @attrs.frozen(kw_only=True)
    class LicenseDeal(Deal):
        product: str

    class LicenseProcess(StandardProcess[LicenseDeal]):
        pass

    with pytest.raises(InvalidValue, match="product"):
        check_process(LicenseProcess)
    assert check_process(LicenseProcess, deals=[a_deal(LicenseDeal, product="Order desk")], bound=4).problems == ()


def test_a_bound_stops_the_walk_and_says_so() -> None:
    report = check_process(StandardProcess, bound=2)
    assert (report.is_complete, report.longest, report.bound) == (False, 2, 2)
    assert "ways of up to 2 moves" in str(report)
    assert report.is_sound, "what was not seen is not known, and no problem"
    with pytest.raises(InvalidValue):
        check_process(StandardProcess, bound=0)


def test_what_is_no_process_is_refused() -> None:
    nothing: Any = Deal
    with pytest.raises((WrongType, TypeError)):
        check_process(nothing)


def test_the_report_can_be_read_and_raised() -> None:
    report = check_process(gallery.nobody_can_leave())
    with pytest.raises(BrokenProcess) as raised:
        report.raise_for_problems()
    assert raised.value.report is report
    assert "requirement cannot be met: first.pigs_fly: nothing that was tried satisfies it" in str(raised.value)
    assert "satisfy={'pigs_fly': lambda sale: ...}" in str(raised.value)
    assert not report.is_sound


def test_a_problem_says_on_which_way_it_was_seen() -> None:
    problem = check_process(gallery.its_events_do_not_replay()).of(K.HISTORY_DOES_NOT_REPLAY)[0]
    assert problem.way == ("advance",)
    assert "[after advance]" in str(problem)


def test_a_process_of_leads_is_held_to_the_same() -> None:
    class Called(LeadStage):
        """Somebody spoke to them."""

        def may_be_called(self, lead: Lead) -> bool:
            return lead.phone.number != ""  # type: ignore[union-attr]  # the mistake

        may_be_called = exit_requirement("they may be called again")(may_be_called)

        def on_enter(self, work: Any, /) -> None:
            work.update(owner="somebody else")
            raise LookupError("no such colleague")

    class OurLeads(LeadProcess):
        working = Called()

    report = check_process(OurLeads)
    assert "working.may_be_called" in {one.where for one in report.of(K.REQUIREMENT_CRASHES)}
    assert "working.on_enter" in {one.where for one in report.of(K.HOOK_FAILS)}


def test_the_process_is_left_as_it_was() -> None:
    routes, machine = StandardProcess._routes, StandardProcess._machine
    check_process(StandardProcess, bound=3)
    assert (StandardProcess._routes, StandardProcess._machine) == (routes, machine)


def test_checking_twice_says_the_same() -> None:
    class Own(SalesProcess[Deal]):
        first = gallery.Bare()
        won = gallery.Won()
        lost = gallery.Lost()

    assert check_process(Own) == check_process(Own)
