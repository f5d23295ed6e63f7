"""Objections: raised, answered, settled, and come back; and the answers that a team has ready."""

from __future__ import annotations

import attrs
import pytest

from salesflow.deal.objections import (
    ObjectionKind,
    ObjectionPlaybook,
    ObjectionsDesk,
    ObjectionStatus,
    PreparedAnswer,
)
from salesflow.errors import InvalidValue, NotNow, UnknownName, WrongType
from salesflow.outcome import Outcome


@pytest.fixture
def desk(at_desk):
    return at_desk(ObjectionsDesk)[0]


@pytest.fixture
def price(desk):
    return desk.raise_("It costs too much", kind=ObjectionKind.PRICE, raised_by="C-1")


def test_an_objection_is_raised_with_what_was_said_and_by_whom(desk, price, now):
    assert desk.open == (price,)
    assert desk.deal.open_objections == (price,)
    assert (price.id, price.kind, price.statement) == (1, "price", "It costs too much")
    assert (price.raised_by, price.raised_at, price.status) == ("C-1", now, ObjectionStatus.RAISED)
    assert (price.note, price.times_reopened) == ("", 0)


def test_a_team_may_have_kinds_of_its_own(desk):
    assert desk.raise_("Our board meets in May", kind="board").kind == "board"


def test_an_answer_is_kept_with_its_evidence_and_settles_nothing_yet(desk, price, now):
    answered = desk.answer(price, "It pays for itself", evidence=["case study 12"])
    assert answered.status is ObjectionStatus.ANSWERED
    assert answered.is_open
    assert [(one.text, one.evidence, one.by, one.at) for one in answered.answers] == [
        ("It pays for itself", ("case study 12",), "noa", now)
    ]


def test_an_objection_may_be_answered_more_than_once(desk, price):
    desk.answer(price, "a")
    assert [one.text for one in desk.answer(price.id, "b").answers] == ["a", "b"]


def test_an_answered_objection_is_resolved(desk, price, now):
    desk.answer(price, "a")
    resolved = desk.resolve(price, note="they nodded")
    assert (resolved.status, resolved.settled_at, resolved.note) == (ObjectionStatus.RESOLVED, now, "they nodded")
    assert desk.open == ()


def test_an_objection_is_not_resolved_before_it_was_answered(desk, price):
    with pytest.raises(NotNow, match="answer it first"):
        desk.resolve(price)


def test_an_objection_that_came_back_needs_a_new_answer(desk, price):
    desk.answer(price, "a")
    desk.resolve(price)
    reopened = desk.reopen(price, reason="the boss asked again")
    assert (reopened.status, reopened.times_reopened, reopened.settled_at) == (ObjectionStatus.RAISED, 1, None)
    assert reopened.note == "the boss asked again"
    assert len(reopened.answers) == 1
    with pytest.raises(NotNow):
        desk.resolve(price)


def test_an_objection_may_be_left_standing_and_it_is_said_why(desk, price):
    standing = desk.leave_standing(price, note="they buy in spite of it")
    assert (standing.status, standing.note) == (ObjectionStatus.STANDING, "they buy in spite of it")
    assert not standing.is_open


def test_leaving_an_objection_standing_without_saying_why_is_refused(desk, price):
    with pytest.raises(InvalidValue, match="note"):
        desk.leave_standing(price, note="")


def test_the_customer_may_withdraw_an_objection_that_nobody_answered(desk, price):
    assert desk.withdraw(price).status is ObjectionStatus.WITHDRAWN


def test_settling_an_objection_needs_no_words(desk, price):
    assert desk.withdraw(price).note == ""
    other = desk.raise_("Too slow")
    desk.answer(other, "It is fast")
    assert desk.resolve(other).note == ""


def test_why_an_objection_stands_may_be_a_long_line_and_is_not_repeated(desk, price):
    longest = "x" * 1000
    for note in (longest + "x", "Cohen\x07"):
        with pytest.raises(InvalidValue) as refused:
            desk.leave_standing(price, note=note)
        assert (refused.value.field, refused.value.value) == ("note", None)
    assert desk.leave_standing(price, note=longest).note == longest


