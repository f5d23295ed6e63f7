"""Rolling up: a team is the sum of its people, on several levels, and nothing is counted twice or left out in silence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow import Money, Period
from salesflow.errors import InvalidValue, UnknownName
from salesflow.measure.credit import Credit
from salesflow.measure.goals import Goal, GoalStatus
from salesflow.measure.rates import Rate, Rates
from salesflow.measure.roll_up import credited_to, roll_up
from salesflow.measure.target import Target

YEAR = Period.year(2027, UTC)
JUNE = datetime(2027, 6, 15, 12, tzinfo=UTC)


def a_goal(id: str, of: str, amount: int, *, level: str = "person", currency: str = "EUR", **fields: object) -> Goal:
    target = Target(period=YEAR, amount=Money(amount, currency))
    known = {"target": target, "committed": target, "status": GoalStatus.COMMITTED, "owner": "dan"}
    return Goal(id=id, level=level, of=of, **{**known, **fields})


def a_credit(to: str | None, amount: int, *, currency: str = "EUR", **fields: object) -> Credit:
    return Credit(deal_id="D-1", to=to, at=JUNE, amount=Money(amount, currency), **fields)


REGION = [
    a_goal("G-1", "east", 1000, level="territory"),
    a_goal("G-2", "north", 600, level="team", part_of="G-1"),
    a_goal("G-3", "south", 500, level="team", part_of="G-1"),
    a_goal("G-4", "noa", 400, part_of="G-2"),
    a_goal("G-5", "dan", 300, part_of="G-2"),
    a_goal("G-6", "eve", 500, part_of="G-3"),
]


def test_every_level_is_the_sum_of_the_one_below():
    credits = [a_credit("noa", 100), a_credit("noa", 50), a_credit("dan", 200), a_credit("eve", 400)]
    (region,) = roll_up(REGION, credits)
    assert [(one.goal.of, str(one.standing.achieved)) for one in region] == [
        ("east", "750.00 EUR"),
        ("north", "350.00 EUR"),
        ("noa", "150.00 EUR"),
        ("dan", "200.00 EUR"),
        ("south", "400.00 EUR"),
        ("eve", "400.00 EUR"),
    ]
    assert region.standing.attainment.value == Decimal("0.75")


def test_what_the_parts_come_to_stands_beside_the_target():
    (region,) = roll_up(REGION, [])
    assert [(one.goal.of, one.of_parts) for one in region][:3] == [
        ("east", Money("1100", "EUR")),
        ("north", Money("700", "EUR")),
        ("noa", None),
    ]


def test_a_person_in_two_teams_is_counted_once_above_them():
    goals = [*REGION, a_goal("G-7", "noa", 100, part_of="G-3")]
    (region,) = roll_up(goals, [a_credit("noa", 100)])
    reached = {one.goal.id: one.standing.achieved.amount for one in region}
    assert (reached["G-1"], reached["G-2"], reached["G-3"]) == (100, 100, 100)


def test_what_is_in_none_of_the_parts_is_shown_beside():
    credits = [a_credit("noa", 100, team="north"), a_credit("somebody new", 70, team="north")]
    (region,) = roll_up(REGION, credits)
    north = region.parts[0]
    assert (north.standing.achieved, north.beside) == (Money("100", "EUR"), Money("70", "EUR"))
    assert north.parts[0].beside is None


def test_a_team_without_parts_counts_what_is_the_team_s():
    (team,) = roll_up([a_goal("G-1", "north", 100, level="team")], [a_credit("noa", 30, team="north")])
    assert team.standing.attainment.value == Decimal("0.3")


def test_a_goal_counts_only_once_it_is_committed_to_unless_it_is_asked_for():
    draft = Goal(id="G-1", level="person", of="noa", target=Target(period=YEAR, amount=Money("200", "EUR")))
    (found,) = roll_up([draft], [a_credit("noa", 100)])
    assert (found.standing, found.undefined) == (None, "its owner has not committed to it")
    (found,) = roll_up([draft], [a_credit("noa", 100)], with_proposed=True)
    assert found.standing.attainment.value == Decimal("0.5")


def test_until_a_revision_is_committed_to_the_former_target_counts():
    goal = a_goal("G-1", "noa", 100)
    higher = Target(period=YEAR, amount=Money("200", "EUR"))
    revised = attrs.evolve(goal, target=higher, status=GoalStatus.PROPOSED)
    (now,), (then,) = (roll_up([revised], [a_credit("noa", 100)], with_proposed=proposed) for proposed in (False, True))
    assert (now.standing.attainment.value, then.standing.attainment.value) == (1, Decimal("0.5"))


def test_an_uncommitted_goal_still_passes_on_what_was_reached():
    goals = [a_goal("G-1", "north", 100, level="team"), a_goal("G-2", "noa", 100, part_of="G-1", committed=None)]
    (team,) = roll_up(goals, [a_credit("noa", 30)])
    assert (team.standing.achieved, team.of_parts) == (Money("30", "EUR"), Money("0", "EUR"))


def test_withdrawn_goals_are_passed_over_and_their_parts_stand_for_themselves():
    goals = [attrs.evolve(REGION[0], status=GoalStatus.WITHDRAWN), *REGION[1:]]
    assert [one.goal.id for one in roll_up(goals, [])] == ["G-2", "G-3"]


def test_several_currencies_need_rates_with_days():
    goals = [a_goal("G-1", "north", 100, level="team"), a_goal("G-2", "noa", 100, currency="USD", part_of="G-1")]
    rates = [
        Rates("EUR", [Rate("USD", date(2027, 1, 1), "0.9"), Rate("USD", date(2027, 6, 1), "0.5")]),
        Rates("USD", [Rate("EUR", date(2027, 1, 1), "1.1")]),
    ]
    (team,) = roll_up(goals, [a_credit("noa", 10, currency="USD")], rates=rates)
    assert (team.standing.achieved, team.of_parts) == (Money("5", "EUR"), Money("90", "EUR"))
    with pytest.raises(InvalidValue, match="USD to EUR on 2027-0"):
        roll_up(goals, [a_credit("noa", 10, currency="USD")])


def test_deals_are_counted_by_the_parts_that_each_has_in_them():
    def deals(id: str, of: str, count: int, **fields: object) -> Goal:
        return a_goal(id, of, 1, committed=Target(period=YEAR, count=count), **fields)

    goals = [deals("G-1", "north", 9, level="team"), deals("G-2", "noa", 4, part_of="G-1")]
    (team,) = roll_up(goals, [a_credit("noa", 10, share=Decimal("0.6")), a_credit("noa", 10)])
    assert (team.standing.achieved, team.of_parts) == (Decimal("1.6"), 4)


def test_whose_a_credit_is_goes_by_the_level():
    credit = a_credit("noa", 1, team="north", territory="east")
    assert all(credited_to(REGION[place], credit) for place in (0, 1, 3))
    assert not any(credited_to(REGION[place], credit) for place in (2, 4))


@given(
    st.lists(st.tuples(st.sampled_from(["noa", "dan", "eve", "new"]), st.integers(0, 10**6)), max_size=20),
    st.permutations(REGION),
)
def test_parts_that_share_nobody_add_up_in_any_order(deals, goals):
    (region,) = roll_up(goals, [a_credit(to, amount) for to, amount in deals])
    for one in region:
        if one.parts:
            parts = Money.total([part.standing.achieved for part in one.parts], currency="EUR")
            assert one.standing.achieved == parts
    assert region == roll_up(REGION, [a_credit(to, amount) for to, amount in deals])[0]


class TestWhatIsRefused:
    def test_a_goal_that_is_not_given(self):
        with pytest.raises(UnknownName, match="G-4 is a part of it"):
            roll_up([REGION[3], a_goal("G-20", "a", 1)], [])

    def test_a_circle(self):
        one, other = a_goal("G-1", "a", 1, part_of="G-2"), a_goal("G-2", "b", 1, part_of="G-1")
        with pytest.raises(InvalidValue, match="G-1 > G-2 > G-1"):
            roll_up([one, other], [])

    def test_a_tower(self):
        tower = [a_goal(f"G-{place}", "a", 1, part_of=f"G-{place - 1}" if place else None) for place in range(2000)]
        with pytest.raises(InvalidValue, match="at most 100 levels"):
            roll_up(tower, [])

    def test_a_goal_that_is_given_twice(self):
        with pytest.raises(InvalidValue, match="given once"):
            roll_up([REGION[0], REGION[0]], [])

    def test_a_part_that_counts_something_else(self):
        deals = Target(period=YEAR, count=5)
        with pytest.raises(InvalidValue, match="G-2 counts amount"):
            roll_up([*REGION[:4], a_goal("G-8", "new", 1, part_of="G-2", committed=deals)], [])

    def test_a_part_that_reaches_beyond_its_whole(self):
        beyond = Target(period=Period.year(2028, UTC), amount=Money("1", "EUR"))
        with pytest.raises(InvalidValue, match="within the period of its whole"):
            roll_up([*REGION, a_goal("G-8", "new", 1, part_of="G-2", committed=beyond)], [])
