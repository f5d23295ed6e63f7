"""The predictive score: learned one by one or in bulk, taken back, merged, stored, and explained."""

from __future__ import annotations

import pickle
from contextlib import suppress
from decimal import Decimal, localcontext
from math import isclose, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.deal.deal import Deal
from salesflow.errors import InvalidValue, UnknownName, WrongType
from salesflow.leads.counts import CountRow
from salesflow.leads.features import ScoredField, ScoredFields
from salesflow.leads.learning import ClosedLead
from salesflow.leads.scoring import PredictiveScoring
from salesflow.outcome import Outcome
from salesflow.people.lead import Lead
from salesflow.values.contact_details import PostalAddress

WON, LOST = Outcome.WON, Outcome.LOST
STAGES = ("new", "qualified", "proposition")
FEATURES = ScoredFields(
    [
        ScoredField("country"),
        ScoredField("quality", counts_unset=True),
        ScoredField("tags", several=True),
    ],
    stages=STAGES,
)
NOTHING = PredictiveScoring(FEATURES)
LIKELY = {"country": "IL", "stage": "qualified"}

values = st.fixed_dictionaries(
    {"stage": st.sampled_from(STAGES)},
    optional={
        "country": st.sampled_from(["IL", "FR", None, ""]),
        "quality": st.sampled_from(["correct", "incorrect", None]),
        "tags": st.lists(st.sampled_from("abc"), max_size=3),
    },
)
teams = st.sampled_from(["north", "south", None])
closed = st.builds(ClosedLead, values, st.sampled_from([WON, LOST]), team=teams)
histories = st.lists(closed, max_size=12)


def tuples(scoring):
    return [(row.field, row.value, str(row.won), str(row.lost)) for row in scoring.rows]


# Learning -------------------------------------------------------------------------------------------------------------


def test_a_won_lead_counts_for_every_stage():
    assert tuples(NOTHING.learn({"stage": "new"}, WON)) == [
        ("quality", "", "1.1", "0.1"),
        ("stage", "new", "1.1", "0.1"),
        ("stage", "proposition", "1.1", "0.1"),
        ("stage", "qualified", "1.1", "0.1"),
    ]


def test_a_lost_lead_counts_for_every_stage_up_to_its_own():
    rows = tuples(NOTHING.learn({"stage": "qualified", "quality": "correct"}, LOST))
    assert rows == [
        ("quality", "correct", "0.1", "1.1"),
        ("stage", "new", "0.1", "1.1"),
        ("stage", "qualified", "0.1", "1.1"),
    ]


def test_learning_leaves_what_was_known_before_as_it_is():
    before = NOTHING.learn(LIKELY, WON)
    rows = before.rows
    before.learn(LIKELY, LOST)
    assert before.rows == rows
    assert NOTHING.rows == ()


@given(histories)
def test_in_bulk_and_one_by_one_is_the_same(history):
    one_by_one = NOTHING
    for lead in history:
        one_by_one = one_by_one.learn(lead.lead, lead.outcome, team=lead.team)
    assert NOTHING.learn_all(history) == one_by_one


@given(histories, closed)
def test_what_is_unlearned_takes_every_count_back(history, lead):
    before = NOTHING.learn_all(history)
    after = before.learn(lead.lead, lead.outcome, team=lead.team).unlearn(lead.lead, lead.outcome, team=lead.team)
    known = {(row.team, row.field, row.value): row for row in before.rows}
    for row in after.rows:
        start = CountRow(team=row.team, field=row.field, value=row.value, won="0.1", lost="0.1")
        assert row == known.get((row.team, row.field, row.value), start)


@given(histories, closed)
def test_no_count_becomes_negative_and_nothing_has_changed(history, lead):
    scoring = NOTHING.learn_all(history)
    if lead in history:
        scoring.unlearn(lead.lead, lead.outcome, team=lead.team)
    rows = scoring.rows
    with suppress(InvalidValue):
        left = scoring.unlearn(lead.lead, lead.outcome, team=lead.team)
        assert all(row.won >= 0 and row.lost >= 0 for row in left.rows)
    assert scoring.rows == rows


