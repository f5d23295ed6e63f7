"""Deals made up from a seed, as the columns of flat tables and as rows: what the benchmark of the metrics measures.

Both are the same deals, so that what two programs say of them can be compared. Columns are numpy arrays, made at once;
rows are made of a slice of them, chunk by chunk, so that a million deals never exist as objects at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import attrs
import numpy as np

from salesflow import Money, Outcome
from salesflow.measure import DealRow, ObjectionRow, TaskRow, VisitRow

STAGES = ("prospecting", "preparation", "approach", "presentation", "objection_handling", "closing")
CLOSED = ("won", "lost")
ALL_STAGES = STAGES + CLOSED
OUTCOMES = ("open", "won", "lost")
OWNERS = tuple(f"seller {number:02}" for number in range(50))
TEAMS = ("north", "south", "east", "west")
SOURCES = ("fair", "referral", "web", "call", "partner", "advert")
REASONS = ("price", "timing", "need", "trust", "competitor")
COMPETITORS = ("acme", "globex", "initech")
KINDS = ("price", "need", "timing", "trust")
OBJECTION_STATUS = ("raised", "answered", "resolved", "standing", "withdrawn")
TASK_STATUS = ("open", "done", "canceled")
MOST_VISITS = 9

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
START = np.datetime64("2024-01-01", "us")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000
DAY = 24 * HOUR
NEVER = -1
ROTS_AFTER = {stage: timedelta(days=20 + 5 * place) for place, stage in enumerate(STAGES)}


@attrs.frozen
class Columns:
    """The flat tables, column by column; moments are microseconds from 2024 on, and -1 is none."""

    deals: dict[str, np.ndarray]
    visits: dict[str, np.ndarray]
    objections: dict[str, np.ndarray]
    tasks: dict[str, np.ndarray]

    @property
    def count(self) -> int:
        return len(self.deals["id"])


def columns(count: int, *, seed: int) -> Columns:
    """So many deals, with about six visits each."""
    random = np.random.default_rng(seed)
    opened = random.integers(0, 700 * DAY, count)
    outcome = random.choice(3, count, p=[0.2, 0.45, 0.35])
    stays = random.integers(3, 8, count)
    visits, left = _visits(random, opened, outcome, stays)
    closed = np.where(outcome == 0, NEVER, left)
    lost = outcome == 2
    deals = {
        "id": np.arange(count),
        "owner": random.integers(0, len(OWNERS), count),
        "team": random.integers(0, len(TEAMS), count),
        "source": random.integers(0, len(SOURCES), count),
        "amount": random.integers(10_000, 5_000_000, count),
        "outcome": outcome,
        "opened": opened,
        "closed": closed,
        "entered": visits["entered"][np.append(visits["deal"][1:] != visits["deal"][:-1], True)],
        "stage": visits["stage"][np.append(visits["deal"][1:] != visits["deal"][:-1], True)],
        "loss_reason": np.where(lost, random.integers(0, len(REASONS), count), NEVER),
        "win_reason": np.where(outcome == 1, random.integers(0, len(REASONS), count), NEVER),
        "competitor": np.where(lost, random.integers(0, len(COMPETITORS), count), NEVER),
        "has_next_step": random.integers(0, 2, count),
        "pushes": random.integers(0, 3, count),
    }
    return Columns(deals, visits, _objections(random, opened), _tasks(random, opened))


def _visits(random, opened, outcome, stays):
    count = len(opened)
    stage = np.zeros((count, MOST_VISITS), dtype=np.int64)
    lengths = random.integers(HOUR, 30 * DAY, (count, MOST_VISITS))
    for place in range(1, MOST_VISITS):
        step = np.where(random.random(count) < 0.85, 1, -1)
        stage[:, place] = np.clip(stage[:, place - 1] + step, 0, len(STAGES) - 1)
        same = stage[:, place] == stage[:, place - 1]
        stage[same, place] -= 1
        stage[:, place] = np.abs(stage[:, place])
    last = stays + (outcome > 0)
    ends = outcome > 0
    stage[np.flatnonzero(ends), stays[ends]] = np.where(outcome[ends] == 1, len(STAGES), len(STAGES) + 1)
    entered = opened[:, None] + np.concatenate(
        [np.zeros((count, 1), dtype=np.int64), np.cumsum(lengths, axis=1)], axis=1
    )
    number = np.arange(MOST_VISITS)[None, :]
    kept = number < last[:, None]
    goes_on = number == (last - 1)[:, None]
    left = np.where(goes_on, NEVER, entered[:, 1:])
    following = np.where(goes_on, NEVER, np.concatenate([stage[:, 1:], stage[:, -1:]], axis=1))
    table = {
        "deal": np.broadcast_to(np.arange(count)[:, None], stage.shape)[kept],
        "stage": stage[kept],
        "entered": entered[:, :-1][kept],
        "left": left[kept],
        "next": following[kept],
    }
    return table, entered[np.arange(count), stays]


def _objections(random, opened):
    deal = np.repeat(np.arange(len(opened)), random.integers(0, 3, len(opened)))
    raised = opened[deal] + random.integers(0, 60 * DAY, len(deal))
    status = random.integers(0, len(OBJECTION_STATUS), len(deal))
    settled = np.where(status >= 2, raised + random.integers(HOUR, 20 * DAY, len(deal)), NEVER)
    return {
        "deal": deal,
        "kind": random.integers(0, len(KINDS), len(deal)),
        "status": status,
        "raised": raised,
        "settled": settled,
    }


def _tasks(random, opened):
    deal = np.repeat(np.arange(len(opened)), random.integers(0, 3, len(opened)))
    created = opened[deal] + random.integers(0, 60 * DAY, len(deal))
    status = random.integers(0, len(TASK_STATUS), len(deal))
    return {
        "deal": deal,
        "status": status,
        "created": created,
        "due": created + random.integers(HOUR, 20 * DAY, len(deal)),
        "done": np.where(status == 0, NEVER, created + random.integers(HOUR, 25 * DAY, len(deal))),
    }


def chunks_of_rows(table: Columns, size: int) -> Iterator[list[DealRow]]:
    """The deals as rows, in lists of this size."""
    for start in range(0, table.count, size):
        yield rows(table, start, min(start + size, table.count))


def rows(table: Columns, start: int, end: int) -> list[DealRow]:
    """The deals from one number until before another, as rows."""
    visits = _by_deal(table.visits, start, end, _visit)
    objections = _by_deal(table.objections, start, end, _objection)
    tasks = _by_deal(table.tasks, start, end, _task)
    own = {name: values[start:end].tolist() for name, values in table.deals.items()}
    return [
        _deal(dict(zip(own, values, strict=True)), visits, objections, tasks)
        for values in zip(*own.values(), strict=True)
    ]


def _by_deal(table, start, end, make):
    low, high = np.searchsorted(table["deal"], [start, end])
    found: dict[int, list[object]] = {}
    for number, values in enumerate(zip(*(column[low:high].tolist() for column in table.values()), strict=True)):
        found.setdefault(values[0], []).append(make(number, *values))
    return found


def _at(microseconds):
    return None if microseconds == NEVER else EPOCH + timedelta(microseconds=microseconds)


def _of(names, number):
    return None if number == NEVER else names[number]


def _meaning(stage):
    return None if stage is None else OUTCOMES[max(0, stage - len(STAGES) + 1)]


def _visit(_number, deal, stage, entered, left, following):
    return VisitRow(
        deal_id=str(deal),
        stage=ALL_STAGES[stage],
        entered_at=_at(entered),
        left_at=_at(left),
        outcome=_meaning(stage),
        next_stage=_of(ALL_STAGES, following),
        next_outcome=None if following == NEVER else _meaning(following),
    )


def _objection(number, deal, kind, status, raised, settled):
    return ObjectionRow(
        deal_id=str(deal),
        id=number,
        kind=KINDS[kind],
        status=OBJECTION_STATUS[status],
        raised_at=_at(raised),
        settled_at=_at(settled),
    )


def _task(number, deal, status, created, due, done):
    return TaskRow(
        deal_id=str(deal),
        id=number,
        status=TASK_STATUS[status],
        created_at=_at(created),
        due_at=_at(due),
        done_at=_at(done),
    )


def _deal(own, visits, objections, tasks):
    number = own["id"]
    return DealRow(
        id=str(number),
        owner=OWNERS[own["owner"]],
        team=TEAMS[own["team"]],
        source=SOURCES[own["source"]],
        amount=Money(Decimal(own["amount"]).scaleb(-2), "EUR"),
        stage=ALL_STAGES[own["stage"]],
        outcome=Outcome(OUTCOMES[own["outcome"]]),
        opened_at=_at(own["opened"]),
        entered_at=_at(own["entered"]),
        closed_at=_at(own["closed"]),
        loss_reason=_of(REASONS, own["loss_reason"]),
        win_reason=_of(REASONS, own["win_reason"]),
        competitor=_of(COMPETITORS, own["competitor"]),
        has_next_step=bool(own["has_next_step"]),
        pushes=own["pushes"],
        visits=visits.get(number, ()),
        objections=objections.get(number, ()),
        tasks=tasks.get(number, ()),
    )
