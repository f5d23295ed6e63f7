"""Open deals that nobody looks after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from deals_measured import a_row, after

from salesflow import InvalidValue, Period
from salesflow.measure import NoNextStep, PushedCloseDates, RottingShare, grouped
from salesflow.standard import StandardProcess
from salesflow.values.working_time import WorkingTime

TEN_DAYS = {"closing": timedelta(days=10), "approach": None}


def stuck(id: str, since: float, **fields):
    return a_row(id, stage=fields.pop("stage", "closing"), entered_at=after(since), **fields)


def test_a_deal_rots_when_it_stays_longer_than_its_stage_allows():
    rows = [stuck("D-1", 0), stuck("D-2", 1), stuck("D-3", 5), a_row("D-4", "won", took=1)]
    rotting = RottingShare(at=after(11), rots_after=TEN_DAYS, with_ids=True).of(rows)
    assert (rotting.numerator, rotting.denominator, rotting.numerator_ids) == (1, 3, ("D-1",))
    assert "in their stage for longer than it allows" in rotting.definition.numerator


def test_what_cannot_be_said_is_left_out_by_reason():
    rows = [
        stuck("D-1", 0, held_since=after(1)),
        stuck("D-2", 0, stage="approach"),
        a_row("D-3", stage="closing"),
    ]
    rotting = RottingShare(at=after(30), rots_after=TEN_DAYS).of(rows)
    assert rotting.undefined == "there are no open deals of which that is known"
    assert [one.reason for one in rotting.left_out] == [
        "it is not known when it entered its stage",
        "it is on hold",
        "its stage does not say how long a deal may stay",
    ]


def test_days_of_rest_may_be_passed_over():
    row = stuck("D-1", 0)
    working = WorkingTime(zone="UTC")
    assert RottingShare(at=after(11), rots_after=TEN_DAYS).of([row]).value == 1
    assert RottingShare(at=after(11), rots_after=TEN_DAYS, working=working).of([row]).value == 0
    assert RottingShare(at=after(15), rots_after=TEN_DAYS, working=working).of([row]).value == 1


def test_the_stages_of_a_process_say_it_themselves():
    process = StandardProcess()
    limits = dict(RottingShare(at=after(0), rots_after=process.stages).rots_after)
    assert limits["closing"] == process.closing.rots_after
    with pytest.raises(InvalidValue):
        RottingShare(at=after(0).replace(tzinfo=None), rots_after=process.stages)


def test_nothing_planned_is_not_the_same_as_not_known():
    rows = [a_row("D-1", has_next_step=False), a_row("D-2", has_next_step=True), a_row("D-3")]
    share = NoNextStep(with_ids=True).of(rows)
    assert (share.percent(), share.numerator_ids) == (50, ("D-1",))
    assert [(one.reason, one.ids) for one in share.left_out] == [
        ("it is not known whether something is planned", ("D-3",))
    ]


def test_a_close_that_was_put_off_counts_once_and_its_pushes_each():
    rows = [
        a_row("D-1", pushes=2, first_expected_close=date(2026, 11, 1), expected_close=date(2026, 12, 1)),
        a_row("D-2", pushes=0),
        a_row("D-3", "lost", took=1, pushes=5),
        a_row("D-4"),
    ]
    pushed = PushedCloseDates().of(rows)
    assert (pushed.percent(), pushed.pushes, pushed.days) == (50, 2, 30)
    assert pushed.left_out[0].reason == "it is not known how often it was put off"
    assert PushedCloseDates().of([]).value is None


@pytest.mark.parametrize("metric", [NoNextStep, PushedCloseDates])
def test_open_deals_belong_to_no_period_of_closing(metric):
    with pytest.raises(InvalidValue, match="open deals have no date of the close"):
        metric(axis="closed", period=Period(after(0), after(1)))


def test_hygiene_is_seen_by_owner():
    rows = [a_row("D-1", owner="noa", has_next_step=False), a_row("D-2", owner="dan", has_next_step=True)]
    by_owner = grouped(NoNextStep(), "owner").of(rows)
    assert (by_owner["noa"].value, by_owner["dan"].value) == (1, 0)
