"""Logs of other systems are replayed against a process: which cases fit, and where the others deviate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow import InvalidValue, UnknownName, WrongType
from salesflow.leads.lead_process import LeadProcess
from salesflow.process import conformance
from salesflow.process.conformance import Activities, CaseEvent, Deviation, DeviationKind
from salesflow.standard import StandardProcess

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
PROCESS = StandardProcess()
WON = ("prospecting", "preparation", "approach", "presentation", "closing", "follow_up")


def log(*cases: tuple[str, ...]) -> Iterator[CaseEvent]:
    """Cases one after the other, each named by its place, an hour between the activities."""
    for number, activities in enumerate(cases, 1):
        for hour, activity in enumerate(activities):
            yield f"C-{number}", activity, START + timedelta(hours=hour)


def first(*activities: str) -> Deviation | None:
    return PROCESS.replay(log(activities)).deviation("C-1")


def test_a_case_that_walked_the_process_fits() -> None:
    found = PROCESS.replay(log(WON))
    assert (found.cases, found.fitting, found.events) == (1, 1, 6)
    assert found.deviation("C-1") is None
    assert found.variant("C-1").is_closed
    assert found.process == "standard 1"


def test_an_empty_log_has_no_cases() -> None:
    found = PROCESS.replay([])
    assert (found.events, found.ignored, found.cases, found.fitting) == (0, 0, 0, 0)
    assert (found.skipped, found.repeated, list(found.deviating())) == ({}, {}, [])


def test_a_case_under_way_fits_as_far_as_it_went() -> None:
    variant = PROCESS.replay(log(WON[:3])).variant("C-1")
    assert (variant.fits, variant.ends, variant.is_closed) == (True, "approach", False)


def test_going_back_losing_and_reopening_are_moves_like_others() -> None:
    assert first("prospecting", "preparation", "prospecting", "lost", "approach") is None


def test_a_stage_that_was_passed_over_is_named_with_the_moves_that_are_missing() -> None:
    assert first("prospecting", "approach") == Deviation(
        kind=DeviationKind.SKIPPED, nth=2, source="prospecting", target="approach", skipped=("advance", "advance")
    )


def test_what_was_skipped_is_a_way_over_open_stages_and_not_through_a_loss() -> None:
    found = first("prospecting", "closing")
    assert found is not None
    assert "lose" not in found.skipped
    assert found.skipped[-1] == "pass_over_objections"


def test_a_case_that_begins_in_the_middle_has_a_wrong_start() -> None:
    found = first("approach", "presentation")
    assert found == Deviation(
        kind=DeviationKind.WRONG_START, nth=1, source=None, target="approach", skipped=("advance", "advance")
    )


def test_entering_the_stage_that_a_case_is_in_is_a_repetition() -> None:
    found = PROCESS.replay(log(("prospecting", "prospecting", "preparation")))
    assert found.deviation("C-1") == Deviation(
        kind=DeviationKind.REPEATED, nth=2, source="prospecting", target="prospecting"
    )
    assert found.repeated == {"prospecting": 1}


def test_a_stage_that_no_move_leads_to_is_told_apart_from_a_skipped_one() -> None:
    leads = LeadProcess()
    found = leads.replay(log(("new", "converted", "working"))).variant("C-1")
    assert [one.kind for one in found.deviations] == [DeviationKind.SKIPPED, DeviationKind.NO_WAY]


def test_the_first_deviation_is_given_and_all_of_them_are_kept() -> None:
    variant = PROCESS.replay(log(("approach", "closing", "closing"))).variant("C-1")
    assert [(one.nth, one.kind.value) for one in variant.deviations] == [
        (1, "wrong start"),
        (2, "skipped"),
        (3, "repeated"),
    ]


def test_variants_come_by_their_frequency() -> None:
    found = PROCESS.replay(log(WON, WON[:2], WON, ("prospecting", "lost")))
    assert [(variant.count, len(variant.stages)) for variant in found.variants] == [(2, 6), (1, 2), (1, 2)]
    assert found.variants[1].stages < found.variants[2].stages


def test_deviating_cases_are_given_one_by_one_in_the_order_of_the_log() -> None:
    found = PROCESS.replay(log(("approach",), WON, ("prospecting", "closing")))
    assert [(case, deviation.nth) for case, deviation in found.deviating()] == [("C-1", 1), ("C-3", 2)]
    assert found.skipped == {"advance": 2, "pass_over_objections": 1}


def test_what_is_repeated_comes_by_how_often_and_then_by_name() -> None:
    found = PROCESS.replay(
        log(
            ("approach", "prospecting", "prospecting"),
            ("prospecting", "preparation", "preparation"),
            ("prospecting", "lost", "lost", "lost"),
            ("prospecting", "preparation", "approach", "approach"),
            ("prospecting", "preparation", "approach", "approach", "presentation"),
        )
    )
    assert list(found.repeated.items()) == [("approach", 2), ("lost", 1), ("preparation", 1), ("prospecting", 1)]


def test_activities_of_another_system_are_mapped_to_stages() -> None:
    activities = Activities(
        stages={"Created": "prospecting", "Qualified": "preparation", "Re-qualified": "preparation"},
        ignored=["Note added"],
    )
    found = PROCESS.replay(
        log(("Created", "Note added", "Qualified"), ("Created", "Re-qualified"), ("Note added",)), activities=activities
    )
    assert (found.events, found.ignored, found.cases) == (6, 2, 2)
    assert [variant.count for variant in found.variants] == [2], "different names of one stage are one way"


def test_a_case_of_which_nothing_is_known_but_notes_is_none() -> None:
    found = PROCESS.replay(log(("note",)), activities=Activities(stages={}, ignored=["note"]))
    assert (found.cases, found.variants) == (0, ())
    with pytest.raises(UnknownName):
        found.variant("C-1")


def test_an_activity_that_is_not_mapped_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        PROCESS.replay(log(("prospecting", "aproach")))
    assert refused.value.nearest[0] == "approach"


def test_a_mapping_to_a_stage_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownName, match="closng"):
        PROCESS.replay([], activities={"Won": "closng"})


def test_an_activity_is_mapped_or_ignored_and_not_both() -> None:
    with pytest.raises(InvalidValue, match="not both"):
        Activities(stages={"Won": "follow_up"}, ignored=["Won"])


def test_events_of_a_case_out_of_order_are_refused_and_those_of_different_cases_may_mix() -> None:
    mixed = [("C-1", "prospecting", START), ("C-2", "prospecting", START - timedelta(days=1))]
    assert PROCESS.replay(mixed).cases == 2
    with pytest.raises(InvalidValue, match="order of time"):
        PROCESS.replay([*mixed, ("C-1", "preparation", START - timedelta(hours=1))])


@pytest.mark.parametrize(
    "row",
    [("C-1", "prospecting"), ("C-1", "prospecting", datetime(2026, 1, 1)), ("C-1", "prospecting", date(2026, 1, 1)), 7],
)
def test_a_row_that_is_no_event_is_refused(row: object) -> None:
    with pytest.raises(WrongType, match="aware moment"):
        PROCESS.replay([row])  # type: ignore[list-item]


def test_a_row_that_is_no_event_is_told_by_its_place_in_the_log() -> None:
    rows: list[Any] = [*log(WON[:2]), ("C-2", "prospecting")]
    with pytest.raises(WrongType) as refused:
        PROCESS.replay(rows)
    assert refused.value.field == "event 3"


def test_two_events_of_a_case_at_one_moment_are_in_order() -> None:
    found = PROCESS.replay([("C-1", "prospecting", START), ("C-1", "preparation", START)])
    assert found.variant("C-1").stages == WON[:2]


def test_a_log_has_a_million_ways_at_most_however_many_cases_go_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "MAX_WAYS", 6)
    assert PROCESS.replay(log(WON, WON, WON[:4], WON)).cases == 4
    with pytest.raises(InvalidValue) as refused:
        PROCESS.replay(log(WON, ("prospecting", "lost")))
    assert refused.value.field == "events"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"stages": {"": "prospecting"}}, "activity"),
        ({"stages": {5: "prospecting"}}, "activity"),
        ({"stages": {}, "ignored": ["two\nlines"]}, "activity"),
        ({"stages": None}, "stages"),
        ({"stages": ["prospecting"]}, "stages"),
        ({"stages": {}, "ignored": "Note added"}, "ignored"),
        ({"stages": {}, "ignored": 5}, "ignored"),
    ],
)
def test_activities_are_lines_of_text(given: Any, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        Activities(**given)
    assert refused.value.field == field


def test_the_log_is_read_once() -> None:
    assert PROCESS.replay(iter(list(log(WON)))).cases == 1


stages = st.sampled_from([stage.key for stage in PROCESS.stages])


@given(st.lists(st.lists(stages, min_size=1, max_size=6), max_size=20))
def test_the_verdict_is_that_of_walking_the_routes_one_by_one(cases: list[list[str]]) -> None:
    allowed = {(route.source, route.target) for route in PROCESS.routes}
    found = PROCESS.replay(log(*map(tuple, cases)))
    for number, case in enumerate(cases, 1):
        steps = zip([None, *case], case, strict=False)
        wrong = [
            nth
            for nth, (source, target) in enumerate(steps, 1)
            if (target != "prospecting" if source is None else (source, target) not in allowed)
        ]
        variant = found.variant(f"C-{number}")
        assert variant.stages == tuple(case)
        assert [one.nth for one in variant.deviations] == wrong
    assert found.cases == sum(variant.count for variant in found.variants) == len(cases)