def test_a_lead_that_was_not_learned_cannot_be_unlearned_and_it_is_said_where():
    scoring = NOTHING.learn(LIKELY, WON)
    with pytest.raises(InvalidValue, match="country: a count must not become negative"):
        scoring.unlearn({"country": "FR", "stage": "qualified"}, WON)
    with pytest.raises(InvalidValue, match="country, quality, stage"):
        scoring.unlearn(LIKELY, LOST)
    with pytest.raises(InvalidValue, match="negative"):
        scoring.unlearn(LIKELY, WON, team="another")


def test_the_error_does_not_say_what_the_value_was():
    with pytest.raises(InvalidValue) as refused:
        NOTHING.unlearn({"country": "Liechtenstein", "stage": "new"}, WON)
    assert "Liechtenstein" not in str(refused.value)


@pytest.mark.parametrize("outcome", [None, Outcome.OPEN])
def test_an_open_lead_has_nothing_to_learn_from(outcome):
    with pytest.raises(InvalidValue, match="once it is won or lost"):
        NOTHING.learn(LIKELY, outcome)


def test_an_outcome_is_never_spelled():
    with pytest.raises(WrongType, match="outcome"):
        NOTHING.learn(LIKELY, "won")


def test_a_lost_lead_needs_the_stage_that_it_was_lost_in():
    with pytest.raises(InvalidValue, match="stage: a lost lead counts"):
        NOTHING.learn({"country": "IL"}, LOST)
    NOTHING.learn({"country": "IL"}, WON)


def test_one_bad_lead_among_many_is_named_by_its_number_and_nothing_is_learned():
    with pytest.raises(UnknownName) as refused:
        NOTHING.learn_all([ClosedLead(LIKELY, WON), ClosedLead({"stage": "qualifed"}, LOST)])
    assert refused.value.__notes__ == ["It was lead number 2 of those given; nothing has changed."]
    assert refused.value.nearest == ("qualified",)


def test_a_team_is_named_by_its_id():
    with pytest.raises(WrongType, match="team"):
        NOTHING.learn(LIKELY, WON, team=5)
    with pytest.raises(InvalidValue, match="team"):
        NOTHING.learn(LIKELY, WON, team=" ")


def test_without_stages_all_leads_are_counted_once():
    scoring = PredictiveScoring(ScoredFields([ScoredField("country")]))
    scoring = scoring.learn_all([ClosedLead({"country": "IL"}, WON), ClosedLead({"country": "FR"}, LOST)])
    assert tuples(scoring)[-1] == ("stage", "", "1.1", "1.1")
    assert scoring.score({"country": "IL"}).probability == Decimal("0.9167")
    assert scoring.score({}).probability == Decimal("0.5")


# Workers --------------------------------------------------------------------------------------------------------------


@given(histories, histories, histories)
def test_workers_are_merged_in_any_order_to_what_one_would_have_learned(one, two, three):
    parts = [NOTHING.learn_all(history) for history in (one, two, three)]
    a, b, c = parts
    together = NOTHING.learn_all([*one, *two, *three])
    assert a.merged_with(b, c) == together
    assert c.merged_with(a).merged_with(b) == together
    assert a.merged_with(b.merged_with(c)) == together
    assert a.merged_with(NOTHING) == a


def test_only_the_same_declaration_can_be_merged():
    with pytest.raises(InvalidValue, match="same fields and stages"):
        NOTHING.merged_with(PredictiveScoring(ScoredFields(stages=STAGES)))


def test_what_was_learned_travels_between_workers():
    scoring = NOTHING.learn(LIKELY, WON, team="north")
    scoring.score(LIKELY)
    assert pickle.loads(pickle.dumps(scoring)) == scoring


# Teams ----------------------------------------------------------------------------------------------------------------


def test_one_team_does_not_touch_the_score_of_another():
    scoring = NOTHING.learn(LIKELY, WON, team="north").learn(LIKELY, LOST, team="north")
    before = scoring.score(LIKELY, team="north")
    after = scoring.learn(LIKELY, LOST, team="south").score(LIKELY, team="north")
    assert (after.probability, after.team) == (before.probability, "north")


