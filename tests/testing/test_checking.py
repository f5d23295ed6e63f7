"""A check of a process can say no: to each broken process of the gallery, by name, and to none that is sound."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from extension.saas import SaaSProcess
from testing import broken_processes as gallery
from testing import subtly_broken_processes as subtle

from salesflow import Deal, InvalidValue, Policy, SalesProcess, Stage, UnknownName, WrongType, exit_requirement
from salesflow.leads.lead_process import LeadProcess
from salesflow.leads.lead_stage import LeadStage
from salesflow.people.lead import Lead
from salesflow.standard import StandardProcess
from salesflow.standard.approach import Approach
from salesflow.testing.builders import a_deal
from salesflow.testing.checking import check_process, contradicting
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
    (gallery.it_answers_every_other_time, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "keeps something in calls"),
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
    (gallery.its_hook_does_something_else_every_time, K.HOOK_IS_NOT_ATOMIC, "second.on_enter", "kept in numbers stays"),
    (gallery.its_exit_hook_raises, K.HOOK_FAILS, "first.on_exit", "nobody leaves"),
    (gallery.its_first_hook_raises, K.HOOK_FAILS, "first.on_enter", "nobody enters"),
    (gallery.its_first_hook_writes_elsewhere, K.HOOK_IS_NOT_PURE, "first.on_enter", "datetime.now"),
    (gallery.its_first_hook_writes_elsewhere, K.HOOK_IS_NOT_ATOMIC, "first.on_enter", "kept in opened stays"),
    (gallery.its_events_do_not_replay, K.HISTORY_DOES_NOT_REPLAY, "second", "not what its events make"),
    (subtle.it_is_an_object_that_counts, K.REQUIREMENT_IS_NOT_PURE, "first.asked", r"in self\.calls"),
    (subtle.it_is_a_method_of_another_object, K.REQUIREMENT_IS_NOT_PURE, "jump.asked", r"in self\.calls"),
    (subtle.it_is_filled_in_with_a_list, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "in argument 1"),
    (subtle.it_counts_in_another_function, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "in _calls"),
    (subtle.it_counts_behind_a_decorator, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "in calls"),
    (subtle.it_counts_in_its_class, K.REQUIREMENT_IS_NOT_PURE, "first.asked", r"in Asks\.calls"),
    (subtle.it_numbers_its_calls, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "in numbers"),
    (subtle.it_answers_in_turns, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "answers differently"),
    (subtle.it_yields_without_end, K.REQUIREMENT_DOES_NOT_END, "first.asked", "stopped after 10000 texts"),
    (subtle.it_waits_for_something, K.REQUIREMENT_DOES_NOT_END, "first.asked", "100000 lines of code"),
    (subtle.nothing_is_opened_without_end, K.REQUIREMENT_DOES_NOT_END, "first.ends", "stopped after"),
    (subtle.its_hook_records_without_end, K.HOOK_DOES_NOT_END, "second.on_enter", "stopped after 1000000 lines"),
    (subtle.its_hook_tries_without_end, K.HOOK_DOES_NOT_END, "second.on_enter", "stopped after 1000000 lines"),
    (subtle.its_first_hook_records_without_end, K.HOOK_DOES_NOT_END, "first.on_enter", "stopped after"),
    (subtle.it_gives_a_coroutine, K.REQUIREMENT_ANSWERS_WRONGLY, "first.asked", "not coroutine"),
    (subtle.it_gives_a_list, K.REQUIREMENT_ANSWERS_WRONGLY, "first.asked", "not list"),
    (subtle.it_forgets_to_answer, K.REQUIREMENT_ANSWERS_WRONGLY, "first.asked", "not NoneType"),
    (subtle.it_leaves_the_interpreter, K.REQUIREMENT_CRASHES, "first.asked", "SystemExit"),
    (subtle.it_crashes_where_a_deal_is_opened, K.REQUIREMENT_CRASHES, "first.is_worth_something", "AttributeError"),
    (
        subtle.it_crashes_where_a_deal_is_opened_with_a_hook,
        K.REQUIREMENT_CRASHES,
        "first.is_worth_something",
        "AttributeError",
    ),
    (subtle.it_writes_into_a_frozen_deal, K.REQUIREMENT_IS_NOT_PURE, "first.asked", "changes the deal"),
    (
        subtle.two_of_its_requirements_contradict,
        K.REQUIREMENTS_CONTRADICT,
        "advance from first to second",
        "first.is_from_a_fair, first.is_from_the_web was met",
    ),
    (
        subtle.leaving_and_entering_contradict,
        K.REQUIREMENTS_CONTRADICT,
        "advance from first to second",
        "first.is_owned, second.is_free was met",
    ),
    (subtle.its_hook_changes_the_deal_and_refuses, K.HOOK_FAILS, "second.on_enter", "NotNow: .*it is late"),
    (subtle.its_hook_gives_a_coroutine, K.HOOK_DOES_NOT_RUN, "second.on_enter", "gives back a coroutine"),
    (subtle.its_hook_is_filled_in_with_a_list, K.HOOK_IS_NOT_PURE, "second.on_enter", "in argument 1"),
    (subtle.its_hook_is_filled_in_with_a_list, K.HOOK_IS_NOT_ATOMIC, "second.on_enter", "argument 1 stays"),
    (subtle.its_earlier_version_is_left_behind, K.MIGRATION_IS_MISSING, "service 2", "service 1 cannot be worked"),
    (
        subtle.a_stage_of_its_earlier_version_leads_nowhere,
        K.MIGRATION_IS_MISSING,
        "second 2, from standard 1",
        "what is in preparation has no stage",
    ),
    (subtle.nobody_is_ever_qualified, K.REQUIREMENT_CANNOT_BE_MET, "working.met_on_the_moon", "nothing that was tried"),
    (subtle.nobody_is_ever_qualified, K.MOVE_CANNOT_BE_MADE, "qualify from working to qualified", "met_on_the_moon"),
    (subtle.its_leads_are_worked_without_end, K.REQUIREMENT_DOES_NOT_END, "working.answered", "stopped after"),
]
FOLLOWS = {
    K.STAGE_CANNOT_BE_REACHED,
    K.STAGE_CANNOT_BE_LEFT,
    K.MOVE_CANNOT_BE_MADE,
    K.REQUIREMENT_CANNOT_BE_MET,
    K.REQUIREMENTS_CONTRADICT,
    K.REQUIREMENT_IS_DEAD,
}
"""What may follow from something that is broken."""


def made_of(request: pytest.FixtureRequest, broken: Any) -> Any:
    """The process; where it stands still, that is only seen where nobody else traces."""
    if broken is subtle.it_waits_for_something:
        request.getfixturevalue("free_of_tracing")
    return broken()


@pytest.mark.parametrize(
    ("broken", "kind", "where", "what"), BROKEN, ids=[f"{one[0].__name__}-{one[1].name}" for one in BROKEN]
)
def test_a_broken_process_is_caught_by_name(
    request: pytest.FixtureRequest, broken: Any, kind: ProblemKind, where: str, what: str
) -> None:
    import re

    report = check_process(made_of(request, broken))
    found = [problem for problem in report.of(kind) if problem.where == where]
    assert found, str(report)
    assert re.search(what, found[0].what), found[0]


def test_every_kind_of_problem_is_in_the_gallery() -> None:
    assert {kind for _, kind, _, _ in BROKEN} == set(ProblemKind)


@pytest.mark.parametrize("broken", dict.fromkeys(one[0] for one in BROKEN), ids=lambda one: one.__name__)
def test_nothing_is_said_of_what_is_in_order(request: pytest.FixtureRequest, broken: Any) -> None:
    meant = {kind for made, kind, _, _ in BROKEN if made is broken}
    problems = check_process(made_of(request, broken)).problems
    assert {problem.kind for problem in problems} - meant <= FOLLOWS
    assert [str(problem) for problem in problems if not problem.way_out] == [], "every problem has a way out"


@pytest.mark.parametrize(
    "process",
    [StandardProcess, LeadProcess, SaaSProcess, gallery.SoundProcess, subtle.Renewed],
)
def test_a_sound_process_has_no_problems_and_is_walked_completely(process: Any) -> None:
    report = check_process(process)
    assert report.is_sound, str(report)
    assert report.is_complete
    assert report.coverage.missing == ()
    report.raise_for_problems()


def test_moments_constants_of_the_module_and_arguments_filled_in_are_no_mistake() -> None:
    report = check_process(subtle.HonestProcess)
    assert report.is_sound, str(report)
    assert report.coverage.missing == ("requirement first.came_in_working_hours never stood in the way",)


def test_the_far_end_of_a_long_process_is_reached_and_checked() -> None:
    process = subtle.a_long_process_that_cannot_be_ended()
    report = check_process(process, satisfy={"step_is_done": subtle.do_the_step})
    assert {(one.kind, one.where) for one in report.problems} == {
        (K.STAGE_CANNOT_BE_REACHED, "won"),
        (K.STAGE_CANNOT_BE_LEFT, "last"),
        (K.MOVE_CANNOT_BE_MADE, "win from last to won"),
        (K.REQUIREMENT_CANNOT_BE_MET, "last.pigs_fly"),
    }
    assert (report.is_complete, report.bound) == (False, 84)
    assert "walked every way out of every stage, though not in each of too many conditions" in str(report)


def test_a_long_process_that_is_sound_has_no_problems() -> None:
    report = check_process(subtle.a_long_process(20), satisfy={"step_is_done": subtle.do_the_step})
    assert report.is_sound, str(report)
    assert report.coverage.missing == ()


def test_only_what_really_stands_in_the_way_is_named() -> None:
    def told(broken: Any) -> str:
        return str(check_process(broken).of(K.MOVE_CANNOT_BE_MADE)[0])

    assert "in the way stands first.asked; see what is said of" in told(subtle.it_gives_a_list())
    assert "in the way stands second.on_enter; see what is said of the hook" in told(gallery.its_hook_raises_midway())
    assert "give satisfy={'pigs_fly': lambda sale: ...}" in told(gallery.a_move_is_never_possible())
    assert "give satisfy={'met_on_the_moon': lambda work: ...}" in told(subtle.nobody_is_ever_qualified())


def test_of_a_stage_that_the_walk_did_not_reach_nothing_is_dead() -> None:
    class MetTwice(Approach):
        @exit_requirement("the customer was met twice")
        def customer_was_met_twice(self, deal: Deal) -> bool:
            return len(deal.meetings) > 1

    class Process(StandardProcess[Deal]):
        approach = MetTwice()

    report = check_process(Process)
    assert {one.where for one in report.of(K.REQUIREMENT_CANNOT_BE_MET)} == {"approach.customer_was_met_twice"}
    assert report.of(K.REQUIREMENT_IS_DEAD) == ()


def test_a_rule_of_the_class_that_forbids_what_may_happen_to_others_is_respected() -> None:
    def never(deal: Deal, attribute: Any, value: object) -> None:
        if value is not None:
            raise ValueError("ours are never put on hold")

    @attrs.frozen(kw_only=True)
    class Restless(Deal):
        hold: Any = attrs.field(default=None, validator=never)

    class Process(SalesProcess[Restless]):
        first = gallery.Bare()
        won = gallery.Won()
        lost = gallery.Lost()

    assert [problem.where for problem in check_process(Process).problems] == ["not_on_hold"]


def test_a_rule_of_the_class_that_forbids_a_move_is_told() -> None:
    def never(deal: Deal, attribute: Any, value: object) -> None:
        if value is not None:
            raise ValueError("ours are never lost")

    @attrs.frozen(kw_only=True)
    class Winner(Deal):
        loss: Any = attrs.field(default=None, validator=never)

    class Process(SalesProcess[Winner]):
        first = gallery.Bare()
        won = gallery.Won()
        lost = gallery.Lost()

    problem = check_process(Process).of(K.MOVE_CANNOT_BE_MADE)[0]
    assert problem.where == "lose from first to lost"
    assert "in the way stands ValueError: ours are never lost; see which rule of yours says so" in str(problem)


def test_two_requirements_that_were_never_met_together_contradict_each_other() -> None:
    def met(*times: set[str]) -> list[frozenset[str]]:
        return [frozenset(one) for one in times]

    assert contradicting(["a", "b", "c"], met({"a", "c"}, {"b", "c"})) == ("a", "b")
    assert contradicting(["a", "b", "c"], met({"a", "b"}, {"b", "c"}, {"a", "c"})) == ("a", "b", "c")
    assert contradicting(["a", "b"], met({"a"}, {"b"}, {"a", "b"})) == ()
    assert contradicting(["a", "b"], met({"a"})) == (), "one that is never met contradicts nothing"
    assert contradicting(["a"], met({"a"})) == contradicting([], ()) == ()


def test_a_deal_in_which_both_hold_settles_a_contradiction() -> None:
    class Both(Stage[Deal]):
        @exit_requirement("its source begins with an f")
        def begins(self, deal: Deal) -> bool:
            return deal.source is not None and deal.source[:1] == "f"

        @exit_requirement("its source ends with an r")
        def ends(self, deal: Deal) -> bool:
            return deal.source is not None and deal.source[-1:] == "r"

    process = gallery.a_process(Both())
    assert check_process(process).of(K.REQUIREMENTS_CONTRADICT)
    assert check_process(process, deals=[a_deal(source="fair"), a_deal(source=None)]).is_complete
    assert check_process(process, deals=[a_deal(source="fair")]).of(K.REQUIREMENTS_CONTRADICT) == ()


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

    with pytest.raises(
        InvalidValue, match=r"give the builder LicenseDeal and product=\.\.\., and what it makes to the"
    ):
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
