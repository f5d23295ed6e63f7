"""Pipelines made up from a seed, with everything that a real one has and a few things that it should not have."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import attrs
from deals_measured import START, after

from salesflow import Money
from salesflow.measure import DealRow, ObjectionRow, TaskRow, VisitRow

STAGES = ("approach", "presentation", "closing")
OWNERS = ("noa", "dan", "", None)
SOURCES = ("fair", "web", None)


@attrs.frozen(kw_only=True)
class RegionRow(DealRow):
    """A row with a column of the host's own."""

    region: str | None = None


def pipeline(count: int, *, seed: int) -> list[DealRow]:
    """So many deals: with returns to a stage, open stays, unknown amounts, two currencies and all outcomes."""
    random = Random(seed)
    return [_deal(f"D-{number:03}", random) for number in range(count)]


def _moment(random: Random, *, since=START, days: float = 40):
    return since + timedelta(microseconds=random.randrange(int(days * 86_400_000_000)))


def _deal(id: str, random: Random) -> DealRow:
    maybe = random.choice
    opened_at = _moment(random, days=300)
    outcome = maybe(["open", "won", "lost", "won"])
    visits = _visits(id, outcome, opened_at, random)
    last = visits[-1] if visits else None
    closed = outcome != "open"
    at = last.entered_at if last else opened_at
    expected = date(2026, 11, 20) + timedelta(days=random.randrange(200))
    return RegionRow(
        id=id,
        owner=maybe(OWNERS),
        team=maybe(["north", "south"]),
        source=maybe(SOURCES),
        products=maybe([(), ("desk",), ("desk", "lamp")]),
        amount=maybe([None, _money("EUR", random), _money("EUR", random), _money("USD", random)]),
        expected_close=maybe([expected, None]),
        first_expected_close=maybe([expected - timedelta(days=random.randrange(-5, 30)), None]),
        process=maybe(["standard", ""]),
        stage=last.stage if last else maybe([*STAGES, "elsewhere"]),
        outcome=outcome,
        opened_at=maybe([opened_at, opened_at, opened_at, None]),
        engaged_at=maybe([opened_at, None]),
        entered_at=maybe([at, at, None]),
        closed_at=maybe([at, at, at, None]) if closed else None,
        closed_from=maybe([*STAGES, None]) if closed else None,
        win_reason=maybe(["price", "", None]) if outcome == "won" else None,
        loss_reason=maybe(["price", "no budget", "", None]) if outcome == "lost" else None,
        competitor=maybe(["Acme", None]) if outcome == "lost" else None,
        held_since=maybe([None, None, None, at]),
        has_next_step=maybe([True, False, None]),
        pushes=maybe([0, 1, 3, None]),
        visits=visits,
        objections=[_objection(id, number, opened_at, random) for number in range(random.randrange(3))],
        tasks=[_task(id, number, opened_at, random) for number in range(random.randrange(4))],
        region=maybe(["coast", "hills", None]),
    )


def _money(code: str, random: Random) -> Money:
    return Money.rounded(f"{random.randrange(-500, 9_000_000) / 100:.2f}", code)


def _visits(id: str, outcome: str, opened_at, random: Random) -> list[VisitRow]:
    stages = [random.choice([*STAGES, None]) for _ in range(random.randrange(5))]
    ends = [*stages, outcome] if outcome != "open" else stages
    entered = [opened_at]
    for _ in ends:
        entered.append(random.choice([entered[-1], _moment(random, since=entered[-1])]))
    found = []
    for place, stage in enumerate(ends):
        is_last = place == len(ends) - 1
        meaning = outcome if outcome != "open" and is_last else "open"
        follows = None if is_last else ends[place + 1]
        found.append(
            VisitRow(
                deal_id=id,
                stage=stage,
                entered_at=entered[place],
                left_at=None if is_last and random.random() < 0.9 else entered[place + 1],
                outcome=meaning,
                next_stage=follows,
                next_outcome=None if is_last else (outcome if follows == outcome else random.choice(["open", None])),
            )
        )
    return found


def _objection(id: str, number: int, opened_at, random: Random) -> ObjectionRow:
    raised_at = _moment(random, since=opened_at)
    status = random.choice(["raised", "answered", "resolved", "resolved", "standing", "withdrawn"])
    settled = status in ("resolved", "standing", "withdrawn") and random.random() < 0.9
    return ObjectionRow(
        deal_id=id,
        id=number,
        kind=random.choice(["price", "trust", ""]),
        status=status,
        raised_at=raised_at,
        settled_at=_moment(random, since=raised_at) if settled else None,
        times_reopened=random.randrange(3),
    )


def _task(id: str, number: int, opened_at, random: Random) -> TaskRow:
    created_at = _moment(random, since=opened_at)
    status = random.choice(["open", "done", "done", "canceled"])
    return TaskRow(
        deal_id=id,
        id=number,
        owner=random.choice(OWNERS),
        kind=random.choice(["call", "visit", None]),
        status=status,
        created_at=created_at,
        due_at=random.choice([_moment(random, since=created_at, days=20), None, after(200)]),
        done_at=None if status == "open" else _moment(random, since=created_at, days=30),
    )