def test_a_team_without_history_is_scored_by_all_leads_and_the_score_says_so():
    scoring = NOTHING.learn(LIKELY, WON, team="north").learn({"stage": "new"}, LOST, team="south")
    found = scoring.score(LIKELY, team="west")
    assert found.team is None
    assert found.probability == scoring.score(LIKELY).probability


def test_a_team_that_nothing_was_learned_for_cannot_be_dissolved():
    scoring = NOTHING.learn(LIKELY, WON, team="north")
    with pytest.raises(UnknownName, match="north"):
        scoring.without_team("nord")
    assert {row.team for row in scoring.without_team("north").rows} == {None}


def test_whole_counts_of_a_dissolved_team_can_be_taken_back_to_the_start():
    scoring = NOTHING.learn(LIKELY, WON).learn(LIKELY, WON, team="north").without_team("north")
    assert ("country", "IL", "2.0", "0.1") in tuples(scoring)
    left = scoring.unlearn(LIKELY, WON).unlearn(LIKELY, WON)
    assert ("country", "IL", "0.1", "0.1") in tuples(left)
    with pytest.raises(InvalidValue, match="negative"):
        left.unlearn(LIKELY, WON)


# Stored counts --------------------------------------------------------------------------------------------------------


@given(histories)
def test_stored_counts_come_back_as_they_were(history):
    scoring = NOTHING.learn_all(history)
    assert NOTHING.with_rows(scoring.rows) == scoring


def test_stored_counts_replace_those_of_the_same_value_only():
    row = CountRow(field="country", value="FR", won=3, lost="0.1")
    scoring = NOTHING.learn(LIKELY, WON).with_rows([row])
    assert row in scoring.rows
    assert ("country", "IL", "1.1", "0.1") in tuples(scoring)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [("county", "IL", UnknownName), ("stage", "qualifid", UnknownName)],
)
def test_a_stored_count_of_something_undeclared_is_refused(field, value, error):
    with pytest.raises(error) as refused:
        NOTHING.with_rows([CountRow(field=field, value=value, won=1, lost=1)])
    assert refused.value.nearest


def test_a_value_has_one_row():
    row = CountRow(field="country", value="IL", won=1, lost=1)
    with pytest.raises(InvalidValue, match="one row"):
        NOTHING.with_rows([row, row])


@pytest.mark.parametrize(
    ("count", "error"), [(-1, InvalidValue), ("0.15", InvalidValue), (0.1, WrongType), ("NaN", InvalidValue)]
)
def test_a_count_is_in_tenths_and_never_negative_or_a_float(count, error):
    with pytest.raises(error, match="won"):
        CountRow(field="country", value="IL", won=count, lost=1)


# Scores ---------------------------------------------------------------------------------------------------------------


def by_the_formula(scoring, lead, team):
    """The formula as it is written, in floats."""
    rows = {(row.field, row.value): (float(row.won), float(row.lost)) for row in scoring.rows if row.team == team}
    first = rows[("stage", STAGES[0])]
    quality = lead.get("quality") or ""
    pairs = [("stage", lead["stage"]), ("country", lead.get("country") or None), ("quality", quality)]
    pairs += [("tags", tag) for tag in set(lead.get("tags", ())) if sum(rows.get(("tags", tag), (0, 0))) >= 50]
    sides = []
    for side in (0, 1):
        total = {"stage": first[side]}
        for (field, _value), row in rows.items():
            if field != "stage" and (field != "tags" or sum(row) >= 50):
                total[field] = total.get(field, 0) + row[side]
        sides.append(
            first[side] / sum(first) * prod(rows[pair][side] / total[pair[0]] for pair in pairs if pair in rows)
        )
    return sides[0] / sum(sides)


@given(st.lists(closed.filter(lambda lead: lead.team == "north"), min_size=1, max_size=12), values)
def test_the_score_is_that_of_the_formula(history, lead):
    scoring = NOTHING.learn_all([one for lead in history for one in [lead] * 20])
    found = scoring.score(lead, team="north")
    assert isclose(found.unrounded, by_the_formula(scoring, lead, "north"), rel_tol=1e-12)
    assert abs(found.probability - min(max(found.unrounded, Decimal("0.0001")), Decimal("0.9999"))) <= Decimal(
        "0.00005"
    )


