"""The leaderboard, and speed beside attainment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow import Money, Outcome, Period
from salesflow.errors import CurrencyMismatch, InvalidValue, WrongType
from salesflow.measure.attainment import Standing
from salesflow.measure.cycle import SalesCycle
from salesflow.measure.efficiency import efficiency
from salesflow.measure.leaderboard import leaderboard
from salesflow.measure.result import Definition, Group, Groups, Result
from salesflow.measure.rows import DealRow
from salesflow.measure.target import Target

YEAR = Period.year(2027, UTC)
MAY = datetime(2027, 5, 1, tzinfo=UTC)


def a_result(value: object) -> Result:
    return Result(
        definition=Definition(metric="figure", numerator="things"),
        value=value,
        undefined="there is none" if value is None else None,
        count=1,
    )


def ranks(figures: dict, **asked: object) -> list[tuple[object, int | None]]:
    board = leaderboard({key: a_result(value) for key, value in figures.items()}, **asked)
    return [(place.key, place.rank) for place in board]


class TestPlaces:
    def test_equals_share_a_place_and_the_next_is_left_out(self):
        figures = {"a": Decimal(5), "b": Decimal(9), "c": Decimal(9), "d": Decimal(1), "e": Decimal(5)}
        assert ranks(figures) == [("b", 1), ("c", 1), ("a", 3), ("e", 3), ("d", 5)]
        board = leaderboard({key: a_result(value) for key, value in figures.items()})
        assert [place.is_shared for place in board] == [True, True, True, True, False]

    def test_who_has_no_figure_has_no_place_and_comes_last(self):
        assert ranks({"a": None, "b": 0, None: 0, "c": -1}) == [("b", 1), (None, 1), ("c", 3), ("a", None)]

    def test_figures_are_compared_exactly_unless_rounding_is_asked_for(self):
        figures = {"a": Decimal("0.99999"), "b": Decimal(1)}
        assert ranks(figures) == [("b", 1), ("a", 2)]
        assert ranks(figures, places=2) == ranks(figures, places=0) == [("a", 1), ("b", 1)]

    def test_less_may_be_better(self):
        assert ranks({"a": 30, "b": 20, "c": 20}, lowest_first=True) == [("b", 1), ("c", 1), ("a", 3)]

    def test_amounts_are_ranked_within_one_currency(self):
        assert ranks({"a": Money("1", "EUR"), "b": Money("2", "EUR")}) == [("b", 1), ("a", 2)]
        with pytest.raises(CurrencyMismatch, match="EUR and USD"):
            ranks({"a": Money("1", "EUR"), "b": Money("2", "USD")})
        with pytest.raises(WrongType, match="together"):
            ranks({"a": Money("1", "EUR"), "b": 2})
        with pytest.raises(WrongType, match="only figures"):
            ranks({"a": "1"})

    def test_the_results_of_a_grouped_metric_are_taken_as_they_are(self):
        groups = Groups(
            by=("owner",),
            groups=(Group(key="a", result=a_result(1)), Group(key=None, result=a_result(2))),
            whole=a_result(3),
        )
        assert [(place.label, place.rank) for place in leaderboard(groups)] == [("Not assigned", 1), ("a", 2)]

    def test_of_nobody_it_is_empty(self):
        assert leaderboard({}) == ()

    @pytest.mark.parametrize("places", [-1, 35, 1.5, True, "2"])
    def test_decimal_places_are_a_whole_number(self, places):
        with pytest.raises(InvalidValue, match="places"):
            leaderboard({}, places=places)

    @given(st.dictionaries(st.text(max_size=3), st.none() | st.integers(-3, 3), max_size=12))
    def test_a_place_is_one_more_than_the_number_of_those_who_are_better(self, figures):
        for key, rank in ranks(figures):
            better = sum(1 for other in figures.values() if other is not None and other > (figures[key] or 0))
            assert rank == (None if figures[key] is None else better + 1)


class TestEfficiency:
    def test_speed_and_attainment_stand_side_by_side(self):
        target = Target(period=YEAR, amount=Money("100", "EUR"))
        standings = {name: Standing(target=target, achieved=Money(reached, "EUR")) for name, reached in SALES.items()}
        rows = [row("D-1", "noa", 10), row("D-2", "noa", 20), row("D-3", "new", 5), row("D-4", None, 7)]
        found = efficiency(rows, standings, cycle=SalesCycle(period=YEAR))
        assert [(one.label, one.cycle.mean.value, one.attainment.value) for one in found] == [
            ("dan", None, Decimal("0.2")),
            ("new", 5, None),
            ("noa", 15, Decimal("0.9")),
            ("Not assigned", 7, None),
        ]
        assert found[1].attainment.undefined == "no goal is set for them"

    def test_it_may_go_by_team(self):
        found = efficiency([row("D-1", "noa", 10)], {}, cycle=SalesCycle(), of=lambda one: one.team)
        assert [one.of for one in found] == ["north"]


SALES = {"noa": 90, "dan": 20}


def row(id: str, owner: str | None, days: int) -> DealRow:
    return DealRow(
        id=id,
        owner=owner,
        team="north",
        outcome=Outcome.WON,
        opened_at=MAY,
        closed_at=MAY + timedelta(days=days),
    )
