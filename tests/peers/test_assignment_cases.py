"""Assignment as Odoo does it; the ids are those of the cases we collected.

OD: Odoo, ``addons/crm/tests/test_crm_lead_assignment.py`` and ``addons/crm/models/crm_team_member.py``.
"""

from __future__ import annotations

import pytest

from salesflow.leads.assignment import Seller, assign
from salesflow.leads.quota import Given, daily_quota, left_today
from salesflow.leads.ways import LeastLoaded, RoundRobin, Weighted
from salesflow.people.lead import Lead


def leads(count):
    return [Lead(id=f"L-{number}", name="Noa") for number in range(1, count + 1)]


@pytest.mark.parametrize(("maximum", "quota"), [(45, 2), (15, 1), (30, 1), (60, 2)])
def test_od_41_the_daily_quota_is_a_thirtieth_half_up(maximum, quota):
    assert daily_quota(maximum) == quota
    assert left_today(maximum, Given()) == quota


@pytest.mark.parametrize("way", [RoundRobin(), Weighted(), LeastLoaded()])
def test_od_41_a_plan_gives_each_member_the_quota_of_the_day(way):
    team = [Seller(id=str(maximum), monthly_maximum=maximum) for maximum in (45, 15, 30, 60)]
    plan = assign(leads(150), team, way)
    assert [share.given_now for share in plan.shares] == [2, 1, 1, 2]
    assert len(plan.unassigned) == 144


@pytest.mark.parametrize(
    "member",
    [
        Seller(id="member", monthly_maximum=45, is_archived=True),
        Seller(id="member", monthly_maximum=45, has_opted_out=True),
        Seller(id="member", monthly_maximum=0),
        Seller(id="member", monthly_maximum=45, given=Given(0, 46)),
    ],
    ids=["archived", "opted out", "maximum 0", "over the maximum"],
)
@pytest.mark.parametrize("way", [RoundRobin(), Weighted(), LeastLoaded()])
def test_od_43_who_gets_no_lead(member, way):
    plan = assign(leads(8), [member, Seller(id="other", monthly_maximum=45)], way)
    assert plan.leads_of("member") == ()
    assert len(plan.leads_of("other")) == 2


def test_round_robin_of_six_leads_over_four():
    plan = assign(leads(6), [Seller(id=str(number)) for number in (1, 2, 3, 4)], RoundRobin())
    assert [one.seller_id for one in plan.assigned] == ["1", "2", "3", "4", "1", "2"]
