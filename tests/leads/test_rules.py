"""Scores by rules: facts and signals, decay, caps, and a score that says where its points come from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.leads.rules import RuleScoring, ScoringRule
from salesflow.people.lead import Lead
from salesflow.storage.query import eq, not_null

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LEAD = Lead(id="L-1", name="Noa", source="referral", tags=("vip",))


def days_ago(*days):
    return [AT - timedelta(days=day) for day in days]


def points(*rules, lead=LEAD, **caps):
    return RuleScoring(rules, **caps).score(lead, at=AT).points


def test_criteria_that_all_hold_give_the_weight():
    recommended = ScoringRule("recommended", 30, where=[eq("source", "referral"), not_null("name")])
    assert points(recommended) == 30
    assert points(recommended, lead=Lead(id="L-2", name="Ben", source="web")) == 0


def test_a_function_reads_what_criteria_cannot():
    assert points(ScoringRule("a friend of the house", "12.5", read=lambda lead: "vip" in lead.tags)) == Decimal("12.5")


def test_what_speaks_against_takes_points():
    against = ScoringRule("wrote that they have no budget", -40, read=lambda lead: True)
    assert points(ScoringRule("recommended", 30, where=[eq("source", "referral")]), against) == -10


def test_what_is_not_known_gives_nothing_and_is_said():
    score = RuleScoring([ScoringRule("can afford it", 20, read=lambda lead: None)]).score(LEAD, at=AT)
    assert (score.points, score.unknown) == (0, ("can afford it",))
    assert score.findings[0].because == "not known"


@pytest.mark.parametrize(("days", "expected"), [(0, "10"), (14, "5"), (28, "2.5"), (7, "7.0711"), (140, "0.0098")])
def test_a_signal_halves_with_every_half_life(days, expected):
    assert points(ScoringRule("answered", 10, read=lambda lead: days_ago(days), half_life=14)) == Decimal(expected)


def test_a_signal_that_is_one_moment_needs_no_list():
    assert points(ScoringRule("answered", 10, read=lambda lead: days_ago(14)[0], half_life=14)) == 5


def test_signals_add_up_and_without_a_half_life_nothing_fades():
    assert points(ScoringRule("visited", 3, read=lambda lead: days_ago(0, 14, 28), half_life=14)) == Decimal("5.25")
    assert points(ScoringRule("visited", 3, read=lambda lead: days_ago(0, 14, 28))) == 9


def test_what_happens_later_is_not_counted_yet():
    score = RuleScoring([ScoringRule("visited", 3, read=lambda lead: days_ago(-1, 2))]).score(LEAD, at=AT)
    assert score.points == 3
    assert score.findings[0].because == "signals: 1, the last one 2 days ago; 1 are later and not counted yet"


def test_no_signals_give_nothing():
    score = RuleScoring([ScoringRule("visited", 3, read=lambda lead: [])]).score(LEAD, at=AT)
    assert (score.points, score.findings[0].because) == (0, "no signals")


def test_a_half_life_goes_by_the_time_that_really_passed():
    rule = ScoringRule("answered", 8, read=lambda lead: datetime(2026, 11, 1, 9, tzinfo=UTC), half_life="0.5")
    assert points(rule) == 2


@pytest.mark.parametrize("half_life", ["0.0000000000000000000000000000000001", "0.1", "999999999999999999999999"])
def test_a_signal_of_ages_ago_is_halved_however_often(half_life):
    rule = ScoringRule("answered", 8, read=lambda lead: datetime(1, 1, 1, tzinfo=UTC), half_life=half_life)
    assert points(rule) == (8 if half_life.startswith("9") else 0)


VISITS = ScoringRule("visited", 10, read=lambda lead: days_ago(*range(8)), group="interest")
MAILS = ScoringRule("answered", 10, read=lambda lead: days_ago(0), group="interest")
KNOWN = ScoringRule("recommended", 30, where=[eq("source", "referral")])


def test_a_group_is_capped_and_then_the_whole():
    score = RuleScoring([VISITS, MAILS, KNOWN], caps={"interest": 25}, cap=50).score(LEAD, at=AT)
    assert (score.points, score.uncapped, score.fraction) == (50, 120, 1)
    assert [(one.group, one.points, one.counted) for one in score.groups] == [("interest", 90, 25)]
    assert points(VISITS, MAILS, KNOWN, caps={"interest": 25}) == 55


def test_a_cap_of_zero_counts_nothing_of_a_group():
    assert points(VISITS, KNOWN, caps={"interest": 0}) == 30


def test_the_fraction_is_the_share_of_the_cap_and_unknown_without_one():
    assert RuleScoring([KNOWN], cap=40).score(LEAD, at=AT).fraction == Decimal("0.75")
    assert RuleScoring([KNOWN]).score(LEAD, at=AT).fraction is None
    assert RuleScoring([KNOWN], cap=0).score(LEAD, at=AT).fraction is None
    against = ScoringRule("no budget", -40, read=lambda lead: True)
    assert RuleScoring([against], cap=40).score(LEAD, at=AT).fraction == 0


def test_the_score_names_its_reasons_the_strongest_first():
    against = ScoringRule("no budget", -40, read=lambda lead: True)
    nothing = ScoringRule("from the fair", 5, where=[eq("source", "fair")])
    score = RuleScoring([MAILS, against, nothing, KNOWN]).score(LEAD, at=AT)
    assert [one.rule for one in score.reasons] == ["no budget", "recommended", "answered"]
    assert [one.because for one in score.findings] == [
        "signals: 1, the last one 0 days ago",
        "holds",
        "does not hold",
        "holds",
    ]


@given(st.lists(st.integers(0, 400), max_size=6), st.integers(1, 60), st.integers(1, 90))
def test_a_score_never_rises_by_waiting(days, half_life, later):
    scoring = RuleScoring([ScoringRule("visited", 3, read=lambda lead: days_ago(*days), half_life=half_life)])
    assert (
        scoring.score(LEAD, at=AT + timedelta(days=later)).points <= scoring.score(LEAD, at=AT).points <= 3 * len(days)
    )


def test_the_thread_may_count_as_it_likes():
    scoring = RuleScoring([ScoringRule("known", "12345.6789", read=lambda lead: True)], cap="99999.9999")
    with localcontext() as context:
        context.prec = 2
        assert scoring.score(LEAD, at=AT).points == Decimal("12345.6789")


class Recent(ScoringRule[Lead]):
    """A kind of rule of one's own."""

    def answer(self, lead):
        return lead.source == "referral"


