"""Stages in numbers: how long, how far, and where to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from deals_measured import START, a_row, after, walked

from salesflow import InvalidValue, Period, UnknownName
from salesflow.measure import DealRow, Funnel, StageConversion, TimeInStage, VisitRow, WorkedDays
from salesflow.standard import StandardProcess

STAGES = ("approach", "presentation", "closing")


# How long -------------------------------------------------------------------------------------------------------------


def test_returns_add_up_per_deal_and_count_by_themselves_per_visit():
    row = walked("D-1", "open", ("approach", 2), ("presentation", 3), ("approach", 5), goes_on="presentation")
    per_deal, per_visit = TimeInStage().of([row]), TimeInStage(per="visit", quantiles=["0.5"]).of([row])
    assert (per_deal["approach"].mean.value, per_deal["approach"].count) == (7, 1)
    assert (per_visit["approach"].mean.value, per_visit["approach"].count) == (Decimal("3.5"), 2)
    assert per_visit["approach"].median.value == Decimal("3.5")


def test_the_stay_that_goes_on_counts_up_to_the_moment_that_is_given():
    row = walked("D-1", "open", ("approach", 2), goes_on="closing")
    assert TimeInStage(until=after(10)).of([row])["closing"].mean.value == 8
    left_out = TimeInStage().of([row])
    assert "closing" not in left_out
    assert left_out.whole.left_out[0].reason == "the stay goes on, and no moment is given up to which it counts"
    assert "stays that go on count until" in TimeInStage(until=after(10)).of([row]).whole.mean.definition.numerator


def test_a_stay_that_begins_after_the_moment_is_left_out():
    row = walked("D-1", "open", ("approach", 2), goes_on="closing")
    assert TimeInStage(until=after(1)).of([row]).whole.left_out[0].reason == "the stay begins later"


def test_closed_stages_are_not_stayed_in_unless_that_is_asked_for():
    visits = [VisitRow(deal_id="D-1", stage="follow_up", entered_at=START, left_at=after(4), outcome="won")]
    row = a_row("D-1", "won", took=4, visits=visits)
    assert len(TimeInStage().of([row])) == 0
    assert TimeInStage(stages_of=["open", "won"]).of([row])["follow_up"].mean.value == 4
    assert TimeInStage().of([]).whole.mean.undefined == "there are no stays that count"


def test_stays_may_be_counted_in_working_days():
    row = walked("D-1", "open", ("approach", 7), goes_on="closing")  # Monday to Monday
    assert TimeInStage(calendar=WorkedDays(inclusive=False)).of([row])["approach"].mean.value == 5


def test_stages_come_in_the_order_of_their_keys_and_no_stage_last():
    visits = [VisitRow(deal_id="D-1", stage=None, entered_at=START, left_at=after(1))]
    rows = [walked("D-2", "open", ("b", 1), ("a", 1), goes_on="c"), a_row("D-1", visits=visits)]
    assert TimeInStage().of(rows).keys == ("a", "b", None)


# How far --------------------------------------------------------------------------------------------------------------


def a_cohort() -> list[DealRow]:
    return [
        walked("D-1", "open", ("approach", 1), goes_on="presentation"),
        walked("D-2", "lost", ("approach", 1), ("presentation", 2)),
        walked("D-3", "won", ("approach", 1), ("presentation", 2), ("closing", 3)),
        walked("D-4", "lost", ("approach", 1), ("closing", 2)),
        walked("D-5", "open", ("approach", 1), ("presentation", 2), goes_on="approach"),
    ]


def test_a_deal_counts_once_by_the_furthest_stage_and_lost_ones_count_too():
    funnel = Funnel(stages=STAGES, with_ids=True).of(a_cohort())
    assert [(step.reached, step.open, step.lost, step.won) for step in funnel.steps] == [
        (5, 0, 0, 0),
        (5, 2, 1, 0),
        (2, 0, 1, 1),
    ]
    assert (funnel.deals, funnel.won.percent(), funnel["closing"].lost_ids) == (5, 20, ("D-4",))
    assert (funnel["closing"].won_ids, funnel["presentation"].open_ids) == (("D-3",), ("D-1", "D-5"))


def test_conversion_to_the_next_stage_is_by_deals_that_ever_came_further():
    funnel = Funnel(stages=STAGES).of(a_cohort())
    assert [step.to_next.value for step in funnel.steps] == [1, Decimal("0.4"), None]
    assert funnel["closing"].to_next.undefined == "no stage follows"
    assert funnel["closing"].from_start.percent() == 40


def test_a_funnel_of_nothing_is_undefined_and_of_one_deal_defined():
    empty = Funnel(stages=STAGES).of([])
    assert (empty.deals, empty.won.undefined) == (0, "there are no deals in the funnel")
    assert empty["approach"].to_next.undefined == "there are no deals that reached approach"
    assert Funnel(stages=STAGES).of(a_cohort()[:1])["approach"].to_next.value == 1


def test_rows_without_visits_are_placed_by_their_stage_and_the_one_they_closed_from():
    rows = [a_row("D-1", stage="presentation"), a_row("D-2", "lost", took=1, stage="lost", closed_from="closing")]
    assert [step.reached for step in Funnel(stages=STAGES).of(rows).steps] == [2, 2, 1]


def test_a_deal_in_none_of_the_stages_is_left_out_and_counted():
    funnel = Funnel(stages=STAGES).of([a_row("D-1", stage="somewhere")])
    assert (funnel.deals, funnel.left_out[0].reason) == (0, "it was in none of the stages")


def test_the_cohort_is_by_the_date_of_opening():
    later = a_row("D-9", stage="closing", opened_at=after(40))
    funnel = Funnel(stages=STAGES, period=Period(START, after(30))).of([*a_cohort(), later])
    assert funnel.deals == 5


def test_a_process_gives_its_stages_and_a_misspelt_one_is_named():
    funnel = Funnel(stages=StandardProcess()).of([])
    assert [step.stage for step in funnel.steps][:2] == ["prospecting", "preparation"]
    assert "lost" not in [step.stage for step in funnel.steps]
    with pytest.raises(UnknownName, match="did you mean 'closing'"):
        funnel["closng"]


@pytest.mark.parametrize("stages", [(), ("a", "a")])
def test_a_funnel_has_stages_each_once(stages):
    with pytest.raises(InvalidValue, match="a funnel has stages, each once"):
        Funnel(stages=stages)


# Where to -------------------------------------------------------------------------------------------------------------


def test_each_visit_that_ended_counts_by_where_it_led():
    ways = StageConversion(with_ids=True).of(a_cohort())
    approach = ways["approach"]
    assert (approach.ended, approach.going_on) == (5, 1)
    assert (approach.to["presentation"].percent(), approach.to["closing"].percent()) == (80, 20)
    assert approach.to["closing"].ids == ("D-1", "D-2", "D-3", "D-4", "D-5")
    assert approach.to["closing"].numerator_ids == ("D-4",)
    assert approach.to.whole.value == 1


def test_won_and_lost_are_known_by_what_the_next_stage_means():
    visits = [
        VisitRow(
            deal_id="D-1", stage="closing", entered_at=START, left_at=after(1), next_stage="gone", next_outcome="lost"
        )
    ]
    out = StageConversion().of([a_row("D-1", "lost", took=1, visits=visits)])["closing"]
    assert (out.lost.value, out.won.value, out.to["gone"].value) == (1, 0, 1)


def test_a_stage_that_nobody_left_yet_has_no_conversion():
    out = StageConversion().of([walked("D-1", "open", goes_on="approach")])["approach"]
    assert (out.won.undefined, out.to.whole.undefined, out.going_on) == (
        "no visit to approach has ended",
        "no visit to approach has ended",
        1,
    )


def test_visits_that_go_on_add_up_when_parts_are_merged():
    some, others = StageConversion().tally(), StageConversion().tally()
    for tally in (some, others):
        tally.add(walked("D-1", "open", goes_on="approach"))
    some.merge(others)
    assert some.result()["approach"].going_on == 2


def test_the_whole_is_over_all_stages():
    whole = StageConversion().of(a_cohort()).whole
    assert (whole.ended, whole.going_on) == (10, 2)
    assert whole.won.definition.denominator == "visits to any stage that ended"
