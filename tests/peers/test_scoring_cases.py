"""Predictive scores as Odoo publishes them; the ids are those of the cases we collected.

OD: Odoo, ``addons/crm/tests/test_crm_pls.py``. The leads are numbered as there: country, state, source and stage by
number, the quality of e-mail and phone unset for all, which counts as a value.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import chain

import pytest

from salesflow.leads.counts import CountRow
from salesflow.leads.features import ScoredField, ScoredFields
from salesflow.leads.learning import ClosedLead
from salesflow.leads.prediction import LeadScore
from salesflow.leads.scoring import PredictiveScoring
from salesflow.outcome import Outcome

WON, LOST = Outcome.WON, Outcome.LOST
STAGES = ("new", "qualified", "proposition", "won")
UNSET = [ScoredField("email_quality", counts_unset=True), ScoredField("phone_quality", counts_unset=True)]
FIELDS = [ScoredField("country"), ScoredField("state"), ScoredField("source"), *UNSET]
TAGS = ScoredField("tags", several=True)
ALL = ScoredFields([*FIELDS, TAGS], stages=STAGES)

LEADS = {
    0: ("one", 0, 0, 0, 0),
    1: ("one", 1, 1, 1, 1),
    2: ("one", 2, 2, 2, 2),
    3: ("one", 0, 1, 2, 1),
    4: ("one", 1, 1, 1, 0),
    5: ("two", 0, 1, 1, 2),
    6: ("two", 0, 1, 2, 1),
    7: ("two", 0, 2, 2, 0),
    8: ("two", 0, 1, 2, 1),
    9: ("two", 1, 0, 1, 1),
    10: ("three", 1, 1, 1, 2),
    11: ("three", 0, 1, 0, 0),
    12: ("three", 1, 2, 2, 0),
    13: ("three", 0, 1, 2, 1),
}
CLOSED = {0: LOST, 1: LOST, 2: WON, 5: LOST, 6: LOST, 7: WON, 10: WON, 11: LOST, 12: LOST}


def lead(number, **changed):
    _team, country, state, source, stage = LEADS[number]
    known = {"country": f"c{country}", "state": f"s{state}", "source": f"u{source}", "stage": STAGES[stage]}
    return {**known, **changed}


def team_of(number, teams):
    return LEADS[number][0] if LEADS[number][0] in teams else None


def learned(features=ALL, *, teams=("one", "two", "three"), closed=CLOSED, values=lead):
    leads = [ClosedLead(values(number), outcome, team=team_of(number, teams)) for number, outcome in closed.items()]
    return PredictiveScoring(features).learn_all(leads)


def percent(scoring, values, team):
    return f"{100 * scoring.score(values, team=team).probability:.2f}"


def counts(scoring, team, field, value):
    found = [row for row in scoring.rows if (row.team, row.field, row.value) == (team, field, value)]
    return (str(found[0].won), str(found[0].lost)) if found else None


@pytest.mark.parametrize(
    ("number", "value", "expected"),
    [
        (4, ("stage", "new"), ("1.1", "2.1")),
        (4, ("stage", "won"), ("1.1", "0.1")),
        (4, ("country", "c1"), ("0.1", "1.1")),
        (4, ("email_quality", ""), ("1.1", "2.1")),
        (9, ("stage", "new"), ("1.1", "2.1")),
        (9, ("stage", "won"), ("1.1", "0.1")),
        (9, ("country", "c1"), None),
        (9, ("email_quality", ""), ("1.1", "2.1")),
    ],
)
def test_od_01_a_count_starts_at_a_tenth_when_its_value_is_first_seen(number, value, expected):
    assert counts(learned(), LEADS[number][0], *value) == expected


@pytest.mark.parametrize(("number", "expected"), [(3, "33.49"), (8, "7.74"), (13, "35.09")])
def test_the_published_scores_by_team(number, expected):
    assert percent(learned(), lead(number), LEADS[number][0]) == expected


def test_a_lead_of_no_team_is_scored_by_the_leads_of_all_teams():
    scoring = learned(teams=("one", "two"))
    assert percent(scoring, lead(13), None) == "35.19"
    assert percent(scoring, lead(13), "a team without history") == "35.19"


def live():
    """The published figures after lead 4 was lost and lead 9 won."""
    scoring = learned().learn(lead(4), LOST, team="one")
    return scoring.learn(lead(9), WON, team="two")


@pytest.mark.parametrize(
    ("team", "value", "expected"),
    [
        ("one", ("stage", "new"), ("1.1", "3.1")),
        ("one", ("stage", "won"), ("1.1", "0.1")),
        ("one", ("country", "c1"), ("0.1", "2.1")),
        ("two", ("stage", "new"), ("2.1", "2.1")),
        ("two", ("stage", "won"), ("2.1", "0.1")),
        ("two", ("country", "c1"), ("1.1", "0.1")),
    ],
)
def test_one_lead_is_learned_at_a_time_and_for_its_team_alone(team, value, expected):
    assert counts(live(), team, *value) == expected


def reopened():
    """Lead 4 was restored, won, lost from the won stage, moved to the first stage and restored again."""
    scoring = live().unlearn(lead(4), LOST, team="one")
    scoring = scoring.learn(lead(4), WON, team="one").unlearn(lead(4), WON, team="one")
    return scoring.learn(lead(4, stage="won"), LOST, team="one").unlearn(lead(4), LOST, team="one")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (("stage", "new"), ("1.1", "2.1")),
        (("stage", "won"), ("1.1", "1.1")),
        (("country", "c1"), ("0.1", "1.1")),
        (("email_quality", ""), ("1.1", "2.1")),
    ],
)
def test_reopening_takes_back_what_was_learned(value, expected):
    assert counts(reopened(), "one", *value) == expected


@pytest.mark.parametrize(
    ("number", "changed", "expected"),
    [
        (3, {"stage": "new"}, "20.87"),
        (8, {"stage": "new"}, "2.43"),
        (8, {"stage": "new", "country": "c1"}, "34.38"),
    ],
)
def test_the_published_scores_after_reopening(number, changed, expected):
    assert percent(reopened(), lead(number, **changed), LEADS[number][0]) == expected


@pytest.mark.parametrize(("number", "expected"), [(3, "4.21"), (8, "0.23")])
def test_the_published_scores_with_the_quality_of_e_mail_addresses(number, expected):
    def with_quality(number):
        stage = "new" if number in (3, 4, 8) else STAGES[LEADS[number][4]]
        return lead(number, stage=stage, email_quality=QUALITY[number % 2])

    scoring = learned(ScoredFields(FIELDS, stages=STAGES), closed=CLOSED | {9: WON}, values=with_quality)
    assert percent(scoring, with_quality(number), LEADS[number][0]) == expected


QUALITY = ("incorrect", "correct")


@pytest.mark.parametrize(("team", "expected"), [("one", "34.38"), ("two", "50.00")])
def test_without_fields_the_stage_alone_counts(team, expected):
    def stage_only(number):
        return {"stage": STAGES[LEADS[number][4]]}

    scoring = learned(ScoredFields(stages=STAGES), closed=CLOSED | {9: WON}, values=stage_only)
    assert percent(scoring, {"stage": "new"}, team) == expected


def tagged():
    """Tag A is on 33 won and 65 lost leads, tag B on 23 won and 75 lost ones; 14 and 35 of these have both."""
    groups = [(19, 30, ["A"]), (9, 40, ["B"]), (14, 35, ["A", "B"])]
    leads = chain.from_iterable(
        [ClosedLead({"stage": "new", "tags": tags}, outcome, team="tags")] * count
        for won, lost, tags in groups
        for count, outcome in ((won, WON), (lost, LOST))
    )
    return PredictiveScoring(ALL).learn_all(leads)


@pytest.mark.parametrize(
    ("tags", "expected"), [(["A"], "33.69"), (["B"], "23.51"), (["A", "B"], "28.05"), ([], "28.60"), (None, "28.60")]
)
def test_od_03_tags(tags, expected):
    assert percent(tagged(), {"stage": "new", "tags": tags}, "tags") == expected


def test_od_03_the_counts_of_the_tags():
    assert counts(tagged(), "tags", "tags", "A") == ("33.1", "65.1")
    assert counts(tagged(), "tags", "tags", "B") == ("23.1", "75.1")


@pytest.mark.parametrize(
    ("won", "lost", "expected"), [(10_000_000, 1, "0.9999"), (1, 10_000_000, "0.0001"), (1, 1, "0.5000")]
)
def test_od_05_an_open_lead_is_never_certain(won, lost, expected):
    forced = [CountRow(team="one", field="stage", value="new", won=won, lost=lost)]
    scoring = PredictiveScoring(ALL).with_rows(forced)
    assert scoring.score({"stage": "new"}, team="one").probability == Decimal(expected)
    assert scoring.score({"stage": "new"}, outcome=WON, team="one").probability == 1
    assert scoring.score({"stage": "new"}, outcome=LOST, team="one").probability == 0


def test_od_06_a_score_set_by_hand_is_shown_and_predictions_go_on_beside_it():
    score = LeadScore(predicted="0.2087")
    assert (score.shown, score.is_by_hand) == (Decimal("0.2087"), False)
    score = score.set_by_hand("0.40")
    assert (score.shown, score.is_by_hand) == (Decimal("0.40"), True)
    score = score.predict("0.3438")
    assert (score.shown, score.predicted, score.is_by_hand) == (Decimal("0.40"), Decimal("0.3438"), True)


def test_od_08_the_counts_of_a_dissolved_team_go_to_no_team():
    given = {
        None: [
            ("stage", "a", 20, 10),
            ("stage", "b", "0.1", "0.1"),
            ("stage", "c", 10, 0),
            ("country", "a", 10, "0.1"),
        ],
        "gone": [
            ("stage", "a", 20, 10),
            ("country", "a", "0.1", 10),
            ("country", "b", "0.1", 0),
            ("country", "c", 30, 30),
        ],
    }
    rows = [
        CountRow(team=team, field=field, value=value, won=won, lost=lost)
        for team, of_team in given.items()
        for field, value, won, lost in of_team
    ]
    features = ScoredFields([ScoredField("country")], stages=["a", "b", "c"])
    left = PredictiveScoring(features).with_rows(rows).without_team("gone").rows
    assert {(row.team, row.field, row.value): (row.won, row.lost) for row in left} == {
        (None, "stage", "a"): (40, 20),
        (None, "stage", "b"): (Decimal("0.1"), Decimal("0.1")),
        (None, "stage", "c"): (10, 0),
        (None, "country", "a"): (10, 10),
        (None, "country", "c"): (30, 30),
    }
