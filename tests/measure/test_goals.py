"""Goals: proposed, committed to by the one who owns them, revised with a reason, and folded from their events."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import pytest

from salesflow import MemoryStorage, Money, Period, fold
from salesflow.errors import InvalidValue, NotNow, OutOfOrder, PolicyRefused, StaleVersion, UnknownName, WrongType
from salesflow.event import Event
from salesflow.measure.goal_work import GoalWork
from salesflow.measure.goals import Goal, GoalCommitted, GoalLevel, GoalProposed, GoalStatus
from salesflow.measure.target import Target

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
YEAR = Period.year(2027, UTC)
TARGET = Target(period=YEAR, amount=Money("250000", "EUR"))
HIGHER = Target(period=YEAR, amount=Money("300000", "EUR"))


def a_goal(**fields: object) -> Goal:
    return Goal(**{"id": "G-1", "level": "person", "of": "noa", "target": TARGET, **fields})


def proposed(**fields: object) -> Goal:
    return GoalWork.propose(a_goal(**fields), by="dan", at=NOW).goal


def committed() -> Goal:
    return GoalWork(proposed(), by="noa", at=NOW).commit().goal


class TestSettingOne:
    def test_anybody_may_propose_one_and_it_does_not_count_yet(self):
        goal = proposed()
        assert (goal.status, goal.version, goal.changed_at) == (GoalStatus.PROPOSED, 1, NOW)
        assert (goal.target, goal.committed, goal.is_committed) == (TARGET, None, False)

    def test_it_counts_once_its_owner_has_committed_to_it(self):
        goal = GoalWork(proposed(), by="noa", at=LATER).commit().goal
        assert (goal.committed, goal.committed_at, goal.is_committed) == (TARGET, LATER, True)

    def test_nobody_else_commits_to_it_not_even_the_one_who_proposed_it(self):
        goal = proposed()
        with pytest.raises(PolicyRefused, match="only its owner noa commits to it") as refused:
            GoalWork(goal, by="dan", at=LATER).commit()
        assert (refused.value.kind, refused.value.id, refused.value.by) == ("goal", "G-1", "dan")

    def test_nor_does_an_event_that_was_made_by_hand(self):
        with pytest.raises(PolicyRefused):
            GoalCommitted(at=LATER, by="dan").apply(proposed())

    def test_a_person_owns_the_goal_of_that_person_and_somebody_that_of_a_team(self):
        assert proposed().owner == "noa"
        team = proposed(level=GoalLevel.TEAM, of="north", owner="dan")
        assert GoalWork(team, by="dan", at=NOW).commit().goal.is_committed
        for level in ("team", "territory"):
            with pytest.raises(InvalidValue, match=f"the goal of a {level} is owned by somebody"):
                a_goal(level=level, of="north")

    def test_it_is_committed_to_once(self):
        with pytest.raises(NotNow, match="goal G-1: cannot commit to it: it is committed to"):
            GoalWork(committed(), by="noa", at=LATER).commit()


class TestRevisingOne:
    def test_what_was_committed_to_counts_until_the_new_target_is_too(self):
        work = GoalWork(committed(), by="dan", at=LATER).revise(HIGHER, reason="a second product")
        assert (work.goal.status, work.goal.target, work.goal.committed) == (GoalStatus.PROPOSED, HIGHER, TARGET)
        goal = GoalWork(work.goal, by="noa", at=LATER).commit().goal
        assert (goal.status, goal.committed) == (GoalStatus.COMMITTED, HIGHER)

    def test_its_owner_may_revise_and_commit_in_one_go(self):
        work = GoalWork(committed(), by="noa", at=LATER).revise(HIGHER, reason="more").commit()
        assert (work.goal.committed, len(work.events)) == (HIGHER, 2)

    def test_it_takes_a_reason_that_is_not_repeated_in_messages(self):
        for reason in ("", "  ", "x" * 1001, "a\0b"):
            with pytest.raises(InvalidValue, match="reason"):
                GoalWork(committed(), by="dan", at=LATER).revise(HIGHER, reason=reason)

    def test_a_revision_changes_something(self):
        with pytest.raises(NotNow, match="that is its target"):
            GoalWork(committed(), by="dan", at=LATER).revise(TARGET, reason="none")

    def test_it_keeps_counting_what_it_counts(self):
        for other in (Target(period=YEAR, count=5), Target(period=YEAR, count=5, kind="activities")):
            with pytest.raises(InvalidValue, match="goal G-1 counts amount"):
                GoalWork(committed(), by="dan", at=LATER).revise(other, reason="a")

    def test_a_new_owner_has_yet_to_commit_to_it(self):
        work = GoalWork(committed(), by="dan", at=LATER).reassign("eve", reason="noa leaves")
        assert (work.goal.owner, work.goal.status) == ("eve", GoalStatus.PROPOSED)
        with pytest.raises(PolicyRefused):
            GoalWork(work.goal, by="noa", at=LATER).commit()
        assert GoalWork(work.goal, by="eve", at=LATER).commit().goal.is_committed

    def test_one_that_was_withdrawn_is_over(self):
        work = GoalWork(committed(), by="dan", at=LATER).withdraw(reason="the market is gone")
        assert work.goal.status is GoalStatus.WITHDRAWN
        for tried in (
            lambda: work.revise(HIGHER, reason="a"),
            lambda: work.reassign("eve", reason="a"),
            lambda: work.withdraw(reason="a"),
            lambda: GoalWork(work.goal, by="noa", at=LATER).commit(),
        ):
            with pytest.raises(NotNow, match="it was withdrawn"):
                tried()


class TestTheUnitOfWork:
    def test_what_it_hands_over_is_stored_and_folds_back_to_the_goal(self):
        storage = MemoryStorage()
        storage.commit(GoalWork.propose(a_goal(), by="dan", at=NOW).changes)
        storage.commit(GoalWork(storage.get(Goal, "G-1"), by="noa", at=LATER).commit().changes)
        stored = storage.get(Goal, "G-1")
        assert stored.is_committed
        assert fold(one.event for one in storage.history(Goal, "G-1")) == stored

    def test_of_two_who_work_at_once_one_is_told(self):
        storage = MemoryStorage()
        storage.commit(GoalWork.propose(a_goal(), by="dan", at=NOW).changes)
        one, other = (GoalWork(storage.get(Goal, "G-1"), by="noa", at=LATER) for _ in range(2))
        storage.commit(one.commit().changes)
        with pytest.raises(StaleVersion):
            storage.commit(other.withdraw(reason="no").changes)

    def test_what_was_refused_has_changed_nothing(self):
        work = GoalWork(proposed(), by="dan", at=LATER)
        with pytest.raises(PolicyRefused):
            work.commit()
        assert (work.goal, work.events, len(work.changes)) == (proposed(), (), 0)

    def test_history_is_recorded_in_order(self):
        with pytest.raises(OutOfOrder, match="goal G-1"):
            GoalWork(committed(), by="noa", at=NOW - timedelta(seconds=1))

    def test_a_draft_is_proposed_and_nothing_else(self):
        with pytest.raises(InvalidValue, match="begin with GoalWork"):
            GoalWork(a_goal(), by="noa", at=NOW)
        for draft in (committed(), a_goal(status=GoalStatus.COMMITTED), a_goal(committed=TARGET)):
            with pytest.raises(InvalidValue):
                GoalWork.propose(draft, by="noa", at=NOW)

    @pytest.mark.parametrize(("by", "at"), [("", NOW), ("noa", datetime(2026, 11, 2)), (None, NOW), ("noa", None)])
    def test_it_has_an_actor_and_a_moment(self, by, at):
        with pytest.raises(InvalidValue):
            GoalWork(proposed(), by=by, at=at)


class LeadersOnly:
    def refusal(self, event: Event[Goal], goal: Goal, /) -> str | None:
        if isinstance(event, GoalProposed) and event.by != "dan":
            return f"only dan proposes, not {event.by}, for {goal.of}"
        return None


class BrokenPolicy:
    def refusal(self, event: Event[Goal], goal: Goal, /) -> str | None:
        raise RuntimeError("broken")


class TestThePolicyOfTheHost:
    def test_it_is_asked_for_every_event(self):
        with pytest.raises(PolicyRefused, match="eve may not record GoalProposed on goal G-1: only dan proposes"):
            GoalWork.propose(a_goal(), by="eve", at=NOW, policy=LeadersOnly())
        assert GoalWork.propose(a_goal(), by="dan", at=NOW, policy=LeadersOnly()).goal.version == 1

    def test_an_error_in_it_refuses(self):
        work = GoalWork(proposed(), by="noa", at=NOW, policy=BrokenPolicy())
        with pytest.raises(PolicyRefused, match="the policy itself failed"):
            work.commit()
        assert not work.goal.is_committed


class TestTheValue:
    def test_it_is_a_value(self):
        assert pickle.loads(pickle.dumps(committed())) == committed()
        assert hash(committed()) == hash(committed())

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"level": "region"}, UnknownName),
            ({"of": ""}, InvalidValue),
            ({"owner": ""}, InvalidValue),
            ({"target": Money("1", "EUR")}, WrongType),
            ({"target": None}, WrongType),
            ({"committed": 5}, WrongType),
            ({"part_of": "G-1"}, InvalidValue),
            ({"part_of": ""}, InvalidValue),
            ({"part_of": 7}, WrongType),
            ({"id": ""}, InvalidValue),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, fields, error):
        with pytest.raises(error):
            a_goal(**fields)
