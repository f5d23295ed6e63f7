"""Goals from beginning to end: agreed on in any order of events, and measured on deals that were really sold."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from walks import a_sale, walk

from salesflow import MemoryStorage, Money, Period, Refused, fold
from salesflow.measure.credit import CreditSplit, activity_credits, deal_credits, meeting_credits
from salesflow.measure.goal_work import GoalWork
from salesflow.measure.goals import Goal, GoalCommitted, GoalReassigned, GoalStatus
from salesflow.measure.leaderboard import leaderboard
from salesflow.measure.replay import replayed
from salesflow.measure.roll_up import roll_up
from salesflow.measure.target import Target

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
YEAR = Period.year(2026, UTC)
PEOPLE = st.sampled_from(["noa", "dan", "eve"])
REACHED: Counter[GoalStatus] = Counter()


class AgreeingOnAGoal(RuleBasedStateMachine):
    """Anybody does anything at any time; what is stored is always explained, and committed to by who owned it then."""

    @initialize(by=PEOPLE)
    def propose(self, by: str) -> None:
        self.storage = MemoryStorage()
        self.at = NOW
        draft = Goal(id="G-1", level="team", of="north", owner="noa", target=Target(period=YEAR, count=1))
        self.storage.commit(GoalWork.propose(draft, by=by, at=NOW).changes)

    def work(self, by: str) -> GoalWork:
        self.at += timedelta(hours=1)
        return GoalWork(self.storage.get(Goal, "G-1"), by=by, at=self.at)

    def done(self, work: GoalWork) -> None:
        self.storage.commit(work.changes)

    @rule(by=PEOPLE)
    def commit(self, by: str) -> None:
        work = self.work(by)
        before = work.goal
        try:
            self.done(work.commit())
        except Refused:
            assert by != before.owner or before.status is not GoalStatus.PROPOSED
            assert work.goal == before
        else:
            assert by == before.owner

    @rule(by=PEOPLE, count=st.integers(0, 5))
    def revise(self, by: str, count: int) -> None:
        work = self.work(by)
        try:
            self.done(work.revise(Target(period=YEAR, count=count), reason="the market"))
        except Refused:
            assert work.goal.status is GoalStatus.WITHDRAWN or work.goal.target.count == count

    @rule(by=PEOPLE, owner=PEOPLE)
    def reassign(self, by: str, owner: str) -> None:
        work = self.work(by)
        try:
            self.done(work.reassign(owner, reason="she moves"))
        except Refused:
            assert work.goal.status is GoalStatus.WITHDRAWN

    @rule(by=PEOPLE, really=st.integers(0, 9))
    def withdraw(self, by: str, really: int) -> None:
        if really == 0:
            work = self.work(by)
            try:
                self.done(work.withdraw(reason="over"))
            except Refused:
                assert work.goal.status is GoalStatus.WITHDRAWN

    @invariant()
    def the_goal_is_what_its_events_say(self) -> None:
        if not hasattr(self, "storage"):
            return
        goal = self.storage.get(Goal, "G-1")
        REACHED[goal.status] += 1
        events = [one.event for one in self.storage.history(Goal, "G-1")]
        assert fold(events) == goal
        owner = "noa"
        for event in events:
            if isinstance(event, GoalReassigned):
                owner = event.owner
            if isinstance(event, GoalCommitted):
                assert event.by == owner
        if goal.is_committed:
            assert goal.committed == goal.target


AgreeingOnAGoal.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


class TestAgreeing(AgreeingOnAGoal.TestCase):
    @classmethod
    def tearDownClass(cls) -> None:
        assert min(REACHED[status] for status in GoalStatus) > 5, f"it hardly got anywhere: {REACHED}"


def agreed(id: str, of: str, amount: int, **fields: object) -> Goal:
    draft = Goal(**{"id": id, "level": "person", "of": of, "target": euros(amount), **fields})
    goal = GoalWork.propose(draft, by="dan", at=NOW).goal
    return GoalWork(goal, by=goal.owner or "", at=NOW).commit().goal


def euros(amount: int) -> Target:
    return Target(period=YEAR, amount=Money(amount, "EUR"))


def test_deals_that_were_really_sold_count_from_the_journal_to_the_leaderboard():
    storage = MemoryStorage()
    deals = []
    for id, owner in (("D-1", "noa"), ("D-2", "dan"), ("D-3", "noa")):
        sale = a_sale(id=id, owner=owner, team="north")
        sale.tasks.complete(sale.tasks.add("call", kind="call"))
        walk(sale, to="objection_handling" if id == "D-3" else "follow_up")
        storage.commit(sale.changes)
        deals.append(sale.deal)
    rows = list(replayed(storage.journal()))
    splits = {"D-2": [CreditSplit(to="dan", percent=50), CreditSplit(to="noa", percent=50)]}
    goals = [
        agreed("G-1", "north", 100_000, level="team", owner="dan"),
        agreed("G-2", "noa", 68_400, part_of="G-1"),
        agreed("G-3", "dan", 30_400, part_of="G-1"),
    ]
    (north,) = roll_up(goals, deal_credits(rows, splits=splits))
    assert north.standing.achieved == Money("91200", "EUR")  # what both sides agreed on: 45,600 each, after a discount
    assert (north.of_parts, north.beside) == (Money("98800", "EUR"), Money("0", "EUR"))
    board = leaderboard({one.goal.of: one.standing.attainment for one in north.parts})
    assert [(one.rank, one.label, one.result.value) for one in board] == [
        (1, "noa", Decimal(1)),
        (2, "dan", Decimal("0.75")),
    ]
    calls = [one for one in activity_credits(rows) if one.activity == "call"]
    assert [one.to for one in calls] == ["noa", "dan", "noa"]
    assert len(list(meeting_credits(deals))) == 3


def test_as_of_a_past_moment_the_deals_of_later_do_not_count():
    storage = MemoryStorage()
    storage.commit(walk(a_sale(owner="noa"), to="follow_up").changes)
    for moment, reached in ((NOW - timedelta(seconds=1), "0"), (NOW, "45600")):
        rows = list(replayed(storage.journal(), as_of=moment))
        (noa,) = roll_up([agreed("G-1", "noa", 48_000)], deal_credits(rows))
        assert noa.standing.achieved == Money(reached, "EUR")
