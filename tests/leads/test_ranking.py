"""Who is most ready to buy, with every tie decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, WrongType
from salesflow.leads.ranking import RANKING_RULE, Ranked, rank

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LEADS = [
    Ranked("a", "0.9"),
    Ranked("b", "0.5", last_signal_at=AT),
    Ranked("c", "0.50", last_signal_at=AT - timedelta(days=1)),
    Ranked("d", "0.5"),
    Ranked("e", "0.5"),
    Ranked("f", 0),
    Ranked("g", None, last_signal_at=AT),
    Ranked("h"),
]


def test_the_rule_decides_and_is_said():
    ranking = rank(reversed(LEADS))
    assert ranking.ids == ("a", "b", "c", "d", "e", "f", "g", "h")
    assert ranking.rule == RANKING_RULE


def test_leads_of_one_score_share_the_number():
    places = rank(LEADS).places
    assert [place.number for place in places] == [1, 2, 2, 2, 2, 6, 7, 7]
    assert [place.is_tied for place in places] == [False, True, True, True, True, False, True, True]


@given(st.permutations(LEADS))
def test_the_order_in_which_leads_came_makes_no_difference(leads):
    assert rank(leads) == rank(LEADS)


def test_points_are_ranked_like_chances_and_may_be_negative():
    assert rank([Ranked("a", -5), Ranked("b", "12.5"), Ranked("c", 0)]).ids == ("b", "c", "a")


def test_signals_are_compared_by_when_they_really_were():
    berlin = ZoneInfo("Europe/Berlin")
    before, after = (datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=berlin) for fold in (0, 1))
    for leads in permutations([Ranked("a", 1, last_signal_at=before), Ranked("b", 1, last_signal_at=after)]):
        assert rank(leads).ids == ("b", "a")


def test_nobody_is_ranked_twice():
    with pytest.raises(InvalidValue, match="ranked once"):
        rank([Ranked("a", 1), Ranked("a", 2)])


def test_nobody_at_all_is_a_ranking_too():
    assert rank([]).ids == ()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"score": 0.5}, WrongType),
        ({"score": "NaN"}, InvalidValue),
        ({"last_signal_at": datetime(2026, 1, 1)}, InvalidValue),
        ({"id": ""}, InvalidValue),
    ],
)
def test_what_cannot_be_ranked_is_refused(fields, error):
    with pytest.raises(error):
        Ranked(**{"id": "a", **fields})
    with pytest.raises(WrongType, match=r"give Ranked\(id, score\)"):
        rank([("a", 1)])
