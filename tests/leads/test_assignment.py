"""Who gets which lead: plans, quotas, and why a lead stays."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.leads.assignment import Candidate, Choice, Seller, assign
from salesflow.leads.quota import Given
from salesflow.leads.ways import LeastLoaded, RoundRobin, Weighted
from salesflow.people.lead import Lead


def leads(count, **fields):
    return [Lead(id=f"L-{number}", name="Noa", **fields) for number in range(1, count + 1)]


def sellers(*ids, **fields):
    return [Seller(id=id, **fields) for id in ids]


def who(plan):
    return [one.seller_id for one in plan.assigned]


def why_not(plan):
    return {one.because for one in plan.unassigned}


def test_every_lead_is_in_the_plan_once_with_its_reason():
    plan = assign(leads(3), sellers("noa", "ben", monthly_maximum=30), RoundRobin())
    assert [(one.lead_id, one.seller_id, one.because) for one in plan.assigned] == [
        ("L-1", "noa", "it is their turn"),
        ("L-2", "ben", "it is their turn"),
    ]
    assert [(one.lead_id, one.because) for one in plan.unassigned] == [("L-3", "no seller may be given a lead now")]
    assert plan.leads_of("noa") == ("L-1",)


def test_the_plan_says_what_each_seller_gets_and_has_left():
    team = [Seller(id="noa", monthly_maximum=90, given=Given(1)), Seller(id="ben"), Seller(id="dan", is_archived=True)]
    shares = assign(leads(3), team, RoundRobin()).shares
    assert [(one.seller_id, one.given_now, one.left, one.barred_because) for one in shares] == [
        ("noa", 2, 0, None),
        ("ben", 1, None, None),
        ("dan", 0, None, "is archived"),
    ]


@pytest.mark.parametrize(
    ("seller", "because"),
    [
        (Seller(id="noa", is_archived=True), "is archived"),
        (Seller(id="noa", has_opted_out=True), "has opted out"),
        (Seller(id="noa", monthly_maximum=0), "has a maximum of 0"),
        (Seller(id="noa", monthly_maximum=45, given=Given(0, 45)), "has had the maximum of thirty days"),
        (Seller(id="noa", monthly_maximum=45, given=Given(2)), "has had the quota of the day, 2"),
        (Seller(id="noa", monthly_maximum=14), "has had the quota of the day, 0"),
    ],
)
def test_who_is_barred_gets_none_and_it_is_said_why(seller, because):
    assert seller.barred_because == because
    plan = assign(leads(2), [seller, Seller(id="ben")], RoundRobin())
    assert who(plan) == ["ben", "ben"]
    assert who(assign(leads(2), [seller], RoundRobin())) == []


def test_a_full_seller_is_passed_over():
    team = [Seller(id="noa", monthly_maximum=30), Seller(id="ben"), Seller(id="dan")]
    assert who(assign(leads(6), team, RoundRobin())) == ["noa", "ben", "dan", "ben", "dan", "ben"]


def test_a_lead_that_has_an_owner_stays_with_them():
    plan = assign([*leads(1), Lead(id="L-9", name="Ben", owner="dan")], sellers("noa"), RoundRobin())
    assert [(one.lead_id, one.because) for one in plan.unassigned] == [("L-9", "has an owner already")]


def test_without_sellers_every_lead_stays():
    assert why_not(assign(leads(2), [], RoundRobin())) == {"there are no sellers"}
    assert assign([], sellers("noa"), RoundRobin()).assigned == ()


def test_a_seller_may_be_allowed_only_some_leads():
    def allowed(lead, seller):
        return lead.source == "fair" or seller.id != "noa"

    found = [*leads(1, source="web"), Lead(id="L-9", name="Ben", source="fair")]
    plan = assign(found, sellers("noa"), RoundRobin(), allowed=allowed)
    assert plan.leads_of("noa") == ("L-9",)
    assert why_not(plan) == {"no seller who may be given a lead now is allowed to have it"}
    assert who(assign(found, sellers("noa", "ben"), RoundRobin(), allowed=allowed)) == ["ben", "noa"]


def test_the_next_plan_begins_where_this_one_ended():
    team = sellers("noa", "ben", "dan")
    first = assign(leads(4), team, RoundRobin())
    assert first.turn == ("ben", "dan", "noa")
    assert who(assign(leads(2), team, RoundRobin(), turn=first.turn)) == ["ben", "dan"]


def test_sellers_who_came_or_went_do_not_disturb_the_turn():
    assert who(assign(leads(3), sellers("new", "noa", "ben"), RoundRobin(), turn=("ben", "gone", "noa"))) == [
        "ben",
        "noa",
        "new",
    ]


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 5))
def test_two_plans_in_a_row_are_one_plan(first, second, count):
    team = sellers(*map(str, range(count)))
    found = leads(first + second)
    one = assign(found, team, RoundRobin())
    begun = assign(found[:first], team, RoundRobin())
    ended = assign(found[first:], team, RoundRobin(), turn=begun.turn)
    assert begun.assigned + ended.assigned == one.assigned
    assert ended.turn == one.turn


team_members = st.builds(
    lambda maximum, day, more, load, weight: Seller(
        id="x", monthly_maximum=maximum, given=Given(day, day + more), open_leads=load, weight=weight
    ),
    st.none() | st.integers(0, 200),
    st.integers(0, 4),
    st.integers(0, 100),
    st.integers(0, 9),
    st.sampled_from([0, 1, 2, Decimal("0.5")]),
)
ways = st.sampled_from([RoundRobin(), Weighted(), LeastLoaded()])


@given(st.lists(team_members, max_size=5), st.integers(0, 15), ways)
def test_whatever_the_way_no_lead_is_lost_and_no_quota_is_passed(members, count, way):
    team = [Seller(**{**fields_of(one), "id": f"s{number}"}) for number, one in enumerate(members)]
    plan = assign(leads(count), team, way)
    assert len(plan.assigned) + len(plan.unassigned) == count
    assert plan == assign(leads(count), team, way)
    for seller, share in zip(team, plan.shares, strict=True):
        assert share.given_now == len(plan.leads_of(seller.id))
        assert seller.left is None or share.given_now <= seller.left
        assert share.given_now == 0 or seller.barred_because is None


def fields_of(seller):
    return {name: getattr(seller, name) for name in ("monthly_maximum", "given", "open_leads", "weight")}


class Loudest:
    """A way of one's own."""

    def choose(self, lead, candidates):
        return Choice(max(one.seller.id for one in candidates), "they asked")