def test_the_score_does_not_depend_on_the_decimal_context_of_the_thread():
    scoring = NOTHING.learn(LIKELY, WON).learn({"country": "FR", "stage": "new"}, LOST)
    with localcontext() as context:
        context.prec = 3
        found = scoring.score(LIKELY)
        assert (str(found.probability), len(str(found.unrounded))) == ("0.9918", 22)


def test_a_hundred_fields_do_not_underflow():
    names = [f"f{number}" for number in range(100)]
    scoring = PredictiveScoring(ScoredFields(map(ScoredField, names)))
    good, bad = (dict.fromkeys(names, kind) for kind in ("good", "bad"))
    scoring = scoring.learn_all([ClosedLead(good, WON), ClosedLead(bad, LOST)] * 3_000)
    assert scoring.score(good).probability == Decimal("0.9999")
    assert scoring.score(bad).probability == Decimal("0.0001")


def test_before_anything_was_learned_a_score_is_undefined_and_says_why():
    found = NOTHING.score(LIKELY)
    assert (found.probability, found.unrounded, found.evidence) == (None, None, ())
    assert "no lead was won or lost yet" in found.undefined


def test_one_outcome_is_enough_to_learn_from():
    assert NOTHING.learn(LIKELY, WON).score(LIKELY).probability == Decimal("0.9167")


def test_counts_that_exclude_each_other_give_no_score():
    rows = [
        ("stage", "new", 1, 1),
        ("country", "IL", 0, 1),
        ("country", "FR", 1, 0),
        ("quality", "", 1, 0),
        ("quality", "b", 0, 1),
    ]
    scoring = NOTHING.with_rows(CountRow(field=f, value=v, won=w, lost=lost) for f, v, w, lost in rows)
    found = scoring.score({"country": "IL", "stage": "new"})
    assert (found.probability, found.undefined) == (None, "one value was never won and another never lost")


def test_a_value_that_was_never_seen_and_one_that_is_not_set_are_left_out():
    scoring = NOTHING.learn(LIKELY, WON).learn({"country": "FR", "stage": "new"}, LOST)
    without = scoring.score({"stage": "new"}).unrounded
    assert scoring.score({"stage": "new", "country": "a new one"}).unrounded == without
    assert scoring.score({"stage": "new", "country": ""}).unrounded == without
    assert scoring.score({"stage": "new", "country": None}).unrounded == without


def test_a_tag_counts_from_fifty_leads_on():
    def tagged(times):
        leads = [ClosedLead({"stage": "new", "tags": ["a"]}, WON)] * times + [ClosedLead({"stage": "new"}, LOST)]
        return NOTHING.learn_all(leads).score({"stage": "new", "tags": ["a"]})

    assert [one.field for one in tagged(49).evidence] == ["stage", "quality"]
    assert [one.field for one in tagged(50).evidence] == ["stage", "quality", "tags"]


def test_a_tag_that_is_on_a_lead_twice_counts_once():
    scoring = NOTHING.learn({"stage": "new", "tags": ["a", "a"]}, WON)
    assert ("tags", "a", "1.1", "0.1") in tuples(scoring)


@pytest.mark.parametrize("lead", [{"stage": "new", "nation": "IL"}, {"stage": "new", "Country": "IL"}, {3: "IL"}])
def test_a_name_that_is_not_declared_is_refused(lead):
    with pytest.raises(UnknownName, match="country"):
        NOTHING.score(lead)
    with pytest.raises(UnknownName):
        NOTHING.learn(lead, WON)


def test_a_stage_that_is_not_declared_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'new'"):
        NOTHING.score({"stage": "neu"})
    with pytest.raises(WrongType, match="stage"):
        NOTHING.score({"stage": 1})


# Entities -------------------------------------------------------------------------------------------------------------


def country(lead: Lead) -> str | None:
    return lead.address and lead.address.country


OF_LEADS = PredictiveScoring(
    ScoredFields([ScoredField("country", read=country), ScoredField("source")], stages=("new", "working", "qualified"))
)


def a_lead(id="L-1", *, stage="new", **fields):
    return Lead(id=id, name="Noa", stage=stage, **fields)


