"""Time in stages as another system counts it, under the name that it has in the list of peer cases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from deals_measured import START, a_row

from salesflow.measure import TimeInStage, VisitRow
from salesflow.measure.result import quotient

# "S1 5 -> S2; 10; 50 -> S3; 50 -> S4; 20 -> S2; 55 -> S4; 200 -> no stage; 30 -> S3; 20"
STAYS = [("S1", 5), ("S2", 10 + 50), ("S3", 50), ("S4", 20), ("S2", 55), ("S4", 200), (None, 30), ("S3", 20)]
SECONDS = [("S1", 300), ("S2", 6900), ("S3", 4200), ("S4", 13200), (None, 1800)]


def a_walk():
    """The deal, in S3 still, and the moment that counts as now."""
    visits, at = [], START
    for stage, minutes in STAYS:
        left_at = at + timedelta(minutes=minutes)
        visits.append(VisitRow(deal_id="D-1", stage=stage, entered_at=at, left_at=left_at))
        at = left_at
    visits[-1] = VisitRow(deal_id="D-1", stage="S3", entered_at=visits[-1].entered_at)
    return a_row("D-1", stage="S3", visits=visits), at


@pytest.mark.parametrize(("stage", "seconds"), SECONDS, ids=[f"OD-17-{stage}" for stage, _ in SECONDS])
def test_od_17_stays_add_up_and_the_open_one_counts_up_to_now(stage, seconds):
    row, now = a_walk()
    stays = TimeInStage(until=now).of([row])[stage]
    assert stays.total == quotient(seconds, 86_400)
    assert stays.count == 1


def test_od_17_per_visit_each_stay_counts_by_itself():
    row, now = a_walk()
    assert TimeInStage(until=now, per="visit").of([row])["S2"].count == 2