def test_an_answer_may_rest_on_long_lines(desk, price):
    longest = "x" * 1000
    assert desk.answer(price, "It pays", evidence=[longest]).answers[0].evidence == (longest,)
    for evidence in ([longest + "x"], "one line", [5]):
        with pytest.raises(InvalidValue) as refused:
            desk.answer(price, "It pays", evidence=evidence)
        assert refused.value.field == "evidence"


@pytest.mark.parametrize(
    "settle",
    [
        lambda d: d.answer(1, "x"),
        lambda d: d.resolve(1),
        lambda d: d.leave_standing(1, note="x"),
        lambda d: d.withdraw(1),
    ],
)
def test_a_settled_objection_is_settled(desk, price, settle):
    desk.withdraw(price)
    with pytest.raises(NotNow, match="it is withdrawn; reopen it first"):
        settle(desk)


def test_an_open_objection_is_not_reopened(desk, price):
    with pytest.raises(NotNow, match="it is raised; answer it"):
        desk.reopen(price, reason="x")


def test_only_the_objection_that_is_meant_changes(desk, price):
    other = desk.raise_("Too slow")
    desk.withdraw(other)
    assert desk.open == (price,)


def test_an_objection_that_the_deal_does_not_have_is_named(desk):
    with pytest.raises(UnknownName, match="no objection '2'"):
        desk.answer(2, "x")


@pytest.mark.parametrize("outcome", [Outcome.WON, Outcome.LOST])
@pytest.mark.parametrize("work", [lambda d: d.raise_("x"), lambda d: d.reopen(1, reason="x"), lambda d: d.withdraw(1)])
def test_a_closed_deal_takes_no_objections(at_desk, outcome, work):
    with pytest.raises(NotNow, match="reopen it first"):
        work(at_desk(ObjectionsDesk, outcome=outcome)[0])


@pytest.fixture
def playbook():
    return ObjectionPlaybook(
        [
            PreparedAnswer(kind="price", text="It pays for itself in a year", evidence=["case study 12"]),
            PreparedAnswer(kind=ObjectionKind.PRICE, text="There is a start plan", topics=["Costs"]),
            PreparedAnswer(kind="trust", text="Ask our customers"),
        ]
    )


def test_the_playbook_suggests_what_fits_the_kind_and_best_first(playbook, price):
    assert [answer.text for answer in playbook.suggest(price)] == [
        "There is a start plan",
        "It pays for itself in a year",
    ]


def test_the_playbook_does_not_suggest_what_was_said_already(playbook, desk, price):
    answered = desk.answer(price, "There is a start plan")
    assert [answer.text for answer in playbook.suggest(answered)] == ["It pays for itself in a year"]


@pytest.mark.parametrize("field", ["evidence", "topics"])
def test_a_prepared_answer_rests_on_lines_that_are_not_endless(field):
    longest = "x" * 1000
    assert getattr(PreparedAnswer(kind="price", text="It pays", **{field: [longest]}), field) == (longest,)
    with pytest.raises(InvalidValue) as refused:
        PreparedAnswer(kind="price", text="It pays", **{field: [longest + "x"]})
    assert refused.value.field == field


@pytest.mark.parametrize("answers", ["It pays", ["It pays"]])
def test_a_playbook_holds_prepared_answers(answers):
    with pytest.raises(WrongType) as refused:
        ObjectionPlaybook(answers)
    assert refused.value.field == "answers"


def test_the_playbook_answers_objections_that_say_something(playbook, price):
    with pytest.raises(WrongType) as refused:
        playbook.suggest("Too dear")
    assert refused.value.field == "objection"
    with pytest.raises(WrongType) as refused:
        playbook.suggest(attrs.evolve(price, statement=5))
    assert refused.value.field == "statement"


def test_an_empty_playbook_suggests_nothing(price):
    assert ObjectionPlaybook().suggest(price) == ()
