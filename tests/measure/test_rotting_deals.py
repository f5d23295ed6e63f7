"""Rotting deals: longer in their stage than it says that they may be, in days or in working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow import Outcome, SalesProcess, Stage
from salesflow.deal.deal import Deal, Hold
from salesflow.errors import InvalidValue, WrongType
from salesflow.measure.rotting_deals import rots_at, rotting_deals
from salesflow.measure.rows import DealRow
from salesflow.values.working_time import WorkingDays, WorkingTime

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
OFFICE = WorkingTime(zone=UTC)


class Talk(Stage):
    """We talk."""

    probability = Decimal("0.5")
    rots_after = 5 * DAY


class Sign(Stage):
    """They sign."""


class Won(Stage):
    """Done."""

    outcome = Outcome.WON


class Lost(Stage):
    """Over."""

    outcome = Outcome.LOST


class ShortProcess(SalesProcess):
    """Two steps."""

    key = "short"
    talk = Talk()
    sign = Sign()
    won = Won()
    lost = Lost()


def a_deal(id: str = "D-1", **fields: object) -> Deal:
    known = {"name": "Desk", "owner": "noa", "process": "short", "stage": "talk", "entered_at": MONDAY}
    return Deal(id=id, **{**known, **fields})


class TestWhenADealRots:
    def test_it_may_stay_for_exactly_as_long_as_the_stage_says(self):
        assert len(rotting_deals([a_deal()], ShortProcess(), at=MONDAY + 5 * DAY)) == 0
        (rotting,) = rotting_deals([a_deal()], ShortProcess(), at=MONDAY + 5 * DAY + timedelta(hours=1))
        assert (rotting.deal_id, rotting.owner, rotting.stage) == ("D-1", "noa", "talk")
        assert (rotting.rots_at, rotting.over) == (MONDAY + 5 * DAY, timedelta(hours=1))

    def test_in_working_days_the_weekend_gives_it_more_time(self):
        assert len(rotting_deals([a_deal()], ShortProcess(), at=MONDAY + 6 * DAY, working=OFFICE)) == 0
        (rotting,) = rotting_deals([a_deal()], ShortProcess(), at=MONDAY + 8 * DAY, working=OFFICE)
        assert rotting.rots_at == MONDAY + 7 * DAY

    def test_and_so_does_a_holiday(self):
        office = WorkingTime(zone=UTC, days=WorkingDays(holidays=[date(2026, 11, 4)]))
        assert rots_at(MONDAY, 5 * DAY, working=office) == MONDAY + 8 * DAY

    def test_parts_of_a_day_pass_on_the_clock(self):
        assert rots_at(MONDAY, timedelta(days=5, hours=3), working=OFFICE) == MONDAY + timedelta(days=7, hours=3)

    @given(st.integers(1, 400), st.integers(0, 400), st.sampled_from([None, OFFICE]))
    def test_a_longer_limit_never_rots_sooner(self, days, more, working):
        assert rots_at(MONDAY, days * DAY, working=working) <= rots_at(MONDAY, (days + more) * DAY, working=working)

    def test_the_longest_comes_first_and_equals_come_by_id(self):
        deals = [a_deal("D-2"), a_deal("D-1"), a_deal("D-3", entered_at=MONDAY - DAY)]
        found = rotting_deals(deals, ShortProcess(), at=MONDAY + 9 * DAY)
        assert [one.deal_id for one in found] == ["D-3", "D-1", "D-2"]


class TestWhatIsLookedAt:
    LATER = MONDAY + 90 * DAY

    def test_closed_deals_do_not_rot(self):
        deals = [a_deal(outcome=Outcome.WON), a_deal(outcome=Outcome.LOST)]
        found = rotting_deals(deals, ShortProcess(), at=self.LATER)
        assert (found.deals, found.left_out) == ((), ())

    def test_what_cannot_be_said_is_counted_with_its_reason(self):
        deals = [
            a_deal("D-1", hold=Hold(since=MONDAY, reason="their budget")),
            a_deal("D-2", stage="sign"),
            a_deal("D-3", stage="somewhere"),
            a_deal("D-4", process="another"),
            a_deal("D-5", entered_at=None),
        ]
        found = rotting_deals(deals, ShortProcess(), at=self.LATER)
        assert found.deals == ()
        assert {one.reason: one.ids for one in found.left_out} == {
            "it is on hold": ("D-1",),
            "its stage does not say how long a deal may stay": ("D-2",),
            "its stage is none of the processes given": ("D-3", "D-4"),
            "it is not known when it entered its stage": ("D-5",),
        }

    def test_deals_of_several_processes_go_by_their_own(self):
        class Patient(Talk):
            rots_after = 50 * DAY

        class LongProcess(ShortProcess):
            key = "long"
            talk = Patient()

        deals = [a_deal("D-1"), a_deal("D-2", process="long")]
        found = rotting_deals(deals, [ShortProcess(), LongProcess()], at=MONDAY + 40 * DAY)
        assert [one.deal_id for one in found] == ["D-1"]

    def test_a_row_that_names_no_process_is_of_the_only_one(self):
        row = DealRow(id="D-1", stage="talk", entered_at=MONDAY)
        assert len(rotting_deals([row], ShortProcess(), at=self.LATER)) == 1
        held = DealRow(id="D-2", stage="talk", entered_at=MONDAY, held_since=MONDAY)
        assert rotting_deals([held], ShortProcess(), at=self.LATER).left_out[0].reason == "it is on hold"

    def test_of_no_deals_none_rot(self):
        assert rotting_deals([], ShortProcess(), at=MONDAY).deals == ()


@pytest.mark.parametrize("limit", [timedelta(), -DAY, timedelta.max])
def test_a_limit_is_some_time_within_the_calendar(limit):
    with pytest.raises(InvalidValue, match="rots_after"):
        rots_at(MONDAY, limit)


def test_what_is_of_the_wrong_kind_is_refused():
    with pytest.raises(WrongType, match="rots_after"):
        rots_at(MONDAY, 21)
    with pytest.raises(InvalidValue, match="time zone"):
        rotting_deals([], ShortProcess(), at=datetime(2026, 11, 2))
