"""What a prediction says: the chance, its reasons, and the chance that a person sets instead."""

from __future__ import annotations

from decimal import Decimal

import pytest

from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, WrongType
from salesflow.leads.counts import CountRow
from salesflow.leads.features import ScoredField, ScoredFields
from salesflow.leads.prediction import LeadScore, Prediction
from salesflow.leads.scoring import PredictiveScoring
from salesflow.outcome import Outcome
from salesflow.people.lead import Lead

COUNTS = {
    "country": [("IL", 30, 10), ("FR", 10, 30)],
    "source": [("fair", 20, 10), ("web", 20, 30)],
    "size": [("small", 10, 20), ("large", 30, 20)],
    "language": [("he", 20, 20), ("fr", 20, 20)],
}


@pytest.fixture
def scoring():
    rows = [("stage", "new", 40, 40), *((field, *row) for field, of_field in COUNTS.items() for row in of_field)]
    features = ScoredFields(map(ScoredField, COUNTS), stages=["new"])
    found = [CountRow(field=field, value=value, won=won, lost=lost) for field, value, won, lost in rows]
    return PredictiveScoring(features).with_rows(found)


def test_each_value_says_what_it_says_by_itself(scoring):
    found = scoring.score({"country": "IL", "source": "fair", "size": "small", "language": "he"})
    assert [(one.field, one.value, str(one.weight)) for one in found.evidence] == [
        ("country", "IL", "0.7500"),
        ("source", "fair", "0.6667"),
        ("size", "small", "0.3333"),
        ("language", "he", "0.5000"),
    ]


def test_the_strongest_reasons_come_first_and_what_says_nothing_is_none(scoring):
    found = scoring.score({"country": "IL", "source": "fair", "size": "small", "language": "he"})
    assert [one.field for one in found.reasons_for()] == ["country", "source"]
    assert [one.field for one in found.reasons_for(1)] == ["country"]
    assert [one.field for one in found.reasons_against()] == ["size"]
    against = scoring.score({"country": "FR", "source": "web", "size": "large"})
    assert [one.field for one in against.reasons_against()] == ["country", "source"]
    assert [one.field for one in against.reasons_for()] == ["size"]


def test_the_stage_is_a_reason_like_any_other(scoring):
    found = scoring.score({"stage": "new"}).evidence
    assert [(one.field, one.value, one.weight) for one in found] == [("stage", "new", Decimal("0.5"))]
    assert not found[0].speaks_for
    assert not found[0].speaks_against


def test_a_chance_is_rounded_half_up():
    assert Prediction.of((11, 21), (), team=None).probability == Decimal("0.3438")
    assert Prediction.of((1, 2), (), team=None).unrounded == Decimal("0.33333333333333333333")


def test_what_is_closed_is_certain_and_has_no_reasons():
    for outcome, chance in ((Outcome.WON, 1), (Outcome.LOST, 0)):
        found = Prediction.certain(outcome)
        assert (found.probability, found.unrounded, found.evidence) == (chance, chance, ())


def test_a_zero_set_by_hand_is_shown():
    score = LeadScore(predicted="0.7").set_by_hand(0)
    assert (score.shown, score.is_by_hand) == (0, True)


def test_a_score_that_was_set_by_hand_can_be_cleared():
    score = LeadScore(predicted="0.7").set_by_hand("0.1").predict("0.8").cleared()
    assert (score.shown, score.is_by_hand) == (Decimal("0.8"), False)


def test_the_outcome_counts_before_everything_and_a_reopened_lead_shows_what_it_did():
    score = LeadScore(predicted="0.7").set_by_hand("0.1")
    assert score.close(Outcome.WON).shown == 1
    assert score.close(Outcome.LOST).shown == 0
    assert not score.close(Outcome.WON).is_by_hand
    assert score.close(Outcome.LOST).close(Outcome.OPEN).shown == Decimal("0.1")


def test_nothing_known_shows_nothing():
    assert LeadScore().shown is None
    assert LeadScore(predicted="0.5").predict(None).shown is None


@pytest.mark.parametrize(
    ("value", "error"), [(0.4, WrongType), ("40", InvalidValue), (-1, InvalidValue), ("NaN", InvalidValue)]
)
def test_a_chance_is_an_exact_fraction(value, error):
    with pytest.raises(error, match="probability"):
        LeadScore(predicted=value)
    with pytest.raises(error, match="probability"):
        LeadScore().set_by_hand(value)


@pytest.mark.parametrize("kind", [Lead, Deal])
def test_the_score_of_a_lead_or_a_deal_is_read_from_it(kind):
    entity = kind(id="1", name="Noa", probability=Decimal("0.4"), predicted_probability=Decimal("0.2"))
    assert LeadScore.of(entity) == LeadScore(predicted="0.2", by_hand="0.4")
