"""How fast the board is: 10,000 open deals to a view model and to a page, and what that says of a slow machine.

::

    uv run --group test tests/benchmarks/board.py [--json] [--quick] [--deals N]

The deals were walked through the standard process (each requirement is asked again for the board) and differ in owner,
amount, currency, age and tasks, from a seed. Shown are medians of several rounds, in seconds of one processor, so that
nothing else that the machine does is counted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from walks import NOW, STAGES, sale_in

from salesflow import Deal, Money
from salesflow.board import page, pipeline_board
from salesflow.deal.tasks import Task, TaskStatus
from salesflow.standard import StandardProcess

AT = NOW + timedelta(days=40)
OWNERS = ("noa", "dan", "maya", "yossi", "lea", None)
COMPANIES = ("Acme", "Globex", "Initech", "Umbrella", "Hooli", "Stark", "Wayne", "Wonka", "Tyrell", "Cyberdyne")
THINGS = ("Order desk", "Warehouse scanners", "Field service", "Price lists", "Returns desk", "Night shift")
JOBS = ("Call back", "Send the offer", "Agree on a date", "Ask for the budget", "Show the scanner")
SECONDS = 0.5
"""How long a page of 10,000 deals may take."""


def made_up(count: int, *, seed: int = 1, stages: Sequence[str] = STAGES[:6]) -> list[Deal]:
    """So many deals in these stages of the standard process."""
    random = Random(seed)
    walked = {stage: sale_in(stage).deal for stage in stages}
    # earlier stages hold more deals than later ones, as pipelines do
    weights = range(2 * len(stages), 0, -2)
    return [
        _deal(walked[stage], number, random) for number, stage in enumerate(random.choices(stages, weights, k=count), 1)
    ]


def _deal(walked: Deal, number: int, random: Random) -> Deal:
    amount = (
        None
        if random.random() < 0.08
        else Money(random.randrange(10, 900) * 100, random.choice(("EUR", "EUR", "EUR", "USD")))
    )
    return attrs.evolve(
        walked,
        id=f"D-{number}",
        name=f"{random.choice(THINGS)} for {random.choice(COMPANIES)} {random.randrange(2, 90)}",
        owner=random.choice(OWNERS),
        amount=amount,
        entered_at=AT - timedelta(days=random.randrange(40), hours=random.randrange(24)),
        expected_close=random.choice((None, (AT + timedelta(days=random.randrange(5, 90))).date())),
        tasks=_tasks(random),
    )


def _tasks(random: Random) -> tuple[Task, ...]:
    found = []
    for number in range(1, random.choice((1, 1, 2, 3, 4))):
        is_done = random.random() < 0.45
        due_at = AT + timedelta(days=random.choice((-6, -2, 0, 1, 3, 9, 14)), hours=2)
        found.append(
            Task(
                id=number,
                title=random.choice(JOBS),
                due_at=due_at,
                status=TaskStatus.DONE if is_done else TaskStatus.OPEN,
                created_at=NOW,
                done_at=AT if is_done else None,
            )
        )
    return tuple(found)


def measured(deals: Sequence[Deal], *, rounds: int) -> dict[str, float]:
    """Median processor seconds of the view model, of the page, and of both with a card for every deal."""
    process = StandardProcess()
    taken: dict[str, list[float]] = {"view_model": [], "page": [], "every_card": []}
    for _ in range(rounds):
        start = process_time()
        board = pipeline_board(deals, process, at=AT, zone="UTC")
        looked = process_time()
        page(board)
        drawn = process_time()
        page(pipeline_board(deals, process, at=AT, zone="UTC", cards=None))
        taken["view_model"].append(looked - start)
        taken["page"].append(drawn - looked)
        taken["every_card"].append(process_time() - drawn)
    return {name: median(seconds) for name, seconds in taken.items()}


def report(count: int, *, rounds: int) -> dict[str, float | int]:
    """What is shown: deals per second, and the seconds behind them."""
    deals = made_up(count)
    seconds = measured(deals, rounds=rounds)
    whole = seconds["view_model"] + seconds["page"]
    html = page(pipeline_board(deals, StandardProcess(), at=AT, zone="UTC"))
    return {
        "deals": count,
        "seconds": round(whole, 4),
        "seconds_view_model": round(seconds["view_model"], 4),
        "seconds_page": round(seconds["page"], 4),
        "seconds_with_every_card": round(seconds["every_card"], 4),
        "deals_per_second": round(count / whole),
        "bound_deals_per_second": round(10_000 / SECONDS),
        "page_kilobytes": round(len(html.encode()) / 1000),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description="How fast the board is.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--deals", type=int, default=10_000, metavar="N")
    options = parser.parse_args(arguments)
    found = report(options.deals, rounds=2 if options.quick else 7)
    if options.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name:26} {value:>12,}" for name, value in found.items()))


if __name__ == "__main__":
    main()
