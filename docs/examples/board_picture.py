"""Draws ``docs/images/board.svg``: the board of the 8,800 real opportunities at the end of their last day.

::

    uv run docs/examples/board_picture.py [FILE]

The file of the CRM says neither what an open opportunity is worth nor what is to be done for it. This is assumed here, by rules and through the library like everything else: an open deal is worth the list price of its product until more
is known; and whoever engages a customer has a task, within 60 days to name the account where none is known, and within 90
days to agree on the value. A deal in
Engaging has the chance that those had that closed (63 %), and after 120 days it counts as stuck.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from catalog_sales import CatalogDeal, CatalogProcess, Engaging
from pipeline_review import Review, review

from salesflow import Outcome
from salesflow.board import PipelineBoard, pipeline_board

PICTURE = Path(__file__).resolve().parents[1] / "images" / "board.svg"
ACCOUNT_WITHIN, VALUE_WITHIN = timedelta(days=60), timedelta(days=90)


class WatchedEngaging(Engaging):
    """Engaging, with a limit and a chance."""

    rots_after = timedelta(days=120)
    probability = Decimal("0.63")
    title = "Engaging"


class WatchedProcess(CatalogProcess):
    """The same process under the same key, in which a deal can get stuck."""

    key = "catalog"
    engaging = WatchedEngaging()


PROCESS = WatchedProcess()


def board_of(reviewed: Review) -> PipelineBoard:
    """The board at the end of the last day of the data."""
    assert reviewed.undated is not None, "some row has a date"
    at = datetime.combine(reviewed.undated, time(), tzinfo=UTC) + timedelta(days=1)
    return pipeline_board(_with_tasks(reviewed.deals), PROCESS, at=at, zone=UTC, cards=3, outcomes=Outcome)


def _with_tasks(deals: Sequence[CatalogDeal]) -> Iterator[CatalogDeal]:
    for deal in deals:
        if not deal.is_open or deal.changed_at is None or deal.entered_at is None:
            yield deal
            continue
        sale = PROCESS.work_on(deal, by=deal.owner or "nobody", at=deal.changed_at)
        sale.update(amount=deal.list_price)
        if sale.stage is PROCESS.engaging:
            if deal.organization_id is None:
                sale.tasks.add("Find out who would buy", due_at=deal.entered_at + ACCOUNT_WITHIN)
            sale.tasks.add("Agree on the value", due_at=deal.entered_at + VALUE_WITHIN)
        yield sale.deal


def main(arguments: Sequence[str]) -> None:
    """Draw the picture into a file."""
    path = Path(arguments[0]) if arguments else PICTURE
    path.parent.mkdir(exist_ok=True)
    path.write_text(board_of(review()).svg(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