def test_a_rule_of_ones_own_is_a_subclass():
    assert points(Recent("referred", 7)) == 7


@pytest.mark.parametrize("weight", [1.5, float("nan"), None, True])
def test_a_weight_is_exact(weight):
    with pytest.raises(WrongType, match="weight"):
        ScoringRule("known", weight, read=lambda lead: True)


@pytest.mark.parametrize("weight", [Decimal("NaN"), Decimal("Infinity"), "NaN", "1e5", Decimal("1e999999")])
def test_a_weight_is_finite_and_bearable(weight):
    with pytest.raises(InvalidValue, match="weight"):
        ScoringRule("known", weight, read=lambda lead: True)


@pytest.mark.parametrize(("half_life", "error"), [(0, InvalidValue), (-1, InvalidValue), (0.5, WrongType)])
def test_a_half_life_is_longer_than_nothing(half_life, error):
    with pytest.raises(error, match="half_life"):
        ScoringRule("known", 1, read=lambda lead: [], half_life=half_life)


@pytest.mark.parametrize("ways", [{}, {"where": [eq("source", "web")], "read": lambda lead: True}])
def test_a_rule_looks_at_a_lead_in_one_way(ways):
    with pytest.raises(InvalidValue, match="in one way"):
        ScoringRule("known", 1, **ways)


def test_a_fact_has_no_moment_to_fade_from():
    with pytest.raises(InvalidValue, match="only signals with a moment fade"):
        ScoringRule("known", 1, where=[eq("source", "web")], half_life=5)
    with pytest.raises(WrongType, match="a rule that fades finds moments"):
        points(ScoringRule("known", 1, read=lambda lead: True, half_life=5))


@pytest.mark.parametrize("answer", ["yes", 1, 0.5, b"x", object(), ["yesterday"]])
def test_an_answer_is_yes_no_unknown_or_moments(answer):
    with pytest.raises(WrongType, match="known"):
        points(ScoringRule("known", 1, read=lambda lead: answer))


def test_a_moment_has_a_time_zone():
    with pytest.raises(InvalidValue, match="time zone"):
        points(ScoringRule("known", 1, read=lambda lead: datetime(2026, 1, 1)))
    with pytest.raises(InvalidValue, match="at: must have a time zone"):
        RuleScoring([KNOWN]).score(LEAD, at=datetime(2026, 1, 1))


def test_a_criterion_on_a_field_that_is_not_there_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'source'"):
        points(ScoringRule("known", 1, where=[eq("sourse", "web")]))


def test_criteria_look_at_entities_only():
    with pytest.raises(WrongType, match="criteria look at entities"):
        points(ScoringRule("known", 1, where=[eq("source", "web")]), lead={"source": "web"})
    assert points(ScoringRule("known", 1, read=lambda lead: lead["source"] == "web"), lead={"source": "web"}) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rules": [KNOWN, KNOWN]}, InvalidValue, "a name of its own"),
        ({"rules": ["known"]}, WrongType, "is made of ScoringRule"),
        ({"rules": [VISITS], "caps": {"intrest": 5}}, UnknownName, "did you mean 'interest'"),
        ({"rules": [VISITS], "caps": {"interest": -1}}, InvalidValue, "zero or more"),
        ({"rules": [VISITS], "cap": 0.5}, WrongType, "cap"),
    ],
)
def test_a_scoring_that_cannot_be_meant_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        RuleScoring(**arguments)
