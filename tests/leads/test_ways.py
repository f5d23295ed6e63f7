"""Ways of assigning: in turn, by weight, to whom has the least to do, by territory."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.leads.assignment import Seller, assign
from salesflow.leads.quota import Given
from salesflow.leads.ways import ByTerritory, LeastLoaded, RoundRobin, Weighted
from salesflow.people.lead import Lead
from salesflow.values.contact_details import PostalAddress


def leads(countries):
    return [
        Lead(id=f"L-{number}", name="Noa", address=PostalAddress(country=country))
        for number, country in enumerate(countries)
    ]


def who(plan):
    return [one.seller_id for one in plan.assigned]


def country(lead):
    return lead.address and lead.address.country


def in_turn(count, *sellers):
    return who(assign(leads(["IL"] * count), sellers, RoundRobin()))


def by_weight(count, *sellers):
    return who(assign(leads(["IL"] * count), sellers, Weighted()))


def test_in_turn():
    assert in_turn(6, *(Seller(id=id) for id in "abcd")) == list("abcdab")


def test_leads_go_by_weight():
    assert by_weight(6, Seller(id="a", weight=2), Seller(id="b")) == list("abaaba")


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(1, 10))
def test_in_the_long_run_shares_are_those_of_the_weights(weights, rounds):
    sellers = [Seller(id=str(number), weight=weight) for number, weight in enumerate(weights)]
    got = Counter(by_weight(rounds * sum(weights), *sellers))
    assert [got[seller.id] for seller in sellers] == [rounds * weight for weight in weights]


def test_a_weight_may_be_a_fraction():
    assert Counter(by_weight(30, Seller(id="a", weight=Decimal("0.5")), Seller(id="b"))) == {"a": 10, "b": 20}


def test_plans_of_one_lead_follow_the_weights_too():
    given, got = {"a": 0, "b": 0}, []
    for _ in range(6):
        sellers = [Seller(id=id, weight=weight, given=Given(0, given[id])) for id, weight in (("a", 2), ("b", 1))]
        (one,) = by_weight(1, *sellers)
        given[one] += 1
        got.append(one)
    assert Counter(got) == {"a": 4, "b": 2}


def test_a_weight_of_nothing_gets_nothing():
    assert by_weight(2, Seller(id="a", weight=0), Seller(id="b")) == ["b", "b"]
    plan = assign(leads(["IL"]), [Seller(id="a", weight=0)], Weighted())
    assert plan.unassigned[0].because == "every seller who may be given it has a weight of 0"


def test_whoever_has_the_least_to_do_catches_up_first():
    sellers = [Seller(id="a", open_leads=3), Seller(id="b", open_leads=1), Seller(id="c", open_leads=1)]
    assert who(assign(leads(["IL"] * 7), sellers, LeastLoaded())) == list("bcbcabc")


def test_a_lead_goes_to_who_works_its_territory():
    sellers = [
        Seller(id="a", territories=["IL", "FR"]),
        Seller(id="b", territories=["IL"]),
        Seller(id="c", territories=["DE"]),
    ]
    plan = assign(leads(["IL", "DE", "IL", "FR", "IL"]), sellers, ByTerritory(country))
    assert who(plan) == ["a", "c", "b", "a", "b"]
    assert plan.assigned[0].because == "they work its territory, and it is their turn"


def test_nobody_is_passed_over_because_the_leads_between_were_for_others():
    sellers = [
        Seller(id="a", territories=["IL"]),
        Seller(id="b", territories=["IL"]),
        Seller(id="c", territories=["DE"]),
    ]
    assert who(assign(leads(["IL", "DE"] * 3), sellers, ByTerritory(country))) == list("acbcac")


@pytest.mark.parametrize(
    ("found", "because"),
    [
        (leads(["PT"]), "no seller who may be given it works its territory"),
        ([Lead(id="L-1", name="Noa")], "its territory is not known"),
    ],
)
def test_a_lead_of_no_territory_stays(found, because):
    plan = assign(found, [Seller(id="a", territories=["IL"])], ByTerritory(country))
    assert plan.unassigned[0].because == because


def test_within_a_territory_any_way_may_go_on():
    sellers = [Seller(id="a", territories=["IL"], open_leads=5), Seller(id="b", territories=["IL"])]
    assert who(assign(leads(["IL"] * 2), sellers, ByTerritory(country, then=LeastLoaded()))) == ["b", "b"]


def test_within_a_territory_a_way_that_gives_to_nobody_says_why():
    sellers = [Seller(id="a", territories=["IL"], weight=0)]
    plan = assign(leads(["IL"]), sellers, ByTerritory(country, then=Weighted()))
    assert plan.unassigned[0].because == "every seller who may be given it has a weight of 0"
