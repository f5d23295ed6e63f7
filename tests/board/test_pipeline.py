"""The pipeline board: what the columns count, which cards come first, and what is said of what is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictured import AT, PROCESS, a_deal, a_row, board_of
from walks import NOW, STAGES, a_sale, sale_in

from salesflow import (
    Deal,
    InvalidValue,
    Money,
    Outcome,
    SalesProcess,
    Stage,
    UnknownName,
    WrongType,
    exit_requirement,
)
from salesflow.board import CardOrder, TaskCounts, TaskState, pipeline_board
from salesflow.deal.meetings import Meeting
from salesflow.deal.tasks import Task, TaskStatus
from salesflow.measure import DealRow, TaskRow, WeightedPipeline
from salesflow.standard import StandardProcess
from salesflow.values.working_time import WorkingTime

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_task(due_at: datetime | None = None, *, id: int = 1, status: str = "open", title: str = "Call") -> Task:
    done_at = None if status == "open" else NOW
    return Task(id=id, title=title, due_at=due_at, status=TaskStatus(status), created_at=NOW, done_at=done_at)


def euros(amount: int | str) -> Money:
    return Money(amount, "EUR")


# Columns ---------------------------------------------------------------------------------------------------------------


def test_every_stage_that_is_not_lost_is_a_column_even_without_deals():
    assert [column.stage for column in board_of()] == list(STAGES)
    assert [column.title for column in board_of()][4:6] == ["Objection handling", "Closing"]
    assert {column.count for column in board_of()} == {0}


def test_lost_deals_are_a_column_where_they_are_asked_for():
    lost = a_row(outcome="lost", stage="lost")
    assert board_of(lost, outcomes=Outcome)["lost"].count == 1
    left_out = board_of(lost).left_out
    assert [(one.reason, one.count, one.ids) for one in left_out] == [("it is lost", 1, ("D-1",))]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"process": "rental"}, "it runs under another process"),
        ({"stage": "negotiation"}, "its stage is none of the board"),
        ({"stage": None}, "its stage is not known"),
    ],
)
def test_what_is_on_no_column_is_counted_with_its_reason(fields, reason):
    board = board_of(a_row(**fields))
    assert [(one.reason, one.count) for one in board.left_out] == [(reason, 1)]
    assert board.count == 0


def test_amounts_add_up_for_each_currency_and_unknown_ones_are_counted():
    rows = [
        a_row(id="D-1", amount=euros(100), probability=Decimal("0.5")),
        a_row(id="D-2", amount=euros("0.01"), probability=Decimal("0.5")),
        a_row(id="D-3", amount=Money(7, "USD")),
        a_row(id="D-4", amount=euros(0), probability=Decimal(0)),
        a_row(id="D-5"),
    ]
    column = board_of(*rows)["prospecting"]
    assert column.amounts == (euros("100.01"), Money(7, "USD"))
    assert column.amount_unknown == 1
    assert column.weighted == (euros("50.01"),)
    assert column.weighted_unknown == 2


def test_the_weighted_amount_is_that_of_the_metric():
    rows = [a_row(id=f"D-{one}", amount=euros("33.35"), probability=Decimal("0.1")) for one in range(3)]
    assert board_of(*rows)["prospecting"].weighted == (WeightedPipeline().of(rows).value,)


def test_a_deal_weighs_what_its_process_gives_it_and_a_won_one_all():
    board = board_of(
        a_deal("closing", id="D-1", amount=euros(100)),
        a_deal("follow_up", id="D-2", amount=euros(100)),
        a_deal("closing", id="D-3", amount=euros(100), probability=Decimal(0)),
    )
    assert board["closing"].weighted == (euros(PROCESS.stage("closing").probability * 100),)
    assert board["follow_up"].weighted == (euros(100),)


def test_no_deals_have_no_amount_and_not_zero():
    column = board_of()["closing"]
    assert (column.amounts, column.weighted, column.amount_unknown) == ((), (), 0)


# Tasks -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tasks", "state"),
    [
        ((), TaskState.NONE),
        ((a_task(AT - HOUR), a_task(AT + DAY, id=2)), TaskState.OVERDUE),
        ((a_task(AT),), TaskState.DUE),
        ((a_task(AT + DAY), a_task(status="done", id=2)), TaskState.DUE),
        ((a_task(None),), TaskState.DUE),
        ((a_task(AT - HOUR, status="done"),), TaskState.DONE),
        ((a_task(AT - HOUR, status="canceled"),), TaskState.NONE),
    ],
)
def test_a_deal_stands_with_its_tasks_as_the_most_pressing_one(tasks, state):
    column = board_of(a_deal(tasks=tasks))["prospecting"]
    assert column.cards[0].tasks.state is state
    assert {one: count for one, count in column.states.items() if count} == {state: 1}


def test_today_is_where_the_board_is():
    at = datetime(2026, 11, 12, 21, 30, tzinfo=UTC)
    deal = a_deal(tasks=(a_task(datetime(2026, 11, 12, 22, 30, tzinfo=UTC)),))
    counts = {
        zone: board_of(deal, at=at, zone=zone)["prospecting"].cards[0].tasks for zone in ("UTC", "Asia/Jerusalem")
    }
    assert counts == {"UTC": TaskCounts(0, 1, 0, 0), "Asia/Jerusalem": TaskCounts(0, 0, 1, 0)}


def test_rows_bring_their_tasks_too():
    row = a_row(tasks=[TaskRow(deal_id="D-1", id=1, created_at=NOW, due_at=AT - HOUR)])
    column = board_of(row)["prospecting"]
    assert (column.overdue, column.due, column.done, column.no_tasks) == (1, 0, 0, 0)


# What is missing -------------------------------------------------------------------------------------------------------


def test_a_card_says_what_is_missing_as_the_sale_would():
    sale = a_sale()
    card = board_of(sale.deal)["prospecting"].cards[0]
    assert card.missing == sale.blockers()
    assert len(card.missing) == 2
    assert (card.leads_to, card.is_ready) == ("Preparation", False)


@pytest.mark.parametrize("stage", STAGES)
def test_in_every_stage_what_is_missing_is_what_blocks(stage):
    deal = sale_in(stage).deal
    card = board_of(deal)[stage].cards[0]
    blockers = PROCESS.work_on(deal, by="noa", at=AT).blockers()
    assert card.missing == (blockers if card.leads_to else None)


def test_a_deal_that_lacks_nothing_is_ready():
    column = board_of(a_deal("objection_handling", id="D-1"), a_row(id="D-2", stage="objection_handling"))[
        "objection_handling"
    ]
    assert (column.ready, column.ready_unknown) == (1, 1)


def test_of_a_row_it_is_not_known_what_is_missing_and_that_is_not_nothing():
    column = board_of(a_row())["prospecting"]
    assert column.cards[0].missing is None
    assert column.cards[0].is_ready is None
    assert (column.ready, column.ready_unknown) == (0, 1)


def test_from_a_won_stage_no_move_leads_on():
    column = board_of(a_deal("follow_up"))["follow_up"]
    assert column.ready is None
    assert column.cards[0].leads_to is None


def test_a_deal_on_hold_lacks_that_and_does_not_rot():
    sale = a_sale(expected_close=date(2026, 12, 1))
    sale.hold(reason="New owner there", until=date(2026, 12, 20))
    column = board_of(sale.deal, at=AT + 100 * DAY)["prospecting"]
    card = column.cards[0]
    assert (card.is_held, card.held_until, card.is_rotting) == (True, date(2026, 12, 20), False)
    assert "not_on_hold" in [unmet.requirement for unmet in card.missing]
    assert (column.held, column.rotting) == (1, 0)


class Patient(Stage[Deal]):
    rots_after = timedelta(days=2)

    @exit_requirement("somebody asked")
    def somebody_asked(self, deal: Deal) -> bool:
        return deal.source is not None


class Sold(Stage[Deal]):
    outcome = Outcome.WON


class Gone(Stage[Deal]):
    outcome = Outcome.LOST


class OwnProcess(SalesProcess[Deal]):
    key = "own"
    title = "Our own"
    waiting = Patient()
    sold = Sold()
    gone = Gone()


def test_a_process_of_your_own_has_a_board():
    sale = OwnProcess().open(id="D-1", name="Desk", by="noa", at=NOW)
    board = pipeline_board([sale.deal], OwnProcess(), at=AT, zone="UTC")
    card = board["waiting"].cards[0]
    assert board.name == "Our own"
    assert [unmet.text for unmet in card.missing] == ["somebody asked"]
    assert (card.leads_to, card.rotting_for) == ("Sold", timedelta(days=8))


# Time ------------------------------------------------------------------------------------------------------------------


def test_a_deal_rots_once_it_has_stayed_longer_than_its_stage_allows():
    limit = PROCESS.stage("closing").rots_after
    rows = [
        a_row(id="exact", stage="closing", entered_at=NOW),
        a_row(id="over", stage="closing", entered_at=NOW, opened_at=None),
    ]
    assert board_of(rows[0], at=NOW + limit)["closing"].rotting == 0
    assert board_of(rows[1], at=NOW + limit + HOUR)["closing"].cards[0].rotting_for == HOUR


def test_rotting_may_go_by_working_days():
    row, at = a_row(stage="closing", entered_at=NOW), NOW + 16 * DAY
    assert board_of(row, at=at)["closing"].rotting == 1
    assert board_of(row, at=at, working=WorkingTime(zone=UTC))["closing"].rotting == 0


def test_an_age_that_is_not_known_is_none_and_one_in_the_future_too():
    board = board_of(a_row(id="D-1", entered_at=None), a_row(id="D-2", entered_at=AT + HOUR), a_row(id="D-3"))
    assert {card.deal_id: card.age for card in board["prospecting"].cards} == {
        "D-1": None,
        "D-2": None,
        "D-3": 10 * DAY,
    }


# Next steps ------------------------------------------------------------------------------------------------------------


def test_the_next_step_is_the_open_task_or_planned_meeting_that_comes_first():
    tasks = (a_task(None, title="Some day"), a_task(AT + 3 * DAY, id=2, title="Later"), a_task(AT, id=3, status="done"))
    meetings = (Meeting(id=1, purpose="negotiation", planned_for=AT + DAY),)
    step = board_of(a_deal(tasks=tasks, meetings=meetings))["prospecting"].cards[0].next_step
    assert (step.what, step.at) == ("negotiation", AT + DAY)


def test_a_deal_for_which_nothing_is_planned_is_counted_and_an_unknown_one_is_not():
    column = board_of(
        a_deal(id="D-1"), a_row(id="D-2", has_next_step=False), a_row(id="D-3"), a_row(id="D-4", has_next_step=True)
    )["prospecting"]
    assert column.no_next_step == 2
    steps = {card.deal_id: card.next_step for card in column.cards}
    assert steps["D-3"] is None
    assert steps["D-4"].what is None


# Which cards come first ------------------------------------------------------------------------------------------------

PRESSING = (
    a_row(id="held", entered_at=NOW, held_since=NOW, tasks=[TaskRow(deal_id="held", id=1, created_at=NOW, due_at=NOW)]),
    a_row(id="quiet", has_next_step=True),
    a_row(id="unplanned", has_next_step=False),
    a_row(id="today", tasks=[TaskRow(deal_id="today", id=1, created_at=NOW, due_at=AT + HOUR)]),
    a_row(id="rots", opened_at=None, entered_at=NOW - 60 * DAY),
    a_row(id="overdue", tasks=[TaskRow(deal_id="overdue", id=1, created_at=NOW, due_at=AT - HOUR)]),
)


@pytest.mark.parametrize("rows", [PRESSING, PRESSING[::-1]])
def test_the_most_urgent_cards_come_first(rows):
    ids = [card.deal_id for card in board_of(*rows)["prospecting"].cards]
    assert ids == ["overdue", "rots", "today", "unplanned", "quiet", "held"]


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        ("largest amount first", ["D-2", "D-1", "D-4", "D-3"]),
        ("longest in the stage first", ["D-4", "D-1", "D-2", "D-3"]),
        ("nearest expected close first", ["D-1", "D-2", "D-3", "D-4"]),
    ],
)
def test_other_orders_can_be_asked_for_and_what_is_not_known_comes_last(order, ids):
    rows = [
        a_row(id="D-1", amount=euros(5), expected_close=date(2026, 11, 20)),
        a_row(id="D-2", amount=euros(9), expected_close=date(2026, 12, 1)),
        a_row(id="D-3", entered_at=None),
        a_row(id="D-4", amount=Money(1, "USD"), entered_at=NOW - DAY, opened_at=None),
    ]
    board = board_of(*rows, order=order)
    assert [card.deal_id for card in board["prospecting"].cards] == ids
    assert board.order is CardOrder(order)


def test_a_column_shows_the_first_cards_and_says_how_many_more_there_are():
    rows = [a_row(id=f"D-{number:03}") for number in range(40)]
    shown = board_of(*rows)["prospecting"]
    assert (len(shown.cards), shown.more, shown.count) == (12, 28, 40)
    assert [card.deal_id for card in shown.cards] == [row.id for row in rows[:12]]
    assert board_of(*rows, cards=None)["prospecting"].more == 0
    assert board_of(*rows, cards=0)["prospecting"].more == 40


# Laws ------------------------------------------------------------------------------------------------------------------

some_rows = st.lists(
    st.builds(
        lambda stage, amount, chance, outcome: {
            "stage": stage,
            "amount": amount,
            "probability": chance,
            "outcome": outcome,
        },
        st.sampled_from([*STAGES, "lost", "nowhere"]),
        st.one_of(st.none(), st.builds(Money, st.integers(0, 10**6), st.sampled_from(["EUR", "USD", "JPY"]))),
        st.sampled_from([None, Decimal(0), Decimal("0.3"), Decimal(1)]),
        st.sampled_from(list(Outcome)),
    ),
    max_size=25,
)


@given(some_rows)
@settings(deadline=None)
def test_every_deal_is_in_one_column_or_left_out(given):
    rows = [a_row(id=f"D-{number}", **fields) for number, fields in enumerate(given)]
    board = board_of(*rows, cards=None)
    shown = [card.deal_id for column in board for card in column.cards]
    left_out = [one for reason in board.left_out for one in reason.ids]
    assert sorted([*shown, *left_out]) == sorted(row.id for row in rows)
    for column in board:
        assert sum(column.states.values()) == column.count == len(column.cards)
        assert column.amount_unknown == sum(card.amount is None for card in column.cards)


@given(some_rows, st.randoms(use_true_random=False), st.sampled_from(CardOrder))
@settings(deadline=None)
def test_the_board_does_not_depend_on_the_order_of_the_deals(given, random, order):
    rows = [a_row(id=f"D-{number}", **fields) for number, fields in enumerate(given)]
    shuffled = random.sample(rows, len(rows))
    assert board_of(*rows, order=order) == board_of(*shuffled, order=order)


@given(some_rows, st.integers(0, 8))
@settings(deadline=None)
def test_fewer_cards_are_the_first_of_all_cards(given, cards):
    rows = [a_row(id=f"D-{number}", **fields) for number, fields in enumerate(given)]
    for few, all_of_them in zip(board_of(*rows, cards=cards), board_of(*rows, cards=None), strict=True):
        assert few.cards == all_of_them.cards[:cards]
        assert attrs.evolve(few, cards=()) == attrs.evolve(all_of_them, cards=())


# Bad input -------------------------------------------------------------------------------------------------------------


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(InvalidValue, match="at"):
        board_of(at=datetime(2026, 11, 2))


def test_an_unknown_zone_order_or_number_of_cards_is_refused():
    with pytest.raises(UnknownName):
        board_of(zone="Asia/Jerusalm")
    with pytest.raises(UnknownName, match="most urgent first"):
        board_of(order="most urgent frist")
    with pytest.raises(UnknownName, match="outcome"):
        board_of(outcomes=["opne"])
    with pytest.raises(InvalidValue, match="outcomes"):
        board_of(outcomes=[])
    for cards in (-1, True, 2.5):
        with pytest.raises(InvalidValue, match="cards"):
            board_of(cards=cards)


def test_an_unknown_column_is_refused_with_those_that_there_are():
    with pytest.raises(UnknownName, match="closing"):
        board_of()["closin"]


@attrs.frozen(kw_only=True)
class SeatDeal(Deal):
    seats: int = 0


class SeatProcess(StandardProcess[SeatDeal]):
    key = "standard"


def test_a_deal_of_another_class_is_refused_and_not_asked():
    with pytest.raises(WrongType, match="SeatDeal"):
        pipeline_board([a_deal()], SeatProcess(), at=AT, zone="UTC")


def test_deals_are_read_once_from_whatever_gives_them():
    board = pipeline_board((row for row in [a_row()]), PROCESS, at=AT, zone="UTC")
    assert board.count == 1


def test_the_same_deals_give_the_same_board():
    deals = [a_deal(stage, id=stage) for stage in STAGES]
    assert board_of(*deals) == board_of(*deals)
    assert isinstance(hash(board_of(*deals)), int)


def test_columns_stand_in_the_order_of_the_process():
    order = [stage.key for stage in PROCESS.stages]
    places = [order.index(column.stage) for column in board_of(outcomes=Outcome)]
    assert all(first < second for first, second in pairwise(places))


def test_a_row_of_this_process_by_name_is_taken():
    assert board_of(DealRow(id="D-1", process="standard", stage="closing")).count == 1
