"""The chance to win and the time that it takes, by stage, from what became of earlier deals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from deals_measured import START, after
from hypothesis import given
from hypothesis import strategies as st
from short_sales import PROCESS, Book, at, books

from salesflow import InvalidValue, UnknownName, WrongType
from salesflow.measure import DealRow, StageIntervals, StageMove, VisitRow, WinningChances, grouped, rows_at


def deal(deal_id: str, outcome: str, *stages: str | None, days: float = 1, still: bool | None = None) -> DealRow:
    """A deal that was so many days in each of these stages, and closed from the last, or is in it still."""
    goes_on = outcome == "open" if still is None else still
    moments = [after(days * number) for number in range(len(stages) + 1)]
    visits = [
        VisitRow(deal_id=deal_id, stage=stage, entered_at=moments[number], left_at=moments[number + 1])
        for number, stage in enumerate(stages)
    ]
    if goes_on and visits:
        visits[-1] = VisitRow(deal_id=deal_id, stage=stages[-1], entered_at=moments[-2])
    closed_at = None if outcome == "open" else moments[-1]
    return DealRow(id=deal_id, outcome=outcome, visits=visits, closed_at=closed_at)


def deals(*kinds: tuple[int, str, tuple[str, ...]]) -> list[DealRow]:
    """So many deals of each kind."""
    return [
        deal(f"{kind}-{nth}", outcome, *stages) for kind, (n, outcome, stages) in enumerate(kinds) for nth in range(n)
    ]


def chance(row) -> Fraction:
    return Fraction(row.chance.numerator, row.chance.denominator)


def test_a_walk_forward_multiplies_the_shares_that_go_on():
    found = WinningChances().of(deals((6, "won", ("a", "b")), (2, "lost", ("a", "b")), (8, "lost", ("a",))))
    assert (chance(found["a"]), chance(found["b"])) == (Fraction(3, 8), Fraction(3, 4))
    assert found["a"].chance.value == Decimal("0.375")
    assert (found["a"].visits, found["a"].left, found["a"].open) == (16, 16, 0)
    assert found.moves == (
        StageMove(source="a", target="b", outcome="open", count=8),
        StageMove(source="a", target=None, outcome="lost", count=8),
        StageMove(source="b", target=None, outcome="won", count=6),
        StageMove(source="b", target=None, outcome="lost", count=2),
    )


def test_going_back_counts_and_a_stage_is_tried_again():
    rows = deals((1, "won", ("a", "b")), (1, "won", ("a", "b", "a", "b")), (1, "lost", ("a",)))
    found = WinningChances().of(rows)
    # b: of three moves one back, two won; a: of four moves three on, one lost
    b = Fraction(2, 3) / (1 - Fraction(1, 3) * Fraction(3, 4))
    assert (chance(found["b"]), chance(found["a"])) == (b, Fraction(3, 4) * b)


@pytest.mark.parametrize("up", [1, 2, 3])
def test_a_history_that_is_a_gamblers_ruin_has_its_closed_form(up):
    """Three stages; from each, ``up`` of ``up + 1`` moves go on and one goes back; below the first is lost."""
    stages = ("s1", "s2", "s3")
    rows, number = [], 0
    for place, stage in enumerate(stages):
        for move in [1] * up + [-1]:
            number += 1
            target = place + move
            outcome = "won" if target == 3 else "lost" if target < 0 else "open"
            last = () if outcome != "open" else (stages[target],)
            rows.append(deal(f"D-{number}", outcome, stage, *last))
    found = WinningChances().of(rows)
    ratio = Fraction(1, up)
    for place, stage in enumerate(stages, start=1):
        expected = Fraction(place, 4) if up == 1 else (1 - ratio**place) / (1 - ratio**4)
        assert chance(found[stage]) == expected


def test_expected_days_add_up_the_stays_on_the_way():
    found = WinningChances().of(deals((1, "won", ("a", "b")), (1, "lost", ("a",))))
    assert (found["b"].days_to_close.value, found["a"].days_to_close.value) == (1, Decimal("1.5"))
    assert found["a"].days_to_win.value == 2
    assert found["a"].days_to_win.definition.unit == "days"


def test_a_stay_that_goes_on_is_no_move_and_its_time_counts_until_the_moment():
    rows = [*deals((1, "won", ("a",))), deal("D-9", "open", "a")]
    without, until = WinningChances().of(rows)["a"], WinningChances(until=after(4)).of(rows)["a"]
    assert (without.visits, without.left, without.open, without.chance.value) == (2, 1, 1, 1)
    assert (without.days_to_close.value, until.days_to_close.value) == (1, 5)
    assert "stays that go on are no moves, their time is left out" in str(without.chance.definition)
    assert f"counts until {after(4).isoformat()}" in str(until.chance.definition)


def test_a_stay_that_begins_after_the_moment_is_left_out():
    found = WinningChances(until=after(-1)).of([deal("D-1", "open", "a")])
    assert (found.stages, found.left_out[0].reason) == ((), "the stay begins later")


def test_a_stage_that_no_deal_has_left_says_so_and_so_do_those_that_lead_to_it():
    rows = [*deals((2, "won", ("a",)), (1, "lost", ("a",))), deal("D-9", "open", "a", "b")]
    found = WinningChances().of(rows)
    assert (found["b"].chance.value, found["b"].chance.undefined) == (None, "no deal has left it yet")
    assert found["a"].chance.undefined == "deals come to b, from where no way that was seen leads to an end"
    assert (found["a"].least, found["a"].most) == (Decimal("0.5"), Decimal("0.75"))
    assert found["a"].days_to_close.undefined == found["a"].chance.undefined


def test_deals_that_only_go_round_have_no_chance_that_is_known():
    found = WinningChances().of([deal("D-1", "open", "a", "b", "a", "b")])
    assert found["a"].chance.undefined == "deals come to a, from where no way that was seen leads to an end"
    assert (found["b"].least, found["b"].most) == (0, 1)


def test_all_lost_is_a_chance_of_zero_and_no_time_to_win():
    found = WinningChances().of(deals((3, "lost", ("a",))))["a"]
    assert (found.chance.value, found.days_to_close.value) == (0, 1)
    assert found.days_to_win.undefined == "no deal that was seen is won from here"


def test_one_deal_is_enough_for_a_chance():
    assert WinningChances().of([deal("D-1", "won", "a")])["a"].chance.value == 1


def test_nothing_to_learn_from_says_so():
    found = WinningChances().of([DealRow(id="D-1")])
    assert (found.undefined, found.left_out[0].reason) == (
        "there are no visits to learn from",
        "it has no visits to open stages",
    )
    with pytest.raises(UnknownName, match="the history"):
        found["a"]


def test_a_deal_that_was_reopened_goes_on_and_did_not_end():
    book = Book()
    book.open("D-1")
    book.lose("D-1", day=2)
    book.reopen("D-1", day=5)
    book.win("D-1", day=6)
    (rows,) = rows_at(book.storage, at(9))
    found = WinningChances().of(rows)
    assert [(move.source, move.target, move.count) for move in found.moves] == [
        ("agreeing", None, 1),
        ("talking", "agreeing", 1),
        ("talking", "talking", 1),
    ]
    assert found["talking"].days_to_close.value == 3


def test_what_a_host_does_not_know_is_left_out_and_counted():
    gone = VisitRow(deal_id="D-1", stage="a", entered_at=START, left_at=after(1))
    found = WinningChances(with_ids=True).of([DealRow(id="D-1", visits=[gone])])
    assert (found.left_out[0].reason, found.left_out[0].ids) == ("where it went is not known", ("D-1",))
    known = VisitRow(deal_id="D-2", stage="a", entered_at=START, left_at=after(1), next_stage="b")
    assert WinningChances().of([DealRow(id="D-2", visits=[known])]).moves[0].target == "b"


def test_a_move_without_a_known_length_has_a_chance_and_no_days():
    visit = VisitRow(deal_id="D-1", stage="a", entered_at=START)
    found = WinningChances().of([DealRow(id="D-1", outcome="won", visits=[visit])])["a"]
    assert found.chance.value == 1
    assert found.days_to_close.undefined == "of a stage on the way no stay has a known length"


def test_a_last_stay_that_nobody_ended_was_until_the_close():
    found = WinningChances().of([deal("D-1", "won", "a", days=4, still=True)])["a"]
    assert (found.chance.value, found.days_to_win.value) == (1, 4)


def test_stages_of_no_name_are_stages():
    assert WinningChances().of([deal("D-1", "won", None)])[None].chance.value == 1


def test_in_the_order_of_a_process_with_the_stages_that_no_deal_came_to():
    found = WinningChances(stages=PROCESS).of([deal("D-1", "won", "agreeing"), deal("D-2", "won", "an old one")])
    assert [one.stage for one in found] == ["talking", "agreeing", "an old one"]
    assert found["talking"].chance.undefined == "no deal has come to it yet"
    assert WinningChances(stages=["b", "a"]).of([]).undefined == "there are no visits to learn from"
    with pytest.raises(InvalidValue, match="each stage is given once"):
        WinningChances(stages=["a", "a"])


def test_the_interval_of_one_won_and_one_lost_is_that_of_a_uniform_distribution():
    intervals = StageIntervals(seed=7, runs=4_000, level="0.9")
    found = WinningChances(intervals=intervals).of(deals((1, "won", ("a",)), (1, "lost", ("a",))))["a"].chance_interval
    assert (float(found.least), float(found.most)) == (pytest.approx(0.05, abs=0.015), pytest.approx(0.95, abs=0.015))
    assert (found.level, found.runs, found.seed) == (Decimal("0.9"), 4_000, 7)


def test_the_interval_of_a_beta_distribution_is_its_quantiles():
    """Of two won and one lost the share is Beta(2, 1), whose distribution function is the square."""
    intervals = StageIntervals(seed=11, runs=4_000, level="0.8")
    found = WinningChances(intervals=intervals).of(deals((2, "won", ("a",)), (1, "lost", ("a",))))["a"].chance_interval
    assert float(found.least) == pytest.approx(0.1**0.5, abs=0.02)
    assert float(found.most) == pytest.approx(0.9**0.5, abs=0.02)


def test_more_deals_make_the_interval_narrow_around_the_chance():
    few, many = (
        WinningChances(intervals=StageIntervals(seed=7, runs=300)).of(
            deals((3 * times, "won", ("a", "b")), (2 * times, "lost", ("a",)), (times, "lost", ("a", "b")))
        )["a"]
        for times in (1, 100)
    )
    for one in (few, many):
        assert one.chance_interval.least < one.chance.value < one.chance_interval.most
        assert one.days_to_close_interval.least < one.days_to_close.value < one.days_to_close_interval.most
        assert one.days_to_win_interval.least < one.days_to_win.value < one.days_to_win_interval.most
    width = [one.chance_interval.most - one.chance_interval.least for one in (few, many)]
    assert width[1] * 5 < width[0]


def test_the_same_seed_gives_the_same_intervals_and_undefined_figures_have_none():
    rows = [*deals((2, "won", ("a",)), (1, "lost", ("a",))), deal("D-9", "open", "c")]
    metric = WinningChances(intervals=StageIntervals(seed=3, runs=50))
    assert metric.of(rows) == metric.of(list(reversed(rows)))
    other = WinningChances(intervals=StageIntervals(seed=4, runs=50)).of(rows)
    assert other["a"].chance_interval != metric.of(rows)["a"].chance_interval
    assert metric.of(rows)["c"].chance_interval is None
    assert WinningChances().of(rows)["a"].chance_interval is None


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"seed": 0.5}, WrongType, "a seed is a whole number"),
        ({"seed": 7, "runs": 0}, InvalidValue, "must be a whole number from 1 up"),
        ({"seed": 7, "level": "1"}, InvalidValue, "a level lies between 0 and 1"),
    ],
)
def test_intervals_take_a_seed_some_runs_and_a_level(asked, error, says):
    with pytest.raises(error, match=says):
        StageIntervals(**asked)


def test_by_owner_each_has_a_chain_of_their_own():
    rows = [deal("D-1", "won", "a"), deal("D-2", "lost", "a")]
    by = grouped(WinningChances(), lambda row: row.id).of(rows)
    assert (by["D-1"]["a"].chance.value, by["D-2"]["a"].chance.value) == (1, 0)
    assert by.whole["a"].chance.percent() == 50


@given(books(), st.data())
def test_parts_that_are_merged_give_the_whole_whatever_happened(book, data):
    metric = WinningChances(until=at(30), intervals=StageIntervals(seed=7, runs=5), with_ids=True)
    (rows,) = rows_at(book.storage, at(30))
    parts = [metric.tally() for _ in range(3)]
    for row in rows:
        data.draw(st.sampled_from(parts)).add(row)
    merged = metric.tally()
    for part in reversed(parts):
        merged.merge(part)
    assert merged.result() == metric.of(rows)
    for one in metric.of(rows):
        assert 0 <= one.least <= one.most <= 1
        if one.days_to_close.is_defined:
            assert one.days_to_close.value >= 0


def test_dozens_of_stages_are_solved_exactly():
    stages = [f"s{number:02}" for number in range(48)]
    rows = deals((2, "won", tuple(stages)), *((1, "lost", tuple(stages[: end + 1])) for end in range(47)))
    found = WinningChances().of(rows)
    assert chance(found["s00"]) == Fraction(2, 49)
    assert chance(found["s47"]) == 1
    assert found["s00"].days_to_win.value == 48


def test_the_moment_has_a_time_zone():
    with pytest.raises(InvalidValue, match="must have a time zone"):
        WinningChances(until=(START + timedelta(days=1)).replace(tzinfo=None))