def test_a_way_of_ones_own_is_a_class_with_one_method():
    assert who(assign(leads(2), sellers("noa", "ben", "zoe"), Loudest())) == ["zoe", "zoe"]


class Always:
    def __init__(self, answer):
        self.answer = answer

    def choose(self, lead, candidates):
        assert all(isinstance(one, Candidate) for one in candidates)
        return self.answer


def test_a_way_may_give_a_lead_to_nobody_and_says_why():
    assert why_not(assign(leads(1), sellers("noa"), Always(Choice(None, "too small")))) == {"too small"}


def test_a_way_chooses_among_those_who_may():
    with pytest.raises(UnknownName, match="did you mean 'noa'"):
        assign(leads(1), sellers("noa"), Always(Choice("nao", "they asked")))
    barred = Seller(id="ben", is_archived=True)
    with pytest.raises(UnknownName):
        assign(leads(1), [barred, *sellers("noa")], Always(Choice("ben", "they asked")))
    with pytest.raises(WrongType, match="returns a Choice"):
        assign(leads(1), sellers("noa"), Always("noa"))


def test_a_lead_and_a_seller_come_once():
    with pytest.raises(InvalidValue, match="leads: comes once"):
        assign(leads(1) * 2, sellers("noa"), RoundRobin())
    with pytest.raises(InvalidValue, match="sellers: comes once"):
        assign(leads(1), sellers("noa") * 2, RoundRobin())


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"weight": 0.5}, WrongType),
        ({"weight": Decimal("NaN")}, InvalidValue),
        ({"weight": -1}, InvalidValue),
        ({"monthly_maximum": -1}, InvalidValue),
        ({"monthly_maximum": 1.5}, WrongType),
        ({"open_leads": -1}, InvalidValue),
        ({"given": 3}, WrongType),
        ({"territories": "IL"}, WrongType),
        ({"id": ""}, InvalidValue),
    ],
)
def test_a_seller_that_cannot_be_meant_is_refused(fields, error):
    with pytest.raises(error):
        Seller(**{"id": "noa", **fields})


def test_what_is_no_lead_and_no_seller_is_refused():
    with pytest.raises(WrongType, match="sellers"):
        assign(leads(1), ["noa"], RoundRobin())
    with pytest.raises(WrongType, match="leads"):
        assign(["L-1"], sellers("noa"), RoundRobin())


def test_whether_a_seller_may_have_a_lead_is_yes_or_no():
    with pytest.raises(WrongType, match="is yes or no"):
        assign(leads(1), sellers("noa"), RoundRobin(), allowed=lambda lead, seller: lead.source)
