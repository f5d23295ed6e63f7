"""Views of a small pipeline for the tests of the board, and a reader that takes pages apart again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import attrs
from walks import NOW, sale_in

from salesflow import Deal, Money, Period
from salesflow.board import (
    View,
    figures_view,
    forecast_view,
    funnel_view,
    goals_view,
    pipeline_board,
    waterfall_view,
)
from salesflow.measure import CategoryForecast, DealRow, Funnel, TaskRow, WinRate
from salesflow.measure.attainment import Standing
from salesflow.measure.target import Target
from salesflow.measure.waterfall import waterfall_of
from salesflow.standard import StandardProcess

AT = NOW + timedelta(days=10)
PROCESS = StandardProcess()


def a_deal(stage: str = "prospecting", /, **fields: Any) -> Deal:
    """A deal that was walked to a stage, with these fields."""
    return attrs.evolve(sale_in(stage).deal, **fields)


def board_of(*deals: Deal | DealRow, at: datetime = AT, zone: str = "UTC", **asked: Any):
    return pipeline_board(deals, PROCESS, at=at, zone=zone, **asked)


def named_views(name: str) -> tuple[View, ...]:
    """Every kind of view, with this name wherever people name something."""
    return (
        board_of(a_row(name), a_row(name, id="D-2", stage="closing", owner=name, amount=Money("5", "EUR"))),
        goals_view({name: a_standing("100", "40"), "noa": a_standing("100", "0")}, at=AT),
    )


def a_row(name: str | None = "Order desk", /, **fields: Any) -> DealRow:
    known = {"id": "D-1", "stage": "prospecting", "opened_at": NOW, "entered_at": NOW}
    return DealRow(name=name, **{**known, **fields})


def a_standing(target: str, achieved: str) -> Standing:
    year = Target(period=Period.year(2026, UTC), amount=Money(target, "EUR"))
    return Standing(target=year, achieved=Money(achieved, "EUR"))


def every_view() -> tuple[View, ...]:
    """One of each, of a pipeline in which there is something of everything."""
    before = [
        a_row(id=f"D-{number}", amount=Money(number * 100, "EUR"), owner="noa", probability=Decimal("0.5"))
        for number in range(1, 8)
    ]
    after = [
        attrs.evolve(before[0], outcome="won", stage="follow_up", closed_at=AT),
        attrs.evolve(before[1], outcome="lost", stage="lost", closed_at=AT),
        attrs.evolve(before[2], amount=Money("900", "EUR"), forecast_category="commit"),
        attrs.evolve(before[3], amount=None, stage="closing"),
        *before[4:],
        a_row(
            id="D-8",
            has_next_step=True,
            tasks=[
                TaskRow(deal_id="D-8", id=1, created_at=NOW, due_at=AT - timedelta(days=1)),
                TaskRow(deal_id="D-8", id=2, created_at=NOW, due_at=AT + timedelta(hours=1)),
            ],
        ),
        a_row(id="D-7a", held_since=NOW, entered_at=NOW),
        a_row(id="D-9", amount=Money("50", "EUR"), forecast_category="best case", expected_close=AT.date()),
    ]
    goals = {"noa": a_standing("250", "235"), "dan": a_standing("100", "115"), "lea": a_standing("0", "0")}
    return (
        board_of(*after, a_deal("approach", id="D-10", entered_at=NOW - timedelta(days=60)), cards=3),
        funnel_view(Funnel(stages=PROCESS).of(after), PROCESS),
        waterfall_view(waterfall_of(before, after), start=NOW, end=AT, zone="UTC"),
        forecast_view(CategoryForecast().of(after)),
        goals_view(goals, at=AT),
        figures_view([WinRate().of(after), WinRate().of([])]),
    )


class Read(HTMLParser):
    """A page, taken apart: its elements in order, and its text.

    Attributes:
        tags: the names of its elements.
        attributes: name and value of every attribute.
        texts: every piece of text, with the elements that it stands in.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "link", "br", "img", "input"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"{tag} ends, and none is open"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(self._open), data))

    def inside(self, tag: str) -> Iterator[str]:
        """The texts that stand directly in elements of this name."""
        return (text for place, text in self.texts if place and place[-1] == tag)
