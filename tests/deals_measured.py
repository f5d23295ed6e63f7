"""Builders of rows for the tests of metrics: they read like what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from salesflow import Money, Outcome
from salesflow.measure import DealRow, VisitRow

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def after(days: float = 0, **more: float) -> datetime:
    return START + timedelta(days=days, **more)


def a_row(
    id: str = "D-1", outcome: str = "open", *, took: float | None = None, amount: str | Money | None = None, **fields
):
    """A deal opened at the start, closed after some days."""
    if isinstance(amount, str):
        amount = Money(amount, "EUR")
    if took is not None:
        fields.setdefault("closed_at", after(took))
    fields.setdefault("opened_at", START)
    return DealRow(id=id, outcome=Outcome(outcome), amount=amount, **fields)


def rows_of(*, won: int = 0, lost: int = 0, open: int = 0, **fields) -> list[DealRow]:
    """So many deals of each outcome."""
    found = []
    for outcome, count in (("won", won), ("lost", lost), ("open", open)):
        for _ in range(count):
            found.append(a_row(f"D-{len(found) + 1}", outcome, took=None if outcome == "open" else 10, **fields))
    return found


def walked(id: str, outcome: str, *stays: tuple[str, float], goes_on: str | None = None, **fields) -> DealRow:
    """A deal that stayed so many days in each stage, and is in the last one still where that is said."""
    moments = [START]
    for _, days in stays:
        moments.append(moments[-1] + timedelta(days=days))
    stages = [stage for stage, _ in stays] + ([goes_on] if goes_on else [])
    visits = [
        VisitRow(deal_id=id, stage=stage, entered_at=entered, left_at=left, next_stage=following)
        for (stage, following), (entered, left) in zip(
            pairwise([*stages, None]), pairwise([*moments, None] if goes_on else moments), strict=True
        )
    ]
    closed_at = None if outcome == "open" else moments[-1]
    return DealRow(
        id=id,
        outcome=Outcome(outcome),
        opened_at=START,
        closed_at=closed_at,
        stage=stages[-1],
        visits=visits,
        **fields,
    )