def test_a_lead_is_read_by_name_and_by_function():
    lead = a_lead(
        source="fair", address=PostalAddress(country="IL"), outcome=LOST, closed_from="working", stage="disqualified"
    )
    assert tuples(OF_LEADS.learn(lead)) == [
        ("country", "IL", "0.1", "1.1"),
        ("source", "fair", "0.1", "1.1"),
        ("stage", "new", "0.1", "1.1"),
        ("stage", "working", "0.1", "1.1"),
    ]


def test_a_lead_and_a_mapping_of_its_values_have_one_score():
    scoring = OF_LEADS.learn({"country": "IL", "source": "fair"}, WON, team="north").learn(
        {"stage": "new"}, LOST, team="north"
    )
    lead = a_lead(source="fair", team="north", address=PostalAddress(country="IL"))
    assert scoring.score(lead) == scoring.score({"country": "IL", "source": "fair", "stage": "new"}, team="north")
    assert scoring.score(lead).team == "north"


OF_DEALS = PredictiveScoring(ScoredFields([ScoredField("source")], stages=["approach", "closing"]))


def test_a_deal_takes_its_score_as_it_is():
    scoring = OF_DEALS.learn({"source": "fair"}, WON).learn({"source": "web", "stage": "approach"}, LOST)
    deal = Deal(id="D-1", name="Order desk", stage="approach", source="fair")
    assert Deal(id="D-1", name="Order desk", predicted_probability=scoring.score(deal).probability)
    assert scoring.score(deal).probability == Decimal("0.9167")


@pytest.mark.parametrize(("outcome", "probability"), [(WON, 1), (LOST, 0)])
def test_a_closed_deal_knows_its_outcome_and_is_certain(outcome, probability):
    deal = Deal(id="D-1", name="Order desk", stage="won", outcome=outcome, closed_from="approach")
    assert OF_DEALS.score(deal).probability == probability
    assert OF_DEALS.learn_all([deal]).rows == OF_DEALS.learn({"stage": "approach"}, outcome).rows


def test_a_won_deal_of_which_nobody_knows_where_it_was_won_still_counts():
    deal = Deal(id="D-1", name="Order desk", stage="won", outcome=WON)
    assert OF_DEALS.learn(deal).rows == OF_DEALS.learn({}, WON).rows
    with pytest.raises(InvalidValue, match="stage"):
        OF_DEALS.learn(Deal(id="D-1", name="Order desk", stage="lost", outcome=LOST))


def test_what_contradicts_a_lead_is_refused():
    lead = a_lead(team="north", outcome=LOST, closed_from="new")
    with pytest.raises(InvalidValue, match="outcome: must not contradict"):
        OF_LEADS.learn(lead, WON)
    with pytest.raises(InvalidValue, match="team: must not contradict"):
        OF_LEADS.learn(lead, team="south")
    with pytest.raises(InvalidValue, match="outcome"):
        OF_LEADS.score(lead, outcome=Outcome.OPEN)


def test_an_open_lead_may_be_learned_as_what_it_is_about_to_become():
    lead = a_lead(source="fair", stage="working")
    assert OF_LEADS.learn(lead, WON).rows == OF_LEADS.learn({"source": "fair"}, WON).rows
    assert OF_LEADS.learn(lead, LOST).rows == OF_LEADS.learn({"source": "fair", "stage": "working"}, LOST).rows
    with pytest.raises(InvalidValue, match="once it is won or lost"):
        OF_LEADS.learn(lead)


class OwnLead:
    """A class of the host, which knows nothing of ours."""

    source = "fair"
    address = None


def test_a_class_of_the_host_is_scored_once_it_is_said_how_its_stage_is_read():
    with pytest.raises(WrongType, match="declare read_stage for a OwnLead"):
        OF_LEADS.score(OwnLead())
    features = ScoredFields([ScoredField("source")], stages=["new"], read_stage=lambda lead: "new")
    scoring = PredictiveScoring(features).learn({"source": "fair"}, WON).learn({"stage": "new"}, LOST)
    assert scoring.score(OwnLead()).probability == Decimal("0.5")


def test_an_attribute_that_an_entity_does_not_have_is_named():
    features = ScoredFields([ScoredField("sourse")])
    with pytest.raises(UnknownName, match="did you mean 'source'"):
        PredictiveScoring(features).score(a_lead())
